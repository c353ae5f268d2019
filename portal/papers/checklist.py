"""The checklist between filing and deciding as a paper: its data set and its page, with a box before every task."""

from dataclasses import dataclass
from datetime import date

from portal import words
from portal.checklist.rules import WHOSE, Day
from portal.papers import data, wording
from portal.papers.documents import Page, environment
from portal.papers.rows import Align, RowColumn

WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")
BOX = "[\u00a0\u00a0\u00a0]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist(data.Paper):
    """The days of a year with their tasks; a note for the wall, so it has no number and no signature."""

    office: str
    title: str
    submit_before: date
    decide_before: date
    days: tuple[Day, ...]


def page(paper: Checklist) -> Page:
    """Day by day: the task, whose day it is, room to tick and to note who does it until when."""
    columns = (
        RowColumn("Ngày", 35),
        RowColumn("Việc", 80),
        RowColumn("Xong", 12, Align.CENTER),
        RowColumn("Người làm, ghi chú", 38),
    )
    rows = []
    for one in paper.days:
        when = f"{WEEKDAYS[one.on.weekday()]}, {words.day(one.on)}"
        off = f"Nghỉ: {one.holiday}." if one.holiday else "Nghỉ."
        if not one.working:
            rows.append((when, off, "", ""))
            when = ""
        for place, task in enumerate(one.tasks):
            mark = {"law": " (*)", "own": " (**)"}.get(task.whose, "")
            rows.append((when if place == 0 else "", f"{task.text}{mark}", BOX, ""))
        if not one.tasks and one.working:
            rows.append((when, "", BOX, ""))
    html = environment().get_template("checklist.html").render(
        d=paper, marks=[paper.specimen] if paper.specimen else [], law=WHOSE["law"], own=WHOSE["own"]
    )  # fmt: skip
    return Page(html, paper.issued, {"days": wording.plain_table(columns, rows, size=10)})
