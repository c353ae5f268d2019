"""Clean dossiers closed together, what the desk knows of others, and how many queries an officer waits for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import inspect, select, update

from portal.appraisal import accepting
from portal.appraisal import operations as appraisal
from portal.appraisal.models import Finding, HeadcountFinding
from portal.appraisal.peers import peers, said_of
from portal.catalogue.models import CriteriaVersion
from portal.cycle.operations import open_year
from portal.dossiers import operations as dossiers
from portal.dossiers.models import Answer, Dossier, Headcount
from portal.dossiers.queries import open_sheet
from portal.dossiers.wording import outcome_words
from portal.evidence import operations as evidence
from portal.recognition.drafting import reason_for
from portal.visits import planning
from tenants.database import db
from tenants.people import Role
from tenants.scope import acting_in
from tests.appraisal.conftest import Case, code_of, sheet_of
from tests.appraisal.test_at_once import together
from tests.builders import STEWARD, World
from tests.canaries import paper
from tests.deciding import accept
from tests.forms import send

Make = Callable[..., Case]


def more(world: World, case: Case, number: int, named: str = "số", **how: Any) -> list[int]:
    """Take further dossiers of the district's primary schools into appraisal."""
    made = []
    for n in range(number):
        unit = world.a_unit(case.district, f"Trường Tiểu học {named} {n}")
        made.append(world.a_dossier(case.district, unit, "submitted", **how))
        accept(world, case.officer, case.district, made[-1])
    return made


def test_clean_dossiers_are_closed_each_by_itself(
    world: World, client: Any, a_case: Make, monkeypatch: pytest.MonkeyPatch, count_queries: list[str]
) -> None:
    """The list tells clean from others; closing leaves what is no longer clean, or fails, and does the rest."""
    case = a_case("accepted", level=1, members=12)
    world.sign_in(client, case.officer)
    client.get("/huyen/ho-so-sach")
    count_queries.clear()
    client.get("/huyen/ho-so-sach")
    alone = len(count_queries)
    differing, plain = more(world, case, 2, members=12)
    (flagged,) = more(world, case, 1, "lớn", members=37)
    count_queries.clear()
    page = client.get("/huyen/ho-so-sach").text
    assert len(count_queries) == alone
    assert "Dấu hiệu cần xem: Cả " in page
    assert "trong khi đơn vị có 37 thành viên" in page
    assert f'value="{flagged}" checked' not in page
    for number in (case.dossier, differing, plain):
        assert f'value="{number}" checked' in page
    with world.acting(case.officer) as actor:
        dossier = world.dossier(case.district, differing)
        target = code_of(open_sheet(dossier), "1.1")
        why = {"reason_code": "other", "reason": "Thiếu trang cuối."}
        appraisal.judge(actor, dossier, target, "not_enough_evidence", **why)
    close, broken = accepting.operations.close, case.dossier

    def failing(actor: Any, sheet: Any, *rest: Any) -> Any:
        closed = close(actor, sheet, *rest)
        if sheet.dossier.id == broken:
            db.session.execute(select(Dossier.id / 0))  # a statement that fails after the row was written
        return closed

    monkeypatch.setattr(accepting.operations, "close", failing)
    ticked = {"dossier": [case.dossier, differing, plain, flagged, 10**9, "x"]}
    done = send(client, "/huyen/ho-so-sach", ticked).text
    assert done.count("Đã chốt") == 1
    assert done.count("Chưa chốt") == 3
    assert "Thẩm định khác đơn vị ở 1.1" in done
    monkeypatch.setattr(accepting.operations, "close", close)
    with world.acting(case.officer, writes=False):
        states = {n: world.dossier(case.district, n).state for n in (case.dossier, differing, plain, flagged)}
        assert states == {
            case.dossier: "accepted",
            differing: "accepted",
            plain: "appraised",
            flagged: "accepted",
        }
        assert not sheet_of(world, case).findings, "the broken row left nothing"
        assert world.dossier(case.district, plain).proposed_level == 1
    count_queries.clear()
    assert "Đã chốt" in send(client, "/huyen/ho-so-sach", {"dossier": case.dossier}).text
    assert len(count_queries) <= 140
    assert send(client, "/huyen/ho-so-sach", {}).status_code == 422
    with world.acting(case.officer) as actor:
        unit_id = world.dossier(case.district, flagged).unit_id
        planning.choose(actor, case.district, 2026, unit_id, "dismiss", "all_full", "Đã xem danh sách.")
    assert f'value="{flagged}" checked' in client.get("/huyen/ho-so-sach").text
    assert "Đã chốt" in send(client, "/huyen/ho-so-sach", {"dossier": flagged}).text


def test_two_close_the_same_clean_dossier(app: Any, world: World, a_case: Make) -> None:
    """One closes it; the other is told in which state it stands."""
    case = a_case("accepted", level=1, members=12)
    people = [case.officer, world.a_person(Role.DISTRICT_OFFICER, case.district)]
    got = together(app, world, people, lambda actor, _: accepting.close_all(actor, [case.dossier])[0])
    assert sorted(one.level or 0 for one in got) == [0, 1]
    assert any("Đã thẩm định" in one.why_not for one in got)


def test_not_enough_evidence_is_not_not_met(world: World, client: Any, a_case: Make) -> None:
    """The finding, the list at the side, the proposal and the decision's annex say what is lacking: evidence."""
    case = a_case("accepted", level=1)
    with world.acting(case.officer) as actor:
        sheet = sheet_of(world, case)
        target = code_of(sheet, "2.5")
        why = {"reason_code": "no_document", "reason": "Không có danh sách."}
        appraisal.judge(actor, sheet.dossier, target, "not_enough_evidence", **why)
        appraisal.agree_with_rest(actor, sheet.dossier)
        sheet = sheet_of(world, case)
        assert (sheet.findings[target].met_1, sheet.findings[target].met_2) == ("no_evidence", "no_evidence")
        assert outcome_words(sheet.district_side().finding(target))[0] == "Chưa đủ minh chứng"
        proposal = appraisal.proposal_of(sheet)
        for said in (proposal.sentence, reason_for(sheet, 0)):
            assert "hưa đủ minh chứng" in said
            assert "2.5: chưa đạt" not in said.lower()
    world.sign_in(client, case.officer)
    page = client.get(f"/huyen/ho-so/{case.dossier}/tham-dinh?chi-tieu=2.5").text
    assert page.count("Chưa đủ minh chứng") >= 3
    assert "Chưa đạt" not in page


def test_the_desk_says_where_the_peers_stand(
    world: World, client: Any, a_case: Make, count_queries: list[str]
) -> None:
    """Fewer than five are only counted; five show median and quartiles; the page costs what it cost."""
    case = a_case("accepted", level=1)
    path = f"/huyen/ho-so/{case.dossier}/tham-dinh?chi-tieu=2.5"
    with world.acting(case.officer, writes=False):
        target = code_of(sheet_of(world, case), "2.5")

    def answered(number: int, part: int) -> None:
        of = (Answer.dossier_id.in_(more(world, case, number)), Answer.indicator_id == target)
        with acting_in(STEWARD):
            db.session.execute(update(Answer).where(*of).values(part=part))

    answered(4, 36)
    world.sign_in(client, case.officer)
    assert "Dưới 5 đơn vị cùng loại" in client.get(path).text
    count_queries.clear()
    page = client.get(path).text
    few = len(count_queries)
    answered(1, 35)
    count_queries.clear()
    page = client.get(path).text
    assert "5 đơn vị cùng loại đã nộp: trung vị 97,2 %, nửa ở giữa từ 97,2 % đến 97,2 %." in page
    assert len(count_queries) == few <= 30
    with world.acting(case.officer, writes=False):
        sheet = sheet_of(world, case)
        one = next(i for i in sheet.indicators if i.code == "1.1")
        assert said_of(peers(sheet, one), one).endswith("5 đạt mức độ 1, 5 đạt mức độ 2.")
    for key in ("1", "2", "3", "4", "j", "k", "n", "enter ctrl+enter"):
        assert f'data-key="{key}"' in page


def test_last_year_costs_one_statement(
    world: World, client: Any, a_case: Make, count_queries: list[str]
) -> None:
    """The desk reads one indicator of the year before, as the district saw it, and not the whole dossier."""
    case = a_case("accepted", level=1)
    path = f"/huyen/ho-so/{case.dossier}/tham-dinh?chi-tieu="
    with world.acting(case.officer, writes=False):
        target = code_of(sheet_of(world, case), "2.5")
    world.sign_in(client, case.officer)
    client.get(path + "2.5")
    count_queries.clear()
    assert "Năm trước:</span> không có" in client.get(path + "2.5").text
    alone = len(count_queries)
    with acting_in(STEWARD):
        now = db.session.scalars(select(Dossier).where(Dossier.id == case.dossier)).one()
        version = db.session.get_one(CriteriaVersion, now.version_id)
        open_year(2025, version)
        before = copied(now, year=2025, receipt_number="HS-2025-1")
        db.session.flush()
        of = {"dossier_id": before.id}
        answer, members = (
            db.session.scalars(select(model).where(model.dossier_id == case.dossier, which)).one()
            for model, which in (
                (Answer, Answer.indicator_id == target),
                (Headcount, Headcount.code == "members"),
            )
        )
        copied(answer, part=30, **of)
        copied(members, value=34, **of)
        key, at = {"tenant_id": case.district, "unit_id": now.unit_id, **of}, now.created_at
    count_queries.clear()
    assert "Năm trước:</span> 30/34 = 88,23 %<" in client.get(path + "2.5").text
    assert len(count_queries) == alone <= 30
    assert 'năm trước: <span class="num">34<' in client.get(path + "so-lieu-nen").text
    with acting_in(STEWARD):
        finding = {"indicator_id": target, "verdict": "corrected", "part": 29, "reason_code": "other"}
        db.session.add(Finding(**key, **finding, reason="Trùng tên.", changed_at=at, changed_by="Cán bộ"))
        db.session.add(
            HeadcountFinding(
                **key,
                code="members",
                value=33,
                reason="Theo danh sách.",
                changed_at=at,
                changed_by="Cán bộ",
            )
        )
    corrected = client.get(path + "2.5").text
    assert "Năm trước:</span> 29/33 = 87,87 % (" in corrected
    assert 'năm trước: <span class="num">33<' in client.get(path + "so-lieu-nen").text


def copied(row: Any, **other: Any) -> Any:
    """Add a copy of a row with some columns changed."""
    kept = [one.key for one in inspect(type(row)).column_attrs if one.key not in ("id", "version", *other)]
    made = type(row)(**{name: getattr(row, name) for name in kept}, **other)
    db.session.add(made)
    return made


def test_a_corrected_base_figure_names_what_it_changed(world: World, client: Any, a_case: Make) -> None:
    """At the moment of saving: how many indicators, which, and each before and after."""
    case = a_case("accepted")
    world.sign_in(client, case.officer)
    desk = f"/huyen/ho-so/{case.dossier}/tham-dinh"
    fields = {"value": "40", "reason": "Danh sách 31/12", "version": "0", "act": "save"}
    saved = send(client, f"{desk}/so-lieu-nen/members", fields, page=desk, follow_redirects=True).text
    assert "5 chỉ tiêu được tính lại: 2." in saved
    assert saved.count("37/37 = 100 % → 37/40 = 92,50 %") == 5
    with acting_in(STEWARD):
        assert db.session.scalar(select(Dossier.appraised_level).where(Dossier.id == case.dossier)) == 1


def test_evidence_stands_beside_the_indicator(
    world: World, client: Any, a_case: Make, count_queries: list[str]
) -> None:
    """A PDF is shown inside the page from this site alone; opening it costs few queries."""
    case = a_case("accepted", level=1)
    unit = world.a_unit(case.district, "Trường Tiểu học có tệp")
    number = world.a_dossier(case.district, unit, "filled")
    head = world.a_person(Role.UNIT_HEAD, case.district, unit)
    with world.acting(head) as actor:
        dossier = world.dossier(case.district, number)
        target = code_of(open_sheet(dossier), "2.5")
        files = [("danh-sach.pdf", paper("Danh sách"))]
        evidence.add_to_indicator(actor, dossier, target, files)
        dossiers.sign(actor, dossier)
        dossiers.submit(actor, dossier)
    accept(world, case.officer, case.district, number)
    world.sign_in(client, case.officer)
    page = client.get(f"/huyen/ho-so/{number}/tham-dinh?chi-tieu=2.5").text
    src = page.split('<iframe src="')[1].split('"')[0]
    count_queries.clear()
    shown = client.get(src)
    assert len(count_queries) <= 8
    assert (shown.status_code, shown.mimetype) == (200, "application/pdf")
    assert shown.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'self'"
    assert shown.headers["X-Frame-Options"] == "SAMEORIGIN"
