"""On-site checks: the plan of a year, choices on units, visits with their checklist, photos and minutes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the five tables of the visits."""
    op.create_table(
        "visit_plan",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("years", sa.SmallInteger(), nullable=False),
        sa.Column("share", sa.SmallInteger(), nullable=True),
        sa.Column("seed", sa.String(length=40), nullable=False),
        sa.Column("drawn", postgresql.JSONB(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("drawn_by", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(seed = '') = (drawn_at is null) and (seed = '' or share is not null)",
            name=op.f("ck_visit_plan_drawn"),
        ),
        sa.CheckConstraint("share is null or share between 1 and 100", name=op.f("ck_visit_plan_share")),
        sa.CheckConstraint("years between 1 and 20", name=op.f("ck_visit_plan_years")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_visit_plan_tenant"), onupdate="CASCADE"
        ),
        sa.ForeignKeyConstraint(["year"], ["cycle.year"], name=op.f("fk_visit_plan_cycle")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_visit_plan")),
        sa.UniqueConstraint("tenant_id", "year", name=op.f("uq_visit_plan_tenant_id_year")),
    )
    op.create_table(
        "visit_choice",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=10), nullable=False),
        sa.Column("flag", sa.String(length=20), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.CheckConstraint("(act in ('add', 'remove')) = (flag = '')", name=op.f("ck_visit_choice_of_flag")),
        sa.CheckConstraint(
            "act in ('add', 'remove', 'dismiss', 'restore')", name=op.f("ck_visit_choice_act")
        ),
        sa.CheckConstraint(
            "flag in ('', 'same_figures', 'same_files', 'all_full', 'unchanged', 'members', 'one_day', 'level_2', 'first', 'unvisited')",
            name=op.f("ck_visit_choice_flag"),
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_visit_choice_reason")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["unit.tenant_id", "unit.id"],
            name=op.f("fk_visit_choice_unit"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(["year"], ["cycle.year"], name=op.f("fk_visit_choice_cycle")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_visit_choice")),
    )
    op.create_index("ix_visit_choice_year", "visit_choice", ["tenant_id", "year", "id"], unique=False)
    op.create_table(
        "visit",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("venue", sa.String(length=300), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("team", postgresql.JSONB(), nullable=False),
        sa.Column("lead_account", sa.BigInteger(), nullable=False),
        sa.Column("lead_name", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("dated", sa.Date(), nullable=True),
        sa.Column("signer", sa.String(length=200), nullable=False),
        sa.Column("signer_title", sa.String(length=200), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_by", sa.String(length=200), nullable=False),
        sa.Column("held_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("present", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("requests", sa.String(), nullable=False),
        sa.Column("frozen", postgresql.JSONB(), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("opinion", sa.String(), nullable=False),
        sa.Column("opinion_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opinion_by", sa.String(length=200), nullable=False),
        sa.Column("district_signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("district_signed_by", sa.String(length=200), nullable=False),
        sa.Column("unit_signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unit_signed_by", sa.String(length=200), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_by", sa.String(length=200), nullable=False),
        sa.Column("refused_reason", sa.String(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by", sa.String(length=200), nullable=False),
        sa.Column("cancelled_reason", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'cancelled' or (cancelled_at is not null and cancelled_reason <> '' and held_from is null)",
            name=op.f("ck_visit_cancelled"),
        ),
        sa.CheckConstraint(
            "state <> 'closed' or (district_signed_at is not null and closed_at is not null and (unit_signed_at is not null or (refused_at is not null and refused_reason <> '')))",
            name=op.f("ck_visit_closed"),
        ),
        sa.CheckConstraint("state <> 'told' or told_at is not null", name=op.f("ck_visit_told")),
        sa.CheckConstraint(
            "state in ('minutes', 'closed') or (district_signed_at is null and unit_signed_at is null)",
            name=op.f("ck_visit_signed"),
        ),
        sa.CheckConstraint(
            "state in ('planned', 'told', 'minutes', 'closed', 'cancelled')", name=op.f("ck_visit_state")
        ),
        sa.CheckConstraint(
            "state not in ('minutes', 'closed') or (frozen is not null and content_hash <> '' and held_from is not null)",
            name=op.f("ck_visit_minutes"),
        ),
        sa.CheckConstraint("held_until is null or held_until >= held_from", name=op.f("ck_visit_held")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id", "dossier_id"],
            ["dossier.tenant_id", "dossier.unit_id", "dossier.id"],
            name=op.f("fk_visit_dossier"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_visit")),
        sa.UniqueConstraint("tenant_id", "unit_id", "id", name=op.f("uq_visit_tenant_id_unit_id_id")),
    )
    op.create_index("ix_visit_dossier", "visit", ["tenant_id", "dossier_id", "id"], unique=False)
    op.create_index("ix_visit_list", "visit", ["tenant_id", "starts_at", "id"], unique=False)
    op.create_index(
        "uq_visit_open",
        "visit",
        ["tenant_id", "unit_id", "dossier_id"],
        unique=True,
        postgresql_where=sa.text("state in ('planned', 'told', 'minutes')"),
    )
    op.create_table(
        "visit_check",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("visit_id", sa.BigInteger(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("result", sa.String(length=10), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "result in ('found', 'not_found', 'not_looked')", name=op.f("ck_visit_check_result")
        ),
        sa.ForeignKeyConstraint(["indicator_id"], ["indicator.id"], name=op.f("fk_visit_check_indicator")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id", "visit_id"],
            ["visit.tenant_id", "visit.unit_id", "visit.id"],
            name=op.f("fk_visit_check_visit"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_visit_check")),
        sa.UniqueConstraint(
            "tenant_id",
            "unit_id",
            "visit_id",
            "indicator_id",
            name=op.f("uq_visit_check_tenant_id_unit_id_visit_id_indicator_id"),
        ),
    )
    op.create_table(
        "visit_photo",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("visit_id", sa.BigInteger(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.String(length=80), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("file_name", sa.String(length=300), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by", sa.String(length=200), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by", sa.String(length=200), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_visit_photo_size")),
        sa.ForeignKeyConstraint(["indicator_id"], ["indicator.id"], name=op.f("fk_visit_photo_indicator")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id", "visit_id"],
            ["visit.tenant_id", "visit.unit_id", "visit.id"],
            name=op.f("fk_visit_photo_visit"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_visit_photo")),
        sa.UniqueConstraint(
            "tenant_id",
            "unit_id",
            "visit_id",
            "client_id",
            name=op.f("uq_visit_photo_tenant_id_unit_id_visit_id_client_id"),
        ),
    )
