"""The decision as a paper: drafts stay with the district, what is issued reads the same for all it names."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from portal.papers.building_decision import decision, without_counts
from portal.papers.office import Office
from portal.recognition import operations as recognition
from portal.recognition.lines import DecisionSheet, LineRow
from portal.recognition.models import Decision
from tenants.database import db
from tenants.people import Role
from tests.beds import made_once
from tests.builders import Person, World
from tests.deciding import District, an_appraised
from tests.papers import reading


def opened(world: World, client: Any, person: Person, district: District, number: int) -> Any:
    """Open a decision's paper as a person."""
    return world.sign_in(client, person).get(f"/van-ban/quyet-dinh/{district.tenant_id}/{number}.pdf")


def issue(district: District, number: int) -> None:
    """Complete the bases of a draft and issue it."""
    with district.world.acting(district.officer) as actor:
        row = db.session.get_one(Decision, (district.tenant_id, number))
        bases = [line.replace("[bổ sung số, ngày]", "số 41/TTr-GDĐT") for line in row.legal_bases]
        recognition.set_legal_bases(actor, row, bases, row.version)
    with district.world.acting(district.leader) as actor:
        row = db.session.get_one(Decision, (district.tenant_id, number))
        recognition.issue(
            actor, row, "304/QĐ-UBND", date(2027, 1, 10), "Người ký quyết định", "PHÓ CHỦ TỊCH", row.version
        )


@pytest.fixture
@made_once
def drafted(world: World) -> tuple[District, int, dict[str, int]]:
    """A district whose draft holds a unit of level 1, one of level 2 and one refused; the units by name."""
    world.confirm_thresholds()
    district = District(world)
    units = {}
    for name, level in (("Trường Tiểu học Một", 1), ("Trường Tiểu học Hai", 2), ("Trường Tiểu học Ba", 0)):
        units[name] = world.a_unit(district.tenant_id, name)
        an_appraised(world, district.officer, district.tenant_id, level, unit_id=units[name])
    return district, district.drafted(), units


def test_a_draft_stays_with_the_district(world: World, client: Any, drafted: Any) -> None:
    """The district sees a preview with its gaps; the unit it names finds nothing."""
    district, number, units = drafted
    for page in reading.pages(opened(world, client, district.officer, district, number).data):
        assert "BẢN XEM TRƯỚC" in page
    text = reading.text(opened(world, client, district.leader, district, number).data)
    for what in ("số văn bản", "ngày, tháng, năm", "chức vụ người ký", "họ và tên người ký"):
        assert f"[chưa có: {what}]" in text
    head = world.a_person(Role.UNIT_HEAD, district.tenant_id, units["Trường Tiểu học Một"])
    assert opened(world, client, head, district, number).status_code == 404


def test_an_issued_decision_reads_the_same_for_all_it_names(world: World, client: Any, drafted: Any) -> None:
    """Counts are the lengths of the lists; district, province and a named unit get the same bytes."""
    district, number, units = drafted
    issue(district, number)
    answer = opened(world, client, district.officer, district, number)
    assert "Quyet-dinh-304-QD-UBND-2027.pdf" in answer.headers["Content-Disposition"]
    text = reading.text(answer.data)
    for words in (
        "CHỦ TỊCH ỦY BAN NHÂN DÂN HUYỆN AN LÃO",
        "Số: 304/QĐ-UBND An Lão, ngày 10 tháng 01 năm 2027",
        "Điều 1. Công nhận 2 đơn vị trên địa bàn huyện An Lão",
        "Mức độ 1: 1 đơn vị (Phụ lục I kèm theo);",
        "Mức độ 2: 1 đơn vị (Phụ lục II kèm theo).",
        "đối với 1 đơn vị (danh sách và lý do tại Phụ lục III kèm theo)",
        "trong thời hạn 36 tháng kể từ ngày ra quyết định, đến hết ngày 10/01/2030",
        "KT. CHỦ TỊCH PHÓ CHỦ TỊCH Người ký quyết định",
        "1 Trường Tiểu học Ba Trường tiểu học Chỉ tiêu 1.1:",
        *units,
    ):
        assert words in text
    assert "[chưa có:" not in text
    assert "BẢN XEM TRƯỚC" not in text
    for name in units:
        head = world.a_person(Role.UNIT_HEAD, district.tenant_id, units[name])
        assert opened(world, client, head, district, number).data == answer.data
    assert opened(world, client, world.province_person(), district, number).data == answer.data


def test_a_decision_is_unknown_to_those_it_does_not_name(world: World, client: Any, drafted: Any) -> None:
    """A unit that is not in it and another district get 404, before and after."""
    district, number, _ = drafted
    other = world.a_unit(district.tenant_id, "Trường Tiểu học Bốn")
    strangers = (
        world.a_person(Role.UNIT_HEAD, district.tenant_id, other),
        world.a_person(Role.DISTRICT_LEADER, world.a_district("Huyện Kiến Thụy")),
    )
    for issued in (False, True):
        if issued:
            issue(district, number)
        for person in strangers:
            assert opened(world, client, person, district, number).status_code == 404


def test_reading_the_whole_decision_changes_nothing_of_the_units_scope(
    world: World, client: Any, drafted: Any
) -> None:
    """After the paper, the unit still sees only its own dossier."""
    district, number, units = drafted
    issue(district, number)
    head = world.a_person(Role.UNIT_HEAD, district.tenant_id, units["Trường Tiểu học Một"])
    assert opened(world, client, head, district, number).status_code == 200
    answers = [
        client.get(f"/van-ban/{district.tenant_id}/{dossier}/mau-01.pdf").status_code for dossier in (1, 2, 3)
    ]
    assert sorted(answers) == [200, 404, 404]


REASONS = (
    (
        "Chỉ tiêu 2.2: cần thêm 461 người để đạt mức độ 1 (3712/4173; cần 3756).",
        "Chỉ tiêu 2.2: chưa đủ tỷ lệ để đạt mức độ 1.",
    ),
    (
        "Chỉ tiêu 3.1: Cần thêm 1.200 người để đạt mức độ 2 (3.712/4.912; cần 4.912). Chỉ tiêu 3.3: chưa thực hiện.",
        "Chỉ tiêu 3.1: chưa đủ tỷ lệ để đạt mức độ 2. Chỉ tiêu 3.3: chưa thực hiện.",
    ),
    ("Theo Quyết định số 12/QĐ-UBND (ban hành sau kỳ).", "Theo Quyết định số 12/QĐ-UBND (ban hành sau kỳ)."),
)


@pytest.mark.parametrize(("reason", "shown"), REASONS)
def test_reasons_of_sensitive_units_lose_their_counts(reason: str, shown: str) -> None:
    """What the rules wrote keeps its sense without the number of people."""
    assert without_counts(reason) == shown


def line(unit_id: int, kind: str, outcome: int, reason: str, requested: int = 1) -> LineRow:
    """A line of a decision."""
    return LineRow(
        line_id=unit_id, unit_id=unit_id, dossier_id=unit_id, unit_code=f"DV{unit_id}", name=f"Đơn vị {unit_id}",
        kind=kind, public=True, commune="", requested=requested, self_level=1, proposed=outcome, late=False,
        outcome=outcome, reason=reason, held_back=False, held_reason="", deviations=0, corrected=0,
    )  # fmt: skip


def test_sensitive_units_are_told_apart_by_kind_and_by_flag() -> None:
    """Only their counts are left out; a lower level than asked for is noted."""
    reason = REASONS[0][0]
    sheet = DecisionSheet(
        tenant_id=1, decision_id=1, year=2026, issued=False, number="", dated=None, issuer="", signer="",
        signer_title="", place="Huyện An Lão", seat="An Lão", committee="Ủy ban nhân dân huyện An Lão",
        office="Phòng GDĐT", symbol="UBND", bases=(), proposal=None, level_1=(line(4, "primary", 1, "", 2),),
        level_2=(), refused=(line(1, "military_police", 0, reason), line(2, "enterprise", 0, reason), line(3, "primary", 0, reason)),
        held=(), validity="", late="", created_by="", issued_at=None, issued_by="",
    )  # fmt: skip
    office = Office(
        "Ủy ban nhân dân huyện An Lão", "Phòng GDĐT", "huyện An Lão", "An Lão", "CHỦ TỊCH", "cấp huyện"
    )
    paper = decision(sheet, office, {2})
    assert [row.note for row in paper.not_recognised] == [REASONS[0][1], REASONS[0][1], reason]
    assert paper.level_1[0].note == "Đề nghị mức độ 2"
    assert paper.letterhead.issuer == "Ủy ban nhân dân huyện An Lão"
