"""The pages of the report, through the client that judges every page."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from portal.figures.rules import FIGURES
from portal.reports import operations
from portal.reports.models import DistrictReport
from portal.reports.narrative import SKELETON
from tenants.database import db
from tenants.people import Role
from tests.beds import made_once
from tests.builders import World
from tests.deciding import Browser, District


@pytest.fixture
def client(client: Any) -> Browser:
    """The judging client with tokens."""
    return Browser(client)


@pytest.fixture
@made_once
def district(world: World) -> District:
    """A district with a unit at each outcome and one that only has a draft, decided on 10/02/2027."""
    world.confirm_thresholds()
    made = District(world)
    made.appraised(1, 2, 0)
    world.a_dossier(made.tenant_id, world.a_unit(made.tenant_id, "Công an huyện", "military_police"), "draft")
    world.set_clock(2027, 2, 10, 9, 0)
    made.issued("45/QĐ-UBND", date(2027, 2, 10))
    world.set_clock(2027, 3, 3, 9, 0)
    return made


def text(response: Any) -> str:
    """The page as text."""
    page: str = response.get_data(as_text=True)
    return page


def version_of(district: District, report_id: int) -> str:
    """The version a page shows now."""
    with district.world.acting(district.leader):
        return str(db.session.get_one(DistrictReport, (district.tenant_id, report_id)).version)


def words(**changed: str) -> dict[str, str]:
    """The narrative form as a browser sends it."""
    return {**dict.fromkeys(SKELETON.keys, ""), **changed}


def test_from_the_first_word_to_the_department(district: District, client: Browser) -> None:
    """Written, locked, sent, returned, written again; nothing changes what was sent."""
    world = district.world
    world.sign_in(client.client, district.officer)
    assert "Lập báo cáo" in text(client.get("/huyen/bao-cao"))
    begun = client.post("/huyen/bao-cao", {"year": "2026"})
    assert begun.status_code == 303
    here = begun.headers["Location"]
    report_id = int(here.rsplit("/", 1)[1])
    page = text(client.get(here))
    assert "tạm tính" in page
    assert "Các bảng khớp nhau ở cả 15 phép đối chiếu" in page
    assert "Quyết định số 45/QĐ-UBND ngày 10/02/2027: công nhận 2 đơn vị" in page
    wrong = client.post(
        f"{here}/loi", words(v_1="Có {so_la} trường", version=version_of(district, report_id))
    )
    assert wrong.status_code == 422
    assert "Không có ô số liệu “{so_la}”" in text(wrong)
    assert "Có {so_la} trường</textarea>" in text(wrong)
    seen = version_of(district, report_id)
    saved = client.post(f"{here}/loi", words(v_1="Công nhận {so_cong_nhan} đơn vị.", version=seen))
    assert saved.status_code == 303
    stale = client.post(f"{here}/loi", words(v_1="khác", version=seen))
    assert stale.status_code == 409
    assert "khác</textarea>" in text(stale)
    assert client.post(f"{here}/khoa", {"version": version_of(district, report_id)}).status_code == 303
    page = text(client.get(here))
    assert "Đã khóa số liệu" in page
    assert "Công nhận 2 đơn vị." in page
    assert client.post(f"{here}/gui").status_code == 403

    world.sign_in(client.client, district.leader)
    assert "Ký và gửi Sở" in text(client.get(here))
    given = {
        "number": "20/BC-PGDĐT",
        "dated": "2027-03-04",
        "signer": "Trưởng phòng",
        "signer_title": "TRƯỞNG PHÒNG",
    }
    refused = client.post(f"{here}/gui", {**given, "version": version_of(district, report_id)})
    assert refused.status_code == 422
    assert 'value="20/BC-PGDĐT"' in text(refused)
    given |= {"dated": "2027-03-03", "version": version_of(district, report_id)}
    assert "Đã gửi báo cáo về Sở" in text(client.post(f"{here}/gui", given, follow_redirects=True))
    assert client.post(f"{here}/gui", given).status_code == 409

    with world.acting(world.province_person()) as actor:
        sent = db.session.get_one(DistrictReport, (district.tenant_id, report_id))
        points = [
            {"table": "bieu_01", "row": "7.2", "column": "13", "text": "Kiểm tra lại."},
            {"text": "Bổ sung lời."},
        ]
        operations.answer_report(actor, sent, "returned", points)
    world.sign_in(client.client, district.officer)
    page = text(client.get(here))
    assert "Sở trả lại báo cáo, 2 điểm cần sửa" in page
    assert "Biểu 01, dòng 7.2, cột 13:" in page
    assert "Lập lần 2" in text(client.get("/huyen/bao-cao"))
    second = client.post("/huyen/bao-cao", {"year": "2026"}).headers["Location"]
    page = text(client.get(second))
    assert "Lần này sửa theo 2 điểm Sở nêu" in page
    assert "Số liệu chưa khác gì so với lần 1" in page
    assert "Công nhận {so_cong_nhan} đơn vị.</textarea>" in page


def test_every_figure_opens_its_rows(district: District, client: Browser) -> None:
    """Each figure's list has as many rows as the figure says, for the total and for a kind."""
    with district.world.acting(district.officer) as actor:
        report = operations.open_report(actor, 2026)
        report_id = report.id
        from portal.reports.queries import figures_of

        counts = {row.key: row.counts for row in figures_of(report).rows}
    district.world.sign_in(client.client, district.officer)
    here = f"/huyen/bao-cao/{report_id}/so-lieu"
    client.get(here)
    client.client.judging = False  # the same page from here on
    for figure in (*FIGURES, "recognised", "in_force"):
        for query, key in (
            ("", "total"),
            ("&kind=7", "7"),
            ("&kind=primary&public=yes", "7.2"),
            ("&kind=military_police", "4"),
        ):
            page = text(client.get(f"{here}?figure={figure}{query}"))
            expected = getattr(counts[key], figure)
            assert (f"trong {expected} đơn vị" in page) if expected else ("Không có đơn vị nào" in page)
    assert client.get(f"{here}?figure=drop&kind=x&public=maybe&trang=-1&q=%25").status_code == 200
    assert "1–3 trong 3" in text(client.get(f"{here}?q=tieu+hoc"))


def test_lists_of_the_report(district: District, client: Browser) -> None:
    """Biểu 02 and Biểu 03, searched and filtered; unknown choices fall back."""
    with district.world.acting(district.officer) as actor:
        report_id = operations.open_report(actor, 2026).id
    district.world.sign_in(client.client, district.officer)
    here = f"/huyen/bao-cao/{report_id}/danh-sach"
    assert "1–2 trong 2" in text(client.get(here))
    assert "Chỉ tiêu 1.1" in text(client.get(f"{here}?bieu=03"))
    assert "Không có đơn vị nào khớp" in text(client.get(f"{here}?bieu=03&kind=enterprise"))
    assert "1–2 trong 2" in text(client.get(f"{here}?bieu=99&trang=77"))


def test_others_read_or_find_nothing(district: District, client: Browser) -> None:
    """Another district gets 404, the council no button, a malformed version a sentence."""
    world = district.world
    with world.acting(district.officer) as actor:
        report_id = operations.open_report(actor, 2026).id
    here = f"/huyen/bao-cao/{report_id}"
    world.sign_in(client.client, world.a_person(Role.DISTRICT_COUNCIL, district.tenant_id))
    page = text(client.get(here))
    assert "Khóa số liệu</button>" not in page
    assert "<textarea" not in page
    assert client.post(f"{here}/khoa").status_code == 403
    world.sign_in(client.client, district.officer)
    for version in ("", "x", "9" * 40, "-1"):
        assert client.post(f"{here}/khoa", {"version": version}).status_code == 422
        assert client.post(f"{here}/loi", words(version=version)).status_code == 422
    assert (
        client.post(
            f"{here}/loi", {"version": version_of(district, report_id), "v_1": "a" * 20_001}
        ).status_code
        == 422
    )
    assert (
        client.post(f"{here}/giai-trinh", {"version": version_of(district, report_id), "R4": "x"}).status_code
        == 303
    )
    other = District(world, "Huyện Kiến Thụy")
    world.sign_in(client.client, other.officer)
    for path in (here, f"{here}/danh-sach", f"{here}/so-lieu", f"{here}/bieu", f"{here}/bieu-05.csv"):
        assert client.get(path).status_code == 404
    assert client.post(f"{here}/khoa", {"version": "1"}).status_code == 404


def test_the_page_asks_a_fixed_number_of_times(
    district: District, client: Browser, count_queries: list[str]
) -> None:
    """More units, the same number of statements."""
    with district.world.acting(district.officer) as actor:
        report_id = operations.open_report(actor, 2026).id
    district.world.sign_in(client.client, district.officer)
    here = f"/huyen/bao-cao/{report_id}"
    client.get(here)
    count_queries.clear()
    client.get(here)
    few = len(count_queries)
    district.appraised(1, 2)
    district.issued("46/QĐ-UBND")
    count_queries.clear()
    client.get(here)
    assert len(count_queries) <= few + 1
    assert few < 70
