"""Reading requirements with their replies, and a unit's measures to improve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Select, and_, bindparam, select
from sqlalchemy.orm import aliased

from portal.dossiers.models import Dossier
from tenants.database import db

from .models import ImprovementAction, Requirement, RequirementReply


@dataclass(frozen=True, slots=True)
class Asked:
    """A requirement that a dossier has to answer: from which year, and the reply so far (None: none yet)."""

    requirement: Requirement
    year: int
    reply: RequirementReply | None

    @property
    def answered(self) -> bool:
        """Whether the unit has said what it did."""
        return self.reply is not None and bool(self.reply.reply.strip())


def asked_of(dossiers: Sequence[Dossier]) -> dict[int, list[Asked]]:
    """Return, by dossier id, what the unit's latest decision before that year asked for; one query for all."""
    if not dossiers:
        return {}
    rows = db.session.execute(
        _asked(), {"tenants": list({d.tenant_id for d in dossiers}), "dossiers": [d.id for d in dossiers]}
    )
    found: dict[int, list[Asked]] = {}
    for dossier_id, year, requirement, reply in rows:
        of_dossier = found.setdefault(dossier_id, [])
        if not of_dossier or of_dossier[0].year == year:
            of_dossier.append(Asked(requirement, year, reply))
    return found


@cache
def _asked() -> Select[tuple[int, int, Requirement, RequirementReply]]:
    later, earlier = aliased(Dossier), aliased(Dossier)
    return (
        select(later.id, earlier.year, Requirement, RequirementReply)
        .join(
            earlier,
            and_(
                earlier.tenant_id == later.tenant_id,
                earlier.unit_id == later.unit_id,
                earlier.year < later.year,
                earlier.state == "decided",
            ),
        )
        .join(
            Requirement,
            and_(Requirement.tenant_id == earlier.tenant_id, Requirement.dossier_id == earlier.id),
        )
        .outerjoin(
            RequirementReply,
            and_(
                RequirementReply.tenant_id == later.tenant_id,
                RequirementReply.dossier_id == later.id,
                RequirementReply.requirement_id == Requirement.id,
            ),
        )
        .where(
            later.tenant_id.in_(bindparam("tenants", expanding=True)),
            later.id.in_(bindparam("dossiers", expanding=True)),
        )
        .order_by(later.id, earlier.year.desc(), Requirement.id)
        .execution_options(populate_existing=True)
    )


def requirements_of(tenant_id: int, dossier_id: int) -> list[Requirement]:
    """Return what a dossier's decision asks for next time, in the order it was set."""
    return list(
        db.session.scalars(
            select(Requirement)
            .where(Requirement.tenant_id == tenant_id, Requirement.dossier_id == dossier_id)
            .order_by(Requirement.id)
        )
    )


def actions_of(tenant_id: int, dossier_id: int) -> list[ImprovementAction]:
    """Return the measures of a dossier's plan to improve, in the order they were written."""
    return list(
        db.session.scalars(
            select(ImprovementAction)
            .where(ImprovementAction.tenant_id == tenant_id, ImprovementAction.dossier_id == dossier_id)
            .order_by(ImprovementAction.id)
        )
    )


def action_of(tenant_id: int, dossier_id: int, action_id: int) -> ImprovementAction | None:
    """Return one measure of a dossier's plan, or None."""
    return db.session.scalar(
        select(ImprovementAction).where(
            ImprovementAction.tenant_id == tenant_id,
            ImprovementAction.dossier_id == dossier_id,
            ImprovementAction.id == action_id,
        )
    )
