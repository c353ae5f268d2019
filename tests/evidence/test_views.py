"""Sending, finding, describing and opening evidence through the pages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from portal.appraisal import operations as appraisal
from portal.appraisal.operations import PointAsked
from portal.dossiers import operations as filing
from portal.evidence import operations
from portal.evidence.documents import Particulars
from portal.evidence.models import Evidence, EvidenceLink
from portal.evidence.sending import MOST_AT_ONCE
from tenants.database import db
from tenants.people import Role
from tenants.refusal import Conflict, Refused
from tests.beds import made_once
from tests.builders import Person, World
from tests.evidence import samples
from tests.evidence.scene import Unit, send


@pytest.fixture
@made_once
def unit(world: World) -> Unit:
    """A unit whose dossier is a draft."""
    return Unit(world)


def claim(client: Any, address: str, size: int) -> Any:
    """Post the head of a request that claims to be so large."""
    return client.post(
        address,
        data=b"--x",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(size)},
    )


def test_good_files_are_kept_and_bad_ones_named(world: World, client: Any, unit: Unit) -> None:
    """Four files at once: two kept, a renamed program and a broken PDF refused by name."""
    world.sign_in(client, unit.head)
    page = send(
        client,
        unit.address(),
        ("Quyết định 214.pdf", samples.pdf("214")),
        ("chay.pdf", b"MZ" + bytes(300)),
        ("ảnh.jpg", samples.picture()),
        ("gia.pdf", b"%PDF-1.7 nothing"),
    ).get_data(as_text=True)
    assert "Đã nhận 2 tệp vào chỉ tiêu 1.1." in page
    assert "Tệp “chay.pdf” mang đuôi .pdf nhưng" in page
    assert "Tệp “gia.pdf” không phải PDF hợp lệ" in page
    assert [file.title for file in unit.files()] == ["Quyết định 214", "ảnh"]
    stored = [p for p in client.application.extensions["settings"].evidence.rglob("*") if p.is_file()]
    assert {p.name for p in stored} >= {file.sha256 for file in unit.files()}


def test_a_name_of_300_letters_is_cut(world: World, client: Any, unit: Unit) -> None:
    """The longest Vietnamese names are kept as far as they go."""
    world.sign_in(client, unit.head)
    send(client, unit.address(), ("Đ" * 300 + ".pdf", samples.pdf()))
    (file,) = unit.files()
    assert (len(file.file_name), file.title) == (200, "Đ" * 300)
    answer = client.get(f"/minh-chung/{unit.tenant_id}/{file.id}/tai")
    assert "filename*=UTF-8''%C4%90" in answer.headers["Content-Disposition"]


def test_the_same_content_is_linked_and_not_stored_twice(world: World, client: Any, unit: Unit) -> None:
    """Sent again under another name, for another indicator: one file, two links."""
    world.sign_in(client, unit.head)
    send(client, unit.address("1.1"), ("a.pdf", samples.pdf("x")))
    page = send(client, unit.address("1.2"), ("b.pdf", samples.pdf("x"))).get_data(as_text=True)
    assert "Tệp “b.pdf” đã có sẵn trong kho nên không lưu lần nữa: đó là “a”, gửi" in page
    assert "đang dùng ở 1.1/2026" in page
    assert "đã được gắn vào chỉ tiêu 1.2" in page
    assert [f.id for f in unit.files("1.1")] == [f.id for f in unit.files("1.2")]
    send(client, unit.address("1.2"), ("b.pdf", samples.pdf("x")))
    assert len(unit.files("1.2")) == 1


def test_too_much_at_once_is_a_sentence(world: World, client: Any, unit: Unit) -> None:
    """A file over 20 MB is named; a request over the limit is refused before it is read."""
    world.sign_in(client, unit.head)
    big = b"%PDF-" + bytes(21 * 1024 * 1024)
    said = send(client, unit.address(), ("to.pdf", big), ("nho.pdf", samples.pdf())).get_data(as_text=True)
    assert "Tệp “to.pdf” nặng 22,0 MB, quá mức 20 MB cho một tệp." in said
    assert [file.title for file in unit.files()] == ["nho"]
    huge = claim(client, unit.address(), MOST_AT_ONCE + 1)
    assert huge.status_code == 413
    assert "mỗi lần gửi tối đa 100 MB" in huge.get_data(as_text=True)


def test_only_the_upload_of_somebody_signed_in_may_be_large(world: World, client: Any, unit: Unit) -> None:
    """Anonymous bodies and other pages keep the small limit."""
    three = 3 * 1024 * 1024
    assert claim(client, unit.address(), three).status_code == 413
    world.sign_in(client, unit.head)
    assert claim(client, unit.address(), three).status_code == 400
    other = f"/ho-so/{unit.dossier_id}/chi-tieu/{unit.ids['1.1']}"
    assert claim(client, other, three).status_code == 413


def test_no_file_chosen(world: World, client: Any, unit: Unit) -> None:
    """An empty form says what to do."""
    world.sign_in(client, unit.head)
    page = send(client, unit.address())
    assert "Chưa chọn tệp nào" in page.get_data(as_text=True)


def test_opening_a_file(world: World, client: Any, unit: Unit) -> None:
    """Attachment in a sandbox; PDF and pictures also inline, in a frame of our own pages only; never sniffed."""
    world.sign_in(client, unit.head)
    send(
        client,
        unit.address(),
        ("a.pdf", samples.pdf()),
        ("b.xlsx", samples.xlsx()),
        ("c.png", samples.picture("PNG")),
    )
    pdf, xlsx, png = unit.files()
    base = f"/minh-chung/{unit.tenant_id}"
    saved = client.get(f"{base}/{pdf.id}/tai")
    assert saved.data == samples.pdf() or saved.data.startswith(b"%PDF-")
    assert saved.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in saved.headers["Content-Security-Policy"]
    shown = client.get(f"{base}/{pdf.id}/xem")
    assert shown.headers["Content-Disposition"].startswith("inline")
    assert "frame-ancestors 'self'" in shown.headers["Content-Security-Policy"]
    assert shown.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get(f"{base}/{png.id}/xem").mimetype == "image/png"
    assert client.get(f"{base}/{xlsx.id}/xem").status_code == 404
    assert "<iframe" in client.get(f"/minh-chung/{pdf.id}").get_data(as_text=True)
    assert "Tải về" in client.get(f"/minh-chung/{xlsx.id}").get_data(as_text=True)


def test_who_may_open_a_file(world: World, client: Any) -> None:
    """The district and the province may; another unit, another district and an unknown number look the same."""
    unit = Unit(world, "filled")
    world.sign_in(client, unit.head)
    send(client, unit.address(), ("a.pdf", samples.pdf()))
    (file,) = unit.files()
    with world.acting(unit.head) as actor:
        dossier = world.dossier(unit.tenant_id, unit.dossier_id)
        filing.submit(actor, filing.sign(actor, dossier))
    address = f"/minh-chung/{unit.tenant_id}/{file.id}/tai"
    neighbour = world.a_unit(unit.tenant_id, "Trường Mầm non An Thái", "preschool")
    elsewhere = world.a_district("Huyện Kiến Thụy")
    people: list[tuple[Person, int]] = [
        (world.a_person(Role.DISTRICT_OFFICER, unit.tenant_id), 200),
        (world.province_person(Role.PROVINCE_OFFICER), 200),
        (world.a_person(Role.UNIT_EDITOR, unit.tenant_id, neighbour), 404),
        (world.a_person(Role.DISTRICT_OFFICER, elsewhere), 404),
    ]
    for person, status in people:
        world.sign_in(client, person)
        assert client.get(address).status_code == status, person.login
    unknown = client.get(f"/minh-chung/{elsewhere}/{file.id + 1000}/tai").get_data(as_text=True)
    seen = client.get(address).get_data(as_text=True)
    strip = re.compile(r'content="[^"]{20,}"|value="[^"]{20,}"')
    assert strip.sub("", unknown) == strip.sub("", seen)


def test_the_district_opens_nothing_that_was_not_filed(world: World, client: Any, unit: Unit) -> None:
    """What a unit still prepares, or keeps in its library only, is not the district's to read."""
    world.sign_in(client, unit.head)
    send(client, unit.address(), ("a.pdf", samples.pdf()))
    (file,) = unit.files()
    for role in (Role.DISTRICT_OFFICER, Role.DISTRICT_ADMIN, Role.DISTRICT_LEADER):
        world.sign_in(client, world.a_person(role, unit.tenant_id))
        for act in ("tai", "xem"):
            assert client.get(f"/minh-chung/{unit.tenant_id}/{file.id}/{act}").status_code == 404
    world.sign_in(client, unit.head)
    assert client.get(f"/minh-chung/{unit.tenant_id}/{file.id}/tai").status_code == 200


def test_the_library(world: World, client: Any, unit: Unit, count_queries: list[str]) -> None:
    """Search without accents, pages of 25, a fixed number of queries, a way to tie a file to an indicator."""
    with world.acting(unit.head) as actor:
        operations.take_in(
            actor,
            unit.tenant_id,
            unit.unit_id,
            [(f"Kế hoạch {n:02}.pdf", samples.pdf(str(n))) for n in range(19)],
        )
        operations.take_in(
            actor,
            unit.tenant_id,
            unit.unit_id,
            [(f"Quyết định {n:02}.pdf", samples.pdf(f"q{n}")) for n in range(11)],
        )
    world.sign_in(client, unit.head)
    client.get("/minh-chung")
    count_queries.clear()
    first = client.get("/minh-chung").get_data(as_text=True)
    many = len(count_queries)
    assert "1–25 trong 30 tài liệu" in first
    assert "26–30 trong 30" in client.get("/minh-chung?trang=2").get_data(as_text=True)
    count_queries.clear()
    found = client.get("/minh-chung?q=quyet+dinh+03").get_data(as_text=True)
    assert "1–1 trong 1 tài liệu" in found
    assert abs(len(count_queries) - many) <= 2
    assert many < 25
    for hostile in ("%25", "_", "'", "a" * 500, "&trang=-1", "&sort=x&direction=y", "&trang=999"):
        assert client.get(f"/minh-chung?q={hostile}").status_code == 200
    assert "Không có tài liệu nào khớp" in client.get("/minh-chung?q=khongco").get_data(as_text=True)
    choosing = client.get(f"/minh-chung?cho={unit.dossier_id}-{unit.ids['1.1']}").get_data(as_text=True)
    assert "Chọn minh chứng cho chỉ tiêu 1.1" in choosing
    for wrong in ("x", "1-", "99999-1", f"{unit.dossier_id}-999999", "1-2-3"):
        assert "Kho minh chứng" in client.get(f"/minh-chung?cho={wrong}").get_data(as_text=True)


def test_describing_a_file(world: World, client: Any, unit: Unit) -> None:
    """Title, number, day and issuer; two editors see both texts; a signature closes them."""
    world.sign_in(client, unit.head)
    send(client, unit.address(), ("a.pdf", samples.pdf()))
    (file,) = unit.files()
    address = f"/minh-chung/{file.id}"
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(address).get_data(as_text=True))
    assert token
    data = {"csrf_token": token[1], "version": "1", "title": "Quyết định thi đua", "number": "214/QĐ-UBND"}
    data |= {"issued_on": "2026-12-20", "issuer": "UBND huyện An Lão", "kind": "decision"}
    page = client.post(address, data=data, follow_redirects=True).get_data(as_text=True)
    assert "Đã lưu thông tin minh chứng." in page
    assert "1–1 trong 1" in client.get("/minh-chung?q=thi+dua+214").get_data(as_text=True)
    stale = client.post(address, data=data | {"title": "Tên khác"})
    assert stale.status_code == 409
    both = stale.get_data(as_text=True)
    assert "Nội dung đang lưu:" in both
    assert "Tên khác" in both
    wrong = client.post(address, data=data | {"version": "2", "issued_on": "31/02/2026", "title": " "})
    assert wrong.status_code == 422
    assert "Xin viết ngày theo mẫu" in wrong.get_data(as_text=True)
    assert "214/QĐ-UBND" in wrong.get_data(as_text=True)


def test_what_a_signature_covers_stays(world: World) -> None:
    """Files of a signed dossier are neither described anew, untied nor removed."""
    unit = Unit(world, "filled")
    with world.acting(unit.head) as actor:
        dossier = world.dossier(unit.tenant_id, unit.dossier_id)
        operations.add_to_indicator(actor, dossier, unit.ids["1.1"], [("a.pdf", samples.pdf())])
    with world.acting(unit.head) as actor:
        filing.sign(actor, world.dossier(unit.tenant_id, unit.dossier_id))
    (file,) = unit.files()
    with world.acting(unit.head) as actor:
        dossier = world.dossier(unit.tenant_id, unit.dossier_id)
        stored = db.session.get_one(Evidence, (unit.tenant_id, file.id))
        with pytest.raises(Refused, match="đã ký"):
            operations.describe(actor, stored, 1, Particulars(title="Khác"))
        with pytest.raises(Refused, match="Mở lại để sửa"):
            operations.unlink(actor, dossier, unit.ids["1.1"], file.id)
        with pytest.raises(Refused, match="Mở lại để sửa"):
            operations.add_to_indicator(actor, dossier, unit.ids["1.1"], [("b.pdf", samples.pdf("b"))])
        with pytest.raises(Refused, match=r"đã ký .* nên không xóa được"):
            operations.remove(actor, stored)


def test_two_people_send_the_same_file_and_describe_it(world: World, unit: Unit) -> None:
    """One row for one content; the second description is a conflict."""
    editor = world.a_person(Role.UNIT_EDITOR, unit.tenant_id, unit.unit_id)
    for person in (unit.head, editor):
        with world.acting(person) as actor:
            operations.take_in(actor, unit.tenant_id, unit.unit_id, [("a.pdf", samples.pdf("same"))])
    with world.acting(unit.head) as actor:
        (file,) = db.session.scalars(select(Evidence)).all()
        operations.describe(actor, file, 1, Particulars(title="Một"))
    with world.acting(editor) as actor:
        (file,) = db.session.scalars(select(Evidence)).all()
        with pytest.raises(Conflict):
            operations.describe(actor, file, 1, Particulars(title="Hai"))


def test_untying_and_removing(world: World, client: Any, unit: Unit) -> None:
    """A file untied stays in the library; removed it is gone, and the same content can come again."""
    world.sign_in(client, unit.head)
    send(client, unit.address(), ("a.pdf", samples.pdf()))
    (file,) = unit.files()
    token = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/").get_data(as_text=True))
    assert token
    data = {"csrf_token": token[1]}
    for _ in range(2):  # twice: a double click is no error
        answer = client.post(f"{unit.address()}/{file.id}/bo", data=data, follow_redirects=True)
        assert "tệp vẫn còn trong kho" in answer.get_data(as_text=True)
    assert unit.files() == []
    assert "Đã gắn “a”." in client.post(
        f"{unit.address()}/{file.id}/gan", data=data, follow_redirects=True
    ).get_data(as_text=True)
    client.post(f"{unit.address()}/{file.id}/bo", data=data)
    gone = client.post(f"/minh-chung/{file.id}/xoa", data=data, follow_redirects=True).get_data(as_text=True)
    assert "Đã xóa “a” khỏi kho." in gone
    assert client.get(f"/minh-chung/{file.id}").status_code == 404
    send(client, unit.address(), ("a.pdf", samples.pdf()))
    assert len(unit.files()) == 1


def test_only_the_points_of_a_request_take_files(world: World) -> None:
    """While supplements are asked for, files go to those indicators and to no other."""
    unit = Unit(world, "submitted")
    officer = world.a_person(Role.DISTRICT_OFFICER, unit.tenant_id)
    with world.acting(officer) as actor:
        from datetime import date

        appraisal.request_supplement(
            actor,
            world.dossier(unit.tenant_id, unit.dossier_id),
            [PointAsked("Thiếu quyết định.", indicator_id=unit.ids["2.5"])],
            date(2027, 1, 20),
        )
    with world.acting(unit.head) as actor:
        dossier = world.dossier(unit.tenant_id, unit.dossier_id)
        operations.add_to_indicator(actor, dossier, unit.ids["2.5"], [("a.pdf", samples.pdf())])
        with pytest.raises(Refused, match="Chỉ những điểm được yêu cầu"):
            operations.add_to_indicator(actor, dossier, unit.ids["2.1"], [("b.pdf", samples.pdf("b"))])
        assert len(db.session.scalars(select(EvidenceLink)).all()) == 1
