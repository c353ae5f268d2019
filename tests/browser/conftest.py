"""A real browser against the real program: started once a session, every page checked as it is shown.

With PORTAL_PICTURES in the environment a picture of each is kept in build/journey.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    expect,
    sync_playwright,
)
from werkzeug.serving import make_server

from tenants.access import GuardedFlask
from tests.builders import PASSWORD, Person

CHROMIUM = os.environ.get("PORTAL_CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-extensions",
    "--force-color-profile=srgb",
]
# What a browser says aloud of answers that a page expects: refusals, and no line.
EXPECTED = re.compile(
    r"status of [45]\d\d|Status Error Code [45]\d\d|net::ERR_(INTERNET_DISCONNECTED|FAILED)"
)
expect.set_options(timeout=30_000)  # a slow machine is slow, not wrong
PICTURES = Path(__file__).parents[2] / "build" / "journey"
# No rule of these asks for style sheets loaded and parsed again, which is half of axe's time.
AXE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],
    "preload": {"assets": ["media"]},
}
LOOK = """options => axe.run(options).then(
    found => found.violations.map(one => `${one.id} ${JSON.stringify(one.nodes.slice(0, 3).map(node => node.target))}`))"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here as needing a browser, and say so where there is none."""
    for item in items:
        if Path(__file__).parent in Path(item.fspath).parents:
            item.add_marker(pytest.mark.browser)
            if not Path(CHROMIUM).exists():
                item.add_marker(pytest.mark.skip(reason="not run: Chromium is not installed"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser of this session."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def served(app: GuardedFlask) -> Iterator[str]:
    """The program of this test on a port of its own."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class Visitor:
    """Somebody at a browser: signs in, looks at pages, and notices what is wrong."""

    address: str
    context: BrowserContext
    page: Page
    faults: list[str] = field(default_factory=list)
    looks: int = 0

    def sign_in(self, person: Person) -> None:
        """Sign in by the form."""
        self.page.goto(self.address + "/dang-nhap")
        self.page.get_by_label("Tên đăng nhập").fill(person.login)
        self.page.get_by_label("Mật khẩu").fill(PASSWORD)
        self.page.get_by_role("button", name="Đăng nhập").click()
        self.page.wait_for_url(lambda url: "dang-nhap" not in url)

    def go(self, path: str) -> None:
        """Open a page by its path."""
        self.page.goto(self.address + path)

    def click(self, name: str, *, role: str = "button") -> None:
        """Press a button or follow a link by its name, agree where the page asks, and wait for the next page."""
        with self.page.expect_navigation():
            self.page.get_by_role(role, name=name).first.click()  # type: ignore[arg-type]
            agree = self.page.locator("dialog#confirm[open] button[value=yes]")
            if agree.count():
                agree.click()

    def save(self, name: str) -> None:
        """Press the button of a form that saves by itself, and wait until the form says that it is sent."""
        button = self.page.get_by_role("button", name=name)
        button.click()
        form = self.page.locator("form").filter(has=button)
        expect(form.locator("[data-sync]")).to_have_attribute("data-sync", "done")

    def open_first(self) -> None:
        """Follow the first link of the page's table."""
        with self.page.expect_navigation():
            self.page.locator("main table tbody a").first.click()

    def look(self, name: str) -> None:
        """Check the page: accessibility (axe), and no wider than the screen."""
        self.looks += 1
        if "PORTAL_PICTURES" in os.environ:
            PICTURES.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
        self.page.evaluate(Axe().axe_script)
        self.faults += [f"{name}: {found}" for found in self.page.evaluate(LOOK, AXE)]
        if self.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            self.faults.append(f"{name}: wider than the screen")

    def leave(self) -> None:
        """Close the browser window and fail on anything noticed."""
        self.context.close()
        assert not self.faults, "\n".join(self.faults)


@pytest.fixture
def visitor(chromium: Browser, served: str) -> Iterator[type]:
    """A maker of visitors: `visitor(width)` opens a window of its own."""
    opened: list[Visitor] = []

    def open_window(width: int = 1366, height: int = 900, **options: object) -> Visitor:
        options.setdefault("service_workers", "block")  # only where they are what is looked at
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            reduced_motion="reduce",
            **options,
        )
        page = context.new_page()
        page.set_default_timeout(30_000)
        who = Visitor(served, context, page)

        def heard(message: ConsoleMessage) -> None:
            if message.type == "error" and not EXPECTED.search(message.text):
                who.faults.append(f"console: {message.text}")

        def asked(request: Request) -> None:
            if not request.url.startswith((served, "data:", "blob:", "chrome")):
                who.faults.append(f"reached out to {request.url}")

        page.on("console", heard)
        page.on("pageerror", lambda error: who.faults.append(f"script: {error}"))
        page.on("request", asked)
        opened.append(who)
        return who

    yield open_window  # type: ignore[misc]
    for who in opened:
        who.leave()
