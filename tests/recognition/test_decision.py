"""A decision on the real database: drafted from the appraisals, issued once, never changed."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from portal.appraisal import operations as appraisal
from portal.appraisal.models import Finding
from portal.dossiers.models import Dossier
from portal.figures.queries import counts, total
from portal.notices.models import Notice
from portal.recognition import operations, rules
from portal.recognition.lines import decision_sheet, exceptions_of
from portal.recognition.models import Decision, DecisionLine, Recognition
from portal.recognition.queries import tallies
from portal.trail.models import TrailEntry
from tenants.database import db
from tenants.identity import Place
from tenants.people import Role
from tenants.refusal import Conflict, Refused
from tenants.scope import acting_in
from tests.beds import made_once
from tests.builders import STEWARD, World
from tests.deciding import District, an_appraised


@pytest.fixture
@made_once
def confirmed(world: World) -> World:
    """A world whose suggested thresholds are confirmed as illustrative, past the filing deadline's eve."""
    world.confirm_thresholds()
    return world


def test_a_year_is_decided(confirmed: World) -> None:
    """Three units at level 1, two at level 2, one refused: recognitions, results, notices, trail."""
    district = District(confirmed)
    district.appraised(1, 1, 1, 2, 2, 0)
    confirmed.set_clock(2027, 2, 10, 9, 0)
    decision_id = district.issued("45/QĐ-UBND", date(2027, 2, 10))
    with confirmed.acting(district.officer):
        decision = db.session.get_one(Decision, (district.tenant_id, decision_id))
        assert (decision.state, decision.number, decision.dated) == (
            "issued",
            "45/QĐ-UBND",
            date(2027, 2, 10),
        )
        assert decision.issuer == "Chủ tịch Ủy ban nhân dân huyện An Lão"
        given = db.session.scalars(select(Recognition).order_by(Recognition.level)).all()
        assert [row.level for row in given] == [1, 1, 1, 2, 2]
        assert {(row.valid_from, row.valid_to) for row in given} == {(date(2027, 2, 10), date(2030, 2, 10))}
        assert {row.may_raise_from for row in given if row.level == 1} == {date(2028, 2, 10)}
        assert {row.may_raise_from for row in given if row.level == 2} == {None}
        assert len({row.code for row in given}) == 5
        assert all(rules.read_code(row.code.lower().replace("-", " ")) == row.code for row in given)
        sheet = decision_sheet(decision)
        assert [len(x) for x in (sheet.level_1, sheet.level_2, sheet.refused)] == [3, 2, 1]
        assert sheet.refused[0].reason.startswith("Chỉ tiêu 1.1: chưa đủ minh chứng")
        assert sheet.proposal is not None
        assert sheet.proposal.startswith("Trưởng Phòng Giáo dục và Đào tạo")
        assert "đến hết ngày 10/02/2030" in sheet.validity
        whole = total(counts(2026))
        assert (whole.level_1, whole.level_2, whole.refused, whole.pending) == (3, 2, 1, 0)
        assert db.session.scalar(select(func.count()).where(~Finding.shown_to_unit)) == 0
        assert db.session.scalar(select(func.count()).where(Notice.sentence.like("Đã có quyết định%"))) == 6
        assert db.session.scalar(select(func.count()).where(TrailEntry.act == "dossier.decide")) == 6


def test_unconfirmed_thresholds_decide_nothing(world: World) -> None:
    """In a real installation nothing is issued on a number nobody confirmed."""
    district = District(world)
    world.confirm_thresholds()
    district.appraised(1)
    decision_id = district.ready()
    with acting_in(STEWARD):
        db.session.execute(text("update threshold set value = null, confirmed_at = null where illustrative"))
    with world.acting(district.leader) as actor:
        decision = db.session.get_one(Decision, (district.tenant_id, decision_id))
        with pytest.raises(Refused, match="chưa được Sở xác nhận"):
            operations.issue(actor, decision, "1/QĐ-UBND", date(2027, 1, 10), "Lãnh đạo", "CHỦ TỊCH")
        db.session.rollback()
    with world.acting(district.officer):
        assert db.session.scalar(select(func.count()).select_from(Recognition)) == 0


def decision_of(district: District, decision_id: int) -> Decision:
    """Load a decision in the scope in force."""
    return db.session.get_one(Decision, (district.tenant_id, decision_id))


def test_two_leaders_issue_once(confirmed: World) -> None:
    """Both press at once: one decision, five recognitions, and the other reads who issued it."""
    district = District(confirmed)
    district.appraised(1, 1, 1, 2, 2)
    decision_id = district.ready()
    answers: list[str] = []
    start = threading.Barrier(2)

    def press(number: str) -> None:
        with confirmed.app.app_context():
            start.wait(10)
            try:
                with confirmed.acting(district.leader) as actor:
                    row = decision_of(district, decision_id)
                    operations.issue(actor, row, number, date(2027, 1, 10), "Lãnh đạo", "CHỦ TỊCH")
                answers.append("issued")
            except Refused as refused:
                answers.append(refused.sentence)
            finally:
                db.session.remove()

    people = [threading.Thread(target=press, args=(number,)) for number in ("1/QĐ", "2/QĐ")]
    for person in people:
        person.start()
    for person in people:
        person.join(30)
    assert answers.count("issued") == 1
    assert any("ban hành nên không thay đổi được nữa" in answer for answer in answers)
    with confirmed.acting(district.officer):
        assert db.session.scalar(select(func.count()).select_from(Recognition)) == 5


def test_two_officers_draft_one(confirmed: World) -> None:
    """Both draft at once: one draft, each dossier in it once."""
    district = District(confirmed)
    district.appraised(1, 2)
    found: list[int] = []
    start = threading.Barrier(2)

    def press() -> None:
        with confirmed.app.app_context():
            start.wait(10)
            with confirmed.acting(district.officer) as actor:
                found.append(operations.draft_decision(actor, 2026).id)
            db.session.remove()

    people = [threading.Thread(target=press) for _ in range(2)]
    for person in people:
        person.start()
    for person in people:
        person.join(30)
    assert len(found) == 2
    assert len(set(found)) == 1
    with confirmed.acting(district.officer):
        assert db.session.scalar(select(func.count()).select_from(DecisionLine)) == 2


def test_what_was_issued_is_never_changed(confirmed: World) -> None:
    """The database refuses it, past every verb: the decision, its lines, the level and days of a recognition."""
    district = District(confirmed)
    district.appraised(1)
    decision_id = district.issued("1/QĐ", date(2027, 1, 10))
    statements = (
        update(Decision).values(number="2/QĐ"),
        update(DecisionLine).values(outcome=2),
        delete(DecisionLine),
        delete(Decision),
        update(Recognition).values(level=2),
        update(Recognition).values(valid_to=date(2040, 1, 1)),
        delete(Recognition),
    )
    with confirmed.acting(district.leader) as actor:
        for statement in statements:
            with pytest.raises(DBAPIError):
                db.session.execute(statement)
            db.session.rollback()
        with pytest.raises(Refused, match="không thay đổi được nữa"):
            operations.set_legal_bases(
                confirmed.a_person(Role.DISTRICT_OFFICER, district.tenant_id).identity,
                decision_of(district, decision_id),
                ["khác"],
            )
        db.session.rollback()
        assert actor.place is not None


def test_numbers_dates_and_signers(confirmed: World) -> None:
    """A number used before, a day ahead or before the appraisal, no signer: a sentence each."""
    district = District(confirmed)
    district.appraised(1)
    district.issued("12/QĐ-UBND", date(2027, 1, 10))
    confirmed.set_clock(2027, 1, 12, 9, 0)
    district.appraised(1)
    decision_id = district.ready()
    good = ("13/QĐ-UBND", date(2027, 1, 12), "Lãnh đạo", "CHỦ TỊCH")
    with confirmed.acting(district.leader) as actor:
        for place, value, words in (
            (0, "12/qđ-ubnd", "đã dùng cho một quyết định khác"),
            (0, " ", "Xin nhập số quyết định"),
            (0, "x" * 61, "tối đa 60"),
            (1, None, "Xin nhập ngày quyết định"),
            (1, date(2027, 1, 13), "ở sau hôm nay"),
            (1, date(2027, 1, 11), "trước ngày chốt thẩm định"),
            (2, "", "Xin nhập người ký"),
        ):
            given = [*good]
            given[place] = value  # type: ignore[call-overload]
            with pytest.raises(Refused, match=words) as refused:
                operations.issue(actor, decision_of(district, decision_id), *given)  # type: ignore[arg-type]
            assert refused.value.status == 422
            db.session.rollback()
        with pytest.raises(Conflict, match="vừa được sửa"):
            operations.issue(actor, decision_of(district, decision_id), *good, version=99)
        db.session.rollback()
    with confirmed.acting(district.officer) as actor, pytest.raises(Refused, match="không được ban hành"):
        operations.issue(actor, decision_of(district, decision_id), *good)


def test_a_number_taken_at_the_same_moment(confirmed: World) -> None:
    """Two districts may use one number; one district may not, and the database has the last word."""
    here, there = District(confirmed), District(confirmed, "Huyện Kiến Thụy")
    for district in (here, there):
        district.appraised(1)
        district.issued("12/QĐ-UBND", date(2027, 1, 10))
    with confirmed.acting(here.leader):
        with pytest.raises(DBAPIError, match="uq_decision_number"):
            db.session.execute(
                insert(Decision).values(
                    tenant_id=here.tenant_id,
                    year=2026,
                    number="12/QĐ-UBND",
                    dated=date(2027, 1, 10),
                    created_at=func.now(),
                    legal_bases=[],
                )
            )
        db.session.rollback()


def test_held_back_units_wait_for_the_next_decision(confirmed: World) -> None:
    """What is held back takes no part and comes into the next draft."""
    district = District(confirmed)
    district.appraised(1, 1, 2)
    decision_id = district.ready()
    with confirmed.acting(district.leader) as actor:
        row = decision_of(district, decision_id)
        line = db.session.scalars(select(DecisionLine).where(DecisionLine.outcome == 2)).one()
        with pytest.raises(Refused, match="Xin ghi lý do"):
            operations.hold_back(actor, row, line.id, "  ")
        operations.hold_back(actor, row, line.id, "Chờ xác minh đơn thư.", row.version)
        assert exceptions_of(row)["held"] == 1
        operations.issue(actor, row, "1/QĐ", date(2027, 1, 10), "Lãnh đạo", "CHỦ TỊCH", row.version)
        assert [r.level for r in db.session.scalars(select(Recognition))] == [1, 1]
        assert tallies(district.tenant_id, [decision_id])[decision_id].held == 1
    second = district.issued("2/QĐ", date(2027, 1, 10))
    assert second != decision_id
    with confirmed.acting(district.officer):
        sheet = decision_sheet(decision_of(district, second))
        assert len(sheet.level_2) == 1
        assert sheet.level_2[0].code


def test_a_reopened_dossier_stops_the_issue_until_the_draft_is_renewed(confirmed: World) -> None:
    """The leader reads which unit; bringing the draft up to date takes it out."""
    district = District(confirmed)
    first, _ = district.appraised(1, 1)
    decision_id = district.ready()
    with confirmed.acting(district.officer) as actor:
        appraisal.reopen(actor, confirmed.dossier(district.tenant_id, first), "Có minh chứng mới.")
    with confirmed.acting(district.leader) as actor:
        with pytest.raises(Refused, match="hồ sơ đã mở lại hoặc đã có quyết định"):
            operations.issue(
                actor, decision_of(district, decision_id), "1/QĐ", date(2027, 1, 10), "Lãnh đạo", "CHỦ TỊCH"
            )
        db.session.rollback()
    district.issued("1/QĐ", date(2027, 1, 10))
    with confirmed.acting(district.officer):
        assert db.session.scalar(select(func.count()).select_from(Recognition)) == 1


def test_nobody_decides_on_a_unit_of_their_own(confirmed: World) -> None:
    """A leader who also heads a unit of the list neither issues nor holds it back."""
    district = District(confirmed)
    unit = confirmed.a_unit(district.tenant_id)
    an_appraised(confirmed, district.officer, district.tenant_id, 1, unit_id=unit)
    decision_id = district.ready()
    identity = district.leader.identity
    own = Place(0, district.tenant_id, "", Role.UNIT_HEAD, unit)
    both = replace(identity, places=(*identity.places, own))
    with confirmed.acting(district.leader):
        row = decision_of(district, decision_id)
        line = db.session.scalars(select(DecisionLine)).one()
        with pytest.raises(Refused, match="đang giữ vai trò tại đơn vị này"):
            operations.issue(both, row, "1/QĐ", date(2027, 1, 10), "Lãnh đạo", "CHỦ TỊCH")
        with pytest.raises(Refused, match="đang giữ vai trò tại đơn vị này"):
            operations.hold_back(both, row, line.id, "vì")
        db.session.rollback()


def test_reading_does_not_grow_with_the_lines(confirmed: World, count_queries: list[str]) -> None:
    """Issuing eight lines sends as many SELECTs as issuing two."""
    sent = []
    for levels, number in (((1, 2), "1/QĐ"), ((1, 1, 1, 1, 2, 2, 2, 0), "2/QĐ")):
        district = District(confirmed, f"Huyện {number}")
        district.appraised(*levels)
        decision_id = district.ready()
        with confirmed.acting(district.leader) as actor:
            row = decision_of(district, decision_id)
            count_queries.clear()
            operations.issue(actor, row, number, date(2027, 1, 10), "Lãnh đạo", "CHỦ TỊCH")
            sent.append(sum(statement.lstrip().lower().startswith("select") for statement in count_queries))
    assert sent[0] == sent[1]


def test_what_an_officer_sets(confirmed: World) -> None:
    """A lower outcome needs a reason; a higher one, another district's line or a stale page are refused."""
    district, other = District(confirmed), District(confirmed, "Huyện Kiến Thụy")
    an_appraised(confirmed, district.officer, district.tenant_id, 2)
    decision_id = district.ready()
    with confirmed.acting(district.officer) as actor:
        row = decision_of(district, decision_id)
        line = db.session.scalars(select(DecisionLine)).one()
        assert (line.outcome, line.reason) == (2, "")
        with pytest.raises(Refused, match="chưa ghi lý do"):
            operations.set_line(actor, row, line.id, 1, "")
        with pytest.raises(Refused, match="chọn kết quả"):
            operations.set_line(actor, row, line.id, 3, "x")
        with pytest.raises(Refused, match=r"2\.000"):
            operations.set_line(actor, row, line.id, 1, "x" * 2001)
        seen = row.version
        operations.set_line(actor, row, line.id, 1, "Hội đồng thống nhất mức độ 1.", seen)
        with pytest.raises(Conflict):
            operations.set_line(actor, row, line.id, 2, "", seen)
        with pytest.raises(Refused, match="không còn trong dự thảo"):
            operations.set_line(actor, row, 999_999, 1, "x")
        with pytest.raises(Refused, match="ít nhất một căn cứ"):
            operations.set_legal_bases(actor, row, [" ", ""])
        with pytest.raises(Refused, match="Tối đa 20"):
            operations.set_legal_bases(actor, row, ["x"] * 21)
        line_id = line.id
    with confirmed.acting(other.officer) as actor:
        with pytest.raises(Refused) as refused:
            operations.set_line(
                actor, Decision(tenant_id=district.tenant_id, id=decision_id), line_id, 0, "x"
            )
        assert refused.value.status == 404
    with confirmed.acting(district.leader) as actor:
        row = decision_of(district, decision_id)
        operations.issue(actor, row, "1/QĐ", date(2027, 1, 10), "Lãnh đạo", "CHỦ TỊCH")
        assert db.session.scalar(select(Recognition.level)) == 1


def test_issuing_many_asks_no_more(confirmed: World, count_queries: list[str]) -> None:
    """A decision on three units costs the statements of a decision on one, and reads no signed content."""
    district = District(confirmed)
    district.appraised(1, 1, 1, 1)
    confirmed.set_clock(2027, 2, 10, 9, 0)
    key = (district.tenant_id, district.ready())
    with confirmed.acting(district.leader) as actor:
        decision = db.session.get_one(Decision, key)
        for line in decision.lines[1:]:
            operations.hold_back(actor, decision, line.id, "Chờ xác minh đơn thư.")
    asked = []
    for number in ("45/QĐ-UBND", "46/QĐ-UBND"):
        with confirmed.acting(district.leader) as actor:
            decision = db.session.get_one(Decision, key)
            count_queries.clear()
            operations.issue(actor, decision, number, date(2027, 2, 10), "Chủ tịch huyện", "CHỦ TỊCH")
            asked.append(len(count_queries))
            assert not any("dossier.frozen" in one for one in count_queries)
        key = (district.tenant_id, district.ready()) if len(asked) == 1 else key
    assert asked[0] == asked[1] <= 50
    with confirmed.acting(district.officer):
        states = db.session.scalars(select(Dossier.state)).all()
        assert states == ["decided"] * 4
        assert db.session.scalar(select(func.count()).select_from(Recognition)) == 4
