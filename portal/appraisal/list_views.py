"""The lists of a district's year: the queue of dossiers and the units that have not filed, with exports."""

from __future__ import annotations

from functools import cache
from typing import Any

from flask import Response, render_template, request, url_for
from sqlalchemy import Select, bindparam, exists, select

from portal import clock, web, words
from portal.catalogue.models import CatalogueIndicator, Threshold
from portal.cycle.models import Cycle
from portal.cycle.queries import years
from portal.cycle.rules import time_left
from portal.dossiers.models import State
from portal.jobs.later import later
from portal.opening.queries import cycle_for
from portal.papers.sheets import Column, Kind, Sheet
from portal.papers.table_files import file_of, marks, streamed
from portal.registration.wording import target_name
from portal.web import Listing, back_to
from tenants.access import may, signed_in, tenant_here
from tenants.database import db
from tenants.rights import Right, refusal

from . import panels, progress, queries
from .blueprint import blueprint, chosen_cycle
from .reminders import remind as remind_units


def _asked(sorts: Any, filters: Any, opened: list[int] | None = None) -> Listing:
    chosen = [str(year) for year in (years() if opened is None else opened)]
    return web.listing(sorts, filters={**filters, "nam": chosen})


def _with_people(given: list[tuple[int, str]]) -> dict[str, Any]:
    """Return the filters of the queue; by appraiser only whom somebody gave a dossier of the year."""
    return {**queries.FILTERS, "nguoi": [queries.MINE, queries.NOBODY, *(str(number) for number, _ in given)]}


def illustrative(cycle: Cycle) -> bool:
    """Return whether a year is judged by numbers that are confirmed for demonstration only."""
    return bool(db.session.scalar(_illustrative(), {"version": cycle.version_id}))


@cache
def _illustrative() -> Select[tuple[bool]]:
    return select(
        exists().where(
            CatalogueIndicator.version_id == bindparam("version"),
            Threshold.indicator_id == CatalogueIndicator.id,
            Threshold.illustrative,
        )
    )


@blueprint.get("/huyen/ho-so")
@may(Right.SEE_DISTRICT)
def queue() -> str:
    """Show the dossiers of a year that are the office's work."""
    cycle, actor = chosen_cycle(), signed_in()
    given, opened = queries.appraisers(tenant_here(), cycle.year), years()
    asked = _asked(queries.SORTS, _with_people(given), opened)
    counted = queries.counts(tenant_here(), cycle.year)
    state, kind = asked.filters["state"], asked.filters["kind"]
    shown = (State.DRAFT, *queries.QUEUE_STATES)
    by_state = {s: sum(n for (st, k), n in counted.items() if st == s and kind in ("", k)) for s in shown}
    tabs = [("Tất cả", asked.url(state=""), sum(by_state.values()), not state)]
    for one in shown:
        name = "Đang nhập hộ" if one is State.DRAFT else words.DOSSIER_STATES[one].name
        if by_state[one] or one == state or one in (State.SUBMITTED, State.ACCEPTED, State.APPRAISED):
            tabs.append((name, asked.url(state=one.value), by_state[one], one == state))
    wanted = queries.states_of(state)
    if state in queries.REACHED:
        tabs.append((queries.REACHED_WORDS[state], asked.url(), sum(by_state[s] for s in wanted), True))
    kinds = [
        (code, f"{known.short} ({number})")
        for code, known in web.kinds_here().items()
        if (number := sum(n for (st, k), n in counted.items() if k == code and (not state or st in wanted)))
        or code == kind
    ]
    page = queries.queue_page(tenant_here(), cycle.year, asked, actor)
    judges, assigns = (not refusal(actor, right) for right in (Right.APPRAISE, Right.ASSIGN_APPRAISER))
    people = [(queries.MINE, "Việc của tôi")] if judges else []
    people += [(queries.NOBODY, "Chưa giao ai"), *((str(number), name) for number, name in given)]
    return render_template(
        "appraisal/queue.html",
        cycle=cycle,
        listing=asked,
        page=page,
        panels=panels.panels_of(tenant_here(), [row.id for row in page.items]),
        people=people,
        judges=judges,
        assigns=assigns,
        proposes=not refusal(actor, Right.PROPOSE),
        tabs=tabs,
        kinds=kinds,
        years=[(str(year), str(year)) for year in opened],
        left=time_left(cycle.decide_before, clock.now()),
        illustrative=illustrative(cycle),
        may_enter=not refusal(actor, Right.ENTER_FOR_UNIT),
    )


@blueprint.get("/huyen/ho-so/xuat.<ext>")
@may(Right.SEE_DISTRICT)
@later("Danh sách hồ sơ")
def queue_file(ext: str) -> Response:
    """Give the filtered queue as a file."""
    cycle = chosen_cycle()
    asked = _asked(queries.SORTS, _with_people(queries.appraisers(tenant_here(), cycle.year)))
    found = queries.queue(tenant_here(), cycle.year, asked, signed_in())
    given = panels.panels_of(tenant_here(), [row.id for row in found])
    columns = (
        Column("Mã đơn vị", width=12),
        Column("Đơn vị", width=42),
        Column("Loại hình", width=30),
        Column("Số tiếp nhận", width=18),
        Column("Nộp lúc", width=18),
        Column("Mức độ đề nghị", Kind.INTEGER, 10),
        Column("Tự đánh giá", width=14),
        Column("Trạng thái", width=26),
        Column("Nộp muộn", width=10),
        Column("Hình thức nộp", width=22),
        Column("Người thẩm định", width=36),
    )
    rows = [
        (
            row.code,
            row.name,
            words.kind_name(row.kind),
            row.receipt_number,
            words.moment(row.submitted_at) if row.submitted_at else "",
            row.requested_level,
            "Tạm tính" if row.self_level is None else words.level_name(row.self_level),
            words.DOSSIER_STATES[row.state].name,
            "Nộp muộn" if row.late else "",
            words.CHANNELS.get(row.channel, row.channel),
            given[row.id].names if row.id in given else "",
        )
        for row in found
    ]
    return file_of(ext, Sheet(f"Hồ sơ năm {cycle.year}", columns, rows, **marks()), f"Ho-so-{cycle.year}")


@blueprint.get("/huyen/con-thieu")
@may(Right.SEE_DISTRICT)
def missing() -> str:
    """Show how far the units have come, and who has not filed."""
    cycle, asked = chosen_cycle(), _asked(progress.SORTS, progress.FILTERS)
    kinds, total = progress.funnel(tenant_here(), cycle.year)
    cycle = cycle_for(cycle, tenant_here())
    today = clock.start_of(clock.today())
    return render_template(
        "appraisal/missing.html",
        cycle=cycle,
        listing=asked,
        page=web.paginate(progress.missing_units(tenant_here(), cycle.year, asked), asked.number),
        kinds=kinds,
        kind_options=[(k.kind, words.UNIT_KINDS[k.kind].short) for k in kinds],
        total=total,
        stages=[(s.value, progress.STAGE_WORDS[s].name) for s in progress.MISSING],
        stage_words=progress.STAGE_WORDS,
        target_name=target_name,
        years=[(str(year), str(year)) for year in years()],
        left=time_left(cycle.submit_before, clock.now()),
        today=today,
        remind_url=url_for("appraisal.remind") + asked.url(),
        may_remind=not refusal(signed_in(), Right.RECEIVE_DOSSIER),
    )


@blueprint.post("/huyen/con-thieu/nhac")
@may(Right.RECEIVE_DOSSIER)
def remind() -> Any:
    """Remind every unit of the filter once today."""
    cycle, asked = chosen_cycle(), _asked(progress.SORTS, progress.FILTERS)
    told = remind_units(signed_in(), cycle.year, asked)
    said = f"Đã gửi nhắc đến {words.number(told.sent)} đơn vị."
    if told.already:
        said += f" {words.number(told.already)} đơn vị đã được nhắc trong hôm nay nên không gửi lại."
    kept = {
        name: value
        for name, value in request.args.items()
        if name in ("q", "kind", "stage", "dang-ky", "nam", "sort")
    }
    return back_to("appraisal.missing", said, "ok" if told.sent else "info", **kept)


@blueprint.get("/huyen/con-thieu/xuat.<ext>")
@may(Right.SEE_DISTRICT)
@later("Đơn vị chưa nộp hồ sơ")
def missing_file(ext: str) -> Response:
    """Give the filtered list of units that have not filed as a file."""
    cycle, asked = chosen_cycle(), _asked(progress.SORTS, progress.FILTERS)
    columns = (
        Column("Đơn vị", width=42),
        Column("Loại hình", width=30),
        Column("Xã, thị trấn", width=18),
        Column("Đăng ký", width=14),
        Column("Tình trạng", width=20),
        Column("Thủ trưởng", width=24),
        Column("Điện thoại", width=16),
        Column("Thư điện tử", width=26),
        Column("Nhắc gần nhất", width=18),
    )
    rows = streamed(
        progress.missing_units(tenant_here(), cycle.year, asked),
        lambda row: (
            row.name,
            words.kind_name(row.kind),
            row.commune,
            target_name(row.target),
            progress.STAGE_WORDS[row.stage].name,
            row.head_name,
            row.phone,
            row.email,
            words.moment(row.reminded_at) if row.reminded_at else "",
        ),
    )
    sheet = Sheet(f"Đơn vị chưa nộp hồ sơ năm {cycle.year}", columns, rows, **marks())
    return file_of(ext, sheet, f"Con-thieu-{cycle.year}")
