"""Signed papers: scans compared by the code in each footer, digital signatures made and verified, both kept."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pypdfium2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID
from PIL import Image
from pypdf import PdfReader, PdfWriter

from portal.papers import seal
from portal.sealed import rules, scans, signatures
from tenants.people import Role
from tests.builders import World
from tests.deciding import District, accept
from tests.forms import send, token

CODE = "9F86D081884C"
MINE, OTHER = frozenset({(CODE, "request_letter")}), frozenset({(CODE, "result_summary")})
OLD, NONE = frozenset({("AAAAAAAAAAAA", "request_letter")}), frozenset[tuple[str, str]]()


@pytest.mark.parametrize(
    ("found", "said", "unread"),
    [
        ([MINE, MINE], "", ()),
        ([MINE, NONE], "", (2,)),
        ([MINE, MINE, NONE], "", (3,)),
        ([MINE], "có 1 trang", ()),
        ([NONE, NONE], "Không đọc được mã", ()),
        ([MINE, OLD], "Trang 2 mang mã AAAAAAAAAAAA", ()),
        ([OTHER, MINE], "Trang 1 là trang của văn bản khác", ()),
    ],
)
def test_a_scan_is_compared_page_by_page(found: Any, said: str, unread: tuple[int, ...]) -> None:
    """Every page carries the code of this paper, or a sentence says which does not."""
    told = rules.compare(found, CODE, "request_letter", "Tờ trình (Mẫu 01)", 2)
    assert said in told.refusal
    assert bool(told.refusal) is bool(said)
    assert told.unread == unread


def test_only_our_codes_are_read() -> None:
    """A QR code of anything else is none of ours."""
    assert seal.read(seal.payload(CODE, "request_letter")) == (CODE, "request_letter")
    for strange in ("https://example.org", "DVHT 123 request_letter", f"DVHT {CODE} ../x", ""):
        assert seal.read(strange) is None


def certificate(*, days: int = 365, password: str = "Bi-mat-99") -> bytes:
    """Return a PKCS#12 file for tests, signed by itself."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Trường Tiểu học Mỹ Đức")])
    since = datetime(2026, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(since + timedelta(days=days))
        .add_extension(x509.KeyUsage(True, True, *[False] * 7), critical=True)
        .sign(key, hashes.SHA256())
    )
    return pkcs12.serialize_key_and_certificates(
        b"unit", key, made, None, BestAvailableEncryption(password.encode())
    )


def scanned(pdf: bytes, pages: list[int] | None = None, *, turned: float = 0.7) -> bytes:
    """Return a PDF as a scanner gives it back: pictures of its pages, a little turned, no text."""
    pictures = []
    with pypdfium2.PdfDocument(pdf) as book:
        for number in pages if pages is not None else range(len(book)):
            picture = (
                book[number].render(scale=200 / 72, grayscale=True).to_pil().rotate(turned, fillcolor=255)
            )
            pictures.append(picture.point(lambda shade: 255 if shade > 140 else 0).convert("1"))
    target = io.BytesIO()
    pictures[0].save(target, "PDF", save_all=True, append_images=pictures[1:], resolution=200)
    return target.getvalue()


def test_a_scan_and_a_digital_signature_from_end_to_end(world: World, client: Any) -> None:
    """After the signature scans are taken page by page; a certificate signs; the district sees both."""
    district = District(world)
    world.confirm_thresholds()
    unit_id = world.a_unit(district.tenant_id)
    dossier_id = world.a_dossier(district.tenant_id, unit_id, "filled")
    head = world.a_person(Role.UNIT_HEAD, district.tenant_id, unit_id)
    editor = world.a_person(Role.UNIT_EDITOR, district.tenant_id, unit_id)
    world.sign_in(client, head)
    index, own = f"/ho-so/{dossier_id}/ban-da-ky", f"/van-ban/{district.tenant_id}/{dossier_id}"
    assert "Hồ sơ chưa ký" in client.get(index).get_data(as_text=True)
    draft = client.get(f"{own}/mau-01.pdf").data
    early = send(client, f"{index}/mau-01", {"file": (io.BytesIO(scanned(draft)), "quet.pdf")}, page=index)
    assert early.status_code == 409
    review = f"/ho-so/{dossier_id}/kiem-tra"
    import re

    seen = re.search(r'name="seen" value="([^"]+)"', client.get(review).get_data(as_text=True))
    assert seen
    send(client, f"/ho-so/{dossier_id}/ky", {"seen": seen[1]}, page=review)
    letter, summary = client.get(f"{own}/mau-01.pdf").data, client.get(f"{own}/mau-03.pdf").data
    assert all(scans.codes_of(letter, "application/pdf"))

    def offer(name: str, content: bytes, file_name: str = "Tờ trình đã ký.pdf") -> Any:
        data = {"file": (io.BytesIO(content), file_name), "csrf_token": token(client, index)}
        return client.post(f"{index}/{name}", data=data, follow_redirects=True)

    for content, file_name, said in (
        (scanned(draft), "quet.pdf", "Không đọc được mã"),
        (scanned(summary), "quet.pdf", "trang của văn bản khác"),
        (b"%PDF-1.4 hong", "quet.pdf", "không"),
        (b"MZ" + bytes(200), "quet.pdf", "không phải tệp PDF"),
        (b"", "quet.pdf", "0 byte"),
    ):
        answer = offer("mau-01", content, file_name)
        assert answer.status_code == 422, said
        assert said in answer.get_data(as_text=True)
    assert "Đã nhận bản quét; mã ở chân trang khớp." in offer("mau-01", scanned(letter)).get_data(
        as_text=True
    )

    password = "Bi-mat-99"
    for file, typed, said in (
        (b"", password, "Xin chọn tệp chứng thư số"),
        (certificate(), "sai", "sai mật khẩu"),
        (certificate(days=30), password, "không còn hoặc chưa có hiệu lực"),
        (b"khong phai", password, "sai mật khẩu"),
    ):
        data = {"certificate": (io.BytesIO(file), "don-vi.p12"), "password": typed}
        answer = send(client, f"{index}/mau-03/ky-so", data, page=index)
        assert answer.status_code == 422, said
        assert said in answer.get_data(as_text=True)
        assert typed not in answer.get_data(as_text=True) or typed == "sai"
    data = {"certificate": (io.BytesIO(certificate(days=800)), "don-vi.p12"), "password": password}
    done = send(client, f"{index}/mau-03/ky-so", data, page=index, follow_redirects=True)
    text = done.get_data(as_text=True)
    assert "Đã ký số Bản tổng hợp kết quả (Mẫu 03)." in text
    assert "Chữ ký số của <b>Trường Tiểu học Mỹ Đức</b>" in text
    assert "nội dung không đổi từ khi ký" in text
    assert "chưa đối chiếu được nơi cấp chứng thư" in text

    signed_at = re.findall(r'href="(/ban-da-ky/[0-9]+/[0-9]+)"', text)
    assert len(signed_at) == 2
    signed = next(c for a in signed_at if b"/Sig" in (c := client.get(a).data))
    assert signatures.verify(signed)[0]["intact"]
    broken = (
        signed.replace(b"/Title", b"/Titel", 1) if b"/Title" in signed else signed[:900] + b" " + signed[901:]
    )
    assert "đã bị sửa sau khi ký" in offer("mau-03", broken, "da-ky.pdf").get_data(as_text=True).replace(
        "tệp đã", "đã"
    )
    twice = PdfWriter(clone_from=PdfReader(io.BytesIO(signed)))
    target = io.BytesIO()
    twice.write(target)
    assert offer("mau-03", target.getvalue(), "ghep.pdf").status_code == 422

    picture = io.BytesIO()
    Image.new("L", (1654, 2339), 255).save(picture, "PNG")
    assert offer("mau-01", picture.getvalue(), "anh.png").status_code == 422
    world.sign_in(client, editor)
    denied = send(client, f"{index}/mau-01/ky-so", page=index)
    assert denied.status_code == 403
    world.sign_in(client, head)
    send(client, f"/ho-so/{dossier_id}/nop", page=review)
    kept = send(client, f"{index}/mau-01/bo", page=index)
    assert kept.status_code in (303, 409)
    world.sign_in(client, district.officer)
    accept(world, district.officer, district.tenant_id, dossier_id)
    intake = client.get(f"/huyen/ho-so/{dossier_id}").get_data(as_text=True)
    assert "Bản quét đã ký, đóng dấu" in intake
    assert "Chữ ký số của <b>Trường Tiểu học Mỹ Đức</b>" in intake
    assert all(client.get(address).status_code == 200 for address in signed_at)
