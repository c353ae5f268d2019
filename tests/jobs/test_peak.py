"""The last evenings: long work waits and says so; a database without a free connection asks for patience."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.exc import TimeoutError as PoolTimeout

from portal.dossiers import operations as dossiers
from portal.jobs import peak
from portal.jobs.commands import peak_command
from portal.jobs.rules import State
from tenants.database import db
from tenants.people import Role
from tenants.scope import acting_in
from tests.builders import STEWARD, World
from tests.jobs.conftest import Office


def test_jobs_wait_through_the_busy_hours(office: Office, client: Any) -> None:
    """A job asked for is taken and waits, its page says until when; afterwards it is done."""
    run = office.world.app.test_cli_runner().invoke
    assert "Giờ cao điểm đến" in run(peak_command, ["on", "--hours", "3"]).output
    job_id = office.ask()
    assert office.work() == 0
    assert office.job(job_id).state == State.WAITING
    officer = office.world.sign_in(client, office.district.officer)
    assert "Đang giờ cao điểm nộp hồ sơ" in officer.get("/viec-dang-chay").get_data(as_text=True)
    assert "Đã tắt" in run(peak_command, ["off"]).output
    assert office.work() == 1
    assert office.job(job_id).state == State.DONE


def test_busy_hours_end_by_themselves(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has to remember to switch them off."""
    with acting_in(STEWARD):
        ends = peak.begin(1)
        assert peak.until() == ends.replace(microsecond=0)
        monkeypatch.setattr("tenants.signin.now", lambda: ends)
        assert peak.until() is None


def test_without_a_connection_what_was_typed_is_kept(
    world: World, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """503 with the time to come back, the form ready to be sent again; a secret is never written into a page."""
    tenant_id = world.a_district()
    unit_id = world.a_unit(tenant_id)
    head = world.a_person(Role.UNIT_HEAD, tenant_id, unit_id)
    dossier_id = world.a_dossier(tenant_id, unit_id)
    browser = world.sign_in(client, head)

    def no_connection(*_args: Any, **_kwargs: Any) -> Any:
        raise PoolTimeout("QueuePool limit reached")

    with monkeypatch.context() as patch:
        patch.setattr(dossiers, "save_texts", no_connection)
        patch.setattr(db.engines[None].pool, "_do_get", no_connection)
        typed = {"strengths": 'Điểm mạnh "rất" <dài>', "csrf_token": "x"}
        answer = browser.post(f"/ho-so/{dossier_id}/loi", data=typed)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "30"
        assert 'value="Điểm mạnh &#34;rất&#34; &lt;dài&gt;"' in page
        part = browser.post("/x", data=typed, headers={"HX-Request": "true"})
        assert part.status_code == 503
        assert part.headers["X-Message"]
        secret = browser.post("/dang-nhap", data={"login": "a", "password": "mật khẩu"}).get_data(
            as_text=True
        )
        assert "mật khẩu" not in secret
    assert browser.get(f"/ho-so/{dossier_id}").status_code == 200
