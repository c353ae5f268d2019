"""The evidence library: kinds, validity, years, uploads in parts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KINDS = "'plan', 'regulation', 'funding', 'decision', 'report', 'minutes', 'list', 'certificate', 'photo', 'other'"


def upgrade() -> None:
    """Describe files by kind and validity, carry them over the years, take them in parts."""
    empty = {"nullable": False, "server_default": sa.text("'[]'::jsonb")}
    op.add_column("indicator", sa.Column("proved_by", postgresql.JSONB(astext_type=sa.Text()), **empty))
    op.alter_column("indicator", "proved_by", server_default=None)
    op.add_column("evidence", sa.Column("kind", sa.String(length=20), nullable=False, server_default="other"))
    op.alter_column("evidence", "kind", server_default=None)
    op.add_column("evidence", sa.Column("valid_from", sa.Date(), nullable=True))
    op.add_column("evidence", sa.Column("valid_until", sa.Date(), nullable=True))
    op.create_check_constraint(op.f("ck_evidence_kind"), "evidence", f"kind in ({KINDS})")
    op.create_check_constraint(op.f("ck_evidence_validity"), "evidence", "valid_until >= valid_from")
    op.create_table(
        "evidence_carry",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("evidence_id", sa.BigInteger(), nullable=False),
        sa.Column("still_valid", sa.Boolean(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id", "dossier_id"],
            ["dossier.tenant_id", "dossier.unit_id", "dossier.id"],
            name=op.f("fk_evidence_carry_dossier"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id", "evidence_id"],
            ["evidence.tenant_id", "evidence.unit_id", "evidence.id"],
            name=op.f("fk_evidence_carry_evidence"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_evidence_carry")),
        sa.UniqueConstraint(
            "tenant_id",
            "dossier_id",
            "evidence_id",
            name=op.f("uq_evidence_carry_tenant_id_dossier_id_evidence_id"),
        ),
    )
    op.create_table(
        "evidence_upload",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("mark", sa.String(length=400), nullable=False),
        sa.Column("file_name", sa.String(length=500), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("evidence_id", sa.BigInteger(), nullable=True),
        sa.Column("refusal", sa.String(), nullable=False),
        sa.CheckConstraint(
            "size > 0 and received between 0 and size", name=op.f("ck_evidence_upload_received")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["unit.tenant_id", "unit.id"],
            name=op.f("fk_evidence_upload_unit"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_evidence_upload")),
        sa.UniqueConstraint(
            "tenant_id", "unit_id", "id", name=op.f("uq_evidence_upload_tenant_id_unit_id_id")
        ),
    )
    op.create_index("ix_evidence_upload_touched", "evidence_upload", ["touched_at"], unique=False)
    op.create_index(
        "uq_evidence_upload_mark",
        "evidence_upload",
        ["tenant_id", "unit_id", "account_id", "mark"],
        unique=True,
        postgresql_where=sa.text("finished_at is null"),
    )
    op.create_table(
        "evidence_upload_part",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("upload_id", sa.BigInteger(), nullable=False),
        sa.Column("starts", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id", "upload_id"],
            ["evidence_upload.tenant_id", "evidence_upload.unit_id", "evidence_upload.id"],
            name=op.f("fk_evidence_upload_part_evidence_upload"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_evidence_upload_part")),
        sa.UniqueConstraint(
            "tenant_id",
            "upload_id",
            "starts",
            name=op.f("uq_evidence_upload_part_tenant_id_upload_id_starts"),
        ),
    )
