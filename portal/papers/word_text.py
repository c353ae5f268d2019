"""Paragraphs of a DOCX: runs, looks taken from the papers' style sheet, the named styles they become.

Only strings of WordprocessingML are made here. Children stand in the order of its schema, because Word
calls a file damaged in which they do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from portal.papers.stylesheet import Declarations, points

FACE = "Times New Roman"
MISSING_FILL = "FFF3AD"
_JUSTIFY = {"justify": "both", "center": "center", "right": "right", "left": "left"}

# Class of the templates → the name the style has in the word processor, and the built-in style it is.
_NAMES: dict[str, tuple[str, str]] = {
    "": ("Body Text", "BodyText"),
    "heading": ("heading 1", "Heading1"),
    "minor": ("heading 2", "Heading2"),
    "type": ("Title", "Title"),
    "subject": ("Subtitle", "Subtitle"),
    "superior": ("VB Cơ quan chủ quản", "VbSuperior"),
    "issuer": ("VB Cơ quan ban hành", "VbIssuer"),
    "nation": ("VB Quốc hiệu", "VbNation"),
    "motto": ("VB Tiêu ngữ", "VbMotto"),
    "number": ("VB Số, ký hiệu", "VbNumber"),
    "place": ("VB Địa danh, ngày tháng", "VbPlace"),
    "basis": ("VB Căn cứ", "VbBasis"),
    "item": ("VB Gạch đầu dòng", "VbItem"),
    "proof": ("VB Minh chứng", "VbProof"),
    "indicator": ("VB Chỉ tiêu", "VbIndicator"),
    "centre": ("VB Giữa dòng", "VbCentre"),
    "to-title": ("VB Nơi nhận", "VbTo"),
    "authority": ("VB Chức vụ người ký", "VbAuthority"),
    "signer": ("VB Họ tên người ký", "VbSigner"),
    "note": ("VB Ghi chú", "VbNote"),
    "small": ("VB Chú thích nhỏ", "VbSmall"),
    "check": ("footer", "Footer"),
    "form": ("footer", "Footer"),
}
_OUTLINE = {"Heading1": 0, "Heading2": 1}
KEPT_WITH_NEXT = frozenset({"heading", "minor", "indicator", "type"})


def twips(value: float) -> int:
    """Return points as twentieths of a point."""
    return round(value * 20)


def colour(value: str) -> str:
    """Return a colour of the style sheet as a text names it: "#444" is "444444"."""
    digits = value.removeprefix("#").upper()
    return digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text of one look; "\n" inside it is a line break. `drawing`: a picture in place of text."""

    text: str
    bold: bool = False
    italic: bool = False
    missing: bool = False
    drawing: str = ""

    def xml(self) -> str:
        """Return the run; a mark of what is missing stands on yellow, as in the PDF."""
        if self.drawing:
            return f"<w:r>{self.drawing}</w:r>"
        looks = "<w:b/>" if self.bold else ""
        if self.missing:
            looks += f'<w:i w:val="0"/><w:shd w:val="clear" w:color="auto" w:fill="{MISSING_FILL}"/>'
        elif self.italic:
            looks += "<w:i/>"
        lines = "<w:br/>".join(
            f'<w:t xml:space="preserve">{escape(line)}</w:t>' if line else ""
            for line in self.text.split("\n")
        )
        return f"<w:r>{f'<w:rPr>{looks}</w:rPr>' if looks else ''}{lines}</w:r>"


@dataclass(frozen=True, slots=True)
class Look:
    """How a paragraph looks; lengths in points."""

    size: float = 13
    bold: bool = False
    italic: bool = False
    align: str = "left"
    indent: float = 0
    before: float = 0
    after: float = 0
    keep: bool = False
    colour: str = "000000"

    @classmethod
    def of(cls, style: Declarations, keep: bool = False) -> Look:
        """Return the look that declarations of the style sheet mean."""

        def length(name: str) -> float:
            value = style.get(name, "0")
            return 0 if value == "auto" or value.endswith("%") else points(value)

        return cls(
            size=length("font-size") or 13,
            bold=style.get("font-weight") == "bold",
            italic=style.get("font-style") == "italic",
            align=style.get("text-align", "left"),
            indent=length("text-indent"),
            before=length("margin-top"),
            after=length("margin-bottom"),
            keep=keep,
            colour=colour(style.get("color", "#000")),
        )

    def paragraph(self) -> str:
        """Return the content of `w:pPr` without style, numbers and borders."""
        keep = "<w:keepNext/>" if self.keep else ""
        indent = f'<w:ind w:firstLine="{twips(self.indent)}"/>' if self.indent else ""
        return (
            f'{keep}<w:spacing w:before="{twips(self.before)}" w:after="{twips(self.after)}" w:line="240"'
            f' w:lineRule="auto"/>{indent}<w:jc w:val="{_JUSTIFY[self.align]}"/>'
        )

    def letters(self) -> str:
        """Return the content of `w:rPr`."""
        size = round(self.size * 2)
        looks = ("<w:b/>" if self.bold else "") + ("<w:i/>" if self.italic else "")
        if self.colour != "000000":
            looks += f'<w:color w:val="{self.colour}"/>'
        return f'{looks}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>'


@dataclass
class Paragraph:
    """A paragraph being laid out: its style, what differs from it, its runs.

    `number` is its level of automatic numbers, `rule` the distance of a line from both edges; `small` is
    a gap without text. `section`: the properties of the section that ends with this paragraph. `turned`: it
    begins a page.
    """

    style: str
    look: Look
    runs: list[Run] = field(default_factory=list)
    own: Look | None = None
    number: int | None = None
    rule: tuple[float, float] | None = None
    small: bool = False
    section: str = ""
    turned: bool = False

    def more(self, **looks: Any) -> None:
        """Change the look of this paragraph alone."""
        self.own = replace(self.own or self.look, **looks)

    def xml(self) -> str:
        """Return the paragraph; direct formatting only where it differs from its style."""
        own, look = self.own or self.look, self.look
        parts = [f'<w:pStyle w:val="{self.style}"/>'] if self.style else []
        if own.keep and not look.keep:
            parts.append("<w:keepNext/>")
        if self.turned:
            parts.append("<w:pageBreakBefore/>")
        if self.number is not None:
            parts.append(f'<w:numPr><w:ilvl w:val="{self.number}"/><w:numId w:val="1"/></w:numPr>')
        if self.rule or self.small:
            if self.rule:
                parts.append(
                    '<w:pBdr><w:bottom w:val="single" w:sz="6" w:space="0" w:color="000000"/></w:pBdr>'
                )
            parts.append(
                f'<w:spacing w:before="{twips(own.before)}" w:after="{twips(own.after)}" w:line="40"'
                ' w:lineRule="exact"/>'
            )
            left, right = (twips(side) for side in self.rule or (0, 0))
            parts.append(f'<w:ind w:left="{left}" w:right="{right}" w:firstLine="0"/>')
        elif (own.before, own.after) != (look.before, look.after):
            parts.append(
                f'<w:spacing w:before="{twips(own.before)}" w:after="{twips(own.after)}" w:line="240"'
                ' w:lineRule="auto"/>'
            )
        if self.number is not None:
            parts.append(f'<w:ind w:firstLine="{twips(own.indent)}"/>')
        return f"<w:p><w:pPr>{''.join(parts)}{self.section}</w:pPr>{''.join(run.xml() for run in self.runs)}</w:p>"


class Styles:
    """The named styles a document uses, each made when it is first asked for."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, Look], str] = {}
        self._xml: list[str] = []

    def named(self, kind: str, look: Look) -> str:
        """Return the id of the style of a class of the templates in a look."""
        known = self._made.get((kind, look))
        if known:
            return known
        again = sum(made == kind for made, _ in self._made)
        name, number = _NAMES.get(kind) or (f"VB {kind}", f"Vb{kind.title().replace('-', '')}")
        if again:
            name, number = f"VB {name.removeprefix('VB ')} {again + 1}", f"{number}{again + 1}"
        self._add(name, number, look)
        self._made[kind, look] = number
        return number

    def _add(self, name: str, number: str, look: Look) -> None:
        custom = (
            ""
            if name in (one for one, _ in _NAMES.values() if not one.startswith("VB"))
            else ' w:customStyle="1"'
        )
        level = f'<w:outlineLvl w:val="{_OUTLINE[number]}"/>' if number in _OUTLINE else ""
        self._xml.append(
            f'<w:style w:type="paragraph"{custom} w:styleId="{number}"><w:name w:val={quoteattr(name)}/>'
            f'<w:basedOn w:val="Normal"/><w:qFormat/>'
            f"<w:pPr>{look.paragraph()}{level}</w:pPr><w:rPr>{look.letters()}</w:rPr></w:style>"
        )

    def xml(self) -> str:
        """Return the styles."""
        return "".join(self._xml)


def texts(runs: Sequence[Run]) -> str:
    """Return the runs' text."""
    return "".join(run.text for run in runs)
