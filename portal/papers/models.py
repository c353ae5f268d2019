"""The words a unit adds to its papers by hand; they survive every time a paper is made anew."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, String, UniqueConstraint
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
