"""Sending a form as a browser does: open the page, take its token, post."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_TOKEN = re.compile(r'<meta name="csrf-token" content="([^"]+)">')


def token(client: Any, page: str) -> str:
    """Return the CSRF token that a page carries (redirects are followed)."""
    match = _TOKEN.search(client.get(page, follow_redirects=True).get_data(as_text=True))
    assert match, f"{page} carries no token"
    return match[1]


def send(
    client: Any, path: str, data: Mapping[str, Any] | None = None, *, page: str = "", **kwargs: Any
) -> Any:
    """Post a form the way a person does; `page` is where the form stands (default: the same path)."""
    fields = {"csrf_token": token(client, page or path), **(data or {})}
    return client.post(path, data=fields, **kwargs)
