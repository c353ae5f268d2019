"""Governing the criteria on the real database: confirm by naming a document, publish, freeze, open a year."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError, ProgrammingError

from portal.catalogue import operations, queries
from portal.catalogue.models import CatalogueIndicator, CriteriaVersion, Threshold
from portal.cycle.operations import announce_year, legal_calendar
from portal.cycle.rules import Calendar, fault_of_dates
from portal.trail.queries import of_acts
from tenants.database import db
from tenants.people import Role
from tenants.refusal import Conflict, Refused
from tests.beds import made_once
from tests.builders import Person, World

DOCUMENT = "Thông tư 24/2023/TT-BGDĐT, khoản 2 Điều 7"


def version(key: str = "tt24-2023") -> CriteriaVersion:
    """Return a version with everything (inside a scope)."""
    found = queries.version_of(db.session.scalars(select(CriteriaVersion.id).filter_by(key=key)).one())
    assert found is not None
    return found


def indicator(of: CriteriaVersion, code: str) -> CatalogueIndicator:
    """Return an indicator by its code."""
    return next(row for criterion in of.criteria for row in criterion.indicators if row.code == code)


@pytest.fixture
@made_once
def admin(world: World) -> Person:
    """The province's administrator."""
    return world.province_person()


def test_a_confirmed_number_is_in_force_with_its_document(world: World, admin: Person) -> None:
    """Value, document, who and the trail are kept; the suggestion never was in force."""
    with world.acting(admin) as actor:
        row = indicator(version(), "2.1")
        assert [t.value for t in row.thresholds] == [90, None]
        operations.confirm_threshold(actor, version(), row, 2, 94, f"  {DOCUMENT} ")
    with world.acting(admin, writes=False) as actor:
        threshold = indicator(version(), "2.1").thresholds[1]
        assert (threshold.value, threshold.suggestion) == (94, 95)
        assert (threshold.confirmed_document, threshold.confirmed_by) == (DOCUMENT, actor.full_name)
        assert not threshold.illustrative
        entry = of_acts(world.province_id, "catalogue.")[0]
        assert entry.sentence == f"đã xác nhận ngưỡng 2.1, mức độ 2 theo “{DOCUMENT}”."
        assert entry.detail == {
            "version": "tt24-2023",
            "indicator": "H.2.1",
            "level": 2,
            "before": None,
            "after": 94,
        }


IMPOSSIBLE = (
    ("2.1", 2, 95, "", "văn bản đã đọc"),
    ("2.1", 2, 95, "  a ", "văn bản đã đọc"),
    ("2.1", 2, 95, "x" * 401, "quá 400 ký tự"),
    ("2.1", 2, 101, DOCUMENT, "không hợp lệ"),
    ("2.1", 2, -1, DOCUMENT, "không hợp lệ"),
    ("1.1", 2, 0, DOCUMENT, "không hợp lệ"),
    ("3.4", 2, 9, DOCUMENT, "không hợp lệ"),
    ("2.1", 3, 95, DOCUMENT, "Không có ngưỡng này"),
)


def test_what_cannot_be_confirmed_is_refused(world: World, admin: Person) -> None:
    """No document, an impossible value, an unknown level: a sentence, and nothing is written."""
    with world.acting(admin) as actor:
        for code, level, value, document, sentence in IMPOSSIBLE:
            with pytest.raises(Refused, match=sentence):
                operations.confirm_threshold(
                    actor, version(), indicator(version(), code), level, value, document
                )
        assert queries.unconfirmed(version().id) == 26


def test_an_indicator_of_another_version_is_refused(world: World, admin: Person) -> None:
    """A number is confirmed in the version it belongs to."""
    with world.acting(admin) as actor:
        strange = version("tt24-2023-tinh").criteria[0].indicators[0]
        with pytest.raises(Refused, match="Không có ngưỡng này"):
            operations.confirm_threshold(actor, version(), strange, 1, 1, DOCUMENT)


@pytest.mark.parametrize("role", [Role.PROVINCE_OFFICER, Role.PROVINCE_VIEWER])
def test_only_the_administrator_governs(world: World, role: Role) -> None:
    """Officers and viewers of the Department read."""
    with world.acting(world.province_person(role)) as actor:
        with pytest.raises(Refused, match="không được xác nhận ngưỡng"):
            operations.confirm_threshold(actor, version(), indicator(version(), "2.1"), 2, 95, DOCUMENT)
        with pytest.raises(Refused, match="không được xác nhận ngưỡng"):
            operations.publish(actor, version())
        with pytest.raises(Refused, match="không được xác nhận ngưỡng"):
            announce_year(actor, version(), legal_calendar(2027, version()))


def test_the_second_of_two_administrators_is_told_what_stands(world: World, admin: Person) -> None:
    """Whoever filled in the older page does not overwrite the newer confirmation."""
    other = world.province_person()
    with world.acting(admin) as actor:
        seen = operations.confirmation_mark(indicator(version(), "2.5").thresholds[0])
        operations.confirm_threshold(
            actor, version(), indicator(version(), "2.5"), 1, 80, DOCUMENT, seen=seen
        )
    with world.acting(other) as actor, pytest.raises(Conflict, match="vừa xác nhận ngưỡng này"):
        operations.confirm_threshold(
            actor, version(), indicator(version(), "2.5"), 1, 90, DOCUMENT, seen=seen
        )


def test_unconfirmed_numbers_hold_publishing_back(world: World, admin: Person) -> None:
    """A real installation starts unconfirmed: nothing can be published, and illustrative numbers cannot exist."""
    with world.acting(admin) as actor, pytest.raises(Refused, match="Còn 26 ngưỡng chưa xác nhận"):
        operations.publish(actor, version())
    world.leave_demo()
    with world.acting(admin) as actor, pytest.raises(Refused, match="chỉ dùng trong dữ liệu minh họa"):
        operations.confirm_threshold(
            actor, version(), indicator(version(), "2.1"), 2, 95, DOCUMENT, illustrative=True
        )


def test_a_published_version_is_frozen_in_the_database(world: World, admin: Person) -> None:
    """After publishing, neither the operations nor SQL of the province change a word or a number."""
    world.confirm_thresholds()
    with world.acting(admin) as actor:
        operations.publish(actor, version())
    with world.acting(admin) as actor:
        assert version().published_by == actor.full_name
        with pytest.raises(Refused, match="đã ban hành và khóa"):
            operations.confirm_threshold(actor, version(), indicator(version(), "2.1"), 2, 50, DOCUMENT)
        with pytest.raises(Refused, match="đã ban hành và khóa"):
            operations.publish(actor, version())
        row = indicator(version(), "2.1")
        other = version("tt24-2023-tinh").criteria[0].indicators[0]
        attempts: list[Any] = [
            update(Threshold).where(Threshold.indicator_id == row.id).values(value=1),
            update(CriteriaVersion).where(CriteriaVersion.key == "tt24-2023").values(frozen_at=None),
        ]
        for attempt in attempts:
            with pytest.raises(DBAPIError) as caught, db.session.begin_nested():
                db.session.execute(attempt)
            assert caught.value.orig is not None
            assert caught.value.orig.sqlstate == "PT409"  # type: ignore[attr-defined]
        # What the province may never change has no grant at all.
        for table, change in (
            ("indicator", f"title = '' where id = {row.id}"),
            ("criterion", "title = ''"),
            ("threshold", f"indicator_id = {other.id} where indicator_id = {row.id}"),
            ("threshold", "suggestion = 1"),
            ("criteria_version", "settings = '{}'"),
        ):
            with pytest.raises(ProgrammingError, match="permission denied"), db.session.begin_nested():
                db.session.execute(text(f"update {table} set {change}"))


def test_other_versions_stay_open(world: World, admin: Person) -> None:
    """Freezing one version does not lock another."""
    world.confirm_thresholds()
    with world.acting(admin) as actor:
        operations.publish(actor, version())
        provincial = version("tt24-2023-tinh")
        row = next(
            i for c in provincial.criteria for i in c.indicators for t in i.thresholds if t.value is None
        )
        level = next(t.level for t in row.thresholds if t.value is None)
        value = {"share": 90, "yes_no": 1, "graded": 1}[row.kind]
        operations.confirm_threshold(actor, provincial, row, level, value, DOCUMENT)


def test_the_old_points_scale_is_history(world: World, admin: Person) -> None:
    """It is neither published nor used for a year."""
    with world.acting(admin) as actor:
        with pytest.raises(Refused, match="chỉ để tra cứu"):
            operations.publish(actor, version("tt22-2020"))
        with pytest.raises(Refused, match="không dùng để đánh giá"):
            announce_year(
                actor, version("tt22-2020"), Calendar(2024, *[date(2025, m, 1) for m in (1, 2, 3, 4)])
            )


def test_a_year_is_opened_with_its_dates_and_recorded(world: World, admin: Person) -> None:
    """Tighter dates pass; the same year twice, looser or disordered dates and far years do not."""
    with world.acting(admin) as actor:
        wanted = Calendar(2027, date(2027, 1, 1), date(2028, 1, 10), date(2028, 2, 15), date(2028, 3, 15))
        assert announce_year(actor, version(), wanted).submit_before == date(2028, 1, 10)
        with pytest.raises(Refused, match="Năm 2027 đã mở"):
            announce_year(actor, version(), wanted)
        with pytest.raises(Refused, match="từ 2024 đến 2028"):
            announce_year(actor, version(), legal_calendar(2031, version()))
        assert of_acts(world.province_id, "catalogue.year")[0].detail["year"] == 2027


@pytest.mark.parametrize(
    ("dates", "sentence"),
    [
        (
            (date(2027, 1, 1), date(2028, 1, 16), date(2028, 2, 15), date(2028, 3, 15)),
            "Hạn nộp hồ sơ chỉ được sớm",
        ),
        (
            (date(2027, 1, 1), date(2028, 1, 15), date(2028, 2, 16), date(2028, 3, 15)),
            "Hạn quyết định chỉ được sớm",
        ),
        (
            (date(2027, 1, 1), date(2028, 1, 15), date(2028, 2, 15), date(2028, 4, 15)),
            "Hạn báo cáo chỉ được sớm",
        ),
        ((date(2027, 1, 1), date(2028, 2, 1), date(2028, 1, 20), date(2028, 3, 15)), "theo thứ tự"),
        ((date(2027, 1, 1), date(2027, 12, 31), date(2028, 2, 15), date(2028, 3, 15)), "sau ngày 31/12/2027"),
        ((date(2024, 1, 1), date(2028, 1, 15), date(2028, 2, 15), date(2028, 3, 15)), "Ngày mở năm 2027"),
        ((date(2026, 11, 1), date(2028, 1, 15), date(2028, 2, 15), date(2028, 3, 15)), ""),
    ],
)
def test_dates_may_be_tightened_and_never_extended(
    dates: tuple[date, date, date, date], sentence: str
) -> None:
    """Article 10 gives the outer bound."""
    legal = Calendar(2027, date(2027, 1, 1), date(2028, 1, 15), date(2028, 2, 15), date(2028, 3, 15))
    fault = fault_of_dates(Calendar(2027, *dates), legal)
    assert (fault is None) is (not sentence)
    assert sentence in (fault or "")
