"""The days between filing and deciding: what stands on which, on the page and on paper, for one's own district alone."""

from __future__ import annotations

import io
import zipfile
from datetime import date, timedelta
from typing import Any

from pypdf import PdfReader

from portal.checklist.rules import Standing, plan
from portal.cycle.rules import is_working_day, public_holidays
from portal.desk.guides import guide, headings
from portal.desk.helping import PAGES, help_of
from portal.words import in_words_of
from tenants.people import DISTRICT_ROLES, Role
from tests.builders import World
from tests.deciding import District

TERMS = (date(2027, 1, 15), date(2027, 2, 15), date(2027, 3, 15))


def test_two_days_are_the_laws_and_all_others_hints_on_working_days() -> None:
    """31 days and the first too late one; Tết is no day of work; an answer stands on the day the district gave."""
    days = plan(*TERMS, is_working_day, public_holidays(2027), {date(2027, 1, 20): 4, date(2028, 1, 1): 9})
    assert len(days) == 32
    assert (days[0].on, days[-1].on) == (TERMS[0], TERMS[1])
    law = [one.on for one in days for task in one.tasks if task.whose == "law"]
    assert law == [TERMS[0], TERMS[1] - timedelta(days=1), TERMS[1], TERMS[1]]
    assert [task.text for one in days for task in one.tasks if task.whose == "own"] == [
        "4 đơn vị đến hạn trả lời bổ sung."
    ]
    assert all(one.working for one in days for task in one.tasks if task.whose == "hint")
    assert [one.holiday for one in days if one.on == date(2027, 2, 6)] == ["Tết Nguyên Đán"]
    steps = [task.text for one in days for task in one.tasks]
    order = ("Chốt danh sách", "Tiếp nhận hồ sơ", "Họp xét", "Lập dự thảo", "Lãnh đạo xem", "Báo đơn vị")
    places = [next(n for n, said in enumerate(steps) if said.startswith(words)) for words in order]
    assert places == sorted(places)


def test_a_year_with_tight_or_workless_terms_still_has_its_days() -> None:
    """A week, and a span without one working day: no step is lost to an error, the terms still stand."""
    week = plan(date(2027, 1, 15), date(2027, 1, 22), TERMS[2], is_working_day, {}, {})
    assert len(week) == 8
    assert sum(len(one.tasks) for one in week) > 12
    idle = plan(date(2027, 1, 15), date(2027, 1, 17), TERMS[2], lambda _day: False, {}, {})
    assert [task.whose for one in idle for task in one.tasks] == ["law"] * 4
    assert Standing(41, 21, 4, 13, 5).said("received") == "đã tiếp nhận 21/41"
    assert Standing(1, 0, 0, 0, 0).said("") == ""


def test_the_page_counts_and_the_paper_has_boxes(world: World, client: Any) -> None:
    """How far one's own dossiers are, never another district's; PDF and DOCX with a box a task; other endings 404."""
    world.confirm_thresholds()
    other = District(world, "Huyện Kiến Thụy")
    other.appraised(1)
    district = District(world)
    district.appraised(1)
    world.a_dossier(district.tenant_id, world.a_unit(district.tenant_id), "submitted")
    world.sign_in(client, district.officer)
    page = client.get("/huyen/31-ngay").get_data(as_text=True)
    assert "31 ngày thẩm định" in page
    assert "đã tiếp nhận 1/2" in page
    assert "đã thẩm định 1/2" in page
    for reached in ("da-nhan", "da-tham-dinh"):
        assert f"state={reached}" in page
        assert "trong 1 hồ sơ" in client.get(f"/huyen/ho-so?state={reached}").get_data(as_text=True)
    paper = PdfReader(io.BytesIO(client.get("/huyen/31-ngay.pdf").get_data()))
    printed = "\n".join(one.extract_text() for one in paper.pages)
    assert "Thứ Sáu, 15/01/2027" in printed
    assert printed.count("[\u00a0\u00a0\u00a0]") + printed.count("[   ]") > 30
    with zipfile.ZipFile(io.BytesIO(client.get("/huyen/31-ngay.docx").get_data())) as package:
        assert "Ngày cuối ban hành quyết định" in package.read("word/document.xml").decode()
    assert client.get("/huyen/31-ngay.xlsx").status_code == 404
    assert client.get("/huyen/31-ngay?nam=1999").status_code == 404
    unit = world.a_unit(district.tenant_id)
    world.sign_in(client, world.a_person(Role.UNIT_HEAD, district.tenant_id, unit))
    refused = client.get("/huyen/31-ngay")
    assert refused.status_code == 403
    assert "page-help" not in refused.get_data(as_text=True)


def test_every_page_of_a_district_says_what_it_is_for(app: Any) -> None:
    """Each page under /huyen has a sentence and a section of the guide that is there."""
    assert {heading for _, heading in PAGES.values()} <= set(headings("huyen"))
    in_province = {in_words_of("province", heading) for _, heading in PAGES.values()}
    assert in_province <= set(headings("cap-tinh"))
    with app.test_request_context():
        made = guide("huyen")
        assert made is not None
        anchors = {label: url for url, label in made.sections}
        lacking = []
        for rule in app.url_map.iter_rules():
            right = getattr(app.view_functions[rule.endpoint], "__right__", None)
            for_district = right is not None and right.value.roles & DISTRICT_ROLES
            if "GET" in rule.methods and rule.rule.startswith("/huyen") and for_district:
                found = help_of(rule.endpoint)
                if found is None:
                    lacking.append(rule.endpoint)
                else:
                    assert found.url.endswith(anchors[found.heading]), rule.endpoint
    assert lacking == []
