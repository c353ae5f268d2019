"""A guest sees and writes the indicators of the invitation for some days, and nothing else: page, verb and database."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from sqlalchemy import update

from portal.accounts.operations import NewPerson
from portal.dossiers import operations as dossiers
from portal.dossiers.operations import Given
from portal.dossiers.queries import open_sheet
from portal.notices.models import Notice
from portal.team import staff
from portal.team.giving import give_answer
from portal.team.queries import guests_of
from tenants import signin
from tenants.database import db
from tenants.identity import Identity, Place
from tenants.people import Account, Membership, Role
from tenants.refusal import Refused
from tenants.scope import Scope, ScopeKind, acting_in
from tests.builders import STEWARD, Person
from tests.canaries import paper
from tests.team.conftest import School
from tests.wall.test_tables import DENIED, raw, refused

NEW = {"full_name": "Hội Khuyến học xã", "title": "Hội Khuyến học", "login": "khach.mot", "days": "14"}


def invite(
    school: School, *codes: str, days: int = 14, login: str = "khach.mot"
) -> tuple[Person, dict[str, int]]:
    """Let a guest in to some indicators; returns who it is and the numbers of all indicators."""
    with school.world.acting(school.clerk):
        numbers = {i.code: i.id for i in school.sheet().indicators}
    guest = NewPerson(login, "Hội Khuyến học xã", "Hội Khuyến học")
    chosen = [numbers[code] for code in codes]
    return school.world.a_guest(school.clerk, school.dossier_id, chosen, guest, days), numbers


def test_from_the_invitation_to_the_credit(school: School) -> None:
    """The clerk invites, the guest sets a password, fills in, sends a file; the indicator says who gave it."""
    clerk = school.at(school.clerk)
    with school.world.acting(school.clerk):
        numbers = {i.code: i.id for i in school.sheet().indicators}
    answer = clerk.post(f"{school.path}/moi", NEW | {"chi_tieu": [numbers["1.1"], numbers["2.1"]]})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    link = re.search(r"/lien-ket/[\w-]+", page)
    assert link
    with acting_in(STEWARD):
        account = db.session.query(Account).filter_by(login="khach.mot").one()
        member = db.session.query(Membership).filter_by(account_id=account.id).one()
        assert (member.until - member.since).days == 13  # type: ignore[operator]
        place = Place(member.id, school.tenant_id, "", Role.UNIT_CONTRIBUTOR, school.unit_id)
        guest = Person(
            Identity(account.id, account.login, account.full_name, (place,), place, ""), account.login
        )
    with acting_in(Scope(ScopeKind.SIGNIN)):
        signin.use_link(link[0].removeprefix("/lien-ket/"), "một mật khẩu rất dài 9")
    browser = school.at(guest)
    assert browser.get("/").headers["Location"].endswith("/gop-suc")
    page = browser.get("/gop-suc").get_data(as_text=True)
    assert set(re.findall(r'id="chi-tieu-([\d.]+b?)"', page)) == {"1.1", "2.1"}
    assert "còn 14 ngày" in page
    with school.world.acting(school.clerk):
        version = school.sheet().answers[numbers["1.1"]].version
    sent = {"value": "khong", "explanation": "Hội góp ý kiến.", "version": version}
    at = f"/gop-suc/{school.dossier_id}/chi-tieu/{numbers['1.1']}"
    assert browser.post(at, sent).status_code == 303
    assert browser.post(at, sent | {"value": "la"}).status_code == 422
    assert "Chưa lưu." in browser.post(at, sent | {"explanation": "Khác", "version": 1}).get_data(
        as_text=True
    )
    files: dict[str, Any] = {"file": (io.BytesIO(paper("góp")), "Giấy khen của Hội.pdf")}
    assert browser.post(f"{at}/minh-chung", files, content_type="multipart/form-data").status_code == 303
    with school.world.acting(school.clerk):
        sheet = school.sheet()
        assert sheet.answers[numbers["1.1"]].changed_by == "Hội Khuyến học xã"
        assert "Hội Khuyến học xã đã góp nội dung chỉ tiêu 1.1." in [
            notice.sentence for notice in db.session.query(Notice).filter_by(audience="unit")
        ]
        file = sheet.evidence[numbers["1.1"]][0].id
        assert guests_of(sheet)[0].given == ("1.1",)
    assert browser.get(f"/gop-suc/{school.dossier_id}/minh-chung/{file}").status_code == 200
    card = clerk.get(school.path).get_data(as_text=True)
    assert "Góp nội dung: <b>Hội Khuyến học xã</b> (Hội Khuyến học)" in card
    assert browser.post(f"{at}/minh-chung/{file}/bo").status_code == 303
    assert browser.get(f"/gop-suc/{school.dossier_id}/minh-chung/{file}").status_code in (403, 404)


def test_nothing_else_of_the_dossier(school: School) -> None:
    """Every other page and verb refuses with a sentence; the database refuses the same writes."""
    guest, numbers = invite(school, "1.1")
    browser = school.at(guest)
    for path in (school.path, f"{school.path}/kiem-tra", f"{school.path}/phan-cong", f"{school.path}/bien-ban",
                 "/minh-chung", "/don-vi", "/don-vi/nguoi", "/thong-bao", "/viec-cua-toi",
                 f"/van-ban/{school.tenant_id}/{school.dossier_id}/mau-02.pdf"):  # fmt: skip
        answer = browser.get(path)
        assert answer.status_code == 403, path
        assert "Vai trò anh/chị đang dùng không được" in answer.get_data(as_text=True)
    other = f"/gop-suc/{school.dossier_id}/chi-tieu/{numbers['1.2']}"
    answer = browser.client.post(other, headers={"HX-Request": "true"}, data={"csrf_token": "x"})
    assert answer.status_code == 400
    page = browser.post(other, {"value": "co", "version": 1}, follow_redirects=True).get_data(as_text=True)
    assert "không có trong lời mời của anh/chị" in page
    with school.world.acting(guest) as actor:
        sheet = school.sheet()
        given = Given(yes=False, version=sheet.answers[numbers["1.2"]].version)
        for verb in (
            lambda: give_answer(actor, school.dossier(), numbers["1.2"], given),
            lambda: dossiers.save_answer(actor, school.dossier(), numbers["1.2"], given),
            lambda: dossiers.save_headcounts(actor, school.dossier(), {}, {}),
            lambda: dossiers.add_team_member(actor, school.dossier(), "Ai đó", "", "member"),
        ):
            with pytest.raises(Refused) as caught:
                verb()
            assert caught.value.status == 403
    with school.world.acting(guest):
        of = f"where dossier_id = {school.dossier_id}"
        mine, others = f"indicator_id = {numbers['1.1']}", f"indicator_id <> {numbers['1.1']}"
        assert (
            raw(
                f"with u as (update answer set yes = false {of} and {mine} returning 1) select count(*) from u"
            )
            == 1
        )
        for statement in (
            f"update answer set yes = false {of} and {others}",
            f"update headcount set value = 1 {of}",
            f"update team_member set title = 'x' {of}",
            f"delete from team_member {of}",
            f"update team_minutes set venue = 'x' {of}",
            f"update dossier set strengths = 'x' where id = {school.dossier_id}",
            f"update dossier set state = 'withdrawn' where id = {school.dossier_id}",
        ):
            refused(
                lambda statement=statement: raw(
                    f"with u as ({statement} returning 1) select count(*) from u"
                ),
                {"PT409"},
            )  # type: ignore[misc]
        person = f"{school.tenant_id}, {guest.identity.account_id}, 'unit_editor', {school.unit_id}, now()"
        into = "insert into membership (tenant_id, account_id, role, unit_id, since) values"
        refused(lambda: raw(f"{into} ({person})"), {DENIED})


def test_a_visit_ends_by_itself_or_by_the_head(school: School) -> None:
    """When the days are over, and at once when ended: no place, no card, a sentence; the credit stays."""
    guest, numbers = invite(school, "1.1", days=2)
    with school.world.acting(guest) as actor:
        given = Given(yes=True, explanation="Góp.", version=school.sheet().answers[numbers["1.1"]].version)
        give_answer(actor, school.dossier(), numbers["1.1"], given)
    browser = school.at(guest)
    assert browser.get("/gop-suc").status_code == 200
    head = school.at(school.head)
    answer = head.post(f"{school.path}/khach/{guest.place.membership_id}/ket-thuc", follow_redirects=True)
    assert "Đã kết thúc lời mời" in answer.get_data(as_text=True)
    assert "Đã kết thúc" in head.get(f"{school.path}/phan-cong").get_data(as_text=True)
    assert browser.get("/gop-suc").headers["Location"] == "/noi-lam-viec"
    with school.world.acting(guest) as actor, pytest.raises(Refused, match="không có trong lời mời"):
        give_answer(actor, school.dossier(), numbers["1.1"], given)
    with school.world.acting(school.clerk):
        over = guests_of(school.sheet())[0].invitation.id
    again = {"invitation": str(over), "days": "61"}
    answer = head.post(
        f"{school.path}/moi-lai",
        again,
        headers={"Referer": f"http://localhost{school.path}/phan-cong"},
        follow_redirects=True,
    )
    assert "Thời gian mời từ 1 đến 60 ngày." in answer.get_data(as_text=True)
    assert head.post(f"{school.path}/moi-lai", again | {"days": "3"}).status_code == 303
    assert 'id="chi-tieu-1.1"' in browser.get("/gop-suc").get_data(as_text=True)
    with school.world.acting(school.clerk) as actor, pytest.raises(Refused, match="đang mở"):
        staff.invite_again(actor, school.dossier(), over, 3)
    second, _ = invite(school, "1.2", days=1, login="khach.hai")
    with acting_in(STEWARD):
        yesterday = {"since": signin.today().replace(day=1), "until": signin.today().replace(day=1)}
        if signin.today().day > 1:
            db.session.execute(
                update(Membership).where(Membership.id == second.place.membership_id).values(**yesterday)
            )
            db.session.commit()
            assert school.at(second).get("/gop-suc").headers["Location"] == "/noi-lam-viec"
    assert "Góp nội dung" in head.get(school.path).get_data(as_text=True)


BAD: list[tuple[dict[str, Any], str]] = [
    ({"days": "0"}, "Thời gian mời từ 1 đến 60 ngày."),
    ({"days": "61"}, "Thời gian mời từ 1 đến 60 ngày."),
    ({"days": "nhiều"}, "Thời gian mời từ 1 đến 60 ngày."),
    ({"chi_tieu": []}, "Xin chọn ít nhất một chỉ tiêu"),
    ({"chi_tieu": ["999999"]}, "Có chỉ tiêu không áp dụng"),
    ({"login": "Ký tự lạ"}, "chưa đúng"),
    ({"full_name": ""}, "Xin nhập họ tên."),
    ({"full_name": "x" * 201}, "Họ tên dài nhất 200 ký tự."),
]


def test_bad_invitations(school: School) -> None:
    """Too long, too many days, nobody, nothing: one sentence and no account."""
    with school.world.acting(school.clerk):
        number = school.sheet().indicators[0].id
    for more, said in BAD:
        answer = school.at(school.clerk).post(f"{school.path}/moi", NEW | {"chi_tieu": [number]} | more)
        assert answer.status_code == 422, more
        assert said in answer.get_data(as_text=True)
    with acting_in(STEWARD):
        assert db.session.query(Account).filter_by(login="khach.mot").count() == 0


def test_a_name_taken_and_a_dossier_that_is_signed(school: School) -> None:
    """A login name belongs to one person; nobody is let in to a signed dossier, and a guest's card is then locked."""
    guest, numbers = invite(school, "1.1")
    answer = school.at(school.clerk).post(f"{school.path}/moi", NEW | {"chi_tieu": [numbers["1.1"]]})
    assert "đã có người dùng" in answer.get_data(as_text=True)
    with school.world.acting(school.head) as actor:
        dossiers.sign(actor, school.dossier())
        with pytest.raises(Refused, match="Đã ký, chưa nộp"):
            staff.invite(actor, school.dossier(), NewPerson("khach.ba", "Ai đó"), [numbers["1.1"]], 3)
        version = open_sheet(school.dossier()).answers[numbers["1.1"]].version
    with school.world.acting(guest) as actor, pytest.raises(Refused, match="Hồ sơ đã ký"):
        give_answer(actor, school.dossier(), numbers["1.1"], Given(yes=False, version=version))
    page = school.at(guest).get("/gop-suc").get_data(as_text=True)
    assert "Lưu chỉ tiêu này" not in page
