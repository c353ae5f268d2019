"""Reading a PDF back: its pages' text as people copy it, in NFC, with line breaks as spaces."""

import io
import re
import unicodedata

from pypdf import PdfReader


def pages(pdf: bytes) -> list[str]:
    """The text of every page; asserts that nothing came out decomposed or undrawable."""
    found = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
    for text in found:
        assert unicodedata.is_normalized("NFC", text)
        assert "■" not in text
    return [re.sub(r"\s+", " ", text) for text in found]


def text(pdf: bytes) -> str:
    """All pages as one text."""
    return " ".join(pages(pdf))


def fonts(pdf: bytes) -> dict[str, bool]:
    """Every font's name and whether its file is inside the PDF."""
    found = {}
    for page in PdfReader(io.BytesIO(pdf)).pages:
        for entry in page["/Resources"]["/Font"].values():
            font = entry.get_object()
            descriptor = font.get("/FontDescriptor")
            found[font["/BaseFont"]] = descriptor is not None and "/FontFile2" in descriptor.get_object()
    return found
