"""Small real files of each kind, and hostile ones, made on the spot."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pypdf
from openpyxl import Workbook
from PIL import Image
from pypdf.generic import NameObject, StreamObject

GPS = 0x8825


def pdf(text: str = "", *, password: str = "") -> bytes:
    """Return a PDF of one page; the title makes two of them differ."""
    writer = pypdf.PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_metadata({"/Title": text})
    if password:
        writer.encrypt(password)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def pdf_of_size(size: int) -> bytes:
    """Return a PDF of exactly so many bytes, filled by a stream that draws nothing."""
    made, fill = b"", size
    while len(made) != size:
        fill -= len(made) - size if made else 2000
        writer = pypdf.PdfWriter()
        filling = StreamObject()
        filling.set_data(bytes(fill))
        page = writer.add_blank_page(200, 200)
        page[NameObject("/PieceInfo")] = writer._add_object(filling)
        out = io.BytesIO()
        writer.write(out)
        made = out.getvalue()
    return made


def picture(kind: str = "JPEG", *, place: bool = False, size: tuple[int, int] = (64, 48)) -> bytes:
    """Return a picture; `place` writes where it was taken into its metadata."""
    image = Image.new("RGB", size, "teal")
    exif = Image.Exif()
    exif[0x010F] = "Camera"
    if place:
        exif.get_ifd(GPS).update({1: "N", 2: (20.0, 49.0, 12.0)})
    out = io.BytesIO()
    image.save(out, kind, exif=exif)
    return out.getvalue()


def bomb_png(width: int = 30_000, height: int = 30_000) -> bytes:
    """Return a PNG of a few kilobytes that claims 900 million pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((width + 7) // 8 + 1) * 100)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def bomb_webp() -> bytes:
    """Return the head of a WebP that claims 16384 by 16384 pixels."""
    body = b"\x00" * 4 + (16383).to_bytes(3, "little") * 2
    chunk = b"VP8X" + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", len(chunk) + 4) + b"WEBP" + chunk


def xlsx() -> bytes:
    """Return a real workbook."""
    out = io.BytesIO()
    Workbook().save(out)
    return out.getvalue()


def office(
    *names: str,
    main: str = "word/document.xml",
    types: bytes = b"<Types/>",
    fill: int = 0,
    template: str = "",
) -> bytes:
    """Return an OOXML-like archive with further members; `fill` unpacked bytes in the main one."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr(main, b"0" * fill or b"<w/>")
        for name in names:
            archive.writestr(name, b"x")
        if template:
            kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"
            link = f'<Relationship Type="{kind}" Target="{template}" TargetMode="External"/>'
            archive.writestr("word/_rels/settings.xml.rels", f"<Relationships>{link}</Relationships>")
    return out.getvalue()


def archive() -> bytes:
    """Return a plain zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("a.txt", "a")
    return out.getvalue()


def raw_pdf(*, catalog: str = "", page: str = "", more: str = "") -> bytes:
    """Return a PDF written by hand, with entries of one's own in its catalogue and page, and a fourth object."""
    objects = [
        f"<</Type/Catalog/Pages 2 0 R{catalog}>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]{page}>>",
        more or "<<>>",
    ]
    body, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj{content}endobj\n".encode("latin1")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    tail = (
        f"xref\n0 5\n0000000000 65535 f \n{table}trailer<</Size 5/Root 1 0 R>>\nstartxref\n{len(body)}\n%%EOF"
    )
    return body + tail.encode()
