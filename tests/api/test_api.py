"""The API: a token opens its own place for reading and nothing else, and the document says what is answered."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from portal.api.openapi import document
from portal.api.resources import RESOURCES
from portal.reports import operations as reports
from portal.reports.models import DistrictReport
from portal.trail.models import TrailEntry
from tenants import tokens
from tenants.database import db
from tenants.people import Role, Throttle
from tenants.places import Tenant
from tenants.scope import Scope, ScopeKind, acting_in
from tenants.tokens import PER_MINUTE, ApiToken
from tests.beds import made_once
from tests.builders import STEWARD, World
from tests.deciding import District, an_appraised, dismiss_flags
from tests.forms import send


class Places:
    """Two districts, the first with its year reported and accepted, and a token of each place and of the province."""

    def __init__(self, world: World) -> None:
        world.confirm_thresholds()
        self.district = District(world)
        self.elsewhere = world.a_district("Huyện Kiến Thụy")
        world.a_unit(self.elsewhere, "Trường Tiểu học Đông Phương")
        tenant_id = self.district.tenant_id
        an_appraised(world, self.district.officer, tenant_id, 1)
        world.a_unit(tenant_id, "Ban Chỉ huy quân sự huyện", "military_police")
        dismiss_flags(world, self.district.officer, tenant_id)
        world.set_clock(2027, 1, 20, 9, 0)
        self.district.issued()
        world.set_clock(2027, 2, 10, 9, 0)
        report_id = self.district.sent_report()
        with world.acting(world.province_person(Role.PROVINCE_OFFICER)) as actor:
            report = db.session.get_one(DistrictReport, (tenant_id, report_id))
            reports.answer_report(actor, report, "accepted", [])
        with acting_in(STEWARD):
            self.tokens = {
                place: tokens.new_token(place, "Hệ thống báo cáo", "Tổng hợp", 90, "Quản trị")[1]
                for place in (tenant_id, self.elsewhere, world.province_id)
            }
        self.own, self.others, self.province = self.tokens.values()


@made_once
def _places(world: World) -> Places:
    return Places(world)


@pytest.fixture
def places(world: World) -> Places:
    """The ground of the module."""
    return _places(world)


def ask(client: Any, token: str, path: str, status: int = 200, **headers: str) -> Any:
    """Ask the API as a machine does, without a cookie; what goes wrong is a problem with a sentence."""
    client.delete_cookie("phien")
    answer = client.get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {token}", **headers})
    assert answer.status_code == status, answer.get_data(as_text=True)
    assert "Set-Cookie" not in answer.headers
    assert not [name for name in answer.headers.keys() if name.startswith("Access-Control")]  # noqa: SIM118
    if status == 304:
        return answer
    said = answer.get_json(force=True)
    if status >= 400:
        assert answer.mimetype == "application/problem+json"
        assert said["status"] == status
        assert said["detail"].endswith((".", "…"))
        assert re.search("[ạảấầậắệểốồổộớờợụứừữựỳđ]", said["detail"])
    return said


def test_the_document_is_valid_and_true(world: World, client: Any, places: Places) -> None:
    """OpenAPI 3.1 by its own schema; every path of it answers what it says, to both kinds of token."""
    shown = client.get("/api/v1/openapi.json").get_json()
    validate(shown)
    assert shown == document("http://127.0.0.1:8000/api/v1")
    for path, known in shown["paths"].items():
        schema = known["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        judge = Draft202012Validator({**schema, "components": shown["components"]})
        for token in (places.own, places.province):
            slug = path.split("/")[1]
            first = ask(client, token, slug)["items"][0]
            address = path[1:].replace("{id}", first["id"])
            said = ask(client, token, address)
            faults = [f"{path}: {fault.message}" for fault in judge.iter_errors(said)]
            assert not faults
            for one in known["get"]["parameters"]:
                if one["in"] == "query" and one["name"] in first:
                    wanted = first[one["name"]]
                    found = ask(client, token, f"{slug}?{one['name']}={wanted}")["items"]
                    assert {row[one["name"]] for row in found} == {wanted}
    assert set(shown["components"]["schemas"]) == {*RESOURCES, "problem"}


def test_a_token_reads_its_own_place_alone(world: World, client: Any, places: Places) -> None:
    """Another district's rows are in no list and under no address; the province's token reads all."""
    for slug in RESOURCES:
        rows = ask(client, places.own, slug)["items"]
        assert rows
        assert len({row["place"] for row in rows}) == 1
        for row in rows:
            ask(client, places.others, f"{slug}/{row['id']}", 404)
            assert ask(client, places.province, f"{slug}/{row['id']}") == row
        assert not {row["id"] for row in rows} & {
            row["id"] for row in ask(client, places.others, slug)["items"]
        }
    whole = ask(client, places.province, "units")["items"]
    assert len({row["place"] for row in whole}) == 2
    assert {row["kind"] for row in whole if row["sensitive"]} == {"military_police"}
    theirs = ask(client, places.others, "units")["items"]
    assert [row["name"] for row in theirs] == ["Trường Tiểu học Đông Phương"]
    place = ask(client, places.own, "units")["items"][0]["place"]
    assert ask(client, places.others, f"units?place={place}")["items"] == []


def test_a_token_opens_no_page_and_writes_nothing(world: World, client: Any, places: Places) -> None:
    """It is nobody: pages lead to sign-in, other ways are refused, and the database would refuse a write."""
    bearing = {"Authorization": f"Bearer {places.own}"}
    for page in ("/", "/huyen/quyet-dinh", "/khoa-api", "/tinh/du-lieu-mo"):
        assert client.get(page, headers=bearing).headers["Location"].startswith("/dang-nhap"), page
    assert client.post("/api/v1/units", headers=bearing).status_code in (400, 405)
    with acting_in(Scope(ScopeKind.SIGNIN)):
        holder = tokens.holder_of(places.own)
    assert holder is not None
    with pytest.raises(DBAPIError), acting_in(holder.scope()):
        db.session.execute(text("update unit set name = 'x'"))
    # A person signed in is nobody here, whatever the cookie says.
    world.sign_in(client, world.province_person())
    assert client.get("/api/v1/units").status_code == 401


def test_what_opens_nothing(world: World, client: Any, places: Places) -> None:
    """No token, an unknown, expired, revoked one, and one of a place that has ended: 401, and guessing is held back."""
    assert client.get("/api/v1/units").status_code == 401
    assert client.get("/api/v1/units", headers={"Authorization": f"Basic {places.own}"}).status_code == 401
    for wrong in ("x", "dvht_" + "a" * 43, places.own[:-1], places.own + "'"):
        ask(client, wrong, "units", 401)
    past = tokens.now() - timedelta(days=1)
    own = ApiToken.tenant_id == places.district.tenant_id
    for changes in ({"expires_at": past}, {"revoked_at": past}):
        with acting_in(STEWARD):
            before = dict(db.session.execute(select(ApiToken.__table__).where(own)).mappings().one())
            db.session.execute(update(ApiToken).where(own).values(**changes))
        ask(client, places.own, "units", 401)
        with acting_in(STEWARD):
            db.session.execute(update(ApiToken).where(own).values(**{name: before[name] for name in changes}))
    ask(client, places.own, "units")
    with acting_in(STEWARD):
        ended = update(Tenant).where(Tenant.id == places.district.tenant_id)
        db.session.execute(ended.values(valid_to=past.date()))
    ask(client, places.own, "units", 401)
    with acting_in(Scope(ScopeKind.SIGNIN)):
        counted = update(Throttle).where(Throttle.key == "token:127.0.0.1").values(failures=40)
        assert db.session.execute(counted).rowcount == 1  # type: ignore[attr-defined]
    ask(client, "x", "units", 401)
    ask(client, "x", "units", 429)
    ask(client, places.others, "units")


def test_pages_follow_each_other(world: World, client: Any, places: Places) -> None:
    """Every row comes once, in an order that stays; what cannot be read is said in a sentence."""
    for number in range(7):
        world.a_unit(places.elsewhere, f"Trường số {number}")
    whole = [row["id"] for row in ask(client, places.province, "units")["items"]]
    seen: list[str] = []
    after = ""
    while True:
        page = ask(client, places.province, f"units?limit=4{after}")
        seen += [row["id"] for row in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == whole
    assert len(set(seen)) == len(seen) > 8
    wrong = (
        "limit=0",
        "limit=501",
        "limit=mười",
        "after=x",
        "after=1-0",
        "kind=school",
        "foo=1",
        "place=%00",
    )
    for query in wrong:
        ask(client, places.own, f"units?{query}", 400)
    ask(client, places.own, "recognitions?year=năm", 400)
    for unknown in ("accounts", "units/x", "units/1-99999999999999999", "units/999999999-1"):
        ask(client, places.own, unknown, 404)


def test_nothing_is_sent_twice_and_queries_stay_few(
    world: World, client: Any, places: Places, count_queries: list[str]
) -> None:
    """An ETag says that nothing changed, a list takes one statement, and every use is counted."""
    first = client.get("/api/v1/units", headers={"Authorization": f"Bearer {places.own}"})
    assert first.headers["Cache-Control"] == "private, no-cache"
    ask(client, places.own, "units", 304, **{"If-None-Match": first.headers["ETag"]})
    count_queries.clear()
    ask(client, places.own, "recognitions")
    asked = [one for one in count_queries if one.lstrip().lower().startswith(("select", "update"))]
    assert len(asked) <= 4, asked
    with acting_in(STEWARD):
        row = db.session.scalars(
            select(ApiToken).where(ApiToken.tenant_id == places.district.tenant_id)
        ).one()
        assert row.uses == 3
        assert row.last_used_at is not None
        row.window_uses = PER_MINUTE
    ask(client, places.own, "units", 429)
    ask(client, places.others, "units")
    with acting_in(STEWARD):
        db.session.execute(update(ApiToken).values(window_from=tokens.now() - timedelta(minutes=2)))
    ask(client, places.own, "units")


@pytest.mark.parametrize("role", [Role.DISTRICT_ADMIN, Role.PROVINCE_ADMIN])
def test_an_administrator_gives_and_takes_back(world: World, client: Any, places: Places, role: Role) -> None:
    """Shown once, kept as a digest, listed, revoked, in the trail; the other place's token is not there."""
    province = role is Role.PROVINCE_ADMIN
    tenant_id = world.province_id if province else places.district.tenant_id
    world.sign_in(client, world.a_person(role, tenant_id))
    given = {"name": "Kho dữ liệu tỉnh", "purpose": "Bảng điều hành", "days": "365"}
    for wrong in ({"days": "366"}, {"name": ""}, {"purpose": "x" * 301}):
        refused = send(client, "/khoa-api", given | wrong)
        assert refused.status_code == 422
        assert "Bảng điều hành" in refused.get_data(as_text=True) or "purpose" in wrong
    page = send(client, "/khoa-api", given)
    token = re.findall("dvht_[A-Za-z0-9_-]{43}", page.get_data(as_text=True))[0]
    assert page.headers["Cache-Control"] == "no-store"
    assert send(client, "/khoa-api", given).status_code == 422, "sent again it makes no second one"
    listed = client.get("/khoa-api").get_data(as_text=True)
    assert "Kho dữ liệu tỉnh" in listed
    assert token not in listed
    with acting_in(STEWARD):
        row = db.session.scalars(select(ApiToken).where(ApiToken.name == given["name"])).one()
        number, theirs = row.id, row.tenant_id
        assert token.encode() not in row.token_sha256
        foreign = db.session.scalars(select(ApiToken.id).where(ApiToken.tenant_id == places.elsewhere)).one()
    assert theirs == tenant_id
    found = ask(client, token, "units")["items"]
    assert len({one["place"] for one in found}) == (2 if province else 1)
    world.sign_in(client, world.a_person(role, tenant_id))
    assert send(client, f"/khoa-api/{foreign}/thu-hoi", page="/khoa-api").status_code == 404
    with acting_in(STEWARD):
        kept = db.session.scalars(select(ApiToken.revoked_at).where(ApiToken.id == foreign)).one()
        assert kept is None
    send(client, f"/khoa-api/{number}/thu-hoi", page="/khoa-api")
    assert "Đã thu hồi" in client.get("/khoa-api").get_data(as_text=True)
    ask(client, token, "units", 401)
    with acting_in(STEWARD):
        acts = db.session.scalars(
            select(TrailEntry.act).where(TrailEntry.tenant_id == tenant_id, TrailEntry.act.like("token.%"))
        ).all()
    assert sorted(acts) == ["token.make", "token.revoke"]
