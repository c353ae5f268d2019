"""Mix-ins that make a table owned, and the declaration of who may do what with its rows.

An owned table carries `tenant_id` first in its primary key and in every foreign key to another
owned table, so that the database itself refuses a child under another district's parent. Rows of
one unit also carry `unit_id`. `__wall__` is the table's part of the wall (see `wall.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from sqlalchemy import BigInteger, Identity
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

OWN_TENANT = "tenant_id = app_tenant()"
OWN_UNIT = "tenant_id = app_tenant() and unit_id = app_unit()"
ALL_ROWS = "true"


@dataclass(frozen=True)
class Wall:
    """Grants and row conditions of one table.

    `grants`: role (`unit`, `district`, `province`, `public`, `signin`, `work`) to SQL privileges.
    `rows`: role to the condition its rows must meet where it differs from the default
    (unit: own unit, district: own tenant, province: all rows for reading).
    `writes`: role to the condition for written rows where it differs from `rows`.
    `inserts`: role to the condition for new rows where it differs from `writes`.
    `shared`: True for tables that belong to nobody; they have no policies, only grants.
    `statements`: further SQL, each idempotent: triggers that guard what is signed or decided.
    `steward`: what the steward may do; "" for rows that not even commands may touch.
    `fleeting`: True for rows a backup leaves out: brought back, they would open what has been shut since.
    """

    grants: Mapping[str, str]
    rows: Mapping[str, str] = field(default_factory=dict)
    writes: Mapping[str, str] = field(default_factory=dict)
    inserts: Mapping[str, str] = field(default_factory=dict)
    shared: bool = False
    statements: tuple[str, ...] = ()
    steward: str = "select, insert, update, delete"
    fleeting: bool = False


FOLLOWS_ITS_UNIT = (
    "if tg_op = 'UPDATE' and current_user = 'portal_owner' and follows_its_unit(to_jsonb(old), to_jsonb(new)) then"
    " return new; end if;"
)
"""First line of a guard on rows of units: a row may follow its unit to another tenant, word for word.

Nobody can write that but the database itself: keys are cascaded as the owner of the tables, as which no login acts.
"""

SHARED_READING = Wall(
    shared=True,
    grants=dict.fromkeys(("unit", "district", "province", "signin", "public"), "select"),
)


class TenantOwned:
    """A row of one tenant: primary key (tenant_id, id)."""

    __wall__: ClassVar[Wall]

    tenant_id: Mapped[int] = mapped_column(primary_key=True, sort_order=-20, autoincrement=False)

    @declared_attr
    @classmethod
    def id(cls) -> Mapped[int]:
        """Number of the row; unique over all tenants."""
        return mapped_column(BigInteger, Identity(), primary_key=True, sort_order=-10)


class UnitOwned(TenantOwned):
    """A row of one unit of one tenant."""

    unit_id: Mapped[int] = mapped_column(BigInteger, sort_order=-15)
