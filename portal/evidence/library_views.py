"""The unit's library: everything it keeps, searched, narrowed, as a file, and where files come in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request

from portal import clock, words
from portal.dossiers.queries import dossier_of, open_sheet
from portal.dossiers.taking import editable
from portal.papers.sheets import Column, Kind, Sheet
from portal.papers.table_files import file_of
from portal.web import Listing, back_to, listing, paginate
from tenants.access import may, place_here, signed_in, tenant_here
from tenants.database import db
from tenants.refusal import Refused
from tenants.rights import Right

from . import operations, parts
from .blueprint import blueprint
from .checks import ACCEPT, ALLOWED, MAX_BYTES
from .documents import tied_words
from .indicator_views import say
from .keeping import room
from .linking import open_dossiers, term_of
from .models import Evidence
from .queries import SORTS, Use, Wanted, used_places, uses
from .queries import library as library_select
from .rules import validity
from .sending import Sent
from .wording import TERMS, USES, VALIDITIES

MOST_EXPORTED = 20_000


@dataclass(frozen=True, slots=True)
class Target:
    """The open indicator for which a file is being chosen."""

    dossier_id: int
    indicator_id: int
    code: str
    title: str
    year: int
    tied: frozenset[int]


def standing(file: Evidence) -> tuple[str, str]:
    """Return how a file's paper stands today, as a word and its tone."""
    return VALIDITIES[validity(term_of(file), clock.today())]


def _asked(years: Sequence[int], codes: Sequence[str]) -> Listing:
    return listing(
        tuple(SORTS),
        filters={
            "cho": (request.args.get("cho", ""),),
            "loai": tuple(words.DOCUMENT_KINDS),
            "nam": tuple(str(year) for year in years),
            "chi-tieu": tuple(codes),
            "han": tuple(TERMS),
            "dung": tuple(USES),
        },
    )


def _wanted(asked: Listing) -> Wanted:
    chosen = asked.filters
    return Wanted(asked.q, chosen["loai"], chosen["nam"], chosen["chi-tieu"], chosen["han"], chosen["dung"])


@blueprint.get("/minh-chung")
@may(Right.FILL_DOSSIER)
def library() -> Any:
    """All files of the unit; with `cho` also the way to tie one to an indicator."""
    place = place_here()
    assert place.unit_id is not None
    years, codes = used_places(place.tenant_id, place.unit_id)
    asked = _asked(years, codes)
    select = library_select(
        place.tenant_id, place.unit_id, _wanted(asked), clock.today(), asked.sort, asked.direction
    )
    page = paginate(select, asked.number)
    target = _target(asked.filters["cho"])
    used, allowed = room(place.tenant_id, place.unit_id)
    return render_template(
        "evidence/library.html",
        page=page,
        listing=asked,
        years=[(str(year), f"Hồ sơ {year}") for year in years],
        codes=[(code, code) for code in codes],
        terms=list(TERMS.items()),
        unused=list(USES.items()),
        uses=uses(place.tenant_id, [file.id for file in page.items]),
        in_force={file.id: standing(file) for file in page.items},
        target=target,
        room=(used, allowed),
        waiting=[] if target else parts.waiting(signed_in(), place.tenant_id, place.unit_id),
        unfinished=[] if target else open_dossiers(place.tenant_id, place.unit_id),
        upload={"accept": ACCEPT, "allowed": ALLOWED, "max_bytes": MAX_BYTES},
    )


def _target(text: str) -> Target | None:
    """Return the indicator a file is being chosen for, or None where there is none that is open."""
    dossier_id, _, indicator_id = text.partition("-")
    numbers = [
        part for part in (dossier_id, indicator_id) if part.isascii() and part.isdigit() and len(part) < 12
    ]
    dossier = dossier_of(tenant_here(), int(dossier_id)) if len(numbers) == 2 else None
    if dossier is None:
        return None
    sheet = open_sheet(dossier)
    row = next((row for row in sheet.catalogue if row.id == int(indicator_id)), None)
    if row is None:
        return None
    try:
        editable(sheet, indicator_id=row.id)
    except Refused:
        return None
    tied = frozenset(file.id for file in sheet.evidence[row.id])
    return Target(dossier.id, row.id, row.code, row.title, dossier.year, tied)


@blueprint.post("/minh-chung")
@may(Right.FILL_DOSSIER)
def add() -> Any:
    """Take files into the library; one that is there already leads to the page where it is tied."""
    place = place_here()
    assert place.unit_id is not None
    sent = Sent(signed_in(), place.tenant_id)
    taken = operations.take_in(signed_in(), place.tenant_id, place.unit_id, sent)
    sent.settle(taken)
    kind = request.form.get("kind", "")
    tied = operations.sort_in(signed_in(), taken.kept, kind) if kind in words.DOCUMENT_KINDS else []
    say(taken, "")
    if len(taken.known) == 1 and not taken.kept and not taken.refused:
        return back_to("evidence.show", evidence_id=taken.known[0].id, _anchor="gan")
    return back_to("evidence.library", tied_words(tied))


@blueprint.get("/minh-chung/xuat.<ext>")
@may(Right.FILL_DOSSIER)
def export(ext: str) -> Any:
    """Give the list as asked for, all pages, as XLSX or CSV."""
    place = place_here()
    assert place.unit_id is not None
    asked = _asked(*used_places(place.tenant_id, place.unit_id))
    select = library_select(
        place.tenant_id, place.unit_id, _wanted(asked), clock.today(), asked.sort, asked.direction
    )
    files = list(db.session.scalars(select.limit(MOST_EXPORTED)))
    used = uses(place.tenant_id, [file.id for file in files])
    return file_of(ext, _sheet(files, used), "Kho-minh-chung")


def _sheet(files: Sequence[Evidence], used: dict[int, list[Use]]) -> Sheet:
    columns = (
        Column("TT", Kind.INTEGER, 6),
        Column("Tên tài liệu", width=44),
        Column("Loại", width=22),
        Column("Số, ký hiệu", width=18),
        Column("Ngày ban hành", Kind.DATE, 14),
        Column("Nơi ban hành", width=28),
        Column("Có hiệu lực từ", Kind.DATE, 14),
        Column("Hết hiệu lực sau", Kind.DATE, 14),
        Column("Hiệu lực", width=18),
        Column("Dùng ở (chỉ tiêu/năm)", width=28),
        Column("Tên tệp", width=34),
        Column("Dung lượng (byte)", Kind.INTEGER, 14),
        Column("Gửi lúc", width=18),
        Column("Người gửi", width=26),
    )
    rows = [
        (
            number,
            file.title,
            words.DOCUMENT_KINDS[file.kind],
            file.number,
            file.issued_on,
            file.issuer,
            file.valid_from,
            file.valid_until,
            standing(file)[0],
            ", ".join(f"{use.code}/{use.year}" for use in used[file.id]),
            file.file_name,
            file.size,
            words.moment(file.uploaded_at),
            file.uploaded_by,
        )
        for number, file in enumerate(files, 1)
    ]
    place = place_here()
    subtitle = f"{place.tenant_name}, {words.number(len(rows))} tài liệu, lúc {words.moment(clock.now())}"
    return Sheet(
        "Kho minh chứng",
        columns,
        rows,
        subtitle=subtitle,
        specimen="Dữ liệu minh họa" if clock.is_demo() else None,
    )
