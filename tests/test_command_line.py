"""The command line on a database that is not this program's: a sentence and status 1, whatever the command."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest

from portal.command_line import COMMANDS, PREPARING
from tenants.access import GuardedFlask
from tests.beds import bed_of

CALLS = (
    ("backup", "nowhere.zip"),
    ("check",),
    ("demo",),
    ("peak", "off"),
    ("remind",),
    ("roster", "erase"),
    ("tenant", "list"),
    ("user", "list"),
    ("work", "--once"),
)
DATABASES = {
    "empty": ("alter table alembic_version rename to something_else", "chưa được khởi tạo"),
    "never finished": ("delete from alembic_version", "Cơ sở dữ liệu ở bản trống"),
    "older": ("update alembic_version set version_num = '0001'", "Cơ sở dữ liệu ở bản 0001"),
    "newer": ("update alembic_version set version_num = '9999'", "mới hơn chương trình"),
}


@pytest.fixture
def made(app: GuardedFlask) -> Callable[[str], None]:
    """Do something to the database as its superuser."""

    def act(statement: str) -> None:
        with psycopg.connect(**bed_of(app).superuser()) as connection:
            connection.execute(statement.encode())

    return act


def test_every_command_stands_here() -> None:
    """A new command is tried here too."""
    assert {call[0] for call in CALLS} == set(COMMANDS) - PREPARING


@pytest.mark.parametrize("database", DATABASES)
def test_a_command_says_what_its_database_is(
    app: GuardedFlask, made: Callable[[str], None], database: str
) -> None:
    """Nothing is begun, no traceback is shown, and the way on is named."""
    statement, sentence = DATABASES[database]
    made(statement)
    for call in CALLS:
        done = app.test_cli_runner().invoke(args=list(call))
        assert done.exit_code == 1, call
        assert isinstance(done.exception, SystemExit), call
        assert sentence in done.output, (call, done.output)
        assert "flask init" in done.output or database == "newer"
