"""The check of the wall says nothing on a fresh database and names every hole made in it, on every PostgreSQL here."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import Integer
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from portal import migrate
from tenants.wall import WallDown, declared
from tests import servers

KINDS = [programs.label.partition("-")[0] for programs in servers.kinds()]
_numbers = itertools.count(1)


def fresh(server: Any, *, template: str = "template0") -> str:
    """Create an empty database, or a copy of another, and return its name."""
    name = f"wall_{next(_numbers)}"
    with psycopg.connect(**server.superuser(), autocommit=True) as connection:
        connection.execute(f"create database {name} template {template} encoding 'UTF8'".encode())
    return name


def owner_url(server: Any, database: str) -> str:
    """The URL of the login that may become the owner."""
    url: str = server.urls(database).admin
    return url


@pytest.fixture(scope="module", params=KINDS)
def built(request: pytest.FixtureRequest) -> tuple[Any, str]:
    """A server and a database in which the migrations ran and the wall stands."""
    server = servers.test_server(request.param)
    name = fresh(server)
    urls = server.urls(name)
    given = {"portal_web": urls.web, "portal_oversight": urls.oversight, "portal_migrate": urls.admin}
    passwords = {login: str(conninfo_to_dict(url)["password"]) for login, url in given.items()}
    migrate.bootstrap(make_conninfo(**server.superuser(name)), passwords)
    migrate.upgrade(owner_url(server, name))
    return server, name


@pytest.fixture
def hole(built: tuple[Any, str]) -> Callable[[str], list[str]]:
    """Makes a hole as superuser, returns what the check says of it, and takes everything back."""
    server, name = built

    def make(statements: str) -> list[str]:
        with psycopg.connect(**server.superuser(name)) as connection:
            connection.execute(statements.encode())
            found = migrate.defects_seen(connection)
            connection.rollback()
            return found

    return make


def test_a_fresh_database_has_no_defect(built: tuple[Any, str]) -> None:
    """What the migrations and the wall build is what is declared."""
    server, name = built
    assert migrate.defects(owner_url(server, name)) == []


def test_an_empty_database_is_not_taken_for_a_good_one(built: tuple[Any, str]) -> None:
    """Without a schema the check says so."""
    server, _ = built
    assert "flask init" in migrate.defects(owner_url(server, fresh(server)))[0]


HOLES = {
    "row security off": ("alter table dossier disable row level security", "chưa bật"),
    "row security not forced": ("alter table answer no force row level security", "chưa bật"),
    "tenant may be missing": (
        "alter table import_batch drop constraint pk_import_batch cascade; alter table import_batch alter tenant_id drop not null",
        "tenant_id có thể trống: import_batch",
    ),
    "unique over all districts": (
        "create unique index planted on unit (code)",
        "khóa duy nhất không bắt đầu",
    ),
    "unique led by another column": (
        "create unique index planted on unit (code, tenant_id)",
        "khóa duy nhất",
    ),
    "reference without the district": (
        (
            "alter table evidence add constraint only_id unique (id);"
            "alter table evidence_link add constraint planted foreign key (evidence_id) references evidence (id)"
        ),
        "khóa ngoại giữa hai bảng của huyện thiếu tenant_id: planted",
    ),
    "reference without the unit": (
        (
            "alter table evidence_link add constraint planted foreign key (tenant_id, evidence_id)"
            " references evidence (tenant_id, id)"
        ),
        "khóa ngoại giữa hai bảng của đơn vị thiếu unit_id: planted",
    ),
    "reference nobody checked": (
        "alter table notice add constraint planted foreign key (tenant_id) references tenant (id) not valid",
        "chưa được kiểm tra: planted",
    ),
    "table nobody declared": ("create table planted (tenant_id int, secret text)", "bảng không khai báo"),
    "copy nobody declared": (
        "create materialized view planted as select * from dossier",
        "bảng không khai báo",
    ),
    "table that is gone": (
        "drop table headcount_finding",
        "bảng đã khai báo nhưng không có: headcount_finding",
    ),
    "policy gone": (
        "drop policy portal_district_select on dossier",
        "thiếu chính sách portal_district_select",
    ),
    "policy too many": (
        "create policy planted on dossier to portal_unit using (true)",
        "chính sách lạ planted",
    ),
    "policy loosened": (
        "alter policy portal_unit_select on dossier using (true)",
        "chính sách portal_unit_select trên dossier không đúng",
    ),
    "policy replaced by a namesake": (
        "drop policy portal_unit_select on answer; create policy portal_unit_select on answer to portal_unit using (true)",
        "chính sách portal_unit_select trên answer không đúng",
    ),
    "policy for everybody": (
        "alter policy portal_unit_select on dossier to public",
        "chính sách portal_unit_select trên dossier không đúng",
    ),
    "policy with a way around": (
        "alter policy portal_unit_select on dossier using (tenant_id = app_tenant() or state = 'draft')",
        "chính sách có OR",
    ),
    "grant too many": (
        "grant delete on dossier to portal_district",
        "quyền lạ delete trên dossier cho portal_district",
    ),
    "grant on all columns": ("grant update on account to portal_district", "quyền lạ update trên account"),
    "grant on one more column": (
        "grant update (login) on account to portal_district",
        "quyền lạ update trên account (login)",
    ),
    "grant to everybody": ("grant insert on notice to public", "quyền lạ insert trên notice cho public"),
    "grant to a login": ("grant select on unit to portal_web", "quyền lạ select trên unit cho portal_web"),
    "grant to the steward": ("grant truncate on unit to portal_steward", "quyền lạ truncate trên unit"),
    "grant of references": ("grant references on unit to portal_unit", "quyền lạ references trên unit"),
    "grant to the public scope": (
        "grant select on trail_entry to portal_public",
        "quyền lạ select trên trail_entry",
    ),
    "grant gone": ("revoke select on unit from portal_unit", "thiếu quyền select trên unit cho portal_unit"),
    "grants on tables to come": (
        "alter default privileges for role portal_owner grant select on tables to portal_unit",
        "quyền mặc định",
    ),
    "everybody creates": ("grant create on schema public to public", "tạo được đối tượng"),
    "owner is a scope": (
        "alter table notice owner to portal_district",
        "bảng không thuộc portal_owner: notice",
    ),
    "trigger gone": (
        "drop trigger trail_append_only on trail_entry",
        "bẫy ghi trail_append_only trên trail_entry",
    ),
    "trigger off": ("alter table decision disable trigger decision_issued", "bẫy ghi decision_issued"),
    "trigger that never fires": (
        (
            "create or replace trigger decision_issued before update or delete on decision for each row"
            " when (false) execute function refuse_issued_decision()"
        ),
        "bẫy ghi decision_issued",
    ),
    "trigger nobody declared": (
        "create trigger planted before update on decision for each row execute function refuse_issued_decision()",
        "bẫy ghi lạ planted",
    ),
    "function emptied": (
        (
            "create or replace function refuse_trail_change() returns trigger language plpgsql as"
            " $$ begin return new; end $$"
        ),
        "hàm refuse_trail_change không đúng",
    ),
    "district of one's choice": (
        "create or replace function app_tenant() returns int language sql stable as $$ select 1 $$",
        "hàm app_tenant không đúng",
    ),
    "function nobody declared": (
        "create function planted() returns int language sql as $$ select 1 $$",
        "hàm lạ planted",
    ),
    "definer without a path": (
        "create function planted() returns bigint language sql security definer as $$ select count(*) from dossier $$",
        "hàm SECURITY DEFINER không cố định search_path: planted()",
    ),
    "view of its owner": (
        "create view planted as select * from dossier",
        "khung nhìn không chạy theo người gọi",
    ),
    "view that says no": (
        "create view planted with (security_invoker = false) as select * from dossier",
        "khung nhìn không chạy theo người gọi",
    ),
    "rule on a table": (
        "create rule planted as on insert to notice do also nothing",
        "quy tắc viết lại câu lệnh",
    ),
    "schema of another version": ("update alembic_version set version_num = '0000'", "lược đồ ở bản 0000"),
}


@pytest.mark.parametrize("what", HOLES)
def test_a_hole_in_a_database_is_named(hole: Callable[..., list[str]], what: str) -> None:
    """Each planted hole is found, by a sentence that names it."""
    statements, sentence = HOLES[what]
    found = hole(statements)
    assert any(sentence in line for line in found), found


ROLES = {
    "passes every policy": ("alter role portal_unit bypassrls", "vai trò có quyền vượt tường: portal_unit"),
    "is a superuser": ("alter role portal_web superuser", "vai trò có quyền vượt tường: portal_web"),
    "makes roles": (
        "alter role portal_oversight createrole",
        "vai trò có quyền vượt tường: portal_oversight",
    ),
    "inherits": ("alter role portal_web inherit", "thừa hưởng"),
    "a scope signs in": ("alter role portal_district login", "đăng nhập được"),
    "web becomes province": ("grant portal_province to portal_web", "portal_web → portal_province"),
    "web becomes steward": ("grant portal_steward to portal_web", "portal_web → portal_steward"),
    "a scope becomes owner": ("grant portal_owner to portal_district", "portal_district → portal_owner"),
    "a stranger becomes a scope": (
        "create role planted login; grant portal_province to planted",
        "planted → portal_province",
    ),
}


@pytest.mark.parametrize("what", ROLES)
def test_a_hole_in_the_roles_is_named(hole: Callable[..., list[str]], what: str) -> None:
    """Roles belong to the whole server; each wrong one is named."""
    statements, sentence = ROLES[what]
    found = hole(statements)
    assert any(sentence in line for line in found), found


def test_raising_the_wall_again_mends_it(built: tuple[Any, str]) -> None:
    """`flask init` closes what somebody opened by hand in grants, policies, triggers and functions."""
    server, template = built
    name = fresh(server, template=template)
    with psycopg.connect(**server.superuser(name), autocommit=True) as connection:
        connection.execute(
            b"alter table dossier disable row level security; grant all on answer to portal_unit;"
            b"alter policy portal_unit_select on dossier using (true);"
            b"create policy planted on notice using (true); drop trigger trail_append_only on trail_entry"
        )
    assert len(migrate.defects(owner_url(server, name))) >= 4
    migrate.upgrade(owner_url(server, name))
    assert migrate.defects(owner_url(server, name)) == []


def test_a_table_without_a_wall_stops_everything() -> None:
    """A table that does not say who may read it cannot be part of the program."""

    class Elsewhere(DeclarativeBase):
        pass

    class Open(Elsewhere):
        __tablename__ = "open"
        id: Mapped[int] = mapped_column(Integer, primary_key=True)

    with pytest.raises(WallDown, match="open"):
        declared(Elsewhere)
