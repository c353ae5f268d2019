"""A dossier as the province reads it: everything is there, nothing can be changed, sensitive counts are not told."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import update

from portal.appraisal import operations as appraisal
from portal.appraisal.rules import REASONS
from portal.dossiers.queries import open_sheet
from portal.units.models import Unit
from tenants.database import db
from tenants.people import Role
from tenants.scope import acting_in
from tests.beds import made_once
from tests.builders import STEWARD, Person, World
from tests.deciding import District, accept

MEMBERS, CORRECTED, PART = 7351, 7349, 6917
"""Figures that stand nowhere else on a page."""


@pytest.fixture
@made_once
def viewer(world: World) -> Person:
    """A leader of the Department, who only reads."""
    return world.province_person(Role.PROVINCE_VIEWER)


def a_judged(world: World, kind: str, *, sensitive: bool = False) -> tuple[int, int]:
    """A dossier whose base figure the district corrected and whose first share it found lower; returns its key."""
    world.confirm_thresholds()
    district = District(world)
    unit = world.a_unit(district.tenant_id, kind=kind)
    number = world.a_dossier(district.tenant_id, unit, "submitted", members=MEMBERS, part=PART)
    if sensitive:  # marked after it had filed numbers of people
        with acting_in(STEWARD):
            db.session.execute(update(Unit).where(Unit.id == unit).values(sensitive=True))
    accept(world, district.officer, district.tenant_id, number)
    with world.acting(district.officer) as actor:
        dossier = world.dossier(district.tenant_id, number)
        appraisal.correct_headcount(actor, dossier, "members", CORRECTED, "Trừ hai người đã nghỉ từ 2026.")
        share = next(i for i in open_sheet(dossier).indicators if i.code == "2.1")
        reason = f"Danh sách chỉ có {PART - 100} người trong {CORRECTED}."
        appraisal.judge(
            actor,
            dossier,
            share.id,
            "corrected",
            part=PART - 100,
            reason_code=next(iter(REASONS)),
            reason=reason,
        )
        appraisal.agree_with_rest(actor, dossier)
    return district.tenant_id, number


def figures_on(page: str) -> list[int]:
    """Return the numbers of people a page tells, as they are written."""
    told = re.sub(r"<[^>]*>", " ", page).replace(".", "")
    return [n for n in (MEMBERS, CORRECTED, PART, PART - 100) if re.search(rf"\b{n}\b", told)]


def test_both_sides_the_law_and_the_papers_stand_on_one_page(
    world: World, client: Any, viewer: Person
) -> None:
    """Values of unit and district, the reason, the law's words, papers and trail; no form to change them."""
    tenant_id, number = a_judged(world, "government_office")
    page = world.sign_in(client, viewer).get(f"/tinh/ho-so/{tenant_id}/{number}").text
    assert figures_on(page) == [MEMBERS, CORRECTED, PART, PART - 100]
    assert "Xác định khác: Danh sách chỉ có" in page
    assert "Trừ hai người đã nghỉ từ 2026." in page
    assert "Ban hành kế hoạch hằng năm" in page
    assert f"/van-ban/{tenant_id}/{number}/mau-02.pdf" in page
    assert "số liệu minh họa, Sở chưa xác nhận" in page
    assert "đã tiếp nhận hồ sơ" in page
    main = page.split("<main", 1)[1].split("</main>")[0]
    assert "<form" not in main
    assert "<input" not in main


def test_head_counts_of_sensitive_units_are_not_told(world: World, client: Any, viewer: Person) -> None:
    """No count, no share, no reason that holds them; outcomes stay. (Ratios: tests/dossiers/test_ratios.py.)"""
    tenant_id, number = a_judged(world, "government_office", sensitive=True)
    for role in (Role.PROVINCE_ADMIN, Role.PROVINCE_OFFICER, Role.PROVINCE_VIEWER):
        person = world.province_person(role)
        page = world.sign_in(client, person).get(f"/tinh/ho-so/{tenant_id}/{number}").text
        assert figures_on(page) == []
        assert "%" not in re.sub(r"<[^>]*>", "", page.split("<main", 1)[1].split("</main>")[0])
        assert "Không hiển thị" in page
        assert "Giải trình của đơn vị:</span> không hiển thị" in page
        assert "MĐ1: đạt" in page


def test_every_state_has_its_page(world: World, client: Any, viewer: Person) -> None:
    """From the empty draft on; a dossier without appraisal says so."""
    district = District(world)
    client = world.sign_in(client, viewer)
    for state in ("draft", "filled", "signed", "submitted"):
        number = world.a_dossier(district.tenant_id, world.a_unit(district.tenant_id), state)
        page = client.get(f"/tinh/ho-so/{district.tenant_id}/{number}")
        assert page.status_code == 200
        assert "Chưa thẩm định" in page.text
        assert "ngưỡng chưa được Sở xác nhận" in page.text


def test_a_long_dossier_asks_no_more_questions(
    world: World, client: Any, viewer: Person, count_queries: list[str]
) -> None:
    """A dossier just filed and a judged one cost the same number of statements, but for the files' particulars."""
    tenant_id, number = a_judged(world, "primary")
    empty = world.a_dossier(tenant_id, world.a_unit(tenant_id), "submitted")
    client = world.sign_in(client, viewer)
    counts = []
    for dossier_id in (empty, number):
        count_queries.clear()
        client.get(f"/tinh/ho-so/{tenant_id}/{dossier_id}")
        counts.append(len(count_queries))
    assert abs(counts[0] - counts[1]) <= 1
    assert max(counts) <= 32
