"""Pages of the trial: choose a year, a version and thresholds; see whom it would move; nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from flask import render_template, request

from portal import clock, words
from portal.cycle.models import Cycle
from portal.cycle.queries import cycles
from portal.jobs import progress
from portal.jobs.later import TooLong, later
from portal.papers.sheets import Column, Sheet
from portal.papers.sheets import Kind as ColumnKind
from portal.papers.table_files import book_of, marks
from portal.province.queries import places
from portal.web import page_number, page_of
from tenants.access import found, may
from tenants.rights import Right

from . import queries, wording
from .blueprint import blueprint
from .models import CatalogueIndicator, CriteriaVersion
from .ruling import as_rules
from .trial import Cell, Change, changed, read_values, with_thresholds
from .trying import MOST, Line, Trial, appraised, try_out

LEVELS = {"2": 2, "1": 1, "0": 0, "x": None}
"""A level in an address; x: it cannot be concluded."""
CODES = {level: code for code, level in LEVELS.items()}
Move = tuple[int | None, int | None]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: a year, the version it is tried with, thresholds typed, and their faults."""

    cycle: Cycle
    own: CriteriaVersion
    other: CriteriaVersion
    rows: Sequence[CatalogueIndicator]
    typed: Mapping[Cell, str]
    values: Mapping[Cell, int]
    faults: Mapping[Cell, str]
    change: Change

    @property
    def any(self) -> bool:
        """Whether anything differs that could move a dossier."""
        return bool(self.change.touched) and not self.faults

    def url(self, **more: Any) -> str:
        """Return the query of this trial, with more or other choices."""
        wanted: dict[str, Any] = {"nam": self.cycle.year, "bo": self.other.id}
        wanted |= {f"n{number}-{level}": text for (number, level), text in self.typed.items() if text}
        return "?" + urlencode({**wanted, **{k: v for k, v in more.items() if v not in (None, "")}})


def _asked() -> Asked | None:
    """Read the address; None where no year is opened."""
    years = cycles()
    args = request.args
    if not years:
        return None
    # The latest year that has something to try on is what one means by "last year".
    chosen = next((c for c in years if str(c.year) == args.get("nam")), None)
    cycle = chosen or next((c for c in years if appraised(c.year)), years[0])
    own = found(queries.version_of(cycle.version_id))
    candidates = {
        str(v.id): v.id for v in queries.versions() if v.scope == own.scope and v.scale == own.scale
    }
    other = found(queries.version_of(candidates.get(args.get("bo", ""), own.id)))
    rows = [row for criterion in other.criteria for row in criterion.indicators]
    rules = as_rules(rows)
    typed = {
        (rule.id, level): args.get(f"n{rule.id}-{level}", "").strip()[:10]
        for rule in rules
        for level in rule.thresholds
    }
    values, faults = read_values(rules, typed)
    before = [row for criterion in own.criteria for row in criterion.indicators]
    change = changed(
        list(zip([row.key for row in before], as_rules(before), strict=True)),
        list(zip([row.key for row in rows], with_thresholds(rules, values), strict=True)),
    )
    return Asked(cycle, own, other, rows, typed, values, faults, change)


def _moves(lines: Sequence[Line]) -> list[Move]:
    """Return the moves that occur: falls first, then rises, then what can no longer be concluded."""

    def rank(move: Move) -> tuple[bool, bool, int, int]:
        before, after = (-1 if level is None else level for level in move)
        return None in move, after > before, -before, after

    return sorted({line.move for line in lines}, key=rank)


def level_word(level: int | None) -> str:
    """Name a level of a trial; None is one that cannot be concluded."""
    return "Chưa kết luận được" if level is None else words.level_name(level)


def move_name(move: Move) -> str:
    """Name a move: "Mức độ 2 → Mức độ 1"."""
    return f"{level_word(move[0])} → {level_word(move[1])}"


@blueprint.get("/bo-tieu-chi/thu-thay-doi")
@may(Right.SEE_PROVINCE)
def trial() -> Any:
    """Choose what to change, and see how many dossiers of a year would come out otherwise, by district and kind."""
    asked = _asked()
    if asked is None:
        return render_template("catalogue/trial_none.html")
    count = appraised(asked.cycle.year)
    names = {place.id: place.name for place in places()}
    district = _district(names)
    too_many = asked.any and district is None and count > MOST
    result = try_out(asked.cycle, asked.change, tenant_id=district) if asked.any and not too_many else None
    status = 422 if asked.faults else 200
    return render_template(
        "catalogue/trial.html",
        asked=asked,
        count=count,
        district=district,
        too_many=too_many,
        result=result,
        moves=_moves(result.lines) if result else [],
        tables=_tables(result, names) if result else [],
        move_name=move_name,
        codes=CODES,
        names=names,
        years=[cycle.year for cycle in cycles()],
        candidates=[
            v for v in queries.versions() if v.scope == asked.own.scope and v.scale == asked.own.scale
        ],
        asks=wording.asks,
        changes=_changes(asked),
    ), status


def _changes(asked: Asked) -> list[tuple[str, str]]:
    """Say what the trial changes: (code and title, what becomes of it)."""
    before = {rule.id: rule for rule in asked.change.before}
    after = {rule.id: rule for rule in asked.change.after}
    kinds = list(words.kinds_of(asked.own.scope))
    found = []
    for number in sorted(asked.change.touched, key=lambda n: (after.get(n) or before[n]).order):
        old, new = before.get(number), after.get(number)
        rule = new or old
        assert rule is not None
        if old is None or new is None:
            said = ["thêm mới" if old is None else "bỏ"]
        else:
            said = [
                f"mức độ {n}: {wording.asked_words(old, n)} → {wording.asked_words(new, n)}"
                for n in (1, 2)
                if old.threshold(n).in_force != new.threshold(n).in_force
            ]
            if old.applies != new.applies:
                said.append(f"áp dụng: {wording.for_whom(new, kinds)}")
            if (old.kind, old.base, old.grades) != (new.kind, new.base, new.grades):
                said.append("đổi cách đo")
        found.append((f"{rule.code} {rule.title}", "; ".join(said)))
    return found


@dataclass(frozen=True, slots=True)
class TableRow:
    """A line of a table of counts: its name, the filter that lists its units, dossiers reckoned, moves."""

    name: str
    chosen: Mapping[str, Any]
    reckoned: int
    moves: Counter[Move]


def _tables(trial: Trial, names: Mapping[int, str]) -> list[tuple[str, list[TableRow]]]:
    """Return the counts by district and by kind of unit; every number is the length of a list of units."""
    by_place: dict[int, Counter[Move]] = {}
    by_kind: dict[str, Counter[Move]] = {}
    for line in trial.lines:
        by_place.setdefault(line.tenant_id, Counter())[line.move] += 1
        by_kind.setdefault(line.kind, Counter())[line.move] += 1
    at_place: Counter[int] = Counter()
    of_kind: Counter[str] = Counter()
    for (tenant_id, kind), number in trial.reckoned.items():
        at_place[tenant_id] += number
        of_kind[kind] += number
    return [
        (
            "Huyện",
            [
                TableRow(names[t], {"huyen": t}, at_place[t], by_place.get(t, Counter()))
                for t in names
                if t in at_place
            ],
        ),
        (
            "Loại hình",
            [
                TableRow(words.kind_name(k), {"loai": k}, of_kind[k], by_kind.get(k, Counter()))
                for k in sorted(of_kind, key=words.kind_order)
            ],
        ),
    ]


def _district(names: Mapping[int, str]) -> int | None:
    typed = request.args.get("huyen", "")
    return next((number for number in names if str(number) == typed), None)


@dataclass(frozen=True, slots=True)
class Listed:
    """The units behind a count of a trial, and the filters that chose them.

    `trial`: None where there are too many dossiers to try while somebody waits, or nothing to try.
    """

    asked: Asked
    names: Mapping[int, str]
    district: int | None
    kind: str
    before: str
    after: str
    trial: Trial | None
    lines: list[Line]

    def url(self, **more: Any) -> str:
        """Return the query of this list."""
        chosen = {"huyen": self.district, "loai": self.kind, "tu": self.before, "den": self.after}
        return self.asked.url(**{**chosen, **more})


def _listed() -> Listed:
    asked = found(_asked())
    names = {place.id: place.name for place in places()}
    district = _district(names)
    kind, before, after = (request.args.get(name, "") for name in ("loai", "tu", "den"))
    kind = kind if kind in words.DISTRICT_KINDS else ""
    before, after = (code if code in LEVELS else "" for code in (before, after))
    trial = None
    if asked.any and (district is not None or progress.beside() or appraised(asked.cycle.year) <= MOST):
        trial = try_out(asked.cycle, asked.change, tenant_id=district, kind=kind or None)
    lines = [
        line
        for line in (trial.lines if trial else ())
        if (not before or line.before == LEVELS[before]) and (not after or line.after == LEVELS[after])
    ]
    return Listed(asked, names, district, kind, before, after, trial, lines)


@blueprint.get("/bo-tieu-chi/thu-thay-doi/don-vi")
@may(Right.SEE_PROVINCE)
def trial_units() -> Any:
    """List the units whose level would change, of a district, a kind, a move."""
    listed = _listed()
    return render_template(
        "catalogue/trial_units.html",
        listed=listed,
        page=page_of(listed.lines, page_number(), 50),
        kinds=[(code, kind.name) for code, kind in words.DISTRICT_KINDS.items()],
        levels=[(code, level_word(level)) for code, level in LEVELS.items()],
        level_word=level_word,
    )


@blueprint.get("/bo-tieu-chi/thu-thay-doi/don-vi.<ext>")
@may(Right.SEE_PROVINCE)
@later("Đơn vị đổi kết quả nếu thay đổi bộ tiêu chí")
def trial_file(ext: str) -> Any:
    """Hand out the same list as XLSX, with the counts by district and by kind, or as CSV.

    More dossiers than can be tried while somebody waits are tried by a job.
    """
    listed = _listed()
    if listed.trial is None and listed.asked.any:
        raise TooLong(appraised(listed.asked.cycle.year))
    changes = "; ".join(f"{name}: {said}" for name, said in _changes(listed.asked))
    columns = (
        Column("TT", ColumnKind.CENTERED, 6),
        Column("Huyện", width=24),
        Column("Mã", width=12),
        Column("Đơn vị", width=40),
        Column("Loại hình", width=24),
        Column("Theo ngưỡng hiện hành", width=20),
        Column("Nếu thay đổi", width=20),
        Column("Do chỉ tiêu", width=50),
    )
    rows = [
        (
            str(place),
            listed.names.get(line.tenant_id, ""),
            line.code,
            line.name,
            words.kind_name(line.kind),
            level_word(line.before),
            level_word(line.after),
            "; ".join(line.because),
        )
        for place, line in enumerate(listed.lines, 1)
    ]
    sheet = Sheet(
        title=f"ĐƠN VỊ ĐỔI KẾT QUẢ NẾU THAY ĐỔI, NĂM ĐÁNH GIÁ {listed.asked.cycle.year}",
        columns=columns,
        rows=rows,
        note=f"Tính thử, không phải kết quả công nhận. Thay đổi: {changes}",
        **marks(),
    )
    counted = _count_sheets(listed, sheet.note) if listed.trial else {}
    name = f"thu-thay-doi-{listed.asked.cycle.year}"
    return book_of(ext, {"Đơn vị": sheet, **counted}, name, clock.now())


def _count_sheets(listed: Listed, note: str) -> dict[str, Sheet]:
    """Return the counts of the page as sheets: whatever the list leaves out, all that was reckoned."""
    assert listed.trial is not None
    moves = _moves(listed.trial.lines)
    number = partial(Column, kind=ColumnKind.INTEGER, width=16)
    return {
        f"Theo {what.lower()}": Sheet(
            title=f"SỐ ĐƠN VỊ ĐỔI KẾT QUẢ THEO {what.upper()}, NĂM ĐÁNH GIÁ {listed.asked.cycle.year}",
            columns=(
                Column(what, width=40),
                number("Hồ sơ đã thẩm định"),
                *(number(move_name(move)) for move in moves),
                number("Đổi kết quả"),
            ),
            rows=[
                (row.name, row.reckoned, *(row.moves[move] for move in moves), row.moves.total())
                for row in rows
            ],
            note=note,
            **marks(),
        )
        for what, rows in _tables(listed.trial, listed.names)
    }
