"""Tying files of the library to indicators, by hand or because a document of its kind proves them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import delete, select

from portal.catalogue.kept import indicators_of
from portal.dossiers.models import Dossier, State
from portal.dossiers.queries import Sheet, open_sheet
from portal.dossiers.taking import editable, locked, may_fill
from portal.trail.operations import record
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Refused

from .models import Evidence, EvidenceLink
from .queries import evidence_of
from .rules import Term, holds_in

MOST_LINKS = 60
OPEN = (State.DRAFT, State.SUPPLEMENT_REQUESTED)


def link(actor: Identity, dossier: Dossier, indicator_id: int, evidence_id: int) -> Evidence:
    """Tie a file of the library to an indicator; one already tied stays tied."""
    may_fill(actor, dossier)
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    indicator_open(sheet, indicator_id)
    file = evidence_of(dossier.tenant_id, evidence_id)
    if file is None or file.unit_id != dossier.unit_id:
        raise Refused("Không tìm thấy minh chứng này trong kho của đơn vị.", 404)
    tie(actor, sheet, indicator_id, file)
    return file


def unlink(actor: Identity, dossier: Dossier, indicator_id: int, evidence_id: int) -> None:
    """Untie a file from an indicator; it stays in the library. One already untied is no error."""
    may_fill(actor, dossier, indicator_id)
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    indicator_open(sheet, indicator_id)
    found = next((file for file in sheet.evidence[indicator_id] if file.id == evidence_id), None)
    if found is not None:
        untie(actor, sheet, indicator_id, found)


def untie(actor: Identity, sheet: Sheet, indicator_id: int, file: Evidence) -> None:
    """Untie a file from an open indicator of a locked dossier."""
    dossier = sheet.dossier
    db.session.execute(
        delete(EvidenceLink).where(
            EvidenceLink.tenant_id == dossier.tenant_id,
            EvidenceLink.dossier_id == dossier.id,
            EvidenceLink.indicator_id == indicator_id,
            EvidenceLink.evidence_id == file.id,
        )
    )
    code = next(i.code for i in sheet.indicators if i.id == indicator_id)
    note(actor, dossier, "unlink_evidence", f"đã bỏ minh chứng “{file.title}” khỏi chỉ tiêu {code}.")


def rearrange(
    actor: Identity, dossier: Dossier, file: Evidence, add: Collection[int], drop: Collection[int]
) -> tuple[int, int]:
    """Tie a file to some indicators of a dossier and untie it from others; returns how many of each changed.

    Raises `Refused` where one of them takes no files now: then nothing changed.
    """
    may_fill(actor, dossier)
    if file.unit_id != dossier.unit_id:
        raise Refused("Không tìm thấy minh chứng này trong kho của đơn vị.", 404)
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    tied = {number for number, there in sheet.evidence.items() if any(one.id == file.id for one in there)}
    for number in (*add, *drop):
        indicator_open(sheet, number)
    for number in add:
        tie(actor, sheet, number, file)
    gone = [number for number in drop if number in tied]
    for number in gone:
        untie(actor, sheet, number, file)
    return len(set(add) - tied), len(gone)


def open_dossiers(tenant_id: int, unit_id: int) -> list[Dossier]:
    """Return a unit's dossiers into which files still go, the latest year first."""
    return list(
        db.session.scalars(
            select(Dossier)
            .where(Dossier.tenant_id == tenant_id, Dossier.unit_id == unit_id, Dossier.state.in_(OPEN))
            .order_by(Dossier.year.desc(), Dossier.id)
        )
    )


def term_of(file: Evidence) -> Term:
    """Return what a file's paper says of its time."""
    return Term(file.kind, file.issued_on, file.valid_from, file.valid_until)


def attach_where_it_proves(
    actor: Identity, file: Evidence, dossiers: Iterable[Dossier] | None = None
) -> list[tuple[int, str]]:
    """Tie a document to the open indicators that its kind proves (`proved_by` of the catalogue).

    Without `dossiers`: in each open dossier of the unit in whose year the document holds; one that states no
    time goes to the only open dossier, or nowhere. Returns (year, code) of every indicator newly tied.
    """
    if dossiers is None:
        unfinished = open_dossiers(file.tenant_id, file.unit_id)
        held = {dossier.id: holds_in(term_of(file), dossier.year) for dossier in unfinished}
        dossiers = [d for d in unfinished if held[d.id] or (held[d.id] is None and len(unfinished) == 1)]
    tied = []
    for dossier in dossiers:
        if not any(file.kind in row.proved_by for row in indicators_of(dossier.version_id)):
            continue
        tied += [(dossier.year, code) for code in _attach(actor, dossier, [file])]
    return tied


def attach_known(actor: Identity, dossier: Dossier) -> None:
    """Tie the documents the unit already keeps for a new dossier's year to the indicators they prove."""
    kinds = {kind for row in indicators_of(dossier.version_id) for kind in row.proved_by}
    files = db.session.scalars(
        select(Evidence)
        .where(
            Evidence.tenant_id == dossier.tenant_id,
            Evidence.unit_id == dossier.unit_id,
            Evidence.kind.in_(kinds),
            Evidence.removed_at.is_(None),
        )
        .order_by(Evidence.id)
    )
    _attach(actor, dossier, [file for file in files if holds_in(term_of(file), dossier.year)])


def _attach(actor: Identity, dossier: Dossier, files: list[Evidence]) -> list[str]:
    if not files:
        return []
    may_fill(actor, dossier)
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    applying = {f.indicator.id for f in sheet.unit_side().findings if f.applies}
    codes = []
    for file in files:
        for row in sheet.catalogue:
            there = sheet.evidence[row.id]
            free = row.id in applying and sheet.unlocked(row.id) and len(there) < MOST_LINKS
            if file.kind in row.proved_by and free and all(one.id != file.id for one in there):
                tie(actor, sheet, row.id, file)
                codes.append(row.code)
    return codes


def covered(state: str) -> bool:
    """Return whether a signature in force covers the files of a dossier in this state."""
    return state not in ("draft", "withdrawn", "supplement_requested")


def indicator_open(sheet: Sheet, indicator_id: int) -> str:
    """Return the code of an indicator that takes files now; raises `Refused` for every other."""
    code = next((i.code for i in sheet.indicators if i.id == indicator_id), None)
    if code is None:
        raise Refused("Chỉ tiêu này không có trong bộ tiêu chí của hồ sơ.", 404)
    editable(sheet, indicator_id=indicator_id)
    return code


def tie(actor: Identity, sheet: Sheet, indicator_id: int, file: Evidence) -> None:
    """Tie a file to an open indicator of a locked dossier; one already tied stays tied."""
    there = sheet.evidence[indicator_id]
    if any(one.id == file.id for one in there):
        return
    if len(there) >= MOST_LINKS:
        raise Refused(f"Mỗi chỉ tiêu có tối đa {MOST_LINKS} minh chứng.", 422)
    dossier = sheet.dossier
    db.session.add(
        EvidenceLink(
            tenant_id=dossier.tenant_id,
            unit_id=dossier.unit_id,
            dossier_id=dossier.id,
            indicator_id=indicator_id,
            evidence_id=file.id,
        )
    )
    db.session.flush()
    there.append(file)
    code = next(i.code for i in sheet.indicators if i.id == indicator_id)
    note(actor, dossier, "link_evidence", f"đã gắn minh chứng “{file.title}” vào chỉ tiêu {code}.")


def note(actor: Identity, dossier: Dossier, act: str, sentence: str) -> None:
    """Record what was done to a dossier's evidence."""
    record(
        actor,
        act,
        sentence,
        tenant_id=dossier.tenant_id,
        unit_id=dossier.unit_id,
        dossier_id=dossier.id,
    )
