"""Places: the tenants of the deployment, their kinds and names, from when until when.

A tenant is a district (huyện, quận, thị xã, thành phố), since 7/2025 possibly a commune, the
province itself, or the province's own units (Circular 24/2023, Articles 12 and 13). What its bodies are called
on paper is data, because reform changes it. A tenant's tier leads to the criteria and dates of its years.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, Computed, Identity, String
from sqlalchemy.orm import Mapped, mapped_column

from .database import Base
from .owned import Wall


class TenantKind(StrEnum):
    """Kinds of place that can run a recognition; PROVINCE runs the deployment and recognises nobody itself.

    PROVINCIAL_UNITS is where the chairman of the province recognises the units of provincial level.
    """

    PROVINCE = "province"
    PROVINCIAL_UNITS = "provincial_units"
    RURAL_DISTRICT = "rural_district"
    URBAN_DISTRICT = "urban_district"
    TOWN = "town"
    CITY = "city"
    COMMUNE = "commune"
    WARD = "ward"
    SPECIAL_ZONE = "special_zone"


class Tier(StrEnum):
    """Whose criteria a place judges by: those of Articles 6 and 7, or those of Articles 12 and 13."""

    DISTRICT = "district"
    PROVINCE = "province"


class Tenant(Base):
    """One place that runs a recognition, with the words its papers use."""

    __tablename__ = "tenant"
    __wall__ = Wall(
        shared=True,
        grants={
            "unit": "select",
            "district": "select",
            "signin": "select",
            "province": "select, insert, update",
            "public": "select",
            "work": "select",
        },
    )
    __table_args__ = (CheckConstraint("valid_to is null or valid_to > valid_from", name="dates"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    kind: Mapped[TenantKind] = mapped_column(String(20))
    tier: Mapped[Tier] = mapped_column(
        String(10),
        Computed("case when kind = 'provincial_units' then 'province' else 'district' end", persisted=True),
    )
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    name_sort: Mapped[str] = mapped_column(String(400))
    committee: Mapped[str] = mapped_column(String(200))
    office: Mapped[str] = mapped_column(String(200))
    seat: Mapped[str] = mapped_column(String(100))
    chair_title: Mapped[str] = mapped_column(String(100), default="CHỦ TỊCH")
    symbol: Mapped[str] = mapped_column(String(20), default="UBND")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
