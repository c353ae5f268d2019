"""What the paper in a file says of itself: kind, number, date, issuer, how long it holds.

`add_document` is the one verb for a document that comes with its particulars (a plan, a regulation, a budget,
an attachment of an activity): it keeps the file, describes it, and ties it where its kind proves something.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date

from portal import words
from portal.dossiers.models import Dossier
from portal.dossiers.taking import must
from portal.trail.operations import record
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused
from tenants.rights import Right

from .keeping import folded, take
from .linking import attach_where_it_proves, covered
from .models import Evidence
from .queries import uses
from .rules import fits

PRINTED = ("title", "number", "issued_on", "issuer")
NOTED = ("kind", "valid_from", "valid_until")


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a paper says of itself; `valid_from`, `valid_until`: its first and last day, None where it states none."""

    title: str = ""
    kind: str = "other"
    number: str = ""
    issued_on: date | None = None
    issuer: str = ""
    valid_from: date | None = None
    valid_until: date | None = None

    @classmethod
    def of(cls, file: Evidence) -> Particulars:
        """Return the particulars of a file as they are stored."""
        return cls(**{field.name: getattr(file, field.name) for field in fields(cls)})


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a document: the file, whether the unit had its content already, where it was tied."""

    file: Evidence
    known: bool
    tied: tuple[tuple[int, str], ...]

    @property
    def sentence(self) -> str:
        """Return what to tell the person who sent it."""
        said = (
            f"Tệp này đã có trong kho với tên “{self.file.title}” nên không lưu lần nữa."
            if self.known
            else f"Đã nhận “{self.file.title}”."
        )
        return f"{said} {tied_words(self.tied)}".strip()


def tied_words(tied: tuple[tuple[int, str], ...] | list[tuple[int, str]]) -> str:
    """Return the sentence that says to which indicators (year, code) a document was tied of itself, "" for none."""
    if not tied:
        return ""
    places = ", ".join(f"{code} (năm {year})" for year, code in tied)
    return f"Đã tự gắn vào chỉ tiêu {places}."


def add_document(
    actor: Identity,
    tenant_id: int,
    unit_id: int,
    file: tuple[str, bytes],
    particulars: Particulars,
    dossier: Dossier | None = None,
) -> Added:
    """Keep a file (name, content) in the unit's library, describe it, tie it to the indicators its kind proves.

    With `dossier` it is tied there, otherwise in every open dossier of the unit in whose year it holds. A content
    the unit already has keeps its particulars where a signature covers them. Raises `Refused` with the sentence
    why the file is not taken.
    """
    must(actor, Right.FILL_DOSSIER)
    _check(particulars)
    taken = take(actor, tenant_id, unit_id, [file])
    if taken.refused:
        raise Refused(taken.refused[0], 422)
    kept, known = taken.good[0], bool(taken.known)
    wanted = asdict(particulars) | {"title": particulars.title.strip() or kept.title}
    signed = signed_year(kept) is not None
    for name in NOTED if signed else (*PRINTED, *NOTED):
        setattr(kept, name, wanted[name])
    if not signed:
        kept.name_folded = folded(kept)
    db.session.flush()
    tied = attach_where_it_proves(actor, kept, None if dossier is None else [dossier])
    return Added(kept, known, tuple(tied))


def describe(
    actor: Identity, file: Evidence, version: int, particulars: Particulars
) -> list[tuple[int, str]]:
    """Write what the paper in a file says of itself; returns where it was tied of itself as (year, code).

    What the papers of a dossier print is closed once a signature covers it: then `Refused`. Kind and validity
    stay open, because next year asks for them.
    """
    must(actor, Right.FILL_DOSSIER)
    _check(particulars)
    wanted = asdict(particulars) | {"title": particulars.title.strip() or file.title}
    changed = [name for name, value in wanted.items() if value != getattr(file, name)]
    if not changed:
        return []
    year = signed_year(file)
    if year is not None and set(changed) & set(PRINTED):
        raise Refused(
            f"Minh chứng này thuộc hồ sơ năm {year} đã ký, nên tên, số, ngày, nơi ban hành không sửa được."
        )
    if version != file.version:
        raise Conflict("Có người vừa sửa thông tin của minh chứng này. Xin xem lại rồi lưu.", file)
    for name in changed:
        setattr(file, name, wanted[name])
    if year is None:
        file.name_folded = folded(file)
    db.session.flush()
    if set(changed) & set(NOTED):
        record(
            actor,
            "describe_evidence",
            f"đã ghi loại, thời hạn của minh chứng “{file.title}”: {_noted_words(file)}.",
            tenant_id=file.tenant_id,
            unit_id=file.unit_id,
        )
    proving = {"kind", "issued_on", *NOTED}
    return attach_where_it_proves(actor, file) if set(changed) & proving else []


def sort_in(actor: Identity, files: Sequence[Evidence], kind: str) -> list[tuple[int, str]]:
    """Say of files just sent what kind they are; returns where they were tied of themselves as (year, code)."""
    tied = []
    for file in files:
        tied += describe(actor, file, file.version, replace(Particulars.of(file), kind=kind))
        tied += attach_where_it_proves(actor, file)
    return tied


def _noted_words(file: Evidence) -> str:
    said = [words.DOCUMENT_KINDS[file.kind].lower()]
    if file.valid_from:
        said.append(f"từ {words.day(file.valid_from)}")
    if file.valid_until:
        said.append(f"đến {words.day(file.valid_until)}")
    return ", ".join(said)


def _check(particulars: Particulars) -> None:
    if particulars.kind not in words.DOCUMENT_KINDS:
        raise Refused("Xin chọn loại tài liệu trong danh sách.", 422)
    if not fits(particulars.valid_from, particulars.valid_until):
        assert particulars.valid_from
        assert particulars.valid_until
        raise Refused(
            f"Ngày hết hiệu lực ({words.day(particulars.valid_until)}) đang trước ngày có hiệu lực"
            f" ({words.day(particulars.valid_from)}). Xin xem lại hai ngày này.",
            422,
        )


def signed_year(file: Evidence) -> int | None:
    """Return the year of a dossier whose signature covers a file, or None."""
    return next((use.year for use in uses(file.tenant_id, [file.id])[file.id] if covered(use.state)), None)
