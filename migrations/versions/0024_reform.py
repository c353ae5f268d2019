"""Administrative reform: names and successors of places with dates, plans, and rows that can follow their unit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing has been reformed so far; codes of places were unique and stay so until a place is closed."""
    op.drop_constraint("uq_tenant_code", "tenant", type_="unique")
    op.create_unique_constraint(op.f("uq_tenant_code_valid_from"), "tenant", ["code", "valid_from"])
    _names_and_successors()
    _plans()
    _rows_that_follow()


def _names_and_successors() -> None:
    op.create_table(
        "former_name",
        sa.Column("place_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_sort", sa.String(length=400), nullable=False),
        sa.Column("committee", sa.String(length=200), nullable=False),
        sa.Column("office", sa.String(length=200), nullable=False),
        sa.Column("seat", sa.String(length=100), nullable=False),
        sa.Column("chair_title", sa.String(length=100), nullable=False),
        sa.Column("symbol", sa.String(length=20), nullable=False),
        sa.Column("basis", sa.String(length=300), nullable=False),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("ck_former_name_dates")),
        sa.ForeignKeyConstraint(["place_id"], ["tenant.id"], name=op.f("fk_former_name_tenant")),
        sa.PrimaryKeyConstraint("place_id", "valid_from", name=op.f("pk_former_name")),
    )
    op.create_table(
        "succession",
        sa.Column("from_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("to_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("basis", sa.String(length=300), nullable=False),
        sa.CheckConstraint("from_id <> to_id", name=op.f("ck_succession_another")),
        sa.ForeignKeyConstraint(["from_id"], ["tenant.id"], name="fk_succession_from"),
        sa.ForeignKeyConstraint(["to_id"], ["tenant.id"], name="fk_succession_to"),
        sa.PrimaryKeyConstraint("from_id", "to_id", "on_day", name=op.f("pk_succession")),
    )
    op.create_index("ix_succession_to", "succession", ["to_id"])


def _plans() -> None:
    json = postgresql.JSONB(astext_type=sa.Text())
    op.create_table(
        "reform",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("document_number", sa.String(length=60), nullable=False),
        sa.Column("document_dated", sa.Date(), nullable=False),
        sa.Column("document_issuer", sa.String(length=200), nullable=False),
        sa.Column("sources", json, nullable=False),
        sa.Column("places", json, nullable=False),
        sa.Column("goes_to", json, nullable=False),
        sa.Column("recode", sa.Boolean(), nullable=False),
        sa.Column("back_days", sa.Integer(), nullable=False),
        sa.Column("fault", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("carried_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("back_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("back_asked_by", sa.String(length=200), nullable=False),
        sa.Column("back_reason", sa.String(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("moved", sa.BigInteger(), nullable=False),
        sa.Column("journal", json, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind in ('merge', 'split', 'part', 'rename')", name=op.f("ck_reform_kind")),
        sa.CheckConstraint(
            "state in ('draft', 'confirmed', 'done', 'back_asked', 'undone', 'dropped')",
            name=op.f("ck_reform_state"),
        ),
        sa.CheckConstraint("back_days between 0 and 365", name=op.f("ck_reform_back_days")),
        sa.CheckConstraint(
            "state in ('draft', 'dropped') or (confirmed_at is not null and reason <> '')",
            name=op.f("ck_reform_confirmed"),
        ),
        sa.CheckConstraint(
            "(state in ('done', 'back_asked', 'undone')) = (carried_out_at is not null and journal is not null)",
            name=op.f("ck_reform_carried_out"),
        ),
        sa.CheckConstraint("(state = 'undone') = (undone_at is not null)", name=op.f("ck_reform_undone")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reform")),
    )
    op.create_index("ix_reform_state", "reform", ["state", "effective_on"])


def _rows_that_follow() -> None:
    """Let every row follow its unit; the trail does not, and two old places may have used one decision number."""
    op.add_column("decision", sa.Column("origin_tenant_id", sa.Integer(), nullable=True))
    op.add_column("register_entry", sa.Column("origin_tenant_id", sa.Integer(), nullable=True))
    op.drop_constraint("fk_trail_entry_unit", "trail_entry", type_="foreignkey")
    op.drop_constraint("fk_notice_read_notice", "notice_read", type_="foreignkey")
    op.create_foreign_key(
        "fk_notice_read_notice",
        "notice_read",
        "notice",
        ["tenant_id", "notice_id"],
        ["tenant_id", "id"],
        onupdate="CASCADE",
    )
    op.drop_index("uq_decision_number", table_name="decision")
    op.create_index(
        "uq_decision_number",
        "decision",
        ["tenant_id", "number", "dated"],
        unique=True,
        postgresql_where=sa.text("number <> '' and origin_tenant_id is null"),
    )
