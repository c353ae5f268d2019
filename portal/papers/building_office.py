"""The data sets of the slips a district's office hands to a unit: the receipt and the supplement request."""

from __future__ import annotations

from portal import words
from portal.appraisal.models import SupplementPoint as PointRow
from portal.dossiers.queries import Sheet
from portal.papers.building import particulars
from portal.papers.content import Content
from portal.papers.data import (
    Receipt,
    ReceivedPart,
    Signature,
    SupplementPoint,
    SupplementRequest,
)
from portal.papers.office import Office

# What is to be done about a part of the dossier that a point names; its name stands in words.DOSSIER_PARTS.
_ACTIONS = {
    "headcount": "Kiểm tra, sửa số liệu và giải trình.",
    "team_member": "Bổ sung, sửa thông tin Tổ đánh giá và giải trình.",
}
_CONTENT = "Bổ sung, sửa nội dung và giải trình."
_INDICATOR = "Bổ sung minh chứng, sửa số liệu hoặc giải trình."


def receipt(sheet: Sheet, content: Content, office: Office) -> Receipt | None:
    """Return the receipt of a dossier that was filed, None before."""
    d = sheet.dossier
    if d.submitted_at is None or not d.receipt_number:
        return None
    channel = "Trực tuyến trên Cổng Đơn vị học tập" if d.channel == "portal" else words.CHANNELS[d.channel]
    return Receipt(
        letterhead=office.letterhead(d.receipt_number, d.submitted_at.astimezone(words.ZONE).date()),
        signature=Signature(
            title="Người tiếp nhận", signer_name=d.accepted_by or "(Cổng Đơn vị học tập cấp tự động)"
        ),
        year=d.year,
        tier=office.tier,
        recipients=(content.unit["name"], "Lưu: VT"),
        content_hash=content.code,
        specimen=office.specimen,
        signed=True,
        issued=d.submitted_at,
        unit=particulars(content, office),
        receipt_number=d.receipt_number,
        received_at=d.submitted_at,
        channel=f"{channel} (mã {d.channel_code})" if d.channel_code else channel,
        requested_level=content.requested_level,
        submitter=d.submitted_by or None,
        parts=_parts(content),
        result_day=sheet.cycle.decide_before,
        late=d.late,
        late_reason=d.late_reason if d.accepted_at else "",
        verification_address=f"{office.site}/ho-so/{d.id}" if office.site else "",
    )


def _parts(content: Content) -> tuple[ReceivedPart, ...]:
    team = content.team
    number = team.decision_number if team else None
    proofs = len({one for proofs in content.evidence.values() for one in proofs})
    return (
        ReceivedPart(name="Tờ trình đề nghị đánh giá, công nhận (Mẫu 01)", present=True),
        ReceivedPart(name="Báo cáo tự đánh giá (Mẫu 02)", present=True),
        ReceivedPart(name="Bản tổng hợp kết quả các tiêu chí, chỉ tiêu (Mẫu 03)", present=True),
        ReceivedPart(
            name="Quyết định thành lập Tổ đánh giá",
            present=bool(number),
            note=f"Số {number}" if number else "Chưa có số quyết định",
        ),
        ReceivedPart(
            name="Minh chứng kèm theo",
            present=bool(proofs),
            note=f"{proofs} tài liệu" if proofs else "Đơn vị giải trình trong báo cáo",
        ),
    )


def supplement_request(sheet: Sheet, content: Content, office: Office) -> SupplementRequest | None:
    """Return the latest supplement request of a dossier, None where there was none."""
    if not sheet.requests:
        return None
    asked = sheet.requests[-1]
    d = sheet.dossier
    points = [point for point in sheet.points if point.request_id == asked.id]
    return SupplementRequest(
        letterhead=office.letterhead(
            f"{d.receipt_number}/BS{len(sheet.requests)}", asked.sent_at.astimezone(words.ZONE).date()
        ),
        signature=Signature(title="Người lập phiếu", signer_name=asked.sent_by),
        year=d.year,
        tier=office.tier,
        recipients=("Như trên", "Lưu: VT"),
        content_hash=content.code,
        specimen=office.specimen,
        signed=True,
        issued=asked.sent_at,
        unit=particulars(content, office),
        receipt_number=d.receipt_number or None,
        received_day=d.submitted_at.astimezone(words.ZONE).date() if d.submitted_at else None,
        points=tuple(_point(sheet, point) for point in points),
        deadline=asked.answer_by,
        note=asked.note,
    )


def _point(sheet: Sheet, point: PointRow) -> SupplementPoint:
    row = next((row for row in sheet.catalogue if row.id == point.indicator_id), None)
    if row is not None:
        subject, action = f"Chỉ tiêu {row.code}: {row.title}", _INDICATOR
    else:
        subject = words.DOSSIER_PARTS.get(point.part, point.part)
        action = _ACTIONS.get(point.part, _CONTENT)
    return SupplementPoint(subject=subject, reason=point.reason, action=action)
