"""Opening a year for a tier: bind it to a catalogue version and set its dates from the version's rules."""

from __future__ import annotations

from datetime import date

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.catalogue.models import CriteriaVersion
from portal.catalogue.operations import deadline_in
from portal.trail.operations import record
from portal.words import day
from tenants.database import db
from tenants.identity import Identity
from tenants.places import Tier
from tenants.refusal import Refused
from tenants.rights import Right, refusal

from .models import AssessmentYear, Cycle
from .rules import Calendar, fault_of_dates


def legal_calendar(year: int, version: CriteriaVersion) -> Calendar | None:
    """Return the dates a year has by its version's rules (Circular 24/2023, Article 10).

    None where no date of the law is known (Articles 14 to 16): the Department sets them.
    """
    if not version.settings.get("deadlines"):
        return None
    return Calendar(
        year,
        date(year, 1, 1),
        deadline_in(version, "submit", year),
        deadline_in(version, "decide", year),
        deadline_in(version, "report", year),
    )


def open_year(year: int, version: CriteriaVersion, dates: Calendar | None = None) -> Cycle:
    """Open an assessment year for the version's tier with its legal dates, or with tighter ones.

    Raises `Refused` for a version that nobody is judged by, a year already open, looser dates, or none at all.
    """
    if version.scale != "levels":
        raise Refused("Bộ tiêu chí này chỉ để tra cứu, không dùng để đánh giá.", 422)
    if version.drafted_from is not None and version.frozen_at is None:
        raise Refused("Phiên bản này còn là bản soạn; ban hành rồi mới mở năm được.", 422)
    tier = Tier(version.scope)
    opened = f"Năm {year} đã mở" + (" cho các đơn vị cấp tỉnh." if tier is Tier.PROVINCE else ".")
    if db.session.get(Cycle, (year, tier)) is not None:
        raise Refused(opened, 422)
    legal = legal_calendar(year, version)
    dates = dates or legal
    if dates is None:
        raise Refused("Chưa xác nhận được hạn nào trong văn bản: Sở đặt đủ các mốc khi mở năm.", 422)
    fault = fault_of_dates(dates, legal)
    if fault:
        raise Refused(fault, 422)
    cycle = Cycle(
        year=year,
        tier=tier,
        version_id=version.id,
        opens_on=dates.opens_on,
        submit_before=dates.submit_before,
        decide_before=dates.decide_before,
        report_before=dates.report_before,
    )
    try:
        with db.session.begin_nested():
            known = insert(AssessmentYear).values(year=year).on_conflict_do_nothing()
            db.session.execute(known)
            db.session.add(cycle)
            db.session.flush()
    except IntegrityError:
        raise Refused(opened, 422) from None
    return cycle


def announce_year(actor: Identity, version: CriteriaVersion, dates: Calendar) -> Cycle:
    """Open a year as the province's administrator and record it.

    Raises `Refused` as `open_year` does, and for a year before the version or after the coming one.
    """
    sentence = refusal(actor, Right.GOVERN_CATALOGUE)
    if sentence:
        raise Refused(sentence, 403)
    first, last = version.valid_from.year, clock.today().year + 1
    if not first <= dates.year <= last:
        raise Refused(f"Chỉ mở được năm đánh giá từ {first} đến {last}.", 422)
    cycle = open_year(dates.year, version, dates)
    record(
        actor,
        "catalogue.year",
        f"đã mở năm đánh giá {dates.year}{' của các đơn vị cấp tỉnh' if cycle.tier == Tier.PROVINCE else ''}: nộp trước ngày {day(dates.submit_before)}, quyết định trước ngày"
        f" {day(dates.decide_before)}, báo cáo trước ngày {day(dates.report_before)}.",
        tenant_id=actor.here.tenant_id,
        detail={"version": version.key, "year": dates.year},
    )
    return cycle
