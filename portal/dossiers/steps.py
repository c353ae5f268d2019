"""A dossier's year as one table: act, from, to, who, what it needs, and the words of it.

Buttons, checks, the trail, notices, the diagram of the README and the tests all read this table. Nothing
else knows which state follows which.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from portal.notices.rules import Kind
from tenants.rights import Right

from . import checks
from .checks import Check, Fault
from .facts import Facts
from .states import State


class Act(StrEnum):
    """What can be done to a dossier as a whole."""

    SIGN = "sign"
    UNSIGN = "unsign"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    CLOSE_UNREACHED = "close_unreached"
    ENTER = "enter"
    ACCEPT = "accept"
    REFUSE_LATE = "refuse_late"
    REQUEST_SUPPLEMENT = "request_supplement"
    REQUEST_AGAIN = "request_again"
    ANSWER_SUPPLEMENT = "answer_supplement"
    LAPSE_SUPPLEMENT = "lapse_supplement"
    PROPOSE = "propose"
    REOPEN_APPRAISAL = "reopen_appraisal"
    DECIDE = "decide"


@dataclass(frozen=True)
class Step:
    """One row of the table.

    `button`: what the page offers. `done`: completes "<actor> …" in the trail. `unit_notice` and
    `district_notice`: the sentence each is told ("" for none); `{unit}`, `{year}`, `{number}` and `{until}` (a term
    the step sets) are filled in. `unit_page`: the page of the dossier the unit is led to; `kind`: of the notices.
    """

    act: Act
    came: tuple[State, ...]
    to: State
    right: Right
    needs: tuple[Check, ...]
    button: str
    done: str
    unit_notice: str = ""
    district_notice: str = ""
    inner: bool = False
    unit_page: str = ""
    kind: Kind = Kind.STEP


STEPS: tuple[Step, ...] = (
    Step(
        Act.SIGN,
        (State.DRAFT,),
        State.SIGNED,
        Right.SIGN_DOSSIER,
        (
            checks.year_is_open,
            checks.year_is_over,
            checks.figures_fit,
            checks.headcounts_entered,
            checks.all_answered,
            checks.claims_proven,
            checks.team_named,
            checks.minutes_closed,
            checks.head_named,
            checks.level_reached,
            checks.requirements_answered,
            checks.members_counted,
            checks.waivers_ruled,
        ),
        "Ký hồ sơ",
        "đã ký hồ sơ, mã kiểm {number}.",
        unit_notice="Thủ trưởng đã ký hồ sơ năm {year}. Việc tiếp theo: nộp hồ sơ.",
        unit_page="/kiem-tra",
    ),
    Step(
        Act.UNSIGN,
        (State.SIGNED,),
        State.DRAFT,
        Right.FILL_DOSSIER,
        (),
        "Mở lại để sửa",
        "đã mở lại hồ sơ để sửa; chữ ký trước đó không còn giá trị.",
        unit_notice="Hồ sơ năm {year} được mở lại để sửa; cần ký lại trước khi nộp.",
    ),
    Step(
        Act.SUBMIT,
        (State.SIGNED,),
        State.SUBMITTED,
        Right.SUBMIT_DOSSIER,
        (checks.year_is_open, checks.submitted_in_time),
        "Nộp hồ sơ",
        "đã nộp hồ sơ, số tiếp nhận {number}.",
        unit_notice="Đã nộp hồ sơ năm {year}, số tiếp nhận {number}.",
        district_notice="{unit} đã nộp hồ sơ năm {year} (số {number}).",
    ),
    Step(
        Act.ENTER,
        (State.DRAFT,),
        State.SUBMITTED,
        Right.ENTER_FOR_UNIT,
        (
            checks.year_is_open,
            checks.figures_fit,
            checks.headcounts_entered,
            checks.all_answered,
            checks.submitted_in_time,
        ),
        "Ghi nhận hồ sơ đã nộp",
        "đã nhập hộ hồ sơ đơn vị nộp ngoài cổng, số tiếp nhận {number}.",
        unit_notice="Phòng GDĐT đã nhập hồ sơ năm {year} mà đơn vị nộp ngoài cổng (số {number}). Xin kiểm tra lại.",
    ),
    Step(
        Act.WITHDRAW,
        (State.DRAFT, State.SIGNED, State.SUBMITTED),
        State.WITHDRAWN,
        Right.SUBMIT_DOSSIER,
        (),
        "Rút hồ sơ",
        "đã rút hồ sơ.",
        unit_notice="Hồ sơ năm {year} đã được rút.",
        district_notice="{unit} đã rút hồ sơ năm {year}.",
    ),
    Step(
        Act.CLOSE_UNREACHED,
        (State.DRAFT,),
        State.CLOSED_UNREACHED,
        Right.SUBMIT_DOSSIER,
        (checks.year_is_open, checks.year_is_over, checks.headcounts_entered, checks.all_answered),
        "Kết thúc năm: chưa đạt",
        "đã kết thúc năm với kết quả tự đánh giá chưa đạt.",
        unit_notice="Đơn vị đã kết thúc năm {year}: tự đánh giá chưa đạt mức độ 1.",
        district_notice="{unit} tự đánh giá chưa đạt năm {year}.",
    ),
    Step(
        Act.ACCEPT,
        (State.SUBMITTED,),
        State.ACCEPTED,
        Right.RECEIVE_DOSSIER,
        (checks.lateness_explained,),
        "Tiếp nhận hồ sơ",
        "đã tiếp nhận hồ sơ.",
        unit_notice="Phòng GDĐT đã tiếp nhận hồ sơ năm {year} (số {number}) và đang thẩm định.",
    ),
    Step(
        Act.REFUSE_LATE,
        (State.SUBMITTED,),
        State.REFUSED_LATE,
        Right.RECEIVE_DOSSIER,
        (checks.is_late_filing,),
        "Không nhận (quá hạn)",
        "không nhận hồ sơ vì nộp quá hạn.",
        unit_notice="Hồ sơ năm {year} không được nhận vì nộp quá hạn. Mở hồ sơ để đọc lý do.",
        kind=Kind.DECISION,
    ),
    Step(
        Act.REQUEST_SUPPLEMENT,
        (State.SUBMITTED,),
        State.SUPPLEMENT_REQUESTED,
        Right.RECEIVE_DOSSIER,
        (checks.returned_once,),
        "Yêu cầu bổ sung",
        "đã yêu cầu bổ sung hồ sơ.",
        unit_notice="Phòng GDĐT yêu cầu bổ sung hồ sơ năm {year}. Xin trả lời từng điểm và gửi lại trước ngày {until}.",
        kind=Kind.SUPPLEMENT,
    ),
    Step(
        Act.REQUEST_AGAIN,
        (State.SUBMITTED,),
        State.SUPPLEMENT_REQUESTED,
        Right.ALLOW_SUPPLEMENT,
        (checks.asked_before,),
        "Cho phép yêu cầu bổ sung lần nữa",
        "đã cho phép yêu cầu bổ sung lần nữa.",
        unit_notice="Phòng GDĐT yêu cầu bổ sung hồ sơ năm {year} lần nữa. Xin trả lời từng điểm và gửi lại trước "
        "ngày {until}.",
        kind=Kind.SUPPLEMENT,
    ),
    Step(
        Act.ANSWER_SUPPLEMENT,
        (State.SUPPLEMENT_REQUESTED,),
        State.SUBMITTED,
        Right.SUBMIT_DOSSIER,
        (checks.points_answered, checks.claims_proven),
        "Gửi phần bổ sung",
        "đã gửi phần bổ sung.",
        unit_notice="Đã gửi phần bổ sung của hồ sơ năm {year}.",
        district_notice="{unit} đã bổ sung hồ sơ năm {year} (số {number}).",
    ),
    Step(
        Act.LAPSE_SUPPLEMENT,
        (State.SUPPLEMENT_REQUESTED,),
        State.SUBMITTED,
        Right.RECEIVE_DOSSIER,
        (checks.supplement_overdue,),
        "Khép yêu cầu bổ sung",
        "đã khép yêu cầu bổ sung quá hạn; hồ sơ trở lại nội dung đơn vị đã ký và nộp.",
        unit_notice="Phòng GDĐT đã khép yêu cầu bổ sung hồ sơ năm {year} vì quá hạn chưa nhận được trả lời. Hồ sơ được "
        "xem xét theo nội dung đã ký và nộp; phần sửa chưa gửi được trả về như lúc ký. Mở hồ sơ để đọc lý do.",
        kind=Kind.SUPPLEMENT,
    ),
    Step(
        Act.PROPOSE,
        (State.ACCEPTED,),
        State.APPRAISED,
        Right.PROPOSE,
        (checks.all_judged, checks.proposal_known, checks.raise_in_reach),
        "Chốt đề xuất",
        "đã chốt đề xuất thẩm định.",
        inner=True,
    ),
    Step(
        Act.REOPEN_APPRAISAL,
        (State.APPRAISED,),
        State.ACCEPTED,
        Right.PROPOSE,
        (),
        "Mở lại thẩm định",
        "đã mở lại thẩm định.",
        inner=True,
    ),
    Step(
        Act.DECIDE,
        (State.APPRAISED,),
        State.DECIDED,
        Right.ISSUE_DECISION,
        (checks.thresholds_confirmed, checks.proposal_known, checks.may_be_raised),
        "Ban hành",
        "đã ban hành quyết định {number}.",
        unit_notice="Đã có quyết định về hồ sơ năm {year}: xem kết quả và lý do.",
        unit_page="/ket-qua",
        kind=Kind.DECISION,
    ),
)

STEP_OF: dict[Act, Step] = {step.act: step for step in STEPS}


def steps_from(state: State) -> tuple[Step, ...]:
    """Return the steps that lead on from a state."""
    return tuple(step for step in STEPS if state in step.came)


def faults(step: Step, facts: Facts) -> list[Fault]:
    """Return everything a step lacks, what stops it first, then what is only to be known."""
    found = [fault for check in step.needs if (fault := check(facts)) is not None]
    return sorted(found, key=lambda fault: not fault.stops)


def refusal_from(step: Step, state: State) -> str:
    """Return the sentence for an act that is not possible in a state."""
    from portal.words import DOSSIER_STATES

    came = ", ".join(f"“{DOSSIER_STATES[s.value].name}”" for s in step.came)
    return (
        f"Không thể thực hiện “{step.button}”: hồ sơ đang ở trạng thái “{DOSSIER_STATES[state.value].name}”; "
        f"việc này chỉ làm được từ {came}."
    )
