"""Past results from a file, undone as a whole; the district's own activities."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a batch of an import be known by its rows and undone; add the district's log."""
    op.add_column("import_batch", sa.Column("stored", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("import_batch", sa.Column("done_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "import_batch", sa.Column("done_by", sa.String(length=200), nullable=False, server_default="")
    )
    op.add_column("import_batch", sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "import_batch", sa.Column("undone_by", sa.String(length=200), nullable=False, server_default="")
    )
    for name in ("stored", "done_by", "undone_by"):
        op.alter_column("import_batch", name, server_default=None)
    op.drop_constraint(op.f("ck_import_batch_state"), "import_batch", type_="check")
    op.create_check_constraint(
        op.f("ck_import_batch_state"), "import_batch", "state in ('read','done','dropped','undone')"
    )
    op.create_index("ix_import_batch_kind", "import_batch", ["tenant_id", "kind", "id"], unique=False)
    op.add_column("past_result", sa.Column("batch_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_past_result_import_batch"),
        "past_result",
        "import_batch",
        ["tenant_id", "batch_id"],
        ["tenant_id", "id"],
    )
    op.create_index("ix_past_result_batch", "past_result", ["tenant_id", "batch_id", "id"], unique=False)
    op.create_table(
        "district_activity",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("topic", sa.String(length=300), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("participants", sa.Integer(), nullable=False),
        sa.Column("document_number", sa.String(length=100), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("name_folded", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind in ('guidance', 'briefing', 'publicity', 'training', 'inspection')",
            name=op.f("ck_district_activity_kind"),
        ),
        sa.CheckConstraint(
            "extract(year from held_on) = year", name=op.f("ck_district_activity_inside_the_year")
        ),
        sa.CheckConstraint(
            "participants between 0 and 100000", name=op.f("ck_district_activity_participants")
        ),
        sa.CheckConstraint("(sha256 = '') = (size = 0)", name=op.f("ck_district_activity_file")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_district_activity_tenant")),
        sa.ForeignKeyConstraint(["year"], ["cycle.year"], name=op.f("fk_district_activity_cycle")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_district_activity")),
    )
    op.create_index(
        "ix_district_activity_year",
        "district_activity",
        ["tenant_id", "year", "held_on", "id"],
        unique=False,
    )
