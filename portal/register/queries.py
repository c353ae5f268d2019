"""Reading the register: one entry by its code, a unit's story, the public search."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, or_, select

from portal import words
from portal.further.models import FurtherDecision
from portal.inquiries.receiving import Told, published_of, read
from portal.recognition.models import Decision, DecisionLine, Recognition
from tenants.database import db
from tenants.places import FormerName, Succession, Tenant

from .models import RegisterEntry
from .rules import Standing


def entry_of(code: str) -> RegisterEntry | None:
    """Return what is published under a code, or None; one statement, no tenant's rows."""
    return db.session.scalar(
        select(RegisterEntry).where(RegisterEntry.code == code).order_by(RegisterEntry.tenant_id).limit(1)
    )


def verified(code: str) -> tuple[RegisterEntry, str, list[Told]] | None:
    """Return what is published under a code, the present name of its place, and what was asked; None; one statement."""
    row = db.session.execute(
        select(
            RegisterEntry,
            func.coalesce(Tenant.name, RegisterEntry.place),
            published_of(RegisterEntry.code),
        )
        .outerjoin(Tenant, Tenant.id == RegisterEntry.tenant_id)
        .where(RegisterEntry.code == code)
        .order_by(RegisterEntry.tenant_id)
        .limit(1)
    ).one_or_none()
    return None if row is None else (row[0], row[1], read(row[2]))


def story_of(code: str) -> list[RegisterEntry]:
    """Return every entry of the unit to which a code belongs, the latest first; one statement."""
    subject = select(RegisterEntry.subject).where(RegisterEntry.code == code).limit(1).scalar_subquery()
    statement = select(RegisterEntry).where(RegisterEntry.subject == subject)
    return list(db.session.scalars(statement.order_by(RegisterEntry.decided_on.desc(), RegisterEntry.code)))


def places() -> tuple[list[str], dict[int, str]]:
    """Return the places that have published anything, old and present names alike, in Vietnamese order.

    Beside it the present name of each place that keeps entries, by its number; one statement for both.
    """
    rows = db.session.execute(
        select(RegisterEntry.place, RegisterEntry.tenant_id, Tenant.name)
        .outerjoin(Tenant, Tenant.id == RegisterEntry.tenant_id)
        .distinct()
    ).all()
    called = {number: name for _, number, name in rows if name is not None}
    return sorted({place for place, _, _ in rows} | set(called.values()), key=words.sort_key), called


def called_now(entry: RegisterEntry) -> tuple[str, list[Told]]:
    """Return the present name of the place that keeps an entry, and what was published of questions and reports."""
    name, asked = db.session.execute(
        select(
            select(Tenant.name).where(Tenant.id == entry.tenant_id).scalar_subquery(),
            published_of(entry.code),
        )
    ).one()
    return name or entry.place, read(asked)


@dataclass(frozen=True, slots=True)
class Home:
    """The place that keeps an entry now, where it is called otherwise than as published: since when, by what."""

    name: str
    since: date
    basis: str


def home_of(entry: RegisterEntry, name: str) -> Home | None:
    """Return the place that took an entry over, or the new name of its place; None where nothing changed.

    `name`: how the place that keeps the entry is called now.
    """
    if name == entry.place:
        return None
    if entry.origin_tenant_id is not None:
        found = db.session.execute(
            select(Succession.on_day, Succession.basis)
            .where(Succession.to_id == entry.tenant_id)
            .order_by(Succession.from_id != entry.origin_tenant_id, Succession.on_day.desc())
            .limit(1)
        ).one_or_none()
    else:
        found = db.session.execute(
            select(FormerName.valid_to, FormerName.basis)
            .where(FormerName.place_id == entry.tenant_id, FormerName.name == entry.place)
            .order_by(FormerName.valid_to.desc())
            .limit(1)
        ).one_or_none()
    return Home(name, *found) if found else None


SORTS = ("name", "decided", "place")


def search(
    *,
    today: date,
    q: str = "",
    kind: str = "",
    place: str = "",
    level: str = "",
    year: str = "",
    tier: str = "",
    state: Standing | None = None,
    sort: str = "name",
    descending: bool = False,
) -> Select[tuple[RegisterEntry]]:
    """Return the statement of the public search, ready for `paginate`; `q` is compared without marks."""
    entry = RegisterEntry
    statement = select(entry)
    if q:
        statement = statement.where(entry.name_folded.contains(words.fold(q), autoescape=True))
    if kind:
        statement = statement.where(entry.kind == kind)
    if place:
        now = select(Tenant.id).where(Tenant.name == place)
        statement = statement.where(or_(entry.place == place, entry.tenant_id.in_(now)))
    if tier:
        statement = statement.where(entry.tenant_id.in_(select(Tenant.id).where(Tenant.tier == tier)))
    for number, wanted in ((entry.level, level), (entry.year, year)):
        if wanted:
            statement = statement.where(number == int(wanted))
    if state in (Standing.IN_FORCE, Standing.EXPIRED):
        ended = entry.valid_to < today if state is Standing.EXPIRED else entry.valid_to >= today
        statement = statement.where(entry.state == "in_force", ended)
    elif state is not None:
        statement = statement.where(entry.state == state.value)
    keys = {
        "name": [entry.name_sort, entry.year],
        "decided": [entry.decided_on, entry.name_sort],
        "place": [entry.place, entry.name_sort],
    }[sort]
    ordered = [key.desc() if descending else key.asc() for key in keys]
    return statement.order_by(*ordered, entry.code)


def recognition_of(tenant_id: int, recognition_id: int) -> Recognition | None:
    """Return a recognition of the scope, or None."""
    return db.session.scalar(
        select(Recognition).where(Recognition.tenant_id == tenant_id, Recognition.id == recognition_id)
    )


def of_dossier(tenant_id: int, dossier_id: int) -> Recognition | None:
    """Return the recognition a dossier led to, the last one where a further decision corrected it, or None."""
    return db.session.scalar(
        select(Recognition)
        .where(Recognition.tenant_id == tenant_id, Recognition.dossier_id == dossier_id)
        .order_by(Recognition.id.desc())
        .limit(1)
    )


def given_by(recognition: Recognition) -> Decision | FurtherDecision:
    """Return the decision that gave a recognition: the first one, or the further one that corrected it."""
    if recognition.further_id is None:
        return recognition.decision
    return db.session.get_one(FurtherDecision, (recognition.tenant_id, recognition.further_id))


def line_of(recognition: Recognition) -> int:
    """Return the number of the decision's line that gave a recognition."""
    return int(
        db.session.scalars(
            select(DecisionLine.id).where(
                DecisionLine.tenant_id == recognition.tenant_id,
                DecisionLine.decision_id == recognition.decision_id,
                DecisionLine.dossier_id == recognition.dossier_id,
            )
        ).one()
    )
