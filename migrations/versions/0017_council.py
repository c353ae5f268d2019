"""The district's council with its meetings, and what was laid before the chairman."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add council, meetings and items; decisions drafted so far were laid before nobody through the portal."""
    op.create_table(
        "council",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("quorum", sa.SmallInteger(), nullable=False),
        sa.Column("members", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_by", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(ended_on is null) = (ended_by = '')", name=op.f("ck_council_ended")),
        sa.CheckConstraint("quorum > 0", name=op.f("ck_council_quorum")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_council_tenant"), onupdate="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_council")),
    )
    op.create_index(
        "uq_council_running",
        "council",
        ["tenant_id"],
        unique=True,
        postgresql_where=sa.text("ended_on is null"),
    )
    op.create_table(
        "council_meeting",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("council_id", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("venue", sa.String(length=200), nullable=False),
        sa.Column("members", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("presiding", sa.Integer(), nullable=True),
        sa.Column("scribe", sa.Integer(), nullable=True),
        sa.Column("discussion", sa.String(), nullable=False),
        sa.Column("conclusion", sa.String(), nullable=False),
        sa.Column("block_agree", sa.SmallInteger(), nullable=True),
        sa.Column("block_against", sa.SmallInteger(), nullable=True),
        sa.Column("block_abstain", sa.SmallInteger(), nullable=True),
        sa.Column("block_outcome", sa.String(length=10), nullable=False),
        sa.Column("block_note", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=200), nullable=False),
        sa.Column("frozen", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'closed') = (frozen is not null and content_hash <> '' and closed_at is not null)",
            name=op.f("ck_council_meeting_closed"),
        ),
        sa.CheckConstraint(
            "block_outcome in ('','agreed','deferred')", name=op.f("ck_council_meeting_block_outcome")
        ),
        sa.CheckConstraint("state in ('draft','closed')", name=op.f("ck_council_meeting_state")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "council_id"],
            ["council.tenant_id", "council.id"],
            name=op.f("fk_council_meeting_council"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(["year"], ["cycle.year"], name=op.f("fk_council_meeting_cycle")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_council_meeting")),
    )
    op.create_index(
        "ix_council_meeting_council", "council_meeting", ["tenant_id", "council_id"], unique=False
    )
    op.create_index(
        "uq_council_meeting_open",
        "council_meeting",
        ["tenant_id", "council_id", "year"],
        unique=True,
        postgresql_where=sa.text("state = 'draft'"),
    )
    op.create_table(
        "council_item",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("meeting_id", sa.BigInteger(), nullable=False),
        sa.Column("proposed_level", sa.SmallInteger(), nullable=False),
        sa.Column("appraised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("singly", sa.Boolean(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("taken_by", sa.String(length=200), nullable=False),
        sa.Column("taken_why", sa.String(), nullable=False),
        sa.Column("agree", sa.SmallInteger(), nullable=True),
        sa.Column("against", sa.SmallInteger(), nullable=True),
        sa.Column("abstain", sa.SmallInteger(), nullable=True),
        sa.Column("abstaining", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(taken_by = '') = (taken_why = '')", name=op.f("ck_council_item_taken_with_reason")
        ),
        sa.CheckConstraint(
            "outcome <> 'changed' or note <> ''", name=op.f("ck_council_item_changed_with_reason")
        ),
        sa.CheckConstraint(
            "outcome in ('','agreed','changed','deferred')", name=op.f("ck_council_item_outcome")
        ),
        sa.CheckConstraint("proposed_level in (0, 1, 2)", name=op.f("ck_council_item_proposed_level")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "meeting_id"],
            ["council_meeting.tenant_id", "council_meeting.id"],
            name=op.f("fk_council_item_council_meeting"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id", "dossier_id"],
            ["dossier.tenant_id", "dossier.unit_id", "dossier.id"],
            name=op.f("fk_council_item_dossier"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_council_item")),
        sa.UniqueConstraint(
            "tenant_id",
            "unit_id",
            "meeting_id",
            "dossier_id",
            name=op.f("uq_council_item_tenant_id_unit_id_meeting_id_dossier_id"),
        ),
    )
    op.create_index("ix_council_item_dossier", "council_item", ["tenant_id", "dossier_id"], unique=False)
    op.create_index(
        "ix_council_item_meeting", "council_item", ["tenant_id", "meeting_id", "singly"], unique=False
    )
    op.add_column(
        "decision",
        sa.Column("submission", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    )
