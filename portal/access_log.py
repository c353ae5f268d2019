"""Gunicorn's log of requests, without what would open an account, and without who asks as the public.

The token of a one-time link is alive until its password is set; who reads the log, or its copy elsewhere, must not
get in by it. And who asks or reports about a published result is promised that nobody keeps from where: those
pages, and the files a browser fetches for them, stand in the log without address and browser. Any other page keeps
who sent it, and loses that it was come to from there: a header that anybody can write hides nobody.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gunicorn.glogging import Logger

_LINK = re.compile(r"(/lien-ket/)[^\s/?#\"]+", re.IGNORECASE)
_ASKING = re.compile(r"(?:https?://[^/]*)?/phan-anh(?:[/?#]|$)", re.IGNORECASE)
_FILE = re.compile(r"/static/|/favicon\.ico$")
_WHO, _FROM = ("h", "u", "a"), ("f", "{referer}i", "{http_referer}e")
_NOBODY = "-"


def without_token(text: str) -> str:
    """Return a line of a request or an address with the token of a link taken out."""
    return _LINK.sub(r"\1***", text)


def without_asker(atoms: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a line is made of, without who sent it where it belongs to what the public asks."""
    found = dict(atoms)
    path, came_from = (str(found.get(name) or "") for name in ("U", "f"))
    from_there = _ASKING.match(came_from)
    hidden: list[str] = []
    if _ASKING.match(path) or (from_there and _FILE.match(path)):
        # Headers and variables of a request name the sender too, such as X-Forwarded-For.
        hidden = [name for name in found if name in _WHO or name.endswith(("}i", "}e"))]
    elif from_there:
        hidden = [name for name in found if name.lower() in _FROM]
    return found | dict.fromkeys(hidden, _NOBODY)


class AccessLog(Logger):  # type: ignore[misc]
    """The usual log, each value of a line looked through."""

    def atoms(self, resp: Any, req: Any, environ: dict[str, Any], request_time: Any) -> dict[str, Any]:
        """Return what a line of the log is made of."""
        found = without_asker(super().atoms(resp, req, environ, request_time))
        return {
            key: without_token(value) if isinstance(value, str) else value for key, value in found.items()
        }
