"""The words a unit adds to its papers by hand, and the wordings of papers that the Department governs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, Identity, Index, String, UniqueConstraint
from sqlalchemy import text as sql_text
from sqlalchemy.orm import Mapped, mapped_column

from portal.dossiers.guards import frozen_with_dossier
from portal.dossiers.models import InDossier, dossier_key, in_unit
from portal.papers.blocks import BLOCKS
from tenants.database import Base
from tenants.owned import Wall

_BLOCKS = ", ".join(f"'{name}'" for name in BLOCKS)


class OwnWords(InDossier, Base):
    """One block of a dossier's own words: plain text at a marked place of a paper, part of what is signed."""

    __tablename__ = "own_words"
    __wall__ = Wall(
        grants=in_unit("text, version, changed_at, changed_by"),
        statements=(frozen_with_dossier("own_words", part="texts"),),
    )
    __table_args__ = (
        dossier_key(ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "unit_id", "dossier_id", "block"),
        CheckConstraint(f"block in ({_BLOCKS})", name="block"),
    )

    block: Mapped[str] = mapped_column(String(30))
    text: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    changed_by: Mapped[str] = mapped_column(String(200), default="")

    __mapper_args__ = {"version_id_col": version}


_IN_FORCE = """
create or replace function refuse_paper_text_in_force() returns trigger language plpgsql
  set search_path = public, pg_temp as $$
begin
  if current_user = 'portal_province' and old.in_force_at is not null then
    raise exception 'a wording put in force stays' using errcode = 'PT409';
  end if;
  return coalesce(new, old);
end $$;
create or replace trigger paper_text_in_force before update or delete on paper_text
  for each row execute function refuse_paper_text_in_force();
"""


class PaperText(Base):
    """A wording of a place of a paper (`texts.PLACES`), for years of assessment from `from_year` on.

    A draft until `in_force_at`; then it stays for good, so that what was issued under it keeps it.
    """

    __tablename__ = "paper_text"
    __wall__ = Wall(
        shared=True,
        grants={
            "unit": "select",
            "district": "select",
            "province": "select, insert, delete, update (text, from_year, source, version, changed_at, changed_by,"
            " in_force_at, in_force_by)",
        },
        statements=(_IN_FORCE,),
    )
    __table_args__ = (
        CheckConstraint("text <> '' and source <> ''", name="said"),
        CheckConstraint("(in_force_at is null) = (in_force_by = '')", name="in_force"),
        Index("uq_paper_text_draft", "place", unique=True, postgresql_where=sql_text("in_force_at is null")),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    place: Mapped[str] = mapped_column(String(40))
    text: Mapped[str]
    from_year: Mapped[int]
    source: Mapped[str] = mapped_column(String(400))
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_by: Mapped[str] = mapped_column(String(200))
    in_force_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    in_force_by: Mapped[str] = mapped_column(String(200), default="")

    __mapper_args__ = {"version_id_col": version}
