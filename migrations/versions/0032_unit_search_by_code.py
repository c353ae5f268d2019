"""A search for a unit's code by any part of it, without reading every unit."""

from __future__ import annotations

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index; that of the names is older."""
    op.create_index(
        "ix_unit_search_code",
        "unit",
        ["code"],
        postgresql_using="gin",
        postgresql_ops={"code": "gin_trgm_ops"},
    )
