"""What the batches hold: certificates with their codes, a decision in every format, a whole year, opened again."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from docx import Document
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import select

from portal.evidence.store import results_store
from portal.jobs.batches import certificates, packing
from portal.jobs.rules import State
from portal.recognition.models import Recognition
from portal.register.certificates import drawn as draw
from tenants import signin
from tenants.database import db
from tenants.scope import acting_in
from tests.builders import STEWARD
from tests.jobs.conftest import Office
from tests.papers import reading


def made(office: Office, job_id: int) -> bytes:
    """Let a worker do the job and open what it made."""
    office.work()
    job = office.job(job_id)
    assert job.state == State.DONE, (job.state, job.error)
    with results_store().open(job.tenant_id, job.sha256) as found:
        return found.read()


def test_all_certificates_in_one_file(office: Office) -> None:
    """A page and a bookmark for each recognition in force, its QR leads to its verification; no others."""
    pdf = made(office, office.ask())
    with acting_in(STEWARD):
        rows = list(db.session.execute(select(Recognition.unit_name, Recognition.code)))
        codes = {code: name for name, code in rows}
    assert len(codes) == 2
    pages = reading.pages(pdf)
    assert len(pages) == 2
    base = office.settings.base
    for place, page in enumerate(pypdfium2.PdfDocument(pdf)):
        (found,) = zxingcpp.read_barcodes(page.render(scale=3).to_pil())
        code = found.text.removeprefix(f"{base}/xac-minh/")
        assert codes[code] in pages[place]
        assert f"Mã: {code}" in pages[place]
        assert pages[place].count("GIẤY CHỨNG NHẬN") == 1
        assert "DỮ LIỆU MINH HỌA" in pages[place]
    titles = [one["/Title"] for one in PdfReader(io.BytesIO(pdf)).outline]
    assert sorted(titles) == sorted(f"{name} ({code})" for code, name in codes.items())
    with acting_in(STEWARD):
        row = db.session.query(Recognition).order_by(Recognition.id).first()
        assert row is not None
        row.state, row.revoked_on, gone = "revoked", row.valid_from, row.code
    again = reading.text(made(office, office.ask()))
    assert gone not in again
    assert again.count("GIẤY CHỨNG NHẬN") == 1


def test_all_certificates_as_a_text(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A landscape page for each in force, whose code is read from its picture; what was drawn survives a break."""
    drawn: list[str] = []
    monkeypatch.setattr(certificates, "A_PART", 1)
    monkeypatch.setattr(certificates, "drawn", lambda address: drawn.append(address) or draw(address))
    job_id = office.ask(kind="certificates_word")
    office.work(lambda: len(drawn) == 1)
    assert (office.job(job_id).state, len(drawn)) == ("waiting", 1)
    office.change(job_id, due_at=signin.now())
    text = made(office, job_id)
    assert len(drawn) == 2, "each is drawn once"
    with acting_in(STEWARD):
        rows = {
            code: name for name, code in db.session.execute(select(Recognition.unit_name, Recognition.code))
        }
    assert set(reading.codes(text)) == {f"{office.settings.base}/xac-minh/{code}" for code in rows}
    document = Document(io.BytesIO(text))
    assert document.sections[0].page_width > document.sections[0].page_height
    assert [p.text for p in document.paragraphs if p.paragraph_format.page_break_before] == [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    ]
    said = reading.docx(text)
    assert (said.count("GIẤY CHỨNG NHẬN"), said.count("DỮ LIỆU MINH HỌA")) == (2, 1)
    assert all(name in said and f"Mã: {code}" in said for code, name in rows.items())
    job = office.job(job_id)
    assert (job.title.endswith("bản Word"), job.file_name.endswith(".docx"), job.done) == (True, True, 2)


def test_a_decision_in_every_format(office: Office) -> None:
    """PDF, DOCX, XLSX and CSV name the same units; the DOCX has letterhead, signature and annexes."""
    with zipfile.ZipFile(io.BytesIO(made(office, office.ask(kind="decision")))) as package:
        assert package.testzip() is None
        files = {name: package.read(name) for name in package.namelist()}
    assert sorted(Path(name).suffix for name in files) == [".csv", ".docx", ".pdf", ".xlsx"]
    assert all(name.isascii() for name in files)
    of = {Path(name).suffix: content for name, content in files.items()}
    with acting_in(STEWARD):
        names = set(db.session.scalars(select(Recognition.unit_name)))
    word = reading.docx(of[".docx"])
    for text in (
        "12/QĐ-UBND",
        "CHỦ TỊCH",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Phụ lục I",
        "Phụ lục II",
        *names,
    ):
        assert text in word
        assert text in reading.text(of[".pdf"])
    assert len(Document(io.BytesIO(of[".docx"])).sections) == 3
    sheet = load_workbook(io.BytesIO(of[".xlsx"])).active
    cells = {cell for row in sheet.iter_rows(values_only=True) for cell in row if isinstance(cell, str)}
    assert names <= cells
    lines = list(csv.DictReader(io.StringIO(of[".csv"].decode("utf-8-sig"))))
    assert {line["Tên đơn vị"] for line in lines} == names
    assert [line["Kết quả"] for line in lines] == ["Công nhận mức độ 1", "Công nhận mức độ 2"]


def test_a_whole_year(office: Office) -> None:
    """Every filed dossier's papers, the decision and the report; nothing of another district; names safe and readable."""
    job_id = office.ask(kind="archive", subject=2026)
    with zipfile.ZipFile(io.BytesIO(made(office, job_id))) as package:
        assert package.testzip() is None
        names = package.namelist()
        listed = package.read("Luu-tru-Huyen-An-Lao-2026/danh-sach.csv").decode("utf-8-sig")
        papers = {name: package.read(name) for name in names if name.endswith(".pdf")}
        told = package.read("Luu-tru-Huyen-An-Lao-2026/DOC-TRUOC.txt").decode("utf-8-sig")
    assert all(name.isascii() and ".." not in name for name in names)
    assert len(names) == len(set(names))
    lines = list(csv.DictReader(io.StringIO(listed)))
    assert len(lines) == 2
    for line in lines:
        own = {name for name in papers if f"/{line['Thư mục']}/" in name}
        stems = {Path(name).stem for name in own}
        assert {"Mau-01", "Mau-02", "Mau-03", "Phieu-tiep-nhan"} <= stems
        assert all(line["Tên đơn vị"] in reading.text(papers[name]) for name in own)
    (decision,) = (name for name in papers if "/quyet-dinh/" in name)
    (report,) = (name for name in papers if "/bao-cao/" in name)
    assert "12/QĐ-UBND" in reading.text(papers[decision])
    assert "20/BC-PGDĐT" in reading.text(papers[report])
    assert "Kiến Thụy" not in "".join(names) + listed + told
    assert office.district.officer.identity.full_name in told


def test_a_package_of_any_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Past 4 GB (here: past 100 bytes) a ZIP becomes ZIP64; a name used twice gets a number; equal in, equal out."""
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 100)
    source = tmp_path / "source.txt"
    source.write_bytes(b"x" * 500)
    files = [("a/Mau-01.pdf", source), ("a/mau-01.pdf", source), ("a/danh-sach.csv", source)]
    first = packing.packed(tmp_path / "1.zip", files).read_bytes()
    assert first == packing.packed(tmp_path / "2.zip", files).read_bytes()
    with zipfile.ZipFile(io.BytesIO(first)) as package:
        assert package.namelist() == ["a/Mau-01.pdf", "a/mau-01-2.pdf", "a/danh-sach.csv"]
        assert {package.read(name) for name in package.namelist()} == {b"x" * 500}
        assert any(entry.create_version >= zipfile.ZIP64_VERSION for entry in package.infolist())
