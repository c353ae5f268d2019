"""Tables as XLSX, CSV and PDF: the same cells everywhere, text that is never a formula."""

import csv
import io
from datetime import date
from fractions import Fraction

import pytest
from openpyxl import load_workbook

from portal.papers import documents, forms
from portal.papers.sheets import Column, Kind, Sheet, cell_text, sheet_csv, sheet_rows, sheet_xlsx
from tests.papers import reading, samples

COLUMNS = (
    Column("TT", Kind.CENTERED, 5),
    Column("Tên đơn vị", Kind.TEXT, 40),
    Column("Số hồ sơ", Kind.INTEGER),
    Column("Tỷ lệ (%)", Kind.PERCENT),
    Column("So với năm trước", Kind.POINTS),
    Column("Ngày gửi", Kind.DATE),
)
ROWS = [
    ("1", "Huyện An Lão", 1548, Fraction(35, 37), Fraction(-3, 2), date(2027, 3, 5)),
    ("2", "Quận Đồ Sơn", 0, None, Fraction(0), None),
]
SHEET = Sheet(
    "Tổng hợp “thử”", COLUMNS, ROWS, ("", "Cộng", 1548, Fraction(1), None, None), note="Ghi chú cuối"
)


def read_csv(sheet):
    return list(csv.reader(io.StringIO(sheet_csv(sheet).decode("utf-8-sig"))))


def grid(sheet):
    return load_workbook(io.BytesIO(sheet_xlsx(sheet))).active


def test_figures_are_written_the_vietnamese_way():
    assert cell_text(1548, Kind.INTEGER) == "1.548"
    assert cell_text(Fraction(35, 37), Kind.PERCENT) == "94,59"
    assert cell_text(Fraction(8999, 10000), Kind.PERCENT) == "89,99"
    assert cell_text(Fraction(89_999, 100_000), Kind.PERCENT) == "89,99"
    assert cell_text(Fraction(21, 10), Kind.POINTS) == "+2,10"
    assert cell_text(Fraction(-3, 2), Kind.POINTS) == "-1,50"
    assert cell_text(Fraction(0), Kind.POINTS) == "0,00"
    assert cell_text(date(2027, 3, 5), Kind.DATE) == "05/03/2027"
    assert cell_text(None, Kind.PERCENT) == "–"
    assert cell_text(None, Kind.TEXT) == ""


def test_csv_opens_in_excel_and_reads_back():
    assert sheet_csv(SHEET).startswith(b"\xef\xbb\xbf")
    assert read_csv(SHEET) == [
        ["TT", "Tên đơn vị", "Số hồ sơ", "Tỷ lệ (%)", "So với năm trước", "Ngày gửi"],
        ["1", "Huyện An Lão", "1548", "94.59", "-1.50", "2027-03-05"],
        ["2", "Quận Đồ Sơn", "0", "", "0.00", ""],
        ["", "Cộng", "1548", "100.00", "", ""],
    ]


def test_workbook_holds_numbers_as_numbers_and_is_ready_to_print():
    page = grid(SHEET)
    rows = [tuple(cell.value for cell in row) for row in page.iter_rows()]
    assert ("TT", "Tên đơn vị", "Số hồ sơ", "Tỷ lệ (%)", "So với năm trước", "Ngày gửi") in rows
    head = rows.index(("TT", "Tên đơn vị", "Số hồ sơ", "Tỷ lệ (%)", "So với năm trước", "Ngày gửi")) + 1
    first = page[head + 1]
    assert first[2].value == 1548
    assert first[3].value == 0.9459  # cut as on paper: shown as 0.00%, an exact 89,996 % would read 90,00 %
    assert first[3].number_format == "0.00%"
    assert first[5].value.date() == date(2027, 3, 5)
    assert page.freeze_panes == f"A{head + 1}"
    assert page.page_setup.orientation == "landscape"
    assert int(page.page_setup.paperSize) == 9
    assert page.print_title_rows == f"${head}:${head}"
    assert rows[-1][:3] == (None, "Cộng", 1548) or rows[-1][:3] == ("", "Cộng", 1548)


@pytest.mark.parametrize(
    "text", ["=1+1", "+SUM(A1)", "-2+3", "@cmd", "\t=1", '=HYPERLINK("http://x")', "＝1"]
)
def test_text_is_never_a_formula(text):
    sheet = Sheet(text, (Column(text), Column("Số", Kind.INTEGER)), [(text, -5)], note=text, specimen=text)
    for row in grid(sheet).iter_rows():
        assert all(cell.data_type != "f" for cell in row)
    head, row = read_csv(sheet)
    assert row[0] == f"'{text}"
    assert head[0] == f"'{text}"
    assert row[1] == "-5"


def test_control_characters_and_emoji_survive_or_vanish():
    sheet = Sheet("x", (Column("Tên"),), [("a\x00b\u202ec \U0001f600",), ("Tru\u031bo\u031b\u0300ng",)])
    assert read_csv(sheet)[1:] == [["abc \U0001f600"], ["Trường"]]
    values = [cell.value for row in grid(sheet).iter_rows() for cell in row]
    assert "abc \U0001f600" in values
    assert "□" in reading.text(documents.sheet_pdf(sheet))


def test_grouped_heads_and_column_numbers_reach_every_format():
    sheet = samples.district_report().form_01
    page = grid(sheet)
    cells = [[cell.value for cell in row] for row in page.iter_rows()]
    assert any("Công nhận mức độ 1" in row for row in cells)
    assert any(row[:3] == ["1", "2", "3"] and row[-1] == "24" for row in cells)
    assert "Công nhận mức độ 1: Tỷ lệ (%)" in read_csv(sheet)[0]
    assert "Công nhận mức độ 1" in reading.text(documents.sheet_pdf(sheet, size=8))
    assert len(page.merged_cells.ranges) == 8


def test_a_demo_sheet_is_marked_in_every_format_for_people():
    sheet = samples.district_report().form_02
    assert any(cell.value == samples.SPECIMEN for row in grid(sheet).iter_rows() for cell in row)
    assert samples.SPECIMEN in grid(sheet).oddFooter.right.text
    assert all(samples.SPECIMEN in page for page in reading.pages(documents.sheet_pdf(sheet)))


def test_the_same_sheet_gives_the_same_bytes():
    assert sheet_xlsx(SHEET) == sheet_xlsx(SHEET)
    assert documents.sheet_pdf(SHEET) == documents.sheet_pdf(SHEET)


def test_sheets_and_pdf_show_the_same_figures():
    table = sheet_rows(SHEET)
    assert table.rows[0].cells == ("1", "Huyện An Lão", "1.548", "94,59", "-1,50", "05/03/2027")
    text = reading.text(documents.sheet_pdf(SHEET))
    assert "1 Huyện An Lão 1.548 94,59 -1,50 05/03/2027" in text
    assert "Ghi chú cuối" in text


def test_an_empty_sheet_says_so():
    empty = Sheet("Trống", COLUMNS, [])
    assert "Không có dòng nào." in reading.text(documents.sheet_pdf(empty))
    assert len(read_csv(empty)) == 1
    assert grid(empty).max_row >= 1


def test_rows_must_fit_their_columns():
    with pytest.raises(ValueError, match="1 values in a sheet of 6 columns"):
        Sheet("x", COLUMNS, [("1",)])


def test_the_provincial_form_says_how_many_districts():
    sheet = samples.provincial_report().forms[0][1]
    assert sheet.note.startswith("Tổng hợp từ 6/7 báo cáo cấp huyện")
    assert len(forms.FIGURE_NUMBERS) == 23
    assert forms.FIGURE_NUMBERS[0] == "3"
    assert forms.FIGURE_NUMBERS[-1] == "24"


def test_fifteen_districts_and_who_took_their_reports_in_fit_a_page():
    note = "Chuyên viên Sở GDĐT (minh họa), 18/03/2026"
    lines = [
        forms.ReceiptRow(
            district=f"Thành phố Thủy Nguyên {n}", sent_day=date(2026, 3, 4), on_time="Quá hạn 12 ngày", times_sent=1,
            state="Đã gửi, chờ nhận", note=note,
        )
        for n in range(15)
    ]  # fmt: skip
    pages = reading.pages(documents.sheet_pdf(forms.receipt_table(2025, lines), size=11))
    assert len(pages) == 1
    assert pages[0].count(note) == 15
