"""Reading the jobs of a place (a unit, a district, the province): the list, one of them, what could be asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select

from portal.dossiers.models import Dossier
from portal.dossiers.states import UNFILED
from portal.recognition.models import Decision
from tenants import signin
from tenants.database import db
from tenants.identity import Place
from tenants.people import DISTRICT_ROLES, UNIT_ROLES

from . import rules
from .models import Job
from .rules import State

MOST_OFFERED = 8


def _of(place: Place) -> tuple[ColumnElement[bool], ...]:
    return Job.tenant_id == place.tenant_id, Job.unit_id.is_not_distinct_from(place.unit_id)


def jobs_of(place: Place) -> Select[Any]:
    """Return the statement of a place's jobs, those under way first, then the latest."""
    active = case((Job.state.in_(rules.ACTIVE), 0), else_=1)
    return select(Job).where(*_of(place)).order_by(active, Job.id.desc())


def job_of(place: Place, job_id: int, *, lock: bool = False) -> Job | None:
    """Return a job of a place, or None. `lock` holds it until the transaction ends."""
    statement = select(Job).where(*_of(place), Job.id == job_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(statement)


def latest_on(place: Place, kind: str, subject: int) -> Job | None:
    """Return the last job of a kind on a subject, such as the one that reads a file, or None."""
    return db.session.scalar(
        select(Job)
        .where(*_of(place), Job.kind == kind, Job.subject == subject)
        .order_by(Job.id.desc())
        .limit(1)
    )


def last_file(kind: str, subject: int) -> Job | None:
    """Return the last finished job of a kind on a subject whose file is kept, in the scope in force, or None."""
    return db.session.scalar(
        select(Job)
        .where(
            Job.kind == kind,
            Job.subject == subject,
            Job.state == State.DONE,
            Job.sha256 != "",
            Job.expires_at > signin.now(),
        )
        .order_by(Job.id.desc())
        .limit(1)
    )


def serving(place: Place, kind: str, subject: int, key: str, mark: str) -> Job | None:
    """Return the job that serves an asking: one on its way, or a finished one of the same content."""
    kept = (
        (Job.state == State.DONE)
        & (Job.mark == mark)
        & (Job.mark != "")
        & (Job.sha256 != "")
        & (Job.expires_at > signin.now())
    )
    return db.session.scalar(
        select(Job)
        .where(
            *_of(place),
            Job.kind == kind,
            Job.subject == subject,
            Job.key == key,
            or_(Job.state.in_(rules.ACTIVE), kept),
        )
        .order_by(case((Job.state.in_(rules.ACTIVE), 0), else_=1), Job.id.desc())
        .limit(1)
    )


def waiting(place: Place) -> int:
    """Count the jobs of a place that wait."""
    counted = select(func.count()).where(*_of(place), Job.state == State.WAITING)
    return int(db.session.scalar(counted) or 0)


@dataclass(frozen=True, slots=True)
class Activity:
    """How many jobs of a place are under way, and whether one waits so long that no worker seems to run."""

    active: int
    unattended: bool


def activity(place: Place) -> Activity:
    """Return what goes on in a place now; one statement."""
    waits, runs = Job.state == State.WAITING, Job.state == State.RUNNING
    count, running, oldest = db.session.execute(
        select(func.count(), func.count().filter(runs), func.min(Job.due_at).filter(waits)).where(
            *_of(place), Job.state.in_(rules.ACTIVE)
        )
    ).one()
    alone = not running and oldest is not None
    return Activity(count, alone and rules.is_unattended(State.WAITING, oldest, signin.now()))


@dataclass(frozen=True, slots=True)
class Offer:
    """Something a batch can be made of: what it is called, and (kind, subject, button) of each batch."""

    name: str
    batches: tuple[tuple[str, int, str], ...]


def offers(place: Place) -> list[Offer]:
    """Return what can be asked for here without going to another page."""
    if place.role in DISTRICT_ROLES:
        return _of_district(place.tenant_id)
    return _of_unit(place) if place.role in UNIT_ROLES else []


def _of_unit(place: Place) -> list[Offer]:
    """Return the dossiers of a unit, the latest first."""
    rows = db.session.execute(
        select(Dossier.id, Dossier.year)
        .where(Dossier.tenant_id == place.tenant_id, Dossier.unit_id == place.unit_id)
        .order_by(Dossier.year.desc(), Dossier.id.desc())
        .limit(MOST_OFFERED)
    )
    return [
        Offer(f"Hồ sơ năm {year}", (("dossier", dossier_id, "Văn bản và minh chứng (ZIP)"),))
        for dossier_id, year in rows
    ]


def _of_district(tenant_id: int) -> list[Offer]:
    """Return the latest issued decisions, and the years in which dossiers were filed."""
    decisions = db.session.execute(
        select(Decision.id, Decision.number, Decision.dated, Decision.year)
        .where(Decision.tenant_id == tenant_id, Decision.state == "issued")
        .order_by(Decision.dated.desc(), Decision.id.desc())
        .limit(MOST_OFFERED)
    )
    found = [
        Offer(
            f"Quyết định số {number}, ngày {dated:%d/%m/%Y} (năm {year})",
            (
                ("certificates", decision_id, "Giấy chứng nhận (PDF)"),
                ("certificates_word", decision_id, "Giấy chứng nhận (Word)"),
                ("decision", decision_id, "Quyết định và phụ lục"),
            ),
        )
        for decision_id, number, dated, year in decisions
    ]
    years = db.session.scalars(
        select(Dossier.year)
        .where(
            Dossier.tenant_id == tenant_id,
            or_(Dossier.state.not_in(UNFILED), Dossier.channel != "portal"),
        )
        .distinct()
        .order_by(Dossier.year.desc())
        .limit(MOST_OFFERED)
    )
    return found + [Offer(f"Năm đánh giá {year}", (("archive", year, "Lưu trữ cả năm"),)) for year in years]
