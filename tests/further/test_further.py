"""Further decisions from preparing to the public page: revoking after a hearing, correcting, what stays as it was."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from portal import clock
from portal.catalogue.models import CriteriaVersion
from portal.complaints import operations as complaints
from portal.complaints.models import Complaint
from portal.cycle.operations import open_year
from portal.dossiers.models import Dossier
from portal.figures.behind import rows_behind
from portal.figures.lists import not_recognised, recognised
from portal.figures.queries import by_tenant, counts
from portal.further import issuing, operations, queries, rules
from portal.further.models import FurtherDecision
from portal.further.operations import Prepared
from portal.notices.models import Notice
from portal.recognition import holdings
from portal.recognition.models import DecisionLine, Recognition
from portal.register.models import RegisterEntry
from portal.register.wording import sentence_of
from portal.registration.queries import held_by
from tenants.database import db
from tenants.people import Role
from tenants.refusal import Conflict, Refused
from tenants.scope import acting_in
from tests.beds import made_once
from tests.builders import STEWARD, Person, World
from tests.canaries import paper
from tests.deciding import District, an_appraised
from tests.papers import reading

REVOKE = Prepared(
    0, "untrue", "Danh sách học viên không có thật.", "Căn cứ quy chế của Ủy ban nhân dân huyện"
)


def correct(outcome: int, **changes: Any) -> Prepared:
    """What an officer prepares to correct a result."""
    given = {"ground": "mistake", "reason": "Tính nhầm tỷ lệ.", "legal_basis": "Căn cứ biên bản rà soát"}
    return Prepared(outcome, **{**given, **changes})


class Case:
    """A district with one decided unit (20/01/2027), its people, and the acts of a further decision."""

    def __init__(self, world: World, level: int = 1) -> None:
        world.confirm_thresholds()
        self.world, self.district = world, District(world)
        self.tenant_id = self.district.tenant_id
        self.unit_id = world.a_unit(self.tenant_id)
        self.dossier_id = an_appraised(
            world, self.district.officer, self.tenant_id, level, unit_id=self.unit_id
        )
        world.set_clock(2027, 1, 20, 9, 0)
        self.decision_id = self.district.issued()
        self.head = world.a_person(Role.UNIT_HEAD, self.tenant_id, self.unit_id)
        world.set_clock(2027, 2, 1, 9, 0)
        with acting_in(STEWARD):
            self.line_id = db.session.scalars(
                select(DecisionLine.id).where(DecisionLine.decision_id == self.decision_id)
            ).one()

    def row(self, further_id: int) -> FurtherDecision:
        """The further decision as it stands (call inside a scope)."""
        return db.session.get_one(FurtherDecision, (self.tenant_id, further_id))

    def prepared(self, given: Prepared = REVOKE, kind: str = "") -> int:
        """Prepare one; returns its id."""
        kind = kind or ("revoke" if given is REVOKE else "correct")
        with self.world.acting(self.district.officer) as actor:
            return operations.prepare(actor, self.tenant_id, self.decision_id, self.line_id, kind, given).id

    def does(self, person: Person, further_id: int, act: Callable[..., Any], *args: Any) -> None:
        """Let somebody do an act."""
        with self.world.acting(person) as actor:
            act(actor, self.row(further_id), *args)

    def heard(self, given: Prepared = REVOKE) -> int:
        """Prepare one and let the unit answer; returns its id."""
        further_id = self.prepared(given)
        self.does(self.district.officer, further_id, operations.tell, date(2027, 2, 10))
        self.does(self.head, further_id, operations.answer, "Danh sách đúng, xin đối chiếu lại.")
        return further_id

    def issue(
        self,
        further_id: int,
        number: str = "31/QĐ-UBND",
        dated: date | None = None,
        version: int | None = None,
    ) -> None:
        """Let the leader issue it."""
        signed = (number, dated or date(2027, 2, 1), "Chủ tịch huyện", "CHỦ TỊCH", version)
        self.does(self.district.leader, further_id, issuing.issue, *signed)

    def recognitions(self) -> list[Recognition]:
        """The unit's recognitions, the first one first (call inside a scope)."""
        rows = list(db.session.scalars(select(Recognition).order_by(Recognition.id)))
        for row in rows:
            db.session.expunge(row)
        return rows

    def complained(self) -> int:
        """Let the unit complain and somebody impartial say that a further decision is needed; returns the id."""
        council = self.world.a_person(Role.DISTRICT_COUNCIL, self.tenant_id)
        with self.world.acting(self.head) as actor:
            dossier = self.world.dossier(self.tenant_id, self.dossier_id)
            number = complaints.send(actor, dossier, grounds=["figures"], body="Tính lại.").id
        for act, args in ((complaints.accept, ()), (complaints.answer, ("needs_decision", "Chấp nhận."))):
            with self.world.acting(council) as actor:
                act(actor, db.session.get_one(Complaint, (self.tenant_id, number)), *args)
        return number


@made_once
def decided(world: World, level: int = 1) -> Case:
    """A decided unit and its people."""
    return Case(world, level)


@pytest.mark.parametrize(
    ("kind", "year", "dated", "report", "touched"),
    [
        ("correct", 2026, date(2029, 5, 1), 2026, True),
        ("correct", 2026, date(2027, 5, 1), 2025, False),
        ("revoke", 2026, date(2027, 5, 1), 2026, True),
        ("revoke", 2026, date(2028, 5, 1), 2026, False),
        ("revoke", 2026, date(2028, 5, 1), 2027, True),
    ],
)
def test_which_reports_are_touched(kind: str, year: int, dated: date, report: int, touched: bool) -> None:
    """A correction touches its year and later ones; a revocation leaves what was reported in earlier years."""
    assert rules.touches(kind, year, dated, report) is touched


def test_days_of_the_hearing_and_of_the_decision() -> None:
    """The last day belongs to the unit; the decision is not of tomorrow, nor before what it changes or the hearing."""
    today = date(2027, 2, 1)
    assert rules.answer_day_fault(date(2027, 2, 3), today)
    assert rules.answer_day_fault(None, today)
    assert not rules.answer_day_fault(date(2027, 2, 4), today)
    assert "hết ngày 01/02/2027" in (rules.silence_fault(today, today) or "")
    assert rules.silence_fault(date(2027, 1, 31), today) is None
    assert "sau hôm nay" in (rules.date_fault(date(2027, 2, 2), today, today) or "")
    assert "trước ngày của quyết định" in (rules.date_fault(date(2027, 1, 1), today, today) or "")
    assert rules.heard_fault(date(2027, 1, 1), today)
    assert rules.must_hear(2, 1)
    assert not rules.must_hear(0, 1)


def test_a_revocation_takes_effect_everywhere_and_changes_no_history(world: World, client: Any) -> None:
    """Heard, issued: register, public page, certificate, what is held and what is counted say so; the rest stays."""
    case = decided(world)
    with acting_in(STEWARD):
        code = case.recognitions()[0].code
    further_id = case.heard()
    with pytest.raises(Refused, match="trước ngày ghi nhận ý kiến"):
        case.issue(further_id, dated=date(2027, 1, 31))
    case.issue(further_id)
    with acting_in(STEWARD):
        (given,) = case.recognitions()
        entry = db.session.scalars(select(RegisterEntry)).one()
        dossier = db.session.get_one(Dossier, (case.tenant_id, case.dossier_id))
        assert (given.state, given.revoked_on) == ("revoked", date(2027, 2, 1))
        assert (entry.state, entry.state_on, entry.replaced_by) == ("revoked", date(2027, 2, 1), "")
        assert "thu hồi từ ngày 01/02/2027" in sentence_of(entry, clock.today())
        assert (dossier.decided_level, dossier.state) == (1, "decided"), "what was decided stays as it was"
        assert holdings.held_by(case.tenant_id, case.unit_id, clock.today()) is None
        assert held_by(case.tenant_id, case.unit_id) is None
        figures = by_tenant(counts(2026))[case.tenant_id]
        assert (figures.level_1, figures.revoked, figures.in_force) == (1, 1, 0)
        assert db.session.execute(rows_behind(2026, "in_force")).all() == []
        (behind,) = db.session.execute(rows_behind(2026, "revoked")).all()
        assert (behind.unit_id, behind.revoked, behind.decided_level) == (case.unit_id, True, 1)
        assert [row.valid_to for row in recognised(2026)] == [date(2027, 2, 1)]
        told = db.session.scalars(
            select(Notice.sentence).where(Notice.audience == "unit", Notice.path.contains("quyet-dinh-sau"))
        ).all()
        assert len(told) == 2
        assert "số 31/QĐ-UBND" in told[-1]
    page = client.get(f"/xac-minh/{code}").get_data(as_text=True)
    assert "Giấy chứng nhận đã bị thu hồi" in page
    assert "01/02/2027" in page
    world.sign_in(client, case.head)
    result = client.get(f"/ho-so/{case.dossier_id}/ket-qua").get_data(as_text=True)
    assert "Đã thu hồi" in result
    assert "31/QĐ-UBND" in result
    assert "Thu hồi kết quả công nhận mức độ 1 năm 2026" in client.get("/ket-qua").get_data(as_text=True)
    assert "theo quyết định số 31/QĐ-UBND" in client.get("/ket-qua/hieu-luc").get_data(as_text=True)
    assert "Đã thu hồi" in client.get("/").get_data(as_text=True)
    tenant = case.tenant_id
    assert client.get(f"/van-ban/quyet-dinh/{tenant}/{case.decision_id}.pdf").status_code == 200
    refused = client.get(f"/van-ban/giay-chung-nhan/{tenant}/{given.id}.pdf")
    assert refused.status_code == 409
    printed = client.get(f"/van-ban/quyet-dinh-sau/{tenant}/{further_id}.pdf")
    text_of = reading.text(printed.data)
    for said in (
        "Về việc thu hồi kết quả công nhận",
        "Thu hồi kết quả công nhận Trường Tiểu học Mỹ Đức",
        "Quyết định số 12/QĐ-UBND ngày 20 tháng 01 năm 2027",
        "Căn cứ quy chế của Ủy ban nhân dân huyện",
        "Danh sách học viên không có thật.",
    ):
        assert said in text_of
    assert "chưa có" not in text_of, "nothing stands open in an issued paper"


def test_a_correction_replaces_the_entry_and_keeps_the_term(world: World, client: Any) -> None:
    """Level 2 becomes level 1 under a new code; the old code leads to it; term and waiting days are the first ones."""
    case = decided(world, level=2)
    further_id = case.heard(correct(1))
    case.issue(further_id)
    with acting_in(STEWARD):
        old, new = case.recognitions()
        assert (old.state, old.revoked_on, new.state, new.level) == ("replaced", None, "in_force", 1)
        assert (new.decided_on, new.valid_to) == (date(2027, 2, 1), old.valid_to)
        assert new.may_raise_from == date(2028, 1, 20), "a year after the first decision"
        entries = {row.code: row for row in db.session.scalars(select(RegisterEntry))}
        assert (entries[old.code].state, entries[old.code].replaced_by) == ("replaced", new.code)
        assert entries[new.code].subject == entries[old.code].subject
        assert entries[new.code].decision_number == "31/QĐ-UBND"
        figures = by_tenant(counts(2026))[case.tenant_id]
        assert (figures.level_1, figures.level_2, figures.in_force) == (1, 0, 1)
        assert [(row.level, row.code) for row in recognised(2026)] == [(1, new.code)]
        held = holdings.held_by(case.tenant_id, case.unit_id, clock.today())
        assert held is not None
        assert held.code == new.code
    verified = client.get(f"/xac-minh/{old.code}").get_data(as_text=True)
    assert "đã được thay thế" in verified
    assert new.code in verified
    world.sign_in(client, case.district.officer)
    line = f"/huyen/quyet-dinh/{case.decision_id}/don-vi/{case.line_id}"
    assert "thành “công nhận mức độ 1”" in client.get(line).get_data(as_text=True)
    listed = client.get(f"/huyen/quyet-dinh/{case.decision_id}").get_data(as_text=True)
    assert old.code in listed
    assert new.code not in listed, "the first decision lists what it gave"
    assert client.get(f"/van-ban/giay-chung-nhan/{case.tenant_id}/{new.id}.pdf").status_code == 200
    # A second one follows the first further one.
    second = case.heard(correct(0, reason="Rà soát lần hai."))
    case.issue(second, "32/QĐ-UBND")
    with acting_in(STEWARD):
        assert [row.state for row in case.recognitions()] == ["replaced", "revoked"]
        figures = by_tenant(counts(2026))[case.tenant_id]
        assert (figures.level_1, figures.refused, figures.revoked, figures.in_force) == (0, 1, 0, 0)
        assert recognised(2026) == []
        (row,) = not_recognised(2026)
        assert (row.reason, row.decision_number) == ("Rà soát lần hai.", "32/QĐ-UBND")


def test_a_complaint_leads_to_a_recognition(world: World, client: Any) -> None:
    """Not recognised, complained, recognised by the further decision that cites the complaint; nobody is heard."""
    case = decided(world, level=0)
    with pytest.raises(Refused, match="không có kết quả công nhận nào"):
        case.prepared()
    with pytest.raises(Refused, match="chọn khiếu nại"):
        case.prepared(correct(1, ground="complaint"))
    open_place = case.prepared(correct(1, legal_basis="Căn cứ [bổ sung số, ngày]"))
    with pytest.raises(Refused, match="bổ sung"):
        case.issue(open_place)
    case.does(case.district.officer, open_place, operations.drop, "Soạn lại.")
    with pytest.raises(Refused, match="không có kết quả giải quyết"):
        case.prepared(correct(1, complaint_id=77))
    complaint_id = case.complained()
    world.sign_in(client, case.district.officer)
    page = client.get(f"/huyen/khieu-nai/{complaint_id}").get_data(as_text=True)
    link = re.search(r'href="([^"]+\?khieu-nai=\d+)"', page)
    assert link is not None
    assert f'<option selected value="{complaint_id}">' in client.get(link[1]).get_data(as_text=True)
    further_id = case.prepared(correct(1, ground="complaint", complaint_id=complaint_id))
    with pytest.raises(Refused, match="không phải hỏi"):
        case.does(case.district.officer, further_id, operations.tell, date(2027, 2, 10))
    with acting_in(case.head.place.scope(case.head.identity.account_id)):
        assert queries.case_of(case.tenant_id, further_id) is None, "a draft is the district's own"
    case.issue(further_id)
    with acting_in(STEWARD):
        (given,) = case.recognitions()
        assert (given.level, given.state, given.valid_to) == (1, "in_force", date(2030, 2, 1))
        assert [row.level for row in recognised(2026)] == [1]
        assert not_recognised(2026) == []
    world.sign_in(client, case.head)
    own = client.get(f"/ho-so/{case.dossier_id}/khieu-nai").get_data(as_text=True)
    assert "Quyết định số 31/QĐ-UBND" in own
    assert client.get(f"/ho-so/{case.dossier_id}/cong-bo").status_code == 200


def test_nobody_loses_anything_unheard(world: World) -> None:
    """Not issued before the answer or the recorded silence; silence only after the day; nothing is changed once told."""
    case = decided(world)
    further_id = case.prepared()
    for attempt in (lambda: case.issue(further_id), lambda: case.prepared()):
        with pytest.raises(Refused, match=r"chưa được báo|đang có một dự thảo"):
            attempt()
    with pytest.raises(Refused, match="phải từ"):
        case.does(case.district.officer, further_id, operations.tell, date(2027, 2, 2))
    case.does(case.district.officer, further_id, operations.tell, date(2027, 2, 10))
    for act, args, why in (
        (operations.save, (REVOKE,), "đang ở bước"),
        (operations.record_silence, (), "chỉ ghi nhận không trả lời sau"),
    ):
        with pytest.raises(Refused, match=why):
            case.does(case.district.officer, further_id, act, *args)
    with pytest.raises(Refused, match="đang ở bước"):
        case.issue(further_id)
    with pytest.raises(Refused, match="không được trả lời"):
        case.does(case.district.officer, further_id, operations.answer, "Thay đơn vị")
    world.set_clock(2027, 2, 11, 0, 5)
    with pytest.raises(Refused, match="hết thời gian trả lời"):
        case.does(case.head, further_id, operations.answer, "Muộn")
    case.does(case.district.officer, further_id, operations.record_silence)
    with acting_in(STEWARD):
        assert case.row(further_id).state == "heard"
    case.does(case.district.officer, further_id, operations.drop, "Đã xác minh lại.")
    with acting_in(STEWARD):
        assert case.recognitions()[0].state == "in_force"
        assert db.session.scalars(
            select(Notice.sentence).where(Notice.sentence.startswith("Huyện không tiếp tục"))
        ).one()
    assert case.prepared(), "a dropped one makes room for another"


def test_numbers_days_and_who_came_first(world: World) -> None:
    """A number of the year is used once over both kinds of decision; an unseen change is a conflict."""
    case = decided(world)
    further_id = case.heard()
    for changes, why in (
        ({"number": "12/qđ-ubnd"}, "đã dùng cho một quyết định khác"),
        ({"dated": date(2027, 2, 2)}, "ở sau hôm nay"),
        ({"dated": date(2027, 1, 19)}, "trước ngày của quyết định"),
        ({"number": "  "}, "số quyết định"),
    ):
        with pytest.raises(Refused, match=why):
            case.issue(further_id, **changes)
    with pytest.raises(Conflict, match="vừa được người khác sửa"):
        case.issue(further_id, version=1)
    with pytest.raises(Refused, match="không được ban hành"):
        case.does(case.district.officer, further_id, issuing.issue, "31", date(2027, 2, 1), "A", "B")
    case.issue(further_id)
    with pytest.raises(Refused, match="đã ban hành"):
        case.issue(further_id, "33/QĐ-UBND")
    an_appraised(world, case.district.officer, case.tenant_id, 1)
    with pytest.raises(Refused, match="31/QĐ-UBND đã dùng"):
        case.district.issued("31/QĐ-UBND")


def test_only_the_last_result_that_still_holds(world: World) -> None:
    """An ended recognition is not revoked; a draft of a level that is already there, or without words, is refused."""
    case = decided(world)
    for given in (
        correct(1),
        correct(2, reason=" "),
        correct(2, legal_basis=""),
        correct(2, ground="asked"),
        correct(2, reason="x" * 5_001),
        correct(7),
        correct(2, file=("giả.pdf", b"no pdf")),
    ):
        with pytest.raises(Refused):
            case.prepared(given)
    world.set_clock(2030, 1, 20, 9, 0)
    with pytest.raises(Refused, match="không còn gì để thu hồi"):
        case.prepared()


def test_the_pages_of_a_revocation(world: World, client: Any) -> None:
    """From the unit's line by hand: kept words after a fault, the evidence, the hearing, the issue, the amended report."""
    case = decided(world)
    case.district.sent_report()
    base = f"/huyen/quyet-dinh/{case.decision_id}/don-vi/{case.line_id}"
    world.sign_in(client, case.district.officer)
    assert f"{base}/sau/thu-hoi" in client.get(base).get_data(as_text=True)
    assert client.get(f"{base}/sau/khac").status_code == 404

    def send(path: str, page: str, **fields: Any) -> Any:
        found = re.search(r'name="csrf-token" content="([^"]+)"', client.get(page).get_data(as_text=True))
        assert found is not None
        return client.post(path, data={"csrf_token": found[1], **fields})

    new = f"{base}/sau/thu-hoi"
    words = {"ground": "untrue", "reason": "Danh sách <không> có thật.", "version": "0"}
    refused = send(new, new, **words)
    assert refused.status_code == 422
    assert "Xin ghi căn cứ" in refused.get_data(as_text=True)
    assert "Danh sách &lt;không&gt; có thật." in refused.get_data(as_text=True)
    words["legal_basis"] = "Căn cứ quy chế\nTheo đề nghị của Trưởng phòng"
    bad = send(new, new, **words, file=(io.BytesIO(b"MZ" + b"\0" * 50), "virus.exe"))
    assert bad.status_code == 422
    kept = send(new, new, **words, file=(io.BytesIO(paper("một")), "Biên bản.pdf"))
    assert kept.status_code == 303
    page = kept.location
    assert "Đang soạn" in client.get(page).get_data(as_text=True)
    assert "Mở dự thảo" in client.get(new).get_data(as_text=True)
    late = send(f"{page}/bao-don-vi", page, version="1", answer_by="mai")
    assert late.status_code == 422
    assert send(f"{page}/bao-don-vi", page, version="1", answer_by="08/02/2027").status_code == 303
    further_id = int(page.rsplit("/", 1)[1])
    tenant = case.tenant_id
    world.sign_in(client, case.head)
    own = f"/ket-qua/quyet-dinh-sau/{further_id}"
    assert "Gửi ý kiến" in client.get(own).get_data(as_text=True)
    assert client.get(f"/van-ban/quyet-dinh-sau/{tenant}/{further_id}.pdf").status_code == 404
    assert client.get(f"/van-ban/quyet-dinh-sau/{tenant}/{further_id}/minh-chung").status_code == 200
    assert send(own, own, version="2", text=" ").status_code == 422
    assert send(own, own, version="2", text="Chúng tôi không đồng ý.").status_code == 303
    world.sign_in(client, case.district.leader)
    shown = client.get(page).get_data(as_text=True)
    assert "Chúng tôi không đồng ý." in shown
    signing = {
        "number": "12/QĐ-UBND",
        "dated": "2027-02-01",
        "signer": "Chủ tịch",
        "signer_title": "CHỦ TỊCH",
    }
    used = send(f"{page}/ban-hanh", page, version="3", **signing)
    assert used.status_code == 422
    assert "đã dùng cho một quyết định khác" in used.get_data(as_text=True)
    signing["number"] = "31/QĐ-UBND"
    assert send(f"{page}/ban-hanh", page, version="3", **signing).status_code == 303
    done = client.get(page).get_data(as_text=True)
    assert "Báo cáo năm 2026 đã gửi Sở giữ nguyên số liệu" in done
    assert "31/QĐ-UBND" in client.get("/huyen/quyet-dinh-sau?state=issued").get_data(as_text=True)
    assert "31/QĐ-UBND" not in client.get("/huyen/quyet-dinh-sau?state=draft").get_data(as_text=True)
    stranger = District(world, "Huyện Kiến Thụy")
    world.sign_in(client, stranger.officer)
    assert client.get(page).status_code == 404
    assert client.get(new).status_code == 404
    assert client.get(f"/van-ban/quyet-dinh-sau/{tenant}/{further_id}.pdf").status_code == 404


def test_the_list_asks_no_more_for_more(world: World, client: Any, count_queries: list[str]) -> None:
    """The page of a district's further decisions reads a fixed number of times."""
    case = decided(world)
    case.heard()
    world.sign_in(client, case.district.leader)

    def asked() -> int:
        count_queries.clear()
        assert client.get("/huyen/quyet-dinh-sau").status_code == 200
        return len(count_queries)

    asked()
    before = asked()
    with acting_in(STEWARD):
        columns = [c.name for c in FurtherDecision.__table__.c if c.name not in ("id", "state")]
        names = ", ".join(columns)
        shown = ", ".join({"drop_reason": "'Bỏ'", "dropped_at": "now()"}.get(c, c) for c in columns)
        db.session.execute(
            text(
                f"insert into further_decision ({names}, state) select {shown}, 'dropped'"
                " from further_decision, generate_series(1, 40)"
            )
        )
    assert asked() == before


@pytest.mark.parametrize(
    "statement",
    [
        "update further_decision set state = 'issued', number = '9', dated = current_date, issued_at = now()",
        "update further_decision set reason = 'Khác'",
        "update further_decision set answer = 'Thay đơn vị'",
        "delete from further_decision",
        "update recognition set state = 'revoked', revoked_on = current_date",
    ],
)
def test_the_database_keeps_the_hearing(world: World, statement: str) -> None:
    """While the unit is asked, no statement of the district issues, rewrites, answers or removes what it was told."""
    case = decided(world)
    further_id = case.prepared()
    case.does(case.district.officer, further_id, operations.tell, date(2027, 2, 10))
    officer = case.district.officer
    with (
        pytest.raises(DBAPIError),
        acting_in(officer.place.scope(officer.identity.account_id)),
    ):
        db.session.execute(text(statement))


def test_a_revoked_renewal_leaves_what_it_had_replaced(world: World, client: Any) -> None:
    """The older recognition is in force again with its own end, in register, certificate, holdings and figures."""
    case = Case(world)
    with acting_in(STEWARD):
        open_year(2027, db.session.query(CriteriaVersion).filter_by(key="tt24-2023").one())
    world.set_clock(2028, 1, 10, 9, 0)
    again = an_appraised(world, case.district.officer, case.tenant_id, 1, unit_id=case.unit_id, year=2027)
    world.set_clock(2028, 1, 20, 9, 0)
    renewed = case.district.issued("14/QĐ-UBND", year=2027)
    with acting_in(STEWARD):
        assert [row.state for row in case.recognitions()] == ["replaced", "in_force"]
        old, _ = (row.code for row in case.recognitions())
    with pytest.raises(Refused, match="quyết định của năm sau"):
        case.prepared()
    case.decision_id, case.dossier_id = renewed, again
    with acting_in(STEWARD):
        case.line_id = db.session.scalars(
            select(DecisionLine.id).where(DecisionLine.decision_id == renewed)
        ).one()
    world.set_clock(2028, 2, 1, 9, 0)
    further_id = case.prepared()
    case.does(case.district.officer, further_id, operations.tell, date(2028, 2, 10))
    case.does(case.head, further_id, operations.answer, "Danh sách đúng.")
    case.issue(further_id, "33/QĐ-UBND", date(2028, 2, 1))
    with acting_in(STEWARD):
        first, second = case.recognitions()
        assert (first.state, second.state) == ("in_force", "revoked")
        entries = {entry.code: entry for entry in db.session.scalars(select(RegisterEntry))}
        assert (entries[old].state, entries[old].state_on, entries[old].replaced_by) == ("in_force", None, "")
        held = holdings.held_by(case.tenant_id, case.unit_id, clock.today())
        assert held is not None
        assert held.code == old
        figures = by_tenant(counts(2027))[case.tenant_id]
        assert (figures.level_1, figures.revoked, figures.still_valid, figures.in_force) == (1, 1, 1, 1)
        assert len(db.session.execute(rows_behind(2027, "in_force")).all()) == 1
        told = db.session.scalars(select(Notice.sentence).where(Notice.audience == "unit")).all()
        assert any("có hiệu lực trở lại, đến hết ngày 20/01/2030" in sentence for sentence in told), told[-2:]
    assert "Giấy chứng nhận còn hiệu lực" in client.get(f"/xac-minh/{old}").get_data(as_text=True)
    with acting_in(STEWARD):
        standing = queries.standing_of_dossier(case.tenant_id, first.dossier_id)
        assert standing is not None
        assert standing.refusal == "", "what is in force can be revoked, beside a later decision too"


def test_a_complaint_against_a_revocation_amends_the_sent_report(world: World, client: Any) -> None:
    """Its own 90 days, nobody who prepared or issued it; the answer leads to a correction and the report says so."""
    case = Case(world)
    report_id = case.district.sent_report()
    case.issue(case.heard())
    page_of = f"/ho-so/{case.dossier_id}/khieu-nai"
    world.set_clock(2027, 5, 2, 9, 0)  # 90 days after the further decision, more after the first one
    world.sign_in(client, case.head)
    page = client.get(page_of).get_data(as_text=True)
    assert "Quyết định số 31/QĐ-UBND" in page
    assert "đến hết ngày 02/05/2027" in page
    with world.acting(case.head) as actor:
        dossier = world.dossier(case.tenant_id, case.dossier_id)
        with pytest.raises(Conflict, match="vừa được thay đổi bởi Quyết định số 31"):
            complaints.send(actor, dossier, grounds=["other"], body="Sai.", seen="12/QĐ-UBND")
    with world.acting(case.head) as actor:
        dossier = world.dossier(case.tenant_id, case.dossier_id)
        sent = complaints.send(actor, dossier, grounds=["other"], body="Danh sách đúng.", seen="31/QĐ-UBND")
        number, about = sent.id, sent.further_id
    assert about is not None

    def does(person: Person, act: Callable[..., Any], *args: Any) -> None:
        with world.acting(person) as actor:
            act(actor, db.session.get_one(Complaint, (case.tenant_id, number)), *args)

    for party, why in (
        (case.district.officer, "thẩm định hồ sơ này"),
        (case.district.leader, "ban hành quyết định"),
    ):
        with pytest.raises(Refused, match=why):
            does(party, complaints.accept)
    with acting_in(STEWARD):
        preparer = queries.of_dossier(case.tenant_id, case.dossier_id)[0].created_by
        assert preparer == case.district.officer.identity.full_name
    council = world.a_person(Role.DISTRICT_COUNCIL, case.tenant_id)
    does(council, complaints.accept)
    does(council, complaints.answer, "needs_decision", "Chấp nhận.")
    world.sign_in(client, case.district.officer)
    shown = client.get(f"/huyen/khieu-nai/{number}").get_data(as_text=True)
    assert "Số 31/QĐ-UBND ngày 01/02/2027" in shown
    amends = client.get(f"/huyen/bao-cao/{report_id}").get_data(as_text=True)
    assert "Cần báo cáo điều chỉnh." in amends
    assert "Quyết định số 31/QĐ-UBND ngày 01/02/2027" in amends
    given = correct(1, ground="complaint", complaint_id=number)
    case.issue(case.prepared(given), "45/QĐ-UBND", date(2027, 5, 2))
    amends = client.get(f"/huyen/bao-cao/{report_id}").get_data(as_text=True)
    assert "theo kết quả giải quyết khiếu nại" in amends
    with acting_in(STEWARD):
        told = db.session.scalars(
            select(Notice.sentence).where(Notice.path == f"/huyen/bao-cao/{report_id}")
        ).all()
        assert sum("đã gửi Sở cần điều chỉnh" in sentence for sentence in told) == 2
        assert [row.state for row in case.recognitions()] == ["revoked", "in_force"]
