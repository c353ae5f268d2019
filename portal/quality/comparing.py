"""Same figures, the costliest rule: compared at once in a small year, by a job in a large one.

The job leaves the groups it found as its file; pages read the latest of the year and say when it was made.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, distinct, func, select, tuple_
from sqlalchemy.dialects.postgresql import array_agg

from portal.cycle.queries import of_same_tier
from portal.dossiers.models import Answer, Dossier, Headcount, State
from portal.dossiers.states import UNFILED
from portal.evidence.store import results_store
from portal.jobs.queries import last_file
from portal.units.kinds import SENSITIVE_KINDS
from portal.units.models import Unit
from portal.visits.comparing import figures_of
from tenants.database import db
from tenants.refusal import Refused

NOT_OPEN = (*UNFILED, State.REFUSED_LATE)
JOB = "same_figures"
AT_ONCE = 5_000
"""Dossiers of a year that are compared while somebody waits: about a second."""
Group = tuple[int, Sequence[str], Sequence[int]]
"""What some dossiers have alike: the number of members, the shares as shown; and those dossiers."""


def tells_people(dossier: Any = Dossier) -> ColumnElement[bool]:
    """Return the condition that a dossier, with its unit joined, may have its numbers of people compared."""
    return and_(~dossier.ratio_only, ~Unit.sensitive, Unit.kind.not_in(SENSITIVE_KINDS))


def open_in(year: int) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of the districts' dossiers of a year that are not drafts."""
    return Dossier.year == year, Dossier.state.not_in(NOT_OPEN), of_same_tier(Dossier.tenant_id)


def groups_of(year: int, limit: int) -> list[Group]:
    """Return the dossiers of several districts that tell the same members and at least `limit` same shares."""
    open_here = (
        select(Dossier.tenant_id, Dossier.id)
        .join(Unit, and_(Unit.tenant_id == Dossier.tenant_id, Unit.id == Dossier.unit_id))
        .where(*open_in(year), tells_people())
    )
    of = figures_of(tuple_(Answer.tenant_id, Answer.dossier_id).in_(open_here)).subquery("figures")
    statement = (
        select(Headcount.value, of.c.shares, array_agg(of.c.dossier_id))
        .join(
            of,
            and_(
                of.c.tenant_id == Headcount.tenant_id,
                of.c.dossier_id == Headcount.dossier_id,
                Headcount.code == "members",
            ),
        )
        .where(Headcount.value.is_not(None), func.cardinality(of.c.shares) >= limit, of.c.telling > 0)
        .group_by(Headcount.value, of.c.shares)
        .having(func.count(distinct(of.c.tenant_id)) > 1)
        .order_by(Headcount.value, of.c.shares)
    )
    return [(members, shares, ids) for members, shares, ids in db.session.execute(statement)]


def written(limit: int, groups: Sequence[Group]) -> bytes:
    """Return what the job leaves: the groups, and from how many shares on they were looked for."""
    return json.dumps({"limit": limit, "groups": groups}, ensure_ascii=False).encode()


@dataclass(frozen=True, slots=True)
class Standing:
    """How the rule stands in a year: `by_job` where it is too large to be compared at once, and the last time it was."""

    by_job: bool
    made_at: datetime | None = None
    limit: int = 0
    groups: Sequence[Group] = ()

    def missing(self, limit: int) -> bool:
        """Return whether nothing is known: never compared, or from more shares on than are asked for now."""
        return self.by_job and (self.made_at is None or self.limit > limit)


def standing(year: int) -> Standing:
    """Return how the rule stands in a year, with what the last job found."""
    counted = select(func.count()).where(*open_in(year))
    if int(db.session.scalar(counted) or 0) <= AT_ONCE:
        return Standing(by_job=False)
    job = last_file(JOB, year)
    if job is None:
        return Standing(by_job=True)
    try:
        with results_store().open(job.tenant_id, job.sha256) as file:
            left = json.load(file)
    except Refused:
        return Standing(by_job=True)
    return Standing(True, job.asked_at, left["limit"], left["groups"])


def groups_known(year: int, limit: int) -> Sequence[Group]:
    """Return the groups of a year, compared now or by the last job; the rule's own limit is asked again later."""
    known = standing(year)
    if not known.by_job:
        return groups_of(year, limit)
    return () if known.missing(limit) else known.groups
