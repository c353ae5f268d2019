"""Signing in and keeping one's own account.

Passwords, codes and sessions live in the sign-in scope. What a signed-in person changes there is
recorded in the trail of the place the person acts in.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from tenants import signin, throttle, totp
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
    identity = signin.identify(token)
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
