"""The appraisal sheet: both sides of every indicator, what a visit saw, the proposal; who may read it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from portal import clock
from portal.appraisal import operations as appraisal
from portal.appraisal.seats import Appraiser
from portal.units.models import Unit
from portal.visits import minutes
from tenants.database import db
from tenants.people import Role
from tenants.scope import acting_in
from tests.beds import made_once
from tests.builders import STEWARD, World
from tests.deciding import accept
from tests.papers import reading
from tests.visits.test_visits import Case

NOTE = "Hội đồng xem kỹ chỉ tiêu 2.1."


def _judge(case: Case, code: str, verdict: str, **how: Any) -> None:
    with case.world.acting(case.officer) as actor:
        dossier = case.world.dossier(case.tenant_id, case.dossier_id)
        appraisal.judge(actor, dossier, case.ids[code], verdict, **how)


@pytest.fixture
@made_once
def judged(world: World) -> Case:
    """A dossier that was visited, with a corrected base figure and two verdicts that differ, nothing closed yet."""
    case = Case(world)
    case.written()
    code = case.code()
    case.does(case.officer, minutes.sign_for_district, code)
    case.does(case.head, minutes.sign_for_unit, code)
    accept(world, case.officer, case.tenant_id, case.dossier_id)
    why = {"reason_code": "site_visit", "reason": "Không có danh sách lớp."}
    _judge(case, "1.1", "not_enough_evidence", **why)
    _judge(case, "2.1", "corrected", part=20, **why)
    with world.acting(case.officer) as actor:
        dossier = world.dossier(case.tenant_id, case.dossier_id)
        appraisal.correct_headcount(actor, dossier, "members", 40, "Danh sách 31/12 có 40 người.")
    return case


def _closed(case: Case) -> None:
    with case.world.acting(case.officer) as actor:
        dossier = case.world.dossier(case.tenant_id, case.dossier_id)
        appraisal.agree_with_rest(actor, dossier)
        appraisal.propose(actor, dossier, NOTE)


def _got(client: Any, case: Case, ext: str = "pdf") -> Any:
    return client.get(f"/van-ban/{case.tenant_id}/{case.dossier_id}/phieu-tham-dinh.{ext}")


def test_the_sheet_says_both_sides_and_why(judged: Case, client: Any) -> None:
    """A preview first; closed it is the same in PDF and DOCX: values, verdicts, reasons, visit, proposal, people."""
    case, name = judged, judged.officer.identity.full_name
    case.world.sign_in(client, case.officer)
    desk = f"/huyen/ho-so/{case.dossier_id}/tham-dinh"
    assert "Phiếu thẩm định (xem trước)" in client.get(desk).text
    early = reading.text(_got(client, case).data)
    assert "BẢN XEM TRƯỚC" in early
    assert "[chưa có: kết luận]" in early
    assert "tạm tính, thẩm định chưa chốt" in early
    _closed(case)
    for page in (client.get(desk).text, client.get(f"/huyen/ho-so/{case.dossier_id}").text):
        assert "phieu-tham-dinh.pdf" in page
        assert "phieu-tham-dinh.docx" in page
    pdf, docx = _got(client, case), _got(client, case, "docx")
    for said in (reading.text(pdf.data), reading.docx(docx.data)):
        assert "BẢN XEM TRƯỚC" not in said
        assert "[chưa có" not in said
        for words in (
            "PHIẾU THẨM ĐỊNH",
            f"Số: HS-2026-{case.dossier_id:06d}/TĐ",
            "Chưa đủ minh chứng",
            "Theo kết quả kiểm tra thực tế: Không có danh sách lớp.",
            "37/37 = 100 %",
            "20/40 = 50 %",
            "(sửa số liệu, kết quả)",
            "(đồng ý với đơn vị)",
            "12/01/2027: Không thấy. Thiếu danh sách lớp.",
            "Chỉ dành cho nhà trẻ",
            "Thành viên tại 31/12",
            "Danh sách 31/12 có 40 người.",
            "Không công nhận.",
            NOTE,
            f"Người thẩm định: {name}",
            f"Chốt đề xuất: {name}, lúc 12/01/2027",
            "NGƯỜI THẨM ĐỊNH",
            "LÃNH ĐẠO PHÒNG",
        ):
            assert words in said, words


def test_the_sheet_is_the_district_s(judged: Case, client: Any) -> None:
    """Neither the unit nor another district finds it; the Department does, but not a sensitive unit's."""
    case, world = judged, judged.world
    _closed(case)
    other = world.a_person(Role.DISTRICT_OFFICER, world.a_district())
    for person, status in (
        (case.head, 404),
        (other, 404),
        (case.council, 200),
        (world.province_person(), 200),
    ):
        world.sign_in(client, person)
        assert _got(client, case).status_code == status
    at = f"/tinh/ho-so/{case.tenant_id}/{case.dossier_id}"
    assert "phieu-tham-dinh.pdf" in client.get(at).text
    with acting_in(STEWARD):
        db.session.execute(update(Unit).where(Unit.id == case.unit_id).values(sensitive=True))
    assert _got(client, case).status_code == 404
    assert "phieu-tham-dinh.pdf" not in client.get(at).text
    world.sign_in(client, case.officer)
    said = reading.text(_got(client, case).data)
    assert "50 %" in said
    assert "20/40" not in said
    assert "37/37" not in said
    assert "Chưa đạt mức độ 1 ở chỉ tiêu" in said


def test_there_is_none_while_several_appraise_apart(judged: Case, client: Any) -> None:
    """What one noted is not read on paper by another before all have handed in; nor is there one without a finding."""
    case, world = judged, judged.world
    world.sign_in(client, case.officer)
    assert _got(client, case).status_code == 200
    with acting_in(STEWARD):
        for person in (case.officer, case.council):
            db.session.add(
                Appraiser(
                    tenant_id=case.tenant_id,
                    unit_id=case.unit_id,
                    dossier_id=case.dossier_id,
                    account_id=person.identity.account_id,
                    full_name=person.identity.full_name,
                    responsible=person is case.officer,
                    blind=True,
                    assigned_at=clock.now(),
                    assigned_by="Lãnh đạo",
                )
            )
    assert _got(client, case).status_code == 404
    assert "Phiếu thẩm định" not in client.get(f"/huyen/ho-so/{case.dossier_id}/tham-dinh").text
