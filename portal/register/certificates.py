"""The certificate of a recognition and the poster of its publication: their data and their pages.

They say what the decision says and nothing else. No form is prescribed that we could read (law.md §6), so the
certificate carries a line that its layout is the portal's own.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

import segno

from portal.further.models import FurtherDecision
from portal.papers.documents import Page, environment
from portal.papers.office import Office, acting_for, own_title
from portal.papers.speaking import speaker
from portal.papers.texts import PLACES
from portal.recognition.models import Decision, Recognition

UNCONFIRMED_FORM = PLACES["certificate.note"].default


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What certificate and poster print. `address` is the page behind the QR, `marks` what the paper is marked with."""

    unit_name: str
    issuer: str
    tier: str
    level: int
    year: int
    decision_number: str
    decided_on: date
    valid_from: date
    valid_to: date
    code: str
    address: str
    place: str
    signer: str
    signer_title: str
    authority_lines: tuple[str, ...]
    marks: tuple[str, ...]
    issued: datetime | None


def published(
    recognition: Recognition,
    decision: Decision | FurtherDecision,
    office: Office,
    address: str,
    name: str = "",
) -> Published:
    """Return what the papers of a recognition print; `name` in place of the unit's where it is not published."""
    replaced = {"replaced": "ĐÃ THAY THẾ", "revoked": "ĐÃ THU HỒI"}.get(recognition.state)
    return Published(
        unit_name=name or recognition.unit_name,
        issuer=recognition.issuer,
        tier=office.tier,
        level=recognition.level,
        year=recognition.year,
        decision_number=recognition.decision_number,
        decided_on=recognition.decided_on,
        valid_from=recognition.valid_from,
        valid_to=recognition.valid_to,
        code=recognition.code,
        address=address,
        place=office.seat,
        signer=decision.signer,
        signer_title=own_title(decision.signer_title),
        authority_lines=acting_for(decision.signer_title),
        marks=tuple(mark for mark in (replaced, office.specimen) if mark),
        issued=decision.issued_at,
    )


def qr(address: str) -> str:
    """Return the QR of an address as an image for pages and the poster (SVG in a data address)."""
    return str(segno.make(address, error="m", micro=False).svg_data_uri(scale=4, border=0, dark="#083a44"))


def drawn(address: str) -> bytes:
    """Draw the QR of an address as a PNG, which both kinds of files take; 25 ms. Ten dots a module: sharp in print."""
    target = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        target, kind="png", scale=10, border=1, dark="#083a44", light="#ffffff"
    )
    return target.getvalue()


def certificate(*papers: Published, picture: Callable[[str], bytes] = drawn) -> Page:
    """Giấy chứng nhận, A4 landscape: one a page; all of one decision, so that the marks of the first are all's.

    `picture` gives the QR of an address, for who has drawn it before.
    """
    html = environment().get_template("certificate.html")
    first = papers[0]

    def embedded(address: str) -> str:
        return f"data:image/png;base64,{base64.b64encode(picture(address)).decode()}"

    note = speaker(first.year, first.tier, first.issued)("certificate.note")
    return Page(html.render(d=first, papers=papers, qr=embedded, form_note=note), first.issued)


def poster(paper: Published) -> Page:
    """The poster for the unit's notice board, A4."""
    html = environment().get_template("poster.html")
    return Page(html.render(d=paper, qr=qr(paper.address)), paper.issued)
