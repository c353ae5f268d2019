"""The papers' data sets from real dossiers: what they say, what they never say, and that they stay as signed."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import update

from portal.catalogue.models import Threshold
from portal.dossiers.queries import open_sheet
from portal.dossiers.rules import Indicator, Kind
from portal.dossiers.rules import Threshold as Asked
from portal.papers import building, documents, results
from portal.papers.missing import missing
from portal.papers.office import Office
from tenants.database import db
from tenants.scope import acting_in
from tests.builders import STEWARD, World, fill
from tests.papers import reading
from tests.papers.filled import LETTER, TEXTS, School, a_school

SHARES = re.compile(r"(\d+)/(\d+) \(([\d,]+) %\)")


def texts(school: School) -> dict[str, str]:
    """The text of the three papers, read back from the format that is quick to make."""
    content, office = school.content()
    return {
        "mau-01": reading.docx(documents.request_letter(building.request_letter(content, office)).docx()),
        "mau-02": reading.docx(
            documents.self_assessment_report(building.self_assessment_report(content, office)).docx()
        ),
        "mau-03": reading.docx(documents.result_summary(building.result_summary(content, office)).docx()),
    }


def test_a_signed_dossier_says_what_was_entered(world: World) -> None:
    """Letterhead, team, figures, verdicts, gap and the head's words stand in the papers."""
    world.confirm_thresholds()
    school = a_school(world)
    school.answer("2.2", part=35, explanation="Hai giáo viên nghỉ thai sản.")
    school.write(**LETTER, **TEXTS)
    school.sign()
    said = texts(school)
    for words in (
        "ỦY BAN NHÂN DÂN HUYỆN AN LÃO TRƯỜNG TIỂU HỌC MỸ ĐỨC",
        "Số: 03/TTr-THMĐ",
        "An Lão, ngày 08 tháng 01 năm 2027",
        "Kính gửi: Chủ tịch Ủy ban nhân dân huyện An Lão (qua Phòng Giáo dục và Đào tạo huyện An Lão)",
        "Quyết định số 12/QĐ-THMĐ ngày 15 tháng 12 năm 2026",
        "Tổng số thành viên tại thời điểm 31/12/2026: 37 người",
        "Tổng số người học tại thời điểm 31/12/2026: 412 người",
        "Mức độ 1: đạt 15/15 chỉ tiêu áp dụng; kết luận: đạt",
        "Mức độ 2: đạt 14/15 chỉ tiêu áp dụng; kết luận: chưa đạt",
        "HIỆU TRƯỞNG Hiệu trưởng Trường Tiểu học Mỹ Đức",
    ):
        assert words in said["mau-01"]
    for words in (
        "Tổ trưởng",
        "Kết quả: 35/37 (94,59 %).",
        "Mô tả: Hai giáo viên nghỉ thai sản.",
        "Tự đánh giá: mức độ 1: Đạt; mức độ 2: Chưa đạt.",
        "Chỉ tiêu 2.2: Cần thêm 1 người để đạt mức độ 2 (35/37; cần 36).",
        "Kế hoạch gắn với sinh hoạt chuyên môn.",
        "Hoàn thành bồi dưỡng trong quý I.",
        "Không áp dụng: chỉ dành cho nhà trẻ, trường mẫu giáo, trường mầm non.",
    ):
        assert words in said["mau-02"]
    for text in said.values():
        assert "[chưa có:" not in text
        assert "BẢN XEM TRƯỚC" not in text
        assert "DỮ LIỆU MINH HỌA" in text


def test_figures_of_the_text_are_those_of_the_table(world: World) -> None:
    """Mẫu 02 and Mẫu 03 carry the same figures, and they are the dossier's."""
    world.confirm_thresholds()
    school = a_school(world)
    school.answer("2.2", part=35)
    school.answer("3.1", part=36)
    school.sign()
    said = texts(school)
    content, _ = school.content()
    given = [
        (str(f.part), str(f.whole), f.percent_text.removesuffix(" %"))
        for f in content.assessment.findings
        if f.part is not None
    ]
    assert ("36", "37", "97,29") in given
    assert SHARES.findall(said["mau-02"]) == given
    assert SHARES.findall(said["mau-03"]) == given


def test_the_papers_keep_what_was_signed(world: World) -> None:
    """Neither a renamed unit nor another threshold changes a signed paper by a byte."""
    world.confirm_thresholds()
    school = a_school(world)
    school.sign()
    content, office = school.content()
    before = documents.self_assessment_report(building.self_assessment_report(content, office)).pdf()
    school.change(
        name="Trường Tiểu học đã đổi tên", address="Nơi khác", head_name="Người khác", symbol="KHAC"
    )
    with acting_in(STEWARD):
        db.session.execute(
            update(Threshold).where(Threshold.value.is_not(None)).values(value=1, illustrative=False)
        )
    content, office = school.content()
    assert documents.self_assessment_report(building.self_assessment_report(content, office)).pdf() == before


def test_outcomes_are_those_that_were_signed(world: World) -> None:
    """The rules give on the frozen content what was stored at signing."""
    world.confirm_thresholds()
    school = a_school(world)
    school.answer("2.5", part=34)
    school.sign()
    content, _ = school.content()
    with world.acting(school.head, writes=False):
        frozen = world.dossier(school.tenant_id, school.id).frozen or {}
    for finding in content.assessment.findings:
        outcomes = frozen["answers"][finding.indicator.code]["outcomes"]
        assert [finding.outcomes[1], finding.outcomes[2]] == outcomes


def test_a_draft_marks_what_is_missing(world: World) -> None:
    """Nothing is guessed: blanks are marked, and the list of what is missing names each with its place."""
    school = a_school(world, state="draft")
    said = texts(school)
    for what in (
        "số văn bản",
        "mức độ đề nghị",
        "số quyết định thành lập Tổ",
        "số thành viên",
        "số người học",
    ):
        assert f"[chưa có: {what}]" in said["mau-01"]
    for what in ("kết quả", "minh chứng", "đánh giá ưu điểm", "kế hoạch cải tiến"):
        assert f"[chưa có: {what}]" in said["mau-02"]
    for text in said.values():
        assert "BẢN XEM TRƯỚC" in text
        assert "Mã kiểm" not in text
        assert "None" not in text
    with world.acting(school.head, writes=False):
        faults = missing(open_sheet(world.dossier(school.tenant_id, school.id)))
    anchors = {fault.anchor for fault in faults if fault.stops}
    assert {"so-lieu", "to-danh-gia", "muc-do"} <= anchors
    assert any(anchor.startswith("chi-tieu-") for anchor in anchors)
    assert {fault.anchor for fault in faults if not fault.stops} >= {"muc-do", "nhan-dinh"}


def test_a_full_dossier_lacks_nothing_that_stops(world: World) -> None:
    """Once everything is filled in, only blanks remain in the list, then nothing."""
    world.confirm_thresholds()
    school = a_school(world)
    school.write(**LETTER, **TEXTS)
    with world.acting(school.head, writes=False):
        assert missing(open_sheet(world.dossier(school.tenant_id, school.id))) == []


def test_unconfirmed_thresholds_conclude_nothing(world: World) -> None:
    """In a real installation that has confirmed nothing the papers say so at every number."""
    school = a_school(world)
    said = texts(school)
    assert "ngưỡng chưa được Sở xác nhận" in said["mau-03"]
    assert "kết luận: tạm tính, còn ngưỡng chưa được Sở xác nhận" in said["mau-01"]
    assert "Kết quả tự đánh giá là tạm tính" in said["mau-02"]
    assert "số liệu minh họa" not in said["mau-02"]


def test_a_sensitive_unit_prints_no_counts(world: World) -> None:
    """Shares only, even of counts typed before: neither head-count nor part stands anywhere, gaps included."""
    world.confirm_thresholds()
    tenant = world.a_district()
    school = School(world, tenant, "draft")
    with world.acting(school.head) as actor:
        fill(actor, world.dossier(tenant, school.id), members=4173, part=3712)
    school.change(sensitive=True)
    said = texts(school)
    assert "88,95 %" in said["mau-03"]
    assert "Chỉ tiêu 2.2: Mới đạt 88,95 %; mức độ 2 yêu cầu từ 95 %" in said["mau-02"]
    for text in said.values():
        for count in ("4173", "4.173", "3712", "3.712", "3756", "461"):
            assert count not in text


def test_hostile_words_are_printed_and_do_nothing(world: World) -> None:
    """Markup, template code and control characters come out as text."""
    world.confirm_thresholds()
    name = 'Trường <b>"X" & Y</b> {{ 7 * 7 }} \u202eevil'
    school = a_school(world, name=name)
    school.answer(
        "1.1",
        yes=True,
        explanation="<script>alert(1)</script> <img src='file:///etc/passwd'> " + "dài " * 800,
    )
    school.sign()
    said = texts(school)
    assert 'Trường <b>"X" & Y</b> {{ 7 * 7 }} evil' in said["mau-01"]
    assert "<script>alert(1)</script> <img src='file:///etc/passwd'>" in said["mau-02"]
    assert "49" not in said["mau-01"].split("Mã kiểm")[0]


REQUIREMENTS = (
    (Kind.YES_NO, 1, True, False, "Có"),
    (Kind.SHARE, 90, True, False, "Từ 90 % trở lên"),
    (Kind.SHARE, 100, True, False, "100 %"),
    (Kind.SHARE, 95, True, True, "Từ 95 % trở lên (số liệu minh họa, Sở chưa xác nhận)"),
    (Kind.SHARE, 95, False, False, "Từ 95 % trở lên (gợi ý; ngưỡng chưa được Sở xác nhận)"),
    (Kind.SHARE, None, False, False, "Ngưỡng chưa được Sở xác nhận"),
    (Kind.GRADED, 2, True, False, "“Đáp ứng cơ bản” trở lên"),
    (Kind.GRADED, 3, True, False, "“Đáp ứng tốt”"),
)


@pytest.mark.parametrize(("kind", "value", "confirmed", "illustrative", "words"), REQUIREMENTS)
def test_requirements_in_words(
    kind: Kind, value: int | None, confirmed: bool, illustrative: bool, words: str
) -> None:
    """Each kind of threshold has its words, with its certainty beside the number."""
    from portal.dossiers.rules import Applicability

    indicator = Indicator(
        1,
        "2.2",
        "Chỉ tiêu",
        kind,
        "members" if kind is Kind.SHARE else None,
        Applicability(),
        {1: Asked(1, value, confirmed, illustrative)},
        ("Chưa đáp ứng", "Đáp ứng cơ bản", "Đáp ứng tốt") if kind is Kind.GRADED else (),
    )
    assert results.requirement(indicator, 1) == words


def test_an_office_is_named_with_its_place_once() -> None:
    """The place is not said twice where the office's name holds it already."""
    office = Office(
        "Ủy ban nhân dân huyện An Lão",
        "Phòng Giáo dục và Đào tạo",
        "huyện An Lão",
        "An Lão",
        "CHỦ TỊCH",
        "cấp huyện",
    )
    assert office.full_name == "Phòng Giáo dục và Đào tạo huyện An Lão"
    named = Office("", "Phòng Văn hóa - Xã hội xã Kiến An", "Xã Kiến An", "Kiến An", "CHỦ TỊCH", "cấp xã")
    assert named.full_name == "Phòng Văn hóa - Xã hội xã Kiến An"
