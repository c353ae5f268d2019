"""Reading questions, and what is published for everybody to look up: of the places one may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    TEXT,
    ColumnElement,
    CompoundSelect,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    case,
    cast,
    func,
    or_,
    select,
    union,
)
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlalchemy.orm import aliased

from portal import words
from portal.catalogue.models import CatalogueIndicator, Criterion
from portal.cycle.models import Cycle
from portal.spelling import fold
from portal.units.models import Unit
from tenants.database import db
from tenants.identity import Place
from tenants.places import Tenant
from tenants.scope import ScopeKind

from .models import GuidanceEntry, Question
from .queries import concerns, concerns_at, level_of


def questions(place: Place, *, q: str = "", state: str = "") -> Select[Any]:
    """Return questions with unit (or None) and district: a unit its own, a district its own place's, the Department what
    came before it; what waits for the place first, then the newest."""
    statement = (
        select(Question, Unit.name, Tenant.name)
        .join(Tenant, Tenant.id == Question.tenant_id)
        .outerjoin(Unit, and_(Unit.tenant_id == Question.tenant_id, Unit.id == Question.unit_id))
    )
    province = level_of(place) is ScopeKind.PROVINCE
    if province:
        statement = statement.where(Question.passed_at.is_not(None))
    else:
        statement = statement.where(Question.tenant_id == place.tenant_id)
    if q:
        statement = statement.where(
            func.folded(Question.text + " " + Question.answer).contains(fold(q), autoescape=True)
        )
    if state:
        statement = statement.where(Question.state == state)
    waits = case((Question.state == ("passed" if province else "asked"), 0), else_=1)
    return statement.order_by(waits, Question.id.desc())


def questions_by_state(place: Place) -> dict[str, int]:
    """Return how many questions a place sees in each state."""
    seen = questions(place).order_by(None).with_only_columns(Question.state, func.count())
    return dict(db.session.execute(seen.group_by(Question.state)).all())


def question_of(place: Place, question_id: int, *, lock: bool = False) -> Any:
    """Return a question a place sees, with unit and district, or None; `lock` holds the question."""
    statement = questions(place).where(Question.id == question_id)
    if lock:
        statement = statement.with_for_update(of=Question).execution_options(populate_existing=True)
    return db.session.execute(statement).one_or_none()


def questions_waiting() -> ScalarSelect[int]:
    """Return how many questions wait for the Department, as part of a statement."""
    waiting = select(func.count()).where(Question.state == "passed", Question.passed_at.is_not(None))
    return waiting.scalar_subquery()


def entries(
    place: Place, *, q: str = "", key: str = "", sort: str = "", retired: bool = False
) -> Select[Any]:
    """Return what a place may look up: answers and samples, in the order of the indicators; of its own criteria."""
    statement = select(GuidanceEntry).where(
        concerns(GuidanceEntry, place),
        GuidanceEntry.retired_at.is_not(None) if retired else GuidanceEntry.retired_at.is_(None),
    )
    known = _known(level_of(place), place.tier).subquery()
    if level_of(place) is not ScopeKind.PROVINCE:
        statement = statement.where(
            or_(GuidanceEntry.indicator_key == "", GuidanceEntry.indicator_key.in_(select(known.c.key))),
            _for_kinds(list(kinds_for(place))),
        )
    for word in fold(q).split():
        statement = statement.where(GuidanceEntry.folded.contains(word, autoescape=True))
    if key:
        same = select(known.c.key).where(known.c.own == key)
        statement = statement.where(GuidanceEntry.indicator_key.in_(same))
    if sort:
        statement = statement.where(GuidanceEntry.sort == sort)
    return statement.order_by(
        GuidanceEntry.indicator_key, GuidanceEntry.sort, GuidanceEntry.published_at, GuidanceEntry.id
    )


def _for_kinds(kinds: Any) -> ColumnElement[bool]:
    """Return the condition that an entry is for all units, or for one of some kinds."""
    of_one = func.jsonb_exists_any(GuidanceEntry.kinds, cast(kinds, ARRAY(TEXT)))
    return or_(func.jsonb_array_length(GuidanceEntry.kinds) == 0, of_one)


def _known(level: ScopeKind, tier: Any) -> CompoundSelect[Any]:
    """Return every key of the indicators a place has ever had, with the key it has there (`own`).

    What stands in the same article under the same code in one year is one indicator in both tiers (Articles 12 and 13
    take the first two criteria from Articles 6 and 7), so that what is published on it is read in both. Over the years
    of one tier the key alone says so: there a code may go over to another indicator.
    """
    mine, other = aliased(CatalogueIndicator), aliased(CatalogueIndicator)
    here, there = aliased(Cycle), aliased(Cycle)
    own = select(mine.key, mine.key.label("own")).join(here, here.version_id == mine.version_id)
    same = and_(mine.code == other.code, mine.article == other.article, mine.article != "")
    elsewhere = (
        select(other.key, mine.key.label("own"))
        .join(there, there.version_id == other.version_id)
        .join(here, and_(here.year == there.year, here.tier != there.tier))
        .join(mine, and_(mine.version_id == here.version_id, same))
    )
    if level is not ScopeKind.PROVINCE:
        own, elsewhere = own.where(here.tier == tier), elsewhere.where(here.tier == tier)
    return union(own, elsewhere)


def entry_of(place: Place, entry_id: int, *, lock: bool = False) -> GuidanceEntry | None:
    """Return an entry of the place's own, or None."""
    statement = select(GuidanceEntry).where(
        GuidanceEntry.tenant_id == place.tenant_id, GuidanceEntry.id == entry_id
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(statement)


def entries_by_indicator(place: Place) -> dict[str, dict[str, int]]:
    """Return how many answers and samples there are on each indicator, in one statement."""
    found: dict[str, dict[str, int]] = {}
    values = {
        "tenant": place.tenant_id,
        "unit": place.unit_id,
        "tier": place.tier,
        "kinds": list(kinds_for(place)),
    }
    for key, sort, count in db.session.execute(_counted(level_of(place)), values):
        found.setdefault(key, {})[sort] = count
    return found


@cache  # with every form
def _counted(level: ScopeKind) -> Select[Any]:
    known = _known(level, bindparam("tier")).subquery()
    return (
        select(known.c.own, GuidanceEntry.sort, func.count())
        .join(known, known.c.key == GuidanceEntry.indicator_key)
        .where(
            concerns_at(GuidanceEntry, level, bindparam("tenant"), bindparam("unit")),
            GuidanceEntry.retired_at.is_(None),
            _for_kinds(bindparam("kinds")),
        )
        .group_by(known.c.own, GuidanceEntry.sort)
    )


def kinds_for(place: Place) -> Mapping[str, words.UnitKind]:
    """Return the kinds of unit a place may write to: those of its tier, the Department all."""
    return words.UNIT_KINDS if level_of(place) is ScopeKind.PROVINCE else words.kinds_of(place.tier)


@dataclass(frozen=True, slots=True)
class Indicators:
    """The indicators a place writes about, by key (`names`: code and title); `own`: by every key, the one it has here."""

    names: Mapping[str, str]
    own: Mapping[str, str]

    def name(self, key: str) -> str:
        """Return code and title of an indicator by any of its keys; "" for one the place does not have."""
        return self.names.get(self.own.get(key, key), "")


def indicators_here(place: Place) -> Indicators:
    """Return the indicators of a place's latest year; their keys stay over versions.

    The Department writes to all: it has the districts' first, then what only the province's own units have.
    """
    newest = select(Cycle.tier, Cycle.version_id).ext(distinct_on(Cycle.tier))
    years = newest.order_by(Cycle.tier, Cycle.year.desc()).subquery()
    row = CatalogueIndicator
    rows = db.session.execute(
        select(years.c.tier, row.key, row.code, row.title, row.article)
        .join(years, years.c.version_id == row.version_id)
        .join(Criterion, Criterion.id == row.criterion_id)
        .order_by(years.c.tier != place.tier, Criterion.number, row.position)
    )
    department = level_of(place) is ScopeKind.PROVINCE
    names: dict[str, str] = {}
    own: dict[str, str] = {}
    first: dict[tuple[str, str], str] = {}
    for tier, key, code, title, article in rows:
        here = tier == place.tier
        spot = code, article or tier  # what says no article is of its own tier alone
        same = first.get(spot)
        if same is None and (here or department):
            same = first[spot] = key
            names[key] = f"{code}. {title}{'' if here else ' (đơn vị cấp tỉnh)'}"
        if same is not None:
            own[key] = same
    return Indicators(names, own)
