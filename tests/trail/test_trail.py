"""The record can be searched by whom it is for, and whoever changes it behind the portal's back is found."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import insert, select, update

from portal.trail import sealing
from portal.trail.models import TrailEntry, TrailSeal
from portal.trail.operations import record
from portal.trail.sealing import prove_all, seal, seal_all
from tenants.access import GuardedFlask
from tenants.database import db
from tenants.people import Role
from tenants.scope import Scope, ScopeKind, acting_in
from tests.beds import bed_of, made_once
from tests.builders import STEWARD, Person, World
from tests.forms import send


@made_once
def written(world: World) -> tuple[Person, Person, Person]:
    """Two districts with a record, sealed but for the last entry; returns two leaders and the province's admin."""
    first, second = world.a_district(), world.a_district("Huyện Kiến Thụy")
    leaders = [
        world.a_person(Role.DISTRICT_LEADER, place, name=f"Lãnh đạo {place}") for place in (first, second)
    ]
    for leader, place in zip(leaders, (first, second), strict=True):
        unit = world.a_unit(place)
        with world.acting(leader) as actor:
            for number in range(60):
                said = f"đã ghi việc thứ {number} của {place}."
                record(actor, "dossier.note", said, tenant_id=place, unit_id=unit if number % 2 else None)
            changed: dict[str, Any] = {"before": {"name": "Tên cũ"}, "after": {"name": "Tên mới"}}
            record(actor, "unit.change", "đã đổi tên.", tenant_id=place, detail=changed)
    seal_all()
    with world.acting(leaders[0]) as actor:
        record(actor, "unit.change", "đã làm sau cùng.", tenant_id=first)
    return leaders[0], leaders[1], world.province_person()


def test_a_district_reads_its_own_and_the_province_all(world: World, client: FlaskClient) -> None:
    """By page, person, act, unit, dossier, text and day; pages do not overlap; what is typed wrong is passed over."""
    here, there, province = written(world)
    world.sign_in(client, here)
    page = client.get("/nhat-ky?q=viec+thu").text
    assert page.count("đã ghi việc thứ") == 50
    assert f"của {there.place.tenant_id}." not in page
    following = page.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    second = client.get(following).text
    assert second.count("đã ghi việc thứ") == 10
    assert "việc thứ 9 của" in second
    assert "việc thứ 9 của" not in page
    assert client.get("/nhat-ky?don-vi=my+duc").text.count("đã ghi việc thứ") == 30
    assert "Trước: Tên cũ" in client.get("/nhat-ky?viec=danh-muc").text
    for nothing in ("nguoi=khong+co+ai", "tu=01/01/2020&den=02/01/2020", "ho-so=77", "viec=khieu-nai"):
        assert "Không có mục nào khớp" in client.get(f"/nhat-ky?{nothing}").text
    assert client.get("/nhat-ky?tu=hom+qua&den=&ho-so=x&sau=99-x&viec=la").status_code == 200
    sheet = load_workbook(io.BytesIO(client.get("/nhat-ky/tai-ve.xlsx?q=doi+ten").data)).active
    assert any("Tên cũ" in map(str, row) for row in sheet.values)
    assert "đã đổi tên" in client.get("/nhat-ky/tai-ve.csv").data.decode("utf-8-sig")
    world.sign_in(client, province)
    page = client.get("/nhat-ky").text
    assert "Huyện An Lão" in page
    assert "Huyện Kiến Thụy" in page
    officer = world.a_person(Role.DISTRICT_OFFICER, here.place.tenant_id)
    world.sign_in(client, officer)
    assert client.get("/nhat-ky").status_code == 403


def test_seals_are_shown_to_be_kept(world: World, client: FlaskClient) -> None:
    """The page tells the head, what is not sealed yet, and the hash at any earlier number."""
    here, _, province = written(world)
    world.sign_in(client, here)
    page = client.get("/nhat-ky/niem-phong?so=3").text
    with world.acting(here):
        known = {row.number: row.hash.hex() for row in db.session.scalars(select(TrailSeal))}
    assert known[max(known)] in page
    assert known[3] in page
    assert 'data-label="Chưa niêm phong" class="r num">1<' in page
    assert "chưa có niêm phong số 999" in client.get("/nhat-ky/niem-phong?so=999").text
    world.sign_in(client, province)
    page = client.get("/nhat-ky/niem-phong").text
    assert "Huyện An Lão" in page
    assert "Huyện Kiến Thụy" in page


def _faults() -> list[str]:
    with acting_in(STEWARD):
        return [proof.fault for proof in prove_all() if proof.fault]


SWAPPED = (
    "update trail_seal set number = -number where tenant_id = {place};"
    " update trail_seal set number = case number when -3 then 4 when -4 then 3 else -number end"
    " where tenant_id = {place}"
)
SLIPPED_IN = (
    "insert into trail_entry (tenant_id, act, at, real_at, actor, role, sentence, detail, inner_act, address)"
    " select tenant_id, act, at, real_at - interval '1 day', actor, role, 'chưa từng có', detail, inner_act,"
    " address from trail_entry where id = {third}"
)
EXCHANGED = (
    "update trail_entry e set sentence = f.sentence from trail_entry f"
    " where (e.id, f.id) in (({third}, {fourth}), ({fourth}, {third}))"
)
DELETED = "delete from trail_seal where entry_id = {third}; delete from trail_entry where id = {third}"
AS_OWNER = {
    "altered": (
        "update trail_entry set address = '10.9.9.9' where id = {third}",
        "không còn như khi niêm phong",
    ),
    "exchanged": (EXCHANGED, "mục nhật ký {third} (niêm phong số 3)"),
    "deleted": (DELETED, "thiếu niêm phong số 3"),
    "seals swapped": (SWAPPED, "không còn như khi niêm phong"),
    "slipped in": (SLIPPED_IN, "bị chèn thêm"),
}


@pytest.mark.parametrize("way", AS_OWNER)
def test_who_owns_the_tables_is_found_out(world: World, way: str) -> None:
    """Altered, deleted, reordered or inserted by the owner with the triggers off: the first broken entry is named."""
    here, _, _ = written(world)
    attack, found = AS_OWNER[way]
    assert _faults() == []
    with world.acting(here):
        numbers = {row.number: row.entry_id for row in db.session.scalars(select(TrailSeal))}
    named = {"place": here.place.tenant_id, "third": numbers[3], "fourth": numbers[4]}
    with psycopg.connect(**bed_of(world.app).superuser()) as owner:
        owner.execute("set session_replication_role = replica")
        for statement in attack.format(**named).split(";"):
            owner.execute(statement.encode())
    seal_all()
    faults = _faults()
    assert len(faults) == 1
    assert found.format(**named) in faults[0]


def test_what_commits_late_is_sealed_and_two_workers_do_not_meet(
    world: World, app: GuardedFlask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An entry with an early number that is committed after a later one was sealed gets its seal; none gets two.

    More of them than are read at once are sealed all the same.
    """
    here, _, _ = written(world)
    monkeypatch.setattr(sealing, "AT_ONCE", 1)
    tenant_id = here.place.tenant_id
    seal_all()
    with acting_in(STEWARD):
        free = db.session.scalars(select(TrailEntry.id).order_by(TrailEntry.id)).first()
        row = db.session.execute(select(TrailEntry.__table__).limit(1)).mappings().one()
        late = dict(row) | {"id": free - 1, "tenant_id": tenant_id, "unit_id": None}
        head = db.session.scalars(select(TrailSeal).order_by(TrailSeal.sealed_at.desc())).first()
        late["real_at"] = head.sealed_at - timedelta(minutes=20)
        for number in (free - 1, free - 2):
            db.session.execute(insert(TrailEntry.__table__).values(**late | {"id": number}))
    with acting_in(Scope(ScopeKind.WORK)):
        assert seal(tenant_id) == 2
        with app.app_context(), acting_in(Scope(ScopeKind.WORK)):
            assert seal(tenant_id) == 0
    assert seal_all() == 0
    assert _faults() == []


def test_nobody_of_the_program_changes_a_seal(world: World) -> None:
    """Neither the worker nor the operator's command."""
    written(world)
    for scope in (Scope(ScopeKind.WORK), STEWARD):
        with pytest.raises(Exception, match=r"append-only|permission denied"), acting_in(scope):
            db.session.execute(update(TrailSeal).values(number=1))


def test_the_check_command_tells(world: World, app: GuardedFlask) -> None:
    """`flask check` prints the heads, and says where the chain breaks."""
    written(world)
    told = app.test_cli_runner().invoke(args=["check"]).output
    assert "Nhật ký Huyện An Lão: niêm phong số 61" in told


def test_from_where_a_person_acted_is_kept(world: World, client: FlaskClient) -> None:
    """The address of the request stands in the entry; what no request did has none."""
    here, _, _ = written(world)
    world.sign_in(client, here)
    world.sign_in(client, here)
    from_there = {"REMOTE_ADDR": "203.0.113.9"}
    client.environ_base.update(from_there)
    send(client, "/tai-khoan/phien", {"session": "others"}, page="/tai-khoan")
    assert "203.0.113.9" in client.get("/nhat-ky?viec=nguoi").text
