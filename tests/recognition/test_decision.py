"""A decision on the real database: drafted from the appraisals, issued once, never changed."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select, text

from portal.appraisal.models import Finding
from portal.figures.queries import counts, total
from portal.notices.models import Notice
from portal.recognition import operations, rules
from portal.recognition.models import Decision, Recognition
from portal.recognition.queries import decision_sheet
from portal.trail.models import TrailEntry
from tenants.database import db
from tenants.refusal import Refused
from tests.builders import World
from tests.deciding import District


@pytest.fixture
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
    with world.acting(district.officer) as actor:
        decision_id = operations.draft_decision(actor, 2026).id
    from tenants.scope import acting_in
    from tests.builders import STEWARD

    with acting_in(STEWARD):
        db.session.execute(text("update threshold set value = null, confirmed_at = null where illustrative"))
    with world.acting(district.leader) as actor:
        decision = db.session.get_one(Decision, (district.tenant_id, decision_id))
        with pytest.raises(Refused, match="chưa được Sở xác nhận"):
            operations.issue(actor, decision, "1/QĐ-UBND", date(2027, 1, 10), "Lãnh đạo", "CHỦ TỊCH")
        db.session.rollback()
    with world.acting(district.officer):
        assert db.session.scalar(select(func.count()).select_from(Recognition)) == 0
