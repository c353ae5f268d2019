"""The wall against an explicit WHERE: the statements that pages really send, once behind the policies, once without.

Each statement of a page is caught with its values. It runs in the page's own scope, and as a superuser, for whom
there are no policies, with the same conditions and the tenant (and unit) written out where the page left that to
the wall. Only statements that give the same rows both ways are compared: others would not be the same question.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import event

from portal.figures import queries as figures
from tenants.database import db
from tenants.scope import Scope, ScopeKind, acting_in

from .measure import Watch, take_turns
from .pages import Readers, counting_live
from .province import Province
from .sizes import LAST_YEAR
from .table import Line, ratio

# The questions of a page in plain SQL: in the place of {d}, {a} and {u} the explicit side names the tenant (and unit).
_LIST = (
    "select d.id, u.name from dossier d join unit u on u.tenant_id = d.tenant_id and u.id = d.unit_id"
    " where {d} and {u} and d.year = {year} and d.state = 'submitted' order by u.name_sort, d.id limit 25"
)
_SHEET = (
    "select a.* from dossier d join answer a on a.tenant_id = d.tenant_id and a.dossier_id = d.id"
    " where {d} and {a} and d.id = {dossier} order by a.indicator_id"
)
_REACHED = (
    "select a.indicator_id, count(*) filter (where a.met_1 = 'met') from dossier d join answer a"
    " on a.tenant_id = d.tenant_id and a.dossier_id = d.id where {d} and {a} and d.year = {year} group by 1"
)
_STATES = "select tenant_id, state, decided_level, count(*) from dossier d where {d} and year = {year} group by 1, 2, 3"
BY_HAND = (
    ("danh sách huyện: lọc, xếp, trang", "district", _LIST),
    ("hồ sơ với các chỉ tiêu", "unit", _SHEET),
    ("huyện: đạt theo chỉ tiêu, một năm", "district", _REACHED),
    ("tỉnh: theo huyện, mức độ, trạng thái", "province", _STATES),
)

# Seconds from which on a statement is called once a turn, not several times.
LONG = 0.1


@dataclass(frozen=True)
class Sent:
    """A statement as a page sent it."""

    text: str
    values: Any


def wall_lines(province: Province, rounds: int, calls: int) -> Iterator[Line]:
    """Measure statements behind the wall and without it."""
    readers = Readers(province)
    scopes = {
        "unit": Scope(ScopeKind.UNIT, readers.tenant, readers.unit),
        "district": Scope(ScopeKind.DISTRICT, readers.tenant),
        "province": Scope(ScopeKind.PROVINCE),
    }
    bench = _Both(province, rounds, calls)
    for what, who, text in BY_HAND:
        explicit = dict.fromkeys("dau", "true")
        if who != "province":
            own = f" and {{}}.unit_id = {readers.unit}" if who == "unit" else ""
            explicit = {name: f"{name}.tenant_id = {readers.tenant}{own.format(name)}" for name in "dau"}
        values = {"year": LAST_YEAR, "dossier": readers.dossier}
        ours = Sent(text.format(**values, **dict.fromkeys("dau", "true")), None)
        yield bench.line(what, scopes[who], ours, text.format(**values, **explicit))
    for what, who, sent in _of_pages(province, readers):
        yield bench.page(what, scopes[who], sent)
    bench.close()


class _Both:
    """Two connections, one behind the wall and one without."""

    def __init__(self, province: Province, rounds: int, calls: int) -> None:
        urls = province.settings.urls()
        self._inside = {
            ScopeKind.UNIT: psycopg.connect(urls.web),
            ScopeKind.DISTRICT: psycopg.connect(urls.web),
            ScopeKind.PROVINCE: psycopg.connect(urls.oversight),
        }
        self._outside = psycopg.connect(**province.superuser())
        self._watch = Watch(province.superuser())
        self._rounds, self._calls = rounds, calls

    def close(self) -> None:
        for connection in (*self._inside.values(), self._outside):
            connection.close()
        self._watch.close()

    def _asking(self, connection: psycopg.Connection[Any], text: str, values: Any) -> Callable[[], list[Any]]:
        return lambda: connection.execute(text.encode(), values).fetchall()

    def _costs(self, scope: Scope, ours: Sent, explicit: str) -> tuple[float, float] | None:
        inside = self._inside[scope.kind]
        inside.rollback()
        inside.execute(scope.statements().encode())
        ask = self._asking(inside, ours.text, ours.values)
        floor = self._asking(self._outside, explicit, ours.values)
        if sorted(map(repr, ask())) != sorted(map(repr, floor())):
            return None
        began = time.perf_counter()
        ask()
        slow = time.perf_counter() - began > LONG
        for _ in range(0 if slow else 6):  # until the driver has prepared both
            ask()
            floor()
        calls = 1 if slow else self._calls
        costs = take_turns({"ours": ask, "floor": floor}, rounds=self._rounds, calls=calls, watch=self._watch)
        return costs["ours"].cpu, costs["floor"].cpu

    def line(self, what: str, scope: Scope, ours: Sent, explicit: str) -> Line:
        """Compare one question; raises where the answers differ."""
        costs = self._costs(scope, ours, explicit)
        if costs is None:
            raise RuntimeError(f"{what}: the wall answers another question")
        return ratio("tường / WHERE viết tay", what, *costs, 1.2)

    def page(self, what: str, scope: Scope, sent: list[Sent]) -> Line:
        """Compare all statements of a page together."""
        found = [costs for one in sent if (costs := self._costs(scope, one, one.text)) is not None]
        ours, floor = (sum(costs[side] for costs in found) for side in (0, 1))
        note = f"{len(found)}/{len(sent)} câu lệnh SELECT của trang"
        return ratio("tường / WHERE viết tay", what, ours, floor, 1.2, note)


def _of_pages(province: Province, readers: Readers) -> Iterator[tuple[str, str, list[Sent]]]:
    pages = readers.pages()
    yield "trang: mẫu của đơn vị", "unit", _caught(province, "unit", pages["form"])
    yield "trang: danh sách của huyện", "district", _caught(province, "district", pages["list"])
    yield (
        "trang: đơn vị của một huyện (Sở)",
        "province",
        _caught(province, "province", pages["units of a district"]),
    )
    tenant = readers.tenant

    def counts() -> None:
        with province.app.app_context(), acting_in(Scope(ScopeKind.DISTRICT, tenant, writes=False)):
            figures.counts(LAST_YEAR, tenant_id=tenant)

    yield "Biểu 01 của một huyện", "district", _caught(province, "district", counts)
    with counting_live(province):
        caught = _caught(province, "province", pages["overview"])
    yield "toàn tỉnh, đếm ngay", "province", caught


def _caught(province: Province, who: str, act: Callable[[], object]) -> list[Sent]:
    """Return the reading statements that an act sends in its scope."""
    found: list[Sent] = []

    def note(connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        driver = connection.connection.driver_connection
        role = driver.execute("select current_user").fetchone()[0]
        if role == f"portal_{who}" and statement.lstrip().lower().startswith(("select", "with")):
            found.append(Sent(statement, parameters))

    with province.app.app_context():
        engines = list(db.engines.values())
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)
    return [one for one in found if "for update" not in one.text.lower()]
