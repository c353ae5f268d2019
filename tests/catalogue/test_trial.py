"""The trial of a change: whom it would move, by the same rules as the desk, and nothing written."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from portal.catalogue.ruling import as_rules
from portal.catalogue.trial import changed, read_values, with_thresholds
from portal.catalogue.trying import Trial, try_out
from portal.cycle.models import Cycle
from portal.dossiers.models import Dossier
from portal.dossiers.queries import open_sheets
from portal.trail.models import TrailEntry
from tenants.database import db
from tenants.people import Role
from tests.beds import made_once
from tests.builders import Person, World
from tests.catalogue.test_governing import indicator, version
from tests.deciding import District, accept, an_appraised, appraise


@pytest.fixture
@made_once
def ground(world: World) -> tuple[Person, District, dict[str, int]]:
    """A district whose dossiers stand at 94,59 % of every share, among them police, one at 100 % and one refused."""
    admin = world.province_person()
    world.confirm_thresholds()
    district = District(world)
    numbers = {"refused": an_appraised(world, district.officer, district.tenant_id, 0)}
    for name, kind, part, level in (
        ("full", "primary", None, 2),
        ("near", "government_office", 35, 1),
        ("police", "military_police", 35, 1),
    ):
        unit = world.a_unit(district.tenant_id, kind=kind, sensitive=kind == "military_police")
        number = world.a_dossier(district.tenant_id, unit, "submitted", level=level, part=part)
        accept(world, district.officer, district.tenant_id, number)
        appraise(world, district.officer, district.tenant_id, number)
        numbers[name] = number
    return admin, district, numbers


def tried(values: dict[tuple[str, int], int], **only: Any) -> Trial:
    """Try thresholds by code and level on the dossiers of 2026 (inside a scope)."""
    of = version()
    rows = [row for criterion in of.criteria for row in criterion.indicators]
    rules, keys = as_rules(rows), [row.key for row in rows]
    wanted = {(indicator(of, code).id, level): value for (code, level), value in values.items()}
    change = changed(
        list(zip(keys, rules, strict=True)), list(zip(keys, with_thresholds(rules, wanted), strict=True))
    )
    cycle = db.session.get(Cycle, (2026, "district"))
    assert cycle is not None
    return try_out(cycle, change, **only)


def test_a_higher_threshold_moves_those_below_it(world: World, ground: Any, count_queries: Any) -> None:
    """Of four dossiers the two at 94,59 % would fall; why is told, of police without the share."""
    admin, district, numbers = ground
    with world.acting(admin, writes=False):
        nothing = tried({})
        assert (nothing.total, nothing.lines) == (4, [])
        version()
        count_queries.clear()
        trial = tried({("2.1", 1): 95})
        assert len(count_queries) <= 20
        found = {line.dossier_id: (line.before, line.after, line.because) for line in trial.lines}
        assert found == {
            numbers["near"]: (1, 0, ("2.1: 35/37 = 94,59 %",)),
            numbers["police"]: (1, 0, ("2.1: không hiển thị",)),
        }
        assert trial.total == 4
        of_kind = tried({("2.1", 1): 95}, tenant_id=district.tenant_id, kind="government_office")
        assert [line.dossier_id for line in of_kind.lines] == [numbers["near"]]
        assert of_kind.total == 1


def test_the_trial_judges_as_the_desk_does(world: World, ground: Any) -> None:
    """With every threshold at its lowest and highest, both sides agree with the sheet of each dossier."""
    admin, _, numbers = ground
    with world.acting(admin, writes=False):
        everything = {
            (row.code, t.level): 100
            for criterion in version().criteria
            for row in criterion.indicators
            for t in row.thresholds
            if row.kind == "share"
        }
        lines = {line.dossier_id: line for line in tried(everything).lines}
        sheets = open_sheets(list(db.session.scalars(select(Dossier))))
        assert {n for n, sheet in sheets.items() if n in lines} == {numbers["near"], numbers["police"]}
        for number, line in lines.items():
            assert line.before == sheets[number].dossier.proposed_level


def test_a_rise_is_told_too_and_the_waiting_time_holds(world: World, ground: Any) -> None:
    """A dossier refused for one indicator stays refused whatever a threshold is; lowering others moves nobody."""
    admin, _, _ = ground
    with world.acting(admin, writes=False):
        assert tried({("2.1", 1): 10}).lines == []


def test_what_was_typed_is_read_or_answered_with_a_sentence(world: World, ground: Any) -> None:
    """Whole percentages, unchanged ones left out, level 2 not below level 1; long and odd input keeps its sentence."""
    admin, _, _ = ground
    with world.acting(admin, writes=False):
        row = indicator(version(), "2.1")
        (rule,) = as_rules([row])
    first, second = (rule.id, 1), (rule.id, 2)
    now = {level: rule.threshold(level).in_force for level in (1, 2)}
    assert read_values([rule], {first: f"{now[1]} %", second: ""}) == ({}, {})
    assert read_values([rule], {second: "97%"})[0] == {second: 97}
    for odd in ("-1", "101", "9,5", "chín", "٩٥", "1" * 10):
        assert first in read_values([rule], {first: odd})[1], odd
    assert "thấp hơn mức độ 1" in read_values([rule], {first: "99", second: "98"})[1][second]


def test_the_pages_count_list_and_export_and_write_nothing(world: World, client: Any, ground: Any) -> None:
    """The count opens its list; the files hold the same; districts may not; nothing is in the trail."""
    admin, district, numbers = ground
    with world.acting(admin, writes=False):
        number = indicator(version(), "2.1").id
        entries = db.session.scalar(select(func.count()).select_from(TrailEntry))
        year = version().id
    client = world.sign_in(client, world.province_person(Role.PROVINCE_VIEWER))
    start = client.get("/bo-tieu-chi/thu-thay-doi")
    assert start.status_code == 200
    assert "Chưa thay đổi gì" in start.text
    wrong = client.get(f"/bo-tieu-chi/thu-thay-doi?nam=2026&n{number}-1=150")
    assert wrong.status_code == 422
    assert 'value="150"' in wrong.text
    asked = f"nam=2026&bo={year}&n{number}-1=95"
    page = client.get(f"/bo-tieu-chi/thu-thay-doi?{asked}").text
    assert "Mức độ 1 → Chưa đạt" in page
    link = f"/bo-tieu-chi/thu-thay-doi/don-vi?{asked.replace('&', '&amp;')}&amp;tu=1&amp;den=0&amp;loai=government_office"
    assert link in page
    units = client.get(link.replace("&amp;", "&")).text
    assert f"/tinh/ho-so/{district.tenant_id}/{numbers['near']}" in units
    assert f"/tinh/ho-so/{district.tenant_id}/{numbers['police']}" not in units
    table = client.get(f"/bo-tieu-chi/thu-thay-doi/don-vi.csv?{asked}").data.decode("utf-8-sig")
    assert "2.1: 35/37 = 94,59 %" in table
    assert "2.1: không hiển thị" in table
    assert client.get(f"/bo-tieu-chi/thu-thay-doi/don-vi.xlsx?{asked}").data[:2] == b"PK"
    assert client.get(f"/bo-tieu-chi/thu-thay-doi/don-vi.pdf?{asked}").status_code == 404
    assert client.get("/bo-tieu-chi/thu-thay-doi/don-vi?tu=9&huyen=abc&loai=x&trang=-1").status_code == 200
    with world.acting(admin, writes=False):
        assert db.session.scalar(select(func.count()).select_from(TrailEntry)) == entries
