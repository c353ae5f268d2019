"""Clean dossiers agreed with and proposed many at once: who is on the list, and each done or left by itself.

The list loads all its sheets together, and the flags of a district's year are read once. Doing it costs each dossier a savepoint, its lock, its sheet read once, the
findings in one statement, the state, and one entry each of the record: about forty statements, none of them of another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import undefer
from sqlalchemy.orm.exc import StaleDataError

from portal.dossiers.models import Dossier, State
from portal.dossiers.queries import Sheet, dossier_of, open_sheets
from portal.units.models import Unit
from portal.visits.queries import raised_against
from portal.web import CHANGED_MEANWHILE
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Refused

from . import clean, operations, panels
from .judging import agree_in, under_appraisal
from .panels import Panel

MOST_AT_ONCE = 50


def candidates(actor: Identity, tenant_id: int, year: int) -> Select[tuple[Dossier]]:
    """Return the dossiers under appraisal that a person may close, in the order of filing."""
    free, _mine = panels.free_for(actor)
    return (
        select(Dossier)
        .where(
            Dossier.tenant_id == tenant_id,
            Dossier.year == year,
            Dossier.state == State.ACCEPTED,
            free,
        )
        .options(undefer(Dossier.frozen))
        .order_by(Dossier.submitted_at, Dossier.id)
    )


@dataclass(frozen=True, slots=True)
class Looked:
    """A dossier of the list with everything that speaks against closing it unseen."""

    sheet: Sheet
    against: tuple[str, ...]


def look(tenant_id: int, dossiers: Sequence[Dossier]) -> list[Looked]:
    """Judge many dossiers, in a number of queries that does not grow."""
    sheets = open_sheets(dossiers)
    seats = panels.panels_of(tenant_id, sheets)
    flags = raised_against(tenant_id, sheets)
    return [
        Looked(
            sheets[d.id],
            clean.reasons_against(
                clean.clean_facts(sheets[d.id], seats.get(d.id, Panel()), flags.get(d.id, ()))
            ),
        )
        for d in dossiers
    ]


@dataclass(frozen=True, slots=True)
class Closed:
    """What became of one dossier: the level proposed, or why it was left."""

    dossier_id: int
    unit: str
    level: int | None = None
    why_not: str = ""


def close_clean(actor: Identity, dossier: Dossier, flags: Sequence[str] = ()) -> Dossier:
    """Agree with everything left in one dossier and propose; raises `Refused` where it is not clean any more.

    `flags`: what speaks for a visit to the unit and was not dismissed.
    """
    sheet, panel = under_appraisal(actor, dossier)
    if against := clean.reasons_against(clean.clean_facts(sheet, panel, flags)):
        raise Refused(" ".join(against))
    agree_in(actor, sheet)
    return operations.close(actor, sheet, "Hồ sơ sạch, chốt cùng lượt.")


def close_all(actor: Identity, dossier_ids: Sequence[int]) -> list[Closed]:
    """Close each dossier by itself: what is refused, or fails, is taken back alone and named."""
    tenant_id, done = actor.here.tenant_id, []
    ids = sorted(set(dossier_ids))[:MOST_AT_ONCE]
    rows = select(Dossier.id, Unit.name).where(Dossier.tenant_id == tenant_id, Dossier.id.in_(ids))
    on_unit = (Unit.tenant_id == Dossier.tenant_id) & (Unit.id == Dossier.unit_id)
    names = {row.id: row.name for row in db.session.execute(rows.join(Unit, on_unit))}
    flags = raised_against(tenant_id, names)
    for dossier_id in ids:
        if dossier_id not in names:
            continue
        try:
            with db.session.begin_nested():
                dossier = dossier_of(tenant_id, dossier_id)
                assert dossier is not None
                level = close_clean(actor, dossier, flags.get(dossier_id, ())).proposed_level
            done.append(Closed(dossier_id, names[dossier_id], level))
        except Refused as refused:
            done.append(Closed(dossier_id, names[dossier_id], None, refused.sentence))
        except (StaleDataError, DBAPIError):
            done.append(Closed(dossier_id, names[dossier_id], None, CHANGED_MEANWHILE))
    return done
