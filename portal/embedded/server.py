"""A private PostgreSQL server in a folder of ours, for a trial and for tests.

It runs as a child of the program that started it and shuts down cleanly when that program ends, however it
ends; after a `kill -9` of the server itself the next start recovers. Roles and tables are not its business.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import json
import os
import secrets
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import psycopg
from psycopg import sql

from ..stops import NoDatabase
from .accounts import Account, may_enter, serving_account
from .binaries import described, find_binaries, runnable
from .cluster import SUPERUSER, failure, fitting, initialise
from .folders import OPEN_PLACES, PORT, check_room, make_folder, make_socket_folder, socket_folder, write_once
from .postmaster import Postmaster, die_with_parent

LOGINS = ("portal_migrate", "portal_web", "portal_oversight")
LOG_LIMIT = 10 * 1024 * 1024
OPTIONS = {
    "listen_addresses": "",
    "port": str(PORT),
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    "random_page_cost": "1.1",
}


class Urls(NamedTuple):
    """Database URLs of the three logins: commands, the portal, the province's reading."""

    admin: str
    web: str
    oversight: str


class Server:
    """The private server of one folder.

    `data` holds the cluster, the passwords and the log. `binaries` is a folder of programs; without it the first
    of `find_binaries()` that fits the cluster is taken. `options` are further settings of the server.
    """

    def __init__(
        self, data: Path, binaries: Path | None = None, options: Mapping[str, str] | None = None
    ) -> None:
        self.data = data.absolute()
        self._chosen = described(binaries) if binaries else None
        self._options = {**OPTIONS, **(options or {})}
        self._child: subprocess.Popen[bytes] | None = None
        self._starter = 0

    @property
    def cluster(self) -> Path:
        """The folder that PostgreSQL itself owns.

        It stands in `data`, or, when root may enter `data` but the account that root becomes may not, in an open
        place whose path is kept in the file `data/place`.
        """
        place = self.data / "place"
        return Path(place.read_text().strip()) if place.exists() else self.data / "cluster"

    @property
    def log(self) -> Path:
        """The server's own log."""
        return self.data / "server.log"

    @property
    def running(self) -> bool:
        """Whether a live server holds the folder, whoever started it."""
        return Postmaster.of(self.cluster) is not None

    @property
    def started_here(self) -> bool:
        """Whether this very process started the server that now runs."""
        return self._child is not None and self._starter == os.getpid() and self._child.poll() is None

    @property
    def passwords(self) -> dict[str, str]:
        """Passwords of the superuser and the three logins, made once and kept readable for the owner only."""
        make_folder(self.data)
        kept = self.data / "passwords"
        if not kept.exists():
            if (self.cluster / "PG_VERSION").exists():
                raise NoDatabase(
                    f"Thiếu tệp mật khẩu {kept} của máy chủ dữ liệu. Hãy lấy lại tệp này từ bản sao lưu.",
                    f"The server's password file {kept} is missing. Bring it back from a backup.",
                )
            made = {login: secrets.token_urlsafe(24) for login in (SUPERUSER, *LOGINS)}
            write_once(kept, json.dumps(made))
        stored: dict[str, str] = json.loads(kept.read_text())
        return stored

    def ensure(self) -> dict[str, Any]:
        """Create the cluster if it is missing and start the server if it does not run.

        Returns what `psycopg.connect(**…)` needs to enter as superuser. Call it from the main thread: the server
        ends with the thread that started it. Raises `NoDatabase` with the reason.
        """
        make_folder(self.data)
        with self._alone():
            if not self._settled():
                check_room(self.data)
                account = serving_account(self.cluster)
                self._choose_place(account)
                there = [self._chosen] if self._chosen else find_binaries()
                programs = fitting(there, self.cluster)
                path = runnable(programs, account, [self.data / "programs", *OPEN_PLACES])
                if not (self.cluster / "PG_VERSION").exists():
                    initialise(self.cluster, path, programs.major, account, self.passwords[SUPERUSER])
                self._start(path, account)
        return self.superuser()

    def stop(self) -> None:
        """Stop the server cleanly: transactions are broken off, everything committed is on disk."""
        postmaster = Postmaster.of(self.cluster)
        if self._child is not None and self._starter != os.getpid():
            return
        if postmaster is not None:
            postmaster.stop()
        if self._child is not None:
            self._child.wait()
            self._child = None
        with contextlib.suppress(OSError):
            socket_folder(self.data, serving_account(self.cluster)).rmdir()

    def last_words(self) -> NoDatabase:
        """Return why the server ended, from the end of its log."""
        lines = self.log.read_text(errors="replace")[-4000:] if self.log.exists() else ""
        return failure("tiếp tục", "go on", lines)

    def superuser(self, database: str = "postgres") -> dict[str, Any]:
        """Return the arguments of `psycopg.connect` that enter a database as superuser."""
        return {
            "host": str(self._sockets()),
            "port": PORT,
            "user": SUPERUSER,
            "password": self.passwords[SUPERUSER],
            "dbname": database,
        }

    def create_database(self, name: str) -> bool:
        """Create an empty database unless it is there; returns whether it was created."""
        with psycopg.connect(**self.superuser(), autocommit=True) as connection:
            if connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
                return False
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        return True

    def urls(self, database: str) -> Urls:
        """Return the URLs of the three logins for a database, through the socket folder."""
        host, passwords = quote(str(self._sockets()), safe=""), self.passwords
        return Urls(
            *(f"postgresql://{u}:{passwords[u]}@/{quote(database)}?host={host}&port={PORT}" for u in LOGINS)
        )

    def _settled(self) -> bool:
        """Wait while another process's server comes up or goes down; tell whether one serves now."""
        deadline = time.monotonic() + 60
        while (postmaster := Postmaster.of(self.cluster)) is not None:
            if postmaster.ready:
                with contextlib.suppress(psycopg.OperationalError), psycopg.connect(**self.superuser()):
                    return True
            if time.monotonic() > deadline:
                raise self.last_words()
            time.sleep(0.1)
        return False

    def _choose_place(self, account: Account) -> None:
        if self.cluster.exists() or may_enter(account, self.data):
            return
        for place in OPEN_PLACES:
            place.mkdir(parents=True, exist_ok=True, mode=0o711)
            if may_enter(account, place):
                write_once(self.data / "place", str(place / f"{self.data.name}-{secrets.token_hex(6)}"))
                return
        raise NoDatabase(
            f"Tài khoản «{account.name}» không vào được {self.data}. Hãy đặt PORTAL_DATA ngoài thư mục riêng "
            "của root, ví dụ PORTAL_DATA=/srv/cong.",
            f"Account '{account.name}' cannot enter {self.data}. Set PORTAL_DATA outside root's own folder, "
            "for instance PORTAL_DATA=/srv/cong.",
        )

    def _start(self, path: Path, account: Account) -> None:
        sockets = socket_folder(self.data, account)
        options = {**self._options, "unix_socket_directories": str(sockets)}
        arguments = [word for key, value in options.items() for word in ("-c", f"{key}={value}")]
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))
        if self._child is not None and self._starter == os.getpid():
            self._child.wait()  # killed before; until it is reaped its number looks alive
        deadline = time.monotonic() + 15
        while True:
            Postmaster.clear_stale(self.cluster)
            make_socket_folder(sockets, account)
            with self.log.open("a+") as log:
                self.log.chmod(0o600)
                before = log.seek(0, os.SEEK_END)
                self._child = subprocess.Popen(  # noqa: S603
                    [path / "postgres", "-D", self.cluster, *arguments],
                    preexec_fn=die_with_parent(signal.SIGINT),
                    **account.calling(log),
                )
                self._starter = os.getpid()
                if self._came_up():
                    atexit.register(self._stop_own)
                    return
                log.seek(before)
                lines = log.read()
            self._child = None
            # A killed server's last processes need a moment to let go of the folder.
            held = "already exists" in lines or "still in use" in lines
            if not held or time.monotonic() > deadline:
                raise failure("khởi động", "start", lines)
            time.sleep(0.3)

    def _came_up(self) -> bool:
        """Wait until the server takes connections; crash recovery may take minutes. False when it ended."""
        child = self._child
        while child is not None and child.poll() is None:
            postmaster = Postmaster.of(self.cluster)
            if postmaster is not None and postmaster.pid == child.pid and postmaster.ready:
                return True
            time.sleep(0.02)
        return False

    def _stop_own(self) -> None:
        if self.started_here:
            self.stop()

    def _sockets(self) -> Path:
        postmaster = Postmaster.of(self.cluster)
        if postmaster is not None and postmaster.sockets is not None:
            return postmaster.sockets
        return socket_folder(self.data, serving_account(self.cluster))

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Let one program at a time create or start the server of this folder."""
        with (self.data / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
