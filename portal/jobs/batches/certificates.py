"""All certificates of a decision in one file, PDF or Word; those revoked or replaced since are left out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from flask import current_app
from sqlalchemy import select

from portal import words
from portal.jobs.batch import Batch, Described
from portal.jobs.turn import Result, Turn
from portal.jobs.wanted import Wanted
from portal.papers import word
from portal.papers.district import file_name, office_that_issued
from portal.recognition.models import Decision, Recognition
from portal.recognition.queries import decision_of
from portal.register.certificates import Published, certificate, drawn, published
from portal.units.models import Unit
from tenants.database import db
from tenants.refusal import Refused
from tenants.rights import Right

A_PART = 20
"""Certificates of one step: a second or two, so that little is lost when it is broken off."""


def _of(tenant_id: int, decision_id: int) -> tuple[Decision, list[Recognition]]:
    decision = decision_of(tenant_id, decision_id)
    if decision is None:
        raise Refused("Không tìm thấy quyết định này.", 404)
    if decision.state != "issued":
        raise Refused("Quyết định chưa ban hành nên chưa có giấy chứng nhận.")
    found = db.session.scalars(
        select(Recognition)
        .join(Unit, (Unit.tenant_id == Recognition.tenant_id) & (Unit.id == Recognition.unit_id))
        .where(
            Recognition.tenant_id == tenant_id,
            Recognition.decision_id == decision_id,
            Recognition.further_id.is_(None),
            Recognition.state == "in_force",
        )
        .order_by(Recognition.level, Unit.name_sort, Recognition.id)
    )
    rows = list(found)
    if not rows:
        raise Refused("Quyết định này không có kết quả công nhận nào còn hiệu lực.")
    return decision, rows


class Certificates(Batch):
    """The batch of certificates to print, a bookmark each; its subject is a decision."""

    name = "certificates"
    right = Right.SEE_DISTRICT
    kind = "PDF"

    def describe(self, wanted: Wanted) -> Described:
        """Say for which decision and how many units; raises `Refused` where nothing is in force."""
        decision, rows = _of(wanted.tenant_id, wanted.subject)
        codes = hashlib.sha256(" ".join(row.code for row in rows).encode()).hexdigest()
        units = words.number(len(rows))
        title = f"Giấy chứng nhận theo Quyết định số {decision.number} ({units} đơn vị), bản {self.kind}"
        return Described(title, codes)

    def build(self, turn: Turn) -> Result:
        """Render some at a time and join them."""
        papers, name = _papers(turn)
        parts: list[tuple[Path, list[Published]]] = []
        for some in _steps(turn, papers):
            page = certificate(*some)
            parts.append((turn.part(page.key, page.pdf), some))
        return Result(_joined(parts, turn.folder / "ket-qua.pdf", name), f"{name}.pdf", "application/pdf")


class CertificateTexts(Certificates):
    """The same certificates as one text for a word processor, a page each.

    Nearly all of the time goes into drawing the codes, so that these are the parts; the text itself is a matter
    of a few seconds for a thousand units.
    """

    name = "certificates_word"
    kind = "Word"

    def build(self, turn: Turn) -> Result:
        """Draw the codes, some at a time, then write the text."""
        papers, name = _papers(turn)
        codes: dict[str, Path] = {}
        for some in _steps(turn, papers):
            for paper in some:
                codes[paper.address] = turn.part(f"QR {paper.address}", partial(drawn, paper.address))
        page = certificate(*papers, picture=lambda address: codes[address].read_bytes())
        target = turn.folder / "ket-qua.docx"
        target.write_bytes(page.docx())
        return Result(target, f"{name}.docx", word.MEDIA_TYPE)


def _papers(turn: Turn) -> tuple[list[Published], str]:
    """Every certificate, and the name of their file."""
    site = current_app.extensions["settings"].base
    with turn.reading():
        decision, rows = _of(turn.tenant_id, turn.held.subject)
        own = office_that_issued(turn.tenant_id, decision.issuer)
        papers = [published(row, decision, own, f"{site}/xac-minh/{row.code}") for row in rows]
        return papers, file_name("Giay-chung-nhan", decision.number, decision.year)


def _steps(turn: Turn, papers: list[Published]) -> Iterator[list[Published]]:
    for first in range(0, len(papers), A_PART):
        turn.step(first, len(papers))
        yield papers[first : first + A_PART]
    turn.step(len(papers), len(papers))


def _joined(parts: list[tuple[Path, list[Published]]], target: Path, title: str) -> Path:
    from pypdf import PdfWriter

    book = PdfWriter()
    page = 0
    for path, papers in parts:
        book.append(path, import_outline=False)
        for paper in papers:
            book.add_outline_item(title=f"{paper.unit_name} ({paper.code})", page_number=page)
            page += 1
    book.add_metadata({"/Title": title})
    book.write(target)
    book.close()
    return target
