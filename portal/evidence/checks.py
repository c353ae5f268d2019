"""What an uploaded file really is: judged by its content, never by its name; each refusal is a sentence.

Allowed are PDF, JPEG, PNG, WebP, DOCX and XLSX up to 20 MB that do nothing by themselves (`actions.py`).
Nothing is executed or converted; the place where a photo was taken is taken out of it.
"""

from __future__ import annotations

import io
import logging
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

import filetype
from PIL import Image

from portal.words import file_size, nfc
from tenants.refusal import Refused

from . import actions
from .photos import pixels_of_webp, without_place

# A broken file is our sentence to its sender, not a line in the log for each of its faults.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 40_000_000
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
LONGEST_NAME = 200
LONGEST_TITLE = 300
ALLOWED = "PDF, ảnh (JPG, PNG, WebP), Word (.docx), Excel (.xlsx); mỗi tệp đến 20 MB"
ACCEPT = ".pdf,.jpg,.jpeg,.png,.webp,.docx,.xlsx"
TOO_MANY_PIXELS = "có quá 40 triệu điểm ảnh. Xin giảm kích thước ảnh rồi gửi lại."
_MOST_MEMBERS = 2000
_MOST_UNPACKED = 200 * 1024 * 1024
_MEMBER = b"PK\x01\x02"
_SWELLS = "giải nén ra quá lớn nên không nhận."
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


class NotAllowed(ValueError):
    """A file that is refused; the text completes "Tệp “…” …"."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A file that may be kept: cleaned name, the title it says (whole, where the name had to be cut), type, content."""

    name: str
    title: str
    media_type: str
    content: bytes


def clean_name(name: str, extension: str = "", *, most: int = LONGEST_NAME) -> str:
    """Return a file name as it may be shown: NFC, no path, no hidden characters, at most `most` letters.

    `extension` replaces the one given where they differ.
    """
    text = nfc(name).replace("\\", "/").rpartition("/")[2]
    text = "".join(c for c in text if unicodedata.category(c) not in _HIDDEN)
    path = PurePosixPath(" ".join(text.split()).strip(". ") or "tep")
    stem, suffix = (path.stem, path.suffix) if len(path.suffix) <= 6 else (path.name, "")
    if extension and _same(suffix) != extension:
        suffix = f".{extension}"
    return (stem[: most - len(suffix)].rstrip(". ") or "tep") + suffix


def title_of(name: str) -> str:
    """Return the title that a file name says, without its extension, at most 300 letters."""
    whole = clean_name(name, most=LONGEST_TITLE + 6)
    path = PurePosixPath(whole)
    return (path.stem if _same(path.suffix) in _TYPES else whole)[:LONGEST_TITLE].rstrip()


def _same(suffix: str) -> str:
    plain = suffix.lower().removeprefix(".")
    return "jpg" if plain == "jpeg" else plain


def too_large(name: str, size: int) -> Refused:
    """Return the refusal of a file of so many bytes."""
    return Refused(f"Tệp “{clean_name(name)}” nặng {file_size(size)}, quá mức 20 MB cho một tệp.", 422)


def examine(name: str, content: bytes) -> Accepted:
    """Return the file as it may be kept. Raises `Refused` (422) with the sentence why it may not."""
    shown = clean_name(name)
    try:
        if not content:
            raise NotAllowed("không có nội dung (0 byte).")
        if len(content) > MAX_BYTES:
            raise too_large(name, len(content))
        extension, media_type = _kind(shown, content)
        content = _JUDGES[extension](content)
    except NotAllowed as reason:
        raise Refused(f"Tệp “{shown}” {reason}", 422) from None
    return Accepted(clean_name(name, extension), title_of(name), media_type, content)


_TYPES = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def _kind(name: str, content: bytes) -> tuple[str, str]:
    """Return the real type by the first bytes; a name that promises another document is refused."""
    said = _same(PurePosixPath(name).suffix)
    if content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise NotAllowed(
            "là tệp Word, Excel đời cũ hoặc có mật khẩu. Xin lưu lại dạng .docx, .xlsx không mật khẩu, hoặc PDF."
        )
    if content.startswith(b"%PDF-"):
        return "pdf", _TYPES["pdf"]
    if content.startswith(b"PK\x03\x04"):
        return _office(said, content)
    guessed = filetype.guess_extension(content[:8192])
    if guessed in ("jpg", "png", "webp"):
        return guessed, _TYPES[guessed]
    if said in _TYPES:
        raise NotAllowed(f"mang đuôi .{said} nhưng nội dung không phải tệp {said.upper()} hợp lệ.")
    raise NotAllowed(f"không thuộc loại được nhận. Chỉ nhận {ALLOWED}.")


def _office(said: str, content: bytes) -> tuple[str, str]:
    # Counted before the list of members is read: reading a list of 200,000 takes seconds.
    if content.count(_MEMBER) > _MOST_MEMBERS:
        raise NotAllowed(_SWELLS)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise NotAllowed("bị hỏng, không mở được.") from None
    if "[Content_Types].xml" in names:
        for extension, main in (("docx", "word/document.xml"), ("xlsx", "xl/workbook.xml")):
            if main in names:
                return extension, _TYPES[extension]
    if said in _TYPES:
        raise NotAllowed(f"mang đuôi .{said} nhưng nội dung không phải tệp {said.upper()} hợp lệ.")
    raise NotAllowed("là tệp nén. Xin giải nén và gửi từng tệp.")


def _pdf(content: bytes) -> bytes:
    import pypdf

    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            raise NotAllowed("có đặt mật khẩu hoặc khóa quyền. Xin bỏ khóa rồi gửi lại.")
        pages = len(reader.pages)
        if pages and (fault := actions.of_pdf(reader)):
            raise NotAllowed(fault)
    except NotAllowed:
        raise
    except Exception:  # a hostile or broken file may fail anywhere in the parser
        raise NotAllowed("không phải PDF hợp lệ hoặc đã hỏng, không mở được.") from None
    if not pages:
        raise NotAllowed("là PDF không có trang nào.")
    return content


def _archive(content: bytes) -> bytes:
    """Look through an OOXML file without unpacking it all: size, macros, password, damage."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if len(members) > _MOST_MEMBERS or sum(m.file_size for m in members) > _MOST_UNPACKED:
                raise NotAllowed(_SWELLS)
            if any(m.flag_bits & 1 for m in members):
                raise NotAllowed("có đặt mật khẩu. Xin bỏ mật khẩu rồi gửi lại.")
            if fault := actions.of_office(archive):
                raise NotAllowed(fault)
    except NotAllowed:
        raise
    except Exception:
        raise NotAllowed("bị hỏng, không mở được.") from None
    return content


def _picture(content: bytes) -> bytes:
    """Open a picture far enough to know that it is one; its size is known before it is decoded."""
    size = pixels_of_webp(content)
    if size is not None and size > MAX_PIXELS:
        raise NotAllowed(TOO_MANY_PIXELS)
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as image:
            if image.width * image.height > MAX_PIXELS:
                raise NotAllowed(TOO_MANY_PIXELS)
            if image.format == "PNG":
                image.verify()
            else:
                image.draft("RGB", (image.width // 8 or 1, image.height // 8 or 1))
                image.load()
    except NotAllowed:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise NotAllowed(TOO_MANY_PIXELS) from None
    except Exception:
        raise NotAllowed("không phải ảnh hợp lệ hoặc đã hỏng, không mở được.") from None
    return without_place(content)


_JUDGES: dict[str, Callable[[bytes], bytes]] = {
    "pdf": _pdf,
    "jpg": _picture,
    "png": _picture,
    "webp": _picture,
    "docx": _archive,
    "xlsx": _archive,
}
