"""Who appraises a dossier, what each of several noted before all were in, and whom nobody may send to which unit.

An appraiser's own verdicts are read by that appraiser alone until every appraiser of the dossier has handed in:
the database holds this, not the pages.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.dossiers.models import InDossier, dossier_key
from tenants.database import Base
from tenants.owned import OWN_TENANT, UnitOwned, Wall

from .models import VERDICTS

INTERESTS = ("employer", "declared")

_HANDED_IN_ONESELF = """
create or replace function refuse_foreign_hand_in() returns trigger language plpgsql
  set search_path = public, pg_temp as $$
begin
  if current_user = 'portal_district' and old.account_id <> app_account()
      and (new.handed_in_at is distinct from old.handed_in_at or new.account_id <> old.account_id) then
    raise exception 'each appraiser hands in for himself' using errcode = 'PT409';
  end if;
  return new;
end $$;
create or replace trigger appraiser_handed_in before update on appraiser
  for each row execute function refuse_foreign_hand_in();
"""


def _of_the_district(table: str) -> str:
    """Return the condition that a new row names a person of the district."""
    member = (
        f"select from membership m where m.account_id = {table}.account_id and m.tenant_id = app_tenant()"
    )
    return f"{OWN_TENANT} and exists ({member})"


_ON_DOSSIER = (
    "select from appraiser a where a.tenant_id = appraiser_verdict.tenant_id"
    " and a.dossier_id = appraiser_verdict.dossier_id and a.removed_at is null"
)
# Somebody is still on the dossier, and of those nobody keeps another's verdict closed by not having handed in.
_MINE_OR_ALL_IN = (
    f"exists ({_ON_DOSSIER}) and not exists ({_ON_DOSSIER}"
    " and a.handed_in_at is null and appraiser_verdict.account_id <> app_account())"
)
_MY_SEAT = (
    "account_id = app_account() and exists (select from appraiser a where a.tenant_id = appraiser_verdict.tenant_id"
    " and a.id = appraiser_verdict.appraiser_id and a.dossier_id = appraiser_verdict.dossier_id"
    " and a.account_id = app_account() and a.handed_in_at is null and a.removed_at is null)"
)


class Appraiser(InDossier, Base):
    """A person on a dossier. `responsible` concludes; `blind`: one of several, who note their verdicts apart.

    `judged`: how many indicators have the person's verdict, which the others may know; `note`: why the person was
    put there when it was not for the first time.
    """

    __tablename__ = "appraiser"
    __wall__ = Wall(
        grants={
            "district": "select, insert, update (responsible, blind, judged, handed_in_at, removed_at, removed_by,"
            " removed_reason, version)",
            "province": "select",
        },
        inserts={"district": _of_the_district("appraiser")},
        statements=(_HANDED_IN_ONESELF,),
    )
    __table_args__ = (
        dossier_key(),
        UniqueConstraint("tenant_id", "unit_id", "id"),
        CheckConstraint("removed_at is null or removed_reason <> ''", name="removed"),
        Index(
            "uq_appraiser_person",
            "tenant_id",
            "unit_id",
            "dossier_id",
            "account_id",
            unique=True,
            postgresql_where=text("removed_at is null"),
        ),
        Index(
            "uq_appraiser_responsible",
            "tenant_id",
            "unit_id",
            "dossier_id",
            unique=True,
            postgresql_where=text("responsible and removed_at is null"),
        ),
        Index("ix_appraiser_dossier", "tenant_id", "dossier_id"),
        Index("ix_appraiser_account", "tenant_id", "account_id"),
    )

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    full_name: Mapped[str] = mapped_column(String(200))
    responsible: Mapped[bool] = mapped_column(default=False)
    blind: Mapped[bool] = mapped_column(default=False)
    judged: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(default="")
    assigned_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    assigned_by: Mapped[str] = mapped_column(String(200))
    handed_in_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    removed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    removed_by: Mapped[str] = mapped_column(String(200), default="")
    removed_reason: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class AppraiserVerdict(InDossier, Base):
    """What one of several appraisers noted on an indicator; same fields as `Finding`, of which it is no part.

    The finding is what they conclude together. Nobody changes a verdict that was handed in.
    """

    __tablename__ = "appraiser_verdict"
    __wall__ = Wall(
        grants={"district": "select, insert, update, delete"},
        rows={"district": f"{OWN_TENANT} and {_MINE_OR_ALL_IN}"},
        writes={"district": f"{OWN_TENANT} and {_MY_SEAT}"},
    )
    __table_args__ = (
        dossier_key(),
        ForeignKeyConstraint(
            ["tenant_id", "unit_id", "appraiser_id"],
            ["appraiser.tenant_id", "appraiser.unit_id", "appraiser.id"],
            onupdate="CASCADE",
        ),
        UniqueConstraint("tenant_id", "unit_id", "appraiser_id", "indicator_id"),
        CheckConstraint(f"verdict in {VERDICTS}", name="verdict"),
        CheckConstraint("verdict = 'agreed' or reason <> ''", name="reason"),
        Index("ix_appraiser_verdict", "tenant_id", "dossier_id"),
    )

    appraiser_id: Mapped[int] = mapped_column(BigInteger)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id"))
    verdict: Mapped[str] = mapped_column(String(20))
    yes: Mapped[bool | None]
    part: Mapped[int | None]
    grade: Mapped[int | None] = mapped_column(SmallInteger)
    reason_code: Mapped[str] = mapped_column(String(40), default="")
    reason: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_by: Mapped[str] = mapped_column(String(200))

    __mapper_args__ = {"version_id_col": version}


class Interest(UnitOwned, Base):
    """Why a person does not appraise a unit: it pays the person (`employer`), or another reason that was declared."""

    __tablename__ = "appraiser_interest"
    __wall__ = Wall(
        grants={"district": "select, insert, update (ended_at, ended_by, ended_reason)"},
        inserts={"district": _of_the_district("appraiser_interest")},
    )
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "unit_id"], ["unit.tenant_id", "unit.id"], onupdate="CASCADE"),
        CheckConstraint(f"kind in {INTERESTS}", name="kind"),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint("ended_at is null or ended_reason <> ''", name="ended"),
        Index(
            "uq_appraiser_interest",
            "tenant_id",
            "unit_id",
            "account_id",
            unique=True,
            postgresql_where=text("ended_at is null"),
        ),
        Index("ix_appraiser_interest_account", "tenant_id", "account_id"),
    )

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    full_name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str]
    declared_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    declared_by: Mapped[str] = mapped_column(String(200))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_by: Mapped[str] = mapped_column(String(200), default="")
    ended_reason: Mapped[str] = mapped_column(default="")
