"""The data sets of a unit's own papers: Mẫu 01, Mẫu 02 and Mẫu 03 of its dossier.

Made from `content`, so that figures in the text and in the tables are the same values.
"""

from __future__ import annotations

from typing import Any

from portal import words
from portal.papers import results
from portal.papers.content import Content
from portal.papers.data import (
    Letterhead,
    RequestLetter,
    ResultSummary,
    SelfAssessmentReport,
    Signature,
    UnitParticulars,
)
from portal.papers.office import Office

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


def _place(content: Content, office: Office) -> str:
    """A commune's own papers name the commune before the date, all others the district's seat."""
    commune = str(content.unit["commune"])
    if content.unit["kind"] != "commune_committee" or not commune:
        return office.seat
    for kind in ("Xã ", "Phường ", "Thị trấn "):
        commune = commune.removeprefix(kind)
    return commune


def _number(content: Content, kind: str) -> str:
    """A number that the clerk completes by hand: "……/BC-THMĐ"."""
    symbol = content.unit["symbol"]
    return f"……/{kind}-{symbol}" if symbol else f"……/{kind}"


def _frame(content: Content, office: Office, number: str | None) -> dict[str, Any]:
    unit = content.unit
    return {
        "letterhead": Letterhead(
            superior=unit["superior"],
            issuer=unit["name"],
            number=number,
            place=_place(content, office),
            day=content.day,
        ),
        "signature": Signature(title=unit["head_title"] or None, signer_name=content.head_name or None),
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
        strengths=content.strengths.strip() or blank,
        weaknesses=content.weaknesses.strip(),
        improvement_plan=content.plan.strip() or blank,
    )


def result_summary(content: Content, office: Office) -> ResultSummary:
    """Return Mẫu 03, the table of all criteria and indicators."""
    return ResultSummary(
        **_frame(content, office, _number(content, "BTH")),
        recipients=(office.full_name, "Lưu: VT"),
        criteria=results.criteria(content),
        summaries=results.summaries(content.assessment),
    )
