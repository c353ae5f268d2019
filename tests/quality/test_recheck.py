"""The random re-check: a draw anybody can repeat, a sheet, the district's answer, and a rate with its interval."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from portal.cycle.models import Cycle
from portal.quality import rechecking
from portal.quality.models import Recheck, RecheckDraw
from portal.quality.sampling import Entry, Sampled, interval, sample
from portal.recognition.models import Recognition
from tenants.database import db
from tenants.refusal import Conflict, Refused
from tests.builders import World
from tests.forms import send
from tests.quality.test_quality import Ground, ground

LIST = "/tinh/kiem-tra-lai?nam=2026"
ENTRIES = [
    Entry(tenant, kind, level, f"{kind[0]}{number}")
    for tenant in (1, 2)
    for kind in ("preschool", "primary")
    for level in (1, 2)
    for number in range(25)
]


def test_a_draw_is_repeatable_and_takes_every_stratum_by_its_part() -> None:
    """The same seed gives the same; 20 % of 25 in each of eight strata are five each, whatever the seed."""
    for seed in ("a", "b", "ff00"):
        drawn = sample(seed, reversed(ENTRIES), 20)
        assert drawn == sample(seed, ENTRIES, 20)
        assert len(set(drawn)) == 40
        for tenant, kind, level in {(e.tenant_id, e.kind, e.level) for e in ENTRIES}:
            assert sum((e.tenant_id, e.kind, e.level) == (tenant, kind, level) for e in drawn) == 5
    assert sample("a", ENTRIES, 20) != sample("b", ENTRIES, 20)
    assert len(sample("a", ENTRIES[:3], 1)) == 1
    assert set(sample("a", ENTRIES, 100)) == set(ENTRIES)


def test_wilson() -> None:
    """Known intervals: 0 of 10 up to 28 %, 5 of 10 from 23 to 77 %, 10 of 10 from 72 %."""
    assert interval(0, 0) is None
    assert interval(0, 10) == (0, 28)
    assert interval(5, 10) == (23, 77)
    assert interval(10, 10) == (72, 100)
    assert Sampled(10, 5).text == "5/10 hồ sơ có chỉ tiêu chưa đồng ý (khoảng tin cậy 95 %: 23–77 %)"


def drawn(here: Ground, share: int = 100) -> list[int]:
    """Draw; returns the sheets, An Lão's first."""
    with here.world.acting(here.officer) as actor:
        rechecking.draw(actor, db.session.get_one(Cycle, (2026, "district")), share)
    with here.world.acting(here.officer, writes=False):
        return list(db.session.scalars(select(Recheck.id).order_by(Recheck.tenant_id, Recheck.id)))


def test_drawn_once_from_what_is_recognised(world: World) -> None:
    """Four of the five decided are recognised; a second draw is refused; the kept pool gives the same again."""
    here = ground(world)
    with world.acting(here.viewer) as actor, pytest.raises(Refused):
        rechecking.draw(actor, db.session.get_one(Cycle, (2026, "district")), 10)
    assert len(drawn(here, 50)) == 2
    with world.acting(here.officer) as actor, pytest.raises(Conflict, match="chỉ bốc một lần"):
        rechecking.draw(actor, db.session.get_one(Cycle, (2026, "district")), 50)
    with world.acting(here.officer, writes=False):
        row = db.session.scalars(select(RecheckDraw)).one()
        assert len(row.pool) == 4
        again = sample(row.seed, (Entry(*one) for one in row.pool), row.share)
        assert {e.tenant_id for e in again} == set(db.session.scalars(select(Recheck.tenant_id)))
    with world.acting(here.here.officer, writes=False):
        assert db.session.scalars(select(Recheck)).all() == [], "nothing is sent yet"


def test_sheet_feedback_answer(world: World, client: Any) -> None:
    """Filled in, sent once, told to its own district alone, answered once; recognitions stay as they are."""
    here = ground(world)
    world.sign_in(client, here.officer)
    assert send(client, LIST, {"share": "abc"}).status_code == 422
    assert send(client, LIST, {"share": "100 %"}).status_code == 303
    with world.acting(here.officer, writes=False):
        held = list(db.session.execute(select(Recognition.id, Recognition.level, Recognition.state)))
        number = db.session.scalars(
            select(Recheck.id).where(Recheck.tenant_id == here.here.tenant_id).order_by(Recheck.id)
        ).first()
    to = f"/tinh/kiem-tra-lai/{number}"
    page = client.get(to).get_data(as_text=True)
    indicators = [part.split('"')[0] for part in page.split('name="result-')[1:]]
    assert len(indicators) > 5
    typed = {f"result-{one}": "agree" for one in indicators} | {
        "version": "1",
        "act": "send",
        "note": "Nên ghi rõ.",
    }
    missing = {**typed, f"result-{indicators[0]}": ""}
    answer = send(client, to, missing)
    assert answer.status_code == 422
    assert "Chưa xem hết chỉ tiêu" in answer.get_data(as_text=True)
    unreasoned = {**typed, f"result-{indicators[0]}": "unproven"}
    answer = send(client, to, unreasoned)
    assert "xin ghi lý do chưa đồng ý" in answer.get_data(as_text=True)
    assert "Nên ghi rõ." in answer.get_data(as_text=True)
    assert send(client, to, {**typed, "version": "x"}).status_code == 422
    assert send(client, to, {**missing, "act": "save"}).status_code == 303
    assert send(client, to, {**typed, "act": "save"}).status_code == 409
    said = {**unreasoned, f"reason-{indicators[0]}": "Quyết định ký sau 31/12.", "version": "2"}
    assert send(client, to, said).status_code == 303
    shown = client.get(LIST).get_data(as_text=True)
    assert "1/1 hồ sơ có chỉ tiêu chưa đồng ý" in shown
    assert "primary" in client.get(LIST + "&mau=1").get_data(as_text=True)
    with world.acting(here.officer), pytest.raises(DBAPIError, match="not changed"):
        db.session.execute(text(f"update recheck set note = 'khác' where id = {number}"))
    world.sign_in(client, here.there.officer)
    assert "Quyết định ký sau" not in client.get("/huyen/kiem-tra-lai").get_data(as_text=True)
    world.sign_in(client, here.here.officer)
    own, to = "/huyen/kiem-tra-lai", f"/huyen/kiem-tra-lai/{number}"
    assert "Quyết định ký sau 31/12." in client.get(own).get_data(as_text=True)
    assert send(client, to, {"answer": " "}, page=own).status_code == 422
    assert send(client, to, {"answer": "Huyện sẽ nhắc đơn vị."}, page=own).status_code == 303
    assert send(client, to, {"answer": "Lần nữa."}, page=own).status_code == 409
    assert "Huyện sẽ nhắc đơn vị." in client.get(own).get_data(as_text=True)
    with world.acting(here.officer, writes=False):
        now = list(db.session.execute(select(Recognition.id, Recognition.level, Recognition.state)))
        assert now == held
