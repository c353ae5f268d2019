"""Reminding the units that have not filed: one notice a unit and day, however often the button is pressed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from portal import clock, words
from portal.cycle.queries import cycle_of, tier_at
from portal.cycle.rules import is_late, time_left
from portal.notices.operations import tell_units
from portal.opening.queries import terms_of_district
from portal.trail.models import TrailEntry
from portal.trail.operations import record
from portal.units.models import Unit
from portal.web import Listing
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Refused
from tenants.rights import Right, refusal

from .progress import REMINDED, missing_units


@dataclass(frozen=True, slots=True)
class Reminded:
    """How many units were told now, and how many had been told earlier today."""

    sent: int
    already: int


def remind(actor: Identity, year: int, asked: Listing) -> Reminded:
    """Tell every unit of a filter that has not filed; raises `Refused` where none is left to tell."""
    sentence = refusal(actor, Right.RECEIVE_DOSSIER)
    if sentence:
        raise Refused(sentence, 403)
    tenant_id, cycle = actor.here.tenant_id, cycle_of(year)
    if cycle is None:
        raise Refused(f"Sở chưa mở năm đánh giá {year}.")
    ids = sorted(row.id for row in db.session.execute(missing_units(tenant_id, year, asked)))
    # The units' rows are held, so that a second officer waits and then sees who has been told.
    held = select(Unit.id).where(Unit.tenant_id == tenant_id, Unit.id.in_(ids)).order_by(Unit.id)
    db.session.execute(held.with_for_update(key_share=True)).all()
    told = set(
        db.session.scalars(
            select(TrailEntry.unit_id).where(
                TrailEntry.tenant_id == tenant_id,
                TrailEntry.unit_id.in_(ids),
                TrailEntry.act == REMINDED,
                TrailEntry.at >= clock.start_of(clock.today()),
                TrailEntry.detail["year"].as_integer() == year,
            )
        )
    )
    now = clock.now()
    own, longer = terms_of_district(tenant_id, [year])
    common = own.get(year, cycle.submit_before)
    fresh = [unit_id for unit_id in ids if unit_id not in told]
    for unit_id in fresh:
        done = f"đã nhắc đơn vị nộp hồ sơ năm {year}."
        record(actor, REMINDED, done, tenant_id=tenant_id, unit_id=unit_id, detail={"year": year})
    tier = tier_at(tenant_id)
    for due in sorted({longer.get((unit_id, year), common) for unit_id in fresh}):
        of_day = [unit_id for unit_id in fresh if longer.get((unit_id, year), common) == due]
        tell_units(tenant_id, of_day, words.in_words_of(tier, _said(year, due, now)), "/ho-so")
    db.session.flush()
    return Reminded(len(fresh), len(told))


def _said(year: int, due: date, now: datetime) -> str:
    if is_late(due, now):
        return f"Phòng GDĐT nhắc: đơn vị chưa nộp hồ sơ năm {year}; hạn nộp (trước ngày {words.day(due)}) đã qua."
    left = time_left(due, now)
    return f"Phòng GDĐT nhắc: đơn vị chưa nộp hồ sơ năm {year}; nộp trước ngày {words.day(due)} ({left})."
