"""Terms of intake: a supplement request may lapse, or be asked for once more by the leader's leave."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the end of a request by lapse, and the table of leaves; nothing has lapsed so far."""
    op.add_column("supplement_request", sa.Column("lapsed_at", sa.DateTime(timezone=True), nullable=True))
    texts: tuple[tuple[str, sa.String], ...] = (
        ("lapsed_by", sa.String(length=200)),
        ("lapse_reason", sa.String()),
    )
    for name, kind in texts:
        op.add_column("supplement_request", sa.Column(name, kind, nullable=False, server_default=""))
        op.alter_column("supplement_request", name, server_default=None)
    op.create_check_constraint(
        op.f("ck_supplement_request_one_end"),
        "supplement_request",
        "answered_at is null or lapsed_at is null",
    )
    op.create_check_constraint(
        op.f("ck_supplement_request_lapse_reason"),
        "supplement_request",
        "lapsed_at is null or lapse_reason <> ''",
    )
    op.add_column("complaint", sa.Column("further_id", sa.BigInteger(), nullable=True))
    op.create_table(
        "supplement_leave",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("points", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("ruling", sa.String(), nullable=False),
        sa.Column("ruled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ruled_by", sa.String(length=200), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_supplement_leave_reason")),
        sa.CheckConstraint("(granted is null) = (ruled_at is null)", name=op.f("ck_supplement_leave_ruled")),
        sa.CheckConstraint("granted is null or ruling <> ''", name=op.f("ck_supplement_leave_ruling")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id", "dossier_id"],
            ["dossier.tenant_id", "dossier.unit_id", "dossier.id"],
            name=op.f("fk_supplement_leave_dossier"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_supplement_leave")),
    )
    op.create_index(
        "uq_supplement_leave_open",
        "supplement_leave",
        ["tenant_id", "unit_id", "dossier_id"],
        unique=True,
        postgresql_where=sa.text("granted is null"),
    )
    op.create_index("ix_supplement_leave", "supplement_leave", ["tenant_id", "dossier_id"])
    _opening()


def _opening() -> None:
    """Add a district's own year, longer terms of single units, what it publishes, and entries that are two units."""
    op.create_table(
        "district_year",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("submit_before", sa.Date(), nullable=True),
        sa.Column("decide_before", sa.Date(), nullable=True),
        sa.Column("report_before", sa.Date(), nullable=True),
        sa.Column("plan_number", sa.String(length=60), nullable=False),
        sa.Column("plan_dated", sa.Date(), nullable=True),
        sa.Column("where_to", sa.String(length=500), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("file_name", sa.String(length=300), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(sha256 = '') = (size = 0)", name=op.f("ck_district_year_file")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_district_year_tenant"), onupdate="CASCADE"
        ),
        sa.ForeignKeyConstraint(["year"], ["cycle.year"], name=op.f("fk_district_year_cycle")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_district_year")),
        sa.UniqueConstraint("tenant_id", "year", name=op.f("uq_district_year_tenant_id_year")),
    )
    op.create_table(
        "filing_extension",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_by", sa.String(length=200), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=200), nullable=False),
        sa.Column("withdraw_reason", sa.String(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_filing_extension_reason")),
        sa.CheckConstraint(
            "withdrawn_at is null or withdraw_reason <> ''", name=op.f("ck_filing_extension_withdrawn")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["unit.tenant_id", "unit.id"],
            name=op.f("fk_filing_extension_unit"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(["year"], ["cycle.year"], name=op.f("fk_filing_extension_cycle")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_filing_extension")),
    )
    op.create_index(
        "uq_filing_extension_standing",
        "filing_extension",
        ["tenant_id", "unit_id", "year"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at is null"),
    )
    op.create_index("ix_filing_extension_year", "filing_extension", ["tenant_id", "year", "id"])
    op.create_table(
        "year_notice",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("place_sort", sa.String(length=400), nullable=False),
        sa.Column("office", sa.String(length=300), nullable=False),
        sa.Column("chair", sa.String(length=300), nullable=False),
        sa.Column("basis", sa.String(length=300), nullable=False),
        sa.Column("plan", sa.String(length=200), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("submit_before", sa.Date(), nullable=False),
        sa.Column("decide_before", sa.Date(), nullable=False),
        sa.Column("where_to", sa.String(length=500), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "year", name=op.f("pk_year_notice")),
    )
    op.create_table(
        "distinct_units",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("first_id", sa.BigInteger(), nullable=False),
        sa.Column("second_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("marked_by", sa.String(length=200), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_distinct_units_reason")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "first_id"],
            ["unit.tenant_id", "unit.id"],
            name=op.f("fk_distinct_units_unit"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "second_id"],
            ["unit.tenant_id", "unit.id"],
            name=op.f("fk_distinct_units_second"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_distinct_units")),
        sa.UniqueConstraint(
            "tenant_id", "first_id", "second_id", name=op.f("uq_distinct_units_tenant_id_first_id_second_id")
        ),
    )
