"""What is lacking, as work to do; what if; and the first two acceptance scenarios of the product, through pages."""

from __future__ import annotations

import re
from typing import Any

import pytest

from portal.dossiers import operations
from portal.dossiers.advice import advise
from portal.dossiers.queries import open_sheet
from portal.dossiers.trying import what_if
from tenants.people import Role
from tests.builders import World
from tests.dossiers.test_views import Desk


def told(page: str) -> str:
    """Return what a page says, without marks."""
    return " ".join(re.sub(r"<[^>]*>", " ", page.split("<main", 1)[1].split("</main>")[0]).split())


@pytest.fixture
def desk(world: World, client: Any) -> Desk:
    """A primary school with a filled draft of 37 members, thresholds confirmed."""
    return Desk(world, client, "filled", confirmed=True)


def save(desk: Desk, code: str, part: int) -> str:
    """Save a share through the page; returns the page that follows."""
    with desk.world.acting(desk.head, writes=False):
        version = open_sheet(desk.world.dossier(desk.tenant_id, desk.id)).answers[desk.ids[code]].version
    answer = desk.answer(code, value=str(part), version=str(version), explanation="Theo quyết định năm 2026.")
    assert answer.status_code == 200
    text: str = answer.get_data(as_text=True)
    return text


def test_scenario_1_thirty_seven_members(desk: Desk) -> None:
    """33 of 37: level 1 not met, one person is lacking; 34: level 1 met; 36: the share of level 2 met."""
    page = save(desk, "3.1", 33)
    assert "Cần thêm 1 người để đạt mức độ 1 (33/37; cần 34)." in page
    assert "Mức độ 1: chưa đạt" in page
    gaps = told(desk.page("/con-thieu"))
    assert "1 người Cần thêm 1 người để đạt mức độ 1" in gaps
    assert "3 người Cần thêm 3 người để đạt mức độ 2 (33/37; cần 36)." in gaps
    page = save(desk, "3.1", 34)
    assert "Đạt mức độ 1 (34/37 = 91,89 %; cần 34)." in page
    assert "Mức độ 1: đạt" in page
    assert "Cần thêm 2 người để đạt mức độ 2" in page
    page = save(desk, "3.1", 36)
    assert "Đạt mức độ 2 (36/37 = 97,29 %; cần 36)." in page
    assert "Mức độ 2: đạt" in page
    assert "Không còn việc nào." in told(desk.page("/con-thieu"))


def test_scenario_2_a_kindergarten_without_learners(world: World, client: Any) -> None:
    """0 learners: the indicator of learners does not apply, never 0 % or 100 %, and the verdict is not touched."""
    world.confirm_thresholds()
    tenant_id = world.a_district()
    unit_id = world.a_unit(tenant_id, "Trường Mầm non Quang Trung", "preschool")
    head = world.a_person(Role.UNIT_HEAD, tenant_id, unit_id)
    number = world.a_dossier(tenant_id, unit_id, "filled")
    world.sign_in(client, head)
    before = told(client.get(f"/ho-so/{number}").text)
    assert "Mức độ 2: đạt" in before
    with world.acting(head) as actor:
        dossier = world.dossier(tenant_id, number)
        sheet = open_sheet(dossier)
        learners = next(i for i in sheet.indicators if i.code == "3.1b")
        answer = sheet.answers[learners.id]
        operations.save_answer(
            actor,
            dossier,
            learners.id,
            operations.Given(explanation=answer.explanation, version=answer.version),
        )
        operations.save_headcounts(
            actor, dossier, {"learners": 0}, {"learners": sheet.headcounts["learners"].version}
        )
    page = told(client.get(f"/ho-so/{number}").text)
    assert "Không áp dụng: đơn vị không có người học." in page
    assert "Mức độ 2: đạt" in page
    card = page.split("3.1b", 1)[1][:900]
    assert "0 %" not in card
    assert "100 %" not in card
    assert "3.1b Không áp dụng: đơn vị không có người học." in told(
        client.get(f"/ho-so/{number}/con-thieu").text
    )


def test_fewest_steps_first_with_named_papers(desk: Desk) -> None:
    """People before more people, papers by name, claims without proof, and nothing said twice."""
    save(desk, "2.1", 30)
    save(desk, "3.1", 33)
    with desk.world.acting(desk.head) as actor:
        dossier = desk.world.dossier(desk.tenant_id, desk.id)
        for code, yes, explanation in (("1.1", False, ""), ("1.4", True, ""), ("1.5", None, "")):
            answer = open_sheet(dossier).answers[desk.ids[code]]
            given = operations.Given(yes=yes, explanation=explanation, version=answer.version)
            operations.save_answer(actor, dossier, desk.ids[code], given)
        sheet = open_sheet(dossier)
        advice = advise(sheet.unit_side())
    (_, first, none), (_, second, carried) = advice.levels
    assert [(task.code, task.amount) for task in first] == [
        ("1.1", "1 việc"),
        ("1.5", "nhập kết quả"),
        ("3.1", "1 người"),
        ("2.1", "4 người"),
    ]
    assert first[0].papers[0] == "Kế hoạch học tập, bồi dưỡng của năm"
    assert "Minh chứng cần có" not in first[0].todo
    assert [(task.code, task.amount) for task in second] == [("3.1", "3 người"), ("2.1", "6 người")]
    assert (none, carried) == (0, 2)
    assert [task.code for task in advice.unproven] == ["1.4"]
    page = told(desk.page("/con-thieu"))
    assert "Cùng với 2 việc của mức độ 1 ở trên." in page
    assert "Đã ghi đạt, còn thiếu minh chứng" in page
    assert "Kế hoạch chuyển đổi số của đơn vị" in page
    review = told(desk.page("/kiem-tra"))
    assert (
        "Chỉ tiêu 1.4: ghi “đạt” nhưng chưa có minh chứng. Xin gắn minh chứng hoặc viết giải trình." in review
    )


def test_it_works_from_january_on(world: World, client: Any) -> None:
    """With nothing entered and thresholds open: a list of work, its figures called what they are."""
    world.set_clock(2026, 1, 20, 9, 0)
    desk = Desk(world, client)
    page = told(desk.page("/con-thieu"))
    assert "theo số liệu hiện có lúc" in page
    assert "Số liệu của năm tính đến hết ngày 31/12/2026" in page
    assert "Ngưỡng chưa được Sở xác nhận" in page
    assert "Chính là" in page
    world.set_clock(2027, 1, 5, 9, 0)
    assert "theo số liệu hiện có" not in told(desk.page("/con-thieu"))


def test_what_if_saves_nothing(desk: Desk, count_queries: list[str]) -> None:
    """Other figures in the address: verdicts before and after, what turns; a reading request that writes nothing."""
    save(desk, "3.1", 33)
    page = desk.page("/con-thieu")
    assert 'name="so-members"' in page
    assert "Hiện nay" not in page
    count_queries.clear()
    tried = desk.page("/con-thieu?so-members=38&ct-3.1=36&ct-1.1=khong")
    assert not [one for one in count_queries if re.match(r"(insert|update|delete)", one.strip().lower())]
    said = told(tried)
    assert "33 trong 37 Chưa đạt mức độ 1 36 trong 38 Chưa đạt mức độ 2" in said
    assert "1.1 Kế hoạch học tập hằng năm Có Đạt cả hai mức Chưa có Chưa đạt mức độ 1" in said
    assert 'value="36"' in tried, "what was typed stays"
    unchanged = told(desk.page("/con-thieu?ct-3.1=33"))
    assert "Không chỉ tiêu nào thay đổi." in unchanged
    gone = told(desk.page("/con-thieu?so-members=0"))
    assert (
        "3.1 Thành viên đạt “Công dân học tập” 33 trong 37 Chưa đạt mức độ 1 không áp dụng Không áp dụng"
        in gone
    )
    with desk.world.acting(desk.head, writes=False):
        sheet = open_sheet(desk.world.dossier(desk.tenant_id, desk.id))
        assert (sheet.headcounts["members"].value, sheet.answers[desk.ids["3.1"]].part) == (37, 33)
        assert what_if(sheet, {}).turns == []


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("ct-3.1=38", "Chỉ tiêu 3.1: số đạt (38) lớn hơn tổng số (37)."),
        ("so-members=30", "số đạt (37) lớn hơn tổng số (30)"),
        ("so-members=abc", "Thành viên tại 31/12: Xin nhập số nguyên từ 0 đến 1.000.000"),
        ("ct-3.1=-1", "Chỉ tiêu 3.1: Xin nhập số nguyên"),
        ("ct-3.1=" + "9" * 400, "Chỉ tiêu 3.1: Xin nhập số nguyên"),
        ("ct-3.1=<script>x</script>", "Chỉ tiêu 3.1: Xin nhập số nguyên"),
    ],
)
def test_what_if_of_what_cannot_be(desk: Desk, query: str, sentence: str) -> None:
    """A sentence, the input as typed, no verdict drawn from nonsense; unknown choices count as not entered."""
    page = desk.page(f"/con-thieu?{query}")
    assert sentence in told(page)
    assert "Nếu như vậy" not in page
    assert "<script>x" not in page


def test_zero_members_is_said(desk: Desk) -> None:
    """No members leave nothing to measure; the review says so without standing in the way."""
    for code in ("2.1", "2.2", "2.3", "2.5", "3.1"):
        with desk.world.acting(desk.head) as actor:
            dossier = desk.world.dossier(desk.tenant_id, desk.id)
            answer = open_sheet(dossier).answers[desk.ids[code]]
            operations.save_answer(actor, dossier, desk.ids[code], operations.Given(version=answer.version))
    with desk.world.acting(desk.head) as actor:
        dossier = desk.world.dossier(desk.tenant_id, desk.id)
        version = open_sheet(dossier).headcounts["members"].version
        operations.save_headcounts(actor, dossier, {"members": 0}, {"members": version})
    assert "Không áp dụng: đơn vị không có Thành viên." in told(desk.page())
    assert "Số Thành viên tại 31/12 đang là 0" in told(desk.page("/kiem-tra"))


def test_another_unit_finds_nothing(desk: Desk) -> None:
    """Another unit's page is unknown, with or without figures to try."""
    unit_id = desk.world.a_unit(desk.tenant_id, "Trường Tiểu học Tân Viên")
    desk.world.sign_in(desk.client, desk.world.a_person(Role.UNIT_HEAD, desk.tenant_id, unit_id))
    for query in ("", "?ct-3.1=1"):
        assert desk.client.get(f"/ho-so/{desk.id}/con-thieu{query}").status_code == 404
