"""The catalogue governed: versions drafted from others, and the wordings of papers as data."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Say what a version was drafted from (none was so far); the shipped wordings hold until others are put in force."""
    op.add_column("criteria_version", sa.Column("drafted_from", sa.Integer(), nullable=True))
    op.create_foreign_key(
        op.f("fk_criteria_version_drafted_from_criteria_version"),
        "criteria_version",
        "criteria_version",
        ["drafted_from"],
        ["id"],
    )
    op.create_table(
        "paper_text",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("place", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("from_year", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=400), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.Column("in_force_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("in_force_by", sa.String(length=200), nullable=False),
        sa.CheckConstraint("text <> '' and source <> ''", name=op.f("ck_paper_text_said")),
        sa.CheckConstraint("(in_force_at is null) = (in_force_by = '')", name=op.f("ck_paper_text_in_force")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_text")),
    )
    op.create_index(
        "uq_paper_text_draft",
        "paper_text",
        ["place"],
        unique=True,
        postgresql_where=sa.text("in_force_at is null"),
    )
