"""Evidence files of a unit and which indicators of a dossier each of them proves."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.dossiers.guards import frozen_with_dossier
from portal.dossiers.models import InDossier, dossier_key, in_unit
from tenants.database import Base
from tenants.owned import UnitOwned, Wall

# A signature covers title, number and issuer of the files it names (`dossiers.operations.canonical`).
_PARTICULARS = """
create or replace function refuse_signed_evidence() returns trigger language plpgsql
  set search_path = public, pg_temp as $$
begin
  if current_user <> 'portal_steward' and exists (
      select from evidence_link l
        join dossier d on d.tenant_id = l.tenant_id and d.id = l.dossier_id
      where l.tenant_id = old.tenant_id and l.unit_id = old.unit_id and l.evidence_id = old.id
        and d.state not in ('draft', 'withdrawn')
        and not (d.state = 'supplement_requested' and exists (
          select from supplement_point p join supplement_request r
            on r.tenant_id = p.tenant_id and r.unit_id = p.unit_id and r.id = p.request_id
          where p.tenant_id = l.tenant_id and p.dossier_id = l.dossier_id and r.answered_at is null
            and p.indicator_id = l.indicator_id))) then
    raise exception 'evidence of a signed dossier is frozen' using errcode = 'PT409';
  end if;
  return new;
end $$;
create or replace trigger evidence_frozen before update on evidence
  for each row execute function refuse_signed_evidence();
"""

# What a file is (its content, its unit) never changes; what its paper says of itself may.
_DESCRIBED = "update (title, number, issued_on, issuer, name_folded, removed_at, version)"


class Evidence(UnitOwned, Base):
    """One uploaded file: content by SHA-256 (hex) in the store, particulars as its paper states them.

    `name_folded` holds title, number, issuer and file name without accents, for search.
    """

    __tablename__ = "evidence"
    __wall__ = Wall(
        grants={
            "unit": f"select, insert, {_DESCRIBED}",
            "district": f"select, insert, {_DESCRIBED}",
            "province": "select",
        },
        statements=(_PARTICULARS,),
    )
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "unit_id"], ["unit.tenant_id", "unit.id"], onupdate="CASCADE"),
        UniqueConstraint("tenant_id", "unit_id", "id"),
        CheckConstraint("size > 0", name="size"),
        Index(
            "uq_evidence_hash",
            "tenant_id",
            "unit_id",
            "sha256",
            unique=True,
            postgresql_where=text("removed_at is null"),
        ),
        Index("ix_evidence_unit", "tenant_id", "unit_id", "id"),
        Index(
            "ix_evidence_search",
            "name_folded",
            postgresql_using="gin",
            postgresql_ops={"name_folded": "gin_trgm_ops"},
        ),
    )

    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(100))
    file_name: Mapped[str] = mapped_column(String(300))
    title: Mapped[str] = mapped_column(String(300))
    number: Mapped[str] = mapped_column(String(100), default="")
    issued_on: Mapped[date | None]
    issuer: Mapped[str] = mapped_column(String(200), default="")
    name_folded: Mapped[str] = mapped_column(default="")
    uploaded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    uploaded_by: Mapped[str] = mapped_column(String(200), default="")
    removed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class EvidenceLink(InDossier, Base):
    """A file proves an indicator of a dossier."""

    __tablename__ = "evidence_link"
    __wall__ = Wall(grants=in_unit(), statements=(frozen_with_dossier("evidence_link"),))
    __table_args__ = (
        dossier_key(ondelete="CASCADE"),
        ForeignKeyConstraint(
            ["tenant_id", "unit_id", "evidence_id"],
            ["evidence.tenant_id", "evidence.unit_id", "evidence.id"],
            onupdate="CASCADE",
        ),
        UniqueConstraint("tenant_id", "dossier_id", "indicator_id", "evidence_id"),
        Index("ix_evidence_link_file", "tenant_id", "unit_id", "evidence_id"),
    )

    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id"))
    evidence_id: Mapped[int] = mapped_column(BigInteger)

    evidence: Mapped[Evidence] = relationship(viewonly=True)
