"""Starting: how long from the command to the first page, with a fresh data folder and with one that is there."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from .serving import ask, free_port
from .table import Line, amount

ROOT = Path(__file__).parents[1]
LONGEST = 600


def start_lines(folder: Path) -> Iterator[Line]:
    """Start the demonstration twice on a folder of its own; the packages are installed already."""
    data = folder / "start"
    shutil.rmtree(data, ignore_errors=True)
    first, second = _start(data), _start(data)
    yield amount("khởi động", "lần đầu: dựng dữ liệu minh họa đến trang đầu", first, "s", 90)
    yield amount("khởi động", "lần sau: đến trang đầu", second, "s", 5)
    shutil.rmtree(data, ignore_errors=True)


def _start(data: Path) -> float:
    port = free_port()
    environ = {**os.environ, "PORT": str(port), "PORTAL_DATA": str(data), "PYTHONUNBUFFERED": "1"}
    began = time.monotonic()
    with (data.parent / "start.log").open("wb") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "portal.start"], cwd=ROOT, env=environ, stdout=log, stderr=log
        )
        try:
            while time.monotonic() - began < LONGEST:
                if child.poll() is not None:
                    raise RuntimeError((data.parent / "start.log").read_text()[-800:])
                if ask(f"http://127.0.0.1:{port}/dang-nhap"):
                    return time.monotonic() - began
                time.sleep(0.05)
            raise RuntimeError("no page came")
        finally:
            child.send_signal(signal.SIGINT)
            child.wait(60)
