"""The record of a place to search, to take along, and its seals to print."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, render_template, request

from portal import clock, words
from portal.jobs.later import later
from portal.papers.table_files import file_of, marks, streamed
from portal.typed import line, read_day
from tenants.access import may, signed_in
from tenants.database import db
from tenants.people import PROVINCE_ROLES
from tenants.rights import Right

from . import queries, searching
from .searching import DAYS, GROUPS, MOST_EXPORTED, PER_PAGE, Asked

blueprint = Blueprint("trail", __name__)


def _tenant() -> int | None:
    """Return the place whose record is read; None for the province, which reads all."""
    place = signed_in().here
    return None if place.role in PROVINCE_ROLES else place.tenant_id


def _asked() -> Asked:
    args = request.args
    last = read_day(args.get("den", "")) or clock.today()
    first = read_day(args.get("tu", "")) or last - timedelta(days=DAYS)
    dossier = args.get("ho-so", "")
    group = args.get("viec", "")
    return Asked(
        first=min(first, last),
        last=last,
        words=line(args.get("q", ""))[:100],
        person=line(args.get("nguoi", ""))[:100],
        group=group if group in GROUPS else "",
        unit=line(args.get("don-vi", ""))[:100],
        dossier=int(dossier) if dossier.isascii() and dossier.isdigit() and len(dossier) < 18 else None,
        after=searching.read_key(args.get("sau", "")),
    )


@blueprint.get("/nhat-ky")
@may(Right.SEE_TRAIL)
def index() -> Any:
    """One page of the record, newest first."""
    asked, tenant_id = _asked(), _tenant()
    rows = db.session.execute(searching.entries(asked, tenant_id).limit(PER_PAGE + 1)).all()
    following = searching.key_of(rows[PER_PAGE - 1][0]) if len(rows) > PER_PAGE else ""
    kept = {name: value for name, value in request.args.items() if name != "sau" and value}
    narrowed = bool(asked.words or asked.person or asked.group or asked.unit or asked.dossier)
    return render_template(
        "trail/index.html",
        asked=asked,
        rows=rows[:PER_PAGE],
        following=following,
        kept=kept,
        narrowed=narrowed,
        groups=[(key, name) for key, (name, _) in GROUPS.items()],
        changed=searching.changed,
        everywhere=tenant_id is None,
        typed={name: request.args.get(name, "") for name in ("tu", "den", "ho-so")},
    )


@blueprint.get("/nhat-ky/tai-ve.<ext>")
@may(Right.SEE_TRAIL)
@later("Nhật ký")
def export(ext: str) -> Any:
    """What was asked as XLSX or CSV, the newest entries first."""
    found_entries = searching.entries(_asked(), _tenant()).limit(MOST_EXPORTED)
    rows = streamed(found_entries, searching.row)
    note = ""
    if len(rows) == MOST_EXPORTED:
        note = (
            f"Chỉ có {words.number(MOST_EXPORTED)} mục mới nhất; xin thu hẹp khoảng ngày để lấy phần còn lại."
        )
    return file_of(ext, searching.sheet(rows, note=note, **marks()), "nhat-ky")


@blueprint.get("/nhat-ky/niem-phong")
@may(Right.SEE_TRAIL)
def seals() -> Any:
    """The head of the chain of each place, to print and keep outside; and the seal of any number, to compare."""
    number = request.args.get("so", "")
    asked = int(number) if number.isascii() and number.isdigit() and 0 < len(number) < 18 else None
    place = signed_in().here
    return render_template(
        "trail/seals.html",
        heads=queries.heads(_tenant()),
        number=number,
        earlier=queries.seal_of(place.tenant_id, asked) if asked else None,
        asked=asked,
        now=clock.now(),
    )
