"""The demonstration is built by its command on a fresh data folder, once, in every state, and stands behind the wall."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from portal.config import read
from portal.dossiers.models import State
from tests.servers import open_folder

ROOT = Path(__file__).parents[2]
NOT_BEFORE_THE_DEADLINE = {State.REFUSED_LATE}


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """A data folder with the demonstration of one district."""
    folder = open_folder()
    told(folder, "init")
    told(folder, "demo", "--only", "anlao")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def told(folder: Path, *words: str) -> str:
    """Run a flask command on a data folder and return what it printed."""
    done = subprocess.run(
        (sys.executable, "-m", "flask", "--app", "wsgi", *words),
        cwd=ROOT,
        env={**os.environ, "PORTAL_DATA": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_open_year_stands_in_every_state(data: Path) -> None:
    """2026 has dossiers in every state that is possible before the deadline; earlier years are decided and received."""
    settings = read({"PORTAL_DATA": str(data)})
    server = settings.start_server()
    assert server is not None
    try:
        with psycopg.connect(**server.superuser("portal")) as connection:
            states = {
                row[0] for row in connection.execute("select distinct state from dossier where year = 2026")
            }
            answers = connection.execute(
                "select count(*) from report_answer where verdict = 'accepted'"
            ).fetchone()
            unlike = connection.execute(
                "select count(*) from dossier d where d.state = 'decided' and not exists (select from decision_line l"
                " where l.tenant_id = d.tenant_id and l.dossier_id = d.id and l.outcome = d.decided_level)"
            ).fetchone()
            kinds = {row[0] for row in connection.execute("select distinct kind from evidence")}
            over_years = connection.execute(
                "select count(*) from (select l.evidence_id from evidence_link l join dossier d"
                " on d.tenant_id = l.tenant_id and d.id = l.dossier_id group by 1 having count(distinct d.year) > 1) used"
            ).fetchone()
            further = connection.execute(
                "select f.state, r.state from further_decision f join recognition r on r.tenant_id = f.tenant_id"
                " and r.dossier_id = f.dossier_id order by 1"
            ).fetchall()
    finally:
        server.stop()
    assert further == [("hearing", "in_force"), ("issued", "revoked")]
    assert {"plan", "regulation", "funding", "photo", "certificate"} <= kinds
    assert over_years
    assert over_years[0] > 0
    assert states == {state.value for state in State if state not in NOT_BEFORE_THE_DEADLINE}
    assert answers == (2,)
    assert unlike == (0,)


def test_a_second_run_changes_nothing_and_the_wall_stands(data: Path) -> None:
    """The command says that the data is there; the accounts are tab-separated, one role after another."""
    assert "đã có" in told(data, "demo")
    assert "đúng như khai báo" in told(data, "check")
    rows = [line.split("\t") for line in told(data, "demo", "--accounts").splitlines()]
    assert all(len(row) == 4 for row in rows)
    assert {"Quản trị tỉnh", "Chuyên viên Phòng GDĐT", "Thủ trưởng đơn vị", "Cán bộ đầu mối"} <= {
        r[0] for r in rows
    }
