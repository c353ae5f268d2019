"""The signs by table; the page, the monitor's text and the commands on one installation."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from portal import clock, work
from portal.config import Settings
from portal.figures import keeping
from portal.figures.rules import Proof
from portal.health import pulse
from portal.health.pulse import Beat, note, noted, seen
from portal.health.queries import LAST_BACKUP
from portal.health.rules import Facts, Light, Pulse, signs, worst
from tenants import signin
from tenants.people import Role
from tenants.scope import acting_in
from tests.builders import STEWARD, World

NOW = datetime(2027, 1, 14, 20, 0, tzinfo=UTC)
PULSE = Pulse(at=NOW, checked_at=NOW)
GOOD = Facts(NOW, "0.1", 5_000_000, "", 50_000_000_000, True, PULSE, NOW, NOW, (), Proof(NOW, 0))
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("changed", "key", "light", "said"),
    [
        (
            {"pulse": replace(PULSE, defects=("thiếu chính sách", "khác"))},
            "wall",
            Light.BAD,
            "(và 1 điểm khác)",
        ),
        ({"pulse": replace(PULSE, checked_at=None)}, "wall", Light.WATCH, "Chưa được kiểm tra"),
        ({"pulse": replace(PULSE, checked_at=NOW - 30 * HOUR)}, "wall", Light.WATCH, "đã lâu"),
        ({"store_fault": "Không ghi được."}, "store", Light.BAD, "Không ghi được."),
        ({"free_bytes": 900_000_000}, "store", Light.BAD, "900,0 MB"),
        ({"free_bytes": 9_000_000_000}, "store", Light.WATCH, "9,0 GB"),
        ({"free_bytes": None}, "store", Light.GOOD, "dịch vụ lưu trữ"),
        ({"pulse": None}, "worker", Light.BAD, "Chưa chạy lần nào"),
        ({"pulse": replace(PULSE, at=NOW - HOUR)}, "worker", Light.BAD, "Không có dấu hiệu"),
        ({"pulse": replace(PULSE, at=NOW - HOUR / 6)}, "worker", Light.WATCH, "năm phút"),
        (
            {"pulse": replace(PULSE, jobs_waiting=2, oldest_job=NOW - HOUR)},
            "jobs",
            Light.WATCH,
            "2 việc đang chờ",
        ),
        ({"pulse": replace(PULSE, jobs_failed=1)}, "jobs", Light.WATCH, "1 việc không lập được"),
        ({"pulse": replace(PULSE, letters_lost=3)}, "mail", Light.WATCH, "3 thư bị từ chối"),
        ({"mail": False, "pulse": replace(PULSE, letters_lost=3)}, "mail", Light.GOOD, "MAIL_URL"),
        ({"backup_at": None}, "backup", Light.BAD, "Chưa chạy lần nào"),
        ({"backup_at": NOW - 27 * HOUR}, "backup", Light.WATCH, "Hôm qua"),
        ({"backup_at": NOW - 51 * HOUR}, "backup", Light.BAD, "hai ngày"),
        (
            {"remind_failed": ("tệp gửi dở đã bỏ", "nhắc hạn Huyện A")},
            "remind",
            Light.WATCH,
            "2 phần bị lỗi: tệp gửi dở đã bỏ; nhắc hạn Huyện A.",
        ),
        (
            {"pulse": replace(PULSE, failing=("figures", "mail"))},
            "worker",
            Light.WATCH,
            "bị lỗi khi: đếm số tổng hợp, gửi thư.",
        ),
        ({"proof": None}, "figures", Light.WATCH, "Chưa đối chiếu"),
        (
            {"proof": Proof(NOW, 3, ("Huyện A năm 2026", "Huyện B năm 2025"))},
            "figures",
            Light.BAD,
            "3 số khác với số đếm lại: Huyện A năm 2026; Huyện B năm 2025 và 1 số khác.",
        ),
        ({"proof": Proof(NOW - 27 * HOUR, 0)}, "figures", Light.WATCH, "đã hơn một ngày"),
        (
            {"pulse": replace(PULSE, oldest_change=NOW - HOUR)},
            "figures",
            Light.WATCH,
            "chờ đếm quá 10 phút",
        ),
    ],
)
def test_a_sign_has_its_light(changed: dict[str, Any], key: str, light: Light, said: str) -> None:
    """Each trouble lights its own sign, says itself, and tells what to do unless all is well."""
    found = {sign.key: sign for sign in signs(replace(GOOD, **changed))}
    assert found[key].light is light
    assert said in found[key].said
    assert (found[key].todo == "") == (light is Light.GOOD)


def test_all_is_well() -> None:
    """With everything in order every sign is good."""
    assert {sign.light for sign in signs(GOOD)} == {Light.GOOD}
    assert worst(signs(GOOD)) is Light.GOOD
    assert worst(signs(replace(GOOD, backup_at=None, free_bytes=9_000_000_000))) is Light.BAD


def test_the_page_and_the_monitor_tell_what_was_noted(
    world: World, client: Any, count_queries: list[str]
) -> None:
    """Nothing has run, then the worker and a backup have; the page says so, a monitor elsewhere gets nothing."""
    settings = world.app.extensions["settings"]
    admin = world.sign_in(client, world.province_person())
    page = admin.get("/tinh/van-hanh").get_data(as_text=True)
    assert "Cần xử lý" in page
    assert "Khởi động lại portal-work" in page
    beat = Beat()
    # The check itself is tested with the wall; the settings name another database than the test's.
    beat._checked, beat._checked_at = time.monotonic(), signin.now()
    assert beat.run(settings, lambda: False) == 1
    with acting_in(STEWARD):
        clock.put_setting(LAST_BACKUP, signin.now().isoformat(timespec="seconds"))
    clock.forget_settings()
    count_queries.clear()
    page = admin.get("/tinh/van-hanh").get_data(as_text=True)
    assert len([sent for sent in count_queries if sent.startswith(("select", "SELECT"))]) <= 12
    assert "Đang hoạt động." in page
    assert page.count("Chưa chạy lần nào.") == 1
    assert "Chưa đối chiếu với số đếm lại lần nào." in page
    keeping.note_proof([keeping.Difference(place, 2026, "Huyện An Lão") for place in range(12)])
    page = admin.get("/tinh/van-hanh").get_data(as_text=True)
    assert "12 số khác với số đếm lại: Huyện An Lão năm 2026" in page
    assert "và 2 số khác." in page
    assert keeping.prove() == 0
    assert "Bằng số đếm lại toàn bộ." in admin.get("/tinh/van-hanh").get_data(as_text=True)
    text = client.get("/metrics").get_data(as_text=True)
    assert 'portal_sign{part="worker"} 0' in text
    assert 'portal_sign{part="remind"} 2' in text
    assert "portal_backup_age_seconds" in text
    assert client.get("/metrics", headers={"X-Forwarded-For": "10.0.0.9"}).status_code == 404
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "10.0.0.9"}).status_code == 404


def test_a_token_opens_the_monitors_text(world: World, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a token in the settings it alone opens, from anywhere."""
    settings = replace(world.app.extensions["settings"], metrics_token="mot-ma-du-dai")
    monkeypatch.setitem(world.app.extensions, "settings", settings)
    far = {"REMOTE_ADDR": "10.0.0.9"}
    assert client.get("/metrics").status_code == 404
    right = {"Authorization": "Bearer mot-ma-du-dai", "X-Forwarded-For": "10.0.0.9"}
    assert client.get("/metrics", headers=right, environ_base=far).status_code == 200


def test_a_pulse_is_read_as_it_was_noted(world: World) -> None:
    """What the worker sees goes through the settings unchanged."""
    pulse.failing.add("figures")
    try:
        found = seen(None, ("một", "hai"))
    finally:
        pulse.failing.discard("figures")
    assert found.failing == ("figures",)
    note(replace(found, oldest_change=found.at))
    with acting_in(STEWARD):
        assert noted(clock.settings()) == replace(found, oldest_change=found.at)


def test_only_the_provinces_administrator_sees_it(world: World, client: Any) -> None:
    """An officer of the Department is refused with a sentence."""
    officer = world.sign_in(client, world.province_person(Role.PROVINCE_OFFICER))
    answer = officer.get("/tinh/van-hanh")
    assert answer.status_code == 403
    assert "Vận hành" not in officer.get("/tinh/cac-huyen").get_data(as_text=True)


def test_a_kind_of_work_that_fails_is_named_until_it_does_well(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker goes on with its other work; who looks after it reads which one failed, and no longer once it did well."""

    class Fragile:
        name, rest, broken = "figures", 1.0, True

        def run(self, _settings: Settings, _stop: Callable[[], bool]) -> int:
            if self.broken:
                raise RuntimeError("không đếm được")
            return 0

    kind = Fragile()
    monkeypatch.setattr(work, "kinds", lambda _settings: [kind])
    settings = app.extensions["settings"]
    assert work.once(settings) == ["figures: không đếm được"]
    assert pulse.failing == {"figures"}
    kind.broken = False
    assert work.once(settings) == []
    assert pulse.failing == set()
