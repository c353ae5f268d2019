"""Papers of a dossier as they were signed outside the data: scans with stamp, PDF with digital signatures."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Index, SmallInteger, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.dossiers.models import InDossier, dossier_key
from tenants.database import Base
from tenants.owned import FOLLOWS_ITS_UNIT, Wall

# What the district has received stays; a paper is exchanged only while the dossier is the unit's to file.
_KEPT = f"""
create or replace function refuse_filed_paper() returns trigger language plpgsql
  set search_path = public, pg_temp as $$
begin
  {FOLLOWS_ITS_UNIT}
  if current_user <> 'portal_steward' and not exists (select from dossier d
      where d.tenant_id = old.tenant_id and d.id = old.dossier_id
        and d.state in ('draft', 'signed', 'supplement_requested')) then
    raise exception 'a signed paper of a filed dossier is kept' using errcode = 'PT409';
  end if;
  return new;
end $$;
create or replace trigger signed_paper_kept before update on signed_paper
  for each row execute function refuse_filed_paper();
"""


class SignedPaper(InDossier, Base):
    """One paper as signed: `kind` scan or digital, the content hash it belongs to, what was found in it.

    `unread`: pages (from 1) whose code could not be read. `signatures`: for a digital one, who signed when,
    whether the file is as it was then, and whether the certificate's chain is known here.
    """

    __tablename__ = "signed_paper"
    __wall__ = Wall(
        grants={"unit": "select, insert, update (removed_at)", "district": "select", "province": "select"},
        statements=(_KEPT,),
    )
    __table_args__ = (
        dossier_key(ondelete="CASCADE"),
        CheckConstraint("kind in ('scan','digital')", name="kind"),
        CheckConstraint("size > 0 and pages > 0", name="size"),
        Index(
            "uq_signed_paper_live",
            "tenant_id",
            "dossier_id",
            "paper",
            "content_hash",
            unique=True,
            postgresql_where=text("removed_at is null"),
        ),
    )

    paper: Mapped[str] = mapped_column(String(30))
    kind: Mapped[str] = mapped_column(String(10))
    content_hash: Mapped[str] = mapped_column(String(64))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    pages: Mapped[int] = mapped_column(SmallInteger)
    unread: Mapped[list[int]] = mapped_column(JSONB, default=list)
    signatures: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    uploaded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    uploaded_by: Mapped[str] = mapped_column(String(200))
    removed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
