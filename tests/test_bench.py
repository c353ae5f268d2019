"""The benchmark runs: a tiny province satisfies the wall and the rules, and every row of its table can be measured.

Nothing here looks at how long anything took.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import psycopg
import pytest
from werkzeug.serving import make_server

from bench import growth, pages, wall
from bench.evening import Pace, evening, lines_of
from bench.papers import annex_lines, make, paper_lines
from bench.province import Province, fill
from bench.sizes import SIZES
from bench.table import Line, as_csv, as_text
from portal.figures.keeping import differences
from portal.migrate import defects
from tenants.access import GuardedFlask
from tests.beds import Bed, lying_in
from tests.conftest import settings_for

TINY = SIZES["tiny"]


class TinyProvince(Province):
    """A tiny province in a database of the tests."""

    def __init__(self, program: GuardedFlask, bed: Bed, folder: Path) -> None:
        self.app, self.size, self.say, self.folder = program, TINY, lambda _: None, folder
        self.server, self.database = bed.server, bed.name
        self.settings = settings_for(bed.server, bed.name, folder)
        self.filler = fill(program, self.settings.admin_url(), TINY, self.say)


@pytest.fixture(scope="module")
def province(
    server: object, program: GuardedFlask, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TinyProvince]:
    """A province of three districts, filled as a big one is."""
    with lying_in(server, program) as bed:
        yield TinyProvince(program, bed, tmp_path_factory.mktemp("bench"))


def names(lines: Iterator[Line]) -> list[str]:
    """Measure, and return what was measured."""
    found = list(lines)
    assert all(line.value is not None for line in found if "WeasyPrint" not in line.what)
    assert as_text(found).count("\n") == len(found) + 1
    assert len(as_csv(found).splitlines()) == len(found) + 1
    return [line.what for line in found]


def test_the_copied_rows_are_whole_and_behind_the_wall(province: TinyProvince) -> None:
    """Every unit has one dossier a year with every answer; what is decided has its line; the wall stands."""
    with psycopg.connect(**province.superuser()) as connection:
        count = {
            table: connection.execute(f"select count(*) from {table}").fetchone()[0]  # type: ignore[index]
            for table in ("unit", "dossier", "answer")
        }
        bare = connection.execute(
            "select count(*) from dossier d where d.state = 'decided' and not exists (select from decision_line l"
            " where l.tenant_id = d.tenant_id and l.dossier_id = d.id and l.outcome = d.decided_level)"
        ).fetchone()
        states = {
            row[0] for row in connection.execute("select distinct state from dossier where year = 2026")
        }
    assert count["unit"] == TINY.units
    assert count["dossier"] == TINY.dossiers
    assert count["answer"] == TINY.dossiers * 17
    assert bare == (0,)
    assert {"draft", "submitted"} <= states
    assert defects(province.settings.admin_url()) == []


def test_pages_and_wall_are_measured(province: TinyProvince) -> None:
    """The rows of the wall, the pages, the upkeep and the growth come out, and the kept figures stay exact."""
    assert len(names(wall.wall_lines(province, 1, 1))) == 9
    assert len(names(pages.page_lines(province, 1, 1))) == 10
    assert len(names(growth.growth_lines(province, [2], 1, 1))) == 2
    pages.keep_figures(province)
    assert differences() == []


def test_papers_are_measured(province: TinyProvince) -> None:
    """The papers of a real dossier and an annex are made in every way that is installed."""
    assert len(names(paper_lines(province, 1))) == 2
    assert len(names(annex_lines(1, (5, 10)))) == 3
    assert make("xlsx", 20)[:2] == b"PK"
    assert make("annex", 20)[:4] == b"%PDF"


def test_an_evening_loses_and_doubles_nothing(province: TinyProvince) -> None:
    """Units sign in, answer, meet, sign and file over HTTP; the database holds exactly that."""
    served = make_server("127.0.0.1", 0, province.app, threaded=True)
    Thread(target=served.serve_forever, daemon=True).start()
    pace = Pace(users=2, at_once=2)
    try:
        tally, rows = evening(province, f"http://127.0.0.1:{served.server_port}", pace)
    finally:
        served.shutdown()
    assert tally.errors == []
    assert len(tally.filed) == 2
    lost, doubled, errors, *_ = lines_of(tally, rows, 1.0, pace)
    assert (lost.value, doubled.value, errors.value) == (0, 0, 0)


def test_an_evening_of_an_hour_is_paced() -> None:
    """10,000 units within an hour, 200 at once: each stays 72 seconds, one comes every 0.36 seconds."""
    hour = Pace(users=10_000, at_once=200, within=3600)
    assert (hour.comes(0), hour.comes(10_000), hour.pause(24) * 24) == (0, 3600, 72)
