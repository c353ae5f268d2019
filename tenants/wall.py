"""The wall: database roles, grants, row policies and their check.

Every table declares its part (`__wall__`, see `owned.py`). `raise_wall` writes that declaration into
the database, idempotently, at the end of every migration run; `inspection.py` reads it back and names
everything that stands open. A program that finds a defect does not start.

Roles: `portal_owner` owns the tables; `portal_migrate` may become owner, steward and work (what runs beside
the pages: mail); `portal_web` may become unit, district, signin and public; `portal_oversight` may become
province only. A login by itself may read nothing.
"""

from __future__ import annotations

import hashlib
from typing import Any

from psycopg import Connection as RawConnection
from psycopg import sql
from sqlalchemy import Connection, Table
from sqlalchemy.orm import DeclarativeBase

from .functions import PERSONS, POWERS, SETTINGS
from .owned import ALL_ROWS, OWN_TENANT, OWN_UNIT, Wall

OWNER = "portal_owner"
SCOPES = ("public", "signin", "unit", "district", "province", "work")
SCOPE_ROLES = tuple(f"portal_{name}" for name in SCOPES) + ("portal_steward",)
LOGINS = {
    "portal_web": ("portal_public", "portal_signin", "portal_unit", "portal_district"),
    "portal_oversight": ("portal_province",),
    "portal_migrate": (OWNER, "portal_steward", "portal_work"),
}

# Every policy with the mark of how the database understood it, and the seal it carries.
SEALED = """
select p.tablename, p.policyname, md5(concat_ws('|', p.cmd, p.roles::text, p.permissive, p.qual, p.with_check)),
    obj_description(o.oid, 'pg_policy')
  from pg_policies p join pg_policy o on o.polname = p.policyname
    and o.polrelid = ('public.' || quote_ident(p.tablename))::regclass
  where p.schemaname = 'public'
"""

_DEFAULT_ROWS = {
    "unit": OWN_UNIT,
    "district": OWN_TENANT,
    "province": ALL_ROWS,
    "signin": ALL_ROWS,
    "public": ALL_ROWS,
    "work": ALL_ROWS,
}


class WallDown(RuntimeError):
    """The database does not keep tenants apart as declared; the message lists what stands open."""


def bootstrap(admin: RawConnection[Any], passwords: dict[str, str]) -> None:
    """Create roles, logins and extensions in a database; safe to repeat.

    `admin` is a superuser's connection in autocommit; `passwords` maps each login of `LOGINS`
    to its password.
    """
    known = {row[0] for row in admin.execute("select rolname from pg_roles where rolname like 'portal_%'")}
    for role in (OWNER, *SCOPE_ROLES):
        if role not in known:
            admin.execute(sql.SQL("create role {} nologin noinherit").format(sql.Identifier(role)))
    for login, roles in LOGINS.items():
        if login not in known:
            admin.execute(sql.SQL("create role {} login noinherit").format(sql.Identifier(login)))
        admin.execute(
            sql.SQL("alter role {} nosuperuser nobypassrls nocreatedb nocreaterole password {}").format(
                sql.Identifier(login), sql.Literal(passwords[login])
            )
        )
        for role in roles:
            admin.execute(sql.SQL("grant {} to {}").format(sql.Identifier(role), sql.Identifier(login)))
    for extension in ("unaccent", "pg_trgm"):
        admin.execute(f"create extension if not exists {extension}")
    admin.execute("revoke create on schema public from public")
    admin.execute(f"grant create, usage on schema public to {OWNER}")
    for role in SCOPE_ROLES:
        admin.execute(sql.SQL("grant usage on schema public to {}").format(sql.Identifier(role)))


def declared(base: type[DeclarativeBase]) -> dict[str, Wall]:
    """Return the wall of every mapped table by table name.

    Raises `WallDown` for a table that declares none: nothing may stand outside.
    """
    walls: dict[str, Wall] = {}
    for mapper in base.registry.mappers:
        table = mapper.local_table
        if not isinstance(table, Table):
            continue
        wall = getattr(mapper.class_, "__wall__", None)
        if wall is None:
            raise WallDown(f"bảng {table.name} chưa khai báo ai được đọc, ai được ghi (__wall__)")
        walls[table.name] = wall
    return walls


def raise_wall(connection: Connection, base: type[DeclarativeBase]) -> None:
    """Write the declared grants, policies and triggers into the database (as the owner)."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, RawConnection)
    statements = [SETTINGS, PERSONS, POWERS]
    for name, wall in sorted(declared(base).items()):
        statements += statements_of(name, wall)
    statements.sort(key=lambda statement: "create or replace function" not in statement)
    driver.execute(";\n".join(statements).encode())
    for table, policy, mark, declaration in driver.execute(SEALED).fetchall():
        kept = sql.SQL("comment on policy {} on {} is {}")
        of = (sql.Identifier(policy), sql.Identifier(table))
        driver.execute(kept.format(*of, sql.Literal(f"{declaration} {mark}")))


def seal(line: str) -> str:
    """Return the mark of a declared policy, which the database keeps beside its own mark of it."""
    return hashlib.sha256(line.encode()).hexdigest()[:16]


def statements_of(name: str, wall: Wall) -> list[str]:
    """Return the SQL that gives one table its grants, policies and triggers."""
    lines = [f"revoke all on {name} from {role}" for role in SCOPE_ROLES]
    lines += [f"grant {what} on {name} to portal_{who}" for who, what in wall.grants.items() if what]
    if wall.steward:
        lines.append(f"grant {wall.steward} on {name} to portal_steward")
    lines.append(
        f"do $$ declare p record; begin for p in select policyname from pg_policies where schemaname='public'"
        f" and tablename='{name}' loop execute format('drop policy %I on {name}', p.policyname); end loop;"
        " end $$"
    )
    if wall.shared:
        lines += [f"alter table {name} disable row level security", *wall.statements]
        return lines
    lines += [f"alter table {name} enable row level security", f"alter table {name} force row level security"]
    for role in (OWNER, "portal_steward") if wall.steward else (OWNER,):
        lines.append(f"create policy {role} on {name} to {role} using (true) with check (true)")
    for who in wall.grants:
        lines += _policies(name, wall, who)
    sealed = [
        f"comment on policy {line.split()[2]} on {name} is '{seal(line)}'"
        for line in lines
        if line.startswith("create policy")
    ]
    return [*lines, *sealed, *wall.statements]


def _policies(name: str, wall: Wall, who: str) -> list[str]:
    rows = wall.rows.get(who, _DEFAULT_ROWS[who])
    role = f"portal_{who}"
    writes = wall.writes.get(who, OWN_TENANT if who == "province" else rows)
    inserts = wall.inserts.get(who, writes)
    privileges = wall.grants[who]
    lines = []
    if "select" in privileges:
        lines.append(f"create policy {role}_select on {name} for select to {role} using ({rows})")
    if "insert" in privileges:
        lines.append(f"create policy {role}_insert on {name} for insert to {role} with check ({inserts})")
    if "update" in privileges:
        lines.append(
            f"create policy {role}_update on {name} for update to {role} using ({writes}) with check ({writes})"
        )
    if "delete" in privileges:
        lines.append(f"create policy {role}_delete on {name} for delete to {role} using ({writes})")
    return lines
