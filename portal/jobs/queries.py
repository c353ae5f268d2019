"""Reading a district's jobs: the list, one of them, and what could be asked for."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, case, func, or_, select

from portal.dossiers.models import Dossier
from portal.dossiers.states import UNFILED
from portal.recognition.models import Decision
from tenants import signin
from tenants.database import db

from . import rules
from .models import Job
from .rules import State

MOST_OFFERED = 8


def jobs_of(tenant_id: int) -> Select[tuple[Job]]:
    """Return the statement of a district's jobs, those under way first, then the latest."""
    active = case((Job.state.in_(rules.ACTIVE), 0), else_=1)
    return select(Job).where(Job.tenant_id == tenant_id).order_by(active, Job.id.desc())


def job_of(tenant_id: int, job_id: int, *, lock: bool = False) -> Job | None:
    """Return a job of the scope, or None. `lock` holds it until the transaction ends."""
    statement = select(Job).where(Job.tenant_id == tenant_id, Job.id == job_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(statement)


def serving(tenant_id: int, kind: str, subject: int, mark: str) -> Job | None:
    """Return the job that serves an asking: one on its way, or a finished one of the same content."""
    kept = (
        (Job.state == State.DONE) & (Job.mark == mark) & (Job.sha256 != "") & (Job.expires_at > signin.now())
    )
    return db.session.scalar(
        select(Job)
        .where(
            Job.tenant_id == tenant_id,
            Job.kind == kind,
            Job.subject == subject,
            or_(Job.state.in_(rules.ACTIVE), kept),
        )
        .order_by(case((Job.state.in_(rules.ACTIVE), 0), else_=1), Job.id.desc())
        .limit(1)
    )


def waiting(tenant_id: int) -> int:
    """Count the jobs of a district that wait."""
    counted = select(func.count()).where(Job.tenant_id == tenant_id, Job.state == State.WAITING)
    return int(db.session.scalar(counted) or 0)


@dataclass(frozen=True, slots=True)
class Activity:
    """How many jobs of a district are under way, and whether one waits so long that no worker seems to run."""

    active: int
    unattended: bool


def activity(tenant_id: int) -> Activity:
    """Return what goes on in a district now; one statement."""
    waits, runs = Job.state == State.WAITING, Job.state == State.RUNNING
    count, running, oldest = db.session.execute(
        select(func.count(), func.count().filter(runs), func.min(Job.due_at).filter(waits)).where(
            Job.tenant_id == tenant_id, Job.state.in_(rules.ACTIVE)
        )
    ).one()
    alone = not running and oldest is not None
    return Activity(count, alone and rules.is_unattended(State.WAITING, oldest, signin.now()))


@dataclass(frozen=True, slots=True)
class Offer:
    """Something a batch can be made of: what it is called, and (kind, subject, button) of each batch."""

    name: str
    batches: tuple[tuple[str, int, str], ...]


def offers(tenant_id: int) -> list[Offer]:
    """Return what can be asked for: the latest issued decisions, and the years in which dossiers were filed."""
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
