"""Tables of the criteria catalogue: versions, criteria, indicators, thresholds.

The catalogue is shared by all tenants; the province governs it. A threshold has a value in force only
once it is confirmed: by the data file where the text of the law was found, otherwise by the Department,
which names the document it read.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Identity, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tenants.database import Base
from tenants.owned import Wall

_READING = dict.fromkeys(("unit", "district", "province", "public"), "select")


def _governed(updates: str = "") -> dict[str, str]:
    """Return the grants of a catalogue table: everybody reads, the province drafts, and changes what is named."""
    return {**_READING, "province": "select, insert, delete" + (f", update ({updates})" if updates else "")}


_FROZEN = """
create or replace function refuse_frozen_catalogue() returns trigger language plpgsql
  set search_path = public, pg_temp as $$
declare
  was jsonb := case when tg_op = 'INSERT' then null else to_jsonb(old) end;
  becomes jsonb := case when tg_op = 'DELETE' then null else to_jsonb(new) end;
  versions int[];
begin
  if current_user = 'portal_steward' then return coalesce(new, old); end if;
  if current_user = 'portal_province' and tg_table_name = 'criteria_version' and tg_op = 'INSERT'
      and becomes->>'drafted_from' is null then
    raise exception 'a version is drafted from another' using errcode = 'PT409';
  end if;
  if tg_argv[0] = 'indicator_id' then
    select array_agg(version_id) into versions from indicator
      where id in ((was->>'indicator_id')::int, (becomes->>'indicator_id')::int);
  else
    versions := array[(was->>tg_argv[0])::int, (becomes->>tg_argv[0])::int];
  end if;
  if exists (select from criteria_version v where v.id = any(versions) and v.frozen_at is not null) then
    raise exception 'catalogue version is frozen' using errcode = 'PT409';
  end if;
  if current_user = 'portal_province' and (tg_op <> 'UPDATE' or tg_table_name = 'indicator')
      and exists (select from criteria_version v where v.id = any(versions) and v.drafted_from is null) then
    raise exception 'what a file brought is not rewritten; draft a version' using errcode = 'PT409';
  end if;
  return coalesce(new, old);
end $$
"""


def _frozen(table: str, key: str) -> str:
    """Return the SQL that refuses changes to a table's rows once their version is frozen."""
    return (
        f"create or replace trigger {table}_frozen before insert or update or delete on {table}"
        f" for each row execute function refuse_frozen_catalogue('{key}')"
    )


class CriteriaVersion(Base):
    """One version of the criteria, bound to a legal document; frozen once the province publishes it.

    `drafted_from`: the version the Department copied it from; None for one that a data file brought.
    """

    __tablename__ = "criteria_version"
    __wall__ = Wall(
        shared=True,
        grants=_governed("published_at, frozen_at, published_by"),
        statements=(_FROZEN, _frozen("criteria_version", "id")),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    document: Mapped[str] = mapped_column(String(300))
    scope: Mapped[str] = mapped_column(String(10), default="district")
    scale: Mapped[str] = mapped_column(String(10), default="levels")
    valid_from: Mapped[date]
    settings: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    published_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    frozen_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    published_by: Mapped[str] = mapped_column(String(200), default="")
    drafted_from: Mapped[int | None] = mapped_column(ForeignKey("criteria_version.id"))

    criteria: Mapped[list[Criterion]] = relationship(order_by="Criterion.number", back_populates="version")


class Criterion(Base):
    """A criterion (tiêu chí): a numbered group of indicators."""

    __tablename__ = "criterion"
    __wall__ = Wall(shared=True, grants=_governed(), statements=(_frozen("criterion", "version_id"),))
    __table_args__ = (UniqueConstraint("version_id", "number"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("criteria_version.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))

    version: Mapped[CriteriaVersion] = relationship(back_populates="criteria")
    indicators: Mapped[list[CatalogueIndicator]] = relationship(
        order_by="CatalogueIndicator.position", back_populates="criterion"
    )


class CatalogueIndicator(Base):
    """An indicator (chỉ tiêu) with its legal wording and to whom it applies."""

    __tablename__ = "indicator"
    __wall__ = Wall(
        shared=True,
        grants=_governed("wording, explanation, applies, applies_note, source, certainty"),
        statements=(_frozen("indicator", "version_id"),),
    )
    __table_args__ = (
        UniqueConstraint("version_id", "key"),
        CheckConstraint("kind in ('yes_no','share','graded','points')", name="kind"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("criteria_version.id"))
    criterion_id: Mapped[int] = mapped_column(ForeignKey("criterion.id"), index=True)
    key: Mapped[str] = mapped_column(String(20))
    code: Mapped[str] = mapped_column(String(10))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    wording: Mapped[str]
    explanation: Mapped[str] = mapped_column(default="")
    evidence_examples: Mapped[list[str]] = mapped_column(JSONB, default=list)
    proved_by: Mapped[list[str]] = mapped_column(JSONB, default=list)
    kind: Mapped[str] = mapped_column(String(10))
    base: Mapped[str | None] = mapped_column(String(30))
    grades: Mapped[list[str]] = mapped_column(JSONB, default=list)
    applies: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    applies_note: Mapped[str] = mapped_column(default="")
    maximum: Mapped[int | None]
    article: Mapped[str] = mapped_column(String(200), default="")
    source: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    certainty: Mapped[str] = mapped_column(String(20))

    criterion: Mapped[Criterion] = relationship(back_populates="indicators")
    thresholds: Mapped[list[Threshold]] = relationship(order_by="Threshold.level")


class Threshold(Base):
    """What an indicator asks at a level. `value`: whole percent, least grade, or 1 for yes."""

    __tablename__ = "threshold"
    __wall__ = Wall(
        shared=True,
        grants=_governed("value, confirmed_at, confirmed_by, confirmed_document, illustrative"),
        statements=(_frozen("threshold", "indicator_id"),),
    )
    __table_args__ = (
        CheckConstraint("value is null or confirmed_at is not null", name="value_is_confirmed"),
        CheckConstraint("confirmed_at is null or confirmed_document <> ''", name="confirmed_by_document"),
    )

    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id"), primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[int | None]
    suggestion: Mapped[int | None]
    source: Mapped[str] = mapped_column(default="")
    certainty: Mapped[str] = mapped_column(String(20), default="unknown")
    note: Mapped[str] = mapped_column(default="")
    confirmed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    confirmed_by: Mapped[str] = mapped_column(String(200), default="")
    confirmed_document: Mapped[str] = mapped_column(String(400), default="")
    illustrative: Mapped[bool] = mapped_column(default=False)
