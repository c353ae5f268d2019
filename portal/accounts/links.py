"""One-time links as sheets to print and hand over: the address, and its QR code as a drawing."""

from __future__ import annotations

from collections.abc import Sequence

import segno
from flask import current_app, request, url_for
from markupsafe import Markup

from .operations import Handed


def link_sheets(handed: Sequence[Handed]) -> list[tuple[Handed, str, Markup]]:
    """Return what is printed for each person: who, the address of the link, its QR code."""
    base = current_app.extensions["settings"].public_url or request.host_url.rstrip("/")
    sheets = []
    for each in handed:
        address = base + url_for("account.link", token=each.token)
        drawn = segno.make(address, error="l", micro=False).svg_inline(
            scale=3, border=2, dark="#17252f", light="#fff", svgclass=None, lineclass=None
        )
        sheets.append((each, address, Markup(drawn.replace("<svg ", '<svg aria-hidden="true" ', 1))))  # noqa: S704
    return sheets
