"""Reading a unit's roster: what was counted, who is on it, which names stand twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select

from portal import clock
from portal.dossiers.models import Dossier
from portal.dossiers.queries import Sheet
from portal.spelling import escaped, fold
from tenants.database import db

from .models import Roster, RosterPerson
from .rules import Layout, layout


def layout_of(sheet: Sheet) -> Layout:
    """Return the sheets a unit's roster of this dossier has."""
    return layout(sheet.indicators, {row.id: row.explanation for row in sheet.catalogue}, sheet.profile())


def roster_of(dossier: Dossier) -> Roster | None:
    """Return what was last read from a roster for a dossier, or None."""
    return db.session.scalar(
        select(Roster).where(Roster.tenant_id == dossier.tenant_id, Roster.dossier_id == dossier.id)
    )


def names_kept(roster: Roster) -> bool:
    """Return whether the names are still there to be shown; from their last day on they are not."""
    return roster.erased_at is None and roster.erase_on > clock.today()


def people_of(roster: Roster, *, q: str = "", lacking: str = "", sheet: str = "") -> Select[Any]:
    """Return the people of a roster; `lacking`: only those not counted for a code of a sheet."""
    statement = select(RosterPerson).where(
        RosterPerson.tenant_id == roster.tenant_id, RosterPerson.roster_id == roster.id
    )
    if lacking:
        statement = statement.where(RosterPerson.sheet == sheet, ~RosterPerson.marks.contains([lacking]))
    if q:
        statement = statement.where(
            func.folded(RosterPerson.label).like(f"%{escaped(fold(q))}%", escape="\\")
        )
    return statement.order_by(RosterPerson.sheet.desc(), RosterPerson.line, RosterPerson.id)


def doubled(roster: Roster, most: int = 20) -> Sequence[Any]:
    """Return names that stand more than once on a sheet, with their rows: perhaps one person counted twice."""
    name = func.lower(RosterPerson.label)
    return db.session.execute(
        select(
            RosterPerson.sheet,
            func.min(RosterPerson.label).label("label"),
            func.array_agg(RosterPerson.line.distinct()).label("lines"),
        )
        .where(RosterPerson.tenant_id == roster.tenant_id, RosterPerson.roster_id == roster.id)
        .group_by(RosterPerson.sheet, name)
        .having(func.count() > 1)
        .order_by(func.min(RosterPerson.line))
        .limit(most)
    ).all()
