"""Loading many rows at once in the steward's scope: places, units, accounts, and whole dossiers.

Rows go through the same tables, constraints and rules as everybody's; only the steps between are left out.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from portal.catalogue.kept import catalogue_of
from portal.dossiers import rules
from portal.dossiers.models import Answer, Dossier, Headcount, TeamMember
from portal.units.models import Unit
from portal.words import ZONE, fold, sort_key
from tenants.database import db

from . import figures
from .registry import SINCE, UnitData

TEAM = (("Phó thủ trưởng đơn vị", "Lãnh đạo", "chair"), ("Chủ tịch Công đoàn đơn vị", "Công đoàn", "member"),
        ("Kế toán đơn vị", "Kế toán", "secretary"))  # fmt: skip


@dataclass(frozen=True)
class Registered:
    """A unit as it stands in the database."""

    tenant_id: int
    unit_id: int
    code: str
    data: UnitData

    def profile(self, counts: dict[str, int]) -> rules.Profile:
        """Return the unit as the rules see it."""
        return rules.Profile(self.data.kind, self.data.public, counts, ratio_only=self.data.sensitive)


@dataclass
class Draft:
    """A dossier about to be loaded: the unit's answers and what the rules say of them.

    `raises`: the unit holds level 1 and asks for level 2, which has its waiting time. `registered`: what the
    unit registered for and when.
    """

    unit: Registered
    year: int
    aim: int
    counts: dict[str, int]
    answers: dict[int, rules.Answer]
    assessment: rules.Assessment
    raises: bool = False
    id: int = 0
    registered: tuple[str, datetime] | None = None


@dataclass(frozen=True)
class Catalogue:
    """A catalogue version as the rules take it."""

    version_id: int
    indicators: tuple[rules.Indicator, ...]

    @classmethod
    def load(cls, version_id: int) -> Catalogue:
        """Read a version once for many dossiers."""
        return cls(version_id, catalogue_of(version_id).rules)


def insert_all(model: Any, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows in batches, each one statement: COPY is refused behind row policies."""
    table = model.__table__
    if not rows:
        return
    names = ", ".join({name: None for row in rows[:1] for name in row} | defaults_of(table, rows[0]))
    filled = [{**defaults_of(table, row), **row} for row in rows]
    statement = text(
        f"insert into {table.name} ({names})"  # noqa: S608  (names of our own columns)
        f" select {names} from jsonb_populate_recordset(null::{table.name}, cast(:rows as jsonb))"
    )
    for start in range(0, len(filled), 5000):
        batch = json.dumps(filled[start : start + 5000], default=str, ensure_ascii=False)
        db.session.execute(statement, {"rows": batch})


def defaults_of(table: Any, row: dict[str, Any]) -> dict[str, Any]:
    """Return the plain defaults of the columns that a row leaves out."""
    return {
        column.name: column.default.arg if isinstance(column.default, ScalarElementColumnDefault) else {}
        for column in table.columns
        if column.name not in row and column.default is not None and not column.identity
    }


def insert_with_ids(model: Any, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert rows and return their ids in the order given."""
    ids: list[int] = []
    for start in range(0, len(rows), 1000):
        statement = insert(model).returning(model.id, sort_by_parameter_order=True)
        ids += db.session.scalars(statement, list(rows[start : start + 1000]))
    return ids


def register_units(tenant_id: int, code_prefix: str, units: Iterable[UnitData]) -> list[Registered]:
    """Load the registry of a district."""
    data = list(units)
    rows = [
        {
            "tenant_id": tenant_id,
            "code": f"{code_prefix}-{number:03d}",
            "name": unit.name,
            "name_sort": sort_key(unit.name),
            "name_folded": fold(unit.name),
            "kind": unit.kind,
            "public": unit.public,
            "sensitive": unit.sensitive,
            "commune": unit.commune,
            "superior": unit.superior,
            "symbol": unit.symbol,
            "phone": f"0225 3{number:03d} {(number * 37) % 1000:03d}",
            "head_name": f"({unit.head_title} đơn vị)",
            "head_title": unit.head_title,
            "opened_on": SINCE,
        }
        for number, unit in enumerate(data, start=1)
    ]
    ids = insert_with_ids(Unit, rows)
    return [Registered(tenant_id, i, row["code"], unit) for i, row, unit in zip(ids, rows, data, strict=True)]


def draft(
    unit: Registered, year: int, catalogue: Catalogue, chance: random.Random, *, aim: int, filled: float = 1.0
) -> Draft:
    """Make up a dossier's content and judge it by the rules."""
    members = max(3, unit.data.members + chance.randint(-2, 2) * (2026 - year))
    counts = figures.headcounts(members, unit.data.learners, chance)
    if unit.data.sensitive:
        counts = {code: rules.RATIO_WHOLE if n else 0 for code, n in counts.items()}
    profile = unit.profile(counts)
    given = figures.answers(catalogue.indicators, profile, aim, chance, filled=filled)
    return Draft(unit, year, aim, counts, given, rules.assess(catalogue.indicators, profile, given))


def load_drafts(drafts: Sequence[Draft], catalogue: Catalogue, states: Sequence[dict[str, Any]]) -> None:
    """Load dossiers with answers, head-counts and team; `states` holds further columns of each dossier."""
    rows = [
        {
            "tenant_id": d.unit.tenant_id,
            "unit_id": d.unit.unit_id,
            "year": d.year,
            "version_id": catalogue.version_id,
            "self_level": d.assessment.level,
            "ratio_only": d.unit.data.sensitive,
            **more,
        }
        for d, more in zip(drafts, states, strict=True)
    ]
    columns = sorted({key for row in rows for key in row})
    defaults = {c: Dossier.__table__.c[c].default for c in columns}
    filled = [
        {c: row.get(c, default.arg if (default := defaults[c]) is not None else None) for c in columns}
        for row in rows
    ]
    for d, number in zip(drafts, insert_with_ids(Dossier, filled), strict=True):
        d.id = number
    insert_all(Headcount, [row for d in drafts for row in _headcounts(d, catalogue)])
    insert_all(Answer, [row for d in drafts for row in answer_rows(d, catalogue)])
    insert_all(TeamMember, [row for d in drafts for row in _team(d)])


def key_of(d: Draft) -> dict[str, int]:
    """Return the key columns of a dossier's rows."""
    return {"tenant_id": d.unit.tenant_id, "unit_id": d.unit.unit_id, "dossier_id": d.id}


def _headcounts(d: Draft, catalogue: Catalogue) -> list[dict[str, Any]]:
    bases = {indicator.base for indicator in catalogue.indicators}
    return [{**key_of(d), "code": c, "value": v} for c, v in d.counts.items() if c in bases]


def answer_rows(d: Draft, catalogue: Catalogue) -> list[dict[str, Any]]:
    """Return the answer rows of a dossier, one per indicator of its catalogue."""
    rows = []
    for indicator in catalogue.indicators:
        given = d.answers.get(indicator.id, rules.Answer())
        outcomes = d.assessment.finding(indicator.id).outcomes
        rows.append(
            {
                **key_of(d),
                "indicator_id": indicator.id,
                "yes": given.yes,
                "part": given.part,
                "grade": given.grade,
                "explanation": given.explanation,
                "met_1": outcomes[1].value,
                "met_2": outcomes[2].value,
                "changed_by": "Cán bộ đầu mối" if indicator.id in d.answers else "",
            }
        )
    return rows


def _team(d: Draft) -> list[dict[str, Any]]:
    return [{**key_of(d), "full_name": name, "title": title, "duty": duty} for name, title, duty in TEAM]


def team_decision(year: int, chance: random.Random) -> dict[str, Any]:
    """Return the number and date of a made-up decision that set up the team."""
    return {"team_number": f"{chance.randint(8, 96)}/QĐ", "team_date": date(year, 12, chance.randint(1, 20))}


def registration(draft: Draft, chance: random.Random) -> tuple[str, datetime] | None:
    """Return what a unit registered to build for and when; one in seven never did."""
    if chance.random() < 0.15:
        return None
    at = datetime(draft.year, 2, chance.randint(3, 27), chance.randint(8, 16), tzinfo=ZONE)
    return f"level_{draft.aim or 1}", at
