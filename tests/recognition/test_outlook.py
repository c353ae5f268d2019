"""Until when a recognition holds, when it may be raised, how it is renewed; and a dossier begun from the old one."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from portal.catalogue.models import CriteriaVersion
from portal.cycle.operations import open_year
from portal.dossiers.carrying import start_from_earlier
from portal.dossiers.models import Dossier
from portal.dossiers.queries import open_sheet
from portal.recognition.models import Recognition
from portal.recognition.outlook import (
    Held,
    YearDates,
    holds_sentence,
    raise_sentences,
    raise_year,
    renewal,
    renewal_sentences,
    time_left,
)
from portal.recognition.rules import Term
from portal.units.models import Unit
from tenants.database import db
from tenants.people import Role
from tenants.refusal import Refused
from tenants.scope import acting_in
from tests.builders import STEWARD, World
from tests.deciding import District, an_appraised

# Decided 10/02/2025 on the year 2024 (product.md, scenario 10).
HELD = Held(1, 2024, "304/QĐ-UBND", date(2025, 2, 10), date(2028, 2, 10), date(2026, 2, 10))


def legal(year: int) -> YearDates:
    """The dates of Article 10."""
    return YearDates(year, date(year + 1, 1, 15), date(year + 1, 2, 15))


@pytest.mark.parametrize(
    ("last", "today", "words"),
    [
        (date(2028, 2, 10), date(2025, 2, 10), "còn 3 năm"),
        (date(2028, 2, 10), date(2027, 1, 10), "còn 1 năm 1 tháng"),
        (date(2028, 2, 10), date(2028, 1, 11), "còn 1 tháng"),
        (date(2028, 2, 10), date(2028, 1, 12), "còn 29 ngày"),
        (date(2028, 2, 10), date(2028, 2, 10), "hôm nay là ngày cuối"),
        (date(2028, 2, 10), date(2028, 2, 11), "đã hết"),
        (date(2028, 2, 29), date(2028, 1, 31), "còn 1 tháng"),
    ],
)
def test_time_left(last: date, today: date, words: str) -> None:
    """Whole months, its last day included; days in the last month."""
    assert time_left(last, today) == words


@pytest.mark.parametrize(
    ("may_raise", "today", "year"),
    [
        (date(2026, 2, 10), date(2025, 3, 1), 2025),
        (date(2026, 2, 14), date(2025, 3, 1), 2025),
        (date(2026, 2, 15), date(2025, 3, 1), 2026),
        (date(2026, 2, 10), date(2026, 1, 15), 2026),
    ],
)
def test_the_first_year_that_may_raise(may_raise: date, today: date, year: int) -> None:
    """Its decision can fall on the day level 2 may be given, and its filing is not over."""
    held = Held(1, 2024, "1", date(2025, 2, 10), date(2028, 2, 10), may_raise)
    found = raise_year(held, legal, today)
    assert found is not None
    assert found.year == year
    assert raise_year(Held(2, 2024, "1", date(2025, 2, 10), date(2028, 2, 10), None), legal, today) is None


def test_which_dossier_renews() -> None:
    """The year decided before the end is safe; the year filed before the end may leave a gap; then there is none."""
    found = renewal(HELD, legal, date(2027, 1, 10))
    assert found is not None
    assert found.safe is not None
    assert (found.safe.year, found.last.year) == (2026, 2027)
    found = renewal(HELD, legal, date(2027, 1, 15))
    assert found is not None
    assert (found.safe, found.last.year) == (None, 2027)
    assert renewal(HELD, legal, date(2028, 1, 15)) is None
    said = " ".join(renewal_sentences(HELD, legal, date(2027, 1, 10)))
    assert "hồ sơ năm 2026 và nộp trước ngày 15/01/2027" in said
    assert "Muộn nhất là hồ sơ năm 2027, nộp trước ngày 15/01/2028" in said
    assert "chưa được công nhận" in " ".join(renewal_sentences(HELD, legal, date(2028, 1, 15)))
    assert "nay đã hết" in " ".join(renewal_sentences(HELD, legal, date(2028, 2, 11)))


def test_the_rules_in_words() -> None:
    """Months and days of this unit, as the version's settings reckon them."""
    term = Term()
    today = date(2025, 3, 1)
    assert "36 tháng kể từ ngày ra quyết định 10/02/2025 (Điều 5)" in holds_sentence(HELD, term, today)
    years = Term(validity_from="following_year")
    assert "36 tháng tiếp theo năm được công nhận (2024)" in holds_sentence(HELD, years, today)
    first, second = raise_sentences(HELD, term, legal, today)
    assert (
        "12 tháng kể từ ngày ra quyết định công nhận mức độ 1 (10/02/2025), tức từ ngày 10/02/2026" in first
    )
    assert "hồ sơ năm 2025, nộp trước ngày 15/01/2026" in second
    assert "đã đủ" in raise_sentences(HELD, term, legal, date(2026, 2, 10))[0]


def test_the_page_and_the_old_dossier_as_a_start(world: World, client: Any) -> None:
    """The page says the unit's own dates; the new dossier has words and team of the old one, and no figure."""
    world.confirm_thresholds()
    district = District(world)
    unit_id = world.a_unit(district.tenant_id)
    old_id = an_appraised(world, district.officer, district.tenant_id, 1, unit_id=unit_id)
    head = world.a_person(Role.UNIT_HEAD, district.tenant_id, unit_id)
    world.sign_in(client, head)
    assert "chưa có kết quả công nhận nào" in client.get("/ket-qua/hieu-luc").get_data(as_text=True)
    world.set_clock(2027, 2, 1, 9, 0)
    district.issued()
    with acting_in(STEWARD):
        open_year(2027, db.session.query(CriteriaVersion).filter_by(key="tt24-2023").one())
    world.set_clock(2027, 3, 1, 9, 0)
    said = client.get("/ket-qua/hieu-luc").get_data(as_text=True)
    for word in (
        "01/02/2030",
        "01/02/2028",
        "hồ sơ năm 2027, nộp trước ngày 15/01/2028",
        "Bắt đầu từ hồ sơ cũ",
    ):
        assert word in said
    assert "chưa được Sở xác nhận" in said
    assert "Nâng mức độ, công nhận lại" in client.get("/").get_data(as_text=True)
    found = re.search(r'name="csrf-token" content="([^"]+)"', said)
    assert found is not None
    for year, status in (("2027", 303), ("2027", 303), ("20a7", 422), ("", 422), ("2031", 409)):
        sent = client.post("/ket-qua/hieu-luc", data={"csrf_token": found[1], "year": year})
        assert sent.status_code == status, year
    with world.acting(head) as actor:
        new = db.session.scalars(select(Dossier).where(Dossier.year == 2027)).one()
        sheet, old = open_sheet(new), open_sheet(world.dossier(district.tenant_id, old_id))
        assert [m.full_name for m in sheet.team] == [m.full_name for m in old.team]
        assert all(
            (a.yes, a.part, a.grade, a.met_1) == (None, None, None, "missing") for a in sheet.answers.values()
        )
        assert {a.explanation for a in sheet.answers.values()} == {
            a.explanation for a in old.answers.values()
        }
        assert all(row.value is None for row in sheet.headcounts.values())
        assert (new.team_number, new.team_date, new.requested_level, new.signed_at) == ("", None, None, None)
        unit = db.session.get_one(Unit, (district.tenant_id, unit_id))
        with pytest.raises(Refused, match="không dùng làm mẫu"):
            start_from_earlier(actor, unit, 2026, old.dossier)
        held = db.session.scalars(select(Recognition)).one()
        assert (held.level, held.state) == (1, "in_force"), "beginning anew changes nothing that is held"
