"""A list of the portal to take along as XLSX or CSV: the one place that answers with such a file."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import IO, Any

from flask import Response, abort
from sqlalchemy import Select, func, select

from portal import clock, web, words
from portal.jobs.later import refuse_long
from portal.papers.office import SPECIMEN
from portal.papers.sheets import Sheet, Streamed, Value, write_csv, write_xlsx
from tenants.access import signed_in
from tenants.database import db

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
AT_ONCE = 500
IN_MEMORY = 256 * 1024
MEDIA = {"xlsx": XLSX, "csv": "text/csv"}


def marks() -> dict[str, Any]:
    """Return what every list as a file carries: who made it when, the mark of a demo."""
    place = signed_in().place
    name = place.tenant_name if place else ""
    return {
        "subtitle": f"{name}, lúc {words.moment(clock.now())}",
        "specimen": SPECIMEN if clock.is_demo() else None,
    }


def streamed(statement: Select[Any], row: Callable[[Any], tuple[Value, ...]]) -> Streamed:
    """Return what a statement finds as rows of a table, counted now and read while they are written."""
    counted = select(func.count()).select_from(statement.order_by(None).options().subquery())
    in_pieces = statement.execution_options(yield_per=AT_ONCE)
    return Streamed(
        int(db.session.scalar(counted) or 0), lambda: (row(one) for one in db.session.execute(in_pieces))
    )


def file_of(ext: str, sheet: Sheet, name: str) -> Response:
    """Answer with a list as it is now, as XLSX or CSV; 404 for any other ending."""
    return frozen_file_of(ext, sheet, name, clock.now())


def frozen_file_of(ext: str, sheet: Sheet, name: str, made: datetime | None = None) -> Response:
    """Answer with a table that no longer changes, dated `made`: the same bytes at any time."""
    return book_of(ext, {"Bảng": sheet}, name, made)


def book_of(ext: str, sheets: Mapping[str, Sheet], name: str, made: datetime | None = None) -> Response:
    """Answer with tables as one workbook by the names of their tabs; as CSV, which has no tabs, with the first."""
    if ext not in MEDIA:
        abort(404)
    refuse_long(max(len(sheet.rows) for sheet in sheets.values()))
    # On disk where it is large, so that memory stays what it was; the answer closes the file at its end.
    target: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
    try:
        if ext == "xlsx":
            write_xlsx(target, sheets, made)
        else:
            write_csv(target, next(iter(sheets.values())))
        size = target.tell()
        target.seek(0)
        content = target if size > IN_MEMORY else target.read()
    except BaseException:
        target.close()
        raise
    if isinstance(content, bytes):
        target.close()
    return web.download(content, f"{name}.{ext}", MEDIA[ext], size=size)
