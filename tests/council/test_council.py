"""A council from its founding to the issued decision: agenda, votes, closed minutes, submission, what stays as it was."""

from __future__ import annotations

import re
import threading
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import DBAPIError

from portal.appraisal import interests
from portal.appraisal import operations as appraisal
from portal.council import closing, operations, queries, rules
from portal.council.models import Item, Meeting
from portal.council.operations import Founded, Noted
from portal.council.rules import Member, Votes
from portal.dossiers.models import Dossier
from portal.dossiers.queries import open_sheet
from portal.notices.models import Notice
from portal.papers import building_council, documents_council
from portal.papers.district import office
from portal.recognition import operations as recognition
from portal.recognition.lines import agreed_by_council, exceptions_of
from portal.recognition.models import Decision, DecisionLine
from portal.recognition.submitting import differs
from portal.trail.models import TrailEntry
from portal.units.models import Unit
from portal.words import ZONE
from tenants.database import db
from tenants.people import Role
from tenants.refusal import Conflict, Refused
from tenants.scope import acting_in
from tests.beds import made_once
from tests.builders import STEWARD, Person, World
from tests.deciding import Browser, District, an_appraised, complete_bases, dismiss_flags
from tests.papers import reading

HELD = datetime(2027, 1, 11, 14, 0, tzinfo=ZONE)
ALL_FOR = Votes(4, 0, 0)


class Case:
    """A district with a council of five and a meeting of 11/01/2027 on its appraised dossiers (levels, then two clean)."""

    def __init__(self, world: World, *levels: int) -> None:
        world.confirm_thresholds()
        self.world, self.district = world, District(world)
        self.tenant_id, self.officer = self.district.tenant_id, self.district.officer
        self.leader = self.district.leader
        self.member = world.a_person(Role.DISTRICT_COUNCIL, self.tenant_id, name="Ủy viên hội đồng")
        self.clean = [self.appraised(f"Trường Tiểu học Số {n}", 1) for n in (1, 2)]
        self.other = [self.appraised(f"Trường Tiểu học Khác {n}", level) for n, level in enumerate(levels)]
        world.set_clock(2027, 1, 11, 16, 0)
        dismiss_flags(world, self.officer, self.tenant_id)
        with world.acting(self.officer) as actor:
            operations.found(actor, self.founded())
            self.meeting_id = operations.begin(actor, 2026).id
        self.note()

    def appraised(self, name: str, level: int) -> int:
        """Take a unit of this name to its appraisal; returns the dossier."""
        unit_id = self.world.a_unit(self.tenant_id, name)
        return an_appraised(self.world, self.officer, self.tenant_id, level, unit_id=unit_id)

    def founded(self, **changes: Any) -> Founded:
        """What the officer types of the council."""
        duties = ("chair", "deputy", "secretary", "member", "member")
        accounts = {4: self.member.identity.account_id}
        members = tuple(
            Member(n, f"Thành viên {n}", "Phòng Giáo dục và Đào tạo", duty, accounts.get(n))
            for n, duty in enumerate(duties, 1)
        )
        given = {"name": "Hội đồng thẩm định huyện", "number": "118/QĐ-UBND", "dated": date(2027, 1, 4)}
        return Founded(**{**given, "quorum": 3, "members": members, **changes})

    def row(self) -> Meeting:
        """The meeting as it stands (call inside a scope)."""
        return db.session.get_one(Meeting, (self.tenant_id, self.meeting_id))

    def item(self, dossier_id: int) -> Item:
        """The item of a dossier (call inside a scope)."""
        return db.session.scalars(
            select(Item).where(Item.meeting_id == self.meeting_id, Item.dossier_id == dossier_id)
        ).one()

    def note(self, **changes: Any) -> None:
        """Note the meeting: four of five were there."""
        there: dict[int, tuple[bool | None, str]] = dict.fromkeys((1, 2, 3, 4), (True, ""))
        given = {"presiding": 1, "scribe": 3, "attendance": there | {5: (False, "đi công tác")}, **changes}
        with self.world.acting(self.officer) as actor:
            operations.note_meeting(actor, self.row(), Noted(HELD, "Phòng họp số 2", **given))

    def vote(self, dossier_id: int, votes: Votes, outcome: str, text: str = "") -> None:
        """Note the vote on one dossier."""
        with self.world.acting(self.officer) as actor:
            operations.vote_item(actor, self.row(), self.item(dossier_id).id, votes, outcome, text)

    def vote_block(self, votes: Votes = ALL_FOR, outcome: str = "agreed") -> None:
        """Note the one vote on the block."""
        with self.world.acting(self.officer) as actor:
            operations.vote_block(actor, self.row(), votes, outcome)

    def close(self) -> None:
        """Close the meeting."""
        with self.world.acting(self.officer) as actor:
            closing.close(actor, self.row())

    def ready(self) -> int:
        """Draft the decision with complete legal bases."""
        decision_id = self.drafted()
        with self.world.acting(self.officer) as actor:
            complete_bases(actor, self.decision(decision_id))
        return decision_id

    def drafted(self) -> int:
        """Draft the decision from the closed meeting; returns its id."""
        with self.world.acting(self.officer) as actor:
            return closing.draft(actor, self.row()).id

    def decision(self, decision_id: int) -> Decision:
        """The decision as it stands (call inside a scope)."""
        return db.session.get_one(Decision, (self.tenant_id, decision_id))


@made_once
def a_case(world: World, *levels: int) -> Case:
    """A council that is to meet."""
    return Case(world, *levels)


def test_from_the_agenda_to_the_decision(world: World) -> None:
    """Clean in one block, disputed singly; refused goes back to the appraisal; only what was agreed is drafted."""
    case = a_case(world, 0, 2)
    refused, level_2 = case.other
    with world.acting(case.officer, writes=False):
        assert {case.item(one).singly for one in case.clean} == {False}
        assert case.item(refused).singly
        assert not case.item(level_2).singly
        assert "không công nhận" in case.item(refused).reasons[0]
        sheet = open_sheet(db.session.get_one(Dossier, (case.tenant_id, refused)))
        unproven = sum(one.verdict == "not_enough_evidence" for one in sheet.findings.values())
        assert f"{unproven} chỉ tiêu chưa đủ minh chứng." in case.item(refused).reasons
    # A member takes one out of the block by himself; a leader's name is not in the council.
    with world.acting(case.member) as actor:
        operations.take_out(actor, case.row(), case.item(case.clean[1]).id, "Thành viên 1", "Xin nghe thêm.")
    with world.acting(case.officer, writes=False):
        item = case.item(case.clean[1])
        assert (item.singly, item.taken_by) == (True, "Thành viên 4")
        assert len(closing.faults_of(case.row(), queries.council_of(case.tenant_id))) == 2
    with pytest.raises(
        Refused, match=r"Chưa biểu quyết nhóm 2 hồ sơ.*Chưa có kết luận về Trường Tiểu học Khác 0"
    ):
        case.close()
    with pytest.raises(Refused, match="nhiều hơn số người có mặt"):
        case.vote_block(Votes(5, 0, 0))
    case.vote_block()
    case.vote(case.clean[1], Votes(3, 1, 0), "agreed")
    with pytest.raises(Refused, match="ghi lý do trả lại"):
        case.vote(refused, Votes(0, 4, 0), "changed")
    case.vote(refused, Votes(1, 3, 0), "changed", "Minh chứng có đủ tại đơn vị.")
    case.close()
    with world.acting(case.officer, writes=False):
        row = case.row()
        assert row.frozen is not None
        assert row.content_hash == closing.digest_of(row.frozen)
        assert queries.counts_of(row).agreed == 3
        back = db.session.get_one(Dossier, (case.tenant_id, refused))
        assert (back.state, back.proposed_level) == ("accepted", None)
        reasons = db.session.scalars(
            select(TrailEntry.detail["reason"].astext).where(TrailEntry.act == "dossier.reopen_appraisal")
        ).all()
        assert "Hội đồng thẩm định huyện họp ngày 11/01/2027 không nhất trí" in reasons[0]
        assert queries.agreed_dossiers(row) == sorted([*case.clean, level_2])
    decision_id = case.ready()
    with world.acting(case.leader, writes=False):
        decision = case.decision(decision_id)
        assert agreed_by_council(decision) == (3, 0)
        counted = exceptions_of(decision)
        assert (counted["against"], counted["disputed"], counted["late"]) == (1, 1, 0)
    # The decision cannot be older than the meeting; what was reopened since is named, nothing is issued.
    world.set_clock(2027, 1, 12, 9, 0)
    signed = ("45/QĐ-UBND", date(2027, 1, 10), "Lãnh đạo", "CHỦ TỊCH")
    with world.acting(case.leader) as actor, pytest.raises(Refused, match="trước ngày họp của Hội đồng"):
        recognition.issue(actor, case.decision(decision_id), *signed)
    with world.acting(case.officer) as actor:
        appraisal.reopen(actor, db.session.get_one(Dossier, (case.tenant_id, level_2)), "Có minh chứng mới.")
    signed = ("45/QĐ-UBND", date(2027, 1, 12), "Lãnh đạo", "CHỦ TỊCH")
    with world.acting(case.leader) as actor, pytest.raises(Refused, match="Khác 1: hồ sơ đã mở lại"):
        recognition.issue(actor, case.decision(decision_id), *signed)
    case.drafted()
    with world.acting(case.leader) as actor:
        recognition.issue(actor, case.decision(decision_id), *signed)
    with world.acting(case.officer) as actor, pytest.raises(Refused, match="Không còn hồ sơ nào"):
        closing.draft(actor, case.row())
    # A unit reads the decision on itself, yet nothing of the council nor of what was laid before the chairman.
    with acting_in(STEWARD):
        unit_id = db.session.get_one(Dossier, (case.tenant_id, case.clean[0])).unit_id
    head = world.a_person(Role.UNIT_HEAD, case.tenant_id, unit_id)
    for table in ("decision", "council", "council_meeting", "council_item"):
        with world.acting(head, writes=False):
            assert case.decision(decision_id).number == "45/QĐ-UBND"
            column = "submission" if table == "decision" else "*"
            with pytest.raises(DBAPIError, match="permission denied"):
                db.session.execute(text(f"select {column} from {table}"))
            db.session.rollback()


def test_a_closed_meeting_never_changes(world: World) -> None:
    """No verb and no SQL of the district touches it; the steward's hand alone could, and the hash would tell."""
    case = a_case(world)
    case.vote_block()
    case.close()
    for act in (
        lambda actor: operations.note_meeting(actor, case.row(), Noted(None)),
        lambda actor: operations.vote_block(actor, case.row(), ALL_FOR, "agreed"),
        lambda actor: operations.refresh(actor, case.row()),
        lambda actor: operations.discard(actor, case.row()),
        lambda actor: closing.close(actor, case.row()),
    ):
        with world.acting(case.officer) as actor, pytest.raises(Refused, match="chốt nên không thay đổi"):
            act(actor)
    key = f"tenant_id = {case.tenant_id}"
    for statement in (
        f"update council_meeting set conclusion = 'khác' where {key}",
        f"update council_meeting set state = 'draft', frozen = null, content_hash = '' where {key}",
        f"delete from council_meeting where {key}",
        f"update council_item set outcome = 'deferred' where {key}",
        f"delete from council_item where {key}",
        "insert into council_item select * from council_item limit 1",
    ):
        with world.acting(case.officer), pytest.raises(DBAPIError):
            db.session.execute(text(statement))
    with world.acting(case.officer):
        values = {"tenant_id": case.tenant_id, "council_id": case.row().council_id, "year": 2026}
        made = {"created_at": HELD, "created_by": "x", "frozen": {}, "content_hash": "x", "closed_at": HELD}
        with pytest.raises(DBAPIError):
            db.session.execute(insert(Meeting).values(**values, **made, state="closed"))
        db.session.rollback()


def test_conflict_of_interest(world: World) -> None:
    """A member with a role in the unit, on the portal or told by code, has no vote on it and is named for it."""
    case = a_case(world)
    first, second = case.clean
    with acting_in(STEWARD):
        units = [db.session.get_one(Dossier, (case.tenant_id, one)).unit_id for one in case.clean]
        from tenants.operations import place_person

        place_person(
            case.member.identity.account_id,
            Role.UNIT_EDITOR,
            case.tenant_id,
            unit_id=units[0],
            since=date(2026, 1, 1),
        )
    # Placed after the agenda was made: the closing asks for a new agenda instead of letting it through.
    case.vote_block()
    with pytest.raises(Refused, match="cập nhật chương trình: Trường Tiểu học Số 1"):
        case.close()
    with world.acting(case.officer) as actor:
        members = rules.members_of(case.row().members)
        case.row().members = [
            {**one.plain(), "unit_ids": [units[1]] if one.number == 1 else []} for one in members
        ]
        operations.refresh(actor, case.row())
    with world.acting(case.officer, writes=False):
        assert case.item(first).reasons == [rules.CONFLICT.format(name="Thành viên 4")]
        assert case.item(second).reasons == [rules.CONFLICT.format(name="Thành viên 1")]
    with pytest.raises(Refused, match=r"nhiều hơn số người có mặt được biểu quyết \(3\)"):
        case.vote(first, Votes(4, 0, 0), "agreed")
    case.vote(first, Votes(3, 0, 0), "agreed")
    case.vote(second, Votes(3, 0, 0), "agreed")
    case.close()
    with world.acting(case.officer, writes=False):
        row = case.row()
        minutes = building_council.council_minutes(row.frozen or {}, office(case.tenant_id), row.content_hash)
        said = reading.text(documents_council.council_minutes(minutes))
        assert "Thành viên 4 không biểu quyết (giữ vai trò tại đơn vị hoặc đã khai xung đột lợi ích)" in said


def test_a_declared_interest_takes_the_vote(world: World) -> None:
    """What a member declared for the appraisal holds at the meeting, also when it was declared after the agenda was made."""
    case = a_case(world)
    first, _second = case.clean
    with world.acting(case.member) as actor:
        unit_id = case.item(first).unit_id
        interests.declare(actor, actor.account_id, unit_id, "declared", "Vợ là hiệu trưởng")
    case.vote_block()
    with pytest.raises(Refused, match="cập nhật chương trình: Trường Tiểu học Số 1"):
        case.close()
    with world.acting(case.officer) as actor:
        operations.refresh(actor, case.row())
    with pytest.raises(Refused, match=r"được biểu quyết \(3\)"):
        case.vote(first, Votes(4, 0, 0), "agreed")


def test_minutes_and_submission_from_one_set(world: World) -> None:
    """PDF and DOCX say the same; a count in the text is the length of its list; later changes leave what was laid."""
    case = a_case(world, 0, 2)
    case.vote_block()
    case.vote(case.other[0], Votes(4, 0, 0), "agreed")
    with world.acting(case.officer, writes=False):
        row = case.row()
        council = queries.council_of(case.tenant_id)
        assert council is not None
        open_content = closing.content_of(row, council, closing.rows_of(row))
        preview = documents_council.council_minutes(
            building_council.council_minutes(open_content, office(case.tenant_id))
        )
        assert "BẢN XEM TRƯỚC" in reading.text(preview)
    case.close()
    with world.acting(case.officer, writes=False):
        row = case.row()
        page = documents_council.council_minutes(
            building_council.council_minutes(row.frozen or {}, office(case.tenant_id), row.content_hash)
        )
        for said in (reading.text(page), reading.docx(page.docx())):
            assert "Có mặt: 4/5 thành viên (tối thiểu để họp: 3)" in said
            assert "3 hồ sơ không có điểm khác biệt" in said
            assert "Nhất trí với đề xuất: 4 hồ sơ" in said
            assert "Thành viên 5, Phòng Giáo dục và Đào tạo (đi công tác)" in said
            assert "BẢN XEM TRƯỚC" not in said
    decision_id = case.drafted()
    signed = ("45/TTr-PGDĐT", date(2027, 1, 11), "Người ký", "Trưởng phòng")
    with world.acting(case.officer) as actor:
        for place, value, part in (
            (0, " ", "Xin nhập số"),
            (1, date(2027, 1, 12), "sau hôm nay"),
            (1, date(2027, 1, 10), "trước ngày họp"),
        ):
            wrong = [*signed]
            wrong[place] = value  # type: ignore[call-overload]
            with pytest.raises(Refused, match=part):
                recognition.lay_before(actor, case.decision(decision_id), *wrong)  # type: ignore[arg-type]
            db.session.rollback()
        with pytest.raises(Conflict):
            recognition.lay_before(actor, case.decision(decision_id), *signed, version=99)
        db.session.rollback()
        recognition.lay_before(actor, case.decision(decision_id), *signed)
    with world.acting(case.officer, writes=False):
        decision = case.decision(decision_id)
        assert "Tờ trình số 45/TTr-PGDĐT ngày 11 tháng 01 năm 2027" in decision.legal_bases[-1]
        told = db.session.scalars(
            select(Notice.sentence).where(Notice.path.endswith(f"/{decision_id}"))
        ).all()
        assert any("4 đơn vị chờ lãnh đạo xem và ban hành" in sentence for sentence in told)
        assert not differs(decision)
        laid = decision.submission
        assert laid is not None
        paper = building_council.submission(laid["content"], office(case.tenant_id), laid["head"])
        assert paper.total == 4
        page = documents_council.submission(paper)
        assert {ref: len(table.rows) for ref, table in page.tables.items()} == {
            "level_1": 2, "level_2": 1, "refused": 1,
        }  # fmt: skip
        for said in (reading.text(page), reading.docx(page.docx())):
            assert "Tổng số hồ sơ trình: 4" in said
            assert "Đề nghị công nhận mức độ 1: 2 đơn vị (Danh sách I kèm theo)" in said
            assert "Đề nghị không công nhận: 1 đơn vị" in said
            assert "nhất trí với kết quả thẩm định của 4 đơn vị" in said
            assert "Danh sách này có 2 đơn vị." in said
    with world.acting(case.officer) as actor:
        line = db.session.scalars(select(DecisionLine).where(DecisionLine.outcome == 2)).one()
        recognition.set_line(actor, case.decision(decision_id), line.id, 1, "Chưa đủ thời gian nâng mức.")
    with world.acting(case.officer, writes=False):
        decision = case.decision(decision_id)
        assert differs(decision)
        assert decision.submission == laid
    with world.acting(case.officer) as actor:
        recognition.lay_before(actor, case.decision(decision_id), "46/TTr-PGDĐT", *signed[1:])
        assert "Tờ trình số 46/TTr-PGDĐT" in case.decision(decision_id).legal_bases[-1]
        assert not differs(case.decision(decision_id))


def test_two_at_once(world: World) -> None:
    """Issuing while an officer reopens: one orderly story whoever comes first; two officers close a meeting once."""
    case = a_case(world)
    case.vote_block()
    together(
        case, *[lambda actor: closing.close(actor, case.row())] * 2, by=[case.officer] * 2, refused="chốt"
    )
    decision_id = case.ready()
    world.set_clock(2027, 1, 12, 9, 0)
    signed = ("45/QĐ-UBND", date(2027, 1, 12), "Lãnh đạo", "CHỦ TỊCH")
    dossier_id = case.clean[0]
    said = together(
        case,
        lambda actor: recognition.issue(actor, case.decision(decision_id), *signed),
        lambda actor: appraisal.reopen(
            actor, db.session.get_one(Dossier, (case.tenant_id, dossier_id)), "Mới."
        ),
        by=[case.leader, case.officer],
    )
    with world.acting(case.officer, writes=False):
        decision, dossier = (
            case.decision(decision_id),
            db.session.get_one(Dossier, (case.tenant_id, dossier_id)),
        )
        if decision.state == "issued":
            assert dossier.state == "decided"
            assert "Đã có quyết định" in said[1]
        else:
            assert (dossier.state, dossier.proposed_level) == ("accepted", None)
            assert "hồ sơ đã mở lại" in said[0]


def together(case: Case, *acts: Any, by: list[Person], refused: str = "") -> list[str]:
    """Let people act at the same moment; returns what each was told ("" for done); exactly one is refused."""
    said, start = [""] * len(acts), threading.Barrier(len(acts))

    def press(place: int) -> None:
        with case.world.app.app_context():
            start.wait(10)
            try:
                with case.world.acting(by[place]) as actor:
                    acts[place](actor)
            except Refused as no:
                said[place] = no.sentence
            finally:
                db.session.remove()

    people = [threading.Thread(target=press, args=(place,)) for place in range(len(acts))]
    for one in people:
        one.start()
    for one in people:
        one.join(30)
    assert sum(bool(one) for one in said) == 1, said
    assert refused in "".join(said)
    return said


def test_who_may_and_when(world: World) -> None:
    """Leader, member and another district do not run it; a changed page is told so; one open meeting a year."""
    case = a_case(world)
    for person in (case.leader, case.member):
        with world.acting(person) as actor, pytest.raises(Refused, match="không được"):
            operations.vote_block(actor, case.row(), ALL_FOR, "agreed")
    stranger = world.a_person(Role.DISTRICT_COUNCIL, case.tenant_id)
    with world.acting(stranger) as actor, pytest.raises(Refused, match="không có tên"):
        operations.take_out(actor, case.row(), case.item(case.clean[0]).id, "", "Vì sao.")
    with world.acting(case.officer) as actor:
        assert operations.begin(actor, 2026).id == case.meeting_id
        council = queries.council_of(case.tenant_id)
        assert council is not None
        for act in (
            lambda: operations.found(actor, case.founded(), version=99),
            lambda: operations.note_meeting(actor, case.row(), Noted(HELD), version=99),
            lambda: operations.vote_block(actor, case.row(), ALL_FOR, "agreed", version=99),
            lambda: operations.vote_item(
                actor, case.row(), case.item(case.clean[0]).id, ALL_FOR, "agreed", version=99
            ),
        ):
            with pytest.raises(Conflict):
                act()
            db.session.rollback()
        with pytest.raises(Refused, match="chưa chốt biên bản"):
            operations.end(actor)
        db.session.rollback()
        with pytest.raises(Refused, match="ở sau hôm nay"):
            operations.found(actor, case.founded(dated=date(2027, 2, 1)))
        db.session.rollback()
        case_item = case.item(case.clean[0]).id
        operations.take_out(actor, case.row(), case_item, "Thành viên 1", "Xin nghe thêm.")
        operations.put_back(actor, case.row(), case_item)
        operations.discard(actor, case.row())
        operations.end(actor)
        assert queries.council_of(case.tenant_id) is None
        assert db.session.scalar(select(func.count()).select_from(Item)) == 0
        with pytest.raises(Refused, match="Chưa ghi hội đồng"):
            operations.begin(actor, 2026)
    other = District(world, "Huyện Kiến Thụy")
    with world.acting(other.officer, writes=False):
        assert queries.meeting_of(case.tenant_id, case.meeting_id) is None


def test_the_pages(world: World, client: Any) -> None:
    """Founding, meeting, votes, closing and laying before the chairman through the judging client; nothing typed is lost."""
    case = a_case(world, 0)
    browser = Sender(world.sign_in(client, case.officer))
    with world.acting(case.officer, writes=False):
        item, block_item = case.item(case.other[0]).id, case.item(case.clean[0]).id
    at = f"/huyen/hoi-dong/hop/{case.meeting_id}"
    page = browser.get(at).get_data(as_text=True)
    assert "Thẩm định đề xuất không công nhận." in page
    assert "Có mặt 4/5 thành viên, cần ít nhất 3: đủ số người để họp." in page
    people = [
        ("ten", "Một"),
        ("chuc-vu", "X"),
        ("nhiem-vu", "chair"),
        ("tai-khoan", "99999"),
        ("don-vi", "KHONG-CO"),
    ]
    answer = browser.post(
        "/huyen/hoi-dong/thanh-vien",
        data={
            **dict(people),
            "version": version(case),
            "name": "Tổ riêng",
            "number": "1",
            "dated": "32/13/2027",
            "quorum": "x",
        },
    )
    said = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for part in (
        "không có đơn vị mang mã KHONG-CO",
        "tài khoản được chọn không còn vai trò",
        "32/13/2027",
        "Tổ riêng",
    ):
        assert part in said
    answer = browser.post(
        f"{at}/ho-so/{item}",
        data={
            "version": "1",
            "agree": "9",
            "against": "0",
            "abstain": "0",
            "outcome": "agreed",
            "note": "Giữ lời tôi",
        },
    )
    assert answer.status_code == 422
    said = answer.get_data(as_text=True)
    assert "nhiều hơn số người có mặt" in said
    assert "Giữ lời tôi" in said
    for typed in ({"agree": "ba"}, {"outcome": "gì"}, {"version": "x"}, {"note": "x" * 6_000}):
        good = {"version": "1", "agree": "4", "against": "0", "abstain": "0", "outcome": "agreed", "note": ""}
        assert browser.post(f"{at}/ho-so/{item}", data=good | typed).status_code == 422
    assert browser.post(f"{at}/ho-so/{item}", data=good).status_code == 303
    assert browser.get(f"{at}/ho-so/{block_item}").status_code == 200
    assert (
        browser.post(
            f"{at}/ho-so/{block_item}/xet-rieng", data={"version": "1", "who": "Ai đó", "why": "Vì"}
        ).status_code
        == 422
    )
    now = version_of_meeting(case)
    answer = browser.post(
        at, data={"version": now, "held_on": "2027-01-11", "held_time": "", "venue": "Nơi họp mới"}
    )
    assert answer.status_code == 422
    assert "Xin ghi cả ngày và giờ họp." in answer.get_data(as_text=True)
    assert "Nơi họp mới" in answer.get_data(as_text=True)
    vote = {"version": now, "agree": "4", "against": "0", "abstain": "0", "outcome": "agreed", "note": ""}
    assert browser.post(f"{at}/bieu-quyet", data=vote).status_code == 303
    answer = browser.post(f"{at}/bieu-quyet", data=vote | {"note": "Lời của tôi"})
    assert answer.status_code == 409
    assert "Lời của tôi" in answer.get_data(as_text=True)
    assert f'name="version" type="hidden" value="{version_of_meeting(case)}"' in answer.get_data(as_text=True)
    assert browser.post(f"{at}/chot", data={"version": version_of_meeting(case)}).status_code == 303
    assert "Đưa vào dự thảo quyết định" in browser.get(at).get_data(as_text=True)
    answer = browser.post(f"{at}/quyet-dinh")
    assert answer.status_code == 303
    decision = answer.headers["Location"]
    laying = {
        "version": "1",
        "number": "7/TTr",
        "dated": "2027-01-11",
        "signer": "A",
        "signer_title": "Trưởng phòng",
    }
    assert browser.post(f"{decision}/trinh", data=laying).status_code == 409
    with world.acting(case.officer, writes=False):
        laying["version"] = str(db.session.scalars(select(Decision.version)).one())
    assert browser.post(f"{decision}/trinh", data=laying | {"number": ""}).status_code == 422
    assert browser.post(f"{decision}/trinh", data=laying).status_code == 303
    page = browser.get(decision).get_data(as_text=True)
    assert "đã được" in page
    assert page.index("Cần xem trước khi ký") < page.index("công nhận mức độ 1")
    with world.acting(case.officer, writes=False):
        line_id = db.session.scalars(
            select(DecisionLine.id).where(DecisionLine.dossier_id == case.other[0])
        ).one()
    page = browser.get(f"{decision}/don-vi/{line_id}").get_data(as_text=True)
    assert f"{at}/ho-so/{item}" in page
    number = decision.rsplit("/", 1)[1]
    for ext, kind in (("pdf", b"%PDF"), ("docx", b"PK")):
        for path in (
            f"to-trinh/{case.tenant_id}/{number}",
            f"bien-ban-hoi-dong/{case.tenant_id}/{case.meeting_id}",
        ):
            assert browser.get(f"/van-ban/{path}.{ext}").data.startswith(kind)


class Sender(Browser):
    """A browser that reads its token once."""

    token = ""

    def post(self, path: str, data: dict[str, str] | None = None, **kwargs: Any) -> Any:
        """Send a form."""
        if not self.token:
            page = self.client.get("/huyen/hoi-dong").get_data(as_text=True)
            found = re.search(r'name="csrf-token" content="([^"]+)"', page)
            assert found is not None
            self.token = found[1]
        return self.client.post(path, data={"csrf_token": self.token, **(data or {})}, **kwargs)


def version(case: Case) -> str:
    """The version of the council that a page shows."""
    with case.world.acting(case.officer, writes=False):
        council = queries.council_of(case.tenant_id)
        return str(council.version if council else 0)


def version_of_meeting(case: Case) -> str:
    """The version of the meeting that a page shows."""
    with case.world.acting(case.officer, writes=False):
        return str(case.row().version)


def test_without_a_council_the_page_says_so(world: World, client: Any) -> None:
    """A district that holds no council drafts and issues as ever; the page and the submission say there are no minutes."""
    world.confirm_thresholds()
    district = District(world)
    district.appraised(1)
    decision_id = district.drafted()
    world.sign_in(client, district.leader)
    assert "Không có biên bản họp hội đồng" in client.get(f"/huyen/quyet-dinh/{decision_id}").get_data(
        as_text=True
    )
    paper = client.get(f"/van-ban/to-trinh/{district.tenant_id}/{decision_id}.pdf").data
    assert "không có biên bản họp" in reading.text(paper)
    assert "BẢN XEM TRƯỚC" in reading.text(paper)


def test_five_hundred_dossiers(world: World, count_queries: list[str]) -> None:
    """Agenda, page, closing and minutes read as many statements for many dossiers as for two; the paper grows in line."""
    case = a_case(world)
    with acting_in(STEWARD):
        model = db.session.get_one(Dossier, (case.tenant_id, case.clean[0]))
        units = {
            c.name: getattr(db.session.get_one(Unit, (case.tenant_id, model.unit_id)), c.key)
            for c in Unit.__table__.columns
            if c.name != "id"
        }
        numbers = list(
            db.session.scalars(
                insert(Unit).returning(Unit.id),
                [
                    units | {"code": f"N{n}", "name": f"Đơn vị {n}", "name_sort": f"n{n:03}"}
                    for n in range(498)
                ],
            )
        )
        given = {c.name: getattr(model, c.key) for c in Dossier.__table__.columns if c.name != "id"}
        db.session.execute(
            insert(Dossier), [given | {"unit_id": one, "receipt_number": f"R{one}"} for one in numbers]
        )
    count_queries.clear()
    with world.acting(case.officer) as actor:
        came, _ = operations.refresh(actor, case.row())
        assert came == 498
    assert len(count_queries) < 28
    case.vote_block()
    count_queries.clear()
    with world.acting(case.officer) as actor:
        closing.close(actor, case.row())
    assert len(count_queries) < 30
    with world.acting(case.officer, writes=False):
        row = case.row()
        assert queries.counts_of(row).agreed == 500
        page = documents_council.council_minutes(
            building_council.council_minutes(row.frozen or {}, office(case.tenant_id), row.content_hash)
        )
        assert len(page.tables["block"].rows) == 500
        assert len(reading.pages(page)) < 30
