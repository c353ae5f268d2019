"""Further decisions: revoking a recognition, correcting a result."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table, and what a recognition says of the further decision that gave or took it."""
    op.create_table(
        "further_decision",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=False),
        sa.Column("complaint_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("before", sa.SmallInteger(), nullable=False),
        sa.Column("outcome", sa.SmallInteger(), nullable=False),
        sa.Column("ground", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("legal_basis", sa.String(), nullable=False),
        sa.Column("target_number", sa.String(length=60), nullable=False),
        sa.Column("target_dated", sa.Date(), nullable=False),
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("file_size", sa.BigInteger(), nullable=False),
        sa.Column("file_type", sa.String(length=100), nullable=False),
        sa.Column("file_name", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_by", sa.String(length=200), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(length=200), nullable=False),
        sa.Column("silent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("silent_by", sa.String(length=200), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("dated", sa.Date(), nullable=True),
        sa.Column("signer", sa.String(length=200), nullable=False),
        sa.Column("signer_title", sa.String(length=200), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("issued_by", sa.String(length=200), nullable=False),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_by", sa.String(length=200), nullable=False),
        sa.Column("drop_reason", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("file_sha256 = '' or file_size > 0", name=op.f("ck_further_decision_file")),
        sa.CheckConstraint("kind <> 'revoke' or outcome = 0", name=op.f("ck_further_decision_revoked")),
        sa.CheckConstraint("kind in ('revoke', 'correct')", name=op.f("ck_further_decision_kind")),
        sa.CheckConstraint(
            "state <> 'dropped' or (dropped_at is not null and drop_reason <> '')",
            name=op.f("ck_further_decision_dropped"),
        ),
        sa.CheckConstraint(
            "state <> 'heard' or answered_at is not null or silent_at is not null",
            name=op.f("ck_further_decision_heard"),
        ),
        sa.CheckConstraint(
            "state <> 'hearing' or (told_at is not null and answer_by is not null)",
            name=op.f("ck_further_decision_told"),
        ),
        sa.CheckConstraint(
            "state <> 'issued' or (number <> '' and dated is not null and issued_at is not null)",
            name=op.f("ck_further_decision_issued"),
        ),
        sa.CheckConstraint(
            "state in ('draft', 'hearing', 'heard', 'issued', 'dropped')",
            name=op.f("ck_further_decision_state"),
        ),
        sa.CheckConstraint(
            "before in (0, 1, 2) and before <> outcome", name=op.f("ck_further_decision_before")
        ),
        sa.CheckConstraint("outcome in (0, 1, 2)", name=op.f("ck_further_decision_outcome")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "decision_id"],
            ["decision.tenant_id", "decision.id"],
            name=op.f("fk_further_decision_decision"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id", "complaint_id"],
            ["complaint.tenant_id", "complaint.unit_id", "complaint.id"],
            name=op.f("fk_further_decision_complaint"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id", "dossier_id"],
            ["dossier.tenant_id", "dossier.unit_id", "dossier.id"],
            name=op.f("fk_further_decision_dossier"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_further_decision")),
        sa.UniqueConstraint(
            "tenant_id", "unit_id", "id", name=op.f("uq_further_decision_tenant_id_unit_id_id")
        ),
    )
    op.create_index(
        "ix_further_decision_dossier", "further_decision", ["tenant_id", "dossier_id", "id"], unique=False
    )
    op.create_index(
        "ix_further_decision_list", "further_decision", ["tenant_id", "state", "id"], unique=False
    )
    op.create_index(
        "uq_further_decision_open",
        "further_decision",
        ["tenant_id", "unit_id", "dossier_id"],
        unique=True,
        postgresql_where=sa.text("state in ('draft', 'hearing', 'heard')"),
    )
    op.add_column("recognition", sa.Column("further_id", sa.BigInteger(), nullable=True))
    op.add_column("recognition", sa.Column("revoked_on", sa.Date(), nullable=True))
    op.drop_constraint(op.f("uq_recognition_tenant_id_dossier_id"), "recognition", type_="unique")
    op.create_index("ix_recognition_dossier", "recognition", ["tenant_id", "dossier_id", "id"], unique=False)
    op.create_index(
        "uq_recognition_first",
        "recognition",
        ["tenant_id", "unit_id", "dossier_id"],
        unique=True,
        postgresql_where="further_id is null",
    )
    op.create_index(
        "uq_recognition_further",
        "recognition",
        ["tenant_id", "unit_id", "further_id"],
        unique=True,
        postgresql_where="further_id is not null",
    )
    op.create_foreign_key(
        op.f("fk_recognition_further_decision"),
        "recognition",
        "further_decision",
        ["tenant_id", "unit_id", "further_id"],
        ["tenant_id", "unit_id", "id"],
        onupdate="CASCADE",
    )
    op.create_check_constraint(
        op.f("ck_recognition_revoked"), "recognition", "revoked_on is null or state = 'revoked'"
    )
