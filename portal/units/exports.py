"""The registry as a file: XLSX for people, CSV for machines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from portal import words
from portal.papers import sheets
from portal.papers.sheets import Column, Kind, Sheet
from portal.papers.table_files import XLSX
from tenants.identity import Place

from .models import Unit


def registry_sheet(units: Sequence[Unit], place: Place | None, today: date, *, demo: bool) -> Sheet:
    """Return the units as a table."""
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
    rows = [
        (
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
        for number, unit in enumerate(units, 1)
    ]
    title = f"Danh mục đơn vị {place.tenant_name}" if place else "Danh mục đơn vị"
    subtitle = f"{words.number(len(rows))} đơn vị, lập ngày {words.day(today)}"
    return Sheet(title, columns, rows, subtitle=subtitle, specimen="Dữ liệu minh họa" if demo else None)


def as_file(sheet: Sheet, kind: str, made: datetime) -> tuple[bytes, str, str]:
    """Return a sheet as the bytes, name and media type of a download; `kind` is "xlsx" or "csv"."""
    name = f"{sheet.title}.{kind}"
    if kind == "csv":
        return sheets.sheet_csv(sheet), name, "text/csv"
    return sheets.sheet_xlsx(sheet, made), name, XLSX
