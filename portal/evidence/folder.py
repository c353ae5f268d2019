"""The store in a local folder."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from flask import current_app

from tenants.refusal import Refused

from .contents import CHUNK, DAMAGED, UNREADABLE, content_hash, content_of, key_of

FULL = "Kho minh chứng đang đầy hoặc không ghi được; tệp chưa được lưu."


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
