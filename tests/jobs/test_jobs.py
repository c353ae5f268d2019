"""Jobs: done once whatever happens to the worker, with the rights of the moment, fairly, and only for their district."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from portal import work
from portal.evidence.store import results_store
from portal.jobs import operations, queries, queue, rules, working
from portal.jobs.batches import certificates
from portal.jobs.models import Job
from portal.jobs.rules import State
from portal.jobs.turn import Result, TurnOver
from portal.notices.models import Notice
from portal.notices.operations import tell_person
from portal.notices.rules import Kind as NoticeKind
from portal.papers.documents import Page
from portal.trail.models import TrailEntry
from portal.work import on_and_on
from tenants import operations as places
from tenants import signin
from tenants.database import db
from tenants.people import Membership, Role
from tenants.refusal import Refused
from tenants.scope import acting_in
from tests.builders import STEWARD
from tests.jobs.conftest import Office
from tests.papers import reading

ROOT = Path(__file__).resolve().parents[2]
LONG = 120
"""Seconds that nothing here takes on the busiest machine: whoever waits so long waits in vain."""
# A worker that is killed by force while it makes the second part.
KILLED = """
import os, signal
from portal import create_app
from portal.jobs.batches import certificates
from portal.jobs.working import Jobs
from portal.notices.models import Notice
from portal.notices.operations import tell_person
from portal.notices.rules import Kind as NoticeKind
from portal.papers.documents import Page
certificates.A_PART = 1
whole, made = Page.pdf, []
def pdf(page):
    made.append(1)
    if len(made) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return whole(page)
Page.pdf = pdf
app = create_app()
with app.app_context():
    Jobs().run(app.extensions["settings"], lambda: False)
"""


def renders(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Count the conversions from here on."""
    made: list[str] = []
    whole = Page.pdf

    def pdf(page: Page) -> bytes:
        made.append(page.html)
        return whole(page)

    monkeypatch.setattr(Page, "pdf", pdf)
    return made


def content(office: Office, job_id: int) -> bytes:
    """The result of a job, as the store gives it."""
    job = office.job(job_id)
    assert job.state == State.DONE, (job.state, job.error)
    with results_store().open(job.tenant_id, job.sha256) as found:
        whole = found.read()
    assert len(whole) == job.size
    return whole


def ends(office: Office) -> None:
    """End the officer's membership (call inside a scope)."""
    key = (office.tenant_id, office.district.officer.place.membership_id)
    places.end_membership(db.session.get_one(Membership, key), signin.today())


def test_a_killed_worker_loses_only_the_part_it_was_making(
    server: Any, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """kill -9 half-way: nobody takes the job while its turn runs, then another finishes it, once."""
    job_id = office.ask()
    urls = server.urls(office.run_database)
    environment = {
        "PATH": os.environ["PATH"],
        "PORTAL_DATA": str(office.settings.data),
        "DATABASE_URL": urls.web,
        "DATABASE_URL_PROVINCE": urls.oversight,
        "DATABASE_URL_ADMIN": urls.admin,
        "SECRET_KEY": office.settings.secret_key,
    }
    done = subprocess.run([sys.executable, "-c", KILLED], cwd=ROOT, env=environment, check=False)
    assert done.returncode == -signal.SIGKILL
    left = office.job(job_id)
    assert (left.state, left.attempts, left.done, left.total) == ("running", 1, 1, 2)
    parts = list((office.folder / f"{office.tenant_id}-{job_id}").iterdir())
    assert len(parts) == 1, "one whole part, nothing half written"
    assert office.work() == 0, "the turn of the dead worker has not run out"
    office.change(job_id, lease_until=signin.now() - timedelta(seconds=1))
    monkeypatch.setattr(certificates, "A_PART", 1)
    made = renders(monkeypatch)
    assert office.work() == 1
    assert len(made) == 1, "the finished part was kept"
    assert office.work() == 0
    whole = office.job(job_id)
    assert (whole.state, whole.attempts, whole.done, whole.error) == ("done", 2, 2, "")
    assert len(reading.pages(content(office, job_id))) == 2
    assert not list(office.folder.iterdir()), "the parts are gone with the job"
    with acting_in(STEWARD):
        assert db.session.scalar(select(func.count()).select_from(Job)) == 1


def told(office: Office) -> list[tuple[int, str]]:
    """Who was told of jobs, and what."""
    with acting_in(STEWARD):
        rows = select(Notice.account_id, Notice.sentence).where(Notice.kind == "job").order_by(Notice.id)
        return [(account, sentence) for account, sentence in db.session.execute(rows)]


def test_who_asked_finds_it_in_the_inbox(office: Office, client: Any) -> None:
    """One notice for one end, for that person alone; the worker may tell nothing else to nobody else."""
    job_id = office.ask()
    office.work()
    officer, title = office.district.officer, office.job(job_id).title
    assert told(office) == [(officer.identity.account_id, f"Đã làm xong “{title}”; tệp giữ 7 ngày.")]
    for person, there in ((officer, True), (office.admin, False)):
        page = office.world.sign_in(client, person).get("/thong-bao").text
        assert (f"Đã làm xong “{title}”" in page) is there
    for account, kind in ((office.admin.identity.account_id, "job"), (officer.identity.account_id, "step")):
        with pytest.raises(DBAPIError, match="row-level security"), acting_in(queue.WORK):
            tell_person(office.tenant_id, account, "x", "", NoticeKind(kind))


def test_two_people_share_one_job(office: Office) -> None:
    """The same batch is one job while it is on its way and while its content has not changed; the trail has one entry."""
    first = office.ask()
    assert office.ask(office.district.leader) == first
    assert office.ask(kind="decision") != first
    office.work()
    assert office.ask(office.admin) == first
    archive = office.ask(kind="archive", subject=2026)
    kept = {"sha256": "0" * 64, "ended_at": signin.now(), "expires_at": signin.now() + rules.KEPT}
    office.change(archive, state="done", **kept)
    assert office.ask(kind="archive", subject=2026) == archive, "asking alone changes nothing"
    with office.world.acting(office.admin) as actor:
        db.session.add(
            TrailEntry(
                tenant_id=office.tenant_id,
                act="unit.edit",
                at=signin.now(),
                real_at=signin.now(),
                account_id=actor.account_id,
                actor=actor.full_name,
                role="",
                sentence="đã sửa.",
                detail={},
                inner_act=False,
            )
        )
    assert office.ask(kind="archive", subject=2026) > archive, "something happened in the district"
    with acting_in(STEWARD):
        asked = select(func.count()).where(TrailEntry.act == "job_ask")
        assert db.session.scalar(asked) == 4


def test_asking_at_the_same_moment_makes_one(office: Office) -> None:
    """Two requests that both see no job yet: one is begun, both get it."""
    met: list[int] = []
    barrier = threading.Barrier(2)
    whole = queries.waiting

    def both(place: Any) -> int:
        barrier.wait(10)
        return whole(place)

    def asks(person: Any) -> None:
        with office.world.app.app_context():
            met.append(office.ask(person))
            db.session.remove()

    operations.queries.waiting, people = both, (office.district.officer, office.district.leader)  # type: ignore[assignment]
    try:
        threads = [threading.Thread(target=asks, args=(person,)) for person in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
    finally:
        operations.queries.waiting = whole  # type: ignore[assignment]
    assert len(met) == 2
    assert len(set(met)) == 1


def test_cancelling(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A waiting job ends at once, one under way at its next step; only who asked or the administrator may."""
    waiting = office.ask()
    with office.world.acting(office.district.leader) as actor, pytest.raises(Refused, match="yêu cầu"):
        operations.cancel(actor, waiting)
    with office.world.acting(office.admin) as actor:
        operations.cancel(actor, waiting)
    assert office.job(waiting).state == State.CANCELLED
    assert office.work() == 0
    with office.world.acting(office.admin) as actor, pytest.raises(Refused, match="đã kết thúc"):
        operations.cancel(actor, waiting)
    running = office.ask()
    monkeypatch.setattr(certificates, "A_PART", 1)
    made = renders(monkeypatch)
    step = working.Turn.step

    def called_off(turn: Any, done: int, total: int) -> None:
        if done == 1:
            with office.world.acting(office.district.officer) as actor:
                operations.cancel(actor, running)
        step(turn, done, total)

    monkeypatch.setattr(working.Turn, "step", called_off)
    office.work()
    over = office.job(running)
    assert (over.state, over.sha256, over.ended_by) == (
        "cancelled",
        "",
        office.district.officer.identity.full_name,
    )
    assert len(made) == 1
    assert not list(office.folder.iterdir())


def test_a_job_cancelled_at_the_last_moment_leaves_no_file(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the last step and the result: cancelled is cancelled, and the file is not kept."""
    job_id = office.ask()
    put = results_store().put_file

    def late(tenant_id: int, path: Path) -> str:
        with office.world.acting(office.district.officer) as actor:
            operations.cancel(actor, job_id)
        return put(tenant_id, path)

    monkeypatch.setattr(results_store(), "put_file", late)
    office.work()
    assert office.job(job_id).state == State.CANCELLED
    assert not [path for path in (office.settings.evidence / "ket-qua").rglob("*") if path.is_file()]


def test_rights_are_asked_when_it_is_done(office: Office) -> None:
    """A membership ended, a person disabled, a role that lost the right: nothing is made, and the page says why."""
    ended, disabled = office.ask(), office.ask(office.district.leader, "decision")
    with acting_in(STEWARD):
        ends(office)
        places.disable_account(office.district.leader.identity.account_id)
    office.work()
    for job_id in (ended, disabled):
        job = office.job(job_id)
        assert (job.state, job.error, job.sha256) == (State.FAILED, working.GONE, "")
    assert not told(office), "who is gone is told nothing"


def test_a_right_that_ends_while_it_is_done(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even a finished file is not handed over to who left meanwhile."""
    job_id = office.ask()
    build = certificates.Certificates.build

    def leaving(batch: Any, turn: Any) -> Result:
        made = build(batch, turn)
        with acting_in(STEWARD):
            ends(office)
        return made

    monkeypatch.setattr(certificates.Certificates, "build", leaving)
    office.work()
    assert office.job(job_id).error == working.GONE
    assert office.job(job_id).sha256 == ""


def test_districts_take_turns(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """One district's many jobs do not hold up another's, nor take more than their share of workers."""
    mine = [
        office.ask(kind=kind, subject=s)
        for kind, s in (("certificates", 0), ("decision", 0), ("archive", 2026))
    ]
    theirs = office.ask(office.other.officer, "archive", 2026)
    taken = [queue.claim(), queue.claim(), queue.claim()]
    assert [one.id for one in taken if one] == [mine[0], theirs, mine[1]]
    assert queue.claim() is None, "two of one district at once, however many workers"
    first = taken[0]
    assert first is not None
    assert queue.put_back(first)
    assert office.job(mine[0]).attempts == 0
    later = queue.claim()
    assert later is not None
    assert later.id == mine[2], "of one district the one that has waited longest for a turn"
    # A job that takes long makes way when another district waits, and goes on afterwards.
    for one in (*taken[1:], later):
        assert one is not None
        queue.put_back(one)
    office.change(mine.pop(), state="cancelled", ended_at=signin.now())
    monkeypatch.setattr(rules, "TURN", timedelta(0))
    order: list[int] = []
    claim = queue.claim

    def noted() -> Any:
        held = claim()
        order.extend([held.tenant_id] if held else [])
        return held

    monkeypatch.setattr(queue, "claim", noted)
    office.work()
    assert {office.job(one).state for one in (*mine, theirs)} == {State.DONE}
    assert office.other.tenant_id in order[:3]
    with zipfile.ZipFile(io.BytesIO(content(office, theirs))) as package:
        assert {name.partition("/")[0] for name in package.namelist()} == {"Luu-tru-Huyen-Kien-Thuy-2026"}


def test_too_many_waiting(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The queue of one district has an end, said in a sentence."""
    monkeypatch.setattr(rules, "MOST_WAITING", 1)
    office.ask()
    with pytest.raises(Refused, match="Đang có 1 việc chờ"):
        office.ask(kind="decision")


def test_a_worker_thought_dead_can_write_nothing(office: Office) -> None:
    """Whoever took the job over holds it alone: no progress, no result, no failure of the first."""
    job_id = office.ask()
    first = queue.claim()
    assert first is not None
    office.change(job_id, lease_until=signin.now() - timedelta(seconds=1))
    second = queue.claim()
    assert second is not None
    assert second.id == job_id
    assert queue.renew(first, done=2, total=3) == "lost"
    assert not queue.finish(first, Result(Path("x"), "x.pdf", "application/pdf"), "0" * 64, 1)
    assert not queue.fail(first, "x")
    assert not queue.put_back(first)
    assert not told(office)
    job = office.job(job_id)
    assert (job.state, job.lease, job.done, job.attempts) == ("running", second.lease, 0, 2)
    assert queue.renew(second, done=1, total=3) == ""


def test_failures_are_tried_again_and_end(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An accident is tried again after a growing pause, then told; what kills its worker each time is given up."""
    job_id = office.ask()

    def breaks(_batch: Any, _turn: Any) -> Result:
        raise OSError("No space left on device")

    monkeypatch.setattr(certificates.Certificates, "build", breaks)
    for attempt in range(1, rules.MOST_ATTEMPTS):
        assert office.work() == 1
        job = office.job(job_id)
        assert (job.state, job.attempts) == ("waiting", attempt)
        assert job.due_at - signin.now() > rules.pause_after(attempt) - timedelta(seconds=20)
        assert office.work() == 0, "it rests"
        office.change(job_id, due_at=signin.now())
    office.work()
    assert (office.job(job_id).state, office.job(job_id).error) == ("failed", working.FAILED)
    assert "No space left" in caplog.text
    assert [said for _, said in told(office)] == [
        f"Chưa làm được “{office.job(job_id).title}”. {working.FAILED}"
    ], "told once, at the end"
    again = office.ask()
    assert again != job_id
    office.change(
        again,
        state="running",
        lease="x",
        attempts=rules.MOST_ATTEMPTS,
        lease_until=signin.now() - timedelta(seconds=1),
    )
    assert office.work() == 0
    assert office.job(again).state == State.FAILED
    assert "nhiều lần" in office.job(again).error
    assert [said for _, said in told(office)][1:] == [
        f"Chưa làm được “{office.job(again).title}”. {queue.GIVEN_UP}"
    ]


def wait_until_done(office: Office, job_id: int) -> None:
    """Wait for a job that another thread does; goes on without it when something is wrong."""
    given_up = time.monotonic() + LONG
    while office.job(job_id).state != State.DONE and time.monotonic() < given_up:
        time.sleep(0.05)


def test_a_stopped_worker_lets_its_job_go_at_once(office: Office) -> None:
    """Ctrl-C: the job waits for the next start, no turn is lost; a real worker thread does it then and ends."""
    job_id = office.ask()
    asked = iter([False, True, True, True])
    office.work(lambda: next(asked))
    stopped = office.job(job_id)
    assert (stopped.state, stopped.attempts, stopped.lease) == ("waiting", 0, "")
    ended = threading.Event()

    def worker() -> None:
        with office.world.app.app_context():
            on_and_on(office.settings, ended)

    thread = threading.Thread(target=worker)
    thread.start()
    wait_until_done(office, job_id)
    ended.set()
    thread.join(LONG)
    assert not thread.is_alive()
    assert office.job(job_id).state == State.DONE


def test_a_silent_mail_server_holds_up_no_job(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each kind of work has a thread of its own."""

    class Stuck:
        name, rest = "mail", 0.1

        def run(self, _settings: Any, stop: Any) -> int:
            while not stop():
                time.sleep(0.02)
            return 0

    job_id = office.ask()
    monkeypatch.setattr(work, "kinds", lambda _settings: [Stuck(), working.Jobs()])
    ended = threading.Event()

    def watch() -> None:
        with office.world.app.app_context():
            wait_until_done(office, job_id)
            db.session.remove()
        ended.set()

    thread = threading.Thread(target=watch)
    thread.start()
    on_and_on(office.settings, ended)
    thread.join()
    assert office.job(job_id).state == State.DONE


def test_results_are_kept_for_days(office: Office) -> None:
    """Past its time a file is gone from the store, unless another job still gives the same; old rows go too."""
    old = office.ask()
    office.work()
    sha256 = office.job(old).sha256
    office.change(old, mark="something else")
    new = office.ask()
    assert new != old
    office.work()
    assert office.job(new).sha256 == sha256, "equal content is one file"
    office.change(old, expires_at=signin.now())
    store = results_store()
    assert queue.clear(store.drop) == 1
    assert store.has(office.tenant_id, sha256)
    office.change(new, expires_at=signin.now())
    busy = office.ask(kind="decision")
    held = queue.claim()
    assert queue.clear(store.drop) == 0, "while a job runs, its content may be on its way"
    assert held is not None
    queue.cancel(held)
    assert queue.clear(store.drop) == 1
    assert not store.has(office.tenant_id, sha256)
    assert office.job(new).sha256 == ""
    office.change(busy, ended_at=signin.now() - rules.REMEMBERED)
    queue.clear(store.drop)
    with acting_in(STEWARD):
        assert sorted(db.session.scalars(select(Job.id))) == [old, new]
    stray = office.folder / f"{office.tenant_id}-{old}"
    stray.mkdir(parents=True)
    office.work()
    assert not stray.exists(), "folders of jobs that are over are cleared"


def test_unknown_kinds_and_subjects(office: Office) -> None:
    """What cannot be made is refused with its sentence, at asking and again at doing."""
    with pytest.raises(Refused, match="Xin chọn một việc"):
        office.ask(kind="everything")
    with pytest.raises(Refused, match="Không tìm thấy quyết định"):
        office.ask(subject=office.decision_id + 1)
    with pytest.raises(Refused, match="chưa có hồ sơ nào nộp"):
        office.ask(kind="archive", subject=2031)
    job_id = office.ask(kind="archive", subject=2026)
    office.change(job_id, subject=2031)
    office.work()
    assert "chưa có hồ sơ nào nộp" in office.job(job_id).error
    gone = office.ask(kind="archive", subject=2026)
    office.change(gone, kind="withdrawn")
    office.work()
    assert office.job(gone).state == State.WAITING, "a kind this version does not know is tried again later"
    assert TurnOver("later").why == "later"
    assert office.unit_head.place.role is Role.UNIT_HEAD
