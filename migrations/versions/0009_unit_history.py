"""Requirements for next time with their replies, plans to improve, results from before the portal."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables that carry one year's lessons and the years before the portal."""
    op.create_table(
        "past_result",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("points", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("band", sa.String(length=40), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=True),
        sa.Column("decision_number", sa.String(length=60), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.String(length=200), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("level is null or band = ''", name=op.f("ck_past_result_band_of_points")),
        sa.CheckConstraint("(points is null) <> (level is null)", name=op.f("ck_past_result_one_scale")),
        sa.CheckConstraint("level in (0, 1, 2)", name=op.f("ck_past_result_level")),
        sa.CheckConstraint("points between 0 and 100", name=op.f("ck_past_result_points")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["unit.tenant_id", "unit.id"],
            name=op.f("fk_past_result_unit"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["criteria_version.id"], name=op.f("fk_past_result_criteria_version")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_past_result")),
        sa.UniqueConstraint("tenant_id", "unit_id", "id", name=op.f("uq_past_result_tenant_id_unit_id_id")),
    )
    op.create_index(
        "uq_past_result_year",
        "past_result",
        ["tenant_id", "unit_id", "year"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at is null"),
    )
    op.create_table(
        "requirement",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=True),
        sa.Column("wording", sa.String(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.String(length=200), nullable=False),
        sa.CheckConstraint("wording <> ''", name=op.f("ck_requirement_wording")),
        sa.ForeignKeyConstraint(["indicator_id"], ["indicator.id"], name=op.f("fk_requirement_indicator")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id", "dossier_id"],
            ["dossier.tenant_id", "dossier.unit_id", "dossier.id"],
            name=op.f("fk_requirement_dossier"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_requirement")),
        sa.UniqueConstraint("tenant_id", "unit_id", "id", name=op.f("uq_requirement_tenant_id_unit_id_id")),
    )
    op.create_index(
        "ix_requirement_unit", "requirement", ["tenant_id", "unit_id", "dossier_id"], unique=False
    )
    op.create_table(
        "improvement_action",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=True),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("responsible", sa.String(length=200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("measure <> ''", name=op.f("ck_improvement_action_measure")),
        sa.ForeignKeyConstraint(
            ["indicator_id"], ["indicator.id"], name=op.f("fk_improvement_action_indicator")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id", "dossier_id"],
            ["dossier.tenant_id", "dossier.unit_id", "dossier.id"],
            name=op.f("fk_improvement_action_dossier"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_improvement_action")),
    )
    op.create_index(
        "ix_improvement_action_unit",
        "improvement_action",
        ["tenant_id", "unit_id", "dossier_id"],
        unique=False,
    )
    op.create_table(
        "past_result_dispute",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("past_result_id", sa.BigInteger(), nullable=False),
        sa.Column("claim", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=200), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("corrected", sa.Boolean(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(length=200), nullable=False),
        sa.CheckConstraint("answered_at is null or answer <> ''", name=op.f("ck_past_result_dispute_answer")),
        sa.CheckConstraint("claim <> ''", name=op.f("ck_past_result_dispute_claim")),
        sa.CheckConstraint(
            "(answered_at is null) = (corrected is null)", name=op.f("ck_past_result_dispute_answered")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id", "past_result_id"],
            ["past_result.tenant_id", "past_result.unit_id", "past_result.id"],
            name=op.f("fk_past_result_dispute_past_result"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_past_result_dispute")),
    )
    op.create_index(
        "uq_past_result_dispute_open",
        "past_result_dispute",
        ["tenant_id", "unit_id", "past_result_id"],
        unique=True,
        postgresql_where=sa.text("answered_at is null"),
    )
    op.create_table(
        "requirement_reply",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("requirement_id", sa.BigInteger(), nullable=False),
        sa.Column("reply", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id", "dossier_id"],
            ["dossier.tenant_id", "dossier.unit_id", "dossier.id"],
            name=op.f("fk_requirement_reply_dossier"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id", "requirement_id"],
            ["requirement.tenant_id", "requirement.unit_id", "requirement.id"],
            name=op.f("fk_requirement_reply_requirement"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_requirement_reply")),
        sa.UniqueConstraint(
            "tenant_id",
            "dossier_id",
            "requirement_id",
            name=op.f("uq_requirement_reply_tenant_id_dossier_id_requirement_id"),
        ),
    )
