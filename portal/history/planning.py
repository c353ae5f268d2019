"""What a file of past results would do, row by row: which unit is meant, whether its year has a result already.

A row belongs to the unit with its code, or else to the one unit with its name. Nothing is written here, and the
plan is made in a fixed number of statements however long the file is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from portal import clock
from portal.catalogue.models import CriteriaVersion
from portal.spelling import fold
from portal.units.models import ImportBatch, Unit
from portal.units.rules import same_place
from tenants.database import db

from .columns import LABELS
from .models import PastResult
from .queries import past_versions
from .rules import FIRST_YEAR, Band, band_for, band_said, bands_of, said

SHOWN_CANDIDATES = 5


@dataclass(slots=True)
class Step:
    """What one row of the file would do; `act` is new, same, different or bad.

    `stored`: the result its unit has of that year; `changed`: the fields in which the row differs from it.
    """

    line: int
    said: dict[str, Any]
    act: str = "bad"
    unit: Unit | None = None
    version: CriteriaVersion | None = None
    points: Decimal | None = None
    band: str = ""
    level: int | None = None
    decided_on: date | None = None
    stored: PastResult | None = None
    changed: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)

    @property
    def result(self) -> str:
        """The row's result in words."""
        return said(self.points, self.band, self.level)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file would do."""

    steps: Sequence[Step]

    @property
    def counts(self) -> Counter[str]:
        """How many rows are new, the same as what is stored, different from it, or bad."""
        return Counter(step.act for step in self.steps)

    def only(self, act: str) -> list[Step]:
        """Return the rows of one kind, in the order of the file."""
        return [step for step in self.steps if step.act == act]


@dataclass(frozen=True, slots=True)
class _Known:
    """What rows are compared with: the district's units, its past results, the scales, today."""

    by_code: Mapping[str, Unit]
    by_name: Mapping[str, Sequence[Unit]]
    stored: Mapping[tuple[int, int], PastResult]
    versions: Sequence[CriteriaVersion]
    bands: Mapping[int, Sequence[Band]]
    today: date


def plan_of(batch: ImportBatch) -> Plan:
    """Return what a file would do to the past results as they stand now."""
    known = _known(batch.tenant_id)
    seen: dict[tuple[int, int], int] = {}
    steps = []
    for row in batch.rows:
        step = Step(int(row["line"]), dict(row["said"]), faults=dict(row["wrong"]))
        _match(step, known)
        _judge(step, known)
        _compare(step, known, seen)
        steps.append(step)
    return Plan(steps)


def _known(tenant_id: int) -> _Known:
    units = list(db.session.scalars(select(Unit).where(Unit.tenant_id == tenant_id).order_by(Unit.id)))
    by_name: dict[str, list[Unit]] = {}
    for unit in units:
        by_name.setdefault(unit.name_folded, []).append(unit)
    rows = db.session.scalars(
        select(PastResult).where(PastResult.tenant_id == tenant_id, PastResult.withdrawn_at.is_(None))
    )
    stored = {(row.unit_id, row.year): row for row in rows}
    versions = past_versions()
    bands = {version.id: bands_of(version.settings) for version in versions}
    return _Known({unit.code: unit for unit in units}, by_name, stored, versions, bands, clock.today())


def _match(step: Step, known: _Known) -> None:
    code, name = step.said.get("code", ""), step.said.get("name", "")
    if code in known.by_code:
        step.unit = known.by_code[code]
        if name and fold(name)[:300] != step.unit.name_folded:
            step.notes.append(f"mã {code} là “{step.unit.name}”, khác tên ghi trong tệp.")
        return
    if not name:
        step.faults.setdefault(
            "code" if code else "name",
            f"danh mục không có mã {code}; xin ghi thêm tên." if code else "xin ghi mã hoặc tên đơn vị.",
        )
        return
    same = [
        unit
        for unit in known.by_name.get(fold(name)[:300], [])
        if same_place(unit.commune, step.said.get("commune", ""))
    ]
    if len(same) == 1:
        step.unit = same[0]
        if code:
            step.notes.append(f"danh mục không có mã {code}; khớp theo tên với {step.unit.code}.")
    elif same:
        listed = "; ".join(
            f"{unit.code} ({unit.commune or 'chưa ghi xã'})" for unit in same[:SHOWN_CANDIDATES]
        )
        more = len(same) - SHOWN_CANDIDATES
        also = f" và {more} đơn vị nữa" if more > 0 else ""
        step.faults.setdefault(
            "name", f"có {len(same)} đơn vị cùng tên: {listed}{also}. Xin ghi mã của đơn vị cần nhập."
        )
    else:
        step.faults.setdefault("name", "không có đơn vị tên này trong danh mục.")


def _judge(step: Step, known: _Known) -> None:
    year, points, level = (step.said.get(name) for name in ("year", "points", "level"))
    if year is None:
        step.faults.setdefault("year", "xin ghi năm.")
    elif not FIRST_YEAR <= year < known.today.year:
        step.faults.setdefault("year", f"năm phải từ {FIRST_YEAR} đến {known.today.year - 1}.")
    if "decided_on" in step.said:
        step.decided_on = date.fromisoformat(step.said["decided_on"])
        if step.decided_on > known.today:
            step.faults.setdefault("decided_on", "không thể ở sau hôm nay.")
        elif year is not None and step.decided_on.year < year:
            step.faults.setdefault("decided_on", f"ở trước năm {year} mà quyết định nói về.")
    unread = {"points", "level"} & set(step.faults)
    if points is not None and level is not None:
        step.faults.setdefault("level", "mỗi dòng chỉ ghi số điểm hoặc mức độ, không ghi cả hai.")
    elif points is None and level is None and not unread:
        step.faults.setdefault("points", "xin ghi số điểm (Thông tư 22/2020) hoặc mức độ (Thông tư 24/2023).")
    elif points is not None:
        _judge_points(step, Decimal(points), year or 0, known)
    elif level is not None:
        step.level, step.version = level, _version("levels", year or 0, known)
        if step.said.get("band"):
            step.faults.setdefault("band", "xếp loại chỉ đi với số điểm của Thông tư 22/2020.")


def _judge_points(step: Step, points: Decimal, year: int, known: _Known) -> None:
    if points > 100:
        step.faults.setdefault("points", "số điểm phải từ 0 đến 100.")
        return
    version = step.version = _version("points", year, known)
    step.points = points
    step.band = band_for(points, known.bands[version.id]) if version else ""
    told = band_said(step.said.get("band", ""))
    if told and step.band and fold(told) != fold(step.band):
        step.faults.setdefault("band", f"“{told}” không khớp {said(points, step.band, None)}.")
    elif told and not step.band:
        step.band = told


def _version(scale: str, year: int, known: _Known) -> CriteriaVersion | None:
    """Return the version of a scale that was in force in a year, else the first there was."""
    of_scale = [version for version in known.versions if version.scale == scale]
    return next(
        (version for version in of_scale if version.valid_from.year <= year), (of_scale or [None])[-1]
    )


def _compare(step: Step, known: _Known, seen: dict[tuple[int, int], int]) -> None:
    if step.unit is None or "year" not in step.said:
        return
    key = (step.unit.id, step.said["year"])
    first = seen.setdefault(key, step.line)
    if first != step.line:
        step.faults.setdefault("year", f"đơn vị này năm {key[1]} đã có ở dòng {first} của tệp.")
    step.stored = known.stored.get(key)
    if step.faults:
        return
    if step.stored is None:
        step.act = "new"
        return
    step.changed = _differences(step, step.stored)
    step.act = "different" if step.changed else "same"


def _differences(step: Step, row: PastResult) -> list[str]:
    """Return the fields in which a row differs from what is stored; an empty cell says nothing."""
    found = []
    if step.points != row.points or step.level != row.level:
        found.append("points" if step.points is not None else "level")
    elif fold(step.band) != fold(row.band):
        found.append("band")
    for name in ("decision_number", "issuer", "note"):
        if name in step.said and fold(step.said[name]) != fold(getattr(row, name)):
            found.append(name)
    if step.decided_on is not None and step.decided_on != row.decided_on:
        found.append("decided_on")
    return found


def labels_of(names: Sequence[str]) -> str:
    """Return the heads of some columns in one line, as a sentence names them."""
    return ", ".join(LABELS[name][:1].lower() + LABELS[name][1:] for name in names)
