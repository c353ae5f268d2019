"""Last year's files for this year's dossier: each is asked once whether it still holds, in any order, in any sitting.

"Yes" ties it to the same indicators of this year, "no" unties it there; whoever says nothing is asked again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Integer, Select, bindparam, func, select

from portal import clock, words
from portal.catalogue.models import CatalogueIndicator
from portal.dossiers.models import ENDED, Dossier
from portal.dossiers.queries import Sheet, open_sheet
from portal.dossiers.taking import locked, may_fill
from portal.trail.operations import record
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Refused

from .linking import term_of, tie, untie
from .models import Evidence, EvidenceCarry, EvidenceLink
from .rules import LASTING, holds_in


@dataclass(frozen=True, slots=True)
class Item:
    """A file of the earlier dossier: where it would go this year, what was said of it, what its paper suggests.

    `codes`: codes of the same indicators this year; `said`: the unit's word, None while it is not asked yet;
    `likely`: True, False, or None where nobody but a person can tell; `why` is the sentence for it.
    """

    file: Evidence
    codes: tuple[str, ...]
    indicators: tuple[int, ...]
    said: bool | None
    likely: bool | None
    why: str


def _earlier(of: Any, tenant: Any, unit: Any, year: Any) -> Select[Any]:
    """Return the statement of what is asked `of` a unit's latest live dossier before a year."""
    return (
        select(of)
        .where(
            Dossier.tenant_id == tenant,
            Dossier.unit_id == unit,
            Dossier.year < year,
            Dossier.state.not_in(ENDED),
        )
        .order_by(Dossier.year.desc(), Dossier.id.desc())
        .limit(1)
    )


def earlier_dossier(dossier: Dossier) -> Dossier | None:
    """Return the unit's latest live dossier of an earlier year, or None."""
    found: Dossier | None = db.session.scalar(
        _earlier(Dossier, dossier.tenant_id, dossier.unit_id, dossier.year)
    )
    return found


def left_to_ask(dossier: Dossier) -> int:
    """Return how many files of the earlier dossier nobody has said anything about; 0 where the year is signed."""
    if dossier.state != "draft":
        return 0
    asked = {
        "tenant": dossier.tenant_id,
        "unit": dossier.unit_id,
        "year": dossier.year,
        "dossier": dossier.id,
    }
    return int(db.session.scalar(_left(), asked) or 0)


@cache  # on every form
def _left() -> Select[tuple[int]]:
    tenant = bindparam("tenant", type_=Integer)
    said = select(EvidenceCarry.evidence_id).where(
        EvidenceCarry.tenant_id == tenant, EvidenceCarry.dossier_id == bindparam("dossier", type_=BigInteger)
    )
    earlier = _earlier(
        Dossier.id, tenant, bindparam("unit", type_=BigInteger), bindparam("year", type_=Integer)
    )
    return (
        select(func.count(EvidenceLink.evidence_id.distinct()))
        .join(
            Evidence,
            (Evidence.tenant_id == EvidenceLink.tenant_id) & (Evidence.id == EvidenceLink.evidence_id),
        )
        .where(
            EvidenceLink.tenant_id == tenant,
            EvidenceLink.dossier_id == earlier.scalar_subquery(),
            EvidenceLink.evidence_id.not_in(said),
            Evidence.removed_at.is_(None),
        )
    )


def items(sheet: Sheet, earlier: Dossier) -> list[Item]:
    """Return every file of the earlier dossier as this year's dossier asks about it, by its first indicator."""
    dossier = sheet.dossier
    rows = db.session.execute(
        select(Evidence, CatalogueIndicator.key)
        .join(
            EvidenceLink,
            (EvidenceLink.tenant_id == Evidence.tenant_id) & (EvidenceLink.evidence_id == Evidence.id),
        )
        .join(CatalogueIndicator, CatalogueIndicator.id == EvidenceLink.indicator_id)
        .where(
            EvidenceLink.tenant_id == earlier.tenant_id,
            EvidenceLink.dossier_id == earlier.id,
            Evidence.removed_at.is_(None),
        )
        .order_by(CatalogueIndicator.position, Evidence.id)
    ).all()
    said = {
        row.evidence_id: row.still_valid
        for row in db.session.scalars(
            select(EvidenceCarry).where(
                EvidenceCarry.tenant_id == dossier.tenant_id, EvidenceCarry.dossier_id == dossier.id
            )
        )
    }
    here = {row.key: row for row in sheet.catalogue}
    files: dict[int, Evidence] = {}
    keys: dict[int, list[str]] = {}
    for file, key in rows:
        files[file.id] = file
        keys.setdefault(file.id, []).append(key)
    found = []
    for number, file in files.items():
        same = [here[key] for key in keys[number] if key in here]
        likely = holds_in(term_of(file), dossier.year)
        found.append(
            Item(
                file,
                tuple(row.code for row in same),
                tuple(row.id for row in same),
                said.get(number),
                likely,
                _why(file, dossier.year, likely),
            )
        )
    return found


def _why(file: Evidence, year: int, likely: bool | None) -> str:
    if file.valid_until is not None:
        stands = "hết hiệu lực sau ngày" if file.valid_until.year >= year else "đã hết hiệu lực sau ngày"
        return f"Văn bản {stands} {words.day(file.valid_until)}."
    if likely is None:
        return "Tài liệu chưa ghi ngày ban hành và thời hạn."
    if likely:
        return "Văn bản không ghi ngày hết hiệu lực."
    begins = file.valid_from or file.issued_on
    assert begins is not None
    if begins.year > year:
        return f"Văn bản có hiệu lực từ {words.day(begins)}, sau năm {year}."
    kind = words.DOCUMENT_KINDS[file.kind].lower()
    once = "" if file.kind in LASTING else f", loại “{kind}” thường chỉ dùng cho một năm"
    return f"Ban hành ngày {words.day(begins)}{once}."


def decide(actor: Identity, dossier: Dossier, answers: Mapping[int, bool]) -> tuple[int, int]:
    """Write down which files still hold (by their ids) and tie or untie them; returns how many of each.

    Saying the same again changes nothing. Raises `Refused` where the dossier takes no files any more, or for a
    file that the earlier dossier does not have.
    """
    may_fill(actor, dossier)
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    if sheet.dossier.state != "draft":
        raise Refused(
            f"Hồ sơ năm {dossier.year} không còn ở bước tự đánh giá nên không chuyển minh chứng vào được."
        )
    earlier = earlier_dossier(sheet.dossier)
    known = {item.file.id: item for item in items(sheet, earlier)} if earlier else {}
    if not set(answers) <= set(known):
        raise Refused("Có tài liệu không thuộc hồ sơ năm trước. Xin tải lại trang.", 404)
    for number, still_valid in answers.items():
        item = known[number]
        if still_valid:
            for indicator_id in item.indicators:
                tie(actor, sheet, indicator_id, item.file)
        else:
            for indicator_id in item.indicators:
                if any(one.id == number for one in sheet.evidence[indicator_id]):
                    untie(actor, sheet, indicator_id, item.file)
        _write(actor, sheet.dossier, number, still_valid, item.said)
    yes = sum(answers.values())
    if answers:
        record(
            actor,
            "carry_evidence",
            f"đã xét {len(answers)} tài liệu của năm trước cho hồ sơ năm {dossier.year}: {yes} còn hiệu lực,"
            f" {len(answers) - yes} không dùng nữa.",
            tenant_id=dossier.tenant_id,
            unit_id=dossier.unit_id,
            dossier_id=dossier.id,
        )
    return yes, len(answers) - yes


def _write(
    actor: Identity, dossier: Dossier, evidence_id: int, still_valid: bool, before: bool | None
) -> None:
    if before is None:
        db.session.add(
            EvidenceCarry(
                tenant_id=dossier.tenant_id,
                unit_id=dossier.unit_id,
                dossier_id=dossier.id,
                evidence_id=evidence_id,
                still_valid=still_valid,
                decided_at=clock.now(),
                decided_by=actor.full_name,
            )
        )
    elif before is not still_valid:
        row = db.session.scalars(
            select(EvidenceCarry).where(
                EvidenceCarry.tenant_id == dossier.tenant_id,
                EvidenceCarry.dossier_id == dossier.id,
                EvidenceCarry.evidence_id == evidence_id,
            )
        ).one()
        row.still_valid, row.decided_at, row.decided_by = still_valid, clock.now(), actor.full_name
    db.session.flush()
