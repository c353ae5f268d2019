"""The wall: database roles, grants, row policies and their check.

Every table declares its part (`__wall__`, see `owned.py`). `raise_wall` writes that declaration into
the database, idempotently, at the end of every migration run; `defects` reads the database's own
catalogue and names everything that stands open. A program that finds a defect does not start.

Roles: `portal_owner` owns the tables; `portal_migrate` may become owner and steward; `portal_web` may
become unit, district, signin and public; `portal_oversight` may become province only. A login by itself
may read nothing.
"""

from __future__ import annotations

from typing import Any

from psycopg import Connection as RawConnection
from psycopg import sql
from sqlalchemy import Connection, Table
from sqlalchemy.orm import DeclarativeBase

from .owned import ALL_ROWS, OWN_TENANT, OWN_UNIT, Wall

OWNER = "portal_owner"
SCOPES = ("public", "signin", "unit", "district", "province")
SCOPE_ROLES = tuple(f"portal_{name}" for name in SCOPES) + ("portal_steward",)
LOGINS = {
    "portal_web": ("portal_public", "portal_signin", "portal_unit", "portal_district"),
    "portal_oversight": ("portal_province",),
    "portal_migrate": (OWNER, "portal_steward"),
}

SETTINGS = """
create or replace function app_tenant() returns int language sql stable parallel safe
  as $$ select nullif(current_setting('app.tenant_id', true), '')::int $$;
create or replace function app_unit() returns bigint language sql stable parallel safe
  as $$ select nullif(current_setting('app.unit_id', true), '')::bigint $$;
create or replace function app_account() returns bigint language sql stable parallel safe
  as $$ select nullif(current_setting('app.account_id', true), '')::bigint $$;
create or replace function folded(value text) returns text language sql immutable parallel safe
  set search_path = public, pg_temp
  as $$ select lower(unaccent('unaccent', value)) $$;
"""

PERSONS = """
create or replace function placed_only_here(account bigint) returns boolean language sql stable
  security definer set search_path = public, pg_temp
  as $$ select exists (select from membership m where m.account_id = account and m.tenant_id = app_tenant())
    and not exists (select from membership m where m.account_id = account and m.tenant_id <> app_tenant()
      and m.ended_at is null and (m.until is null or m.until >= current_date)) $$;
"""

_DEFAULT_ROWS = {
    "unit": OWN_UNIT,
    "district": OWN_TENANT,
    "province": ALL_ROWS,
    "signin": ALL_ROWS,
    "public": ALL_ROWS,
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
    statements = [SETTINGS, PERSONS]
    for name, wall in sorted(declared(base).items()):
        statements += _statements(name, wall)
    statements.sort(key=lambda statement: "create or replace function" not in statement)
    driver.execute(";\n".join(statements).encode())


def _statements(name: str, wall: Wall) -> list[str]:
    lines = [f"revoke all on {name} from {role}" for role in SCOPE_ROLES]
    lines += [f"grant {what} on {name} to portal_{who}" for who, what in wall.grants.items() if what]
    lines.append(f"grant select, insert, update, delete on {name} to portal_steward")
    lines.append(
        f"do $$ declare p record; begin for p in select policyname from pg_policies where schemaname='public'"
        f" and tablename='{name}' loop execute format('drop policy %I on {name}', p.policyname); end loop;"
        " end $$"
    )
    if wall.shared:
        lines += [f"alter table {name} disable row level security", *wall.statements]
        return lines
    lines += [f"alter table {name} enable row level security", f"alter table {name} force row level security"]
    for role in (OWNER, "portal_steward"):
        lines.append(f"create policy {role} on {name} to {role} using (true) with check (true)")
    for who in wall.grants:
        lines += _policies(name, wall, who)
    return lines + list(wall.statements)


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


DEFECTS = """
with owned as (
  select c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity, a.attnum, a.attnotnull
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
  where c.relkind in ('r','p') and c.relnamespace = 'public'::regnamespace
    and c.relname <> all(%(shared)s)),
walled as (
  select c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity from pg_class c
  where c.relkind in ('r','p') and c.relnamespace = 'public'::regnamespace and c.relname = any(%(walled)s)),
approle as (
  select oid, rolname, rolsuper, rolbypassrls, rolinherit from pg_roles
  where rolname = any(%(roles)s) or rolname = any(%(logins)s))
select 'bảng không khai báo trong chương trình' as what, c.relname::text as which from pg_class c
  where c.relkind in ('r','p') and c.relnamespace = 'public'::regnamespace
    and c.relname <> all(%(shared)s) and c.relname <> all(%(walled)s) and c.relname <> 'alembic_version'
union all select 'bảng đã khai báo nhưng không có', t from unnest(%(walled)s::text[] || %(shared)s::text[]) t
  where to_regclass('public.' || t) is null
union all select 'chưa bật và ép chính sách theo dòng', relname from walled
  where not (relrowsecurity and relforcerowsecurity)
union all select 'tenant_id có thể trống', relname from owned where not attnotnull
union all select 'khóa duy nhất không bắt đầu bằng tenant_id', i.indexrelid::regclass::text
  from pg_index i join owned o on o.oid = i.indrelid
  where i.indisunique and i.indkey[0] <> o.attnum and o.relname <> all(%(identity)s)
union all select 'khóa ngoại giữa hai bảng của huyện thiếu tenant_id', k.conname
  from pg_constraint k join owned a on a.oid = k.conrelid join owned b on b.oid = k.confrelid
  where k.contype = 'f' and not exists (select from unnest(k.conkey, k.confkey) u(x, y)
    where x = a.attnum and y = b.attnum)
union all select 'vai trò của chương trình sở hữu bảng', c.relname from pg_class c
  join approle r on r.oid = c.relowner where c.relkind in ('r','p','v','m')
union all select 'vai trò có quyền vượt tường', rolname from approle where rolsuper or rolbypassrls
union all select 'tài khoản đăng nhập thừa hưởng quyền', rolname from approle
  where rolinherit and rolname = any(%(logins)s)
union all select 'tài khoản đăng nhập đọc thẳng được bảng', c.relname || ' ' || l from pg_class c
  cross join unnest(%(logins)s::text[]) l
  where c.relkind in ('r','p') and c.relnamespace = 'public'::regnamespace
    and c.relname <> 'alembic_version' and has_table_privilege(l, c.oid, 'select')
union all select 'được phép truncate/references/trigger', c.relname || ' ' || r.rolname from walled c
  cross join approle r where has_table_privilege(r.oid, c.oid, 'truncate,references,trigger')
union all select 'chính sách có OR', p.tablename || ' ' || p.policyname from pg_policies p
  where p.schemaname = 'public' and p.tablename <> all(%(identity)s)
    and (coalesce(p.qual, '') || coalesce(p.with_check, '')) like '%% OR %%'
union all select 'khung nhìn không chạy theo người gọi', c.relname from pg_class c
  where c.relkind = 'v' and c.relnamespace = 'public'::regnamespace
    and not coalesce(c.reloptions::text like '%%security_invoker=%%', false)
    and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
union all select 'hàm SECURITY DEFINER không cố định search_path', p.oid::regprocedure::text from pg_proc p
  where p.prosecdef and p.pronamespace = 'public'::regnamespace
    and not coalesce(p.proconfig::text like '%%search_path%%', false)
"""


def defects(connection: RawConnection[Any], base: type[DeclarativeBase]) -> list[str]:
    """Return one sentence for everything in the database that departs from the declared wall."""
    walls = declared(base)
    values = {
        "shared": [name for name, wall in walls.items() if wall.shared],
        "walled": [name for name, wall in walls.items() if not wall.shared],
        "identity": ["account", "membership", "credential", "signin_session", "one_time_link"],
        "roles": list(SCOPE_ROLES),
        "logins": list(LOGINS),
    }
    found = [f"{what}: {which}" for what, which in connection.execute(DEFECTS, values)]
    actual = {
        (table, name): (cmd, roles, qual or "", check or "")
        for table, name, cmd, roles, qual, check in connection.execute(
            "select tablename, policyname, cmd, roles::text, qual, with_check from pg_policies"
            " where schemaname = 'public'"
        )
    }
    expected = {
        (name, line.split()[2])
        for name, wall in walls.items()
        for line in _statements(name, wall)
        if line.startswith("create policy")
    }
    found += [f"thiếu chính sách {policy} trên {table}" for table, policy in sorted(expected - set(actual))]
    found += [f"chính sách lạ {policy} trên {table}" for table, policy in sorted(set(actual) - expected)]
    return found + _strange_grants(connection, walls)


def _strange_grants(connection: RawConnection[Any], walls: dict[str, Wall]) -> list[str]:
    found = []
    rows = connection.execute(
        "select table_name, grantee, lower(privilege_type) from information_schema.role_table_grants"
        " where table_schema = 'public' and grantee = any(%s)",
        [[f"portal_{scope}" for scope in SCOPES]],
    )
    for table, grantee, privilege in rows:
        wall = walls.get(table)
        allowed = wall.grants.get(grantee.removeprefix("portal_"), "") if wall else ""
        if privilege not in allowed:
            found.append(f"quyền lạ {privilege} trên {table} cho {grantee}")
    return found
