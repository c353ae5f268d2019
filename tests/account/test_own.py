"""One's own account: password, sessions, second factor."""

from __future__ import annotations

import re
from typing import Any

import pyotp
import pytest
from sqlalchemy import func, select

from portal.trail.models import TrailEntry
from tenants import signin
from tenants.access import GuardedFlask
from tenants.database import db
from tenants.people import Role, SigninSession
from tenants.scope import Scope, ScopeKind, acting_in
from tests.builders import PASSWORD, STEWARD, Person, World
from tests.forms import send, token

NEW = "một mật khẩu mới toanh"
OWN = "/tai-khoan"
FACTOR = "/tai-khoan/ma-xac-thuc"


@pytest.fixture
def person(world: World, client: Any) -> Person:
    """The clerk of a unit, signed in."""
    district = world.a_district()
    made = world.a_person(Role.UNIT_EDITOR, district, world.a_unit(district))
    world.sign_in(client, made)
    return made


def sessions() -> int:
    """Count the open sessions."""
    with acting_in(Scope(ScopeKind.SIGNIN)):
        return int(db.session.scalar(select(func.count()).select_from(SigninSession)) or 0)


def acts() -> list[str]:
    """Return what the trail holds."""
    with acting_in(STEWARD):
        return list(db.session.scalars(select(TrailEntry.act).order_by(TrailEntry.id)))


def change(client: Any, old: str, new: str, again: str | None = None) -> Any:
    """Send the form that changes the password."""
    data = {"old": old, "password": new, "again": new if again is None else again}
    return send(client, f"{OWN}/mat-khau", data, page=OWN)


def test_a_changed_password_ends_the_other_sessions(
    client: Any, app: GuardedFlask, world: World, person: Person
) -> None:
    """This session goes on; the act is in the trail; the old password opens nothing."""
    world.sign_in(app.test_client(), person)
    assert change(client, PASSWORD, NEW).status_code == 303
    assert sessions() == 1
    assert client.get(OWN).status_code == 200
    assert acts() == ["account.password"]
    with acting_in(Scope(ScopeKind.SIGNIN)):
        assert signin.check_password(person.login, PASSWORD) is None
        assert signin.check_password(person.login, NEW) == person.identity.account_id


@pytest.mark.parametrize(
    ("old", "new", "again", "sentence"),
    [
        ("sai mật khẩu", NEW, NEW, "Mật khẩu đang dùng chưa đúng"),
        (PASSWORD, "ngắn", "ngắn", "ít nhất 10 ký tự"),
        (PASSWORD, PASSWORD, PASSWORD, "giống mật khẩu cũ"),
        (PASSWORD, NEW, NEW + "x", "chưa giống nhau"),
        (PASSWORD, "x" * 10_000, "x" * 10_000, "dài nhất 200"),
        ("x" * 10_000, NEW, NEW, "Mật khẩu đang dùng chưa đúng"),
        ("", NEW, NEW, "Xin nhập mật khẩu đang dùng"),
    ],
)
def test_refused_changes_change_nothing(
    client: Any, person: Person, old: str, new: str, again: str, sentence: str
) -> None:
    """Each refusal says what to do."""
    answer = change(client, old, new, again)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert acts() == []


def test_the_old_password_cannot_be_guessed_here(client: Any, person: Person) -> None:
    """Somebody at an unattended screen gets five tries."""
    statuses = [change(client, "sai mật khẩu", NEW).status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]
    assert change(client, PASSWORD, NEW).status_code == 429


def test_sessions_are_listed_in_words_and_ended(
    client: Any, app: GuardedFlask, world: World, person: Person
) -> None:
    """One by its mark, then all others; another person's session is out of reach."""
    for _ in range(3):
        world.sign_in(app.test_client(), person)
    stranger = world.a_person(Role.DISTRICT_OFFICER, person.place.tenant_id)
    world.sign_in(app.test_client(), stranger)
    page = client.get(OWN).text
    assert "Phiên này" in page
    marks = re.findall(r'name="session" value="([0-9a-f]{64})"', page)
    assert len(marks) == 3
    assert send(client, f"{OWN}/phien", {"session": marks[0]}, page=OWN).status_code == 303
    assert sessions() == 4
    with acting_in(Scope(ScopeKind.SIGNIN)):
        foreign = signin.own_sessions(stranger.identity.account_id)[0].token_sha256.hex()
    for mark in (marks[0], foreign, "", "x" * 64, "zz"):
        send(client, f"{OWN}/phien", {"session": mark}, page=OWN)
    assert sessions() == 4
    send(client, f"{OWN}/phien", {"session": "others"}, page=OWN)
    assert sessions() == 2


def test_the_second_factor_from_start_to_end(
    client: Any, app: GuardedFlask, world: World, person: Person
) -> None:
    """The password begins it, a code puts it in force, the password removes it; the QR has no inline style."""
    world.sign_in(app.test_client(), person)
    assert "Chưa bật" in client.get(FACTOR).text
    assert send(client, f"{FACTOR}/bat", {"old": "sai"}, page=FACTOR).status_code == 422
    assert send(client, f"{FACTOR}/bat", {"old": PASSWORD}, page=FACTOR).status_code == 303
    page = client.get(FACTOR).text
    assert '<svg role="img"' in page
    key = re.search(r'nhập khóa: <b class="num">([A-Z2-7 ]+)</b>', page)
    assert key
    assert client.get(FACTOR).text.count(key[1]) == 1, "the key stays the same until it is confirmed"
    codes = pyotp.TOTP(key[1].replace(" ", ""))
    assert send(client, FACTOR, {"code": "000000"}).status_code == 422
    assert send(client, FACTOR, {"code": codes.now()}).status_code == 303
    assert sessions() == 1
    page = client.get(FACTOR).text
    assert "Tắt mã xác thực" in page
    assert key[1] not in page, "once in force the key is never shown again"
    again = send(client, f"{FACTOR}/bat", {"old": PASSWORD}, page=FACTOR)
    assert again.status_code == 409
    assert send(client, f"{FACTOR}/tat", {"old": "sai"}, page=FACTOR).status_code == 422
    assert send(client, f"{FACTOR}/tat", {"old": PASSWORD}, page=FACTOR).status_code == 303
    assert acts() == ["account.totp", "account.totp"]


def test_codes_cannot_be_guessed_while_enrolling(client: Any, person: Person) -> None:
    """Wrong codes count here as well."""
    send(client, f"{FACTOR}/bat", {"old": PASSWORD}, page=FACTOR)
    statuses = [send(client, FACTOR, {"code": f"00000{n}"}).status_code for n in range(6)]
    assert statuses == [422] * 5 + [429]


@pytest.mark.parametrize(
    "path",
    [
        f"{OWN}/mat-khau",
        f"{OWN}/phien",
        FACTOR,
        f"{FACTOR}/bat",
        f"{FACTOR}/tat",
        "/dang-xuat",
        "/noi-lam-viec",
    ],
)
def test_every_act_asks_for_the_forms_token(client: Any, person: Person, path: str) -> None:
    """A post from another site changes nothing."""
    assert client.post(path, data={"old": PASSWORD, "session": "others"}).status_code == 400
    assert client.post(path, data={"csrf_token": "x" * 90}).status_code == 400
    assert sessions() == 1


def test_nothing_is_kept_by_the_browser(client: Any, person: Person) -> None:
    """Pages with one's own data are not stored, framed or sniffed."""
    headers = client.get(OWN).headers
    assert headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_stranger_is_sent_to_sign_in_and_back(client: Any, world: World) -> None:
    """The page asked for is kept for after."""
    assert client.get(f"{OWN}?a=1").location == "/dang-nhap?tiep=/tai-khoan?a%3D1"
    answer = client.post(f"{OWN}/phien", data={"csrf_token": token(client, "/dang-nhap")})
    assert answer.status_code == 401
