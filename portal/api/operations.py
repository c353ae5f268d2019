"""The verbs of tokens: an administrator makes one for another system, and takes it back."""

from __future__ import annotations

from sqlalchemy import select

from portal.dossiers.taking import must
from portal.trail.operations import record
from portal.words import day
from tenants import signin, tokens
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Refused
from tenants.rights import Right
from tenants.tokens import ApiToken

MOST_ALIVE = 50
"""Tokens one place may have at a time."""


def own_tokens(tenant_id: int) -> list[ApiToken]:
    """Return the tokens of a place, those that open something first, then the newest; no more than anybody reads."""
    statement = select(ApiToken).where(ApiToken.tenant_id == tenant_id)
    newest = statement.order_by(ApiToken.revoked_at.is_not(None), ApiToken.id.desc()).limit(4 * MOST_ALIVE)
    at = signin.now()
    return sorted(db.session.scalars(newest), key=lambda row: not row.alive(at))


def make_token(actor: Identity, name: str, purpose: str, days: int) -> tuple[ApiToken, str]:
    """Make a token of the actor's place; returns it with the token itself, told once.

    Raises `Refused` (422) for a name that a living token bears, and when there are too many.
    """
    must(actor, Right.MANAGE_TOKENS)
    alive = [row for row in own_tokens(actor.here.tenant_id) if row.alive(signin.now())]
    if any(row.name == name for row in alive):
        raise Refused(
            f"Đã có khóa đang dùng tên “{name}”. Xin đặt tên khác, hoặc thu hồi khóa cũ trước.", 422
        )
    if len(alive) >= MOST_ALIVE:
        raise Refused(f"Đã có {MOST_ALIVE} khóa đang dùng. Xin thu hồi khóa không cần nữa.", 422)
    row, token = tokens.new_token(actor.here.tenant_id, name, purpose, days, actor.full_name)
    record(
        actor,
        "token.make",
        f"đã cấp khóa API “{name}” đến ngày {day(row.expires_at)}: {purpose}.",
        tenant_id=row.tenant_id,
        detail={"token": row.id, "expires_at": row.expires_at.isoformat()},
    )
    return row, token


def revoke_token(actor: Identity, token_id: int) -> ApiToken:
    """Take a token back: from now on it opens nothing. Raises `Refused` for one of another place, or revoked before."""
    must(actor, Right.MANAGE_TOKENS)
    row = db.session.get(ApiToken, (actor.here.tenant_id, token_id), with_for_update=True)
    if row is None:
        raise Refused("Không tìm thấy khóa này.", 404)
    if row.revoked_at is not None:
        raise Refused(f"{row.revoked_by} đã thu hồi khóa này ngày {day(row.revoked_at)}.")
    row.revoked_at, row.revoked_by = signin.now(), actor.full_name
    record(
        actor,
        "token.revoke",
        f"đã thu hồi khóa API “{row.name}”.",
        tenant_id=row.tenant_id,
        detail={"token": row.id, "uses": row.uses},
    )
    db.session.flush()
    return row
