"""A district's targets of a year."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table of targets."""
    op.create_table(
        "district_target",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("ready", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("counting", sa.String(length=10), nullable=False),
        sa.Column("indicator_key", sa.String(length=20), nullable=False),
        sa.Column("least", sa.SmallInteger(), nullable=True),
        sa.Column("kinds", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("goal", sa.SmallInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_by", sa.String(length=200), nullable=False),
        sa.Column("retired_reason", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "ready in ('', 'ldtt', 'cdht', 'cds', 'gdnn', 'tt-ldtt', 'dvht')",
            name=op.f("ck_district_target_ready"),
        ),
        sa.CheckConstraint(
            "counting in ('people', 'units', 'recognised')", name=op.f("ck_district_target_counting")
        ),
        sa.CheckConstraint(
            "(counting = 'recognised') = (indicator_key = '')", name=op.f("ck_district_target_indicator")
        ),
        sa.CheckConstraint(
            "counting <> 'recognised' or least in (1, 2)", name=op.f("ck_district_target_level")
        ),
        sa.CheckConstraint("counting <> 'people' or least is null", name=op.f("ck_district_target_people")),
        sa.CheckConstraint("goal between 1 and 100", name=op.f("ck_district_target_goal")),
        sa.CheckConstraint(
            "retired_at is null or retired_reason <> ''", name=op.f("ck_district_target_retired")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_district_target_tenant"), onupdate="CASCADE"
        ),
        sa.ForeignKeyConstraint(["year"], ["cycle.year"], name=op.f("fk_district_target_cycle")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_district_target")),
    )
    op.create_index("ix_district_target_year", "district_target", ["tenant_id", "year", "id"])
    op.create_index(
        "uq_district_target_ready",
        "district_target",
        ["tenant_id", "year", "ready"],
        unique=True,
        postgresql_where=sa.text("ready <> '' and retired_at is null"),
    )
    op.create_index(
        "uq_district_target_title",
        "district_target",
        ["tenant_id", "year", "title"],
        unique=True,
        postgresql_where=sa.text("retired_at is null"),
    )
