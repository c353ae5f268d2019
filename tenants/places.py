"""Places: the tenants of the deployment, their kinds and names, from when until when.

A tenant is a district (huyện, quận, thị xã, thành phố), since 7/2025 possibly a commune, the
province itself, or the province's own units (Circular 24/2023, Articles 12 and 13). What its bodies are called
on paper is data, because reform changes it. A code alone identifies nothing over time (since 1/7/2025 new communes
carry codes of old ones): a place is known by code and first day. A tenant's tier leads to the criteria and dates of
its years.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Identity, Index, String, UniqueConstraint
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
    """One place that runs a recognition, with the words its papers use.

    `valid_to`: the first day on which it no longer is one; from then on it is read and nobody acts in it.
    """

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
    __table_args__ = (
        CheckConstraint("valid_to is null or valid_to > valid_from", name="dates"),
        UniqueConstraint("code", "valid_from"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    kind: Mapped[TenantKind] = mapped_column(String(20))
    tier: Mapped[Tier] = mapped_column(
        String(10),
        Computed("case when kind = 'provincial_units' then 'province' else 'district' end", persisted=True),
    )
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(200))
    name_sort: Mapped[str] = mapped_column(String(400))
    committee: Mapped[str] = mapped_column(String(200))
    office: Mapped[str] = mapped_column(String(200))
    seat: Mapped[str] = mapped_column(String(100))
    chair_title: Mapped[str] = mapped_column(String(100), default="CHỦ TỊCH")
    symbol: Mapped[str] = mapped_column(String(20), default="UBND")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    def closed_on(self, day: date) -> bool:
        """Return whether the place is closed on a day."""
        return self.valid_to is not None and self.valid_to <= day


_KEPT_BY_THE_STEWARD = Wall(
    shared=True, grants=dict.fromkeys(("unit", "district", "province", "public"), "select")
)


class FormerName(Base):
    """What a place was and how its papers named it, from a day until the day it was changed (exclusive)."""

    __tablename__ = "former_name"
    __wall__ = _KEPT_BY_THE_STEWARD
    __table_args__ = (CheckConstraint("valid_to > valid_from", name="dates"),)

    place_id: Mapped[int] = mapped_column(ForeignKey("tenant.id"), primary_key=True, autoincrement=False)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date]
    kind: Mapped[TenantKind] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(200))
    name_sort: Mapped[str] = mapped_column(String(400))
    committee: Mapped[str] = mapped_column(String(200))
    office: Mapped[str] = mapped_column(String(200))
    seat: Mapped[str] = mapped_column(String(100))
    chair_title: Mapped[str] = mapped_column(String(100))
    symbol: Mapped[str] = mapped_column(String(20))
    basis: Mapped[str] = mapped_column(String(300))


WORDS = ("kind", "name", "name_sort", "committee", "office", "seat", "chair_title", "symbol")
"""What a renaming may change of a place and keeps as a former name."""


class Succession(Base):
    """A place's work, or a part of it, went to another place on a day, by a legal document (`basis`)."""

    __tablename__ = "succession"
    __wall__ = _KEPT_BY_THE_STEWARD
    __table_args__ = (
        CheckConstraint("from_id <> to_id", name="another"),
        Index("ix_succession_to", "to_id"),
    )

    from_id: Mapped[int] = mapped_column(
        ForeignKey("tenant.id", name="fk_succession_from"), primary_key=True, autoincrement=False
    )
    to_id: Mapped[int] = mapped_column(
        ForeignKey("tenant.id", name="fk_succession_to"), primary_key=True, autoincrement=False
    )
    on_day: Mapped[date] = mapped_column(primary_key=True)
    basis: Mapped[str] = mapped_column(String(300))
