"""A PostgreSQL data folder: which programs fit it, how it is made, and what went wrong with it."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ..stops import NoDatabase
from .accounts import Account
from .binaries import Binaries

SUPERUSER = "postgres"


def fitting(there: Sequence[Binaries], cluster: Path) -> Binaries:
    """Return the first programs that fit a data folder, which belongs to one major version for ever.

    Raises `NoDatabase` with the command that brings the missing ones.
    """
    version = cluster / "PG_VERSION"
    needed = int(version.read_text().split(".")[0]) if version.exists() else None
    for programs in there:
        if needed in (None, programs.major):
            return programs
    if not there:
        raise NoDatabase(
            "Không tìm thấy PostgreSQL 15 trở lên. Hãy chạy: apt-get install -y postgresql "
            "(hoặc đặt DATABASE_URL).",
            "No PostgreSQL 15 or newer was found. Run: apt-get install -y postgresql (or set DATABASE_URL).",
        )
    have = ", ".join(str(programs.major) for programs in there)
    raise NoDatabase(
        f"Thư mục dữ liệu {cluster} là của PostgreSQL {needed}, còn máy này có PostgreSQL {have}. "
        f"Hãy chạy: apt-get install -y postgresql-{needed}, hoặc đặt PORTAL_DATA sang một thư mục mới.",
        f"The data folder {cluster} was made by PostgreSQL {needed}, this machine has PostgreSQL {have}. "
        f"Run: apt-get install -y postgresql-{needed}, or set PORTAL_DATA to a new folder.",
    )


def initialise(cluster: Path, path: Path, major: int, account: Account, password: str) -> None:
    """Make a data folder whole or not at all; `path` holds the programs. Raises `NoDatabase`.

    Order of letters is by code point and never changes with the system; Vietnamese order comes from stored keys.
    """
    unfinished = cluster.with_name(f"{cluster.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    account.give(unfinished)
    locale = ["--locale=C.UTF-8"]
    if major >= 17:
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    with tempfile.NamedTemporaryFile("w", dir=cluster.parent) as secret, tempfile.TemporaryFile("w+") as told:
        secret.write(password + "\n")
        secret.flush()
        account.give(Path(secret.name))
        words = [str(path / "initdb"), "-D", str(unfinished), "-U", SUPERUSER, "-E", "UTF8", *locale]
        words += ["-k", "-A", "scram-sha-256", "--pwfile", secret.name]
        done = subprocess.run(words, **account.calling(told))  # noqa: S603
        told.seek(0)
        lines = told.read()
    if done.returncode:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise failure("khởi tạo", "be set up", lines)
    unfinished.rename(cluster)


def failure(what: str, verb: str, lines: str) -> NoDatabase:
    """Turn what PostgreSQL printed into a refusal; a full disk has its own sentence."""
    if "No space left on device" in lines:
        return NoDatabase(
            "Đĩa đã đầy: máy chủ dữ liệu không ghi được. Hãy giải phóng chỗ rồi chạy lại; dữ liệu đã lưu còn nguyên.",
            "The disk is full: the database server cannot write. Free some space and start again; nothing saved is lost.",
        )
    tail = "\n".join(lines.strip().splitlines()[-8:])
    return NoDatabase(
        f"Máy chủ dữ liệu không {what} được. PostgreSQL báo:\n{tail}",
        f"The database server could not {verb}.",
    )
