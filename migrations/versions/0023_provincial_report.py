"""The provincial report: editions with words, lock and signature around the compiled tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Number what was compiled so far as editions of their own kind: tables without a report around them."""
    table = "provincial_report"
    added: tuple[tuple[str, sa.types.TypeEngine[object], str], ...] = (
        ("edition", sa.Integer(), "1"),
        ("amendment", sa.Integer(), "0"),
        ("state", sa.String(length=10), "table"),
        ("narrative", postgresql.JSONB(), "{}"),
        ("explanations", postgresql.JSONB(), "{}"),
        ("number", sa.String(length=60), ""),
        ("signer", sa.String(length=200), ""),
        ("signer_title", sa.String(length=200), ""),
        ("locked_by", sa.String(length=200), ""),
        ("signed_by", sa.String(length=200), ""),
        ("version", sa.Integer(), "1"),
    )
    for name, kind, value in added:
        op.add_column(table, sa.Column(name, kind, nullable=False, server_default=value))
        op.alter_column(table, name, server_default=None)
    op.add_column(table, sa.Column("dated", sa.Date(), nullable=True))
    op.add_column(table, sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(table, sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "update provincial_report p set edition = n.place from"
        " (select id, row_number() over (partition by year order by id) as place from provincial_report) n"
        " where n.id = p.id"
    )
    op.create_check_constraint(
        op.f("ck_provincial_report_state"), table, "state in ('draft','locked','signed','table')"
    )
    op.create_check_constraint(
        op.f("ck_provincial_report_locked"), table, "state in ('draft','table') or locked_at is not null"
    )
    op.create_check_constraint(
        op.f("ck_provincial_report_signed"),
        table,
        "state <> 'signed' or (signed_at is not null and signer <> '')",
    )
    op.create_unique_constraint(op.f("uq_provincial_report_year_edition"), table, ["year", "edition"])
    op.drop_index("ix_provincial_report_year", table_name=table)
