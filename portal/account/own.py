"""The pages of one's own account: password, sessions, second factor."""

from __future__ import annotations

from typing import Any

from flask import current_app, render_template, request

from portal.notices.operations import choose_mail
from portal.notices.queries import mail_wish
from portal.web import back_to
from tenants.access import may, signed_in
from tenants.identity import Identity
from tenants.refusal import Refused
from tenants.rights import Right

from . import operations, queries
from .entrance import blueprint
from .forms import ChangePasswordForm, CodeForm, ConfirmForm, MailForm


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])


@blueprint.get("/tai-khoan")
@may(Right.OWN_ACCOUNT)
def own() -> Any:
    """Show one's account, its second factor and its open sessions."""
    return _own_page(ChangePasswordForm(formdata=None))


def _own_page(form: ChangePasswordForm, mail: MailForm | None = None) -> str:
    me = signed_in()
    sessions = queries.open_sessions(me)
    wish = mail_wish(me)
    mail = mail or MailForm(formdata=None, pace=wish.pace, address=wish.address)
    sends = current_app.extensions["settings"].mail is not None
    return render_template(
        "account/own.html", me=me, form=form, sessions=sessions, mail=mail, wish=wish, sends=sends
    )


@blueprint.post("/tai-khoan/thu-bao")
@may(Right.OWN_ACCOUNT)
def mail() -> Any:
    """Keep how one wants mail, and where to."""
    form = MailForm()
    if not form.validate():
        return _own_page(ChangePasswordForm(formdata=None), form), 422
    try:
        changed = choose_mail(signed_in(), form.pace.data or "", form.address.data or "")
    except Refused as refused:
        form.address.errors = [refused.sentence]
        return _own_page(ChangePasswordForm(formdata=None), form), refused.status
    said = "Đã lưu cách nhận thư."
    if changed and form.address.data:
        said += f" Thư đầu tiên sẽ đến {form.address.data}; không thấy thì xin kiểm tra lại địa chỉ."
    return back_to("account.own", said, _anchor="thu-bao")


@blueprint.post("/tai-khoan/mat-khau")
@may(Right.OWN_ACCOUNT)
def change_password() -> Any:
    """Change one's password; every other session ends."""
    form = ChangePasswordForm()
    if not form.validate():
        return _own_page(form), 422
    try:
        operations.change_password(signed_in(), form.old.data or "", form.password.data or "")
    except operations.WeakPassword as refused:
        form.password.errors = [refused.sentence]
        return _own_page(form), refused.status
    except Refused as refused:
        form.old.errors = [refused.sentence]
        return _own_page(form), refused.status
    return back_to("account.own", "Đã đổi mật khẩu. Các phiên đăng nhập ở thiết bị khác đã kết thúc.")


@blueprint.post("/tai-khoan/phien")
@may(Right.OWN_ACCOUNT)
def end_sessions() -> Any:
    """End one other session, or all of them."""
    ended = operations.end_sessions(signed_in(), request.form.get("session", ""))
    if not ended:
        return back_to("account.own", "Phiên này đã kết thúc từ trước.", "wait")
    return back_to("account.own", f"Đã kết thúc {ended} phiên đăng nhập.")


@blueprint.get("/tai-khoan/ma-xac-thuc")
@may(Right.OWN_ACCOUNT)
def second_factor_settings() -> Any:
    """Show the second factor: off, being enrolled with its QR code, or in force."""
    return _factor_page(signed_in(), ConfirmForm(formdata=None), CodeForm(formdata=None))


def _factor_page(me: Identity, confirm: ConfirmForm, code: CodeForm) -> str:
    enrolment = queries.enrolment(me, _secret())
    needed = operations.must_enrol(me, current_app.config["REQUIRE_TOTP"])
    return render_template(
        "account/factor.html", me=me, confirm=confirm, code=code, enrolment=enrolment, needed=needed
    )


@blueprint.post("/tai-khoan/ma-xac-thuc/bat")
@may(Right.OWN_ACCOUNT)
def begin_second_factor() -> Any:
    """Begin enrolling: the password is asked once more."""
    return _confirmed(operations.begin_second_factor, "")


@blueprint.post("/tai-khoan/ma-xac-thuc/tat")
@may(Right.OWN_ACCOUNT)
def drop_second_factor() -> Any:
    """Remove the second factor: the password is asked once more."""
    return _confirmed(operations.drop_second_factor, "Đã tắt mã xác thực.")


def _confirmed(act: Any, sentence: str) -> Any:
    me, form = signed_in(), ConfirmForm()
    if not form.validate():
        return _factor_page(me, form, CodeForm(formdata=None)), 422
    try:
        act(me, form.old.data or "", _secret())
    except Refused as refused:
        form.old.errors = [refused.sentence]
        return _factor_page(me, form, CodeForm(formdata=None)), refused.status
    return back_to("account.second_factor_settings", sentence)


@blueprint.post("/tai-khoan/ma-xac-thuc")
@may(Right.OWN_ACCOUNT)
def confirm_second_factor() -> Any:
    """Put the second factor in force by its first code."""
    me, form = signed_in(), CodeForm()
    if not form.validate():
        return _factor_page(me, ConfirmForm(formdata=None), form), 422
    try:
        operations.confirm_second_factor(me, form.code.data or "", _secret())
    except Refused as refused:
        form.code.errors = [refused.sentence]
        return _factor_page(me, ConfirmForm(formdata=None), form), refused.status
    return back_to(
        "account.own", "Đã bật mã xác thực. Từ lần sau, khi đăng nhập cần thêm mã trên điện thoại."
    )
