"""The main job in a real browser, across the three levels: fill in, file, appraise, decide, report, add up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from portal.papers.pdf import render_pdf
from tenants.people import Role
from tests.browser.unit_work import answer_everything, hold_meeting, set_up_team
from tests.builders import Person, World


def to_the_evidence(leader: Any, person: Person, proof: bytes) -> None:
    """From the leader's page to what one unit proved it with: four touches on a telephone."""
    leader.sign_in(person)
    leader.click("Theo huyện", role="link")
    leader.click("nộp hồ sơ, Huyện An Lão", role="link")
    leader.look("27-units-behind-a-figure")
    leader.click("Trường Tiểu học Mỹ Đức", role="link")
    leader.look("28-dossier-on-a-telephone")
    with leader.context.expect_event("response", lambda one: "/minh-chung/" in one.url) as opened:
        leader.page.get_by_role("link", name="Quyết định khen thưởng").first.click()
    assert opened.value.status == 200
    assert leader.context.request.get(opened.value.url).body() == proof


def test_the_main_job_across_three_levels(world: World, visitor: Any, tmp_path: Path) -> None:
    """One school goes from an empty form to a recognition that the province's table counts."""
    district = world.a_district()
    unit = world.a_unit(district)
    world.confirm_thresholds()
    editor = world.a_person(Role.UNIT_EDITOR, district, unit)
    head = world.a_person(Role.UNIT_HEAD, district, unit)
    officer = world.a_person(Role.DISTRICT_OFFICER, district)
    leader = world.a_person(Role.DISTRICT_LEADER, district)
    department = world.province_person(Role.PROVINCE_OFFICER)

    clerk = visitor(360, 740)
    clerk.go("/dang-nhap")
    clerk.look("01-sign-in")
    clerk.sign_in(editor)
    clerk.look("02-unit-home")
    clerk.go("/ho-so")
    clerk.click("Lập hồ sơ năm 2026")
    clerk.look("03-empty-form")
    for name, value in (("Thành viên tại 31/12", "37"), ("Người học", "412"), ("Vị trí việc làm", "0")):
        clerk.page.get_by_label(name).first.fill(value)
    clerk.page.get_by_role("button", name="Lưu số liệu nền").click()
    expect(clerk.page.locator("#save-status")).to_contain_text("Đã lưu")
    clerk.page.reload()
    answer_everything(clerk.page)
    proof = tmp_path / "Quyết định khen thưởng.pdf"
    proof.write_bytes(render_pdf('<html lang="vi"><body><p>Proof</p></body></html>', None))
    card = clerk.page.locator("article.indicator:has(form[data-upload])").first
    if card.locator("details.fold:not([open])").count():
        card.locator("details.fold > summary").click()
    card.get_by_text("Thêm minh chứng", exact=True).click()
    card.locator("input[type=file]").set_input_files(proof)
    card.get_by_role("button", name="Gửi tệp").click()
    expect(clerk.page.get_by_text("Quyết định khen thưởng").first).to_be_visible()
    set_up_team(clerk)
    clerk.page.locator("#muc-do").get_by_label("Mức độ 2").check()
    clerk.save("Lưu mức độ và Tờ trình")
    clerk.look("04-filled-form")
    hold_meeting(clerk)
    clerk.look("04b-minutes")

    signer = visitor()
    signer.sign_in(head)
    signer.look("05-head-home")
    signer.go("/ho-so")
    signer.click("Năm 2026", role="link")
    signer.click("Kiểm tra và ký", role="link")
    signer.look("06-review")
    signer.click("Ký hồ sơ")
    signer.look("07-signed")
    signer.click("Nộp hồ sơ")
    expect(signer.page.get_by_text("HS-2026-").first).to_be_visible()
    signer.look("08-filed")

    desk = visitor()
    desk.sign_in(officer)
    desk.look("09-district-home")
    desk.go("/huyen/ho-so")
    desk.look("10-queue")
    desk.click("Trường Tiểu học Mỹ Đức", role="link")
    desk.look("11-intake")
    desk.click("Tiếp nhận hồ sơ")
    desk.page.goto(desk.page.url.split("#")[0].removesuffix("/tham-dinh") + "/tham-dinh")
    desk.look("12-appraisal")
    desk.click("Đồng ý", role="link")
    desk.look("13-agree-with-the-rest")
    desk.click("Đồng ý các chỉ tiêu đã chọn")
    desk.click("Đề xuất mức độ", role="link")
    desk.look("14-proposal")
    desk.click("Chốt đề xuất")
    desk.go("/huyen/quyet-dinh")
    desk.click("Đưa vào dự thảo quyết định")
    desk.look("15-draft-decision")
    bases = desk.page.locator("#can-cu textarea")
    bases.fill(bases.input_value().replace("[bổ sung số, ngày]", "ngày 19 tháng 6 năm 2025"))
    desk.click("Lưu căn cứ")

    world.set_clock(2027, 2, 8, 9, 0)
    chief = visitor()
    chief.sign_in(leader)
    chief.go("/huyen/quyet-dinh")
    chief.open_first()
    chief.page.get_by_label("Số quyết định").fill("304/QĐ-UBND")
    chief.page.get_by_label("Ngày quyết định").fill("2027-02-08")
    chief.page.get_by_label("Người ký", exact=True).fill("(Chủ tịch Ủy ban nhân dân)")
    chief.look("16-before-issuing")
    chief.click("Ban hành cho")
    expect(chief.page.get_by_text("Đã ban hành").first).to_be_visible()
    chief.look("17-issued")

    signer.go("/ket-qua")
    expect(signer.page.get_by_text("Đạt mức độ 2").first).to_be_visible()
    signer.open_first()
    signer.look("18-result")

    world.set_clock(2027, 3, 2, 9, 0)
    desk.go("/huyen/bao-cao")
    desk.click("Lập báo cáo")
    desk.look("19-report")
    desk.click("Khóa số liệu")
    chief.go("/huyen/bao-cao")
    chief.open_first()
    chief.page.get_by_label("Số báo cáo").fill("41/BC-PGDĐT")
    chief.page.get_by_label("Ngày báo cáo").fill("2027-03-02")
    chief.page.get_by_label("Người ký", exact=True).fill("(Trưởng phòng)")
    chief.page.get_by_label("Chức vụ người ký").fill("TRƯỞNG PHÒNG")
    chief.look("20-before-sending")
    chief.click("Gửi Sở")
    chief.look("21-sent")

    province = visitor()
    province.sign_in(department)
    province.look("22-province")
    province.go("/tinh/bao-cao")
    province.click("Xem và nhận", role="link")
    province.look("23-received-report")
    province.page.locator("#tra-loi input[type=checkbox]").check()
    province.click("Nhận báo cáo")
    expect(province.page.get_by_text("Đã nhận").first).to_be_visible()
    province.go("/tinh/tong-hop")
    province.click("Lập báo cáo từ 1/1 huyện")
    province.look("24-compiled")
    expect(province.page.get_by_text("1/1").first).to_be_visible()

    to_the_evidence(visitor(360, 740), world.province_person(Role.PROVINCE_VIEWER), proof.read_bytes())

    for path, name in (("/tai-khoan", "25-own-account"), ("/bo-tieu-chi", "26-catalogue")):
        province.go(path)
        province.look(name)
