"""The file of a backup: a ZIP of tables and evidence with a manifest that names everything by number and SHA-256.

It appears under its name only when it is whole. Reading it back compares everything before anything is used.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from portal.evidence.contents import CHUNK
from tenants.refusal import Refused

FORMAT = 1
MANIFEST = "manifest.json"
TABLES, EVIDENCE = "tables/", "evidence/"
HALF = "Tệp sao lưu không trọn vẹn hoặc không phải tệp sao lưu của cổng này. Chưa có gì thay đổi."
BROKEN = "Tệp sao lưu đã hỏng ở phần “{name}”. Chưa có gì thay đổi; xin dùng bản sao lưu khác."
THERE = "Đã có tệp {path}; xin chọn tên khác để không ghi đè một bản sao lưu."
NOT_WRITTEN = "Không ghi được tệp sao lưu {path}: {reason}. Chưa có bản sao lưu nào được tạo."
UNREAD = "Không đọc được tệp {path}: {reason}."


class Writer:
    """A backup being written; what is added is counted and hashed on its way."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self._file = file
        self.contents = 0
        self.content_bytes = 0
        self._names = hashlib.sha256()

    def table(self, name: str, pieces: Iterable[bytes]) -> str:
        """Add a table's rows; returns their SHA-256."""
        return self._member(f"{TABLES}{name}", pieces, zipfile.ZIP_DEFLATED)[1]

    def content(self, tenant_id: int, sha256: str, pieces: Iterable[bytes]) -> None:
        """Add a content of the evidence store, which is stored as it is: files are packed already."""
        name = f"{EVIDENCE}{tenant_id}/{sha256}"
        size, _ = self._member(name, pieces, zipfile.ZIP_STORED)
        self.contents += 1
        self.content_bytes += size
        self._names.update(f"{name}\n".encode())

    def end(self, manifest: dict[str, Any]) -> None:
        """Write what the file holds, as its last part."""
        manifest = {
            "format": FORMAT,
            **manifest,
            "evidence": {
                **manifest.get("evidence", {}),
                "files": self.contents,
                "bytes": self.content_bytes,
                "names_sha256": self._names.hexdigest(),
            },
        }
        text = json.dumps(manifest, ensure_ascii=False, indent=1)
        self._file.writestr(MANIFEST, text, zipfile.ZIP_DEFLATED)

    def _member(self, name: str, pieces: Iterable[bytes], packing: int) -> tuple[int, str]:
        seen, size = hashlib.sha256(), 0
        member = zipfile.ZipInfo(name)
        member.compress_type = packing
        with self._file.open(member, "w", force_zip64=True) as out:
            for piece in pieces:
                seen.update(piece)
                size += len(piece)
                out.write(piece)
        return size, seen.hexdigest()


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """Write a backup beside its place, force it to the disk, then give it its name; raises `Refused`."""
    if path.exists():
        raise Refused(THERE.format(path=path))
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(beside, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as raw:
            with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as file:
                yield Writer(file)
            raw.flush()
            os.fsync(raw.fileno())
        beside.replace(path)
    except OSError as reason:
        raise Refused(NOT_WRITTEN.format(path=path, reason=reason.strerror or reason), 503) from reason
    finally:
        with suppress(OSError):
            beside.unlink()


class Archive:
    """A backup that was read through: every part is there and is what the manifest says."""

    def __init__(self, file: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
        self._file = file
        self.manifest = manifest

    def table(self, name: str) -> Iterator[bytes]:
        """Yield a table's rows piece by piece."""
        return _pieces(self._file, f"{TABLES}{name}")

    def contents(self) -> Iterator[tuple[int, str]]:
        """Yield tenant and SHA-256 of every content of the evidence store."""
        for name in self._file.namelist():
            if name.startswith(EVIDENCE):
                tenant_id, _, sha256 = name.removeprefix(EVIDENCE).partition("/")
                yield int(tenant_id), sha256

    def content(self, tenant_id: int, sha256: str) -> Iterator[bytes]:
        """Yield one content piece by piece."""
        return _pieces(self._file, f"{EVIDENCE}{tenant_id}/{sha256}")


@contextmanager
def reading(path: Path) -> Iterator[Archive]:
    """Open a backup after comparing every part with its hash; raises `Refused` with what is wrong."""
    try:
        file = zipfile.ZipFile(path)
    except OSError as reason:
        raise Refused(UNREAD.format(path=path, reason=reason.strerror), 404) from reason
    except zipfile.BadZipFile as reason:
        raise Refused(HALF) from reason
    with file:
        yield Archive(file, _verified(file))


def _verified(file: zipfile.ZipFile) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads(file.read(MANIFEST))
        tables, evidence = manifest["tables"], manifest["evidence"]
        if manifest["format"] != FORMAT:
            raise Refused(HALF)
    except (KeyError, ValueError, TypeError, zipfile.BadZipFile) as reason:
        raise Refused(HALF) from reason
    names, seen = hashlib.sha256(), 0
    for name in file.namelist():
        if name.startswith(EVIDENCE):
            names.update(f"{name}\n".encode())
            seen += 1
            _compare(file, name, name.rpartition("/")[2])
    if (seen, names.hexdigest()) != (evidence["files"], evidence["names_sha256"]):
        raise Refused(BROKEN.format(name=EVIDENCE))
    for name, told in tables.items():
        _compare(file, f"{TABLES}{name}", told["sha256"])
    return manifest


def _compare(file: zipfile.ZipFile, name: str, sha256: str) -> None:
    seen = hashlib.sha256()
    try:
        for piece in _pieces(file, name):
            seen.update(piece)
    except (KeyError, OSError, EOFError, ValueError, zipfile.BadZipFile, zlib.error) as reason:
        raise Refused(BROKEN.format(name=name)) from reason
    if seen.hexdigest() != sha256:
        raise Refused(BROKEN.format(name=name))


def _pieces(file: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    with file.open(name) as member:
        while piece := member.read(CHUNK):
            yield piece
