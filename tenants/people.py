"""Persons, the places they hold, and what signs them in.

An account is a person; a membership places the person (role, tenant, perhaps unit, from, until). A
district sees the persons that hold a membership in it (or are proposed for one) and nothing more. The right
to decide takes two people: one proposes, another confirms. What a holder delegates is a membership too, which
names its delegation (`powers.py`). Passwords, TOTP seeds and sessions are readable in the sign-in scope alone.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from .database import Base
from .owned import OWN_TENANT, OWN_UNIT, TenantOwned, Wall


class Role(StrEnum):
    """The roles a membership may give (product.md, The people)."""

    PROVINCE_ADMIN = "province_admin"
    PROVINCE_OFFICER = "province_officer"
    PROVINCE_VIEWER = "province_viewer"
    DISTRICT_ADMIN = "district_admin"
    DISTRICT_OFFICER = "district_officer"
    DISTRICT_COUNCIL = "district_council"
    DISTRICT_LEADER = "district_leader"
    UNIT_EDITOR = "unit_editor"
    UNIT_HEAD = "unit_head"
    UNIT_CONTRIBUTOR = "unit_contributor"


PROVINCE_ROLES = frozenset({Role.PROVINCE_ADMIN, Role.PROVINCE_OFFICER, Role.PROVINCE_VIEWER})
DISTRICT_ROLES = frozenset(
    {Role.DISTRICT_ADMIN, Role.DISTRICT_OFFICER, Role.DISTRICT_COUNCIL, Role.DISTRICT_LEADER}
)
UNIT_ROLES = frozenset({Role.UNIT_EDITOR, Role.UNIT_HEAD})
GUEST_ROLES = frozenset({Role.UNIT_CONTRIBUTOR})
"""Roles of people from outside, whom a unit lets in for a few days; they never act for the unit."""
LONGEST_VISIT = 60
"""Days a guest's role may last at most."""
DECIDING_ROLES = frozenset({Role.DISTRICT_LEADER, Role.PROVINCE_ADMIN})
"""Roles that take two people to give."""
DELEGABLE_ROLES = frozenset({Role.DISTRICT_LEADER, Role.DISTRICT_OFFICER, Role.UNIT_HEAD})
"""Roles whose holder may delegate; to administer, to sit on a council, to look is given by a role of one's own."""

_SEEN_BY_DISTRICT = (
    "exists (select from membership m where m.account_id = account.id and m.tenant_id = app_tenant())"
    " or exists (select from role_proposal p where p.account_id = account.id and p.tenant_id = app_tenant())"
)
_SEEN_BY_UNIT = (
    "exists (select from membership m where m.account_id = account.id"
    " and m.tenant_id = app_tenant() and m.unit_id = app_unit())"
)
_PLACED_BY_DISTRICT = OWN_TENANT + " and role not in ('province_admin','province_officer','province_viewer')"
_VOUCHED = "vouched(tenant_id, unit_id, account_id, role, until, proposal_id, delegation_id)"
_ENDED_BY_UNIT = (
    OWN_UNIT + " and case when delegation_id is null then may_place(role) else gave(delegation_id) end"
)
_PLACED_BY_UNIT = (
    OWN_UNIT
    + " and case when delegation_id is null then may_place(role) and may_join(account_id) else true end"
    f" and {_VOUCHED}"
)
_STAYS_ENDED = """
create or replace function refuse_revival() returns trigger language plpgsql
  set search_path = public, pg_temp as $$
begin
  if current_user in ('portal_unit', 'portal_district', 'portal_province')
      and (old.role in ('district_leader', 'province_admin') or old.delegation_id is not null)
      and (old.ended_at is not null or coalesce(new.until, 'infinity') > coalesce(old.until, 'infinity')) then
    raise exception 'a role that takes two people is not given again by changing its end' using errcode = 'PT409';
  end if;
  return new;
end $$;
create or replace trigger membership_stays_ended before update on membership
  for each row execute function refuse_revival();
"""
_ROLES = ", ".join(f"'{role}'" for role in Role)


class Account(Base):
    """A person who may sign in. `login` is unique in the deployment, lower case."""

    __tablename__ = "account"
    __wall__ = Wall(
        grants={
            "signin": "select",
            "unit": "select, insert",
            "district": "select, insert, update (full_name, title, email, phone, disabled_at)",
            "province": "select, insert, update (full_name, title, email, phone, disabled_at)",
            "work": "select",
        },
        rows={"district": _SEEN_BY_DISTRICT, "unit": _SEEN_BY_UNIT},
        writes={"district": "placed_only_here(id)", "province": "true"},
        inserts={"district": "true", "unit": "may_place('unit_contributor')"},
        statements=(
            "grant usage on sequence account_id_seq to portal_unit, portal_district",
            "grant usage on sequence account_id_seq to portal_province, portal_steward",
        ),
    )
    __table_args__ = (CheckConstraint("login = lower(login)", name="login_lower"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    login: Mapped[str] = mapped_column(String(80), unique=True)
    full_name: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(30), default="")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    disabled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class Membership(TenantOwned, Base):
    """A person's role in a place, from a day until a day (inclusive; None: open).

    `ended_at`: the moment an administrator ended it; from then on it gives nothing, though the day is not over.
    """

    __tablename__ = "membership"
    __wall__ = Wall(
        grants={
            "signin": "select",
            "unit": "select, insert, update (until, ended_at)",
            "district": "select, insert, update (until, ended_at)",
            "province": "select, insert, update (until, ended_at)",
            "work": "select",
        },
        rows={"unit": OWN_UNIT},
        writes={
            "unit": _ENDED_BY_UNIT,
            "district": _PLACED_BY_DISTRICT,
            "province": "role in ('province_admin','province_officer','province_viewer','district_admin')",
        },
        inserts={
            "unit": _PLACED_BY_UNIT,
            "district": f"{_PLACED_BY_DISTRICT} and may_be_placed(account_id) and {_VOUCHED}",
            "province": "role in ('province_admin','province_officer','province_viewer','district_admin',"
            f"'district_leader') and {_VOUCHED}",
        },
        statements=(_STAYS_ENDED,),
    )
    __table_args__ = (
        CheckConstraint("until is null or until >= since", name="dates"),
        CheckConstraint("ended_at is null or until is not null", name="ended_has_day"),
        CheckConstraint(f"role in ({_ROLES})", name="role"),
        CheckConstraint(
            f"role <> 'unit_contributor' or (until is not null and until < since + {LONGEST_VISIT})",
            name="guest_has_end",
        ),
        CheckConstraint("(unit_id is not null) = (role like 'unit_%')", name="unit_role_has_unit"),
        CheckConstraint("delegation_id is null or until is not null", name="delegation_has_end"),
        ForeignKeyConstraint(["tenant_id", "proposal_id"], ["role_proposal.tenant_id", "role_proposal.id"]),
        ForeignKeyConstraint(
            ["tenant_id", "delegation_id"], ["delegation.tenant_id", "delegation.id"], onupdate="CASCADE"
        ),
        UniqueConstraint("tenant_id", "proposal_id"),
        UniqueConstraint("tenant_id", "delegation_id"),
        Index("ix_membership_account", "account_id"),
        Index("ix_membership_unit", "tenant_id", "unit_id"),
    )

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    role: Mapped[Role] = mapped_column(String(20))
    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    since: Mapped[date]
    until: Mapped[date | None]
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    proposal_id: Mapped[int | None] = mapped_column(BigInteger)
    delegation_id: Mapped[int | None] = mapped_column(BigInteger)

    def is_over(self, day: date) -> bool:
        """Return whether it has ended by a day."""
        return self.ended_at is not None or (self.until is not None and self.until < day)


_SIGNIN_ONLY = Wall(grants={"signin": "select, insert, update, delete"})


class Credential(Base):
    """What proves a person: password hash, TOTP seed (encrypted) and its last accepted step."""

    __tablename__ = "credential"
    __wall__ = _SIGNIN_ONLY

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True, autoincrement=False)
    password_hash: Mapped[str] = mapped_column(String(200))
    password_set_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    totp_seed: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_confirmed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    totp_last_step: Mapped[int] = mapped_column(BigInteger, default=0)


class SigninSession(Base):
    """A session that can be listed and ended; the cookie holds the token, the table its SHA-256.

    `seen_…`: whose place an administrator looks at the pages of, and until when.
    """

    __tablename__ = "signin_session"
    __wall__ = replace(_SIGNIN_ONLY, fleeting=True)
    __table_args__ = (Index("ix_signin_session_account", "account_id"),)

    token_sha256: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    membership_id: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    last_seen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    address: Mapped[str] = mapped_column(String(60), default="")
    agent: Mapped[str] = mapped_column(String(300), default="")
    seen_membership_id: Mapped[int | None] = mapped_column(BigInteger)
    seen_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class OneTimeLink(Base):
    """A link an administrator hands over for a first password or a reset; used once, then dead."""

    __tablename__ = "one_time_link"
    __wall__ = Wall(
        grants={
            "signin": "select, update (used_at)",
            "unit": "insert",
            "district": "insert",
            "province": "insert",
        },
        inserts={
            "unit": "issued_by = app_account() and may_hand_link(account_id)",
            # Whoever hands out the key of somebody who decides could decide alone.
            "district": "issued_by = app_account() and placed_only_here(account_id)"
            " and (not decides(account_id) or holds(app_account(), app_tenant(), 'district_leader'))",
            "province": "issued_by = app_account()",
        },
        fleeting=True,
    )
    __table_args__ = (Index("ix_one_time_link_account", "account_id"),)

    token_sha256: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    issued_by: Mapped[int | None] = mapped_column(BigInteger)
    issued_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class Throttle(Base):
    """Failures of one key (a login name, an address) in the running window; shared by all workers."""

    __tablename__ = "throttle"
    __wall__ = Wall(shared=True, grants={"signin": "select, insert, update, delete"}, fleeting=True)

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    window_from: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    blocked_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
