"""A plan from its form to the rows and back, as the province and the worker do it: two districts become one."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import select

from portal.figures.queries import by_tenant, counts
from portal.reform.working import Reforms
from portal.register import operations as register
from portal.register.models import RegisterEntry
from portal.trail.queries import of_dossier
from portal.units.models import Unit
from tenants.database import db
from tenants.people import Membership, Role
from tenants.places import Tenant
from tenants.scope import acting_in
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
def two_districts(world: World) -> tuple[Person, list[int], list[str], int]:
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
        put_on(actor, world.dossier(district.tenant_id, running), district.officer.identity.account_id)
    with acting_in(STEWARD):
        codes = list(db.session.scalars(select(RegisterEntry.code).order_by(RegisterEntry.tenant_id)))
    return admin, places, codes, running


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


def work(world: World) -> int:
    """Let the worker look once."""
    return Reforms().run(world.app.extensions["settings"], lambda: False)


def test_two_districts_become_one_and_two_again(world: World, client: Any) -> None:
    """Scenario 8: both certificates verify before, after and after the way back; figures in both geographies agree."""
    admin, places, codes, running = two_districts(world)
    world.sign_in(client, admin)
    before = [client.get(f"/xac-minh/{code}").text for code in codes]
    with acting_in(STEWARD):
        old_counts = by_tenant(counts(2026))
    begun = send(client, f"{LIST}/lap", {**BASICS, "sources": [str(place) for place in places]})
    assert begun.status_code == 303, begun.text
    number = int(begun.location.rsplit("/", 1)[1])
    assert "Nhập thì có đúng một nơi tiếp nhận" in client.get(f"{LIST}/{number}").text
    assert post(client, number, "noi-den", NEW).status_code == 303
    page = client.get(f"{LIST}/{number}").text
    assert "Không có vướng mắc" in page or "chưa gửi báo cáo" in page
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
        assert of_dossier(home, running)
    client = world.sign_in(client, admin)
    done = post(client, number, "tra-lai", {"reason": "Nghị quyết bị bãi bỏ"})
    assert done.status_code == 303, done.text
    assert work(world) == 1
    with acting_in(STEWARD):
        assert by_tenant(counts(2026)) == old_counts
        assert db.session.scalars(select(Tenant.valid_to).where(Tenant.id.in_(places))).all() == [None, None]
        leaders = select(Membership.ended_at).where(
            Membership.tenant_id.in_(places), Membership.role == Role.DISTRICT_LEADER
        )
        assert db.session.scalars(leaders).all() == [None, None]
    client.get(f"{LIST}/{number}")
    assert [client.get(f"/xac-minh/{code}").text for code in codes] == before
