"""Quality: what the Department concluded on what its rules found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0026"
branch_labels = None
depends_on = None

_RULES = (
    "'same_files', 'same_figures', 'all_recognised', 'nothing_changed', 'level_2', 'members', 'hasty',"
    " 'one_day', 'report'"
)


def upgrade() -> None:
    """Make the table."""
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
        sa.ForeignKeyConstraint(["year"], ["cycle.year"], name=op.f("fk_anomaly_verdict_year_cycle")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anomaly_verdict")),
    )
    op.create_index("ix_anomaly_verdict", "anomaly_verdict", ["year", "rule", "subject", "id"])
