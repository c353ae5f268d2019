"""What people of a unit do at the browser in more than one test: fill in every card, hold the team's meeting."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect


def answer_everything(page: Page) -> None:
    """Answer every indicator card that is open, by its own inputs, and wait until each is saved."""
    for card in page.locator("article.indicator:has(form[id^='tra-loi'])").all():
        if card.locator("details.fold:not([open])").count():
            card.locator("details.fold > summary").click()
        explanation = card.locator("textarea[name=explanation]")
        explanation.fill("Đã thực hiện đầy đủ trong năm 2026, hồ sơ lưu tại văn phòng.")
        if card.get_by_label("Có, đã thực hiện").count():
            card.get_by_label("Có, đã thực hiện").check()
        elif card.locator("select[name=value]").count():
            card.locator("select[name=value]").select_option(index=3)
        else:
            whole = card.locator("[id^='tong-'] b.num").first.inner_text()
            card.locator("input[name=value]").fill(whole)
        card.get_by_role("button", name="Lưu chỉ tiêu này").click()
        expect(card.locator("[id^='ket-qua-']")).to_contain_text("Lưu lần cuối")


def set_up_team(who: Any) -> None:
    """Enter the decision on the team and two members."""
    team = who.page.locator("#to-danh-gia")
    team.get_by_label("Số quyết định").fill("12/QĐ-THMĐ")
    team.get_by_label("Ngày quyết định").fill("2026-12-15")
    team.get_by_role("button", name="Lưu quyết định").click()
    expect(who.page.locator("#save-status")).to_contain_text("Đã lưu")
    for name, duty in (("Phó hiệu trưởng nhà trường", "chair"), ("Thư ký hội đồng trường", "secretary")):
        member = who.page.locator("#them-thanh-vien")
        member.get_by_label("Họ và tên").fill(name)
        member.locator("select").last.select_option(duty)
        who.click("Thêm thành viên")


def hold_meeting(who: Any) -> None:
    """Write the minutes of the team's meeting and close them."""
    who.click("Biên bản Tổ", role="link")
    page = who.page
    page.get_by_label("Ngày họp").fill("2027-01-08")
    page.get_by_label("Giờ họp").fill("14:00")
    page.get_by_label("Địa điểm").fill("Phòng họp hội đồng")
    page.get_by_label("Chủ trì", exact=True).select_option(label="Phó hiệu trưởng nhà trường")
    page.get_by_label("Thư ký", exact=True).select_option(label="Thư ký hội đồng trường")
    for choice in page.locator("#thanh-phan").get_by_label("Có mặt").all():
        choice.check()
    who.click("Nhất trí các chỉ tiêu còn lại")
    who.click("Lấy gợi ý này")
    who.click("Lưu và chốt biên bản")
    expect(page.get_by_role("button", name="Mở lại biên bản")).to_be_visible()
