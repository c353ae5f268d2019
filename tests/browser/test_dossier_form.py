"""The dossier's form in a real browser: autosave, two editors, files with progress, PDF in a frame, no JavaScript."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, expect

from tenants.people import Role
from tests.builders import World
from tests.evidence import samples


def a_unit_with_two_people(world: World) -> tuple[Any, Any, int]:
    """Return a head, an editor and their draft."""
    tenant_id = world.a_district()
    unit_id = world.a_unit(tenant_id)
    world.confirm_thresholds()
    people = [world.a_person(role, tenant_id, unit_id) for role in (Role.UNIT_HEAD, Role.UNIT_EDITOR)]
    return people[0], people[1], world.a_dossier(tenant_id, unit_id)


def value_of(card: Locator) -> Locator:
    """Return the number field of an indicator's card."""
    return card.locator("input[name=value]")


def leave_with(field: Locator, text: str) -> None:
    """Type and go on, as people do; leaving the field saves it."""
    field.fill(text)
    field.press("Tab")


def test_autosave_and_two_editors(world: World, visitor: Any) -> None:
    """What is typed is saved and judged at once; the second editor sees both texts and chooses."""
    head, editor, dossier_id = a_unit_with_two_people(world)
    first, second = visitor(), visitor(360)
    for who, person in ((first, head), (second, editor)):
        who.sign_in(person)
        who.go(f"/ho-so/{dossier_id}")
    here, there = (who.page.locator("[id='chi-tieu-2.5']") for who in (first, second))
    leave_with(first.page.get_by_label("Thành viên tại 31/12"), "37")
    expect(here.locator("[id^=tong-]")).to_contain_text("37")
    leave_with(value_of(here), "35")
    expect(here.locator(".is")).to_contain_text("Chưa đạt mức độ 2")
    expect(here).to_contain_text("Cần thêm 1 người để đạt mức độ 2")
    expect(first.page.locator("#ket-qua")).to_contain_text("Đã nhập 1/15 chỉ tiêu")
    leave_with(value_of(there), "30")
    expect(there.locator(".conflict")).to_contain_text("35 trong 37")
    second.look("hai-nguoi-360")
    there.get_by_role("button", name="Lấy nội dung kia").click()
    expect(there.locator(".conflict")).to_have_count(0)
    expect(value_of(there)).to_have_value("35")
    expect(second.page.locator("[data-sync-all]")).to_contain_text("Đã gửi hết")
    leave_with(value_of(there), "36")
    expect(there.locator(".is")).to_contain_text("Đạt cả hai mức")
    leave_with(value_of(here), "34")
    expect(here.locator(".conflict")).to_contain_text("36 trong 37")
    here.get_by_role("button", name="Giữ của tôi").click()
    expect(here.locator(".conflict")).to_have_count(0)
    expect(here.locator(".is")).to_contain_text("Chưa đạt mức độ 2")


def test_files_and_their_preview(world: World, visitor: Any, tmp_path: Path) -> None:
    """Good files appear in the card, bad ones are named, other typing stays; a PDF shows in a frame of our page."""
    head, _, dossier_id = a_unit_with_two_people(world)
    (tmp_path / "Quyết định.pdf").write_bytes(samples.pdf())
    (tmp_path / "ảnh.jpg").write_bytes(samples.picture())
    (tmp_path / "giả.pdf").write_bytes(b"MZ" + bytes(100))
    who = visitor()
    who.sign_in(head)
    who.go(f"/ho-so/{dossier_id}")
    who.page.locator("[id='chi-tieu-1.2'] textarea[name=explanation]").fill("Đang gõ dở.")
    card = who.page.locator("[id='chi-tieu-1.1']")
    card.get_by_text("Thêm minh chứng", exact=True).click()
    card.locator("input[type=file]").set_input_files(sorted(tmp_path.iterdir()))
    card.get_by_role("button", name="Gửi tệp").click()
    expect(card.locator(".files li")).to_have_count(2)
    expect(card).to_contain_text("Đã nhận 2 tệp vào chỉ tiêu 1.1.")
    expect(card).to_contain_text("Tệp “giả.pdf” mang đuôi .pdf nhưng nội dung không phải tệp PDF hợp lệ.")
    expect(who.page.locator("[id='chi-tieu-1.2'] textarea[name=explanation]")).to_have_value("Đang gõ dở.")
    who.look("minh-chung-trong-ho-so")
    who.page.on("dialog", lambda dialog: dialog.accept())
    card.get_by_role("link", name="ảnh").click()
    expect(who.page.locator(".evidence img")).to_be_visible()
    who.page.wait_for_function("() => document.querySelector('.evidence img').naturalWidth === 64")
    who.go("/minh-chung?q=quyet+dinh")
    with who.page.expect_request(lambda r: r.url.startswith("chrome-extension://")):  # Chromium's PDF viewer
        who.open_first()
    expect(who.page.locator(".evidence iframe")).to_be_visible()


def test_everything_without_javascript(world: World, visitor: Any, tmp_path: Path) -> None:
    """Saving, a refused figure and sending a file work as plain forms, on a phone too."""
    head, _, dossier_id = a_unit_with_two_people(world)
    (tmp_path / "a.pdf").write_bytes(samples.pdf())
    who = visitor(360, java_script_enabled=False)
    who.sign_in(head)
    who.go(f"/ho-so/{dossier_id}")
    who.page.get_by_label("Thành viên tại 31/12").fill("37")
    who.click("Lưu số liệu nền")
    card = who.page.locator("[id='chi-tieu-2.5']")
    value_of(card).fill("38")
    card.get_by_role("button", name="Lưu chỉ tiêu này").click()
    expect(card.locator(".error").first).to_contain_text("số đạt (38) lớn hơn tổng số (37)")
    value_of(card).fill("36")
    card.get_by_role("button", name="Lưu chỉ tiêu này").click()
    expect(card.locator(".is")).to_contain_text("Đạt cả hai mức")
    card.get_by_text("Thêm minh chứng", exact=True).click()
    card.locator("input[type=file]").set_input_files(tmp_path / "a.pdf")
    card.get_by_role("button", name="Gửi tệp").click()
    expect(card.locator(".files li")).to_have_count(1)
