"""The workbook a district fills with results of earlier years: one sheet for rows, one that explains the columns."""

from __future__ import annotations

import io

from portal.units.reading import MOST_ROWS

from .columns import LABELS, LEVELS, NEEDED, ORDER
from .rules import FIRST_YEAR

SHEET = "Kết quả cũ"
_WIDTHS = {"name": 44, "commune": 22, "band": 18, "decision_number": 20, "issuer": 34, "note": 36}
_TEXT = ("code", "name", "commune", "band", "level", "decision_number", "issuer", "note")
_FIRST = 3
_MEANING = {
    "code": "Mã trong danh mục đơn vị của cổng. Có mã thì tìm theo mã trước; không có thì tìm theo tên.",
    "name": "Tên đơn vị, có dấu hay không dấu, chữ hoa hay thường đều được.",
    "commune": "Chỉ cần khi nhiều đơn vị cùng tên.",
    "year": f"Năm đánh giá, bốn chữ số, từ {FIRST_YEAR} đến năm trước. Mỗi đơn vị mỗi năm một dòng.",
    "points": "Kết quả theo Thông tư 22/2020: từ 0 đến 100, nhiều nhất hai chữ số thập phân. Điểm giữ nguyên, không "
    "đổi thành mức độ.",
    "band": "Có thể để trống. Nếu ghi thì phải khớp số điểm: Tốt (từ 85), Khá (từ 70), Trung bình (từ 50).",
    "level": "Kết quả theo Thông tư 24/2023: 1, 2 hoặc “chưa đạt”. Mỗi dòng chỉ ghi điểm hoặc mức độ.",
    "decision_number": "Số, ký hiệu của quyết định, ví dụ 15/QĐ-UBND.",
    "decided_on": "Ngày của quyết định, ví dụ 10/02/2023.",
    "issuer": "Ví dụ: Ủy ban nhân dân huyện An Lão.",
    "note": "Không bắt buộc.",
}
_RULES = (
    "Không gộp ô, không dùng công thức (dán thành giá trị), không ẩn trang tính.",
    f"Mỗi tệp nhiều nhất {MOST_ROWS:,} dòng, 5 MB.".replace(",", "."),
    "Gửi tệp lên là xem trước: chưa ghi gì cho đến khi anh/chị xác nhận.",
    "Kết quả đã có trong cổng không bị ghi đè; dòng khác với kết quả đã có được nêu riêng.",
    "Cả lần nhập hoàn tác được khi chưa kết quả nào bị sửa và chưa đơn vị nào có ý kiến.",
)


def template() -> bytes:
    """Return the empty template as XLSX; text stays text, levels are chosen from a list."""
    import xlsxwriter

    target = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        face = {"font_name": "Times New Roman", "font_size": 12}
        title = book.add_format(face | {"bold": True, "font_size": 14})
        plain = book.add_format(face | {"italic": True})
        head = book.add_format(face | {"bold": True, "border": 1, "bg_color": "#E6EEEE", "text_wrap": True})
        text = book.add_format(face | {"num_format": "@"})
        number = book.add_format(face | {"num_format": "General"})
        day = book.add_format(face | {"num_format": "dd/mm/yyyy"})
        wrapped = book.add_format(face | {"text_wrap": True, "valign": "top"})
        page, guide = book.add_worksheet(SHEET), book.add_worksheet("Hướng dẫn")
        page.write_string(0, 0, "Kết quả các năm trước khi có cổng", title)
        page.write_string(1, 0, "Cột có dấu * phải ghi. Ý nghĩa từng cột: trang “Hướng dẫn”.", plain)
        for column, name in enumerate(ORDER):
            form = text if name in _TEXT else day if name == "decided_on" else number
            page.set_column(column, column, _WIDTHS.get(name, 15), form)
            page.write_string(_FIRST - 1, column, LABELS[name] + (" *" if name in NEEDED else ""), head)
        page.freeze_panes(_FIRST, 2)
        level = ORDER.index("level")
        choices = {"validate": "list", "source": list(LEVELS.values())}
        page.data_validation(_FIRST, level, _FIRST + MOST_ROWS - 1, level, choices)
        guide.set_column(0, 0, 32)
        guide.set_column(1, 1, 90)
        guide.write_string(0, 0, "Cách điền tệp kết quả cũ", title)
        for row, name in enumerate(ORDER, 2):
            guide.write_string(row, 0, LABELS[name], wrapped)
            guide.write_string(row, 1, _MEANING[name], wrapped)
        for row, rule in enumerate(_RULES, len(ORDER) + 3):
            guide.write_string(row, 0, f"Lưu ý {row - len(ORDER) - 2}", wrapped)
            guide.write_string(row, 1, rule, wrapped)
    return target.getvalue()
