"""Jobs of units and of the province: whole dossiers, long lists, files taken in, what is too much for a page."""

from __future__ import annotations

import csv
import io
import re
import threading
import time
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import DBAPIError

from portal.catalogue import trial_views
from portal.dossiers.queries import open_sheet
from portal.evidence import operations as evidence
from portal.evidence.linking import link
from portal.evidence.store import results_store, store
from portal.jobs import files, later, operations, peak, queue, rules, working
from portal.jobs.batches import BATCHES, lists
from portal.jobs.models import Job
from portal.jobs.rules import State
from portal.jobs.turn import Result, TurnOver
from portal.jobs.wanted import Wanted
from portal.quality import comparing
from portal.trail.models import TrailEntry
from portal.units.models import ImportBatch, Unit
from tenants import operations as places
from tenants import signin
from tenants.database import db
from tenants.people import Membership, Role
from tenants.refusal import Refused
from tenants.scope import Scope, ScopeKind, acting_in
from tests.builders import STEWARD, Person
from tests.canaries import paper
from tests.jobs.conftest import Office
from tests.jobs.test_pages import PAGE, signed_in

UNITS_FILE = "/huyen/don-vi/xuat.xlsx?kind=primary"


def lines_of(content: bytes, tab: int = 0) -> list[tuple[Any, ...]]:
    """The rows of a workbook."""
    return list(openpyxl.load_workbook(io.BytesIO(content)).worksheets[tab].iter_rows(values_only=True))


def asked(browser: Any, address: str) -> str:
    """Ask for a list on the page that offers it, as its button does; returns the page one is led to."""
    offered = browser.get(address).get_data(as_text=True)
    assert f'name="address" value="{address.replace("&", "&amp;")}"' in offered
    said = browser.post(PAGE, {"kind": "list", "address": address}, follow_redirects=True)
    return str(said.get_data(as_text=True))


def latest(office: Office, **having: Any) -> Job:
    """The last job."""
    with acting_in(STEWARD):
        row = db.session.query(Job).filter_by(**having).order_by(Job.id.desc()).first()
        assert row is not None
        db.session.expunge(row)
        return row


def fetched(browser: Any, job: Job) -> bytes:
    """The file of a job, as the browser gets it."""
    answer = browser.get(f"{PAGE}/{job.id}/tep")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    content: bytes = answer.data
    answer.close()
    return content


def ended(office: Office, person: Person) -> None:
    """End somebody's membership."""
    with acting_in(STEWARD):
        key = (person.place.tenant_id, person.place.membership_id)
        places.end_membership(db.session.get_one(Membership, key), signin.today())


# ---- a unit's whole dossier ----


def a_dossier_with_evidence(office: Office) -> tuple[Person, int]:
    """A unit's dossier with files of every wicked name, one of them lost in the store."""
    world = office.world
    world.set_clock(2026, 12, 20, 9, 0)
    unit_id = world.a_unit(office.tenant_id, "Trường Đang Làm")
    dossier_id = world.a_dossier(office.tenant_id, unit_id, "filled")
    head = world.a_person(Role.UNIT_HEAD, office.tenant_id, unit_id)
    sent = [
        ("../../etc/passwd.pdf", paper("one")),
        ("C:\\CON.PDF", paper("two")),
        ("đẹp\u202efdp.pdf", paper("lost")),
    ]
    with world.acting(head) as actor:
        dossier = world.dossier(office.tenant_id, dossier_id)
        first, second, *_ = open_sheet(dossier).indicators
        kept = evidence.add_to_indicator(actor, dossier, first.id, sent).kept
        link(actor, dossier, second.id, kept[0].id)
        store().drop(office.tenant_id, kept[2].sha256)
    return head, dossier_id


def test_a_whole_dossier_is_its_units_alone(office: Office) -> None:
    """Papers, evidence under names no system minds, each once, what is lost said; and nobody else's business."""
    head, dossier_id = a_dossier_with_evidence(office)
    browser = signed_in(office, head)
    page = browser.get(f"/ho-so/{dossier_id}/van-ban").get_data(as_text=True)
    assert "Cả văn bản và minh chứng (ZIP)" in page
    browser.post(PAGE, {"kind": "dossier", "subject": str(dossier_id)})
    office.work()
    job = latest(office)
    assert (job.state, job.told) == (State.DONE, "Có 1/3 minh chứng không đọc được trong kho.")
    with zipfile.ZipFile(io.BytesIO(fetched(browser, job))) as package:
        assert package.testzip() is None
        names = package.namelist()
        (inside,) = {name.partition("/")[0] for name in names}
        listed = package.read(f"{inside}/danh-muc-minh-chung.csv").decode("utf-8-sig")
    assert {"Mau-01.pdf", "Mau-02.pdf", "Mau-03.pdf"} <= {name.rpartition("/")[2] for name in names}
    assert all(name.isascii() and ".." not in name and "\\" not in name for name in names)
    rows = list(csv.DictReader(io.StringIO(listed)))
    held = [row for row in rows if f"{inside}/{row['Tệp']}" in names]
    assert (len(rows), len(held), len([name for name in names if "/minh-chung/" in name])) == (3, 2, 2)
    assert [bool(row["Ghi chú"]) for row in rows] == [False, False, True]
    assert "," in rows[0]["Chỉ tiêu"], "one file, once, for both indicators"
    other = signed_in(office, office.unit_head)
    for stranger in (other, signed_in(office, office.admin), signed_in(office, office.district.officer)):
        assert stranger.get(f"{PAGE}/{job.id}/tep").status_code == 404
        assert stranger.post(f"{PAGE}/{job.id}/huy").status_code == 404
        assert job.title not in stranger.get(PAGE).get_data(as_text=True)
    assert other.post(PAGE, {"kind": "dossier", "subject": str(dossier_id)}).status_code == 404
    for scope in (
        Scope(ScopeKind.UNIT, office.tenant_id, head.place.unit_id or 0, 1),
        Scope(ScopeKind.UNIT, office.tenant_id, office.unit_head.place.unit_id or 0, 1),
        Scope(ScopeKind.DISTRICT, office.tenant_id, 0, 1),
    ):
        with acting_in(scope):
            seen = db.session.scalar(select(func.count()).where(Job.id == job.id))
            assert seen == (scope.unit_id == head.place.unit_id)
    forged = {c.name: getattr(job, c.name) for c in Job.__table__.columns if c.name != "id"}
    forged |= {"state": "waiting", "ended_at": None, "sha256": "", "expires_at": None, "account_id": 1}
    with (
        pytest.raises(DBAPIError, match="row-level"),
        acting_in(Scope(ScopeKind.DISTRICT, office.tenant_id, 0, 1)),
    ):
        db.session.execute(insert(Job).values(forged))


def test_a_unit_queues_few(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A unit's own limit is a small one, and whose role has gone is served nothing."""
    head, dossier_id = a_dossier_with_evidence(office)
    job_id = office.ask(head, "dossier", dossier_id)
    monkeypatch.setattr(rules, "MOST_WAITING_OF_UNIT", 1)
    assert office.ask(head, "dossier", dossier_id) == job_id
    office.change(job_id, subject=dossier_id + 1)
    with pytest.raises(Refused, match="Đang có 1 việc chờ"):
        office.ask(head, "dossier", dossier_id)
    ended(office, head)
    office.work()
    assert office.job(job_id).error == working.GONE


# ---- lists ----


def test_a_list_on_the_last_evening(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """While others need the machine, and when it is long, a list is offered as a job, and is the same list then."""
    browser = signed_in(office, office.district.officer)
    at_once = browser.get(UNITS_FILE)
    expected = lines_of(at_once.data)
    assert len(expected) > 3
    with acting_in(STEWARD):
        peak.begin(2)
    offered = browser.get(UNITS_FILE).get_data(as_text=True)
    assert "Đang giờ cao điểm nộp hồ sơ" in offered
    assert "việc mới được nhận nhưng chạy sau" in asked(browser, UNITS_FILE)
    assert office.work() == 0
    with acting_in(STEWARD):
        peak.end()
    office.work()
    job = latest(office)
    assert (job.state, job.title) == (State.DONE, "Danh mục đơn vị (XLSX, theo bộ lọc đã chọn)")
    assert lines_of(fetched(browser, job)) == expected
    assert job.file_name == "Danh mục đơn vị Huyện An Lão.xlsx"
    colleague = signed_in(office, office.admin)
    assert colleague.get(f"{PAGE}/{job.id}/tep").status_code == 403, "a list is for who asked"
    assert "chỉ người đó tải được" in colleague.get(PAGE).get_data(as_text=True)
    monkeypatch.setattr(later, "MOST_AT_ONCE", 1)
    assert "dòng nên tệp được lập riêng" in browser.get(UNITS_FILE).get_data(as_text=True)
    again = asked(browser, UNITS_FILE)
    assert "Đã nhận việc" in again
    ended(office, office.district.officer)
    office.work()
    assert latest(office).error == working.GONE


def test_only_a_list_is_made_from_an_address(office: Office) -> None:
    """No other address, no other site's, none that says nothing; and the right of the list is asked at once."""
    browser = signed_in(office, office.district.officer)
    for address in (
        "",
        "/dang-xuat",
        "/huyen/don-vi",
        "/huyen/don-vi/xuat.exe",
        "//xau.vn/huyen/don-vi/xuat.xlsx",
        "//[",
        "https://xau.vn/huyen/don-vi/xuat.xlsx",
        "/huyen/don-vi/xuat.xlsx?q=" + "x" * 3_000,
        "/khong-co\x00",
    ):
        answer = browser.post(PAGE, {"kind": "list", "address": address})
        assert answer.status_code == 422, address
    assert browser.post(PAGE, {"kind": "list", "address": "/nhat-ky/tai-ve.csv"}).status_code == 403
    assert browser.post(PAGE, {"kind": "list", "address": "/tinh/don-vi.csv"}).status_code == 403
    unknown = BATCHES["list"].right_for(Wanted(office.tenant_id, 0, {"address": UNITS_FILE}))
    assert unknown.name == "SEE_DISTRICT"
    browser.post(PAGE, {"kind": "list", "address": "/huyen/bao-cao/999999/so-lieu.csv"})
    office.work()
    assert latest(office).error == lists.GONE, "not what the framework says to programmers"
    # A list that is no more, asked for before an update: its row says so, and the page stands.
    assert browser.post(PAGE, {"kind": "list", "address": UNITS_FILE}).status_code == 303
    with acting_in(STEWARD):
        db.session.execute(
            text("""update job set terms = '{"address": "/da-bo.csv"}', state = 'done', ended_at = now(), size = 1,
                sha256 = repeat('a', 64), expires_at = now() + interval '1 day'""")
        )
    page = browser.get(PAGE)
    assert (page.status_code, "Xin chọn tệp ở trang" in page.text) == (200, True)


# ---- the province ----


def test_what_is_too_much_for_a_page_of_the_province(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of all units, a trial of the whole province, the rule of same figures: jobs of the Department."""
    officer = office.world.province_person(Role.PROVINCE_OFFICER)
    browser = signed_in(office, officer)
    address = "/tinh/don-vi.csv?nam=2026"
    expected = browser.get(address).data
    monkeypatch.setattr(later, "MOST_AT_ONCE", 2)
    assert "Các việc của Sở" in asked(browser, address)
    monkeypatch.setattr(trial_views, "MOST", 0)
    trial = "/bo-tieu-chi/thu-thay-doi/don-vi.xlsx?nam=2026&"
    form = browser.get("/bo-tieu-chi/thu-thay-doi?nam=2026").get_data(as_text=True)
    trial += "&".join(f"{name}=1" for name in re.findall(r'<input[^>]*name="(n\d+-1)"', form))
    page = browser.get(trial.replace("/don-vi.xlsx", "")).get_data(as_text=True)
    assert "tính toàn tỉnh thành tệp Excel" in page
    asked(browser, trial)
    monkeypatch.setattr(comparing, "AT_ONCE", 0)
    quality = "/tinh/chat-luong?nam=2026"
    assert "chưa có lần so nào" in browser.get(quality).get_data(as_text=True)
    browser.post(PAGE, {"kind": "same_figures", "subject": "2026"})
    assert office.work() == 3
    with acting_in(STEWARD):
        jobs = {job.kind + job.media_type[:8]: job for job in db.session.scalars(select(Job))}
        assert {job.state for job in jobs.values()} == {"done"}, [job.error for job in jobs.values()]
        units, tried, same = jobs["listtext/csv"], jobs["listapplicat"], jobs["same_figuresapplicat"]
        db.session.expunge_all()
    assert fetched(browser, units).splitlines()[1:] == expected.splitlines()[1:]
    tabs = openpyxl.load_workbook(io.BytesIO(fetched(browser, tried))).sheetnames
    assert tabs == ["Đơn vị", "Theo huyện", "Theo loại hình"]
    assert "lần gần nhất lúc" in browser.get(quality).get_data(as_text=True)
    assert browser.get(f"{PAGE}/{same.id}/tep").status_code == 409, (
        "what a page reads is no file to take along"
    )
    assert "1–3 trong 3 thông báo" in browser.get("/thong-bao").get_data(as_text=True)
    assert browser.post("/thong-bao/da-doc").status_code == 303
    assert "Đánh dấu tất cả đã đọc" not in browser.get("/thong-bao").get_data(as_text=True)
    district = signed_in(office, office.district.officer)
    assert district.get(f"{PAGE}/{units.id}/tep").status_code == 404
    assert district.post(PAGE, {"kind": "same_figures", "subject": "2026"}).status_code == 403


# ---- files taken in ----


def a_file(rows: int) -> bytes:
    """A registry of so many new units."""
    text = "Tên đơn vị,Loại hình\n" + "".join(f"Trường Mầm non số {n},Mầm non\n" for n in range(rows))
    return text.encode("utf-8-sig")


def sent(browser: Any, content: bytes) -> str:
    """Send a registry; returns the page of its dry run."""
    data = {"file": (io.BytesIO(content), "=cmd|' .csv")}
    answer = browser.post("/huyen/don-vi/nhap", data, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return str(answer.location)


def named(office: Office) -> int:
    """How many units of the file the registry has."""
    with acting_in(STEWARD):
        new = Unit.name.startswith("Trường Mầm non số")
        return int(
            db.session.scalar(select(func.count()).where(new, Unit.tenant_id == office.tenant_id)) or 0
        )


def test_a_large_file_is_read_and_written_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read by a job, shown, written by another; dead after the writing and before its end, it is not written twice."""
    monkeypatch.setattr(files, "AT_ONCE_BYTES", 100)
    monkeypatch.setattr(files, "AT_ONCE_ROWS", 5)
    browser = signed_in(office, office.admin)
    page = sent(browser, a_file(12))
    assert "Đang đọc tệp" in browser.get(page).get_data(as_text=True)
    office.work()
    assert latest(office).told == "Đã đọc 12 dòng; xin xem trước rồi xác nhận."
    assert "Ghi vào danh mục" in browser.get(page).get_data(as_text=True)
    browser.post(page, {})
    assert "Đang ghi tệp" in browser.get(page).get_data(as_text=True)
    again = browser.post(page, {})
    assert again.status_code == 303
    finish = queue.finish

    def dies(*_args: Any) -> bool:
        raise OSError("gone")

    monkeypatch.setattr(queue, "finish", dies)
    office.work()
    assert named(office) == 12
    monkeypatch.setattr(queue, "finish", finish)
    writing = latest(office)
    assert (writing.kind, writing.state) == ("units_write", "waiting")
    office.change(writing.id, due_at=signin.now())
    office.work()
    assert (latest(office).state, latest(office).told, named(office)) == (State.DONE, "Đã ghi 12 dòng.", 12)
    with acting_in(STEWARD):
        entries = select(func.count()).where(TrailEntry.act == "unit.import")
        assert db.session.scalar(entries) == 1
        assert db.session.scalar(select(ImportBatch.content)) is None
    assert "Tệp đã nhập xong" in browser.get(page).get_data(as_text=True)


def test_a_file_that_cannot_be_read_says_so(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence stands on the file's page; a file dropped before it was read is gone; one may be sent again."""
    monkeypatch.setattr(files, "AT_ONCE_BYTES", 10)
    browser = signed_in(office, office.admin)
    page = sent(browser, "Cột lạ,Cột khác\n1,2\n".encode())
    office.work()
    said = browser.get(page).get_data(as_text=True)
    assert "Không thấy bảng danh mục" in said
    assert "Gửi lại tệp" in said
    dropped = sent(browser, a_file(3))
    assert browser.post(f"{dropped}/bo", {}).status_code == 303
    office.work()
    assert "Tệp đã bỏ" in browser.get(dropped).get_data(as_text=True)
    assert latest(office).told == "Đã đọc 0 dòng; xin xem trước rồi xác nhận."


@pytest.mark.parametrize("why", ["cancelled", "lost"])
def test_a_writing_that_is_no_longer_ones_own_is_not_kept(
    office: Office, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    """Called off, or taken over by another worker, while the rows were written: none of them is there."""
    monkeypatch.setattr(files, "AT_ONCE_ROWS", 5)
    browser = signed_in(office, office.admin)
    page = sent(browser, a_file(12))
    browser.post(page, {})
    job = latest(office)
    holds = queue.holds

    def meanwhile(held: Any) -> str:
        other = threading.Thread(target=_elsewhere, args=(office, job.id, why))
        other.start()
        other.join()
        return holds(held)

    monkeypatch.setattr(queue, "holds", meanwhile)
    office.work()
    assert named(office) == 0
    monkeypatch.setattr(queue, "holds", holds)
    if why == "cancelled":
        assert latest(office).state == State.CANCELLED
        assert "Ghi vào danh mục" in browser.get(page).get_data(as_text=True)
    else:
        office.change(job.id, lease_until=signin.now() - timedelta(seconds=1))
        office.work()
        assert (latest(office).state, named(office)) == (State.DONE, 12)


def _elsewhere(office: Office, job_id: int, why: str) -> None:
    """What somebody else does at the same moment, on a connection of their own."""
    with office.world.app.app_context():
        if why == "lost":
            office.change(job_id, lease="another")
        else:
            with office.world.acting(office.admin) as actor:
                operations.cancel(actor, job_id)
        db.session.remove()


# ---- long steps and what passes ----


def test_a_long_step_shows_life_and_hears_of_its_end(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one step takes long the page sees how far it is, the turn does not run out, and a call-off stops it."""
    monkeypatch.setattr(rules, "BEAT", timedelta(seconds=0.05))
    seen: list[tuple[int, int, int]] = []
    limits: list[Any] = []

    def build(_batch: Any, turn: Any) -> Result:
        with turn.reading():
            limits.append(db.session.scalar(text("show statement_timeout")))
        with turn.alive():
            with turn.reading():
                limits.append(db.session.scalar(text("show statement_timeout")))
            for done in range(1, 2_000):
                turn.hear(done, 2_000)
                time.sleep(0.05)
                row = _row(office, turn.held.id)
                if row.done and not seen:
                    seen.append((row.done, row.total, done))
                    _call_off(office, turn.held.id)
        raise AssertionError("nobody stopped it")

    monkeypatch.setattr(type(BATCHES["decision"]), "build", build)
    job_id = office.ask(kind="decision")
    office.work()
    assert office.job(job_id).state == State.CANCELLED
    assert limits == ["15s", "30min"], "a statement of a long step may take longer than one of a page"
    ((done, total, heard),) = seen
    assert 0 < done <= heard
    assert total == 2_000


def _row(office: Office, job_id: int) -> Job:
    return _beside(office, lambda: office.job(job_id))


def _call_off(office: Office, job_id: int) -> None:
    _beside(office, lambda: office.change(job_id, cancel_asked=True))


def _beside(office: Office, act: Callable[[], Any]) -> Any:
    given: list[Any] = []

    def run() -> None:
        with office.world.app.app_context():
            given.append(act())
            db.session.remove()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return given[0]


def test_what_passes_is_tried_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that is full or away is no end: the job rests, and is done when there is room again."""
    job_id = office.ask(kind="decision")
    keeper = results_store()

    def full(*_args: Any) -> str:
        raise Refused("Kho minh chứng đang đầy.", 503)

    with monkeypatch.context() as patch:
        patch.setattr(keeper, "put_file", full)
        office.work()
    rests = office.job(job_id)
    assert (rests.state, rests.attempts, rests.error) == ("waiting", 1, "Kho minh chứng đang đầy.")
    office.change(job_id, due_at=signin.now())
    office.work()
    assert office.job(job_id).state == State.DONE
    assert TurnOver("lost").why == "lost"
