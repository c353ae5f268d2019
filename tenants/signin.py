"""Proving who somebody is: passwords, sessions, one-time links.

All of it runs in the sign-in scope and in real time (never the demo clock). A session cookie holds a
random token; the table holds its SHA-256, so sessions can be listed and ended and a stolen database
opens none. Parameters of argon2id follow OWASP ASVS 5.0, V6. Codes: `totp.py`; waits: `throttle.py`.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from . import throttle
from .database import db
from .people import Account, Credential, OneTimeLink, SigninSession
from .refusal import Refused

SESSION_IDLE = timedelta(hours=12)
SESSION_LONGEST = timedelta(days=7)
LINK_LIFE = timedelta(hours=72)
LEAST_LENGTH = 10
LONGEST = 200

_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_NOBODY = _hasher.hash("không ai dùng mật khẩu này")
LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{2,59}")
DEAD_LINK = "Liên kết này đã dùng hoặc đã hết hạn. Xin người quản trị nơi mình làm việc cấp liên kết mới."
_COMMON = frozenset(
    "1234567890 12345678910 matkhau123 password123 password1234 donvihoctap truonghoc123 qwertyuiop "
    "0123456789 abcdefghij vietnam123 iloveyou123 1111111111 0000000000 admin12345".split()
)


def now() -> datetime:
    """Return the real time in UTC; sign-in never follows the demo clock."""
    return datetime.now(UTC)


def today() -> date:
    """Return the real day in Vietnam: by it roles begin and end."""
    return now().astimezone(ZoneInfo("Asia/Ho_Chi_Minh")).date()


def digest(token: str) -> bytes:
    """Return what the database keeps of a token."""
    return hashlib.sha256(token.encode()).digest()


def weakness(password: str, login: str = "") -> str | None:
    """Return the sentence why a password is not accepted, or None."""
    if len(password) < LEAST_LENGTH:
        return f"Mật khẩu cần ít nhất {LEAST_LENGTH} ký tự; có thể dùng một câu dễ nhớ."
    if len(password) > LONGEST:
        return f"Mật khẩu dài nhất {LONGEST} ký tự."
    plain = password.casefold()
    if (
        plain in _COMMON
        or len(set(plain)) < 4
        or (login and login.split(".")[0] in plain and len(plain) < 16)
    ):
        return "Mật khẩu này quá dễ đoán; xin chọn mật khẩu khác."
    return None


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password (NFC, so that every keyboard types the same)."""
    return _hasher.hash(unicodedata.normalize("NFC", password))


def _matches(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, unicodedata.normalize("NFC", password))
    except (VerifyMismatchError, InvalidHashError):
        return False


def known_form(login: str) -> str:
    """Return a typed login name as it would be stored, or "" for one that nobody can have."""
    plain = unicodedata.normalize("NFC", login).strip().lower()
    return plain if LOGIN.fullmatch(plain) else ""


def check_password(login: str, password: str) -> int | None:
    """Return the account a name and password belong to; an unknown name takes the same time."""
    row = db.session.execute(
        select(Account.id, Credential.password_hash)
        .join(Credential, Credential.account_id == Account.id)
        .where(Account.login == known_form(login), Account.disabled_at.is_(None))
    ).first()
    usable = row is not None and len(password) <= LONGEST
    matches = _matches(row.password_hash if row and usable else _NOBODY, password[:LONGEST])
    return row.id if row and usable and matches else None


def confirms(account_id: int, password: str) -> bool:
    """Return whether a password is the person's own (asked again before a delicate act)."""
    stored = db.session.scalar(select(Credential.password_hash).where(Credential.account_id == account_id))
    return len(password) <= LONGEST and _matches(stored or _NOBODY, password)


def open_session(account_id: int, address: str, agent: str) -> str:
    """Start a session and return its token (for the cookie only); caller commits."""
    token = secrets.token_urlsafe(32)
    db.session.execute(delete(SigninSession).where(SigninSession.expires_at < now()))
    throttle.sweep()
    db.session.add(
        SigninSession(
            token_sha256=digest(token),
            account_id=account_id,
            created_at=now(),
            last_seen_at=now(),
            expires_at=now() + SESSION_LONGEST,
            address=address[:60],
            agent=_printable(agent)[:300],
        )
    )
    return token


def _printable(text: str) -> str:
    return "".join(character for character in text if character.isprintable())


def end_session(token: str) -> None:
    """End a session at once (sign-out)."""
    db.session.execute(delete(SigninSession).where(SigninSession.token_sha256 == digest(token)))


def end_sessions(account_id: int, *, keep: str | None = None) -> int:
    """End all sessions of a person, but for the token to keep; returns how many ended."""
    statement = delete(SigninSession).where(SigninSession.account_id == account_id)
    if keep:
        statement = statement.where(SigninSession.token_sha256 != digest(keep))
    return int(db.session.execute(statement).rowcount)  # type: ignore[attr-defined]


def end_one_session(account_id: int, mark: str) -> bool:
    """End one of a person's own sessions, named by the hex of its stored hash; False if it is gone."""
    if not re.fullmatch(r"[0-9a-f]{64}", mark):
        return False
    ended = db.session.execute(
        delete(SigninSession).where(
            SigninSession.account_id == account_id, SigninSession.token_sha256 == bytes.fromhex(mark)
        )
    )
    return bool(ended.rowcount)  # type: ignore[attr-defined]


def own_sessions(account_id: int) -> list[SigninSession]:
    """Return the live sessions of a person, the latest used first."""
    statement = select(SigninSession).where(
        SigninSession.account_id == account_id,
        SigninSession.expires_at > now(),
        SigninSession.last_seen_at > now() - SESSION_IDLE,
    )
    return list(db.session.scalars(statement.order_by(SigninSession.last_seen_at.desc())))


def set_password(account_id: int, password: str) -> None:
    """Store a new password (already checked by `weakness`); caller commits."""
    values = {"password_hash": hash_password(password), "password_set_at": now()}
    statement = insert(Credential).values(account_id=account_id, totp_last_step=0, **values)
    db.session.execute(statement.on_conflict_do_update(index_elements=[Credential.account_id], set_=values))


def new_link(account_id: int, issued_by: int | None) -> str:
    """Make a one-time link for a first password or a reset; returns its token.

    Runs in the scope of the administrator; the wall refuses an account that is not wholly theirs.
    """
    token = secrets.token_urlsafe(24)
    db.session.add(
        OneTimeLink(
            token_sha256=digest(token),
            account_id=account_id,
            issued_by=issued_by,
            issued_at=now(),
            expires_at=now() + LINK_LIFE,
        )
    )
    return token


def account_of_link(token: str) -> Account | None:
    """Return whose link a token is, if it is alive and the account is not disabled.

    A link dies when it is used, after 72 hours, when a newer one is made, and when a password is set.
    """
    newer = aliased(OneTimeLink)
    superseded = select(newer.token_sha256).where(
        newer.account_id == OneTimeLink.account_id, newer.issued_at > OneTimeLink.issued_at
    )
    password_since = select(Credential.account_id).where(
        Credential.account_id == OneTimeLink.account_id, Credential.password_set_at > OneTimeLink.issued_at
    )
    return db.session.scalar(
        select(Account)
        .join(OneTimeLink, OneTimeLink.account_id == Account.id)
        .where(
            OneTimeLink.token_sha256 == digest(token),
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > now(),
            Account.disabled_at.is_(None),
            ~superseded.exists(),
            ~password_since.exists(),
        )
    )


def use_link(token: str, password: str) -> int:
    """Spend a link on a new password and end all sessions of the person; returns the account id.

    Raises `Refused` for a link that is spent or expired, or for a weak password.
    """
    account = account_of_link(token)
    if account is None:
        raise Refused(DEAD_LINK, 410)
    fault = weakness(password, account.login)
    if fault:
        raise Refused(fault, 422)
    spent = db.session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.token_sha256 == digest(token), OneTimeLink.used_at.is_(None))
        .values(used_at=now())
    )
    if spent.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused(DEAD_LINK, 410)
    set_password(account.id, password)
    end_sessions(account.id)
    return account.id
