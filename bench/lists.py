"""A long list as a file, made as people get it: asked for, done by the worker in a process of its own, kept in the store."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator

import psycopg
from flask import current_app
from sqlalchemy import select

from portal import create_app
from portal.config import read
from portal.jobs.later import LATER
from portal.jobs.models import Job
from portal.jobs.operations import ask
from portal.jobs.working import Jobs
from tenants.database import db
from tenants.people import Account, Membership
from tenants.scope import Scope, ScopeKind, acting_in
from tenants.standing import standing_of

from .papers import peak_memory
from .province import Province
from .serving import ROOT, environment
from .table import Line, amount

LOGIN = "quantri.tinh"
DAYS = {"few": "01/03/2020", "part": "02/03/2020", "whole": "03/03/2020"}
"""Days on which nothing else was recorded, each with a list of another length."""
FEW = 600


def list_lines(province: Province, rows: int) -> Iterator[Line]:
    """Measure what a worker grows by while it makes a list of so many entries of the record, and of a quarter of them."""
    _record(province, {"few": FEW, "part": rows // 4, "whole": rows})
    for ending in ("xlsx", "csv"):
        part, _, _ = _made(province, "part", ending)
        whole, seconds, size = _made(province, "whole", ending)
        note = f"{rows // 4} dòng: {part:.0f} MB; lập trong {seconds:.0f} s, tệp {size / 1e6:.1f} MB"
        what = f"nhật ký {rows} dòng lập thành việc ({ending.upper()}): bộ nhớ thêm"
        yield amount("văn bản", what, whole, "MB", 40, note)


def _record(province: Province, lengths: dict[str, int]) -> None:
    """Have entries of the record on each of the days, as bulk rows (past the wall)."""
    with psycopg.connect(**province.superuser()) as connection:
        for name, length in lengths.items():
            connection.execute(
                "insert into trail_entry (tenant_id, unit_id, act, at, real_at, actor, role, sentence, detail, address,"
                " inner_act)"
                " select u.tenant_id, u.id, 'unit.edit', moment, moment, 'Chuyên viên ' || u.tenant_id, 'district_officer',"
                " 'đã sửa đơn vị ' || u.name || ', lần ' || n,"
                " jsonb_build_object('before', jsonb_build_object('name', u.name), 'after', n), '10.0.0.1', false"
                " from generate_series(0, %(length)s - 1) n"
                " cross join lateral (select to_timestamp(%(day)s || ' 09:00 +07', 'DD/MM/YYYY HH24:MI TZH')"
                "  + n * interval '10 ms') as at (moment)"
                " join (select row_number() over (order by tenant_id, id) - 1 as place, count(*) over () as many,"
                "  tenant_id, id, name from unit) u on u.place = n %% u.many",
                {"length": length, "day": DAYS[name]},
            )
    province.settle()


def _made(province: Province, length: str, ending: str) -> tuple[float, float, int]:
    """Return by how many MB a fresh worker grew, how many seconds it took, and the bytes of the file."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.lists", length, ending],
        cwd=ROOT,
        env={**os.environ, **environment(province.settings)},
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout)
    return told["memory"], told["seconds"], told["size"]


def make(length: str, ending: str) -> tuple[float, float, int]:
    """Ask for the list of a day and do it (in a process with a province's settings in its environment)."""
    app = create_app(read(os.environ))
    with app.app_context():
        _done("few", ending)
        before, began = peak_memory(), time.monotonic()
        size = _done(length, ending)
        return peak_memory() - before, time.monotonic() - began, size


def _done(length: str, ending: str) -> int:
    """Let the worker make one list; returns the bytes of the file."""
    held = select(Account.id, Membership.id).join(Membership, Membership.account_id == Account.id)
    with acting_in(Scope(ScopeKind.STEWARD)):
        account, membership = db.session.execute(held.where(Account.login == LOGIN)).one()
    with acting_in(Scope(ScopeKind.SIGNIN)):
        actor = standing_of(account, membership)
    assert actor is not None
    scope = actor.here.scope(account)
    day = DAYS[length]
    with acting_in(scope):
        job, _ = ask(actor, LATER, terms={"address": f"/nhat-ky/tai-ve.{ending}?tu={day}&den={day}"})
        number = job.id
    Jobs().run(current_app.extensions["settings"], lambda: False)
    with acting_in(scope):
        row = db.session.get_one(Job, (actor.here.tenant_id, number))
        assert row.state == "done", row.error
        return row.size


if __name__ == "__main__":
    memory, seconds, size = make(sys.argv[1], sys.argv[2])
    print(json.dumps({"memory": memory, "seconds": seconds, "size": size}))
