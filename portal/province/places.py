"""Pages of the places: the list of districts, opening one with its first administrator, the demo clock."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import current_app, render_template, request, url_for

from portal import clock
from portal.cycle.models import Cycle
from portal.cycle.queries import calendar_of, cycles
from portal.place_kinds import OF_PROVINCE, TEMPLATES
from portal.powers.queries import waiting
from portal.reform.queries import former_names, successors
from portal.trail.queries import of_acts
from portal.web import back_to
from portal.words import ZONE, fold
from tenants.access import found, may, signed_in
from tenants.people import Role
from tenants.places import TenantKind
from tenants.refusal import Refused
from tenants.rights import Right, refusal

from . import operations, queries
from .blueprint import blueprint
from .forms import ClockForm, PlaceForm
from .rules import Moment, moments


@blueprint.get("/tinh/cac-huyen")
@may(Right.SEE_PROVINCE)
def tenants() -> Any:
    """List the districts with their administrators."""
    actor = signed_in()
    asked = request.args.get("q", "").strip()[:100]
    places = [place for place in queries.places() if fold(asked) in fold(f"{place.name} {place.code}")]
    return render_template(
        "province/tenants.html",
        places=places,
        total=len(queries.places()) if asked else len(places),
        q=asked,
        administrators=queries.in_office(Role.DISTRICT_ADMIN),
        leaders=queries.in_office(Role.DISTRICT_LEADER),
        proposals=waiting() if not refusal(actor, Right.CONFIRM_DECIDER) else 0,
        opens=refusal(actor, Right.OPEN_TENANT) is None,
        own=queries.provincial_place(),
        trail=of_acts(actor.here.tenant_id, "place.", limit=10),
        former=former_names(),
        successors=successors(),
    )


@blueprint.get("/tinh/cac-huyen/mo")
@may(Right.OPEN_TENANT)
def new_tenant() -> Any:
    """Show the form of a new district."""
    begin = clock.today().replace(month=1, day=1)
    shown = queries.cycle_shown("")
    if shown is not None:
        begin = begin.replace(year=shown.year)
    begins: dict[str, object] = {"valid_from": begin}
    if request.args.get("loai") == TenantKind.PROVINCIAL_UNITS:
        province = queries.the_province()
        begins |= {
            "kind": TenantKind.PROVINCIAL_UNITS.value,
            "name": "Các đơn vị cấp tỉnh",
            "code": "DV-TINH",
            **{name: getattr(province, name) for name in ("office", "committee", "seat", "symbol")},
        }
    return _new_page(PlaceForm(formdata=None, data=begins))


@blueprint.post("/tinh/cac-huyen/mo")
@may(Right.OPEN_TENANT)
def open_tenant() -> Any:
    """Open a district and show its administrator's link, once."""
    form = PlaceForm()
    if not form.validate():
        return _new_page(form), 422
    values = {name: field.data for name, field in form._fields.items() if name != "csrf_token"}
    values["kind"] = TenantKind(values["kind"])
    try:
        opened = operations.open_place(signed_in(), operations.NewPlace(**values))
    except Refused as reason:
        return _new_page(form, reason.sentence), reason.status
    return _told_once(opened, fresh=True)


def _new_page(form: PlaceForm, fault: str = "") -> str:
    templates = [template for kind, template in TEMPLATES.items() if kind not in OF_PROVINCE]
    return render_template("province/new_tenant.html", form=form, fault=fault, templates=templates)


@blueprint.post("/tinh/cac-huyen/<int:tenant_id>/lien-ket/<int:account_id>")
@may(Right.OPEN_TENANT)
def new_link(tenant_id: int, account_id: int) -> Any:
    """Make a new link for a district's administrator and show it, once."""
    return _told_once(operations.hand_out_link(signed_in(), tenant_id, account_id), fresh=False)


def _told_once(opened: operations.Opened, *, fresh: bool) -> str:
    path = url_for("account.link", token=opened.token)
    base = current_app.extensions["settings"].public_url or request.host_url.rstrip("/")
    return render_template("province/link.html", opened=opened, link=base + path, fresh=fresh)


@blueprint.get("/tinh/dong-ho", endpoint="clock")
@may(Right.MOVE_CLOCK)
def clock_page() -> Any:
    """Show the demo clock; there is no such page in a real installation."""
    found(clock.is_demo() or None)
    return _clock_page(ClockForm(formdata=None, day=clock.today(), hour=clock.now().astimezone(ZONE).time()))


@blueprint.post("/tinh/dong-ho")
@may(Right.MOVE_CLOCK)
def move_clock() -> Any:
    """Move the demo clock to a moment of the year, or to a typed one."""
    found(clock.is_demo() or None)
    form = ClockForm()
    chosen = request.form.get("moment", "")
    if chosen:
        known = {moment.key: moment for moment in _moments(queries.cycle_shown(request.form.get("year", "")))}
        at = found(known.get(chosen)).at
    elif not form.validate():
        return _clock_page(form), 422
    else:
        assert form.day.data is not None
        assert form.hour.data is not None
        at = datetime.combine(form.day.data, form.hour.data, ZONE)
    try:
        operations.move_clock(signed_in(), at)
    except Refused as reason:
        return _clock_page(form, reason.sentence), reason.status
    return back_to("province.clock", "Đã chỉnh đồng hồ minh họa.")


def _clock_page(form: ClockForm, fault: str = "") -> str:
    shown = queries.cycle_shown(request.args.get("nam", ""))
    actor = signed_in()
    return render_template(
        "province/clock.html",
        form=form,
        fault=fault,
        shown=shown,
        years=[cycle.year for cycle in cycles()],
        moments=_moments(shown),
        now=clock.now(),
        trail=of_acts(actor.here.tenant_id, "clock.", limit=8),
    )


def _moments(cycle: Cycle | None) -> tuple[Moment, ...]:
    return moments(calendar_of(cycle)) if cycle is not None else ()
