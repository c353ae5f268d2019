"""The year of a unit beside its dossier: registration with its whole history, and the log of activities.

Registrations that stood on dossiers are taken over: one for a unit and year, from the latest dossier that
was not withdrawn if there is one.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TAKE_OVER = """
with kept as (
  select distinct on (tenant_id, unit_id, year) tenant_id, unit_id, year, registered_at,
    'level_' || coalesce(target_level, 1) as target
  from dossier where registered_at is not null
  order by tenant_id, unit_id, year, state = 'withdrawn', id desc
), moved as (
  insert into registration (tenant_id, unit_id, year, target, confirmed_at, confirmed_by, proposed_by, version)
  select tenant_id, unit_id, year, target, registered_at, '', '', 1 from kept
)
insert into registration_change (tenant_id, unit_id, year, act, before, after, at, by, role)
select tenant_id, unit_id, year, 'confirmed', null, target, registered_at, '', '' from kept
"""


def upgrade() -> None:
    """Make the tables, take registrations over, and let go of the dossier's columns."""
    op.create_table(
        "registration",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("target", sa.String(length=10), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.String(length=200), nullable=False),
        sa.Column("proposed", sa.String(length=10), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proposed_by", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "proposed in ('level_1', 'level_2', 'keep')", name=op.f("ck_registration_proposed")
        ),
        sa.CheckConstraint("target in ('level_1', 'level_2', 'keep')", name=op.f("ck_registration_target")),
        sa.CheckConstraint(
            "(proposed is null) = (proposed_at is null)", name=op.f("ck_registration_proposed_at")
        ),
        sa.CheckConstraint(
            "(target is null) = (confirmed_at is null)", name=op.f("ck_registration_confirmed")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["unit.tenant_id", "unit.id"],
            name=op.f("fk_registration_unit"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(["year"], ["cycle.year"], name=op.f("fk_registration_cycle")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_registration")),
        sa.UniqueConstraint(
            "tenant_id", "unit_id", "year", name=op.f("uq_registration_tenant_id_unit_id_year")
        ),
    )
    op.create_index("ix_registration_year", "registration", ["year", "tenant_id", "target"], unique=False)
    op.create_table(
        "registration_change",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=10), nullable=False),
        sa.Column("before", sa.String(length=10), nullable=True),
        sa.Column("after", sa.String(length=10), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "act in ('proposed', 'confirmed', 'dropped', 'cancelled')",
            name=op.f("ck_registration_change_act"),
        ),
        sa.CheckConstraint(
            "after in ('level_1', 'level_2', 'keep')", name=op.f("ck_registration_change_after")
        ),
        sa.CheckConstraint(
            "before in ('level_1', 'level_2', 'keep')", name=op.f("ck_registration_change_before")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["unit.tenant_id", "unit.id"],
            name=op.f("fk_registration_change_unit"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(["year"], ["cycle.year"], name=op.f("fk_registration_change_cycle")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_registration_change")),
    )
    op.create_index(
        "ix_registration_change", "registration_change", ["tenant_id", "unit_id", "year", "id"], unique=False
    )
    op.create_table(
        "registration_term",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("closes_before", sa.Date(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_registration_term_tenant"), onupdate="CASCADE"
        ),
        sa.ForeignKeyConstraint(["year"], ["cycle.year"], name=op.f("fk_registration_term_cycle")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_registration_term")),
        sa.UniqueConstraint("tenant_id", "year", name=op.f("uq_registration_term_tenant_id_year")),
    )
    op.execute(TAKE_OVER)
    op.drop_column("dossier", "registered_at")
    op.drop_column("dossier", "target_level")
    op.create_table(
        "activity",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("topic", sa.String(length=300), nullable=False),
        sa.Column("organiser", sa.String(length=200), nullable=False),
        sa.Column("participants", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("links", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("name_folded", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind in ('publicity', 'training', 'learning', 'sharing', 'community', 'other')",
            name=op.f("ck_activity_kind"),
        ),
        sa.CheckConstraint("extract(year from held_on) = year", name=op.f("ck_activity_inside_the_year")),
        sa.CheckConstraint("minutes between 0 and 60000", name=op.f("ck_activity_minutes")),
        sa.CheckConstraint("participants between 0 and 100000", name=op.f("ck_activity_participants")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["unit.tenant_id", "unit.id"],
            name=op.f("fk_activity_unit"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(["year"], ["cycle.year"], name=op.f("fk_activity_cycle")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_activity")),
        sa.UniqueConstraint("tenant_id", "unit_id", "id", name=op.f("uq_activity_tenant_id_unit_id_id")),
    )
    op.create_index(
        "ix_activity_search",
        "activity",
        ["name_folded"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"name_folded": "gin_trgm_ops"},
    )
    op.create_index(
        "ix_activity_unit", "activity", ["tenant_id", "unit_id", "year", "held_on", "id"], unique=False
    )
    op.create_index(
        "ix_activity_year", "activity", ["year", "tenant_id", "kind", "held_on", "id"], unique=False
    )
    op.create_table(
        "activity_file",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("activity_id", sa.BigInteger(), nullable=False),
        sa.Column("evidence_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id", "activity_id"],
            ["activity.tenant_id", "activity.unit_id", "activity.id"],
            name=op.f("fk_activity_file_activity"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id", "evidence_id"],
            ["evidence.tenant_id", "evidence.unit_id", "evidence.id"],
            name=op.f("fk_activity_file_evidence"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_activity_file")),
        sa.UniqueConstraint(
            "tenant_id",
            "activity_id",
            "evidence_id",
            name=op.f("uq_activity_file_tenant_id_activity_id_evidence_id"),
        ),
    )
    op.create_index(
        "ix_activity_file_evidence", "activity_file", ["tenant_id", "unit_id", "evidence_id"], unique=False
    )
    op.create_table(
        "activity_proof",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("activity_id", sa.BigInteger(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["indicator_id"], ["indicator.id"], name=op.f("fk_activity_proof_indicator")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id", "activity_id"],
            ["activity.tenant_id", "activity.unit_id", "activity.id"],
            name=op.f("fk_activity_proof_activity"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_activity_proof")),
        sa.UniqueConstraint(
            "tenant_id",
            "activity_id",
            "indicator_id",
            name=op.f("uq_activity_proof_tenant_id_activity_id_indicator_id"),
        ),
    )
