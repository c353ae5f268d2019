"""Documents with their particulars: kept, tied where their kind proves something, described, removed, counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from portal.dossiers import operations as filing
from portal.evidence import operations
from portal.evidence.documents import Particulars
from portal.evidence.models import Evidence
from tenants.database import db
from tenants.refusal import Refused
from tests.beds import made_once
from tests.builders import World
from tests.evidence import samples
from tests.evidence.scene import Unit, first_file, post, send

PLAN = Particulars("Kế hoạch học tập", "plan", "12/KH", date(2026, 1, 5), "Trường")


@pytest.fixture
@made_once
def unit(world: World) -> Unit:
    """A unit whose dossier of 2026 is a draft."""
    return Unit(world)


def test_a_document_is_tied_where_its_kind_proves(world: World, unit: Unit) -> None:
    """A plan goes to 1.1, a regulation to 1.2, funding to 1.3 of a public unit; nothing else, and not twice."""
    place = (unit.tenant_id, unit.unit_id)
    with world.acting(unit.head) as actor:
        added = operations.add_document(actor, *place, ("kh.pdf", samples.pdf("kh")), PLAN)
        assert (added.known, added.tied) == (False, ((2026, "1.1"),))
        assert added.sentence == "Đã nhận “Kế hoạch học tập”. Đã tự gắn vào chỉ tiêu 1.1 (năm 2026)."
        again = operations.add_document(actor, *place, ("kh2.pdf", samples.pdf("kh")), PLAN)
        assert (again.known, again.tied) == (True, ())
        rule = replace(PLAN, title="Quy chế", kind="regulation", issued_on=date(2024, 3, 1))
        assert operations.add_document(actor, *place, ("qc.pdf", samples.pdf("qc")), rule).tied == (
            (2026, "1.2"),
        )
        money = replace(PLAN, title="Dự toán", kind="funding")
        assert operations.add_document(actor, *place, ("dt.pdf", samples.pdf("dt")), money).tied == (
            (2026, "1.3"),
        )
        old = replace(PLAN, title="Kế hoạch cũ", issued_on=date(2025, 1, 5))
        assert operations.add_document(actor, *place, ("cu.pdf", samples.pdf("cu")), old).tied == ()
        for wrong, sentence in (
            (replace(PLAN, kind="letter"), "Xin chọn loại tài liệu"),
            (
                replace(PLAN, valid_from=date(2026, 5, 1), valid_until=date(2026, 4, 1)),
                "đang trước ngày có hiệu lực",
            ),
        ):
            with pytest.raises(Refused, match=sentence):
                operations.add_document(actor, *place, ("x.pdf", samples.pdf("x")), wrong)
        with pytest.raises(Refused, match="không phải PDF hợp lệ"):
            operations.add_document(actor, *place, ("x.pdf", b"%PDF-1.7 x"), PLAN)
    assert [f.title for f in unit.files("1.1")] == ["Kế hoạch học tập"]


def test_a_new_dossier_finds_the_documents_that_prove(world: World) -> None:
    """What the unit kept before it began its dossier is tied when it begins, as far as it holds in that year."""
    unit = Unit(world)
    with world.acting(unit.head) as actor:
        dossier = world.dossier(unit.tenant_id, unit.dossier_id)
        filing.withdraw(actor, dossier)
        for text, when in (("a", date(2026, 2, 1)), ("b", date(2024, 2, 1))):
            particulars = replace(PLAN, title=text, issued_on=when)
            operations.add_document(
                actor, unit.tenant_id, unit.unit_id, (f"{text}.pdf", samples.pdf(text)), particulars
            )
    unit.dossier_id = world.a_dossier(unit.tenant_id, unit.unit_id)
    with world.acting(unit.head) as actor:
        operations.attach_known(actor, world.dossier(unit.tenant_id, unit.dossier_id))
    assert [file.title for file in unit.files("1.1")] == ["a"]


def test_kind_and_time_are_said_even_after_a_signature(world: World, client: Any) -> None:
    """The printed particulars are closed and shown; kind and time are not; removing says why it cannot be."""
    unit = Unit(world, "filled")
    with world.acting(unit.head) as actor:
        dossier = world.dossier(unit.tenant_id, unit.dossier_id)
        operations.add_to_indicator(actor, dossier, unit.ids["1.2"], [("Quy chế.pdf", samples.pdf())])
    with world.acting(unit.head) as actor:
        filing.sign(actor, world.dossier(unit.tenant_id, unit.dossier_id))
    (file,) = unit.files("1.2")
    world.sign_in(client, unit.head)
    page = client.get(f"/minh-chung/{file.id}").get_data(as_text=True)
    assert "loại và thời hạn vẫn ghi được" in page
    assert 'name="title"' not in page
    fields = {"version": "1", "kind": "regulation", "valid_until": "2027-03-31", "title": "Khác"}
    saved = post(client, f"/minh-chung/{file.id}", **fields).get_data(as_text=True)
    assert "Đã lưu thông tin minh chứng." in saved
    assert "Quy chế</h1>" in saved
    assert "Còn hiệu lực" in saved
    wrong = post(client, f"/minh-chung/{file.id}", **{**fields, "valid_from": "2027-04-01", "version": "2"})
    assert "đang trước ngày có hiệu lực" in wrong.get_data(as_text=True)
    gone = post(client, f"/minh-chung/{file.id}/xoa")
    assert "thuộc hồ sơ năm 2026 đã ký (chỉ tiêu 1.2) nên không xóa được nữa" in gone.get_data(as_text=True)


def test_one_file_is_tied_to_many_indicators_at_once(world: World, client: Any, unit: Unit) -> None:
    """Ticks tie and untie what the page showed; an indicator of another catalogue or a closed one changes nothing."""
    world.sign_in(client, unit.head)
    send(client, unit.address("1.1"), ("a.pdf", samples.pdf()))
    (file,) = unit.files("1.1")
    ids = unit.ids
    address = f"/minh-chung/{file.id}/chi-tieu"
    page = post(
        client, address, dossier=unit.dossier_id, shown=[ids["1.1"]], tick=[ids["1.2"], ids["2.5"]]
    ).get_data(as_text=True)
    assert "Hồ sơ năm 2026: đã gắn thêm vào 2 chỉ tiêu, bỏ khỏi 1 chỉ tiêu." in page
    assert [len(unit.files(code)) for code in ("1.1", "1.2", "2.5")] == [0, 1, 1]
    same = post(client, address, dossier=unit.dossier_id, shown=[ids["1.2"]], tick=[ids["1.2"]])
    assert "Không có gì thay đổi" in same.get_data(as_text=True)
    assert post(client, address, dossier=unit.dossier_id, tick=[999_999]).status_code == 404
    assert post(client, address, dossier=999_999, tick=[ids["1.1"]]).status_code == 404
    neighbour = Unit(world, name="Trường Tiểu học An Tiến")
    assert post(client, address, dossier=neighbour.dossier_id, tick=[ids["1.1"]]).status_code == 404


def test_what_is_there_already_leads_to_its_page(world: World, client: Any, unit: Unit) -> None:
    """Sent to the library again, the file is not stored: its own page offers where to tie it."""
    world.sign_in(client, unit.head)
    send(client, "/minh-chung", ("Kế hoạch.pdf", samples.pdf("x")), kind="plan")
    assert len(unit.files("1.1")) == 1
    again = send(client, "/minh-chung", ("khac ten.pdf", samples.pdf("x")))
    page = again.get_data(as_text=True)
    assert "Tệp “khac ten.pdf” đã có sẵn trong kho nên không lưu lần nữa: đó là “Kế hoạch”" in page
    assert "Lưu chỗ dùng năm 2026" in page
    with world.acting(unit.head, writes=False):
        assert len(db.session.scalars(select(Evidence)).all()) == 1


def test_the_library_is_narrowed_and_taken_along(world: World, client: Any, unit: Unit) -> None:
    """By kind, validity, year, indicator and use; the same choice as a file."""
    place = (unit.tenant_id, unit.unit_id)
    today = date(2027, 1, 10)
    with world.acting(unit.head) as actor:
        for title, kind, until in (
            ("Kế hoạch", "plan", None),
            ("Quy chế", "regulation", date(2027, 2, 1)),
            ("Giấy chứng nhận", "certificate", date(2026, 12, 1)),
            ("Biên bản", "minutes", date(2028, 1, 1)),
        ):
            particulars = Particulars(title, kind, issued_on=date(2026, 3, 1), valid_until=until)
            operations.add_document(actor, *place, (f"{title}.pdf", samples.pdf(title)), particulars)
    assert today
    world.sign_in(client, unit.head)
    for asked, names in {
        "loai=plan": ["Kế hoạch"],
        "han=con": ["Biên bản", "Quy chế", "Kế hoạch"],
        "han=sap-het": ["Quy chế"],
        "han=het": ["Giấy chứng nhận"],
        "han=khong-ghi": ["Kế hoạch"],
        "nam=2026": ["Quy chế", "Kế hoạch"],
        "nam=2026&chi-tieu=1.2": ["Quy chế"],
        "dung=chua-dung": ["Biên bản", "Giấy chứng nhận"],
        "loai=x&han=y&nam=1&chi-tieu=z": ["Biên bản", "Giấy chứng nhận", "Quy chế", "Kế hoạch"],
    }.items():
        page = client.get(f"/minh-chung?{asked}").get_data(as_text=True)
        shown = [
            name
            for name in ("Biên bản", "Giấy chứng nhận", "Quy chế", "Kế hoạch")
            if f"<b>{name}</b>" in page
        ]
        assert shown == names, asked
    book = client.get("/minh-chung/xuat.xlsx?loai=regulation")
    sheet = load_workbook(io_of(book.data)).active
    cells = [cell for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]
    assert "Quy chế" in cells
    assert "1.2/2026" in cells
    assert "Kế hoạch" not in cells
    assert "Biên bản" in client.get("/minh-chung/xuat.csv").get_data(as_text=True)
    assert client.get("/minh-chung/xuat.pdf").status_code == 404


def io_of(content: bytes) -> Any:
    """Bytes as a file."""
    import io

    return io.BytesIO(content)


def test_a_unit_has_room_for_so_much(world: World, client: Any, unit: Unit, monkeypatch: Any) -> None:
    """The page says how much is used; a file beyond it is a sentence, the others of the same sending are kept."""
    settings = world.app.extensions["settings"]
    monkeypatch.setitem(world.app.extensions, "settings", replace(settings, evidence_quota=4000))
    world.sign_in(client, unit.head)
    first, second = samples.pdf("a"), samples.pdf_of_size(4000)
    page = send(client, "/minh-chung", ("a.pdf", first), ("b.pdf", second)).get_data(as_text=True)
    assert "Tệp “b.pdf” chưa được nhận: kho của đơn vị đã dùng" in page
    assert "Đã nhận 1 tệp." in page
    listed = client.get("/minh-chung").get_data(as_text=True)
    assert f'Kho đang dùng <b class="num">{len(first)} byte</b> trong 4 kB' in listed
    post(client, f"/minh-chung/{first_file(listed)}/xoa")
    assert "Đã nhận 1 tệp." in send(client, "/minh-chung", ("c.pdf", samples.pdf_of_size(3900))).get_data(
        as_text=True
    )
