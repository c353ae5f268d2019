"""Keeping the live figures ready: the worker counts what is marked, and every night everything is counted again.

The marks taken before counting are removed together with writing what was counted, and only if all are still
there: a change that comes meanwhile leaves a mark of its own, and of two workers the slower one writes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, and_, any_, delete, func, insert, literal, or_, select, text
from sqlalchemy.dialects.postgresql import insert as upsert

from portal import clock
from portal.config import Settings
from portal.cycle.models import Cycle
from portal.cycle.queries import cycles as cycles_of
from tenants import signin
from tenants.database import db
from tenants.places import Tenant, TenantKind, Tier
from tenants.scope import Scope, ScopeKind, acting_in

from . import queries
from .models import FigureMark, FigureSummary
from .rules import Proof
from .tables import counts_as_json

WORK = Scope(ScopeKind.WORK)
STEWARD = Scope(ScopeKind.STEWARD)
READING = Scope(ScopeKind.PROVINCE, writes=False)
AT_ONCE = 100_000
"""Marks of a tenant taken with one count; after a big import the rest waits for the next round."""


class Keeping:
    """The worker's kind of work for live figures."""

    name = "figures"
    rest = 5.0

    def wanted(self, settings: Settings) -> bool:
        """Every installation has figures."""
        return True

    def run(self, settings: Settings, stop: Callable[[], bool]) -> int:
        """Count anew what is marked or belongs to another day; returns how many tenants that were."""
        mark(outdated())
        done = 0
        for tenant_id in _marked():
            if stop():
                break
            done += count_anew(tenant_id)
        return done


def outdated() -> list[tuple[int, int]]:
    """Return the tenants with the first year whose kept figures are missing, of another day or another calendar."""
    with acting_in(READING):
        clock.forget_settings()
        day = func.least(func.make_date(Cycle.year, 12, 31), clock.today())
        statement = (
            select(Tenant.id, func.min(Cycle.year))
            .select_from(Tenant)
            .join(Cycle, and_(Tenant.kind != TenantKind.PROVINCE, Cycle.tier == Tenant.tier))
            .outerjoin(
                FigureSummary,
                and_(FigureSummary.tenant_id == Tenant.id, FigureSummary.year == Cycle.year),
            )
            .where(
                or_(
                    FigureSummary.id.is_(None),
                    FigureSummary.cut_off != day,
                    FigureSummary.decide_before != Cycle.decide_before,
                )
            )
            .group_by(Tenant.id)
        )
        return [(tenant_id, year) for tenant_id, year in db.session.execute(statement)]


def mark(places: Iterable[tuple[int, int]]) -> None:
    """Have the figures of tenants counted anew from a year on."""
    rows = [{"tenant_id": tenant_id, "year": year} for tenant_id, year in places]
    if rows:
        with acting_in(WORK):
            db.session.execute(insert(FigureMark), rows)


def _marked() -> list[int]:
    with acting_in(WORK):
        return list(
            db.session.scalars(select(FigureMark.tenant_id).distinct().order_by(FigureMark.tenant_id))
        )


def count_anew(tenant_id: int) -> bool:
    """Count a tenant's marked years and keep the result; returns whether this worker did it."""
    own = FigureMark.tenant_id == tenant_id
    with acting_in(WORK):
        taken = db.session.execute(select(FigureMark.id, FigureMark.year).where(own).limit(AT_ONCE)).all()
    if not taken:
        return False
    rows = _counted(tenant_id, min(year for _, year in taken))
    with acting_in(WORK):
        numbers = literal([number for number, _ in taken], ARRAY(BigInteger))
        gone = delete(FigureMark).where(own, FigureMark.id == any_(numbers)).returning(FigureMark.id)
        if len(db.session.scalars(gone).all()) < len(taken):
            db.session.rollback()
            return False
        if rows:
            statement = upsert(FigureSummary).values(rows)
            new = {name: statement.excluded[name] for name in rows[0] if name not in ("tenant_id", "year")}
            db.session.execute(
                statement.on_conflict_do_update(index_elements=["tenant_id", "year"], set_=new)
            )
    return True


def _counted(tenant_id: int, since: int) -> list[dict[str, Any]]:
    with acting_in(READING):
        clock.forget_settings()
        at = clock.now()
        cycles = [cycle for cycle in cycles_of(tenant_id) if cycle.year >= since]
        found = []
        for cycle in reversed(cycles):
            year = cycle.year
            cut_off = queries.cut_off_day(year)
            figures = _figures(
                queries.counts(year, tenant_id=tenant_id),
                queries.appraised(year, tenant_id=tenant_id),
                tenant_id,
            )
            found.append(
                {
                    "tenant_id": tenant_id,
                    "year": year,
                    "cut_off": cut_off,
                    "decide_before": cycle.decide_before,
                }
                | figures
                | {"counted_at": at}
            )
        return found


def _figures(
    counts: dict[queries.Key, queries.Counts], appraised: dict[tuple[int, str], int], tenant_id: int
) -> dict[str, Any]:
    """Return a tenant's figures in the shape they are kept in."""
    own = {key: value for key, value in counts.items() if key[0] == tenant_id}
    return {
        "total": queries.total(own).as_json(),
        "kinds": counts_as_json(own),
        "appraised": {kind: many for (place, kind), many in sorted(appraised.items()) if place == tenant_id},
    }


@dataclass(frozen=True)
class Difference:
    """Kept figures of a tenant and year that are not what counting gives, though nothing marked them."""

    tenant_id: int
    year: int
    tenant: str

    def __str__(self) -> str:
        return f"số tổng hợp giữ sẵn của {self.tenant}, năm {self.year} khác với số đếm lại"


def differences() -> list[Difference]:
    """Count everything and compare it with what is kept, tenants with marks left out; one moment for all of it."""
    with acting_in(READING):
        db.session.execute(text("set transaction isolation level repeatable read"))
        clock.forget_settings()
        waiting = set(db.session.scalars(select(FigureMark.tenant_id).distinct()))
        names = dict(map(tuple, db.session.execute(select(Tenant.id, Tenant.name))))
        own = select(Tenant.id).where(Tenant.tier == Tier.PROVINCE)
        found = []
        for place in (None, *db.session.scalars(own.order_by(Tenant.id))):
            for cycle in reversed(cycles_of(place)):
                found += _differing(cycle, place, waiting)
        return [Difference(tenant_id, year, names[tenant_id]) for tenant_id, year in found]


def _differing(cycle: Cycle, place: int | None, waiting: set[int]) -> list[tuple[int, int]]:
    """Return the tenants of a year that differ: all districts counted at once, or one place of provincial units."""
    counts = queries.counts(cycle.year, tenant_id=place)
    appraised = queries.appraised(cycle.year, tenant_id=place)
    districts = select(Tenant.id).where(Tenant.tier == Tier.DISTRICT)
    kept = select(FigureSummary).where(
        FigureSummary.year == cycle.year,
        FigureSummary.cut_off == queries.cut_off_day(cycle.year),
        FigureSummary.decide_before == cycle.decide_before,
        FigureSummary.tenant_id.not_in(waiting),
        FigureSummary.tenant_id.in_(districts if place is None else [place]),
    )
    found = []
    for row in db.session.scalars(kept.order_by(FigureSummary.tenant_id)):
        now = _figures(counts, appraised, row.tenant_id)
        if now != {name: getattr(row, name) for name in now}:
            found.append((row.tenant_id, cycle.year))
    return found


def prove() -> int:
    """Have whatever differs counted anew (once a night), and note it; returns how many figures that were."""
    wrong = differences()
    mark((one.tenant_id, one.year) for one in wrong)
    note_proof(wrong)
    return len(wrong)


PROOF = "figures_proof"
NAMED = 10


def note_proof(wrong: Sequence[Difference]) -> None:
    """Write down what a comparison found, for who looks after the installation."""
    named = [f"{one.tenant} năm {one.year}" for one in wrong[:NAMED]]
    told = {"at": signin.now().isoformat(timespec="seconds"), "wrong": len(wrong), "named": named}
    with acting_in(STEWARD):
        clock.put_setting(PROOF, json.dumps(told, ensure_ascii=False))
    clock.forget_settings()


def noted_proof(settings: Mapping[str, str]) -> Proof | None:
    """Read the last comparison from the deployment's settings; None where there was none."""
    if PROOF not in settings:
        return None
    told = json.loads(settings[PROOF])
    return Proof(datetime.fromisoformat(told["at"]), told["wrong"], tuple(told["named"]))
