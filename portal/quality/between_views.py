"""The Department's page of districts side by side, and its table as a file."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request

from portal import words
from portal.cycle.queries import years
from portal.papers.sheets import Column, Kind, Sheet
from portal.papers.table_files import file_of, marks
from portal.province.queries import cycle_shown
from portal.web import listing
from tenants.access import found, may
from tenants.rights import Right

from .blueprint import blueprint
from .calibrating import Calibration, calibration
from .calibration import FEWEST, MEASURES, Measure, axis


def _kinds() -> list[tuple[str, str]]:
    return [(code, known.name) for code, known in words.DISTRICT_KINDS.items()]


@blueprint.get("/tinh/chat-luong/huyen")
@may(Right.SEE_PROVINCE)
def between() -> Any:
    """Every measure of every district, one of them as dots on a common scale."""
    cycle = cycle_shown(request.args.get("nam", ""))
    if cycle is None:
        return render_template("province/no_year.html")
    asked = listing(
        ("name",),
        filters={"nam": [str(cycle.year)], "loai": list(words.DISTRICT_KINDS), "do": list(Measure)},
    )
    table = calibration(cycle, asked.filters["loai"])
    measure = Measure(asked.filters["do"] or Measure.INDICATORS)
    values = [line.values[measure] for line in table.lines]
    return render_template(
        "quality/between.html",
        cycle=cycle,
        years=years(),
        listing=asked,
        kinds=_kinds(),
        table=table,
        measures=MEASURES,
        measure=measure,
        choices=[(one, known.title) for one, known in MEASURES.items()],
        dots=table.ordered(measure),
        spread=table.spreads[measure],
        end=axis(values, share=MEASURES[measure].unit == "%"),
        fewest=FEWEST,
    )


def _sheet(year: int, kind: str, table: Calibration) -> Sheet:
    columns = [Column(f"{known.title} ({known.unit})", Kind.INTEGER, 14) for known in MEASURES.values()]
    of = words.kind_name(kind) if kind else "mọi loại hình"
    return Sheet(
        title=f"CÁC HUYỆN CẠNH NHAU, NĂM ĐÁNH GIÁ {year} ({of})",
        columns=(
            Column("TT", Kind.CENTERED, 6),
            Column("Huyện", Kind.TEXT, 28),
            Column("Hồ sơ đã nộp", Kind.CENTERED, 12),
            *columns,
        ),
        rows=[
            (
                str(place),
                line.name,
                line.dossiers,
                *(v.text if v.number is None else v.number for v in line.values.values()),
            )
            for place, line in enumerate(table.lines, 1)
        ],
        totals=("", "Trung vị các huyện", "", *(one.middle for one in table.spreads.values())),
        **marks(),
    )


@blueprint.get("/tinh/chat-luong/huyen.<ext>")
@may(Right.SEE_PROVINCE)
def between_file(ext: str) -> Response:
    """The table as XLSX or CSV, exactly as on the page."""
    cycle = found(cycle_shown(request.args.get("nam", "")))
    kind = request.args.get("loai", "")
    kind = kind if kind in words.DISTRICT_KINDS else ""
    sheet = _sheet(cycle.year, kind, calibration(cycle, kind))
    return file_of(ext, sheet, f"cac-huyen-canh-nhau-{cycle.year}")
