"""Announcements with who has taken note of them, questions, and what is published to look up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables of the room."""
    op.create_table(
        "announcement",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("from_province", sa.Boolean(), nullable=False),
        sa.Column("for_districts", sa.Boolean(), nullable=False),
        sa.Column("for_units", sa.Boolean(), nullable=False),
        sa.Column("kinds", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("must_acknowledge", sa.Boolean(), nullable=False),
        sa.Column("shows_from", sa.Date(), nullable=False),
        sa.Column("shows_until", sa.Date(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.String(length=300), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(length=200), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_by", sa.String(length=200), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(sha256 = '') = (size = 0)", name=op.f("ck_announcement_file")),
        sa.CheckConstraint(
            "for_units or for_districts and from_province", name=op.f("ck_announcement_for_somebody")
        ),
        sa.CheckConstraint("reminded_at is null or must_acknowledge", name=op.f("ck_announcement_reminded")),
        sa.CheckConstraint(
            "shows_until is null or shows_until >= shows_from", name=op.f("ck_announcement_days")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_announcement_tenant"), onupdate="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_announcement")),
    )
    op.create_index("ix_announcement_list", "announcement", ["shows_from", "id"], unique=False)
    op.create_table(
        "guidance_entry",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("from_province", sa.Boolean(), nullable=False),
        sa.Column("sort", sa.String(length=10), nullable=False),
        sa.Column("indicator_key", sa.String(length=20), nullable=False),
        sa.Column("kinds", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("heading", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "sort = 'answer' or from_province and indicator_key <> '' and evidence <> ''",
            name=op.f("ck_guidance_entry_sample"),
        ),
        sa.CheckConstraint("sort in ('answer','sample')", name=op.f("ck_guidance_entry_sort")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_guidance_entry_tenant"), onupdate="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_guidance_entry")),
    )
    op.create_index(
        "ix_guidance_entry_indicator", "guidance_entry", ["indicator_key", "sort", "id"], unique=False
    )
    op.create_table(
        "acknowledgement",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("announcement_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["unit.tenant_id", "unit.id"],
            name=op.f("fk_acknowledgement_unit"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_acknowledgement_tenant")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_acknowledgement")),
        sa.UniqueConstraint(
            "tenant_id",
            "unit_id",
            "announcement_id",
            name=op.f("uq_acknowledgement_tenant_id_unit_id_announcement_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(
        "ix_acknowledgement_of", "acknowledgement", ["announcement_id", "tenant_id", "unit_id"], unique=False
    )
    op.create_table(
        "question",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("indicator_key", sa.String(length=20), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(length=200), nullable=False),
        sa.Column("passed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("passed_by", sa.String(length=200), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(length=200), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'answered') = (answered_at is not null)", name=op.f("ck_question_answered")
        ),
        sa.CheckConstraint("answered_at is null or answer <> ''", name=op.f("ck_question_answer")),
        sa.CheckConstraint("state <> 'passed' or passed_at is not null", name=op.f("ck_question_passed")),
        sa.CheckConstraint("state in ('asked','passed','answered')", name=op.f("ck_question_state")),
        sa.CheckConstraint(
            "published_at is null or answered_at is not null", name=op.f("ck_question_published")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["unit.tenant_id", "unit.id"],
            name=op.f("fk_question_unit"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_question_tenant")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_question")),
    )
    op.create_index("ix_question_list", "question", ["tenant_id", "state", "id"], unique=False)
    op.create_index(
        "ix_question_passed",
        "question",
        ["state", "id"],
        unique=False,
        postgresql_where=sa.text("passed_at is not null"),
    )
