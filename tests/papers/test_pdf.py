"""The renderer behind closed doors: hostile text, refused addresses, loud warnings, missing fonts."""

import os
import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest

from portal.papers import documents, faces
from portal.papers.pdf import PaperFailed, clean, plain, render_pdf
from portal.papers.rows import Align, Row, RowColumn, RowTable, break_lines, text_width
from tests.papers import reading, samples

PAGE = '<html lang="vi"><head><style>body {{ font-family: portal, symbols; font-size: 12pt }}{css}</style></head><body>{body}</body></html>'


def page(body="<p>Xin chào</p>", css=""):
    return PAGE.format(body=body, css=css)


def test_clean_gives_one_form_and_drops_what_cannot_be_seen():
    assert clean("Đơn vị học tập") == "Đơn vị học tập"
    assert clean("Tru\u031bo\u031b\u0300ng") == "Trường"
    assert clean("a\x00b\u202ec\u200bd\ufeffe\u2066f") == "abcdef"
    assert clean("vui \U0001f600!") == "vui □!"
    assert clean("\ud800x") == "x"
    assert clean("một\r\nhai\rba\u2028bốn") == "một\nhai\nba\nbốn"
    assert clean("☑ đạt ☐") == "☑ đạt ☐"


def test_clean_cuts_endless_text_and_plain_keeps_emoji():
    assert len(clean("a" * 50_000)) == 20_000
    assert plain("vui \U0001f600") == "vui \U0001f600"


def test_every_vietnamese_letter_can_be_drawn():
    letters = "aăâbcdđeêghiklmnoôơpqrstuưvxy"
    letters += "áàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ"
    for face in (faces.REGULAR, faces.BOLD, faces.ITALIC):
        assert set(letters + letters.upper()) <= faces.widths(face).keys()


HOSTILE = (
    '<script>alert(1)</script><img src="file:///etc/passwd"><pdf:nextpage/>',
    "{{ 7 * 7 }}{% raw %}",
    "&lt;b&gt;&#x41;",
    "Trường \u202egnourt\u202c \x00\x07",
    "\U0001f600\U0001f468\u200d\U0001f469 trường",
    "=HYPERLINK(1)",
    "x" * 10_000,
    "Đ" * 10_000,
)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_only_text(name):
    unit = samples.unit(name=name, address=name, kind=name)
    letterhead = samples.letterhead(issuer=name[:200])
    for paper in (
        documents.request_letter(samples.request_letter(unit=unit, letterhead=letterhead)),
        documents.result_summary(samples.result_summary(unit=unit)),
        documents.self_assessment_report(samples.self_assessment_report(features=name)),
    ):
        assert paper.pdf().startswith(b"%PDF-")
        reading.docx(paper.docx())


def test_markup_in_a_name_is_printed_as_typed():
    unit = samples.unit(name="Hội <b>Khuyến học</b> & Đ'ơn")
    assert "Tên đơn vị: Hội <b>Khuyến học</b> & Đ'ơn" in reading.text(
        documents.request_letter(samples.request_letter(unit=unit))
    )


def test_a_word_wider_than_the_page_is_broken_and_kept_whole():
    unit = samples.unit(name="Đ" * 5000)
    text = reading.text(documents.receipt(samples.receipt(unit=unit))).replace(" ", "")
    assert text.count("Đ") >= 5000


@pytest.mark.parametrize(
    "body",
    [
        '<img src="http://127.0.0.1:9/x.png">',
        '<img src="file:///etc/passwd">',
        '<img src="/etc/passwd">',
        '<img src="LICENSE">',
        '<pdf:insertpdf src="/etc/passwd"/>',
        '<p style="background-image: url(http://127.0.0.1:9/x.png)">x</p>',
    ],
)
def test_no_address_and_no_file_is_opened(body, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise AssertionError("the renderer opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    with pytest.raises(PaperFailed):
        render_pdf(page(body), None)


@pytest.mark.parametrize(
    "css",
    [
        '@import url("http://127.0.0.1:9/x.css");',
        '@font-face { font-family: x; src: url("/usr/share/fonts/x.ttf"); } p { font-family: x }',
    ],
)
def test_styles_open_nothing_either(css, monkeypatch):
    monkeypatch.setattr(socket.socket, "connect", lambda *_args: pytest.fail("connected"))
    with pytest.raises(PaperFailed):
        render_pdf(page(css=css), None)


def test_a_paper_is_made_without_opening_any_file(monkeypatch):
    documents.decision(samples.decision()).pdf()

    def refuse(*_args, **_kwargs):
        raise AssertionError("the renderer opened a file")

    with monkeypatch.context() as closed:
        closed.setattr("builtins.open", refuse)
        closed.setattr("io.open", refuse)
        closed.setattr("os.open", refuse)
        paper = documents.decision(samples.decision()).pdf()
    assert paper.startswith(b"%PDF-")


def test_papers_made_at_once_keep_their_own_dates_and_tables():
    issued = [samples.ISSUED.replace(day=day) for day in range(1, 9)]

    def make(moment):
        return documents.decision(samples.decision(first=moment.day, issued=moment)).pdf()

    alone = [make(moment) for moment in issued]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(make, issued)) == alone
    assert len(set(alone)) == len(alone)


def test_the_environment_is_left_as_it_was(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "17")
    render_pdf(page(), samples.ISSUED)
    assert os.environ["SOURCE_DATE_EPOCH"] == "17"
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    render_pdf(page(), samples.ISSUED)
    assert "SOURCE_DATE_EPOCH" not in os.environ


def test_a_failure_leaves_the_next_paper_whole():
    with pytest.raises(PaperFailed):
        render_pdf(page('<img src="/etc/passwd">'), None)
    assert "Xin chào" in reading.text(render_pdf(page(), None))


def test_an_unknown_table_fails():
    with pytest.raises(PaperFailed):
        render_pdf(page('<pdf:rows ref="nothing"/>'), None)


def test_the_date_needs_its_zone():
    with pytest.raises(ValueError, match="time zone"):
        render_pdf(page(), datetime(2027, 1, 1))  # noqa: DTZ001


def test_missing_fonts_are_named_in_a_sentence(tmp_path):
    with pytest.raises(faces.FontMissing, match=r"Thiếu tệp phông chữ .*PortalSerif-Regular\.ttf"):
        faces.require_files(tmp_path)
    assert faces.missing_files() == []


COLUMNS = (RowColumn("TT", 10, Align.CENTER), RowColumn("Tên", 60), RowColumn("Số", 20, Align.RIGHT))


def listed(rows, totals=None):
    return render_pdf(page('<pdf:rows ref="list"/>'), None, {"list": RowTable(COLUMNS, rows, totals)})


def test_rows_repeat_their_head_and_end_with_their_totals():
    rows = [Row((str(n), f"Đơn vị thứ {n}", f"{n}.000")) for n in range(1, 301)]
    pages = reading.pages(listed(rows, Row(("", "Cộng toàn bộ", "45.150.000"), strong=True)))
    assert len(pages) > 4
    assert all("TT Tên Số" in page for page in pages)
    assert "Cộng toàn bộ" in pages[-1]
    assert "Đơn vị thứ 300" in pages[-1]
    text = " ".join(pages)
    assert all(text.count(f"Đơn vị thứ {n} ") == 1 for n in range(1, 301))


def test_a_heading_row_moves_on_with_its_rows():
    for before in range(25, 50):
        rows = [Row((str(n), f"Đơn vị thứ {n}", "1")) for n in range(before)]
        rows += [Row(("Nhóm tiếp theo",), strong=True, across=True), Row(("x", "Ngay sau nhóm", "1"))]
        shown = next(text for text in reading.pages(listed(rows)) if "Nhóm tiếp theo" in text)
        assert "Ngay sau nhóm" in shown


def test_the_last_row_is_not_alone_on_its_page():
    for many in range(30, 42):
        rows = [Row((str(n), f"Đơn vị thứ {n}", "1")) for n in range(1, many + 1)]
        last = reading.pages(listed(rows))[-1]
        assert f"Đơn vị thứ {many - 1} " in last
        assert f"Đơn vị thứ {many} " in last


def test_a_row_taller_than_a_page_is_continued():
    long = " ".join(f"từ{n}" for n in range(3000))
    text = reading.text(listed([Row(("1", long, "1")), Row(("2", "sau cùng", "2"))]))
    assert all(f"từ{n}" in text for n in range(0, 3000, 97))
    assert "sau cùng" in text


def test_rows_must_fit_their_columns():
    with pytest.raises(ValueError, match="2 cells in a table of 3 columns"):
        RowTable(COLUMNS, [Row(("1", "2"))])


def test_lines_never_exceed_their_width():
    text = "Trường Tiểu học và Trung học cơ sở 304/QĐ-UBND " + "Đ" * 90
    for width in (20, 50, 120):
        lines = break_lines(text, faces.REGULAR, 12, width)
        assert all(text_width(line, faces.REGULAR, 12) <= width for line in lines)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_numbers_of_documents_break_at_their_joints():
    assert break_lines("304/QĐ-UBND", faces.REGULAR, 12, 50) == ["304/QĐ-", "UBND"]
