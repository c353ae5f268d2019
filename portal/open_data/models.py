"""What everybody may know of a district's accepted report: its counts by kind of unit, and nothing of any one unit.

Public pages read no report. The Department's acceptance writes these rows, and a later accepted edition replaces them.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Base
from tenants.owned import ALL_ROWS, TenantOwned, Wall

_ACCEPTED = (
    "exists (select from district_report r join report_answer a"
    " on a.tenant_id = r.tenant_id and a.report_id = r.id and a.verdict = 'accepted'"
    " where r.tenant_id = published_figure.tenant_id and r.year = published_figure.year"
    " and r.edition = published_figure.edition)"
)


class PublishedFigure(TenantOwned, Base):
    """The counts of one kind of unit of one district in one year, as in the report of `edition` that was accepted.

    `place` is the district's name when it was accepted. `counts` is `Counts.as_json()`.
    """

    __tablename__ = "published_figure"
    __wall__ = Wall(
        grants={"public": "select", "district": "select", "province": "select, insert, delete"},
        writes={"province": ALL_ROWS},
        inserts={"province": _ACCEPTED},
    )
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenant.id"], onupdate="CASCADE"),
        UniqueConstraint("tenant_id", "year", "kind", "public"),
    )

    year: Mapped[int]
    kind: Mapped[str] = mapped_column(String(30))
    public: Mapped[bool]
    place: Mapped[str] = mapped_column(String(200))
    edition: Mapped[int]
    accepted_on: Mapped[date]
    counts: Mapped[dict[str, int]] = mapped_column(JSONB)
