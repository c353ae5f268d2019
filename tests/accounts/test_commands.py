"""The operator's commands on accounts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from portal.trail.models import TrailEntry
from tenants.access import GuardedFlask
from tenants.database import db
from tenants.people import Role
from tenants.scope import acting_in
from tests.builders import STEWARD, World


def test_list_and_disable(app: GuardedFlask, client: Any, world: World) -> None:
    """A shut account is out at once, and the reason is in the trail."""
    person = world.a_person(Role.DISTRICT_OFFICER, world.a_district(code="AL"))
    world.sign_in(client, person)
    assert client.get("/tai-khoan").status_code == 200
    runner = app.test_cli_runner()
    listed = runner.invoke(args=["user", "list", "--tenant", "AL"]).output
    assert listed.startswith(f"{person.login}\t")
    assert len(listed.splitlines()) == 1
    done = runner.invoke(args=["user", "disable", person.login.upper(), "--reason", "mất máy"])
    assert done.exit_code == 0
    assert client.get("/tai-khoan").status_code == 302
    assert "đã khóa" in runner.invoke(args=["user", "list", "--tenant", "AL"]).output
    with acting_in(STEWARD):
        sentence = db.session.scalar(select(TrailEntry.sentence).where(TrailEntry.act == "person.disable"))
    assert sentence == f"đã khóa tài khoản {person.login} từ dòng lệnh: mất máy."


def test_an_unknown_name(app: GuardedFlask, world: World) -> None:
    """A sentence and an exit code."""
    result = app.test_cli_runner().invoke(args=["user", "disable", "khong.ai", "--reason", "x"])
    assert result.exit_code == 1
