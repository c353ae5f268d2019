"""Searching the record of a place, or of the province: by time, person, kind of act, unit, dossier and words.

A page is found by the key of the entry before it, so that the thousandth page costs what the first does; the
indexes on time carry the order, and what is searched by words lies within the asked days.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select, tuple_

from portal import words
from portal.papers.sheets import Column, Sheet, Value
from portal.spelling import escaped, fold
from portal.units.models import Unit
from portal.words import ZONE
from tenants.places import Tenant

from .models import TrailEntry

PER_PAGE = 50
MOST_EXPORTED = 1_000_000
DAYS = 90

# Kinds of acts to choose from: their words, and how the acts begin.
GROUPS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "nguoi": ("Người, vai trò, tài khoản", ("person.", "user.", "account.", "power.", "delegation.")),
    "ho-so": ("Các bước của hồ sơ", ("dossier.",)),
    "tham-dinh": ("Thẩm định, kiểm tra, hội đồng", ("appraisal", "visit.", "council.", "waiver")),
    "quyet-dinh": ("Quyết định, công bố", ("decision.", "further.", "register.")),
    "khieu-nai": ("Khiếu nại, phản ánh", ("complaint.", "inquiry.")),
    "bao-cao": ("Báo cáo", ("report.", "province.")),
    "danh-muc": (
        "Danh mục, năm, mục tiêu",
        ("unit.", "past_result", "tenant.", "place.", "catalogue.", "year", "day.", "clock.", "target_"),
    ),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader asks for; `first` and `last` are days in Vietnam, `after` the key of the entry before the page."""

    first: date
    last: date
    words: str = ""
    person: str = ""
    group: str = ""
    unit: str = ""
    dossier: int | None = None
    after: tuple[datetime, int] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One page: entries with the names of unit and place, and the key of the next page (None: the last)."""

    rows: list[Any] = field(default_factory=list)
    following: str = ""


def key_of(entry: TrailEntry) -> str:
    """Return the key of an entry as it stands in an address."""
    return f"{int(entry.at.timestamp() * 1_000_000)}-{entry.id}"


def read_key(text: str) -> tuple[datetime, int] | None:
    """Return the moment and number of a key, None for what is none."""
    moment, _, number = text.partition("-")
    if not all(part.isascii() and part.isdigit() and len(part) < 18 for part in (moment, number)):
        return None
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(moment)), int(number)


def entries(asked: Asked, tenant_id: int | None) -> Select[Any]:
    """Return the statement of what was asked, newest first; `tenant_id` None: of every place the scope reads."""
    begins = datetime.combine(asked.first, datetime.min.time(), ZONE)
    ends = datetime.combine(asked.last, datetime.min.time(), ZONE) + timedelta(days=1)
    found = (
        select(TrailEntry, Unit.name.label("unit"), Tenant.name.label("place"), Tenant.tier)
        .join(Tenant, Tenant.id == TrailEntry.tenant_id)
        .outerjoin(Unit, (Unit.tenant_id == TrailEntry.tenant_id) & (Unit.id == TrailEntry.unit_id))
        .where(TrailEntry.at >= begins, TrailEntry.at < ends)
        .order_by(TrailEntry.at.desc(), TrailEntry.id.desc())
    )
    if tenant_id is not None:
        found = found.where(TrailEntry.tenant_id == tenant_id)
    if asked.after:
        found = found.where(tuple_(TrailEntry.at, TrailEntry.id) < asked.after)
    if asked.dossier is not None:
        found = found.where(TrailEntry.dossier_id == asked.dossier)
    if asked.group in GROUPS:
        found = found.where(
            or_(*(TrailEntry.act.startswith(begin, autoescape=True) for begin in GROUPS[asked.group][1]))
        )
    for column, typed in (
        (func.folded(TrailEntry.sentence), asked.words),
        (func.folded(TrailEntry.actor), asked.person),
    ):
        for word in fold(typed).split():
            found = found.where(column.like(f"%{escaped(word)}%"))
    if asked.unit:
        for word in fold(asked.unit).split():
            pattern = f"%{escaped(word)}%"
            found = found.where(or_(Unit.name_folded.like(pattern), func.lower(Unit.code).like(pattern)))
    return found


def changed(entry: TrailEntry) -> tuple[str, str] | None:
    """Return what stood before and after an act that changed something, as words; None where it says neither."""
    before, after = (entry.detail.get(name) for name in ("before", "after"))
    return None if before is None and after is None else (_said(before), _said(after))


def _said(value: Any) -> str:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return "; ".join(_said(one) for one in value) or "–"
    if isinstance(value, bool):
        return "có" if value else "không"
    return "–" if value in (None, "") else str(value)[:500]


def row(found: Any) -> tuple[Value, ...]:
    """Return an entry, with its unit and place, as a row of a file."""
    entry, unit, place, tier = found
    return (
        words.moment(entry.at),
        place,
        entry.actor,
        words.role_name(entry.role, tier) if entry.role else "",
        entry.sentence,
        unit or "",
        *(changed(entry) or ("", "")),
        entry.address,
        str(entry.id),
    )


def sheet(rows: Collection[tuple[Value, ...]], **shared: Any) -> Sheet:
    """Return entries as a table to take along."""
    columns = (
        Column("Lúc", width=18),
        Column("Nơi", width=24),
        Column("Người", width=30),
        Column("Vai trò", width=20),
        Column("Việc", width=70),
        Column("Đơn vị", width=30),
        Column("Trước", width=24),
        Column("Sau", width=24),
        Column("Từ địa chỉ", width=16),
        Column("Mục số", width=10),
    )
    return Sheet("Nhật ký", columns, rows, **shared)
