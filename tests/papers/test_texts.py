"""Governed wordings: plain text with known fields, previewed, put in force; what was issued keeps its own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal.papers import text_operations as texts
from portal.papers.speaking import speaker
from portal.papers.text_samples import sample
from portal.papers.texts import PLACES, Wording, fault_of, wording_at
from portal.trail.queries import of_acts
from tenants.database import db
from tenants.people import Role
from tenants.refusal import Conflict, Refused
from tests.beds import made_once
from tests.builders import Person, World
from tests.forms import send

PLACE = PLACES["receipt.closing"]
SOURCE = "Văn bản thử số 1"


def test_only_plain_text_with_known_fields_stands() -> None:
    """Every shipped wording stands; unknown fields, stray braces, lines and length get a sentence."""
    for place in PLACES.values():
        assert fault_of(place, place.default) == ""
    for typed, sentence in (
        ("  ", "Xin ghi câu chữ"),
        ("Gửi {school}", r"Không có chỗ điền \{school\}"),
        ("Gửi {unit.__class__}", "Không có chỗ điền"),
        ("Gửi {unit", "Dấu { và }"),
        ("Một\nhai", "liền một đoạn"),
        ("x" * 1_001, "1.001 ký tự"),
    ):
        assert sentence.replace("\\", "") in fault_of(PLACE, typed)
    assert fault_of(PLACES["decision.recipients"], "Một\nhai") == ""


def test_the_latest_for_the_year_in_force_at_issue_is_said() -> None:
    """A paper issued before keeps the earlier wording; a year before `from_year` is untouched."""
    first = Wording(PLACE.key, "một", 2026, datetime(2027, 1, 5, tzinfo=UTC))
    second = Wording(PLACE.key, "hai", 2027, datetime(2027, 2, 5, tzinfo=UTC))
    known = (second, first)
    assert wording_at(PLACE.key, 2025, None, known) == PLACE.default
    assert wording_at(PLACE.key, 2026, datetime(2027, 1, 4, tzinfo=UTC), known) == PLACE.default
    assert wording_at(PLACE.key, 2026, None, known) == "một"
    assert wording_at(PLACE.key, 2027, datetime(2027, 2, 1, tzinfo=UTC), known) == "một"
    assert wording_at(PLACE.key, 2027, None, known) == "hai"


def test_every_place_has_a_sample_that_says_it() -> None:
    """The preview shows the very words, fields filled in and escaped."""
    for place in PLACES.values():
        words = speaker(2026, "cấp huyện", None)(
            place.key, unit="Đơn vị mẫu", office="Phòng Giáo dục và Đào tạo"
        )
        html = sample(place, 2026).html
        assert all(line.rstrip(".") in html for line in words.splitlines()), place.key


@pytest.fixture
@made_once
def admin(world: World) -> Person:
    """The province's administrator."""
    return world.province_person()


def test_a_wording_goes_from_draft_to_force_and_stays(world: World, admin: Person) -> None:
    """Draft, correct, put in force: said by papers of its years, in the trail, and fixed in the database."""
    with world.acting(admin) as actor:
        draft = texts.draft_text(actor, PLACE, "Năm {year}: gửi {unit} một lần.", 2026, SOURCE, seen=0)
        with pytest.raises(Conflict):
            texts.draft_text(actor, PLACE, "Khác", 2026, SOURCE, seen=0)
        assert speaker(2026, "cấp huyện", None)(PLACE.key, unit="A") == PLACE.default
        with pytest.raises(Conflict):
            texts.put_in_force(actor, PLACE, seen=draft.version + 1)
        texts.put_in_force(actor, PLACE, seen=draft.version)
        with pytest.raises(Refused, match="không còn"):
            texts.drop_draft(actor, PLACE, seen=1)
    with world.acting(admin) as actor:
        assert speaker(2026, "cấp huyện", None)(PLACE.key, unit="A & B") == "Năm 2026: gửi A & B một lần."
        assert speaker(2025, "cấp huyện", None)(PLACE.key, unit="A") == PLACE.default
        assert [e.act for e in of_acts(world.province_id, "text.")] == ["text.in_force", "text.draft"]
        with pytest.raises(DBAPIError) as fixed, db.session.begin_nested():
            db.session.execute(text("update paper_text set text = 'khác'"))
        assert getattr(fixed.value.orig, "sqlstate", "") == "PT409"
    officer = world.province_person(Role.PROVINCE_OFFICER)
    with world.acting(officer) as actor, pytest.raises(Refused, match="không được soạn"):
        texts.draft_text(actor, PLACE, "Khác", 2026, SOURCE, seen=0)


def test_the_pages_draft_preview_and_put_in_force(world: World, app: Any, client: Any, admin: Person) -> None:
    """A wrong field keeps what was typed; the preview is a PDF; without the box nothing is put in force."""
    client = world.sign_in(client, admin)
    page = "/tinh/mau-van-ban/receipt-closing"
    assert "Câu chữ của mẫu văn bản" in client.get("/tinh/mau-van-ban").text
    wrong = send(client, page, {"text": "Gửi {school} ngay", "from_year": "2026", "source": SOURCE})
    assert wrong.status_code == 422
    assert "Gửi {school} ngay" in wrong.text
    assert "{unit} (tên đơn vị)" in wrong.text
    typed = {"text": "Gửi {unit} ngay.", "from_year": "hai nghìn", "source": SOURCE}
    assert send(client, page, typed).status_code == 422
    assert send(client, page, {**typed, "from_year": "2026"}).status_code == 303
    assert client.get(f"{page}/xem-truoc.pdf").data[:5] == b"%PDF-"
    assert "Gửi {unit} ngay." in client.get(page).text
    send(client, f"{page}/cho-dung", {"version": "1"}, page=page)
    assert "Có bản soạn" in client.get("/tinh/mau-van-ban").text
    assert send(client, f"{page}/cho-dung", {"version": "1", "read": "y"}, page=page).status_code == 303
    assert "Sở đã đổi" in client.get("/tinh/mau-van-ban").text
    assert client.get("/tinh/mau-van-ban/nowhere").status_code == 404
    reader = world.sign_in(app.test_client(), world.province_person(Role.PROVINCE_VIEWER))
    assert "Soạn câu mới" not in reader.get(page).text
    assert send(reader, page, {}, page=page).status_code == 403
