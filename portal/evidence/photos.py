"""Photographs without the place where they were taken: the picture itself stays byte for byte.

Only the metadata segments of a JPEG are touched, and each keeps its length, so that nothing else in the
file moves.
"""

from __future__ import annotations

from collections.abc import Iterator

from PIL import Image

SHOWN_AS_PICTURE = frozenset({"image/jpeg", "image/png", "image/webp"})
_GPS = 0x8825
_EXIF = b"Exif\x00\x00"
_XMP = b"http://ns.adobe.com/x"


def _segments(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield (marker, start, end) of the payload of each segment before the picture data."""
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker in (0xD9, 0xDA):
            return
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        if end > len(content) or end < at + 4:
            return
        yield marker, at + 4, end
        at = end


def without_place(content: bytes) -> bytes:
    """Return a JPEG whose metadata no longer tells where it was taken; without such metadata, as it is."""
    changed = bytearray(content)
    for marker, start, end in _segments(content):
        payload = content[start:end]
        if marker == 0xE1 and payload.startswith(_EXIF):
            changed[start:end] = _exif_without_place(payload)
        elif marker == 0xE1 and payload.startswith(_XMP) and b"GPS" in payload:
            changed[start:end] = bytes(len(payload))
    return bytes(changed)


def _exif_without_place(payload: bytes) -> bytes:
    """Return an Exif segment of the same length without its GPS part; an unreadable one is emptied."""
    exif = Image.Exif()
    try:
        exif.load(payload)
        if _GPS not in exif:
            return payload
        del exif[_GPS]
        kept = exif.tobytes()
    except Exception:  # cameras write the strangest metadata; better none of it than the place
        return bytes(len(payload))
    if not kept.startswith(_EXIF):
        kept = _EXIF + kept
    return kept.ljust(len(payload), b"\x00") if len(kept) <= len(payload) else bytes(len(payload))


def pixels_of_webp(content: bytes) -> int | None:
    """Return the pixels a WebP claims, before any decoder takes memory for them; None for other files."""
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP":
        return None
    chunk, body = content[12:16], content[20:30]
    if chunk == b"VP8X":
        return (int.from_bytes(body[4:7], "little") + 1) * (int.from_bytes(body[7:10], "little") + 1)
    if chunk == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return ((bits & 0x3FFF) + 1) * ((bits >> 14 & 0x3FFF) + 1)
    return (int.from_bytes(body[6:8], "little") & 0x3FFF) * (int.from_bytes(body[8:10], "little") & 0x3FFF)
