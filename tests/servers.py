"""Database servers of the tests: one private server for each kind of programs, stopped and removed at the end."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

from portal.embedded import Binaries, Server, find_binaries
from portal.stops import NoDatabase

# A test's server need not survive a power cut, nor be copied to another. Its databases are many, small and
# short-lived: nothing sweeps them, and little memory is searched for their pages when one is dropped.
QUICK = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "128MB",
    "autovacuum": "off",
    "shared_buffers": "48MB",
    "max_connections": "60",
}
# Thousands of small files are made and removed: in memory that costs a third, where there is plenty of it.
MEMORY, PLENTY = Path("/dev/shm"), 8 * 1024**3


def kinds() -> list[Binaries]:
    """List the programs to test with: the package and the newest of the system, as far as they are there."""
    found: dict[str, Binaries] = {}
    for programs in find_binaries():
        found.setdefault(programs.label.partition("-")[0], programs)
    return list(found.values())


def open_folder(place: Path | None = None) -> Path:
    """Make a temporary folder that the account which runs PostgreSQL may pass through."""
    folder = Path(tempfile.mkdtemp(prefix=f"dvht-test-{os.getpid()}-", dir=place))
    folder.chmod(0o711)
    return folder


def in_memory() -> Path | None:
    """Return where files are kept in memory, if there is plenty of room; what killed runs left there is removed."""
    for left in MEMORY.glob("dvht-test-*-*"):
        if not Path("/proc", left.name.split("-")[2]).exists():
            shutil.rmtree(left, ignore_errors=True)
    return MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > PLENTY else None


@cache
def test_server(label: str) -> Server:
    """Return the running server of this session for programs "wheel", "system" or "PG_BIN".

    Raises `NoDatabase` when this machine has no such programs.
    """
    for programs in kinds():
        if programs.label.partition("-")[0] == label:
            break
    else:
        raise NoDatabase(
            f"Máy này không có PostgreSQL loại «{label}».", f"No PostgreSQL of kind '{label}' here."
        )
    folder = open_folder(in_memory())
    server = Server(folder / "postgres", programs.path, QUICK)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    server.ensure()
    return server
