"""The test bed: one real server a session, one fresh database a test, and a client that judges every page.

A template database holds roles, schema, wall, catalogue, the province and the year 2026. Each test gets a
copy of it, or of what its builders made once (see `beds.py`), so tests commit for real and never meet each
other's rows.
"""

from __future__ import annotations

import gc
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from flask import g
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from psycopg.conninfo import make_conninfo
from sqlalchemy import event

from portal import create_app
from portal.catalogue.models import CriteriaVersion
from portal.catalogue.operations import load_all
from portal.commands import first_administrator, prepare_database
from portal.config import read
from portal.cycle.operations import open_year
from tenants.access import GuardedFlask
from tenants.database import db
from tenants.scope import Scope, ScopeKind, acting_in
from tests.beds import TEMPLATE, bed_of, execute, lying_in, made_once
from tests.builders import World
from tests.pages import judge, kept_in
from tests.servers import kinds, test_server

SECRET = "for tests only, never used to serve anybody"

# What a test session imports and builds stays to its end; looking through it for garbage cost a tenth of the time.
gc.set_threshold(50_000, 20, 20)

# What runs for a minute or more begins first: workers share what is left of the short tests and end together.
LONG = ("browser", "demo", "journeys", "migrations", "test_routes.py")

# A loaded machine is slow at everything; no test measures time.
hypothesis.settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("unhurried")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest; otherwise tests keep their order."""
    items.sort(key=lambda item: not set(LONG) & set(item.path.parts))


def settings_for(server: Any, database: str, folder: Path) -> Any:
    """Return the settings of a program that uses one database of a test server."""
    urls = server.urls(database)
    return read(
        {
            "PORTAL_DATA": str(folder),
            "DATABASE_URL": urls.web,
            "DATABASE_URL_PROVINCE": urls.oversight,
            "DATABASE_URL_ADMIN": urls.admin,
            "SECRET_KEY": SECRET,
        }
    )


@pytest.fixture(scope="session")
def server() -> Any:
    """The database server of this session: the package's programs, or else the system's."""
    return test_server(kinds()[0].label.partition("-")[0])


@pytest.fixture(scope="session")
def program(server: Any, tmp_path_factory: pytest.TempPathFactory) -> GuardedFlask:
    """The program, built once; its database is the template, which no test touches."""
    folder = tmp_path_factory.mktemp("data")
    execute(server, f"create database {TEMPLATE} template template0 encoding 'UTF8'")
    settings = settings_for(server, TEMPLATE, folder)
    prepare_database(settings, make_conninfo(**server.superuser(TEMPLATE)))
    app = create_app(settings)
    app.config.update(TESTING=True)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(_shared(tmp_path_factory, "templates")))
    kept_in[:] = [_shared(tmp_path_factory, "shapes")]
    with app.app_context(), acting_in(Scope(ScopeKind.STEWARD)):
        load_all()
        first_administrator("Thành phố Hải Phòng", "quantri.tinh")
        version = db.session.query(CriteriaVersion).filter_by(key="tt24-2023").one()
        open_year(2026, version)
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()
            _follow(engine, app)
    gc.freeze()
    return app


def _shared(temporary: pytest.TempPathFactory, name: str) -> Path:
    """A folder of this run for what one worker made and the others need not: every worker's lies in the same one."""
    worker = temporary.getbasetemp()
    folder = (worker.parent if "PYTEST_XDIST_WORKER" in os.environ else worker) / name
    folder.mkdir(exist_ok=True)
    return folder


def _follow(engine: Any, app: GuardedFlask) -> None:
    @event.listens_for(engine, "do_connect")
    def _to_the_test_database(_dialect: Any, _record: Any, _args: Any, parameters: dict[str, Any]) -> None:
        parameters["dbname"] = bed_of(app).name


@pytest.fixture
def app(server: Any, program: GuardedFlask) -> Iterator[GuardedFlask]:
    """The program on a database of its own."""
    with lying_in(server, program):
        yield program


@made_once
def _province(world: World) -> int:
    return world.begin()


@pytest.fixture
def world(app: GuardedFlask) -> World:
    """Builders on the test's database, at 10:00 on 10/01/2027 by the demo clock."""
    made = World(app)
    made.province_id = _province(made)
    return made


class JudgingClient(FlaskClient):
    """A test client that fails on any page with a fault (see `tests/pages.py`)."""

    judging = True

    def open(self, *args: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        """Send a request and judge the page that comes back."""
        kwargs.setdefault("headers", {})
        for key in list(g):  # a request begins with nothing remembered, as on a server
            g.pop(key)
        response = super().open(*args, **kwargs)
        page = response.mimetype == "text/html" and not 300 <= response.status_code < 400
        whole = page and b"<html" in response.data[:400]
        if self.judging and whole:
            faults = judge(response.get_data(as_text=True), response.request.path)
            assert not faults, "\n".join(faults)
        return response


@pytest.fixture
def client(app: GuardedFlask) -> JudgingClient:
    """A client that nobody has signed in."""
    app.test_client_class = JudgingClient
    client = app.test_client()
    assert isinstance(client, JudgingClient)
    return client


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that leaves this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> Any:
        if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "localhost", "::1"):
            raise AssertionError(f"a test tried to reach {address[0]}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture
def count_queries(app: GuardedFlask) -> Iterator[list[str]]:
    """The SQL statements sent while the fixture is in use; clear the list before what is counted."""
    sent: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    engines = list(db.engines.values())
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield sent
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)
