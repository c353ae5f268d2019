"""The unit's page on its recognition: until when it holds, when it may be raised, how it is renewed."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from portal import clock
from portal.dossiers.carrying import start_from_earlier
from portal.dossiers.queries import dossier_of, live_dossier
from portal.improvement.queries import requirements_of
from portal.units.own import own_unit
from portal.web import back_to
from tenants.access import found, may, signed_in
from tenants.identity import Place
from tenants.refusal import Refused
from tenants.rights import Right, refusal
from tenants.scope import ScopeKind, current_scope

from . import holdings, outlook, rules
from .blueprint import blueprint


def _place() -> Place:
    place = signed_in().here
    assert place.unit_id is not None
    return place


@blueprint.get("/ket-qua/hieu-luc", endpoint="outlook")
@may(Right.SEE_DOSSIER)
def show() -> Any:
    """What the unit holds, and with which dossier it raises or renews it."""
    place, today = _place(), clock.today()
    assert place.unit_id is not None
    row = holdings.held_by(place.tenant_id, place.unit_id, today)
    if row is None:
        taken = holdings.taken_from(place.tenant_id, place.unit_id)
        further, year = taken or (None, None)
        return render_template("recognition/outlook.html", held=None, taken=further, taken_year=year)
    held, term = holdings.as_held(row), rules.term_of(holdings.settings_of(row))
    dates = holdings.year_dates()
    years = holdings.opened_years(today)
    begun = {year: live_dossier(place.tenant_id, place.unit_id, year) for year in years}
    return render_template(
        "recognition/outlook.html",
        held=held,
        row=row,
        in_force=held.valid_to >= today,
        left=outlook.time_left(held.valid_to, today),
        holds=outlook.holds_sentence(held, term, today),
        raises=outlook.raise_sentences(held, term, dates, today),
        renews=outlook.renewal_sentences(held, dates, today),
        reason=holdings.last_reason(row),
        requirements=requirements_of(place.tenant_id, row.dossier_id),
        years=[(year, begun[year]) for year in years if year > held.year],
        may_start=not refusal(signed_in(), Right.FILL_DOSSIER),
    )


@blueprint.post("/ket-qua/hieu-luc")
@may(Right.FILL_DOSSIER)
def start_again() -> Any:
    """Begin a year's dossier from the one that led to what the unit holds."""
    place, typed = _place(), request.form.get("year", "")
    assert place.unit_id is not None
    if not (typed.isascii() and typed.isdigit() and len(typed) == 4):
        raise Refused("Xin chọn năm đánh giá.", 422)
    row = found(holdings.held_by(place.tenant_id, place.unit_id, clock.today()))
    earlier = found(dossier_of(place.tenant_id, row.dossier_id))
    dossier = start_from_earlier(signed_in(), own_unit(signed_in()), int(typed), earlier)
    return back_to(
        "dossiers.show",
        f"Hồ sơ năm {typed} đã có nhận định, giải trình và Tổ đánh giá của năm {earlier.year} để sửa lại; số liệu và "
        "kết quả từng chỉ tiêu phải nhập mới.",
        dossier_id=dossier.id,
    )


def recognition_held() -> dict[str, Any] | None:
    """Return, for the cards of a unit's pages, what it holds and for how long; None outside a unit."""
    scope = current_scope()
    if scope is None or scope.kind is not ScopeKind.UNIT:
        return None
    today = clock.today()
    row = holdings.held_by(scope.tenant_id, scope.unit_id, today)
    if row is None:
        return None
    return {
        "row": row,
        "in_force": row.valid_to >= today,
        "left": outlook.time_left(row.valid_to, today),
        "may_raise": row.level == 1 and row.may_raise_from is not None and row.may_raise_from <= today,
    }


blueprint.add_app_template_global(recognition_held)
