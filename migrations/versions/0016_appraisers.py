"""Who appraises a dossier, what each of several noted, declared interests; why a common finding was so concluded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0014"
branch_labels = None
depends_on = None

_VERDICTS = "'agreed', 'corrected', 'not_enough_evidence', 'not_applicable'"


def _owned() -> list[sa.Column]:
    return [
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
    ]


def _of_dossier(table: str) -> list[sa.Constraint]:
    return [
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id", "dossier_id"],
            ["dossier.tenant_id", "dossier.unit_id", "dossier.id"],
            name=op.f(f"fk_{table}_dossier"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f(f"fk_{table}_account")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
    ]


def upgrade() -> None:
    """Add the three tables of the desk and a column of findings, empty for those made before."""
    op.add_column("finding", sa.Column("common_reason", sa.String(), nullable=False, server_default=""))
    op.alter_column("finding", "common_reason", server_default=None)
    op.create_table(
        "appraiser",
        *_owned(),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("full_name", sa.String(length=200), nullable=False),
        sa.Column("responsible", sa.Boolean(), nullable=False),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("judged", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assigned_by", sa.String(length=200), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by", sa.String(length=200), nullable=False),
        sa.Column("removed_reason", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("removed_at is null or removed_reason <> ''", name=op.f("ck_appraiser_removed")),
        sa.UniqueConstraint("tenant_id", "unit_id", "id", name=op.f("uq_appraiser_tenant_id_unit_id_id")),
        *_of_dossier("appraiser"),
    )
    op.create_index("ix_appraiser_dossier", "appraiser", ["tenant_id", "dossier_id"])
    op.create_index("ix_appraiser_account", "appraiser", ["tenant_id", "account_id"])
    op.create_index(
        "uq_appraiser_person",
        "appraiser",
        ["tenant_id", "unit_id", "dossier_id", "account_id"],
        unique=True,
        postgresql_where=sa.text("removed_at is null"),
    )
    op.create_index(
        "uq_appraiser_responsible",
        "appraiser",
        ["tenant_id", "unit_id", "dossier_id"],
        unique=True,
        postgresql_where=sa.text("responsible and removed_at is null"),
    )
    op.create_table(
        "appraiser_verdict",
        *_owned(),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("appraiser_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("yes", sa.Boolean(), nullable=True),
        sa.Column("part", sa.Integer(), nullable=True),
        sa.Column("grade", sa.SmallInteger(), nullable=True),
        sa.Column("reason_code", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.CheckConstraint(f"verdict in ({_VERDICTS})", name=op.f("ck_appraiser_verdict_verdict")),
        sa.CheckConstraint("verdict = 'agreed' or reason <> ''", name=op.f("ck_appraiser_verdict_reason")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id", "appraiser_id"],
            ["appraiser.tenant_id", "appraiser.unit_id", "appraiser.id"],
            name=op.f("fk_appraiser_verdict_appraiser"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["indicator_id"], ["indicator.id"], name=op.f("fk_appraiser_verdict_indicator")
        ),
        sa.UniqueConstraint(
            "tenant_id",
            "unit_id",
            "appraiser_id",
            "indicator_id",
            name=op.f("uq_appraiser_verdict_tenant_id_unit_id_appraiser_id_indicator_id"),
        ),
        *_of_dossier("appraiser_verdict"),
    )
    op.create_index("ix_appraiser_verdict", "appraiser_verdict", ["tenant_id", "dossier_id"])
    op.create_table(
        "appraiser_interest",
        *_owned(),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("full_name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("declared_by", sa.String(length=200), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=200), nullable=False),
        sa.Column("ended_reason", sa.String(), nullable=False),
        sa.CheckConstraint("kind in ('employer', 'declared')", name=op.f("ck_appraiser_interest_kind")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_appraiser_interest_reason")),
        sa.CheckConstraint(
            "ended_at is null or ended_reason <> ''", name=op.f("ck_appraiser_interest_ended")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["unit.tenant_id", "unit.id"],
            name=op.f("fk_appraiser_interest_unit"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_appraiser_interest_account")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_appraiser_interest")),
    )
    op.create_index("ix_appraiser_interest_account", "appraiser_interest", ["tenant_id", "account_id"])
    op.create_index(
        "uq_appraiser_interest",
        "appraiser_interest",
        ["tenant_id", "unit_id", "account_id"],
        unique=True,
        postgresql_where=sa.text("ended_at is null"),
    )
