"""Reading papers back as people copy them, in NFC, with line breaks as spaces: PDF by pages, DOCX as a whole."""

import io
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import zxingcpp
from docx import Document
from docx.oxml.ns import qn
from PIL import Image
from pypdf import PdfReader

from portal.papers.documents import Page


def pages(paper: bytes | Page) -> list[str]:
    """The text of every page; asserts that nothing came out decomposed or undrawable."""
    pdf = paper.pdf() if isinstance(paper, Page) else paper
    found = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
    for text in found:
        assert unicodedata.is_normalized("NFC", text)
        assert "■" not in text
    return [re.sub(r"\s+", " ", text) for text in found]


def text(paper: bytes | Page) -> str:
    """All pages as one text."""
    return " ".join(pages(paper))


def fonts(pdf: bytes) -> dict[str, bool]:
    """Every font's name and whether its file is inside the PDF."""
    found = {}
    for page in PdfReader(io.BytesIO(pdf)).pages:
        for entry in page["/Resources"]["/Font"].values():
            font = entry.get_object()
            descriptor = font.get("/FontDescriptor")
            found[font["/BaseFont"]] = descriptor is not None and "/FontFile2" in descriptor.get_object()
    return found


def codes(paper: bytes) -> dict[str, str]:
    """The QR codes drawn in a DOCX by what each says, with the words for who cannot see them."""
    document = Document(io.BytesIO(paper))
    found = {}
    for shape in document.inline_shapes:
        drawn = shape._inline.graphic.graphicData.pic.blipFill.blip.embed
        picture = Image.open(io.BytesIO(document.part.related_parts[drawn].blob))
        (code,) = zxingcpp.read_barcodes(picture)
        found[code.text] = shape._inline.docPr.get("descr")
    return found


ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")


def docx(paper: bytes) -> str:
    """Header of the first page, body and footer of a DOCX, with the numbers a word processor counts."""
    document = Document(io.BytesIO(paper))
    section = document.sections[0]
    parts = [section.first_page_header._element, document.element.body, section.footer._element]
    text = " ".join(line for part in parts for line in _lines(part, [0, 0]))
    assert unicodedata.is_normalized("NFC", text)
    return re.sub(r"\s+", " ", text).strip()


def _lines(block: Any, counted: list[int]) -> Iterator[str]:
    for child in block:
        if child.tag == qn("w:p"):
            yield _number(child, counted) + _text(child)
        elif child.tag == qn("w:tbl"):
            for cell in child.iter(qn("w:tc")):
                yield from _lines(cell, counted)


def _number(paragraph: Any, counted: list[int]) -> str:
    level = paragraph.find(f"{qn('w:pPr')}/{qn('w:numPr')}/{qn('w:ilvl')}")
    if level is None:
        return ""
    place = int(level.get(qn("w:val")))
    counted[place] += 1
    if place == 0:
        counted[1] = 0
        return f"{ROMAN[counted[0]]}. "
    return f"{counted[1]}. "


def _text(paragraph: Any) -> str:
    found = []
    for piece in paragraph.iter(qn("w:t"), qn("w:br"), qn("w:tab")):
        found.append((piece.text or "") if piece.tag == qn("w:t") else " ")
    return "".join(found)
