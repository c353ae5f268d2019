"""Biểu 06: how the units came out at each indicator, by themselves and by the district's findings.

Only what was filed is read; where several findings differ, the reason given most often is named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, case, distinct, func, or_, select, true

from portal.appraisal.models import Finding
from portal.appraisal.rules import REASONS
from portal.catalogue.models import CatalogueIndicator, Criterion
from portal.cycle.models import Cycle
from portal.cycle.queries import of_place
from portal.dossiers.models import Answer, State
from portal.dossiers.states import UNFILED
from portal.units.models import Unit
from portal.units.queries import NAMED
from tenants.database import db

from .annex import BIEU_06, Annex, Line
from .queries import reported_until, standing_dossiers, within, worked_out

FIGURES = ("applies", "self_1", "self_2", "judged", "found_1", "found_2", "differs", "missed")
_JUDGED = (State.APPRAISED, State.DECIDED)
_APPLIES = Answer.met_1 != "not_applicable"


def _conditions(dossier: CTE) -> Mapping[str, ColumnElement[bool]]:
    """Return, by figure, which units count at an indicator."""
    judged = and_(_APPLIES, dossier.c.state.in_(_JUDGED), Finding.verdict.is_not(None))
    return {
        "applies": _APPLIES,
        "self_1": Answer.met_1 == "met",
        "self_2": Answer.met_2 == "met",
        "judged": judged,
        "found_1": and_(judged, Finding.met_1 == "met"),
        "found_2": and_(judged, Finding.met_2 == "met"),
        "differs": and_(judged, or_(Finding.met_1 != Answer.met_1, Finding.met_2 != Answer.met_2)),
        "missed": and_(judged, Finding.met_1.not_in(("met", "not_applicable"))),
    }


def _frame(statement: Any, dossier: CTE, tenant_id: int | None) -> Any:
    """Join the filed dossiers of a place, or of all places of one tier (None), with their answers and findings."""
    d = dossier.c
    return (
        statement.select_from(Unit)
        .join(dossier, and_(d.tenant_id == Unit.tenant_id, d.unit_id == Unit.id))
        .join(Answer, and_(Answer.tenant_id == d.tenant_id, Answer.dossier_id == d.id))
        .outerjoin(
            Finding,
            and_(
                Finding.tenant_id == d.tenant_id,
                Finding.dossier_id == d.id,
                Finding.indicator_id == Answer.indicator_id,
            ),
        )
        .where(d.state.not_in(UNFILED), within(tenant_id))
    )


def by_indicator(year: int, *, tenant_id: int | None = None) -> Annex:
    """Return Biểu 06: every indicator of the year's catalogue in its order; three statements."""
    indicators = db.session.execute(
        select(CatalogueIndicator.id, CatalogueIndicator.code, CatalogueIndicator.title)
        .join(Criterion, Criterion.id == CatalogueIndicator.criterion_id)
        .join(Cycle, Cycle.version_id == CatalogueIndicator.version_id)
        .where(Cycle.year == year, of_place(tenant_id))
        .order_by(Criterion.number, CatalogueIndicator.position)
    ).all()
    dossier = worked_out(standing_dossiers(year, reported_until(year), tenant_id))
    which = _conditions(dossier)
    counted = _frame(
        select(
            Answer.indicator_id,
            *(func.count(distinct(Unit.id)).filter(which[name]) for name in FIGURES),
        ),
        dossier,
        tenant_id,
    ).group_by(Answer.indicator_id)
    found = {row[0]: row[1:] for row in db.session.execute(counted)}
    reasons = _reasons(dossier, which["differs"], tenant_id)
    return BIEU_06.of(
        [
            Line(
                key=code,
                order=code,
                label=title,
                values={
                    **dict(zip(FIGURES, map(int, found.get(number, (0,) * len(FIGURES))), strict=True)),
                    "reason": reasons.get(number, ""),
                },
            )
            for number, code, title in indicators
        ]
    )


def _reasons(dossier: CTE, differs: ColumnElement[bool], tenant_id: int | None) -> dict[int, str]:
    """Return for each indicator the reason most findings that differ give: "Không có minh chứng (4)"."""
    statement = _frame(
        select(Answer.indicator_id, Finding.reason_code, func.count(distinct(Unit.id))), dossier, tenant_id
    )
    counted: dict[int, Counter[str]] = {}
    for number, code, units in db.session.execute(
        statement.where(differs, Finding.verdict != "agreed").group_by(
            Answer.indicator_id, Finding.reason_code
        )
    ):
        counted.setdefault(number, Counter())[REASONS.get(code, REASONS["other"])] += int(units)
    return {
        number: "{} ({})".format(*max(sorted(one.items()), key=lambda pair: pair[1]))
        for number, one in counted.items()
    }


def units_behind(year: int, figure: str, code: str, *, tenant_id: int | None) -> Select[tuple[object, ...]]:
    """Return the statement of the units behind a figure of an indicator, by name, ready for `paginate`.

    Each row has tenant_id, unit_id, code, name, kind, public, commune, dossier_id, own_1, own_2, found_1, found_2 (None
    while not judged), verdict, reason_code and reason.
    """
    dossier = worked_out(standing_dossiers(year, reported_until(year), tenant_id))
    which = _conditions(dossier)

    def seen(column: Any) -> Any:
        return case((which["judged"], column))

    return (  # type: ignore[no-any-return]
        _frame(
            select(
                *NAMED,
                Unit.sensitive,
                dossier.c.id.label("dossier_id"),
                Answer.met_1.label("own_1"),
                Answer.met_2.label("own_2"),
                seen(Finding.met_1).label("found_1"),
                seen(Finding.met_2).label("found_2"),
                seen(Finding.verdict).label("verdict"),
                seen(Finding.reason_code).label("reason_code"),
            ),
            dossier,
            tenant_id,
        )
        .join(CatalogueIndicator, CatalogueIndicator.id == Answer.indicator_id)
        .where(CatalogueIndicator.code == code, which[figure])
        .order_by(Unit.name_sort, Unit.tenant_id, Unit.id)
    )


def failed_at_level_1(year: int, *, tenant_id: int | None) -> Select[tuple[object, ...]]:
    """Return the statement of units recognised at level 2 of which a finding fails level 1 (R9), as above.

    Each row has what `units_behind` of the other tables has, and `codes`: the indicators that fail.
    """
    dossier = worked_out(standing_dossiers(year, reported_until(year), tenant_id))
    d = dossier.c
    return (  # type: ignore[no-any-return]
        _frame(
            select(
                *NAMED,
                d.id.label("dossier_id"),
                func.string_agg(CatalogueIndicator.code.distinct(), ", ").label("codes"),
            ),
            dossier,
            tenant_id,
        )
        .join(CatalogueIndicator, CatalogueIndicator.id == Answer.indicator_id)
        .where(d.state == State.DECIDED, d.decided_level == 2, ~func.coalesce(d.revoked, ~true()))
        .where(Finding.met_1.in_(("not_met", "no_evidence")))
        .group_by(Unit.tenant_id, Unit.id, d.id)
        .order_by(Unit.name_sort, Unit.tenant_id, Unit.id)
    )
