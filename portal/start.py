"""What `scripts/run` calls: check, prepare, serve, and stop everything cleanly.

Starts the private database, lets `flask init` and `flask demo` prepare it, starts gunicorn, and ends both in the
right order on Ctrl-C, on SIGTERM, or when either of them ends. Knows nothing of the portal's tables.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import TextIO

from . import ports
from .config import ROOT, Settings, read
from .embedded import Server
from .embedded.postmaster import die_with_parent
from .papers.faces import FontMissing, require_files
from .stops import CannotStart

FLASK = (sys.executable, "-m", "flask", "--app", "wsgi")
GUNICORN = (sys.executable, "-m", "gunicorn", "-c", str(ROOT / "gunicorn.conf.py"))
ROOM_NEEDED = 500 * 1024 * 1024
LOG_LIMIT = 50 * 1024 * 1024
RESTARTS = 3  # of a database server that was killed
WORKER_PAUSE = 30  # seconds before a worker that ended is started again
PATIENCE = 120  # seconds for the first answer of gunicorn
SOURCES = ("*.py", "*.yaml", "*.sql", "*.json", "*.csv")

FIRST_CLICKS = """\
Bắt đầu từ đâu:
  1. Mở địa chỉ bên dưới, đăng nhập bằng một tài khoản đơn vị, hoàn thiện hồ sơ rồi trình ký và nộp.
  2. Đăng xuất, đăng nhập tài khoản cán bộ huyện: tiếp nhận, thẩm định, trình quyết định; lãnh đạo huyện ban hành.
  3. Cán bộ huyện khoá báo cáo và gửi Sở; đăng nhập tài khoản Sở để tiếp nhận và tổng hợp toàn tỉnh.
Dừng chương trình: Ctrl-C. Dữ liệu được giữ nguyên cho lần chạy sau."""


class Ended(Exception):
    """Somebody asked the program to stop."""


def main() -> int:
    """Run until stopped; returns the exit status."""
    for asked in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(asked, _end)
    try:
        settings = read()
        with _only_one(settings.data):
            check(settings)
            _serve(settings)
    except Ended:
        print("\nĐã dừng. Dữ liệu được giữ nguyên.", flush=True)
        return 0
    except CannotStart as reason:
        print(reason, file=sys.stderr, flush=True)
        return 1
    except OSError as reason:
        print(_cannot_write(reason), file=sys.stderr, flush=True)
        return 1
    return 0


def check(settings: Settings) -> None:
    """Look for what would go wrong later; raises `CannotStart` with the sentence."""
    ports.require_free(settings.host, settings.port)
    for folder in {settings.data, settings.evidence}:
        free = shutil.disk_usage(folder).free
        if free < ROOM_NEEDED:
            raise CannotStart(
                f"Đĩa chứa {folder} chỉ còn {free // 2**20} MB, cần ít nhất {ROOM_NEEDED // 2**20} MB. "
                "Hãy giải phóng chỗ hoặc đặt PORTAL_DATA sang đĩa khác.",
                f"The disk of {folder} has {free // 2**20} MB left, {ROOM_NEEDED // 2**20} MB are needed. "
                "Free some space or set PORTAL_DATA to another disk.",
            )
    try:
        require_files()
    except FontMissing as reason:
        raise CannotStart(
            str(reason), "Font files of the papers are missing; restore portal/papers/fonts."
        ) from reason


def prepare(settings: Settings) -> str | None:
    """Bring schema, wall, catalogue and, if asked for, the demo province up to date.

    Nothing is done when neither the program nor its private database changed since the last time; then the demo
    accounts are returned as they were kept, otherwise None.
    """
    kept = _kept(settings)
    if settings.private and kept.exists():
        before = json.loads(kept.read_text())
        if before["mark"] == _fingerprint(settings):
            return str(before["accounts"])
    kept.unlink(missing_ok=True)
    print("Đang chuẩn bị dữ liệu, lần đầu mất khoảng một phút…", flush=True)
    _command("init")
    if settings.demo:
        _command("demo")
    return None


def accounts_of(settings: Settings) -> str:
    """Return the demo accounts as tab-separated lines, "" without demo, and keep them: all is prepared."""
    accounts = _told("demo", "--accounts") if settings.demo else ""
    if settings.private:
        _keep(_kept(settings), json.dumps({"mark": _fingerprint(settings), "accounts": accounts}))
    return accounts


def _kept(settings: Settings) -> Path:
    return settings.data / "postgres" / "prepared.json"


def accounts_table(lines: str) -> str:
    """Lay tab-separated accounts out as a table for the terminal."""
    rows = [line.split("\t") for line in lines.splitlines() if line.strip()]
    if not rows:
        return ""
    rows.insert(0, ["Vai trò", "Nơi làm việc", "Tên đăng nhập", "Mật khẩu"])
    widths = [max(len(row[column]) for row in rows if column < len(row)) for column in range(len(rows[0]))]
    table = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip()
        for row in rows
    ]
    return "\n".join(["Tài khoản dùng thử (dữ liệu minh họa):", *(f"  {line}" for line in table)])


def _cannot_write(reason: OSError) -> CannotStart:
    if reason.errno == errno.ENOSPC:
        return CannotStart(
            "Đĩa đã đầy. Hãy giải phóng chỗ rồi chạy lại; dữ liệu đã lưu còn nguyên.",
            "The disk is full. Free some space and start again; nothing saved is lost.",
        )
    return CannotStart(
        f"Không dùng được {reason.filename or 'một tệp'}: {reason.strerror}. Tệp có thể thuộc về tài khoản khác.",
        f"{reason.filename or 'A file'} cannot be used: {reason.strerror}. It may belong to another account.",
    )


def _serve(settings: Settings) -> None:
    server = settings.start_server()
    try:
        accounts = prepare(settings)
        gunicorn = _start_gunicorn(settings)
        worker = None
        try:
            if accounts is None:  # asked while the web server starts: both read the program first
                accounts = accounts_of(settings)
            _await(gunicorn, settings)
            worker = _Worker()
            if accounts:
                print(f"\n{accounts_table(accounts)}\n")
            print(f"{FIRST_CLICKS}\n\nSẵn sàng: http://127.0.0.1:{settings.port}", flush=True)
            _watch(gunicorn, server, worker)
        finally:
            _ignore_signals()
            if worker:
                _stop(worker.child)
            _stop(gunicorn)
    finally:
        _ignore_signals()
        if server is not None and server.started_here:
            server.stop()


def _start_gunicorn(settings: Settings) -> subprocess.Popen[bytes]:
    settings.logs.mkdir(exist_ok=True, mode=0o700)
    log = settings.logs / "access.log"
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
    return _child(GUNICORN, signal.SIGQUIT)


def _await(gunicorn: subprocess.Popen[bytes], settings: Settings) -> None:
    deadline = time.monotonic() + PATIENCE
    while not ports.answers(settings.host, settings.port):
        if gunicorn.poll() is not None or time.monotonic() > deadline:
            raise CannotStart(
                "Máy chủ web (gunicorn) không khởi động được; nguyên nhân ở các dòng phía trên.",
                "The web server (gunicorn) did not start; the reason stands above.",
            )
        time.sleep(0.05)


class _Worker:
    """`flask work` beside the web server: jobs and mail, ends with it; should it fail, the pages go on without it."""

    def __init__(self) -> None:
        self._start()

    def _start(self) -> None:
        self.child = _child((*FLASK, "work"), signal.SIGTERM)
        self.began = time.monotonic()

    def tend(self) -> None:
        """Start the worker again when it has ended, not too often."""
        if self.child.poll() is not None and time.monotonic() - self.began > WORKER_PAUSE:
            print("Chương trình làm việc nền đã dừng; đang khởi động lại…", file=sys.stderr, flush=True)
            self._start()


def _watch(gunicorn: subprocess.Popen[bytes], server: Server | None, worker: _Worker | None) -> None:
    restarts = 0
    while gunicorn.poll() is None:
        if worker:
            worker.tend()
        if server is not None and not server.running:
            restarts += 1
            if restarts > RESTARTS:
                raise server.last_words()
            print("Máy chủ dữ liệu đã dừng; đang khởi động lại…", file=sys.stderr, flush=True)
            server.ensure()
        time.sleep(0.5)
    raise CannotStart(
        "Máy chủ web (gunicorn) đã dừng bất thường. Dữ liệu được giữ nguyên; hãy chạy lại scripts/run.",
        "The web server (gunicorn) ended unexpectedly. The data is kept; run scripts/run again.",
    )


def _command(*words: str) -> None:
    """Run a flask command to its end; its output is the user's to see."""
    child = _child((*FLASK, *words), signal.SIGTERM)
    try:
        failed = child.wait()
    finally:
        _stop(child)
    if failed:
        raise _failed(words)


def _told(*words: str) -> str:
    """Run a flask command and return what it printed."""
    done = subprocess.run((*FLASK, *words), cwd=ROOT, text=True, stdout=subprocess.PIPE)
    if done.returncode:
        raise _failed(words)
    return done.stdout


def _failed(words: tuple[str, ...]) -> CannotStart:
    command = f"flask {' '.join(words)}"
    return CannotStart(
        f"Lệnh «{command}» không hoàn thành; nguyên nhân ở các dòng phía trên.",
        f"The command '{command}' failed; the reason stands above.",
    )


def _child(words: tuple[str, ...], at_our_end: signal.Signals) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C reaches this program alone, which then ends its children in order.
    return subprocess.Popen(
        words,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=die_with_parent(at_our_end),
    )


def _stop(child: subprocess.Popen[bytes], patience: float = 35) -> None:
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(patience)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _fingerprint(settings: Settings) -> str:
    """Change with the program's sources and with the database folder."""
    digest = hashlib.sha256(str(settings.server.cluster).encode() + str(settings.demo).encode())
    for folder in ("portal", "tenants", "migrations"):
        for pattern in SOURCES:
            for file in sorted((ROOT / folder).rglob(pattern)):
                digest.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    return digest.hexdigest()


def _keep(path: Path, content: str) -> None:
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(content)
    unfinished.chmod(0o600)
    unfinished.replace(path)


@contextlib.contextmanager
def _only_one(data: Path) -> Iterator[None]:
    lock: TextIO
    with (data / "running").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise CannotStart(
                f"Thư mục dữ liệu {data} đang được một lần chạy khác dùng (tiến trình {lock.read().strip()}). "
                "Hãy dừng lần chạy đó, hoặc đặt PORTAL_DATA và PORT khác để chạy song song.",
                f"The data folder {data} is in use by another run. Stop it, or set another PORTAL_DATA and PORT.",
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _end(_signal: int, _frame: FrameType | None) -> None:
    raise Ended


def _ignore_signals() -> None:
    for asked in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(asked, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(main())
