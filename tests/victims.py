"""Rows of a victim for every table, made from the metadata, in a database that one module of tests shares.

A new table gets its rows here without anybody writing them: values follow the column's type, parents follow
the foreign keys, closed sets follow the CHECK. Only what a CHECK says in its own way stands in `HINTS`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    insert,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapper

import portal.schema  # noqa: F401  (every table is known)
from tenants.database import Base, db
from tenants.scope import Scope, ScopeKind, acting_in
from tests.builders import STEWARD, World

CANARY = "CANARY"

MAPPERS: dict[str, Mapper[Any]] = {
    mapper.local_table.name: mapper  # type: ignore[attr-defined]
    for mapper in sorted(Base.registry.mappers, key=lambda mapper: str(mapper.local_table))
}
OWNED: dict[str, Mapper[Any]] = {
    name: mapper for name, mapper in MAPPERS.items() if not mapper.class_.__wall__.shared
}
SHARED = sorted(set(MAPPERS) - set(OWNED))

# Tables of which a district has one row (for each year), whatever its units.
ONE_A_DISTRICT = {
    "council",
    "council_meeting",
    "district_year",
    "figure_summary",
    "inquiry_term",
    "registration_term",
    "visit_plan",
    "year_notice",
}

# Parents that a row need not have: a role held in one's own right names neither of the two.
UNPLANTED = {("membership", "delegation"), ("membership", "role_proposal")}

Hint = Callable[["Planter", int, int], Any]
HINTS: dict[tuple[str, str], Hint] = {
    ("membership", "role"): lambda _p, _t, unit: "unit_head" if unit else "district_officer",
    ("membership", "proposal_id"): lambda *_: None,
    ("membership", "delegation_id"): lambda *_: None,
    ("delegation", "role"): lambda _p, _t, unit: "unit_head" if unit else "district_leader",
    ("recognition", "valid_to"): lambda *_: date(2029, 12, 31),
    ("register_entry", "valid_to"): lambda *_: date(2029, 12, 31),
    ("decision_line", "outcome"): lambda *_: 1,
    ("further_decision", "before"): lambda *_: 1,
    ("notice", "audience"): lambda *_: "unit",
    ("letter", "notice_id"): lambda *_: 1,
    ("recheck", "sent_at"): lambda *_: datetime(2027, 4, 1, tzinfo=UTC),
    ("council", "quorum"): lambda *_: 1,
    ("announcement", "for_units"): lambda *_: True,
    ("unit", "kind"): lambda *_: "primary",
    ("past_result", "level"): lambda *_: 1,
    ("district_target", "indicator_key"): lambda *_: "H.2.5",
    ("signed_paper", "paper"): lambda *_: "mau-01",
    ("signed_paper", "sha256"): lambda *_: "0" * 64,
}


def pk_of(name: str, row: dict[str, Any]) -> dict[str, Any]:
    """The primary key of a row as column and value."""
    return {column.name: row[column.name] for column in MAPPERS[name].local_table.primary_key}


def literal(value: Any) -> str:
    """A value as SQL text, for statements typed by hand."""
    if isinstance(value, bytes | memoryview):
        return f"'\\x{bytes(value).hex()}'::bytea"
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"


def where(name: str, row: dict[str, Any], alias: str = "") -> str:
    """The condition that finds one row, as SQL text."""
    dot = f"{alias}." if alias else ""
    return " and ".join(f"{dot}{key} = {literal(value)}" for key, value in pk_of(name, row).items())


@dataclass
class Planter:
    """Makes rows from the metadata in the steward's scope and remembers them by table and place."""

    mark: str = CANARY
    made: dict[tuple[str, int, int], dict[str, Any]] = field(default_factory=dict)
    count: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def row(self, name: str, tenant_id: int, unit_id: int) -> dict[str, Any]:
        """The one row of a table in a place, planted with its parents when it is not there yet."""
        key = (name, tenant_id, unit_id)
        if key not in self.made and name in ONE_A_DISTRICT:
            same = [row for place, row in self.made.items() if place[:2] == key[:2]]
            self.made.update({key: same[0]} if same else {})
        if key not in self.made:
            self.made[key] = self.plant(name, self.values(name, tenant_id, unit_id))
        return self.made[key]

    def plant(self, name: str, values: dict[str, Any]) -> dict[str, Any]:
        """Insert a row as the steward and return it whole."""
        table = MAPPERS[name].local_table
        assert isinstance(table, Table)
        own = Scope(ScopeKind.UNIT, values.get("tenant_id", 0), values.get("unit_id", 0))
        with acting_in(STEWARD if MAPPERS[name].class_.__wall__.steward else own):
            return dict(db.session.execute(insert(table).values(values).returning(table)).mappings().one())

    def values(self, name: str, tenant_id: int, unit_id: int) -> dict[str, Any]:
        """Values for a new row of a table in a place; its parents are planted."""
        table = MAPPERS[name].local_table
        assert isinstance(table, Table)
        values: dict[str, Any] = {}
        if "tenant_id" in table.c:
            values["tenant_id"] = tenant_id
        if "unit_id" in table.c and unit_id:
            values["unit_id"] = unit_id
        for constraint in sorted(table.foreign_key_constraints, key=lambda c: -len(c.columns)):
            if not unit_id and "unit_id" in constraint.column_keys:
                continue
            if (name, constraint.referred_table.name) in UNPLANTED:
                continue
            parent = self._parent(constraint.referred_table.name, tenant_id, unit_id)
            for element in constraint.elements:
                values.setdefault(element.parent.name, parent[element.column.name])
        checks = " ".join(
            str(constraint.sqltext)
            for constraint in table.constraints
            if isinstance(constraint, CheckConstraint)
        )
        for column in table.c:
            if column.name not in values and column.identity is None:
                hint = HINTS.get((name, column.name))
                value = hint(self, tenant_id, unit_id) if hint else self._value(name, column, checks)
                if value is not None:
                    values[column.name] = value
        return values

    def _parent(self, name: str, tenant_id: int, unit_id: int) -> dict[str, Any]:
        if name in OWNED:
            return self.row(name, tenant_id, unit_id)
        table = MAPPERS[name].local_table
        with acting_in(STEWARD):
            statement = select(table).order_by(*table.primary_key)
            if name == "tenant":
                statement = statement.where(table.c.id == tenant_id)
            if name == "criteria_version":
                statement = statement.where(table.c.key == "tt24-2023")
            if name == "indicator":  # of the version the victim's dossiers are judged by
                version = MAPPERS["criteria_version"].local_table
                statement = statement.join(version, version.c.id == table.c.version_id)
                statement = statement.where(version.c.key == "tt24-2023")
            return dict(db.session.execute(statement.limit(1)).mappings().one())

    def _value(self, name: str, column: Column[Any], checks: str) -> Any:
        mentioned = re.search(rf"\b{column.name}\b", checks) is not None
        defaulted = column.default is not None or column.server_default is not None
        if mentioned:
            if defaulted or column.nullable:
                return None
            closed = re.search(rf"\b{column.name} in \((.*?)\)", checks)
            if closed:
                first = closed.group(1).split(",")[0].strip()
                return first.strip("'") if first.startswith("'") else int(first)
        kind = column.type
        if isinstance(kind, String):
            text = f"{self.mark}{next(self.count)} {name} {column.name}"[: kind.length]
            return text.lower().replace(" ", "") if mentioned else text
        if isinstance(kind, LargeBinary):
            return f"{self.mark}{next(self.count)}".encode().ljust(32, b".")
        if isinstance(kind, JSONB):
            return None if defaulted else {"canary": f"{self.mark} {name} {column.name}"}
        assert isinstance(column.table, Table)
        if isinstance(kind, Integer) and any(
            column.name in constraint.columns
            for constraint in column.table.constraints
            if isinstance(constraint, UniqueConstraint)
        ):
            return next(self.count)
        if defaulted or column.nullable:
            return None
        if isinstance(kind, DateTime):
            return datetime(2027, 1, 5, 3, tzinfo=UTC)
        if isinstance(kind, Date):
            return date(2026, 12, 31)
        if isinstance(kind, Boolean):
            return False
        if isinstance(kind, Integer):
            return 1
        raise AssertionError(
            f"{name}.{column.name}: the planter knows no value of type {kind}; teach it or HINTS"
        )


@dataclass(frozen=True)
class Places:
    """Two districts, three units, the province; and a planter that knows them."""

    world: World
    planter: Planter
    victim: int
    victim_unit: int
    neighbour_unit: int
    elsewhere: int
    elsewhere_unit: int
    spares: dict[int, int]

    def spare(self, tenant_id: int) -> int:
        """A unit of a district that has parents of rows, but not the rows themselves."""
        return self.spares[tenant_id]

    def scopes(self) -> dict[str, Scope | None]:
        """Every scope from which the victim unit's rows may be tried, by name."""
        return {
            "unit of the same district": Scope(ScopeKind.UNIT, self.victim, self.neighbour_unit, 1),
            "unit elsewhere": Scope(ScopeKind.UNIT, self.elsewhere, self.elsewhere_unit, 1),
            "district elsewhere": Scope(ScopeKind.DISTRICT, self.elsewhere, 0, 1),
            "province": Scope(ScopeKind.PROVINCE, self.world.province_id, 0, 1),
            "signin": Scope(ScopeKind.SIGNIN),
            "public": Scope(ScopeKind.PUBLIC),
            "work": Scope(ScopeKind.WORK),
            "no scope": None,
        }


def _unit(unit_id: int) -> dict[str, Any]:
    table = MAPPERS["unit"].local_table
    with acting_in(STEWARD):
        return dict(db.session.execute(select(table).where(table.c.id == unit_id)).mappings().one())


def settle(world: World) -> Places:
    """Open two districts with units and plant one row of every owned table for each of the units."""
    victim, elsewhere = world.a_district("Huyện An Lão"), world.a_district("Huyện Kiến Thụy")
    units = [
        (victim, world.a_unit(victim, f"Trường {CANARY} Mỹ Đức")),
        (victim, world.a_unit(victim, "Trường Mầm non Quang Trung", "preschool")),
        (elsewhere, world.a_unit(elsewhere, "Trường Tiểu học Đông Phương")),
    ]
    spares = {
        victim: world.a_unit(victim, "Trường Tiểu học Chiến Thắng"),
        elsewhere: world.a_unit(elsewhere, "Trường Tiểu học Tân Phong"),
    }
    planter = Planter()
    for tenant_id, unit_id in units:
        planter.mark = CANARY if (tenant_id, unit_id) == units[0] else "OWN"
        planter.made[("unit", tenant_id, unit_id)] = _unit(unit_id)
        for name in OWNED:
            planter.row(name, tenant_id, unit_id)
    planter.mark = "OWN"
    for tenant_id, unit_id in spares.items():
        planter.made[("unit", tenant_id, unit_id)] = _unit(unit_id)
    return Places(world, planter, victim, units[0][1], units[1][1], elsewhere, units[2][1], spares)


SCOPES = (
    "unit of the same district",
    "unit elsewhere",
    "district elsewhere",
    "province",
    "signin",
    "public",
    "work",
    "no scope",
)
