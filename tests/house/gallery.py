"""Gallery of the look: every archetype and every macro with sample data, on a bare Flask application.

`python -m tests.house.gallery FOLDER` takes pictures at phone and laptop width and runs axe on each page;
test_gallery.py judges the same pages. It needs no database and nothing of the portal but its templates.
"""

from __future__ import annotations

import logging
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, jsonify, render_template
from flask_wtf import CSRFProtect, FlaskForm
from flask_wtf.csrf import generate_csrf
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined
from werkzeug.serving import make_server
from wtforms import (
    BooleanField,
    FileField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, NumberRange

from portal.templating import QuickEnvironment

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("desk", "form", "list", "appraisal", "overview", "record", "entry", "states", "wrong", "bare")
WIDTHS = (360, 768, 1366)
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@dataclass
class Listing:
    """What a list page asks for, as the portal's own listing gives it."""

    q: str = ""
    sort: str = "name"
    direction: str = "asc"
    filters: dict[str, Any] = field(default_factory=dict)

    def url(self, **changes: Any) -> str:
        """Address of the same list with some of its questions changed."""
        asked = {"q": self.q, "sort": self.sort, "direction": self.direction, **self.filters, **changes}
        return "?" + urlencode({name: value for name, value in asked.items() if value})


KINDS = [SelectChoice("primary", "Trường tiểu học"), SelectChoice("preschool", "Trường mầm non")]
LEVELS = [SelectChoice("1", "Mức độ 1"), SelectChoice("2", "Mức độ 2")]


class EntryForm(FlaskForm):
    """One field of each kind."""

    name = StringField("Tên đơn vị", [InputRequired("Nhập tên đơn vị theo quyết định thành lập.")])
    members = IntegerField("Thành viên tại 31/12", [NumberRange(1, 9999, "Nhập số người từ 1 đến 9.999.")])
    kind = SelectField("Loại hình", choices=KINDS)
    level = RadioField("Mức độ đăng ký", choices=LEVELS)
    public = BooleanField("Đơn vị công lập")
    remark = TextAreaField("Ghi chú")
    password = PasswordField("Mật khẩu", [InputRequired("Nhập mật khẩu.")])
    decision = FileField("Quyết định thành lập Tổ đánh giá")


ROOMS = {
    "unit": ("Việc cần làm", "Hồ sơ 2026", "Minh chứng", "Hoạt động", "Văn bản", "Kết quả", "Đơn vị"),
    "district": ("Việc cần làm", "Hồ sơ", "Thẩm định", "Quyết định", "Đơn vị", "Báo cáo Sở", "Tài khoản"),
    "province": ("Toàn tỉnh", "Báo cáo huyện", "Bộ tiêu chí", "Lịch năm", "Huyện", "Nhật ký"),
}
PLACES = {
    "unit": ("Trường Tiểu học Mỹ Đức", "Huyện An Lão", "Cán bộ đầu mối"),
    "district": ("Huyện An Lão", "Phòng GDĐT", "Thẩm định viên"),
    "province": ("Sở Giáo dục và Đào tạo", "Thành phố Hải Phòng", "Chuyên viên tổng hợp"),
}
SIDES = {"desk": ("unit", 0), "form": ("unit", 1), "list": ("district", 1), "appraisal": ("district", 2)}
SIDES |= {"overview": ("province", 0), "entry": ("unit", 6), "states": ("unit", 2)}


def frame(page: str) -> dict[str, Any]:
    """Context of base.html as the portal's frame would give it; none for a page without an account."""
    if page not in SIDES:
        return {"sign_in_url": "#sign-in", "demo": page == "bare", "now_text": "10/01/2027 09:00"}
    level, current = SIDES[page]
    place, within, role = PLACES[level]
    return {
        "standing": SimpleNamespace(
            place=place, within=within, role=role, name=f"{role} {place}", key="sample", mandate=None
        ),
        "rooms": [
            (word, f"#{n}", n == current, 4 if n == 0 and level != "province" else 0)
            for n, word in enumerate(ROOMS[level])
        ],
        "switch_url": "#switch",
        "account_url": "#account",
        "sign_out_url": "/sign-out",
        "demo": True,
        "now_text": "10/01/2027 09:00",
        "clock_url": "#clock" if level == "province" else "",
        "portal_version": "1.0.0",
        "help_links": [("Hướng dẫn", "#help"), ("Ai được làm gì", "#rights")],
    }


def gallery() -> Flask:
    """The application: one address per sample page, and /error/<code>."""
    app = Flask("gallery", static_folder=str(ROOT / "portal" / "static"), static_url_path="/static")
    app.jinja_environment = QuickEnvironment
    app.config.update(SECRET_KEY="gallery", WTF_CSRF_ENABLED=True)
    app.jinja_loader = ChoiceLoader(
        [FileSystemLoader(ROOT / "templates"), FileSystemLoader(Path(__file__).with_name("gallery"))]
    )
    app.jinja_env.undefined = StrictUndefined
    CSRFProtect(app)

    @app.get(f"/<any({','.join(PAGES)}):page>")
    def show(page: str) -> str:
        form = EntryForm(formdata=None, data={"name": "Trường Tiểu học Mỹ Đức", "level": "2", "public": True})
        if page == "entry":
            form = EntryForm(
                formdata=None, data={"members": 0, "level": "2", "public": True, "kind": "primary"}
            )
            form.validate()
            form.csrf_token.errors = ()
        listing = Listing(q="tieu hoc", filters={"kind": "primary", "state": ""})
        rows = SimpleNamespace(
            items=list(range(25)), total=1548, number=3, pages=62, per_page=25, url_for=lambda n: f"?page={n}"
        )
        return render_template(f"{page}.html", form=form, listing=listing, page=rows, **frame(page))

    @app.get("/phien")
    def session_now() -> Response:
        return jsonify(owner="sample", token=generate_csrf())

    @app.after_request
    def strict(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        return response

    @app.get("/error/<int:code>")
    def wrong(code: int) -> str:
        return render_template("error.html", code=code, reference="7KQ2M9", **frame("desk"))

    return app


def take_pictures(folder: Path) -> list[str]:
    """Write one picture per page and width to the folder; returns what axe, the console and the width say."""
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    folder.mkdir(parents=True, exist_ok=True)
    server = make_server("127.0.0.1", 0, gallery(), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    flags = "--no-sandbox --disable-gpu --disable-dev-shm-usage --disable-quic --no-first-run"
    flags += " --disable-background-networking --disable-component-update --disable-sync"
    found: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=flags.split())
        tab = browser.new_page(locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", reduced_motion="reduce")
        tab.on("console", lambda message: found.append(f"console: {message.text}"))
        for page in PAGES:
            for width in WIDTHS:
                tab.set_viewport_size({"width": width, "height": 740 if width < 1000 else 768})
                tab.goto(f"{address}/{'error/409' if page == 'wrong' else page}")
                tab.screenshot(path=folder / f"{page}-{width}.png", full_page=True)
                wide = tab.evaluate("document.documentElement.scrollWidth")
                if wide > width:
                    found.append(f"{page}: {wide} px wide at {width} px")
                if width == 768:
                    continue
                for violation in Axe().run(tab).response["violations"]:
                    places = [node["html"][:160] for node in violation["nodes"][:3]]
                    found.append(f"{page} at {width} px: {violation['id']} {places}")
        browser.close()
    server.shutdown()
    return found


if __name__ == "__main__":
    said = take_pictures(Path(sys.argv[1]))
    sys.stderr.write("\n".join([*said, f"{len(said)} faults\n"]))
    sys.exit(1 if said else 0)
