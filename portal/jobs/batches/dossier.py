"""A unit's whole dossier as one ZIP: its papers, its signed scans, every file of evidence, and a list of them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath

from portal import words
from portal.dossiers.models import Dossier
from portal.dossiers.queries import Sheet as DossierSheet
from portal.dossiers.queries import dossier_of, open_sheet
from portal.evidence.store import store
from portal.jobs.batch import Batch, Described
from portal.jobs.turn import Result, Turn
from portal.jobs.wanted import Wanted
from portal.papers import district
from portal.papers.content import content_of
from portal.papers.district import file_name
from portal.papers.documents import Page
from portal.papers.sheets import Column, Kind, Sheet, sheet_csv
from portal.papers.shelf import KINDS
from portal.sealed.queries import signed_papers
from tenants.refusal import Refused
from tenants.rights import Right

from .packing import MEDIA_TYPE, Package

Scan = tuple[str, str, int]
_ENDING = re.compile(r"\.[a-z0-9]{1,5}")
_COLUMNS = (
    Column("TT", Kind.INTEGER),
    Column("Tệp"),
    Column("Tên minh chứng"),
    Column("Số, ký hiệu"),
    Column("Ngày", Kind.DATE),
    Column("Cơ quan ban hành"),
    Column("Chỉ tiêu"),
    Column("Mã băm SHA-256"),
    Column("Ghi chú"),
)


@dataclass(frozen=True, slots=True)
class _File:
    """A file of evidence, as plain values: where it lies in the ZIP, and what the list says of it."""

    inside: str
    title: str
    number: str
    issued_on: date | None
    issuer: str
    codes: str
    sha256: str
    size: int


class WholeDossier(Batch):
    """Everything of one dossier; its subject is the dossier."""

    name = "dossier"
    right = Right.SEE_DOSSIER

    def describe(self, wanted: Wanted) -> Described:
        """Say of which year; a dossier under work is made anew at every asking."""
        dossier = _dossier(wanted)
        return Described(f"Hồ sơ năm {dossier.year}: văn bản và minh chứng (ZIP)")

    def build(self, turn: Turn) -> Result:
        """Make the papers, then copy the evidence file by file."""
        with turn.reading():
            dossier = _dossier(turn.held.wanted)
            sheet = open_sheet(dossier)
            pages, scans = papers_of(dossier)
            files = _evidence(sheet)
            name = file_name("Ho-so", sheet.unit.code, dossier.year)
        total = len(pages) + len(scans) + len(files)
        papers = []
        for done, (inside, page) in enumerate(pages):
            turn.step(done, total)
            papers.append((inside, turn.part(page.key, page.pdf)))
        target = turn.folder / "ket-qua.zip"
        package = Package(target, turn.held.asked_at)
        for inside, path in papers:
            package.add_file(f"{name}/{inside}", path)
        for done, (inside, sha256, size) in enumerate(scans, len(papers)):
            turn.step(done, total)
            _add(turn, package, f"{name}/{inside}", sha256, size)
        lost = set()
        for done, file in enumerate(files, len(papers) + len(scans)):
            turn.step(done, total)
            if not _add(turn, package, f"{name}/{file.inside}", file.sha256, file.size):
                lost.add(file.inside)
        listed = sheet_csv(Sheet("Danh mục minh chứng", _COLUMNS, list(_lines(files, lost))))
        package.add(f"{name}/danh-muc-minh-chung.csv", io.BytesIO(listed), len(listed))
        package.close()
        return Result(target, f"{name}.zip", MEDIA_TYPE, told=_told(len(files), len(lost)))


def _dossier(wanted: Wanted) -> Dossier:
    dossier = dossier_of(wanted.tenant_id, wanted.subject)
    if dossier is None:
        raise Refused("Không tìm thấy hồ sơ này.", 404)
    return dossier


def papers_of(dossier: Dossier) -> tuple[list[tuple[str, Page]], list[Scan]]:
    """Return the papers of a dossier as pages, and its scans as contents of the store, by their names in a folder."""
    sheet = open_sheet(dossier)
    content, bodies = content_of(sheet), district.office_at_filing(sheet)
    made = ((kind, kind.page(sheet, content, bodies)) for kind in KINDS.values())
    pages = [(f"{kind.stem}.pdf", page) for kind, page in made if page is not None]
    scans = [
        (f"Da-ky-{file_name(name)}.pdf", paper.sha256, paper.size)
        for name, paper in signed_papers(dossier).items()
    ]
    return pages, scans


def _evidence(sheet: DossierSheet) -> list[_File]:
    """Return each file once, in the order of the indicators, with the codes of those it proves."""
    codes: dict[int, list[str]] = {}
    known = {}
    for row in sheet.catalogue:
        for file in sheet.evidence.get(row.id, ()):
            known[file.id] = file
            codes.setdefault(file.id, []).append(row.code)
    return [
        _File(
            f"minh-chung/{place:03}-{file_name(file.title)[:60] or 'tep'}{_ending(file.file_name)}",
            file.title,
            file.number,
            file.issued_on,
            file.issuer,
            ", ".join(codes[number]),
            file.sha256,
            file.size,
        )
        for place, (number, file) in enumerate(known.items(), 1)
    ]


def _ending(named: str) -> str:
    """Return the ending of a file somebody named, where it is one."""
    ending = PurePath(named).suffix.lower()
    return ending if _ENDING.fullmatch(ending) else ""


def _add(turn: Turn, package: Package, inside: str, sha256: str, size: int) -> bool:
    """Copy a content of the store in; returns False for one that is lost or damaged."""
    try:
        content = store().open(turn.tenant_id, sha256)
    except Refused as refused:
        if refused.status != 404:
            raise
        return False
    with content:
        package.add(inside, content, size)
    return True


def _lines(files: list[_File], lost: set[str]) -> Iterator[tuple[str | int | date | None, ...]]:
    for order, file in enumerate(files, 1):
        note = "Không đọc được tệp này trong kho; xin báo quản trị huyện." if file.inside in lost else ""
        yield (
            order,
            file.inside,
            file.title,
            file.number,
            file.issued_on,
            file.issuer,
            file.codes,
            file.sha256,
            note,
        )


def _told(files: int, lost: int) -> str:
    return (
        f"Có {words.number(lost)}/{words.number(files)} minh chứng không đọc được trong kho." if lost else ""
    )
