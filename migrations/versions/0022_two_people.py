"""The right to decide takes two people; a holder of a role may delegate it; a session may look at another's pages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add proposals, delegations, and what memberships and sessions say of them; roles held so far stay."""
    op.create_table(
        "role_proposal",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("proposed_by", sa.BigInteger(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "role in ('district_leader', 'province_admin')", name=op.f("ck_role_proposal_role")
        ),
        sa.CheckConstraint(
            "(answered_at is null) = (confirmed is null)", name=op.f("ck_role_proposal_answered")
        ),
        sa.CheckConstraint(
            "(answered_at is null) = (answered_by is null)", name=op.f("ck_role_proposal_answered_by")
        ),
        sa.CheckConstraint(
            "confirmed is not true or (answered_by <> proposed_by and answered_by <> account_id)",
            name=op.f("ck_role_proposal_two"),
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_role_proposal_reason")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_role_proposal_account")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_role_proposal_tenant")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_role_proposal")),
    )
    op.create_index(
        "uq_role_proposal_open",
        "role_proposal",
        ["tenant_id", "account_id", "role"],
        unique=True,
        postgresql_where=sa.text("answered_at is null"),
    )
    op.create_index("ix_role_proposal_account", "role_proposal", ["account_id", "tenant_id"])
    op.create_table(
        "delegation",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("giver_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("rights", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("document", sa.String(length=100), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "role in ('district_leader', 'district_officer', 'unit_head')", name=op.f("ck_delegation_role")
        ),
        sa.CheckConstraint(
            "(unit_id is not null) = (role = 'unit_head')", name=op.f("ck_delegation_unit_role_has_unit")
        ),
        sa.CheckConstraint("document <> '' and reason <> ''", name=op.f("ck_delegation_stated")),
        sa.ForeignKeyConstraint(["giver_id"], ["account.id"], name=op.f("fk_delegation_account")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_delegation_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["unit.tenant_id", "unit.id"],
            name="fk_delegation_unit",
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_delegation")),
    )
    op.create_index("ix_delegation_giver", "delegation", ["tenant_id", "giver_id"])
    for name, table, onupdate in (
        ("proposal_id", "role_proposal", None),
        ("delegation_id", "delegation", "CASCADE"),
    ):
        op.add_column("membership", sa.Column(name, sa.BigInteger(), nullable=True))
        op.create_foreign_key(
            op.f(f"fk_membership_{table}"),
            "membership",
            table,
            ["tenant_id", name],
            ["tenant_id", "id"],
            onupdate=onupdate,
        )
        op.create_unique_constraint(
            op.f(f"uq_membership_tenant_id_{name}"), "membership", ["tenant_id", name]
        )
    op.create_check_constraint(
        op.f("ck_membership_delegation_has_end"), "membership", "delegation_id is null or until is not null"
    )
    op.add_column("signin_session", sa.Column("seen_membership_id", sa.BigInteger(), nullable=True))
    op.add_column("signin_session", sa.Column("seen_until", sa.DateTime(timezone=True), nullable=True))
