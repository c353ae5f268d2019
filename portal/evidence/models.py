"""Evidence files of a unit, which indicators of a dossier each of them proves, and files still on their way.

A file on its way (`EvidenceUpload`) is nobody's evidence yet: its parts lie in the database, so that offset
and bytes are one commit and every worker on every machine can go on with it.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.dossiers.guards import frozen_with_dossier
from portal.dossiers.models import InDossier, dossier_key, in_unit
from portal.words import DOCUMENT_KINDS
from tenants.database import Base
from tenants.owned import UnitOwned, Wall

# A signature covers title, number, date and issuer of the files it names (`dossiers.signature.canonical`); how
# long a paper holds and of what kind it is may still be noted later, for the years that follow.
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
            and r.lapsed_at is null
            and p.indicator_id = l.indicator_id))) then
    raise exception 'evidence of a signed dossier is frozen' using errcode = 'PT409';
  end if;
  return new;
end $$;
create or replace trigger evidence_frozen before update of title, number, issued_on, issuer, name_folded, removed_at
  on evidence
  for each row execute function refuse_signed_evidence();
"""

# What a file is (its content, its unit) never changes; what its paper says of itself may.
_DESCRIBED = "update (title, number, issued_on, issuer, kind, valid_from, valid_until, name_folded, removed_at, version)"
_KINDS = ", ".join(f"'{kind}'" for kind in DOCUMENT_KINDS)


class Evidence(UnitOwned, Base):
    """One uploaded file: content by SHA-256 (hex) in the store, particulars as its paper states them.

    `kind`: of `words.DOCUMENT_KINDS`. `valid_from`, `valid_until`: first and last day on which the paper holds,
    None where it states none. `name_folded` holds title, number, issuer and file name without accents, for search.
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
        CheckConstraint(f"kind in ({_KINDS})", name="kind"),
        CheckConstraint("valid_until >= valid_from", name="validity"),
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
    kind: Mapped[str] = mapped_column(String(20), default="other")
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
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


class EvidenceCarry(InDossier, Base):
    """The unit's word on a file of an earlier year: does it still hold in this dossier's year?"""

    __tablename__ = "evidence_carry"
    __wall__ = Wall(
        grants=in_unit("still_valid, decided_at, decided_by"),
        statements=(frozen_with_dossier("evidence_carry"),),
    )
    __table_args__ = (
        dossier_key(ondelete="CASCADE"),
        ForeignKeyConstraint(
            ["tenant_id", "unit_id", "evidence_id"],
            ["evidence.tenant_id", "evidence.unit_id", "evidence.id"],
            onupdate="CASCADE",
        ),
        UniqueConstraint("tenant_id", "dossier_id", "evidence_id"),
    )

    evidence_id: Mapped[int] = mapped_column(BigInteger)
    still_valid: Mapped[bool]
    decided_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    decided_by: Mapped[str] = mapped_column(String(200), default="")


class EvidenceUpload(UnitOwned, Base):
    """A file being sent in parts by one person: `received` of `size` bytes have come.

    `mark` is how the browser knows the file again after a reload. `finished_at`: what became of it is settled,
    as the file `evidence_id` or with the sentence `refusal`; asking again gives the same answer.
    """

    __tablename__ = "evidence_upload"
    __wall__ = Wall(
        grants={
            "unit": "select, insert, delete, update (received, touched_at, finished_at, evidence_id, refusal)"
        }
    )
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "unit_id"], ["unit.tenant_id", "unit.id"], onupdate="CASCADE"),
        UniqueConstraint("tenant_id", "unit_id", "id"),
        CheckConstraint("size > 0 and received between 0 and size", name="received"),
        Index(
            "uq_evidence_upload_mark",
            "tenant_id",
            "unit_id",
            "account_id",
            "mark",
            unique=True,
            postgresql_where=text("finished_at is null"),
        ),
        Index("ix_evidence_upload_touched", "touched_at"),
    )

    account_id: Mapped[int] = mapped_column(BigInteger)
    mark: Mapped[str] = mapped_column(String(400))
    file_name: Mapped[str] = mapped_column(String(500))
    size: Mapped[int] = mapped_column(BigInteger)
    received: Mapped[int] = mapped_column(BigInteger, default=0)
    started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    touched_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    evidence_id: Mapped[int | None] = mapped_column(BigInteger)
    refusal: Mapped[str] = mapped_column(default="")


class EvidenceUploadPart(UnitOwned, Base):
    """Bytes of a file on its way, from the offset `starts` on."""

    __tablename__ = "evidence_upload_part"
    __wall__ = Wall(grants={"unit": "select, insert, delete"})
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "unit_id", "upload_id"],
            ["evidence_upload.tenant_id", "evidence_upload.unit_id", "evidence_upload.id"],
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        UniqueConstraint("tenant_id", "upload_id", "starts"),
    )

    upload_id: Mapped[int] = mapped_column(BigInteger)
    starts: Mapped[int] = mapped_column(BigInteger)
    content: Mapped[bytes] = mapped_column(LargeBinary)
