"""What each figure counts, on real dossiers in every state, in a fixed number of statements."""

from __future__ import annotations

import math
from datetime import date
from itertools import cycle as cycle_through
from itertools import islice, product

import pytest
from sqlalchemy import bindparam, or_, select, update

from portal.appraisal import operations as appraisal
from portal.catalogue.models import CriteriaVersion
from portal.cycle.operations import open_year
from portal.cycle.queries import cycle_of
from portal.demo.team import hold_meeting
from portal.dossiers import operations as dossiers
from portal.figures.behind import LISTED, SORTS, Wanted, page_behind, rows_behind
from portal.figures.lists import not_recognised, recognised
from portal.figures.queries import by_tenant, counts, registry_size, total
from portal.figures.rules import ZERO, Counts
from portal.figures.tables import bieu_01
from portal.recognition import operations as recognition
from portal.recognition.models import Decision, Recognition
from portal.registration import operations as registration
from portal.units.models import Unit
from portal.web import Paged, one_page, page_through
from portal.words import fold
from tenants.database import db
from tenants.people import Role
from tenants.refusal import Refused
from tenants.scope import acting_in
from tests.beds import made_once
from tests.builders import STEWARD, World
from tests.deciding import District, accept, an_appraised


@pytest.fixture
@made_once
def confirmed(world: World) -> World:
    """A world whose suggested thresholds are confirmed as illustrative."""
    world.confirm_thresholds()
    return world


def of(district: District, year: int = 2026) -> Counts:
    """The sum of a district's year, as its own people see it."""
    with district.world.acting(district.officer, writes=False):
        return total(counts(year))


def a_state(district: District, state: str, kind: str = "primary", *, public: bool = True) -> int:
    """Take a new unit's dossier to a state by the real verbs; returns its id."""
    world, tenant = district.world, district.tenant_id
    unit = world.a_unit(tenant, kind=kind, public=public)
    start = state if state in ("draft", "signed") else "submitted"
    if state == "closed_unreached":
        start = "filled"
    number = world.a_dossier(tenant, unit, start)
    head = world.a_person(Role.UNIT_HEAD, tenant, unit)
    if state == "closed_unreached":
        with world.acting(head) as actor:
            dossiers.close_unreached(actor, world.dossier(tenant, number), "Chưa đủ Công dân học tập.")
    elif state == "withdrawn":
        with world.acting(head) as actor:
            dossiers.withdraw(actor, world.dossier(tenant, number))
    elif state == "accepted":
        accept(world, district.officer, tenant, number)
    elif state == "refused_late":
        with world.acting(district.officer) as actor:
            appraisal.refuse_late(actor, world.dossier(tenant, number), "Nộp sau hạn, không có lý do.")
    return number


def test_a_year_in_every_state(confirmed: World) -> None:
    """Each unit is counted once, by how far it came; withdrawn is not filed, refused late is."""
    district = District(confirmed)
    confirmed.a_unit(district.tenant_id, "Đơn vị chưa lập hồ sơ")
    for state in ("draft", "signed", "submitted", "accepted", "withdrawn", "closed_unreached"):
        a_state(district, state)
    district.appraised(1)
    district.appraised(2, 0)
    confirmed.set_clock(2027, 1, 20, 9, 0)
    a_state(district, "submitted", "preschool", public=False)
    a_state(district, "refused_late", "preschool")
    district.issued("1/QĐ", date(2027, 1, 20))
    found = of(district)
    assert found == Counts(
        units=12,
        registered=0,
        self_assessed=9,
        self_1=7,
        self_2=1,
        self_none=1,
        submitted=7,
        late=2,
        level_1=1,
        level_2=1,
        refused=1,
        pending=4,
        unregistered=9,
    )
    with confirmed.acting(district.officer):
        rows = {row.key: row.counts for row in bieu_01(counts(2026))}
        assert (rows["7.1a"].late, rows["7.1b"].late, rows["7.1"].units) == (1, 1, 2)
        assert rows["7"] == rows["total"] == found
        assert registry_size(2026) == 12
        assert [row.level for row in recognised(2026)] == [1, 2]
        refused = not_recognised(2026)
        assert [row.result for row in refused] == ["Không nhận do quá hạn", "Không công nhận"]
        assert refused[1].decision_number == "1/QĐ"


def test_a_unit_registered_or_begun_anew_counts_once(confirmed: World) -> None:
    """After a withdrawal the new dossier stands; registration is a unit's, not a dossier's."""
    district = District(confirmed)
    unit = confirmed.a_unit(district.tenant_id)
    first = confirmed.a_dossier(district.tenant_id, unit, "submitted")
    head = confirmed.a_person(Role.UNIT_HEAD, district.tenant_id, unit)
    with confirmed.acting(head) as actor:
        dossiers.withdraw(actor, confirmed.dossier(district.tenant_id, first))
    assert (of(district).submitted, of(district).self_assessed, of(district).unregistered) == (0, 0, 0)
    with confirmed.acting(head) as actor:
        registry = db.session.get_one(Unit, (district.tenant_id, unit))
        registration.propose(actor, registry, 2026, "level_2", version=0, unit_version=registry.version)
        row = dossiers.start_dossier(actor, registry, 2026)
        hold_meeting(actor, row)
        dossiers.sign(actor, row)
        dossiers.submit(actor, row)
        assert row.id != first
    assert (of(district).units, of(district).submitted, of(district).registered) == (1, 1, 1)
    assert (of(district).registered_1, of(district).registered_2, of(district).unregistered) == (0, 1, 0)


def test_the_registry_is_that_of_31_december(confirmed: World) -> None:
    """Opened on 31/12 counts, on 01/01 not; closed on 31/12 still counts, the day before not."""
    district = District(confirmed)
    for opened, closed in (
        (date(2026, 12, 31), None),
        (date(2027, 1, 1), None),
        (date(2025, 1, 1), date(2026, 12, 31)),
        (date(2025, 1, 1), date(2026, 12, 30)),
    ):
        unit = confirmed.a_unit(district.tenant_id, opened_on=opened)
        with acting_in(STEWARD):
            db.session.execute(update(Unit).where(Unit.id == unit).values(closed_on=closed))
    assert of(district).units == 2
    confirmed.set_clock(2026, 12, 30, 9, 0)
    assert of(district).units == 2, "before 31/12 the registry of the day counts"


def test_years_that_follow(confirmed: World) -> None:
    """Recognised in 2026, still valid in 2027; judged again it counts there and replaces the old one.

    A unit at level 1 is raised from the same day of the next year on, not a day earlier.
    """
    district = District(confirmed)
    units = [confirmed.a_unit(district.tenant_id) for _ in range(3)]
    for unit, level in zip(units, (1, 1, 2), strict=True):
        an_appraised(confirmed, district.officer, district.tenant_id, level, unit_id=unit)
    confirmed.set_clock(2027, 2, 10, 9, 0)
    district.issued("45/QĐ", date(2027, 2, 10))
    with acting_in(STEWARD):
        version = db.session.scalars(select(CriteriaVersion).where(CriteriaVersion.key == "tt24-2023")).one()
        open_year(2027, version)
    confirmed.set_clock(2028, 1, 10, 9, 0)
    assert of(district, 2027) == Counts(units=3, still_valid=3)
    an_appraised(confirmed, district.officer, district.tenant_id, 2, unit_id=units[0], year=2027)
    assert of(district, 2027).still_valid == 3, "filed again, but not judged yet"
    confirmed.set_clock(2028, 2, 9, 9, 0)
    with pytest.raises(Refused, match="chỉ được nâng lên mức độ 2 từ ngày 10/02/2028"):
        district.issued("7/QĐ", date(2028, 2, 9), year=2027)
    db.session.rollback()
    confirmed.set_clock(2028, 2, 10, 9, 0)
    district.issued("8/QĐ", date(2028, 2, 10), year=2027)
    second = of(district, 2027)
    assert (second.level_2, second.still_valid, second.in_force) == (1, 2, 3)
    assert of(district, 2026).recognised == 3, "the year before keeps its figures"
    with confirmed.acting(district.officer):
        states = db.session.execute(
            select(Recognition.year, Recognition.state).where(Recognition.unit_id == units[0])
        ).all()
        assert sorted(states) == [(2026, "replaced"), (2027, "in_force")]
        assert [row.renewal for row in recognised(2027)] == ["Nâng mức độ"]
        total_row = bieu_01(counts(2027), counts(2026))[-1]
        assert total_row.cell("24").text == "0,00"
        assert counts(2031) == {}


def test_a_lower_level_leaves_the_higher_one_in_force(confirmed: World) -> None:
    """Level 2 until 2030 is not lost by a later decision at level 1."""
    district = District(confirmed)
    unit = confirmed.a_unit(district.tenant_id)
    an_appraised(confirmed, district.officer, district.tenant_id, 2, unit_id=unit)
    district.issued("1/QĐ", date(2027, 1, 10))
    with acting_in(STEWARD):
        version = db.session.scalars(select(CriteriaVersion).where(CriteriaVersion.key == "tt24-2023")).one()
        open_year(2027, version)
    confirmed.set_clock(2028, 1, 10, 9, 0)
    an_appraised(confirmed, district.officer, district.tenant_id, 1, unit_id=unit, year=2027)
    district.issued("2/QĐ", date(2028, 1, 10), year=2027)
    with confirmed.acting(district.officer):
        assert set(db.session.execute(select(Recognition.level, Recognition.state)).all()) == {
            (2, "in_force"),
            (1, "in_force"),
        }


def test_every_figure_has_its_rows_and_districts_add_up(confirmed: World, count_queries: list[str]) -> None:
    """The list behind a figure is as long as the figure; two statements count any number of districts."""
    here, there = District(confirmed), District(confirmed, "Huyện Kiến Thụy")
    for district in (here, there):
        a_state(district, "draft")
        a_state(district, "closed_unreached", "enterprise", public=False)
        an_appraised(confirmed, district.officer, district.tenant_id, 2, kind="association")
    here.issued("1/QĐ", date(2027, 1, 10))
    with confirmed.acting(confirmed.province_person(Role.PROVINCE_VIEWER), writes=False):
        count_queries.clear()
        everything = counts(2026)
        sent = [s for s in count_queries if "setting" not in s and "SET LOCAL" not in s]
        assert len(sent) == 2
        own = by_tenant(everything)
        assert set(own) == {here.tenant_id, there.tenant_id}
        assert own[here.tenant_id] + own[there.tenant_id] == total(everything) != ZERO
        for tenant_id in (None, here.tenant_id, there.tenant_id):
            sums = total(counts(2026, tenant_id=tenant_id))
            for figure in LISTED:
                rows = db.session.execute(rows_behind(2026, figure, tenant_id=tenant_id)).all()
                assert len(rows) == getattr(sums, figure), figure
        enterprises = db.session.execute(
            rows_behind(2026, "self_none", kind="enterprise", public=False)
        ).all()
        assert len(enterprises) == 2
        assert db.session.execute(rows_behind(1999, "units")).all() == []
        with pytest.raises(KeyError):
            rows_behind(2026, "drop table")
        as_the_whole_list_tells(here.tenant_id)
        a_page_at_a_time()
    with confirmed.acting(here.officer, writes=False):
        assert set(by_tenant(counts(2026))) == {here.tenant_id}
        assert counts(2026, tenant_id=there.tenant_id) == {}


def as_the_whole_list_tells(tenant_id: int) -> None:
    """A page of any figure, order, filter and search shows what the whole list says, word for word."""
    cycle = cycle_of(2026)
    assert cycle is not None
    places, words = (None, tenant_id), ("", "DON VI", "0")
    parts = (((), None), (("enterprise", "association"), None), ((), True), (("primary",), False))
    ways = cycle_through(product(SORTS, (False, True), words, places, parts))
    for figure in LISTED:
        # 5 and the number of ways have no divisor in common: a way comes up once, with another figure each time.
        sort, down, q, place, (kinds, public) = next(islice(ways, 4, None))
        wanted = Wanted(figure, place, kinds, public, q=q, sort=sort, down=down)
        whole = rows_behind(2026, figure, tenant_id=place, kinds=kinds, public=public)
        if q:
            by_code = Unit.code.icontains(q, autoescape=True)
            whole = whole.where(or_(Unit.name_folded.contains(fold(q), autoescape=True), by_code))
        first = SORTS[sort].desc() if down else SORTS[sort].asc()
        whole = whole.order_by(None).order_by(first, Unit.name_sort, Unit.tenant_id, Unit.id)
        rows = [row._asdict() for row in db.session.execute(whole)]
        page = page_behind(cycle, wanted, 1)
        assert [
            {key: value for key, value in row._asdict().items() if key != "of_all"} for row in page.items
        ] == rows, wanted
        assert page.total == len(rows)


def a_page_at_a_time() -> None:
    """The pages of a list are the list; past its end stands the last one, and an empty list has one page."""
    paged = Paged(one_page(select(Unit.id).where(Unit.id > bindparam("after")).order_by(Unit.id), 3), 3)
    everything = list(db.session.scalars(select(Unit.id).order_by(Unit.id)))
    first = page_through(paged, 1, after=0)
    assert (first.total, first.pages) == (len(everything), math.ceil(len(everything) / 3))
    pages = [page_through(paged, n, after=0) for n in range(1, first.pages + 1)]
    assert [row.id for page in pages for row in page.items] == everything
    past = page_through(paged, 99, after=0)
    assert (past.number, past.items) == (first.pages, pages[-1].items)
    none = page_through(paged, 7, after=everything[-1])
    assert (none.items, none.total, none.number, none.pages) == ([], 0, 1, 1)


def test_a_draft_decision_decides_nothing(confirmed: World) -> None:
    """Figures follow what was issued, never what is drafted."""
    district = District(confirmed)
    district.appraised(1, 2)
    district.ready()
    assert (of(district).recognised, of(district).pending) == (0, 2)
    with confirmed.acting(district.leader) as actor:
        row = db.session.scalars(select(Decision)).one()
        recognition.issue(actor, row, "1/QĐ", date(2027, 1, 10), "Lãnh đạo", "CHỦ TỊCH")
    assert (of(district).recognised, of(district).pending) == (2, 0)
