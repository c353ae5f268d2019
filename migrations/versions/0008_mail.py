"""Notices by person, mail and its queue, reminders, the province's own holidays."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# Until now a notice was read for everybody as soon as one person had read it: it stays so for all who served then.
_KEEP_WHAT_WAS_READ = """
insert into notice_read (tenant_id, notice_id, account_id, read_at)
select distinct n.tenant_id, n.id, m.account_id, n.read_at
  from notice n join membership m on m.tenant_id = n.tenant_id
    and (case n.audience when 'unit' then m.unit_id = n.unit_id else m.role like 'district_%' end)
 where n.read_at is not null
"""


def upgrade() -> None:
    """Tell each person alone what is new, queue mail, remember reminders, name days off."""
    op.create_table(
        "holiday",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.String(length=200), nullable=False),
        sa.CheckConstraint("kind in ('off','worked')", name=op.f("ck_holiday_kind")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_holiday")),
    )
    op.create_table(
        "letter",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("notice_id", sa.BigInteger(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.CheckConstraint("(notice_id is null) <> (day is null)", name=op.f("ck_letter_one_reason")),
        sa.CheckConstraint("state in ('waiting','sent','refused','given_up')", name=op.f("ck_letter_state")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_letter_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
    )
    op.create_index("ix_letter_made", "letter", ["made_at"], unique=False)
    op.create_index(
        "ix_letter_waiting", "letter", ["next_at", "id"], unique=False, postgresql_where="state = 'waiting'"
    )
    op.create_index("uq_letter_day", "letter", ["account_id", "day"], unique=True)
    op.create_index("uq_letter_notice", "letter", ["account_id", "notice_id"], unique=True)
    op.create_table(
        "mail_choice",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("pace", sa.String(length=10), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("pace in ('now','daily','none')", name=op.f("ck_mail_choice_pace")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_mail_choice_account")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_mail_choice")),
    )
    op.create_table(
        "reminder",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("rule", sa.String(length=30), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["unit.tenant_id", "unit.id"],
            name=op.f("fk_reminder_unit"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_reminder_tenant")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_reminder")),
        sa.UniqueConstraint(
            "tenant_id",
            "rule",
            "unit_id",
            "subject",
            "due_on",
            name=op.f("uq_reminder_tenant_id_rule_unit_id_subject_due_on"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    _notices_by_person()


def _notices_by_person() -> None:
    op.create_table(
        "notice_read",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("notice_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "notice_id"],
            ["notice.tenant_id", "notice.id"],
            name=op.f("fk_notice_read_notice"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_notice_read")),
        sa.UniqueConstraint(
            "tenant_id",
            "notice_id",
            "account_id",
            name=op.f("uq_notice_read_tenant_id_notice_id_account_id"),
        ),
    )
    op.execute(_KEEP_WHAT_WAS_READ)
    op.add_column("notice", sa.Column("account_id", sa.BigInteger(), nullable=True))
    op.add_column("notice", sa.Column("kind", sa.String(length=20), server_default="step", nullable=False))
    op.add_column("notice", sa.Column("by_account", sa.BigInteger(), nullable=True))
    op.add_column("notice", sa.Column("taken_up_at", sa.DateTime(timezone=True), nullable=True))
    # What was told before there was mail is not mailed afterwards.
    op.execute("update notice set taken_up_at = sent_at")
    op.drop_constraint(op.f("ck_notice_audience"), "notice", type_="check")
    op.drop_constraint(op.f("ck_notice_unit_known"), "notice", type_="check")
    op.create_check_constraint(
        op.f("ck_notice_audience"), "notice", "audience in ('unit','district','person')"
    )
    op.create_check_constraint(
        op.f("ck_notice_unit_known"), "notice", "audience <> 'unit' or unit_id is not null"
    )
    op.create_check_constraint(
        op.f("ck_notice_person_known"), "notice", "(audience = 'person') = (account_id is not null)"
    )
    op.drop_index("ix_notice_unread", table_name="notice")
    op.drop_column("notice", "read_at")
    op.create_index("ix_notice_fresh", "notice", ["sent_at"], unique=False)
    op.create_index(
        "ix_notice_inbox", "notice", ["tenant_id", "audience", "unit_id", "sent_at"], unique=False
    )
    op.create_index(
        "ix_notice_waiting", "notice", ["id"], unique=False, postgresql_where="taken_up_at is null"
    )
