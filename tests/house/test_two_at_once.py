"""Two people, a double click, a retry, a server that dies: every act happens once, or not at all.

Requests go through the real program with clients of their own, side by side; the deaths are of a real
server, killed right after the request was sent. What counts is what stands in the database afterwards.
"""

from __future__ import annotations

import contextvars
import os
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from tenants import signin
from tenants.people import Role
from tenants.scope import acting_in
from tests.beds import bed_of
from tests.builders import Person, World
from tests.deciding import District, accept, an_appraised

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "e" * 40
CROWD = 8


class Browser:
    """One person's browser: a client, a session and a token of its own."""

    def __init__(self, world: World, person: Person) -> None:
        self.client = FlaskClient(world.app, world.app.response_class)
        world.sign_in(self.client, person)
        with self.client.session_transaction() as session:
            session["csrf_token"] = TOKEN
        signed = URLSafeTimedSerializer(world.app.config["SECRET_KEY"], salt="wtf-csrf-token")
        self.token = str(signed.dumps(TOKEN))

    def post(self, path: str, fields: dict[str, Any] | None = None) -> TestResponse:
        """Send a form; no context of the test reaches into the request."""
        data = {**(fields or {}), "csrf_token": self.token}
        return contextvars.Context().run(lambda: self.client.post(path, data=data))


def at_once(acts: Sequence[Callable[[], TestResponse]]) -> list[TestResponse]:
    """Let everybody act at the same moment; returns the answers in the same order."""
    gate = threading.Barrier(len(acts))

    def act(mine: Callable[[], TestResponse]) -> TestResponse:
        gate.wait(30)
        return mine()

    with ThreadPoolExecutor(len(acts)) as crowd:
        return list(crowd.map(act, acts))


@pytest.fixture
def ask(server: Any, world: World) -> Callable[..., list[tuple[Any, ...]]]:
    """Asks the test's database past every wall."""

    def answer(question: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(**bed_of(world.app).superuser()) as connection:
            return [tuple(row) for row in connection.execute(question.encode())]

    return answer


Ask = Callable[[str], list[tuple[Any, ...]]]


def trail(ask: Ask, dossier_id: int) -> Counter[str]:
    """How often each act stands in a dossier's trail."""
    return Counter(row[0] for row in ask(f"select act from trail_entry where dossier_id = {dossier_id}"))


def notices(ask: Ask, dossier_id: int, word: str) -> Counter[str]:
    """How many notices to unit and district lead to a dossier and carry a word."""
    question = (
        f"select audience from notice where path ~ '/ho-so/{dossier_id}(\\D|$)' and sentence like '%{word}%'"
    )
    return Counter(row[0] for row in ask(question))


def test_a_dossier_is_begun_once(world: World, ask: Ask) -> None:
    """Eight clicks of two people on “Lập hồ sơ” open one dossier."""
    district = world.a_district()
    unit = world.a_unit(district)
    people = [world.a_person(role, district, unit) for role in (Role.UNIT_HEAD, Role.UNIT_EDITOR)]
    browsers = [Browser(world, people[i % 2]) for i in range(CROWD)]
    answers = at_once([lambda b=b: b.post("/ho-so", {"year": "2026"}) for b in browsers])  # type: ignore[misc]
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    (number, answered), *others = ask(
        "select d.id, (select count(*) from answer a where a.dossier_id = d.id) from dossier d"
    )
    assert not others
    assert answered > 5
    assert trail(ask, number)["start"] == 1


def test_the_same_indicator(world: World, ask: Ask) -> None:
    """Of eight people who saw the same answer one saves; the others are shown both texts, and nothing is lost."""
    district = world.a_district()
    unit = world.a_unit(district)
    number = world.a_dossier(district, unit)
    indicator, version = ask(
        "select i.id, a.version from indicator i join answer a on a.indicator_id = i.id where i.kind = 'yes_no' order by i.id"
    )[0]
    browsers = [
        Browser(world, world.a_person(Role.UNIT_EDITOR, district, unit, name=f"Người {i}"))
        for i in range(CROWD)
    ]
    texts = [f"Cách làm thứ {i}" for i in range(CROWD)]

    def save(i: int) -> TestResponse:
        fields = {"value": "co", "explanation": texts[i], "version": str(version)}
        return browsers[i].post(f"/ho-so/{number}/chi-tieu/{indicator}", fields)

    answers = at_once([lambda i=i: save(i) for i in range(CROWD)])  # type: ignore[misc]
    statuses = [answer.status_code for answer in answers]
    assert Counter(statuses) == {303: 1, 409: CROWD - 1}
    won = texts[statuses.index(303)]
    stored = ask(
        f"select explanation, version from answer where dossier_id = {number} and indicator_id = {indicator}"
    )
    assert [row[0] for row in stored] == [won]
    for mine, answer in zip(texts, answers, strict=True):
        if answer.status_code == 409:
            page = answer.get_data(as_text=True)
            assert mine in page
            assert won in page


def test_one_receipt(world: World, ask: Ask) -> None:
    """Eight times “Nộp hồ sơ” give one receipt, one entry in the trail, one notice for each side."""
    district = world.a_district()
    unit = world.a_unit(district)
    number = world.a_dossier(district, unit, "signed")
    head = world.a_person(Role.UNIT_HEAD, district, unit)
    browsers = [Browser(world, head) for _ in range(CROWD)]
    answers = at_once([lambda b=b: b.post(f"/ho-so/{number}/nop") for b in browsers])  # type: ignore[misc]
    assert {answer.status_code for answer in answers} == {303}
    ((state, receipt),) = ask(f"select state, receipt_number from dossier where id = {number}")
    assert (state, receipt) == ("submitted", f"HS-2026-{number:06d}")
    assert trail(ask, number)["dossier.submit"] == 1
    assert notices(ask, number, "Đã nộp hồ sơ") == {"unit": 1}
    assert notices(ask, number, "đã nộp hồ sơ") == {"district": 1}


def test_signing_and_saving(world: World, ask: Ask) -> None:
    """A signature covers what the page showed: an answer saved at the same moment comes before it or not at all."""
    district = world.a_district()
    unit = world.a_unit(district)
    number = world.a_dossier(district, unit, "filled")
    head, editor = (world.a_person(role, district, unit) for role in (Role.UNIT_HEAD, Role.UNIT_EDITOR))
    indicator, version = ask(
        "select i.id, a.version from indicator i join answer a on a.indicator_id = i.id where i.kind = 'yes_no' order by i.id"
    )[0]
    signer, writer = Browser(world, head), Browser(world, editor)
    page = (
        contextvars.Context()
        .run(lambda: signer.client.get(f"/ho-so/{number}/kiem-tra"))
        .get_data(as_text=True)
    )
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    assert seen
    fields = {"value": "co", "explanation": "Sửa vào phút cuối", "version": str(version)}
    signed, saved = at_once(
        [
            lambda: signer.post(f"/ho-so/{number}/ky", {"seen": seen}),
            lambda: writer.post(f"/ho-so/{number}/chi-tieu/{indicator}", fields),
        ]
    )
    ((state, kept),) = ask(
        "select d.state, a.explanation from dossier d join answer a on a.dossier_id = d.id"
        f" where d.id = {number} and a.indicator_id = {indicator}"
    )
    if state == "signed":
        assert saved.status_code == 409
        assert kept != "Sửa vào phút cuối"
    else:
        assert saved.status_code == 303
        assert kept == "Sửa vào phút cuối"
        assert trail(ask, number)["dossier.sign"] == 0
    assert signed.status_code in (302, 303, 409)


def test_the_same_intake(world: World, ask: Ask) -> None:
    """One officer accepts while another asks for supplements: one of the two happened, the other is told."""
    district = District(world)
    unit = world.a_unit(district.tenant_id)
    number = world.a_dossier(district.tenant_id, unit, "submitted")
    other = world.a_person(Role.DISTRICT_OFFICER, district.tenant_id, name="Cán bộ thứ hai")
    first, second = Browser(world, district.officer), Browser(world, other)
    asked = {
        "ask-part-headcount": "yes",
        "reason-part-headcount": "Thiếu danh sách.",
        "answer_by": "20/01/2027",
        "act": "send",
    }
    here = f"/huyen/ho-so/{number}"
    answers = at_once(
        [
            lambda: first.post(f"{here}/tiep-nhan"),
            lambda: second.post(f"{here}/bo-sung", asked),
            lambda: first.post(f"{here}/tiep-nhan"),
            lambda: second.post(f"{here}/bo-sung", asked),
        ]
    )
    ((state,),) = ask(f"select state from dossier where id = {number}")
    done = trail(ask, number)
    requests = ask(f"select count(*) from supplement_request where dossier_id = {number}")[0][0]
    assert state in ("accepted", "supplement_requested")
    assert done["dossier.accept"] + done["dossier.request_supplement"] == 1
    assert requests == (1 if state == "supplement_requested" else 0)
    assert sum(answer.status_code == 303 for answer in answers) == 1
    for answer in answers:
        if answer.status_code != 303:
            assert answer.status_code == 409, answer.get_data(as_text=True)[:300]


def test_the_same_verdict(world: World, ask: Ask) -> None:
    """Two appraisers on one indicator: one verdict is stored, the other person sees it beside the own one."""
    district = District(world)
    unit = world.a_unit(district.tenant_id)
    number = world.a_dossier(district.tenant_id, unit, "submitted")
    accept(world, district.officer, district.tenant_id, number)
    indicator = ask("select id from indicator where kind = 'yes_no' order by id")[0][0]
    council = world.a_person(Role.DISTRICT_COUNCIL, district.tenant_id)
    first, second = Browser(world, district.officer), Browser(world, council)
    path = f"/huyen/ho-so/{number}/tham-dinh/{indicator}"
    different = {
        "verdict": "not_enough_evidence",
        "reason_code": "no_document",
        "reason": "Chưa thấy.",
        "version": "0",
    }
    answers = at_once(
        [
            lambda: first.post(path, {"verdict": "agreed", "version": "0"}),
            lambda: second.post(path, different),
        ]
    )
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert ask(f"select count(*) from finding where dossier_id = {number}") == [(1,)]


def test_the_same_decision(world: World, ask: Ask) -> None:
    """Four times “Ban hành” by two leaders: one decision, each unit recognised once and told once."""
    world.set_clock(2027, 1, 20, 10, 0)
    world.confirm_thresholds()
    district = District(world)
    numbers = [an_appraised(world, district.officer, district.tenant_id, 1) for _ in range(2)]
    decision = district.ready()
    deputy = world.a_person(Role.DISTRICT_LEADER, district.tenant_id)
    browsers = [Browser(world, person) for person in (district.leader, deputy, district.leader, deputy)]
    ((version,),) = ask(f"select version from decision where id = {decision}")

    def issue(browser: Browser, number: str) -> TestResponse:
        fields = {"number": number, "dated": "2027-01-20", "signer": "Chủ tịch", "signer_title": "CHỦ TỊCH"}
        return browser.post(f"/huyen/quyet-dinh/{decision}/ban-hanh", {**fields, "version": str(version)})

    answers = at_once([lambda b=b, i=i: issue(b, f"{i}/QĐ-UBND") for i, b in enumerate(browsers)])  # type: ignore[misc]
    assert ask(f"select state from decision where id = {decision}") == [("issued",)]
    assert ask("select count(*) from recognition") == [(2,)]
    for number in numbers:
        assert trail(ask, number)["dossier.decide"] == 1
        assert notices(ask, number, "Đã có quyết định") == {"unit": 1}
    assert all(answer.status_code in (302, 303, 409) for answer in answers)
    issued = ask(f"select number from decision where id = {decision}")[0][0]
    said = [
        answer
        for answer in answers
        if answer.status_code == 303 and "quyet-dinh" in answer.headers["Location"]
    ]
    assert said
    assert issued.endswith("/QĐ-UBND")


def test_the_same_report(world: World, ask: Ask) -> None:
    """Two officers of the Department answer one report at once: it is answered once."""
    world.set_clock(2027, 1, 20, 10, 0)
    world.confirm_thresholds()
    district = District(world)
    an_appraised(world, district.officer, district.tenant_id, 1)
    district.issued("1/QĐ", None)
    report = district.sent_report()
    people = [world.province_person(Role.PROVINCE_OFFICER) for _ in range(2)]
    browsers = [Browser(world, person) for person in people * 2]
    path = f"/tinh/bao-cao/{district.tenant_id}/{report}/nhan"
    answers = at_once([lambda b=b: b.post(path, {"seen": "y"}) for b in browsers])  # type: ignore[misc]
    assert ask(f"select count(*) from report_answer where report_id = {report}") == [(1,)]
    assert ask("select count(*) from trail_entry where act = 'report.accepted'") == [(1,)]
    assert all(answer.status_code in (302, 303, 409) for answer in answers)


def test_a_link_is_spent_once(world: World, ask: Ask) -> None:
    """Four people hold the same one-time link: one sets the password, for the others it is dead."""
    district = world.a_district()
    person = world.a_person(Role.DISTRICT_ADMIN, district)
    admin = world.province_person()
    with acting_in(admin.place.scope(admin.identity.account_id)):
        link = signin.new_link(person.identity.account_id, admin.identity.account_id)
    browsers = [Browser(world, admin) for _ in range(4)]

    def use(browser: Browser, i: int) -> TestResponse:
        password = f"một câu dài dễ nhớ số {i}"
        return browser.post(
            f"/lien-ket/{link}", {"password": password, "again": password, "repeat": password}
        )

    answers = at_once([lambda b=b, i=i: use(b, i) for i, b in enumerate(browsers)])  # type: ignore[misc]
    assert Counter(answer.status_code == 303 for answer in answers)[True] == 1, [
        a.status_code for a in answers
    ]
    assert ask(
        f"select count(*) from one_time_link where account_id = {person.identity.account_id} and used_at is not null"
    ) == [(1,)]


# ---- a server that dies ----


class Gunicorn:
    """The real server on the test's database, one worker, which may be killed."""

    def __init__(self, server: Any, world: World, folder: Path) -> None:
        database, secret = bed_of(world.app).name, str(world.app.config["SECRET_KEY"])
        urls = server.urls(database)
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        settings = {
            "PORTAL_DATA": str(folder),
            "DATABASE_URL": urls.web,
            "DATABASE_URL_PROVINCE": urls.oversight,
            "DATABASE_URL_ADMIN": urls.admin,
            "SECRET_KEY": secret,
            "PORT": str(self.port),
            "HOST": "127.0.0.1",
            "WORKERS": "1",
        }
        kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py"],
            cwd=ROOT,
            env={**kept, **settings},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        until(self.answers, self)

    def answers(self) -> bool:
        """Whether the server is up."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), 0.3) as line:
                line.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                return line.recv(12).endswith(b"200")
        except OSError:
            return False

    def workers(self) -> set[int]:
        """The processes that answer requests."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return {int(number) for number in children.split()}

    def send(self, path: str, cookie: str, token: str) -> socket.socket:
        """Send a form and return the line without waiting for an answer."""
        body = urlencode({"csrf_token": token}).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nCookie: {cookie}\r\nConnection: close\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        line = socket.create_connection(("127.0.0.1", self.port), 5)
        line.settimeout(30)
        line.sendall(head.encode() + body)
        return line

    def stop(self) -> None:
        """End the server and everything it started."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate()


def until(come: Callable[[], bool], gunicorn: Gunicorn | None = None, seconds: float = 60) -> None:
    """Wait for something to come true; fails with the server's own words when it does not."""
    end, wait = monotonic() + seconds, threading.Event()
    while not come():
        if gunicorn is not None and gunicorn.process.poll() is not None:
            raise AssertionError(
                (gunicorn.process.stderr.read() if gunicorn.process.stderr else b"").decode()
            )
        assert monotonic() < end, "it did not come"
        wait.wait(0.02)


@pytest.fixture
def gunicorn(server: Any, world: World, tmp_path: Path) -> Iterator[Gunicorn]:
    """A real server on the test's database."""
    running = Gunicorn(server, world, tmp_path)
    yield running
    running.stop()


def test_a_killed_server_leaves_nothing_half_done(world: World, gunicorn: Gunicorn, ask: Ask) -> None:
    """Killed after 0 to 120 ms: filed with receipt, trail and notices, or untouched; the retry files it once."""
    district = world.a_district()
    outcomes = []
    for pause in (0.0, 0.01, 0.03, 0.06, 0.12):
        unit = world.a_unit(district)
        number = world.a_dossier(district, unit, "signed")
        browser = Browser(world, world.a_person(Role.UNIT_HEAD, district, unit))
        cookie = browser.client.get_cookie("phien")
        assert cookie is not None
        sent = f"phien={cookie.value}", browser.token
        until(gunicorn.answers, gunicorn)
        workers = gunicorn.workers()
        line = gunicorn.send(f"/ho-so/{number}/nop", *sent)
        threading.Event().wait(pause)
        for worker in workers:
            os.kill(worker, signal.SIGKILL)
        line.close()
        until(lambda gone=workers: not gunicorn.workers() & gone, gunicorn)  # type: ignore[misc]
        until(
            lambda: (
                not ask(
                    "select 1 from pg_stat_activity where usename = 'portal_web' and state like '%in transaction%'"
                )
            )
        )
        filed = _whole(ask, number)
        outcomes.append(filed)
        until(gunicorn.answers, gunicorn)
        with gunicorn.send(f"/ho-so/{number}/nop", *sent) as line:
            assert line.recv(12).endswith(b"303")
        assert _whole(ask, number)
    assert len(outcomes) == 5


def _whole(ask: Ask, number: int) -> bool:
    """Whether a dossier is filed with all that belongs to it; fails when it is filed by halves or twice."""
    ((state, receipt, at),) = ask(
        f"select state, receipt_number, submitted_at from dossier where id = {number}"
    )
    entries = trail(ask, number)["dossier.submit"]
    told = notices(ask, number, "Đã nộp hồ sơ") + notices(ask, number, "đã nộp hồ sơ")
    if state == "signed":
        assert (receipt, at, entries, told) == ("", None, 0, {})
        return False
    assert state == "submitted"
    assert (receipt, entries, told) == (f"HS-2026-{number:06d}", 1, {"unit": 1, "district": 1})
    return True


def test_everything_killed_at_once(server: Any, world: World, ask: Ask, tmp_path: Path) -> None:
    """Master and worker killed with eight requests on the way; a new server finds whole dossiers only."""
    district = world.a_district()
    first = Gunicorn(server, world, tmp_path)
    waiting = []
    try:
        for _ in range(4):
            unit = world.a_unit(district)
            number = world.a_dossier(district, unit, "signed")
            browser = Browser(world, world.a_person(Role.UNIT_HEAD, district, unit))
            cookie = browser.client.get_cookie("phien")
            assert cookie is not None
            waiting.append((number, f"phien={cookie.value}", browser.token))
        lines = [first.send(f"/ho-so/{number}/nop", cookie, token) for number, cookie, token in waiting * 2]
    finally:
        first.stop()
    for line in lines:
        line.close()
    until(
        lambda: (
            not ask(
                "select 1 from pg_stat_activity where usename = 'portal_web' and state like '%in transaction%'"
            )
        )
    )
    for number, _, _ in waiting:
        _whole(ask, number)
    second = Gunicorn(server, world, tmp_path)
    try:
        for number, cookie, token in waiting:
            with second.send(f"/ho-so/{number}/nop", cookie, token) as line:
                assert line.recv(12).endswith(b"303")
            assert _whole(ask, number)
    finally:
        second.stop()


def test_scopes_do_not_mix(world: World, ask: Ask) -> None:
    """Many people of two districts at once on the same connections: each reads its own, all the time."""
    districts = [District(world, name) for name in ("Huyện An Lão", "Huyện Kiến Thụy")]
    for district, name in zip(districts, ("Trường Một", "Trường Hai"), strict=True):
        world.a_dossier(district.tenant_id, world.a_unit(district.tenant_id, name), "submitted")
    browsers = [Browser(world, district.officer) for district in districts for _ in range(3)]

    def read(browser: Browser) -> list[str]:
        pages = []
        for _ in range(4):
            answer = contextvars.Context().run(lambda: browser.client.get("/huyen/ho-so"))
            assert answer.status_code == 200
            pages.append(answer.get_data(as_text=True))
        return pages

    with ThreadPoolExecutor(len(browsers)) as crowd:
        for i, pages in enumerate(crowd.map(read, browsers)):
            mine, theirs = ("Trường Một", "Trường Hai") if i < 3 else ("Trường Hai", "Trường Một")
            assert all(mine in page for page in pages)
            assert not any(theirs in page for page in pages)
