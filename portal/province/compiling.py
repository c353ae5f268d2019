"""Compiling the provincial table: accepted reports become rows, the compilation is kept as it was.

The rows are the districts whose report the Department has accepted, from their snapshots; the others are
named as missing. What a district changes afterwards changes nothing here.
"""

from __future__ import annotations

from sqlalchemy import func, select

from portal import clock
from portal.cycle.models import Cycle
from portal.cycle.queries import cycle_of
from portal.figures.tables import bieu_01_t
from portal.reports.models import ProvincialReport
from portal.trail.operations import record
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Refused
from tenants.rights import Right, refusal

from .queries import ReceiptLine, compilations, places_in
from .rules import Standing
from .sources import official_counts
from .summary import standings


def compile_report(actor: Identity, year: int) -> ProvincialReport:
    """Compile the provincial table of a year from the reports accepted so far, and keep it.

    Raises `Refused` while no report is accepted, and where the latest compilation holds the same reports.
    """
    sentence = refusal(actor, Right.COMPILE_REPORT)
    if sentence:
        raise Refused(sentence, 403)
    cycle = cycle_of(year)
    if cycle is None:
        raise Refused(f"Năm đánh giá {year} chưa mở.", 404)
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"provincial_report:{year}"))))
    places = places_in(year)
    where = standings(cycle, places)
    accepted = _accepted(where)
    if not accepted:
        raise Refused("Chưa có báo cáo huyện nào được nhận nên chưa có gì để tổng hợp.")
    latest = next(iter(compilations(year)), None)
    if latest is not None and latest.snapshot["reports"] == _pairs(accepted):
        raise Refused(
            "Bảng tổng hợp gần nhất đã gồm đúng các báo cáo này; chưa có báo cáo nào mới được nhận."
        )
    assert actor.place is not None
    rows = bieu_01_t(
        official_counts(year, accepted),
        [(place.id, place.name) for place in places if place.id in accepted],
        _year_before(year),
    )
    report = ProvincialReport(
        year=year,
        accepted=len(accepted),
        districts=len(places),
        snapshot={
            "format": 1,
            "province": actor.place.tenant_name,
            "reports": _pairs(accepted),
            "rows": [row.as_json() for row in rows],
            "receipts": [_receipt(place.name, where[place.id]).as_json() for place in places],
        },
        compiled_at=clock.now(),
        compiled_by=actor.full_name,
    )
    db.session.add(report)
    db.session.flush()
    record(
        actor,
        "province.compile",
        f"đã lập bảng tổng hợp năm {year} từ {report.accepted}/{report.districts} báo cáo huyện.",
        tenant_id=actor.place.tenant_id,
        detail={"report": report.id},
    )
    return report


def _accepted(where: dict[int, Standing]) -> dict[int, int]:
    return {key: s.accepted.report_id for key, s in where.items() if s.accepted is not None}


def _pairs(accepted: dict[int, int]) -> list[list[int]]:
    return [[tenant_id, report_id] for tenant_id, report_id in sorted(accepted.items())]


def _year_before(year: int):  # type: ignore[no-untyped-def]
    before: Cycle | None = cycle_of(year - 1)
    if before is None:
        return None
    return official_counts(before.year, _accepted(standings(before, places_in(before.year))))


def _receipt(name: str, where: Standing) -> ReceiptLine:
    latest = where.latest
    return ReceiptLine(
        district=name,
        sent_at=latest.sent_at if latest else None,
        late=latest.late if latest else where.overdue,
        sendings=where.sendings,
        state=where.word,
        answered_at=latest.answered_at if latest else None,
        answered_by=latest.answered_by if latest else "",
    )
