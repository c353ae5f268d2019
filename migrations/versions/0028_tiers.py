"""Tiers: a place's criteria and dates follow its tier, and a year has one cycle for each; kinds of provincial units."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_DISTRICT_KINDS = (
    "'party_office', 'government_office', 'front_mass', 'military_police', 'enterprise', 'commune_committee',"
    " 'preschool', 'primary', 'lower_secondary', 'primary_lower_secondary', 'vocational_centre', 'other_school',"
    " 'association'"
)
_PROVINCE_KINDS = (
    "'provincial_office', 'provincial_enterprise', 'upper_secondary', 'continuing_centre', 'higher_education',"
    " 'vocational_institution'"
)
_DATES = ("opens_on", "submit_before", "decide_before", "report_before")


def upgrade() -> None:
    """Move the version and the dates of every year to the districts' cycle of it; the year itself stays."""
    op.add_column(
        "tenant",
        sa.Column(
            "tier",
            sa.String(length=10),
            sa.Computed(
                "case when kind = 'provincial_units' then 'province' else 'district' end", persisted=True
            ),
            nullable=False,
        ),
    )
    op.create_table(
        "cycle_terms",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tier", sa.String(length=10), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Date(), nullable=False) for name in _DATES),
        sa.CheckConstraint("opens_on < submit_before", name=op.f("ck_cycle_terms_order_submit")),
        sa.CheckConstraint(
            "submit_before < decide_before and decide_before < report_before",
            name=op.f("ck_cycle_terms_order"),
        ),
        sa.ForeignKeyConstraint(["year"], ["cycle.year"], name=op.f("fk_cycle_terms_cycle")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["criteria_version.id"], name=op.f("fk_cycle_terms_criteria_version")
        ),
        sa.PrimaryKeyConstraint("year", "tier", name=op.f("pk_cycle_terms")),
    )
    names = ", ".join(("version_id", *_DATES))
    op.execute(f"insert into cycle_terms (year, tier, {names}) select year, 'district', {names} from cycle")  # noqa: S608
    for name in ("version_id", *_DATES):
        op.drop_column("cycle", name)
    op.drop_constraint(op.f("ck_unit_kind"), "unit", type_="check")
    op.create_check_constraint(
        op.f("ck_unit_kind"), "unit", f"kind in ({_DISTRICT_KINDS}, {_PROVINCE_KINDS})"
    )
