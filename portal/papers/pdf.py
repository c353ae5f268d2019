"""HTML to PDF by xhtml2pdf: one conversion at a time, no file, no network, the same bytes for the same input.

The renderer hides its troubles in log warnings; here each of them is a PaperFailed, so that no paper with
a hole in it leaves the house. Text from people goes through `clean` first.
"""

import io
import logging
import os
import re
import threading
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from types import ModuleType
from typing import Any

from portal.papers import faces
from portal.papers.rows import RowTable

MAX_TEXT = 20_000
MAX_SECONDS = 30
_UNDATED = datetime(2000, 1, 1, tzinfo=UTC)
_lock = threading.Lock()

# Controls, zero-width and bidi marks, variation selectors, lone surrogates, non-characters.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\ufff9-\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)


class PaperFailed(RuntimeError):
    """The renderer failed or left something out; the text says what, in Vietnamese where we know it."""


def plain(text: object, longest: int = MAX_TEXT) -> str:
    """`text` as NFC without controls, bidi overrides and surrogates, cut to `longest` characters."""
    unified = (
        str(text).replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    )
    return unicodedata.normalize("NFC", _UNPRINTABLE.sub("", unified[:longest]))


def clean(text: object, longest: int = MAX_TEXT) -> str:
    """`plain` text in which every character the faces cannot draw is a visible □."""
    return "".join(
        character if character in "\n\t" or faces.can_draw(character) else "\u25a1"
        for character in plain(text, longest)
    )


@cache
def _engine() -> tuple[ModuleType, Any, Any]:
    """xhtml2pdf with our fonts, our tags and the closed policy, and the holder of the tables of a paper."""
    faces.register()
    from xhtml2pdf import pisa
    from xhtml2pdf.config.resources import ResourceAccessPolicy

    from portal.papers import tags

    tags.install()
    policy = ResourceAccessPolicy.server(None, allow_remote=False, max_render_seconds=MAX_SECONDS)
    return pisa, policy, tags.TABLES


class _Warnings(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@contextmanager
def _listening() -> Iterator[list[str]]:
    logger = logging.getLogger("xhtml2pdf")
    handler = _Warnings()
    logger.addHandler(handler)
    try:
        yield handler.messages
    finally:
        logger.removeHandler(handler)


@contextmanager
def _dated(moment: datetime) -> Iterator[None]:
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = str(int(moment.timestamp()))
    try:
        yield
    finally:
        if before is None:
            del os.environ["SOURCE_DATE_EPOCH"]
        else:
            os.environ["SOURCE_DATE_EPOCH"] = before


def render_pdf(html: str, issued: datetime | None, tables: Mapping[str, RowTable] | None = None) -> bytes:
    """The PDF of a whole HTML page; `<pdf:rows ref="x">` in it prints `tables["x"]`.

    `issued` (with a time zone) becomes the PDF's date of creation, a constant stands for an undated draft.
    Raises PaperFailed, and FontMissing when the installation lacks its faces.
    """
    if issued is not None and issued.tzinfo is None:
        raise ValueError("issued needs a time zone")
    pisa, policy, holder = _engine()
    sheet = io.BytesIO()
    with _lock, _listening() as warnings, _dated(issued or _UNDATED):
        token = holder.set(dict(tables or {}))
        try:
            result = pisa.CreatePDF(html, dest=sheet, encoding="utf-8", resource_policy=policy, capacity=-1)
        except Exception as error:
            raise PaperFailed(f"Không tạo được văn bản PDF: {str(error)[:300]}") from error
        finally:
            holder.reset(token)
    if result.err or warnings:
        raise PaperFailed(f"Văn bản PDF không đầy đủ: {' | '.join(warnings)[:400]}")
    return sheet.getvalue()
