"""Certificate, poster and the page of publication: the words of the decision on one sheet, and nothing else."""

from __future__ import annotations

import io
from typing import Any

import pytest
from docx import Document
from pypdf import PdfReader
from sqlalchemy import select, update

from portal.papers import word
from portal.papers.office import office_of
from portal.papers.pdf import plain
from portal.recognition.models import Decision, Recognition
from portal.register.certificates import UNCONFIRMED_FORM, certificate, poster, published, qr
from portal.register.models import RegisterEntry
from tenants.database import db
from tenants.people import Role
from tenants.places import Tenant
from tenants.scope import acting_in
from tests.beds import made_once
from tests.builders import STEWARD, World
from tests.deciding import District, an_appraised
from tests.papers import reading as reading_word


def reading(content: bytes) -> tuple[PdfReader, str]:
    """A PDF with its text, line breaks as spaces."""
    reader = PdfReader(io.BytesIO(content))
    return reader, " ".join("\n".join(page.extract_text() for page in reader.pages).split())


@pytest.fixture
@made_once
def given(world: World) -> tuple[District, int, int]:
    """A district, a recognised unit and its recognition, of 20/01/2027."""
    world.confirm_thresholds()
    district = District(world)
    unit_id = world.a_unit(district.tenant_id)
    an_appraised(world, district.officer, district.tenant_id, 2, unit_id=unit_id)
    world.set_clock(2027, 1, 20, 9, 0)
    district.issued()
    with acting_in(STEWARD):
        return district, unit_id, db.session.scalars(select(Recognition.id)).one()


def test_the_papers_and_the_page(given: tuple[District, int, int], client: Any) -> None:
    """One landscape sheet with the decision's facts and the code's address; the poster; text and link to publish."""
    district, unit_id, number = given
    world, tenant_id = district.world, district.tenant_id
    with acting_in(STEWARD):
        code = db.session.scalars(select(Recognition.code)).one()
        dossier_id = db.session.scalars(select(Recognition.dossier_id)).one()
    clerk = world.a_person(Role.UNIT_EDITOR, tenant_id, unit_id)
    world.sign_in(client, clerk)
    address = f"/van-ban/giay-chung-nhan/{tenant_id}/{number}.pdf"
    answer = client.get(address)
    assert answer.mimetype == "application/pdf"
    paper, said = reading(answer.get_data())
    page = paper.pages[0].mediabox
    assert (len(paper.pages), page.width > page.height) == (1, True)
    for fact in (
        "GIẤY CHỨNG NHẬN", "CHỦ TỊCH ỦY BAN NHÂN DÂN HUYỆN AN LÃO", "Trường Tiểu học Mỹ Đức", "mức độ 2, năm 2026",
        "Quyết định số 12/QĐ-UBND ngày 20 tháng 01 năm 2027", "từ ngày 20/01/2027 đến hết ngày 20/01/2030", code,
        f"http://localhost/xac-minh/{code}", "DỮ LIỆU MINH HỌA", UNCONFIRMED_FORM,
    ):  # fmt: skip
        assert fact in said, fact
    assert client.get(address).get_data() == answer.get_data(), "equal facts give equal bytes"
    text = client.get(address.replace(".pdf", ".docx"))
    assert (text.mimetype, f"Giay-chung-nhan-{code}.docx" in text.headers["Content-Disposition"]) == (
        word.MEDIA_TYPE,
        True,
    )
    typed, printed = reading_word.docx(text.get_data()).split(), said.split()
    assert sorted(typed) == sorted(printed), "the text has every word of the sheet, and no other"
    seen = f"http://localhost/xac-minh/{code}"
    assert reading_word.codes(text.get_data()) == {seen: f"Mã QR mở trang xác minh {seen}"}
    (sheet,) = Document(io.BytesIO(text.get_data())).sections
    assert sheet.page_width > sheet.page_height
    assert "w:pgBorders" in sheet._sectPr.xml
    assert "PAGE" not in sheet.header._element.xml
    _, told = reading(client.get(f"/van-ban/ap-phich/{tenant_id}/{number}.pdf").get_data())
    assert f"http://localhost/tra-cuu/{code}" in told
    shown = client.get(f"/ho-so/{dossier_id}/cong-bo").get_data(as_text=True)
    assert "Tại Quyết định số 12/QĐ-UBND ngày 20 tháng 01 năm 2027" in shown
    assert f"http://localhost/tra-cuu/{code}" in shown
    assert "Công bố kết quả" in client.get(f"/ho-so/{dossier_id}/ket-qua").get_data(as_text=True)
    world.sign_in(client, district.officer)
    assert client.get(address).status_code == 200
    other = world.a_dossier(tenant_id, world.a_unit(tenant_id, "Trường chưa có"), "filled")
    with acting_in(STEWARD):
        elsewhere = world.dossier(tenant_id, other).unit_id
        db.session.execute(update(Recognition).values(state="replaced"))
        db.session.execute(
            update(RegisterEntry).values(masked=True, unit_name="Đơn vị thuộc lực lượng vũ trang")
        )
    world.sign_in(client, world.a_person(Role.UNIT_EDITOR, tenant_id, elsewhere))
    assert client.get(address).status_code == 404
    assert client.get(address.replace(".pdf", ".docx")).status_code == 404
    assert client.get(f"/ho-so/{other}/cong-bo").headers["Location"] == f"/ho-so/{other}"
    world.sign_in(client, clerk)
    assert "ĐÃ THAY THẾ" in reading(client.get(address).get_data())[1]
    _, told = reading(client.get(f"/van-ban/ap-phich/{tenant_id}/{number}.pdf").get_data())
    assert "Đơn vị thuộc lực lượng vũ trang" in told
    assert "Mỹ Đức" not in told
    with acting_in(STEWARD):
        db.session.execute(update(Recognition).values(state="revoked"))
    refused = client.get(address)
    assert refused.status_code == 409
    assert "đã bị thu hồi" in refused.get_data(as_text=True)


def test_any_name_fits_one_sheet(given: tuple[District, int, int]) -> None:
    """The longest name, with characters that mean something to HTML, still makes one page of each."""
    district, _, _ = given
    with acting_in(STEWARD):
        row, decision = (
            db.session.scalars(select(Recognition)).one(),
            db.session.scalars(select(Decision)).one(),
        )
        office = office_of(db.session.get_one(Tenant, district.tenant_id), demo=True)
        for name in (
            "Trường Tiểu học và Trung học cơ sở " * 8 + "Mỹ Đức",
            "<b>Trường</b> & “Đức” \u202e",
            "A" * 300,
        ):
            paper = published(row, decision, office, "https://donvihoctap.example/xac-minh/7K2QM-9XD4T", name)
            for made in (certificate(paper), poster(paper)):
                assert len(reading(made.pdf())[0].pages) == 1, name
            assert plain(name) in reading_word.docx(certificate(paper).docx())
    assert qr("https://donvihoctap.example").startswith("data:image/svg+xml")
