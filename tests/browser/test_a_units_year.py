"""One unit's whole year at the browser: from registering in February to the reminder to renew, years later."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from portal.notices.reminders import remind
from portal.papers.pdf import render_pdf
from tenants.people import Role
from tenants.scope import Scope, ScopeKind, acting_in
from tests.browser.unit_work import answer_everything, hold_meeting, set_up_team
from tests.builders import World
from tests.deciding import District, accept, appraise

SIGNED = ("mau-01", "mau-02", "mau-03", "bien-ban-to")


def take_papers(who: Any, tenant_id: int, dossier_id: int, *names: str) -> None:
    """Take papers of a dossier as PDF and as DOCX, as the page offers them."""
    for name in names:
        for ending, begins in (("pdf", b"%PDF"), ("docx", b"PK")):
            answer = who.page.request.get(f"{who.address}/van-ban/{tenant_id}/{dossier_id}/{name}.{ending}")
            assert answer.ok, (name, ending)
            assert answer.body().startswith(begins), (name, ending)


def test_from_registering_to_renewing(world: World, visitor: Any, tmp_path: Path) -> None:
    """The clerk and the head of a school play their year; the district's answers come by its own verbs."""
    district = District(world)
    world.confirm_thresholds()
    tenant_id = district.tenant_id
    unit_id = world.a_unit(tenant_id)
    people = [world.a_person(role, tenant_id, unit_id) for role in (Role.UNIT_EDITOR, Role.UNIT_HEAD)]
    paper = tmp_path / "Kế hoạch học tập.pdf"
    paper.write_bytes(render_pdf('<html lang="vi"><body><p>Plan</p></body></html>', None))

    world.set_clock(2026, 2, 10, 9, 0)
    clerk, head = visitor(360, 740), visitor()
    for who, person in zip((clerk, head), people, strict=True):
        who.sign_in(person)
    clerk.look("nam-01-thang-hai")
    clerk.go("/trong-nam/dang-ky")
    clerk.page.get_by_label("Mức độ 1").first.check()
    clerk.page.locator("input[name=unit_right]").check()
    clerk.look("nam-02-dang-ky")
    clerk.click("Gửi thủ trưởng xác nhận")
    head.go("/trong-nam/dang-ky")
    head.click("Xác nhận")
    expect(head.page.locator("main")).to_contain_text("Đã xác nhận đăng ký năm 2026: mức độ 1.")

    clerk.go("/trong-nam/van-ban")
    clerk.page.locator("#plan-number").fill("05/KH-THMĐ")
    clerk.page.locator("#plan-issued_on").fill("05/02/2026")
    clerk.page.locator("#plan-file").set_input_files(paper)
    clerk.click("Lưu kế hoạch")
    expect(clerk.page.locator("main")).to_contain_text("05/KH-THMĐ")
    clerk.look("nam-03-van-ban")
    clerk.go("/trong-nam/hoat-dong/them")
    clerk.page.get_by_label("Ngày", exact=True).fill("09/02/2026")
    clerk.page.locator("select[name=kind]").select_option(index=1)
    clerk.page.locator("input[name=topic]").fill("Tập huấn dùng học liệu số")
    clerk.page.locator("input[name=participants]").fill("35")
    clerk.click("Ghi hoạt động")
    expect(clerk.page.locator("main")).to_contain_text("Tập huấn dùng học liệu số")
    clerk.go("/trong-nam")
    clerk.look("nam-04-trong-nam")

    world.set_clock(2027, 1, 8, 15, 0)
    clerk.go("/ho-so")
    clerk.click("Lập hồ sơ năm 2026")
    dossier_id = int(re.findall(r"/ho-so/(\d+)", clerk.page.url)[0])
    for name, value in (("Thành viên tại 31/12", "37"), ("Người học", "412"), ("Vị trí việc làm", "0")):
        clerk.page.get_by_label(name).first.fill(value)
    clerk.page.get_by_role("button", name="Lưu số liệu nền").click()
    expect(clerk.page.locator("#save-status")).to_contain_text("Đã lưu")
    clerk.page.reload()
    answer_everything(clerk.page)
    set_up_team(clerk)
    clerk.page.locator("#muc-do").get_by_label("Mức độ 1").check()
    clerk.page.get_by_role("button", name="Lưu mức độ và Tờ trình").click()
    expect(clerk.page.locator("#save-status")).to_contain_text("Đã lưu lúc")
    clerk.go(f"/ho-so/{dossier_id}/con-thieu")
    clerk.look("nam-05-con-thieu")
    take_papers(clerk, tenant_id, dossier_id, "con-thieu")
    hold_meeting(clerk)
    head.go(f"/ho-so/{dossier_id}/kiem-tra")
    head.click("Ký hồ sơ")
    head.go(f"/ho-so/{dossier_id}/van-ban")
    head.look("nam-06-van-ban")
    take_papers(head, tenant_id, dossier_id, *SIGNED)
    head.go(f"/ho-so/{dossier_id}/kiem-tra")
    head.click("Nộp hồ sơ")

    accept(world, district.officer, tenant_id, dossier_id)
    appraise(world, district.officer, tenant_id, dossier_id)
    world.set_clock(2027, 2, 8, 9, 0)
    district.issued()
    head.go("/ket-qua")
    head.open_first()
    expect(head.page.locator("main")).to_contain_text("Đạt mức độ 1")
    head.look("nam-07-ket-qua")
    head.go(f"/ho-so/{dossier_id}/cong-bo")
    head.look("nam-08-cong-bo")
    public = head.page.locator("p.address a").get_attribute("href")
    stranger = visitor(360, 740)
    stranger.go(str(public))
    expect(stranger.page.locator("main")).to_contain_text("Trường Tiểu học Mỹ Đức")
    stranger.look("nam-09-trang-cong-khai")
    head.go(f"/ho-so/{dossier_id}/khieu-nai")
    head.look("nam-10-khieu-nai")

    world.set_clock(2029, 2, 9, 9, 0)
    for _ in range(2):
        with acting_in(Scope(ScopeKind.DISTRICT, tenant_id)):
            remind(tenant_id)
    again = visitor(360, 740)
    again.sign_in(people[1])
    again.go("/thong-bao")
    expect(again.page.locator("main")).to_contain_text("có giá trị đến hết ngày 08/02/2030")
    again.look("nam-11-nhac-cong-nhan-lai")
