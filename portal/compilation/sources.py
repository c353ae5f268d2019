"""What accepted district reports give the provincial one: frozen snapshots only, read in one statement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from portal.figures.annex import Line
from portal.figures.tables import Row, counts_from_json
from portal.outreach.rules import whole
from portal.reports.models import DistrictReport
from tenants.database import db

from .tables import Source


def sources_of(reports: Mapping[int, int], names: Mapping[int, str]) -> tuple[Source, ...]:
    """Return the source of each report, in the order of `names`; `reports` maps a district to its report."""
    if not reports:
        return ()
    kept = DistrictReport.snapshot
    statement = select(
        DistrictReport.tenant_id,
        DistrictReport.id,
        kept["counts"],
        kept["bieu_01"][-1],
        kept["bieu_04"],
        kept["bieu_05"][-1],
        kept["bieu_06"],
        kept["supplements"],
        kept["decisions"],
        kept["own_activities"],
    ).where(DistrictReport.tenant_id.in_(reports), DistrictReport.id.in_(reports.values()))
    found = {row[0]: _source(names.get(row[0], ""), *row) for row in db.session.execute(statement)}
    return tuple(found[tenant_id] for tenant_id in names if tenant_id in found)


def _source(
    name: str,
    tenant_id: int,
    report_id: int,
    counts: Any,
    last_row: Any,
    goals: Any,
    validity: Any,
    by_indicator: Any,
    supplements: Any,
    decisions: Any,
    own_activities: Any,
) -> Source:
    missed = [Line.from_json(one) for one in by_indicator or ()]
    return Source(
        tenant_id=tenant_id,
        name=name,
        report_id=report_id,
        counts=counts_from_json(tenant_id, counts),
        printed=Row.from_json(last_row),
        validity=Line.from_json(validity) if validity else None,
        goals=tuple(Line.from_json(one) for one in goals) if goals is not None else None,
        missed=tuple((one.key, one.label, int(one.values.get("missed") or 0)) for one in missed),
        supplements=int(supplements or 0),
        decisions=len(decisions or ()),
        own_activities=whole({kind: (one[0], one[1]) for kind, one in (own_activities or {}).items()}),
    )
