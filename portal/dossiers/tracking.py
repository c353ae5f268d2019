"""Where a dossier is: who holds it, since when, what comes next and until when. Pure; nothing internal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from portal import words

from .models import Dossier, State
from .queries import Sheet


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Who holds a dossier since when, the next step, and the first day that is too late for it (or None)."""

    holder: str
    since: datetime
    next_step: str
    due: date | None


def whereabouts(sheet: Sheet) -> Whereabouts:
    """Return where a dossier stands, in the words a unit may read."""
    d, cycle = sheet.dossier, sheet.cycle
    unit, office = "Đơn vị", words.in_words_of(cycle.tier, "Phòng GDĐT")
    submitted = d.submitted_at or d.created_at
    match State(d.state):
        case State.DRAFT:
            return Whereabouts(unit, d.created_at, "Nhập đủ, ký và nộp hồ sơ", cycle.submit_before)
        case State.SIGNED:
            return Whereabouts(unit, d.signed_at or d.created_at, "Thủ trưởng nộp hồ sơ", cycle.submit_before)
        case State.SUPPLEMENT_REQUESTED:
            request = sheet.open_request
            return Whereabouts(
                unit,
                request.sent_at if request else submitted,
                "Trả lời từng điểm và gửi phần bổ sung",
                request.answer_by if request else None,
            )
        case State.SUBMITTED:
            answered = [r.answered_at for r in sheet.requests if r.answered_at]
            step = "Xem phần bổ sung, tiếp nhận" if answered else "Kiểm tra thành phần, tiếp nhận"
            lapsed = [r.lapsed_at for r in sheet.requests if r.lapsed_at]
            return Whereabouts(office, max(answered + lapsed, default=submitted), step, cycle.decide_before)
        case State.ACCEPTED:
            return Whereabouts(office, d.accepted_at or submitted, "Thẩm định", cycle.decide_before)
        case State.APPRAISED:
            since = d.appraised_at or submitted
            return Whereabouts("Ủy ban nhân dân", since, "Ra quyết định", cycle.decide_before)
        case State.DECIDED:
            return Whereabouts(unit, d.decided_at or submitted, "Xem kết quả và lý do", None)
        case State.CLOSED_UNREACHED:
            return Whereabouts(unit, d.created_at, "Thực hiện hướng cải tiến cho năm sau", None)
        case State.REFUSED_LATE:
            return Whereabouts(unit, submitted, f"Liên hệ {office}", None)
        case State.WITHDRAWN:
            return Whereabouts(unit, d.created_at, "Có thể lập lại hồ sơ khi năm đánh giá còn mở", None)


def state_of(dossier: Dossier) -> tuple[str, str]:
    """Return the word and tone of a dossier's state as its unit reads it."""
    known = words.DOSSIER_STATES[dossier.state]
    return known.unit_name, known.tone
