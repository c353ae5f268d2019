"""The pages of decisions, through the client that judges every page."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.recognition.models import Decision, DecisionLine, Recognition
from tenants.database import db
from tenants.people import Role
from tests.beds import made_once
from tests.builders import World
from tests.deciding import Browser, District


@pytest.fixture
@made_once
def district(world: World) -> District:
    """A district with one unit at each outcome, appraised, on 10/02/2027."""
    world.confirm_thresholds()
    made = District(world)
    made.appraised(1, 2, 0)
    world.set_clock(2027, 2, 10, 9, 0)
    return made


@pytest.fixture
def client(client: Any) -> Browser:
    """The judging client with tokens."""
    return Browser(client)


def version_of(district: District, decision_id: int) -> str:
    """The version a page shows now."""
    with district.world.acting(district.leader):
        return str(db.session.get_one(Decision, (district.tenant_id, decision_id)).version)


def line_id(district: District, outcome: int) -> int:
    """A line with an outcome."""
    with district.world.acting(district.leader):
        found = db.session.scalars(select(DecisionLine.id).where(DecisionLine.outcome == outcome)).first()
        assert found is not None
        return found


def text(response: Any) -> str:
    """The page as text."""
    page: str = response.get_data(as_text=True)
    return page


def test_from_the_appraisals_to_the_issue(district: District, client: Browser) -> None:
    """The officer drafts and edits, the leader looks, holds one back and issues; then nothing can be changed."""
    world = district.world
    world.sign_in(client.client, district.officer)
    assert "3 hồ sơ năm 2026" in text(client.get("/huyen/quyet-dinh"))
    answer = client.post("/huyen/quyet-dinh", data={"year": "2026"})
    assert answer.status_code == 303
    here = answer.headers["Location"]
    decision_id = int(here.rsplit("/", 1)[1])
    page = text(client.get(here))
    assert "Kết quả thấp hơn mức đề nghị" in page
    assert "[bổ sung" in page
    world.sign_in(client.client, district.leader)
    early = {
        "number": "45/QĐ-UBND",
        "dated": "10/02/2027",
        "signer": "Chủ tịch huyện",
        "signer_title": "CHỦ TỊCH",
    }
    early["version"] = version_of(district, decision_id)
    unfinished = client.post(f"{here}/ban-hanh", data=early)
    assert unfinished.status_code == 409
    assert "“Căn cứ Luật Tổ chức chính quyền địa phương [bổ sung số, ngày]” và 1 căn cứ khác" in text(
        unfinished
    )
    assert 'value="45/QĐ-UBND"' in text(unfinished)
    world.sign_in(client.client, district.officer)
    saved = client.post(
        f"{here}/can-cu",
        data={
            "bases": "Căn cứ một;\n\nTheo đề nghị của Trưởng phòng",
            "version": version_of(district, decision_id),
        },
    )
    assert saved.status_code == 303
    raised = client.post(
        f"{here}/don-vi/{line_id(district, 0)}",
        data={"outcome": "1", "reason": "thử", "version": version_of(district, decision_id)},
    )
    assert raised.status_code == 422
    assert "cao hơn kết quả thẩm định" in text(raised)
    assert "thử</textarea>" in text(raised)
    assert client.get(f"{here}/don-vi/{line_id(district, 0)}").status_code == 200
    for action in ("ban-hanh", f"don-vi/{line_id(district, 1)}/de-lai"):
        assert client.post(f"{here}/{action}").status_code == 403

    world.sign_in(client.client, district.leader)
    page = text(client.get(here))
    assert "Ban hành cho 3 đơn vị" in page
    held = client.post(
        f"{here}/don-vi/{line_id(district, 1)}/de-lai",
        data={"held_reason": "Chờ xác minh.", "version": version_of(district, decision_id)},
    )
    assert held.status_code == 303
    given = {
        "number": "45/QĐ-UBND",
        "dated": "2027-02-11",
        "signer": "Chủ tịch huyện",
        "signer_title": "CHỦ TỊCH",
    }
    tomorrow = client.post(f"{here}/ban-hanh", data={**given, "version": version_of(district, decision_id)})
    assert tomorrow.status_code == 422
    assert "ở sau hôm nay" in text(tomorrow)
    assert 'value="45/QĐ-UBND"' in text(tomorrow)
    stale = client.post(f"{here}/ban-hanh", data={**given, "dated": "2027-02-10", "version": "1"})
    assert stale.status_code == 409
    done = client.post(
        f"{here}/ban-hanh",
        data={**given, "dated": "10/02/2027", "version": version_of(district, decision_id)},
        follow_redirects=True,
    )
    assert "Đã ban hành quyết định số 45/QĐ-UBND" in text(done)
    again = client.post(
        f"{here}/ban-hanh",
        data={**given, "dated": "2027-02-10", "version": version_of(district, decision_id)},
    )
    assert again.status_code == 409
    assert "đã được" in text(again)
    with world.acting(district.officer):
        assert db.session.scalar(select(func.count()).select_from(Recognition)) == 1
        assert db.session.scalar(select(Recognition.level)) == 2
    world.sign_in(client.client, district.officer)
    assert "1 hồ sơ năm 2026" in text(client.get("/huyen/quyet-dinh"))
    assert "Hiệu lực đến, mã" in text(client.get(here))
    assert client.get(f"{here}/don-vi/{line_id(district, 0)}").status_code == 200


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"number": "", "dated": "", "signer": "", "signer_title": "", "version": "1"},
        {"number": "x" * 61, "dated": "31/02/2027", "signer": "a", "signer_title": "b", "version": "1"},
        {
            "number": "1",
            "dated": "hôm nay",
            "signer": "<script>alert(1)</script>",
            "signer_title": "b",
            "version": "x",
        },
        {
            "number": "1",
            "dated": "9999-99-99",
            "signer": "a" * 5000,
            "signer_title": "b",
            "version": "9" * 30,
        },
    ],
)
def test_bad_input_keeps_what_was_typed(district: District, client: Browser, data: dict[str, str]) -> None:
    """Missing, malformed, huge and hostile fields: 422 with sentences, nothing issued."""
    decision_id = district.drafted()
    district.world.sign_in(client.client, district.leader)
    answer = client.post(f"/huyen/quyet-dinh/{decision_id}/ban-hanh", data=data)
    assert answer.status_code == 422
    assert "điều cần sửa" in text(answer)
    assert "<script>alert" not in text(answer)
    with district.world.acting(district.leader):
        assert db.session.scalar(select(Decision.state)) == "draft"


@pytest.mark.parametrize("year", ["", "abc", "99999", "١٢٣٤", "1999"])
def test_a_draft_of_no_year(district: District, client: Browser, year: str) -> None:
    """A year that is none, or that nobody opened."""
    district.world.sign_in(client.client, district.officer)
    assert client.post("/huyen/quyet-dinh", data={"year": year}).status_code in (404, 422)


def test_filters_search_and_foreign_rows(district: District, client: Browser) -> None:
    """Search without accents, filters, unknown values; another district's decision is not found."""
    world = district.world
    decision_id = district.drafted()
    here = f"/huyen/quyet-dinh/{decision_id}"
    world.sign_in(client.client, district.officer)
    assert "Không có đơn vị nào khớp" in text(client.get(f"{here}?q=%25"))
    assert "1–3 trong 3" in text(client.get(f"{here}?q=truong+tieu+hoc&sort=kind&direction=desc"))
    assert "1–1 trong 1" in text(client.get(f"{here}?exception=lowered"))
    flagged = text(client.get(f"{here}?exception=flagged"))
    assert "1–3 trong 3" in flagged, "37 members at 100 % everywhere, the same figures in three units"
    assert "Có dấu hiệu nên xem lại" in flagged
    assert "tỷ lệ đều là 100 %" in flagged
    assert "1–1 trong 1" in text(client.get(f"{here}?outcome=2&sort=outcome"))
    assert client.get(f"{here}?exception=drop&outcome=9&kind=x&sort=y&trang=999999999999").status_code == 200
    other = District(world, "Huyện Kiến Thụy")
    world.sign_in(client.client, other.leader)
    assert client.get(here).status_code == 404
    assert client.post(f"{here}/ban-hanh").status_code == 404
    assert client.get(f"{here}/don-vi/{line_id(district, 1)}").status_code == 404
    world.sign_in(client.client, district.officer)
    assert client.get("/huyen/quyet-dinh/999999").status_code == 404


def test_five_hundred_lines_are_paged_in_the_same_queries(
    district: District, client: Browser, count_queries: list[str]
) -> None:
    """The page of a decision asks as often for three lines as for many."""
    decision_id = district.drafted()
    district.world.sign_in(client.client, district.officer)
    client.get(f"/huyen/quyet-dinh/{decision_id}")
    count_queries.clear()
    client.get(f"/huyen/quyet-dinh/{decision_id}")
    few = len(count_queries)
    district.appraised(1, 1, 2, 2)
    district.drafted()
    count_queries.clear()
    client.get(f"/huyen/quyet-dinh/{decision_id}")
    assert len(count_queries) == few
    assert few < 30


def test_a_draft_is_dropped_and_lines_removed(district: District, client: Browser) -> None:
    """What leaves the draft stays appraised and comes back."""
    world, decision_id = district.world, district.drafted()
    here = f"/huyen/quyet-dinh/{decision_id}"
    world.sign_in(client.client, district.officer)
    removed = client.post(
        f"{here}/don-vi/{line_id(district, 2)}/rut", data={"version": version_of(district, decision_id)}
    )
    assert removed.status_code == 303
    assert "Thêm 1 hồ sơ" in text(client.get(here))
    assert client.post(f"{here}/bo", data={"version": "1"}).status_code == 409
    assert client.post(f"{here}/bo", data={"version": version_of(district, decision_id)}).status_code == 303
    assert client.get(here).status_code == 404
    assert "3 hồ sơ năm 2026" in text(client.get("/huyen/quyet-dinh"))


def test_late_decisions_are_told(district: District, client: Browser) -> None:
    """After 14/02 the page and the answer say so."""
    world, decision_id = district.world, district.ready()
    world.set_clock(2027, 2, 20, 9, 0)
    world.sign_in(client.client, district.leader)
    assert "đã quá thời hạn" in text(client.get(f"/huyen/quyet-dinh/{decision_id}"))
    data = {"number": "1/QĐ", "dated": str(date(2027, 2, 20)), "signer": "A", "signer_title": "B"}
    data["version"] = version_of(district, decision_id)
    answer = client.post(f"/huyen/quyet-dinh/{decision_id}/ban-hanh", data=data, follow_redirects=True)
    assert "đã quá thời hạn (trước ngày 15/02/2027)" in text(answer)


def test_council_and_admin_only_read(district: District, client: Browser) -> None:
    """Others of the district see the list and no button."""
    world, decision_id = district.world, district.drafted()
    for role in (Role.DISTRICT_COUNCIL, Role.DISTRICT_ADMIN):
        world.sign_in(client.client, world.a_person(role, district.tenant_id))
        page = text(client.get(f"/huyen/quyet-dinh/{decision_id}"))
        assert "ban-hanh" not in page
        assert "Bỏ dự thảo" not in page
