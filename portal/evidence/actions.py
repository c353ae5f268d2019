"""What in a document acts by itself when somebody opens it: scripts, programs, files shut in it, remote templates.

Nothing is executed or unpacked. A PDF is walked from its catalogue, an Office file is read in its lists of
parts; what only draws (fonts, pictures, page contents) is passed over.
"""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pypdf
    from pypdf.generic import DictionaryObject

MOST_OBJECTS = 100_000
SCRIPT = "có mã lệnh (JavaScript) hoặc lệnh mở chương trình bên trong. Xin in lại ra PDF rồi gửi."
SHUT_IN = "có tệp khác đính kèm bên trong. Xin gửi riêng từng tệp, hoặc in lại ra PDF rồi gửi."
FORM = "là biểu mẫu động (XFA). Xin in lại ra PDF rồi gửi."
TOO_MANY = "có cấu trúc quá phức tạp. Xin in lại ra PDF rồi gửi."
MACRO = "có macro. Xin lưu lại dạng .docx hoặc .xlsx không có macro."
TEMPLATE = "dùng mẫu tải từ nơi khác về. Xin lưu thành tệp mới không gắn mẫu, hoặc gửi PDF."

_DRAWS = frozenset(
    ("/Resources", "/Contents", "/Metadata", "/StructTreeRoot", "/OutputIntents", "/Thumb", "/Parent", "/P")
)
_RUNS = frozenset(("/JavaScript", "/Launch", "/ImportData", "/Rendition", "/GoToE"))
_PARTS_THAT_RUN = (b"macroenabled", b"vbaproject", b"macrosheet", b"activex")
_LINKED_FROM_AFAR = re.compile(rb"(?:https?|ftp|mhtml):|\\\\", re.IGNORECASE)
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>", re.IGNORECASE)
_TARGET = re.compile(rb"""\bTarget\s*=\s*["']([^"']*)""", re.IGNORECASE)
_MOST_READ = 1_000_000


def of_pdf(reader: pypdf.PdfReader) -> str | None:
    """Return what is wrong with a PDF, as the end of the sentence "Tệp “…” …", or None."""
    from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

    waiting: list[Any] = [reader.trailer.get("/Root")]
    met: set[int] = set()
    looked = 0
    while waiting:
        found = waiting.pop()
        if isinstance(found, IndirectObject):
            if found.idnum in met:
                continue
            met.add(found.idnum)
            found = found.get_object()
        if isinstance(found, ArrayObject):
            inside = list(found)
        elif isinstance(found, DictionaryObject):
            if fault := _of_dictionary(found):
                return fault
            inside = [value for key, value in found.items() if key not in _DRAWS]
        else:
            continue
        looked += 1
        if looked > MOST_OBJECTS:
            return TOO_MANY
        waiting += [
            each for each in inside if isinstance(each, (IndirectObject, ArrayObject, DictionaryObject))
        ]
    return None


def _of_dictionary(found: DictionaryObject) -> str | None:
    if "/JS" in found or found.get("/S") in _RUNS:
        return SCRIPT
    if "/EF" in found or found.get("/Subtype") in ("/FileAttachment", "/RichMedia"):
        return SHUT_IN
    return FORM if "/XFA" in found else None


def of_office(archive: zipfile.ZipFile) -> str | None:
    """Return what is wrong with a Word or Excel file, as the end of the sentence, or None."""
    names = [member.filename.lower() for member in archive.infolist()]
    if any(name.endswith((".exe", ".dll")) or "vbaproject" in name or "/activex/" in name for name in names):
        return MACRO
    types = _start_of(archive, "[Content_Types].xml").replace(b"\x00", b"").lower()
    if any(part in types for part in _PARTS_THAT_RUN):
        return MACRO
    for member in archive.infolist():
        if member.filename.lower().endswith("settings.xml.rels"):
            relations = _start_of(archive, member.filename).replace(b"\x00", b"")
            for relation in _RELATION.findall(relations):
                target = _TARGET.search(relation)
                if b"attachedTemplate" in relation and target and _LINKED_FROM_AFAR.match(target[1].strip()):
                    return TEMPLATE
    return None


def _start_of(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        return part.read(_MOST_READ)
