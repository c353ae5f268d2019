"""A paper as DOCX, to be corrected by hand in Word or LibreOffice: the page the PDF is made of, as a text.

The package is written here, part by part: a word processor needs seven of them and the pictures, and equal pages
give equal bytes. Content, order and style sheet come from templates/print/ alone.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from defusedxml.ElementTree import fromstring

from portal.papers.rows import RowTable
from portal.papers.stylesheet import StyleSheet
from portal.papers.word_body import Body, words_of
from portal.papers.word_sections import PageLook, Sections
from portal.papers.word_text import FACE, twips

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_UNDATED = datetime(2000, 1, 1, tzinfo=UTC)
_ZIP_DAY = (1980, 1, 1, 0, 0, 0)
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_W = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_PARTS = ("styles", "numbering", "settings", "footer1")
_ENTITIES = {"&nbsp;": "\u00a0"}


def render_docx(html: str, issued: datetime | None, tables: Mapping[str, RowTable] | None = None) -> bytes:
    """Return a whole page of templates/print/ as a DOCX; the same arguments as `pdf.render_pdf`.

    Raises `NotInPapers` for an element that no paper uses: then the templates and this module have parted.
    """
    body = _body(html)
    sections, sheet = Sections(html), StyleSheet(html)
    writer = Body(tables or {}, sections, sheet)
    blocks = writer.xml(body)
    mark, counted = _line(body, "mark"), _line(body, "number")
    foot = next((line for name in ("check", "form") if (line := _line(body, name)) is not None), None)
    footer = writer.line(foot) if foot is not None else "<w:p/>"
    parts = {
        "word/document.xml": f"<w:document {_W}><w:body>{blocks}{sections.last()}</w:body></w:document>",
        "word/styles.xml": f"<w:styles {_W}>{_STYLES}{writer.styles.xml()}</w:styles>",
        "word/numbering.xml": f"<w:numbering {_W}>{_NUMBERING}</w:numbering>",
        "word/settings.xml": f"<w:settings {_W}>{_SETTINGS}</w:settings>",
        **{
            f"word/{name}.xml": f"<w:hdr {_W}>{_header(look, mark, numbered=numbered and counted is not None)}</w:hdr>"
            for name, look, numbered in sections.headers()
        },
        "word/footer1.xml": f"<w:ftr {_W}>{footer}</w:ftr>",
        "docProps/core.xml": _core(html, issued or _UNDATED),
    }
    pictures = writer.pictures.parts()
    files = {f"word/media/{name}.png": content for name, content in pictures.items()}
    return _packed(_frame([name for name, _, _ in sections.headers()], pictures) | parts, files)


def _body(html: str) -> Element:
    text = re.sub(r"(?s).*?<body>(.*)</body>.*", r"\1", html, count=1)
    for name, letter in _ENTITIES.items():
        text = text.replace(name, letter)
    return fromstring(f'<body xmlns:pdf="pdf">{text}</body>', forbid_dtd=True)


def _line(body: Element, name: str) -> Element | None:
    """A line that stands on every page."""
    return next((one for one in body.iter("div") if one.get("id") == name), None)


def _header(look: PageLook, mark: Element | None, *, numbered: bool) -> str:
    width = twips(look.width)
    tabs = (
        f'<w:tabs><w:tab w:val="center" w:pos="{width // 2}"/><w:tab w:val="right" w:pos="{width}"/></w:tabs>'
    )
    page = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>2</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    shown = (
        '<w:r><w:rPr><w:b/><w:color w:val="8A6100"/><w:sz w:val="18"/><w:szCs w:val="18"/>'
        '<w:bdr w:val="dashed" w:sz="6" w:space="0" w:color="8A6100"/></w:rPr>'
        f'<w:t xml:space="preserve"> {escape(words_of(mark))} </w:t></w:r>'
        if mark is not None
        else ""
    )
    return (
        f'<w:p><w:pPr><w:pStyle w:val="Header"/>{tabs}</w:pPr><w:r><w:tab/></w:r>{page if numbered else ""}'
        f"<w:r><w:tab/></w:r>{shown}</w:p>"
    )


def _core(html: str, issued: datetime) -> str:
    title = re.search(r"(?s)<title>(.*?)</title>", html)
    author = re.search(r'<meta name="author" content="([^"]*)">', html)
    moment = issued.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    when = "".join(
        f'<dcterms:{name} xsi:type="dcterms:W3CDTF">{moment}</dcterms:{name}>'
        for name in ("created", "modified")
    )
    return (
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{' '.join(title[1].split()) if title else ''}</dc:title>"
        f"<dc:creator>{author[1] if author else ''}</dc:creator>{when}<dc:language>vi-VN</dc:language></cp:coreProperties>"
    )


def _frame(headers: Iterable[str], pictures: Iterable[str]) -> dict[str, str]:
    """The parts that say what the other parts are."""
    names = {name: re.sub(r"[0-9]", "", name) for name in (*_PARTS, *headers)}
    kinds = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{_KIND}.{kind}+xml"/>'
        for name, kind in names.items()
    )
    links = "".join(
        f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{name}.xml"/>'
        for name, kind in names.items()
    ) + "".join(
        f'<Relationship Id="{name}" Type="{_OFFICE}/image" Target="media/{name}.png"/>' for name in pictures
    )
    package = "http://schemas.openxmlformats.org/package/2006"
    return {
        "[Content_Types].xml": (
            f'<Types xmlns="{package}/content-types"><Default Extension="rels"'
            ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="png" ContentType="image/png"/>'
            f'<Override PartName="/word/document.xml" ContentType="{_KIND}.document.main+xml"/>{kinds}'
            '<Override PartName="/docProps/core.xml"'
            ' ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{package}/relationships">'
            f'<Relationship Id="document" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>'
            f'<Relationship Id="core" Type="{package}/relationships/metadata/core-properties"'
            ' Target="docProps/core.xml"/></Relationships>'
        ),
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{package}/relationships">{links}</Relationships>',
    }


def _packed(parts: Mapping[str, str], files: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in (
            {name: (_XML + xml).encode() for name, xml in parts.items()} | dict(files)
        ).items():
            entry = zipfile.ZipInfo(name, _ZIP_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, content)
    return target.getvalue()


_STYLES = (
    f'<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="{FACE}" w:hAnsi="{FACE}" w:eastAsia="{FACE}" w:cs="{FACE}"/>'
    '<w:sz w:val="26"/><w:szCs w:val="26"/><w:lang w:val="vi-VN" w:eastAsia="vi-VN" w:bidi="ar-SA"/></w:rPr>'
    "</w:rPrDefault><w:pPrDefault/></w:docDefaults>"
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>'
    '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont"><w:name w:val="Default Paragraph Font"/></w:style>'
    '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr><w:tblInd'
    ' w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="0" w:type="dxa"/><w:left w:w="0" w:type="dxa"/><w:bottom w:w="0"'
    ' w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Header"><w:name w:val="header"/><w:basedOn w:val="Normal"/></w:style>'
)
_NUMBERING = (
    '<w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="multilevel"/>'
    '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="upperRoman"/><w:suff w:val="space"/><w:lvlText w:val="%1."/>'
    '<w:lvlJc w:val="left"/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:suff w:val="space"/>'
    '<w:lvlText w:val="%2."/><w:lvlJc w:val="left"/></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
)
_SETTINGS = (
    '<w:defaultTabStop w:val="720"/><w:characterSpacingControl w:val="doNotCompress"/><w:compat><w:compatSetting'
    ' w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
    '<w:themeFontLang w:val="vi-VN"/>'
)
