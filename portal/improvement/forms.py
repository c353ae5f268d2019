"""Forms of the lessons of a year; lists are read by name, as the number of rows follows the dossier."""

from __future__ import annotations

from collections.abc import Mapping

from wtforms.validators import InputRequired, Length

from portal.typed import Day, Line, Lines, VietnameseForm, lines

from .operations import MOST, Wanted

LONGEST = 2_000


class ActionForm(VietnameseForm):
    """One measure of the plan to improve."""

    measure = Lines(
        "Việc cần làm",
        validators=[
            InputRequired("Xin ghi việc cần làm."),
            Length(max=LONGEST, message="Xin viết ngắn hơn, tối đa 2.000 ký tự."),
        ],
    )
    responsible = Line(
        "Người, bộ phận phụ trách",
        validators=[Length(max=200, message="Xin viết ngắn hơn, tối đa 200 ký tự.")],
    )
    due_on = Day("Làm xong trước ngày")
    done_on = Day("Đã làm xong ngày")


def wanted_from(form: Mapping[str, str], indicators: list[int]) -> list[Wanted]:
    """Read the requirements an officer chose: a ticked indicator with its words, and further ones."""
    rows = [
        Wanted(lines(form.get(f"noi-dung-{number}", ""))[:LONGEST], number)
        for number in indicators
        if form.get(f"chon-{number}")
    ]
    others = (lines(form.get(f"khac-{place}", ""))[:LONGEST] for place in range(1, MOST + 1))
    return rows + [Wanted(text) for text in others if text]
