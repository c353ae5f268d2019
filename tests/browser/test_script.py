"""What the scripts add, in a real browser on the gallery's pages: saving, keeping text, asking first, sending files."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from werkzeug.serving import make_server

from tests.house.gallery import gallery


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, gallery(), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    context = chromium.new_context(base_url=address, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_default_timeout(20_000)
    yield page
    context.close()
    assert errors == []


def kept(page: Page, forms: int) -> None:
    """Wait until so many forms have text kept in the browser."""
    count = "Object.keys(localStorage).filter((key) => key.startsWith('kept')).length"
    page.wait_for_function(f"() => {count} === {forms}")


def said(page: Page, sentence: str) -> None:
    """Wait until the one region for such news says so."""
    expect(page.locator("#save-status")).to_contain_text(sentence)


def place(page: Page) -> str:
    """Where in the page the browser is, asked of the page itself: the address known outside follows later."""
    return str(page.evaluate("location.hash"))


def type_in(page: Page, text: str) -> None:
    page.fill("#x25", text)
    page.locator("#x25").blur()


@pytest.mark.parametrize(
    ("status", "sentence", "swapped", "left", "state"),
    [
        (200, "Đã lưu lúc 14:32.", True, 0, "done"),
        (422, "Chưa lưu: có điều cần sửa", True, 1, "mend"),
        (409, "Chưa lưu: nội dung đã thay đổi", True, 1, "shut"),
        (401, "Phiên làm việc đã hết", False, 1, "waiting"),
        (403, "Chưa lưu: vai trò hiện tại", False, 1, "shut"),
        (503, "sẽ tự gửi lại", False, 1, "waiting"),
    ],
)
def test_a_save_is_told_by_its_status(
    page: Page, status: int, sentence: str, swapped: bool, left: int, state: str
) -> None:
    tokens: list[str] = []

    def answer(route: Route) -> None:
        tokens.append(route.request.headers.get("x-csrftoken", ""))
        route.fulfill(status=status, body="<b>mới</b>", headers={"X-Saved-At": "14:32"})

    page.route("**/answers/25", answer)
    page.goto("/form")
    type_in(page, "Đang nhập")
    said(page, sentence)
    assert all(tokens)
    target = expect(page.locator("#i25-state"))
    (target.to_have_text if swapped else target.not_to_have_text)("mới")
    expect(page.locator("#f25 [data-sync]")).to_have_attribute("data-sync", state)
    kept(page, left)


def test_a_whole_page_is_never_swapped_into_a_part(page: Page) -> None:
    page.route("**/answers/25", lambda route: route.fulfill(status=200, body="<!doctype html><h1>Khác</h1>"))
    page.goto("/form")
    type_in(page, "Đang nhập")
    said(page, "Đã lưu")
    expect(page.locator("h1")).to_have_count(1)


def test_text_of_a_lost_save_is_back_after_a_reload_and_sent(page: Page) -> None:
    page.route("**/answers/25", lambda route: route.abort())
    page.goto("/form")
    type_in(page, "Chữ chưa lưu")
    expect(page.locator("[data-sync-all]")).to_contain_text("chờ gửi (1)")
    kept(page, 1)
    page.unroute("**/answers/25")
    page.route("**/answers/25", lambda route: route.fulfill(status=200, body="mới"))
    page.reload()
    expect(page.locator("#x25")).to_have_value("Chữ chưa lưu")
    expect(page.locator("[data-sync-all]")).to_contain_text("Đã gửi hết")
    kept(page, 0)


def test_what_was_sent_without_an_answer_goes_first(page: Page) -> None:
    """The answer was lost and more was typed: our own earlier text must not stand against us."""
    bodies: list[str] = []

    def answer(route: Route) -> None:
        bodies.append(route.request.post_data or "")
        route.fulfill(status=503) if len(bodies) == 1 else route.fulfill(status=200, body="mới")

    page.route("**/answers/25", answer)
    page.goto("/form")
    type_in(page, "một")
    expect(page.locator("[data-sync-all]")).to_contain_text("chờ gửi (1)")
    type_in(page, "hai")
    expect(page.locator("[data-sync-all]")).to_contain_text("Đã gửi hết")
    assert ["hai" in body for body in bodies] == [False, False, True]
    kept(page, 0)


def test_a_token_of_another_session_is_renewed(page: Page) -> None:
    tokens: list[str] = []

    def answer(route: Route) -> None:
        tokens.append(route.request.headers.get("x-csrftoken", ""))
        route.fulfill(status=400 if tokens[-1] == "stale" else 200, body="mới")

    page.route("**/answers/25", answer)
    page.goto("/form")
    page.evaluate("portal.token = 'stale'")
    type_in(page, "Sau khi đăng nhập lại")
    expect(page.locator("[data-sync-all]")).to_contain_text("Đã gửi hết")
    assert tokens[0] == "stale"
    assert tokens[-1] not in ("", "stale")


def test_nothing_is_sent_as_somebody_else(page: Page) -> None:
    tries: list[str] = []

    def answer(route: Route) -> None:
        tries.append(route.request.url)
        route.fulfill(status=401)

    page.route("**/answers/25", answer)
    page.route("**/phien", lambda route: route.fulfill(json={"owner": "another", "token": "t"}))
    page.goto("/form")
    type_in(page, "Của tôi")
    expect(page.locator("[data-sync-all]")).to_contain_text("Đăng nhập lại để gửi (1)")
    page.evaluate("portal.sync()")
    expect(page.locator("[data-sync-all]")).to_contain_text("đang đăng nhập bằng tài khoản khác")
    assert len(tries) == 1
    kept(page, 1)


def test_a_lost_save_is_sent_again(page: Page) -> None:
    tries: list[int] = []

    def answer(route: Route) -> None:
        tries.append(1)
        route.fulfill(status=503 if len(tries) == 1 else 200, body="mới")

    page.route("**/answers/25", answer)
    page.goto("/form")
    type_in(page, "Gửi lại")
    expect(page.locator("[data-sync-all]")).to_contain_text("Đã gửi hết")
    assert len(tries) == 2


def test_a_failed_form_keeps_its_text_but_no_password(page: Page) -> None:
    page.goto("/entry")
    page.route(
        "**/entry", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    page.fill("#name", "Tên mới")
    page.fill("#password", "bí mật")
    with page.expect_event("framenavigated"):
        page.get_by_role("button", name="Lưu thông tin").click(no_wait_after=True)
    page.goto("/entry")
    assert "bí mật" not in page.evaluate("JSON.stringify(localStorage)")
    expect(page.locator(".kept")).to_be_visible()
    page.goto("/entry")
    page.fill("#name", page.input_value("#name") + " ")
    with page.expect_event("framenavigated"):
        page.get_by_role("button", name="Lưu thông tin").click(no_wait_after=True)
    page.goto("/entry")
    expect(page.locator(".kept")).to_have_count(0)  # a blank at the end is no text to lose


def test_a_destructive_button_asks_first(page: Page) -> None:
    posts: list[str] = []

    def answer(route: Route) -> None:
        posts.append(route.request.post_data or "")
        route.fulfill(status=200, content_type="text/html", body="<!doctype html><title>x</title>")

    page.route("**/withdraw", answer)
    page.goto("/form")
    page.get_by_role("button", name="Rút hồ sơ").click()
    expect(page.get_by_role("dialog")).to_contain_text("Rút hồ sơ đã nộp?")
    page.get_by_role("button", name="Không, quay lại").click()
    assert posts == []
    page.get_by_role("button", name="Rút hồ sơ").click()
    page.get_by_role("dialog").get_by_role("button", name="Rút hồ sơ").click()
    page.wait_for_url("**/withdraw")
    assert len(posts) == 1
    assert "version=3" in posts[0]


def test_a_file_is_judged_by_size_and_the_answer_is_shown(page: Page, tmp_path: Path) -> None:
    big = tmp_path / "lon.pdf"
    big.write_bytes(b"0" * (20 * 1024 * 1024 + 1))
    small = tmp_path / "nho.pdf"
    small.write_bytes(b"0")
    refusal = "<!doctype html><main><h1>Lỗi</h1><p>Trang để gửi tệp.</p><p role=alert>Tệp không phải PDF.</p></main>"
    page.route(
        "**/upload/25", lambda route: route.fulfill(status=422, content_type="text/html", body=refusal)
    )
    page.goto("/form")
    page.set_input_files("#u25-file", big)
    expect(page.locator("#u25 [data-message]")).to_contain_text("quá mức 20 MB")
    assert page.input_value("#u25-file") == ""
    page.set_input_files("#u25-file", small)
    page.get_by_role("button", name="Gửi tệp").click()
    expect(page.locator("#u25 [data-message]")).to_have_text("Tệp không phải PDF.")


def test_keys_work_outside_fields_and_can_be_switched_off(page: Page) -> None:
    page.goto("/appraisal")
    page.locator("textarea").press("n")
    assert place(page) == ""
    page.locator("main").focus()
    page.keyboard.press("n")
    page.wait_for_function("() => location.hash === '#n'")
    page.goto("/appraisal")
    page.get_by_role("button", name="Tắt phím tắt").click()
    page.locator("main").focus()
    page.keyboard.press("n")
    page.keyboard.press("Tab")
    assert place(page) == ""


def test_the_first_tab_leads_to_the_content(page: Page) -> None:
    page.goto("/desk")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Đến nội dung chính")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
