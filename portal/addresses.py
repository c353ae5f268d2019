"""Addresses of pages, remembered: the links of a list and of its frame are the same from page to page."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from flask import has_request_context, request, url_for
from werkzeug.routing import Rule

from tenants.access import GuardedFlask

MOST = 8192
"""So many addresses are remembered, about 2 MB; the longest unused is forgotten."""
LONGEST = 200
"""Characters of a value that is remembered: longer ones are what somebody typed, and would fill the memory."""


class Route(Rule):
    """A route that compiles what builds its addresses when the first is wanted.

    Werkzeug does it for all routes at once, which is most of what building the program takes; no process wants
    addresses of all routes, a command hardly any.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compiled = cache(super()._compile_builder)
        return lambda route, **values: compiled(append_unknown)(route, **values)


class Portal(GuardedFlask):
    """The program; it builds each address of its own once. What makes an address is its key."""

    url_rule_class = Route

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._address = lru_cache(MOST)(self._build)

    def url_for(
        self,
        endpoint: str,
        *,
        _anchor: str | None = None,
        _method: str | None = None,
        _scheme: str | None = None,
        _external: bool | None = None,
        **values: Any,
    ) -> str:
        """Return the address of a page, as Flask does."""
        values |= {name: said for name, said in (("_anchor", _anchor), ("_method", _method)) if said}
        # Whole addresses and relative names depend on more of the request than is in the key.
        if _scheme or _external or endpoint.startswith(".") or self.debug or not has_request_context():
            return super().url_for(endpoint, _scheme=_scheme, _external=_external, **values)
        if any(isinstance(value, str) and len(value) > LONGEST for value in values.values()):
            return super().url_for(endpoint, **values)
        # 1 and True are equal, and make different addresses.
        key = tuple((name, type(value), value) for name, value in values.items())
        try:
            hash(key)
        except TypeError:  # a list of values
            return super().url_for(endpoint, **values)
        return self._address(request.script_root, endpoint, key)

    def _build(self, _script_root: str, endpoint: str, values: tuple[tuple[str, type, Any], ...]) -> str:
        return super().url_for(endpoint, **{name: value for name, _, value in values})


_ANY = 2_000_000_011


def numbered(endpoint: str, name: str, **values: Any) -> Callable[[int], str]:
    """Return the way from a row's number to its address: of many rows it is built once, and the number put in."""
    before, after = url_for(endpoint, **values, **{name: _ANY}).split(str(_ANY))
    return lambda number: f"{before}{number}{after}"
