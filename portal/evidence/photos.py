"""Photographs without the place where they were taken: the picture itself stays byte for byte.

Only metadata is touched. In JPEG and WebP every part keeps its length, so that nothing else in the file moves;
in PNG a part that tells the place is written anew or left out.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from PIL import Image

SHOWN_AS_PICTURE = frozenset({"image/jpeg", "image/png", "image/webp"})
_GPS = 0x8825
_EXIF = b"Exif\x00\x00"
# Metadata segments wherever they stand: phones append further pictures, each with metadata of its own.
_SEGMENT = re.compile(rb"\xff\xe1(..)(Exif\x00\x00|http://ns\.adobe\.com/x)", re.DOTALL)
# The place in a film that some phones append to a photograph.
_FILMED_AT = re.compile(rb"\xa9xyz.{4}[+-][0-9.]+[+-][0-9.]+[+\-0-9.]*/?", re.DOTALL)
_PNG = b"\x89PNG\r\n\x1a\n"


def without_place(content: bytes) -> bytes:
    """Return a picture whose metadata no longer tells where it was taken; without such metadata, as it is."""
    if content.startswith(_PNG):
        return _png(content)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return _webp(content)
    return _jpeg(content)


def _jpeg(content: bytes) -> bytes:
    changed = bytearray(content)
    for found in _SEGMENT.finditer(content):
        start = found.start() + 4
        end = found.start() + 2 + int.from_bytes(found[1], "big")
        payload = content[start:end]
        if len(payload) < end - start:
            continue
        changed[start:end] = _filled(_exif(payload), payload) if found[2] == _EXIF else _xmp(payload)
    for found in _FILMED_AT.finditer(content):
        changed[found.start() + 8 : found.end()] = bytes(found.end() - found.start() - 8)
    return bytes(changed)


def _webp(content: bytes) -> bytes:
    changed = bytearray(content)
    at = 12
    while at + 8 <= len(content):
        size = int.from_bytes(content[at + 4 : at + 8], "little")
        start, end = at + 8, at + 8 + size
        payload = content[start:end]
        if content[at : at + 4] == b"EXIF" and len(payload) == size:
            changed[start:end] = _filled(_exif(payload), payload)
        elif content[at : at + 4] == b"XMP " and len(payload) == size:
            changed[start:end] = _xmp(payload)
        at = end + size % 2
    return bytes(changed)


def _png(content: bytes) -> bytes:
    kept = [_PNG]
    for name, payload, whole in _png_parts(content):
        if name == b"eXIf" and (clean := _exif(payload)) != payload:
            if clean:
                kept.append(_png_part(name, clean))
        elif name in (b"iTXt", b"tEXt", b"zTXt") and _tells_in_text(name, payload):
            continue
        else:
            kept.append(whole)
    return b"".join(kept)


def _png_parts(content: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Yield (name, payload, the whole part) of a PNG; what cannot be read any more comes as one nameless part."""
    at = len(_PNG)
    while at < len(content):
        end = at + 12 + int.from_bytes(content[at : at + 4], "big")
        if end > len(content) or end <= at:
            yield b"", b"", content[at:]
            return
        yield content[at + 4 : at + 8], content[at + 8 : end - 4], content[at:end]
        at = end


def _png_part(name: bytes, payload: bytes) -> bytes:
    return len(payload).to_bytes(4, "big") + name + payload + zlib.crc32(name + payload).to_bytes(4, "big")


def _tells_in_text(name: bytes, payload: bytes) -> bool:
    """Return whether a text part may tell the place: profiles packed as text are not looked into, but left out."""
    word = payload.partition(b"\x00")[0].lower()
    if word.startswith(b"raw profile type"):
        return True
    packed = name == b"zTXt" or (name == b"iTXt" and payload[len(word) + 1 : len(word) + 2] == b"\x01")
    return (b"xmp" in word and packed) or b"GPS" in payload or b"gps" in word


def _xmp(payload: bytes) -> bytes:
    return bytes(len(payload)) if b"GPS" in payload else payload


def _exif(payload: bytes) -> bytes:
    """Return Exif metadata without its GPS part, nothing of metadata that cannot be read."""
    exif = Image.Exif()
    try:
        exif.load(payload)
        if _GPS not in exif:
            return payload
        del exif[_GPS]
        kept = exif.tobytes()
    except Exception:  # cameras write the strangest metadata; better none of it than the place
        return b""
    kept = kept.removeprefix(_EXIF)
    return _EXIF + kept if payload.startswith(_EXIF) else kept


def _filled(clean: bytes, payload: bytes) -> bytes:
    """Return cleaned metadata at the length it had, emptied where it grew."""
    return clean.ljust(len(payload), b"\x00") if len(clean) <= len(payload) else bytes(len(payload))


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
