"""Where the content of evidence files lies: behind one interface, a folder or a bucket (`bucket.py`).

A file is found by its tenant and the SHA-256 of its content, `<tenant>/<ab>/<abcdef…>`; equal files are shared
inside a tenant and never across tenants. What is given out was compared with its name first.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, Protocol

from flask import current_app

from tenants.refusal import Refused

FULL = "Kho minh chứng đang đầy hoặc không ghi được; tệp chưa được lưu."
UNREADABLE = "Không đọc được tệp này trong kho. Xin báo người quản trị."
DAMAGED = "Tệp này trong kho đã hỏng. Xin báo người quản trị."
CHUNK = 256 * 1024
_SHA256 = re.compile(r"[0-9a-f]{64}")
_KEY = re.compile(r"([0-9]+)/[0-9a-f]{2}/([0-9a-f]{64})")


class Store(Protocol):
    """What the rest of the program needs of a store."""

    def put(self, tenant_id: int, content: bytes) -> str:
        """Keep a content for good and return its SHA-256 (hex); keeping it twice changes nothing.

        Raises `Refused` (503) where it could not be kept.
        """

    def open(self, tenant_id: int, sha256: str) -> IO[bytes]:
        """Return a content to be read piece by piece and closed.

        Raises `Refused` (404) where it is not kept or no longer what it was, (503) where the store is away.
        """

    def put_file(self, tenant_id: int, path: Path) -> str:
        """Keep the content of a local file, however large; otherwise the same as `put`."""

    def share(self, source: int, target: int, sha256: str) -> None:
        """Keep a tenant's content under another tenant too, after comparing it with its name; both keep it.

        Raises `Refused` as `open` and `put` do.
        """

    def drop(self, tenant_id: int, sha256: str) -> None:
        """Give a content up; one that is not kept is no error. For what is kept for a time only."""

    def has(self, tenant_id: int, sha256: str) -> bool:
        """Return whether a content is kept."""

    def kept(self, tenant_id: int | None = None) -> Iterator[tuple[int, str]]:
        """List tenant and SHA-256 of every content, or of one tenant's; in no order."""

    def fault(self) -> str:
        """Return what keeps the store from working, as a sentence for the operator; "" where it works."""


def content_hash(content: bytes) -> str:
    """Return the name of a content: its SHA-256 (hex)."""
    return hashlib.sha256(content).hexdigest()


def key_of(tenant_id: int, sha256: str) -> str:
    """Return where a content lies in a store; `ValueError` for what is not a SHA-256."""
    if not _SHA256.fullmatch(sha256):
        raise ValueError("not a SHA-256")
    return f"{int(tenant_id)}/{sha256[:2]}/{sha256}"


def content_of(key: str) -> tuple[int, str] | None:
    """Return tenant and SHA-256 of what lies at a place of a store; None where no content can lie."""
    found = _KEY.fullmatch(key)
    return (int(found[1]), found[2]) if found and key == key_of(int(found[1]), found[2]) else None


def checked(pieces: Iterable[bytes], sha256: str) -> IO[bytes]:
    """Return a content that came in pieces, on disk where it is large, after comparing it with its name."""
    whole: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=4 * CHUNK)  # noqa: SIM115  (the reader closes it)
    try:
        seen = hashlib.sha256()
        for piece in pieces:
            seen.update(piece)
            whole.write(piece)
        if seen.hexdigest() != sha256:
            current_app.logger.error("evidence %s is damaged", sha256)
            raise Refused(DAMAGED, 404)
    except BaseException:
        whole.close()
        raise
    whole.seek(0)
    return whole


class FolderStore:
    """The store in a local folder. A file appears under its name only when it is whole and on the disk."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def _path(self, tenant_id: int, sha256: str) -> Path:
        return self.root / key_of(tenant_id, sha256)

    def put(self, tenant_id: int, content: bytes) -> str:
        """Write beside the final place, force to the disk, then rename; raises `Refused` when that fails."""
        return self._keep(tenant_id, content_hash(content), io.BytesIO(content), len(content))

    def put_file(self, tenant_id: int, path: Path) -> str:
        """Copy a file in, the same way; it is read twice and never whole in memory."""
        with path.open("rb") as source:
            sha256 = hashlib.file_digest(source, "sha256").hexdigest()
            source.seek(0)
            return self._keep(tenant_id, sha256, source, path.stat().st_size)

    def _keep(self, tenant_id: int, sha256: str, source: IO[bytes], size: int) -> str:
        path = self._path(tenant_id, sha256)
        if path.is_file() and path.stat().st_size == size:
            return sha256
        beside = path.with_name(f".{sha256}.{secrets.token_hex(6)}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                shutil.copyfileobj(source, file, CHUNK)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
            _settle(path.parent)
        except OSError as error:
            with contextlib.suppress(OSError):
                beside.unlink()
            current_app.logger.exception("evidence not stored")
            raise Refused(FULL, 503) from error
        return sha256

    def open(self, tenant_id: int, sha256: str) -> IO[bytes]:
        """Open a file after reading it once through; a file of the store is never written again."""
        try:
            file = self._path(tenant_id, sha256).open("rb")
        except (OSError, ValueError):
            current_app.logger.exception("evidence %s of tenant %s cannot be read", sha256, tenant_id)
            raise Refused(UNREADABLE, 404) from None
        if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
            file.close()
            current_app.logger.error("evidence %s of tenant %s is damaged", sha256, tenant_id)
            raise Refused(DAMAGED, 404)
        file.seek(0)
        return file

    def share(self, source: int, target: int, sha256: str) -> None:
        """Link the file under the other tenant, or copy it where the folders lie on different disks."""
        with self.open(source, sha256) as content:
            path = self._path(target, sha256)
            if path.is_file() and path.stat().st_size == self._path(source, sha256).stat().st_size:
                return
            try:
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                path.unlink(missing_ok=True)
                path.hardlink_to(self._path(source, sha256))
                _settle(path.parent)
            except OSError:
                self._keep(target, sha256, content, self._path(source, sha256).stat().st_size)

    def drop(self, tenant_id: int, sha256: str) -> None:
        """Remove a file."""
        self._path(tenant_id, sha256).unlink(missing_ok=True)

    def has(self, tenant_id: int, sha256: str) -> bool:
        """Return whether the file is there."""
        return self._path(tenant_id, sha256).is_file()

    def kept(self, tenant_id: int | None = None) -> Iterator[tuple[int, str]]:
        """Walk the folder; a file still being written bears no name of a content."""
        for path in self.root.glob(f"{'*' if tenant_id is None else int(tenant_id)}/??/*"):
            if found := content_of("/".join(path.parts[-3:])):
                yield found

    def fault(self) -> str:
        """Say so where the folder is gone or closed to this account."""
        if os.access(self.root, os.W_OK | os.X_OK):
            return ""
        return f"Không ghi được vào thư mục minh chứng {self.root}."


def _settle(folder: Path) -> None:
    """Force a rename to the disk, so that a power cut does not undo what was answered for."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def store() -> Store:
    """Return the store of evidence that the settings name; one for the whole program."""
    return _store("evidence_store", "")


def results_store() -> Store:
    """Return the store of results that jobs made, beside the evidence and apart from it: they are given up again."""
    return _store("results_store", "ket-qua")


def _store(name: str, folder: str) -> Store:
    made: Store | None = current_app.extensions.get(name)
    if made is None:
        settings = current_app.extensions["settings"]
        if settings.bucket is None:
            made = FolderStore(settings.evidence / folder)
        else:
            from .bucket import BucketStore  # the client of S3 is loaded only where it is used

            prefix = f"{settings.bucket.prefix}{folder}/" if folder else settings.bucket.prefix
            made = BucketStore(replace(settings.bucket, prefix=prefix))
        current_app.extensions[name] = made
    return made
