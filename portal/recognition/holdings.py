"""Reading what a unit holds, and the dates of the years in which it can be raised or renewed."""

from __future__ import annotations

from datetime import date

from sqlalchemy import and_, case, select

from portal.catalogue.models import CriteriaVersion
from portal.cycle.operations import legal_calendar
from portal.cycle.queries import cycles
from portal.dossiers.models import Dossier
from portal.further.models import FurtherDecision
from tenants.database import db

from .models import DecisionLine, Recognition
from .outlook import Dates, Held, YearDates
from .rules import add_months


def held_by(tenant_id: int, unit_id: int, today: date) -> Recognition | None:
    """Return what a unit holds today: the highest level in force, or else what ended last; None for nothing."""
    return db.session.scalar(
        select(Recognition)
        .where(
            Recognition.tenant_id == tenant_id,
            Recognition.unit_id == unit_id,
            Recognition.state == "in_force",
        )
        .order_by(
            case((Recognition.valid_to >= today, 0), else_=1),
            case((Recognition.valid_to >= today, -Recognition.level), else_=0),
            Recognition.valid_to.desc(),
            Recognition.id.desc(),
        )
        .limit(1)
    )


def taken_from(tenant_id: int, unit_id: int) -> tuple[FurtherDecision, int] | None:
    """Return the last further decision that took a unit's recognition, with its year; None where none did."""
    row = db.session.execute(
        select(FurtherDecision, Recognition.year)
        .join(
            Recognition,
            and_(
                Recognition.tenant_id == FurtherDecision.tenant_id,
                Recognition.dossier_id == FurtherDecision.dossier_id,
                Recognition.state == "revoked",
            ),
        )
        .where(
            FurtherDecision.tenant_id == tenant_id,
            FurtherDecision.unit_id == unit_id,
            FurtherDecision.state == "issued",
            FurtherDecision.outcome == 0,
        )
        .order_by(FurtherDecision.id.desc())
        .limit(1)
    ).first()
    return (row[0], row[1]) if row else None


def as_held(row: Recognition) -> Held:
    """Return a recognition as the outlook takes it."""
    return Held(row.level, row.year, row.decision_number, row.decided_on, row.valid_to, row.may_raise_from)


def settings_of(row: Recognition) -> dict[str, object]:
    """Return the settings of the catalogue version by which a recognition was decided."""
    found = db.session.scalar(
        select(CriteriaVersion.settings)
        .join(Dossier, Dossier.version_id == CriteriaVersion.id)
        .where(Dossier.tenant_id == row.tenant_id, Dossier.id == row.dossier_id)
    )
    return dict(found or {})


def year_dates() -> Dates:
    """Return the way from a year to its dates: as opened, else the legal ones of the latest version; two statements.

    Where the law's are not known, a year to come is taken to have the dates of the latest one.
    """
    opened = {row.year: row for row in cycles()}
    latest = max(opened.values(), key=lambda row: row.year, default=None)
    version = db.session.get(CriteriaVersion, latest.version_id) if latest else None

    def dates(year: int) -> YearDates:
        if year in opened:
            return YearDates(year, opened[year].submit_before, opened[year].decide_before)
        assert version is not None, "a recognition comes from an opened year"
        legal = legal_calendar(year, version)
        if legal is not None:
            return YearDates(year, legal.submit_before, legal.decide_before)
        assert latest is not None
        later = 12 * (year - latest.year)
        return YearDates(
            year, add_months(latest.submit_before, later), add_months(latest.decide_before, later)
        )

    return dates


def opened_years(today: date) -> list[int]:
    """Return the years whose dossier can be worked on today and is not past filing, the latest first."""
    return [row.year for row in cycles() if row.opens_on <= today < row.submit_before]


def last_reason(row: Recognition) -> str:
    """Return what the decision noted to a unit, "" for nothing."""
    if row.further_id is not None:
        return ""
    found = db.session.scalar(
        select(DecisionLine.reason).where(
            DecisionLine.tenant_id == row.tenant_id,
            DecisionLine.decision_id == row.decision_id,
            DecisionLine.dossier_id == row.dossier_id,
        )
    )
    return found or ""
