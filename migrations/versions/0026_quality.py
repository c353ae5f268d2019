"""Quality: what the Department concluded on what its rules found, and its random re-check."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_RULES = (
    "'same_files', 'same_figures', 'all_recognised', 'nothing_changed', 'level_2', 'members', 'hasty',"
    " 'one_day', 'report'"
)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "anomaly_verdict",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("act", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.CheckConstraint(f"rule in ({_RULES})", name=op.f("ck_anomaly_verdict_rule")),
        sa.CheckConstraint("act in ('dismiss', 'hit', 'reopen')", name=op.f("ck_anomaly_verdict_act")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_anomaly_verdict_reason")),
        sa.ForeignKeyConstraint(["year"], ["cycle.year"], name=op.f("fk_anomaly_verdict_cycle")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anomaly_verdict")),
    )
    op.create_index("ix_anomaly_verdict", "anomaly_verdict", ["year", "rule", "subject", "id"])
    op.create_table(
        "recheck_draw",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=40), nullable=False),
        sa.Column("pool", postgresql.JSONB(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drawn_by", sa.String(length=200), nullable=False),
        sa.CheckConstraint("share between 1 and 100", name=op.f("ck_recheck_draw_share")),
        sa.ForeignKeyConstraint(["year"], ["cycle.year"], name=op.f("fk_recheck_draw_cycle")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recheck_draw")),
        sa.UniqueConstraint("year", name=op.f("uq_recheck_draw_year")),
    )
    op.create_table(
        "recheck",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("verdicts", postgresql.JSONB(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_by", sa.String(length=200), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("answered_at is null or sent_at is not null", name=op.f("ck_recheck_answered")),
        sa.CheckConstraint("level in (1, 2)", name=op.f("ck_recheck_level")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id", "dossier_id"],
            ["dossier.tenant_id", "dossier.unit_id", "dossier.id"],
            name=op.f("fk_recheck_dossier"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(["year"], ["cycle.year"], name=op.f("fk_recheck_cycle")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_recheck")),
        sa.UniqueConstraint("tenant_id", "dossier_id", name=op.f("uq_recheck_tenant_id_dossier_id")),
    )
    op.create_index("ix_recheck_year", "recheck", ["year", "tenant_id", "id"])
