"""Every place a unit belonged to before, with the moment it left, where there was the first one only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

# What reforms in force have moved, from their own record of it.
_KNOWN = """
with moved as (
  select (move ->> 'from')::int as place, number::bigint as unit_id, reform.carried_out_at as until,
    lag(reform.carried_out_at) over (partition by number order by reform.carried_out_at, reform.id) as since
  from reform, jsonb_array_elements(reform.journal -> 'moves') as move, jsonb_array_elements_text(move -> 'units') as number
  where reform.state in ('done', 'back_asked')
), stays as (
  select unit_id, jsonb_agg(jsonb_build_object('place', place, 'since', since, 'until', until) order by until) as before
  from moved group by unit_id
)
update unit set came_through = stays.before from stays
where stays.unit_id = unit.id and unit.origin_tenant_id is not null
"""


def upgrade() -> None:
    """Add the column and fill it from the reforms carried out."""
    op.add_column(
        "unit",
        sa.Column(
            "came_through", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False
        ),
    )
    op.execute(_KNOWN)
