"""The data set of a decision with its annex lists; the counts in its text are the lengths of the lists."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from portal import words
from portal.papers.data import Decision, DecisionRow, Letterhead, Signature
from portal.papers.office import Office, acting_for
from portal.recognition.lines import DecisionSheet, LineRow

_PEOPLE = re.compile(r"cần thêm [\d.]+ người", re.IGNORECASE)
_FIGURES = re.compile(r"\s*\([^()]*\d[\d.]*/\d[^()]*\)")


def without_counts(reason: str) -> str:
    """Return a reason composed by the rules without head-counts, for units whose numbers are not public."""
    return _FIGURES.sub("", _PEOPLE.sub("chưa đủ tỷ lệ", reason))


def decision(sheet: DecisionSheet, office: Office, sensitive: Collection[int] = ()) -> Decision:
    """Return a decision as its paper; a draft is marked as a preview. `sensitive`: ids of sensitive units."""

    def rows(found: Sequence[LineRow]) -> tuple[DecisionRow, ...]:
        return tuple(_row(row, row.unit_id in sensitive) for row in found)

    return Decision(
        letterhead=Letterhead(
            superior="",
            issuer=sheet.issuer.removeprefix(f"{office.chair_title.capitalize()} ") or sheet.committee,
            number=sheet.number or None,
            place=sheet.seat,
            day=sheet.dated,
        ),
        signature=Signature(
            title=sheet.signer_title or None,
            signer_name=sheet.signer or None,
            authority_lines=acting_for(sheet.signer_title),
        ),
        year=sheet.year,
        tier=office.tier,
        recipients=("Sở Giáo dục và Đào tạo", "Các đơn vị có tên tại Phụ lục", f"Lưu: VT, {office.office}"),
        specimen=office.specimen,
        signed=sheet.issued,
        issued=sheet.issued_at,
        authority=sheet.issuer or office.chair,
        place_name=f"trên địa bàn {office.place}",
        legal_bases=sheet.bases,
        proposal=sheet.proposal,
        level_1=rows(sheet.level_1),
        level_2=rows(sheet.level_2),
        not_recognised=rows(sheet.refused),
        validity=sheet.validity,
        executors=f"Thủ trưởng các cơ quan, đơn vị có liên quan, Trưởng {office.office}",
    )


def _row(row: LineRow, sensitive: bool) -> DecisionRow:
    hidden = sensitive or words.UNIT_KINDS[row.kind].sensitive
    if row.outcome == 0:
        note = without_counts(row.reason) if hidden else row.reason
    else:
        note = f"Đề nghị mức độ {row.requested}" if row.lowered else ""
    return DecisionRow(name=row.name, kind=words.kind_name(row.kind), note=note)
