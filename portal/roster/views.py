"""The page of a roster: fill in the template, see what it counts, take the counts, erase the names."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template, request

from portal import words
from portal.dossiers.blueprint import dossier_here, sheet_here
from portal.dossiers.queries import Sheet
from portal.papers.table_files import XLSX
from portal.units.reading import MOST_BYTES
from portal.web import back_to, download, listing, paginate, takes
from tenants.access import found, may, signed_in
from tenants.database import db
from tenants.refusal import Conflict, Refused
from tenants.rights import Right

from . import operations, queries
from .pages import count_rows, marked_choices
from .rules import MOST_PEOPLE, TITLES, Fault
from .template import template

blueprint = Blueprint("roster", __name__)
PER_PAGE = 50
SHOWN_FAULTS = 200


@blueprint.get("/ho-so/<int:dossier_id>/danh-sach")
@may(Right.FILL_DOSSIER)
def show(dossier_id: int) -> Any:
    """Show how to count by a roster, and the one that was read."""
    return _page(sheet_here(dossier_id))


def _page(sheet: Sheet, faults: list[Fault] | None = None, wrong: str = "", status: int = 200) -> Any:
    roster = queries.roster_of(sheet.dossier)
    kept = roster is not None and queries.names_kept(roster)
    choices = marked_choices(sheet)
    asked = listing(("line",), filters={"thieu": [value for value, _ in choices]})
    key, _, code = asked.filters["thieu"].partition(":")
    page = render_template(
        "roster/show.html",
        sheet=sheet,
        dossier=sheet.dossier,
        layout=queries.layout_of(sheet),
        open=sheet.dossier.state in ("draft", "supplement_requested"),
        refused=sheet.dossier.ratio_only or sheet.unit.discreet,
        roster=roster,
        kept=kept,
        rows=count_rows(sheet, roster) if roster else [],
        doubled=queries.doubled(roster) if roster and kept else [],
        people=paginate(queries.people_of(roster, q=asked.q, lacking=code, sheet=key), asked.number, PER_PAGE)
        if roster and kept
        else None,
        listing=asked,
        choices=choices,
        titles=TITLES,
        days=operations.days_kept(),
        most_bytes=MOST_BYTES,
        most_people=MOST_PEOPLE,
        faults=(faults or [])[:SHOWN_FAULTS],
        more_faults=max(0, len(faults or []) - SHOWN_FAULTS),
        wrong=wrong,
    )
    return page, status


@blueprint.get("/ho-so/<int:dossier_id>/danh-sach/tep-mau.xlsx")
@may(Right.FILL_DOSSIER)
def empty_template(dossier_id: int) -> Any:
    """Give the template of this unit's roster."""
    sheet = sheet_here(dossier_id)
    content = template(queries.layout_of(sheet), sheet.unit.name, sheet.dossier.year)
    return download(content, f"Danh sách {sheet.dossier.year} - tệp mẫu.xlsx", XLSX)


@blueprint.post("/ho-so/<int:dossier_id>/danh-sach")
@may(Right.FILL_DOSSIER)
@takes(MOST_BYTES + 64 * 1024)
def read(dossier_id: int) -> Any:
    """Read a file and show what it counts; nothing of the dossier changes yet."""
    dossier = dossier_here(dossier_id)
    sent = request.files.get("file")
    try:
        roster, reading = operations.read(signed_in(), dossier, sent.read() if sent else b"")
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        db.session.rollback()
        return _page(sheet_here(dossier_id), wrong=refused.sentence, status=refused.status)
    if roster is None:
        db.session.rollback()
        return _page(sheet_here(dossier_id), reading.faults, status=422)
    for sentence in reading.notes:
        flash(sentence, "wait")
    said = f"Đã đếm {words.number(len(reading.people))} người. Xem lại rồi chọn số để lấy vào hồ sơ."
    return back_to("roster.show", said, dossier_id=dossier_id, _anchor="so-dem")


@blueprint.post("/ho-so/<int:dossier_id>/danh-sach/lay-so-lieu")
@may(Right.FILL_DOSSIER)
def take(dossier_id: int) -> Any:
    """Take the chosen counts over into the form."""
    dossier = dossier_here(dossier_id)
    seen = {
        name.removeprefix("seen-"): int(value)
        for name, value in request.form.items()
        if name.startswith("seen-") and value.isascii() and value.isdigit() and len(value) < 10
    }
    try:
        operations.take(signed_in(), dossier, set(request.form.getlist("take")), seen)
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        db.session.rollback()
        more = " Xin xem lại số đang có rồi chọn lại." if isinstance(refused, Conflict) else ""
        return _page(sheet_here(dossier_id), wrong=refused.sentence + more, status=refused.status)
    return back_to(
        "dossiers.show", "Đã lấy số liệu từ danh sách vào hồ sơ.", dossier_id=dossier_id, _anchor="so-lieu"
    )


@blueprint.post("/ho-so/<int:dossier_id>/danh-sach/xoa")
@may(Right.FILL_DOSSIER)
def erase(dossier_id: int) -> Any:
    """Erase the names now."""
    operations.erase(signed_in(), found(dossier_here(dossier_id)))
    return back_to("roster.show", "Đã xóa tên trong danh sách; các con số vẫn giữ.", dossier_id=dossier_id)
