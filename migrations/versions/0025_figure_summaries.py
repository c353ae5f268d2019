"""Live figures kept ready for the province, the marks of what is to be counted anew, indexes for counting."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both tables; the latest recognition of a unit is found in an index alone."""
    op.create_table(
        "figure_mark",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_figure_mark_tenant"), onupdate="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_figure_mark")),
    )
    op.create_table(
        "figure_summary",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("cut_off", sa.Date(), nullable=False),
        sa.Column("decide_before", sa.Date(), nullable=False),
        sa.Column("total", postgresql.JSONB(), nullable=False),
        sa.Column("kinds", postgresql.JSONB(), nullable=False),
        sa.Column("appraised", postgresql.JSONB(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_figure_summary_tenant"), onupdate="CASCADE"
        ),
        sa.ForeignKeyConstraint(["year"], ["cycle.year"], name=op.f("fk_figure_summary_cycle")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_figure_summary")),
        sa.UniqueConstraint("tenant_id", "year", name=op.f("uq_figure_summary_tenant_id_year")),
    )
    op.create_index("ix_figure_summary_year", "figure_summary", ["year", "tenant_id"])
    op.drop_index("ix_recognition_unit", "recognition")
    op.create_index(
        "ix_recognition_latest",
        "recognition",
        ["tenant_id", "unit_id", sa.text("valid_to desc"), sa.text("id desc")],
        postgresql_include=["year", "level", "state", "revoked_on", "valid_from", "may_raise_from"],
    )
    op.create_index(
        "ix_recognition_revoked",
        "recognition",
        ["tenant_id", "dossier_id"],
        postgresql_where=sa.text("state = 'revoked'"),
    )
