"""From a question without an account to its published answer: who reads what, what holds back, who may handle it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select, text

from portal.cycle.rules import NO_OWN_DAYS
from portal.inquiries import operations, queries, rules, terms
from portal.inquiries.models import Inquiry, InquiryQuestion
from portal.notices.models import Notice
from portal.register.models import RegisterEntry
from portal.trail.models import TrailEntry
from tenants.database import db
from tenants.identity import Mandate, Seer
from tenants.operations import end_membership
from tenants.people import Membership, Role
from tenants.places import Tenant
from tenants.refusal import Conflict, Refused
from tenants.rights import Right, refusal
from tenants.scope import Scope, ScopeKind, acting_in, enter
from tests.beds import made_once
from tests.builders import STEWARD, Person, World
from tests.deciding import District, an_appraised
from tests.wall.test_tables import DENIED, raw, tried

NAME, CONTACT = "Nguyễn Văn Bí Mật", "0912 345 678"
WORDS = "Danh sách thành viên của đơn vị có người đã nghỉ hưu từ năm trước mà vẫn được tính."
FORM = {"kind": "report", "body": WORDS, "name": NAME, "contact": CONTACT, "mark": "a" * 32}
RESULT = "Đã đối chiếu danh sách, kết quả công nhận không đổi."


class Ground:
    """A district with one recognised unit, decided on 20/01/2027, and a council member who took no part."""

    def __init__(self, world: World) -> None:
        world.confirm_thresholds()
        self.world, self.district = world, District(world)
        self.tenant_id = self.district.tenant_id
        self.unit_id = world.a_unit(self.tenant_id)
        an_appraised(world, self.district.officer, self.tenant_id, 1, unit_id=self.unit_id)
        world.set_clock(2027, 1, 20, 9, 0)
        self.district.issued()
        self.clerk = world.a_person(Role.UNIT_EDITOR, self.tenant_id, self.unit_id)
        self.council = world.a_person(Role.DISTRICT_COUNCIL, self.tenant_id)
        with acting_in(STEWARD):
            self.code = db.session.scalars(select(RegisterEntry.code)).one()

    def row(self) -> Inquiry:
        """The latest inquiry, as the steward sees it."""
        with acting_in(STEWARD):
            row = db.session.scalars(select(Inquiry).order_by(Inquiry.id.desc()).limit(1)).one()
            db.session.expunge(row)
        return row

    def does(self, person: Person, act: Any, *args: Any) -> Any:
        """Let somebody do a verb on the latest inquiry, as its page would send it."""
        row = self.row()
        with self.world.acting(person) as actor:
            here = db.session.get_one(Inquiry, (row.tenant_id, row.id))
            return act(actor, here, *args, here.version)

    def taken(self) -> None:
        """The council member takes the latest inquiry."""
        self.does(self.district.officer, operations.assign, self.council.identity.account_id)


@pytest.fixture
@made_once
def ground(world: World) -> Ground:
    """One published result."""
    return Ground(world)


def post(client: Any, page: str, form: dict[str, str], to: str = "") -> Any:
    """Send a form of a page, with the token the page carries, to the page's own address or to one below it."""
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(page).get_data(as_text=True))
    assert token is not None
    return client.post(page + to, data={**form, "csrf_token": token[1]})


def sent(client: Any, ground: Ground, **changes: str) -> str:
    """Send an inquiry as somebody without an account; returns the receipt."""
    answer = post(client, f"/phan-anh/{ground.code}", {**FORM, **changes})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200, page
    found = re.search(r'id="ma-nhan">([^<]+)<', page)
    assert found is not None
    return found[1]


def told(client: Any, receipt: str, status: int = 200) -> str:
    """What the page of a receipt says."""
    answer = post(client, "/phan-anh", {"receipt": receipt})
    assert answer.status_code == status
    return str(answer.get_data(as_text=True))


def test_receipts_and_terms() -> None:
    """The same form has the same receipt, any other another; days are counted as offices work, Tết left out."""
    first = rules.receipt_of("s" * 32, "a" * 32, "CODE", "report", "Lời")
    assert first == rules.receipt_of("s" * 32, "a" * 32, "CODE", "report", "Lời")
    others = [("t" * 32, "a" * 32, "Lời"), ("s" * 32, "b" * 32, "Lời"), ("s" * 32, "a" * 32, "Lời khác")]
    assert first not in [rules.receipt_of(a, b, "CODE", "report", c) for a, b, c in others]
    assert rules.read_receipt(first.lower().replace("-", " ").replace("0", "o")) == first
    assert rules.read_receipt("7K2QM-9XD4T") is None
    day = date(2027, 2, 3)
    assert rules.left(day, date(2027, 2, 1), NO_OWN_DAYS) == ("còn 2 ngày làm việc", "wait")
    assert rules.left(day, day, NO_OWN_DAYS)[0] == "hôm nay là ngày cuối"
    assert rules.left(date(2027, 2, 3), date(2027, 2, 15), NO_OWN_DAYS)[1] == "no"


def test_what_gives_an_asker_away() -> None:
    """Name and address as whole words, a number by its digits; a name chosen to be in every text hinders nobody."""
    for name, written in (
        (NAME, "Theo nguyen van  bi mat, kết quả sai."),
        ("Hạnh", "Chị Hạnh báo."),
        (CONTACT, "Đã gọi 0912345678."),
        ("an@thu.vn", "Gửi AN@thu.vn."),
    ):
        assert rules.gives_away(written, name), name
    for name in ("", " ", "a", ".", "á", "@", "Hạnh", "an", "Nguyễn Văn B", "qu"):
        assert not rules.gives_away("Bản ban hành năm 2026, quyết định 09/QĐ: nguyễn văn bí thư.", name), name


def test_the_whole_way(ground: Ground, client: Any) -> None:
    """Asked, given to who took no part, the unit asked in other words, answered, published; the asker stays hidden."""
    receipt = sent(client, ground)
    row = ground.row()
    assert (row.tenant_id, row.unit_id, row.state, row.due_on) == (
        ground.tenant_id, ground.unit_id, "sent", date(2027, 2, 3),
    )  # fmt: skip
    assert receipt.encode() not in row.receipt
    assert "chờ phân công" in told(client, receipt.lower())
    for party in (ground.district.officer, ground.district.leader):
        with pytest.raises(Refused, match="người không thẩm định"):
            ground.does(party, operations.assign, party.identity.account_id)
    ground.taken()
    with pytest.raises(Refused, match="không đọc nội dung"):
        ground.does(ground.district.officer, operations.answer, "unfounded", "Lời", RESULT)
    with pytest.raises(Refused, match="bằng lời của huyện"):
        ground.does(ground.council, operations.ask_unit, f"Người dân viết: {WORDS.upper()}")
    with pytest.raises(Refused, match="không được nêu tên"):
        ground.does(ground.council, operations.ask_unit, "Ông nguyen van bi mat nói vậy có đúng không?")
    ground.does(ground.council, operations.ask_unit, "Đơn vị cho biết ngày lập danh sách thành viên.")
    with pytest.raises(Refused, match="chưa trả lời câu hỏi trước"):
        ground.does(ground.council, operations.ask_unit, "Còn gì nữa?")
    with ground.world.acting(ground.clerk) as actor:
        asked = db.session.scalars(select(InquiryQuestion)).one()
        operations.reply(actor, asked, "Danh sách lập ngày 31/12/2026.")
        with pytest.raises(Refused, match="đã trả lời câu hỏi này"):
            operations.reply(actor, asked, "Lần nữa.")
    for wrong, why in (
        (("đúng", "Lời", RESULT), "chọn kết quả"),
        (("unfounded", " ", RESULT), "nội dung trả lời"),
        (("unfounded", "Lời", ""), "kết quả công khai"),
        (("unfounded", "Lời", f"Theo {CONTACT}"), "không được nêu tên"),
    ):
        with pytest.raises(Refused, match=why):
            ground.does(ground.council, operations.answer, *wrong)
    with pytest.raises(Refused, match="không được nêu tên"):
        ground.does(ground.council, operations.dismiss, f"{NAME} gửi nhầm.")
    ground.does(ground.council, operations.answer, "unfounded", "Cảm ơn, đã đối chiếu.", RESULT)
    with pytest.raises(Refused, match="đã kết thúc"):
        ground.does(ground.council, operations.dismiss, "Quảng cáo")
    said = told(client, receipt)
    assert "Cảm ơn, đã đối chiếu." in said
    for path in (f"/xac-minh/{ground.code}", f"/tra-cuu/{ground.code}"):
        page = client.get(path).get_data(as_text=True)
        assert RESULT in page
        assert "20/01/2027" in page
        assert not any(secret in page for secret in (NAME, CONTACT, WORDS, "Cảm ơn", receipt))
    with acting_in(STEWARD):
        outside = [
            *db.session.scalars(select(Notice.sentence)),
            *db.session.scalars(select(TrailEntry.sentence)),
        ]
        outside += [str(detail) for detail in db.session.scalars(select(TrailEntry.detail))]
        acts = list(db.session.scalars(select(TrailEntry.act).where(TrailEntry.act.startswith("inquiry."))))
    assert not any(secret in line for line in outside for secret in (NAME, CONTACT, WORDS))
    assert acts == [f"inquiry.{act}" for act in ("send", "assign", "ask", "reply", "answer")]
    # Ninety days after the end nobody knows any more who asked; the answer stays.
    ground.world.set_clock(2027, 4, 21, 9, 0)
    assert operations.erase_askers() == 1
    row = ground.row()
    assert (row.asker, row.contact, row.sender, row.answer) == ("", "", None, "Cảm ơn, đã đối chiếu.")
    assert operations.erase_askers() == 0


def test_the_pages(ground: Ground, client: Any, count_queries: list[str]) -> None:
    """The district's pages work; who took part sees no word of it, the unit only its question, the desk what is late."""
    sent(client, ground)
    page = f"/huyen/phan-anh/{ground.row().id}"
    ground.world.sign_in(client, ground.district.officer)
    seen = client.get(page).get_data(as_text=True)
    assert "không đọc nội dung" in seen
    assert not any(secret in seen for secret in (NAME, CONTACT, WORDS))
    person = {"person": str(ground.council.identity.account_id)}
    for form, status in (
        ({"version": "1"}, 422),
        ({"person": "9" * 30, "version": "1"}, 422),
        (person, 422),
        (person | {"version": "1"}, 303),
        (person | {"version": "1"}, 409),
    ):
        assert post(client, page, form, "/giao").status_code == status, form
    ground.world.sign_in(client, ground.council)
    seen = client.get(page).get_data(as_text=True)
    assert all(secret in seen for secret in (NAME, CONTACT, WORDS))
    row = ground.row()
    with ground.world.acting(ground.council) as actor:
        case = queries.case_of(ground.tenant_id, row.id)
        through = replace(actor, seer=Seer(0, "Quản trị", row.sent_at))
        assert refusal(actor, Right.HANDLE_INQUIRY, case) is None
        given = Mandate(1, ground.district.officer.identity.account_id, "Chuyên viên", "Văn bản")
        acting = replace(actor, place=replace(actor.here, mandate=given))
        assert "không đọc nội dung" in str(refusal(acting, Right.HANDLE_INQUIRY, case))
        assert "không xem được" in str(refusal(through, Right.HANDLE_INQUIRY, case))
    former = ground.world.a_person(Role.DISTRICT_OFFICER, ground.tenant_id)
    once = ground.world.another_place(former, Role.UNIT_EDITOR, ground.tenant_id, ground.unit_id)
    with acting_in(STEWARD):
        ended = select(Membership).where(Membership.id == once)
        end_membership(db.session.scalars(ended).one(), date(2026, 10, 1))
    with ground.world.acting(ground.council) as actor:
        case = queries.case_of(ground.tenant_id, row.id)
        assert case is not None
        assert "từng giữ vai trò" in case.parties[former.identity.account_id]
        assert ground.council.identity.account_id in [one.account_id for one in queries.candidates(case)]
        assert former.identity.account_id not in [one.account_id for one in queries.candidates(case)]
    count_queries.clear()
    listed = client.get("/huyen/phan-anh?nguoi=toi&kind=report&q=my duc").get_data(as_text=True)
    assert "còn 10 ngày làm việc" in listed
    assert len(count_queries) <= 16, count_queries
    assert NAME not in listed
    refused = post(client, page, {"version": "2", "text": "Lời trả lời"}, "/tra-loi")
    assert refused.status_code == 422
    assert "Lời trả lời" in refused.get_data(as_text=True)
    asking = {"question": "Ngày lập danh sách?", "version": "2"}
    assert post(client, page, asking, "/hoi-don-vi").status_code == 303
    ground.world.set_clock(2027, 2, 20, 9, 0)
    assert "1 đã quá hạn" in client.get("/").get_data(as_text=True)
    assert "quá hạn" in client.get("/huyen/phan-anh?state=late").get_data(as_text=True)
    ground.world.sign_in(client, ground.clerk)
    assert "Huyện hỏi" in client.get("/").get_data(as_text=True)
    own = client.get("/don-vi/huyen-hoi").get_data(as_text=True)
    assert "Ngày lập danh sách?" in own
    assert not any(secret in own for secret in (NAME, CONTACT, WORDS, "phản ánh"))
    with acting_in(STEWARD):
        asked = db.session.scalars(select(InquiryQuestion.id)).one()
    # The token of a page that still has a form: an answered question has none.
    token = re.search(r'name="csrf_token" value="([^"]+)"', own)
    assert token is not None
    for body, status in (("", 422), ("x" * 3001, 422), ("Ngày 31/12.", 303), ("Lần nữa.", 409)):
        form = {"reply": body, "csrf_token": token[1]}
        assert client.post(f"/don-vi/huyen-hoi/{asked}", data=form).status_code == status, body
    assert client.get(page).status_code == 403


def test_what_cannot_be_taken_in(ground: Ground, client: Any) -> None:
    """Missing, short, huge, advertising, trapped, tokenless: a sentence, everything typed kept, nothing stored."""
    path = f"/phan-anh/{ground.code}"
    for wrong, why in (
        ({"kind": ""}, "chọn gửi câu hỏi"),
        ({"kind": "khen"}, "không có trong danh sách"),
        ({"body": ""}, "viết nội dung"),
        ({"body": " " * 40}, "viết nội dung"),
        ({"body": "\u200b\u3164\u2060" * 20}, "viết nội dung"),
        ({"body": "ngắn"}, "từ 10 đến"),
        ({"body": "x" * 3001}, "từ 10 đến"),
        ({"body": "http://a " * 4 + "mua ngay hôm nay"}, "liên kết"),
        ({"name": "n" * 121}, "dài tối đa 120"),
        ({"contact": "n" * 201}, "dài tối đa 200"),
        ({"website": "http://ban-hang"}, "dành cho máy"),
    ):
        answer = post(client, path, {**FORM, **wrong})
        page = answer.get_data(as_text=True)
        assert (answer.status_code, why in page) == (422, True), wrong
        assert "body" in wrong or WORDS in page
    assert client.post(path, data=FORM).status_code == 400
    for code in ("7K2QM-9XD4T", "abc", "%3Cscript%3E"):
        assert client.get(f"/phan-anh/{code}").status_code == 404
    for typed, status in (("", 422), ("abc", 422), ("7K2Q-M9XD-4TAB-8CDE", 404)):
        told(client, typed, status)
    with acting_in(STEWARD):
        assert not db.session.scalar(select(func.count()).select_from(Inquiry))
    nasty = "<script>alert(1)</script>\x00\u202e'; drop table inquiry; --"
    sent(client, ground, body=nasty)
    ground.taken()
    ground.world.sign_in(client, ground.council)
    page = client.get(f"/huyen/phan-anh/{ground.row().id}").get_data(as_text=True)
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    assert "\u202e" not in page


def test_nobody_is_promised_what_does_not_hold(ground: Ground, client: Any) -> None:
    """What a district recognised the Department does not read; what the province recognised it handles itself."""
    path, promise = f"/phan-anh/{ground.code}", "Sở không đọc được"
    assert promise in client.get(path).text
    with acting_in(STEWARD):
        db.session.execute(
            text("update tenant set kind = 'provincial_units' where id = :id"), {"id": ground.tenant_id}
        )
        office = db.session.scalar(select(Tenant.office).where(Tenant.id == ground.tenant_id))
    page = client.get(path).text
    assert promise not in page
    assert f"chỉ người xử lý của {office} đọc được" in page
    assert f"đã đến {office}. Người xử lý không phải là người đã thẩm định" in post(client, path, FORM).text


def test_the_same_again_and_in_bulk(ground: Ground, client: Any) -> None:
    """Sent twice it has one receipt and one row; in bulk a network, a sender's day and a result's day hold it back."""
    receipt = sent(client, ground)
    assert sent(client, ground) == receipt
    assert sent(client, ground, mark="b" * 32) != receipt
    answers = [post(client, f"/phan-anh/{ground.code}", {**FORM, "mark": f"{n:032d}"}) for n in range(9)]
    assert {answer.status_code for answer in answers} == {200, 429}
    last = answers[-1].get_data(as_text=True)
    assert "chờ vài phút" in last
    assert WORDS in last
    with acting_in(STEWARD):
        assert db.session.scalar(select(func.count()).select_from(Inquiry)) <= 10
        told_district = db.session.scalar(
            select(func.count()).select_from(Notice).where(Notice.path.startswith("/huyen/phan-anh"))
        )
    assert told_district == 1, "one notice while the first is not taken up"
    send = (
        "select send_inquiry('{code}', 'report', 'Lời của người gửi', '', '', '\\x{mark:064x}', '\\x{place:064x}',"
        " '2027-01-20 09:00+07', '2027-02-03')"
    )

    def door(mark: int, place: int) -> str:
        with acting_in(Scope(ScopeKind.PUBLIC)):
            answer = db.session.scalar(
                text(send.format(code=ground.code, mark=mark, place=place).replace(":00", r"\:00"))
            )
        return str(answer)

    with acting_in(STEWARD):
        db.session.execute(text("delete from inquiry"))
    said = [door(n, 1) for n in range(rules.A_DAY_FROM_ONE + 1)]
    assert said == ["sent"] * rules.A_DAY_FROM_ONE + ["often"]
    assert door(0, 1) == "again"
    said = [door(100 + n, 100 + n) for n in range(rules.A_DAY_ON_ONE - rules.A_DAY_FROM_ONE + 1)]
    assert said == ["sent"] * (rules.A_DAY_ON_ONE - rules.A_DAY_FROM_ONE) + ["full"]
    # One of them is closed as spam; the others with the same words go with it.
    closed = ground.does(ground.council, operations.dismiss, "Gửi hàng loạt, không có nội dung.")
    assert closed == rules.A_DAY_ON_ONE
    # Nobody shuts the door of a result for the day: what was closed as spam makes room again, but not for who sent it.
    assert (door(200, 1), door(201, 200)) == ("often", "sent")
    assert "Gửi hàng loạt" not in client.get(f"/tra-cuu/{ground.code}").get_data(as_text=True)


def test_the_public_does_this_and_nothing_else(ground: Ground, client: Any) -> None:
    """No statement of the public reads or writes a row of the room; the three doors are open to no other scope."""
    sent(client, ground)
    public = Scope(ScopeKind.PUBLIC)
    for table in ("inquiry", "inquiry_question"):
        for statement in (f"select count(*) from {table}", f"delete from {table}", f"update {table} set id = id",
                          f"insert into {table} select * from {table}"):  # fmt: skip
            enter(public)
            assert tried(lambda said=statement: raw(said))[1] == DENIED, statement
    for statement in ("update inquiry_term set days = 1", "delete from inquiry_term"):
        enter(public)
        assert tried(lambda said=statement: raw(said))[1] == DENIED, statement
    enter(public)
    assert tried(
        lambda: raw("select inquiry_told('\\x00') is null and inquiry_results('khong') is null")
    ) == (1, "")
    doors = (
        "select inquiry_told('\\x00')",
        "select inquiry_results('khong')",
        "select send_inquiry('a', 'report', 'b', '', '', '\\x00', '\\x00', now(), now()::date)",
    )
    for scope in (
        Scope(ScopeKind.UNIT, ground.tenant_id, ground.unit_id, 1),
        Scope(ScopeKind.DISTRICT, ground.tenant_id, 0, 1),
        Scope(ScopeKind.PROVINCE, ground.world.province_id, 0, 1),
        Scope(ScopeKind.SIGNIN),
        None,
    ):
        for statement in doors:
            enter(scope)
            assert tried(lambda said=statement: raw(said))[1] == DENIED, (scope, statement)
    # What ended stays as it is, and a district rewrites no word of the asker.
    enter(Scope(ScopeKind.DISTRICT, ground.tenant_id, 0, 1))
    assert tried(lambda: raw("update inquiry set body = 'khác'"))[1] == DENIED
    assert (
        tried(
            lambda: raw(
                "update inquiry set state = 'answered', outcome = 'explained', answer = 'x', ended_at = now()"
            )
        )[1]
        == "PT409"
    )
    enter(None)


def test_two_at_once_and_the_term(ground: Ground, client: Any) -> None:
    """Who comes second is told; a term of the district counts for what comes later, the Department's elsewhere."""
    sent(client, ground)
    ground.taken()
    with ground.world.acting(ground.council) as actor:
        row = db.session.get_one(Inquiry, (ground.tenant_id, ground.row().id))
        with pytest.raises(Conflict):
            operations.answer(actor, row, "unfounded", "Lời", RESULT, row.version - 1)
    other = ground.world.a_person(Role.DISTRICT_COUNCIL, ground.tenant_id)
    ground.does(ground.council, operations.assign, other.identity.account_id)
    with pytest.raises(Refused, match="đang giao cho người khác"):
        ground.does(ground.council, operations.answer, "unfounded", "Lời", RESULT)
    ground.does(other, operations.answer, "review", "Lời", RESULT)
    ground.world.sign_in(client, ground.district.officer)
    offered = client.get(f"/huyen/phan-anh/{ground.row().id}").get_data(as_text=True)
    assert "Soạn quyết định thu hồi" in offered
    ground.world.sign_in(client, ground.district.leader)
    for days, version, status in (
        ("0", "0", 422),
        ("mai", "0", 422),
        ("5", "3", 409),
        ("5", "0", 303),
        ("6", "0", 409),
    ):
        answer = post(client, "/huyen/phan-anh", {"days": days, "version": version}, "/thoi-han")
        assert answer.status_code == status, days
    ground.world.sign_in(client, ground.world.province_person())
    page = client.get("/tinh/phan-anh").get_data(as_text=True)
    assert "Huyện đặt riêng" in page
    assert not any(secret in page for secret in (NAME, WORDS))
    for days, status in (("61", 422), ("7", 303), ("7", 422)):
        assert post(client, "/tinh/phan-anh", {"days": days, "version": "0"}).status_code == status, days
    with acting_in(Scope(ScopeKind.PUBLIC)):
        assert (terms.days_of(ground.tenant_id), terms.days_of(0)) == (5, 7)
        assert terms.last_day(5) == date(2027, 1, 27)
