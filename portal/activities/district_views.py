"""The district's table of its units' activities (Biểu 08): totals by kind, the rows behind them, export."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request

from portal import web, words
from portal.appraisal.blueprint import chosen_cycle
from portal.cycle.queries import years
from portal.jobs.later import later
from portal.outreach import queries as own_activities
from portal.outreach import rules as own_rules
from portal.outreach.wording import KINDS as OWN_KINDS
from portal.papers.sheets import Column, Kind, Sheet
from portal.papers.table_files import file_of, marks, streamed
from portal.web import Listing
from tenants.access import may, tenant_here
from tenants.rights import Right

from . import queries, rules, wording
from .blueprint import blueprint


def _asked() -> Listing:
    filters = {"loai": rules.KINDS, "kind": list(words.UNIT_KINDS), "nam": [str(year) for year in years()]}
    asked = web.listing(queries.DISTRICT_SORTS, filters=filters)
    if "direction" not in request.args and asked.sort == "ngay":
        return Listing(asked.q, asked.sort, "desc", asked.filters, asked.number)
    return asked


def hidden(row: Any) -> bool:
    """Return whether the people of an activity are not told singly: its unit tells no number of people."""
    return bool(row.sensitive or words.UNIT_KINDS[row.unit_kind].sensitive)


@blueprint.get("/huyen/hoat-dong")
@may(Right.SEE_DISTRICT)
def district() -> Any:
    """The activities of the district's units, and what they come to by kind."""
    cycle, asked = chosen_cycle(), _asked()
    own_sums = own_activities.sums_of(tenant_here(), cycle.year)
    return render_template(
        "activities/district.html",
        cycle=cycle,
        listing=asked,
        page=web.paginate(queries.district_log(tenant_here(), cycle.year, asked), asked.number),
        sums=queries.district_sums(tenant_here(), cycle.year, asked),
        own_sums=own_sums,
        own_whole=own_rules.whole(own_sums),
        own_names=OWN_KINDS,
        names=wording.KINDS,
        kind_options=[(kind, known.name) for kind, known in wording.KINDS.items()],
        unit_kinds=[(kind.code, kind.short) for kind in web.kinds_here().values()],
        years=[(str(year), str(year)) for year in years()],
        duration=rules.duration,
        hidden=hidden,
        narrowed=bool(asked.q or asked.filters["loai"] or asked.filters["kind"]),
    )


@blueprint.get("/huyen/hoat-dong/xuat.<ext>")
@may(Right.SEE_DISTRICT)
@later("Hoạt động của các đơn vị")
def district_file(ext: str) -> Response:
    """Give the filtered list with its totals as a file."""
    cycle, asked = chosen_cycle(), _asked()
    columns = (
        Column("Mã đơn vị", width=12),
        Column("Đơn vị", width=42),
        Column("Loại hình", width=26),
        Column("Ngày", Kind.DATE, 12),
        Column("Loại hoạt động", width=30),
        Column("Nội dung, chủ đề", width=50),
        Column("Tổ chức", width=30),
        Column("Lượt người", Kind.INTEGER, 10),
        Column("Số phút", Kind.INTEGER, 10),
        Column("Số tệp", Kind.INTEGER, 8),
    )
    rows = streamed(
        queries.district_log(tenant_here(), cycle.year, asked),
        lambda row: (
            row.code,
            row.name,
            words.UNIT_KINDS[row.unit_kind].short,
            row.Activity.held_on,
            wording.KINDS[row.Activity.kind].name,
            row.Activity.topic,
            row.Activity.organiser,
            None if hidden(row) else row.Activity.participants,
            row.Activity.minutes,
            row.files,
        ),
    )
    sums = queries.district_sums(tenant_here(), cycle.year, asked).total
    totals = ("", f"Cộng {words.number(sums.number)} hoạt động", "", None, "", "", "")
    totals += (sums.participants, sums.minutes, None)
    sheet = Sheet(f"Hoạt động của các đơn vị năm {cycle.year}", columns, rows, totals, **marks())
    return file_of(ext, sheet, f"Hoat-dong-{cycle.year}")


@blueprint.get("/huyen/hoat-dong/bieu-08.<ext>")
@may(Right.SEE_DISTRICT)
def form_08(ext: str) -> Response:
    """Give Biểu 08 of the year, all units, as a file."""
    cycle = chosen_cycle()
    sums = queries.district_sums(tenant_here(), cycle.year)
    columns = (
        Column("TT", Kind.CENTERED, 6),
        Column("Loại hoạt động", width=40),
        Column("Số đơn vị", Kind.INTEGER, 12),
        Column("Số hoạt động", Kind.INTEGER, 14),
        Column("Lượt người tham gia", Kind.INTEGER, 18),
        Column("Tổng số phút", Kind.INTEGER, 14),
    )
    rows = [
        (
            str(place),
            wording.KINDS[kind].name,
            sums.units.get(kind, 0),
            one.number,
            one.participants,
            one.minutes,
        )
        for place, kind in enumerate(rules.KINDS, 1)
        for one in (sums.by_kind.get(kind, rules.Sum()),)
    ]
    whole = sums.total
    totals = ("", "Cộng", sums.of_units, whole.number, whole.participants, whole.minutes)
    note = "Một đơn vị có nhiều loại hoạt động được tính một lần ở dòng cộng."
    title = f"Biểu 08. Hoạt động tuyên truyền, tập huấn, học tập năm {cycle.year}"
    return file_of(ext, Sheet(title, columns, rows, totals, note, **marks()), f"Bieu-08-{cycle.year}")
