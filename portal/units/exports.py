"""The registry as a file: XLSX for people, CSV for machines."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

from sqlalchemy import Select

from portal import words
from portal.papers.office import SPECIMEN
from portal.papers.sheets import Column, Kind, Sheet, Value
from portal.papers.table_files import streamed
from tenants.identity import Place

from .models import Unit


def registry_sheet(found: Select[Any], place: Place | None, today: date, *, demo: bool) -> Sheet:
    """Return the units of a statement as a table, read while it is written."""
    columns = (
        Column("TT", Kind.INTEGER, 6),
        Column("Mã đơn vị", width=14),
        Column("Tên đơn vị", width=40),
        Column("Loại hình", width=30),
        Column("Sở hữu", width=16),
        Column("Xã, phường, thị trấn", width=20),
        Column("Cơ quan chủ quản", width=24),
        Column("Địa chỉ", width=28),
        Column("Điện thoại", width=16),
        Column("Thư điện tử", width=24),
        Column("Thủ trưởng", width=22),
        Column("Chức vụ thủ trưởng", width=18),
        Column("Ngày thành lập", Kind.DATE, 14),
        Column("Ngày đóng", Kind.DATE, 14),
    )
    numbers = itertools.count(1)
    rows = streamed(found, lambda row: _row(next(numbers), row[0]))
    title = f"Danh mục đơn vị {place.tenant_name}" if place else "Danh mục đơn vị"
    subtitle = f"{words.number(len(rows))} đơn vị, lập ngày {words.day(today)}"
    return Sheet(title, columns, rows, subtitle=subtitle, specimen=SPECIMEN if demo else None)


def _row(number: int, unit: Unit) -> tuple[Value, ...]:
    return (
        number,
        unit.code,
        unit.name,
        words.kind_name(unit.kind),
        words.public_name(unit.public),
        unit.commune,
        unit.superior,
        unit.address,
        unit.phone,
        unit.email,
        unit.head_name,
        unit.head_title,
        unit.opened_on,
        unit.closed_on,
    )
