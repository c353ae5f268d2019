"""A paper of nobody for each governed place, so that a wording can be read where it will stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from portal.papers import data, documents
from portal.papers.documents import Page
from portal.papers.speaking import speaker
from portal.papers.texts import Place
from portal.papers.visit_data import VisitLetter
from portal.register.certificates import Published, certificate
from portal.words import ZONE

UNIT, OFFICE, COMMITTEE, SEAT = (
    "Đơn vị mẫu",
    "Phòng Giáo dục và Đào tạo",
    "Ủy ban nhân dân huyện mẫu",
    "Huyện mẫu",
)
MARK = "MẪU ĐỂ XEM TRƯỚC"


def _frame(year: int, issuer: str, superior: str) -> dict[str, Any]:
    day = date(year + 1, 1, 10)
    return {
        "letterhead": data.Letterhead(superior=superior, issuer=issuer, number="……", place=SEAT, day=day),
        "signature": data.Signature(title="Người ký", signer_name="(họ và tên)"),
        "year": year,
        "specimen": MARK,
        "signed": True,
    }


def _unit() -> data.UnitParticulars:
    return data.UnitParticulars(name=UNIT, kind="Trường tiểu học", address=SEAT, members=37)


def _request(year: int) -> Page:
    return documents.request_letter(
        data.RequestLetter(
            **_frame(year, UNIT, COMMITTEE),
            recipients=("Như trên", "Lưu: VT"),
            unit=_unit(),
            addressee=f"Chủ tịch {COMMITTEE}",
            through=OFFICE,
            requested_level=1,
            team=data.Team(decision_number="……", decision_day=date(year, 12, 1)),
            summaries=(data.LevelSummary(level=1, applicable=1, met=1, verdict="đạt"),),
            attachments=("Báo cáo tự đánh giá (Mẫu 02)",),
        )
    )


def _receipt(year: int) -> Page:
    return documents.receipt(
        data.Receipt(
            **_frame(year, OFFICE, COMMITTEE),
            recipients=(UNIT, "Lưu: VT"),
            unit=_unit(),
            receipt_number="……",
            received_at=datetime(year + 1, 1, 10, 9, tzinfo=ZONE),
            channel="Trực tuyến trên Cổng Đơn vị học tập",
            requested_level=1,
            parts=(data.ReceivedPart(name="Tờ trình đề nghị đánh giá, công nhận (Mẫu 01)", present=True),),
            result_day=date(year + 1, 2, 15),
        )
    )


def _supplement(year: int) -> Page:
    point = data.SupplementPoint(subject="Chỉ tiêu mẫu", reason="Lý do mẫu", action="Bổ sung minh chứng.")
    return documents.supplement_request(
        data.SupplementRequest(
            **_frame(year, OFFICE, COMMITTEE),
            unit=_unit(),
            receipt_number="……",
            received_day=date(year + 1, 1, 10),
            points=(point,),
            deadline=date(year + 1, 1, 20),
        )
    )


def _visit(year: int) -> Page:
    return documents.visit_letter(
        VisitLetter(
            **_frame(year, OFFICE, COMMITTEE),
            unit_name=UNIT,
            starts_at=datetime(year + 1, 1, 20, 8, 30, tzinfo=ZONE),
            venue=SEAT,
            lead="Trưởng đoàn",
            members=(data.TeamMember(name="(họ và tên)", title="Chuyên viên", task="Trưởng đoàn"),),
        )
    )


def _decision(year: int) -> Page:
    say = speaker(year, "cấp huyện", None)
    return documents.decision(
        data.Decision(
            **_frame(year, COMMITTEE, ""),
            recipients=tuple(say("decision.recipients", office=OFFICE).splitlines()),
            authority=f"Chủ tịch {COMMITTEE}",
            place_name="trên địa bàn huyện mẫu",
            legal_bases=(),
            proposal=f"Trưởng {OFFICE}",
            level_1=(data.DecisionRow(name=UNIT, kind="Trường tiểu học"),),
            level_2=(),
            validity="Thời hạn công nhận ghi theo quy định.",
            executors="Thủ trưởng các cơ quan, đơn vị có liên quan",
        )
    )


def _certificate(year: int) -> Page:
    return certificate(
        Published(
            unit_name=UNIT,
            issuer=COMMITTEE,
            tier="cấp huyện",
            level=1,
            year=year,
            decision_number="……",
            decided_on=date(year + 1, 2, 10),
            valid_from=date(year + 1, 2, 10),
            valid_to=date(year + 4, 2, 9),
            code="MAU-MAU-MAU",
            address="(địa chỉ kiểm tra)",
            place=SEAT,
            signer="(họ và tên)",
            signer_title="Chủ tịch",
            authority_lines=(),
            marks=(MARK,),
            issued=None,
        )
    )


_SAMPLES: Mapping[str, Callable[[int], Page]] = {
    "circular": _request,
    "request.commitment": _request,
    "receipt.closing": _receipt,
    "supplement.closing": _supplement,
    "visit.closing": _visit,
    "decision.duty": _decision,
    "decision.recipients": _decision,
    "certificate.note": _certificate,
}


def sample(place: Place, year: int) -> Page:
    """Return the sample paper of a place for a year of assessment, with what is in force (or tried) there."""
    return _SAMPLES[place.key](year)
