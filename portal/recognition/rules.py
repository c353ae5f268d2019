"""What a recognition is worth: from when, until when, when it may be raised, what it replaces, its code.

Circular 24/2023, Article 5: 36 months from the decision; level 1 may be raised 12 months after it. The two
readings of the law that are not settled are settings of the catalogue version (`recognition`).
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.papers.texts import PLACES
from portal.words import day

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U, so that a code survives being read aloud."""
CODE_BITS = 50
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})


@dataclass(frozen=True, slots=True)
class Term:
    """How long recognitions of a catalogue version last. `validity_from`: "decision_date" or "following_year"."""

    validity_months: int = 36
    validity_from: str = "decision_date"
    raise_wait_months: int = 12


@dataclass(frozen=True, slots=True)
class Validity:
    """The days of one recognition, both inclusive; `may_raise_from` is None where there is nothing to raise."""

    valid_from: date
    valid_to: date
    may_raise_from: date | None


def term_of(settings: Mapping[str, Any]) -> Term:
    """Read the terms from a version's settings; what is not set has the default of Article 5."""
    given = settings.get("recognition") or {}
    standard = Term()
    return Term(
        int(given.get("validity_months", standard.validity_months)),
        str(given.get("validity_from", standard.validity_from)),
        int(given.get("raise_wait_months", standard.raise_wait_months)),
    )


def add_months(start: date, months: int) -> date:
    """Return the same day some months later; a day the month does not have becomes its last one."""
    index = start.year * 12 + start.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


def validity(term: Term, decided_on: date, level: int) -> Validity:
    """Return the days of a recognition given on a day (Article 5); computed once and stored."""
    if term.validity_from == "following_year":
        last = date(decided_on.year + term.validity_months // 12, 12, 31)
    else:
        last = add_months(decided_on, term.validity_months)
    raised = add_months(decided_on, term.raise_wait_months) if level == 1 else None
    return Validity(decided_on, last, raised)


def term_sentence(term: Term, decided_on: date | None) -> str:
    """Say how long the recognitions of a decision last, as its article puts it; undated it names no day."""
    if term.validity_from == "following_year":
        rule = f"trong {term.validity_months} tháng tiếp theo năm được công nhận"
    else:
        rule = f"trong thời hạn {term.validity_months} tháng kể từ ngày ra quyết định"
    last = "" if decided_on is None else f", đến hết ngày {day(validity(term, decided_on, 1).valid_to)}"
    return f"Kết quả công nhận được bảo lưu {rule}{last} (Điều 5 Thông tư số 24/2023/TT-BGDĐT)."


def supersedes(level: int, valid_to: date, earlier_level: int, earlier_valid_to: date) -> bool:
    """Say whether a new recognition takes the place of an earlier one: at least its level and its term."""
    return level >= earlier_level and valid_to >= earlier_valid_to


def renewal(earlier_level: int | None, level: int) -> str:
    """Name what a recognition is to the unit: the first one, a renewal, or a raise."""
    if earlier_level is None:
        return "Lần đầu"
    return "Nâng mức độ" if level > earlier_level else "Công nhận lại"


def code_of(number: int) -> str:
    """Write a random number of 50 bits as a certificate code, "7K2QM-9XD4T"."""
    letters = "".join(ALPHABET[number >> shift & 31] for shift in range(CODE_BITS - 5, -1, -5))
    return f"{letters[:5]}-{letters[5:]}"


def read_code(typed: str) -> str | None:
    """Return a code as it is stored from what somebody typed (any case, spaces, O for 0), None if it is none."""
    letters = "".join(typed.upper().translate(_READ_AS).split()).replace("-", "")
    if len(letters) != CODE_BITS // 5 or any(letter not in ALPHABET for letter in letters):
        return None
    return f"{letters[:5]}-{letters[5:]}"


def default_reason(gaps: list[tuple[str, str]], note: str = "", most: int = 6) -> str:
    """Compose why a level was not reached from (indicator code, sentence), fewest steps first."""
    shown = [f"Chỉ tiêu {code}: {sentence[:1].lower()}{sentence[1:]}" for code, sentence in gaps[:most]]
    if len(gaps) > most:
        shown.append(f"Và {len(gaps) - most} chỉ tiêu khác chưa đạt hoặc chưa đủ minh chứng.")
    return " ".join(shown) or note.strip() or "Kết quả thẩm định chưa đạt mức độ đề nghị."


UNFINISHED = "[bổ sung"
"""The mark of a place in a text that a person has still to complete."""


def unfinished(lines: list[str]) -> list[str]:
    """Return the lines that still hold a place to complete."""
    return [line for line in lines if UNFINISHED in line]


def unfinished_fault(lines: list[str]) -> str | None:
    """Return the sentence why a decision on these legal bases cannot be issued, or None; it quotes the first."""
    if not (found := unfinished(lines)):
        return None
    more = f" và {len(found) - 1} căn cứ khác" if len(found) > 1 else ""
    return (
        f"Chưa ban hành được: “{found[0]}”{more} còn chỗ chưa ghi đủ. "
        "Xin người soạn ghi đủ số, ngày ở phần “Căn cứ của quyết định”."
    )


CIRCULAR = PLACES["circular"].default


def default_bases(office: str, circular: str = CIRCULAR) -> list[str]:
    """Return the legal bases a draft begins with; numbers nobody has read are left to be completed."""
    head = "Giám đốc" if office.startswith("Sở") else "Trưởng"
    return [
        "Căn cứ Luật Tổ chức chính quyền địa phương [bổ sung số, ngày]",
        f"Căn cứ {circular}",
        f"Theo đề nghị của {head} {office} tại Tờ trình [bổ sung số, ngày]",
    ]


def line_fault(outcome: int, proposed: int | None, requested: int | None, reason: str) -> str | None:
    """Return the sentence why an outcome cannot stand in a decision, or None.

    The appraisal is the ceiling; less than was asked for needs a reason the unit will read.
    """
    if proposed is None:
        return "hồ sơ không còn đề xuất thẩm định"
    if outcome > proposed:
        given = "không công nhận" if proposed == 0 else f"mức độ {proposed}"
        return f"mức độ {outcome} cao hơn kết quả thẩm định đã chốt ({given})"
    if outcome < max(requested or 0, proposed) and not reason.strip():
        return "kết quả thấp hơn mức đề nghị nhưng chưa ghi lý do"
    return None


def date_faults(dated: date, today: date, appraised_last: date | None) -> str | None:
    """Return the sentence why a decision cannot bear a date, or None: not tomorrow's, not before the appraisal."""
    if dated > today:
        return f"Ngày quyết định ({day(dated)}) ở sau hôm nay ({day(today)})."
    if appraised_last is not None and dated < appraised_last:
        return f"Ngày quyết định ({day(dated)}) trước ngày chốt thẩm định cuối cùng ({day(appraised_last)})."
    return None


def late_sentence(dated: date, decide_before: date) -> str:
    """Say that a decision comes after its term, "" when it does not (Article 10: before 15/02)."""
    if dated < decide_before:
        return ""
    return f"Ngày quyết định {day(dated)} đã quá thời hạn (trước ngày {day(decide_before)}); báo cáo sẽ ghi quá hạn."
