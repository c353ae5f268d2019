"""How far each unit of a district has come in a year: the funnel by kind, and who has not filed yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, and_, case, exists, func, or_, select

from portal import clock, words
from portal.dossiers.models import Answer, Dossier, State
from portal.registration.models import Registration
from portal.trail.models import TrailEntry
from portal.units.models import Unit
from portal.web import Listing
from tenants.database import db

from .queries import KIND_ORDER, name_like

REMINDED = "remind"


class Stage(StrEnum):
    """The furthest a unit has come; each stage includes those before it, except `ENDED`."""

    NONE = "none"
    STARTED = "started"
    ASSESSING = "assessing"
    SIGNED = "signed"
    ENDED = "ended"
    FILED = "filed"


STAGE_WORDS: Mapping[str, words.StateWords] = {
    "none": words.StateWords("Chưa lập hồ sơ", "Chưa lập hồ sơ", "no"),
    "started": words.StateWords("Đã lập, chưa nhập", "Đã lập, chưa nhập", "idle"),
    "assessing": words.StateWords("Đang tự đánh giá", "Đang tự đánh giá", "go"),
    "signed": words.StateWords("Đã ký, chưa nộp", "Đã ký, chưa nộp", "wait"),
    "ended": words.StateWords("Tự đánh giá chưa đạt", "Tự đánh giá chưa đạt", "na"),
    "filed": words.StateWords("Đã nộp", "Đã nộp", "ok"),
}
MISSING = (Stage.NONE, Stage.STARTED, Stage.ASSESSING, Stage.SIGNED)
SORTS = ("kind", "name", "stage", "commune")
FILTERS = {
    "kind": tuple(words.UNIT_KINDS),
    "stage": tuple(stage.value for stage in MISSING),
    "dang-ky": ("co", "khong"),
}


def furthest(year: int) -> Any:
    """Return the sub-query of each unit's furthest stage in a year, as its place in `Stage`."""
    typed = exists().where(
        Answer.tenant_id == Dossier.tenant_id,
        Answer.dossier_id == Dossier.id,
        Answer.changed_at.is_not(None),
    )
    place = case(
        (and_(Dossier.state == State.DRAFT, typed), 2),
        (Dossier.state == State.DRAFT, 1),
        (Dossier.state == State.SIGNED, 3),
        (Dossier.state == State.CLOSED_UNREACHED, 4),
        else_=5,
    )
    return (
        select(Dossier.tenant_id, Dossier.unit_id, func.max(place).label("place"))
        .where(Dossier.year == year, Dossier.state != State.WITHDRAWN)
        .group_by(Dossier.tenant_id, Dossier.unit_id)
        .subquery()
    )


def open_units(tenant_id: int, year: int) -> Any:
    """Return the condition of the units that exist on the year's last day (today, while it runs)."""
    day = min(date(year, 12, 31), clock.today())
    return and_(
        Unit.tenant_id == tenant_id,
        Unit.opened_on <= day,
        or_(Unit.closed_on.is_(None), Unit.closed_on >= day),
    )


def registered_in(year: int) -> Any:
    """Return the condition that joins a unit with its registration of a year."""
    return and_(
        Registration.tenant_id == Unit.tenant_id, Registration.unit_id == Unit.id, Registration.year == year
    )


@dataclass(frozen=True, slots=True)
class Funnel:
    """The units of one kind (or all) by how far they came; each number includes the later ones.

    `registered` stands beside them: a unit may go all the way without, and register without beginning.
    """

    kind: str
    total: int
    registered: int
    started: int
    assessing: int
    signed: int
    filed: int
    ended: int

    @property
    def missing(self) -> int:
        """Units that have neither filed nor ended their year."""
        return self.total - self.filed - self.ended


def funnel(tenant_id: int, year: int) -> tuple[list[Funnel], Funnel]:
    """Return the funnel by kind of unit in the order of Biểu 01, and its total."""
    reached = furthest(year)
    place = func.coalesce(reached.c.place, 0)
    rows = db.session.execute(
        select(Unit.kind, place.label("place"), func.count(), func.count(Registration.target))
        .outerjoin(reached, and_(reached.c.tenant_id == Unit.tenant_id, reached.c.unit_id == Unit.id))
        .outerjoin(Registration, registered_in(year))
        .where(open_units(tenant_id, year))
        .group_by(Unit.kind, place)
    ).all()
    kinds = sorted({row[0] for row in rows}, key=words.kind_order)
    return [_funnel(kind, rows) for kind in kinds], _funnel("", rows)


def _funnel(kind: str, rows: Any) -> Funnel:
    by_stage = dict.fromkeys(Stage, 0)
    registered = 0
    for own_kind, place, number, of_them in rows:
        if not kind or own_kind == kind:
            by_stage[list(Stage)[place]] += number
            registered += of_them
    filed, ended = by_stage[Stage.FILED], by_stage[Stage.ENDED]
    signed = by_stage[Stage.SIGNED] + filed
    assessing = by_stage[Stage.ASSESSING] + signed + ended
    return Funnel(
        kind=kind,
        total=sum(by_stage.values()),
        registered=registered,
        started=by_stage[Stage.STARTED] + assessing,
        assessing=assessing,
        signed=signed,
        filed=filed,
        ended=ended,
    )


def missing_units(tenant_id: int, year: int, asked: Listing) -> Select[Any]:
    """Return the units that have not filed, with telephone and the last reminder, in a total order."""
    reached = furthest(year)
    place = func.coalesce(reached.c.place, 0)
    reminded = (
        select(func.max(TrailEntry.at))
        .where(
            TrailEntry.tenant_id == Unit.tenant_id,
            TrailEntry.unit_id == Unit.id,
            TrailEntry.act == REMINDED,
            TrailEntry.detail["year"].as_integer() == year,
        )
        .scalar_subquery()
    )
    stage = case({n: s.value for n, s in enumerate(Stage)}, value=place)
    statement = (
        select(
            Unit.id,
            Unit.name,
            Unit.kind,
            Unit.commune,
            Unit.phone,
            Unit.email,
            Unit.head_name,
            stage.label("stage"),
            reminded.label("reminded_at"),
            Registration.target,
        )
        .outerjoin(reached, and_(reached.c.tenant_id == Unit.tenant_id, reached.c.unit_id == Unit.id))
        .outerjoin(Registration, registered_in(year))
        .where(open_units(tenant_id, year), place < list(Stage).index(Stage.ENDED))
    )
    if asked.filters.get("kind"):
        statement = statement.where(Unit.kind == asked.filters["kind"])
    if asked.filters.get("stage"):
        statement = statement.where(place == list(Stage).index(Stage(asked.filters["stage"])))
    if asked.filters.get("dang-ky"):
        registered = Registration.target.is_not(None)
        statement = statement.where(registered if asked.filters["dang-ky"] == "co" else ~registered)
    if asked.q:
        statement = statement.where(name_like(asked.q))
    order = {"kind": KIND_ORDER, "name": Unit.name_sort, "stage": place, "commune": Unit.commune}[asked.sort]
    first = order.desc() if asked.direction == "desc" else order.asc()
    return statement.order_by(first, Unit.name_sort, Unit.id)
