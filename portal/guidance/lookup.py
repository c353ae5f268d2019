"""Reading questions, and what is published for everybody to look up: of the places one may see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ScalarSelect, Select, and_, case, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

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
from .queries import concerns, level_of


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
    if level_of(place) is not ScopeKind.PROVINCE:
        of_tier = select(Cycle.version_id).where(Cycle.tier == place.tier)
        known = select(CatalogueIndicator.key).where(CatalogueIndicator.version_id.in_(of_tier))
        statement = statement.where(
            or_(GuidanceEntry.indicator_key == "", GuidanceEntry.indicator_key.in_(known))
        )
    for word in fold(q).split():
        statement = statement.where(GuidanceEntry.folded.contains(word, autoescape=True))
    if key:
        statement = statement.where(GuidanceEntry.indicator_key == key)
    if sort:
        statement = statement.where(GuidanceEntry.sort == sort)
    return statement.order_by(
        GuidanceEntry.indicator_key, GuidanceEntry.sort, GuidanceEntry.published_at, GuidanceEntry.id
    )


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
    statement = entries(place).order_by(None).where(GuidanceEntry.indicator_key != "")
    counted = statement.with_only_columns(GuidanceEntry.indicator_key, GuidanceEntry.sort, func.count())
    grouped = counted.group_by(GuidanceEntry.indicator_key, GuidanceEntry.sort)
    for key, sort, count in db.session.execute(grouped):
        found.setdefault(key, {})[sort] = count
    return found


def kinds_for(place: Place) -> Mapping[str, words.UnitKind]:
    """Return the kinds of unit a place may write to: those of its tier, the Department all."""
    return words.UNIT_KINDS if level_of(place) is ScopeKind.PROVINCE else words.kinds_of(place.tier)


def indicator_names(place: Place) -> Mapping[str, str]:
    """Return code and title of the indicators of a place's latest year, by key; the key stays over versions.

    The Department writes to all: it has the districts' first, then what only the province's own units have.
    """
    newest = select(Cycle.tier, Cycle.version_id).ext(distinct_on(Cycle.tier))
    newest = newest.order_by(Cycle.tier, Cycle.year.desc())
    if level_of(place) is not ScopeKind.PROVINCE:
        newest = newest.where(Cycle.tier == place.tier)
    years = newest.subquery()
    rows = db.session.execute(
        select(years.c.tier, CatalogueIndicator.key, CatalogueIndicator.code, CatalogueIndicator.title)
        .join(years, years.c.version_id == CatalogueIndicator.version_id)
        .join(Criterion, Criterion.id == CatalogueIndicator.criterion_id)
        .order_by(years.c.tier, Criterion.number, CatalogueIndicator.position)
    )
    names: dict[str, str] = {}
    for tier, key, code, title in rows:
        names.setdefault(key, f"{code}. {title}{' (đơn vị cấp tỉnh)' if tier != place.tier else ''}")
    return names
