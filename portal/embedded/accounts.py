"""Which account runs PostgreSQL: never root, and never an account that cannot reach the folder."""

from __future__ import annotations

import contextlib
import os
import pwd
import stat
import subprocess
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from ..stops import NoDatabase


class Account(NamedTuple):
    """The account that runs PostgreSQL; `drop` says that root must become it first."""

    name: str
    uid: int
    gid: int
    drop: bool

    def calling(self, output: TextIO) -> dict[str, Any]:
        """Return the arguments of `subprocess` that call a program as this account.

        Output goes to a file, never to a pipe: a server would keep a pipe open after its caller has gone.
        """
        identity = {"user": self.uid, "group": self.gid, "extra_groups": []} if self.drop else {}
        return {
            "stdin": subprocess.DEVNULL,
            "stdout": output,
            "stderr": subprocess.STDOUT,
            "cwd": "/",
            "env": {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "HOME": "/"},
            "start_new_session": True,
            **identity,
        }

    def give(self, path: Path) -> None:
        """Make the account the owner of a path that its server must read or write."""
        if self.drop:
            os.chown(path, self.uid, self.gid)


def serving_account(cluster: Path) -> Account:
    """Return the account that shall run the server on a data folder.

    Root becomes the owner of an existing folder, else `postgres`, else `nobody`: PostgreSQL refuses root.
    """
    here = os.geteuid()
    owner = cluster.stat().st_uid if cluster.exists() else None
    if here != 0:
        if owner not in (None, here):
            raise NoDatabase(
                f"Thư mục dữ liệu {cluster} thuộc về tài khoản số {owner}; hãy chạy bằng tài khoản đó hoặc "
                "bằng root, hoặc đặt PORTAL_DATA sang một thư mục khác.",
                f"The data folder {cluster} belongs to account number {owner}; run as that account or as root, "
                "or set PORTAL_DATA to another folder.",
            )
        return Account(_name(here), here, os.getegid(), drop=False)
    if owner:
        return Account(_name(owner), owner, cluster.stat().st_gid, drop=True)
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(name, entry.pw_uid, entry.pw_gid, drop=True)
    raise NoDatabase(
        "PostgreSQL không chạy bằng root và máy này không có tài khoản «postgres» hay «nobody». "
        "Hãy chạy bằng một tài khoản thường.",
        "PostgreSQL does not run as root and this machine has no account 'postgres' or 'nobody'. "
        "Run as a normal user.",
    )


def may_enter(account: Account, folder: Path) -> bool:
    """Tell whether an account may pass through a folder and all above it (as far as they exist)."""
    if not account.drop:
        return True
    for part in (folder, *folder.parents):
        try:
            facts = part.stat()
        except FileNotFoundError:
            continue
        if facts.st_uid == account.uid:
            needed = stat.S_IXUSR
        elif facts.st_gid == account.gid:
            needed = stat.S_IXGRP
        else:
            needed = stat.S_IXOTH
        if not facts.st_mode & needed:
            return False
    return True


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        raise NoDatabase(
            f"Tài khoản số {uid} không có tên trong /etc/passwd, nên PostgreSQL không khởi tạo được.",
            f"Account number {uid} has no name in /etc/passwd, so PostgreSQL cannot set itself up.",
        ) from None
