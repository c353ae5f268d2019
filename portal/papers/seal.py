"""The QR code in the footer of a signed paper: by it a scan of the stamped paper is known to be this paper."""

from __future__ import annotations

import re
from functools import cache

import segno

_PAYLOAD = re.compile(r"DVHT ([0-9A-F]{12}) ([a-z_]{1,40})")


def payload(code: str, paper: str) -> str:
    """Return what the QR code says: the dossier's short hash and the name of the paper's template."""
    return f"DVHT {code} {paper}"


def read(text: str) -> tuple[str, str] | None:
    """Return (short hash, paper) of a scanned QR code, None where it is none of ours."""
    match = _PAYLOAD.fullmatch(text.strip())
    return (match[1], match[2]) if match else None


@cache
def picture(code: str, paper: str) -> str:
    """Return the QR code as a PNG data URI."""
    drawn = segno.make(payload(code, paper), error="m", micro=False)
    return str(drawn.png_data_uri(scale=5, border=1))
