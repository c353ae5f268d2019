"""What the flags of a year rest on, for every filed dossier of a district at once: a fixed number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import Date, and_, cast, distinct, func, select
from sqlalchemy.dialects.postgresql import array_agg, distinct_on

from portal.dossiers.models import Answer, Dossier, Headcount, State
from portal.dossiers.states import UNFILED
from portal.evidence.models import Evidence, EvidenceLink
from portal.further.queries import level_in_effect
from portal.history.models import PastResult
from portal.recognition.models import Recognition
from portal.units.models import Unit
from tenants.database import db

from .comparing import figures_of
from .models import Visit
from .rules import MOST_SHARING, Facts, Figures, SharedFile, comparable

_NOT_OPEN = (*UNFILED, State.REFUSED_LATE)


@dataclass
class Candidate:
    """A unit with a filed dossier of the year, and what is known of it. `visit`: the last one of the year."""

    unit: Unit
    dossier_id: int
    state: str
    requested_level: int | None
    facts: Facts
    visit: Visit | None = None

    @property
    def code(self) -> str:
        """The unit's code, by which it is drawn."""
        return self.unit.code


@dataclass
class _Raw:
    figures: dict[int, Figures] = field(default_factory=dict)
    files: dict[int, list[SharedFile]] = field(default_factory=lambda: defaultdict(list))
    uploads: dict[int, tuple[int, date | None, date | None]] = field(default_factory=dict)
    known: dict[int, int] = field(default_factory=dict)
    last_year: dict[int, str] = field(default_factory=dict)
    recognised: set[int] = field(default_factory=set)
    visited: dict[int, int] = field(default_factory=dict)
    visits: dict[int, Visit] = field(default_factory=dict)


def gather(tenant_id: int, year: int) -> list[Candidate]:
    """Return the units of a district with a filed dossier of a year, by name, each with what its flags rest on."""
    found = db.session.execute(_standing(tenant_id, year)).all()
    now = {dossier.unit_id: (unit, dossier) for unit, dossier in found if dossier.year == year}
    before = {dossier.unit_id: dossier for _, dossier in found if dossier.year == year - 1}
    if not now:
        return []
    raw = _Raw()
    _read_figures(raw, tenant_id, [dossier.id for _, dossier in found])
    _read_files(raw, tenant_id, year, now)
    _read_uploads(raw, tenant_id, year)
    _read_earlier(raw, tenant_id, year)
    _read_visits(raw, tenant_id, year)
    alike = _alike(raw, now)
    made = []
    for unit_id, (unit, dossier) in now.items():
        own = raw.figures.get(dossier.id, Figures())
        earlier = before.get(unit_id)
        uploads, first, last = raw.uploads.get(dossier.id, (0, None, None))
        facts = Facts(
            year=year,
            discreet=unit.discreet or dossier.ratio_only,
            requested_level=dossier.requested_level,
            now=own,
            before=raw.figures.get(earlier.id, Figures()) if earlier else None,
            same_as=alike.get(unit_id, ()),
            files=tuple(raw.files.get(unit_id, ())),
            uploads=uploads,
            first_upload=first,
            last_upload=last,
            known_since=raw.known.get(unit_id),
            last_year=raw.last_year.get(unit_id, "không có hồ sơ và không có kết quả công nhận còn hiệu lực"),
            recognised_before=unit_id in raw.recognised,
            visited_in=raw.visited.get(unit_id),
        )
        made.append(
            Candidate(
                unit, dossier.id, dossier.state, dossier.requested_level, facts, raw.visits.get(unit_id)
            )
        )
    return made


def _standing(tenant_id: int, year: int) -> Any:
    """The filed dossier that stands for each unit in the year and the year before, in the order of names."""
    latest = (
        select(Dossier.id)
        .where(
            Dossier.tenant_id == tenant_id,
            Dossier.year.in_((year, year - 1)),
            Dossier.state.not_in(_NOT_OPEN),
        )
        .ext(distinct_on(Dossier.unit_id, Dossier.year))
        .order_by(Dossier.unit_id, Dossier.year, Dossier.id.desc())
    )
    return (
        select(Unit, Dossier)
        .join(Dossier, and_(Dossier.tenant_id == Unit.tenant_id, Dossier.unit_id == Unit.id))
        .where(Unit.tenant_id == tenant_id, Dossier.id.in_(latest))
        .order_by(Unit.name_sort, Unit.id)
    )


def _read_figures(raw: _Raw, tenant_id: int, dossiers: Sequence[int]) -> None:
    statement = figures_of(Answer.tenant_id == tenant_id, Answer.dossier_id.in_(dossiers))
    for _, number, every, answered, shares, full, telling in db.session.execute(statement):
        raw.figures[number] = Figures(None, every, answered, tuple(shares or ()), full, telling)
    members = select(Headcount.dossier_id, Headcount.value).where(
        Headcount.tenant_id == tenant_id, Headcount.dossier_id.in_(dossiers), Headcount.code == "members"
    )
    for number, count in db.session.execute(members):
        raw.figures[number] = replace(raw.figures.get(number, Figures()), members=count)


def _alike(raw: _Raw, now: dict[int, tuple[Unit, Dossier]]) -> dict[int, tuple[str, ...]]:
    """Return, by unit, the names of units whose numbers of people are all the same."""
    groups: dict[tuple[Any, ...], list[Unit]] = defaultdict(list)
    for unit, dossier in now.values():
        own = raw.figures.get(dossier.id, Figures())
        if comparable(own) and not (unit.discreet or dossier.ratio_only):
            groups[own.members, own.shares].append(unit)
    return {
        unit.id: tuple(one.name for one in units if one.id != unit.id)
        for units in groups.values()
        if len(units) > 1
        for unit in units
    }


def _of_year(tenant_id: int, year: int) -> Any:
    return and_(Dossier.tenant_id == tenant_id, Dossier.year == year, Dossier.state.not_in(_NOT_OPEN))


def _read_files(raw: _Raw, tenant_id: int, year: int, now: dict[int, tuple[Unit, Dossier]]) -> None:
    held = func.count(distinct(Evidence.unit_id))
    statement = (
        select(func.min(Evidence.title), array_agg(distinct(Evidence.unit_id)))
        .join(
            EvidenceLink,
            and_(EvidenceLink.tenant_id == Evidence.tenant_id, EvidenceLink.evidence_id == Evidence.id),
        )
        .join(
            Dossier, and_(Dossier.tenant_id == EvidenceLink.tenant_id, Dossier.id == EvidenceLink.dossier_id)
        )
        .where(_of_year(tenant_id, year))
        .group_by(Evidence.sha256)
        .having(held.between(2, MOST_SHARING))
        .order_by(func.min(Evidence.title), Evidence.sha256)
    )
    for title, units in db.session.execute(statement):
        held_by = [one for one in units if one in now]
        for unit_id in held_by:
            others = sorted(now[one][0].name for one in held_by if one != unit_id)
            if others:
                raw.files[unit_id].append(SharedFile(title, tuple(others)))


def _read_uploads(raw: _Raw, tenant_id: int, year: int) -> None:
    day = cast(func.timezone("Asia/Ho_Chi_Minh", Evidence.uploaded_at), Date)
    statement = (
        select(EvidenceLink.dossier_id, func.count(distinct(Evidence.id)), func.min(day), func.max(day))
        .join(
            Evidence,
            and_(Evidence.tenant_id == EvidenceLink.tenant_id, Evidence.id == EvidenceLink.evidence_id),
        )
        .join(
            Dossier, and_(Dossier.tenant_id == EvidenceLink.tenant_id, Dossier.id == EvidenceLink.dossier_id)
        )
        .where(_of_year(tenant_id, year))
        .group_by(EvidenceLink.dossier_id)
    )
    for number, files, first, last in db.session.execute(statement):
        raw.uploads[number] = (files, first, last)


def _read_earlier(raw: _Raw, tenant_id: int, year: int) -> None:
    """Since when a unit is known, what last year brought it, and whether a recognition still holds."""

    def known(rows: Iterable[Any]) -> None:
        for unit_id, of_year, level in rows:
            raw.known[unit_id] = min(of_year, raw.known.get(unit_id, of_year))
            if of_year == year - 1:
                if level:
                    raw.recognised.add(unit_id)
                raw.last_year[unit_id] = (
                    "đơn vị không được công nhận" if level == 0 else "hồ sơ của đơn vị chưa có quyết định"
                )

    known(
        db.session.execute(
            select(PastResult.unit_id, PastResult.year, func.coalesce(PastResult.level, 1)).where(
                PastResult.tenant_id == tenant_id,
                PastResult.year < year,
                PastResult.withdrawn_at.is_(None),
            )
        )
    )
    known(
        db.session.execute(
            select(Dossier.unit_id, Dossier.year, level_in_effect()).where(
                Dossier.tenant_id == tenant_id, Dossier.year < year, Dossier.state.not_in(_NOT_OPEN)
            )
        )
    )
    day = date(year, 12, 31)
    raw.recognised |= set(
        db.session.scalars(
            select(Recognition.unit_id).where(
                Recognition.tenant_id == tenant_id,
                Recognition.year < year,
                Recognition.state == "in_force",
                Recognition.valid_to >= day,
            )
        )
    )


def _read_visits(raw: _Raw, tenant_id: int, year: int) -> None:
    statement = (
        select(Visit, Dossier.year)
        .join(Dossier, and_(Dossier.tenant_id == Visit.tenant_id, Dossier.id == Visit.dossier_id))
        .where(Visit.tenant_id == tenant_id, Visit.state != "cancelled", Dossier.year <= year)
        .order_by(Visit.id)
    )
    for visit, of_year in db.session.execute(statement):
        if of_year == year:
            raw.visits[visit.unit_id] = visit
        elif visit.held_from is not None:
            raw.visited[visit.unit_id] = max(of_year, raw.visited.get(visit.unit_id, of_year))
