"""The unit's page of its registration: what it aims at, the head's word, every change."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from portal import clock
from portal.activities.years import chosen, running_cycles
from portal.catalogue.models import CriteriaVersion
from portal.cycle.models import Cycle
from portal.cycle.queries import calendar_of
from portal.recognition.rules import term_of
from portal.units.own import own_unit
from portal.web import back_to
from tenants.access import found, may, signed_in
from tenants.database import db
from tenants.refusal import Conflict, Refused
from tenants.rights import Right, refusal

from . import operations, queries, rules, wording
from .blueprint import blueprint
from .forms import RegistrationForm, typed_number


def _cycle() -> Cycle:
    cycle: Cycle = found(chosen(running_cycles()))
    return cycle


@blueprint.get("/trong-nam/dang-ky")
@may(Right.FILL_DOSSIER)
def own() -> Any:
    """What the unit registered for, the form to register or change it, and every change."""
    return _page(_cycle(), None)


def _page(cycle: Cycle, typed: RegistrationForm | None, fault: str = "", status: int = 200) -> Any:
    unit = own_unit(signed_in())
    row = queries.registration_of(unit.tenant_id, unit.id, cycle.year)
    form = typed or RegistrationForm(formdata=None, data={"target": _shown(row)})
    form.version.data = str(row.version if row else 0)
    form.unit_version.data = str(unit.version)
    held = queries.held_by(unit.tenant_id, unit.id)
    version = db.session.get_one(CriteriaVersion, cycle.version_id)
    said = {
        target.value: rules.warnings(target, calendar_of(cycle), held, term_of(version.settings))
        for target in rules.Target
    }
    term = queries.term_of_year(unit.tenant_id, cycle.year)
    page = render_template(
        "registration/own.html",
        cycle=cycle,
        cycles=running_cycles(),
        unit=unit,
        row=row,
        form=form,
        fault=fault,
        held=held,
        said=said,
        closed=operations.may_change(unit.tenant_id, cycle),
        closes_before=(term.closes_before if term else None) or cycle.submit_before,
        confirms=refusal(signed_in(), Right.CONFIRM_REGISTRATION) is None,
        history=queries.history_of(unit.tenant_id, unit.id, cycle.year),
        targets=wording.TARGETS,
        hints=wording.HINTS,
        changes=wording.CHANGES,
        target_name=wording.target_name,
        today=clock.today(),
    )
    return page, status


def _shown(row: Any) -> str | None:
    return (row.proposed or row.target) if row else None


@blueprint.post("/trong-nam/dang-ky")
@may(Right.FILL_DOSSIER)
def propose() -> Any:
    """Register: the clerk's word waits for the head, the head's own counts at once."""
    cycle, actor, form = _cycle(), signed_in(), RegistrationForm()
    if not form.validate():
        return _page(cycle, form, status=422)
    try:
        row = operations.propose(
            actor,
            own_unit(actor),
            cycle.year,
            form.target.data,
            version=typed_number(form.version.data),
            unit_version=typed_number(form.unit_version.data),
        )
    except Refused as refused:
        if refused.status == 403:
            raise
        db.session.rollback()
        form.unit_right.data = form.unit_right.data and not isinstance(refused, Conflict)
        return _page(cycle, form, refused.sentence, refused.status)
    if row.proposed:
        return _back(cycle, "Đã gửi đề xuất. Đăng ký có hiệu lực khi thủ trưởng xác nhận.")
    return _back(cycle, f"Đã đăng ký năm {cycle.year}: {wording.target_name(row.target).lower()}.")


def _back(cycle: Cycle, sentence: str) -> Any:
    return back_to("registration.own", sentence, nam=cycle.year)


@blueprint.post("/trong-nam/dang-ky/xac-nhan")
@may(Right.CONFIRM_REGISTRATION)
def confirm() -> Any:
    """The head confirms what the clerk proposed."""
    cycle, actor = _cycle(), signed_in()
    row = operations.confirm(actor, own_unit(actor), cycle.year, typed_number(request.form.get("version")))
    return _back(cycle, f"Đã xác nhận đăng ký năm {cycle.year}: {wording.target_name(row.target).lower()}.")


@blueprint.post("/trong-nam/dang-ky/bo-de-xuat")
@may(Right.FILL_DOSSIER)
def drop() -> Any:
    """Take a proposal back."""
    cycle, actor = _cycle(), signed_in()
    operations.drop(actor, own_unit(actor), cycle.year, typed_number(request.form.get("version")))
    return _back(cycle, "Đã bỏ đề xuất.")


@blueprint.post("/trong-nam/dang-ky/huy")
@may(Right.CONFIRM_REGISTRATION)
def cancel() -> Any:
    """Cancel the registration."""
    cycle, actor = _cycle(), signed_in()
    operations.cancel(actor, own_unit(actor), cycle.year, typed_number(request.form.get("version")))
    return _back(cycle, f"Đã hủy đăng ký năm {cycle.year}.")
