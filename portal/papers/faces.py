"""The faces of the papers: where the files lie, how they are registered, which characters they draw.

The files are shipped (see fonts/OFL.txt); the renderer itself may open no file. Registering happens once
per process and must come before reportlab's layout engine is imported, otherwise every PDF names a font
that is not embedded.
"""

from functools import cache
from pathlib import Path

SERIF = "portal"
SYMBOLS = "symbols"
FOLDER = Path(__file__).parent / "fonts"

# Name for the renderer (never equal to the family's), file, bold, italic.
_SERIF_FACES = (
    ("portal-Regular", "PortalSerif-Regular.ttf", 0, 0),
    ("portal-Bold", "PortalSerif-Bold.ttf", 1, 0),
    ("portal-Italic", "PortalSerif-Italic.ttf", 0, 1),
    ("portal-BoldItalic", "PortalSerif-BoldItalic.ttf", 1, 1),
)
_SYMBOL_FACE = ("symbols-Regular", "PortalSymbols-Regular.ttf")
REGULAR, BOLD, ITALIC, _ = (name for name, *_rest in _SERIF_FACES)
SYMBOL = _SYMBOL_FACE[0]


class FontMissing(RuntimeError):
    """A font file of the papers is not there or cannot be read; the text is a sentence for the operator."""


def missing_files(folder: Path = FOLDER) -> list[str]:
    """Names of the font files that are not in `folder`; empty when papers can be made."""
    wanted = [file for _name, file, *_style in _SERIF_FACES] + [_SYMBOL_FACE[1]]
    return [file for file in wanted if not (folder / file).is_file()]


def require_files(folder: Path = FOLDER) -> None:
    """Raises FontMissing with a sentence when a font file is absent. Cheap: for the start of the program."""
    missing = missing_files(folder)
    if missing:
        raise FontMissing(
            f"Thiếu tệp phông chữ để tạo văn bản PDF: {', '.join(missing)}. "
            f"Hãy khôi phục thư mục {folder} từ bản cài đặt rồi khởi động lại."
        )


@cache
def register() -> None:
    """Makes the faces known to reportlab and xhtml2pdf. Raises FontMissing."""
    require_files()
    from reportlab import rl_config
    from reportlab.lib.fonts import addMapping
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFError, TTFont

    try:
        for name, file, bold, italic in _SERIF_FACES:
            pdfmetrics.registerFont(TTFont(name, str(FOLDER / file)))
            addMapping(SERIF, bold, italic, name)
        pdfmetrics.registerFont(TTFont(SYMBOL, str(FOLDER / _SYMBOL_FACE[1])))
    except (TTFError, OSError) as error:
        raise FontMissing(f"Không đọc được tệp phông chữ của văn bản PDF: {error}.") from error
    for bold in (0, 1):
        for italic in (0, 1):
            addMapping(SYMBOLS, bold, italic, SYMBOL)
    rl_config.canvas_basefontname = rl_config.defaultGraphicsFontName = REGULAR
    from xhtml2pdf import default

    default.DEFAULT_FONT.update({SERIF: SERIF, SYMBOLS: SYMBOLS})


@cache
def widths(name: str) -> dict[str, float]:
    """Advance width of every character of a registered face, in units of the font size."""
    register()
    from reportlab.pdfbase import pdfmetrics

    face = pdfmetrics.getFont(name).face
    return {chr(code): face.charWidths.get(code, face.defaultWidth) / 1000 for code in face.charToGlyph}


def can_draw(character: str) -> bool:
    """Whether the serif or the symbol face has this character."""
    return character in widths(REGULAR) or character in widths(SYMBOL)
