"""A weak line, in a real browser: reload without a line, type on, come back, conflicts, sessions that end, sign-out."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from portal.dossiers import operations
from tenants import signin
from tenants.database import db
from tenants.people import Role
from tenants.scope import Scope, ScopeKind, acting_in
from tests.builders import PASSWORD, Person, World

NO_TEXTS = "() => Object.keys(localStorage).filter((key) => key.startsWith('kept|')).length === 0"
NO_PAGES = "() => caches.keys().then((names) => !names.some((name) => name.startsWith('pages|')))"


def until(page: Page, promise: str) -> None:
    """Wait until a promise of the page gives true; `wait_for_function` takes the promise itself for an answer."""
    for _ in range(300):
        if page.evaluate(promise):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"never true: {promise}")


class School:
    """A unit with a head and a clerk, its draft, and the clerk's phone on which workers may run."""

    def __init__(self, world: World, visitor: Any, state: str = "draft") -> None:
        self.world, self.tenant_id = world, world.a_district()
        unit_id = world.a_unit(self.tenant_id)
        world.confirm_thresholds()
        self.head = world.a_person(Role.UNIT_HEAD, self.tenant_id, unit_id)
        self.clerk = world.a_person(Role.UNIT_EDITOR, self.tenant_id, unit_id)
        self.id = world.a_dossier(self.tenant_id, unit_id, state)
        self.phone = visitor(360, 740, service_workers="allow")

    @property
    def page(self) -> Page:
        """The clerk's page."""
        page: Page = self.phone.page
        return page

    def open_form(self) -> None:
        """Open the form and wait until this device holds it."""
        self.phone.go(f"/ho-so/{self.id}")
        self.wait_until_kept()

    def wait_until_kept(self) -> None:
        """Wait until page, worker and files are on the device."""
        self.page.wait_for_function("() => document.body.dataset.kept > ''")
        self.page.wait_for_function("() => navigator.serviceWorker.controller !== null")

    def line(self, up: bool) -> None:
        """Cut the line, or mend it; the browser has noticed when this returns."""
        self.phone.context.set_offline(not up)
        self.page.wait_for_function(f"() => navigator.onLine === {str(up).lower()}")

    def card(self, code: str) -> Any:
        """An indicator's card."""
        return self.page.locator(f"[id='chi-tieu-{code}']")

    def write(self, code: str, text: str) -> None:
        """Type an explanation and go on, which saves it."""
        field = self.card(code).locator("textarea[name=explanation]")
        field.fill(text)
        field.press("Tab")

    def says(self, *sentences: str) -> None:
        """Wait until the one line for all says so."""
        for sentence in sentences:
            expect(self.page.locator("[data-sync-all]")).to_contain_text(sentence)

    def stored(self, code: str) -> str:
        """The explanation as the server holds it."""
        with self.world.acting(self.head, writes=False):
            sheet = operations.open_sheet(self.world.dossier(self.tenant_id, self.id))
            ids = {row.code: row.id for row in sheet.catalogue}
            text = sheet.answers[ids[code]].explanation
        db.session.remove()
        return text

    def head_writes(self, code: str, text: str) -> None:
        """The head writes an explanation from elsewhere."""
        with self.world.acting(self.head) as actor:
            dossier = self.world.dossier(self.tenant_id, self.id)
            sheet = operations.open_sheet(dossier)
            row = next(row for row in sheet.catalogue if row.code == code)
            given = operations.Given(yes=True, explanation=text, version=sheet.answers[row.id].version)
            operations.save_answer(actor, dossier, row.id, given)


def sign_in_here(page: Page, person: Person) -> None:
    """Fill in the sign-in form where the page has led."""
    page.get_by_label("Tên đăng nhập").fill(person.login)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url(lambda url: "dang-nhap" not in url)


def test_a_dossier_without_a_line(world: World, visitor: Any) -> None:
    """Open, lose the line, reload, type, reload, come back: everything is sent, two people's texts are shown."""
    school = School(world, visitor)
    page = school.page
    school.phone.sign_in(school.clerk)
    school.open_form()
    school.line(up=False)
    page.reload()
    banner = page.get_by_text("Đang ngoại tuyến, bản lúc")
    expect(banner).to_be_visible()
    page.get_by_label("Thành viên tại 31/12").fill("37")
    page.get_by_label("Thành viên tại 31/12").press("Tab")
    value = school.card("2.5").locator("input[name=value]")
    value.fill("36")
    value.press("Tab")
    school.write("1.1", "Kế hoạch của cán bộ đầu mối.")
    page.get_by_label("Điểm mạnh").fill("Nề nếp tốt.")
    page.get_by_label("Điểm mạnh").press("Tab")
    school.says("Ngoại tuyến", "chờ gửi (4)")
    school.phone.look("ngoai-tuyen-360")
    page.reload()
    expect(banner).to_be_visible()
    expect(value).to_have_value("36")
    expect(page.get_by_label("Điểm mạnh")).to_have_value("Nề nếp tốt.")
    school.phone.go("/minh-chung")
    expect(page.get_by_role("heading", name="Không có kết nối")).to_be_visible()
    school.phone.look("khong-co-ket-noi-360")
    page.get_by_role("link", name="Hồ sơ năm 2026").click()
    expect(banner).to_be_visible()
    school.head_writes("1.1", "Kế hoạch của thủ trưởng.")
    school.line(up=True)
    school.says("Xung đột (1)")
    expect(school.card("2.5").locator("[data-sync]")).to_have_attribute("data-sync", "done")
    expect(school.card("2.5").locator(".is")).to_contain_text("Đạt cả hai mức")
    clash = school.card("1.1").locator(".conflict")
    expect(clash).to_contain_text("Kế hoạch của cán bộ đầu mối.")
    expect(clash).to_contain_text("Kế hoạch của thủ trưởng.")
    clash.get_by_role("button", name="Giữ của tôi").click()
    school.says("Đã gửi hết")
    assert school.stored("1.1") == "Kế hoạch của cán bộ đầu mối."
    until(page, NO_TEXTS)
    page.get_by_role("button", name="Mở bản mới nhất").click()
    expect(banner).to_have_count(0)
    expect(page.get_by_label("Điểm mạnh")).to_have_value("Nề nếp tốt.")
    school.wait_until_kept()
    school.write(
        "1.2", "Lần một."
    )  # the copy follows what is saved: going on without a line meets no conflict
    school.says("Đã gửi hết")
    kept = f"() => caches.match('/ho-so/{school.id}').then((page) => page.text())"
    until(page, f"{kept}.then((text) => text.includes('Lần một.'))")
    school.line(up=False)
    page.reload()
    expect(school.card("1.2").locator("textarea[name=explanation]")).to_have_value("Lần một.")
    school.write("1.2", "Lần hai.")
    school.says("chờ gửi (1)")
    school.line(up=True)
    school.says("Đã gửi hết")
    assert school.stored("1.2") == "Lần hai."


def test_sessions_that_end_and_sign_out(world: World, visitor: Any) -> None:
    """A session ended elsewhere loses nothing typed and keeps no page; signing out leaves nothing on the device."""
    school = School(world, visitor)
    page = school.page
    school.phone.sign_in(school.clerk)
    school.open_form()
    with acting_in(Scope(ScopeKind.SIGNIN, writes=True)):
        signin.end_sessions(school.clerk.identity.account_id)
    school.write("1.1", "Gõ sau khi phiên đã hết.")
    school.says("Đăng nhập lại để gửi (1)")
    until(page, NO_PAGES)
    page.locator("[data-sync-all] a").click()
    sign_in_here(page, school.clerk)
    expect(page).to_have_url(f"{school.phone.address}/ho-so/{school.id}")
    school.says("Đã gửi hết")
    expect(school.card("1.1").locator("textarea[name=explanation]")).to_have_value("Gõ sau khi phiên đã hết.")
    assert school.stored("1.1") == "Gõ sau khi phiên đã hết."
    school.wait_until_kept()
    school.line(up=False)
    school.write("1.2", "Chưa kịp gửi.")
    school.says("chờ gửi (1)")
    school.line(up=True)
    school.says("Đã gửi hết")
    page.route("**/chi-tieu/**", lambda route: route.fulfill(status=503))
    school.write("1.2", "Không gửi được.")
    school.says("chờ gửi (1)")
    page.locator("header .menu summary").click()
    page.get_by_role("button", name="Đăng xuất").click()
    expect(page.get_by_role("dialog")).to_contain_text("Còn 1 mục đã nhập trên máy này chưa gửi")
    page.get_by_role("dialog").get_by_role("button", name="Đăng xuất").click()
    expect(page.get_by_text("Đã đăng xuất.")).to_be_visible()
    until(page, NO_TEXTS)
    until(page, NO_PAGES)
    page.unroute("**/chi-tieu/**")
    school.line(up=False)
    school.phone.go(f"/ho-so/{school.id}")
    expect(page.get_by_text("Máy này chưa giữ hồ sơ nào")).to_be_visible()
    school.line(up=True)
    school.phone.sign_in(school.head)
    school.open_form()
    expect(school.card("1.2").locator("textarea[name=explanation]")).to_have_value("Chưa kịp gửi.")
    expect(page.locator("[data-sync-all]")).to_be_hidden()


def test_another_person_on_the_same_device(world: World, visitor: Any) -> None:
    """What one person typed and kept is not shown to the next, and is there again for the first."""
    school = School(world, visitor)
    page = school.page
    school.phone.sign_in(school.clerk)
    school.open_form()
    school.line(up=False)
    school.write("1.1", "Của cán bộ đầu mối.")
    school.says("chờ gửi (1)")
    with acting_in(Scope(ScopeKind.SIGNIN, writes=True)):
        signin.end_sessions(school.clerk.identity.account_id)
    school.phone.context.set_offline(False)
    school.says("Đăng nhập lại để gửi (1)")
    school.phone.sign_in(school.head)
    school.open_form()
    expect(school.card("1.1").locator("textarea[name=explanation]")).to_have_value("")
    expect(page.locator("[data-sync-all]")).to_be_hidden()
    assert page.evaluate("caches.keys()").count(f"pages|{page.evaluate('portal.owner')}") == 1
    page.locator("header .menu summary").click()
    page.get_by_role("button", name="Đăng xuất").click()
    expect(page.get_by_text("Đã đăng xuất.")).to_be_visible()
    school.phone.sign_in(school.clerk)
    expect(page.get_by_text("Có nội dung nhập trên máy này chưa gửi.")).to_be_visible()
    page.get_by_role("link", name="Mở hồ sơ để gửi").click()
    school.says("Đã gửi hết")
    assert school.stored("1.1") == "Của cán bộ đầu mối."


def test_signed_and_past_due_while_away(world: World, visitor: Any) -> None:
    """The head signs while the clerk types without a line: a clear sentence, the text there to copy, sent once reopened."""
    school = School(world, visitor, "ready")
    page = school.page
    school.phone.sign_in(school.clerk)
    school.open_form()
    school.line(up=False)
    school.card("1.1").locator("summary").first.click()
    school.write("1.1", "Viết khi thủ trưởng đang ký.")
    school.says("chờ gửi (1)")
    with world.acting(school.head) as actor:
        operations.sign(actor, world.dossier(school.tenant_id, school.id))
    school.line(up=True)
    school.says("Không gửi được (1): đã khóa")
    expect(school.card("1.1")).to_contain_text("Hồ sơ đã ký.")
    page.reload()
    stranded = page.locator(".unsent")
    expect(stranded).to_contain_text("Chỉ tiêu 1.1")
    expect(stranded).to_contain_text("Viết khi thủ trưởng đang ký.")
    expect(stranded.get_by_role("button", name="Chép")).to_be_visible()
    school.phone.look("da-ky-con-noi-dung-360")
    world.set_clock(2027, 1, 15, 8, 0)
    with world.acting(school.head) as actor:
        operations.unsign(actor, world.dossier(school.tenant_id, school.id))
    page.reload()
    school.says("Đã gửi hết")
    expect(stranded).to_have_count(0)
    expect(page.locator(".bar .past")).to_contain_text("Đã qua hạn nộp")
    assert school.stored("1.1") == "Viết khi thủ trưởng đang ký."


SMALL = """() => [...document.querySelectorAll(
    'main button, main .btn, main summary, main select, main textarea, main input:not([type=hidden], [type=radio]), main .form-check'
  )].filter((part) => part.checkVisibility() && part.getBoundingClientRect().height < 39.5)
    .map((part) => part.outerHTML.slice(0, 90))"""
HIDDEN = """() => { const bar = document.querySelector('.bar').getBoundingClientRect();
  return [...document.querySelectorAll('main input:not([type=hidden]), main select, main textarea, main button, main summary')]
    .filter((part) => part.checkVisibility() && !part.closest('.bar'))
    .filter((part) => { part.focus(); const box = part.getBoundingClientRect(); return box.bottom > bar.top + 1 && box.height < 400; })
    .map((part) => part.outerHTML.slice(0, 90)); }"""


def test_the_form_within_reach_of_a_thumb(world: World, visitor: Any) -> None:
    """At 360 px: parts large enough for a finger, nothing behind the bar, ways to jump, the numeric keyboard; and small screens."""
    school = School(world, visitor)
    page = school.page
    school.phone.sign_in(school.clerk)
    school.phone.go(f"/ho-so/{school.id}")
    assert page.evaluate(SMALL) == []
    assert page.evaluate(HIDDEN) == []
    assert set(page.locator("main input.num").evaluate_all("all => all.map((one) => one.inputMode)")) == {
        "numeric"
    }
    bar = page.locator(".bar")
    expect(bar).to_contain_text("Mức 1: còn")
    bar.get_by_text("Mục lục").click()
    bar.get_by_role("link", name="Tiêu chí 2").click()
    expect(page.locator("#tieu-chi-2")).to_be_in_viewport()
    expect(bar.get_by_role("link", name="Nhận định chung")).to_be_hidden()
    expect(bar.locator("[data-next]")).to_contain_text("2.1")
    bar.locator("[data-next]").click()
    expect(school.card("2.1")).to_be_focused()
    expect(school.card("2.1").locator("input[name=value]")).to_be_in_viewport()
    for width, height in ((320, 640), (683, 384)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
