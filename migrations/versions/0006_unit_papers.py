"""Letterheads, own words in papers, signed scans, signatures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_LETTERHEAD = {"superior_second": 200, "name_lines": 300, "date_place": 100, "authority": 200}
_BLOCKS = (
    "'mau-01-mo-dau', 'mau-01-ket', 'mau-02-tinh-hinh', 'mau-02-qua-trinh', 'mau-02-y-kien', 'mau-03-ghi-chu'"
)


def upgrade() -> None:
    """Add how a unit heads its papers, and what it adds to them by hand."""
    for name, longest in _LETTERHEAD.items():
        op.add_column("unit", sa.Column(name, sa.String(longest), nullable=False, server_default=""))
        op.alter_column("unit", name, server_default=None)
    op.create_table(
        "own_words",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("block", sa.String(30), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(200), nullable=False),
        sa.CheckConstraint(f"block in ({_BLOCKS})", name=op.f("ck_own_words_block")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id", "dossier_id"],
            ["dossier.tenant_id", "dossier.unit_id", "dossier.id"],
            name=op.f("fk_own_words_dossier"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_own_words")),
        sa.UniqueConstraint(
            "tenant_id",
            "unit_id",
            "dossier_id",
            "block",
            name=op.f("uq_own_words_tenant_id_unit_id_dossier_id_block"),
        ),
    )
