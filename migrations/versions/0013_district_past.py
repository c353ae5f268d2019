"""Past results from a file, undone as a whole."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a batch of an import be known by its rows and undone."""
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
