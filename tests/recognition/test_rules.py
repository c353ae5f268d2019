"""The days of a recognition, what it replaces, its code, its reasons: tables of cases and properties."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.recognition import rules
from portal.recognition.rules import (
    Term,
    add_months,
    code_of,
    line_fault,
    read_code,
    renewal,
    supersedes,
    validity,
)

DAYS = st.dates(date(2024, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2025, 2, 10), 36, date(2028, 2, 10)),
        (date(2024, 2, 29), 36, date(2027, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2027, 2, 14), 12, date(2028, 2, 14)),
    ],
)
def test_months_keep_the_day_or_the_last_of_the_month(start: date, months: int, end: date) -> None:
    """The ends of months are safe."""
    assert add_months(start, months) == end


def test_the_two_readings_of_the_term() -> None:
    """Decision 10/02/2025: to 10/02/2028 from the decision, to 31/12/2028 by calendar years."""
    first = validity(Term(), date(2025, 2, 10), 1)
    assert (first.valid_from, first.valid_to) == (date(2025, 2, 10), date(2028, 2, 10))
    assert first.may_raise_from == date(2026, 2, 10)
    second = validity(Term(validity_from="following_year"), date(2025, 2, 10), 2)
    assert (second.valid_to, second.may_raise_from) == (date(2028, 12, 31), None)


@settings(max_examples=200, deadline=None)
@given(DAYS, st.sampled_from([1, 2]))
def test_a_term_is_never_short(decided: date, level: int) -> None:
    """36 months are three years on, never a day of another month."""
    days = validity(Term(), decided, level)
    assert days.valid_to.year == decided.year + 3
    assert days.valid_to.month == decided.month
    assert (days.may_raise_from is None) == (level == 2)


def test_terms_come_from_the_version() -> None:
    """What a version sets is taken, the rest is Article 5."""
    assert rules.term_of({}) == Term()
    assert rules.term_of({"recognition": {"validity_months": 24}}) == Term(24)
    assert "36 tháng kể từ ngày ra quyết định" in rules.term_sentence(Term(), None)
    assert "31/12/2030" in rules.term_sentence(Term(validity_from="following_year"), date(2027, 2, 1))


@pytest.mark.parametrize(
    ("level", "earlier", "replaced"), [(1, 1, True), (2, 1, True), (2, 2, True), (1, 2, False)]
)
def test_a_lower_level_replaces_no_higher_one(level: int, earlier: int, replaced: bool) -> None:
    """A level 2 in force outlives a later level 1."""
    assert supersedes(level, date(2030, 1, 1), earlier, date(2028, 1, 1)) is replaced
    assert not supersedes(level, date(2027, 1, 1), earlier, date(2028, 1, 1))


def test_what_a_recognition_is_called() -> None:
    """First, renewed or raised."""
    assert [renewal(None, 1), renewal(1, 1), renewal(1, 2), renewal(2, 1)] == [
        *("Lần đầu", "Công nhận lại", "Nâng mức độ", "Công nhận lại"),
    ]


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**50 - 1))
def test_codes_survive_typing(number: int) -> None:
    """Lower case, spaces, no hyphen, O for 0 and L for 1: the same code."""
    code = code_of(number)
    assert len(code) == 11
    typed = f" {code.lower()} ".replace("-", " ").replace("0", "o").replace("1", "l")
    assert read_code(typed) == code


@pytest.mark.parametrize("typed", ["", "ABCDE", "ABCDE-FGHJK-M", "ABCDE-FGHJU", "ĐÂY-LÀ-MÃ-SỐ", "<script>12"])
def test_what_is_no_code(typed: str) -> None:
    """Anything else is none."""
    assert read_code(typed) is None


@pytest.mark.parametrize(
    ("outcome", "proposed", "requested", "reason", "words"),
    [
        (1, 1, 1, "", None),
        (2, 2, 2, "", None),
        (1, 1, 2, "Chưa đạt 2.5", None),
        (1, 2, 2, "", "chưa ghi lý do"),
        (0, 0, 1, "  ", "chưa ghi lý do"),
        (0, 0, None, "", None),
        (2, 1, 2, "vì", "cao hơn kết quả thẩm định đã chốt (mức độ 1)"),
        (1, 0, 1, "vì", "không công nhận"),
        (1, None, 1, "", "không còn đề xuất"),
    ],
)
def test_the_appraisal_is_the_ceiling(
    outcome: int, proposed: int | None, requested: int | None, reason: str, words: str | None
) -> None:
    """Never above the proposal, never less than asked without a reason."""
    fault = line_fault(outcome, proposed, requested, reason)
    assert (fault is None) if words is None else (words in (fault or ""))


def test_dates_and_reasons() -> None:
    """Not tomorrow, not before the appraisal; late from 15/02 on; reasons name the indicators."""
    today, term = date(2027, 2, 14), date(2027, 2, 15)
    assert rules.date_faults(today, today, today) is None
    assert "ở sau hôm nay" in (rules.date_faults(date(2027, 2, 15), today, None) or "")
    assert "trước ngày chốt thẩm định" in (rules.date_faults(date(2027, 2, 13), today, today) or "")
    assert rules.late_sentence(today, term) == ""
    assert "trước ngày 15/02/2027" in rules.late_sentence(term, term)
    many = [(f"2.{n}", "Cần thêm 1 người.") for n in range(1, 9)]
    said = rules.default_reason(many)
    assert said.startswith("Chỉ tiêu 2.1: cần thêm 1 người. Chỉ tiêu 2.2:")
    assert said.endswith("Và 2 chỉ tiêu khác chưa đạt hoặc chưa đủ minh chứng.")
    assert rules.default_reason([], " Ghi chú ") == "Ghi chú"
    assert len(rules.unfinished(rules.default_bases("Phòng Giáo dục và Đào tạo"))) == 2
