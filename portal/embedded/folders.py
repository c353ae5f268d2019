"""The folders of the private server: room on the disk, a short place for its socket, files written whole."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from ..stops import NoDatabase
from .accounts import Account, may_enter

PORT = 5432  # only a part of the socket's name; nothing listens on the network
ROOM_NEEDED = 200 * 1024 * 1024
SOCKET_LIMIT = 107
OPEN_PLACES = (Path("/var/lib/cong-don-vi-hoc-tap"), Path("/var/tmp/cong-don-vi-hoc-tap"))  # noqa: S108


def socket_folder(data: Path, account: Account) -> Path:
    """Return where the socket of a server shall lie: its path must stay below the system's 107 bytes."""
    name = f"dvht-{account.uid}-{hashlib.sha256(os.fsencode(data)).hexdigest()[:10]}"
    for place in (Path(tempfile.gettempdir()), Path("/tmp"), Path("/dev/shm")):  # noqa: S108
        folder = place / name
        short = len(os.fsencode(folder / f".s.PGSQL.{PORT}")) <= SOCKET_LIMIT
        if short and os.access(place, os.W_OK) and may_enter(account, place):
            return folder
    raise NoDatabase(
        "Không có thư mục tạm ngắn nào ghi được (/tmp) để đặt cổng nối của máy chủ dữ liệu.",
        "No short temporary folder (/tmp) can be written for the server's socket.",
    )


def check_room(folder: Path) -> None:
    """Refuse to start a server on a disk that is nearly full; raises `NoDatabase`."""
    free = shutil.disk_usage(folder).free
    if free < ROOM_NEEDED:
        raise NoDatabase(
            f"Đĩa chứa {folder} chỉ còn {free // 2**20} MB, cần ít nhất {ROOM_NEEDED // 2**20} MB. "
            "Hãy giải phóng chỗ hoặc đặt PORTAL_DATA sang đĩa khác.",
            f"The disk of {folder} has {free // 2**20} MB left, at least {ROOM_NEEDED // 2**20} MB are needed. "
            "Free some space or set PORTAL_DATA to another disk.",
        )


def make_folder(folder: Path) -> None:
    """Make a folder that others may pass through but not list; raises `NoDatabase`."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o711)
    except OSError as reason:
        raise NoDatabase(
            f"Không tạo được thư mục {folder}: {reason.strerror}.", f"Cannot create the folder {folder}."
        ) from reason


def make_socket_folder(folder: Path, account: Account) -> None:
    """Make the closed, empty folder of the socket; raises `NoDatabase` when a stranger holds its name.

    Only for a server that does not run: a dead one's lock file would keep the next one out when its process number
    was given away or not yet reaped.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    facts = folder.lstat()
    if folder.is_symlink() or facts.st_uid not in (os.geteuid(), account.uid):
        raise NoDatabase(
            f"Thư mục {folder} đã bị một tài khoản khác chiếm. Hãy xoá nó rồi chạy lại.",
            f"The folder {folder} was taken by another account. Remove it and start again.",
        )
    for left in folder.iterdir():
        left.unlink()
    folder.chmod(0o700)
    account.give(folder)


def write_once(path: Path, content: str) -> None:
    """Write a file of mode 0600 that is never seen half-written and never replaced."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:  # noqa: PTH123
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(unfinished, path)
    unfinished.unlink()
