"""What a step needs: small pure functions, each one sentence. An error stops the step, a warning does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from portal.cycle.rules import figures_open, is_late, not_yet_open
from portal.team.rules import Standing
from portal.words import ZONE, day

from .facts import Facts


@dataclass(frozen=True, slots=True)
class Fault:
    """Something a step lacks: the sentence, and the page (endpoint) and place of it where it is mended."""

    sentence: str
    anchor: str = ""
    stops: bool = True
    page: str = "dossiers.show"


Check = Callable[[Facts], Fault | None]


def year_is_open(facts: Facts) -> Fault | None:
    """The year must have been opened by the province."""
    why = not_yet_open(facts.calendar, facts.at)
    return Fault(why) if why else None


def year_is_over(facts: Facts) -> Fault | None:
    """Figures run to 31/12 (Circular 24/2023, Article 10(1)(b)), so signing waits for that day."""
    why = figures_open(facts.calendar, facts.at)
    return Fault(why) if why else None


def headcounts_entered(facts: Facts) -> Fault | None:
    """The base figures that an applying indicator measures against must be known."""
    if facts.missing_headcounts:
        return Fault(f"Chưa nhập {', '.join(facts.missing_headcounts)}.", "so-lieu")
    return None


def figures_fit(facts: Facts) -> Fault | None:
    """A unit that is not to tell how many people it has files ratios only (product.md, U-04 f)."""
    if facts.figures_misfit:
        return Fault(
            "Đơn vị thuộc diện không cung cấp số người nhưng hồ sơ đang ghi số người. Xin bấm “Chuyển sang tỷ lệ” "
            "ở phần Số liệu nền.",
            "so-lieu",
        )
    return None


def members_counted(facts: Facts) -> Fault | None:
    """No members leave nothing to measure: that is possible, and seldom meant."""
    if facts.no_members:
        return Fault(
            "Số Thành viên tại 31/12 đang là 0 nên các chỉ tiêu tính trên Thành viên không áp dụng. "
            "Nếu chưa đúng, xin sửa số này.",
            "so-lieu",
            stops=False,
        )
    return None


def waivers_ruled(facts: Facts) -> Fault | None:
    """A request the district has not ruled on changes nothing yet; the unit may go on without waiting."""
    if facts.open_waivers:
        codes = ", ".join(facts.open_waivers)
        return Fault(
            f"{facts.calendar.office} chưa trả lời đề nghị không áp dụng chỉ tiêu {codes}. Vẫn ký được; chỉ tiêu này đang tính "
            "theo kết quả đã nhập.",
            f"chi-tieu-{facts.open_waivers[0]}",
            stops=False,
        )
    return None


def all_answered(facts: Facts) -> Fault | None:
    """Every indicator that applies needs an answer before the head signs."""
    missing = [
        finding.indicator.code
        for finding in facts.unit_side.findings
        if finding.applies and "missing" in (outcome.value for outcome in finding.outcomes.values())
    ]
    if missing:
        return Fault(f"Chưa nhập chỉ tiêu {', '.join(missing)}.", f"chi-tieu-{missing[0]}")
    return None


def claims_proven(facts: Facts) -> Fault | None:
    """A result claimed without evidence needs a written explanation (product.md, U-06 d)."""
    if facts.without_proof:
        return Fault(
            f"Chỉ tiêu {', '.join(facts.without_proof)}: ghi “đạt” nhưng chưa có minh chứng. "
            "Xin gắn minh chứng hoặc viết giải trình.",
            f"chi-tieu-{facts.without_proof[0]}",
        )
    return None


def team_named(facts: Facts) -> Fault | None:
    """The self-assessment team must have been set up by the head (Article 10(1)(a))."""
    if not facts.team_number.strip() or facts.team_date is None:
        return Fault("Chưa có số, ngày của quyết định thành lập Tổ đánh giá.", "to-danh-gia")
    if facts.team_size == 0:
        return Fault("Tổ đánh giá chưa có thành viên nào.", "to-danh-gia")
    if facts.team_date > facts.at.astimezone(ZONE).date():
        return Fault(f"Ngày quyết định thành lập Tổ ({day(facts.team_date)}) ở sau hôm nay.", "to-danh-gia")
    return None


def minutes_closed(facts: Facts) -> Fault | None:
    """The team has met on the content as it stands, and its minutes are closed (product.md, U-10)."""
    page = "team.minutes"
    if facts.minutes is Standing.NONE:
        return Fault("Chưa có biên bản họp Tổ đánh giá. Xin lập và chốt biên bản trước khi ký.", page=page)
    if facts.minutes is Standing.OPEN:
        return Fault("Biên bản họp Tổ đánh giá chưa chốt.", page=page)
    if facts.minutes is Standing.STALE:
        return Fault(
            f"Sau khi chốt biên bản họp Tổ, {'; '.join(facts.changed_since_minutes)} đã thay đổi nên biên bản "
            "không còn khớp hồ sơ. Xin mở lại biên bản, họp về phần đã đổi và chốt lại.",
            page=page,
        )
    return None


def head_named(facts: Facts) -> Fault | None:
    """The papers carry the head's name under the signature."""
    if not facts.head_name.strip():
        return Fault("Chưa có họ tên thủ trưởng để in dưới chữ ký.", page="dossiers.unit")
    return None


def level_reached(facts: Facts) -> Fault | None:
    """A unit asks for the level its self-assessment reaches (Article 10(1)(c)).

    While thresholds are unconfirmed the level is provisional; then it may still be asked for.
    """
    level = facts.requested_level
    if level not in (1, 2):
        return Fault("Chưa chọn mức độ đề nghị công nhận.", "muc-do")
    verdict = facts.unit_side.verdicts[level]
    if not verdict.reached and not verdict.provisional:
        gaps = verdict.gaps[:2]
        why = " ".join(f"{gap.indicator.code}: {gap.sentence}" for gap in gaps)
        return Fault(f"Kết quả tự đánh giá chưa đạt mức độ {level}. {why}", "ket-qua")
    return None


def requirements_answered(facts: Facts) -> Fault | None:
    """What the last decision asked for is answered before the next signature (product.md, U-18)."""
    left = facts.unanswered_requirements
    if left:
        return Fault(f"Còn {left} yêu cầu của kỳ trước chưa trả lời.", page="improvement.requirements")
    return None


def submitted_in_time(facts: Facts) -> Fault | None:
    """A dossier after the deadline is taken as late; the officer then needs a reason to accept it."""
    if is_late(facts.calendar.submit_before, facts.at):
        return Fault(
            f"Đã quá hạn nộp (trước ngày {day(facts.calendar.submit_before)}). Hồ sơ sẽ được ghi là nộp muộn; "
            f"{facts.calendar.office} quyết định có nhận hay không.",
            stops=False,
        )
    return None


def is_late_filing(facts: Facts) -> Fault | None:
    """Only a dossier that came after the deadline may be turned away for it."""
    if not facts.late:
        return Fault("Hồ sơ nộp đúng hạn nên không thể từ chối vì quá hạn.")
    return None


def lateness_explained(facts: Facts) -> Fault | None:
    """A late dossier is accepted only with an officer's reason (default of product.md)."""
    if facts.late and not facts.late_reason.strip():
        return Fault("Hồ sơ nộp sau hạn: cần ghi lý do chấp nhận.", "ly-do-muon")
    return None


def points_answered(facts: Facts) -> Fault | None:
    """Every point of the request needs the unit's answer before the dossier goes back."""
    waiting = [point.label for point in facts.open_points if not point.answered]
    if waiting:
        return Fault(f"Chưa trả lời: {', '.join(waiting)}.", "bo-sung")
    return None


def returned_once(facts: Facts) -> Fault | None:
    """Supplements are asked for once, with the full list (product.md, rule 6)."""
    if facts.past_requests:
        return Fault(
            "Hồ sơ này đã được yêu cầu bổ sung một lần. Xin tiếp nhận và thẩm định trên những gì đã có, hoặc trình "
            "lãnh đạo cho phép yêu cầu lần nữa."
        )
    return None


def asked_before(facts: Facts) -> Fault | None:
    """The leader's leave is for asking once more; the first request is the officer's own."""
    if not facts.past_requests:
        return Fault("Hồ sơ này chưa được yêu cầu bổ sung lần nào nên không cần lãnh đạo cho phép.")
    return None


def supplement_overdue(facts: Facts) -> Fault | None:
    """A request lapses only after its term: until then the unit may still answer."""
    due = facts.supplement_before
    if due is None:
        return Fault("Hồ sơ này không có yêu cầu bổ sung nào đang chờ đơn vị trả lời.")
    if not is_late(due, facts.at):
        return Fault(f"Chưa khép được: đơn vị còn được trả lời trước ngày {day(due)}.")
    return None


def all_judged(facts: Facts) -> Fault | None:
    """Every indicator that applies needs the district's verdict."""
    left = facts.to_judge - facts.judged
    if left > 0:
        return Fault(f"Còn {left} chỉ tiêu chưa có kết luận thẩm định.", "tham-dinh")
    return None


def thresholds_confirmed(facts: Facts) -> Fault | None:
    """No decision on a threshold that the Department has not confirmed (product.md, rule 1)."""
    if facts.unconfirmed:
        return Fault(
            f"Ngưỡng của chỉ tiêu {', '.join(facts.unconfirmed)} chưa được Sở xác nhận nên mức độ chỉ là tạm tính; "
            "chưa ban hành được quyết định.",
        )
    return None


def proposal_known(facts: Facts) -> Fault | None:
    """A proposal names a level that the district's own findings support."""
    if facts.proposed_level is None:
        return Fault("Chưa có mức độ đề xuất.")
    side = facts.district_side
    if facts.proposed_level and side is not None:
        verdict = side.verdicts[facts.proposed_level]
        if not verdict.reached and not verdict.provisional:
            return Fault(f"Kết quả thẩm định không đạt mức độ {facts.proposed_level}.")
    return None


def raise_in_reach(facts: Facts) -> Fault | None:
    """Level 2 is proposed only where its decision can fall after the 12 months of Article 5.

    The wait is measured at the decision, so a proposal counts on the last day for deciding.
    """
    waits_until = facts.may_raise_from
    if facts.proposed_level == 2 and waits_until and waits_until >= facts.calendar.decide_before:
        return Fault(_raise_sentence(waits_until))
    return None


def may_be_raised(facts: Facts) -> Fault | None:
    """A unit that holds level 1 waits 12 months from that decision for level 2 (Article 5)."""
    if (
        facts.proposed_level == 2
        and facts.may_raise_from
        and facts.at.astimezone(ZONE).date() < facts.may_raise_from
    ):
        return Fault(_raise_sentence(facts.may_raise_from))
    return None


def _raise_sentence(first_day: date) -> str:
    return (
        "Đơn vị đang được công nhận mức độ 1; chỉ được nâng lên mức độ 2 từ ngày "
        f"{day(first_day)} (12 tháng kể từ ngày ra quyết định)."
    )
