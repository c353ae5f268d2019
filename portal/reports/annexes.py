"""Biểu 04 to 08 of one district's report, counted in a fixed number of statements, and kept in its snapshot.

What rules R9 to R13 compare is counted and kept beside them: a locked report is judged by what it holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from portal import words
from portal.activities import wording as activities
from portal.activities.queries import DistrictSums, district_sums
from portal.activities.rules import KINDS, Sum
from portal.cycle.queries import cycle_of
from portal.figures import annex as shapes
from portal.figures.annex import Annex, Line
from portal.figures.outcomes import by_indicator, failed_at_level_1
from portal.figures.people import people
from portal.figures.rules import Counts, total
from portal.figures.validity import fates, validity
from portal.targets import wording
from portal.targets.queries import Line as Target
from portal.targets.queries import reckoned, targets_of
from portal.targets.rules import Counting
from tenants.database import db

from .compared import Crossing, Paired, Reconciled
from .models import DistrictReport, ReportAnswer

_REACHED = ("Đạt mục tiêu", "Đang đạt mục tiêu")


@dataclass(frozen=True, slots=True)
class Annexes:
    """Biểu 04 to 08 by number, and what the rules across them compare."""

    by_number: Mapping[str, Annex]
    crossing: Crossing

    def as_json(self) -> dict[str, Any]:
        """Return the tables as they are kept in a snapshot."""
        kept = {
            f"bieu_{number}": [line.as_json() for line in one.lines] for number, one in self.by_number.items()
        }
        return kept | {"crossing": self.crossing.as_json()}


def from_snapshot(year: int, data: Mapping[str, Any]) -> Annexes | None:
    """Read the tables back; None for a snapshot of before there were any."""
    if "crossing" not in data:
        return None
    return Annexes(
        {
            number: shapes.shape(number, year).of([Line.from_json(one) for one in data[f"bieu_{number}"]])
            for number in shapes.NUMBERS
        },
        Crossing.from_json(data["crossing"]),
    )


MOST_FAILED = 3


def fields(annexes: Annexes | None) -> dict[str, str]:
    """Return what the fields of the narrative show of the tables; "–" where the report has none."""
    names = (
        "so_het_han_nam_sau", "so_nang_muc", "so_thu_hoi", "so_muc_tieu", "so_muc_tieu_dat", "cac_muc_tieu",
        "chi_tieu_chua_dat", "so_thanh_vien", "so_nguoi_hoc",
    )  # fmt: skip
    if annexes is None:
        return dict.fromkeys(names, "–")
    goals, held, indicators, people = (annexes.by_number[number] for number in ("04", "05", "06", "07"))
    reached = sum(line.values.get("said") in _REACHED for line in goals.lines)
    failed = sorted(indicators.lines, key=lambda line: -_number(line, "missed"))[:MOST_FAILED]
    of_failed = [
        f"chỉ tiêu {line.key} {line.label[:1].lower()}{line.label[1:]} ({words.number(_number(line, 'missed'))} đơn vị)"
        for line in failed
        if _number(line, "missed")
    ]
    ratio = goals.field("ratio")
    of_goals = [
        f"- {line.label}: mục tiêu {line.values['goal']} %, đến nay {line.text(ratio)} ({str(line.values['said']).lower()});"
        for line in goals.lines
        if ratio
    ]
    numbers = (
        (held, "expires_1"), (held, "may_raise"), (held, "revoked"), (people, "members"), (people, "learners"),
    )  # fmt: skip
    expires, may_raise, revoked, members, learners = (
        words.number(_number(annex.total, key)) for annex, key in numbers
    )
    said = (
        expires,
        may_raise,
        revoked,
        words.number(len(goals.lines)),
        words.number(reached),
        "\n".join(
            [f"{words.number(reached)}/{words.number(len(of_goals))} mục tiêu đã đạt (Biểu 04):", *of_goals]
        )
        if of_goals
        else "Chưa đặt mục tiêu phấn đấu cho năm này.",
        "; ".join(of_failed) or "không có",
        members,
        learners,
    )
    return dict(zip(names, said, strict=True))


def count(tenant_id: int, year: int, sums: DistrictSums) -> Annexes:
    """Count the tables as the data stand now; `sums`: the activities of the units, added up already."""
    form_05 = validity(year, tenant_id=tenant_id)
    form_07, drift = people(year, tenant_id=tenant_id)
    cycle = cycle_of(year)
    lines = reckoned(targets_of(tenant_id, year), cycle)[0] if cycle else []
    crossing = Crossing(
        in_force=_number(form_05.total, "in_force"),
        failed=_failed(tenant_id, year),
        drift=tuple(Paired(one.figure, one.filed, one.signed) for one in drift),
        stated=tuple(_stated(line, form_05) for line in lines if _of_recognition(line)),
        reconciled=_reconciled(tenant_id, year),
    )
    tables = {
        "04": shapes.BIEU_04.of([_target(place, line) for place, line in enumerate(lines, 1)]),
        "05": form_05,
        "06": by_indicator(year, tenant_id=tenant_id),
        "07": form_07,
        "08": shapes.BIEU_08.of(_activities(sums)),
    }
    return Annexes(tables, crossing)


def count_one(tenant_id: int, year: int, number: str) -> Annex:
    """Count one table alone, as `count` does; KeyError for a number that is none."""
    if number == "04":
        cycle = cycle_of(year)
        lines = reckoned(targets_of(tenant_id, year), cycle)[0] if cycle else []
        return shapes.BIEU_04.of([_target(place, line) for place, line in enumerate(lines, 1)])
    if number == "05":
        return validity(year, tenant_id=tenant_id)
    if number == "06":
        return by_indicator(year, tenant_id=tenant_id)
    if number == "07":
        return people(year, tenant_id=tenant_id)[0]
    return shapes.shape(number, year).of(_activities(district_sums(tenant_id, year)))


def _number(line: Line | None, key: str) -> int:
    value = line.values.get(key) if line else 0
    return value if isinstance(value, int) else 0


def _target(place: int, line: Target) -> Line:
    target, one = line.target, line.reckoning
    values: dict[str, shapes.Value] = {
        "of": wording.denominator(target.measure, line.indicator),
        "goal": target.goal,
        "due_on": target.due_on.isoformat(),
        "counting": target.counting,
        "said": "Chỉ tiêu không có trong bộ tiêu chí của năm" if one is None else one.state[0],
    }
    if one is not None:
        known = one.known if one.reported else None
        settled = one.settled if one.settled.units else None
        values |= {
            "part": known.part if known else None,
            "whole": known.whole if known else None,
            "settled_part": settled.part if settled else None,
            "settled_whole": settled.whole if settled else None,
            "reported": one.reported,
            "scope": one.scope,
            "below": len(one.below),
        }
    return Line(str(target.id), str(place), target.title, values)


def _of_recognition(line: Target) -> bool:
    return line.target.measure.counting is Counting.RECOGNISED and line.reckoning is not None


def _stated(line: Target, form_05: Annex) -> Paired:
    """Return the numerator of a target on recognitions beside what Biểu 05 holds of the same units (R13)."""
    measure = line.target.measure
    held = "held_2" if measure.least == 2 else "in_force"
    rows = [form_05.total] if not measure.kinds else [
        one for one in form_05.lines if one.role == "kind" and one.kinds[0] in measure.kinds
    ]  # fmt: skip
    part = line.reckoning.known.part if line.reckoning else 0
    return Paired(line.target.title, part, sum(_number(one, held) for one in rows))


def _activities(sums: DistrictSums) -> list[Line]:
    def values(units: int, one: Sum) -> dict[str, shapes.Value]:
        return {
            "units": units,
            "number": one.number,
            "participants": one.participants,
            "minutes": one.minutes,
        }

    lines = [
        Line(
            kind,
            str(place),
            activities.KINDS[kind].name,
            values(sums.units.get(kind, 0), sums.by_kind.get(kind, Sum())),
        )
        for place, kind in enumerate(KINDS, 1)
    ]
    return [*lines, Line("total", "", "Cộng", values(sums.of_units, sums.total), "total")]


def _failed(tenant_id: int, year: int) -> tuple[str, ...]:
    statement = failed_at_level_1(year, tenant_id=tenant_id)
    return tuple(f"{row.name} (chỉ tiêu {row.codes})" for row in db.session.execute(statement))


def _reconciled(tenant_id: int, year: int) -> Reconciled | None:
    found = fates(year, tenant_id=tenant_id)
    if found is None:
        return None
    sent = _reported_before(tenant_id, year - 1)
    before = sum(found.counts.values()) if sent is None else sent
    return Reconciled(year - 1, before, dict(found.counts), found.joined, sent is not None)


def _reported_before(tenant_id: int, year: int) -> int | None:
    """Return column 22 of a year's report as it was last accepted, else last sent; None where none was sent."""
    kept = db.session.scalar(
        select(DistrictReport.snapshot["counts"])
        .outerjoin(
            ReportAnswer,
            (ReportAnswer.tenant_id == DistrictReport.tenant_id)
            & (ReportAnswer.report_id == DistrictReport.id),
        )
        .where(
            DistrictReport.tenant_id == tenant_id,
            DistrictReport.year == year,
            DistrictReport.state == "sent",
        )
        .order_by(
            (func.coalesce(ReportAnswer.verdict, "") == "accepted").desc(), DistrictReport.edition.desc()
        )
        .limit(1)
    )
    return None if kept is None else total(Counts.from_json(one["counts"]) for one in kept).in_force
