"""Questions and reports of the public about published results, what units are asked about them, terms of districts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables; their doors and guards are raised with the wall."""
    op.create_table(
        "inquiry_term",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("days between 1 and 60", name=op.f("ck_inquiry_term_days")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_inquiry_term_tenant"), onupdate="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_inquiry_term")),
        sa.UniqueConstraint("tenant_id", name=op.f("uq_inquiry_term_tenant_id")),
    )
    op.create_table(
        "inquiry",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("asker", sa.String(length=120), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("sender", sa.LargeBinary(), nullable=True),
        sa.Column("receipt", sa.LargeBinary(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("handler_id", sa.BigInteger(), nullable=True),
        sa.Column("handler", sa.String(length=200), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=200), nullable=False),
        sa.Column("end_reason", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'answered') = (answer <> '')", name=op.f("ck_inquiry_answer")),
        sa.CheckConstraint("(state = 'answered') = (outcome <> '')", name=op.f("ck_inquiry_answered")),
        sa.CheckConstraint("(state = 'dismissed') = (end_reason <> '')", name=op.f("ck_inquiry_dismissed")),
        sa.CheckConstraint("(state in ('sent','taken')) = (ended_at is null)", name=op.f("ck_inquiry_ended")),
        sa.CheckConstraint("kind in ('question', 'report')", name=op.f("ck_inquiry_kind")),
        sa.CheckConstraint(
            "outcome in ('', 'explained', 'unfounded', 'review')", name=op.f("ck_inquiry_outcome")
        ),
        sa.CheckConstraint("result = '' or state = 'answered'", name=op.f("ck_inquiry_result")),
        sa.CheckConstraint("state <> 'taken' or handler_id is not null", name=op.f("ck_inquiry_taken")),
        sa.CheckConstraint(
            "state in ('sent', 'taken', 'answered', 'dismissed')", name=op.f("ck_inquiry_state")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id", "dossier_id"],
            ["dossier.tenant_id", "dossier.unit_id", "dossier.id"],
            name=op.f("fk_inquiry_dossier"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_inquiry")),
        sa.UniqueConstraint("tenant_id", "receipt", name=op.f("uq_inquiry_tenant_id_receipt")),
        sa.UniqueConstraint("tenant_id", "unit_id", "id", name=op.f("uq_inquiry_tenant_id_unit_id_id")),
    )
    op.create_index("ix_inquiry_list", "inquiry", ["tenant_id", "state", "due_on", "id"], unique=False)
    op.create_index("ix_inquiry_receipt", "inquiry", ["receipt"], unique=False)
    op.create_index("ix_inquiry_result", "inquiry", ["tenant_id", "code", "sent_at"], unique=False)
    op.create_index("ix_inquiry_sender", "inquiry", ["sender", "sent_at"], unique=False)
    op.create_table(
        "inquiry_question",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("inquiry_id", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(length=200), nullable=False),
        sa.Column("reply", sa.String(), nullable=False),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replied_by", sa.String(length=200), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(replied_at is null) = (reply = '')", name=op.f("ck_inquiry_question_reply")),
        sa.CheckConstraint("question <> ''", name=op.f("ck_inquiry_question_question")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id", "inquiry_id"],
            ["inquiry.tenant_id", "inquiry.unit_id", "inquiry.id"],
            name=op.f("fk_inquiry_question_inquiry"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_inquiry_question")),
    )
    op.create_index(
        "ix_inquiry_question_case", "inquiry_question", ["tenant_id", "inquiry_id", "id"], unique=False
    )
    op.create_index(
        "ix_inquiry_question_unit", "inquiry_question", ["tenant_id", "unit_id", "id"], unique=False
    )
