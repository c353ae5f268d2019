"""A file that somebody sent, read and written beside the pages: a registry of units, results of earlier years.

Reading touches nothing but the file's own row. Writing is one transaction: all of it and once, whatever happens to
the worker, as the file itself remembers that it was written.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from portal import words
from portal.cycle.queries import tier_at
from portal.history import importing as past
from portal.history.queries import IMPORT_KIND
from portal.jobs.batch import Batch, Described
from portal.jobs.turn import Result, Turn
from portal.jobs.wanted import Wanted
from portal.units import importing as units
from portal.units import uploads
from portal.units.models import ImportBatch
from tenants.identity import Identity
from tenants.refusal import Refused
from tenants.rights import Right


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of file: what it is called, where its dry run is shown, how it is read and how it is written."""

    kind: str
    title: str
    page: str
    right: Right
    rows_of: Callable[[bytes, str], list[dict[str, Any]]]
    write: Callable[[Identity, int, int], Any]

    @property
    def reading(self) -> str:
        """The job that reads such a file."""
        return f"{self.kind}_read"

    @property
    def writing(self) -> str:
        """The job that writes such a file."""
        return f"{self.kind}_write"


UNITS = Source(
    units.KIND,
    "danh mục đơn vị",
    "/huyen/don-vi/nhap",
    Right.MANAGE_UNITS,
    units.rows_of,
    units.confirm_batch,
)
PAST = Source(
    IMPORT_KIND,
    "kết quả các năm trước",
    "/huyen/ket-qua-cu/nhap",
    Right.KEEP_HISTORY,
    lambda content, _tier: past.rows_of(content),
    past.confirm_batch,
)
SOURCES = (UNITS, PAST)


class _OfFile(Batch):
    """A job on a file; its subject is the file's number."""

    verb = ""

    def __init__(self, source: Source, name: str) -> None:
        self.source, self.name, self.right = source, name, source.right  # type: ignore[misc]

    def describe(self, wanted: Wanted) -> Described:
        """Name the file; what is to be done with it is asked again when it is done."""
        file = self._file(wanted)
        page = f"{self.source.page}/{file.id}"
        return Described(f"{self.verb} {self.source.title} từ tệp “{file.file_name}”", path=page)

    def _file(self, wanted: Wanted) -> ImportBatch:
        file = uploads.batch_of(wanted.tenant_id, self.source.kind, wanted.subject)
        if file is None:
            raise Refused("Không tìm thấy tệp này. Xin gửi lại tệp.", 404)
        return file

    @abstractmethod
    def build(self, turn: Turn) -> Result:
        """Do it once, whatever was done before."""


class Reading(_OfFile):
    """The dry run of a file: every row as it will be compared with what is there."""

    verb = "Đọc"

    def build(self, turn: Turn) -> Result:
        """Read the file outside of any transaction, then keep its rows."""
        wanted = turn.held.wanted
        with turn.reading():
            content, tier = self._file(wanted).content, tier_at(wanted.tenant_id)
        if content is not None:
            with turn.alive():
                rows = self.source.rows_of(content, tier)
            with turn.writing():
                uploads.has_read(wanted.tenant_id, self.source.kind, wanted.subject, rows)
        with turn.reading():
            count = len(self._file(wanted).rows)
        return Result(told=f"Đã đọc {words.number(count)} dòng; xin xem trước rồi xác nhận.")


class Writing(_OfFile):
    """What the dry run showed, written."""

    verb = "Ghi"

    def build(self, turn: Turn) -> Result:
        """Write it in one transaction, unless it has been written."""
        wanted = turn.held.wanted
        with turn.writing():
            if self._file(wanted).state != "done":
                self.source.write(turn.actor, wanted.tenant_id, wanted.subject)
            stored = self._file(wanted).stored
        return Result(told=f"Đã ghi {words.number(stored)} dòng.")


BATCHES = tuple(
    batch
    for source in SOURCES
    for batch in (Reading(source, source.reading), Writing(source, source.writing))
)
