"""The documents as officials read them: exact words, marks, footers, page numbers, annexes."""

import io
import shutil
import subprocess
import time
from dataclasses import fields, replace
from functools import cache

import pytest
from pypdf import PdfReader

from portal.papers import data, documents
from tests.papers import reading, samples

ALL = (
    "request_letter",
    "self_assessment_report",
    "result_summary",
    "receipt",
    "supplement_request",
    "decision",
    "district_report",
    "provincial_report",
)
WORDS = {
    "request_letter": (
        "TỜ TRÌNH Về việc đề nghị đánh giá, công nhận “Đơn vị học tập” cấp huyện mức độ 1 năm 2026",
        "Kính gửi: Chủ tịch Ủy ban nhân dân huyện An Lão",
        "Số: 03/TTr-THMĐ",
        "An Lão, ngày 08 tháng 01 năm 2027",
        "Quyết định số 21/QĐ-THMĐ ngày 07 tháng 12 năm 2026",
        "Tổng số thành viên tại thời điểm 31/12/2026: 37 người;",
        "Mức độ 1: đạt 14/14 chỉ tiêu áp dụng; kết luận: đạt;",
        "xem xét, quyết định./.",
    ),
    "self_assessment_report": (
        "BÁO CÁO Tự đánh giá “Đơn vị học tập” cấp huyện năm 2026",
        "Chỉ tiêu 2.2. Thành viên hoàn thành đầy đủ chương trình học tập, bồi dưỡng theo quy định",
        "Kết quả: 35/37 (94,59 %).",
        "Tự đánh giá: mức độ 1: Đạt; mức độ 2: Chưa đạt.",
        "Không áp dụng: đơn vị không phải là cơ sở giáo dục nghề nghiệp.",
        "Quyết định công nhận “Công dân học tập” năm 2026 số 112/QĐ-UBND ngày 15/01/2026 của UBND xã Mỹ Đức",
        "Đội ngũ ổn định trong ba năm liền.",
        "cần thêm 1 người",
    ),
    "result_summary": (
        "BẢN TỔNG HỢP Kết quả đánh giá các tiêu chí, chỉ tiêu “Đơn vị học tập” cấp huyện năm 2026",
        "Tiêu chí 2. Về kết quả học tập của Thành viên trong đơn vị",
        "Từ 90 % trở lên",
        "36/37 (97,29 %)",
        "Không áp dụng",
    ),
    "receipt": ("PHIẾU TIẾP NHẬN", "Số tiếp nhận: AL-2026-0017", "12/01/2027 10:30", "☑", "☐", "01 bộ"),
    "supplement_request": (
        "PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ",
        "hoàn thiện 2 nội dung sau:",
        "Gửi bổ sung 02 chứng nhận hoặc sửa số liệu.",
        "gửi lại hồ sơ trước ngày 20 tháng 01 năm 2027",
    ),
    "decision": (
        "QUYẾT ĐỊNH Về việc công nhận “Đơn vị học tập” cấp huyện năm 2026",
        "CHỦ TỊCH ỦY BAN NHÂN DÂN HUYỆN AN LÃO",
        "Điều 1. Công nhận 55 đơn vị trên địa bàn huyện An Lão",
        "Mức độ 1: 36 đơn vị (Phụ lục I kèm theo);",
        "Mức độ 2: 19 đơn vị (Phụ lục II kèm theo).",
        "Điều 2. Không công nhận “Đơn vị học tập” cấp huyện năm 2026 đối với 4 đơn vị",
        "Điều 4. Quyết định này có hiệu lực thi hành kể từ ngày ký.",
        "KT. CHỦ TỊCH PHÓ CHỦ TỊCH",
        "(Kèm theo Quyết định số 304/QĐ-UBND ngày 06 tháng 02 năm 2027 của Chủ tịch Ủy ban nhân dân huyện An Lão)",
        "Danh sách này có 36 đơn vị.",
    ),
    "district_report": (
        "BÁO CÁO Kết quả đánh giá, công nhận “Đơn vị học tập” cấp huyện năm 2026",
        "Kính gửi: Sở Giáo dục và Đào tạo thành phố Hải Phòng",
        "I. CÔNG TÁC CHỈ ĐẠO, TRIỂN KHAI",
        "Biểu 01 TỔNG HỢP KẾT QUẢ",
        "Quân sự, công an",
        "Biểu 02 DANH SÁCH ĐƠN VỊ ĐƯỢC CÔNG NHẬN",
        "+2,10",
        "99,87",
    ),
    "provincial_report": (
        "trên địa bàn thành phố Hải Phòng",
        "Số liệu tổng hợp từ 6/7 báo cáo cấp huyện đã được tiếp nhận; chưa có báo cáo được tiếp nhận: Huyện Bạch Long Vĩ",
        "Huyện Kiến Thụy",
        "Chưa gửi",
    ),
}


def page_of(name: str, **changes) -> documents.Page:
    return getattr(documents, name)(getattr(samples, name)(**changes))


def made(name: str, **changes) -> bytes:
    return page_of(name, **changes).pdf() if changes else whole(name)


@cache
def whole(name: str) -> bytes:
    return page_of(name).pdf()


@pytest.mark.parametrize("name", ALL)
def test_words_can_be_copied_and_searched(name):
    text = reading.text(made(name))
    for words in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", *WORDS[name]):
        assert words in text


@pytest.mark.parametrize("name", ALL)
def test_poppler_reads_the_same_words(name, tmp_path):
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext is not installed")
    (tmp_path / "paper.pdf").write_bytes(made(name))
    command = ["pdftotext", "-raw", str(tmp_path / "paper.pdf"), "-"]
    text = " ".join(subprocess.run(command, capture_output=True, check=True).stdout.decode().split())
    assert "Độc lập - Tự do - Hạnh phúc" in text
    assert WORDS[name][0] in text


@pytest.mark.parametrize("name", ALL)
def test_every_page_carries_hash_and_mark(name):
    for page in reading.pages(made(name)):
        assert f"Mã kiểm: {samples.HASH}" in page
        assert samples.SPECIMEN in page
        assert "BẢN XEM TRƯỚC" not in page


@pytest.mark.parametrize("name", ALL)
def test_an_unsigned_paper_is_a_preview_on_every_page(name):
    for page in reading.pages(made(name, signed=False, specimen=None)):
        assert "BẢN XEM TRƯỚC" in page
        assert samples.SPECIMEN not in page


def test_a_real_signed_paper_has_no_mark():
    text = reading.text(made("request_letter", specimen=None))
    assert "MINH HỌA" not in text
    assert "XEM TRƯỚC" not in text


@pytest.mark.parametrize("name", ALL)
def test_only_our_embedded_faces_are_used(name):
    found = reading.fonts(made(name))
    assert all(found.values())
    assert all("Portal" in font for font in found)


@pytest.mark.parametrize("name", ALL)
def test_equal_data_give_equal_bytes(name):
    assert page_of(name).pdf() == whole(name)


def test_page_numbers_start_on_page_two_and_anew_in_each_annex():
    pages = reading.pages(made("decision", first=100, second=19, refused=0))
    assert [page.split(" ", 1)[0] for page in pages if page[0].isdigit()] == ["2", "3", "4"]
    assert not pages[0].startswith("1 ")


def test_every_annex_page_repeats_its_head():
    pages = reading.pages(made("decision", first=500, second=0, refused=0))
    annex = pages[1:]
    assert len(annex) >= 12
    for page in annex:
        assert "TT Tên đơn vị Loại hình Ghi chú" in page
    for number in (1, 250, 500):
        assert sum(f"Đơn vị số {number} huyện An Lão" in page for page in annex) == 1


def test_a_decision_of_five_hundred_rows_is_fast():
    made("decision")
    begin = time.process_time()
    made("decision", first=400, second=80, refused=20)
    assert time.process_time() - begin < 3


def test_landscape_pages_hold_the_forms():
    report = made("district_report")
    reader = PdfReader(io.BytesIO(report))
    wide = [page.mediabox.width > page.mediabox.height for page in reader.pages]
    assert wide[0] is False
    assert all(wide[wide.index(True) :])
    forms = [page for page in reading.pages(report) if "Mã giấy công nhận" in page]
    assert len(forms) >= 3


def test_all_columns_of_form_01_are_numbered():
    page = next(page for page in reading.pages(made("district_report")) if "Loại hình đơn vị" in page)
    assert "1 2 3 4 5 6 7 8 9 10 11 11a 12 13 14 15 16 17 18 19 20 21 22 23 24" in page


def test_missing_fields_are_marked_and_never_guessed():
    nothing = data.Letterhead(superior=None, issuer=None, number=None, place=None, day=None)
    text = reading.text(
        made(
            "request_letter",
            letterhead=nothing,
            signature=data.Signature(title=None, signer_name=None),
            unit=samples.unit(address=None, members=None, learners=None),
            addressee=None,
            requested_level=None,
            team=None,
            summaries=(),
            attachments=(),
        )
    )
    for what in (
        "cơ quan chủ quản",
        "tên cơ quan, đơn vị",
        "số văn bản",
        "địa danh",
        "ngày, tháng, năm",
        "nơi nhận văn bản",
        "mức độ đề nghị",
        "số quyết định thành lập Tổ",
        "ngày quyết định thành lập Tổ",
        "địa chỉ đơn vị",
        "số thành viên",
        "số người học",
        "kết quả tự đánh giá",
        "danh mục hồ sơ gửi kèm",
        "chức vụ người ký",
        "họ và tên người ký",
    ):
        assert f"[chưa có: {what}]" in text
    assert "None" not in text


def test_missing_values_of_indicators_are_marked():
    first, second, third = samples.criteria()
    bare = replace(first.indicators[0], answer=None, evidence=(), explanation="")
    uncounted = replace(second.indicators[0], part=None)
    criteria = (replace(first, indicators=(bare,)), replace(second, indicators=(uncounted,)), third)
    for name in ("self_assessment_report", "result_summary"):
        text = reading.text(made(name, criteria=criteria))
        for what in ("kết quả", "minh chứng", "số liệu"):
            assert f"[chưa có: {what}]" in text


def test_a_sensitive_unit_shows_shares_without_counts():
    secret = samples.unit(sensitive=True, members=4173, learners=None, has_learners=False)
    first, second, third = samples.criteria()
    counted = tuple(replace(one, part=4100, whole=4173) for one in second.indicators)
    criteria = (first, replace(second, indicators=counted), third)
    for name, more in (
        ("request_letter", {}),
        ("self_assessment_report", {"criteria": criteria}),
        ("result_summary", {"criteria": criteria}),
    ):
        text = reading.text(made(name, unit=secret, **more))
        assert "4.173" not in text
        assert "4.100" not in text
        assert "4173" not in text
    assert "94,59 %" in reading.text(made("result_summary", unit=secret, criteria=criteria))


def test_lists_that_are_empty_leave_no_article_and_no_annex():
    text = reading.text(made("decision", first=3, second=0, refused=0))
    assert "Mức độ 1: 3 đơn vị (Phụ lục kèm theo)." in text
    assert "Mức độ 2" not in text
    assert "Không công nhận" not in text
    assert "Phụ lục II" not in text


def test_own_articles_replace_the_templates():
    text = reading.text(made("decision", articles=("Công nhận các đơn vị có tên.", "Giao Phòng thực hiện.")))
    assert "Điều 2. Giao Phòng thực hiện." in text
    assert "Điều 3" not in text


def test_a_late_receipt_says_why():
    text = reading.text(made("receipt", late=True, late_reason="mất kết nối mạng ngày 14/01"))
    assert "Hồ sơ nộp quá thời hạn; lý do tiếp nhận: mất kết nối mạng ngày 14/01." in text


def test_the_signature_never_stands_alone_on_a_page():
    for lines in range(16):
        filled = tuple(f"Tài liệu kèm theo số {n}" for n in range(1, lines + 2))
        last = reading.pages(made("request_letter", attachments=filled))[-1]
        assert "xem xét, quyết định./." in last
        assert "HIỆU TRƯỞNG" in last


def test_another_tier_is_printed():
    text = reading.text(made("request_letter", tier="cấp xã"))
    assert "“Đơn vị học tập” cấp xã mức độ 1" in text


def test_papers_name_themselves_for_readers_of_the_file():
    reader = PdfReader(io.BytesIO(made("request_letter")))
    assert (
        reader.metadata.title
        == "Tờ trình đề nghị công nhận “Đơn vị học tập” năm 2026 - Trường Tiểu học Mỹ Đức"
    )
    assert reader.metadata.creation_date == samples.ISSUED


def test_every_document_has_its_data_set():
    assert {name for name in ALL if callable(getattr(documents, name))} == set(ALL)
    for kind in data.Paper.__subclasses__():
        assert {"letterhead", "signature", "content_hash", "specimen"} <= {
            field.name for field in fields(kind)
        }
