"""What every store knows of a content: its name, the key it lies under, and that it still is what its name says."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Iterable
from typing import IO

from flask import current_app

from tenants.refusal import Refused

UNREADABLE = "Không đọc được tệp này trong kho. Xin báo người quản trị."
DAMAGED = "Tệp này trong kho đã hỏng. Xin báo người quản trị."
CHUNK = 256 * 1024
_SHA256 = re.compile(r"[0-9a-f]{64}")
_KEY = re.compile(r"([0-9]+)/[0-9a-f]{2}/([0-9a-f]{64})")


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
