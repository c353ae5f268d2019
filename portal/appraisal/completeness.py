"""The completeness checklist of intake: each line ticked by the data, with its reason and what to ask for.

A line is complete, incomplete (something the unit can be asked for), or worth a look: the officer decides.
Pure: facts in, lines out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from portal import words
from portal.cycle.rules import is_late


class Tick(StrEnum):
    """What the data say of one line."""

    COMPLETE = "complete"
    LOOK = "look"
    INCOMPLETE = "incomplete"


TICK_WORDS = {Tick.COMPLETE: ("Đủ", "ok"), Tick.LOOK: ("Cần xem", "wait"), Tick.INCOMPLETE: ("Thiếu", "no")}


@dataclass(frozen=True, slots=True)
class Ask:
    """A point the line suggests to ask for: an indicator or a part of the dossier, and the reason."""

    reason: str
    indicator_id: int | None = None
    part: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the checklist."""

    name: str
    tick: Tick
    reason: str
    asks: tuple[Ask, ...] = ()


@dataclass(frozen=True, slots=True)
class Coded:
    """An indicator by id and code, with what is said of it (names of papers, …)."""

    id: int
    code: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class IntakeFacts:
    """What the checklist looks at: plain values of one dossier."""

    year: int
    channel: str
    requested_level: int | None
    self_level: int | None
    signed_by: str
    signed_at: datetime | None
    code: str
    unchanged: bool
    submitted_at: datetime
    submit_before: date
    late: bool
    letter_number: str
    letter_date: date | None
    missing_headcounts: tuple[str, ...]
    applying: int
    missing: tuple[Coded, ...]
    team_number: str
    team_date: date | None
    team_size: int
    without_proof: tuple[Coded, ...]
    only_explained: tuple[Coded, ...]
    outside_year: tuple[Coded, ...]
    undated: int
    may_raise_from: date | None = None
    decide_before: date | None = None
    open_thresholds: tuple[str, ...] = field(default=())


def checklist(facts: IntakeFacts) -> tuple[Line, ...]:
    """Tick the lines of Article 10(1) of Circular 24/2023 by the data of a filed dossier."""
    lines: tuple[Callable[[IntakeFacts], Line], ...] = (
        _letter,
        _report,
        _summary,
        _signature,
        _team,
        _dates,
        _proof,
        _level,
        _in_time,
    )
    return tuple(line(facts) for line in lines)


def _letter(facts: IntakeFacts) -> Line:
    name = "Tờ trình đề nghị công nhận (Mẫu 01)"
    if facts.requested_level is None:
        ask = Ask("Tờ trình chưa ghi mức độ đề nghị công nhận.", part="letter")
        return Line(name, Tick.INCOMPLETE, "Chưa ghi mức độ đề nghị.", (ask,))
    asked = f"Đề nghị {words.level_name(facts.requested_level).lower()}"
    if not facts.letter_number or facts.letter_date is None:
        return Line(name, Tick.COMPLETE, f"{asked}; chưa ghi số, ngày văn bản (không bắt buộc).")
    return Line(
        name, Tick.COMPLETE, f"{asked}; số {facts.letter_number} ngày {words.day(facts.letter_date)}."
    )


def _report(facts: IntakeFacts) -> Line:
    name = "Báo cáo tự đánh giá (Mẫu 02)"
    if facts.missing_headcounts:
        reason = f"Chưa có {', '.join(facts.missing_headcounts)}."
        return Line(name, Tick.INCOMPLETE, reason, (Ask(reason, part="headcount"),))
    return Line(name, Tick.COMPLETE, "Đủ số liệu nền; lập từ dữ liệu của hồ sơ.")


def _summary(facts: IntakeFacts) -> Line:
    name = "Bản tổng hợp kết quả (Mẫu 03)"
    done = facts.applying - len(facts.missing)
    if facts.missing:
        asks = tuple(Ask("Chưa có kết quả của chỉ tiêu.", item.id) for item in facts.missing)
        reason = f"{done}/{facts.applying} chỉ tiêu có kết quả; thiếu {_codes(facts.missing)}."
        return Line(name, Tick.INCOMPLETE, reason, asks)
    return Line(name, Tick.COMPLETE, f"{done}/{facts.applying} chỉ tiêu áp dụng có kết quả.")


def _signature(facts: IntakeFacts) -> Line:
    name = "Chữ ký của thủ trưởng"
    if facts.signed_at is None:
        return Line(name, Tick.INCOMPLETE, "Chưa ký.", (Ask("Hồ sơ chưa có chữ ký.", part="letter"),))
    if not facts.unchanged:
        return Line(name, Tick.LOOK, "Nội dung hiện có khác nội dung lúc ký; xin báo người quản trị.")
    if facts.channel != "portal":
        return Line(name, Tick.COMPLETE, f"{facts.signed_by} ký bản nộp ngoài cổng; mã kiểm {facts.code}.")
    when = words.moment(facts.signed_at)
    return Line(name, Tick.COMPLETE, f"{facts.signed_by} ký lúc {when}; nội dung khớp mã kiểm {facts.code}.")


def _team(facts: IntakeFacts) -> Line:
    name = "Quyết định thành lập Tổ đánh giá"
    lacking = []
    if not facts.team_number or facts.team_date is None:
        lacking.append("số, ngày quyết định")
    if not facts.team_size:
        lacking.append("thành viên")
    if lacking:
        reason = f"Chưa có {' và '.join(lacking)} của Tổ đánh giá."
        return Line(name, Tick.INCOMPLETE, reason, (Ask(reason, part="team_member"),))
    assert facts.team_date is not None
    said = f"Số {facts.team_number} ngày {words.day(facts.team_date)}, {facts.team_size} thành viên."
    filed = facts.submitted_at.astimezone(words.ZONE).date()
    if not date(facts.year, 1, 1) <= facts.team_date <= filed:
        return Line(
            name,
            Tick.LOOK,
            f"{said} Ngày này không nằm trong kỳ đánh giá năm {facts.year}.",
            (
                Ask(
                    f"Ngày quyết định thành lập Tổ ({words.day(facts.team_date)}) ngoài kỳ đánh giá.",
                    part="team_member",
                ),
            ),
        )
    return Line(name, Tick.COMPLETE, said)


def _dates(facts: IntakeFacts) -> Line:
    name = f"Minh chứng trong năm {facts.year}"
    if facts.outside_year:
        asks = tuple(Ask(f"Minh chứng ngoài năm {facts.year}: {i.said}.", i.id) for i in facts.outside_year)
        listed = "; ".join(f"{item.code}: {item.said}" for item in facts.outside_year)
        return Line(name, Tick.LOOK, f"Có văn bản đề ngày ngoài năm: {listed}.", asks)
    note = f" {facts.undated} văn bản chưa ghi ngày." if facts.undated else ""
    return Line(name, Tick.COMPLETE, f"Không có văn bản nào đề ngày ngoài năm.{note}")


def _proof(facts: IntakeFacts) -> Line:
    name = "Minh chứng hoặc giải trình từng chỉ tiêu"
    if facts.without_proof:
        asks = tuple(
            Ask("Ghi đạt nhưng chưa có minh chứng hay giải trình.", i.id) for i in facts.without_proof
        )
        reason = f"Chưa có minh chứng hay giải trình: {_codes(facts.without_proof)}."
        return Line(name, Tick.INCOMPLETE, reason, asks)
    if facts.only_explained:
        return Line(
            name, Tick.COMPLETE, f"Đủ; chỉ có giải trình, không có tệp: {_codes(facts.only_explained)}."
        )
    return Line(name, Tick.COMPLETE, "Chỉ tiêu nào ghi đạt cũng có minh chứng.")


def _level(facts: IntakeFacts) -> Line:
    name = "Mức độ đề nghị khớp kết quả tự đánh giá"
    asked = facts.requested_level
    if asked is None:
        return Line(name, Tick.LOOK, "Chưa ghi mức độ đề nghị.")
    if (
        asked == 2
        and facts.may_raise_from
        and facts.decide_before
        and facts.may_raise_from >= facts.decide_before
    ):
        day = words.day(facts.may_raise_from)
        return Line(name, Tick.LOOK, f"Đơn vị đang giữ mức độ 1, chỉ được nâng lên mức độ 2 từ ngày {day}.")
    if facts.self_level is None:
        codes = (
            f" Ngưỡng của chỉ tiêu {', '.join(facts.open_thresholds)} chưa được Sở xác nhận."
            if facts.open_thresholds
            else ""
        )
        return Line(name, Tick.LOOK, f"Kết quả tự đánh giá mới là tạm tính.{codes}")
    reached = words.level_name(facts.self_level).lower() if facts.self_level else "chưa đạt mức độ nào"
    if facts.self_level < asked:
        ask = Ask(f"Đề nghị mức độ {asked} nhưng tự đánh giá {reached}.", part="letter")
        return Line(name, Tick.LOOK, f"Đề nghị mức độ {asked} nhưng tự đánh giá {reached}.", (ask,))
    return Line(name, Tick.COMPLETE, f"Tự đánh giá đạt {reached}, đề nghị mức độ {asked}.")


def _in_time(facts: IntakeFacts) -> Line:
    name = f"Nộp trước ngày {words.day(facts.submit_before)}"
    when = words.moment(facts.submitted_at)
    if facts.late or is_late(facts.submit_before, facts.submitted_at):
        return Line(name, Tick.LOOK, f"Nộp lúc {when}, sau hạn: nhận thì phải ghi lý do.")
    return Line(name, Tick.COMPLETE, f"Nộp lúc {when}.")


def _codes(items: tuple[Coded, ...]) -> str:
    return ", ".join(item.code for item in items)
