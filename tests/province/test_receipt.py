"""Receiving the districts' reports: one answer each, points tied to cells, the district told, drafts unseen."""

from __future__ import annotations

import re
import threading
from datetime import date
from typing import Any, NamedTuple

import pytest
from sqlalchemy import func, select

from portal.notices.models import Notice
from portal.province import reminding
from portal.province.queries import places_in, reporting_in
from portal.reform import rehoming
from portal.reports import operations as reports
from portal.reports.models import DistrictReport, ReportAnswer
from portal.trail.queries import of_acts
from portal.units.models import Unit
from tenants.database import db
from tenants.people import Role
from tenants.places import Succession, Tenant
from tenants.refusal import Refused
from tenants.scope import acting_in
from tests.beds import made_once
from tests.builders import STEWARD, Person, World
from tests.deciding import District
from tests.forms import send
from tests.province.worlds import a_reporting_district, answer


@pytest.fixture
@made_once
def officer(world: World) -> Person:
    """An officer of the Department."""
    return world.province_person(Role.PROVINCE_OFFICER)


@pytest.fixture
@made_once
def district(world: World) -> District:
    """A district whose decision is issued, on the day before the term of its report."""
    world.confirm_thresholds()
    found = a_reporting_district(world, "Huyện An Lão", "level_1", "level_2", "refused")
    world.set_clock(2027, 3, 14, 23, 0)
    return found


def page_of(district: District, report_id: int) -> str:
    """Return the address of a report at the province."""
    return f"/tinh/bao-cao/{district.tenant_id}/{report_id}"


class Said(NamedTuple):
    """What was answered to a report."""

    verdict: str
    points: list[dict[str, str]]
    answered_by: str


def answers_of(world: World, person: Person, report_id: int) -> list[Said]:
    """Return every answer to a report."""
    columns = (ReportAnswer.verdict, ReportAnswer.points, ReportAnswer.answered_by)
    with world.acting(person, writes=False):
        rows = db.session.execute(select(*columns).where(ReportAnswer.report_id == report_id))
        return [Said(*row) for row in rows]


def test_a_report_is_read_and_accepted(
    world: World, client: Any, district: District, officer: Person
) -> None:
    """Words and tables of the snapshot; after the box is ticked it is accepted, recorded, and the district told."""
    report_id = district.sent_report()
    client = world.sign_in(client, officer)
    page = client.get(page_of(district, report_id)).text
    assert "Quyết định số 12/QĐ-UBND" in page
    assert "công nhận 2 đơn vị, gồm 1 đơn vị mức độ 1 và 1 đơn vị mức độ 2" in page
    assert "Biểu 02. Đơn vị được công nhận (2)" in page
    assert "Các biểu khớp nhau" in page
    path = f"{page_of(district, report_id)}/nhan"
    unticked = send(client, path, page=page_of(district, report_id))
    assert unticked.status_code == 422
    assert "Đánh dấu khi đã xem" in unticked.text
    assert answers_of(world, officer, report_id) == []
    done = send(client, path, {"seen": "y"}, page=page_of(district, report_id), follow_redirects=True)
    assert "Sở đã nhận báo cáo." in done.text
    assert "Nhận hoặc trả lại" not in done.text
    assert answers_of(world, officer, report_id)[0].answered_by == officer.identity.full_name
    with world.acting(officer, writes=False):
        assert of_acts(world.province_id, "report.accepted")[0].actor == officer.identity.full_name
    with world.acting(district.officer, writes=False):
        newest = db.session.scalars(select(Notice).order_by(Notice.id.desc()).limit(1)).one()
        assert "Sở đã nhận báo cáo năm 2026" in newest.sentence
        assert newest.path == f"/huyen/bao-cao/{report_id}"


def test_who_takes_over_owes_no_report_that_was_sent(
    world: World, client: Any, district: District, officer: Person
) -> None:
    """A place opened after the year is not overdue with what the closed one sent; where it sent nothing, it owes it."""
    fresh = world.a_district("Xã An Lão")
    unsent = world.a_district("Huyện Kiến Thụy")
    heir = world.a_district("Xã Kiến Thụy")
    district.sent_report()
    units = {district.tenant_id: fresh, unsent: heir}
    world.a_unit(unsent, "Trường Tiểu học Kiến Thụy")
    with acting_in(STEWARD):
        for old, new in units.items():
            moving = db.session.scalars(select(Unit.id).where(Unit.tenant_id == old)).all()
            rehoming.leave_copies(old, new, moving)
            rehoming.move(old, new, dict.fromkeys(moving, old))
            db.session.get_one(Tenant, old).valid_to = date(2027, 3, 10)
            db.session.get_one(Tenant, new).valid_from = date(2027, 3, 10)
            db.session.add(Succession(from_id=old, to_id=new, on_day=date(2027, 3, 10), basis="45/NQ-HĐND"))
    world.set_clock(2027, 3, 20)
    with world.acting(officer, writes=False):
        assert [one.id for one in reporting_in(2026)] == [district.tenant_id, heir]
        assert {fresh, heir} <= {one.id for one in places_in(2026)}
    client = world.sign_in(client, officer)
    assert "0/2 báo cáo đã nhận" in client.get("/tinh/bao-cao?nam=2026").text
    assert "nơi khác báo cáo" in client.get(f"/tinh/huyen/{fresh}?nam=2026").text
    nothing = client.get("/tinh?nam=2026&ban=chinh-thuc").text
    assert "0/2 huyện" in nothing
    assert "đơn vị (31/12/2026)" not in nothing, "of no report there is no sum, which is not 0"
    assert not re.search(r'<td class="r">(<a[^>]*>)?0', nothing.split("<tfoot>")[1])
    for path in ("/tinh/chi-tieu", "/tinh/loai-hinh"):
        assert "Chưa có số chính thức" in client.get(f"{path}?nam=2026&ban=chinh-thuc").text


def test_the_list_says_who_is_in_time(world: World, client: Any, district: District, officer: Person) -> None:
    """In time, late, silent: word and number; the tabs count them."""
    late = a_reporting_district(world, "Huyện Kiến Thụy")
    District(world, "Huyện Vĩnh Bảo")
    in_time = district.sent_report()
    world.set_clock(2027, 3, 15, 0, 0)
    late.sent_report()
    world.set_clock(2027, 3, 18, 9, 0)
    client = world.sign_in(client, officer)
    page = client.get("/tinh/bao-cao").text
    assert page.split("<tbody>")[1].count("Đúng hạn") == 1
    assert "14/03/2027 23:00" in page
    assert "15/03/2027 00:00" in page
    assert "Quá hạn 4 ngày" in page
    assert "Vĩnh Bảo" not in client.get("/tinh/bao-cao?state=waiting").text
    assert "An Lão" not in client.get("/tinh/bao-cao?state=overdue").text
    assert page_of(district, in_time) in page


def test_a_viewer_reads_and_may_not_answer(world: World, client: Any, district: District) -> None:
    """403 with its sentence, no form on the page, nothing written."""
    report_id = district.sent_report()
    viewer = world.province_person(Role.PROVINCE_VIEWER)
    client = world.sign_in(client, viewer)
    page = client.get(page_of(district, report_id)).text
    assert "chỉ được xem" in page
    assert "Nhận báo cáo" not in page
    for act in ("nhan", "tra-lai"):
        refused = send(
            client, f"{page_of(district, report_id)}/{act}", {"seen": "y"}, page=page_of(district, report_id)
        )
        assert refused.status_code == 403
        assert "không được nhận hoặc trả báo cáo huyện" in refused.text
    assert answers_of(world, viewer, report_id) == []


def test_what_a_district_is_still_writing_is_its_own(
    world: World, client: Any, district: District, officer: Person
) -> None:
    """A locked report is not there for the province, neither to read nor to answer."""
    report_id = district.locked_report()
    client = world.sign_in(client, officer)
    assert client.get(page_of(district, report_id)).status_code == 404
    assert (
        send(client, f"{page_of(district, report_id)}/nhan", {"seen": "y"}, page="/tinh/bao-cao").status_code
        == 404
    )
    assert "Chưa gửi" in client.get("/tinh/bao-cao").text


def points(**typed: str) -> dict[str, str]:
    """Return the fields of a return with one point."""
    return {
        "points-0-table": "bieu_01",
        "points-0-row": "bieu_01|7.2",
        "points-0-column": "bieu_01|13",
        "points-0-text": "Khác danh sách gửi kèm.",
        **{f"points-{key.replace('__', '-')}": value for key, value in typed.items()},
    }


def test_a_return_names_its_cells_and_the_next_edition_is_answered_anew(
    world: World, client: Any, district: District, officer: Person
) -> None:
    """Points at a cell, a table and a section; the district sends again, and that is accepted."""
    report_id = district.sent_report()
    client = world.sign_in(client, officer)
    more = {
        "1__table": "muc:v_2",
        "1__text": "Nêu rõ nguyên nhân.",
        "2__table": "bieu_02",
        "2__text": "Thiếu cột hiệu lực.",
        "3__table": "bieu_01",
        "3__text": "",
    }
    done = send(
        client,
        f"{page_of(district, report_id)}/tra-lai",
        points(**more),
        page=page_of(district, report_id),
        follow_redirects=True,
    )
    assert "Sở đã trả lại, 3 điểm cần sửa." in done.text
    kept = answers_of(world, officer, report_id)[0].points
    assert kept == [
        {"table": "bieu_01", "row": "7.2", "column": "13", "text": "Khác danh sách gửi kèm."},
        {"table": "", "row": "", "column": "", "text": "Mục “2. Hạn chế”: Nêu rõ nguyên nhân."},
        {"table": "bieu_02", "row": "", "column": "", "text": "Thiếu cột hiệu lực."},
    ]
    assert "Biểu 01, dòng 7.2, cột 13" in done.text
    assert "Trả lại, 3 điểm" in client.get("/tinh").text
    again = district.sent_report("21/BC-PGDĐT")
    assert again != report_id
    assert "Các lần gửi" in client.get(page_of(district, again)).text
    answer(world, officer, district, again)
    assert "Đã nhận" in client.get("/tinh/bao-cao?state=accepted").text


BAD_RETURNS: tuple[tuple[dict[str, str], str], ...] = (
    ({"0__text": ""}, "ít nhất một điểm"),
    ({"0__text": "   "}, "ít nhất một điểm"),
    ({"0__text": "x" * 901}, "Dài nhất 900 ký tự"),
    ({"0__table": "bieu_02"}, "Chỗ này thuộc Biểu 01"),
    ({"0__table": "bieu_99"}, "Có điểm ghi chưa đúng"),
    ({"0__row": "99"}, "Có điểm ghi chưa đúng"),
    ({"0__column": "<b>"}, "Có điểm ghi chưa đúng"),
)


def test_a_bad_return_comes_back_with_all_that_was_typed(
    world: World, client: Any, district: District, officer: Person
) -> None:
    """422 and the sentence; the other point is still there; nothing is answered."""
    report_id = district.sent_report()
    client = world.sign_in(client, officer)
    for typed, sentence in BAD_RETURNS:
        second = {} if sentence == "ít nhất một điểm" else {"1__text": "Điểm thứ hai đang gõ"}
        answered = send(
            client,
            f"{page_of(district, report_id)}/tra-lai",
            points(**second, **typed),
            page=page_of(district, report_id),
        )
        assert answered.status_code == 422, typed
        assert sentence in answered.text, typed
        if second:
            assert "Điểm thứ hai đang gõ" in answered.text
    assert answers_of(world, officer, report_id) == []


def test_more_lines_are_added_without_losing_a_word(
    world: World, client: Any, district: District, officer: Person
) -> None:
    """The button that adds lines keeps what was typed and answers nothing."""
    report_id = district.sent_report()
    client = world.sign_in(client, officer)
    page = send(
        client,
        f"{page_of(district, report_id)}/tra-lai",
        {**points(), "points-2-text": "Đang gõ", "more": "1"},
        page=page_of(district, report_id),
    )
    assert page.status_code == 200
    assert "Khác danh sách gửi kèm." in page.text
    assert "Đang gõ" in page.text
    assert "points-5-text" in page.text
    assert answers_of(world, officer, report_id) == []


def test_two_officers_at_once_give_one_answer(world: World, district: District, officer: Person) -> None:
    """Of an acceptance and a return sent in the same moment one stands; the other is told who was first."""
    report_id = district.sent_report()
    other = world.province_person(Role.PROVINCE_OFFICER)
    gate, refused = threading.Barrier(2), []

    def say(person: Person, verdict: str) -> None:
        with world.app.app_context():
            try:
                with world.acting(person) as actor:
                    report = db.session.get_one(DistrictReport, (district.tenant_id, report_id))
                    gate.wait(10)
                    given = [{"text": "Xin xem lại."}] if verdict == "returned" else []
                    reports.answer_report(actor, report, verdict, given)
            except Refused as reason:
                refused.append(reason.sentence)
            finally:
                db.session.remove()

    threads = [
        threading.Thread(target=say, args=(officer, "accepted")),
        threading.Thread(target=say, args=(other, "returned")),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(answers_of(world, officer, report_id)) == 1
    assert len(refused) == 1
    assert "báo cáo này" in refused[0]
    with world.acting(officer, writes=False):
        assert len(of_acts(world.province_id, "report.")) == 1
    with world.acting(district.officer, writes=False):
        told = select(func.count()).select_from(Notice).where(Notice.sentence.like("Sở đã%"))
        assert db.session.scalar(told) == 1


def test_a_page_opened_before_the_other_answer_says_so(
    world: World, client: Any, district: District, officer: Person
) -> None:
    """Sending from an older page changes nothing; the sentence names the first."""
    report_id = district.sent_report()
    other = world.province_person(Role.PROVINCE_OFFICER)
    client = world.sign_in(client, officer)
    answer(world, other, district, report_id)
    late = send(
        client,
        f"{page_of(district, report_id)}/tra-lai",
        points(),
        page=page_of(district, report_id),
    )
    assert late.status_code == 409
    assert f"{other.identity.full_name} đã nhận báo cáo này" in late.text
    assert [a.verdict for a in answers_of(world, officer, report_id)] == ["accepted"]


def test_pressing_a_cell_ties_a_point_and_the_district_sees_it_there(
    world: World, client: Any, district: District, officer: Person
) -> None:
    """Without script: every cell is a button of the form; what was typed stays; the next edition says what changed."""
    report_id = district.sent_report()
    web = world.sign_in(client, officer)
    own = page_of(district, report_id)
    assert 'name="cell"' not in web.get(own).text
    assert 'value="bieu_05|total|3"' in web.get(f"{own}?tra-lai=1").text
    typed = {"points-0-table": "bieu_01", "points-0-text": "Đang gõ"}
    tied = send(web, f"{own}/tra-lai", {**typed, "cell": "bieu_01|7.2|3"}, page=own).text
    assert "Đang gõ" in tied
    assert '<option selected value="bieu_01|7.2">' in tied
    assert '<option selected value="bieu_01|3">' in tied
    for nonsense in ("bieu_99|x|y", "|||", "x" * 500):
        assert send(web, f"{own}/tra-lai", {**typed, "cell": nonsense}, page=own).status_code == 200
    given = {
        "points-0-table": "bieu_01",
        "points-0-row": "bieu_01|7.2",
        "points-0-column": "bieu_01|3",
        "points-0-text": "Thiếu một trường.",
        "points-1-table": "bieu_05",
        "points-1-row": "bieu_05|total",
        "points-1-column": "bieu_05|3",
        "points-1-text": "Xem lại số còn hiệu lực.",
    }
    done = send(web, f"{own}/tra-lai", given, page=own, follow_redirects=True).text
    assert "Biểu 05, dòng Cộng, cột 3:" in done
    assert 'class="r pointed"' in done
    world.a_unit(district.tenant_id, "Trường Tiểu học bị sót")
    web = world.sign_in(client, district.officer)
    assert "Thiếu một trường." in web.get(f"/huyen/bao-cao/{report_id}").text
    at_cell = web.get(f"/huyen/bao-cao/{report_id}/bieu?bieu=05").text
    assert "Xem lại số còn hiệu lực." in at_cell
    assert 'href="#diem-2"' in at_cell
    again = district.sent_report("21/BC-PGDĐT")
    for person, path in ((district.officer, f"/huyen/bao-cao/{again}"), (officer, page_of(district, again))):
        page = world.sign_in(client, person).get(path).text
        assert "Đã đổi: 3 thành 4." in page
        assert "Chưa đổi: 2." in page


def test_late_districts_are_listed_printed_and_reminded_once_a_day(
    world: World, client: Any, district: District, officer: Person
) -> None:
    """Filter by term, order, files; one press tells the overdue ones once a day; the trail says whom."""
    in_time = district.sent_report()
    late = a_reporting_district(world, "Huyện Kiến Thụy")
    silent = [District(world, name) for name in ("Huyện Vĩnh Bảo", "Huyện Tiên Lãng")]
    assert in_time
    world.set_clock(2027, 3, 17, 9, 0)
    late.sent_report()
    web = world.sign_in(client, officer)
    page = web.get("/tinh/bao-cao?han=late").text
    assert "Quá hạn 3 ngày" in page
    assert "An Lão" not in page.split("<tbody>")[1]
    ordered = web.get("/tinh/bao-cao?sort=late&direction=desc").text.split("<tbody>")[1]
    assert ordered.index("Kiến Thụy") < ordered.index("An Lão")
    assert "Vĩnh Bảo" in web.get("/tinh/bao-cao?q=vinh bao").text
    assert b"Qu\xc3\xa1 h\xe1\xba\xa1n 3 ng\xc3\xa0y" in web.get("/tinh/bao-cao/danh-sach.csv?han=late").data
    assert web.get("/tinh/bao-cao/danh-sach.pdf?han=unsent").data.startswith(b"%PDF")
    assert web.get("/tinh/bao-cao/danh-sach.doc").status_code == 404
    send(web, "/tinh/bao-cao/nhac", {"year": "2026"}, page="/tinh/bao-cao")
    again = send(web, "/tinh/bao-cao/nhac", {"year": "2026"}, page="/tinh/bao-cao")
    assert again.status_code == 409
    assert "đều đã được nhắc hôm nay" in again.text
    assert web.get("/tinh/bao-cao").text.count("nhắc ngày 17/03/2027") == 2
    assert send(web, "/tinh/bao-cao/nhac", {"year": "1999"}, page="/tinh/bao-cao").status_code == 404
    for one, many in ((silent[0], 1), (late, 0)):
        with world.acting(one.officer, writes=False):
            told = select(func.count()).select_from(Notice).where(Notice.sentence.like("Sở nhắc%"))
            assert db.session.scalar(told) == many
    with world.acting(officer, writes=False):
        (entry,) = of_acts(world.province_id, "report.remind")
        assert entry.detail == {"year": 2026, "tenants": [silent[1].tenant_id, silent[0].tenant_id]}
    world.set_clock(2027, 3, 18, 0, 1)
    with world.acting(officer) as actor:
        assert reminding.remind(actor, 2026) == 2
    viewer = world.sign_in(client, world.province_person(Role.PROVINCE_VIEWER))
    assert "Nhắc 2 huyện" not in viewer.get("/tinh/bao-cao").text
    assert send(viewer, "/tinh/bao-cao/nhac", {"year": "2026"}, page="/tinh/bao-cao").status_code == 403
