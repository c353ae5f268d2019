"""Figures of accepted reports that everybody may read, and tokens of other systems."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_ACCEPTED_SO_FAR = """
insert into published_figure (tenant_id, year, kind, public, place, edition, accepted_on, counts)
select r.tenant_id, r.year, e.item->>'kind', (e.item->>'public')::boolean, t.name, r.edition,
       (r.answered_at at time zone 'Asia/Ho_Chi_Minh')::date, e.item->'counts'
  from (select distinct on (d.tenant_id, d.year) d.tenant_id, d.year, d.edition, d.snapshot, a.answered_at
          from district_report d join report_answer a
            on a.tenant_id = d.tenant_id and a.report_id = d.id and a.verdict = 'accepted'
         order by d.tenant_id, d.year, d.edition desc) r
  join tenant t on t.id = r.tenant_id
  cross join lateral jsonb_array_elements(r.snapshot->'counts') e(item)
"""


def upgrade() -> None:
    """Add the tables, and the figures of the reports accepted until now."""
    op.create_table(
        "published_figure",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("accepted_on", sa.Date(), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_published_figure_tenant"), onupdate="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_published_figure")),
        sa.UniqueConstraint(
            "tenant_id", "year", "kind", "public", name=op.f("uq_published_figure_tenant_id_year_kind_public")
        ),
    )
    op.execute(_ACCEPTED_SO_FAR)
    op.create_table(
        "api_token",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("purpose", sa.String(length=300), nullable=False),
        sa.Column("token_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.String(length=200), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("uses", sa.BigInteger(), nullable=False),
        sa.Column("window_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("window_uses", sa.Integer(), nullable=False),
        sa.CheckConstraint("expires_at <= created_at + interval '365 days'", name=op.f("ck_api_token_life")),
        sa.CheckConstraint("name <> '' and purpose <> ''", name=op.f("ck_api_token_said_what_for")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_api_token_tenant"), onupdate="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_api_token")),
    )
    op.create_index("ix_api_token_sha256", "api_token", ["token_sha256"])
