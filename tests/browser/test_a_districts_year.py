"""A district's whole year at the browser: 300 units, from the plan in February to the report that is sent."""

from __future__ import annotations

import html
import io
import re
import unicodedata
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pypdfium2
import zxingcpp
from playwright.sync_api import expect

from portal.dossiers.states import State
from portal.jobs.working import Jobs
from portal.papers.pdf import render_pdf
from tenants.people import Role
from tests.browser.whole_district import FILED, UNFILED, UNITS, UNREACHED, Held, WholeDistrict
from tests.builders import World
from tests.deciding import appraise

DECIDED = UNITS - UNFILED - UNREACHED - FILED + 2
SIGNER = "(Chủ tịch Ủy ban nhân dân)"


def says(who: Any, sentence: str, place: str = "main") -> None:
    """Expect a sentence on the page."""
    expect(who.page.locator(place).first).to_contain_text(sentence)


def open_the_year(district: WholeDistrict, admin: Any, stranger: Any, plan: Path) -> None:
    """The administrator writes dates and plan and publishes; anybody reads it without signing in."""
    page = admin.page
    admin.go("/huyen/nam-danh-gia")
    for label, value in (
        ("Đơn vị nộp trước ngày", "13/01/2027"),
        ("Số, ký hiệu kế hoạch", "18/KH-UBND"),
        ("Ngày kế hoạch", "09/02/2026"),
        ("Nơi nhận hồ sơ", "Bộ phận Một cửa, Ủy ban nhân dân huyện, giờ hành chính"),
        ("Bộ phận trả lời", "Phòng Giáo dục và Đào tạo"),
        ("Điện thoại cơ quan", "0225 3000 000"),
    ):
        page.get_by_label(label).fill(value)
    admin.click("Lưu")
    page.locator("#ke-hoach input[type=file]").set_input_files(plan)
    with page.expect_navigation():
        page.locator("#ke-hoach").get_by_role("button", name="Gửi tệp").click()
    says(admin, plan.name, "#ke-hoach a")
    admin.click("Công bố")
    says(admin, "Đã công bố", "#cong-bo")
    stranger.go(f"/thu-tuc/{district.tenant_id}/2026")
    says(stranger, "trước ngày 13/01/2027")
    says(stranger, "Kế hoạch số 18/KH-UBND ngày 09/02/2026")


def set_targets(admin: Any) -> None:
    """The administrator takes over the six targets of the plan."""
    admin.go("/huyen/muc-tieu")
    admin.click("Nhận cả")
    says(admin, "Mục tiêu đang thực hiện")


def receive(district: WholeDistrict, officer: Any) -> None:
    """The officer reminds who is missing, takes in a clean dossier and asks another for one supplement."""
    page = officer.page
    officer.go("/huyen/con-thieu")
    officer.click(f"Nhắc {UNFILED} đơn vị")
    says(officer, f"Đã gửi nhắc đến {UNFILED} đơn vị.")
    clean, lacking = district.of(State.SUBMITTED)[:2]
    officer.go("/huyen/ho-so?state=submitted")
    officer.click(clean.name, role="link")
    says(officer, "Hồ sơ đủ thành phần, có thể tiếp nhận ngay.")
    officer.click("Tiếp nhận hồ sơ")
    says(officer, "Đã tiếp nhận hồ sơ; đơn vị được báo ngay.")
    officer.go(f"/huyen/ho-so/{lacking.id}/bo-sung")
    page.locator("input[name^=ask-indicator]").first.check()
    page.locator("textarea[name^=reason-indicator]").first.fill("Minh chứng chưa rõ số, ngày ban hành.")
    officer.click("Xem trước")
    officer.click("Gửi yêu cầu 1 điểm")
    says(officer, "Đã gửi yêu cầu bổ sung 1 điểm")


def fill(form: Any, **values: str) -> None:
    """Fill in the fields of a form by their names."""
    for name, value in values.items():
        form.locator(f"input[name={name}], textarea[name={name}]").fill(value)


def visit(district: WholeDistrict, officer: Any, head: Any, at: Held) -> int:
    """The officer plans a visit, looks, writes the minutes; both sides sign. Returns the visit's number."""
    page, lead = officer.page, str(district.officer.identity.account_id)
    officer.go(f"/huyen/ho-so/{at.id}/kiem-tra")
    form = page.locator("#lich")
    fill(
        form,
        day="11/01/2027",
        hour="08:30",
        venue="Trụ sở đơn vị",
        outsiders="Đại diện Hội Khuyến học, Ủy viên",
    )
    form.locator(f"input[name=accounts][value='{lead}']").check()
    form.locator("select[name=lead]").select_option(lead)
    officer.click("Lưu lịch")
    number = int(page.url.split("#")[0].rsplit("/", 1)[1])
    form = page.locator("#bao")
    fill(form, number="18/TB-PGDĐT", dated="2027-01-09", signer="(Trưởng phòng)", signer_title="TRƯỞNG PHÒNG")
    officer.click("Báo đơn vị")
    district.world.set_clock(2027, 1, 11, 10, 30)
    officer.go(f"/huyen/kiem-tra/{number}/phieu")
    card = page.locator("article.indicator").first
    card.get_by_label("Không thấy", exact=True).check()
    card.locator("textarea[name=note]").fill("Chưa có sổ theo dõi lớp tháng 11.")
    card.get_by_role("button", name="Lưu chỉ tiêu này").click()
    expect(card).to_contain_text("Lưu lần cuối")
    officer.go(f"/huyen/kiem-tra/{number}")
    fill(
        page.locator("#lap"),
        day="11/01/2027",
        begins="08:30",
        ends="10:15",
        present="Thủ trưởng đơn vị",
        summary="Hồ sơ cơ bản đúng thực tế; thiếu một sổ theo dõi.",
    )
    officer.click("Lập biên bản")
    officer.click("Ký biên bản")
    head.go(f"/kiem-tra/{number}")
    head.click("Ký biên bản")
    says(head, "Chưa có sổ theo dõi lớp tháng 11.")
    head.look("huyen-04-bien-ban-kiem-tra")
    return number


def appraise_all(district: WholeDistrict, officer: Any, member: Any, visited: Held) -> None:
    """Dossiers are shared out; the council's member judges one by keys, and every clean one is closed at once."""
    page, own = officer.page, str(district.council.identity.account_id)
    differing = district.of(State.ACCEPTED)[0]
    officer.go(f"/huyen/ho-so/{differing.id}/phan-cong")
    page.locator(f"#nguoi-{own}").check()
    officer.click("Lưu phân công")
    officer.go("/huyen/phan-cong")
    page.locator(f"#ai-{own}").uncheck()
    officer.click("Chia lại cho những người đã chọn")
    officer.click("Giao theo bảng này")
    says(officer, "Đã giao")

    desk = member.page
    member.go(f"/huyen/ho-so/{differing.id}/tham-dinh?chi-tieu=1.2")
    desk.keyboard.press("3")
    expect(desk.locator("#verdict-not_enough_evidence")).to_be_checked()
    desk.locator("#reason_code").select_option(index=1)
    desk.locator("#reason").fill("Văn bản gửi kèm không có dấu của đơn vị.")
    with desk.expect_navigation():
        desk.keyboard.press("Control+Enter")
    says(member, "Đã lưu 1.2.")
    member.click("Đồng ý", role="link")
    member.click("Đồng ý các chỉ tiêu đã chọn")
    officer.go(f"/huyen/ho-so/{differing.id}/tham-dinh?chi-tieu=de-xuat")
    officer.click("Chốt đề xuất")
    says(officer, "Đã chốt đề xuất: không công nhận.")

    officer.go("/huyen/ho-so-sach")
    says(officer, "Kiểm tra thực tế không thấy 1.1.")
    officer.look("huyen-06-ho-so-sach")
    officer.click("Chốt các hồ sơ đã chọn")
    says(officer, "Vừa chốt")
    left = district.of(State.ACCEPTED)
    assert visited.id in [one.id for one in left]
    assert len(left) < 20
    for one in left:
        expect(page.get_by_role("link", name=one.name, exact=True).first).to_be_visible()
        if one.id != visited.id:  # a flag speaks of it: looked at by itself
            appraise(district.world, district.officer, district.tenant_id, one.id)
    officer.go(f"/huyen/ho-so/{visited.id}/tham-dinh/dong-y")
    officer.click("Đồng ý các chỉ tiêu đã chọn")
    officer.go(f"/huyen/ho-so/{visited.id}/tham-dinh?chi-tieu=de-xuat")
    officer.click("Chốt đề xuất")
    says(officer, "Đã chốt đề xuất: công nhận mức độ")


def meet(officer: Any) -> int:
    """The council meets on what was appraised: a vote on the block, one on each flagged or disputed. Returns the meeting."""
    page, posts = officer.page, ("chair", "secretary", "member")
    officer.go("/huyen/hoi-dong/thanh-vien")
    form = page.locator("main form")
    fill(form, name="Hội đồng thẩm định huyện An Lão", number="07/QĐ-UBND", dated="05/01/2027", quorum="2")
    for number, duty in enumerate(posts):
        page.locator("input[name=ten]").nth(number).fill(f"(Người giữ nhiệm vụ {number + 1})")
        page.locator("select[name=nhiem-vu]").nth(number).select_option(duty)
    officer.click("Lưu")
    officer.click("Mở cuộc họp về năm 2026")
    meeting = int(page.url.split("#")[0].rsplit("/", 1)[1])
    form = page.locator("#cuoc-hop")
    fill(form, held_on="2027-01-20", held_time="08:00", venue="Phòng họp số 2")
    form.locator("select[name=presiding]").select_option(index=1)
    form.locator("select[name=scribe]").select_option(index=2)
    for choice in form.get_by_label("Có mặt").all():
        choice.check()
    officer.click("Lưu cuộc họp")
    block = page.locator("#bieu-quyet")
    fill(block, agree="3", against="0", abstain="0")
    block.locator("[name=outcome][value=agreed]").check()
    officer.click("Ghi biểu quyết")
    officer.look("huyen-07-hop-hoi-dong")
    officer.click("Xét hồ sơ tiếp theo", role="link")
    against = (
        1  # of three; the others, singled out by a flag or by what was seen on site, are agreed to by all
    )
    while page.get_by_role("button", name="Ghi và sang hồ sơ tiếp").count():
        fill(block, agree=str(3 - against), against=str(against), abstain="0")
        block.locator("[name=outcome][value=agreed]").check()
        officer.click("Ghi và sang hồ sơ tiếp")
        against = 0
    officer.click("Chốt biên bản")
    says(officer, "Đã chốt biên bản")
    officer.click("Đưa vào dự thảo quyết định")
    return meeting


def complete_bases(officer: Any, *places: str) -> None:
    """The officer writes what the legal bases of the draft leave open, one place after the other."""
    bases = officer.page.locator("#can-cu textarea")
    text = bases.input_value()
    for given in places:
        text = text.replace("[bổ sung số, ngày]", given, 1)
    bases.fill(text)
    officer.click("Lưu căn cứ")


def lay_before(officer: Any) -> int:
    """The officer lays the draft before the chairman, whose number completes the bases; returns the decision's number."""
    complete_bases(officer, "ngày 19 tháng 6 năm 2015")
    form = officer.page.locator("#trinh")
    fill(
        form, number="45/TTr-PGDĐT", dated="2027-01-20", signer="(Trưởng phòng)", signer_title="TRƯỞNG PHÒNG"
    )
    officer.click("Trình")
    says(officer, "Đã trình: Tờ trình số 45/TTr-PGDĐT")
    return int(officer.page.url.split("#")[0].split("?")[0].rsplit("/", 1)[1])


def issue(leader: Any, decision: int) -> None:
    """The leader looks at the exceptions, holds back one unit and issues."""
    page = leader.page
    leader.go(f"/huyen/quyet-dinh/{decision}")
    leader.go(f"/huyen/quyet-dinh/{decision}?outcome=1&sort=name&direction=desc")
    leader.open_first()
    page.locator("textarea[name=held_reason]").fill("Chờ xác minh đơn thư.")
    leader.click("Để lại đơn vị này")
    leader.go(f"/huyen/quyet-dinh/{decision}")
    form = page.locator("#ban-hanh")
    fill(form, number="304/QĐ-UBND", dated="2027-02-01", signer=SIGNER, signer_title="CHỦ TỊCH")
    leader.click(f"Ban hành cho {DECIDED - 1} đơn vị")
    says(leader, "Đã ban hành")
    leader.look("huyen-09-da-ban-hanh")


def read(who: Any, path: str, *words: str) -> None:
    """Take a paper as PDF and as Word: both open, and both say the words."""
    for ending in ("pdf", "docx"):
        answer = who.page.request.get(f"{who.address}{path}.{ending}")
        assert answer.ok, (path, ending, answer.status)
        text = text_of(answer.body(), ending)
        missing = [word for word in words if word.casefold() not in text]
        assert not missing, (path, ending, missing, text[:2000])
        assert "[bổ sung" not in text, (path, ending)


def text_of(content: bytes, ending: str) -> str:
    """Return what a paper says, with single spaces and in small letters."""
    if ending == "pdf":
        with pypdfium2.PdfDocument(content) as book:
            said = " ".join(page.get_textpage().get_text_bounded() for page in book)
    else:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            body = parts.read("word/document.xml").decode()
        said = re.sub("<[^>]+>", "", body.replace("</w:p>", " ").replace("<w:br/>", " "))
    return " ".join(unicodedata.normalize("NFC", html.unescape(said)).split()).casefold()


def verify(leader: Any, stranger: Any, decision: int, name: str) -> str:
    """A stranger finds a unit in the register and checks its certificate by the QR on the paper; returns where."""
    leader.go(f"/huyen/quyet-dinh/{decision}?q={quote(name)}")
    leader.open_first()
    href = leader.page.get_by_role("link", name="Giấy chứng nhận (PDF)").get_attribute("href")
    paper = leader.page.request.get(leader.address + str(href)).body()
    assert name.casefold() in text_of(paper, "pdf")
    with pypdfium2.PdfDocument(paper) as book:
        picture = book[0].render(scale=3, grayscale=True).to_pil()
    (found,) = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    address = urlsplit(found.text)
    stranger.go("/tra-cuu?q=" + quote(name))
    says(stranger, name)
    stranger.go(address.path)
    says(stranger, name)
    says(stranger, "304/QĐ-UBND")
    stranger.look("huyen-10-xac-minh")
    return address.path


def complain(head: Any, officer: Any, leader: Any, member: Any, at: Held) -> None:
    """A unit complains; neither who judged nor who issued may answer, the council's member does."""
    head.go(f"/ho-so/{at.id}/khieu-nai")
    head.page.get_by_label("Minh chứng đã có nhưng chưa được xem xét").check()
    head.page.locator("textarea[name=body]").fill("Sổ theo dõi có ở trang hai.")
    head.click("Gửi khiếu nại")
    for who, said in ((officer, "đã thẩm định hồ sơ này"), (leader, "đã ban hành quyết định"), (member, "")):
        who.go("/huyen/khieu-nai")
        who.open_first()
        says(who, "Sổ theo dõi có ở trang hai.")
        says(who, said)
    member.click("Thụ lý khiếu nại")
    member.page.locator("input[name=outcome]").first.check()
    member.page.locator("textarea[name=text]").fill("Đã xem lại: giữ nguyên kết quả.")
    member.click("Gửi trả lời")
    head.go(f"/ho-so/{at.id}/khieu-nai")
    says(head, "Đã xem lại: giữ nguyên kết quả.")


def revoke(district: WholeDistrict, officer: Any, head: Any, leader: Any, decision: int, at: Held) -> str:
    """A recognition is revoked after the unit was heard; returns the address of the decision's paper."""
    page = officer.page
    officer.go(f"/huyen/quyet-dinh/{decision}?q={quote(at.name)}")
    officer.open_first()
    officer.click("Thu hồi", role="link")
    page.locator("input[name=ground]").first.check()
    page.locator("textarea[name=reason]").fill("Đối chiếu danh sách: 6 người không còn làm việc tại đơn vị.")
    page.locator("textarea[name=legal_basis]").fill("Căn cứ quy chế làm việc của Ủy ban nhân dân huyện")
    officer.click("Lưu dự thảo")
    number = int(page.url.split("#")[0].split("?")[0].rsplit("/", 1)[1])
    fill(page.locator("#y-kien"), answer_by="20/02/2027")
    officer.click("Báo đơn vị")
    head.go(f"/ket-qua/quyet-dinh-sau/{number}")
    head.page.locator("textarea[name=text]").fill("Đơn vị nhất trí với kết quả đối chiếu.")
    head.click("Gửi ý kiến")
    leader.go(f"/huyen/quyet-dinh-sau/{number}")
    says(leader, "Đơn vị nhất trí với kết quả đối chiếu.")
    form = leader.page.locator("#ban-hanh")
    fill(form, number="310/QĐ-UBND", dated="2027-02-10", signer=SIGNER, signer_title="CHỦ TỊCH")
    leader.click("Ban hành quyết định")
    says(leader, "310/QĐ-UBND")
    return f"/van-ban/quyet-dinh-sau/{district.tenant_id}/{number}"


def report(district: WholeDistrict, officer: Any, leader: Any) -> str:
    """The report is opened, explained, locked, signed and sent; returns the address of its paper."""
    page = officer.page
    officer.go("/huyen/bao-cao")
    officer.click("Lập báo cáo")
    for area in page.locator("#doi-chieu textarea").all():
        area.fill("Đã kiểm tra, đúng thực tế.")
    if page.locator("#doi-chieu textarea").count():
        officer.click("Lưu giải trình")
    officer.click("Khóa số liệu")
    says(officer, "Số liệu khóa lúc")
    number = int(page.url.split("#")[0].split("?")[0].rsplit("/", 1)[1])
    leader.go(f"/huyen/bao-cao/{number}")
    form = leader.page.locator("#gui")
    fill(form, number="20/BC-PGDĐT", dated="2027-02-25", signer="(Trưởng phòng)", signer_title="TRƯỞNG PHÒNG")
    leader.click("Gửi Sở")
    says(leader, "Đã gửi Sở lúc")
    return f"/van-ban/bao-cao/{district.tenant_id}/{number}"


def certificates(world: World, officer: Any, leader: Any) -> None:
    """What was held back is decided by itself, and its certificates are made as a job and taken along."""
    officer.go("/huyen/quyet-dinh")
    officer.click("Đưa vào dự thảo quyết định")
    number = int(officer.page.url.split("#")[0].rsplit("/", 1)[1])
    complete_bases(officer, "ngày 19 tháng 6 năm 2015", "số 46/TTr-PGDĐT ngày 02 tháng 02 năm 2027")
    leader.go(f"/huyen/quyet-dinh/{number}")
    form = leader.page.locator("#ban-hanh")
    fill(form, number="305/QĐ-UBND", dated="2027-02-03", signer=SIGNER, signer_title="CHỦ TỊCH")
    leader.click("Ban hành cho 1 đơn vị")
    leader.click("Lập giấy chứng nhận cả loạt")
    says(leader, "Đang chờ", "#viec")
    Jobs().run(world.app.extensions["settings"], lambda: False)
    leader.go("/viec-dang-chay")
    says(leader, "Xong", "#viec")
    file = leader.page.request.get(
        leader.address + str(leader.page.locator("#viec a[id^=tep-]").get_attribute("href"))
    )
    assert "305/qđ-ubnd" in text_of(file.body(), "pdf")


def test_from_opening_the_year_to_the_report(world: World, visitor: Any, tmp_path: Path) -> None:
    """The administrator, the officer, a member of the council and the leader play the year of 300 units."""
    district = WholeDistrict(world)
    tenant_id, plan = district.tenant_id, tmp_path / "Kế hoạch 18.pdf"
    plan.write_bytes(render_pdf('<html lang="vi"><body><p>Plan</p></body></html>', None))
    admin, officer, member, leader = (visitor() for _ in range(4))
    head, stranger = visitor(360, 740), visitor(360, 740)
    world.set_clock(2026, 2, 10, 9, 0)
    admin.sign_in(district.admin)
    open_the_year(district, admin, stranger, plan)
    set_targets(admin)

    world.set_clock(2027, 1, 9, 8, 0)
    district.file_all()
    officer.sign_in(district.officer)
    receive(district, officer)
    visited = district.of(State.SUBMITTED)[0]
    head.sign_in(world.a_person(Role.UNIT_HEAD, tenant_id, visited.unit_id))
    officer.go(f"/huyen/ho-so/{visited.id}")
    officer.click("Tiếp nhận hồ sơ")
    seen = visit(district, officer, head, visited)
    member.sign_in(district.council)
    appraise_all(district, officer, member, visited)
    world.set_clock(2027, 1, 20, 9, 0)
    meeting = meet(officer)
    decision = lay_before(officer)
    world.set_clock(2027, 2, 1, 9, 0)
    leader.sign_in(district.leader)
    issue(leader, decision)

    world.set_clock(2027, 2, 3, 9, 0)
    address = verify(leader, stranger, decision, visited.name)
    certificates(world, officer, leader)
    complain(head, officer, leader, member, visited)
    world.set_clock(2027, 2, 10, 9, 0)
    revocation = revoke(district, officer, head, leader, decision, visited)
    stranger.go(address)
    says(stranger, "thu hồi")
    world.set_clock(2027, 2, 25, 9, 0)
    sent = report(district, officer, leader)
    admin.go("/huyen/muc-tieu")
    says(admin, "Đơn vị đã có số")
    admin.look("huyen-12-muc-tieu")

    of_visit = f"/van-ban/kiem-tra/{tenant_id}/{seen}"
    for path, *words in (
        (f"{of_visit}/thong-bao", "18/TB-PGDĐT", visited.name),
        (f"{of_visit}/bien-ban", "Chưa có sổ theo dõi lớp tháng 11"),
        (
            f"/van-ban/bien-ban-hoi-dong/{tenant_id}/{meeting}",
            "Hội đồng thẩm định huyện An Lão",
            "Phòng họp số 2",
        ),
        (f"/van-ban/to-trinh/{tenant_id}/{decision}", "45/TTr-PGDĐT", str(DECIDED)),
        (
            f"/van-ban/quyet-dinh/{tenant_id}/{decision}",
            "304/QĐ-UBND",
            "45/TTr",
            "Đội Quản lý trật tự đô thị",
        ),
        (revocation, "310/QĐ-UBND", "6 người không còn làm việc tại đơn vị"),
        (sent, "20/BC-PGDĐT", str(UNITS)),
    ):
        read(leader, path, *words)
