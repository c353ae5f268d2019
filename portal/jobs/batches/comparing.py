"""The rule of same figures for a large year, whose groups the page of quality then shows."""

from __future__ import annotations

from portal import words
from portal.cycle.queries import cycle_of
from portal.jobs.batch import Batch, Described
from portal.jobs.turn import Result, Turn
from portal.jobs.wanted import Wanted
from portal.quality import comparing
from portal.quality.queries import limits
from portal.quality.rules import Rule
from tenants.refusal import Refused
from tenants.rights import Right


class SameFigures(Batch):
    """Which dossiers of several districts tell the same figures; its subject is the year."""

    name = comparing.JOB
    right = Right.WATCH_QUALITY
    inner = True

    def describe(self, wanted: Wanted) -> Described:
        """Name the year; what units enter changes all the time, so that it is made anew at every asking."""
        if cycle_of(wanted.subject) is None:
            raise Refused(f"Chưa mở năm đánh giá {wanted.subject}.", 404)
        title = f"So số liệu của các đơn vị khác huyện, năm đánh giá {wanted.subject}"
        return Described(title, path=f"/tinh/chat-luong?nam={wanted.subject}")

    def build(self, turn: Turn) -> Result:
        """Compare in one statement and keep the groups."""
        year = turn.held.subject
        with turn.alive(), turn.reading():
            limit = limits()[Rule.SAME_FIGURES]
            groups = comparing.groups_of(year, limit)
        target = turn.folder / "ket-qua.json"
        target.write_bytes(comparing.written(limit, groups))
        told = (
            f"Có {words.number(len(groups))} nhóm hồ sơ trùng số liệu."
            if groups
            else "Không có hồ sơ trùng số liệu."
        )
        return Result(target, f"trung-so-lieu-{year}.json", "application/json", told=told)
