"""The unit's pages of its dossier, as people use them: with and without htmx, two at once, past the deadline."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

import pytest
from sqlalchemy import func, select

from portal.appraisal import operations as appraisal
from portal.appraisal.operations import PointAsked
from portal.dossiers import operations
from portal.dossiers.models import Dossier
from portal.dossiers.queries import open_sheet
from tenants import operations as people
from tenants.database import db
from tenants.people import Membership, Role
from tenants.scope import acting_in
from tests.beds import made_once
from tests.builders import STEWARD, Person, World
from tests.deciding import District
from tests.forms import token

HTMX = {"HX-Request": "true"}


class AtWork(NamedTuple):
    """A unit, its two people and its dossier."""

    tenant_id: int
    unit_id: int
    head: Person
    editor: Person
    id: int
    ids: dict[str, int]


@made_once
def at_work(world: World, state: str, *, confirmed: bool = False, **filled: Any) -> AtWork:
    """Take a new unit's dossier to a state."""
    if confirmed:
        world.confirm_thresholds()
    tenant_id = world.a_district()
    unit_id = world.a_unit(tenant_id)
    head = world.a_person(Role.UNIT_HEAD, tenant_id, unit_id, name="Thủ trưởng đơn vị")
    editor = world.a_person(Role.UNIT_EDITOR, tenant_id, unit_id, name="Cán bộ đầu mối")
    dossier_id = world.a_dossier(tenant_id, unit_id, state, **filled)
    with world.acting(head, writes=False):
        ids = {row.code: row.id for row in open_sheet(world.dossier(tenant_id, dossier_id)).catalogue}
    return AtWork(tenant_id, unit_id, head, editor, dossier_id, ids)


class Desk:
    """A unit, its two people, its dossier, and a signed-in client."""

    def __init__(self, world: World, client: Any, state: str = "draft", **more: Any) -> None:
        self.world, self.client = world, client
        self.tenant_id, self.unit_id, self.head, self.editor, self.id, self.ids = at_work(
            world, state, **more
        )
        world.sign_in(client, self.head)
        self.token = token(client, "/ho-so")

    def post(
        self, path: str, data: Mapping[str, Any] | None = None, *, follow: bool = True, **kwargs: Any
    ) -> Any:
        """Post a form of the dossier."""
        fields = {"csrf_token": self.token, **(data or {})}
        return self.client.post(f"/ho-so/{self.id}{path}", data=fields, follow_redirects=follow, **kwargs)

    def page(self, path: str = "") -> str:
        """Return a page of the dossier."""
        text: str = self.client.get(f"/ho-so/{self.id}{path}").get_data(as_text=True)
        return text

    def answer(self, code: str, **values: Any) -> Any:
        """Save one indicator as the page without JavaScript does."""
        return self.post(f"/chi-tieu/{self.ids[code]}", values)

    def state(self) -> str:
        """Return the state as stored."""
        with self.world.acting(self.head, writes=False):
            return str(self.world.dossier(self.tenant_id, self.id).state)


def shown_version(page: str, name: str) -> str:
    """Return the value of a hidden field by its id."""
    match = re.search(rf'id="{name}" value="(\d+)"', page)
    assert match
    return match[1]


@pytest.fixture
def desk(world: World, client: Any) -> Desk:
    """A draft with nothing in it."""
    return Desk(world, client)


def test_starting_a_year_twice_makes_one_dossier(world: World, client: Any) -> None:
    """The index offers the year; a double click opens one dossier."""
    tenant_id = world.a_district()
    unit_id = world.a_unit(tenant_id)
    world.sign_in(client, world.a_person(Role.UNIT_EDITOR, tenant_id, unit_id))
    assert "Lập hồ sơ năm 2026" in client.get("/ho-so").get_data(as_text=True)
    fields = {"csrf_token": token(client, "/ho-so"), "year": "2026"}
    first, second = (client.post("/ho-so", data=fields) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    with acting_in(STEWARD):
        assert len(db.session.scalars(select(Dossier)).all()) == 1
    for year in ("", "1999", "20 26", "99999", "２０２６"):
        answer = client.post("/ho-so", data=fields | {"year": year}, follow_redirects=True)
        assert answer.status_code in (200, 409)
        assert 'role="alert"' in answer.get_data(as_text=True)


def test_the_form_shows_law_reason_and_inputs(desk: Desk) -> None:
    """Each indicator has the legal text, why it applies, an input of its kind; others say why they do not."""
    page = desk.page()
    assert "Ban hành kế hoạch hằng năm cho Thành viên" in page
    assert "Áp dụng vì đơn vị là trường tiểu học" in page
    assert "Không áp dụng: chỉ dành cho nhà trẻ" in page
    assert "ngưỡng chưa được Sở xác nhận" in page
    assert page.count('type="radio" name="value"') >= 10
    assert "Mức độ 1: còn" in page


def test_saving_without_javascript(desk: Desk) -> None:
    """A share, a yes, a grade: saved, judged at once, shown again; spaces and dots in numbers are understood."""
    desk.world.confirm_thresholds()
    page = desk.post("/so-lieu", {"members": "1.037", "learners": "412", "language_posts": "0", "members-version": "1",
                                  "learners-version": "1", "language_posts-version": "1"}).get_data(as_text=True)  # fmt: skip
    assert "Đã lưu số liệu nền." in page
    assert "Không áp dụng: đơn vị không có vị trí việc làm yêu cầu ngoại ngữ." in page
    page = desk.answer("2.5", value="933", version=shown_version(page, f"ban-{desk.ids['2.5']}")).get_data(
        as_text=True
    )
    assert "89,97 %" in page
    assert "Cần thêm 1 người để đạt mức độ 1 (933/1037; cần 934)." in page
    page = desk.answer("1.1", value="co", explanation="Kế hoạch số 5.", version="1").get_data(as_text=True)
    assert "Đã lưu chỉ tiêu 1.1." in page
    assert "Kế hoạch số 5." in page
    page = desk.answer("3.4", value="2", version="1").get_data(as_text=True)
    assert "Đã lưu chỉ tiêu 3.4." in page


@pytest.mark.parametrize(
    ("code", "value", "sentence"),
    [
        ("2.5", "38", "số đạt (38) lớn hơn tổng số (37)"),
        ("2.5", "-1", "Xin nhập số nguyên từ 0 đến 1.000.000"),
        ("2.5", "3,5", "Xin nhập số nguyên"),
        ("2.5", "1_000", "Xin nhập số nguyên"),
        ("2.5", "３５", "Xin nhập số nguyên"),
        ("2.5", "9" * 60, "Xin nhập số nguyên"),
        ("2.5", "<b>35</b>", "Xin nhập số nguyên"),
        ("1.1", "maybe", "Xin chọn “Có” hoặc “Chưa có”."),
        ("3.4", "9", "Xin chọn một mức trong danh sách."),
    ],
)
def test_bad_input_comes_back_as_typed(desk: Desk, code: str, value: str, sentence: str) -> None:
    """A sentence at the place, 422, the explanation still there; the same for htmx as a part of the page."""
    with desk.world.acting(desk.head) as actor:
        dossier = desk.world.dossier(desk.tenant_id, desk.id)
        operations.save_headcounts(actor, dossier, {"members": 37}, {"members": 1})
    data = {"value": value, "explanation": "Điều đã gõ.", "version": "1"}
    whole = desk.answer(code, **data)
    assert whole.status_code == 422
    assert sentence in whole.get_data(as_text=True)
    assert "Điều đã gõ." in whole.get_data(as_text=True)
    top = whole.get_data(as_text=True).split('aria-label="Các phần của hồ sơ')[0]
    assert re.search(rf'<a href="#chi-tieu-{code}">Chỉ tiêu {code}: [^<]*{re.escape(sentence)}', top)
    assert top.count(f"Chỉ tiêu {code}: ") == 1
    part = desk.post(f"/chi-tieu/{desk.ids[code]}", data, headers=HTMX)
    assert part.status_code == 422
    assert sentence in part.get_data(as_text=True)
    assert "<html" not in part.get_data(as_text=True)


def test_long_and_hostile_text(desk: Desk) -> None:
    """Markup is text; control characters go; 10.000 characters fit and one more is refused."""
    page = desk.answer(
        "1.1", value="co", version="1", explanation="<script>alert(1)</script>\x00 ệ"
    ).get_data(as_text=True)
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    assert desk.answer("1.1", value="co", version="2", explanation="ệ" * 10_000).status_code == 200
    over = desk.answer("1.1", value="co", version="3", explanation="ệ" * 10_001)
    assert over.status_code == 422
    assert "dài quá 10.000 ký tự" in over.get_data(as_text=True)


def test_autosave_answers_with_the_parts_that_changed(desk: Desk, count_queries: list[str]) -> None:
    """The fragment brings the state, the version, the verdicts and the time; no whole page, and few statements."""
    answer = desk.post(f"/chi-tieu/{desk.ids['1.1']}", {"value": "co", "version": "1"}, headers=HTMX)
    text = answer.get_data(as_text=True)
    assert answer.headers["X-Saved-At"] == "10:00"
    assert f'id="ban-{desk.ids["1.1"]}" value="2" hx-swap-oob="true"' in text
    assert 'id="ket-qua" hx-swap-oob="true"' in text
    assert 'id="chi-tieu-1.1-state" hx-swap-oob="true"' in text
    again = desk.post(f"/chi-tieu/{desk.ids['1.1']}", {"value": "co", "version": "1"}, headers=HTMX)
    assert again.status_code == 200  # a retry of what is already saved is no conflict
    count_queries.clear()
    desk.post(f"/chi-tieu/{desk.ids['1.1']}", {"value": "khong", "version": "2"}, headers=HTMX)
    assert len([one for one in count_queries if one.startswith("UPDATE answer")]) == 1
    assert len(count_queries) <= 12


def test_head_counts_turn_whole_cards(desk: Desk) -> None:
    """With no language posts the card of 2.4 is swapped for the sentence why it does not apply."""
    data = {"members": "37", "learners": "0", "language_posts": "0", "members-version": "1", "learners-version": "1", "language_posts-version": "1"}  # fmt: skip
    text = desk.post("/so-lieu", data, headers=HTMX).get_data(as_text=True)
    assert 'id="chi-tieu-2.4" data-part hx-swap-oob="true"' in text
    assert f'id="tong-{desk.ids["2.5"]}" hx-swap-oob="true"' in text
    wrong = desk.post("/so-lieu", data | {"members": "nhiều"}, headers=HTMX)
    assert wrong.status_code == 422
    assert "Thành viên tại 31/12: Xin nhập số nguyên" in wrong.get_data(as_text=True)


def test_two_editors_of_one_indicator(desk: Desk) -> None:
    """The second sees both texts and chooses: mine takes the place of theirs, theirs stays; nothing is lost."""
    with desk.world.acting(desk.head) as actor:
        dossier = desk.world.dossier(desk.tenant_id, desk.id)
        operations.save_headcounts(actor, dossier, {"members": 37}, {"members": 1})
    with desk.world.acting(desk.editor) as actor:
        dossier = desk.world.dossier(desk.tenant_id, desk.id)
        given = operations.Given(part=36, explanation="Theo báo cáo công đoàn.", version=1)
        operations.save_answer(actor, dossier, desk.ids["2.5"], given)
    mine = {"value": "35", "explanation": "Theo QĐ 214.", "version": "1"}
    for headers in ({}, HTMX):
        both = desk.post(f"/chi-tieu/{desk.ids['2.5']}", mine, headers=headers)
        text = both.get_data(as_text=True)
        assert both.status_code == 409
        assert "Theo QĐ 214." in text
        assert "Theo báo cáo công đoàn." in text
        assert "Cán bộ đầu mối đã sửa nội dung này" in text
        assert "Giữ của tôi" in text
    choice = mine | {"choice": "theirs", "theirs_version": "2"}
    kept = desk.post(f"/chi-tieu/{desk.ids['2.5']}", choice, headers=HTMX)
    assert kept.headers["HX-Retarget"] == "[id='chi-tieu-2.5']"
    assert "Theo báo cáo công đoàn." in kept.get_data(as_text=True)
    assert "Đã giữ nội dung đang lưu." in desk.answer("2.5", **choice).get_data(as_text=True)
    page = desk.answer("2.5", **(mine | {"choice": "mine", "theirs_version": "2"})).get_data(as_text=True)
    assert "Đã lưu chỉ tiêu 2.5." in page
    assert "Theo QĐ 214." in page


def test_two_editors_of_the_other_parts(desk: Desk) -> None:
    """Head-counts and texts conflict in the same way; saving another part is no conflict."""
    counts = {"members": "37", "learners": "412", "language_posts": "3"}
    first = {f"{code}-version": "1" for code in counts}
    assert desk.post("/so-lieu", counts | first).status_code == 200
    clash = desk.post("/so-lieu", counts | first | {"members": "38"})
    assert clash.status_code == 409
    assert "Thành viên tại 31/12: của tôi" in clash.get_data(as_text=True)
    kept = desk.post("/so-lieu", counts | first | {"members": "38", "choice": "mine", "members-theirs": "2"})
    assert "Đã lưu số liệu nền." in kept.get_data(as_text=True)
    page = desk.page()
    seen = {
        name: re.search(rf'id="phan-{name}".*?name="seen" value="(\w+)"', page, re.S)[1]  # type: ignore[index]
        for name in ("to-danh-gia", "nhan-dinh", "muc-do")
    }
    texts = {"nhan-dinh-strengths": "Đoàn kết.", "seen": seen["nhan-dinh"]}
    assert "Đã lưu phần Nhận định chung." in desk.post("/phan/nhan-dinh", texts).get_data(as_text=True)
    level = {"muc-do-requested_level": "2", "muc-do-letter_number": "7/TTr", "seen": seen["muc-do"]}
    assert "Đã lưu phần" in desk.post("/phan/muc-do", level).get_data(as_text=True)
    stale = desk.post("/phan/nhan-dinh", texts | {"nhan-dinh-strengths": "Khác."})
    assert stale.status_code == 409
    assert "Đoàn kết." in stale.get_data(as_text=True)
    assert "Khác." in stale.get_data(as_text=True)
    wrong = desk.post("/phan/to-danh-gia", {"to-danh-gia-team_number": "1" * 61, "to-danh-gia-team_date": "hôm qua", "seen": seen["to-danh-gia"]})  # fmt: skip
    assert wrong.status_code == 422
    assert "Xin viết ngày theo mẫu" in wrong.get_data(as_text=True)
    assert "tối đa 60 ký tự" in wrong.get_data(as_text=True)
    assert desk.post("/phan/khong-co").status_code == 404


def test_two_people_at_once_on_one_indicator(desk: Desk) -> None:
    """Eight threads with the same version: one is saved, seven are told of the conflict."""
    outcomes: list[int] = []

    def save(n: int) -> None:
        with desk.world.app.app_context(), desk.world.app.test_client() as client:
            desk.world.sign_in(client, desk.head)
            fields = {
                "csrf_token": token(client, "/ho-so"),
                "value": "co",
                "explanation": f"Bản {n}",
                "version": "1",
            }
            answer = client.post(f"/ho-so/{desk.id}/chi-tieu/{desk.ids['1.1']}", data=fields, headers=HTMX)
            outcomes.append(answer.status_code)

    threads = [threading.Thread(target=save, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [200] + [409] * 7


def test_the_team(desk: Desk) -> None:
    """Members are added once, and taken off; an empty name says what to do and keeps the rest."""
    page = desk.post("/thanh-vien", {"thanh-vien-full_name": "Người thứ nhất", "thanh-vien-title": "Giáo viên", "thanh-vien-duty": "chair"}).get_data(as_text=True)  # fmt: skip
    assert "Đã thêm Người thứ nhất." in page
    empty = desk.post(
        "/thanh-vien", {"thanh-vien-full_name": " ", "thanh-vien-title": "Y tế", "thanh-vien-duty": "member"}
    )
    assert empty.status_code == 422
    assert 'value="Y tế"' in empty.get_data(as_text=True)
    twice = desk.post("/thanh-vien", {"thanh-vien-full_name": "NGƯỜI THỨ NHẤT", "thanh-vien-duty": "member"})
    assert twice.status_code == 422
    assert "đã có trong Tổ" in twice.get_data(as_text=True)
    assert desk.post("/thanh-vien", {"thanh-vien-full_name": "A", "thanh-vien-duty": "x"}).status_code == 422
    (member,) = re.findall(r"thanh-vien/(\d+)/bo", page)
    for _ in range(2):
        assert "Đã bỏ thành viên" in desk.post(f"/thanh-vien/{member}/bo").get_data(as_text=True)


def test_checks_before_signing_lead_to_their_places(desk: Desk) -> None:
    """Everything that lacks at once, each with a link to an id that the form has."""
    page = desk.page("/kiem-tra")
    for sentence in (
        "Chưa nhập số Thành viên",
        "Chưa nhập chỉ tiêu",
        "thành lập Tổ đánh giá",
        "Chưa chọn mức độ",
    ):
        assert sentence in page
    anchors = re.findall(rf"/ho-so/{desk.id}#([^\"]+)\"", page)
    assert len(anchors) >= 4
    form = desk.page()
    for anchor in anchors:
        assert f'id="{anchor}"' in form
    refused = desk.post("/ky", {"seen": re.search(r'name="seen" value="(\w+)"', page)[1]})  # type: ignore[index]
    assert "Chưa chọn mức độ" in refused.get_data(as_text=True)
    assert desk.state() == "draft"


def test_signing_and_submitting(world: World, client: Any) -> None:
    """The head signs what the page showed and files it; a double click shows one receipt."""
    desk = Desk(world, client, "filled", members=1037)
    page = desk.page("/kiem-tra")
    assert "Hồ sơ đã đủ để ký" in page
    seen = re.search(r'name="seen" value="(\w+)"', page)[1]  # type: ignore[index]
    assert "Đã ký hồ sơ, mã kiểm" in desk.post("/ky", {"seen": seen}).get_data(as_text=True)
    late = desk.answer("1.1", value="khong", explanation="Gõ trên trang cũ.", version="9")
    assert late.status_code == 409
    assert "Bấm “Mở lại để sửa”" in late.get_data(as_text=True)
    assert "Gõ trên trang cũ." in late.get_data(as_text=True)
    pages = [desk.post("/nop", {"late": "no"}).get_data(as_text=True) for _ in range(2)]
    receipts = {re.search(r"HS-2026-\d{6}", page)[0] for page in pages}  # type: ignore[index]
    assert len(receipts) == 1
    assert "Đã nộp hồ sơ. Số tiếp nhận" in pages[1]
    filed = desk.page()
    assert "Phòng GDĐT</b> đang giữ hồ sơ" in filed
    assert 'Thành viên tại 31/12: <b class="num">1.037</b>' in filed
    with world.acting(desk.head):
        assert db.session.scalar(select(func.count()).select_from(Dossier)) == 1


def test_many_submits_at_once_leave_one_receipt(world: World, client: Any) -> None:
    """Six threads file the same dossier: all get the same receipt, it is filed once."""
    desk = Desk(world, client, "signed")
    receipts: list[str] = []

    def submit() -> None:
        with desk.world.app.app_context(), desk.world.acting(desk.head) as actor:
            dossier = desk.world.dossier(desk.tenant_id, desk.id)
            receipts.append(operations.submit(actor, dossier).receipt_number)

    threads = [threading.Thread(target=submit) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert receipts == [f"HS-2026-{desk.id:06d}"] * 6
    assert desk.page().count("đã nộp hồ sơ, số tiếp nhận") == 1


def test_unseen_changes_are_not_signed(world: World, client: Any) -> None:
    """Somebody changes an explanation while the head reads: the signature waits for another look."""
    desk = Desk(world, client, "filled")
    seen = re.search(r'name="seen" value="(\w+)"', desk.page("/kiem-tra"))[1]  # type: ignore[index]
    with world.acting(desk.editor) as actor:
        dossier = world.dossier(desk.tenant_id, desk.id)
        answer = open_sheet(dossier).answers[desk.ids["1.1"]]
        given = operations.Given(yes=True, explanation="Đổi sau lưng.", version=answer.version)
        operations.save_answer(actor, dossier, desk.ids["1.1"], given)
    assert "vừa được sửa sau khi trang này mở" in desk.post("/ky", {"seen": seen}).get_data(as_text=True)
    assert desk.state() == "draft"


def test_the_deadline_passes_while_the_page_is_open(world: World, client: Any) -> None:
    """A filing that became late is asked about once; then it is filed as late, with its time."""
    world.set_clock(2027, 1, 14, 23, 59, 50)
    desk = Desk(world, client, "signed")
    assert 'name="late" value="no"' in desk.page("/kiem-tra")
    world.set_clock(2027, 1, 15, 0, 0, 5)
    asked = desk.post(
        "/nop", {"late": "no"}, headers={"Referer": f"http://localhost/ho-so/{desk.id}/kiem-tra"}
    )
    assert "Đã qua hạn nộp" in asked.get_data(as_text=True)
    assert desk.state() == "signed"
    assert "Nộp muộn" in desk.page("/kiem-tra")
    assert "Hồ sơ được ghi là nộp muộn" in desk.post("/nop", {"late": "yes"}).get_data(as_text=True)
    assert "<b>nộp muộn</b>" in desk.page()


def test_on_time_to_the_last_second(world: World, client: Any) -> None:
    """14/01 23:59:58 is on time."""
    desk = Desk(world, client, "signed")
    world.set_clock(2027, 1, 14, 23, 59, 50)
    assert "nộp muộn" not in desk.post("/nop", {"late": "no"}).get_data(as_text=True)


def test_a_head_whose_membership_ended(world: World, client: Any) -> None:
    """The page is still open, the role has ended: nothing is signed, and the sentence says why."""
    desk = Desk(world, client, "filled")
    seen = re.search(r'name="seen" value="(\w+)"', desk.page("/kiem-tra"))[1]  # type: ignore[index]
    with acting_in(STEWARD):
        key = (desk.tenant_id, desk.head.place.membership_id)
        people.end_membership(db.session.get_one(Membership, key), date(2026, 11, 1))
    answer = desk.post("/ky", {"seen": seen})
    assert answer.status_code == 403
    assert "Xin liên hệ người quản trị nơi mình làm việc" in answer.get_data(as_text=True)
    assert client.get(f"/ho-so/{desk.id}").status_code in (302, 403)


def test_what_an_editor_may_not(world: World, client: Any) -> None:
    """An editor asks for the signature; signing, filing, withdrawing and closing are the head's."""
    desk = Desk(world, client, "filled")
    world.sign_in(client, desk.editor)
    desk.token = token(client, "/ho-so")
    page = desk.page("/kiem-tra")
    assert "Trình thủ trưởng ký" in page
    assert "Rút hồ sơ" not in page
    assert "Đã báo thủ trưởng" in desk.post("/trinh-ky").get_data(as_text=True)
    for path in ("/ky", "/nop", "/rut", "/ket-thuc", "/bo-sung"):
        assert desk.post(path).status_code == 403, path
    world.sign_in(client, desk.head)
    assert "Cán bộ đầu mối trình thủ trưởng" in client.get("/").get_data(as_text=True)


def test_withdrawing_and_beginning_again(world: World, client: Any) -> None:
    """A withdrawn dossier is taken over by the next one of the year, so that nothing is typed twice."""
    desk = Desk(world, client, "submitted")
    assert f'href="/ho-so/{desk.id}/kiem-tra">Nội dung đã nộp' in desk.page()
    assert f'action="/ho-so/{desk.id}/rut"' in desk.page("/kiem-tra")
    assert "Đã rút hồ sơ." in desk.post("/rut").get_data(as_text=True)
    fields = {"csrf_token": desk.token, "year": "2026"}
    page = client.post("/ho-so", data=fields, follow_redirects=True).get_data(as_text=True)
    assert "Đã lập hồ sơ năm 2026." in page
    assert "Đã thực hiện đầy đủ trong năm" in page
    assert "12/QĐ-THMĐ" in page
    assert desk.state() == "withdrawn"


def test_closing_a_year_not_reached(world: World, client: Any) -> None:
    """Only where level 1 is not reached, with a reason, once everything is answered."""
    world.confirm_thresholds()
    desk = Desk(world, client, "filled", part=10)
    page = desk.page("/kiem-tra")
    assert "Kết thúc năm: chưa đạt" in page
    assert desk.post("/ket-thuc", {"reason": " "}).status_code == 422
    assert "Đã kết thúc năm" in desk.post("/ket-thuc", {"reason": "Thiếu người đạt danh hiệu."}).get_data(
        as_text=True
    )
    assert desk.state() == "closed_unreached"


def test_answering_a_supplement_request(world: World, client: Any) -> None:
    """Three points unlock three places; the rest is visibly locked; every point needs its answer."""
    desk = Desk(world, client, "submitted")
    officer = world.a_person(Role.DISTRICT_OFFICER, desk.tenant_id)
    with world.acting(officer) as actor:
        points = [
            PointAsked("Thiếu quyết định.", indicator_id=desk.ids["2.5"]),
            PointAsked("Số người học chưa khớp.", part="headcount"),
            PointAsked("Thiếu chức danh.", part="team_member"),
        ]
        dossier = world.dossier(desk.tenant_id, desk.id)
        appraisal.request_supplement(actor, dossier, points, date(2027, 1, 20))
    page = desk.page()
    assert "Huyện yêu cầu bổ sung 3 điểm" in page
    assert page.count('id="tra-loi-') - page.count('id="tra-loi-diem-') == 1
    assert "Chỉ những điểm được yêu cầu bổ sung mới sửa được" in page
    assert 'id="nhap-so-lieu"' in page
    locked = desk.answer("2.1", value="30", version="9")
    assert locked.status_code == 409
    assert "mục này không có trong yêu cầu" in locked.get_data(as_text=True)
    version = shown_version(page, f"ban-{desk.ids['2.5']}")
    assert "Đã lưu chỉ tiêu 2.5." in desk.answer(
        "2.5", value="36", explanation="QĐ 214.", version=version
    ).get_data(as_text=True)
    assert "Chưa trả lời: 2.5, Số liệu nền, Tổ đánh giá." in desk.page("/kiem-tra")
    assert "Chưa trả lời" in desk.post("/bo-sung").get_data(as_text=True)
    for point in set(re.findall(r"/bo-sung/(\d+)\"", page)):
        assert "Đã lưu phần trả lời." in desk.post(f"/bo-sung/{point}", {"answer": "Đã bổ sung."}).get_data(
            as_text=True
        )
    for _ in range(2):
        assert "Đã gửi phần bổ sung" in desk.post("/bo-sung").get_data(as_text=True)
    assert desk.state() == "submitted"
    assert "Xem phần bổ sung, tiếp nhận" in desk.page()


def test_the_result_side_by_side(world: World, client: Any) -> None:
    """Nothing of the appraisal shows before the decision; then both sides, the reason, decision and term."""
    world.confirm_thresholds()
    district = District(world)
    (dossier_id,) = district.appraised(0)
    with world.acting(district.officer, writes=False):
        unit_id = world.dossier(district.tenant_id, dossier_id).unit_id
    head = world.a_person(Role.UNIT_HEAD, district.tenant_id, unit_id)
    world.sign_in(client, head)
    before = client.get(f"/ho-so/{dossier_id}/ket-qua", follow_redirects=True).get_data(as_text=True)
    assert "Chưa có quyết định về hồ sơ này." in before
    assert "Chưa thấy quyết định kèm theo." not in before
    district.issued()
    after = client.get(f"/ho-so/{dossier_id}/ket-qua").get_data(as_text=True)
    assert "Chưa thấy quyết định kèm theo." in after
    assert "Không được công nhận" in after
    assert "Số 12/QĐ-UBND" in after
    assert "12/QĐ-UBND" in client.get("/ket-qua").get_data(as_text=True)


def test_another_unit_and_an_unknown_dossier_look_the_same(world: World, client: Any, desk: Desk) -> None:
    """Pages and posts answer 404 to people of another unit."""
    neighbour = world.a_unit(desk.tenant_id, "Trường Mầm non An Thái", "preschool")
    world.sign_in(client, world.a_person(Role.UNIT_HEAD, desk.tenant_id, neighbour))
    desk.token = token(client, "/ho-so")
    for path in ("", "/kiem-tra", "/con-thieu", "/ket-qua"):
        assert client.get(f"/ho-so/{desk.id}{path}").status_code == 404
    for path in ("/ky", "/nop", "/rut", "/mo-lai", "/trinh-ky", "/so-lieu", f"/chi-tieu/{desk.ids['1.1']}", "/phan/muc-do", "/thanh-vien"):  # fmt: skip
        assert desk.post(path).status_code == 404, path


def test_the_number_of_queries_does_not_grow(world: World, client: Any, count_queries: list[str]) -> None:
    """A full dossier asks once for each kind of what an empty one has nothing of, and no more; the index neither."""
    empty = Desk(world, client)
    full = Desk(world, client, "filled")
    counted = []
    for desk in (empty, full):
        world.sign_in(client, desk.head)
        desk.page()
        count_queries.clear()
        desk.page()
        counted.append(len(count_queries))
    kinds = len("minutes own_words waivers activities requirements recognitions terms".split())
    assert counted[0] <= counted[1] <= counted[0] + kinds
    assert counted[1] <= 23, counted
    count_queries.clear()
    client.get("/ho-so")
    assert len(count_queries) <= 40


def test_the_units_own_particulars(desk: Desk, client: Any) -> None:
    """Saved, tidied, limited; the second of two editors sees what stands and keeps what was typed."""
    fields = {"csrf_token": desk.token, "version": "1", "head_name": "Thủ trưởng mới", "phone": "0225 123"}
    assert "Đã lưu thông tin đơn vị." in client.post("/don-vi", data=fields, follow_redirects=True).get_data(
        as_text=True
    )
    stale = client.post("/don-vi", data=fields | {"head_name": "Người khác"})
    assert stale.status_code == 409
    assert "Thủ trưởng mới" in stale.get_data(as_text=True)
    assert "Người khác" in stale.get_data(as_text=True)
    long = client.post("/don-vi", data=fields | {"version": "2", "phone": "1" * 31})
    assert long.status_code == 422
    assert "tối đa 30 ký tự" in long.get_data(as_text=True)


def test_what_the_rules_say_is_no_change_by_somebody(desk: Desk) -> None:
    """A new head-count moves outcomes, not versions: a page open before still saves its answers."""
    desk.world.confirm_thresholds()
    counts = {"members": "37", "members-version": "1"}
    assert desk.post("/so-lieu", counts, headers=HTMX).status_code == 200
    assert desk.answer("2.5", value="36", version="1").status_code == 200
    assert "Chưa đạt" not in desk.page().split('id="chi-tieu-2.5"')[1][:600]
    raised = desk.post("/so-lieu", {"members": "40", "members-version": "2"}, headers=HTMX)
    assert raised.status_code == 200
    assert desk.answer("2.5", value="38", version="2").status_code == 200
    stale = desk.answer("2.5", value="39", version="2")
    assert stale.status_code == 409


def test_parts_are_saved_by_autosave(desk: Desk) -> None:
    """Texts saved by htmx answer with the new mark; the same again is saved, another's change is shown."""

    def seen(text: str) -> str:
        found = re.search(r'name="seen" value="(\w+)" id="ban-nhan-dinh"', text)
        assert found
        return found[1]

    first = seen(desk.page())
    values = {"nhan-dinh-strengths": "Nề nếp.", "nhan-dinh-weaknesses": "", "nhan-dinh-plan": ""}
    saved = desk.post("/phan/nhan-dinh", values | {"seen": first}, headers=HTMX)
    assert saved.status_code == 200
    assert saved.headers["X-Saved-At"]
    again = desk.post("/phan/nhan-dinh", values | {"seen": first}, headers=HTMX)
    assert again.status_code == 200, "an answer that was lost on the way is no conflict with oneself"
    mine = values | {"nhan-dinh-strengths": "Khác.", "seen": first}
    clash = desk.post("/phan/nhan-dinh", mine, headers=HTMX)
    assert clash.status_code == 409
    assert "Nề nếp." in clash.get_data(as_text=True)
    assert "<html" not in clash.get_data(as_text=True)
    theirs = desk.post("/phan/nhan-dinh", mine | {"choice": "theirs"}, headers=HTMX)
    assert theirs.headers["HX-Refresh"] == "true"
    chosen = mine | {"choice": "mine", "theirs_seen": seen(saved.get_data(as_text=True))}
    assert desk.post("/phan/nhan-dinh", chosen, headers=HTMX).status_code == 200
    wrong = desk.post("/phan/muc-do", {"muc-do-letter_number": "9" * 90, "seen": ""}, headers=HTMX)
    assert wrong.status_code == 422
    assert "Xin viết ngắn hơn" in wrong.get_data(as_text=True)


def test_the_deadline_is_told_with_the_next_save(desk: Desk) -> None:
    """Whoever writes on past the last day hears of it, and what was typed is saved."""
    on_time = desk.answer("1.1", value="co", explanation="Kế hoạch.", version="1")
    assert "Đã qua hạn nộp" not in on_time.get_data(as_text=True)
    desk.world.set_clock(2027, 1, 15, 0, 0, 1)
    path, fields = f"/chi-tieu/{desk.ids['1.2']}", {"value": "co", "explanation": "Quy chế.", "version": "1"}
    late = desk.post(path, fields, headers=HTMX)
    assert late.status_code == 200
    assert "Đã qua hạn nộp (trước ngày 15/01/2027). Vẫn nhập và nộp được" in late.get_data(as_text=True)


def test_who_is_signed_in_and_the_worker(desk: Desk, client: Any) -> None:
    """A page that waited long learns as whom the browser acts now; the worker and its page hold nobody's data."""
    now = client.get("/phien").get_json()
    assert now["owner"] == f"{desk.head.identity.account_id}-{desk.head.place.membership_id}"
    assert client.post(f"/ho-so/{desk.id}/trinh-ky", data={"csrf_token": now["token"]}).status_code == 303
    client.post("/dang-xuat", data={"csrf_token": now["token"]})
    assert client.get("/phien").get_json()["owner"] == ""
    worker = client.get("/ngoai-tuyen.js")
    assert worker.mimetype == "text/javascript"
    assert "no-store" in worker.headers["Cache-Control"]
    assert "Trường Tiểu học" not in client.get("/ngoai-tuyen").get_data(as_text=True)
