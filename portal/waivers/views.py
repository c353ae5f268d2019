"""Pages of requests that an indicator does not apply: asked from the form, ruled on from the district's list."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for

from portal.dossiers.blueprint import dossier_here, sheet_here
from portal.dossiers.cards import Entry
from portal.dossiers.pages import Refusal, form_page
from portal.dossiers.queries import dossier_of, open_sheet
from portal.dossiers.wording import answer_words, asked, outcome_words
from portal.typed import lines
from portal.web import back_to, listing, office_here, paginate
from tenants.access import found, may, signed_in, tenant_here
from tenants.database import db
from tenants.refusal import Refused
from tenants.rights import Right, refusal

from . import operations, queries
from .models import Waiver
from .wording import STATES

blueprint = Blueprint("waivers", __name__)


@blueprint.post("/ho-so/<int:dossier_id>/chi-tieu/<int:indicator_id>/khong-ap-dung")
@may(Right.FILL_DOSSIER)
def ask(dossier_id: int, indicator_id: int) -> Any:
    """Ask the district to rule an indicator not applicable."""
    dossier = dossier_here(dossier_id)
    reason = lines(request.form.get("reason", ""))
    try:
        operations.ask(signed_in(), dossier, indicator_id, reason)
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        db.session.rollback()
        entry = Entry(asking={indicator_id: (reason[:20_000], refused.sentence)})
        return form_page(sheet_here(dossier_id), Refusal(entry=entry), refused.status)
    return _to_card(
        dossier_id, indicator_id, office_here("Đã gửi đề nghị; Phòng GDĐT sẽ trả lời ở chỉ tiêu này.")
    )


@blueprint.post("/ho-so/<int:dossier_id>/khong-ap-dung/<int:waiver_id>/rut")
@may(Right.FILL_DOSSIER)
def withdraw(dossier_id: int, waiver_id: int) -> Any:
    """Take a request back."""
    waiver = operations.withdraw(signed_in(), dossier_here(dossier_id), waiver_id)
    return _to_card(dossier_id, waiver.indicator_id, "Đã rút đề nghị không áp dụng.")


def _to_card(dossier_id: int, indicator_id: int, sentence: str) -> Any:
    sheet = sheet_here(dossier_id)
    code = next(i.code for i in sheet.indicators if i.id == indicator_id)
    return back_to("dossiers.show", sentence, dossier_id=dossier_id, _anchor=f"chi-tieu-{code}")


@blueprint.get("/huyen/khong-ap-dung")
@may(Right.SEE_DISTRICT)
def index() -> str:
    """The requests of the district: those that wait, and those answered."""
    tenant_id = tenant_here()
    asked_for = listing(("asked",), filters={"muc": list(queries.TABS)})
    tab = asked_for.filters["muc"]
    return render_template(
        "waivers/index.html",
        listing=asked_for,
        page=paginate(queries.listed(tenant_id, asked_for), asked_for.number),
        tabs=[
            ("Chờ trả lời", url_for("waivers.index"), queries.waiting(tenant_id), not tab),
            ("Đã trả lời", url_for("waivers.index", muc="da-tra-loi"), queries.ruled(tenant_id), bool(tab)),
        ],
        answered=bool(tab),
        states=STATES,
    )


@blueprint.get("/huyen/khong-ap-dung/<int:waiver_id>")
@may(Right.SEE_DISTRICT)
def show(waiver_id: int) -> Any:
    """One request with what the law asks, what the unit entered, and the way to rule."""
    return _page(found(queries.waiver_of(tenant_here(), waiver_id)))


def _page(waiver: Waiver, *, typed: str = "", fault: str = "", status: int = 200) -> Any:
    sheet = open_sheet(found(dossier_of(waiver.tenant_id, waiver.dossier_id)))
    indicator = next(i for i in sheet.indicators if i.id == waiver.indicator_id)
    finding = sheet.unit_side().finding(indicator.id)
    may_rule = not refusal(signed_in(), Right.RULE_WAIVER, waiver)
    page = render_template(
        "waivers/show.html",
        waiver=waiver,
        sheet=sheet,
        dossier=sheet.dossier,
        indicator=indicator,
        row=next(row for row in sheet.catalogue if row.id == indicator.id),
        asked=asked(indicator),
        value=answer_words(finding, sheet.answers[indicator.id]),
        outcome=outcome_words(finding),
        answer=sheet.answers[indicator.id],
        state_words=STATES[waiver.state],
        may_rule=may_rule and waiver.state == "asked" and sheet.dossier.state in operations.RULED_IN,
        may_revoke=may_rule and waiver.state == "granted" and sheet.dossier.state in operations.REVOKED_IN,
        own_sentence=refusal(signed_in(), Right.RULE_WAIVER, waiver) or "",
        typed=typed,
        fault=fault,
    )
    return page, status


@blueprint.post("/huyen/khong-ap-dung/<int:waiver_id>")
@may(Right.RULE_WAIVER)
def rule(waiver_id: int) -> Any:
    """Grant or refuse a request."""
    ruling, grant = lines(request.form.get("ruling", "")), request.form.get("act") == "grant"
    try:
        operations.rule(signed_in(), tenant_here(), waiver_id, grant=grant, ruling=ruling)
    except Refused as refused:
        return _again(waiver_id, ruling, refused)
    said = "Đã chấp thuận; chỉ tiêu không còn tính với đơn vị." if grant else "Đã trả lời không chấp thuận."
    return back_to("waivers.index", said)


@blueprint.post("/huyen/khong-ap-dung/<int:waiver_id>/rut")
@may(Right.RULE_WAIVER)
def revoke(waiver_id: int) -> Any:
    """Take a grant back."""
    ruling = lines(request.form.get("ruling", ""))
    try:
        operations.revoke(signed_in(), tenant_here(), waiver_id, ruling)
    except Refused as refused:
        return _again(waiver_id, ruling, refused)
    return back_to("waivers.show", "Đã rút chấp thuận; đơn vị được báo.", "wait", waiver_id=waiver_id)


def _again(waiver_id: int, ruling: str, refused: Refused) -> Any:
    if refused.status in (403, 404):
        raise refused
    db.session.rollback()
    waiver = found(queries.waiver_of(tenant_here(), waiver_id))
    return _page(waiver, typed=ruling[:20_000], fault=refused.sentence, status=refused.status)
