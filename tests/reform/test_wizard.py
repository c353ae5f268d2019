"""A plan from its form to the rows and back, as the province and the worker do it: two districts become one."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from portal.appraisal.assigning import assign
from portal.appraisal.seats import Appraiser
from portal.figures.queries import by_tenant, counts
from portal.recognition.models import Decision
from portal.reform.models import Reform
from portal.reform.working import Reforms
from portal.register import operations as register
from portal.register.models import RegisterEntry
from portal.trail.models import TrailEntry
from portal.trail.queries import of_dossier
from portal.units.models import Unit
from tenants.database import db
from tenants.people import Membership, Role
from tenants.places import Tenant
from tenants.scope import Scope, ScopeKind, acting_in
from tests.beds import made_once
from tests.builders import STEWARD, Person, World
from tests.deciding import District, accept
from tests.forms import send

LIST = "/tinh/dia-gioi"
BASICS = {
    "kind": "merge",
    "effective_on": "10/01/2027",
    "document_number": "45/NQ-HĐND",
    "document_dated": "01/12/2026",
    "document_issuer": "Hội đồng nhân dân thành phố",
    "back_days": "30",
}
NEW = {"existing": "0", "kind": "commune", "name": "Xã An Lão", "code": "11629", "login": "qt.xaanlao"}


@made_once
def two_districts(world: World) -> tuple[Person, list[int], list[str], int, Person]:
    """Two districts with a decision each under one number, published; in the first an appraisal is under way."""
    world.confirm_thresholds()
    admin = world.province_person()
    places = []
    for name in ("Huyện An Lão", "Huyện Kiến Thụy"):
        district = District(world, name)
        district.appraised(1)
        district.issued("12/QĐ-UBND")
        with acting_in(STEWARD):
            register.follow(district.tenant_id)
        places.append(district.tenant_id)
    unit = world.a_unit(district.tenant_id, "Trường THCS Mỹ Đức", "lower_secondary")
    running = world.a_dossier(district.tenant_id, unit, "submitted")
    accept(world, district.officer, district.tenant_id, running)
    with world.acting(district.leader) as actor:
        appraiser = district.officer.identity.account_id
        assign(actor, world.dossier(district.tenant_id, running), [appraiser])
    with acting_in(STEWARD):
        twin, other = db.session.scalars(select(Unit).where(Unit.kind == "primary").order_by(Unit.id))
        other.code = twin.code
        codes = list(db.session.scalars(select(RegisterEntry.code).order_by(RegisterEntry.tenant_id)))
    return admin, places, codes, running, district.officer


def version_of(page: str) -> str:
    """Return the version of the plan a page shows."""
    found = re.search(r'name="version"[^>]*value="(\d+)"', page)
    assert found
    return found[1]


def post(client: Any, number: int, path: str, data: dict[str, Any], **kwargs: Any) -> Any:
    """Send one of the forms of a plan's page."""
    page = f"{LIST}/{number}"
    version = version_of(client.get(page).text)
    return send(client, f"{page}/{path}", {"version": version, **data}, page=page, **kwargs)


def issued_again(place: int, *, later: bool) -> None:
    """Let a place's decisions have been issued a day later, or earlier again."""
    by = timedelta(days=1 if later else -1)
    with acting_in(STEWARD):
        db.session.execute(
            update(Decision).where(Decision.tenant_id == place).values(issued_at=Decision.issued_at + by)
        )


def work(world: World) -> int:
    """Let the worker look once."""
    return Reforms().run(world.app.extensions["settings"], lambda: False)


def test_two_districts_become_one_and_two_again(world: World, client: Any) -> None:
    """Scenario 8: both certificates verify before, after and after the way back; figures in both geographies agree."""
    admin, places, codes, running, officer = two_districts(world)
    world.sign_in(client, admin)
    before = [client.get(f"/xac-minh/{code}").text for code in codes]
    with acting_in(STEWARD):
        old_counts = by_tenant(counts(2026))
        old_codes = db.session.execute(select(Unit.id, Unit.code).order_by(Unit.id)).all()
    begun = send(client, f"{LIST}/lap", {**BASICS, "sources": [str(place) for place in places]})
    assert begun.status_code == 303, begun.text
    number = int(begun.location.rsplit("/", 1)[1])
    assert "Nhập thì có đúng một nơi tiếp nhận" in client.get(f"{LIST}/{number}").text
    assert post(client, number, "noi-den", NEW).status_code == 303
    page = client.get(f"{LIST}/{number}").text
    assert "1 đơn vị trùng mã ở nơi tiếp nhận" in page
    refused = post(client, number, "xac-nhan", {"reason": "Giao theo Nghị quyết 45"})
    assert refused.status_code == 422
    assert post(client, number, "phan-bo", {"recode": "1"}).status_code == 303
    page = client.get(f"{LIST}/{number}").text
    assert "4 vai trò ở nơi cũ sẽ kết thúc" in page
    for link in set(re.findall(rf"{LIST}/{number}/xem/[a-z-]+\?noi=1", page)):
        assert client.get(link).status_code == 200
    assert post(client, number, "xac-nhan", {"reason": ""}).status_code == 422
    done = post(client, number, "xac-nhan", {"reason": "Giao theo Nghị quyết 45"})
    assert done.status_code == 303, done.text
    assert work(world) == 1
    with acting_in(STEWARD):
        new = db.session.scalars(select(Tenant).filter_by(code="11629")).one()
        assert (new.name, new.office) == ("Xã An Lão", "Phòng Văn hóa - Xã hội")
        assert set(db.session.scalars(select(Unit.tenant_id))) == {new.id}
        new_counts = by_tenant(counts(2026))
        assert set(new_counts) == {new.id}
        assert new_counts[new.id] == old_counts[places[0]] + old_counts[places[1]]
        home = new.id
    for code, was in zip(codes, before, strict=True):
        page = client.get(f"/xac-minh/{code}").text
        assert "Xã An Lão" in page
        for line in re.findall(r"<td[^>]*>[^<]*</td>", was):
            assert line in page
    with acting_in(STEWARD):
        told = [entry.act for entry in of_dossier(home, running)]
        assert {"appraisal.released", "dossier.submit"} <= set(told)
        seat = db.session.scalars(select(Appraiser)).one()
        assert (seat.tenant_id, seat.removed_at is None) == (home, False)
        codes_now = db.session.scalars(select(Unit.code)).all()
        assert len(set(codes_now)) == len(old_codes)
        assert by_tenant(counts(2026, former=True)) == old_counts
    with acting_in(Scope(ScopeKind.DISTRICT, home, writes=False)):
        assert {"appraisal.released", "dossier.submit"} <= {entry.act for entry in of_dossier(home, running)}
        foreign = select(TrailEntry).where(TrailEntry.tenant_id.in_(places), TrailEntry.unit_id.is_(None))
        assert db.session.scalars(foreign).all() == []
    assert world.sign_in(client, officer).get("/huyen/ho-so").location == "/noi-lam-viec"
    told = re.sub(r"<[^>]+>", "", client.get("/noi-lam-viec").text)
    assert "Huyện Kiến Thụy đã kết thúc từ 10/01/2027 theo 45/NQ-HĐND" in told
    assert "Huyện Kiến Thụy: về Xã An Lão từ 10/01/2027" in told
    desk = world.sign_in(client, world.a_person(Role.DISTRICT_OFFICER, home))
    told = desk.get("/").text
    assert "2 đơn vị của Huyện Kiến Thụy về đây" in told
    queue = desk.get("/huyen/ho-so?nam=2026&state=accepted").text
    assert "Trường THCS Mỹ Đức" in queue
    client = world.sign_in(client, admin)
    for asked, names in (("", ["Xã An Lão"]), ("&dia-ban=cu", ["Huyện An Lão", "Huyện Kiến Thụy"])):
        page = client.get(f"/tinh?nam=2026{asked}").text
        assert "Hai cách chia khớp nhau" in page
        assert re.findall(r'<th scope="row"><a href="/tinh/huyen/\d+\?nam=2026">([^<]*)</a>', page) == names
    owed = r"<tr>\s*<td>(?:<a [^>]*>)?([^<]+)"
    assert re.findall(owed, client.get("/tinh/bao-cao?nam=2026").text) == ["Xã An Lão"]
    assert "nơi khác báo cáo" in client.get(f"/tinh/huyen/{places[0]}?nam=2026").text
    for link in re.findall(r'href="(/tinh/don-vi\?[^"]*dia-ban=cu[^"]*)"', page):
        assert client.get(link.replace("&amp;", "&")).status_code == 200
    client = world.sign_in(client, admin)
    issued_again(home, later=True)
    late = client.get(f"{LIST}/{number}").text
    assert "đã ban hành quyết định 12/QĐ-UBND có đơn vị được chuyển; không trả lại được nữa" in late
    assert "/tra-lai" not in late
    issued_again(home, later=False)
    done = post(client, number, "tra-lai", {"reason": "Nghị quyết bị bãi bỏ"})
    assert done.status_code == 303, done.text
    assert work(world) == 1
    with acting_in(STEWARD):
        assert by_tenant(counts(2026)) == old_counts
        assert db.session.execute(select(Unit.id, Unit.code).order_by(Unit.id)).all() == old_codes
        assert db.session.scalars(select(Appraiser.removed_at)).all() == [None]
        assert db.session.scalars(select(Tenant.valid_to).where(Tenant.id.in_(places))).all() == [None, None]
        leaders = select(Membership.ended_at).where(
            Membership.tenant_id.in_(places), Membership.role == Role.DISTRICT_LEADER
        )
        assert db.session.scalars(leaders).all() == [None, None]
    client.get(f"{LIST}/{number}")
    assert [client.get(f"/xac-minh/{code}").text for code in codes] == before


def test_a_district_is_divided_by_communes_and_by_a_file(world: World, client: Any) -> None:
    """What the list of 7/2025 knows is suggested, a divided commune is left to people, a file names single units."""
    admin, old = world.province_person(), world.a_district("Huyện An Lão", "AL")
    other = world.a_district("Quận Kiến An")
    communes = ("Xã Mỹ Đức", "Xã An Thái", "Thị trấn Trường Sơn", "Thị trấn Trường Sơn")
    units = [world.a_unit(old, f"Trường {name} {place}") for place, name in enumerate(communes)]
    with acting_in(STEWARD):
        for unit, commune in zip(units, communes, strict=True):
            db.session.get_one(Unit, (old, unit)).commune = commune
    world.sign_in(client, admin)
    begun = send(client, f"{LIST}/lap", {**BASICS, "kind": "split", "sources": [str(old)]})
    number = int(begun.location.rsplit("/", 1)[1])
    assert "1 xã, phường bị chia" in post(client, number, "goi-y", {}, follow_redirects=True).text
    page = client.get(f"{LIST}/{number}").text
    assert all(name in page for name in ("Xã An Khánh", "Xã An Hưng", "Phường Phù Liễn", "11446"))
    assert "Còn 2 đơn vị chưa có nơi tiếp nhận" in page
    with acting_in(STEWARD):
        code = {unit: db.session.get_one(Unit, (old, unit)).code for unit in units}
    bad = f"Mã đơn vị,Nơi tiếp nhận\n{code[units[2]]},Xã Không Có\nKHONG,Xã An Lão\n"
    answer = post(client, number, "tep", {"file": (io.BytesIO(bad.encode()), "a.csv")}, follow_redirects=True)
    assert "không có đơn vị mã KHONG" in answer.text
    good = f"Mã đơn vị,Nơi tiếp nhận\n{code[units[2]]},Xã An Lão\n{code[units[3]]},11446\n"
    answer = post(
        client, number, "tep", {"file": (io.BytesIO(good.encode()), "a.csv")}, follow_redirects=True
    )
    assert "Đã dùng tệp: 2 đơn vị" in answer.text
    assert client.get(f"{LIST}/{number}/tep-mau.xlsx").status_code == 200
    assert client.get(f"{LIST}/{number}/xem/don-vi?noi=1").status_code == 200
    assert post(client, number, "xac-nhan", {"reason": "Nghị quyết"}).status_code == 303
    renamed = send(client, f"{LIST}/lap", {**BASICS, "kind": "rename", "sources": [str(other)]})
    second = int(renamed.location.rsplit("/", 1)[1])
    words = {"kind": "ward", "name": "Phường Kiến An", "existing": "0"}
    assert post(client, second, "noi-den", words).status_code == 303
    assert post(client, second, "xac-nhan", {"reason": "Nghị quyết"}).status_code == 303
    assert work(world) == 2
    with acting_in(STEWARD):
        homes = [db.session.scalars(select(Unit.tenant_id).where(Unit.id == unit)).one() for unit in units]
        names = [db.session.get_one(Tenant, home).name for home in homes]
        assert names == ["Xã An Khánh", "Xã An Hưng", "Xã An Lão", "Phường Phù Liễn"]
        place = db.session.get_one(Tenant, other)
        assert (place.name, place.committee) == ("Phường Kiến An", "Ủy ban nhân dân phường Kiến An")
        assert db.session.get_one(Reform, number).moved == 4
    page = client.get("/tinh/cac-huyen").text
    assert "trước 10/01/2027: Quận Kiến An" in page
    assert "Đã kết thúc 10/01/2027" in page
    assert client.get(LIST).status_code == client.get(f"{LIST}/{second}").status_code == 200
    assert post(client, second, "tra-lai", {"reason": "Đổi lại"}).status_code == 303
    assert work(world) == 1
    with acting_in(STEWARD):
        assert db.session.get_one(Tenant, other).name == "Quận Kiến An"


def test_bad_input_gets_its_sentence(world: World, client: Any) -> None:
    """Missing, malformed and stale: a sentence, what was typed stays, and nothing is begun or changed."""
    admin, old = world.province_person(), world.a_district()
    world.sign_in(client, admin)
    for changed, sentence in (
        ({"effective_on": "31/02/2027"}, "Xin viết ngày theo mẫu"),
        ({"sources": []}, "chọn ít nhất một nơi"),
        ({"sources": ["999"]}, "điều cần sửa"),
        ({"back_days": "nhiều"}, "từ 0 đến 365"),
        ({"document_number": "x" * 99}, "Dài nhất 60 ký tự"),
        ({"kind": "annex"}, "điều cần sửa"),
    ):
        answer = send(client, f"{LIST}/lap", {**BASICS, "sources": [str(old)], **changed})
        assert answer.status_code == 422, changed
        assert sentence in answer.text
        assert "Hội đồng nhân dân thành phố" in answer.text
    begun = send(client, f"{LIST}/lap", {**BASICS, "kind": "split", "sources": [str(old)]})
    number = int(begun.location.rsplit("/", 1)[1])
    for typed, sentence in (
        ({"existing": "0"}, "Chọn một nơi đã có"),
        ({**NEW, "code": "có dấu"}, "chữ không dấu"),
        ({"existing": "999"}, "Không có nơi này"),
    ):
        assert sentence in post(client, number, "noi-den", typed).text
    assert post(client, number, "noi-den", NEW).status_code == 303
    stale = send(client, f"{LIST}/{number}/phan-bo", {"version": "1"}, page=f"{LIST}/{number}")
    assert stale.status_code == 409
    assert post(client, number, "phan-bo", {"line": "x|y", "to": "1"}).status_code == 422
    assert client.get(f"{LIST}/{number}/xem/gi-do").status_code == client.get(f"{LIST}/99").status_code == 404
    viewer = world.sign_in(client, world.province_person(Role.PROVINCE_VIEWER))
    assert "Xác nhận phương án" not in viewer.get(f"{LIST}/{number}").text
    assert send(viewer, f"{LIST}/{number}/xac-nhan", {"reason": "x"}, page=LIST).status_code == 403
