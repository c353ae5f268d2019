"""The home page of each level, the notices, who may do what, and the guides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, send_file, url_for

from portal import clock, words
from portal.activities.standing import standing_of
from portal.activities.years import running_cycles
from portal.cycle.countdown import countdown
from portal.cycle.queries import calendar_of, own_days
from portal.cycle.rules import Calendar, days_left, is_late, time_left
from portal.dossiers.gathering import facts_of
from portal.dossiers.models import Dossier, State
from portal.dossiers.pages import side
from portal.dossiers.queries import BEFORE_FILING, live_dossier, open_sheet
from portal.dossiers.steps import STEP_OF, Act, faults
from portal.further.queries import result_of
from portal.notices.operations import mark_all_read, mark_read
from portal.notices.queries import as_news, inbox, latest, mail_wish, notice_of, told, unread_by_kind
from portal.notices.reminders import tasks_of_unit
from portal.notices.wording import KINDS, PACES
from portal.opening.queries import cycle_for, district_year
from portal.team.queries import desk_of
from portal.units.own import own_unit
from portal.web import back_to, listing, paginate
from tenants.access import found, may, place_here, signed_in
from tenants.identity import Place
from tenants.people import Role
from tenants.rights import Right, refusal
from tenants.scope import ScopeKind

from .guides import NAMES, guide, picture
from .queries import district_work, report_state, working_cycle
from .timeline import Next, next_task, year_line

blueprint = Blueprint("desk", __name__)

# What the calendar says too, but the tasks of the year say already.
TOLD_AS_TASKS = ("register", "register_closes", "plan", "raise")


def _address(endpoint: str, **values: Any) -> str:
    """Return the address of a room's page, "" where this deployment does not open that room."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""


@blueprint.get("/")
@may(Right.SEE_DESK)
def home() -> Any:
    """What to do next and until when, by the level one acts at."""
    place = place_here()
    homes: dict[ScopeKind, Callable[[Place], Any]] = {
        ScopeKind.UNIT: _unit_home,
        ScopeKind.DISTRICT: _district_home,
        ScopeKind.PROVINCE: _province_home,
    }
    return homes[place.scope(0).kind](place)


def _unit_home(place: Place) -> Any:
    assert place.unit_id is not None
    if not refusal(signed_in(), Right.CONTRIBUTE):
        return redirect(url_for("team.shared"))
    cycle = working_cycle()
    if cycle is None:
        return render_template("desk/unit.html", cycle=None, notices=latest(place, 5))
    cycle = cycle_for(cycle, place.tenant_id, place.unit_id)
    dossier = live_dossier(place.tenant_id, place.unit_id, cycle.year)
    sheet = open_sheet(dossier) if dossier else None
    now = clock.now()
    beside: dict[str, Any] = {}
    lacking = []
    if sheet is not None:
        facts = facts_of(sheet, now)
        beside = side(sheet, facts.unit_side)
        lacking = [f for f in faults(STEP_OF[Act.SIGN], facts) if f.stops]
    unit = own_unit(signed_in())
    standings = {
        one.year: standing_of(
            unit,
            one,
            dossier if one.year == cycle.year else live_dossier(place.tenant_id, place.unit_id, one.year),
        )
        for one in running_cycles()
        if one.year == cycle.year or not is_late(one.submit_before, now)
    }
    standing = standings[cycle.year]
    confirms = not refusal(signed_in(), Right.CONFIRM_REGISTRATION)
    todo = [
        each
        for one in standings.values()
        if not is_late(one.cycle.submit_before, now)
        for each in one.tasks(confirms=confirms)
    ]
    may_sign = not refusal(signed_in(), Right.SIGN_DOSSIER)
    task = next_task(sheet, year=cycle.year, lacking=len(lacking), may_sign=may_sign)
    values = {"dossier_id": dossier.id} if dossier and task.endpoint != "dossiers.index" else {}
    task_url = url_for(task.endpoint, **values)
    over = clock.today().year > cycle.year
    ahead = _deadlines_ahead(dossier)
    if sheet is None and todo and not over:
        task, task_url = Next(todo[0].sentence, todo[0].label), todo[0].url
    return render_template(
        "desk/unit.html",
        cycle=cycle,
        sheet=sheet,
        dossier=dossier,
        line=year_line(
            standing,
            sheet,
            beside.get("entered", 0),
            beside.get("applying", 0),
            over=over,
            result=result_of(dossier).unit_name if dossier and dossier.decided_level is not None else "",
        ),
        todo=todo,
        task=task,
        task_url=task_url,
        left=time_left(cycle.submit_before, now) if "submit" in ahead else "",
        countdown=countdown(calendar_of(cycle), now, own_days(), ahead),
        lacking=lacking,
        reminders=[d for d in tasks_of_unit(place.tenant_id, place.unit_id) if d.rule not in TOLD_AS_TASKS],
        notices=latest(place, 5),
        **desk_of(signed_in(), sheet),
        **beside,
    )


def _deadlines_ahead(dossier: Dossier | None) -> tuple[str, ...]:
    """Return the deadlines that still mean something to a unit: none once its dossier is decided."""
    if dossier is None or State(dossier.state) in BEFORE_FILING:
        return ("submit", "decide")
    return () if dossier.decided_level is not None else ("decide",)


def _district_home(place: Place) -> Any:
    cycle = working_cycle()
    if cycle is None:
        return render_template("desk/district.html", cycle=None, notices=latest(place, 8))
    cycle = cycle_for(cycle, place.tenant_id)
    own = district_year(place.tenant_id, cycle.year)
    now = clock.now()
    report = report_state(place.tenant_id, cycle.year)
    dates = Calendar(
        cycle.year,
        cycle.opens_on,
        cycle.submit_before,
        (own and own.decide_before) or cycle.decide_before,
        (own and own.report_before) or cycle.report_before,
    )
    deadlines = (
        ("Đơn vị nộp hồ sơ", dates.submit_before),
        ("Quyết định công nhận", dates.decide_before),
        ("Gửi báo cáo về Sở", dates.report_before),
    )
    return render_template(
        "desk/district.html",
        cycle=cycle,
        work=district_work(place.tenant_id, cycle.year, signed_in().account_id),
        report=words.REPORT_STATES[report] if report else None,
        issues=not refusal(signed_in(), Right.ISSUE_DECISION),
        to_send=report == "locked" and not refusal(signed_in(), Right.SEND_REPORT),
        countdown=countdown(dates, now, own_days()),
        deadlines=[
            (name, before, time_left(before, now), days_left(before, now)) for name, before in deadlines
        ],
        notices=latest(place, 8),
        address=_address,
    )


def _province_home(place: Place) -> Any:
    glance = place.role is Role.PROVINCE_VIEWER
    return redirect(url_for("province.brief" if glance else "province.overview"))


@blueprint.get("/thong-bao")
@may(Right.READ_NOTICES)
def notices() -> Any:
    """The inbox of the place acted in: all or the person's unread ones, of one kind if wished."""
    place = place_here()
    chosen = listing(("moi",), filters={"xem": ("chua-doc",), "kind": tuple(KINDS)})
    only = bool(chosen.filters["xem"])
    page = paginate(inbox(place, kind=chosen.filters["kind"], unread_only=only), chosen.number)
    waiting = unread_by_kind(place)
    return render_template(
        "desk/notices.html",
        page=replace(page, items=as_news(page.items)),
        listing=chosen,
        kinds=KINDS,
        kind_choices=[
            (k, f"{name} ({waiting[k]} mới)" if k in waiting else name) for k, (name, _) in KINDS.items()
        ],
        unread=sum(waiting.values()),
        total=told(place),
        mail_pace=PACES[mail_wish(signed_in()).pace][0],
    )


@blueprint.post("/thong-bao/<int:notice_id>")
@may(Right.READ_NOTICES)
def read(notice_id: int) -> Any:
    """Mark one notice as read and go where it leads."""
    place = place_here()
    path = found(notice_of(place, notice_id)).path
    mark_read(place.tenant_id, notice_id)
    if path.startswith("/") and not path.startswith("//") and request.form.get("open") == "yes":
        return redirect(path, 303)
    return back_to("desk.notices")


@blueprint.post("/thong-bao/da-doc")
@may(Right.READ_NOTICES)
def read_all() -> Any:
    """Mark everything in the inbox as read by the person."""
    count = mark_all_read(place_here())
    return back_to("desk.notices", f"Đã đánh dấu {count} thông báo là đã đọc." if count else "")


@blueprint.get("/ai-duoc-lam-gi")
@may(Right.SEE_DESK)
def rights() -> Any:
    """The table of rights as it is asked by every page."""
    return render_template("desk/rights.html", rights=list(Right), roles=list(Role), own=place_here().role)


@blueprint.get("/huong-dan/<name>", endpoint="guide")
@may(Right.SEE_DESK)
def guide_page(name: str) -> Any:
    """One guide of docs/huong-dan."""
    return render_template("desk/guide.html", guide=found(guide(name)), names=NAMES)


@blueprint.get("/huong-dan/anh/<file>")
@may(Right.SEE_DESK)
def guide_picture(file: str) -> Any:
    """A picture of the guides."""
    return send_file(found(picture(file)), conditional=True)
