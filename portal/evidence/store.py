"""Where the content of evidence files lies: a folder outside the web root, one copy of each content.

A file is found by its tenant and the SHA-256 of its content, `<root>/<tenant>/<ab>/<abcdef…>`; equal
files are shared inside a tenant and never across tenants. Another store needs these three methods.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
from pathlib import Path
from typing import Protocol

from flask import current_app

from tenants.refusal import Refused

_SHA256 = re.compile(r"[0-9a-f]{64}")


class Store(Protocol):
    """What the rest of the program needs of a store."""

    def put(self, tenant_id: int, content: bytes) -> str:
        """Keep a content for good and return its SHA-256 (hex); keeping it twice changes nothing."""

    def read(self, tenant_id: int, sha256: str) -> bytes:
        """Return a content; raises `Refused` (404) where it is not kept or no longer what it was."""

    def has(self, tenant_id: int, sha256: str) -> bool:
        """Return whether a content is kept."""


class FolderStore:
    """The store in a local folder. A file appears under its name only when it is whole and on the disk."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def _path(self, tenant_id: int, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise ValueError("not a SHA-256")
        return self.root / str(int(tenant_id)) / sha256[:2] / sha256

    def put(self, tenant_id: int, content: bytes) -> str:
        """Write beside the final place, force to the disk, then rename; raises `Refused` when that fails."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = self._path(tenant_id, sha256)
        if path.is_file() and path.stat().st_size == len(content):
            return sha256
        beside = path.with_name(f".{sha256}.{secrets.token_hex(6)}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
            _settle(path.parent)
        except OSError as error:
            with contextlib.suppress(OSError):
                beside.unlink()
            current_app.logger.exception("evidence not stored")
            raise Refused("Kho minh chứng đang đầy hoặc không ghi được; tệp chưa được lưu.", 503) from error
        return sha256

    def read(self, tenant_id: int, sha256: str) -> bytes:
        """Read a content and compare it with its name before anybody sees it."""
        try:
            content = self._path(tenant_id, sha256).read_bytes()
        except OSError:
            current_app.logger.exception("evidence %s of tenant %s cannot be read", sha256, tenant_id)
            raise Refused("Không đọc được tệp này trong kho. Xin báo người quản trị.", 404) from None
        if hashlib.sha256(content).hexdigest() != sha256:
            current_app.logger.error("evidence %s of tenant %s is damaged", sha256, tenant_id)
            raise Refused("Tệp này trong kho đã hỏng. Xin báo người quản trị.", 404)
        return content

    def has(self, tenant_id: int, sha256: str) -> bool:
        """Return whether the file is there."""
        return self._path(tenant_id, sha256).is_file()


def _settle(folder: Path) -> None:
    """Force a rename to the disk, so that a power cut does not undo what was answered for."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def store() -> Store:
    """Return the store the settings name."""
    return FolderStore(current_app.extensions["settings"].evidence)
