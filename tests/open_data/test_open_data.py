"""Open data says what is public, all of it and nothing else, and says it once to whoever has it already."""

from __future__ import annotations

import csv
import gzip
import io
import json
import tracemalloc
from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError

from portal import clock
from portal.figures.rules import FIGURES
from portal.open_data import files
from portal.open_data.licence import PROPOSED
from portal.open_data.models import PublishedFigure
from portal.open_data.sets import DATA_SETS
from portal.register.models import RegisterEntry
from portal.register.rules import MASKED_FORCES
from portal.reports import operations as reports
from portal.reports.models import DistrictReport
from tenants.database import db
from tenants.people import Role, Throttle
from tenants.scope import Scope, ScopeKind, acting_in
from tests.beds import made_once
from tests.builders import STEWARD, World
from tests.deciding import District, an_appraised, dismiss_flags
from tests.forms import send

FORMULA = "=HYPERLINK(1)"


@made_once
def _reported(world: World) -> tuple[District, int]:
    """A district with a school and a military unit recognised, its report sent and waiting."""
    world.confirm_thresholds()
    district = District(world)
    school = world.a_unit(district.tenant_id, FORMULA)
    forces = world.a_unit(district.tenant_id, "Ban Chỉ huy quân sự huyện", "military_police")
    for unit_id in (school, forces):
        an_appraised(world, district.officer, district.tenant_id, 1, unit_id=unit_id)
    dismiss_flags(world, district.officer, district.tenant_id)
    world.set_clock(2027, 1, 20, 9, 0)
    district.issued()
    world.set_clock(2027, 2, 10, 9, 0)
    return district, district.sent_report()


@pytest.fixture
def reported(world: World) -> tuple[District, int]:
    """The ground of the module."""
    return _reported(world)


def answered(world: World, district: District, report_id: int, verdict: str) -> None:
    """Let the Department answer a report."""
    with world.acting(world.province_person(Role.PROVINCE_OFFICER)) as actor:
        report = db.session.get_one(DistrictReport, (district.tenant_id, report_id))
        points = [{"text": "Xin sửa."}] if verdict == "returned" else []
        reports.answer_report(actor, report, verdict, points)


def lines(client: Any, slug: str) -> list[dict[str, str]]:
    """The rows of a CSV, read as a program reads them."""
    answer = client.get(f"/du-lieu-mo/{slug}.csv")
    assert answer.status_code == 200
    said = answer.get_data()
    assert said.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in said
    return list(csv.DictReader(io.StringIO(said.decode("utf-8-sig"), newline="")))


def test_the_files_say_what_is_public(world: World, client: Any, reported: tuple[District, int]) -> None:
    """Recognitions as in the register, masked and safe in a spreadsheet; JSON says the same with the dictionary."""
    rows = lines(client, "cong-nhan")
    assert {row["unit_name"] for row in rows} == {f"'{FORMULA}", MASKED_FORCES}
    assert {row["level"] for row in rows} == {"1"}
    assert {row["valid_from"][:4] for row in rows} == {"2027"}
    page = client.get("/du-lieu-mo/cong-nhan.json").get_data(as_text=True)
    assert "Ban Chỉ huy" not in page
    known = json.loads(page)
    assert [column["name"] for column in known["columns"]] == list(rows[0])
    assert all(column["meaning"] for column in known["columns"])
    assert FORMULA in {row["unit_name"] for row in known["rows"]}
    assert known["licence"]["url"] == PROPOSED.url
    criteria = lines(client, "tieu-chi")
    assert {row["confirmed"] for row in criteria if row["threshold"]} == {"true"}
    assert "true" in {row["illustrative"] for row in criteria}, "numbers of the demonstration say so"
    assert "confirmed_by" not in criteria[0], "who confirmed is a person"


def test_statistics_come_with_acceptance(world: World, client: Any, reported: tuple[District, int]) -> None:
    """A sent report says nothing, an accepted one its counts, and a return changes nothing."""
    district, report_id = reported
    assert lines(client, "thong-ke") == []
    before = client.get("/du-lieu-mo/thong-ke.csv").headers["ETag"]
    answered(world, district, report_id, "accepted")
    rows = lines(client, "thong-ke")
    assert client.get("/du-lieu-mo/thong-ke.csv").headers["ETag"] != before
    with acting_in(STEWARD):
        report = db.session.get_one(DistrictReport, (district.tenant_id, report_id))
        assert report.snapshot is not None
        frozen = {one["kind"]: one["counts"] for one in report.snapshot["counts"]}
    assert {row["kind"]: {name: int(row[name]) for name in FIGURES} for row in rows} == frozen
    assert {(row["year"], row["accepted_on"]) for row in rows} == {("2026", "2027-02-10")}


def test_figures_are_published_only_of_what_was_accepted(
    world: World, client: Any, reported: tuple[District, int]
) -> None:
    """Not even the Department's own scope writes a figure without an accepted report behind it."""
    district, _ = reported
    forged = {
        "tenant_id": district.tenant_id,
        "year": 2026,
        "kind": "primary",
        "public": True,
        "place": "Huyện An Lão",
        "edition": 1,
        "accepted_on": date(2027, 2, 10),
        "counts": {"units": 1},
    }
    with pytest.raises(DBAPIError), world.acting(world.province_person()):
        db.session.execute(insert(PublishedFigure), [forged])


def test_a_file_is_sent_once(world: World, client: Any, reported: tuple[District, int]) -> None:
    """304 while nothing changed, packed where it may be, anew when a name is shown; old files do not pile up."""
    path = "/du-lieu-mo/cong-nhan.csv"
    first = client.get(path)
    assert first.headers["Cache-Control"] == "public, no-cache"
    assert "Set-Cookie" not in first.headers
    again = {"If-None-Match": first.headers["ETag"]}
    assert client.get(path, headers=again).status_code == 304
    since = {"If-Modified-Since": first.headers["Last-Modified"]}
    assert client.get(path, headers=since).status_code == 304
    packed = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.get_data()) == first.get_data()
    assert packed.headers["ETag"] != first.headers["ETag"]
    assert client.head(path).headers["ETag"] == first.headers["ETag"]
    with acting_in(STEWARD):
        db.session.execute(update(RegisterEntry).values(state="revoked", state_on=date(2027, 2, 1)))
    changed = client.get(path, headers=again)
    assert changed.status_code == 200
    assert b"revoked" in changed.get_data()
    folder = world.app.extensions["settings"].data / "open-data"
    assert len(list(folder.glob("cong-nhan-*.csv.gz"))) == 2, "this one and the one before"
    assert not list(folder.glob("*.part"))
    for unknown in ("/du-lieu-mo/ho-so.csv", "/du-lieu-mo/cong-nhan.exe", "/du-lieu-mo/../etc.csv"):
        assert client.get(unknown).status_code == 404


def test_who_takes_too_much_waits(world: World, client: Any) -> None:
    """Sixty files in half an hour are enough for one address; the page stays open."""
    assert client.get("/du-lieu-mo/tieu-chi.json").status_code == 200
    with acting_in(Scope(ScopeKind.SIGNIN)):
        counted = update(Throttle).where(Throttle.key == "open:127.0.0.1")
        assert db.session.execute(counted.values(failures=59)).rowcount == 1  # type: ignore[attr-defined]
    answers = [client.get("/du-lieu-mo/tieu-chi.json").status_code for _ in range(2)]
    assert answers == [200, 429]
    assert client.get("/du-lieu-mo/").status_code == 200


def test_memory_stays_small(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Six thousand recognitions are written and read in the memory of a few hundred."""
    monkeypatch.setattr(files, "BATCH", 100)
    district = world.a_district()
    line = (
        "insert into register_entry (tenant_id, code, subject, masked, unit_name, name_sort, name_folded, kind,"
        " place, commune, tier, year, level, decision_number, decided_on, issuer, valid_from, valid_to, state,"
        " replaced_by, published_at) select :tenant, 'C' || n, 'C' || n, false, repeat('Trường ', 20), 'x', 'x',"
        " 'primary', 'Huyện An Lão', 'Xã', 'cấp huyện', 2026, 1, '1/QĐ', '2027-01-20', 'Chủ tịch', '2027-01-20',"
        " '2030-01-19', 'in_force', '', now() from generate_series(1, 6000) n"
    )
    with acting_in(STEWARD):
        db.session.execute(text(line), {"tenant": district})
    folder = world.app.extensions["settings"].data / "open-data"
    with acting_in(Scope(ScopeKind.PUBLIC, writes=False)):
        tracemalloc.start()
        kept = files.kept_file(folder, DATA_SETS["cong-nhan"], PROPOSED, "csv")
        read = sum(len(piece) for piece in files.pieces(kept.path, packed=False))
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert read > 1_200_000
    assert most < 1_000_000, most


def test_the_catalogue_leads_to_every_file(world: World, client: Any) -> None:
    """DCAT names each data set with licence and dictionary, and each address of it answers."""
    known = client.get("/du-lieu-mo/catalog.json")
    assert known.mimetype == "application/ld+json"
    said = known.get_json(force=True)
    assert [one["dct:identifier"] for one in said["dcat:dataset"]] == list(DATA_SETS)
    for one in said["dcat:dataset"]:
        assert "Sở chưa xác nhận" in one["dct:rights"]
        assert len(one["csvw:tableSchema"]["csvw:column"]) == len(DATA_SETS[one["dct:identifier"]].columns)
        for way in one["dcat:distribution"]:
            path = "/" + way["dcat:downloadURL"]["@id"].split("/", 3)[3]
            answer = client.get(path)
            assert answer.status_code == 200
            assert answer.mimetype == way["dcat:mediaType"]


def test_the_department_names_the_licence(world: World, client: Any) -> None:
    """The page says whether the licence is confirmed; the administrator confirms it by a document, others read."""
    assert "Sở chưa xác nhận giấy phép" in client.get("/du-lieu-mo/").get_data(as_text=True)
    world.sign_in(client, world.province_person())
    given = {
        "name": "Giấy phép của tỉnh",
        "url": "https://example.vn/giay-phep",
        "document": "Công văn 1/SGDĐT",
    }
    typed = given | {"url": "javascript:alert(1)"}
    wrong = send(client, "/tinh/du-lieu-mo", typed)
    assert wrong.status_code == 422
    assert "Giấy phép của tỉnh" in wrong.get_data(as_text=True), "what was typed stays"
    answer = send(client, "/tinh/du-lieu-mo", given)
    assert answer.status_code == 303
    again = send(client, "/tinh/du-lieu-mo", given)
    assert again.status_code == 422
    shown = client.get("/du-lieu-mo/").get_data(as_text=True)
    assert "Công văn 1/SGDĐT" in shown
    assert "chưa xác nhận giấy phép" not in shown
    clock.forget_settings()
    with acting_in(STEWARD):
        assert (
            db.session.scalar(
                select(text("count(*)")).select_from(text("trail_entry where act = 'open_data.licence'"))
            )
            == 1
        )
