"""The trail knows from where a person acted, is searched by time, and is sealed entry by entry."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the address, the indexes of the search and the chain; entries so far have no address."""
    op.add_column(
        "trail_entry", sa.Column("address", sa.String(length=60), nullable=False, server_default="")
    )
    op.alter_column("trail_entry", "address", server_default=None)
    op.create_index("ix_trail_at", "trail_entry", ["tenant_id", "at", "id"])
    op.create_index("ix_trail_everywhere", "trail_entry", ["at", "id"])
    op.create_index("ix_trail_real_at", "trail_entry", ["tenant_id", "real_at"])
    op.create_table(
        "trail_seal",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "entry_id"],
            ["trail_entry.tenant_id", "trail_entry.id"],
            name=op.f("fk_trail_seal_trail_entry"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_trail_seal")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_trail_seal_tenant_id_number")),
        sa.UniqueConstraint("tenant_id", "entry_id", name=op.f("uq_trail_seal_tenant_id_entry_id")),
    )
