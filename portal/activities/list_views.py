"""The unit's log of a year as a list: searched, filtered, ordered, added up, as a file."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request

from portal import clock, web, words
from portal.catalogue.kept import indicators_of
from portal.cycle.models import Cycle
from portal.dossiers.queries import live_dossier
from portal.papers.sheets import Column, Kind, Sheet
from portal.papers.table_files import file_of, marks
from portal.units.own import own_unit
from portal.web import Listing
from tenants.access import found, may, signed_in
from tenants.database import db
from tenants.rights import Right

from . import queries, rules, wording
from .blueprint import blueprint
from .tying import closed
from .years import chosen, running_cycles, year_links


def cycle_here() -> Cycle:
    """Return the year the address asks for, or the one at work; 404 where none is open."""
    cycle: Cycle = found(chosen(running_cycles()))
    return cycle


def _asked(cycle: Cycle) -> Listing:
    indicators = [str(row.id) for row in indicators_of(cycle.version_id)]
    filters = {"loai": rules.KINDS, "chi-tieu": indicators, "nam": [str(cycle.year)]}
    asked = web.listing(queries.SORTS, filters=filters)
    if "direction" not in request.args and asked.sort == "ngay":
        return Listing(asked.q, asked.sort, "desc", asked.filters, asked.number)
    return asked


@blueprint.get("/trong-nam/hoat-dong")
@may(Right.FILL_DOSSIER)
def log() -> Any:
    """The activities of a year, searched, filtered, ordered; what they come to."""
    cycle, unit = cycle_here(), own_unit(signed_in())
    asked = _asked(cycle)
    by_kind = queries.sums_of(unit.tenant_id, unit.id, cycle.year)
    codes = {row.id: row.code for row in indicators_of(cycle.version_id)}
    return render_template(
        "activities/log.html",
        cycle=cycle,
        years=year_links(running_cycles(), cycle),
        listing=asked,
        page=web.paginate(queries.log_of(unit.tenant_id, unit.id, cycle.year, asked), asked.number),
        by_kind=by_kind,
        whole=sum(by_kind.values(), rules.Sum()),
        kinds=wording.KINDS,
        kind_names=[(kind, known.name) for kind, known in wording.KINDS.items()],
        codes=codes,
        indicators=[(str(row.id), f"{row.code}. {row.title}") for row in queries.applying(unit, cycle)],
        duration=rules.duration,
        closed=closed(cycle, live_dossier(unit.tenant_id, unit.id, cycle.year)),
    )


@blueprint.get("/trong-nam/hoat-dong/xuat.<ext>")
@may(Right.FILL_DOSSIER)
def log_file(ext: str) -> Response:
    """Give the filtered log as a file."""
    cycle, unit = cycle_here(), own_unit(signed_in())
    codes = {row.id: row.code for row in indicators_of(cycle.version_id)}
    columns = (
        Column("Ngày", Kind.DATE, 12),
        Column("Loại", width=30),
        Column("Nội dung, chủ đề", width=50),
        Column("Tổ chức", width=30),
        Column("Số người", Kind.INTEGER, 10),
        Column("Số phút", Kind.INTEGER, 10),
        Column("Chỉ tiêu", width=16),
        Column("Số tệp", Kind.INTEGER, 8),
        Column("Mô tả, kết quả", width=50),
        Column("Địa chỉ trang web", width=40),
    )
    found_rows = list(db.session.scalars(queries.log_of(unit.tenant_id, unit.id, cycle.year, _asked(cycle))))
    rows = [
        (
            one.held_on,
            wording.KINDS[one.kind].name,
            one.topic,
            one.organiser,
            one.participants,
            one.minutes,
            ", ".join(codes[proof.indicator_id] for proof in one.proofs),
            len(one.files),
            one.description,
            " ".join(one.links),
        )
        for one in found_rows
    ]
    people, minutes = sum(one.participants for one in found_rows), sum(one.minutes for one in found_rows)
    totals = ("", "", f"Cộng {len(rows)} hoạt động", "", people, minutes, "", None, "", "")
    head = marks() | {"subtitle": f"{unit.name}, lúc {words.moment(clock.now())}"}
    sheet = Sheet(f"Hoạt động năm {cycle.year}", columns, rows, totals, **head)
    return file_of(ext, sheet, f"Hoat-dong-{cycle.year}")
