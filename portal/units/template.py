"""The workbook a district fills in: one sheet for units, one with the kinds that may be named."""

from __future__ import annotations

import io

from portal import words

from .columns import NEEDED, ORDER
from .reading import MOST_ROWS
from .rules import LABELS

_WIDTHS = {"name": 44, "kind": 44, "commune": 22, "address": 30, "email": 26, "head_name": 24, "superior": 28}
_FIRST = 3


def template(tier: str = "district") -> bytes:
    """Return the empty template as XLSX; text stays text, and kinds are chosen from a list."""
    import xlsxwriter

    target = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        face = {"font_name": "Times New Roman", "font_size": 12}
        title = book.add_format(face | {"bold": True, "font_size": 14})
        plain = book.add_format(face | {"italic": True})
        head = book.add_format(face | {"bold": True, "border": 1, "bg_color": "#E6EEEE", "text_wrap": True})
        text = book.add_format(face | {"num_format": "@"})
        page, kinds = book.add_worksheet("Danh mục"), book.add_worksheet("Loại hình")
        page.write_string(0, 0, "Danh mục đơn vị", title)
        page.write_string(
            1,
            0,
            "Cột có dấu * phải ghi. Ô để trống: đơn vị mới lấy giá trị mặc định, đơn vị đã có giữ nguyên. "
            "Mã để trống thì hệ thống tự đặt.",
            plain,
        )
        for column, name in enumerate(ORDER):
            page.set_column(column, column, _WIDTHS.get(name, 16), text)
            page.write_string(_FIRST - 1, column, LABELS[name] + (" *" if name in NEEDED else ""), head)
        page.freeze_panes(_FIRST, 1)
        last = _FIRST + MOST_ROWS - 1
        choices = {
            "kind": f"='Loại hình'!$A$2:$A${len(words.kinds_of(tier)) + 1}",
            "public": ["Công lập", "Ngoài công lập"],
            "sensitive": ["Có", "Không"],
        }
        for name, source in choices.items():
            column = ORDER.index(name)
            page.data_validation(_FIRST, column, last, column, {"validate": "list", "source": source})
        kinds.set_column(0, 0, 70)
        kinds.set_column(1, 1, 14)
        kinds.write_string(0, 0, "Loại hình (chọn đúng một dòng)", head)
        kinds.write_string(0, 1, "Dòng Biểu 01", head)
        for row, kind in enumerate(words.kinds_of(tier).values(), 1):
            kinds.write_string(row, 0, kind.name, book.add_format(face))
            kinds.write_string(row, 1, kind.group, book.add_format(face))
    return target.getvalue()
