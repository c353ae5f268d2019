"""Signing in and keeping one's own account.

Passwords, codes and sessions live in the sign-in scope. What a signed-in person changes there is
recorded in the trail of the place the person acts in.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from portal.notices.operations import tell_person
from portal.notices.wording import FACTOR_OFF, FACTOR_ON, KEY_CHANGED
from portal.trail.operations import record
from tenants import signin, standing, throttle, totp
from tenants.identity import Identity
from tenants.refusal import Refused
from tenants.scope import Scope, ScopeKind, acting_in

from .rules import wait_text

log = logging.getLogger("portal.signin")
SIGNIN = Scope(ScopeKind.SIGNIN)
WRONG = "Tên đăng nhập hoặc mật khẩu chưa đúng."
WRONG_CODE = "Mã không đúng hoặc đã dùng. Xin chờ mã mới trong ứng dụng rồi nhập lại."


@dataclass(frozen=True, slots=True)
class Visitor:
    """From where and with what somebody comes."""

    address: str
    agent: str


def admit(limits: Sequence[throttle.Limit]) -> None:
    """Count a try; raises `Refused` (429) that says how long to wait."""
    until = throttle.admit(limits)
    if until:
        wait = wait_text(until, signin.now())
        raise Refused(f"Đã thử nhiều lần chưa đúng. Xin chờ {wait} rồi thử lại.", 429)


def prove(login: str, password: str, visitor: Visitor) -> int:
    """Return the account that a name and a password open; raises `Refused`, for every reason alike."""
    limits = throttle.of_login(signin.known_form(login), visitor.address)
    admit(limits)
    account_id = signin.check_password(login, password)
    if account_id is None:
        log.warning("sign-in refused: login=%r address=%s", login[:80], visitor.address)
        raise Refused(WRONG, 422)
    throttle.forgive(limits)
    return account_id


def prove_code(account_id: int, code: str, secret: str) -> None:
    """Check the second factor; raises `Refused` for a wrong or used code."""
    limits = throttle.of_code(account_id)
    admit(limits)
    if not totp.accepts(account_id, code, secret):
        log.warning("second factor refused: account=%s", account_id)
        raise Refused(WRONG_CODE, 422)
    throttle.forgive(limits)


def open_session(account_id: int, visitor: Visitor, old_token: str = "") -> Identity:
    """Start a session of somebody who has proved everything; an older one of this browser ends."""
    if old_token:
        signin.end_session(old_token)
    token = signin.open_session(account_id, visitor.address, visitor.agent)
    identity = standing.identify(token)
    if identity is None:
        raise Refused(WRONG, 422)
    log.info("signed in: account=%s address=%s", account_id, visitor.address)
    return identity


def owner_of_link(token: str, visitor: Visitor) -> str:
    """Return the login name a one-time link belongs to, without spending it; a dead one counts as a try.

    Raises `Refused`: 410 for a link that is spent, expired or unknown, 429 after too many of them.
    """
    limits = throttle.of_link(visitor.address)
    until = throttle.held(limits)
    account = None if until else signin.account_of_link(token)
    if account is not None:
        return account.login
    with acting_in(SIGNIN):
        admit(limits)
    raise Refused(signin.DEAD_LINK, 410)


def set_first_password(token: str, password: str, visitor: Visitor) -> str:
    """Spend a link on a new password; returns the login name. Raises `Refused`."""
    limits = throttle.of_link(visitor.address)
    admit(limits)
    account = signin.account_of_link(token)
    login = account.login if account else ""
    signin.use_link(token, password)
    throttle.forgive(limits)
    log.info("password set by link: login=%r address=%s", login, visitor.address)
    return login


class WeakPassword(Refused):
    """The new password is not accepted."""


def must_enrol(identity: Identity, required: bool) -> bool:
    """Return whether a person has to enrol a second factor before anything else (setting REQUIRE_TOTP)."""
    return required and totp.due(identity)


def _confirm(me: Identity, password: str) -> None:
    limits = throttle.of_password(me.account_id)
    admit(limits)
    if not signin.confirms(me.account_id, password):
        raise Refused("Mật khẩu đang dùng chưa đúng.", 422)
    throttle.forgive(limits)


def change_password(me: Identity, old: str, new: str) -> None:
    """Change one's own password; other sessions end. Raises `Refused`, `WeakPassword` for the new one."""
    with acting_in(SIGNIN):
        _confirm(me, old)
        fault = signin.weakness(new, me.login)
        if fault is None and new == old:
            fault = "Mật khẩu mới đang giống mật khẩu cũ."
        if fault:
            raise WeakPassword(fault, 422)
        signin.set_password(me.account_id, new)
        signin.end_sessions(me.account_id, keep=me.token)
    _record(me, "account.password", "đã đổi mật khẩu của mình.", KEY_CHANGED)


def end_sessions(me: Identity, which: str) -> int:
    """End one other session of one's own (hex of its hash) or, for "others", all others; returns how many."""
    with acting_in(SIGNIN):
        if which == "others":
            ended = signin.end_sessions(me.account_id, keep=me.token)
        else:
            ended = int(signin.end_one_session(me.account_id, which))
    if ended:
        _record(me, "account.sessions", f"đã kết thúc {ended} phiên đăng nhập của mình.")
    return ended


def begin_second_factor(me: Identity, password: str, secret: str) -> None:
    """Make a new seed to enrol, after the password; raises `Refused`."""
    with acting_in(SIGNIN):
        _confirm(me, password)
        totp.begin(me.account_id, secret)


def confirm_second_factor(me: Identity, code: str, secret: str) -> None:
    """Put the second factor in force; sessions opened without it end. Raises `Refused` for a wrong code."""
    with acting_in(SIGNIN):
        limits = throttle.of_code(me.account_id)
        admit(limits)
        if not totp.confirm(me.account_id, code, secret):
            raise Refused(WRONG_CODE, 422)
        throttle.forgive(limits)
        signin.end_sessions(me.account_id, keep=me.token)
    _record(me, "account.totp", "đã bật mã xác thực hai lớp.", FACTOR_ON)


def drop_second_factor(me: Identity, password: str, _secret: str) -> None:
    """Remove one's own second factor, after the password; raises `Refused`."""
    with acting_in(SIGNIN):
        _confirm(me, password)
        totp.drop(me.account_id)
    _record(me, "account.totp", "đã tắt mã xác thực hai lớp.", FACTOR_OFF)


def _record(me: Identity, act: str, sentence: str, told: str = "") -> None:
    """Write an act on one's own account into the trail; `told` is also sent to the person, whoever was at it."""
    place = me.here
    record(me, act, sentence, tenant_id=place.tenant_id, unit_id=place.unit_id)
    if told:
        tell_person(place.tenant_id, me.account_id, told, "/tai-khoan")
