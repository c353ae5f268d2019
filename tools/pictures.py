"""Make the pictures of the README and the guides again, from a running demonstration.

`python -m tools.pictures http://127.0.0.1:8000 [NAME…]` signs in with the demonstration's accounts and writes
docs/pictures/NAME.png. The demonstration must stand as it was built, its clock at 10/01/2027. Nothing that is
made for a picture stays: a draft decision is discarded again, a link is replaced, no answer is saved.
"""

from __future__ import annotations

import argparse
import io
import itertools
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from portal.demo.accounts import PASSWORD

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"
CHROMIUM = os.environ.get("PORTAL_CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--force-color-profile=srgb",
    "--lang=vi",
]
CLERK, HEAD = "anlao-110.daumoi", "anlao-110.thutruong"
OFFICER, LEADER, DISTRICT_ADMIN = "cv.anlao", "ld.anlao", "qt.anlao"
PROVINCE = "quantri.tinh"
WIDEST = 1100
COLOURS = 128
PHONE = (360, 740)


@dataclass(frozen=True)
class Studio:
    """A browser before the demonstration."""

    browser: Browser
    address: str

    def page(self, login: str = "", width: int = 1366, height: int = 900) -> Page:
        """Open a window of its own, signed in where a name is given."""
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            reduced_motion="reduce",
            base_url=self.address,
        )
        page = context.new_page()
        page.set_default_timeout(15_000)
        if login:
            page.goto("/dang-nhap")
            page.get_by_label("Tên đăng nhập").fill(login)
            page.get_by_label("Mật khẩu").fill(PASSWORD)
            page.get_by_role("button", name="Đăng nhập").click()
            page.wait_for_url(lambda url: "dang-nhap" not in url)
        return page


def keep(name: str, shown: Page | Locator) -> None:
    """Write a picture: at most WIDEST pixels wide, COLOURS colours, no metadata."""
    page = shown if isinstance(shown, Page) else shown.page
    page.mouse.move(0, 0)
    page.locator("#save-status").evaluate("told => { told.textContent = ''; }")
    picture = Image.open(io.BytesIO(shown.screenshot())).convert("RGB")
    if picture.width > WIDEST:
        height = round(picture.height * WIDEST / picture.width)
        picture = picture.resize((WIDEST, height), Image.Resampling.LANCZOS)
    path = PICTURES / f"{name}.png"
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path.name}: {picture.width} × {picture.height}, {path.stat().st_size // 1000} kB")


def press(page: Page, name: str) -> None:
    """Press a button or link by its name, agree where the page asks, wait for the next page."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name)).first.click()
        agree = page.locator("dialog#confirm[open] button[value=yes]")
        if agree.count():
            agree.click()


def first_of(page: Page, path: str) -> None:
    """Open a list and follow its first row."""
    page.goto(path)
    with page.expect_navigation():
        page.locator("main table tbody a").first.click()


def card_of(page: Page, code: str) -> Locator:
    """Return one indicator of the open dossier, unfolded."""
    card = page.locator(f'article.indicator[id="chi-tieu-{code}"]')
    if card.locator("details.fold:not([open])").count():
        card.locator("details.fold > summary").click()
    return card


# ---- the unit --------------------------------------------------------------------------------------


def unit_home(studio: Studio) -> None:
    """What to do next."""
    page = studio.page(CLERK, height=1010)
    page.goto("/")
    keep("unit-home", page)


def unit_form(studio: Studio) -> None:
    """The form, its verdict at the side; one indicator large; the same on a phone."""
    page = studio.page(CLERK, height=1060)
    first_of(page, "/ho-so")
    keep("unit-form", page)
    keep("unit-indicator", card_of(page, "3.1b"))
    card = card_of(page, "3.1")
    card.get_by_text("Thêm minh chứng", exact=True).click()
    keep("unit-evidence", card)
    phone = studio.page(CLERK, *PHONE)
    first_of(phone, "/ho-so")
    card_of(phone, "3.1").evaluate("card => { card.scrollIntoView(); scrollBy(0, -12); }")
    keep("unit-phone", phone)


def unit_conflict(studio: Studio) -> None:
    """Two people at one indicator; the older text is sent and refused, so nothing is written."""
    page = studio.page(CLERK, height=1060)
    first_of(page, "/ho-so")
    card = card_of(page, "1.3")
    card.locator("input[name=version]").evaluate("field => { field.value = '0'; }")
    card.locator("textarea[name=explanation]").fill("Dự toán năm 2026 dành 2 % cho đào tạo, bồi dưỡng.")
    card.get_by_role("button", name="Lưu chỉ tiêu này").click()
    card.locator(".conflict").wait_for()
    keep("unit-conflict", card)


def unit_review(studio: Studio) -> None:
    """What is checked before the signature, as the head sees it."""
    page = studio.page(HEAD, height=1120)
    first_of(page, "/ho-so")
    press(page, "Kiểm tra và ký")
    keep("unit-review", page)


def unit_supplement(studio: Studio) -> None:
    """What the district asked for, as the unit reads it."""
    officer = studio.page(OFFICER)
    first_of(officer, "/huyen/ho-so?state=supplement_requested")
    found = re.search(r"Mã đơn vị\s+(\S+)", officer.locator("main").inner_text())
    assert found, "no unit was asked for supplements"
    page = studio.page(f"{found[1].lower()}.thutruong", height=1060)
    first_of(page, "/ho-so")
    keep("unit-supplement", page)


def unit_result(studio: Studio) -> None:
    """The decision on last year's dossier and the reasons."""
    page = studio.page(CLERK, height=900)
    first_of(page, "/ket-qua")
    keep("unit-result", page)


def unit_year(studio: Studio) -> None:
    """The rooms a unit works in all year: its papers and activities, its library, its gaps, minutes, renewal."""
    page = studio.page(HEAD, height=900)
    for name, path in (("unit-year", "/trong-nam"), ("unit-library", "/minh-chung")):
        page.goto(path)
        keep(name, page)
    page.goto("/ket-qua/hieu-luc")
    keep("unit-renewal", page)
    first_of(page, "/ho-so")
    dossier = page.url
    for name, tab in (
        ("unit-gaps", "con-thieu"),
        ("unit-tasks", "phan-cong"),
        ("unit-minutes", "bien-ban"),
        ("unit-roster", "danh-sach"),
    ):
        page.goto(f"{dossier}/{tab}")
        keep(name, page)


# ---- the district ----------------------------------------------------------------------------------


def links(studio: Studio) -> None:
    """A link for the first password and what its reader sees; it is replaced by another at once."""
    page = studio.page(DISTRICT_ADMIN, height=620)
    page.goto(f"/huyen/tai-khoan?q={CLERK}")
    page.locator("main table tbody a").first.click()
    press(page, "Cấp liên kết mới")
    keep("district-link", page)
    phone = studio.page("", 360, 600)
    phone.goto(str(page.locator("main section.indicator a").first.get_attribute("href")))
    phone.get_by_role("heading", name="Đặt mật khẩu").wait_for()
    keep("unit-link", phone)
    page.goto(f"/huyen/tai-khoan?q={CLERK}")
    page.locator("main table tbody a").first.click()
    press(page, "Cấp liên kết mới")


def district_lists(studio: Studio) -> None:
    """What waits, who is missing, one dossier at intake, and the request for supplements."""
    page = studio.page(OFFICER, height=860)
    page.goto("/")
    keep("district-home", page)
    page.goto("/huyen/con-thieu")
    keep("district-missing", page)
    first_of(page, "/huyen/ho-so?state=submitted")
    keep("district-intake", page)
    press(page, "Yêu cầu bổ sung")
    keep("district-supplement", page)


def appraisal(studio: Studio) -> None:
    """The appraisal desk at an indicator with evidence, and what a corrected head-count changes."""
    page = studio.page(OFFICER, height=1060)
    page.goto("/huyen/ho-so?state=accepted")
    addresses = [link.get_attribute("href") for link in page.locator("main table tbody a").all()]
    for address, code in itertools.product(addresses, ("2.2", "2.5", "2.1", "1.1", "1.2", "1.4")):
        page.goto(f"{address}?chi-tieu={code}")
        if page.locator("#verdict").count() and page.locator(".evidence img").count():
            break
    desk = page.url.partition("?")[0]
    page.wait_for_load_state("networkidle")
    keep("appraisal-desk", page)
    page.goto(f"{desk}?chi-tieu=so-lieu-nen")
    field = page.locator("input[name=value]").first
    field.fill(str(int(field.input_value()) + 2))
    page.locator("input[name=reason]").first.fill("Danh sách tại 31/12 có thêm 2 người")
    press(page, "Xem ảnh hưởng trước khi lưu")
    keep("district-headcount", page)


def decision(studio: Studio) -> None:
    """A draft decision as the leader sees it; it is discarded afterwards."""
    officer = studio.page(OFFICER)
    officer.goto("/huyen/quyet-dinh")
    press(officer, "Đưa vào dự thảo quyết định")
    try:
        leader = studio.page(LEADER, height=960)
        first_of(leader, "/huyen/quyet-dinh")
        keep("district-decision", leader)
    finally:
        press(officer, "Bỏ dự thảo")


def district_report(studio: Studio) -> None:
    """A report to the Department with its tables."""
    page = studio.page(OFFICER, height=1000)
    page.goto("/huyen/bao-cao")
    with page.expect_navigation():
        page.get_by_role("link", name="Năm 2025").click()
    keep("district-report", page)


# ---- the province ----------------------------------------------------------------------------------


def province(studio: Studio) -> None:
    """The overview of a finished year, official figures, a district, a report, a threshold, the clock."""
    page = studio.page(PROVINCE, height=1160)
    page.goto("/tinh?nam=2025")
    keep("province", page)
    first_of(page, "/tinh?nam=2025")
    keep("province-district", page)
    page.goto("/tinh/bao-cao?nam=2025")
    keep("province-reports", page)
    page.goto("/bo-tieu-chi")
    with page.expect_navigation():
        page.locator("main h2 a").first.click()
    threshold = page.locator("article.indicator", has_text="2.5").first
    threshold.locator("details.ask > summary").first.click()
    keep("province-threshold", threshold)
    page.set_viewport_size({"width": 1366, "height": 860})
    page.goto("/tinh/dong-ho")
    keep("province-clock", page)


SHOTS: tuple[Callable[[Studio], None], ...] = (
    unit_home,
    unit_form,
    unit_conflict,
    unit_review,
    unit_supplement,
    unit_result,
    unit_year,
    links,
    district_lists,
    appraisal,
    decision,
    district_report,
    province,
)


def main() -> None:
    """Take all pictures, or those of the functions named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address", help="a running demonstration, such as http://127.0.0.1:8000")
    known = [shot.__name__ for shot in SHOTS]
    parser.add_argument("shots", nargs="*", metavar="NAME", help="of " + ", ".join(known))
    given = parser.parse_args()
    if unknown := set(given.shots) - set(known):
        parser.error(f"no such picture: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        studio = Studio(browser, given.address)
        for shot in SHOTS:
            if not given.shots or shot.__name__ in given.shots:
                shot(studio)
        browser.close()


if __name__ == "__main__":
    main()
