"""Filling the province: the mould's rows copied to every unit and year by INSERT … SELECT, as the steward.

COPY is refused behind row policies, and so it should be: here every constraint, key, policy and trigger of
the program looks at every row. Years end in 31/12 whatever they are copied from: dates move by whole years.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import psycopg
from psycopg import sql

from portal.demo.registry import places
from portal.words import fold, sort_key

from .mould import DECIDED_YEAR, Mould
from .sizes import LAST_YEAR, Size

# How far the open year's dossiers have come, by hundredths of the units: signed, filed, accepted, appraised, decided.
COME = ((30, 0), (35, 1), (62, 2), (76, 3), (88, 4), (100, 5))

# What a dossier that came less far does not have yet: column, from which stage on, and what stands there before.
LATER = (
    ("signed_at", 1, "null"), ("signed_by", 1, "''"), ("content_hash", 1, "''"), ("frozen", 1, "null"),
    ("submitted_at", 2, "null"), ("submitted_by", 2, "''"), ("receipt_number", 2, "''"),
    ("accepted_at", 3, "null"), ("accepted_by", 3, "''"),
    ("appraised_at", 4, "null"), ("appraised_by", 4, "''"), ("appraised_level", 4, "null"),
    ("proposed_level", 4, "null"), ("decided_level", 5, "null"), ("decided_at", 5, "null"),
)  # fmt: skip
STATES = "(array['signed','submitted','accepted','appraised'])[m.stage]"

MAP = """
create temp table map on commit drop as
  select u.tenant_id, u.unit_id, y.year, nextval(pg_get_serial_sequence('dossier', 'id')) as dossier_id,
    s.tenant_id as of_tenant, s.dossier_id as of_dossier, s.unit_id as of_unit, s.year as of_year, y.stage
  from (select b.*, c.year,
      case when c.year < %(last)s then 9 else (
        select min(stage) from unnest(%(upto)s::int[], %(stage)s::int[]) as come(upto, stage)
        where b.number * 37 %% 100 < come.upto) end as stage
    from bench_unit b cross join unnest(%(years)s::int[]) as c(year)
    where not exists (select from dossier d where d.tenant_id = b.tenant_id and d.unit_id = b.unit_id
      and d.year = c.year)) y
  join bench_unit u on u.tenant_id = y.tenant_id and u.unit_id = y.unit_id
  join lateral (select p.* from bench_source p where p.kind = u.kind
      and p.stage = case when y.stage = 0 then 0 when y.stage < 9 then 9 else p.stage end
      and (y.stage = 0 or p.stage > 0)
    order by p.public <> u.public, md5(p.dossier_id::text || y.year::text || u.number::text) limit 1) s on true
"""


class Filler:
    """Fills the database of one size; years may be added later (growth)."""

    def __init__(self, admin: str, size: Size, mould: Mould, say: Callable[[str], None]) -> None:
        self.admin, self.size, self.mould, self.say = admin, size, mould, say

    def fill(self) -> None:
        """Open the other tenants, register all units, and copy the years of the size."""
        with psycopg.connect(self.admin) as connection:
            connection.execute("set local role portal_steward")
            self._tenants_and_units(connection)
        self.say(f"{self.size.tenants} huyện, {self.size.units} đơn vị")
        self.add_years(LAST_YEAR - n for n in range(self.size.cycles))

    def add_years(self, years: Iterable[int]) -> None:
        """Copy the dossiers of whole years, a transaction each."""
        for year in years:
            with psycopg.connect(self.admin) as connection:
                rows = self._year(connection, year)
            self.say(f"năm {year}: {rows} hồ sơ")

    def _tenants_and_units(self, connection: psycopg.Connection[Any]) -> None:
        tenants = [self.mould.tenant_id]
        names = [place.name for place in places()]
        for number in range(2, self.size.tenants + 1):
            name = names[number - 1] if number <= len(names) else f"Huyện số {number:03d}"
            row = connection.execute(
                "insert into tenant (kind, code, name, name_sort, committee, office, seat, chair_title, symbol,"
                " valid_from) select 'rural_district', %s, %s, %s, %s, office, seat, chair_title, symbol, valid_from"
                " from tenant where id = %s returning id",
                (f"B{number:03d}", name, sort_key(name), f"Ủy ban nhân dân {name}", tenants[0]),
            ).fetchone()
            assert row is not None
            tenants.append(row[0])
        moulds = self.mould.units
        given: dict[str, list[Any]] = {k: [] for k in ("tenant", "of", "code", "name", "sort", "folded")}
        for place, (tenant_id, share) in enumerate(zip(tenants, self.size.shares(), strict=True)):
            for number in range(len(moulds) if place == 0 else 0, share):
                of_unit, mould = moulds[(number * 7 + place) % len(moulds)]
                name = f"{mould} {number + 1} ({names[place % len(names)]})"[:290]
                values = (
                    tenant_id, of_unit, f"B{place + 1:03d}-{number + 1:04d}", name, sort_key(name)[:600], fold(name),
                )  # fmt: skip
                for column, value in zip(given.values(), values, strict=True):
                    column.append(value)
        own = {"tenant_id": "n.tenant_id", "code": "n.code", "name": "n.name"}
        own |= {"name_sort": "n.sort", "name_folded": "n.folded"}
        columns = [c for c in columns_of(connection, "unit") if c != "id"]
        chosen = ", ".join(own.get(column, f"t.{column}") for column in columns)
        connection.execute(
            f"insert into unit ({', '.join(columns)}) select {chosen} from unnest(%s::int[], %s::bigint[],"
            " %s::text[], %s::text[], %s::text[], %s::text[]) as n(tenant_id, of_unit, code, name, sort, folded)"
            " join unit t on t.tenant_id = %s and t.id = n.of_unit",
            [*given.values(), tenants[0]],
        )

    def _year(self, connection: psycopg.Connection[Any], year: int) -> int:
        connection.execute("set local synchronous_commit = off")
        connection.execute("set local work_mem = '128MB'")
        connection.execute("set local role portal_steward")
        self._cycle(connection, year)
        # Numbers are drawn from the tables' own sequences, which are their owner's.
        connection.execute("set local role portal_owner")
        connection.execute(
            "create temp table bench_unit on commit drop as select tenant_id, id as unit_id, kind, public,"
            " row_number() over (partition by tenant_id order by id)::int as number from unit"
        )
        connection.execute(
            "create temp table bench_source on commit drop as select d.tenant_id, d.unit_id, d.id as dossier_id,"
            " d.year, u.kind, u.public, case when d.state = 'draft' then 0 when d.state = 'decided' then 9 else 8 end as stage"
            " from dossier d join unit u on u.tenant_id = d.tenant_id and u.id = d.unit_id"
            " where d.tenant_id = %s and d.unit_id = any(%s) and d.year in (%s, %s)"
            " and (d.year = %s or d.state = 'draft')",
            (self.mould.tenant_id, [number for number, _ in self.mould.units], DECIDED_YEAR, LAST_YEAR, DECIDED_YEAR),
        )  # fmt: skip
        upto, stages = [u for u, _ in COME], [s for _, s in COME]
        made = connection.execute(
            MAP.encode(), {"last": LAST_YEAR, "years": [year], "upto": upto, "stage": stages}
        ).rowcount
        connection.execute("create index on map (of_tenant, of_dossier); analyze map")
        connection.execute("grant select on map, bench_unit to portal_steward")
        connection.execute("set local role portal_steward")
        self._copy_year(connection, year)
        return made

    def _cycle(self, connection: psycopg.Connection[Any], year: int) -> None:
        connection.execute("insert into cycle (year) values (%s) on conflict do nothing", (year,))
        columns = columns_of(connection, "cycle_terms")
        chosen = ", ".join(
            "%(year)s" if c == "year" else _moved(c, kind, "%(year)s - year") for c, kind in columns.items()
        )
        connection.execute(
            f"insert into cycle_terms ({', '.join(columns)}) select {chosen} from cycle_terms where year = %(of)s"
            " on conflict do nothing",
            {"year": year, "of": DECIDED_YEAR},
        )

    def _copy_year(self, connection: psycopg.Connection[Any], year: int) -> None:
        later = {
            column: f"case when m.stage >= {stage} then {{}} else {before} end"
            for column, stage, before in LATER
        }
        copy(
            connection,
            "dossier",
            {
                "id": "m.dossier_id",
                "year": "m.year",
                "state": f"coalesce(case when m.stage between 1 and 4 then {STATES} end, t.state)",
                **later,
            },
            on="t.tenant_id = m.of_tenant and t.id = m.of_dossier",
        )
        under = "t.tenant_id = m.of_tenant and t.dossier_id = m.of_dossier"
        for table in ("headcount", "answer", "team_member"):
            copy(connection, table, {}, on=under)
        copy(
            connection,
            "registration",
            {"year": "m.year"},
            on="t.tenant_id = m.of_tenant and t.unit_id = m.of_unit and t.year = m.of_year"
            " and not exists (select from registration r where r.tenant_id = m.tenant_id"
            " and r.unit_id = m.unit_id and r.year = m.year)",
        )
        if year >= DECIDED_YEAR:
            copy(connection, "finding", {"shown_to_unit": "m.stage >= 5"}, on=f"{under} and m.stage >= 4")
        self._decisions(connection, year, under)

    def _decisions(self, connection: psycopg.Connection[Any], year: int, under: str) -> None:
        """One decision a tenant and year, its lines, and the recognitions it gives."""
        columns = {
            c: k
            for c, k in columns_of(connection, "decision").items()
            if c not in ("id", "tenant_id", "year")
        }
        chosen = [_moved(f"d.{c}", kind, "(%(year)s - d.year)") for c, kind in columns.items()]
        chosen[list(columns).index("number")] = "%(year)s || '/QĐ-UBND'"
        connection.execute(
            f"insert into decision (tenant_id, year, {', '.join(columns)})"
            f" select m.tenant_id, %(year)s, {', '.join(chosen)}"
            " from (select distinct tenant_id from map where stage >= 5) m join decision d"
            " on d.tenant_id = %(of)s and d.year = %(of_year)s and not exists"
            " (select from decision o where o.tenant_id = m.tenant_id and o.year = %(year)s)",
            {"year": year, "of": self.mould.tenant_id, "of_year": DECIDED_YEAR},
        )
        own = {
            "decision_id": "(select o.id from decision o where o.tenant_id = m.tenant_id and o.year = m.year)"
        }
        copy(connection, "decision_line", own, on=f"{under} and m.stage >= 5")
        copy(
            connection,
            "recognition",
            own
            | {
                "year": "m.year",
                "code": "upper(substr(md5(m.dossier_id::text), 1, 16))",
                "state": f"case when m.year >= {DECIDED_YEAR} then t.state else 'replaced' end",
            },
            on=f"{under} and m.stage >= 5",
        )


def columns_of(connection: psycopg.Connection[Any], table: str) -> dict[str, str]:
    """Return the columns of a table with their types, in their order."""
    rows = connection.execute(
        "select attname, format_type(atttypid, null) from pg_attribute where attrelid = %s::regclass"
        " and attnum > 0 and not attisdropped order by attnum",
        (table,),
    )
    return dict(rows.fetchall())


def copy(connection: psycopg.Connection[Any], table: str, own: dict[str, str], *, on: str) -> None:
    """Copy a table's rows along the map: keys are the new ones, days move by whole years, `own` says the rest.

    In an expression of `own` `{}` stands for the value as it would be copied.
    """
    keys = {"tenant_id": "m.tenant_id", "unit_id": "m.unit_id", "dossier_id": "m.dossier_id"}
    chosen, names = [], []
    for column, kind in columns_of(connection, table).items():
        if column == "id" and "id" not in own:
            continue
        value = _moved(f"t.{column}", kind, "m.year - m.of_year")
        names.append(column)
        chosen.append(own[column].format(value) if column in own else keys.get(column, value))
    statement = sql.SQL("insert into {} ({}) select {} from map m join {} t on {}").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, names)),
        sql.SQL(", ".join(chosen)),
        sql.Identifier(table),
        sql.SQL(on),
    )
    connection.execute(statement)


def _moved(value: str, kind: str, years: str) -> str:
    """Return a value with its day moved by whole years, if it is one."""
    if not kind.startswith(("date", "timestamp")):
        return value
    moved = f"({value} + make_interval(years => {years}))"
    return f"{moved}::date" if kind == "date" else moved
