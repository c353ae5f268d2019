"""One activity of the log: written down, changed, taken out, and its files."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from sqlalchemy import select

from portal import clock
from portal.catalogue.kept import indicators_of
from portal.cycle.models import Cycle
from portal.cycle.queries import cycle_of
from portal.dossiers.queries import live_dossier
from portal.evidence.checks import ACCEPT, ALLOWED, MAX_BYTES
from portal.evidence.indicator_views import say
from portal.evidence.models import Evidence
from portal.evidence.sending import Sent, let_files_in
from portal.units.models import Unit
from portal.units.own import own_unit
from portal.web import back_to
from tenants.access import found, may, signed_in
from tenants.database import db
from tenants.refusal import Conflict, Refused
from tenants.rights import Right

from . import operations, queries, rules, wording
from .blueprint import blueprint
from .forms import ActivityForm
from .list_views import cycle_here
from .models import Activity
from .tying import closed

KNOWN_OFFERED = 100
let_files_in(blueprint, "activities.upload")


@blueprint.get("/trong-nam/hoat-dong/them")
@may(Right.FILL_DOSSIER)
def add() -> Any:
    """An empty activity of the year."""
    cycle = cycle_here()
    today = clock.today()
    return _edit(ActivityForm.showing(None, today if today.year == cycle.year else None), cycle, None)


@blueprint.post("/trong-nam/hoat-dong/them")
@may(Right.FILL_DOSSIER)
def create() -> Any:
    """Write an activity down."""
    cycle, form = cycle_here(), ActivityForm()
    try:
        if not form.offer([]).validate():
            raise Refused("", 422)
        one = operations.log(signed_in(), own_unit(signed_in()), cycle.year, form.details())
    except Refused as refused:
        return _again(form, cycle, None, refused)
    said = "Đã ghi hoạt động. Có thể thêm ảnh, danh sách, biên bản ở dưới."
    return back_to("activities.show", said, activity_id=one.id)


def _here(activity_id: int) -> tuple[Unit, Activity]:
    unit = own_unit(signed_in())
    one: Activity = found(queries.activity_of(unit.tenant_id, unit.id, activity_id))
    return unit, one


@blueprint.get("/trong-nam/hoat-dong/<int:activity_id>")
@may(Right.FILL_DOSSIER)
def show(activity_id: int) -> Any:
    """One activity to look at, change and give files."""
    _unit, one = _here(activity_id)
    cycle: Cycle = found(cycle_of(one.year))
    return _edit(ActivityForm.showing(one), cycle, one)


@blueprint.post("/trong-nam/hoat-dong/<int:activity_id>")
@may(Right.FILL_DOSSIER)
def change(activity_id: int) -> Any:
    """Save an activity."""
    unit, one = _here(activity_id)
    cycle: Cycle = found(cycle_of(one.year))
    form = ActivityForm()
    text = form.version.data or ""
    version = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    try:
        if not form.offer([]).validate():
            raise Refused("", 422)
        operations.change(signed_in(), unit, activity_id, version, form.details())
    except Refused as refused:
        return _again(form, cycle, activity_id, refused)
    return back_to("activities.show", "Đã lưu hoạt động.", activity_id=activity_id)


def _again(form: ActivityForm, cycle: Cycle, activity_id: int | None, refused: Refused) -> Any:
    """Show the form again with everything typed and what stands in the way."""
    if refused.status in (403, 404):
        raise refused
    db.session.rollback()
    one = _here(activity_id)[1] if activity_id else None
    if refused.sentence:
        form.form_errors.append(refused.sentence)
    theirs = operations.details_of(one) if isinstance(refused, Conflict) and one else None
    if one is not None and theirs is not None:
        form.version.data = str(one.version)
    return _edit(form, cycle, one, theirs), refused.status


def _edit(form: ActivityForm, cycle: Cycle, one: Activity | None, theirs: Any = None) -> Any:
    unit = own_unit(signed_in())
    dossier = live_dossier(unit.tenant_id, unit.id, cycle.year)
    indicators = queries.applying(unit, cycle)
    return render_template(
        "activities/edit.html",
        form=form.offer(indicators),
        cycle=cycle,
        one=one,
        theirs=theirs,
        dossier=dossier,
        closed=closed(cycle, dossier),
        kinds=wording.KINDS,
        codes={row.id: row.code for row in indicators_of(cycle.version_id)},
        duration=rules.duration,
        known=_known(one) if one else [],
        upload={"accept": ACCEPT, "allowed": ALLOWED, "max_bytes": MAX_BYTES},
    )


def _known(one: Activity) -> list[Evidence]:
    """Return the files of the library that may still be given to an activity, the latest first."""
    given = [file.evidence_id for file in one.files]
    return list(
        db.session.scalars(
            select(Evidence)
            .where(
                Evidence.tenant_id == one.tenant_id,
                Evidence.unit_id == one.unit_id,
                Evidence.removed_at.is_(None),
                Evidence.id.not_in(given),
            )
            .order_by(Evidence.id.desc())
            .limit(KNOWN_OFFERED)
        )
    )


@blueprint.post("/trong-nam/hoat-dong/<int:activity_id>/xoa")
@may(Right.FILL_DOSSIER)
def remove(activity_id: int) -> Any:
    """Take an activity out of the log."""
    unit, one = _here(activity_id)
    topic, year = one.topic, one.year
    operations.remove(signed_in(), unit, activity_id)
    return back_to("activities.log", f"Đã xóa hoạt động “{topic}”.", nam=year)


@blueprint.post("/trong-nam/hoat-dong/<int:activity_id>/tep")
@may(Right.FILL_DOSSIER)
def upload(activity_id: int) -> Any:
    """Take files in for an activity; good ones are kept, bad ones named."""
    unit, _one = _here(activity_id)
    sent = Sent(signed_in(), unit.tenant_id)
    taken = operations.add_files(signed_in(), unit, activity_id, sent)
    sent.settle(taken)
    say(taken, " vào hoạt động này")
    return back_to("activities.show", activity_id=activity_id, _anchor="tep")


@blueprint.post("/trong-nam/hoat-dong/<int:activity_id>/tep-co-san")
@may(Right.FILL_DOSSIER)
def tie(activity_id: int) -> Any:
    """Give a file of the library to an activity."""
    unit, _one = _here(activity_id)
    text = request.form.get("evidence_id", "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    file = operations.add_known(signed_in(), unit, activity_id, number)
    return back_to("activities.show", f"Đã thêm “{file.title}”.", activity_id=activity_id, _anchor="tep")


@blueprint.post("/trong-nam/hoat-dong/<int:activity_id>/tep/<int:evidence_id>/bo")
@may(Right.FILL_DOSSIER)
def untie(activity_id: int, evidence_id: int) -> Any:
    """Take a file from an activity; it stays in the library."""
    unit, _one = _here(activity_id)
    operations.remove_file(signed_in(), unit, activity_id, evidence_id)
    return back_to(
        "activities.show",
        "Đã bỏ tệp khỏi hoạt động; tệp vẫn còn trong kho.",
        activity_id=activity_id,
        _anchor="tep",
    )
