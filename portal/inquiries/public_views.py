"""The pages of who has no account: ask or report about a published result, read the answer by the receipt.

What is sent is counted by address before it is taken in. A receipt travels in the body of a request only, so that
it stands in no address, no history and no access log.
"""

from __future__ import annotations

from typing import Any

from flask import current_app, render_template, request

from portal import clock
from portal.recognition.rules import read_code
from portal.register import queries as register
from portal.register.models import RegisterEntry
from portal.register.public_views import unknown
from portal.tiers import speak_of
from tenants import throttle
from tenants.access import public
from tenants.database import db
from tenants.places import Tenant, Tier
from tenants.refusal import Refused
from tenants.scope import Scope, ScopeKind, acting_in

from . import receiving, rules, terms
from .blueprint import blueprint
from .forms import ReceiptForm, SendForm, new_mark

TOO_OFTEN = "Có quá nhiều lần gửi từ nơi anh/chị đang dùng mạng. Nội dung vừa nhập vẫn còn ở dưới; xin chờ vài phút rồi gửi lại."
WHY = "anybody may ask about what was published"


def _entry(code: str) -> RegisterEntry | None:
    known = read_code(code)
    return register.entry_of(known) if known else None


def _answering(entry: RegisterEntry) -> dict[str, Any]:
    """Return, for a page, who answers: the place as it is called now; where the province decides, the Department.

    The page speaks as that place does, whoever reads it.
    """
    tenant = db.session.get(Tenant, entry.tenant_id)
    if tenant is not None:
        speak_of(tenant.tier)
    provincial = tenant is not None and tenant.tier == Tier.PROVINCE
    place = entry.place if tenant is None else tenant.office if provincial else tenant.name
    return {"place": place, "provincial": provincial}


def _admitted(limits: tuple[throttle.Limit, ...]) -> bool:
    with acting_in(Scope(ScopeKind.SIGNIN)):
        return throttle.admit(limits) is None


@blueprint.get("/phan-anh/<code>")
@public(WHY)
def ask(code: str) -> Any:
    """Ask about a published result or report a doubt, without an account."""
    entry = _entry(code)
    if entry is None:
        return unknown(code)
    return _form(entry, SendForm(formdata=None, mark=new_mark()))


def _form(entry: RegisterEntry, form: SendForm, status: int = 200) -> Any:
    days = terms.days_of(entry.tenant_id)
    page = render_template(
        "inquiries/ask.html",
        entry=entry,
        **_answering(entry),
        form=form,
        days=days,
        until=terms.last_day(days),
        today=clock.today(),
        rules=rules,
    )
    return page, status


@blueprint.post("/phan-anh/<code>")
@public(WHY)
def send(code: str) -> Any:
    """Take in what somebody sends; sent twice it has one receipt."""
    form = SendForm()
    right = form.validate_on_submit()
    form.mark.data = form.fresh_mark()
    held = right and not _admitted(throttle.of_inquiry(request.remote_addr or ""))
    entry = _entry(code)
    if entry is None:
        return unknown(code)
    if not right or held:
        form.form_errors.extend([TOO_OFTEN] if held else [])
        return _form(entry, form, 429 if held else 422)
    sent = receiving.Sent(
        entry.code, form.kind.data, form.body.data or "", form.name.data or "", form.contact.data or ""
    )
    secret = current_app.config["SECRET_KEY"]
    receipt = rules.receipt_of(
        secret, form.mark.data, sent.code, sent.kind, sent.body, sent.name, sent.contact
    )
    sender = rules.sender_mark(secret, throttle.network_of(request.remote_addr or ""), clock.today())
    until = terms.last_day(terms.days_of(entry.tenant_id))
    try:
        fresh = receiving.send(sent, receipt, sender, until)
    except Refused as refused:
        db.session.rollback()
        form.form_errors.append(refused.sentence)
        return _form(register.entry_of(sent.code) or entry, form, refused.status)
    return render_template(
        "inquiries/sent.html",
        entry=entry,
        **_answering(entry),
        receipt=receipt,
        fresh=fresh,
        told=receiving.told(receipt),
        today=clock.today(),
        rules=rules,
    )


@blueprint.get("/phan-anh")
@public(WHY)
def receipt() -> Any:
    """Type the receipt of something sent before."""
    return _receipt(ReceiptForm(formdata=None))


def _receipt(form: ReceiptForm, status: int = 200, told: receiving.Told | None = None) -> Any:
    page = render_template("inquiries/receipt.html", form=form, told=told, today=clock.today(), rules=rules)
    return page, status


@blueprint.post("/phan-anh")
@public(WHY)
def read_answer() -> Any:
    """Say how the case of a receipt stands; whoever tries many waits."""
    form = ReceiptForm()
    if not form.validate_on_submit():
        return _receipt(form, 422)
    known = rules.read_receipt(form.receipt.data or "")
    if known is None:
        form.form_errors.append("Mã có đúng 16 chữ và số, không kể dấu gạch nối. Xin đối chiếu từng chữ.")
        return _receipt(form, 422)
    told = receiving.told(known)
    if told is None:
        if not _admitted(throttle.of_public_code(request.remote_addr or "")):
            form.form_errors.append("Đã nhập sai mã nhiều lần. Xin chờ vài phút rồi nhập lại.")
            return _receipt(form, 429)
        form.form_errors.append("Không có câu hỏi, phản ánh nào mang mã này. Xin đối chiếu từng chữ.")
        return _receipt(form, 404)
    return _receipt(form, told=told)
