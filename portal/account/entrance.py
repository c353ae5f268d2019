"""Signing in and out: name and password, the second factor, one-time links, the place to work in.

Nobody holds a session before everything is proved: between password and code a signed entry of the
cookie, good for ten minutes, says whose code is awaited.
"""

from __future__ import annotations

import time
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask_login import current_user, login_user, logout_user

from portal import clock
from portal.web import back_to
from tenants import signin, standing, totp
from tenants.access import public
from tenants.identity import Identity
from tenants.refusal import Refused
from tenants.scope import ScopeKind, enter

from . import operations
from .forms import CodeForm, NewPasswordForm, SignInForm
from .operations import Visitor
from .queries import gone_with, place_titles
from .rules import safe_next

blueprint = Blueprint("account", __name__)
PENDING = "awaits_code"
PENDING_SECONDS = 600


def visitor() -> Visitor:
    """Return from where and with what this request comes."""
    return Visitor(request.remote_addr or "", request.user_agent.string)


@blueprint.get("/dang-nhap")
@public("ai cũng phải đăng nhập được", scope=ScopeKind.SIGNIN)
def sign_in() -> Any:
    """Show the sign-in form."""
    if current_user.is_authenticated:
        return redirect(safe_next(request.args.get("tiep", "")))
    return _sign_in_page(SignInForm())


@blueprint.post("/dang-nhap")
@public("ai cũng phải đăng nhập được", scope=ScopeKind.SIGNIN)
def prove() -> Any:
    """Check name and password; go on to the code, or in."""
    form = SignInForm()
    if not form.validate():
        return _sign_in_page(form), 422
    old = _token()
    try:
        account_id = operations.prove(form.login.data or "", form.password.data or "", visitor())
    except Refused as refused:
        return _sign_in_page(form, refused.sentence), refused.status
    following = safe_next(request.args.get("tiep", ""))
    if totp.in_force(account_id):
        session.clear()
        session[PENDING] = [account_id, int(time.time())]
        return redirect(url_for("account.second_factor", tiep=following), 303)
    return _enter(operations.open_session(account_id, visitor(), old), following)


def _sign_in_page(form: SignInForm, sentence: str = "") -> str:
    return render_template("account/sign_in.html", form=form, sentence=sentence, is_demo=clock.is_demo())


def _token() -> str:
    return current_user.get_id() if current_user.is_authenticated else ""


def _enter(identity: Identity, following: str) -> Any:
    # A fresh cookie: whatever it held before signing in, the CSRF token too, is worthless after.
    session.clear()
    login_user(identity)
    return redirect(following, 303)


@blueprint.get("/dang-nhap/ma")
@public("bước hai của đăng nhập", scope=ScopeKind.SIGNIN)
def second_factor() -> Any:
    """Ask for the code of the second factor."""
    if _awaited() is None:
        return back_to("account.sign_in")
    return render_template("account/second_factor.html", form=CodeForm(), sentence="")


@blueprint.post("/dang-nhap/ma")
@public("bước hai của đăng nhập", scope=ScopeKind.SIGNIN)
def prove_code() -> Any:
    """Check the code and open the session."""
    account_id = _awaited()
    if account_id is None:
        return back_to("account.sign_in", "Đã quá thời gian nhập mã. Xin đăng nhập lại.", "wait")
    form = CodeForm()
    if not form.validate():
        return render_template("account/second_factor.html", form=form, sentence=""), 422
    try:
        operations.prove_code(account_id, form.code.data or "", current_app.config["SECRET_KEY"])
        identity = operations.open_session(account_id, visitor())
    except Refused as refused:
        page = render_template("account/second_factor.html", form=form, sentence=refused.sentence)
        return page, refused.status
    return _enter(identity, safe_next(request.args.get("tiep", "")))


def _awaited() -> int | None:
    entry = session.get(PENDING)
    if not entry or not 0 <= time.time() - entry[1] <= PENDING_SECONDS:
        return None
    return int(entry[0])


@blueprint.post("/dang-xuat")
@public("ai đã đăng nhập cũng đăng xuất được", scope=ScopeKind.SIGNIN, while_looking=True)
def sign_out() -> Any:
    """End the session on the server and in the browser."""
    if current_user.is_authenticated:
        signin.end_session(current_user.get_id())
        logout_user()
    session.clear()
    return back_to("account.sign_in", "Đã đăng xuất.")


@blueprint.get("/lien-ket/<token>")
@public("người nhận liên kết chưa có mật khẩu", scope=ScopeKind.SIGNIN)
def link(token: str) -> Any:
    """Show the form of a one-time link; looking at it spends nothing."""
    try:
        login = operations.owner_of_link(token, visitor())
    except Refused as refused:
        return render_template("account/dead_link.html", sentence=refused.sentence), refused.status
    return _link_page(NewPasswordForm(), login)


@blueprint.post("/lien-ket/<token>")
@public("người nhận liên kết chưa có mật khẩu", scope=ScopeKind.SIGNIN)
def use_link(token: str) -> Any:
    """Set the password and spend the link."""
    form = NewPasswordForm()
    try:
        if not form.validate():
            return _link_page(form, operations.owner_of_link(token, visitor())), 422
        login = operations.set_first_password(token, form.password.data or "", visitor())
    except Refused as refused:
        if refused.status != 422:
            return render_template("account/dead_link.html", sentence=refused.sentence), refused.status
        form.password.errors = [refused.sentence]
        return _link_page(form, operations.owner_of_link(token, visitor())), 422
    logout_user()
    session.clear()
    flash(f"Đã đặt mật khẩu cho tên đăng nhập {login}. Xin đăng nhập bằng mật khẩu mới.", "ok")
    return redirect(url_for("account.sign_in"), 303)


def _link_page(form: NewPasswordForm, login: str) -> str:
    return render_template("account/link.html", form=form, login=login, least=signin.LEAST_LENGTH)


@blueprint.get("/noi-lam-viec")
@public("người chưa có nơi làm việc cũng cần biết điều đó", scope=ScopeKind.SIGNIN)
def places() -> Any:
    """Show where a person may act; the page for those who have no place, too."""
    if not current_user.is_authenticated:
        return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
    titles = place_titles(current_user)
    if current_user.place:  # the frame names the unit, which only the place's own scope may read
        enter(current_user.scope(writes=False))
    gone = [] if current_user.places else gone_with(current_user.account_id)
    return render_template("account/places.html", identity=current_user, titles=titles, gone=gone)


@blueprint.post("/noi-lam-viec")
@public("đổi nơi làm việc của chính mình", scope=ScopeKind.SIGNIN)
def choose_place() -> Any:
    """Act in another of one's places from now on."""
    if not current_user.is_authenticated:
        return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
    number = request.form.get("place", "")
    chosen = int(number) if number.isascii() and number.isdigit() and len(number) < 18 else 0
    standing.choose_place(current_user, chosen)
    flash("Đã đổi nơi làm việc.", "ok")
    return redirect("/", 303)
