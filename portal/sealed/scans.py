"""Reading the codes in the footers of a scan: pages become pictures, pictures are searched for QR codes."""

from __future__ import annotations

import io

import pypdfium2
import zxingcpp
from PIL import Image

from portal.papers import seal

from .rules import MOST_PAGES

# A4 at 200 dpi; anything larger is made smaller before it is searched.
SHARPNESS = 200 / 72
MOST_PIXELS = 12_000_000


class Unreadable(ValueError):
    """The file is no PDF or picture that can be opened; the text says why, in Vietnamese."""


def codes_of(content: bytes, media_type: str) -> list[frozenset[tuple[str, str]]]:
    """Return, page by page, the (short hash, paper) of each of our QR codes. Raises `Unreadable`."""
    if media_type != "application/pdf":
        with Image.open(io.BytesIO(content)) as picture:
            return [_read(picture.convert("L"))]
    try:
        with pypdfium2.PdfDocument(content) as book:
            if len(book) > MOST_PAGES:
                raise Unreadable(f"có {len(book)} trang, quá mức {MOST_PAGES} trang của một văn bản.")
            return [_page(book, number) for number in range(len(book))]
    except pypdfium2.PdfiumError:
        raise Unreadable("không mở được như một tệp PDF.") from None


def _page(book: pypdfium2.PdfDocument, number: int) -> frozenset[tuple[str, str]]:
    page = book[number]
    width, height = page.get_size()
    scale = min(SHARPNESS, (MOST_PIXELS / max(width * height, 1)) ** 0.5)
    bitmap = page.render(scale=scale, grayscale=True)
    try:
        return _read(bitmap.to_pil())
    finally:
        bitmap.close()
        page.close()


def _read(picture: Image.Image) -> frozenset[tuple[str, str]]:
    picture.thumbnail((4000, 4000))
    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    return frozenset(read for one in found if (read := seal.read(one.text)) is not None)
