"""The verbs on evidence: take files in, tie them to an indicator, describe them, take them away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.exc import IntegrityError

from portal import clock, words
from portal.dossiers.models import Dossier
from portal.dossiers.queries import Sheet, open_sheet
from portal.dossiers.taking import editable, locked, may_fill, must
from portal.trail.operations import record
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused
from tenants.rights import Right

from .checks import examine
from .models import Evidence, EvidenceLink
from .queries import evidence_of, same_content, uses
from .store import store

MOST_FILES = 20
MOST_LINKS = 60


@dataclass
class Taken:
    """What became of several files sent at once: kept, already there, and the sentence of each refused one."""

    kept: list[Evidence] = field(default_factory=list)
    known: list[Evidence] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def good(self) -> list[Evidence]:
        """Return every file that is now in the library."""
        return [*self.kept, *self.known]


def take_in(actor: Identity, tenant_id: int, unit_id: int, files: Iterable[tuple[str, bytes]]) -> Taken:
    """Take files (name, content) into a unit's library: good ones are kept, bad ones named.

    A content the unit already has is not stored twice. Raises `Refused` for a missing right or no file.
    """
    must(actor, Right.FILL_DOSSIER)
    return _take_in(actor, tenant_id, unit_id, files)


def add_to_indicator(
    actor: Identity, dossier: Dossier, indicator_id: int, files: Iterable[tuple[str, bytes]]
) -> Taken:
    """Take files in and tie them to an indicator of a dossier that is open there."""
    may_fill(actor, dossier)
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    _indicator_open(sheet, indicator_id)
    taken = _take_in(actor, dossier.tenant_id, dossier.unit_id, files)
    for file in taken.good:
        _tie(actor, sheet, indicator_id, file)
    return taken


def link(actor: Identity, dossier: Dossier, indicator_id: int, evidence_id: int) -> Evidence:
    """Tie a file of the library to an indicator; one already tied stays tied."""
    may_fill(actor, dossier)
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    _indicator_open(sheet, indicator_id)
    file = evidence_of(dossier.tenant_id, evidence_id)
    if file is None or file.unit_id != dossier.unit_id:
        raise Refused("Không tìm thấy minh chứng này trong kho của đơn vị.", 404)
    _tie(actor, sheet, indicator_id, file)
    return file


def unlink(actor: Identity, dossier: Dossier, indicator_id: int, evidence_id: int) -> None:
    """Untie a file from an indicator; it stays in the library. One already untied is no error."""
    may_fill(actor, dossier)
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    code = _indicator_open(sheet, indicator_id)
    tie = db.session.query(EvidenceLink).filter_by(
        tenant_id=dossier.tenant_id,
        dossier_id=dossier.id,
        indicator_id=indicator_id,
        evidence_id=evidence_id,
    )
    found = tie.one_or_none()
    if found is None:
        return
    title = found.evidence.title
    db.session.delete(found)
    db.session.flush()
    _record(actor, sheet.dossier, "unlink_evidence", f"đã bỏ minh chứng “{title}” khỏi chỉ tiêu {code}.")


def describe(
    actor: Identity,
    file: Evidence,
    version: int,
    *,
    title: str,
    number: str,
    issued_on: date | None,
    issuer: str,
) -> Evidence:
    """Write what the paper in a file says of itself. Raises `Refused` once a signature covers it."""
    must(actor, Right.FILL_DOSSIER)
    wanted = (title.strip() or file.title, number.strip(), issued_on, issuer.strip())
    if wanted == (file.title, file.number, file.issued_on, file.issuer):
        return file
    signed = [use for use in uses(file.tenant_id, [file.id])[file.id] if covered(use.state)]
    if signed:
        raise Refused(
            f"Minh chứng này thuộc hồ sơ năm {signed[0].year} đã ký, nên tên, số, ngày, nơi ban hành không sửa được."
        )
    if version != file.version:
        raise Conflict("Có người vừa sửa thông tin của minh chứng này. Xin xem lại rồi lưu.", file)
    file.title, file.number, file.issued_on, file.issuer = wanted
    file.name_folded = _folded(file)
    db.session.flush()
    return file


def remove(actor: Identity, file: Evidence) -> None:
    """Take a file out of the library; impossible while a dossier uses it."""
    must(actor, Right.FILL_DOSSIER)
    used = [use for use in uses(file.tenant_id, [file.id])[file.id] if use.state != "withdrawn"]
    if used:
        raise Refused(
            f"Minh chứng này đang dùng ở chỉ tiêu {used[0].code} của hồ sơ năm {used[0].year} nên không xóa được."
        )
    file.removed_at = clock.now()
    db.session.flush()
    key = {"tenant_id": file.tenant_id, "unit_id": file.unit_id}
    record(actor, "remove_evidence", f"đã xóa “{file.title}” khỏi kho minh chứng.", **key)


def covered(state: str) -> bool:
    """Return whether a signature in force covers the files of a dossier in this state."""
    return state not in ("draft", "withdrawn", "supplement_requested")


def _indicator_open(sheet: Sheet, indicator_id: int) -> str:
    code = next((i.code for i in sheet.indicators if i.id == indicator_id), None)
    if code is None:
        raise Refused("Chỉ tiêu này không có trong bộ tiêu chí của hồ sơ.", 404)
    editable(sheet, indicator_id=indicator_id)
    return code


def _take_in(actor: Identity, tenant_id: int, unit_id: int, files: Iterable[tuple[str, bytes]]) -> Taken:
    taken = Taken()
    for place, (name, content) in enumerate(files):
        if place == MOST_FILES:
            taken.refused.append(f"Mỗi lần gửi tối đa {MOST_FILES} tệp; các tệp còn lại chưa được nhận.")
            break
        try:
            accepted = examine(name, content)
        except Refused as refusal:
            taken.refused.append(refusal.sentence)
            continue
        file, new = _keep(actor, tenant_id, unit_id, accepted.name, accepted.media_type, accepted.content)
        (taken.kept if new else taken.known).append(file)
    if not taken.good and not taken.refused:
        raise Refused("Chưa chọn tệp nào. Xin chọn tệp rồi gửi.", 422)
    return taken


def _keep(
    actor: Identity, tenant_id: int, unit_id: int, name: str, media_type: str, content: bytes
) -> tuple[Evidence, bool]:
    sha256 = store().put(tenant_id, content)
    known = same_content(tenant_id, unit_id, sha256)
    if known is not None:
        return known, False
    file = Evidence(
        tenant_id=tenant_id,
        unit_id=unit_id,
        sha256=sha256,
        size=len(content),
        media_type=media_type,
        file_name=name,
        title=name.rpartition(".")[0] or name,
        number="",
        issuer="",
        uploaded_at=clock.now(),
        uploaded_by=actor.full_name,
    )
    file.name_folded = _folded(file)
    try:
        with db.session.begin_nested():
            db.session.add(file)
            db.session.flush()
    except IntegrityError:  # a colleague sent the same file at the same moment
        known = same_content(tenant_id, unit_id, sha256)
        if known is None:
            raise
        return known, False
    return file, True


def _folded(file: Evidence) -> str:
    return words.fold(" ".join((file.title, file.number, file.issuer, file.file_name)))


def _tie(actor: Identity, sheet: Sheet, indicator_id: int, file: Evidence) -> None:
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
    _record(actor, dossier, "link_evidence", f"đã gắn minh chứng “{file.title}” vào chỉ tiêu {code}.")


def _record(actor: Identity, dossier: Dossier, act: str, sentence: str) -> None:
    record(
        actor,
        act,
        sentence,
        tenant_id=dossier.tenant_id,
        unit_id=dossier.unit_id,
        dossier_id=dossier.id,
    )
