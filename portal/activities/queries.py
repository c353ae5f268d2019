"""Reading the log: one activity, a unit's year searched and ordered, a district's units, and sums by kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, and_, case, distinct, exists, func, null, select
from sqlalchemy.orm import selectinload

from portal.catalogue.copies import KeptIndicator
from portal.catalogue.kept import indicators_of
from portal.catalogue.ruling import applicability
from portal.cycle.models import Cycle
from portal.dossiers.models import Dossier
from portal.dossiers.rules import Profile
from portal.evidence.linking import term_of
from portal.evidence.models import Evidence
from portal.evidence.rules import holds_in
from portal.spelling import escaped
from portal.units.models import Unit
from portal.units.queries import NAMED
from portal.web import Listing
from portal.words import fold
from tenants.database import db

from .models import Activity, ActivityFile, ActivityProof
from .rules import KINDS, Sum
from .wording import DOCUMENTS

SORTS = ("ngay", "loai", "ten", "nguoi")
DISTRICT_SORTS = ("ngay", "don-vi", "loai", "nguoi")
_KIND_ORDER = case({kind: place for place, kind in enumerate(KINDS)}, value=Activity.kind)


def activity_of(tenant_id: int, unit_id: int, activity_id: int, *, lock: bool = False) -> Activity | None:
    """Return an activity of a unit with what it proves and its files, or None; `lock` holds it."""
    mine = (Activity.tenant_id == tenant_id, Activity.unit_id == unit_id, Activity.id == activity_id)
    if lock:
        db.session.execute(select(Activity.id).where(*mine).with_for_update())
    return db.session.scalar(
        select(Activity)
        .where(*mine)
        .options(
            selectinload(Activity.proofs), selectinload(Activity.files).joinedload(ActivityFile.evidence)
        )
        .execution_options(populate_existing=True)
    )


def applying(unit: Unit, cycle: Cycle) -> list[KeptIndicator]:
    """Return the indicators of a year that are for a unit of this kind, in their order."""
    profile = Profile(unit.kind, unit.public, {})
    return [row for row in indicators_of(cycle.version_id) if applicability(row.applies).applies(profile)[0]]


def log_of(tenant_id: int, unit_id: int, year: int, asked: Listing) -> Select[Any]:
    """Return a unit's activities of a year as a reader asked, in a total order."""
    statement = select(Activity).where(
        Activity.tenant_id == tenant_id, Activity.unit_id == unit_id, Activity.year == year
    )
    statement = _searched(statement, asked)
    indicator = asked.filters.get("chi-tieu")
    if indicator:
        statement = statement.where(
            exists().where(
                ActivityProof.tenant_id == Activity.tenant_id,
                ActivityProof.activity_id == Activity.id,
                ActivityProof.indicator_id == int(indicator),
            )
        )
    order = {
        "ngay": Activity.held_on,
        "loai": _KIND_ORDER,
        "ten": Activity.name_folded,
        "nguoi": Activity.participants,
    }[asked.sort]
    return _ordered(statement, order, asked).options(
        selectinload(Activity.proofs), selectinload(Activity.files)
    )


def district_log(tenant_id: int, year: int, asked: Listing) -> Select[Any]:
    """Return the activities of a district's units with the unit and how many files, as a reader asked."""
    files = (
        select(func.count())
        .where(ActivityFile.tenant_id == Activity.tenant_id, ActivityFile.activity_id == Activity.id)
        .scalar_subquery()
    )
    statement = (
        select(
            Activity,
            Unit.name,
            Unit.code,
            Unit.kind.label("unit_kind"),
            Unit.sensitive,
            files.label("files"),
        )
        .join(Unit, and_(Unit.tenant_id == Activity.tenant_id, Unit.id == Activity.unit_id))
        .where(*_in_district(tenant_id, year, asked))
    )
    order = {
        "ngay": Activity.held_on,
        "don-vi": Unit.name_sort,
        "loai": _KIND_ORDER,
        "nguoi": Activity.participants,
    }[asked.sort]
    return _ordered(statement, order, asked)


def _in_district(tenant_id: int, year: int, asked: Listing | None) -> list[Any]:
    found: list[Any] = [Activity.tenant_id == tenant_id, Activity.year == year]
    if asked is None:
        return found
    if asked.filters.get("kind"):
        found.append(Unit.kind == asked.filters["kind"])
    if asked.filters.get("loai"):
        found.append(Activity.kind == asked.filters["loai"])
    for word in fold(asked.q).split():
        pattern = f"%{escaped(word)}%"
        found.append(Activity.name_folded.like(pattern) | Unit.name_folded.like(pattern))
    return found


def _searched(statement: Select[Any], asked: Listing) -> Select[Any]:
    if asked.filters.get("loai"):
        statement = statement.where(Activity.kind == asked.filters["loai"])
    for word in fold(asked.q).split():
        statement = statement.where(Activity.name_folded.like(f"%{escaped(word)}%"))
    return statement


def _ordered(statement: Select[Any], order: Any, asked: Listing) -> Select[Any]:
    down = asked.direction == "desc"
    return statement.order_by(
        order.desc() if down else order.asc(), Activity.held_on.desc(), Activity.id.desc()
    )


def sums_of(tenant_id: int, unit_id: int, year: int) -> dict[str, Sum]:
    """Add up a unit's year by kind, in the order of the kinds; kinds without any are left out."""
    rows = db.session.execute(
        select(Activity.kind, func.count(), func.sum(Activity.participants), func.sum(Activity.minutes))
        .where(Activity.tenant_id == tenant_id, Activity.unit_id == unit_id, Activity.year == year)
        .group_by(Activity.kind)
    )
    found = {str(kind): Sum(*(int(n) for n in numbers)) for kind, *numbers in rows}
    return {kind: found[kind] for kind in KINDS if kind in found}


@dataclass(frozen=True, slots=True)
class DistrictSums:
    """The activities of a district's units by kind (Biểu 08): `units` counts who held any of the kind."""

    by_kind: dict[str, Sum] = field(default_factory=dict)
    units: dict[str, int] = field(default_factory=dict)
    total: Sum = field(default_factory=Sum)
    of_units: int = 0


def district_sums(tenant_id: int, year: int, asked: Listing | None = None) -> DistrictSums:
    """Add up the activities of a district's units by kind, as a reader asked; two statements."""
    numbers = (
        func.count(),
        func.coalesce(func.sum(Activity.participants), 0),
        func.coalesce(func.sum(Activity.minutes), 0),
        func.count(distinct(Activity.unit_id)),
    )
    inside = _in_district(tenant_id, year, asked)
    base = select(*numbers).select_from(Activity)
    base = base.join(Unit, and_(Unit.tenant_id == Activity.tenant_id, Unit.id == Activity.unit_id))
    rows = db.session.execute(base.add_columns(Activity.kind).where(*inside).group_by(Activity.kind))
    found = {str(row[4]): row for row in rows}
    whole = db.session.execute(base.where(*inside)).one()
    kinds = [kind for kind in KINDS if kind in found]
    return DistrictSums(
        {kind: Sum(*(int(n) for n in found[kind][:3])) for kind in kinds},
        {kind: int(found[kind][3]) for kind in kinds},
        Sum(*(int(n) for n in whole[:3])),
        int(whole[3]),
    )


def documents_of(tenant_id: int, unit_id: int, year: int) -> dict[str, list[Evidence]]:
    """Return the plans, regulations and budgets of a unit that hold in a year, by kind, the latest first."""
    files = db.session.scalars(
        select(Evidence)
        .where(
            Evidence.tenant_id == tenant_id,
            Evidence.unit_id == unit_id,
            Evidence.kind.in_(DOCUMENTS),
            Evidence.removed_at.is_(None),
        )
        .order_by(Evidence.issued_on.desc().nulls_last(), Evidence.id.desc())
    )
    found: dict[str, list[Evidence]] = {kind: [] for kind in DOCUMENTS}
    for file in files:
        if holds_in(term_of(file), year):
            found[file.kind].append(file)
    return found


def year_of(dossier: Dossier) -> list[Activity]:
    """Return the activities of a dossier's unit and year with what they prove and their files, by day."""
    return list(
        db.session.scalars(
            select(Activity)
            .where(
                Activity.tenant_id == dossier.tenant_id,
                Activity.unit_id == dossier.unit_id,
                Activity.year == dossier.year,
            )
            .options(
                selectinload(Activity.proofs), selectinload(Activity.files).joinedload(ActivityFile.evidence)
            )
            .order_by(Activity.held_on, Activity.id)
            .execution_options(populate_existing=True)
        )
    )


def holds_any(tenant_id: int, unit_id: int, evidence_id: int) -> Activity | None:
    """Return an activity that has a file, or None."""
    return db.session.scalar(
        select(Activity)
        .join(
            ActivityFile,
            and_(ActivityFile.tenant_id == Activity.tenant_id, ActivityFile.activity_id == Activity.id),
        )
        .where(
            ActivityFile.tenant_id == tenant_id,
            ActivityFile.unit_id == unit_id,
            ActivityFile.evidence_id == evidence_id,
        )
        .order_by(Activity.id)
        .limit(1)
    )


def still_tied(activities: Sequence[Activity]) -> set[tuple[int, int]]:
    """Return every (indicator, file) that some of these activities ties."""
    return {
        (proof.indicator_id, file.evidence_id)
        for one in activities
        for proof in one.proofs
        for file in one.files
    }


def latest(tenant_id: int, unit_id: int, year: int, most: int) -> list[Activity]:
    """Return a unit's latest activities of a year."""
    return list(
        db.session.scalars(
            select(Activity)
            .where(Activity.tenant_id == tenant_id, Activity.unit_id == unit_id, Activity.year == year)
            .order_by(Activity.held_on.desc(), Activity.id.desc())
            .limit(most)
        )
    )


def units_with(tenant_id: int, year: int, figure: str, kind: str = "") -> Select[Any]:
    """Return the statement of the units behind a figure of Biểu 08, by name, ready for `paginate`.

    Each row has tenant_id, unit_id, code, name, kind, public, sensitive, commune, dossier_id (none) and amount: how many
    activities (figures units, number), people or minutes they come to.
    """
    amounts = {
        "participants": func.sum(Activity.participants),
        "minutes": func.sum(Activity.minutes),
    }
    statement = (
        select(
            *NAMED,
            Unit.sensitive,
            null().label("dossier_id"),
            func.coalesce(amounts.get(figure, func.count()), 0).label("amount"),
        )
        .select_from(Activity)
        .join(Unit, and_(Unit.tenant_id == Activity.tenant_id, Unit.id == Activity.unit_id))
        .where(Activity.tenant_id == tenant_id, Activity.year == year)
        .group_by(Unit.tenant_id, Unit.id)
        .order_by(Unit.name_sort, Unit.tenant_id, Unit.id)
    )
    return statement.where(Activity.kind == kind) if kind else statement
