"""Proving who somebody is: passwords, TOTP, throttling, sessions, one-time links.

All of it runs in the sign-in scope and in real time (never the demo clock). A session cookie holds a
random token; the table holds its SHA-256, so sessions can be listed and ended and a stolen database
opens none. Failures are counted in PostgreSQL and therefore hold across workers. There is no permanent
lock: a competitor could otherwise lock a unit out on the last evening. Parameters follow OWASP ASVS 5.0
(argon2id, V6; throttling, V6.3.1; single-use TOTP, V6.5.1).
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import unicodedata
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from cryptography.fernet import Fernet
from sqlalchemy import case, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from .database import db
from .identity import Identity, Place
from .people import Account, Credential, Membership, OneTimeLink, Role, SigninSession, Throttle
from .places import Tenant
from .refusal import Refused

SESSION_IDLE = timedelta(hours=12)
SESSION_LONGEST = timedelta(days=7)
LINK_LIFE = timedelta(hours=72)
LEAST_LENGTH = 10
LONGEST = 200
FREE_FAILURES = 5
WINDOW = timedelta(minutes=30)
LONGEST_WAIT = timedelta(minutes=5)
ADDRESS_FAILURES = 60

_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_NOBODY = _hasher.hash("không ai dùng mật khẩu này")
_COMMON = frozenset(
    "1234567890 12345678910 matkhau123 password123 password1234 donvihoctap truonghoc123 qwertyuiop "
    "0123456789 abcdefghij vietnam123 iloveyou123 1111111111 0000000000 admin12345".split()
)


def now() -> datetime:
    """Return the real time in UTC; sign-in never follows the demo clock."""
    return datetime.now(UTC)


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


def wait_of(failures: int) -> timedelta:
    """Return how long a login name waits after so many failures in the window."""
    if failures < FREE_FAILURES:
        return timedelta()
    return min(timedelta(seconds=2 ** (failures - FREE_FAILURES + 1)), LONGEST_WAIT)


def blocked_until(login: str, address: str) -> datetime | None:
    """Return until when sign-in with this name or from this address is held back, if it is."""
    keys = (f"login:{login}", f"address:{address}")
    ends = db.session.scalars(select(Throttle.blocked_until).where(Throttle.key.in_(keys)))
    later = [end for end in ends if end and end > now()]
    return max(later, default=None)


def count_failure(login: str, address: str) -> None:
    """Count a failed sign-in for the name and the address (caller commits)."""
    for key, free in ((f"login:{login}", FREE_FAILURES), (f"address:{address}", ADDRESS_FAILURES)):
        at = now()
        fresh = Throttle.window_from < at - WINDOW
        statement = insert(Throttle).values(key=key, failures=1, window_from=at)
        failures = db.session.scalar(
            statement.on_conflict_do_update(
                index_elements=[Throttle.key],
                set_={
                    "failures": case((fresh, 1), else_=Throttle.failures + 1),
                    "window_from": case((fresh, at), else_=Throttle.window_from),
                },
            ).returning(Throttle.failures)
        )
        wait = wait_of(int(failures or 0) - free + FREE_FAILURES)
        if wait:
            db.session.execute(update(Throttle).where(Throttle.key == key).values(blocked_until=at + wait))


def check_password(login: str, password: str) -> Account | None:
    """Return the account a name and password belong to; takes the same time for an unknown name."""
    row = db.session.execute(
        select(Account, Credential)
        .join(Credential, Credential.account_id == Account.id)
        .where(Account.login == login.strip().lower(), Account.disabled_at.is_(None))
    ).first()
    stored = row[1].password_hash if row else _NOBODY
    matches = _matches(stored, password[:LONGEST])
    return row[0] if row and matches else None


def open_session(account_id: int, address: str, agent: str) -> str:
    """Start a session and return its token (for the cookie only); caller commits."""
    token = secrets.token_urlsafe(32)
    db.session.execute(delete(SigninSession).where(SigninSession.expires_at < now()))
    db.session.add(
        SigninSession(
            token_sha256=digest(token),
            account_id=account_id,
            created_at=now(),
            last_seen_at=now(),
            expires_at=now() + SESSION_LONGEST,
            address=address[:60],
            agent=agent[:300],
        )
    )
    db.session.execute(
        delete(Throttle).where(
            Throttle.key == select("login:" + Account.login).where(Account.id == account_id).scalar_subquery()
        )
    )
    return token


def end_session(token: str) -> None:
    """End a session at once (sign-out)."""
    db.session.execute(delete(SigninSession).where(SigninSession.token_sha256 == digest(token)))


def end_sessions(account_id: int, *, keep: str | None = None) -> int:
    """End all sessions of a person, but for the token to keep; returns how many ended."""
    statement = delete(SigninSession).where(SigninSession.account_id == account_id)
    if keep:
        statement = statement.where(SigninSession.token_sha256 != digest(keep))
    return int(db.session.execute(statement).rowcount)  # type: ignore[attr-defined]


def identify(token: str) -> Identity | None:
    """Return the person behind a session token, with the places in force today, or None."""
    today = now().astimezone(ZoneInfo("Asia/Ho_Chi_Minh")).date()
    rows = db.session.execute(
        select(SigninSession, Account, Membership, Tenant.name, Credential.totp_confirmed_at)
        .join(Account, Account.id == SigninSession.account_id)
        .join(Credential, Credential.account_id == Account.id)
        .outerjoin(
            Membership,
            (Membership.account_id == Account.id)
            & (Membership.since <= today)
            & or_(Membership.until.is_(None), Membership.until >= today),
        )
        .outerjoin(Tenant, Tenant.id == Membership.tenant_id)
        .where(SigninSession.token_sha256 == digest(token), Account.disabled_at.is_(None))
        .order_by(Membership.id)
    ).all()
    if not rows:
        return None
    session, account, confirmed = rows[0][0], rows[0][1], rows[0][4]
    at = now()
    if session.expires_at <= at or session.last_seen_at + SESSION_IDLE <= at:
        return None
    if session.last_seen_at < at - timedelta(minutes=5):
        session.last_seen_at = at
    places = tuple(
        Place(m.id, m.tenant_id, tenant_name, Role(m.role), m.unit_id)
        for _, _, m, tenant_name, _ in rows
        if m
    )
    chosen = [p for p in places if p.membership_id == session.membership_id]
    return Identity(
        account.id,
        account.login,
        account.full_name,
        places,
        (chosen or list(places) or [None])[0],
        token,
        confirmed is not None,
    )


def choose_place(identity: Identity, membership_id: int) -> Place:
    """Act in another of the person's places from now on; raises `Refused` for a place not theirs."""
    for place in identity.places:
        if place.membership_id == membership_id:
            db.session.execute(
                update(SigninSession)
                .where(SigninSession.token_sha256 == digest(identity.token))
                .values(membership_id=membership_id)
            )
            return place
    raise Refused("Anh/chị không có vai trò còn hiệu lực ở nơi này.")


def own_sessions(account_id: int) -> list[SigninSession]:
    """Return the live sessions of a person, the latest used first."""
    statement = select(SigninSession).where(
        SigninSession.account_id == account_id, SigninSession.expires_at > now()
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
    """Return whose link a token is, if it is unused, unexpired and the account is not disabled."""
    return db.session.scalar(
        select(Account)
        .join(OneTimeLink, OneTimeLink.account_id == Account.id)
        .where(
            OneTimeLink.token_sha256 == digest(token),
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > now(),
            Account.disabled_at.is_(None),
        )
    )


def use_link(token: str, password: str) -> int:
    """Spend a link on a new password and end all sessions of the person; returns the account id.

    Raises `Refused` for a link that is spent or expired, or for a weak password.
    """
    account = account_of_link(token)
    if account is None:
        raise Refused("Liên kết đã dùng hoặc đã hết hạn. Xin người quản trị cấp liên kết mới.", 422)
    fault = weakness(password, account.login)
    if fault:
        raise Refused(fault, 422)
    spent = db.session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.token_sha256 == digest(token), OneTimeLink.used_at.is_(None))
        .values(used_at=now())
    )
    if spent.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused("Liên kết vừa được dùng ở nơi khác. Xin người quản trị cấp liên kết mới.", 422)
    set_password(account.id, password)
    end_sessions(account.id)
    return account.id


def _cipher(secret: str) -> Fernet:
    key = hashlib.blake2b(b"totp", key=secret.encode()[:64], digest_size=32).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def begin_totp(account_id: int, secret: str) -> str:
    """Store a new, unconfirmed TOTP seed (encrypted with the program's secret) and return it."""
    seed = pyotp.random_base32()
    sealed = _cipher(secret).encrypt(seed.encode())
    db.session.execute(
        update(Credential)
        .where(Credential.account_id == account_id)
        .values(totp_seed=sealed, totp_confirmed_at=None, totp_last_step=0)
    )
    return seed


def check_totp(account_id: int, code: str, secret: str) -> bool:
    """Return whether a six-digit code is right and not used before; remembers its step."""
    credential = db.session.scalar(
        select(Credential).where(Credential.account_id == account_id).with_for_update()
    )
    if credential is None or credential.totp_seed is None or not code.isascii() or not code.isdigit():
        return False
    totp = pyotp.TOTP(_cipher(secret).decrypt(credential.totp_seed).decode())
    step = int(now().timestamp()) // 30
    for candidate in (step - 1, step, step + 1):
        if candidate > credential.totp_last_step and secrets.compare_digest(totp.at(candidate * 30), code):
            credential.totp_last_step = candidate
            return True
    return False


def has_totp(account_id: int) -> bool:
    """Return whether the person has confirmed a second factor."""
    return bool(
        db.session.scalar(select(Credential.totp_confirmed_at).where(Credential.account_id == account_id))
    )


def confirm_totp(account_id: int, code: str, secret: str) -> None:
    """Put the second factor in force by its first right code; raises `Refused` otherwise."""
    if not check_totp(account_id, code, secret):
        raise Refused("Mã không đúng hoặc đã dùng. Xin chờ mã mới trong ứng dụng rồi nhập lại.", 422)
    db.session.execute(
        update(Credential).where(Credential.account_id == account_id).values(totp_confirmed_at=now())
    )


def drop_totp(account_id: int) -> None:
    """Remove the second factor of a person."""
    db.session.execute(
        update(Credential)
        .where(Credential.account_id == account_id)
        .values(totp_seed=None, totp_confirmed_at=None, totp_last_step=0)
    )
