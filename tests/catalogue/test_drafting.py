"""Drafting a version: copied whole, edited with a source, compared, dropped; what a file brought stays as it is."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from portal.catalogue import drafting, operations, queries
from portal.catalogue.differences import differences, words_between
from portal.catalogue.drafting import Edit, draft_version, drop_draft, edit_indicator, mark_of
from portal.catalogue.models import CriteriaVersion
from portal.cycle.operations import open_year
from portal.trail.queries import of_acts
from tenants.database import db
from tenants.people import Role
from tenants.refusal import Conflict, Refused
from tests.beds import made_once
from tests.builders import Person, World
from tests.catalogue.test_governing import indicator, version
from tests.forms import send

BASIS = "Thông tư sửa đổi, bản dự thảo để thử"


@pytest.fixture
@made_once
def ground(world: World) -> tuple[Person, int]:
    """The province's administrator, and a version drafted from that of the districts."""
    admin = world.province_person()
    world.confirm_thresholds()
    with world.acting(admin) as actor:
        number = draft_version(actor, version(), "Bản soạn năm 2028", BASIS, date(2028, 1, 1)).id
    return admin, number


def drafted(number: int) -> CriteriaVersion:
    """Return the draft with everything (inside a scope)."""
    found = queries.version_of(number)
    assert found is not None
    return found


def as_it_is(row: Any, **changes: Any) -> Edit:
    """Return an indicator as an edit that changes what is named."""
    values = {
        "wording": row.wording,
        "explanation": row.explanation,
        "kinds": frozenset(row.applies["kinds"]) if row.applies.get("kinds") else None,
        "public": row.applies.get("public"),
        "has": row.applies.get("has"),
        "applies_note": row.applies_note,
        "source": BASIS,
        **changes,
    }
    return Edit(**values)


def test_a_draft_is_the_same_until_it_is_edited(world: World, ground: Any) -> None:
    """Nothing differs at first; an edit shows as such, with its source and in the trail; the base stays."""
    admin, number = ground
    with world.acting(admin) as actor:
        base, copy = version(), drafted(number)
        assert {one.kind for one in differences(base, copy)} == {"same"}
        assert [t.confirmed_by for t in indicator(copy, "2.1").thresholds] == [
            t.confirmed_by for t in indicator(base, "2.1").thresholds
        ]
        row = indicator(copy, "1.1")
        wanted = as_it_is(row, wording=row.wording + " và công khai", kinds=frozenset({"primary"}))
        assert edit_indicator(actor, copy, row, wanted, seen=mark_of(row)) == [
            "câu chữ",
            "đối tượng áp dụng",
        ]
        operations.confirm_threshold(actor, copy, indicator(copy, "2.1"), 1, 93, BASIS)
    with world.acting(admin, writes=False):
        base, copy = version(), drafted(number)
        found = {one.row.code: one for one in differences(base, copy) if one.kind != "same"}
        assert {code: [f.name for f in one.fields] for code, one in found.items()} == {
            "1.1": ["Câu chữ", "Áp dụng"],
            "2.1": ["Ngưỡng mức độ 1"],
        }
        assert found["1.1"].fields[0].parts[-1] == ("và công khai", "new")
        assert indicator(copy, "1.1").source == BASIS
        entry = next(e for e in of_acts(world.province_id, "catalogue.edit"))
        assert entry.detail["source"] == BASIS
        assert entry.detail["after"]["applies"] == {"kinds": ["primary"]}


def test_versions_of_other_indicators_differ_by_added_and_removed(world: World, ground: Any) -> None:
    """What one version has and the other lacks is told, both ways."""
    admin, number = ground
    with world.acting(admin, writes=False):
        kinds = [one.kind for one in differences(version("tt24-2023-tinh"), drafted(number))]
    assert {"added", "removed"} <= set(kinds)
    assert words_between("a b c", "a x c") == (("a", "same"), ("b", "gone"), ("x", "new"), ("c", "same"))


def test_what_cannot_be_edited_says_why(world: World, ground: Any) -> None:
    """No source, no words, no kind, an old page, a version of a file, a published one: a sentence each."""
    admin, number = ground
    with world.acting(admin) as actor:
        copy = drafted(number)
        row = indicator(copy, "1.1")
        for changes, sentence in (
            ({"source": "ab"}, "văn bản làm căn cứ"),
            ({"wording": ""}, "không được để trống"),
            ({"wording": "x" * 5000}, "dài nhất"),
            ({"kinds": frozenset()}, "ít nhất một loại hình"),
            ({"kinds": frozenset({"nowhere"})}, "ít nhất một loại hình"),
            ({"has": "nothing"}, "số liệu nền"),
        ):
            with pytest.raises(Refused, match=sentence):
                edit_indicator(actor, copy, row, as_it_is(row, **changes), seen=mark_of(row))
        with pytest.raises(Conflict):
            edit_indicator(actor, copy, row, as_it_is(row, explanation="khác"), seen="cũ")
        assert edit_indicator(actor, copy, row, as_it_is(row), seen="cũ") == []
        own = indicator(version(), "1.1")
        with pytest.raises(Refused, match="soạn phiên bản mới"):
            edit_indicator(actor, version(), own, as_it_is(own, explanation="khác"), seen=mark_of(own))
        with pytest.raises(Refused, match="bản soạn"):
            open_year(2028, copy)
        with pytest.raises(Refused, match="mang tên này"):
            draft_version(actor, version(), "Bản soạn năm 2028", BASIS, date(2028, 1, 1))
        with pytest.raises(Refused, match="Thang điểm"):
            draft_version(actor, version("tt22-2020"), "Bản khác", BASIS, date(2028, 1, 1))
        operations.publish(actor, copy)
        with pytest.raises(Refused, match="khóa"):
            edit_indicator(actor, copy, row, as_it_is(row, explanation="khác"), seen=mark_of(row))
        with pytest.raises(Refused, match="khóa"):
            drop_draft(actor, copy)


def test_the_database_keeps_what_a_file_brought(world: World, ground: Any) -> None:
    """Even by bare SQL the province rewrites, adds and removes nothing of a version it did not draft."""
    admin, _ = ground
    for statement in (
        "update indicator set wording = 'khác' where version_id = 2",
        "delete from threshold where indicator_id in (select id from indicator where version_id = 2)",
        "insert into criterion (version_id, number, title) values (2, 9, 'x')",
        (
            "insert into criteria_version (key, name, document, scope, scale, valid_from, settings, published_by) values"
            " ('x', 'x', 'x', 'district', 'levels', '2028-01-01', '{}', '')"
        ),
    ):
        with world.acting(admin), pytest.raises(DBAPIError) as refused:
            db.session.execute(text(statement))
        assert getattr(refused.value.orig, "sqlstate", "") == "PT409", statement


def test_the_pages_draft_edit_compare_and_drop(world: World, app: Any, client: Any, ground: Any) -> None:
    """The administrator walks the whole way; a wrong form keeps what was typed; others only read."""
    admin, number = ground
    client = world.sign_in(client, admin)
    page = f"/bo-tieu-chi/{number}"
    with world.acting(admin, writes=False):
        row = indicator(drafted(number), "1.1").id
    typed = {"name": "Bản soạn thứ hai", "document": BASIS, "valid_from": "mai"}
    wrong = send(client, f"{page}/soan", typed, page=page)
    assert wrong.status_code == 422
    assert 'value="Bản soạn thứ hai"' in wrong.text
    made = send(client, f"{page}/soan", {**typed, "valid_from": "01/01/2029"}, page=page)
    assert made.status_code == 303
    form = f"{page}/chi-tieu/{row}"
    shown = client.get(form).text
    seen = shown.split('name="seen"')[1].split('value="')[1].split('"')[0]
    words = {"wording": "Câu chữ mới", "every": "y", "public": "", "has": "", "seen": seen}
    refused = send(client, form, words, page=form)
    assert refused.status_code == 422
    assert "Câu chữ mới" in refused.text
    assert send(client, form, {**words, "source": BASIS}, page=form).status_code == 303
    assert send(client, form, {**words, "source": BASIS, "wording": "Khác"}, page=form).status_code == 409
    compared = client.get("/bo-tieu-chi/so-sanh").text
    assert client.get(f"/bo-tieu-chi/so-sanh?truoc=2&sau={number}").text.count("<ins>") >= 1
    assert "So sánh hai phiên bản" in compared
    assert client.get(f"{page}/chi-tieu/1").status_code == 404
    assert "Có phiên bản khác" in send(client, f"{page}/bo", page=page, follow_redirects=True).text
    second = made.headers["Location"].split("?")[0]
    assert send(client, f"{second}/bo", page=second).status_code == 303
    assert client.get(second).status_code == 404
    reader = world.sign_in(app.test_client(), world.province_person(Role.PROVINCE_VIEWER))
    assert "Sửa câu chữ" not in reader.get(page).text
    assert reader.get(form).status_code == 403
    with world.acting(admin, writes=False):
        assert [drafting.is_draft(v) for v in db.session.scalars(select(CriteriaVersion))].count(True) == 1
