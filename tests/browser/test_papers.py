"""The head of a unit's papers follows what is typed, and the desk of papers fits a phone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tenants.people import Role
from tests.builders import World

pytestmark = pytest.mark.browser


def test_the_head_is_seen_while_it_is_typed(world: World, visitor: Any) -> None:
    """Lines and authority appear as on paper; nothing is said to be saved before it is; then words are added."""
    tenant = world.a_district()
    unit = world.a_unit(tenant)
    head = world.a_person(Role.UNIT_HEAD, tenant, unit)
    dossier = world.a_dossier(tenant, unit, "draft")
    who = visitor(360)
    who.sign_in(head)
    page = who.page
    page.goto(f"{who.address}/don-vi")
    page.get_by_label("Cơ quan cấp trên, dòng thứ hai").fill("Phòng Giáo dục và Đào tạo")
    page.get_by_label("Chức vụ thủ trưởng").fill("Phó Hiệu trưởng")
    shown = page.locator(".paper-head")
    expect(shown).to_contain_text("PHÒNG GIÁO DỤC VÀ ĐÀO TẠO")
    expect(shown).to_contain_text("KT. HIỆU TRƯỞNG")
    expect(page.locator("#save-status")).not_to_contain_text("Đã lưu")
    page.get_by_role("button", name="Lưu thông tin").click()
    expect(page.locator(".flash")).to_contain_text("Đã lưu thông tin đơn vị.")
    page.goto(f"{who.address}/ho-so/{dossier}/van-ban?xem=mau-02")
    words = page.get_by_label("Ý kiến khác")
    words.fill("Đơn vị đề nghị được hướng dẫn thêm.")
    page.locator("#mau-02-y-kien button").click()
    expect(page.locator(".flash")).to_contain_text("Đã lưu “Ý kiến khác”.")
    expect(words).to_have_value("Đơn vị đề nghị được hướng dẫn thêm.")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert who.faults == []
