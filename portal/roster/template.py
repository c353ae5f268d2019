"""The workbook a unit fills in: one sheet for each list of people, and one that explains the columns."""

from __future__ import annotations

import io

from .rules import LABEL_HEAD, MOST_PEOPLE, Layout

_FIRST = 3
_ADVICE = "Mỗi người một dòng. Ghi x nếu đạt, để trống nếu không. Không đổi tên các cột."


def template(layout: Layout, unit: str, year: int) -> bytes:
    """Return the empty template of a unit's year as XLSX; text stays text."""
    import xlsxwriter

    target = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        face = {"font_name": "Times New Roman", "font_size": 12, "valign": "top"}
        title = book.add_format(face | {"bold": True, "font_size": 14})
        plain = book.add_format(face | {"italic": True})
        head = book.add_format(
            face | {"bold": True, "border": 1, "bg_color": "#E6EEEE", "text_wrap": True, "valign": "vcenter"}
        )
        text = book.add_format(face | {"num_format": "@"})
        mark = book.add_format(face | {"align": "center"})
        wrapped = book.add_format(face | {"text_wrap": True, "border": 1})
        for sheet in layout:
            page = book.add_worksheet(sheet.title)
            page.write_string(0, 0, f"Danh sách {sheet.title.lower()} năm {year} - {unit}"[:250], title)
            page.write_string(1, 0, _ADVICE, plain)
            page.set_row(_FIRST - 1, 78)
            page.set_column(0, 0, 6, text)
            page.set_column(1, 1, 34, text)
            page.set_column(2, 1 + len(sheet.columns), 19, mark)
            page.write_string(_FIRST - 1, 0, "TT", head)
            page.write_string(_FIRST - 1, 1, LABEL_HEAD, head)
            last = _FIRST + MOST_PEOPLE - 1
            for place, column in enumerate(sheet.columns, start=2):
                page.write_string(_FIRST - 1, place, column.head, head)
                page.data_validation(
                    _FIRST, place, last, place, {"validate": "list", "source": ["x"], "error_type": "warning"}
                )
            page.freeze_panes(_FIRST, 2)
        page = book.add_worksheet("Giải thích")
        page.set_column(0, 0, 16, text)
        page.set_column(1, 1, 44, text)
        page.set_column(2, 2, 80, text)
        page.write_string(0, 0, "Cột nào đếm gì", title)
        page.write_string(
            1, 0, "Tên người chỉ đơn vị xem được và được xóa theo hạn; hồ sơ chỉ giữ con số.", plain
        )
        for place, name in enumerate(("Trang", "Cột", "Đánh dấu x khi")):
            page.write_string(_FIRST - 1, place, name, head)
        row = _FIRST
        for sheet in layout:
            for cells in (
                (sheet.title, LABEL_HEAD, "Họ tên, mã số hay tên gọi bất kỳ, miễn đơn vị nhận ra được."),
                *((sheet.title, column.head, column.help) for column in sheet.columns),
            ):
                for place, cell in enumerate(cells):
                    page.write_string(row, place, cell, wrapped)
                row += 1
    return target.getvalue()
