"""A ZIP written piece by piece on the disk, whatever its size; names readable everywhere, equal content equal bytes."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import IO

from portal.words import ZONE

_DAY = (1980, 1, 1, 0, 0, 0)
_PACKED = frozenset({".pdf", ".docx", ".xlsx", ".jpg", ".jpeg", ".png", ".zip"})
MEDIA_TYPE = "application/zip"


class Package:
    """A ZIP being written, its files dated `made`; ZIP64 where it or a file in it grows past 4 GB."""

    def __init__(self, target: Path, made: datetime | None = None) -> None:
        self._day = made.astimezone(ZONE).timetuple()[:6] if made else _DAY
        self._zip = zipfile.ZipFile(target, "w", allowZip64=True)
        self._names: set[str] = set()

    def add(self, name: str, source: IO[bytes], size: int) -> None:
        """Copy `source` in under a name ("folder/file.pdf"); a name used before gets a number."""
        entry = zipfile.ZipInfo(self._free(name), self._day)
        entry.file_size = size
        packed = Path(name).suffix.lower() in _PACKED
        entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
        entry.external_attr = 0o644 << 16
        with self._zip.open(entry, "w") as place:
            shutil.copyfileobj(source, place, 1 << 20)

    def add_file(self, name: str, path: Path) -> None:
        """Copy a file of the disk in."""
        with path.open("rb") as source:
            self.add(name, source, path.stat().st_size)

    def _free(self, name: str) -> str:
        stem, dot, ending = name.rpartition(".")
        free, number = name, 2
        while free.lower() in self._names:
            free, number = f"{stem}-{number}{dot}{ending}", number + 1
        self._names.add(free.lower())
        return free

    def close(self) -> None:
        """Write the list of what is inside."""
        self._zip.close()


def packed(target: Path, files: Iterable[tuple[str, Path]], made: datetime | None = None) -> Path:
    """Return a ZIP of these files, dated `made`."""
    package = Package(target, made)
    for name, path in files:
        package.add_file(name, path)
    package.close()
    return target
