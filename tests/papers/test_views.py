"""The papers' addresses: who may open what, the code on every page, the same bytes twice."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import unquote

import pytest
from flask import render_template_string

from portal.appraisal import operations as appraisal
from portal.dossiers import operations
from portal.dossiers.operations import short_hash
from portal.dossiers.queries import open_sheet
from portal.papers.views import file_name
from portal.units.models import Unit
from tenants.database import db
from tenants.people import Role
from tests.beds import made_once
from tests.builders import Person, World, fill
from tests.papers import reading
from tests.papers.filled import LETTER, School, a_school

UNIT_PAPERS = ("mau-01", "mau-02", "mau-03")


def opened(world: World, client: Any, person: Person, address: str) -> Any:
    """Open an address as a person."""
    return world.sign_in(client, person).get(address)


def address(school: School, name: str) -> str:
    """The address of a paper of a dossier."""
    return f"/van-ban/{school.tenant_id}/{school.id}/{name}.pdf"


@pytest.fixture
@made_once
def filed(world: World) -> School:
    """A school whose dossier is signed and filed."""
    world.confirm_thresholds()
    school = a_school(world)
    school.write(**LETTER)
    school.sign(submit=True)
    return school


def test_the_code_of_the_content_stands_on_every_page(world: World, client: Any, filed: School) -> None:
    """Signed papers and the receipt carry the dossier's own short hash, on each page."""
    with world.acting(filed.head, writes=False):
        code = short_hash(world.dossier(filed.tenant_id, filed.id))
    for name in (*UNIT_PAPERS, "phieu-tiep-nhan"):
        answer = opened(world, client, filed.head, address(filed, name))
        assert answer.status_code == 200
        assert answer.mimetype == "application/pdf"
        found = reading.pages(answer.data)
        assert found
        for page in found:
            assert f"Mã kiểm: {code}" in page
            assert "DỮ LIỆU MINH HỌA" in page
            assert "BẢN XEM TRƯỚC" not in page


def test_the_same_bytes_twice(world: World, client: Any, filed: School) -> None:
    """A signed paper is the same file at any time and for everybody who may open it."""
    officer = world.a_person(Role.DISTRICT_OFFICER, filed.tenant_id)
    for name in (*UNIT_PAPERS, "phieu-tiep-nhan"):
        first = opened(world, client, filed.head, address(filed, name)).data
        world.set_clock(2027, 2, 3, 4, 5)
        assert opened(world, client, officer, address(filed, name)).data == first
        assert opened(world, client, world.province_person(), address(filed, name)).data == first


def test_the_receipt_says_number_and_time(world: World, client: Any, filed: School) -> None:
    """Number, moment, channel, parts and the day of the result."""
    text = reading.text(opened(world, client, filed.head, address(filed, "phieu-tiep-nhan")).data)
    for words in (
        f"Số tiếp nhận: HS-2026-{filed.id:06d}",
        "Thời điểm tiếp nhận: 10/01/2027 10:0",
        "Trực tuyến trên Cổng Đơn vị học tập",
        "Số 12/QĐ-THMĐ",
        "trước ngày 15 tháng 02 năm 2027",
        "Người nộp: Hiệu trưởng Trường Tiểu học Mỹ Đức",
    ):
        assert words in text
    assert "quá thời hạn" not in text


def test_a_late_dossier_says_so(world: World, client: Any) -> None:
    """From 15/01 on the receipt says it is late and that the office decides."""
    world.confirm_thresholds()
    school = a_school(world)
    world.set_clock(2027, 1, 15, 0, 0, 5)
    school.sign(submit=True)
    text = reading.text(opened(world, client, school.head, address(school, "phieu-tiep-nhan")).data)
    assert "Hồ sơ nộp quá thời hạn; cơ quan tiếp nhận xem xét" in text


def test_the_file_has_a_plain_name_and_opens_in_the_browser(world: World, client: Any, filed: School) -> None:
    """The name holds form, unit and year without marks."""
    answer = opened(world, client, filed.head, address(filed, "mau-01"))
    shown = unquote(answer.headers["Content-Disposition"])
    assert shown.startswith("inline; ")
    assert shown.endswith(f"Mau-01-{filed.code}-2026.pdf")
    assert file_name("Mẫu 01", "ĐL/“x”\r\n../", 2026) == "Mau-01-DL-x-2026"


def test_a_draft_is_a_preview(world: World, client: Any) -> None:
    """A draft is marked on every page and has no receipt."""
    school = a_school(world, state="draft")
    for name in UNIT_PAPERS:
        for page in reading.pages(opened(world, client, school.head, address(school, name)).data):
            assert "BẢN XEM TRƯỚC" in page
            assert "Mã kiểm" not in page
    for name in ("phieu-tiep-nhan", "phieu-bo-sung"):
        assert opened(world, client, school.head, address(school, name)).status_code == 404


def test_the_district_reads_no_draft(world: World, client: Any) -> None:
    """What a unit has not filed is its own, signed or not."""
    for state in ("draft", "signed"):
        school = a_school(world, state=state)
        for role in (Role.DISTRICT_OFFICER, Role.DISTRICT_LEADER):
            person = world.a_person(role, school.tenant_id)
            for name in UNIT_PAPERS:
                assert opened(world, client, person, address(school, name)).status_code == 404


def test_others_find_nothing(world: World, client: Any, filed: School) -> None:
    """Another unit, another district and an unknown paper get the same 404."""
    neighbour = a_school(world, filed.tenant_id, state="draft")
    elsewhere = world.a_person(Role.DISTRICT_OFFICER, world.a_district("Huyện Kiến Thụy"))
    for name in (*UNIT_PAPERS, "phieu-tiep-nhan"):
        assert opened(world, client, neighbour.head, address(filed, name)).status_code == 404
        assert opened(world, client, elsewhere, address(filed, name)).status_code == 404
    for strange in ("mau-04", "__class__"):
        assert opened(world, client, filed.head, address(filed, strange)).status_code == 404
    for numbers in ((filed.tenant_id, 10**30), (10**12, filed.id)):
        path = f"/van-ban/{numbers[0]}/{numbers[1]}/mau-01.pdf"
        assert opened(world, client, filed.head, path).status_code == 404


def test_a_stranger_is_sent_to_the_door(client: Any, filed: School) -> None:
    """Without a session there is no paper."""
    client.judging = False
    with client.session_transaction() as session:
        session.clear()
    answer = client.get(address(filed, "mau-01"))
    assert answer.status_code == 302
    assert "/dang-nhap" in answer.headers["Location"]


def test_the_number_of_queries_does_not_depend_on_the_paper(
    world: World, client: Any, filed: School, count_queries: list[str]
) -> None:
    """A paper is read in a fixed, small number of statements."""
    world.sign_in(client, filed.head)
    counted = []
    for name in UNIT_PAPERS:
        count_queries.clear()
        assert client.get(address(filed, name)).status_code == 200
        counted.append(len(count_queries))
    assert max(counted) <= 30
    # A paper with a governed wording reads what the Department put in force, once.
    assert max(counted) - min(counted) <= 1


def test_links_name_the_papers_there_are(app: Any, world: World, filed: School) -> None:
    """The list of links grows with the dossier and says whether they are signed."""
    source = '{% from "papers/links.html" import paper_links %}{{ paper_links(dossier) }}'
    with world.acting(filed.head, writes=False), app.test_request_context():
        dossier = world.dossier(filed.tenant_id, filed.id)
        html = render_template_string(source, dossier=dossier)
        for name in (*UNIT_PAPERS, "phieu-tiep-nhan"):
            assert f'href="{address(filed, name)}"' in html
        assert "phieu-bo-sung" not in html
        assert f"mã kiểm {short_hash(dossier)}" in html


def test_a_supplement_request_lists_every_point(world: World, client: Any, filed: School) -> None:
    """Indicators and parts by name, the reasons, the note and the day; unknown to a district elsewhere."""
    officer = world.a_person(Role.DISTRICT_OFFICER, filed.tenant_id, name="Chuyên viên Phòng GDĐT")
    with world.acting(officer) as actor:
        dossier = world.dossier(filed.tenant_id, filed.id)
        indicator = next(i for i in open_sheet(dossier).indicators if i.code == "2.2")
        asked = (
            appraisal.PointAsked("Danh sách <i>thiếu</i> chữ ký.", indicator_id=indicator.id),
            appraisal.PointAsked("Thiếu trang có dấu.", part="team_member"),
        )
        appraisal.request_supplement(actor, dossier, asked, date(2027, 1, 20), "Gửi bản chụp rõ nét.")
    first = opened(world, client, officer, address(filed, "phieu-bo-sung"))
    text = reading.text(first.data)
    for words in (
        "PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ",
        f"Số: HS-2026-{filed.id:06d}/BS1",
        "hoàn thiện 2 nội dung sau",
        "Chỉ tiêu 2.2:",
        "Danh sách <i>thiếu</i> chữ ký.",
        "Tổ đánh giá",
        "Gửi bản chụp rõ nét.",
        "trước ngày 20 tháng 01 năm 2027",
        "NGƯỜI LẬP PHIẾU Chuyên viên Phòng GDĐT",
    ):
        assert words in text
    assert opened(world, client, filed.head, address(filed, "phieu-bo-sung")).data == first.data
    elsewhere = world.a_person(Role.DISTRICT_OFFICER, world.a_district("Huyện Kiến Thụy"))
    assert opened(world, client, elsewhere, address(filed, "phieu-bo-sung")).status_code == 404


def test_papers_stay_as_signed_while_supplements_are_written(
    world: World, client: Any, filed: School
) -> None:
    """Until the head sends the answers, the papers are those that were filed."""
    officer = world.a_person(Role.DISTRICT_OFFICER, filed.tenant_id)
    before = opened(world, client, filed.head, address(filed, "mau-02")).data
    with world.acting(officer) as actor:
        dossier = world.dossier(filed.tenant_id, filed.id)
        indicator = next(i for i in open_sheet(dossier).indicators if i.code == "2.2")
        asked = (appraisal.PointAsked("Thiếu danh sách.", indicator_id=indicator.id),)
        appraisal.request_supplement(actor, dossier, asked, date(2027, 1, 20))
    filed.answer("2.2", part=36, explanation="Đã bổ sung danh sách.")
    assert opened(world, client, filed.head, address(filed, "mau-02")).data == before


def test_a_late_dossier_turned_away_gives_no_reason_for_taking_it(world: World, client: Any) -> None:
    """The receipt stays the record of the filing; it never calls a refusal a reason to accept."""
    world.confirm_thresholds()
    school = a_school(world)
    world.set_clock(2027, 1, 16, 8, 0)
    school.sign(submit=True)
    officer = world.a_person(Role.DISTRICT_OFFICER, school.tenant_id)
    with world.acting(officer) as actor:
        appraisal.refuse_late(actor, world.dossier(school.tenant_id, school.id), "Quá hạn hai ngày.")
    text = reading.text(opened(world, client, school.head, address(school, "phieu-tiep-nhan")).data)
    assert "Quá hạn hai ngày" not in text
    assert "Hồ sơ nộp quá thời hạn; cơ quan tiếp nhận xem xét" in text


def test_an_accepted_late_dossier_says_why(world: World, client: Any) -> None:
    """The officer's reason and name stand on the receipt once the dossier is taken in."""
    world.confirm_thresholds()
    school = a_school(world)
    world.set_clock(2027, 1, 16, 8, 0)
    school.sign(submit=True)
    officer = world.a_person(Role.DISTRICT_OFFICER, school.tenant_id, name="Chuyên viên Phòng GDĐT")
    with world.acting(officer) as actor:
        appraisal.accept(actor, world.dossier(school.tenant_id, school.id), "Mất điện cả xã ngày 14/01")
    text = reading.text(opened(world, client, school.head, address(school, "phieu-tiep-nhan")).data)
    assert "lý do tiếp nhận: Mất điện cả xã ngày 14/01." in text
    assert "NGƯỜI TIẾP NHẬN Chuyên viên Phòng GDĐT" in text


def test_a_dossier_typed_in_for_the_unit_is_marked(world: World, client: Any) -> None:
    """What came on paper names its channel, and its papers say that the office typed them in."""
    world.confirm_thresholds()
    tenant = world.a_district()
    unit = world.a_unit(tenant)
    officer = world.a_person(Role.DISTRICT_OFFICER, tenant)
    with world.acting(officer) as actor:
        row = db.session.get_one(Unit, (tenant, unit))
        dossier = operations.start_dossier(actor, row, 2026, channel="post", channel_code="EV123456789VN")
        fill(actor, dossier)
        number = operations.enter_for_unit(actor, dossier, "Hiệu trưởng đã ký bản giấy").id
    at = f"/van-ban/{tenant}/{number}"
    for page in reading.pages(opened(world, client, officer, f"{at}/mau-03.pdf").data):
        assert "DỮ LIỆU MINH HỌA · BẢN NHẬP HỘ" in page
    text = reading.text(opened(world, client, officer, f"{at}/phieu-tiep-nhan.pdf").data)
    assert "Hình thức nộp: Qua bưu chính (mã EV123456789VN)" in text
