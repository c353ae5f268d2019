"""What waits for whom: the unit's year, and the counts of a district's work in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, exists, func, select

from portal import clock
from portal.appraisal.models import SupplementRequest
from portal.appraisal.seats import Appraiser
from portal.cycle.models import Cycle
from portal.cycle.queries import begun
from portal.dossiers.models import Dossier
from portal.recognition.models import Decision, DecisionLine
from portal.reports.models import DistrictReport, ReportAnswer
from portal.units.models import Unit
from portal.waivers.queries import waiting
from tenants.database import db


def working_cycle() -> Cycle | None:
    """Return the year now worked on: the earliest one open whose report is not yet due, else the latest open."""
    opened = begun()
    running = [cycle for cycle in opened if cycle.report_before > clock.today()]
    return running[-1] if running else next(iter(opened), None)


@dataclass(frozen=True, slots=True)
class DistrictWork:
    """What waits in a district for a year, each a count of rows that a list shows."""

    units: int
    dossiers: int
    to_receive: int
    answered: int
    waiting_for_units: int
    to_appraise: int
    to_decide: int
    drafts: int
    decided: int
    late: int
    waivers: int
    mine: int = 0


def district_work(tenant_id: int, year: int, account_id: int = 0) -> DistrictWork:
    """Count a district's waiting work of a year; `mine`: under appraisal and given to the person."""
    own = exists().where(
        Appraiser.tenant_id == Dossier.tenant_id,
        Appraiser.dossier_id == Dossier.id,
        Appraiser.account_id == account_id,
        Appraiser.removed_at.is_(None),
    )
    asked = exists().where(
        SupplementRequest.tenant_id == Dossier.tenant_id, SupplementRequest.dossier_id == Dossier.id
    )
    in_draft = exists().where(
        DecisionLine.tenant_id == Dossier.tenant_id,
        DecisionLine.dossier_id == Dossier.id,
        DecisionLine.held_back.is_(False),
        Decision.tenant_id == DecisionLine.tenant_id,
        Decision.id == DecisionLine.decision_id,
        Decision.state == "draft",
    )

    def where(*conditions):  # type: ignore[no-untyped-def]
        return func.count().filter(and_(*conditions))

    submitted = Dossier.state == "submitted"
    row = db.session.execute(
        select(
            where(Dossier.state.not_in(("withdrawn", "refused_late"))),
            where(submitted, ~asked),
            where(submitted, asked),
            where(Dossier.state == "supplement_requested"),
            where(Dossier.state == "accepted"),
            where(Dossier.state == "appraised", ~in_draft),
            where(Dossier.state == "decided"),
            where(Dossier.late, submitted),
            where(Dossier.state == "accepted", own),
        ).where(Dossier.tenant_id == tenant_id, Dossier.year == year)
    ).one()
    drafts = select(func.count()).where(
        Decision.tenant_id == tenant_id, Decision.year == year, Decision.state == "draft"
    )
    units = select(func.count()).where(
        Unit.tenant_id == tenant_id,
        Unit.opened_on <= clock.today(),
        (Unit.closed_on.is_(None)) | (Unit.closed_on >= clock.today()),
    )
    return DistrictWork(
        units=int(db.session.scalar(units) or 0),
        dossiers=row[0],
        to_receive=row[1],
        answered=row[2],
        waiting_for_units=row[3],
        to_appraise=row[4],
        to_decide=row[5],
        drafts=int(db.session.scalar(drafts) or 0),
        decided=row[6],
        late=row[7],
        waivers=waiting(tenant_id),
        mine=row[8],
    )


def report_state(tenant_id: int, year: int) -> str:
    """Return the state of the latest report of a district: "", draft, locked, sent, accepted or returned."""
    row = db.session.execute(
        select(DistrictReport.state, ReportAnswer.verdict)
        .outerjoin(
            ReportAnswer,
            (ReportAnswer.tenant_id == DistrictReport.tenant_id)
            & (ReportAnswer.report_id == DistrictReport.id),
        )
        .where(DistrictReport.tenant_id == tenant_id, DistrictReport.year == year)
        .order_by(DistrictReport.edition.desc())
        .limit(1)
    ).first()
    if row is None:
        return ""
    return str(row[1] or row[0])
