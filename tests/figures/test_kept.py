"""Figures kept ready are what counting gives, whatever happens; who comes late or second spoils nothing."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from portal.config import Settings
from portal.cycle.models import Cycle
from portal.figures import keeping, kept, queries
from portal.figures.models import FigureMark
from portal.figures.rules import ZERO
from tenants.database import db
from tenants.scope import acting_in
from tests.beds import made_once
from tests.builders import STEWARD, World
from tests.deciding import District
from tests.province.worlds import a_reporting_district, a_unit_in


@made_once
def _two_districts(world: World) -> list[District]:
    world.confirm_thresholds()
    first = a_reporting_district(world, "Huyện An Lão", "level_1", "refused")
    a_unit_in(world, first, "submitted", "preschool", public=False)
    second = District(world, "Huyện Kiến Thụy")
    a_unit_in(world, second, "accepted", "primary")
    a_unit_in(world, second, "draft", "primary")
    return [first, second]


@pytest.fixture
def districts(world: World) -> list[District]:
    """Two districts whose units stand in several states."""
    return _two_districts(world)


@pytest.fixture
def settings(world: World) -> Settings:
    """The program's settings."""
    found: Settings = world.app.extensions["settings"]
    return found


def work(settings: Settings) -> int:
    """Let the worker do one round."""
    return keeping.Keeping().run(settings, lambda: False)


def read(districts: list[District], year: int = 2026) -> tuple[kept.Totals, list[kept.ByKind]]:
    """What the province reads of a year."""
    places = [district.tenant_id for district in districts]
    with acting_in(keeping.READING):
        return kept.totals(year, places), [kept.by_kind(year, place) for place in places]


def assert_exact(districts: list[District], *, is_kept: bool = True) -> None:
    """What is read is what counting gives now, by district and by kind."""
    totals, kinds = read(districts)
    assert (totals.as_of is not None) == is_kept
    with acting_in(keeping.READING):
        counted, appraised = queries.counts(2026), queries.appraised(2026)
    for district, by_kind in zip(districts, kinds, strict=True):
        place = district.tenant_id
        assert totals.counts.get(place, ZERO) == queries.by_tenant(counted).get(place, ZERO)
        assert totals.appraised.get(place, 0) == sum(n for (t, _), n in appraised.items() if t == place)
        assert by_kind.counts == {key: value for key, value in counted.items() if key[0] == place}
        assert by_kind.appraised == {kind: n for (t, kind), n in appraised.items() if t == place}


# What may befall a row, each as one statement on a row drawn by chance.
BEFALLS: tuple[str, ...] = (
    "update unit set kind = 'lower_secondary' where id = {unit}",
    "update unit set public = not public where id = {unit}",
    "update unit set closed_on = case when closed_on is null then date '2026-06-30' end where id = {unit}",
    "update dossier set state = 'withdrawn' where id = {dossier} and state in ('draft', 'submitted')",
    "update dossier set late = not late where id = {dossier}",
    "update dossier set self_level = 3 - coalesce(self_level, 1) where id = {dossier}",
    "update dossier set state = 'accepted', accepted_at = now() where id = {dossier} and state = 'submitted'",
    "update dossier set state = 'draft' where id = {dossier} and state = 'submitted'",
    "update recognition set state = 'revoked', revoked_on = date '2027-02-15' where unit_id = {unit}",
    "update recognition set state = 'in_force', revoked_on = null where unit_id = {unit}",
    "update recognition set level = 3 - level where unit_id = {unit}",
    "insert into registration (tenant_id, unit_id, year, target, confirmed_at, confirmed_by, proposed_by, version) select tenant_id, id, 2026, 'level_1', now(), '', '', 1 from unit where id = {unit} on conflict do nothing",
    "update registration set target = 'keep' where unit_id = {unit}",
    "delete from registration where unit_id = {unit}",
)  # fmt: skip


def befall(chance: random.Random) -> None:
    """Let something happen to a unit or dossier drawn by chance; what the database refuses does not happen."""
    with acting_in(STEWARD):
        units = list(db.session.scalars(text("select id from unit order by id")))
        dossiers = list(db.session.scalars(text("select id from dossier order by id")))
        drawn = {"unit": chance.choice(units), "dossier": chance.choice(dossiers)}
        with suppress(IntegrityError), db.session.begin_nested():
            db.session.execute(text(chance.choice(BEFALLS).format(**drawn)))


def test_after_whatever_happened_the_kept_figures_are_the_counted_ones(
    districts: list[District], settings: Settings
) -> None:
    """Acts drawn by chance, then a round of the worker: kept and counted agree, and the nightly proof says so."""
    assert_exact(districts, is_kept=False)
    assert work(settings) == len(districts)
    assert_exact(districts)
    chance = random.Random(27)
    for _ in range(12):
        for _ in range(chance.randint(1, 5)):
            befall(chance)
        work(settings)
        assert_exact(districts)
    assert keeping.differences() == []
    assert work(settings) == 0


def test_a_draft_leaves_no_mark_and_a_filed_dossier_one(
    districts: list[District], settings: Settings
) -> None:
    """Saving answers of a draft costs the figures nothing; signing and filing are counted."""
    work(settings)
    world, place = districts[1].world, districts[1].tenant_id
    unit = world.a_unit(place, "Trường Tiểu học Tân Dương")
    work(settings)
    number = world.a_dossier(place, unit, "filled")
    assert _marks() == []
    with acting_in(STEWARD):
        db.session.execute(
            text("update dossier set state = 'closed_unreached' where id = :number"), {"number": number}
        )
    assert _marks() == [(place, 2026)]


def _marks() -> list[tuple[int, int]]:
    with acting_in(STEWARD):
        rows = db.session.execute(select(FigureMark.tenant_id, FigureMark.year).order_by(FigureMark.id))
        return [(tenant, year) for tenant, year in rows]


def test_a_change_during_the_count_is_counted_the_next_time(
    districts: list[District], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What commits while a worker counts leaves a mark that this worker does not take away."""
    place = districts[0].tenant_id
    counting: Callable[..., Any] = keeping._counted

    def counted_too_early(tenant_id: int, since: int) -> Any:
        rows = counting(tenant_id, since)
        if tenant_id == place and not meanwhile:
            meanwhile.append(districts[0].world.a_unit(place, "Trường Tiểu học mở giữa chừng"))
        return rows

    meanwhile: list[int] = []
    monkeypatch.setattr(keeping, "_counted", counted_too_early)
    work(settings)
    assert _marks() == [(place, 0)]
    work(settings)
    assert_exact(districts)


def test_the_slower_of_two_workers_writes_nothing(
    districts: list[District], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker whose marks another one has counted meanwhile keeps its older figures to itself."""
    place = districts[0].tenant_id
    work(settings)
    districts[0].world.a_unit(place, "Trường thứ nhất")
    counting: Callable[..., Any] = keeping._counted

    def overtaken(tenant_id: int, since: int) -> Any:
        rows = counting(tenant_id, since)
        monkeypatch.setattr(keeping, "_counted", counting)
        districts[0].world.a_unit(place, "Trường thứ hai")
        assert keeping.count_anew(place)
        return rows

    monkeypatch.setattr(keeping, "_counted", overtaken)
    assert not keeping.count_anew(place)
    assert _marks() == []
    assert_exact(districts)


def test_other_days_other_dates_and_a_worker_that_rests(
    districts: list[District], settings: Settings
) -> None:
    """Kept figures are not shown for another day or calendar, nor while changes wait too long; then pages count."""
    world = districts[0].world
    work(settings)
    with acting_in(STEWARD):
        db.session.execute(update(Cycle).values(decide_before=Cycle.decide_before - timedelta(days=1)))
    assert_exact(districts, is_kept=False)
    work(settings)
    assert_exact(districts)
    world.set_clock(2026, 12, 20, 9, 0)
    assert_exact(districts, is_kept=False)
    work(settings)
    assert_exact(districts)
    with acting_in(STEWARD):
        db.session.execute(
            text(
                "insert into figure_mark (tenant_id, year, at) values (:place, 2026, now() - interval '3 min')"
            ),
            {"place": districts[1].tenant_id},
        )
    assert_exact(districts, is_kept=False)


def test_the_nightly_proof_finds_and_mends_what_is_wrong(
    districts: list[District], settings: Settings
) -> None:
    """A kept figure that nobody marked and that counting does not give is named, and counted anew."""
    work(settings)
    place = districts[0].tenant_id
    with acting_in(STEWARD):
        spoil = (
            "update figure_summary set total = jsonb_set(total, '{units}', '999') where tenant_id = :place"
        )
        db.session.execute(text(spoil), {"place": place})
    assert [str(one) for one in keeping.differences()] == [
        "số tổng hợp giữ sẵn của Huyện An Lão, năm 2026 khác với số đếm lại"
    ]
    assert keeping.prove() == 1
    work(settings)
    assert_exact(districts)
