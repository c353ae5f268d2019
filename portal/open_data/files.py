"""The files of a data set: CSV and JSON, made when the data has changed, kept compressed, read in pieces.

A file is named by the mark of its content's source, so that it is never stale and never made twice, and the
database is asked for rows only when something changed. Nothing here holds a whole data set in memory.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, cast

from sqlalchemy import BigInteger, func, literal_column, select

from portal.papers.sheets import csv_text
from tenants.database import db

from .licence import Licence
from .sets import DataSet

BATCH = 1000
PIECE = 64 * 1024
MEDIA_TYPES = {"csv": "text/csv; charset=utf-8; header=present", "json": "application/json"}


def mark_of(data_set: DataSet, licence: Licence, ext: str) -> str:
    """Return what changes when anything in the file would: a digest over every row of the tables it is made from."""
    seen = [f"{data_set.slug}.{ext}", repr(data_set.columns), repr(licence)]
    for table in data_set.tables:
        whole = literal_column(f"{table.__tablename__}::text")
        digest = func.sum(func.hashtextextended(whole, 0, type_=BigInteger))
        count, marks = db.session.execute(select(func.count(), digest).select_from(table)).one()
        seen.append(f"{table.__tablename__} {count} {marks}")
    return hashlib.sha256("\n".join(seen).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Kept:
    """A file as it is kept: where, the mark of its content, and since when it is as it is."""

    path: Path
    mark: str
    made: datetime


def kept_file(folder: Path, data_set: DataSet, licence: Licence, ext: str) -> Kept:
    """Return the compressed file of a data set as it is now; made if it is not there."""
    mark = mark_of(data_set, licence, ext)
    path = folder / f"{data_set.slug}-{mark}.{ext}.gz"
    if not path.exists():
        _make(path, _WRITERS[ext](data_set, licence))
        _forget(folder, f"{data_set.slug}-*.{ext}.gz")
    # Whole seconds: an HTTP date has no others.
    return Kept(path, mark, datetime.fromtimestamp(int(path.stat().st_mtime), UTC))


def _make(path: Path, texts: Iterator[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as part:
        made = Path(part.name)
        try:
            with gzip.GzipFile(fileobj=part, mode="wb", mtime=0) as packed:
                for text in texts:
                    packed.write(text.encode())
            part.flush()
            made.replace(path)
        except BaseException:
            made.unlink()
            raise


def _forget(folder: Path, names: str) -> None:
    """Remove older files; the one before the newest stays for whoever is just taking it."""
    newest_first = sorted(folder.glob(names), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for path in newest_first[2:]:
        path.unlink(missing_ok=True)


def pieces(path: Path, *, packed: bool) -> Iterator[bytes]:
    """Return a kept file piece by piece, as it is or unpacked."""
    with path.open("rb") if packed else gzip.open(path, "rb") as content:
        while piece := content.read(PIECE):
            yield piece


def _rows(data_set: DataSet) -> Iterator[Sequence[Any]]:
    found = db.session.execute(data_set.statement().execution_options(yield_per=BATCH))
    for rows in found.partitions():
        yield from (cast("Sequence[Any]", row) for row in rows)


class _Line:
    """Takes what the CSV writer writes, one line at a time."""

    text = ""

    def write(self, text: str) -> None:
        self.text = text


def _csv(data_set: DataSet, _licence: Licence) -> Iterator[str]:
    line = _Line()
    writer = csv.writer(line)
    writer.writerow(data_set.names)
    yield "\ufeff" + line.text
    for row in _rows(data_set):
        writer.writerow([_csv_value(value) for value in row])
        yield line.text


def _csv_value(value: object) -> str | int:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, int) else csv_text(str(value))


def _json(data_set: DataSet, licence: Licence) -> Iterator[str]:
    head = {
        "data_set": data_set.slug,
        "title": data_set.title,
        "description": data_set.description,
        "licence": licence.as_json(),
        "columns": [column.as_json() for column in data_set.columns],
    }
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "rows": ['
    between = "\n"
    for row in _rows(data_set):
        yield between + json.dumps(
            dict(zip(data_set.names, map(json_value, row), strict=True)), ensure_ascii=False
        )
        between = ",\n"
    yield "\n]}\n"


def json_value(value: object) -> object:
    """Return a value as JSON holds it: days as 2027-01-05."""
    return value.isoformat() if isinstance(value, date) else value


_WRITERS: Mapping[str, Callable[[DataSet, Licence], Iterator[str]]] = {"csv": _csv, "json": _json}
