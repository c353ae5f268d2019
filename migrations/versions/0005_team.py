"""Assignments, guests of a unit, minutes of the team; the role of a guest."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ROLES = (
    "province_admin", "province_officer", "province_viewer", "district_admin", "district_officer",
    "district_council", "district_leader", "unit_editor", "unit_head", "unit_contributor",
)  # fmt: skip


def upgrade() -> None:
    """Add the tables of the team's work; members may be linked to accounts; a guest's role has an end."""
    allowed = ", ".join(f"'{role}'" for role in _ROLES)
    op.drop_constraint(op.f("ck_membership_role"), "membership", type_="check")
    op.create_check_constraint(op.f("ck_membership_role"), "membership", f"role in ({allowed})")
    op.create_check_constraint(
        op.f("ck_membership_guest_has_end"),
        "membership",
        "role <> 'unit_contributor' or (until is not null and until < since + 60)",
    )
    op.add_column("team_member", sa.Column("account_id", sa.BigInteger(), nullable=True))
    op.create_unique_constraint(
        op.f("uq_team_member_tenant_id_unit_id_dossier_id_id"),
        "team_member",
        ["tenant_id", "unit_id", "dossier_id", "id"],
    )
    _create_assignment()
    _create_invitation()
    _create_minutes()


def _key() -> tuple[sa.Column, ...]:  # type: ignore[type-arg]
    return (
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
    )


def _of_dossier(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", "unit_id", "dossier_id"],
        ["dossier.tenant_id", "dossier.unit_id", "dossier.id"],
        name=op.f(f"fk_{table}_dossier"),
        onupdate="CASCADE",
        ondelete="CASCADE",
    )


def _create_assignment() -> None:
    op.create_table(
        "assignment",
        *_key(),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_by", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["indicator_id"], ["indicator.id"], name=op.f("fk_assignment_indicator")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id", "dossier_id", "member_id"],
            ["team_member.tenant_id", "team_member.unit_id", "team_member.dossier_id", "team_member.id"],
            name=op.f("fk_assignment_team_member"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        _of_dossier("assignment"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_assignment")),
        sa.UniqueConstraint(
            "tenant_id",
            "dossier_id",
            "indicator_id",
            name=op.f("uq_assignment_tenant_id_dossier_id_indicator_id"),
        ),
    )
    op.create_index("ix_assignment_member", "assignment", ["tenant_id", "unit_id", "member_id"])


def _create_invitation() -> None:
    op.create_table(
        "invitation",
        *_key(),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("membership_id", sa.BigInteger(), nullable=False),
        sa.Column("full_name", sa.String(length=200), nullable=False),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("invited_by", sa.String(length=200), nullable=False),
        _of_dossier("invitation"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_invitation")),
        sa.UniqueConstraint(
            "tenant_id",
            "unit_id",
            "dossier_id",
            "id",
            name=op.f("uq_invitation_tenant_id_unit_id_dossier_id_id"),
        ),
    )
    op.create_index("ix_invitation_account", "invitation", ["tenant_id", "unit_id", "account_id"])
    op.create_table(
        "invited_indicator",
        *_key(),
        sa.Column("invitation_id", sa.BigInteger(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("contributed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["indicator_id"], ["indicator.id"], name=op.f("fk_invited_indicator_indicator")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id", "dossier_id", "invitation_id"],
            ["invitation.tenant_id", "invitation.unit_id", "invitation.dossier_id", "invitation.id"],
            name=op.f("fk_invited_indicator_invitation"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        _of_dossier("invited_indicator"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_invited_indicator")),
        sa.UniqueConstraint(
            "tenant_id",
            "invitation_id",
            "indicator_id",
            name=op.f("uq_invited_indicator_tenant_id_invitation_id_indicator_id"),
        ),
    )
    op.create_index(
        "ix_invited_indicator_dossier", "invited_indicator", ["tenant_id", "dossier_id", "indicator_id"]
    )


def _create_minutes() -> None:
    op.create_table(
        "team_minutes",
        *_key(),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("venue", sa.String(length=200), nullable=False),
        sa.Column("chair_id", sa.BigInteger(), nullable=True),
        sa.Column("secretary_id", sa.BigInteger(), nullable=True),
        sa.Column("attendance", postgresql.JSONB(), nullable=False),
        sa.Column("opinions", postgresql.JSONB(), nullable=False),
        sa.Column("discussion", sa.String(), nullable=False),
        sa.Column("conclusion", sa.String(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=200), nullable=False),
        sa.Column("frozen", postgresql.JSONB(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(closed_at is null) = (frozen is null)", name=op.f("ck_team_minutes_closed")),
        _of_dossier("team_minutes"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_team_minutes")),
        sa.UniqueConstraint(
            "tenant_id", "unit_id", "dossier_id", name=op.f("uq_team_minutes_tenant_id_unit_id_dossier_id")
        ),
    )
