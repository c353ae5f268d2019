"""The data sets of a unit's own papers: Mẫu 01, 02 and 03 of its dossier, and the page of what it lacks.

Made from `content`, so that figures in the text and in the tables are the same values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from portal import words
from portal.papers import results
from portal.papers.content import Content
from portal.papers.data import (
    GapPage,
    Letterhead,
    RequestLetter,
    ResultSummary,
    SelfAssessmentReport,
    Signature,
    UnitParticulars,
)
from portal.papers.office import Office, acting_for
from portal.units.rules import spells

_NOT_SAID = "Đơn vị không nêu nội dung này."


def _kind(code: str, public: bool) -> str:
    """A kind of unit; a school also says whether it is public."""
    name = words.kind_name(code)
    return f"{name} ({words.public_name(public).lower()})" if words.UNIT_KINDS[code].educational else name


def particulars(content: Content, office: Office) -> UnitParticulars:
    """Return the unit as its papers describe it."""
    unit = content.unit
    within = f"{unit['commune']}, {office.place}" if unit["commune"] else None
    learners = content.headcounts.get("learners")
    return UnitParticulars(
        name=unit["name"],
        kind=_kind(unit["kind"], unit["public"]),
        address=unit["address"] or within,
        members=content.headcounts.get("members"),
        learners=learners,
        has_learners="learners" in content.headcounts
        and learners != 0
        and words.UNIT_KINDS[unit["kind"]].educational,
        sensitive=content.sensitive,
        code=unit["code"],
    )


def letterhead(
    unit: Mapping[str, Any], own: Mapping[str, str], office: Office, number: str | None, day: date | None
) -> Letterhead:
    """Return the head of a unit's papers: what it chose (`own`) over what follows from the registry."""
    superior = "\n".join(line for line in (unit["superior"], own.get("superior_second", "")) if line)
    lines = own.get("name_lines", "")
    return Letterhead(
        superior=superior,
        issuer=lines if spells(lines, unit["name"]) else unit["name"],
        number=number,
        place=own.get("date_place") or usual_place(unit, office),
        day=day,
    )


def signature(unit: Mapping[str, Any], own: Mapping[str, str], signer: str) -> Signature:
    """Return the signature block; a deputy signs for the head unless the unit says otherwise."""
    title = str(unit["head_title"])
    own_lines = tuple(line.strip() for line in own.get("authority", "").split("\n") if line.strip())
    return Signature(
        title=title or None, signer_name=signer or None, authority_lines=own_lines or acting_for(title)
    )


def head_of(content: Content, office: Office, number: str | None, day: date | None) -> Letterhead:
    """Return the head of a paper of a dossier; an unsigned one marks a superior nobody has named."""
    head = letterhead(content.unit, content.letterhead, office, number, day)
    if head.superior or content.signed or not content.unit["public"]:
        return head
    return replace(head, superior=None)


def usual_place(unit: Mapping[str, Any], office: Office) -> str:
    """A commune's own papers name the commune before the date, all others the district's seat."""
    commune = str(unit["commune"])
    if unit["kind"] != "commune_committee" or not commune:
        return office.seat
    for kind in ("Xã ", "Phường ", "Thị trấn "):
        commune = commune.removeprefix(kind)
    return commune


def _number(content: Content, kind: str) -> str:
    """A number that the clerk completes by hand: "……/BC-THMĐ"."""
    symbol = content.unit["symbol"]
    return f"……/{kind}-{symbol}" if symbol else f"……/{kind}"


def _frame(content: Content, office: Office, number: str | None) -> dict[str, Any]:
    return {
        "letterhead": head_of(content, office, number, content.day),
        "signature": signature(content.unit, content.letterhead, content.head_name),
        "year": content.year,
        "tier": office.tier,
        "content_hash": content.code,
        "specimen": content.mark(office),
        "signed": content.signed,
        "issued": content.signed_at,
        "unit": particulars(content, office),
        "requested_level": content.requested_level,
    }


def request_letter(content: Content, office: Office) -> RequestLetter:
    """Return Mẫu 01, the request to be assessed and recognised (Circular 24/2023, Article 10)."""
    number = content.letter_number or (_number(content, "TTr") if content.signed else None)
    proofs = len({one for proofs in content.evidence.values() for one in proofs})
    return RequestLetter(
        **_frame(content, office, number),
        recipients=("Như trên", "Lưu: VT"),
        addressee=office.chair,
        through=office.full_name,
        team=content.team,
        summaries=results.summaries(content.assessment),
        attachments=(
            f"Báo cáo tự đánh giá “Đơn vị học tập” năm {content.year} (Mẫu 02)",
            f"Bản tổng hợp kết quả đánh giá các tiêu chí, chỉ tiêu năm {content.year} (Mẫu 03)",
            *((f"{proofs} tài liệu minh chứng gửi trên Cổng Đơn vị học tập",) if proofs else ()),
        ),
        opening=content.own_words.get("mau-01-mo-dau", ""),
        closing=content.own_words.get("mau-01-ket", ""),
    )


def self_assessment_report(content: Content, office: Office) -> SelfAssessmentReport:
    """Return Mẫu 02, the report on the self-assessment."""
    blank = _NOT_SAID if content.signed else None
    return SelfAssessmentReport(
        **_frame(content, office, _number(content, "BC")),
        recipients=("Như trên", "Lưu: VT"),
        addressee=office.chair,
        team=content.team,
        criteria=results.criteria(content),
        summaries=results.summaries(content.assessment),
        sentences=results.conclusion(content),
        gaps=results.gaps(content),
        activities=results.activities(content),
        activity_text=results.activity_text(content),
        strengths=content.strengths.strip() or blank,
        weaknesses=content.weaknesses.strip(),
        improvement_plan=content.plan.strip() or blank,
        features=content.own_words.get("mau-02-tinh-hinh"),
        process=content.own_words.get("mau-02-qua-trinh"),
        remarks=content.own_words.get("mau-02-y-kien", ""),
    )


def result_summary(content: Content, office: Office) -> ResultSummary:
    """Return Mẫu 03, the table of all criteria and indicators."""
    return ResultSummary(
        **_frame(content, office, _number(content, "BTH")),
        recipients=(office.full_name, "Lưu: VT"),
        criteria=results.criteria(content),
        summaries=results.summaries(content.assessment),
        note=content.own_words.get("mau-03-ghi-chu", ""),
    )


def gap_page(
    content: Content,
    office: Office,
    today: date,
    others: Sequence[str],
    given: Mapping[str, tuple[str, str]],
) -> GapPage:
    """Return what the unit still lacks for the next level.

    `others` is what the dossier lacks besides, `given` who has an indicator and until when, by its code.
    """
    level = next((n for n, verdict in content.assessment.verdicts.items() if not verdict.reached), None)
    frame = _frame(content, office, None) | {"signed": True, "content_hash": None, "issued": None}
    del frame["requested_level"]
    return GapPage(
        **frame,
        level=level,
        as_of=today,
        summaries=results.summaries(content.assessment),
        lacking=tuple(
            replace(one, who=given[one.code][0], until=given[one.code][1]) if one.code in given else one
            for one in (results.lacking(content, level) if level else ())
        ),
        others=tuple(others),
    )
