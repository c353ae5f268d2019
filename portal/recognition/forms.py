"""Forms on a decision: number, date and signer; a unit's line; the legal bases. They shape, they do not judge."""

from __future__ import annotations

from wtforms import RadioField, SelectChoice
from wtforms.validators import InputRequired, Length

from portal import words
from portal.typed import Day, Line, Lines, VersionedForm, line, lines


def tidy(text: str | None) -> str:
    """Bring typed text to its one form: composed, no control characters, no spaces around it."""
    return lines(text or "")


def lines_of(text: str) -> list[str]:
    """Return the lines of a text area."""
    return [line.strip() for line in text.splitlines()]


def short_text(label: str, sentence: str, longest: int) -> Line:
    """Make a required field of one line."""
    return Line(
        label,
        filters=[lambda text: line(text or "")],
        validators=[InputRequired(sentence), Length(1, longest, f"{label} dài từ 1 đến {longest} ký tự.")],
    )


class SigningForm(VersionedForm):
    """The number, date and signer of a paper, entered once."""

    number = short_text("Số", "Xin nhập số, ví dụ 45/QĐ-UBND.", 60)
    dated = Day(
        "Ngày",
        validators=[InputRequired("Xin nhập ngày, ví dụ 10/02/2027.")],
    )
    signer = short_text("Người ký", "Xin nhập họ tên người ký.", 200)
    signer_title = short_text("Chức vụ người ký", "Xin nhập chức vụ người ký.", 200)


class LineForm(VersionedForm):
    """What a unit gets, and why."""

    outcome = RadioField(
        "Kết quả",
        choices=[SelectChoice(str(level), words.RESULTS[level].name) for level in (2, 1, 0)],
        validators=[InputRequired("Xin chọn kết quả.")],
    )
    reason = Lines(
        "Lý do",
        filters=[tidy],
        validators=[Length(0, 2000, "Lý do dài tối đa 2.000 ký tự.")],
    )


class HoldForm(VersionedForm):
    """Why a unit is kept out of this decision."""

    held_reason = Lines(
        "Lý do để lại",
        filters=[tidy],
        validators=[
            InputRequired("Xin ghi lý do để đơn vị này lại cho quyết định sau."),
            Length(1, 2000, "Lý do dài tối đa 2.000 ký tự."),
        ],
    )


class BasesForm(VersionedForm):
    """The legal bases, one a line."""

    bases = Lines(
        "Căn cứ, mỗi dòng một căn cứ",
        filters=[tidy],
        validators=[
            InputRequired("Quyết định cần ít nhất một căn cứ."),
            Length(1, 12_000, "Phần căn cứ dài tối đa 12.000 ký tự."),
        ],
    )
