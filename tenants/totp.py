"""The second factor: time-based one-time codes (RFC 6238) from an app on the person's phone.

The seed is stored encrypted with the program's secret; a code opens once (OWASP ASVS 5.0, V6.5.1).
Runs in the sign-in scope.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import UTC, datetime

import pyotp
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import select, update

from .database import db
from .identity import Identity
from .people import PROVINCE_ROLES, Credential, Role
from .refusal import Refused

ROLES = PROVINCE_ROLES | {Role.DISTRICT_ADMIN, Role.DISTRICT_LEADER}
STEP = 30


def due(identity: Identity) -> bool:
    """Return whether a person holds a role that calls for a second factor and has none."""
    return not identity.totp and any(place.role in ROLES for place in identity.places)


def _cipher(secret: str) -> Fernet:
    key = hashlib.blake2b(b"totp", key=secret.encode()[:64], digest_size=32).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def begin(account_id: int, secret: str) -> None:
    """Store a new, unconfirmed seed. Raises `Refused` where a second factor is already in force."""
    credential = _locked(account_id)
    if credential is None or credential.totp_confirmed_at:
        raise Refused("Mã xác thực đang bật. Muốn dùng điện thoại khác, xin tắt rồi bật lại.")
    credential.totp_seed = _cipher(secret).encrypt(pyotp.random_base32().encode())
    credential.totp_last_step = 0


def unconfirmed(account_id: int, secret: str) -> str | None:
    """Return the seed a person is enrolling, to be shown once more; None when nothing is under way."""
    credential = db.session.get(Credential, account_id)
    if credential is None or credential.totp_confirmed_at:
        return None
    return _seed(credential, secret)


def address_of(seed: str, login: str, issuer: str) -> str:
    """Return the otpauth address that the QR code holds."""
    return pyotp.TOTP(seed).provisioning_uri(name=login, issuer_name=issuer)


def accepts(account_id: int, code: str, secret: str) -> bool:
    """Return whether a six-digit code is right and not used before; its step is remembered."""
    credential = _locked(account_id)
    code = "".join(code.split())
    if credential is None or len(code) != 6 or not code.isascii() or not code.isdigit():
        return False
    seed = _seed(credential, secret)
    if seed is None:
        return False
    totp = pyotp.TOTP(seed)
    step = int(datetime.now(UTC).timestamp()) // STEP
    for candidate in (step - 1, step, step + 1):
        if candidate > credential.totp_last_step and secrets.compare_digest(totp.at(candidate * STEP), code):
            credential.totp_last_step = candidate
            return True
    return False


def in_force(account_id: int) -> bool:
    """Return whether the person has confirmed a second factor."""
    return bool(
        db.session.scalar(select(Credential.totp_confirmed_at).where(Credential.account_id == account_id))
    )


def confirm(account_id: int, code: str, secret: str) -> bool:
    """Put the second factor in force by its first right code; returns whether the code was right."""
    if not accepts(account_id, code, secret):
        return False
    _set(account_id, totp_confirmed_at=datetime.now(UTC))
    return True


def drop(account_id: int) -> None:
    """Remove the second factor of a person."""
    _set(account_id, totp_seed=None, totp_confirmed_at=None, totp_last_step=0)


def _set(account_id: int, **values: object) -> None:
    db.session.execute(update(Credential).where(Credential.account_id == account_id).values(**values))


def _locked(account_id: int) -> Credential | None:
    return db.session.scalar(
        select(Credential)
        .where(Credential.account_id == account_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _seed(credential: Credential, secret: str) -> str | None:
    if credential.totp_seed is None:
        return None
    try:
        return _cipher(secret).decrypt(credential.totp_seed).decode()
    except InvalidToken:
        return None
