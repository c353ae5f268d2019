"""Pages against a bare Flask route: what a request costs in this process and in its database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from flask import Flask
from sqlalchemy import event
from werkzeug.test import EnvironBuilder

from portal.figures import keeping
from tenants.database import db

from .measure import Cost, Watch, take_turns
from .people import head_of, officer_of
from .province import Province
from .sizes import LAST_YEAR
from .table import Line, amount, ratio
from .visitor import Visitor, request

OVERSIGHT = "portal_oversight"
TRIGGERS = ("dossier", "registration", "recognition", "unit", "further_decision", "visit")


def bare_route() -> Callable[[], object]:
    """Return a function that asks a Flask program of one route that answers "ok"."""
    app = Flask("bare")
    app.add_url_rule("/", "ok", lambda: "ok")
    environ = EnvironBuilder(path="/").get_environ()
    return lambda: request(app, environ)


def keep_figures(province: Province) -> None:
    """Let the worker count everything that is marked, and the server clear the marks away as autovacuum does."""
    with province.app.app_context():
        while keeping.Keeping().run(province.settings, lambda: False):
            pass
    with psycopg.connect(**province.superuser(), autocommit=True) as connection:
        connection.execute("vacuum analyze figure_mark")


class Readers:
    """Persons and addresses to measure with, chosen from the middle of what there is."""

    def __init__(self, province: Province) -> None:
        with psycopg.connect(**province.superuser()) as connection:
            self.tenant, code = _one(
                connection,
                "select t.id, t.code from tenant t join unit u on u.tenant_id = t.id group by 1, 2"
                " order by count(*) offset (select count(distinct tenant_id) / 2 from unit) limit 1",
            )
            self.unit, unit_code, self.dossier = _one(
                connection,
                "select d.unit_id, u.code, d.id from dossier d join unit u on u.tenant_id = d.tenant_id"
                " and u.id = d.unit_id where d.year = %s and d.state = 'draft' and d.tenant_id = %s"
                " order by d.id limit 1",
                LAST_YEAR,
                self.tenant,
            )
            self.answers = connection.execute(
                "select indicator_id, yes, part, grade, version from answer where tenant_id = %s"
                " and dossier_id = %s and (yes is not null or part is not null or grade is not null)"
                " order by indicator_id",
                (self.tenant, self.dossier),
            ).fetchall()
        self.province = Visitor(province.app, "chuyenvien.so")
        self.officer = Visitor(province.app, officer_of(code))
        self.head = Visitor(province.app, head_of(unit_code))

    def pages(self) -> dict[str, Callable[[], str]]:
        """Return the pages by name."""
        year, tenant = LAST_YEAR, self.tenant
        return {
            "frame": self.officer.reads("/tai-khoan"),
            "overview": self.province.reads(f"/tinh?nam={year}"),
            "district": self.province.reads(f"/tinh/huyen/{tenant}?nam={year}"),
            "units of a district": self.province.reads(f"/tinh/huyen/{tenant}/tat-ca?nam={year}"),
            "units of the province": self.province.reads(f"/tinh/don-vi?nam={year}&q=mam+non"),
            "form": self.head.reads(f"/ho-so/{self.dossier}"),
            "list": self.officer.reads(f"/huyen/ho-so?nam={year}&state=submitted&sort=name&trang=2"),
        }

    def saving(self) -> Callable[[], str]:
        """Return a function that saves one answer, each time with another explanation."""
        indicator, yes, part, grade, version = self.answers[0]
        write = self.head.writes(f"/ho-so/{self.dossier}/chi-tieu/{indicator}", on=f"/ho-so/{self.dossier}")
        value = typed(yes, part, grade)
        count = iter(range(version, version + 1_000_000))

        def save() -> str:
            number = next(count)
            told: str = write(
                {
                    "version": str(number),
                    "value": value,
                    "explanation": f"Hồ sơ lưu tại đơn vị, lần {number}.",
                }
            )
            return told

        return save


def typed(yes: bool | None, part: int | None, grade: int | None, *, ratio_only: bool = False) -> str:
    """Return an answer as its input holds it; `ratio_only`: of a unit that writes percents."""
    if yes is not None:
        return "co" if yes else "khong"
    if part is not None and ratio_only:
        return f"{part / 100:.2f}".replace(".", ",")
    return str(part if part is not None else grade)


def page_lines(province: Province, rounds: int, calls: int) -> Iterator[Line]:
    """Measure the pages and the saving of one answer."""
    readers, watch = Readers(province), Watch(province.superuser())
    keep_figures(province)
    pages, save = readers.pages(), readers.saving()
    costs = take_turns({"bare": bare_route(), **pages, "save": save}, rounds=rounds, calls=calls, watch=watch)
    bare = costs["bare"]
    told = (
        ("frame", "trang gần như trống: phiên, khung trang", None),
        ("overview", "toàn tỉnh, số tạm tính", 15.0),
        ("district", "một huyện theo loại hình", None),
        ("units of a district", "đơn vị của một huyện", None),
        ("units of the province", "tìm đơn vị toàn tỉnh", None),
        ("form", "mẫu của đơn vị", 15.0),
        ("list", "danh sách của huyện: lọc, xếp, trang", 15.0),
        ("save", "lưu một chỉ tiêu", 12.0),
    )
    for name, what, goal in told:
        cost = costs[name]
        act = save if name == "save" else pages[name]
        sent, told_bytes = statements(province, act), len(act().encode())
        note = (
            f"tiến trình {cost.own * 1000:.1f} ms + máy chủ dữ liệu {cost.database * 1000:.1f} ms;"
            f" {sent} câu lệnh SQL, {told_bytes / 1000:.0f} kB"
        )
        yield ratio("trang / route trống", what, cost.cpu, bare.cpu, goal, note)
    own = Watch(province.superuser(), OVERSIGHT)
    sql = take_turns({"overview": pages["overview"]}, rounds=rounds, calls=calls, watch=own)["overview"]
    own.close()
    note = "mọi câu lệnh của trang bằng tài khoản của Sở; không kể tra phiên đăng nhập"
    yield amount("tổng hợp tỉnh", "SQL của trang toàn tỉnh (CPU)", sql.database * 1000, "ms", 5.0, note)
    yield _upkeep(province, save, watch, rounds, calls)
    watch.close()


def statements(province: Province, act: Callable[[], object]) -> int:
    """Return how many SQL statements an act sends."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    with province.app.app_context():
        engines = list(db.engines.values())
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    act()
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)
    return len(sent)


def _upkeep(province: Province, save: Callable[[], str], watch: Watch, rounds: int, calls: int) -> Line:
    def without() -> None:
        _switch(province, "disable")

    def with_marks() -> None:
        _switch(province, "enable")

    costs = take_turns(
        {"with": save, "without": save},
        rounds=rounds,
        calls=calls,
        watch=watch,
        before={"with": with_marks, "without": without},
    )
    with_marks()
    return ratio(
        "tổng hợp tỉnh",
        "lưu một chỉ tiêu: có / không đánh dấu số liệu",
        costs["with"].cpu,
        costs["without"].cpu,
        1.15,
    )


def _switch(province: Province, verb: str) -> None:
    with psycopg.connect(**province.superuser()) as connection:
        for table in TRIGGERS:
            connection.execute(f"alter table {table} {verb} trigger {table}_marks_figures")


@contextmanager
def counting_live(province: Province) -> Iterator[None]:
    """Let pages count for themselves inside the block: nothing is kept."""
    with psycopg.connect(**province.superuser()) as connection:
        connection.execute("update figure_summary set cut_off = cut_off - 1")
    try:
        yield
    finally:
        with psycopg.connect(**province.superuser()) as connection:
            connection.execute("update figure_summary set cut_off = cut_off + 1")


def overview_costs(province: Province, rounds: int, calls: int) -> dict[str, Cost]:
    """Return what the overview costs from kept figures and counted live, and the bare route, in turns."""
    watch = Watch(province.superuser())
    keep_figures(province)
    reader = Visitor(province.app, "chuyenvien.so").reads(f"/tinh?nam={LAST_YEAR}")
    costs = take_turns({"bare": bare_route(), "kept": reader}, rounds=rounds, calls=calls, watch=watch)
    with counting_live(province):
        costs |= take_turns({"live": reader}, rounds=2, calls=1, watch=watch)
    watch.close()
    return costs


def _one(connection: psycopg.Connection[Any], statement: str, *values: object) -> Any:
    row = connection.execute(statement.encode(), values).fetchone()
    if row is None:
        raise RuntimeError("the province is too small to measure with")
    return row
