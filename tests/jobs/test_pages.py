"""The page of what is under way: asking, progress without script, calling off, fetching; and who may not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import event

from portal.jobs import queue
from portal.jobs.rules import State, days_left, pause_after, percent, tries_again
from tenants import signin
from tenants.database import db
from tests.conftest import JudgingClient
from tests.deciding import Browser
from tests.jobs.conftest import Office

PAGE = "/viec-dang-chay"


def signed_in(office: Office, person: Any) -> Browser:
    """A browser whose pages are judged, with somebody signed in."""
    client = JudgingClient(office.world.app, office.world.app.response_class)
    return Browser(office.world.sign_in(client, person))


def test_from_asking_to_the_file(office: Office) -> None:
    """The decision's page asks, the list shows progress that a reload renews, the file comes with its name."""
    browser = signed_in(office, office.district.officer)
    page = browser.get(f"/huyen/quyet-dinh/{office.decision_id}").get_data(as_text=True)
    assert "Lập giấy chứng nhận cả loạt" in page
    assert f"/van-ban/quyet-dinh/{office.tenant_id}/{office.decision_id}.docx" in page
    asked = {"kind": "certificates", "subject": str(office.decision_id)}
    answer = browser.post(PAGE, asked, follow_redirects=True)
    said = answer.get_data(as_text=True)
    assert "Đã nhận việc" in said
    assert "Giấy chứng nhận theo Quyết định số 12/QĐ-UBND (2 đơn vị)" in said
    assert 'hx-trigger="every 3s"' in said
    assert 'href="/viec-dang-chay">Xem tiến độ mới nhất' in said
    again = browser.post(PAGE, asked, follow_redirects=True).get_data(as_text=True)
    assert "dùng chung một kết quả" in again
    held = queue.claim()
    assert held is not None
    queue.renew(held, done=1, total=2)
    under_way = browser.get(PAGE).get_data(as_text=True)
    assert '<progress max="100" value="50"' in under_way
    assert "1/2" in under_way
    assert browser.get(f"{PAGE}/{held.id}/tep").status_code == 409
    queue.put_back(held)
    office.work()
    finished = browser.get(PAGE).get_data(as_text=True)
    assert "every 3s" not in finished
    assert "còn 7 ngày" in finished
    file = browser.get(f"{PAGE}/{held.id}/tep")
    assert file.data.startswith(b"%PDF")
    assert "Giay-chung-nhan-12-QD-UBND-2026.pdf" in file.headers["Content-Disposition"]
    assert int(file.headers["Content-Length"]) == len(file.data)
    file.close()
    office.change(held.id, expires_at=signin.now())
    gone = browser.get(f"{PAGE}/{held.id}/tep")
    assert gone.status_code == 410
    assert "giữ 7 ngày" in gone.get_data(as_text=True)
    assert "Đã hết hạn giữ" in browser.get(PAGE).get_data(as_text=True)


def test_calling_off_and_what_stands_in_the_way(office: Office) -> None:
    """Buttons for who may; a sentence for a failure, for a job nobody takes, for what was typed by hand."""
    job_id = office.ask()
    office.change(job_id, due_at=signin.now() - timedelta(minutes=11))
    leader = signed_in(office, office.district.leader)
    page = leader.get(PAGE).get_data(as_text=True)
    assert "Việc chờ đã lâu" in page
    assert f"{PAGE}/{job_id}/huy" not in page
    refused = leader.post(f"{PAGE}/{job_id}/huy")
    assert refused.status_code == 403
    officer = signed_in(office, office.district.officer)
    assert f"{PAGE}/{job_id}/huy" in officer.get(PAGE).get_data(as_text=True)
    assert "Đã hủy." in officer.post(f"{PAGE}/{job_id}/huy", follow_redirects=True).get_data(as_text=True)
    assert office.job(job_id).state == State.CANCELLED
    for data in (
        {},
        {"kind": "certificates"},
        {"kind": "certificates", "subject": "-1"},
        {"kind": "certificates", "subject": "9" * 40},
        {"kind": "certificates", "subject": "١٢"},
        {"kind": "x" * 5000, "subject": "1"},
    ):
        answer = officer.post(PAGE, data)
        assert answer.status_code == 422, data
        assert "Xin chọn một việc trong danh sách" in answer.get_data(as_text=True)
    assert officer.post(PAGE, {"kind": "archive", "subject": "2031"}).status_code == 409


def test_no_other_district_and_no_unit(office: Office) -> None:
    """Another district's job is an unknown one; a unit has no such page; its file stays where it is."""
    job_id = office.ask()
    office.work()
    stranger = signed_in(office, office.other.officer)
    assert stranger.get(f"{PAGE}/{job_id}/tep").status_code == 404
    assert stranger.post(f"{PAGE}/{job_id}/huy").status_code == 404
    assert "Quyết định số 12" not in stranger.get(PAGE).get_data(as_text=True)
    foreign = stranger.post(PAGE, {"kind": "certificates", "subject": str(office.decision_id)})
    assert foreign.status_code == 404
    unit = signed_in(office, office.unit_head)
    assert "Quyết định số 12" not in unit.get(PAGE).get_data(as_text=True)
    assert unit.get(f"{PAGE}/{job_id}/tep").status_code == 404
    assert unit.post(PAGE, {"kind": "archive", "subject": "2026"}).status_code == 403


def test_what_no_button_sends(office: Office) -> None:
    """A subject with zeros before a number no row can have, or with thousands of digits, is a sentence and no error."""
    browser = signed_in(office, office.district.officer)
    for subject in ("0" * 11 + "1" * 20, "0" * 11 + "1" + "0" * 5_000, "٣", "-1", "", "1" * 400_000):
        answer = browser.post(PAGE, {"kind": "archive", "subject": subject})
        assert answer.status_code == 422, subject[:40]
        assert "Xin chọn một việc" in answer.get_data(as_text=True)


def test_browsers_find_our_icon(office: Office) -> None:
    """`/favicon.ico`, which browsers ask for whatever a page says, is our own and no error page."""
    answer = office.world.app.test_client().get("/favicon.ico")
    assert answer.status_code == 200
    assert answer.data.startswith(b"\x00\x00\x01\x00")
    answer.close()


def test_the_list_asks_as_much_for_many(office: Office) -> None:
    """Forty jobs: two pages, no query more than for one."""
    browser = signed_in(office, office.admin)
    counted: list[int] = []
    for jobs in (1, 39):
        for _ in range(jobs):
            office.change(office.ask(), state="cancelled", ended_at=signin.now())
        db.session.remove()
        sent: list[str] = []
        engines = list(db.engines.values())

        def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any, into: list[str] = sent) -> None:
            into.append(statement)

        for engine in engines:
            event.listen(engine, "before_cursor_execute", note)
        page = browser.get(PAGE).get_data(as_text=True)
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)
        counted.append(len(sent))
    assert counted[0] == counted[1]
    assert "1–25 trong 40 việc" in page


def test_the_rules() -> None:
    """How far, how long kept, how long a rest; the last percent waits for the file."""
    now = signin.now()
    assert [percent(*of) for of in ((0, 0), (0, 3), (1, 3), (3, 3), (5, 3))] == [0, 0, 33, 99, 99]
    assert days_left(now + timedelta(days=7), now) == 7
    assert days_left(now + timedelta(days=6, hours=1), now) == 7
    assert days_left(now + timedelta(minutes=1), now) == 1
    assert days_left(now, now) == days_left(now - timedelta(days=1), now) == 0
    assert [pause_after(n).seconds for n in (0, 1, 2, 3)] == [30, 30, 60, 120]
    assert [tries_again(n) for n in (1, 3, 4)] == [True, True, False]
