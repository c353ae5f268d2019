"""Reading the appraised dossiers of a year for a trial, a thousand at a time, and what a change does to them.

Memory stays bounded by what moves; every thousand takes a fixed number of statements. Nothing is written.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Select, and_, func, select, tuple_

from portal.appraisal.models import Finding, HeadcountFinding
from portal.cycle.models import Cycle
from portal.cycle.queries import of_same_tier
from portal.dossiers.models import Answer as AnswerRow
from portal.dossiers.models import Dossier, Headcount, State
from portal.dossiers.queries import waits_of
from portal.dossiers.rules import Answer, Profile
from portal.jobs import progress
from portal.units.kinds import SENSITIVE_KINDS
from portal.units.models import Unit
from portal.waivers.models import Waiver, WaiverState
from tenants.database import db

from .trial import Case, Change, ImpossibleFigureError, may_move, moved, reason

STATES = (State.APPRAISED, State.DECIDED)
AT_ONCE = 1_000
MOST = 25_000
"""As many dossiers are tried while somebody waits; beyond, one district at a time, or all of them by a job."""


@dataclass(frozen=True, slots=True)
class Line:
    """A dossier whose level would change, with the figures that change it; those of discreet units are hidden."""

    tenant_id: int
    dossier_id: int
    name: str
    name_sort: str
    code: str
    kind: str
    before: int | None
    after: int | None
    because: tuple[str, ...]

    @property
    def move(self) -> tuple[int | None, int | None]:
        """The level before and after."""
        return self.before, self.after


@dataclass(slots=True)
class Trial:
    """What a change would do: how many dossiers were reckoned, by district and kind, and those that would move.

    `unreadable` counts dossiers whose figures cannot be judged under one of the two.
    """

    reckoned: Counter[tuple[int, str]] = field(default_factory=Counter)
    lines: list[Line] = field(default_factory=list)
    unreadable: int = 0

    @property
    def total(self) -> int:
        """How many dossiers were reckoned."""
        return sum(self.reckoned.values())


def appraised(year: int, tenant_id: int | None = None) -> int:
    """Return how many dossiers of a year a trial would reckon with."""
    statement = (
        select(func.count())
        .select_from(Dossier)
        .where(Dossier.year == year, Dossier.state.in_(STATES), of_same_tier(Dossier.tenant_id))
    )
    if tenant_id is not None:
        statement = statement.where(Dossier.tenant_id == tenant_id)
    return int(db.session.scalar(statement) or 0)


def try_out(cycle: Cycle, change: Change, *, tenant_id: int | None = None, kind: str | None = None) -> Trial:
    """Reckon a change on the appraised dossiers of a year, of one district or kind where asked."""
    trial = Trial()
    count = appraised(cycle.year, tenant_id)
    for rows in _pages(cycle.year, tenant_id, kind):
        progress.tell(trial.total, count)
        trial.reckoned.update((row.tenant_id, row.kind) for row in rows)
        if change.touched:
            _try_page(cycle, change, rows, trial)
    trial.lines.sort(key=lambda line: (line.name_sort, line.tenant_id, line.dossier_id))
    return trial


def _try_page(cycle: Cycle, change: Change, rows: Sequence[Any], trial: Trial) -> None:
    """Judge what differs for every dossier of a page, and those it moves as a whole."""
    profiles = _counts(rows)
    few = _cases(rows, profiles, change.touched)
    asked = []
    because = {}
    for row in rows:
        try:
            because[row.id] = may_move(change, few[row.id])
            if because[row.id]:
                asked.append(row)
        except ImpossibleFigureError:
            trial.unreadable += 1
    if not asked:
        return
    waits = waits_of({(row.tenant_id, row.unit_id) for row in asked})
    cases = _cases(asked, profiles, None)
    for row in asked:
        year, first_day = waits.get((row.tenant_id, row.unit_id), (0, None))
        case = replace(cases[row.id], may_raise_from=first_day if year < cycle.year else None)
        try:
            move = moved(change, case, because[row.id], cycle.decide_before)
        except ImpossibleFigureError:
            trial.unreadable += 1
            continue
        if move is not None:
            discreet = row.sensitive or row.kind in SENSITIVE_KINDS
            trial.lines.append(
                Line(
                    row.tenant_id,
                    row.id,
                    row.name,
                    row.name_sort,
                    row.code,
                    row.kind,
                    move.before,
                    move.after,
                    tuple(reason(rule, case, discreet=discreet) for rule in move.because),
                )
            )


def _pages(year: int, tenant_id: int | None, kind: str | None) -> Iterator[Sequence[Any]]:
    statement = (
        select(
            Dossier.tenant_id,
            Dossier.id,
            Dossier.unit_id,
            Dossier.requested_level,
            Dossier.ratio_only,
            Unit.name,
            Unit.name_sort,
            Unit.code,
            Unit.kind,
            Unit.public,
            Unit.sensitive,
        )
        .join(Unit, and_(Unit.tenant_id == Dossier.tenant_id, Unit.id == Dossier.unit_id))
        .where(Dossier.year == year, Dossier.state.in_(STATES), of_same_tier(Dossier.tenant_id))
        .order_by(Dossier.tenant_id, Dossier.id)
        .limit(AT_ONCE)
    )
    if tenant_id is not None:
        statement = statement.where(Dossier.tenant_id == tenant_id)
    if kind is not None:
        statement = statement.where(Unit.kind == kind)
    last: tuple[int, int] = (0, 0)
    while True:
        rows = db.session.execute(statement.where(tuple_(Dossier.tenant_id, Dossier.id) > last)).all()
        if rows:
            yield rows
            last = (rows[-1].tenant_id, rows[-1].id)
        if len(rows) < AT_ONCE:
            return


def _of(model: Any, rows: Sequence[Any], *columns: Any) -> Select[Any]:
    return select(model.dossier_id, *columns).where(
        model.tenant_id.in_({row.tenant_id for row in rows}), model.dossier_id.in_([row.id for row in rows])
    )


def _counts(rows: Sequence[Any]) -> Mapping[int, dict[str, int | None]]:
    """Return the head-counts of dossiers as the district found them."""
    counts: dict[int, dict[str, int | None]] = defaultdict(dict)
    for model in (Headcount, HeadcountFinding):
        for number, code, value in db.session.execute(_of(model, rows, model.code, model.value)):
            counts[number][code] = value
    return counts


def _cases(
    rows: Sequence[Any], counts: Mapping[int, dict[str, int | None]], only: Iterable[int] | None
) -> dict[int, Case]:
    """Return dossiers as the rules take them, with the answers to some indicators or to all."""
    waivers = _of(Waiver, rows, Waiver.indicator_id).where(Waiver.state == WaiverState.GRANTED)
    answers = _of(AnswerRow, rows, AnswerRow.indicator_id, AnswerRow.yes, AnswerRow.part, AnswerRow.grade)
    findings = _of(
        Finding, rows, Finding.indicator_id, Finding.verdict, Finding.yes, Finding.part, Finding.grade
    )
    if only is not None:
        answers = answers.where(AnswerRow.indicator_id.in_(list(only)))
        findings = findings.where(Finding.indicator_id.in_(list(only)))
    given: dict[int, dict[int, Answer]] = defaultdict(dict)
    for number, indicator, yes, part, grade in db.session.execute(answers):
        given[number][indicator] = Answer(yes, part, grade)
    waived: dict[int, set[int]] = defaultdict(set)
    for number, indicator in db.session.execute(waivers):
        waived[number].add(indicator)
    # What the desk found of an indicator stands above what was ruled on request before.
    for number, indicator, verdict, yes, part, grade in db.session.execute(findings):
        waived[number].discard(indicator)
        if verdict == "not_applicable":
            waived[number].add(indicator)
        elif verdict == "corrected":
            given[number][indicator] = Answer(yes, part, grade)
        elif verdict == "not_enough_evidence":
            own = given[number].get(indicator, Answer())
            given[number][indicator] = replace(own, enough_evidence=False)
    return {
        row.id: Case(
            Profile(row.kind, row.public, counts.get(row.id, {}), frozenset(waived[row.id]), row.ratio_only),
            given[row.id],
            row.requested_level,
        )
        for row in rows
    }
