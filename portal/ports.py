"""Whether a port is free, and which program holds it."""

from __future__ import annotations

import errno
import socket
import time
from pathlib import Path

from .stops import CannotStart

LISTENING = "0A"


def require_free(host: str, port: int, patience: float = 5) -> None:
    """Check that this program may listen on a port; raises `CannotStart` with who holds it.

    A server whose starter was killed needs a moment to end, so a taken port is asked for again until `patience`
    seconds have passed.
    """
    deadline = time.monotonic() + patience
    while True:
        problem = _try(host, port)
        if problem is None:
            return
        if problem != errno.EADDRINUSE or "gunicorn" not in holder(port) or time.monotonic() > deadline:
            break
        time.sleep(0.2)
    if problem == errno.EADDRINUSE:
        who = holder(port)
        raise CannotStart(
            f"Cổng {port} đang được dùng{f' bởi {who}' if who else ''}. Hãy dừng chương trình đó, "
            f"hoặc chọn cổng khác: PORT={port + 1} scripts/run",
            f"Port {port} is in use{f' by {who}' if who else ''}. Stop that program or choose another port: "
            f"PORT={port + 1} scripts/run",
        )
    if problem == errno.EACCES:
        raise CannotStart(
            f"Tài khoản này không được mở cổng {port}; hãy chọn cổng từ 1024 trở lên, ví dụ PORT=8000.",
            f"This account may not open port {port}; choose one from 1024 up, for instance PORT=8000.",
        )
    raise CannotStart(f"Không mở được địa chỉ {host}:{port}.", f"The address {host}:{port} cannot be opened.")


def answers(host: str, port: int) -> bool:
    """Whether a program takes connections on the port."""
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def holder(port: int) -> str:
    """Return number and command of the process that listens on a port, "" when it cannot be seen."""
    sockets = set()
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        if not table.exists():
            continue
        for line in table.read_text().splitlines()[1:]:
            parts = line.split()
            if parts[3] == LISTENING and int(parts[1].rpartition(":")[2], 16) == port:
                sockets.add(f"socket:[{parts[9]}]")
    for process in sorted(Path("/proc").glob("[0-9]*"), key=lambda path: int(path.name)):
        try:
            if any(str(opened.readlink()) in sockets for opened in (process / "fd").iterdir()):
                command = (
                    (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
                )
                return f"{process.name} ({command[:60]})"
        except OSError:
            continue
    return ""


def _try(host: str, port: int) -> int | None:
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as problem:
        return problem.errno or -1
    return None
