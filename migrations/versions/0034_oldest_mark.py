"""The oldest mark of the figures, found without reading what a drained backlog left of its table."""

from __future__ import annotations

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    op.create_index("ix_figure_mark_at", "figure_mark", ["at"])
