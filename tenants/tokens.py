"""Tokens of machines: another system reads one place's rows over the API, and nothing else.

A token belongs to a place, not to a person, and holds no role: it opens the views that say `@by_token` and no
other. It is shown once; the table holds its SHA-256. Like sessions, tokens keep real time.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    case,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from .database import Base, db
from .owned import OWN_TENANT, TenantOwned, Wall
from .places import Tenant, TenantKind
from .scope import Scope, ScopeKind
from .signin import digest, now, today

LONGEST_LIFE = 365
"""Days a token may live at most."""
PER_MINUTE = 120
"""Questions one token may ask in a minute."""
_WINDOW = timedelta(minutes=1)
_TOKEN = re.compile(r"dvht_[A-Za-z0-9_-]{43}")


class ApiToken(TenantOwned, Base):
    """A token of a place: what for, until when, and how much it is used."""

    __tablename__ = "api_token"
    __wall__ = Wall(
        grants={
            "signin": "select, update (last_used_at, uses, window_from, window_uses)",
            "district": "select, insert, update (revoked_at, revoked_by)",
            "province": "select, insert, update (revoked_at, revoked_by)",
        },
        rows={"province": OWN_TENANT},
    )
    __table_args__ = (
        CheckConstraint(f"expires_at <= created_at + interval '{LONGEST_LIFE} days'", name="life"),
        CheckConstraint("name <> '' and purpose <> ''", name="said_what_for"),
        Index("ix_api_token_sha256", "token_sha256"),
    )

    tenant_id: Mapped[int] = mapped_column(
        ForeignKey("tenant.id", onupdate="CASCADE"), primary_key=True, sort_order=-20, autoincrement=False
    )
    name: Mapped[str] = mapped_column(String(100))
    purpose: Mapped[str] = mapped_column(String(300))
    token_sha256: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    created_by: Mapped[str] = mapped_column(String(200))
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    revoked_by: Mapped[str] = mapped_column(String(200), default="")
    last_used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    uses: Mapped[int] = mapped_column(BigInteger, default=0)
    window_from: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    window_uses: Mapped[int] = mapped_column(default=0)

    def alive(self, at: datetime) -> bool:
        """Return whether the token opens anything at a moment."""
        return self.revoked_at is None and self.expires_at > at


@dataclass(frozen=True, slots=True)
class Holder:
    """The place for which a machine reads. No person, no role, no rights."""

    token_id: int
    tenant_id: int
    kind: TenantKind
    asked: int

    @property
    def too_often(self) -> bool:
        """Whether the token has asked more than it may in this minute."""
        return self.asked > PER_MINUTE

    def scope(self) -> Scope:
        """Return the scope of the place, in which nothing can be written."""
        kind = ScopeKind.PROVINCE if self.kind is TenantKind.PROVINCE else ScopeKind.DISTRICT
        return Scope(kind, self.tenant_id, writes=False)


def new_token(tenant_id: int, name: str, purpose: str, days: int, created_by: str) -> tuple[ApiToken, str]:
    """Make a token for so many days; returns its row and the token itself, which is never told again."""
    if not 0 < days <= LONGEST_LIFE:
        raise ValueError("a token lives a year at most")
    token = f"dvht_{secrets.token_urlsafe(32)}"
    at = now()
    row = ApiToken(
        tenant_id=tenant_id,
        name=name,
        purpose=purpose,
        token_sha256=digest(token),
        created_at=at,
        created_by=created_by,
        expires_at=at + timedelta(days=days),
    )
    db.session.add(row)
    db.session.flush()
    return row, token


def holder_of(token: str) -> Holder | None:
    """Count a use of a token and return for which place it reads; None for one that opens nothing.

    Runs in the sign-in scope. Unknown, expired, revoked and of a place that has ended are all the same.
    """
    if not _TOKEN.fullmatch(token):
        return None
    at = now()
    fresh = or_(ApiToken.window_from.is_(None), ApiToken.window_from <= at - _WINDOW)
    in_force = select(Tenant.id).where(or_(Tenant.valid_to.is_(None), Tenant.valid_to > today()))
    row = db.session.execute(
        update(ApiToken)
        .where(
            ApiToken.token_sha256 == digest(token),
            ApiToken.revoked_at.is_(None),
            ApiToken.expires_at > at,
            ApiToken.tenant_id.in_(in_force),
        )
        .values(
            uses=ApiToken.uses + 1,
            last_used_at=at,
            window_from=case((fresh, at), else_=ApiToken.window_from),
            window_uses=case((fresh, 1), else_=ApiToken.window_uses + 1),
        )
        .returning(ApiToken.id, ApiToken.tenant_id, ApiToken.window_uses)
        .execution_options(synchronize_session=False)
    ).first()
    if row is None:
        return None
    kind = db.session.scalars(select(Tenant.kind).where(Tenant.id == row.tenant_id)).one()
    return Holder(row.id, row.tenant_id, TenantKind(kind), row.window_uses)
