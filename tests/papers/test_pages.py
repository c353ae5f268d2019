"""The unit's page of its papers: what is missing, own words, the head; files for the unit and its offices."""

from __future__ import annotations

import io
import re
import time
import zipfile
from datetime import date
from typing import Any

import pytest
from pypdf import PdfReader

from portal.appraisal import operations as appraisal
from portal.dossiers import operations
from portal.dossiers.queries import open_sheet
from portal.papers.blanks import OF_INDICATOR, PLACES
from portal.papers.blocks import BLOCKS, LONGEST
from portal.papers.documents import TEMPLATES
from portal.papers.operations import save_words
from portal.papers.word import MEDIA_TYPE
from portal.team.assigning import assign
from tenants.people import Role
from tests.builders import World
from tests.forms import send
from tests.papers import reading
from tests.papers.filled import LETTER, TEXTS, School, a_school

SET = ("mau-01", "mau-02", "mau-03")


def page(school: School, paper: str = "") -> str:
    """The address of the page, showing one paper."""
    return f"/ho-so/{school.id}/van-ban" + (f"?xem={paper}" if paper else "")


def file(school: School, name: str) -> str:
    """The address of a file."""
    return f"/van-ban/{school.tenant_id}/{school.id}/{name}"


def post(client: Any, path: str, data: dict[str, str]) -> Any:
    """Send a form with the token of a page of the frame."""
    return send(client, path, data, page="/tai-khoan")


def word(client: Any, school: School, paper: str = "mau-01") -> str:
    """The words of a paper as DOCX."""
    answer = client.get(file(school, f"{paper}.docx"))
    assert answer.status_code == 200
    return reading.docx(answer.data)


def test_a_draft_says_what_is_missing_and_where_it_is_filled_in(
    world: World, client: Any, count_queries: list[str]
) -> None:
    """Every paper with its state; each blank with a link; the preview beside it, in a number of queries that stays."""
    school = a_school(world, state="draft")
    world.sign_in(client, school.head)
    html = client.get(page(school)).get_data(as_text=True)
    for paper in (*SET, "con-thieu"):
        assert f'href="{file(school, f"{paper}.pdf")}"' in html
        assert f'href="{file(school, f"{paper}.docx")}"' in html
    assert "chỗ trống" in html
    assert "Chưa có mức độ đề nghị." in html
    assert f'href="/ho-so/{school.id}#muc-do"' in html
    assert f'<iframe src="{file(school, "mau-01.pdf")}' in html
    report = client.get(page(school, "mau-02")).get_data(as_text=True)
    assert re.search(r"Chỉ tiêu 1\.1, [\d.b, ]+: chưa có minh chứng\.", report)
    assert f'href="/ho-so/{school.id}#chi-tieu-1.1"' in report
    assert "Ý kiến khác" in report
    count_queries.clear()
    assert client.get(page(school, "nothing-of-the-kind")).status_code == 200
    assert len(count_queries) <= 45
    with world.acting(school.head) as actor:
        dossier = world.dossier(school.tenant_id, school.id)
        member = operations.add_team_member(actor, dossier, "Người được giao việc", "Giáo viên", "member")
        first = next(i for i in open_sheet(dossier).indicators if i.code == "1.1")
        assign(actor, dossier, {first.id: 0}, member.id, date(2027, 1, 12))
    gaps = word(client, school, "con-thieu")
    assert "Người được giao việc 12/01/2027" in gaps
    for words in ("CÒN THIẾU GÌ ĐỂ ĐẠT “ĐƠN VỊ HỌC TẬP” MỨC ĐỘ 1", "Chưa nhập", "Người làm", "Xong trước"):
        assert words in gaps
    assert len(PdfReader(io.BytesIO(client.get(file(school, "con-thieu.pdf")).data)).pages) == 1


def test_every_mark_of_the_units_papers_has_its_place() -> None:
    """No "[chưa có: …]" of a template is left without the page where it is filled in."""
    names = (
        "request_letter",
        "self_assessment_report",
        "result_summary",
        "team_minutes",
        "gap_page",
        "macros",
    )
    for name in names:
        path = TEMPLATES / f"{name}.html"
        if path.exists():
            found = re.findall(r'(?:missing|or_missing)\("([^"]+)"', path.read_text(encoding="utf-8"))
            assert set(found) <= set(PLACES) | set(OF_INDICATOR), name


def test_own_words_survive_and_are_signed(world: World, client: Any) -> None:
    """Written on the page, printed in both formats, kept when figures change, frozen by the signature."""
    world.confirm_thresholds()
    school = a_school(world)
    world.sign_in(client, school.head)
    said = {
        name: f"Lời riêng số {n}.\r\nDòng hai <b>&</b> 😀 tie\u0302\u0301ng"
        for n, name in enumerate(BLOCKS, 1)
    }
    for name, text in said.items():
        answer = post(client, f"/ho-so/{school.id}/van-ban/{name}", {"text": text, "version": "0"})
        assert answer.status_code == 303
        assert answer.headers["Location"].endswith(f"?xem={BLOCKS[name].paper}#{name}")
    school.answer("2.2", part=35, explanation="Hai giáo viên nghỉ.")
    for n, (name, block) in enumerate(BLOCKS.items(), 1):
        text = word(client, school, block.paper)
        assert f"Lời riêng số {n}. " in text, name
        assert "Dòng hai <b>&</b> □ tiếng" in text
    assert "Ý kiến khác Lời riêng số 5." in word(client, school, "mau-02")
    school.write(**LETTER, **TEXTS)
    school.sign()
    with world.acting(school.head, writes=False):
        frozen = world.dossier(school.tenant_id, school.id).frozen or {}
    assert set(frozen["own_words"]) == set(BLOCKS)
    html = client.get(page(school)).get_data(as_text=True)
    assert "Hồ sơ đã ký" in html
    assert "Lưu đoạn này" not in html
    address = f"/ho-so/{school.id}/van-ban/mau-01-ket"
    refused = post(client, address, {"text": "Viết sau khi ký", "version": "1"})
    assert refused.status_code == 409
    assert "Bấm “Mở lại để sửa”" in refused.get_data(as_text=True)
    assert "Viết sau khi ký" in refused.get_data(as_text=True)
    assert "Viết sau khi ký" not in word(client, school)
    with world.acting(school.head) as actor:
        operations.unsign(actor, world.dossier(school.tenant_id, school.id))
    assert post(client, address, {"text": "", "version": "1"}).status_code == 303
    assert "Lời riêng số 2" not in word(client, school)


def test_two_editors_and_bad_input(world: World, client: Any) -> None:
    """The later one sees both texts and chooses; too long, missing and malformed input lose nothing typed."""
    school = a_school(world, state="draft")
    world.sign_in(client, school.head)
    address = f"/ho-so/{school.id}/van-ban/mau-01-mo-dau"
    assert post(client, address, {"text": "Của người trước", "version": "0"}).status_code == 303
    clash = post(client, address, {"text": "Của người sau", "version": "0"})
    html = clash.get_data(as_text=True)
    assert clash.status_code == 409
    for words in ("Của người trước", "Của người sau", "Giữ của tôi", 'name="theirs_version" value="1"'):
        assert words in html
    theirs = {"text": "Của người sau", "version": "0", "theirs_version": "1", "choice": "theirs"}
    assert post(client, address, theirs).status_code == 303
    assert "Của người trước" in word(client, school)
    assert post(client, address, {**theirs, "choice": "mine"}).status_code == 303
    assert "Của người sau" in word(client, school)
    assert post(client, address, {"text": "Của người sau", "version": "0"}).status_code == 303
    long = post(client, address, {"text": "x" * (LONGEST + 1), "version": "2"})
    assert long.status_code == 422
    assert "5.001 ký tự; xin viết trong 5.000 ký tự" in long.get_data(as_text=True)
    assert "x" * (LONGEST + 1) in long.get_data(as_text=True)
    assert post(client, address, {"text": "Đ" * LONGEST, "version": "2"}).status_code == 303
    assert client.get(file(school, "mau-01.pdf")).status_code == 200
    for version in ("", "-1", "x", "9" * 30, "1\x00"):
        assert post(client, address, {"text": "Khác", "version": version}).status_code == 409
    assert post(client, address, {}).status_code == 409
    for strange in ("mau-04", "mau-01-mo-dau2", "__class__"):
        assert post(client, f"/ho-so/{school.id}/van-ban/{strange}", {"text": "x"}).status_code == 404


def test_words_are_free_again_where_the_office_asks_for_them(world: World, client: Any) -> None:
    """A point on the texts opens the blocks, in the program and in the database; another point does not."""
    world.confirm_thresholds()
    school = a_school(world)
    school.write(**LETTER, **TEXTS)
    school.sign(submit=True)
    officer = world.a_person(Role.DISTRICT_OFFICER, school.tenant_id)
    with world.acting(officer) as actor:
        dossier = world.dossier(school.tenant_id, school.id)
        asked = (appraisal.PointAsked("Viết rõ hơn.", part="texts"),)
        appraisal.request_supplement(actor, dossier, asked, date(2027, 1, 20))
    with world.acting(school.head) as actor:
        dossier = world.dossier(school.tenant_id, school.id)
        save_words(actor, dossier, "mau-02-y-kien", "Đã viết rõ hơn.", 0)
    world.sign_in(client, school.head)
    assert "Đã viết rõ hơn." not in word(
        client, school, "mau-02"
    )  # what was signed stands until it is sent again
    assert "Đã viết rõ hơn." in client.get(page(school, "mau-02")).get_data(as_text=True)


def test_a_withdrawn_dossier_hands_its_words_on(world: World) -> None:
    """Nothing is typed twice: the next dossier of the year begins with the words of the withdrawn one."""
    school = a_school(world, state="draft")
    with world.acting(school.head) as actor:
        dossier = world.dossier(school.tenant_id, school.id)
        save_words(actor, dossier, "mau-01-ket", "Xin cảm ơn.", 0)
        operations.withdraw(actor, dossier)
    school.id = world.a_dossier(school.tenant_id, school.unit_id, "draft")
    content, _ = school.content()
    assert content.own_words == {"mau-01-ket": "Xin cảm ơn."}


def test_the_unit_heads_its_papers_itself(world: World, client: Any) -> None:
    """Two lines of superiors, its name parted, place, authority: previewed while typed, saved, frozen by signing."""
    world.confirm_thresholds()
    school = a_school(world)
    world.sign_in(client, school.head)
    html = client.get("/don-vi").get_data(as_text=True)
    version = re.search(r'name="version" value="(\d+)"', html)
    assert version
    typed = {
        "superior": "UBND huyện An Lão",
        "superior_second": "Phòng Giáo dục và Đào tạo",
        "name_lines": "Trường Tiểu học\nMỸ ĐỨC",
        "symbol": "THMĐ",
        "date_place": "Mỹ Đức",
        "authority": "",
        "head_title": "Phó Hiệu trưởng",
        "head_name": "Người ký thay",
    }
    preview = client.get("/don-vi/dau-van-ban", query_string=typed).get_data(as_text=True)
    for words in (
        "UBND HUYỆN AN LÃO",
        "PHÒNG GIÁO DỤC",
        "TRƯỜNG TIỂU HỌC</b>",
        "MỸ ĐỨC</b>",
        "……/TTr-THMĐ",
        "Mỹ Đức, ngày",
    ):
        assert words in preview
    assert re.search(r"KT. HIỆU TRƯỞNG</b></p><p><b>PHÓ HIỆU TRƯỞNG", preview)
    assert "[chưa có: chức vụ người ký]" in client.get("/don-vi/dau-van-ban?name_lines=%00😀").get_data(
        as_text=True
    )
    wrong = post(
        client, "/don-vi", data={**typed, "name_lines": "Trường Đại học\nKhác", "version": version[1]}
    )
    assert wrong.status_code == 422
    assert "phải đúng là “Trường Tiểu học Mỹ Đức”" in wrong.get_data(as_text=True)
    assert "Trường Đại học" in wrong.get_data(as_text=True)
    for over in (
        {"authority": "một\nhai\nba"},
        {"name_lines": "Trường\nTiểu\nhọc\nMỹ Đức"},
        {"date_place": "x" * 101},
    ):
        assert post(client, "/don-vi", {**typed, **over, "version": version[1]}).status_code == 422
    assert post(client, "/don-vi", {**typed, "version": version[1]}).status_code == 303
    head = "UBND HUYỆN AN LÃO PHÒNG GIÁO DỤC VÀ ĐÀO TẠO TRƯỜNG TIỂU HỌC MỸ ĐỨC"
    for paper in SET:
        text = word(client, school, paper)
        assert head in text
        assert "Mỹ Đức, [chưa có: ngày, tháng, năm]" in text
        assert "KT. HIỆU TRƯỞNG PHÓ HIỆU TRƯỞNG Người ký thay" in text
    school.write(**LETTER)
    school.sign()
    signed = word(client, school)
    assert "Mỹ Đức, ngày 08 tháng 01 năm 2027" in signed
    school.change(superior_second="Sở khác", date_place="Nơi khác", authority="TM. HỘI ĐỒNG", name_lines="")
    assert word(client, school) == signed
    school.change(name="Trường Tiểu học Mỹ Đức mới", name_lines="Trường Tiểu học\nMỹ Đức")
    fresh = client.get("/don-vi/dau-van-ban", query_string=typed).get_data(as_text=True)
    assert "MỸ ĐỨC MỚI" in fresh


def test_the_whole_set_at_once(world: World, client: Any) -> None:
    """One PDF with a bookmark a paper, one ZIP of DOCX; the office takes the same, others find nothing."""
    world.confirm_thresholds()
    school = a_school(world)
    school.write(**LETTER, **TEXTS)
    elsewhere = world.a_person(Role.DISTRICT_OFFICER, world.a_district("Huyện Kiến Thụy"))
    officer = world.a_person(Role.DISTRICT_OFFICER, school.tenant_id)
    kinds = [*(f"{paper}.docx" for paper in SET), "con-thieu.docx", "ca-bo.pdf", "ca-bo.zip"]
    world.sign_in(client, officer)
    for name in kinds:
        assert client.get(file(school, name)).status_code == 404
    school.sign(submit=True)
    client.get(file(school, "ca-bo.pdf"))
    begin = time.process_time()
    joined = client.get(file(school, "ca-bo.pdf"))
    assert time.process_time() - begin < 2
    reader = PdfReader(io.BytesIO(joined.data))
    assert [mark.title for mark in reader.outline if not isinstance(mark, list)][:1] == ["Tờ trình (Mẫu 01)"]
    titles = [re.sub(r" \(.*", "", one) for one in ("Tờ trình (Mẫu 01)", "Báo cáo tự đánh giá (Mẫu 02)")]
    assert titles == ["Tờ trình", "Báo cáo tự đánh giá"]
    text = " ".join(p.extract_text() for p in reader.pages)
    for words in ("TỜ TRÌNH", "BÁO CÁO", "BẢN TỔNG HỢP"):
        assert words in text
    packed = client.get(file(school, "ca-bo.zip"))
    assert packed.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(packed.data)) as package:
        names = package.namelist()
        assert [one.rsplit("-", 1)[0] for one in names][:3] == [f"Mau-0{n}-{school.code}" for n in (1, 2, 3)]
        for name in names:
            reading.docx(package.read(name))
    single = client.get(file(school, "mau-01.docx"))
    assert single.mimetype == MEDIA_TYPE
    assert single.headers["Content-Disposition"].startswith("attachment")
    reading.docx(client.get(file(school, "phieu-tiep-nhan.docx")).data)
    for name in ("phieu-bo-sung.docx", "mau-04.docx", "ca-bo.docx"):
        assert client.get(file(school, name)).status_code == 404
    world.sign_in(client, school.head)
    assert client.get(file(school, "ca-bo.zip")).data == packed.data
    world.sign_in(client, elsewhere)
    for name in kinds:
        assert client.get(file(school, name)).status_code == 404
    assert client.get(page(school)).status_code == 403
    neighbour = a_school(world, school.tenant_id, state="draft")
    world.sign_in(client, neighbour.head)
    assert client.get(page(school)).status_code == 404
    assert post(client, f"/ho-so/{school.id}/van-ban/mau-01-ket", {"text": "x"}).status_code == 404


@pytest.mark.parametrize("role", [Role.DISTRICT_LEADER, Role.PROVINCE_VIEWER])
def test_only_the_unit_writes_its_words(world: World, client: Any, role: Role) -> None:
    """Offices read; the page and its forms are the unit's."""
    school = a_school(world, state="draft")
    person = (
        world.a_person(role, school.tenant_id) if role is Role.DISTRICT_LEADER else world.province_person()
    )
    world.sign_in(client, person)
    answer = post(client, f"/ho-so/{school.id}/van-ban/mau-01-ket", {"text": "x", "version": "0"})
    assert answer.status_code == 403
    assert client.get("/don-vi/dau-van-ban").status_code == 403
