"""A district's report on the real database: live figures, the lock, the leader's sending, the Department's answer."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError

from portal import words
from portal.figures.queries import by_tenant, counts, total
from portal.notices.models import Notice
from portal.reports import narrative, operations
from portal.reports.models import DistrictReport, ReportAnswer
from portal.reports.queries import (
    changes_since,
    edition_before,
    figures_of,
    latest_edition,
    report_sheet,
    standing,
)
from tenants.database import db
from tenants.people import Role
from tenants.refusal import Conflict, Refused
from tests.beds import made_once
from tests.builders import World
from tests.deciding import District


@pytest.fixture
@made_once
def decided(world: World) -> District:
    """A district that recognised three units at level 1 and two at level 2 and refused one, on 10/02/2027."""
    world.confirm_thresholds()
    district = District(world)
    district.appraised(1, 1, 1, 2, 2, 0)
    world.set_clock(2027, 2, 10, 9, 0)
    district.issued("45/QĐ-UBND", date(2027, 2, 10))
    world.set_clock(2027, 3, 3, 9, 0)
    return district


def report(district: District, report_id: int) -> DistrictReport:
    """Load a report in the scope in force."""
    return db.session.get_one(DistrictReport, (district.tenant_id, report_id))


def test_the_figures_of_text_and_table_are_the_same(decided: District) -> None:
    """Totals through the real job: 6 filed, 3 + 2 recognised, 1 refused, in table, list and words."""
    with decided.world.acting(decided.officer) as actor:
        found = operations.open_report(actor, 2026)
        sheet = report_sheet(found)
        assert sheet.provisional
        row = sheet.bieu_01[-1]
        texts = {
            number: row.cell(number).text for number in ("3", "6", "11", "13", "15", "17", "18", "19", "22")
        }
        assert texts == {
            "3": "6",
            "6": "6",
            "11": "6",
            "13": "3",
            "15": "2",
            "17": "1",
            "18": "0",
            "19": "5",
            "22": "5",
        }
        assert row.cell("20").text == words.percent(5, 6)
        assert len(sheet.bieu_02) == 5
        assert {r.renewal for r in sheet.bieu_02} == {"Lần đầu"}
        assert [r.decision_number for r in sheet.bieu_03] == ["45/QĐ-UBND"]
        said = next(s for s in sheet.sections if s.key == "iii_3").paragraphs[0]
        assert said.startswith(
            "Quyết định số 45/QĐ-UBND ngày 10/02/2027: công nhận 5 đơn vị, gồm 3 đơn vị mức độ 1"
        )
        assert all(result.holds for result in sheet.checks)
        assert operations.open_report(actor, 2026).id == found.id


def test_lock_send_return_and_the_next_edition(decided: District) -> None:
    """The snapshot keeps its figures, points are tied to cells, edition 2 lists what differs."""
    world = decided.world
    report_id = decided.sent_report("20/BC-PGDĐT")
    decided.appraised(1)
    department = world.province_person(Role.PROVINCE_OFFICER)
    with world.acting(department) as actor:
        sent = report(decided, report_id)
        assert (sent.state, sent.late) == ("sent", False)
        assert figures_of(sent).total.counts.level_1 == 3
        assert total(counts(2026)).submitted == 7
        points = [{"table": "bieu_01", "row": "7.2", "column": "13", "text": "Thiếu một trường."}]
        with pytest.raises(Refused, match="không có cột 99"):
            operations.answer_report(actor, sent, "returned", [{**points[0], "column": "99"}])
        operations.answer_report(actor, sent, "returned", points)
        with pytest.raises(Refused, match="đã trả lại báo cáo này"):
            operations.answer_report(actor, sent, "accepted")
    decided.issued("61/QĐ-UBND", date(2027, 3, 3))
    with world.acting(decided.officer) as actor:
        second = operations.open_report(actor, 2026)
        assert second.edition == 2
        changed = {
            (d.place, d.before, d.after) for d in changes_since(edition_before(second), figures_of(second))
        }
        assert ("Biểu 01, dòng “Cộng”, cột 13 (công nhận mức độ 1: số)", "3", "4") in changed
        assert sum(place.startswith("Biểu 02") for place, _, _ in changed) == 1
        assert db.session.scalar(select(func.count()).where(Notice.sentence.like("Sở đã trả lại%"))) == 1
    decided.sent_report("21/BC-PGDĐT")
    with world.acting(department) as actor:
        found = latest_edition(decided.tenant_id, 2026)
        assert found is not None
        operations.answer_report(actor, found[0], "accepted")
    with world.acting(decided.officer) as actor:
        found = latest_edition(decided.tenant_id, 2026)
        assert found is not None
        assert standing(*found) == "accepted"
        assert operations.open_report(actor, 2026).edition == 2


def test_a_sent_report_is_never_changed(decided: District) -> None:
    """Neither by a verb nor past it, in the database."""
    report_id = decided.sent_report()
    with decided.world.acting(decided.officer) as actor:
        with pytest.raises(Refused, match="đã gửi Sở"):
            operations.unlock(actor, report(decided, report_id))
        with pytest.raises(Refused, match="đã gửi Sở"):
            operations.save_narrative(actor, report(decided, report_id), {"v_1": "khác"})
        with pytest.raises(DBAPIError, match="never changed"):
            db.session.execute(update(DistrictReport).values(narrative={}))
        db.session.rollback()
        with pytest.raises(DBAPIError):
            db.session.execute(update(DistrictReport).values(state="draft"))
        db.session.rollback()


def test_late_is_marked_and_head_is_checked(decided: District) -> None:
    """After 14/03 the report is late; a report of tomorrow, without number or before its decision is refused."""
    world = decided.world
    report_id = decided.locked_report()
    with world.acting(decided.leader) as actor:
        for number, dated, match in (
            ("", date(2027, 3, 3), "số báo cáo"),
            ("20/BC", None, "ngày báo cáo"),
            ("20/BC", date(2027, 3, 4), "ở sau hôm nay"),
            ("20/BC", date(2027, 2, 9), "trước ngày của quyết định"),
            ("9" * 61, date(2027, 3, 3), "tối đa 60"),
        ):
            with pytest.raises(Refused, match=match):
                operations.send(
                    actor, report(decided, report_id), number, dated, "Trưởng phòng", "TRƯỞNG PHÒNG"
                )
        with pytest.raises(Refused, match="không được soạn"):
            operations.unlock(actor, report(decided, report_id))
    world.set_clock(2027, 3, 15, 0, 0, 5)
    with world.acting(decided.leader) as actor:
        row = report(decided, report_id)
        assert operations.send(actor, row, "20/BC", date(2027, 3, 14), "Trưởng phòng", "TRƯỞNG PHÒNG").late


def test_words_are_kept_and_unknown_fields_refused(decided: District) -> None:
    """Figures are fields: an unknown one, a stray brace or a foreign section is refused with its sentence."""
    with decided.world.acting(decided.officer) as actor:
        found = operations.open_report(actor, 2026)
        version = found.version
        operations.save_narrative(actor, found, {"v_1": "Có {so_muc_1} đơn vị.\r\n  Dòng hai.  "}, version)
        assert report_sheet(found).sections[-6].paragraphs == ("Có 3 đơn vị.", "Dòng hai.")
        for texts, match in (
            ({"v_1": "{so_gi_do}"}, "Không có ô số liệu"),
            ({"v_1": "mở { mà không đóng"}, "Dấu ngoặc nhọn"),
            ({"khác": ""}, "không có mục này"),
            ({"v_1": "a" * 20_001}, "20.000 ký tự"),
        ):
            with pytest.raises(Refused, match=match):
                operations.save_narrative(actor, found, texts)
        with pytest.raises(Conflict):
            operations.save_narrative(actor, found, {"v_1": "khác"}, version)
        with pytest.raises(Refused, match="không giải trình được"):
            operations.explain(actor, found, {"R4": "vì thế"})


def test_a_rule_that_fails_is_explained_or_stops(world: World) -> None:
    """A unit closed before 31/12 after it filed breaks R1: explained, the report can be locked."""
    world.confirm_thresholds()
    district = District(world)
    district.appraised(1)
    world.set_clock(2027, 2, 16, 9, 0)
    district.issued("45/QĐ-UBND", date(2027, 2, 16))
    with world.acting(district.officer) as actor:
        found = operations.open_report(actor, 2026)
        with pytest.raises(Refused, match="R7b: 1 đơn vị được công nhận sau thời hạn"):
            operations.lock(actor, found)
        operations.explain(actor, found, {"R7b": "Họp Hội đồng muộn do bão."})
        assert operations.lock(actor, found).state == "locked"


def test_two_people_send_once(decided: District) -> None:
    """Two leaders at once: one report sent, the other reads why not."""
    app, report_id = decided.world.app, decided.locked_report()
    answers: list[str] = []
    start = threading.Barrier(2)

    def press(number: str) -> None:
        with app.app_context():
            start.wait(10)
            try:
                with decided.world.acting(decided.leader) as actor:
                    row = report(decided, report_id)
                    operations.send(actor, row, number, date(2027, 3, 3), "Lãnh đạo", "TRƯỞNG PHÒNG")
                answers.append("sent")
            except Refused as refused:
                answers.append(refused.sentence)
            finally:
                db.session.remove()

    people = [threading.Thread(target=press, args=(number,)) for number in ("20/BC", "21/BC")]
    for person in people:
        person.start()
    for person in people:
        person.join(30)
    assert answers.count("sent") == 1
    assert any("đã gửi Sở" in answer for answer in answers)


def test_districts_add_up_to_the_province(decided: District) -> None:
    """Another district's report holds its own figures; the province sees the sum and nothing else."""
    world = decided.world
    other = District(world, "Huyện Kiến Thụy")
    world.set_clock(2027, 1, 10, 10, 0)
    other.appraised(1, 2)
    other.issued("45/QĐ-UBND")
    with world.acting(other.officer) as actor:
        assert report_sheet(operations.open_report(actor, 2026)).bieu_01[-1].counts.recognised == 2
    with world.acting(world.province_person(Role.PROVINCE_VIEWER)):
        everything = counts(2026)
        own = by_tenant(everything)
        assert own[decided.tenant_id].recognised == 5
        assert total(everything) == own[decided.tenant_id] + own[other.tenant_id]
        assert total(counts(2026, tenant_id=other.tenant_id)) == own[other.tenant_id]


def test_every_prefilled_text_stands() -> None:
    """The skeleton names known fields only, and every field has its words."""
    assert [narrative.SKELETON.fault(text) for text in narrative.SKELETON.prefilled().values()] == [
        None
    ] * len(narrative.SKELETON.keys)


def test_a_province_person_cannot_write_a_report(decided: District) -> None:
    """The province reads and answers; it writes no district's report."""
    with decided.world.acting(decided.world.province_person()) as actor:
        with pytest.raises(Refused) as refused:
            operations.open_report(actor, 2026)
        assert refused.value.status == 403
        assert db.session.scalar(select(func.count()).select_from(ReportAnswer)) == 0
