"""Rosters, ratios of sensitive units, requests for not-applicable.

Drafts of sensitive units turn from head-counts to ratios, cut off so that every whole percentage is met or
missed as before. What was signed stays as it was signed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

DOSSIER = ["tenant_id", "unit_id", "dossier_id"], ["dossier.tenant_id", "dossier.unit_id", "dossier.id"]

TO_RATIOS = (
    """
    update answer a set part = case when h.value > 0 then 10000::bigint * a.part / h.value end
      from indicator i, headcount h, dossier d
      where i.id = a.indicator_id and i.base is not null
        and h.tenant_id = a.tenant_id and h.dossier_id = a.dossier_id and h.code = i.base
        and d.tenant_id = a.tenant_id and d.id = a.dossier_id and d.ratio_only and a.part is not null
    """,
    """
    update headcount h set value = case when h.value > 0 then 10000 else h.value end
      from dossier d where d.tenant_id = h.tenant_id and d.id = h.dossier_id and d.ratio_only
    """,
)


def _key() -> list[sa.Column]:
    return [
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
    ]


def _number() -> sa.Column:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def upgrade() -> None:
    """Add the tables and the mark of a dossier that tells ratios only."""
    _waivers()
    _rosters()
    op.add_column(
        "dossier", sa.Column("ratio_only", sa.Boolean(), nullable=False, server_default=sa.text("false"))
    )
    op.alter_column("dossier", "ratio_only", server_default=None)
    op.execute(
        "update dossier d set ratio_only = true from unit u"
        " where u.tenant_id = d.tenant_id and u.id = d.unit_id and u.sensitive and d.state = 'draft'"
    )
    for statement in TO_RATIOS:
        op.execute(statement)


def _waivers() -> None:
    op.create_table(
        "waiver",
        *_key(),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        _number(),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(length=200), nullable=False),
        sa.Column("ruling", sa.String(), nullable=False),
        sa.Column("ruled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ruled_by", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state in ('granted', 'refused', 'revoked')) = (ruled_at is not null)",
            name=op.f("ck_waiver_ruled"),
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_waiver_reason")),
        sa.CheckConstraint(
            "state in ('asked', 'granted', 'refused', 'revoked', 'withdrawn')", name=op.f("ck_waiver_state")
        ),
        sa.CheckConstraint(
            "state not in ('refused', 'revoked') or ruling <> ''", name=op.f("ck_waiver_ruling")
        ),
        sa.ForeignKeyConstraint(["indicator_id"], ["indicator.id"], name=op.f("fk_waiver_indicator")),
        sa.ForeignKeyConstraint(
            *DOSSIER, name=op.f("fk_waiver_dossier"), onupdate="CASCADE", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_waiver")),
    )
    op.create_index("ix_waiver_dossier", "waiver", ["tenant_id", "dossier_id"])
    op.create_index("ix_waiver_state", "waiver", ["tenant_id", "state", "asked_at", "id"])
    op.create_index(
        "uq_waiver_standing",
        "waiver",
        ["tenant_id", "dossier_id", "indicator_id"],
        unique=True,
        postgresql_where=sa.text("state in ('asked', 'granted')"),
    )


def _rosters() -> None:
    op.create_table(
        "roster",
        *_key(),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        _number(),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_by", sa.String(length=200), nullable=False),
        sa.Column("wholes", JSONB(), nullable=False),
        sa.Column("parts", JSONB(), nullable=False),
        sa.Column("erase_on", sa.Date(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            *DOSSIER, name=op.f("fk_roster_dossier"), onupdate="CASCADE", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_roster")),
        sa.UniqueConstraint(
            "tenant_id", "unit_id", "dossier_id", name=op.f("uq_roster_tenant_id_unit_id_dossier_id")
        ),
        sa.UniqueConstraint("tenant_id", "unit_id", "id", name=op.f("uq_roster_tenant_id_unit_id_id")),
    )
    op.create_index("ix_roster_erase", "roster", ["tenant_id", "erase_on"])
    op.create_table(
        "roster_person",
        *_key(),
        _number(),
        sa.Column("roster_id", sa.BigInteger(), nullable=False),
        sa.Column("sheet", sa.String(length=30), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("marks", JSONB(), nullable=False),
        sa.CheckConstraint("label <> ''", name=op.f("ck_roster_person_label")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id", "roster_id"],
            ["roster.tenant_id", "roster.unit_id", "roster.id"],
            name=op.f("fk_roster_person_roster"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_roster_person")),
    )
    op.create_index("ix_roster_person", "roster_person", ["tenant_id", "roster_id", "sheet", "line"])
