"""Signed papers: scans with stamp, PDF with digital signatures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table of papers as they were signed."""
    op.create_table(
        "signed_paper",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("paper", sa.String(length=30), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("pages", sa.SmallInteger(), nullable=False),
        sa.Column("unread", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("signatures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.String(length=200), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind in ('scan','digital')", name=op.f("ck_signed_paper_kind")),
        sa.CheckConstraint("size > 0 and pages > 0", name=op.f("ck_signed_paper_size")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id", "dossier_id"],
            ["dossier.tenant_id", "dossier.unit_id", "dossier.id"],
            name=op.f("fk_signed_paper_dossier"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_signed_paper")),
    )
    op.create_index(
        "uq_signed_paper_live",
        "signed_paper",
        ["tenant_id", "dossier_id", "paper", "content_hash"],
        unique=True,
        postgresql_where=sa.text("removed_at is null"),
    )
