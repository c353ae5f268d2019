"""The calendar's reminders: each row at its day, once, moved to working days; a failing district stops nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from portal.appraisal import operations as appraisal
from portal.appraisal.operations import PointAsked
from portal.cycle.models import Holiday
from portal.cycle.rules import Calendar, OwnDays
from portal.dossiers import operations as dossiers
from portal.dossiers.queries import open_sheet
from portal.dossiers.states import State
from portal.notices import commands
from portal.notices.calendar import (
    OF_DISTRICT,
    OF_DISTRICT_ON_UNIT,
    OF_RECOGNITION,
    OF_UNIT,
    DistrictYear,
    Held,
    UnitYear,
    due_of,
)
from portal.notices.models import Notice, Reminder
from portal.notices.reminders import remind, tasks_of_unit
from portal.team import assigning
from tenants.database import db
from tenants.people import Role
from tenants.scope import Scope, ScopeKind, acting_in
from tests.builders import STEWARD, World
from tests.deciding import District

YEAR = Calendar(2026, date(2026, 1, 1), date(2027, 1, 15), date(2027, 2, 15), date(2027, 3, 15))
UNIT = UnitYear("Trường Tiểu học Mỹ Đức", YEAR, State.DRAFT, 7, registered=True, has_plan=True)
NONE = OwnDays()


def told(
    facts: Any, table: Any = OF_UNIT, own: OwnDays = NONE, until: date = date(2027, 4, 1)
) -> list[tuple[str, date]]:
    """The rule and the day of everything told from the year's first day on, as a daily run would."""
    seen: dict[tuple[str, date], date] = {}
    day = date(2026, 1, 1)
    while day < until:
        for due in due_of(table, facts, day, own):
            seen.setdefault((due.rule, due.told_on), day)
        day += timedelta(days=1)
    assert all(first == key[1] for key, first in seen.items()), "each is told on its day, not later"
    return sorted(seen, key=lambda key: (key[1], key[0]))


def test_a_units_year() -> None:
    """A unit that registered and has its plan hears of half the year, the figures and the deadline, on working days."""
    assert told(UNIT) == [
        ("mid_year", date(2026, 7, 1)),
        ("file", date(2026, 12, 16)),  # 30 days before 15/01
        ("figures", date(2026, 12, 18)),
        ("figures", date(2026, 12, 29)),
        ("file", date(2026, 12, 31)),  # 14 days before is New Year's Day
        ("file", date(2027, 1, 8)),
        ("file", date(2027, 1, 12)),
        ("file", date(2027, 1, 14)),
    ]
    newcomer = replace(UNIT, state=None, registered=False, has_plan=False)
    assert told(newcomer)[:3] == [
        ("register", date(2026, 1, 2)),
        ("plan", date(2026, 2, 2)),
        ("mid_year", date(2026, 7, 1)),
    ]
    closes = replace(newcomer, registration_closes=date(2026, 5, 1))
    assert ("register_closes", date(2026, 4, 24)) in told(closes)
    assert ("register_closes", date(2026, 4, 29)) in told(closes), "30/4 is a holiday"
    assert not told(replace(UNIT, state=State.SUBMITTED))
    at_rest = replace(newcomer, covered=True)
    assert told(at_rest) == [("register", date(2026, 1, 2))], (
        "who holds a recognition need not file every year"
    )


def test_the_words_name_days_and_working_days() -> None:
    """The whole sentence, with the days left and what of them is worked; the last day says so."""
    own = OwnDays(off=frozenset({date(2027, 1, 11)}))
    due = next(d for d in due_of(OF_UNIT, UNIT, date(2027, 1, 8), own, subject="2026") if d.rule == "file")
    assert (
        due.sentence
        == "Nộp hồ sơ năm 2026 trước ngày 15/01/2027: còn 7 ngày, trong đó 4 ngày làm việc; hồ sơ chưa ký."
    )
    assert (due.path, due.subject) == ("/ho-so", "2026")
    last = next(
        d
        for d in due_of(OF_UNIT, replace(UNIT, state=State.SIGNED), date(2027, 1, 14), own)
        if d.rule == "file"
    )
    assert (
        last.sentence
        == "Nộp hồ sơ năm 2026 trước ngày 15/01/2027: hôm nay là ngày cuối; hồ sơ đã ký, chưa nộp."
    )
    assert not [d for d in due_of(OF_UNIT, UNIT, date(2027, 1, 15), own) if d.rule == "file"]


def test_supplements_recognitions_and_the_district() -> None:
    """Working days before an answer; months before an expiry; when a level may be raised; the district's own dates."""
    asked = replace(UNIT, state=State.SUPPLEMENT_REQUESTED, answer_by=date(2027, 2, 11))
    assert told(asked)[-3:] == [
        ("supplement", date(2027, 2, 1)),  # three working days are left: Tết is not one
        ("supplement", date(2027, 2, 3)),
        ("supplement_late", date(2027, 2, 11)),
    ]
    assert told(asked, OF_DISTRICT_ON_UNIT) == [("unit_silent", date(2027, 2, 11))]
    held = Held(3, 1, date(2027, 3, 9), date(2026, 3, 10))
    assert told(held, OF_RECOGNITION) == [
        ("expiry", date(2026, 3, 10)),
        ("raise", date(2026, 3, 10)),
        ("expiry", date(2026, 9, 10)),
        ("expiry", date(2026, 12, 10)),
        ("expiry", date(2027, 2, 3)),  # a month before is the last day of Tết
    ]
    assert [rule for rule, _ in told(replace(held, level=2), OF_RECOGNITION)] == ["expiry"] * 4
    sentence = due_of(OF_RECOGNITION, held, date(2026, 12, 10), NONE)[0].sentence
    assert "Công nhận mức độ 1 có giá trị đến hết ngày 09/03/2027." in sentence
    waits = DistrictYear(YEAR, 4, report_sent=False)
    assert [day for rule, day in told(waits, OF_DISTRICT) if rule == "decide"] == [
        date(2027, 2, 1),
        date(2027, 2, 3),
        date(2027, 2, 12),
    ]
    assert not told(DistrictYear(YEAR, 0, report_sent=True), OF_DISTRICT)


def reminders(tenant_id: int) -> int:
    """How many reminders a district keeps."""
    with acting_in(STEWARD):
        rows = select(func.count()).select_from(Reminder).where(Reminder.tenant_id == tenant_id)
        return int(db.session.scalar(rows) or 0)


def run(world: World) -> Any:
    """Run the command as cron would."""
    return world.app.test_cli_runner().invoke(args=["remind"])


def test_each_is_told_once(world: World, client: Any, count_queries: list[str]) -> None:
    """Again on the same day: nothing; a week later: the next; the desk shows the same; queries do not grow."""
    tenant_id = world.a_district()
    units = [world.a_unit(tenant_id, f"Trường số {n}") for n in range(4)]
    other = world.a_district("Huyện Kiến Thụy")
    world.a_unit(other)
    world.a_dossier(tenant_id, units[0], "draft")
    head = world.a_person(Role.UNIT_HEAD, tenant_id, units[0])
    done = run(world)
    assert done.exit_code == 0, done.output
    assert "Đã nhắc 5 việc." in done.output
    assert run(world).output.startswith("Đã nhắc 0 việc.")
    assert (reminders(tenant_id), reminders(other)) == (4, 1)
    with world.acting(head, writes=False):
        mine = tasks_of_unit(tenant_id, units[0])
    assert [due.rule for due in mine] == ["file"]
    world.sign_in(client, head)
    for path in ("/", "/thong-bao"):
        assert "còn 5 ngày, trong đó 4 ngày làm việc; hồ sơ chưa ký." in client.get(path).get_data(
            as_text=True
        )
    world.set_clock(2027, 1, 12, 7, 0)
    assert "Đã nhắc 5 việc." in run(world).output
    with acting_in(Scope(ScopeKind.DISTRICT, tenant_id)):
        count_queries.clear()
        assert remind(tenant_id) == 0
        few = len(count_queries)
    for number in range(20):
        world.a_unit(tenant_id, f"Trường thêm {number}")
    with acting_in(Scope(ScopeKind.DISTRICT, tenant_id)):
        count_queries.clear()
        assert remind(tenant_id) == 20
        assert len(count_queries) <= few + 2


def test_a_day_off_of_the_province_moves_a_reminder(world: World) -> None:
    """With 12/01 off the three-day reminder is told on the working day before."""
    tenant_id = world.a_district()
    world.a_unit(tenant_id)
    run(world)
    world.set_clock(2027, 1, 11, 8, 0)
    assert "Đã nhắc 0 việc." in run(world).output
    with acting_in(STEWARD):
        db.session.add(
            Holiday(
                day=date(2027, 1, 12), kind="off", name="Nghỉ", added_at=func.now(), added_by="Quản trị tỉnh"
            )
        )
    assert "Đã nhắc 1 việc." in run(world).output


def test_an_unanswered_supplement_reaches_both_sides(world: World) -> None:
    """Before the day the unit is reminded, on the day both are told."""
    world.confirm_thresholds()
    district = District(world)
    unit_id = world.a_unit(district.tenant_id)
    number = world.a_dossier(district.tenant_id, unit_id, "submitted")
    with world.acting(district.officer) as actor:
        dossier = world.dossier(district.tenant_id, number)
        points = [PointAsked("Thiếu quyết định.", indicator_id=open_sheet(dossier).indicators[0].id)]
        appraisal.request_supplement(actor, dossier, points, date(2027, 1, 20))
    for day, at_least in ((15, "Trả lời yêu cầu bổ sung"), (20, "Đã quá hạn trả lời")):
        world.set_clock(2027, 1, day, 8, 0)
        run(world)
        with acting_in(STEWARD):
            said = db.session.scalars(select(Notice.sentence).where(Notice.audience == "unit")).all()
        assert any(at_least in sentence for sentence in said)
    with acting_in(STEWARD):
        silent = db.session.scalars(
            select(Notice).where(Notice.audience == "district", Notice.kind == "reminder")
        ).all()
        assert [one.path for one in silent if "chưa trả lời" in one.sentence] == [f"/huyen/ho-so/{number}"]


def test_one_districts_failure_stops_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The failing district is named, the others are reminded, the rest of the day's work is done, the end is not 0."""
    first, second = world.a_district("Huyện An Lão"), world.a_district("Huyện Vĩnh Bảo")
    for tenant_id in (first, second):
        world.a_unit(tenant_id)

    def failing(tenant_id: int) -> int:
        if tenant_id == first:
            db.session.execute(update(Reminder).values(no_such_column=1))
        return remind(tenant_id)

    monkeypatch.setattr(commands, "remind_district", failing)
    done = run(world)
    assert done.exit_code == 1
    assert "Huyện An Lão: chưa nhắc được" in done.output
    assert "Đã nhắc 1 việc." in done.output
    assert "tệp gửi dở đã bỏ" in done.output
    assert (reminders(first), reminders(second)) == (0, 1)


def test_members_are_told_of_what_they_have(world: World) -> None:
    """The member with an account alone, the rest through the unit; once; done ones not; the district sees nothing."""
    tenant_id = world.a_district()
    unit_id = world.a_unit(tenant_id)
    head = world.a_person(Role.UNIT_HEAD, tenant_id, unit_id)
    clerk = world.a_person(Role.UNIT_EDITOR, tenant_id, unit_id)
    number = world.a_dossier(tenant_id, unit_id, "draft")
    with world.acting(head) as actor:
        dossier = world.dossier(tenant_id, number)
        for name in ("Phó hiệu trưởng", "Tổ trưởng chuyên môn"):
            dossiers.add_team_member(actor, dossier, name, "Giáo viên", "member")
        sheet = open_sheet(dossier)
        first, second = sheet.team
        first.account_id = clerk.identity.account_id
        db.session.flush()
        ids = [f.indicator.id for f in sheet.unit_side().findings if f.applies]
        assigning.assign(actor, dossier, dict.fromkeys(ids[:2], 0), first.id, date(2027, 1, 13))
        assigning.assign(actor, dossier, dict.fromkeys(ids[2:3], 0), second.id, date(2027, 1, 13))
    run(world)
    with acting_in(STEWARD):
        assert not db.session.scalar(select(func.count()).where(Reminder.rule == "assigned"))
    world.set_clock(2027, 1, 11, 8, 0)
    assert run(world).exit_code == 0
    run(world)
    with acting_in(STEWARD):
        rows = db.session.execute(
            select(Notice.audience, Notice.account_id, Notice.sentence).where(
                Notice.sentence.contains("hạn nội bộ")
            )
        ).all()
    assert sorted((row[0], row[1]) for row in rows) == [("person", clerk.identity.account_id), ("unit", None)]
    assert "đến hạn nội bộ hết ngày 13/01/2027: còn 3 ngày, trong đó 3 ngày làm việc." in rows[0][2]
    world.set_clock(2027, 1, 14, 8, 0)
    run(world)
    with acting_in(STEWARD):
        assert db.session.scalar(select(func.count()).where(Reminder.rule == "assigned_late")) == 2
