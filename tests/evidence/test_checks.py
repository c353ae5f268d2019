"""Files are judged by their content: what is kept, what is refused and with which sentence."""

from __future__ import annotations

import io
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from portal.evidence import actions
from portal.evidence.checks import MAX_BYTES, clean_name, examine
from portal.evidence.photos import without_place
from tenants.refusal import Refused
from tests.evidence import samples

OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("name", "content", "kept", "media_type"),
    [
        ("QĐ 214.pdf", samples.pdf(), "QĐ 214.pdf", "application/pdf"),
        ("anh.JPEG", samples.picture(), "anh.JPEG", "image/jpeg"),
        ("anh.png", samples.picture("PNG"), "anh.png", "image/png"),
        ("anh.webp", samples.picture("WEBP"), "anh.webp", "image/webp"),
        ("ảnh chụp.png", samples.picture(), "ảnh chụp.jpg", "image/jpeg"),
        ("bảng.xlsx", samples.xlsx(), "bảng.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("kế hoạch.docx", samples.office(), "kế hoạch.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("không đuôi", samples.pdf(), "không đuôi.pdf", "application/pdf"),
    ],
)  # fmt: skip
def test_what_is_kept(name: str, content: bytes, kept: str, media_type: str) -> None:
    """The type comes from the content; a name with the wrong ending gets the right one."""
    accepted = examine(name, content)
    assert (accepted.name, accepted.media_type) == (kept, media_type)
    assert accepted.content == content


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("hoa don.pdf", b"MZ" + bytes(500), "Tệp “hoa don.pdf” mang đuôi .pdf nhưng nội dung không phải tệp PDF"),
        ("chay.exe", b"MZ" + bytes(500), "không thuộc loại được nhận. Chỉ nhận PDF, ảnh"),
        ("trang.html", b"<html><script>alert(1)</script>", "không thuộc loại được nhận"),
        ("anh.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "không thuộc loại được nhận"),
        ("gia.pdf", b"%PDF-1.7\nnothing of a PDF", "không phải PDF hợp lệ hoặc đã hỏng"),
        ("khoa.pdf", samples.pdf(password="mat khau"), "có đặt mật khẩu hoặc khóa quyền"),
        ("rong.pdf", b"", "không có nội dung"),
        ("bom.png", samples.bomb_png(), "có quá 40 triệu điểm ảnh"),
        ("bom.webp", samples.bomb_webp(), "có quá 40 triệu điểm ảnh"),
        ("cut.jpg", samples.picture(size=(900, 900))[:3000], "không phải ảnh hợp lệ hoặc đã hỏng"),
        ("hong.png", b"\x89PNG\r\n\x1a\n" + bytes(400), "không phải ảnh hợp lệ hoặc đã hỏng"),
        ("to.pdf", b"%PDF-" + bytes(21 * 1024 * 1024), "quá mức 20 MB cho một tệp"),
        ("macro.docx", samples.office("word/vbaProject.bin"), "có macro"),
        ("macro2.docx", samples.office(types=b"application/vnd.ms-word.document.macroEnabled.main+xml"), "có macro"),
        ("no.xlsx", samples.office(main="xl/workbook.xml", fill=250_000_000), "giải nén ra quá lớn"),
        ("nhieu.docx", samples.office(*(f"word/{n}.xml" for n in range(2001))), "giải nén ra quá lớn"),
        ("hong.docx", b"PK\x03\x04" + bytes(200), "bị hỏng, không mở được"),
        ("nen.zip", samples.archive(), "là tệp nén"),
        ("nen.docx", samples.archive(), "mang đuôi .docx nhưng nội dung không phải tệp DOCX"),
        ("cu.doc", OLD_WORD, "đời cũ hoặc có mật khẩu"),
    ],
)  # fmt: skip
def test_what_is_refused(name: str, content: bytes, sentence: str) -> None:
    """Each refusal names the file and says what is the matter, in Vietnamese."""
    with pytest.raises(Refused) as caught:
        examine(name, content)
    assert caught.value.status == 422
    assert caught.value.sentence.startswith(f"Tệp “{name}” ")
    assert sentence in caught.value.sentence


def test_exactly_twenty_megabytes_pass_the_size() -> None:
    """20 MB are allowed, one byte more is not."""
    fits = samples.pdf_of_size(MAX_BYTES)
    assert len(fits) == MAX_BYTES
    assert examine("vua.pdf", fits).content == fits
    with pytest.raises(Refused, match="quá mức"):
        examine("qua.pdf", fits + b"\n")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_forgets_its_place_and_nothing_else(kind: str) -> None:
    """GPS goes, the camera and every byte of the picture stay, and so does the length where parts cannot move."""
    with_place = samples.picture(kind, place=True)
    assert examine("anh.jpg", samples.picture(kind)).content == samples.picture(kind)
    kept = examine("anh.jpg", with_place).content
    before, after = Image.open(io.BytesIO(with_place)), Image.open(io.BytesIO(kept))
    assert before.getexif().get_ifd(samples.GPS)
    assert not after.getexif().get_ifd(samples.GPS)
    assert after.getexif()[0x010F] == "Camera"
    assert before.tobytes() == after.tobytes()
    if kind != "PNG":
        assert len(kept) == len(with_place)


def test_a_place_told_twice_goes_twice() -> None:
    """A phone's second picture, its film, and metadata packed as text tell the place as well."""
    one = samples.picture(place=True)
    film = b"....ftypmp42" + b"\xa9xyz\x00\x12\x15\xc7+20.8200+106.5500/" + b"mdat"
    kept = without_place(one + one + film)
    again = Image.open(io.BytesIO(kept[len(one) :]))
    assert not again.getexif().get_ifd(samples.GPS)
    assert b"20.8200" not in kept
    assert kept.endswith(b"mdat")
    made = PngInfo()
    made.add_itxt("XML:com.adobe.xmp", "<exif:GPSLatitude>20,49N</exif:GPSLatitude>")
    made.add_text("Raw profile type exif", "45786966")
    made.add_text("Title", "Lớp học")
    out = io.BytesIO()
    Image.new("RGB", (9, 9)).save(out, "PNG", pnginfo=made)
    clean = Image.open(io.BytesIO(examine("anh.png", out.getvalue()).content))
    assert set(clean.text) == {"Title"}  # type: ignore[attr-defined]


def test_broken_metadata_is_emptied_not_kept() -> None:
    """A segment nobody can read may hold a place, so it goes."""
    plain = samples.picture()
    exif = b"Exif\x00\x00" + b"II*\x00" + b"\xff" * 40
    segment = b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif
    xmp = b"http://ns.adobe.com/xap/1.0/\x00<exif:GPSLatitude>20</exif:GPSLatitude>"
    segment += b"\xff\xe1" + (len(xmp) + 2).to_bytes(2, "big") + xmp
    kept = without_place(plain[:2] + segment + plain[2:])
    assert b"GPS" not in kept
    assert Image.open(io.BytesIO(kept)).tobytes() == Image.open(io.BytesIO(plain)).tobytes()


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\A\\Kế hoạch.pdf", "Kế hoạch.pdf"),
        ("bang\u202egnp.pdf", "banggnp.pdf"),
        ("a\x00\r\nb.pdf", "ab.pdf"),
        (unicodedata.normalize("NFD", "Quyết định.pdf"), "Quyết định.pdf"),
        ("", "tep"),
        ("....", "tep"),
        ("Đ" * 300 + ".pdf", "Đ" * 196 + ".pdf"),
    ],
)
def test_names_are_cleaned(name: str, clean: str) -> None:
    """No path, no hidden characters, composed letters, at most 200 of them, the ending kept."""
    assert clean_name(name) == clean


@given(st.text(max_size=400), st.sampled_from(["", "pdf", "jpg", "docx"]))
def test_any_name_becomes_a_safe_one(name: str, extension: str) -> None:
    """Whatever is sent, the name is short, has no path and no control characters, and cleaning it again changes nothing."""
    clean = clean_name(name, extension)
    assert 0 < len(clean) <= 200
    assert not set(clean) & set("/\\\x00\r\n\u202e")
    assert clean_name(clean, extension) == clean


@given(st.binary(max_size=2000))
def test_any_content_is_kept_or_refused(content: bytes) -> None:
    """Nothing but a sentence comes of strange bytes, whatever they begin with."""
    for head in (
        b"",
        b"%PDF-1.4\n",
        b"PK\x03\x04",
        b"\xff\xd8\xff\xe1",
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\x00\x00\x00\x00WEBP",
    ):
        assert _sentence(head + content).endswith(".")


def _sentence(content: bytes) -> str:
    try:
        examine("tep.pdf", content)
    except Refused as refused:
        return refused.sentence
    return "."


def types(content_type: str) -> bytes:
    """Return a list of content types with one more part."""
    return f'<Types><Override PartName="/word/x.bin" ContentType="{content_type}"/></Types>'.encode()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("mo.pdf", samples.raw_pdf(catalog="/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"), actions.SCRIPT),
        ("ten.pdf", samples.raw_pdf(catalog="/Names<</JavaScript<</Names[(a) 4 0 R]>>>>", more="<</S/JavaScript/JS(1)>>"), actions.SCRIPT),
        ("chay.pdf", samples.raw_pdf(catalog="/OpenAction<</S/Launch/F(cmd.exe)>>"), actions.SCRIPT),
        ("trang.pdf", samples.raw_pdf(page="/AA<</O<</S/URI/URI(a)/Next[<</S/JavaScript/JS(1)>>]>>>>"), actions.SCRIPT),
        ("bam.pdf", samples.raw_pdf(page="/Annots[<</Subtype/Link/Rect[0 0 9 9]/A<</S/Launch/F(a)>>>>]"), actions.SCRIPT),
        ("o.pdf", samples.raw_pdf(catalog="/AcroForm<</Fields[<</T(a)/AA<</K 4 0 R>>>>]>>", more="<</S/JavaScript/JS(1)>>"), actions.SCRIPT),
        ("kem.pdf", samples.raw_pdf(catalog="/Names<</EmbeddedFiles<</Names[(a)<</F(a.exe)/EF<</F 4 0 R>>>>]>>>>"), actions.SHUT_IN),
        ("ghim.pdf", samples.raw_pdf(page="/Annots[<</Subtype/FileAttachment/Rect[0 0 9 9]>>]"), actions.SHUT_IN),
        ("xfa.pdf", samples.raw_pdf(catalog="/AcroForm<</Fields[]/XFA 4 0 R>>"), actions.FORM),
        ("roi.pdf", samples.raw_pdf(catalog=f"/X[{('[' + '<<>>' * 1000 + ']') * (actions.MOST_OBJECTS // 1000 + 1)}]"), actions.TOO_MANY),
        ("vba.docx", samples.office(types=types("application/vnd.ms-office.vbaProject")), actions.MACRO),
        ("vba16.docx", samples.office(types=types("application/vnd.ms-office.vbaProject").decode().encode("utf-16")), actions.MACRO),
        ("activex.docx", samples.office("word/activeX/activeX1.bin"), actions.MACRO),
        ("xl4.xlsx", samples.office(types=types("application/vnd.ms-excel.macrosheet+xml"), main="xl/workbook.xml"), actions.MACRO),
        ("mau.docx", samples.office(template="http://example.org/a.dotm"), actions.TEMPLATE),
        ("mau2.docx", samples.office(template="\\\\host\\share\\a.dotm"), actions.TEMPLATE),
    ],
)  # fmt: skip
def test_what_acts_by_itself_is_refused(name: str, content: bytes, sentence: str) -> None:
    """Scripts, programs, files shut in and remote templates stay out; the sentence says what to do instead."""
    with pytest.raises(Refused) as caught:
        examine(name, content)
    assert caught.value.sentence == f"Tệp “{name}” {sentence}"


@pytest.mark.parametrize(
    "content",
    [
        samples.raw_pdf(catalog="/OpenAction[3 0 R/Fit]"),
        samples.raw_pdf(catalog="/OpenAction<</S/GoTo/D[3 0 R/Fit]>>/Names<</EmbeddedFiles<</Names[]>>>>"),
        samples.raw_pdf(page="/Annots[<</Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(https://example.org)>>>>]"),
        samples.raw_pdf(catalog="/AcroForm<</Fields[4 0 R]/SigFlags 3>>", more="<</FT/Sig/T(Signature1)>>"),
        samples.office(template="file:///C:\\Users\\a\\Normal.dotm"),
    ],
)
def test_what_is_usual_in_documents_is_kept(content: bytes) -> None:
    """A first page to show, links, a digital signature and the template of one's own Word are no fault."""
    assert examine("van ban", content).content == content


def test_an_archive_of_very_many_members_is_refused_unread() -> None:
    """The list of members is counted, not read: refusing it takes no time."""
    entry = b"PK\x01\x02" + bytes(42)
    content = b"PK\x03\x04" + entry * 200_000 + b"PK\x05\x06" + bytes(18)
    before = time.perf_counter()
    with pytest.raises(Refused, match="giải nén ra quá lớn"):
        examine("nhieu.docx", content)
    assert time.perf_counter() - before < 1
