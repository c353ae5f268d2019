"""A list as a file, made by the view that would have given it at once: the same right, the same scope, the same bytes.

The view is called as in a request of who asked, outside of any browser; rows come piece by piece, and the file goes
to the disk piece by piece, so that its length does not matter.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import Flask, Response, current_app, g
from werkzeug.exceptions import HTTPException

from portal.jobs import progress
from portal.jobs.batch import Batch, Described
from portal.jobs.later import LATER, LONGEST_ADDRESS
from portal.jobs.turn import Result, Turn
from portal.jobs.wanted import Wanted
from tenants.refusal import Refused
from tenants.rights import Right
from tenants.scope import current_scope, enter

UNKNOWN = "Xin chọn tệp ở trang của danh sách."
GONE = "Danh sách này không có hoặc không còn. Xin mở lại trang của danh sách rồi tải lại."


class Lists(Batch):
    """The file of a list; its terms hold the address, which must be one of a view with `@later`."""

    name = LATER
    right = Right.RUN_BATCHES
    personal = True

    def right_for(self, wanted: Wanted) -> Right:
        """The right of the view."""
        right: Right = _view(wanted)[0].__right__
        return right

    def describe(self, wanted: Wanted) -> Described:
        """Name the list, and whether it is a part; it is made anew at every asking, as lists change all the time."""
        view, values = _view(wanted)
        parts = urlsplit(wanted.terms["address"])
        ending = str(values["ext"]).upper()
        if ending not in ("XLSX", "CSV"):
            raise Refused(UNKNOWN, 422)
        chosen = ", theo bộ lọc đã chọn" if parts.query else ""
        return Described(f"{view.__later__} ({ending}{chosen})")

    def build(self, turn: Turn) -> Result:
        """Ask the view, and write what it answers to the disk."""
        view, values = _view(turn.held.wanted)
        app, before = current_app._get_current_object(), current_scope()  # type: ignore[attr-defined]
        try:
            with turn.alive():
                return _made(app, turn, view, values)
        finally:
            enter(before)


def _made(app: Flask, turn: Turn, view: Any, values: Mapping[str, Any]) -> Result:
    with app.app_context(), app.test_request_context(turn.held.terms["address"]):
        progress.listen(turn)
        g._login_user = turn.actor
        try:
            answer = view(**values)
        except HTTPException as error:
            own = error.description if error.description != type(error).description else ""
            raise Refused(own or GONE, error.code or 404) from error
        if not isinstance(answer, Response) or answer.status_code != 200:
            raise Refused(UNKNOWN, 422)
        target = turn.folder / "ket-qua"
        with target.open("wb") as file:
            for piece in answer.iter_encoded():
                file.write(piece)
        answer.close()
        return Result(target, _name_of(answer), answer.mimetype or "")


def _name_of(answer: Response) -> str:
    _, _, quoted = answer.headers["Content-Disposition"].partition("filename*=UTF-8''")
    return Path(unquote(quoted)).name


def _view(wanted: Wanted) -> tuple[Any, Mapping[str, Any]]:
    """Return the view of an address and what it is called with; raises `Refused` for any that gives no list."""
    address = str(wanted.terms.get("address", ""))
    try:
        parts = urlsplit(address)
    except ValueError as error:  # such as "//["
        raise Refused(UNKNOWN, 422) from error
    own = address.startswith("/") and not parts.netloc and len(address) <= LONGEST_ADDRESS
    try:
        endpoint, values = current_app.url_map.bind("localhost").match(
            parts.path if own else "", method="GET"
        )
    except HTTPException as error:
        raise Refused(UNKNOWN, 422) from error
    view = current_app.view_functions[endpoint]
    if not hasattr(view, "__later__"):
        raise Refused(UNKNOWN, 422)
    return view, values
