"""What a reform is made of and where each unit goes: values in, answers out; nothing is read or written here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a reform does: places become one; a place becomes several; a part of it goes; a place is called otherwise."""

    MERGE = "merge"
    SPLIT = "split"
    PART = "part"
    RENAME = "rename"


class State(StrEnum):
    """How far a plan is. BACK_ASKED: the way back is asked for and not carried out yet."""

    DRAFT = "draft"
    CONFIRMED = "confirmed"
    DONE = "done"
    BACK_ASKED = "back_asked"
    UNDONE = "undone"
    DROPPED = "dropped"


STEPS: tuple[tuple[State, State], ...] = (
    (State.DRAFT, State.CONFIRMED),
    (State.CONFIRMED, State.DRAFT),
    (State.DRAFT, State.DROPPED),
    (State.DONE, State.BACK_ASKED),
    (State.BACK_ASKED, State.DONE),
)
"""What the province may do with a plan; carrying out and undoing are the steward's."""

CLOSES = frozenset({Kind.MERGE, Kind.SPLIT})
"""Kinds after which the old places are closed."""


@dataclass(frozen=True, slots=True)
class Successor:
    """A place after the reform: one that exists (`tenant_id`), or a new one with its words and first administrator.

    `key` names it inside the plan; for a renaming it holds the new words of the one source.
    """

    key: str
    name: str
    tenant_id: int | None = None
    kind: str = ""
    code: str = ""
    seat: str = ""
    committee: str = ""
    office: str = ""
    chair_title: str = ""
    symbol: str = ""
    login: str = ""
    full_name: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the place as the plan keeps it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Rule:
    """Which units go to which successor (by key): a unit's own line first, then its commune's, then everything else.

    `units`: by unit id; `communes`: by (source, commune); `rest`: by source. "" says that nobody has chosen.
    """

    units: Mapping[int, str] = field(default_factory=dict)
    communes: Mapping[tuple[int, str], str] = field(default_factory=dict)
    rest: Mapping[int, str] = field(default_factory=dict)

    def target(self, unit: PlannedUnit) -> str:
        """Return the key of the place a unit goes to, "" where nothing says so."""
        return (
            self.units.get(unit.id)
            or self.communes.get((unit.tenant_id, unit.commune))
            or self.rest.get(unit.tenant_id, "")
        )

    def without(self, key: str) -> Rule:
        """Return the rule for a plan from which a successor was taken."""
        return Rule(
            {unit: to for unit, to in self.units.items() if to != key},
            {place: to for place, to in self.communes.items() if to != key},
            {source: to for source, to in self.rest.items() if to != key},
        )

    def as_json(self) -> dict[str, Any]:
        """Return the rule as the plan keeps it."""
        return {
            "units": {str(unit): to for unit, to in self.units.items()},
            "communes": [[source, name, to] for (source, name), to in self.communes.items()],
            "rest": {str(source): to for source, to in self.rest.items()},
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Rule:
        """Read a rule from a plan."""
        return cls(
            {int(unit): to for unit, to in data.get("units", {}).items()},
            {(source, name): to for source, name, to in data.get("communes", [])},
            {int(source): to for source, to in data.get("rest", {}).items()},
        )


@dataclass(frozen=True, slots=True)
class PlannedUnit:
    """A unit as far as planning asks: where it is, its code, its commune."""

    id: int
    tenant_id: int
    code: str
    name: str
    commune: str


@dataclass(frozen=True, slots=True)
class Stop:
    """Something that keeps a plan from being carried out (`hard`), or that somebody should know before it is."""

    sentence: str
    hard: bool = True


def destinations(rule: Rule, units: Iterable[PlannedUnit]) -> dict[str, list[PlannedUnit]]:
    """Return the units by the key of the place they go to; "" holds those nothing was said of."""
    found: dict[str, list[PlannedUnit]] = {}
    for unit in units:
        found.setdefault(rule.target(unit), []).append(unit)
    return found


def clashes(
    goes: Mapping[str, Sequence[PlannedUnit]], taken: Mapping[str, Iterable[str]]
) -> dict[str, list[PlannedUnit]]:
    """Return, by place, the units whose code another unit of that place will have too.

    `taken`: the codes in use there already. Of several that come with one code the first keeps it.
    """
    found: dict[str, list[PlannedUnit]] = {}
    for key, units in goes.items():
        seen = set(taken.get(key, ()))
        for unit in sorted(units, key=lambda unit: (unit.tenant_id, unit.id)):
            if key and unit.code in seen:
                found.setdefault(key, []).append(unit)
            seen.add(unit.code)
    return found


def recoded(unit: PlannedUnit, place_code: str) -> str:
    """Return a unit's code with the old place's before it, at most 30 characters."""
    return f"{place_code}-{unit.code}"[:30]


def faults_of_shape(
    kind: Kind, sources: Sequence[int], places: Sequence[Successor], rule: Rule, units: Sequence[PlannedUnit]
) -> list[Stop]:
    """Return what a plan lacks, whatever stands in the database."""
    stops = []
    if kind is Kind.MERGE and len(places) != 1:
        stops.append(Stop("Nhập thì có đúng một nơi tiếp nhận."))
    if kind is Kind.MERGE and len({*sources, *(p.tenant_id for p in places if p.tenant_id)}) < 2:
        stops.append(Stop("Nhập cần ít nhất hai nơi: các nơi cũ, hoặc nơi cũ và nơi tiếp nhận đã có."))
    if kind in (Kind.SPLIT, Kind.PART) and not places:
        stops.append(Stop("Chưa có nơi tiếp nhận nào."))
    if kind is Kind.RENAME and (len(sources) != 1 or len(places) != 1):
        stops.append(Stop("Đổi tên, đổi loại thì có một nơi và một bộ tên mới."))
    if kind is Kind.RENAME:
        return stops
    goes = destinations(rule, units)
    left = len(goes.get("", ()))
    if left and kind in CLOSES:
        stops.append(
            Stop(f"Còn {left} đơn vị chưa có nơi tiếp nhận; nơi cũ kết thúc thì đơn vị nào cũng phải có.")
        )
    if kind is Kind.PART and not left:
        stops.append(Stop("Mọi đơn vị đều chuyển đi: hãy chọn loại “tách, giải thể” để nơi cũ kết thúc."))
    if kind is Kind.PART and units and left == len(units):
        stops.append(Stop("Chưa có đơn vị nào được chuyển."))
    stops += [
        Stop(f"{place.name} chưa nhận đơn vị nào.", hard=False) for place in places if not goes.get(place.key)
    ]
    return stops


def back_until(carried_out: date, days: int) -> date:
    """Return the last day on which there is a way back."""
    return carried_out + timedelta(days=days)


def fault_of_way_back(carried_out: date, days: int, today: date) -> str:
    """Return why it is too late to go back, "" where it is not."""
    last = back_until(carried_out, days)
    if today <= last:
        return ""
    return f"Chỉ trả lại được trong {days} ngày, đến hết ngày {last:%d/%m/%Y}."
