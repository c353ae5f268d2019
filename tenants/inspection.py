"""The check of the wall: the database's own catalogue against the declaration, one sentence per departure.

Nothing is taken on trust because it has the right name: grants are compared privilege by privilege, policies
by the seal that `raise_wall` left on them, functions by their source, logins by every role they can become.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from psycopg import Connection as RawConnection
from sqlalchemy.orm import DeclarativeBase

from .functions import PERSONS, POWERS, SETTINGS
from .owned import Wall
from .wall import (
    LOGINS,
    OWNER,
    SCOPE_ROLES,
    SEALED,
    declared,
    seal,
    statements_of,
)

# Keyed by the person or the token, not by the tenant: they belong to persons.
_OF_PERSONS = ("account", "membership", "credential", "signin_session", "one_time_link")

_STANDING_OPEN = """
with owned as (
  select c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity, a.attnum, a.attnotnull,
    (select u.attnum from pg_attribute u where u.attrelid = c.oid and u.attname = 'unit_id' and u.attnotnull) as unit
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
  where c.relkind in ('r','p') and c.relnamespace = 'public'::regnamespace
    and c.relname <> all(%(shared)s)),
walled as (
  select c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity from pg_class c
  where c.relkind in ('r','p') and c.relnamespace = 'public'::regnamespace and c.relname = any(%(walled)s)),
approle as (select * from pg_roles where rolname = any(%(roles)s) or rolname = any(%(logins)s))
select 'bảng không khai báo trong chương trình' as what, c.relname::text as which from pg_class c
  where c.relkind in ('r','p','m','f') and c.relnamespace = 'public'::regnamespace
    and c.relname <> all(%(shared)s) and c.relname <> all(%(walled)s) and c.relname <> 'alembic_version'
union all select 'bảng đã khai báo nhưng không có', t from unnest(%(walled)s::text[] || %(shared)s::text[]) t
  where to_regclass('public.' || t) is null
union all select 'chưa bật và ép chính sách theo dòng', relname from walled
  where not (relrowsecurity and relforcerowsecurity)
union all select 'tenant_id có thể trống', relname from owned where not attnotnull
union all select 'khóa duy nhất không bắt đầu bằng tenant_id', i.indexrelid::regclass::text
  from pg_index i join owned o on o.oid = i.indrelid
  where i.indisunique and i.indkey[0] <> o.attnum and o.relname <> all(%(persons)s)
union all select 'khóa ngoại giữa hai bảng của huyện thiếu tenant_id', k.conname
  from pg_constraint k join owned a on a.oid = k.conrelid join owned b on b.oid = k.confrelid
  where k.contype = 'f' and not exists (select from unnest(k.conkey, k.confkey) u(x, y)
    where x = a.attnum and y = b.attnum)
union all select 'khóa ngoại giữa hai bảng của đơn vị thiếu unit_id', k.conname
  from pg_constraint k join owned a on a.oid = k.conrelid join owned b on b.oid = k.confrelid
  where k.contype = 'f' and a.unit is not null and b.unit is not null
    and not exists (select from unnest(k.conkey, k.confkey) u(x, y) where x = a.unit and y = b.unit)
union all select 'khóa ngoại chưa được kiểm tra', k.conname from pg_constraint k
  where k.connamespace = 'public'::regnamespace and not k.convalidated
union all select 'bảng không thuộc ' || %(owner)s, c.relname from pg_class c
  where c.relkind in ('r','p','v','m','S') and c.relnamespace = 'public'::regnamespace
    and pg_get_userbyid(c.relowner) <> %(owner)s
    and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
union all select 'vai trò có quyền vượt tường', rolname from approle
  where rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication
union all select 'vai trò có quyền vượt tường', rolname from pg_roles
  where rolname = %(owner)s and (rolsuper or rolbypassrls or rolcreaterole or rolcanlogin)
union all select 'vai trò phạm vi đăng nhập được', rolname from approle
  where rolcanlogin and rolname = any(%(roles)s)
union all select 'tài khoản đăng nhập thừa hưởng quyền', rolname from approle
  where rolinherit and rolname = any(%(logins)s)
union all select 'trở thành được vai trò không khai báo', m.rolname || ' → ' || r.rolname
  from (select rolname, oid from approle union select rolname, oid from pg_roles where rolname = %(owner)s) m
  join pg_auth_members a on a.member = m.oid join pg_roles r on r.oid = a.roleid
  where not exists (select from unnest(%(members)s::text[]) x where x = m.rolname || ' → ' || r.rolname)
union all select 'thành viên lạ của vai trò', m.rolname || ' → ' || r.rolname
  from pg_auth_members a join pg_roles r on r.oid = a.roleid join pg_roles m on m.oid = a.member
  where (r.rolname = any(%(roles)s) or r.rolname = %(owner)s or r.rolname = any(%(logins)s))
    and m.rolname <> all(%(logins)s) and not m.rolsuper
union all select 'tạo được đối tượng trong lược đồ public', coalesce(r.rolname, 'public')
  from pg_namespace n cross join aclexplode(n.nspacl) a left join pg_roles r on r.oid = a.grantee
  where n.nspname = 'public' and a.privilege_type = 'CREATE' and a.grantee <> n.nspowner
    and coalesce(r.rolname, 'public') <> %(owner)s
union all select 'quyền mặc định cho bảng mới', coalesce(pg_get_userbyid(d.defaclrole), '')
  from pg_default_acl d where d.defaclobjtype = 'r'
union all select 'chính sách có OR', p.tablename || ' ' || p.policyname from pg_policies p
  where p.schemaname = 'public' and p.tablename <> all(%(persons)s)
    and (coalesce(p.qual, '') || coalesce(p.with_check, '')) like '%% OR %%'
union all select 'khung nhìn không chạy theo người gọi', c.relname from pg_class c
  where c.relkind = 'v' and c.relnamespace = 'public'::regnamespace
    and not coalesce(c.reloptions::text ~ 'security_invoker=(true|on|1|yes)', false)
    and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
union all select 'hàm SECURITY DEFINER không cố định search_path', p.oid::regprocedure::text from pg_proc p
  where p.prosecdef and p.pronamespace = 'public'::regnamespace
    and not coalesce(p.proconfig::text like '%%search_path%%', false)
union all select 'quy tắc viết lại câu lệnh', w.rulename || ' ' || c.relname from pg_rewrite w
  join pg_class c on c.oid = w.ev_class
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r','p')
"""

_GRANTS = """
select c.relname, coalesce(r.rolname, 'public'), lower(a.privilege_type), null
  from pg_class c cross join aclexplode(c.relacl) a left join pg_roles r on r.oid = a.grantee
  where c.relkind in ('r','p') and c.relnamespace = 'public'::regnamespace and a.grantee <> c.relowner
union all select c.relname, coalesce(r.rolname, 'public'), lower(a.privilege_type), t.attname
  from pg_attribute t join pg_class c on c.oid = t.attrelid cross join aclexplode(t.attacl) a
  left join pg_roles r on r.oid = a.grantee
  where c.relkind in ('r','p') and c.relnamespace = 'public'::regnamespace and a.grantee <> c.relowner
"""

_FUNCTION = re.compile(r"create or replace function (\w+)\(.*?\bas\s+\$\$(.*?)\$\$", re.DOTALL)
_TRIGGER = re.compile(
    r"create (?:or replace )?(?:constraint )?trigger (\w+)\s.*?\son (\w+).*?execute function (\w+)\(",
    re.DOTALL,
)
_PRIVILEGE = re.compile(r"(\w+)\s*(?:\(([^)]*)\))?")

Privilege = tuple[str, str, str, str | None]


def defects(connection: RawConnection[Any], base: type[DeclarativeBase]) -> list[str]:
    """Return one sentence for everything in the database that departs from the declared wall."""
    walls = declared(base)
    values = {
        "shared": [name for name, wall in walls.items() if wall.shared],
        "walled": [name for name, wall in walls.items() if not wall.shared],
        "persons": list(_OF_PERSONS),
        "roles": list(SCOPE_ROLES),
        "logins": list(LOGINS),
        "owner": OWNER,
        "members": [f"{login} → {role}" for login, roles in LOGINS.items() for role in roles],
    }
    return [
        *(f"{what}: {which}" for what, which in connection.execute(_STANDING_OPEN, values)),
        *_policies(connection, walls),
        *_grants(connection, walls),
        *_triggers(connection, walls),
        *_functions(connection, walls),
    ]


def _policies(connection: RawConnection[Any], walls: Mapping[str, Wall]) -> Iterator[str]:
    """Compare every policy with its declaration and with the seal it was given when it was raised."""
    rows = connection.execute(SEALED)
    actual = {(table, name): (mark, comment) for table, name, mark, comment in rows}
    expected = {
        (name, line.split()[2]): seal(line)
        for name, wall in walls.items()
        for line in statements_of(name, wall)
        if line.startswith("create policy")
    }
    for table, policy in sorted(expected.keys() - actual.keys()):
        yield f"thiếu chính sách {policy} trên {table}"
    for table, policy in sorted(actual.keys() - expected.keys()):
        yield f"chính sách lạ {policy} trên {table}"
    for key in sorted(actual.keys() & expected.keys()):
        mark, comment = actual[key]
        if comment != f"{expected[key]} {mark}":
            yield f"chính sách {key[1]} trên {key[0]} không đúng như khai báo"


def _granted(name: str, wall: Wall) -> Iterator[Privilege]:
    for who, privileges in {**wall.grants, "steward": wall.steward}.items():
        for privilege, columns in _PRIVILEGE.findall(privileges):
            if columns:
                yield from (
                    (name, f"portal_{who}", privilege, column.strip()) for column in columns.split(",")
                )
            else:
                yield (name, f"portal_{who}", privilege, None)


def _grants(connection: RawConnection[Any], walls: Mapping[str, Wall]) -> Iterator[str]:
    """Compare the privileges on every table and column, of whomever, with the declaration."""
    expected = {privilege for name, wall in walls.items() for privilege in _granted(name, wall)}
    actual: set[Privilege] = set(connection.execute(_GRANTS))
    for table, role, privilege, column in sorted(actual - expected, key=str):
        yield f"quyền lạ {privilege} trên {table}{f' ({column})' if column else ''} cho {role}"
    for table, role, privilege, column in sorted(expected - actual, key=str):
        yield f"thiếu quyền {privilege} trên {table}{f' ({column})' if column else ''} cho {role}"


def _triggers(connection: RawConnection[Any], walls: Mapping[str, Wall]) -> Iterator[str]:
    """Find declared triggers that are gone, switched off, conditional or call something else."""
    rows = connection.execute(
        "select t.tgrelid::regclass::text, t.tgname, t.tgfoid::regproc::text, t.tgenabled = 'O' and t.tgqual is null"
        " from pg_trigger t join pg_class c on c.oid = t.tgrelid"
        " where not t.tgisinternal and c.relnamespace = 'public'::regnamespace"
    )
    actual = {(table, name): (function, on) for table, name, function, on in rows}
    expected = {
        (table, trigger): function
        for wall in walls.values()
        for statement in wall.statements
        for trigger, table, function in _TRIGGER.findall(statement)
    }
    for (table, trigger), function in sorted(expected.items()):
        if actual.get((table, trigger)) != (function, True):
            yield f"thiếu hoặc sai bẫy ghi {trigger} trên {table}"
    for table, trigger in sorted(actual.keys() - expected.keys()):
        yield f"bẫy ghi lạ {trigger} trên {table}"


def _functions(connection: RawConnection[Any], walls: Mapping[str, Wall]) -> Iterator[str]:
    """Find declared functions whose source is another one, and definer functions nobody declared."""
    texts = [
        SETTINGS,
        PERSONS,
        POWERS,
        *(statement for wall in walls.values() for statement in wall.statements),
    ]
    expected = {name: body for text in texts for name, body in _FUNCTION.findall(text)}
    rows = connection.execute(
        "select p.proname, p.prosrc, p.prosecdef, pg_get_userbyid(p.proowner) from pg_proc p"
        " where p.pronamespace = 'public'::regnamespace"
        " and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')"
    )
    actual = {name: (body, definer, owner) for name, body, definer, owner in rows}
    for name, body in sorted(expected.items()):
        if name not in actual or actual[name][0] != body or actual[name][2] != OWNER:
            yield f"hàm {name} không đúng như khai báo"
    for name in sorted(actual.keys() - expected.keys()):
        yield f"hàm lạ {name}"
