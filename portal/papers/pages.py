"""The unit's page of a dossier's papers: what each lacks, its preview, the words added by hand; the head's preview."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import words
from portal.dossiers.blueprint import dossier_here, sheet_here
from portal.dossiers.cards import Clash, lock_of
from portal.dossiers.checks import Fault
from portal.dossiers.queries import Sheet
from portal.dossiers.tracking import state_of
from portal.papers.blanks import blanks
from portal.papers.blocks import BLOCKS, LONGEST, Block, blocks_of
from portal.papers.building import letterhead, signature, usual_place
from portal.papers.content import Content, content_of
from portal.papers.data import Letterhead, Signature
from portal.papers.district import office, office_at_filing
from portal.papers.models import OwnWords
from portal.papers.operations import save_words
from portal.papers.shelf import KINDS, Kind
from portal.papers.wording import heading_lines
from portal.typed import line, lines
from portal.units.models import Unit
from portal.units.own import own_unit
from portal.web import back_to
from tenants.access import found, may, signed_in
from tenants.database import db
from tenants.refusal import Conflict, Refused
from tenants.rights import Right

from .blueprint import blueprint

# How wide the left column of a paper's head is, in points: 44 % of the text.
_NAMES = 200
_OWN_HEAD = ("superior_second", "name_lines", "date_place", "authority")


@dataclass(frozen=True, slots=True)
class Shown:
    """A paper on the page: what it is, how far it is, what it lacks, where it is opened and taken along."""

    kind: Kind
    state: tuple[str, str]
    signed: bool
    lacks: list[Fault]
    pdf: str
    docx: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A block of own words on the page; `clash` and `fault` of one that could not be saved."""

    block: Block
    text: str
    version: int
    stored: OwnWords | None
    clash: Clash | None = None
    fault: str = ""


@blueprint.get("/ho-so/<int:dossier_id>/van-ban")
@may(Right.SEE_DOSSIER)
def of_dossier(dossier_id: int) -> ResponseReturnValue:
    """Show the papers of a dossier, one of them with its preview."""
    return _page(sheet_here(dossier_id), request.args.get("xem", ""))


def _page(sheet: Sheet, chosen: str, refused: Entry | None = None, status: int = 200) -> ResponseReturnValue:
    dossier = sheet.dossier
    content = content_of(sheet)
    papers = list(_papers(sheet, content))
    paper = next((one for one in papers if one.kind.name == chosen), papers[0])
    entries = [_entry(sheet, block) for block in blocks_of(paper.kind.name)]
    if refused:
        entries = [refused if one.block is refused.block else one for one in entries]
    page = render_template(
        "papers/of_dossier.html",
        sheet=sheet,
        dossier=dossier,
        state_words=state_of(dossier),
        signed=content.signed,
        code=content.code,
        papers=papers,
        paper=paper,
        entries=entries,
        lock=lock_of(sheet, part="texts"),
        longest=LONGEST,
        here={"tenant_id": dossier.tenant_id, "dossier_id": dossier.id},
    )
    return page, status


def _papers(sheet: Sheet, content: Content) -> list[Shown]:
    bodies = office_at_filing(sheet)
    here = {"tenant_id": sheet.dossier.tenant_id, "dossier_id": sheet.dossier.id}
    shown = []
    for kind in KINDS.values():
        paper = kind.build(sheet, content, bodies)
        if paper is None:
            continue
        lacks = blanks(kind.compose(paper))
        shown.append(
            Shown(
                kind,
                _state(kind, paper.signed, len(lacks)),
                paper.signed,
                lacks,
                url_for("papers.document", name=kind.name, **here),
                url_for("papers.editable", name=kind.name, **here),
            )
        )
    return shown


def _state(kind: Kind, signed: bool, lacking: int) -> tuple[str, str]:
    """Word and tone of a paper."""
    if kind.name == "con-thieu":
        return "Theo số liệu hôm nay", "idle"
    if signed:
        return kind.done, "ok"
    return (f"Còn {lacking} chỗ trống", "wait") if lacking else ("Đủ nội dung, chưa ký", "go")


def _entry(sheet: Sheet, block: Block) -> Entry:
    row = sheet.own_words.get(block.name)
    return Entry(block, row.text if row else "", row.version if row else 0, row)


@blueprint.post("/ho-so/<int:dossier_id>/van-ban/<block>")
@may(Right.FILL_DOSSIER)
def save_block(dossier_id: int, block: str) -> Any:
    """Save one block of own words, or lay two people's texts side by side."""
    known: Block = found(BLOCKS.get(block))
    dossier = dossier_here(dossier_id)
    back = {"dossier_id": dossier_id, "xem": known.paper, "_anchor": known.name}
    choice = request.form.get("choice")
    if choice == "theirs":
        return back_to("papers.of_dossier", "Đã giữ nội dung đang lưu.", **back)
    text = lines(request.form.get("text", ""))
    version = _number(request.form.get("theirs_version" if choice == "mine" else "version"))
    try:
        save_words(signed_in(), dossier, known.name, text, version)
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        db.session.rollback()
        sheet = sheet_here(dossier_id)
        return _page(sheet, known.paper, _refused(sheet, known, text, refused), refused.status)
    return back_to("papers.of_dossier", f"Đã lưu “{known.title}”.", **back)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def _refused(sheet: Sheet, block: Block, text: str, refused: Refused) -> Entry:
    """The block with everything typed, and why it was not saved."""
    stands = _entry(sheet, block)
    if not isinstance(refused, Conflict):
        return Entry(block, text, stands.version, stands.stored, fault=refused.sentence)
    row = stands.stored
    when = f"{row.changed_at.astimezone(words.ZONE):%H:%M %d/%m}" if row and row.changed_at else ""
    who = (row.changed_by if row else "") or "người khác"
    clash = Clash(text or "(trống)", stands.text or "(trống)", who, when, stands.version)
    return Entry(block, text, stands.version, row, clash=clash)


@blueprint.get("/don-vi/dau-van-ban")
@may(Right.SEE_DOSSIER)
def head() -> str:
    """Show the head and signature block of the unit's papers as they would be with what is typed."""
    unit = own_unit(signed_in())
    typed = {name: request.args.get(name, "") for name in (*_OWN_HEAD, "superior", "symbol", "head_title")}
    typed["head_name"] = request.args.get("head_name", "")
    short = {name: line(text)[:300] for name, text in typed.items()}
    long = {name: lines(typed[name])[:300] for name in ("name_lines", "authority")}
    return render_template("papers/_head.html", head=head_preview(unit, short | long))


@blueprint.app_template_global()
def head_preview(unit: Unit, typed: dict[str, str] | None = None) -> SimpleNamespace:
    """Return head and signature block of a unit's papers, broken to lines as the papers break them.

    `typed` holds what stands in the form; without it what is stored.
    """
    names = (*_OWN_HEAD, "superior", "symbol", "head_title", "head_name")
    said = {name: (typed or {}).get(name, getattr(unit, name)) or "" for name in names}
    of = {"name": unit.name, "kind": unit.kind, "commune": unit.commune, **said}
    number = f"……/TTr-{said['symbol']}" if said["symbol"] else "……/TTr"
    bodies = office(unit.tenant_id)
    top: Letterhead = letterhead(of, said, bodies, number, None)
    sign: Signature = signature(of, said, said["head_name"])
    return SimpleNamespace(
        superior=[one for one in heading_lines(top.superior or "", False, _NAMES) if one],
        issuer=heading_lines(top.issuer, True, _NAMES),
        number=number,
        place=top.place,
        usual_place=usual_place(of, bodies),
        authority=[one.upper() for one in sign.authority_lines],
        title=(sign.title or "").upper(),
        signer=sign.signer_name or "",
    )
