"""Pictures of a DOCX: each a part of the package, drawn in the line where the page has its `<img>`.

The papers draw nothing but QR codes: PNGs inside the page itself, with words for who cannot see them.
"""

from __future__ import annotations

import base64
import binascii
from xml.etree.ElementTree import Element
from xml.sax.saxutils import quoteattr

_PNG = "data:image/png;base64,"
_EMU = 9_525  # the unit of drawings, in a pixel of 1/96 inch
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"


class NotInPapers(ValueError):
    """The page holds something that the papers' templates do not use."""


class Pictures:
    """The pictures of one document; one drawn twice is kept once."""

    def __init__(self) -> None:
        self._names: dict[bytes, str] = {}
        self._drawn = 0

    def drawing(self, element: Element) -> str:
        """Return what draws an `<img>`; raises `NotInPapers` for one without size, words or a PNG of its own."""
        source, alt = element.get("src", ""), element.get("alt", "")
        width, height = (int(element.get(side, "0")) * _EMU for side in ("width", "height"))
        if not (source.startswith(_PNG) and alt and width and height):
            raise NotInPapers(f"<img src={source[:40]!r} alt={alt!r}>")
        try:
            content = base64.b64decode(source.removeprefix(_PNG), validate=True)
        except binascii.Error as reason:
            raise NotInPapers(f"<img src={source[:40]!r}>") from reason
        name = self._names.setdefault(content, f"picture{len(self._names) + 1}")
        self._drawn += 1
        what = f'id="{self._drawn}" name="{name}" descr={quoteattr(alt)}'
        size = f'cx="{width}" cy="{height}"'
        return (
            f'<w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0" xmlns:wp="{_DRAWING}/wordprocessingDrawing">'
            f"<wp:extent {size}/><wp:docPr {what}/>"
            f'<a:graphic xmlns:a="{_DRAWING}/main"><a:graphicData uri="{_DRAWING}/picture">'
            f'<pic:pic xmlns:pic="{_DRAWING}/picture"><pic:nvPicPr><pic:cNvPr {what}/><pic:cNvPicPr/></pic:nvPicPr>'
            f'<pic:blipFill><a:blip r:embed="{name}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
            f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm>'
            '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic>'
            "</a:graphicData></a:graphic></wp:inline></w:drawing>"
        )

    def parts(self) -> dict[str, bytes]:
        """Return every picture by its name, in the order in which they are drawn."""
        return {name: content for content, name in self._names.items()}
