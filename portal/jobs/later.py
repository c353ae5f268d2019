"""A list to take along that is made beside the pages when it is long, or when others need the machine now.

`@later(title)` stands below `@may` on the view that gives the file. The same view makes it in a job, with the rights
its person has then: there is no second way to make a file.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import current_app, render_template, request

from portal import words

from . import peak, progress

LATER = "list"
LONGEST_ADDRESS = 2000
MOST_AT_ONCE = 5_000
"""Rows that a page is kept waiting for; more are made in a job."""
BUSY = "Đang giờ cao điểm nộp hồ sơ (đến {until}): tệp được lập riêng khi hết giờ cao điểm."
LONG = "Danh sách có {rows} dòng nên tệp được lập riêng, không phải chờ trên trang."


class TooLong(Exception):
    """A list has more rows than a page can be kept waiting for."""

    def __init__(self, rows: int) -> None:
        super().__init__(rows)
        self.rows = rows


def later(title: str) -> Callable[[Any], Any]:
    """Let a view that gives a list as a file be done by a job, under this title."""

    def mark(view: Any) -> Any:
        @wraps(view)
        def given(*args: Any, **kwargs: Any) -> Any:
            if progress.beside():
                return view(*args, **kwargs)
            ends = peak.until()
            if ends:
                return _offer(title, BUSY.format(until=words.moment(ends)))
            try:
                return view(*args, **kwargs)
            except TooLong as long:
                return _offer(title, LONG.format(rows=words.number(long.rows)))

        given.__later__ = title  # type: ignore[attr-defined]
        return given

    return mark


def _offer(title: str, why: str) -> str:
    address = request.full_path.rstrip("?")
    return render_template("jobs/later.html", title=title, why=why, address=address, kind=LATER)


def too_long(rows: int) -> bool:
    """Return whether a list of the page asked for is to be made in a job."""
    if progress.beside() or rows <= MOST_AT_ONCE:
        return False
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "__later__", None) is not None


def refuse_long(rows: int) -> None:
    """Keep nobody waiting for a long list: raises `TooLong`, which the view's `@later` answers."""
    if too_long(rows):
        raise TooLong(rows)
