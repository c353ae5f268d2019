"""Signing in: by password, by code, by link; and everything that tries to get round it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from flask import session as cookie
from sqlalchemy import func, select, update

from tenants import signin, throttle, totp
from tenants.access import GuardedFlask
from tenants.database import db
from tenants.people import Account, Credential, Membership, OneTimeLink, Role, SigninSession, Throttle
from tenants.scope import Scope, ScopeKind, acting_in
from tests.beds import made_once
from tests.builders import PASSWORD, STEWARD, Person, World
from tests.forms import send, token

SIGNIN = Scope(ScopeKind.SIGNIN)
WRONG = "Tên đăng nhập hoặc mật khẩu chưa đúng."


@pytest.fixture
@made_once
def officer(world: World) -> Person:
    """An officer of a district."""
    return world.a_person(Role.DISTRICT_OFFICER, world.a_district())


def enrol(app: GuardedFlask, person: Person) -> pyotp.TOTP:
    """Give a person a confirmed second factor that has never been used."""
    account_id = person.identity.account_id
    with acting_in(SIGNIN):
        totp.begin(account_id, app.config["SECRET_KEY"])
        seed = totp.unconfirmed(account_id, app.config["SECRET_KEY"])
        db.session.execute(update(Credential).values(totp_confirmed_at=signin.now()))
    assert seed
    return pyotp.TOTP(seed)


def a_link(person: Person) -> str:
    """Make a one-time link for a person."""
    with acting_in(STEWARD):
        return signin.new_link(person.identity.account_id, None)


def count(table: Any) -> int:
    """Count the rows of a table."""
    with acting_in(SIGNIN):
        return int(db.session.scalar(select(func.count()).select_from(table)) or 0)


def test_the_right_password_opens_a_session(client: Any, officer: Person) -> None:
    """The person goes on to the page asked for, with a fresh cookie."""
    answer = send(
        client, "/dang-nhap?tiep=/tai-khoan", {"login": f" {officer.login.upper()} ", "password": PASSWORD}
    )
    assert (answer.status_code, answer.location) == (303, "/tai-khoan")
    assert "Tài khoản của tôi" in client.get("/tai-khoan").text


@pytest.mark.parametrize("path", ["https://evil.example", "//evil.example", "/\\evil.example", "/%0d%0aX:1"])
def test_signing_in_never_leads_elsewhere(client: Any, officer: Person, path: str) -> None:
    """A foreign address after signing in is replaced by the home page."""
    answer = send(client, f"/dang-nhap?tiep={path}", {"login": officer.login, "password": PASSWORD})
    assert answer.status_code == 303
    assert answer.location.startswith("/")
    assert "evil" not in answer.location


def test_unknown_name_and_wrong_password_look_the_same(client: Any, officer: Person) -> None:
    """Nobody learns which names exist; what was typed stays, the password does not."""
    pages = []
    for login in (officer.login, "khong.ai"):
        answer = send(client, "/dang-nhap", {"login": login, "password": "sai mật khẩu rồi"})
        assert answer.status_code == 422
        assert f'value="{login}"' in answer.text
        assert "sai mật khẩu rồi" not in answer.text
        pages.append(re.sub(r'(value|content)="[^"]*"', "", answer.text))
    assert pages[0] == pages[1]
    assert WRONG in pages[0]


@pytest.mark.parametrize("case", ["unknown", "wrong", "too_long", "disabled", "no_password", "hostile"])
def test_every_refusal_costs_one_hash(
    app: GuardedFlask, officer: Person, monkeypatch: Any, case: str
) -> None:
    """Time tells nobody whether a name exists, is shut, or has no password yet."""
    login, password = officer.login, "sai mật khẩu rồi"
    with acting_in(STEWARD):
        if case == "disabled":
            db.session.execute(update(Account).where(Account.login == login).values(disabled_at=signin.now()))
            password = PASSWORD
    if case == "no_password":
        with acting_in(SIGNIN):
            db.session.query(Credential).delete()
    login = {"unknown": "khong.ai", "hostile": "a\x00' or 1=1 --"}.get(case, login)
    password = "x" * 10_000 if case == "too_long" else password
    verified = []
    real = signin._hasher.verify
    monkeypatch.setattr(
        type(signin._hasher),
        "verify",
        lambda self, stored, given: verified.append(given) or real(stored, given),
    )
    with acting_in(SIGNIN):
        assert signin.check_password(login, password) is None
    assert len(verified) == 1


def test_a_password_of_ten_thousand_characters_is_refused(client: Any, officer: Person) -> None:
    """It is hashed no longer than the longest allowed one."""
    answer = send(client, "/dang-nhap", {"login": officer.login, "password": PASSWORD * 500})
    assert answer.status_code == 422
    answer = send(client, "/dang-nhap", {"login": "a" * 10_000, "password": PASSWORD})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "data", [{}, {"login": ""}, {"login": "a", "password": ""}, {"login": "\x00", "password": "\x00"}]
)
def test_missing_or_strange_fields_get_a_sentence(client: Any, world: World, data: dict[str, str]) -> None:
    """The form comes back with what is wrong."""
    answer = send(client, "/dang-nhap", data)
    assert answer.status_code == 422
    assert "error-summary" in answer.text


def test_without_the_forms_token_nothing_happens(client: Any, officer: Person) -> None:
    """A post from another site is refused with a page."""
    answer = client.post("/dang-nhap", data={"login": officer.login, "password": PASSWORD})
    assert answer.status_code == 400
    assert "tải lại trang" in answer.text
    assert count(SigninSession) == 0


def test_signing_in_changes_the_cookie(client: Any, officer: Person) -> None:
    """A cookie planted before signing in is worth nothing after (session fixation)."""
    before = token(client, "/dang-nhap")
    with client.session_transaction() as planted:
        planted["planted"] = "yes"
        planted["_user_id"] = "chosen-by-somebody-else"
    answer = client.post(
        "/dang-nhap", data={"csrf_token": before, "login": officer.login, "password": PASSWORD}
    )
    assert answer.status_code == 303
    with client.session_transaction() as after:
        assert "planted" not in after
        assert after["_user_id"] != "chosen-by-somebody-else"
    assert client.post("/dang-xuat", data={"csrf_token": before}).status_code == 400


def test_the_older_session_of_the_browser_ends(client: Any, officer: Person) -> None:
    """Signing in again leaves no session behind."""
    first = token(client, "/dang-nhap")
    data = {"login": officer.login, "password": PASSWORD}
    client.post("/dang-nhap", data=data | {"csrf_token": first})
    client.post("/dang-nhap", data=data | {"csrf_token": token(client, "/tai-khoan")})
    assert count(SigninSession) == 1


def test_guessing_is_held_back_and_says_how_long(client: Any, officer: Person) -> None:
    """After five wrong passwords even the right one waits; the wait is on the page."""
    wrong = {"login": officer.login, "password": "sai mật khẩu rồi"}
    statuses = [send(client, "/dang-nhap", wrong).status_code for _ in range(5)]
    answer = send(client, "/dang-nhap", {"login": officer.login, "password": PASSWORD})
    assert statuses == [422] * 5
    assert answer.status_code == 429
    assert re.search(r"Xin chờ \d+ giây", answer.text)
    assert count(SigninSession) == 0


def test_the_count_lives_in_the_database(world: World, officer: Person) -> None:
    """A second worker, which shares nothing but the database, holds back as well; unknown names too."""
    for login in (officer.login, "khong.ai"):
        limits = throttle.of_login(login, "10.0.0.1")
        with acting_in(SIGNIN):
            assert [throttle.admit(limits) for _ in range(5)] == [None] * 5
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()
        with acting_in(SIGNIN):
            assert throttle.admit(limits) is not None
            assert throttle.admit(throttle.of_login(login, "10.0.0.2")) is None, (
                "another address is not locked out"
            )


def test_guesses_in_parallel_gain_nothing(app: GuardedFlask, world: World) -> None:
    """Tries are counted before they are judged: of 24 at the same moment five are admitted."""
    from concurrent.futures import ThreadPoolExecutor

    def one_try(_number: int) -> bool:
        with app.app_context(), acting_in(SIGNIN):
            return throttle.admit(throttle.of_login("khong.ai", "10.0.0.1")) is None

    with ThreadPoolExecutor(8) as pool:
        admitted = list(pool.map(one_try, range(24)))
    assert sum(admitted) == 5


def test_a_wait_ends_and_a_right_password_clears_it(client: Any, officer: Person) -> None:
    """There is no permanent lock."""
    wrong = {"login": officer.login, "password": "sai mật khẩu rồi"}
    for _ in range(6):
        send(client, "/dang-nhap", wrong)
    with acting_in(SIGNIN):
        db.session.execute(update(Throttle).values(blocked_until=signin.now() - timedelta(seconds=1)))
    assert send(client, "/dang-nhap", {"login": officer.login, "password": PASSWORD}).status_code == 303
    with acting_in(SIGNIN):
        left = db.session.scalars(select(Throttle).where(Throttle.key.like(f"login:{officer.login}@%"))).all()
    assert left == []


def test_a_disabled_account_stays_out_and_its_sessions_stop(
    client: Any, world: World, officer: Person
) -> None:
    """Deactivation works at once, also on the session in use."""
    world.sign_in(client, officer)
    assert client.get("/tai-khoan").status_code == 200
    with acting_in(STEWARD):
        db.session.execute(
            update(Account).where(Account.id == officer.identity.account_id).values(disabled_at=signin.now())
        )
    assert client.get("/tai-khoan").status_code == 302
    assert send(client, "/dang-nhap", {"login": officer.login, "password": PASSWORD}).status_code == 422


@pytest.mark.parametrize("how", ["yesterday", "at_once", "tomorrow"])
def test_without_a_place_in_force_one_page_says_so(
    client: Any, world: World, officer: Person, how: str
) -> None:
    """Roles begin and end by the day; one that an administrator ended is over at once."""
    values: dict[str, Any] = {
        "yesterday": {"until": signin.today() - timedelta(days=1)},
        "at_once": {"until": signin.today(), "ended_at": signin.now()},
        "tomorrow": {"since": signin.today() + timedelta(days=1)},
    }[how]
    with acting_in(STEWARD):
        db.session.execute(
            update(Membership).where(Membership.account_id == officer.identity.account_id).values(**values)
        )
    world.sign_in(client, officer)
    assert client.get("/tai-khoan").location == "/noi-lam-viec"
    page = client.get("/noi-lam-viec").text
    assert "Chưa có nơi làm việc nào còn hiệu lực" in page
    answer = client.post("/tai-khoan/phien", data={"csrf_token": token(client, "/noi-lam-viec")})
    assert answer.status_code == 403
    assert send(client, "/dang-xuat", page="/noi-lam-viec").status_code == 303
    assert client.get("/noi-lam-viec").location.startswith("/dang-nhap")


def test_a_role_that_ends_today_still_works_today(client: Any, world: World, officer: Person) -> None:
    """The last day counts in full."""
    with acting_in(STEWARD):
        db.session.execute(update(Membership).values(until=signin.today()))
    assert world.sign_in(client, officer).get("/tai-khoan").status_code == 200


def test_sign_out_ends_the_session_on_the_server(client: Any, world: World, officer: Person) -> None:
    """A copy of the cookie opens nothing afterwards; leaving by a link (GET) is not possible."""
    world.sign_in(client, officer)
    with client.session_transaction() as kept:
        copy = dict(kept)
    assert client.get("/dang-xuat").status_code == 405
    send(client, "/dang-xuat", page="/tai-khoan")
    assert count(SigninSession) == 0
    with client.session_transaction() as again:
        again.update(copy)
    assert client.get("/tai-khoan").status_code == 302


@pytest.mark.parametrize("idle", ["idle", "expired"])
def test_sessions_end_by_themselves(client: Any, world: World, officer: Person, idle: str) -> None:
    """After twelve quiet hours, and after seven days at the latest."""
    world.sign_in(client, officer)
    values = (
        {"last_seen_at": signin.now() - signin.SESSION_IDLE}
        if idle == "idle"
        else {"expires_at": signin.now()}
    )
    with acting_in(SIGNIN):
        db.session.execute(update(SigninSession).values(**values))
    assert client.get("/tai-khoan").status_code == 302


def test_the_second_factor_comes_before_the_session(client: Any, app: GuardedFlask, officer: Person) -> None:
    """The password alone opens nothing; the code opens the session once."""
    codes = enrol(app, officer)
    data = {"login": officer.login, "password": PASSWORD}
    answer = send(client, "/dang-nhap?tiep=/tai-khoan", data)
    assert answer.location.startswith("/dang-nhap/ma")
    assert count(SigninSession) == 0
    assert client.get("/tai-khoan").status_code == 302
    wrong = send(client, answer.location, {"code": "000000"})
    assert wrong.status_code == 422
    code = codes.now()
    right = send(client, answer.location, {"code": f"{code[:3]} {code[3:]}"})
    assert (right.status_code, right.location) == (303, "/tai-khoan")
    with client.session_transaction() as after:
        assert "awaits_code" not in after


def test_a_code_opens_once(client: Any, app: GuardedFlask, officer: Person) -> None:
    """Whoever looks over the shoulder cannot use the code again, nor the one before it."""
    codes = enrol(app, officer)
    secret = app.config["SECRET_KEY"]
    code, now = codes.now(), signin.now()
    with acting_in(SIGNIN):
        assert totp.accepts(officer.identity.account_id, code, secret)
        assert not totp.accepts(officer.identity.account_id, code, secret)
        assert not totp.accepts(officer.identity.account_id, codes.at(now - timedelta(seconds=30)), secret)


@pytest.mark.parametrize(
    "code", ["", "12345", "1234567", "１２３４５６", "abcdef", "٣٣٣٣٣٣", "12345\x00", "9" * 500]
)
def test_malformed_codes_are_refused(client: Any, app: GuardedFlask, officer: Person, code: str) -> None:
    """Only six ASCII digits are a code."""
    enrol(app, officer)
    send(client, "/dang-nhap", {"login": officer.login, "password": PASSWORD})
    assert send(client, "/dang-nhap/ma", {"code": code}).status_code == 422


def test_wrong_codes_are_held_back_even_after_the_password_again(
    client: Any, app: GuardedFlask, officer: Person
) -> None:
    """Giving the password again does not reset the count of codes."""
    codes = enrol(app, officer)
    for _ in range(5):
        send(client, "/dang-nhap", {"login": officer.login, "password": PASSWORD})
        assert send(client, "/dang-nhap/ma", {"code": "000000"}).status_code == 422
    send(client, "/dang-nhap", {"login": officer.login, "password": PASSWORD})
    answer = send(client, "/dang-nhap/ma", {"code": codes.now()})
    assert answer.status_code == 429
    assert "Xin chờ" in answer.text


def test_the_wait_for_the_code_ends(client: Any, app: GuardedFlask, officer: Person) -> None:
    """After ten minutes, and without the password, there is no page for a code."""
    codes = enrol(app, officer)
    assert client.get("/dang-nhap/ma").location == "/dang-nhap"
    send(client, "/dang-nhap", {"login": officer.login, "password": PASSWORD})
    taken = token(client, "/dang-nhap/ma")
    with client.session_transaction() as waiting:
        waiting["awaits_code"] = [waiting["awaits_code"][0], waiting["awaits_code"][1] - 601]
    answer = client.post("/dang-nhap/ma", data={"csrf_token": taken, "code": codes.now()})
    assert answer.location == "/dang-nhap"
    assert count(SigninSession) == 0


def test_somebody_disabled_between_password_and_code_stays_out(
    client: Any, app: GuardedFlask, officer: Person
) -> None:
    """The account is asked again when the code comes."""
    codes = enrol(app, officer)
    send(client, "/dang-nhap", {"login": officer.login, "password": PASSWORD})
    with acting_in(STEWARD):
        db.session.execute(update(Account).values(disabled_at=signin.now()))
    assert send(client, "/dang-nhap/ma", {"code": codes.now()}).status_code == 422
    assert count(SigninSession) == 0


NEW = "một mật khẩu mới toanh"


def test_looking_at_a_link_spends_nothing(client: Any, officer: Person) -> None:
    """Previews of chat programs open links; the form still works afterwards, once."""
    path = f"/lien-ket/{a_link(officer)}"
    for _ in range(3):
        assert officer.login in client.get(path).text
    answer = send(client, path, {"password": NEW, "again": NEW})
    assert answer.location == "/dang-nhap"
    assert send(client, "/dang-nhap", {"login": officer.login, "password": NEW}).status_code == 303
    spent = client.get(path)
    assert spent.status_code == 410
    assert "đã dùng hoặc đã hết hạn" in spent.text


def test_a_spent_link_cannot_be_posted_again(client: Any, officer: Person) -> None:
    """Two open forms of one link: the second one sets nothing."""
    path = f"/lien-ket/{a_link(officer)}"
    kept = token(client, path)
    data = {"csrf_token": kept, "password": NEW, "again": NEW}
    assert client.post(path, data=data).status_code == 303
    data["csrf_token"] = token(client, "/dang-nhap")
    assert client.post(path, data=data).status_code == 410


def test_a_link_ends_all_sessions_and_keeps_the_second_factor(
    client: Any, app: GuardedFlask, world: World, officer: Person
) -> None:
    """A reset throws out whoever was in; the phone is still needed."""
    enrol(app, officer)
    world.sign_in(app.test_client(), officer)
    send(client, f"/lien-ket/{a_link(officer)}", {"password": NEW, "again": NEW})
    assert count(SigninSession) == 0
    answer = send(client, "/dang-nhap", {"login": officer.login, "password": NEW})
    assert answer.location.startswith("/dang-nhap/ma")


@pytest.mark.parametrize("why", ["expired", "newer", "disabled", "password_since", "unknown"])
def test_dead_links(client: Any, officer: Person, why: str) -> None:
    """Expired, superseded, of a shut account, older than the password, or made up: the same answer."""
    link = a_link(officer)
    with acting_in(STEWARD):
        if why == "expired":
            db.session.execute(update(OneTimeLink).values(expires_at=signin.now()))
        if why == "disabled":
            db.session.execute(update(Account).values(disabled_at=signin.now()))
    if why == "newer":
        a_link(officer)
    if why == "password_since":
        with acting_in(SIGNIN):
            signin.set_password(officer.identity.account_id, NEW)
    path = f"/lien-ket/{'x' * 32 if why == 'unknown' else link}"
    assert client.get(path).status_code == 410
    data = {"csrf_token": token(client, "/dang-nhap"), "password": NEW, "again": NEW}
    assert client.post(path, data=data).status_code == 410


@pytest.mark.parametrize(
    ("first", "second", "sentence"),
    [
        ("ngắn", "ngắn", "ít nhất 10 ký tự"),
        ("x" * 10_000, "x" * 10_000, "dài nhất 200 ký tự"),
        ("1234567890", "1234567890", "quá dễ đoán"),
        ("aaaaaaaaaaaa", "aaaaaaaaaaaa", "quá dễ đoán"),
        (NEW, NEW + "!", "chưa giống nhau"),
        ("", "", "Xin nhập mật khẩu mới"),
    ],
)
def test_weak_passwords_get_a_sentence(
    client: Any, officer: Person, first: str, second: str, sentence: str
) -> None:
    """The link stays alive until a good password is given."""
    path = f"/lien-ket/{a_link(officer)}"
    answer = send(client, path, {"password": first, "again": second})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert client.get(path).status_code == 200


def test_guessing_links_is_held_back(client: Any, officer: Person) -> None:
    """After thirty unknown links an address waits, for real ones too."""
    with acting_in(SIGNIN):
        limits = throttle.of_link("127.0.0.1")
        for _ in range(29):
            assert throttle.admit(limits) is None
    assert client.get("/lien-ket/unknown").status_code == 410
    answer = client.get(f"/lien-ket/{a_link(officer)}")
    assert answer.status_code == 429
    assert "Xin chờ" in answer.text


def test_passwords_match_whatever_the_keyboard_composes(client: Any, officer: Person) -> None:
    """The same letters composed (NFC) or with loose marks (NFD) are the same password."""
    import unicodedata

    decomposed = unicodedata.normalize("NFD", PASSWORD)
    assert decomposed != PASSWORD
    assert send(client, "/dang-nhap", {"login": officer.login, "password": decomposed}).status_code == 303


def test_places_are_chosen_by_post_and_only_ones_own(client: Any, world: World, officer: Person) -> None:
    """The page names unit and district; another person's membership is refused."""
    unit = world.a_unit(officer.place.tenant_id)
    second = world.another_place(officer, Role.UNIT_EDITOR, officer.place.tenant_id, unit)
    stranger = world.a_person(Role.DISTRICT_ADMIN, officer.place.tenant_id)
    world.sign_in(client, officer)
    page = client.get("/noi-lam-viec").text
    assert "Trường Tiểu học Mỹ Đức, huyện An Lão" in page
    assert send(client, "/noi-lam-viec", {"place": str(second)}).location == "/"
    assert "Cán bộ đầu mối" in client.get("/tai-khoan").text
    for place in (str(stranger.place.membership_id), "", "x", "9" * 40, "-1"):
        answer = send(client, "/noi-lam-viec", {"place": place})
        assert answer.status_code == 409
    assert "Cán bộ đầu mối" in client.get("/tai-khoan").text


@pytest.mark.parametrize(
    ("role", "led"),
    [
        (Role.PROVINCE_VIEWER, True),
        (Role.DISTRICT_ADMIN, True),
        (Role.DISTRICT_LEADER, True),
        (Role.DISTRICT_OFFICER, False),
    ],
)
def test_delicate_roles_enrol_before_anything_else(
    client: Any, app: GuardedFlask, world: World, monkeypatch: Any, role: Role, led: bool
) -> None:
    """Where REQUIRE_TOTP is set; one's own account stays reachable."""
    monkeypatch.setitem(app.config, "REQUIRE_TOTP", True)
    tenant = world.province_id if role is Role.PROVINCE_VIEWER else world.a_district()
    world.sign_in(client, world.a_person(role, tenant))
    answer = client.get("/bo-tieu-chi")
    assert (answer.location == "/tai-khoan/ma-xac-thuc") is led
    assert client.get("/tai-khoan").status_code == 200
    if led:
        assert "Cần bật trước khi làm việc" in client.get("/tai-khoan/ma-xac-thuc").text


@pytest.mark.parametrize(("https", "name"), [(True, "__Host-phien"), (False, "phien")])
def test_cookie_flags(app: GuardedFlask, https: bool, name: str) -> None:
    """Behind https the cookie is Secure and bound to the host; always HttpOnly and SameSite."""
    from dataclasses import replace

    from portal.app import _configuration

    settings = replace(app.extensions["settings"], public_url="https://cong.example" if https else None)
    given = {
        key: value for key, value in _configuration(settings).items() if key.startswith("SESSION_COOKIE")
    }
    assert given == {
        "SESSION_COOKIE_NAME": name,
        "SESSION_COOKIE_SECURE": https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
    }
    with app.test_request_context():
        cookie["a"] = 1
        response = app.make_response("")
        app.session_interface.save_session(app, cookie._get_current_object(), response)
    header = response.headers["Set-Cookie"]
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header
    assert "Path=/" in header


def test_the_demo_says_where_its_accounts_are(client: Any, world: World) -> None:
    """Only in demo data."""
    assert "flask demo --accounts" in client.get("/dang-nhap").text
