"""A map of districts as tiles in the order of their names, shaded by a share in at most five classes. Pure.

No geography is claimed: a tile says its district's name and value in words, the shade only repeats the class.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from .measures import Measure
from .summary import Line

CLASSES = 5
_KIND = re.compile(r"^(Huyện|Quận|Thị xã|Thành phố|Xã|Phường|Thị trấn|Đặc khu) ")


@dataclass(frozen=True, slots=True)
class Tile:
    """One district: its line, a short name, the class of its share (1 the lowest; 0: nothing to tell), the share in words."""

    line: Line
    name: str
    shade: int
    text: str
    said: str


@dataclass(frozen=True, slots=True)
class Band:
    """A class of the legend: its number, the shares it holds in words, and how many districts are in it."""

    shade: int
    text: str
    districts: int


@dataclass(frozen=True, slots=True)
class TileMap:
    """The tiles with the legend of their shades."""

    measure: Measure
    tiles: tuple[Tile, ...]
    bands: tuple[Band, ...]
    unknown: int


def bounds_of(shares: Sequence[Fraction]) -> tuple[int, ...]:
    """Return the limits of the classes in whole percent, the lowest first; equal widths between the extremes."""
    if not shares:
        return ()
    low, high = floor(min(shares) * 100), ceil(max(shares) * 100)
    if low == high:
        return (low, high)
    width = max(1, ceil(Fraction(high - low, CLASSES)))
    limits = list(range(low, high, width))
    return (*limits, high)


def shade_of(share: Fraction, bounds: Sequence[int]) -> int:
    """Return the class of a share: it begins at its lower limit, the last one also holds its upper limit."""
    inside = [place for place, low in enumerate(bounds[:-1], 1) if share * 100 >= low]
    return max(inside, default=1)


def short_names(names: Sequence[str]) -> list[str]:
    """Return names without the kind of place before them, where that leaves every one of them its own."""
    short = [_KIND.sub("", name) or name for name in names]
    return [one if short.count(one) == 1 else name for one, name in zip(short, names, strict=True)]


def tile_map(lines: Sequence[Line], one: Measure) -> TileMap:
    """Return the tiles of districts, in the order they come in, shaded by a share."""
    names = short_names([line.name for line in lines])
    shares = [line.share(one) for line in lines]
    bounds = bounds_of([share for share in shares if share is not None])
    shades = [0 if share is None else shade_of(share, bounds) for share in shares]
    last = len(bounds) - 1
    return TileMap(
        one,
        tuple(
            Tile(line, name, shade, line.text(one), _parts(line, one) if shade else "chưa có số")
            for line, name, shade in zip(lines, names, shades, strict=True)
        ),
        tuple(
            Band(
                shade,
                f"{bounds[shade - 1]} %"
                if bounds[shade - 1] == bounds[shade]
                else f"{bounds[shade - 1]} đến {'' if shade == last else 'dưới '}{bounds[shade]} %",
                shades.count(shade),
            )
            for shade in range(1, last + 1)
        ),
        shades.count(0),
    )


def _parts(line: Line, one: Measure) -> str:
    return f"{line.number(one.figure)}/{line.number(one.whole)}"
