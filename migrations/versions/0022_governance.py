"""The catalogue governed: versions drafted from others, and the wordings of papers as data."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Say what a version was drafted from; no version was so far."""
    op.add_column("criteria_version", sa.Column("drafted_from", sa.Integer(), nullable=True))
    op.create_foreign_key(
        op.f("fk_criteria_version_drafted_from_criteria_version"),
        "criteria_version",
        "criteria_version",
        ["drafted_from"],
        ["id"],
    )
