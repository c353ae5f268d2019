"""A unit's registration to build for a year leaves its dossier: a table of its own with its whole history.

Registrations that stood on dossiers are taken over: one for a unit and year, from the latest dossier that
was not withdrawn if there is one.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

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
