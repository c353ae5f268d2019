"""Gunicorn's log of requests, without what would open an account: the token of a one-time link.

A link is alive until its password is set; who reads the log, or its copy elsewhere, must not get in by it.
"""

from __future__ import annotations

import re
from typing import Any

from gunicorn.glogging import Logger

_LINK = re.compile(r"(/lien-ket/)[^\s/?#\"]+", re.IGNORECASE)


def without_token(text: str) -> str:
    """Return a line of a request or an address with the token of a link taken out."""
    return _LINK.sub(r"\1***", text)


class AccessLog(Logger):  # type: ignore[misc]
    """The usual log, each value of a line looked through."""

    def atoms(self, resp: Any, req: Any, environ: dict[str, Any], request_time: Any) -> dict[str, Any]:
        """Return what a line of the log is made of."""
        found = super().atoms(resp, req, environ, request_time)
        return {
            key: without_token(value) if isinstance(value, str) else value for key, value in found.items()
        }
