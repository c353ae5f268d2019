"""A supplement request nobody answered lapses to what was signed; asking once more needs the leader's leave."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select, text

from portal.appraisal import operations as appraisal
from portal.appraisal import supplements
from portal.appraisal.intake_facts import facts_of
from portal.appraisal.models import SupplementLeave, SupplementRequest
from portal.appraisal.operations import PointAsked
from portal.checklist.queries import days
from portal.cycle.models import Cycle
from portal.dossiers import operations as dossiers
from portal.dossiers.operations import Given
from portal.dossiers.queries import open_sheet
from portal.notices.models import Notice
from portal.trail.models import TrailEntry
from tenants.access import GuardedFlask
from tenants.database import db
from tenants.identity import Identity
from tenants.people import Role
from tenants.refusal import Conflict, Refused
from tenants.scope import Scope, ScopeKind, acting_in, current_scope, standing_in
from tests.appraisal.conftest import Case, code_of, sheet_of
from tests.appraisal.test_at_once import together
from tests.builders import Person, World
from tests.forms import token

Make = Callable[..., Case]
DUE = date(2027, 1, 14)


@pytest.fixture
def asked(world: World, a_case: Make) -> tuple[Case, Person]:
    """Make a filed dossier whose unit is asked for an indicator, its head-counts, texts, team and letter."""
    case = a_case()
    head = world.a_person(Role.UNIT_HEAD, case.district, case.unit)
    with world.acting(case.officer) as actor:
        target = code_of(sheet_of(world, case), "2.5")
        parts = ("headcount", "texts", "team_member", "letter")
        points = [PointAsked("Số chưa khớp.", target)] + [PointAsked("Cần xem lại.", part=p) for p in parts]
        appraisal.request_supplement(actor, world.dossier(case.district, case.dossier), points, DUE)
    return case, head


def change(world: World, case: Case, head: Person) -> None:
    """Let the unit write at every open point, and send nothing."""
    with world.acting(head) as actor:
        dossier = world.dossier(case.district, case.dossier)
        sheet = open_sheet(dossier)
        target = code_of(sheet, "2.5")
        answer = sheet.answers[target]
        given = Given(part=1, explanation="Đếm lại.", version=answer.version)
        dossiers.save_answer(actor, dossier, target, given)
        counts = {code: row.version for code, row in open_sheet(dossier).headcounts.items()}
        dossiers.save_headcounts(actor, dossier, {"members": 90}, counts)
        dossiers.save_texts(actor, dossier, plan="Kế hoạch viết lại.")
        dossiers.save_texts(actor, dossier, requested_level=1, letter_number="9/TTr", letter_date=None)
        dossiers.remove_team_member(actor, dossier, open_sheet(dossier).team[0].id)
        dossiers.add_team_member(actor, dossier, "Người mới", "Giáo viên", "member")
        dossiers.answer_point(actor, dossier, open_sheet(dossier).open_points()[0].id, "Đã sửa.")


def lapse(actor: Identity, world: World, case: Case, reason: str = "Đơn vị không trả lời điện thoại.") -> Any:
    """Close the open request."""
    return supplements.lapse_supplement(actor, world.dossier(case.district, case.dossier), reason)


def test_what_lapses_stands_as_it_was_signed(world: World, asked: tuple[Case, Person]) -> None:
    """Before the term it cannot be closed; after it every open point is again what the head signed, and all know."""
    case, head = asked
    with world.acting(head, writes=False):
        signed = dossiers.content_seen(sheet_of(world, case))
    change(world, case, head)
    with world.acting(case.officer) as actor:
        assert not facts_of(sheet_of(world, case)).unchanged
        with pytest.raises(Refused, match="còn được trả lời trước ngày 14/01/2027"):
            lapse(actor, world, case)
    world.set_clock(2027, 1, 14, 8, 0)
    with world.acting(case.officer) as actor, pytest.raises(Refused, match="ghi lý do"):
        lapse(actor, world, case, " ")
    with world.acting(case.officer) as actor:
        assert lapse(actor, world, case).state == "submitted"
    with world.acting(case.officer) as actor:
        sheet = sheet_of(world, case)
        assert facts_of(sheet).unchanged
        assert sheet.dossier.requested_level == 2
        assert {m.full_name for m in sheet.team} == {"Tổ trưởng Tổ đánh giá", "Thành viên Tổ đánh giá"}
        assert [p.answer for p in sheet.points] == [""] * 5
        assert sheet.requests[0].lapsed_by == case.officer.identity.full_name
        with pytest.raises(Conflict, match="đã khép yêu cầu này"):
            lapse(actor, world, case)
        entry = db.session.scalar(select(TrailEntry).where(TrailEntry.act == "dossier.lapse_supplement"))
        assert entry is not None
        assert entry.detail["reason"] == "Đơn vị không trả lời điện thoại."
        assert "chỉ tiêu 2.5" in entry.detail["taken_back"]
        assert appraisal.accept(actor, sheet.dossier).state == "accepted"
    with world.acting(head) as actor:
        told = db.session.scalars(select(Notice.sentence).where(Notice.unit_id == case.unit)).all()
        assert any("đã khép yêu cầu bổ sung hồ sơ năm 2026" in sentence for sentence in told)
        sheet = sheet_of(world, case)
        # Only the order of the team may differ: who was put back stands last.
        content = dossiers.canonical(sheet)
        content["team"]["members"].sort()
        frozen = dict(sheet.dossier.frozen or {})
        frozen["team"]["members"].sort()
        assert content == frozen
        assert signed


def test_files_and_the_log_come_back_too(world: World, a_case: Make) -> None:
    """A file untied, renamed or added, an activity altered or added: as at the signature again."""
    case = a_case()
    head = world.a_person(Role.UNIT_HEAD, case.district, case.unit)
    key = {"t": case.district, "u": case.unit, "d": case.dossier}
    with world.acting(case.officer) as actor:
        target = code_of(sheet_of(world, case), "2.5")
    steward = Scope(ScopeKind.STEWARD)
    with acting_in(steward):
        for number, sha in ((1, "a"), (2, "b")):
            db.session.execute(
                text(
                    "insert into evidence (tenant_id, unit_id, sha256, size, media_type, file_name, title, number,"
                    " issuer, kind, name_folded, uploaded_at, uploaded_by, version) values (:t, :u, :s, 9,"
                    " 'application/pdf', 'a.pdf', :n, '', '', 'other', '', now(), '', 1)"
                ),
                {"t": case.district, "u": case.unit, "s": sha * 64, "n": f"Tệp {number}"},
            )
        db.session.execute(
            text(
                "insert into evidence_link (tenant_id, unit_id, dossier_id, indicator_id, evidence_id) select"
                " :t, :u, :d, :i, id from evidence where title = 'Tệp 1'"
            ),
            {**key, "i": target},
        )
        db.session.execute(
            text(
                "insert into activity (tenant_id, unit_id, year, held_on, kind, topic, organiser, participants,"
                " minutes, description, links, name_folded, changed_at, changed_by, version) values (:t, :u, 2026,"
                " '2026-05-04', 'publicity', 'Chuyển đổi số', 'Nhà trường', 30, 90, 'Kể lại', '[]', '', now(), '', 1)"
            ),
            {"t": case.district, "u": case.unit},
        )
        db.session.execute(
            text(
                "insert into activity_proof (tenant_id, unit_id, activity_id, indicator_id)"
                " select :t, :u, id, :i from activity"
            ),
            {"t": case.district, "u": case.unit, "i": target},
        )
        sheet = open_sheet(world.dossier(case.district, case.dossier))
        sheet.dossier.frozen = signed = dossiers.canonical(sheet)
        assert signed["activities"]
        assert signed["answers"]["2.5"]["evidence"]
    with world.acting(case.officer) as actor:
        dossier = world.dossier(case.district, case.dossier)
        appraisal.request_supplement(actor, dossier, [PointAsked("Xem lại.", target)], DUE)
    with world.acting(head):
        for statement in (
            "delete from evidence_link where indicator_id = :i",
            "update evidence set title = 'Đổi tên', removed_at = now() where title = 'Tệp 1'",
            (
                "insert into evidence_link (tenant_id, unit_id, dossier_id, indicator_id, evidence_id)"
                " select :t, :u, :d, :i, id from evidence where title = 'Tệp 2'"
            ),
            "update activity set participants = 99, topic = 'Khác'",
            "delete from activity_proof",
        ):
            db.session.execute(text(statement), {**key, "i": target} if ":" in statement else {})
        db.session.execute(
            text(
                "insert into activity_proof (tenant_id, unit_id, activity_id, indicator_id)"
                " select :t, :u, id, :i from activity"
            ),
            {"t": case.district, "u": case.unit, "i": target},
        )
    world.set_clock(2027, 1, 14, 8, 0)
    with world.acting(case.officer) as actor:
        lapse(actor, world, case)
    with world.acting(head, writes=False):
        sheet = sheet_of(world, case)
        now = dossiers.canonical(sheet)
        assert now == signed
        assert [one.description for one in sheet.activities] == ["Kể lại"]


def test_the_database_lets_the_district_write_no_word_of_it(world: World, asked: tuple[Case, Person]) -> None:
    """A district stands in for a unit of its own alone, inside one transaction; as itself it still writes nothing."""
    case, _ = asked
    other = world.a_district("Huyện Kiến Thụy")
    with world.acting(case.officer):
        before = current_scope()
        with standing_in(Scope(ScopeKind.UNIT, case.district, case.unit)):
            assert db.session.scalar(text("select current_user")) == "portal_unit"
        assert current_scope() == before
        assert db.session.scalar(text("select current_user")) == "portal_district"
        for wrong in (Scope(ScopeKind.UNIT, other, case.unit), Scope(ScopeKind.STEWARD)):
            with pytest.raises(ValueError, match="unit of its own"), standing_in(wrong):
                pass
        with pytest.raises(Exception, match="the unit alone writes"):
            db.session.execute(text("update answer set explanation = 'x'"))
        db.session.rollback()
    with world.acting(case.officer) as actor:
        world.set_clock(2027, 1, 14, 8, 0)
        lapse(actor, world, case)
        for wrong_sql in (
            "update answer set explanation = 'x'",
            "update supplement_request set lapse_reason = 'khác'",
            "update supplement_request set lapsed_at = null",
        ):
            with pytest.raises(Exception, match=r"PT409|frozen|closed|unit alone"), db.session.begin_nested():
                db.session.execute(text(wrong_sql))


def test_answering_and_closing_in_the_same_moment(
    app: GuardedFlask, world: World, asked: tuple[Case, Person]
) -> None:
    """The head sends while the officer closes: one of the two happened, the other is told which."""
    case, head = asked
    with world.acting(head) as actor:
        dossier = world.dossier(case.district, case.dossier)
        for point in open_sheet(dossier).open_points():
            dossiers.answer_point(actor, dossier, point.id, "Đã bổ sung.")
    world.set_clock(2027, 1, 14, 8, 0)

    def act(actor: Identity, place: int) -> str:
        if place == 0:
            return str(lapse(actor, world, case).state)
        return str(dossiers.send_supplement(actor, world.dossier(case.district, case.dossier)).state)

    got = together(app, world, [case.officer, head], act)
    refused = [one for one in got if isinstance(one, Conflict)]
    assert got.count("submitted") == 1
    assert len(refused) == 1, got
    assert any(word in refused[0].sentence for word in ("đã khép yêu cầu", "vừa gửi phần bổ sung"))
    with world.acting(case.officer, writes=False):
        row = db.session.scalar(select(SupplementRequest))
        assert row is not None
        assert (row.answered_at is None) != (row.lapsed_at is None)


def test_once_more_only_by_leave(world: World, client: Any, asked: tuple[Case, Person]) -> None:
    """The officer lays it before the leader, who refuses with a sentence or sends it; each time is counted."""
    case, head = asked
    leader = world.a_person(Role.DISTRICT_LEADER, case.district)
    world.set_clock(2027, 1, 14, 8, 0)
    base = f"/huyen/ho-so/{case.dossier}"
    world.sign_in(client, case.officer)
    page = client.get(base).get_data(as_text=True)
    assert "Quá hạn bổ sung" in page
    assert "Khép yêu cầu vì quá hạn" in page
    bare = client.post(
        f"{base}/khep-bo-sung", data={"csrf_token": token(client, base)} | {"lapse_reason": ""}
    )
    assert bare.status_code == 422
    assert "Xin ghi lý do khép" in bare.get_data(as_text=True)
    client.post(
        f"{base}/khep-bo-sung", data={"csrf_token": token(client, base)} | {"lapse_reason": "Không trả lời."}
    )

    form = {"csrf_token": token(client, f"{base}/bo-sung")}
    assert "đã yêu cầu 1 lần" in client.get(f"{base}/bo-sung").get_data(as_text=True)
    with world.acting(case.officer, writes=False):
        target = code_of(sheet_of(world, case), "2.5")
    wish = {
        "csrf_token": form["csrf_token"],
        f"ask-indicator-{target}": "yes",
        f"reason-indicator-{target}": "Tệp gửi lại không đọc được.",
        "answer_by": "20/01/2027",
        "note": "",
    }
    refused = client.post(f"{base}/bo-sung", data=wish | {"act": "send", "why": ""})
    assert refused.status_code == 422
    assert "Tệp gửi lại không đọc được." in refused.get_data(as_text=True)
    preview = client.post(f"{base}/bo-sung", data=wish | {"act": "preview", "why": "Tệp hỏng."})
    assert "yêu cầu lần 2" in preview.get_data(as_text=True)
    for turn in ("Không cho phép", "Cho phép"):
        world.sign_in(client, case.officer)
        wish["csrf_token"] = token(client, base)
        sent = client.post(f"{base}/bo-sung", data=wish | {"act": "send", "why": "Tệp hỏng."})
        assert sent.status_code == 303
        again = client.post(f"{base}/bo-sung", data=wish | {"act": "send", "why": "Tệp hỏng."})
        assert again.status_code == 409
        page = client.get(base).get_data(as_text=True)
        assert "Chờ lãnh đạo" in page
        assert 'id="leave"' not in page
        ruled = {"csrf_token": wish["csrf_token"], "granted": "yes", "ruling": "x"}
        assert client.post(f"{base}/bo-sung-lan-nua", data=ruled).status_code == 403
        world.sign_in(client, head)
        assert "Tệp hỏng" not in client.get(f"/ho-so/{case.dossier}").get_data(as_text=True)
        world.sign_in(client, leader)
        assert "chờ lãnh đạo trả lời" in client.get("/").get_data(as_text=True)
        form = {"csrf_token": token(client, base), "answer_by": "20/01/2027"}
        for wrong in ({"ruling": ""}, {"answer_by": "31/02/2027"}, {"answer_by": "01/01/2027"}):
            given = form | {"granted": "yes", "ruling": "Đồng ý."} | wrong
            assert client.post(f"{base}/bo-sung-lan-nua", data=given).status_code == 422
        granted = "yes" if turn == "Cho phép" else "no"
        given = form | {"granted": granted, "ruling": f"{turn} vì hồ sơ quan trọng."}
        assert client.post(f"{base}/bo-sung-lan-nua", data=given).status_code == 303
        late = client.post(f"{base}/bo-sung-lan-nua", data=given)
        assert late.status_code == 409
        assert "đã trả lời" in late.get_data(as_text=True)
    page = client.get(base).get_data(as_text=True)
    assert "Yêu cầu bổ sung lần 2" in page
    assert "Không cho phép vì hồ sơ quan trọng." in page
    world.sign_in(client, head)
    mine = client.get(f"/ho-so/{case.dossier}").get_data(as_text=True)
    assert "Tệp gửi lại không đọc được." in mine
    assert "Tệp hỏng." not in mine
    with world.acting(leader, writes=False):
        assert db.session.scalar(select(func.count()).select_from(SupplementRequest)) == 2
        kept = db.session.scalars(select(SupplementLeave.granted).order_by(SupplementLeave.id)).all()
        assert kept == [False, True]
        sheet = sheet_of(world, case)
        assert sheet.dossier.state == "supplement_requested"
        assert [p.indicator_id for p in sheet.open_points()] == [target]
        terms = {"submit_before": date(2027, 1, 10), "decide_before": date(2027, 2, 15)}
        cycle = Cycle(year=2026, report_before=date(2027, 3, 15), **terms)
        due = {day.on for day in days(case.district, cycle) for task in day.tasks if task.whose == "own"}
        assert due == {date(2027, 1, 20)}, "what lapsed is due on no day any more"
