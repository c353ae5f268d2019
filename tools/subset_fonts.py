"""Makes the small faces of the papers from Debian's fonts-liberation2 and fonts-dejavu-core.

Run it by hand when the character set changes: it needs fonttools, which the portal itself does not.
Liberation's name is reserved by its licence, so the faces carry a name of our own; the licence texts
beside them stay. The same input gives the same bytes.

    python tools/subset_fonts.py [--serif DIR] [--symbols DIR] [--out DIR]
"""

import argparse
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

STYLES = ("Regular", "Bold", "Italic", "BoldItalic")

TEXT = (
    *range(0x0020, 0x007F),
    *range(0x00A0, 0x0180),
    0x01A0,
    0x01A1,
    0x01AF,
    0x01B0,
    *(0x0300, 0x0301, 0x0303, 0x0309, 0x0323),
    *range(0x0391, 0x03CA),
    *range(0x1EA0, 0x1EFA),
    *range(0x2010, 0x2028),
    *(0x2030, 0x2032, 0x2033, 0x2039, 0x203A, 0x2044, 0x2070, 0x2074, 0x207F),
    *(0x20AB, 0x20AC, 0x2116, 0x2122, 0x2126),
    *range(0x2190, 0x2196),
    *(0x2202, 0x2206, 0x2211, 0x2212, 0x2215, 0x221A, 0x221E, 0x222B, 0x2248, 0x2260, 0x2264, 0x2265),
)
SYMBOLS = (
    0x0020,
    0x2011,
    *(0x25A0, 0x25A1, 0x25AA, 0x25AB, 0x25B2, 0x25B6, 0x25BA, 0x25BC, 0x25C6, 0x25C7, 0x25CB, 0x25CF, 0x25E6),
    *(0x2605, 0x2606, 0x2610, 0x2611, 0x2612, 0x2713, 0x2714, 0x2717, 0x2718, 0x21D2, 0x21D4, 0x2794, 0x27A2),
)


def make_face(source: Path, target: Path, family: str, style: str, characters: tuple[int, ...]) -> None:
    """Writes `source` cut down to `characters` under our own family name, without hinting."""
    options = Options()
    options.layout_features = []
    options.hinting = False
    options.name_IDs = [0, 13, 14]
    options.notdef_outline = True
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "FFTM", "DSIG", "kern"]
    face = TTFont(source, recalcTimestamp=False)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(face)
    spaced = "Bold Italic" if style == "BoldItalic" else style
    postscript = f"{family.replace(' ', '')}-{style}"
    names = {
        1: family,
        2: spaced,
        3: f"{postscript} subset",
        4: f"{family} {spaced}",
        5: "Version 1.000",
        6: postscript,
    }
    for number, text in names.items():
        face["name"].setName(text, number, 3, 1, 0x409)
        face["name"].setName(text, number, 1, 0, 0)
    face.save(target, reorderTables=True)


def main() -> None:
    """Reads the folders from the command line and writes the five faces."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--serif", type=Path, default=Path("/usr/share/fonts/truetype/liberation2"))
    parser.add_argument("--symbols", type=Path, default=Path("/usr/share/fonts/truetype/dejavu"))
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "portal" / "papers" / "fonts")
    wanted = parser.parse_args()
    wanted.out.mkdir(parents=True, exist_ok=True)
    for style in STYLES:
        source = wanted.serif / f"LiberationSerif-{style}.ttf"
        make_face(source, wanted.out / f"PortalSerif-{style}.ttf", "Portal Serif", style, TEXT)
    symbols = wanted.out / "PortalSymbols-Regular.ttf"
    make_face(wanted.symbols / "DejaVuSans.ttf", symbols, "Portal Symbols", "Regular", SYMBOLS)


if __name__ == "__main__":
    main()
