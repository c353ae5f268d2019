"""Starting: how long from the command to the first page, on a fresh copy of the program and the second time.

What is asked is `scripts/run` itself, in a folder where nothing is installed, prepared or compiled yet. The parts
are told by the lines it prints; processor seconds are those of all its processes until it has stopped.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from .serving import ask, free_port
from .table import Line, amount

ROOT = Path(__file__).parents[1]
LONGEST = 900
GROUP = "khởi động"
READY = "Sẵn sàng: "
# What begins with the line that is printed.
BEGINS = {
    "Đang tạo môi trường": "môi trường Python",
    "Đang cài các gói": "cài gói, tạo máy chủ dữ liệu",
    "Đang chuẩn bị dữ liệu": "flask init",
    "Liên kết đặt mật khẩu": "flask demo",
    "Đồng hồ minh họa": "máy chủ web đến trang đầu",
}


@dataclass
class Start:
    """One start: when which line came, when the first page, in seconds; its processor seconds."""

    page: float = 0.0
    processor: float = 0.0
    came: list[tuple[str, float]] = field(default_factory=list)

    def told(self) -> str:
        """Return the parts as a sentence."""
        ends = [*self.came, ("", self.page)]
        parts = [f"{what} {after - at:.1f} s" for (what, at), (_, after) in pairwise(ends)]
        return ", ".join([*parts, f"CPU {self.processor:.0f} s"])


def start_lines(folder: Path) -> Iterator[Line]:
    """Start the demonstration twice in a fresh copy of the program, on a folder of its own."""
    copy, data = folder / "start" / "copy", folder / "start" / "data"
    shutil.rmtree(copy.parent, ignore_errors=True)
    left_out = shutil.ignore_patterns(
        ".git", ".venv*", "var", "build", "node_modules", "__pycache__", ".*_cache"
    )
    shutil.copytree(ROOT, copy, ignore=left_out)
    first, second = _start(copy, data), _start(copy, data)
    yield amount(
        GROUP, "lần đầu: bản sao mới, chưa có gói nào, đến trang đầu", first.page, "s", 90, first.told()
    )
    yield amount(GROUP, "lần sau: đến trang đầu", second.page, "s", 5, second.told())
    shutil.rmtree(copy.parent, ignore_errors=True)


def _start(copy: Path, data: Path) -> Start:
    port, found = free_port(), Start()
    environ = {**os.environ, "PORT": str(port), "PORTAL_DATA": str(data), "PYTHONUNBUFFERED": "1"}
    environ.pop("PORTAL_VENV", None)
    before, began = _processor_seconds(), time.monotonic()
    child = subprocess.Popen(
        [copy / "scripts" / "run"], env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    lines: list[str] = []
    reader = threading.Thread(target=_read, args=(child, began, lines, found), daemon=True)
    reader.start()
    try:
        while not ask(f"http://127.0.0.1:{port}/dang-nhap"):
            if child.poll() is not None or time.monotonic() - began > LONGEST:
                raise RuntimeError("no page came: " + "".join(lines[-8:]))
            time.sleep(0.05)
        found.page = time.monotonic() - began
        while not any(READY in line for line in lines) and time.monotonic() - began < LONGEST:
            time.sleep(0.05)  # stopped before, it would prepare everything again
    finally:
        child.send_signal(signal.SIGINT)
        child.wait(60)
        reader.join(10)
    found.processor = _processor_seconds() - before
    return found


def _read(child: subprocess.Popen[str], began: float, lines: list[str], found: Start) -> None:
    assert child.stdout is not None
    for line in child.stdout:
        lines.append(line)
        for words, what in BEGINS.items():
            if words in line:
                found.came.append((what, time.monotonic() - began))


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
