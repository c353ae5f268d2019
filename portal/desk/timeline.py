"""The year of a unit as a line of steps, and the one thing to do next. Pure: values in, words out."""

from __future__ import annotations

from dataclasses import dataclass

from portal.activities.standing import Standing
from portal.dossiers.models import State
from portal.dossiers.queries import Sheet
from portal.words import day, in_words_of

# For each state of the dossier: how many steps of the line are done; the next one is where the unit stands.
_DONE = {
    State.DRAFT: 2,
    State.SIGNED: 3,
    State.SUBMITTED: 4,
    State.SUPPLEMENT_REQUESTED: 3,
    State.ACCEPTED: 4,
    State.APPRAISED: 4,
    State.DECIDED: 6,
    State.CLOSED_UNREACHED: 3,
}


@dataclass(frozen=True, slots=True)
class Next:
    """What to do next: the sentence, the button and where it leads, as an endpoint ("" for waiting)."""

    sentence: str
    label: str = ""
    endpoint: str = ""


def year_line(
    standing: Standing, sheet: Sheet | None, entered: int, applying: int, *, over: bool, result: str = ""
) -> list[tuple[str, str, str]]:
    """Return the steps of the year: title, line, and done, now or next.

    Registering and building never hold the dossier up, so they are done where they were done, whatever follows;
    once the year is `over`, assessing comes next. `result`: the result as it stands, "" before there is one.
    """
    d, cycle = (sheet.dossier if sheet else None), standing.cycle
    state = State(d.state) if d else None
    registered = bool(standing.registration and standing.registration.target)
    built = bool(standing.by_kind) and not standing.missing
    done = _DONE.get(state, 0) if state else 0
    if not done:
        done = 2 if over or (registered and built) else 1 if registered else 0
    lines = [
        ("Đăng ký", standing.registered),
        ("Xây dựng", _built(standing)),
        ("Tự đánh giá", f"{entered}/{applying} chỉ tiêu đã nhập" if d else "chưa lập hồ sơ"),
        (
            "Ký và nộp",
            f"đã nộp {day(d.submitted_at)}" if d and d.submitted_at else f"trước {day(cycle.submit_before)}",
        ),
        (
            in_words_of(cycle.tier, "Huyện thẩm định"),
            f"tiếp nhận {day(d.accepted_at)}" if d and d.accepted_at else f"trước {day(cycle.decide_before)}",
        ),
        (
            "Kết quả",
            result or "Quyết định, lý do từng chỉ tiêu",
        ),
    ]
    skipped = {0: registered, 1: built}
    return [
        (
            title,
            line,
            "now" if place == done else "next" if place > done or not skipped.get(place, True) else "done",
        )
        for place, (title, line) in enumerate(lines)
    ]


def _built(standing: Standing) -> str:
    """Say how far the year's work has come."""
    number = standing.whole.number
    logged = f"{number} hoạt động" if number else "chưa ghi hoạt động"
    lacking = len(standing.missing)
    return f"{logged}, thiếu {lacking} văn bản" if lacking else logged


def next_task(sheet: Sheet | None, *, year: int, lacking: int, may_sign: bool) -> Next:
    """Return the one thing to do next; `lacking` counts what still stops the signature."""
    if sheet is None:
        return Next(f"Lập hồ sơ tự đánh giá năm {year}.", "Lập hồ sơ", "dossiers.index")
    match State(sheet.dossier.state):
        case State.DRAFT if lacking:
            return Next(
                f"Hoàn thành {lacking} điều còn thiếu để ký hồ sơ.", "Tiếp tục hồ sơ", "dossiers.show"
            )
        case State.DRAFT if may_sign:
            return Next("Hồ sơ đã đủ: kiểm tra lại và ký.", "Kiểm tra và ký", "dossiers.review")
        case State.DRAFT:
            return Next("Hồ sơ đã đủ: trình thủ trưởng ký.", "Trình thủ trưởng ký", "dossiers.review")
        case State.SIGNED if may_sign:
            return Next("Hồ sơ đã ký, chưa nộp.", "Nộp hồ sơ", "dossiers.review")
        case State.SIGNED:
            return Next("Hồ sơ đã ký, chờ thủ trưởng nộp.", "Xem hồ sơ", "dossiers.review")
        case State.SUPPLEMENT_REQUESTED:
            request = sheet.open_request
            until = f" trước ngày {day(request.answer_by)}" if request else ""
            who = in_words_of(sheet.cycle.tier, "Huyện")
            return Next(
                f"{who} yêu cầu bổ sung: trả lời từng điểm rồi gửi lại{until}.",
                "Bổ sung hồ sơ",
                "dossiers.show",
            )
        case State.DECIDED:
            return Next("Đã có quyết định: xem kết quả và lý do.", "Xem kết quả", "dossiers.result")
        case State.SUBMITTED | State.ACCEPTED | State.APPRAISED:
            return Next("Hồ sơ đã nộp, chờ kết quả.", "Xem hồ sơ", "dossiers.show")
        case _:
            return Next("Hồ sơ năm nay đã kết thúc.", "Xem hồ sơ", "dossiers.show")
