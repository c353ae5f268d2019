"""Reading the signed papers of a dossier."""

from __future__ import annotations

from sqlalchemy import select

from portal.dossiers.models import Dossier
from tenants.database import db

from .models import SignedPaper


def signed_papers(dossier: Dossier) -> dict[str, SignedPaper]:
    """Return, by paper, what was signed of the dossier's present content; of an earlier signature nothing."""
    rows = db.session.scalars(
        select(SignedPaper)
        .where(
            SignedPaper.tenant_id == dossier.tenant_id,
            SignedPaper.dossier_id == dossier.id,
            SignedPaper.content_hash == dossier.content_hash,
            SignedPaper.removed_at.is_(None),
        )
        .order_by(SignedPaper.id)
    )
    return {row.paper: row for row in rows}


def signed_paper(tenant_id: int, paper_id: int) -> SignedPaper | None:
    """Return a signed paper of the scope that was not removed, or None."""
    return db.session.scalar(
        select(SignedPaper).where(
            SignedPaper.tenant_id == tenant_id,
            SignedPaper.id == paper_id,
            SignedPaper.removed_at.is_(None),
        )
    )
