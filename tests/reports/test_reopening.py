"""Amending an accepted report: asked for with a reason, answered once, a new edition beside the one that stays."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import insert, select, update
from sqlalchemy.exc import DBAPIError

from portal.notices.models import Notice
from portal.reports import operations, reopening
from portal.reports.models import DistrictReport, ReportReopening
from portal.reports.queries import changes_since, edition_before, figures_of, latest_edition
from tenants.database import db
from tenants.people import Role
from tenants.refusal import Refused
from tests.beds import made_once
from tests.builders import Person, World
from tests.deciding import Browser, District


@pytest.fixture
def client(client: Any) -> Browser:
    """The judging client with tokens."""
    return Browser(client)


@pytest.fixture
@made_once
def district(world: World) -> District:
    """A district with one recognised unit, whose report is sent."""
    world.confirm_thresholds()
    made = District(world)
    made.appraised(1)
    world.set_clock(2027, 2, 10, 9, 0)
    made.issued("45/QĐ-UBND", date(2027, 2, 10))
    world.set_clock(2027, 3, 3, 9, 0)
    made.sent_report("20/BC-PGDĐT")
    return made


def accept(district: District, department: Person) -> int:
    """Accept the latest edition; returns its number."""
    with district.world.acting(department) as actor:
        found = latest_edition(district.tenant_id, 2026)
        assert found is not None
        operations.answer_report(actor, found[0], "accepted")
        return found[0].id


def row_of(district: District, report_id: int) -> DistrictReport:
    """The report's row in the scope at hand."""
    return db.session.get_one(DistrictReport, (district.tenant_id, report_id))


def text(response: Any) -> str:
    """The page as text."""
    page: str = response.get_data(as_text=True)
    return page


def test_an_accepted_report_is_amended(district: District, client: Browser) -> None:
    """Refused once, granted then; the amended edition says so on page and paper and lists what differs."""
    world = district.world
    department = world.province_person(Role.PROVINCE_OFFICER)
    first = accept(district, department)
    page, at_province = f"/huyen/bao-cao/{first}", f"/tinh/bao-cao/{district.tenant_id}/{first}"
    asking = f"{page}/xin-dieu-chinh"
    world.sign_in(client.client, district.officer)
    assert "Đề nghị Sở cho điều chỉnh" not in text(client.get(page))
    assert client.post(asking, {"reason": "Sót một đơn vị."}).status_code == 403
    world.sign_in(client.client, district.leader)
    assert client.post(asking, {"reason": "   "}).status_code == 422
    assert client.post(asking, {"reason": "Sót một đơn vị."}).status_code == 303
    waiting = text(client.get(page))
    assert "Chờ Sở trả lời" in waiting
    assert "Đề nghị Sở cho điều chỉnh" not in waiting
    again = client.post(asking, {"reason": "Lần nữa."})
    assert again.status_code == 409
    assert "đang chờ Sở trả lời" in text(again)

    world.sign_in(client.client, department)
    assert "đề nghị điều chỉnh báo cáo đã nhận" in text(client.get("/tinh/bao-cao?nam=2026"))
    with world.acting(department, writes=False):
        number = db.session.scalar(select(ReportReopening.id))
    answering = f"{at_province}/dieu-chinh/{number}"
    bare = client.post(answering, {"verdict": "no", "answer": ""})
    assert bare.status_code == 422
    assert "Xin ghi lý do không đồng ý" in text(bare)
    assert client.post(answering, {"verdict": "", "answer": "x"}).status_code == 422
    assert client.post(f"{at_province}/dieu-chinh/{number + 1}", {"verdict": "yes"}).status_code == 404
    assert client.post(answering, {"verdict": "no", "answer": "Chưa nêu đơn vị nào."}).status_code == 303
    assert client.post(answering, {"verdict": "yes"}).status_code == 409

    world.sign_in(client.client, district.leader)
    assert "Chưa nêu đơn vị nào." in text(client.get(page))
    assert client.post(asking, {"reason": "Sót đơn vị ở Quyết định 61."}).status_code == 303
    with world.acting(department) as actor:
        row = db.session.scalar(select(ReportReopening).where(ReportReopening.granted.is_(None)))
        assert row is not None
        reopening.answer(actor, row_of(district, first), row.id, True, "")
    district.appraised(1)
    district.issued("61/QĐ-UBND", date(2027, 3, 3))
    world.sign_in(client.client, district.officer)
    assert "Lập báo cáo điều chỉnh" in text(client.get(page))
    assert client.post("/huyen/bao-cao", {"year": "2026"}).status_code == 303
    with world.acting(district.officer, writes=False):
        found = latest_edition(district.tenant_id, 2026)
        assert found is not None
        second = found[0].id
        assert (found[0].edition, found[0].amendment) == (2, 1)
        changed = {
            (d.place, d.before, d.after)
            for d in changes_since(edition_before(found[0]), figures_of(found[0]))
        }
        assert ("Biểu 01, dòng “Cộng”, cột 13 (công nhận mức độ 1: số)", "1", "2") in changed
        assert db.session.scalar(select(Notice.id).where(Notice.sentence.like("Sở đồng ý cho điều chỉnh%")))
    world.set_clock(2027, 3, 20, 9, 0)
    assert "Đã quá thời hạn" not in text(client.get(f"/huyen/bao-cao/{second}"))
    district.sent_report("21/BC-PGDĐT")
    assert "Báo cáo năm 2026 – điều chỉnh lần 1" in text(client.get(f"/huyen/bao-cao/{second}"))
    paper = client.get(f"/van-ban/bao-cao/{district.tenant_id}/{second}.pdf").data
    printed = " ".join(" ".join(p.extract_text() for p in PdfReader(io.BytesIO(paper)).pages).split())
    assert "năm 2026 (điều chỉnh lần 1)" in printed
    world.sign_in(client.client, department)
    assert "điều chỉnh lần 1" in text(client.get(f"/tinh/bao-cao/{district.tenant_id}/{second}"))
    accept(district, department)
    with (
        world.acting(district.leader) as actor,
        pytest.raises(Refused, match="không phải lần gửi mới nhất"),
    ):
        reopening.ask(actor, row_of(district, first), "Cũ")


def refused_by_the_wall(statement: Any, words: str = "") -> None:
    """Send a statement past the verbs; the database refuses it and nothing of it stays."""
    with pytest.raises(DBAPIError, match=words), db.session.begin_nested():
        db.session.execute(statement)


def test_what_is_not_accepted_is_not_reopened(district: District) -> None:
    """Neither by the verb nor past it; and the district answers nothing in the Department's place."""
    world, department = district.world, district.world.province_person(Role.PROVINCE_OFFICER)
    with world.acting(district.leader) as actor:
        found = latest_edition(district.tenant_id, 2026)
        assert found is not None
        report_id = found[0].id
        with pytest.raises(Refused, match="mà Sở đã nhận"):
            reopening.ask(actor, found[0], "Sót một đơn vị.")
        asked = insert(ReportReopening).values(
            tenant_id=district.tenant_id,
            report_id=report_id,
            reason="Sót",
            asked_at=found[0].sent_at,
            asked_by="x",
            answer="",
            answered_by="",
        )
        refused_by_the_wall(asked, "row-level security")
    accept(district, department)
    with world.acting(district.leader) as actor:
        number = reopening.ask(actor, row_of(district, report_id), "Sót một đơn vị.").id
        refused_by_the_wall(asked, "uq_report_reopening_open")
        refused_by_the_wall(update(ReportReopening).values(granted=True), "permission denied")
    with world.acting(department) as actor:
        reopening.answer(actor, row_of(district, report_id), number, False, "Không rõ.")
        refused_by_the_wall(update(ReportReopening).values(granted=True), "answered once")
        with pytest.raises(Refused, match="đã trả lời không đồng ý"):
            reopening.answer(actor, row_of(district, report_id), number, True, "")
