"""What PostgreSQL's pid file says about the server of a data folder, and whether it is true."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Postmaster:
    """A live server: its process, its socket folder, and whether it takes connections."""

    pid: int
    sockets: Path | None
    ready: bool

    @classmethod
    def of(cls, cluster: Path) -> Postmaster | None:
        """Return the live server of a data folder; a killed one, a zombie or a stranger's pid is none."""
        try:
            lines = (cluster / "postmaster.pid").read_text().splitlines()
        except OSError:
            return None
        # Half-written during a start: the lines that are missing say "not ready yet".
        if not lines or not lines[0].strip().isdigit():
            return None
        pid = int(lines[0])
        if not _serves(pid, cluster):
            return None
        sockets = Path(lines[4].strip()) if len(lines) > 4 and lines[4].strip() else None
        return cls(pid, sockets, len(lines) > 7 and lines[7].strip() == "ready")

    @classmethod
    def clear_stale(cls, cluster: Path) -> None:
        """Remove the pid file of a dead server.

        PostgreSQL itself refuses to start when the number was given to another process of the same account, or when
        the dead one was not yet reaped. Its check of shared memory still keeps two servers off one folder.
        """
        file = cluster / "postmaster.pid"
        if file.exists() and cls.of(cluster) is None:
            file.unlink(missing_ok=True)

    def stop(self, patience: float = 60) -> None:
        """Ask for a fast shutdown, after `patience` seconds for an immediate one, and wait for the end."""
        for asked in (signal.SIGINT, signal.SIGQUIT):
            try:
                os.kill(self.pid, asked)
            except ProcessLookupError:
                return
            deadline = time.monotonic() + patience
            while time.monotonic() < deadline:
                if _ended(self.pid):
                    return
                time.sleep(0.02)


def die_with_parent(asked: signal.Signals) -> Callable[[], None]:
    """Return what a child calls before it runs: Linux then sends it `asked` when its parent ends."""
    if sys.platform != "linux":
        return lambda: None
    library = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def before_running() -> None:
        library.prctl(PR_SET_PDEATHSIG, int(asked), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return before_running


def _serves(pid: int, cluster: Path) -> bool:
    if _ended(pid):
        return False
    command = Path(f"/proc/{pid}/cmdline")
    try:
        words = command.read_bytes().split(b"\0")
    except OSError:
        return not Path("/proc/self").exists()
    return os.fsencode(cluster) in words or os.fsencode(cluster.resolve()) in words


def _ended(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return False
    return state in "ZX"
