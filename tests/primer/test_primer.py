"""The public page on learning units: criteria by kind in plain words, figures that add up and open their lists."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from sqlalchemy import insert

from portal.open_data.models import PublishedFigure
from tenants.database import db
from tenants.scope import acting_in
from tests.builders import STEWARD, World

PATH = "/hieu-ve-don-vi-hoc-tap"


def page(client: Any, query: str = "") -> str:
    """The page as a reader sees it."""
    answer = client.get(PATH + query)
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def test_the_criteria_in_plain_words(world: World, client: Any, count_queries: list[str]) -> None:
    """Each indicator with its explanation; for a kind only its own; numbers nobody confirmed say so."""
    said = page(client)
    assert "Đơn vị có kế hoạch học tập, bồi dưỡng của năm cho mọi thành viên" in said
    assert "Kinh phí đào tạo, bồi dưỡng từ ngân sách" in said
    assert "ngưỡng chưa được Sở xác nhận" in said
    assert "36 tháng" in said
    assert "Chưa có số liệu chính thức" in said
    own = page(client, "?loai=enterprise")
    assert "Kinh phí đào tạo, bồi dưỡng từ ngân sách" not in own
    assert "cơ sở mầm non dân lập" not in own.casefold()
    count_queries.clear()
    assert len(re.findall('class="plain-indicator"', page(client, "?loai=khong-co&nam=%00"))) > 10
    assert len(count_queries) <= 8, count_queries


def test_the_figures_add_up_and_open_their_lists(world: World, client: Any) -> None:
    """Sums over places and kinds, each recognised number a link to the register with the same filter."""
    places = [world.a_district(name) for name in ("Huyện An Lão", "Huyện Kiến Thụy")]
    rows = [
        {"tenant_id": place, "year": year, "kind": kind, "public": public, "place": "Huyện", "edition": 1,
         "accepted_on": date(2027, 3, 20), "counts": {"units": units, "level_1": one, "level_2": two}}
        for place, year, kind, public, units, one, two in (
            (places[0], 2025, "primary", True, 10, 4, 1),
            (places[0], 2025, "primary", False, 2, 1, 0),
            (places[1], 2025, "enterprise", False, 8, 0, 2),
            (places[1], 2026, "enterprise", False, 9, 3, 0),
        )
    ]  # fmt: skip
    with acting_in(STEWARD):
        db.session.execute(insert(PublishedFigure), rows)
    said = page(client, "?nam=2025")
    cells = [
        re.sub(r"<[^>]+>", "", cell)
        for cell in re.findall(r"<t[hd] (?:scope=\"row\"|class=\"r\")>(.*?)</t[hd]>", said)
    ]
    assert cells[:6] == ["2026", "1", "9", "3", "0", "33,33 %"]
    assert cells[6:12] == ["2025", "2", "20", "5", "3", "40 %"]
    assert cells[13:17] == ["8", "0", "2", "25 %"]
    assert cells[-4:] == ["12", "5", "1", "50 %"]
    link = "/tra-cuu?nam=2025&amp;muc=1&amp;loai=primary"
    assert link in said
    assert client.get(link.replace("&amp;", "&")).status_code == 200
