"""Jobs of units and of the province, with terms and an outcome; files that are read by a job."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_ACTIVE = sa.text("state in ('waiting', 'running')")


def upgrade() -> None:
    """Add the columns; one job at a time is reckoned with the unit and the terms."""
    op.add_column("job", sa.Column("unit_id", sa.BigInteger(), nullable=True))
    op.add_column(
        "job",
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
    )
    op.add_column("job", sa.Column("key", sa.String(length=64), server_default="", nullable=False))
    op.add_column("job", sa.Column("told", sa.String(), server_default="", nullable=False))
    op.add_column("job", sa.Column("path", sa.String(length=300), server_default="", nullable=False))
    op.drop_index("uq_job_active", table_name="job")
    op.create_index(
        "uq_job_active",
        "job",
        ["tenant_id", "unit_id", "kind", "subject", "key"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=_ACTIVE,
    )
    op.add_column("import_batch", sa.Column("content", sa.LargeBinary(), nullable=True))
    op.drop_constraint(op.f("ck_import_batch_state"), "import_batch")
    op.create_check_constraint(
        op.f("ck_import_batch_state"), "import_batch", "state in ('sent','read','done','dropped','undone')"
    )
    op.create_check_constraint(
        op.f("ck_import_batch_sent"), "import_batch", "(state = 'sent') = (content is not null)"
    )
