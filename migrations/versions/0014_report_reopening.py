"""A district's request to amend an accepted report, and which edition amends one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table of requests and the count of amendments; editions so far amend nothing."""
    op.add_column("district_report", sa.Column("amendment", sa.Integer(), nullable=False, server_default="0"))
    op.alter_column("district_report", "amendment", server_default=None)
    op.create_table(
        "report_reopening",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("report_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(length=200), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(length=200), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_report_reopening_reason")),
        sa.CheckConstraint(
            "(granted is null) = (answered_at is null)", name=op.f("ck_report_reopening_answered")
        ),
        sa.CheckConstraint(
            "granted is null or granted or answer <> ''",
            name=op.f("ck_report_reopening_refused_with_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "report_id"],
            ["district_report.tenant_id", "district_report.id"],
            name=op.f("fk_report_reopening_district_report"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_report_reopening")),
    )
    op.create_index(
        "uq_report_reopening_open",
        "report_reopening",
        ["tenant_id", "report_id"],
        unique=True,
        postgresql_where=sa.text("granted is distinct from false"),
    )
    op.create_index(
        "ix_report_reopening_waiting",
        "report_reopening",
        ["tenant_id", "id"],
        postgresql_where=sa.text("granted is null"),
    )
