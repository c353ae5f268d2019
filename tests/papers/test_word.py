"""A paper as DOCX: the same words and figures as its PDF, a file that word processors take as whole."""

import io
import re
import zipfile
from collections import Counter
from dataclasses import replace
from functools import cache

import pytest
from defusedxml.ElementTree import fromstring
from docx import Document
from docx.enum.section import WD_SECTION
from docx.shared import Mm, Pt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import words
from portal.papers import data, documents
from portal.papers.rows import Align, Row, RowColumn, RowTable
from portal.papers.stylesheet import Node, StyleSheet, declarations
from portal.papers.word import render_docx
from portal.papers.word_body import NotInPapers
from tests.papers import reading, samples

PAPERS = ("request_letter", "self_assessment_report", "result_summary", "receipt", "supplement_request")
OF_DISTRICT = ("decision", "district_report", "provincial_report")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Each lacks one thing: a PNG, a size, words for who cannot see it, whole data.
PICTURES = (
    '<p><img src="https://example/x.png" width="9" height="9" alt="x"/></p>',
    '<p><img src="data:image/png;base64,AAAA" alt="x"/></p>',
    '<p><img src="data:image/png;base64,AAAA" width="9" height="9"/></p>',
    '<p><img src="data:image/png;base64,A!" width="9" height="9" alt="x"/></p>',
)
# The order of children in the schema of WordprocessingML, for what the papers use.
ORDER = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore numPr pBdr shd tabs spacing ind jc outlineLvl rPr sectPr",
    "rPr": "rStyle rFonts b bCs i iCs color sz szCs highlight u bdr shd lang",
    "tblPr": "tblStyle tblW jc tblInd tblBorders shd tblLayout tblCellMar tblLook",
    "tblBorders": "top left bottom right insideH insideV",
    "tblCellMar": "top left bottom right",
    "tcPr": "tcW gridSpan vMerge tcBorders shd noWrap tcMar vAlign",
    "tbl": "tblPr tblGrid tr",
    "tr": "trPr tc",
    "sectPr": "headerReference footerReference type pgSz pgMar pgBorders pgNumType cols titlePg docGrid",
    "style": "name basedOn next uiPriority qFormat pPr rPr tblPr",
    "lvl": "start numFmt pStyle suff lvlText lvlJc pPr rPr",
    "abstractNum": "nsid multiLevelType lvl",
    "settings": "zoom defaultTabStop characterSpacingControl compat themeFontLang",
}


@cache
def page_of(name):
    return getattr(documents, name)(getattr(samples, name)())


@cache
def word_of(name):
    return page_of(name).docx()


def figures(text):
    return Counter(re.findall(r"\d[\d.,/]*\d|\d", text))


@pytest.mark.parametrize("name", PAPERS)
def test_words_and_figures_are_those_of_the_pdf(name):
    """Each word of the PDF stands in the DOCX as often; cells may break a word, so letters are counted too."""
    pages = reading.pages(page_of(name))
    code, mark = f"Mã kiểm: {samples.HASH}", samples.SPECIMEN
    bare = [re.sub(r"^\d+ ", "", page).replace(code, "").replace(mark, "") for page in pages]
    text = reading.docx(word_of(name))
    assert text.startswith(mark)
    assert text.endswith(code)
    text = text.replace(code, "").replace(mark, "")
    heads = max(len(pages) - 1, 0) if name == "result_summary" else 0
    printed, typed = Counter(" ".join(bare).split()), Counter(text.split())
    if not heads:
        assert printed == typed
        assert figures(" ".join(bare)) == figures(text)
    else:
        head = Counter("TT Tiêu chí, chỉ tiêu Yêu cầu Mức độ 1 Mức độ 2 Kết quả đạt được Tự đánh giá".split())
        letters = Counter("".join(bare).replace(" ", ""))
        assert letters >= Counter(text.replace(" ", ""))
        assert set(figures(text)) >= {"94,59", "97,29", "100"}
        assert printed > head


@pytest.mark.parametrize("name", PAPERS + OF_DISTRICT)
def test_a_word_processor_takes_the_file_as_whole(name):
    """Parts and links are there, children stand in the schema's order, cells and body end with a paragraph."""
    with zipfile.ZipFile(io.BytesIO(word_of(name))) as package:
        assert package.testzip() is None
        trees = {one: fromstring(package.read(one)) for one in package.namelist()}
    links = {one.get("Target") for one in trees["word/_rels/document.xml.rels"]}
    assert {f"word/{one}" for one in links} <= set(trees)
    for tree in trees.values():
        for parent in tree.iter():
            known = ORDER.get(parent.tag.removeprefix(W))
            names = [child.tag.removeprefix(W) for child in parent]
            if known:
                order = [known.split().index(child) for child in names]
                assert order == sorted(order), (parent.tag, names)
            if parent.tag == f"{W}tc":
                assert names[-1] == "p"
    styles = {one.get(f"{W}styleId") for one in trees["word/styles.xml"].iter(f"{W}style")}
    used = {one.get(f"{W}val") for one in trees["word/document.xml"].iter(f"{W}pStyle")}
    assert used <= styles
    names = [one.get(f"{W}val") for one in trees["word/styles.xml"].iter(f"{W}name")]
    assert len(names) == len(set(names))
    for table in trees["word/document.xml"].iter(f"{W}tbl"):
        columns = len(table.find(f"{W}tblGrid"))
        for row in table.iter(f"{W}tr"):
            spans = [cell.find(f"{W}tcPr/{W}gridSpan") for cell in row.iter(f"{W}tc")]
            assert sum(1 if one is None else int(one.get(f"{W}val")) for one in spans) == columns


def test_it_is_a_text_to_work_on():
    """Headings with automatic numbers, real tables, the Decree's page and face, one head that repeats."""
    report = Document(io.BytesIO(word_of("self_assessment_report")))
    headings = [p for p in report.paragraphs if p.style.name == "Heading 1"]
    assert [p.text for p in headings][:2] == ["ĐẶC ĐIỂM TÌNH HÌNH", "QUÁ TRÌNH TỰ ĐÁNH GIÁ"]
    assert all(p._p.pPr.numPr is not None for p in headings)
    assert headings[0].style.paragraph_format.keep_with_next
    assert "V. ĐỀ NGHỊ" in reading.docx(word_of("self_assessment_report"))
    assert any(p.style.name == "Heading 2" and p.text == "Kế hoạch cải tiến" for p in report.paragraphs)
    section = report.sections[0]
    assert (section.page_width, section.page_height) == (Mm(210).twips * 635, Mm(297).twips * 635)
    assert abs(section.left_margin - Mm(30)) < Mm(0.1)
    assert abs(section.right_margin - Mm(15)) < Mm(0.1)
    assert section.different_first_page_header_footer
    assert "PAGE" in section.header._element.xml
    assert "PAGE" not in section.first_page_header._element.xml
    fonts = set(re.findall(r'w:(?:ascii|hAnsi|cs)="([^"]+)"', report.styles.element.xml))
    assert fonts == {"Times New Roman"}
    head = report.tables[0]
    assert [len(head.rows), len(head.columns)] == [2, 2]
    assert head.cell(0, 1).text.split("\n")[:2] == [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
    ]
    summary = Document(io.BytesIO(word_of("result_summary")))
    assert summary.sections[0].page_width > summary.sections[0].page_height
    wide = summary.tables[1]
    assert wide._tbl.tr_lst[0].trPr.find(f"{W}tblHeader") is not None
    assert wide._tbl.tr_lst[1].trPr.find(f"{W}tblHeader") is not None
    assert wide._tbl.tr_lst[2].trPr.find(f"{W}tblHeader") is None
    assert report.core_properties.title.startswith("Báo cáo tự đánh giá “Đơn vị học tập” năm 2026")
    assert report.core_properties.author == "Trường Tiểu học Mỹ Đức"
    title = next(p for p in report.paragraphs if p.style.name == "Title")
    assert title.text == "BÁO CÁO"
    assert title.style.font.size == Pt(14)


def test_annexes_are_sections_of_their_own():
    """500 units: an upright annex a list, a wide one a form; each counts its pages from 1 and repeats its head."""
    paper = samples.decision(first=300, second=150, refused=50)
    found = Document(io.BytesIO(documents.decision(paper).docx()))
    assert [one.start_type for one in found.sections] == [WD_SECTION.NEW_PAGE] * 4
    assert [len(table.rows) - 1 for table in found.tables[2:]] == [300, 150, 50]
    names = [row.cells[1].text for row in found.tables[2].rows[1:]]
    assert names == [unit.name for unit in paper.level_1]
    report = Document(io.BytesIO(word_of("district_report")))
    turned = [one.page_width > one.page_height for one in report.sections]
    assert turned[0] is False
    assert turned[1:] == [True] * (len(turned) - 1)
    for section in report.sections[1:]:
        assert section._sectPr.find(f"{W}pgNumType").get(f"{W}start") == "1"
        assert section.different_first_page_header_footer
        text = section.page_width - section.left_margin - section.right_margin
        assert "PAGE" in section.header._element.xml
        assert f'w:val="right" w:pos="{round(text / 635)}"' in section.header._element.xml
    assert "PAGE" not in report.sections[1].first_page_header._element.xml


@pytest.mark.parametrize("name", OF_DISTRICT)
def test_the_districts_papers_say_what_their_pdf_says(name):
    """Letterhead, text, tables and signatures: every letter of the DOCX stands in the PDF, which repeats heads."""
    text = reading.docx(word_of(name))
    printed = Counter("".join(reading.pages(page_of(name))).replace(" ", ""))
    assert printed >= Counter(text.replace(" ", ""))
    paper = getattr(samples, name)()
    assert paper.signature.signer_name in text
    assert paper.letterhead.number in text
    assert text.count("Số: ") == 1
    assert figures(text) <= figures(" ".join(reading.pages(page_of(name))))


def test_equal_papers_give_equal_bytes():
    assert page_of("request_letter").docx() == word_of("request_letter")


def test_what_is_missing_is_yellow_and_listed():
    letter = samples.request_letter(team=None, unit=samples.unit(members=None))
    page = documents.request_letter(letter)
    document = Document(io.BytesIO(page.docx()))
    marked = [run.text for p in document.paragraphs for run in p.runs if 'w:fill="FFF3AD"' in run._r.xml]
    lacks = ["số quyết định thành lập Tổ", "ngày quyết định thành lập Tổ", "số thành viên"]
    assert marked == [f"[chưa có: {what}]" for what in lacks]
    assert page.lacks() == [("", what) for what in lacks]
    first, *others = samples.criteria()
    bare = replace(first.indicators[0], answer=None, evidence=(), explanation="")
    criteria = (replace(first, indicators=(bare, *first.indicators[1:])), *others)
    for name in ("self_assessment_report", "result_summary"):
        page = getattr(documents, name)(getattr(samples, name)(criteria=criteria))
        assert page.lacks() == [("1.1", "kết quả"), ("1.1", "minh chứng")]
        assert (
            'w:fill="FFF3AD"' in zipfile.ZipFile(io.BytesIO(page.docx())).read("word/document.xml").decode()
        )


def test_an_element_no_paper_uses_is_refused():
    page = documents.request_letter(samples.request_letter()).html
    for strange in ("<img/>", "<ul><li>x</li></ul>", "loose", "<p><a>x</a></p>", "<p>x</p>loose", *PICTURES):
        with pytest.raises(NotInPapers):
            render_docx(page.replace("</body>", f"{strange}</body>"), None)
    with pytest.raises(ValueError, match="no size"):
        render_docx("<body></body>", None)


def test_groups_of_a_head_are_joined_cells():
    columns = (RowColumn("A", 1), RowColumn("B", 1, group="G"), RowColumn("C", 1, Align.RIGHT, "G", "3"))
    table = RowTable(
        columns, [Row(("1", "2\n3", "4")), Row(("Cả dòng",), True, True)], Row(("", "", "5"), True)
    )
    html = '<style>@page { size: a4 portrait; margin: 20mm 15mm 20mm 30mm; }</style><body><pdf:rows ref="t"/></body>'
    made = Document(io.BytesIO(render_docx(html, None, {"t": table}))).tables[0]
    rows = [[cell.text for cell in row.cells] for row in made.rows]
    assert rows == [
        ["A", "G", "G"],
        ["A", "B", "C"],
        ["", "", "3"],
        ["1", "2\n3", "4"],
        ["Cả dòng"] * 3,
        ["", "", "5"],
    ]


def test_the_style_sheet_is_read_as_a_browser_reads_it():
    body, head = Node("body"), Node("table", frozenset({"head"}))
    inner = (body, head, Node("tr"), Node("td"))
    style_of = StyleSheet(page_of("request_letter").html).style_of
    assert style_of((body, Node("p")))["text-indent"] == "1cm"
    issuer = style_of((*inner, Node("p", frozenset({"issuer"}))))
    assert (issuer["text-align"], issuer["text-indent"], issuer["font-size"]) == ("center", "0", "12pt")
    assert declarations("margin: 1pt 2pt") == {
        "margin-top": "1pt",
        "margin-right": "2pt",
        "margin-bottom": "1pt",
        "margin-left": "2pt",
    }


HOSTILE = st.lists(
    st.one_of(
        st.text(max_size=8),
        st.sampled_from(
            ["\u202e", "\u200b", "\ud800", "😀", "a\u0302\u0301", "]]>", "<w:p/>", "&nbsp;", "{{ 7 }}", "\n"]
        ),
    ),
    max_size=8,
).map("".join)


@st.composite
def criteria(draw):
    """Criteria with whatever figures and words a unit may give."""
    whole = draw(st.integers(0, 1_000_000))
    found = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        items = []
        for place in range(1, draw(st.integers(1, 9)) + 1):
            part = draw(st.one_of(st.none(), st.integers(0, whole)))
            items.append(
                data.IndicatorResult(
                    code=f"{number}.{place}",
                    title=draw(HOSTILE),
                    requirement_1="Từ 90 % trở lên",
                    requirement_2="Từ 95 % trở lên",
                    outcome_1=draw(st.sampled_from(["Đạt", "Chưa đạt"])),
                    outcome_2=draw(st.sampled_from(["Đạt", "Chưa đạt"])),
                    is_share=True,
                    part=part,
                    whole=whole,
                    percent=words.percent(part, whole) if part is not None and whole else None,
                    explanation=draw(HOSTILE),
                )
            )
        found.append(data.CriterionResults(number=number, title="Tiêu chí", indicators=tuple(items)))
    return tuple(found)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(criteria(), HOSTILE)
def test_numbers_of_text_and_table_cannot_differ(found, own_words):
    """Mẫu 02 tells each share in a sentence, Mẫu 03 in a cell: the same characters, whatever they are."""
    text = documents.self_assessment_report(
        samples.self_assessment_report(criteria=found, features=own_words, remarks=own_words)
    )
    table = documents.result_summary(samples.result_summary(criteria=found, note=own_words))
    said = re.findall(r"- Kết quả: (?:<span[^>]*>)?(.*?)(?:</span>)?\.</p>", text.html)
    cells = [row.cells[4].replace("\n", " ") for row in table.tables["results"].rows if not row.across]
    assert [one.replace("&#34;", '"') for one in said] == cells
    assert [row.cells[5:7] for row in table.tables["results"].rows if not row.across] == [
        tuple(pair) for pair in re.findall(r"mức độ 1: <b>(.*?)</b>; mức độ 2: <b>(.*?)</b>", text.html)
    ]
    assert [code for code, what in text.lacks() if what == "số liệu"] == [
        code for code, what in table.lacks() if what == "số liệu"
    ]
    for page in (text, table):
        reading.docx(page.docx())


def test_many_rows_and_endless_words():
    """36 indicators with words of 10,000 letters: both formats hold every letter."""
    first = samples.criteria()[0].indicators[0]
    items = tuple(
        replace(first, code=f"1.{n}", explanation="Đ" * 10_000 if n == 7 else "ok") for n in range(1, 37)
    )
    found = (data.CriterionResults(number=1, title="Tiêu chí", indicators=items),)
    page = documents.self_assessment_report(samples.self_assessment_report(criteria=found))
    assert reading.docx(page.docx()).count("Đ" * 10_000) == 1
    assert reading.text(page).count("Đ") >= 10_000
    table = documents.result_summary(samples.result_summary(criteria=found))
    assert len(Document(io.BytesIO(table.docx())).tables[1].rows) == 2 + 1 + 36
    assert len(reading.pages(table)) > 3
    empty = documents.result_summary(samples.result_summary(criteria=(), summaries=()))
    assert "[chưa có: kết quả tự đánh giá]" in reading.docx(empty.docx())
