"""Where the content of evidence files lies: behind one interface, a folder (`folder.py`) or a bucket (`bucket.py`).

A file is found by its tenant and the SHA-256 of its content, `<tenant>/<ab>/<abcdef…>`; equal files are shared
inside a tenant and never across tenants. What is given out was compared with its name first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, Protocol

from flask import current_app

from .folder import FolderStore


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
