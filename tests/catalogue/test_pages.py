"""The catalogue's pages: everybody reads, the administrator confirms, publishes and opens years there."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from portal.catalogue.models import CriteriaVersion, Threshold
from portal.cycle.models import Cycle
from tenants.database import db
from tenants.people import Role
from tests.beds import made_once
from tests.builders import Person, World
from tests.catalogue.test_governing import DOCUMENT, indicator, version
from tests.forms import send


@pytest.fixture
@made_once
def admin(world: World) -> Person:
    """The province's administrator."""
    return world.province_person()


def place_of(world: World, admin: Person, code: str, key: str = "tt24-2023") -> tuple[int, int]:
    """Return the ids of a version and of its indicator."""
    with world.acting(admin, writes=False):
        return version(key).id, indicator(version(key), code).id


def fields(indicator_id: int, level: int, **values: Any) -> dict[str, Any]:
    """Return the typed values of a confirmation as the page names them."""
    typed = {"document": DOCUMENT, "read": "y", "seen": "", **values}
    return {f"n{indicator_id}-{level}-{name}": value for name, value in typed.items() if value is not None}


@pytest.mark.parametrize(
    "role",
    [Role.UNIT_EDITOR, Role.UNIT_HEAD, Role.DISTRICT_OFFICER, Role.DISTRICT_LEADER, Role.PROVINCE_VIEWER],
)
def test_everybody_signed_in_reads_and_nobody_else_governs(world: World, client: Any, role: Role) -> None:
    """Units, districts and viewers see the criteria without a form; a posted change is 403."""
    tenant = world.province_id if role is Role.PROVINCE_VIEWER else world.a_district()
    unit = world.a_unit(tenant) if role in (Role.UNIT_EDITOR, Role.UNIT_HEAD) else None
    client = world.sign_in(client, world.a_person(role, tenant, unit))
    assert "Thông tư 24/2023/TT-BGDĐT" in client.get("/bo-tieu-chi").text
    page = client.get("/bo-tieu-chi/2").text
    assert "Kế hoạch học tập hằng năm" in page
    assert "ngưỡng chưa được Sở xác nhận" in page
    assert "Tôi đã đọc văn bản này" not in page
    assert send(client, "/bo-tieu-chi/2/ban-hanh", page="/bo-tieu-chi/2").status_code == 403
    assert send(client, "/bo-tieu-chi/2/nguong/1/1", page="/bo-tieu-chi/2").status_code == 403
    assert send(client, "/bo-tieu-chi/2/mo-nam", page="/bo-tieu-chi/2").status_code == 403


def test_nobody_reads_without_signing_in(client: Any) -> None:
    """The criteria are for those who work with them."""
    assert client.get("/bo-tieu-chi").status_code == 302


def test_every_version_has_a_page_and_an_unknown_one_none(world: World, client: Any, admin: Person) -> None:
    """The pages pass the judge; the count of what waits stands in words."""
    client = world.sign_in(client, admin)
    with world.acting(admin, writes=False):
        ids = list(db.session.scalars(select(CriteriaVersion.id)))
    for version_id in ids:
        assert client.get(f"/bo-tieu-chi/{version_id}").status_code == 200
    assert client.get("/bo-tieu-chi/999").status_code == 404
    version_id, _ = place_of(world, admin, "1.1")
    page = client.get(f"/bo-tieu-chi/{version_id}").text
    assert "Còn 26 ngưỡng chưa được Sở xác nhận." in page
    assert "Ban hành được khi mọi ngưỡng đã xác nhận" in page
    assert "Từ 90 % số Thành viên tại 31/12" in page
    assert "Gợi ý: từ 95 %" in page
    assert "áp dụng khi công lập" in page


@pytest.mark.parametrize(("code", "value"), [("2.1", "94 %"), ("1.2", "1"), ("3.4", "2")])
def test_the_administrator_confirms_each_kind(
    world: World, client: Any, admin: Person, code: str, value: str
) -> None:
    """Shares, yes/no and graded ones alike: typed value, named document, ticked box."""
    version_id, number = place_of(world, admin, code)
    client = world.sign_in(client, admin)
    answer = send(
        client,
        f"/bo-tieu-chi/{version_id}/nguong/{number}/2",
        fields(number, 2, value=value),
        page=f"/bo-tieu-chi/{version_id}",
        follow_redirects=True,
    )
    assert f"Đã xác nhận ngưỡng {code}, mức độ 2." in answer.text
    assert DOCUMENT in answer.text
    assert "Còn 25 ngưỡng chưa được Sở xác nhận." in answer.text
    with world.acting(admin, writes=False):
        assert db.session.get_one(Threshold, (number, 2)).value == int(value.removesuffix(" %"))


BAD_CONFIRMATIONS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"document": ""}, "Ghi rõ văn bản đã đọc"),
    ({"document": "x" * 500}, "5–400 ký tự"),
    ({"read": None}, "Đánh dấu khi đã đối chiếu"),
    ({"value": ""}, "phần trăm nguyên"),
    ({"value": "chín mươi"}, "phần trăm nguyên"),
    ({"value": "101"}, "phần trăm nguyên"),
    ({"value": "-5"}, "phần trăm nguyên"),
    ({"value": "9" * 5000}, "phần trăm nguyên"),
    ({"value": "٩٠"}, "phần trăm nguyên"),
    ({"value": "<script>alert(1)</script>"}, "phần trăm nguyên"),
)


def test_a_bad_confirmation_is_shown_again_with_all_that_was_typed(
    world: World, client: Any, admin: Person
) -> None:
    """422, the sentence at its field, the typed words kept, nothing in force."""
    version_id, number = place_of(world, admin, "2.1")
    client = world.sign_in(client, admin)
    for changed, sentence in BAD_CONFIRMATIONS:
        typed = fields(number, 2, **{"value": "95", "document": "Công văn đang gõ dở", **changed})
        answer = send(
            client, f"/bo-tieu-chi/{version_id}/nguong/{number}/2", typed, page=f"/bo-tieu-chi/{version_id}"
        )
        assert answer.status_code == 422, changed
        assert sentence in answer.text, changed
        assert "<script>alert" not in answer.text
        if "document" not in changed:
            assert 'value="Công văn đang gõ dở"' in answer.text
    with world.acting(admin, writes=False):
        assert db.session.get_one(Threshold, (number, 2)).value is None


def test_a_stale_page_is_told_who_was_first(world: World, client: Any, admin: Person) -> None:
    """The second confirmation from an older page: 409 with the name, what was typed is still there."""
    version_id, number = place_of(world, admin, "2.1")
    client = world.sign_in(client, admin)
    path = f"/bo-tieu-chi/{version_id}/nguong/{number}/2"
    page = f"/bo-tieu-chi/{version_id}"
    assert send(client, path, fields(number, 2, value="95"), page=page).status_code == 303
    late = send(client, path, fields(number, 2, value="50"), page=page)
    assert late.status_code == 409
    assert "vừa xác nhận ngưỡng này" in late.text
    assert 'value="50"' in late.text
    with world.acting(admin, writes=False):
        assert db.session.get_one(Threshold, (number, 2)).value == 95


def test_publishing_asks_and_then_closes_the_page(world: World, client: Any, admin: Person) -> None:
    """The box must be ticked; afterwards no form is left and the illustrative numbers stay marked."""
    world.confirm_thresholds()
    version_id, number = place_of(world, admin, "2.1")
    client = world.sign_in(client, admin)
    page, path = f"/bo-tieu-chi/{version_id}", f"/bo-tieu-chi/{version_id}/ban-hanh"
    unticked = send(client, path, page=page)
    assert unticked.status_code == 422
    assert "Đánh dấu vào ô xác nhận" in unticked.text
    done = send(client, path, {"understood": "y"}, page=page, follow_redirects=True)
    assert "Đã ban hành và khóa" in done.text
    assert "Tôi đã đọc văn bản này" not in done.text
    assert "số liệu minh họa, Sở chưa xác nhận" in done.text
    again = send(client, path, {"understood": "y"}, page=page, headers={"Referer": f"http://localhost{page}"})
    assert again.status_code == 302
    assert "đã ban hành và khóa; muốn thay đổi" in client.get(page).text
    late = send(
        client, f"/bo-tieu-chi/{version_id}/nguong/{number}/2", fields(number, 2, value="1"), page=page
    )
    assert late.status_code == 409


def test_a_year_is_opened_on_the_page(world: World, client: Any, admin: Person) -> None:
    """The next year stands ready with its legal dates; bad dates come back as typed."""
    version_id, _ = place_of(world, admin, "2.1")
    client = world.sign_in(client, admin)
    page, path = f"/bo-tieu-chi/{version_id}", f"/bo-tieu-chi/{version_id}/mo-nam"
    assert 'value="15/01/2028"' in client.get(page).text
    dates = {
        "year": "2027",
        "opens_on": "2027-01-01",
        "submit_before": "2028-01-15",
        "decide_before": "15/02/2028",
        "report_before": "2028-03-15",
    }
    loose = send(client, path, {**dates, "submit_before": "2028-01-20"}, page=page)
    assert loose.status_code == 422
    assert "chỉ được sớm hơn hoặc đúng quy định" in loose.text
    assert 'value="2028-01-20"' in loose.text
    for wrong in (
        {"year": "hai nghìn"},
        {"year": "99999999999999999999"},
        {"submit_before": "31/02/2028"},
        {"opens_on": ""},
    ):
        assert send(client, path, {**dates, **wrong}, page=page).status_code == 422
    assert send(client, path, dates, page=page).status_code == 303
    with world.acting(admin, writes=False):
        assert db.session.get_one(Cycle, (2027, "district")).decide_before.isoformat() == "2028-02-15"
    assert "đã mở năm đánh giá 2027" in client.get(page).text


def test_the_page_asks_the_database_a_fixed_number_of_times(
    world: World, client: Any, admin: Person, count_queries: list[str]
) -> None:
    """Versions of 10 and of 18 indicators cost the same."""
    client = world.sign_in(client, admin)
    counts = []
    for key in ("tt24-2023", "tt24-2023-tinh"):
        version_id = place_of(world, admin, "1.1", key)[0]
        count_queries.clear()
        client.get(f"/bo-tieu-chi/{version_id}")
        counts.append(len(count_queries))
    assert counts[0] == counts[1] <= 16
