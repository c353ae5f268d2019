"""What comes before every page of work: a place to act in, and the second factor where it is required."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, redirect, request, url_for
from flask_login import current_user

from portal.web import error_page, wants_part

from .operations import must_enrol

NO_PLACE = "Anh/chị không còn nơi làm việc nào có hiệu lực. Xin liên hệ người quản trị nơi mình làm việc."
ENROL_FIRST = "Vai trò của anh/chị cần mã xác thực hai lớp. Xin bật mã xác thực trước khi làm việc tiếp."


def install(app: Flask) -> None:
    """Lead signed-in persons to what they must do before they work."""

    @app.before_request
    def _lead() -> Any:
        view = app.view_functions.get(request.endpoint or "")
        guarded = getattr(view, "__right__", None) is not None
        if not guarded or not current_user.is_authenticated:
            return None
        if current_user.place is None:
            return _answer("account.places", NO_PLACE)
        own_page = (request.endpoint or "").startswith("account.")
        if not own_page and must_enrol(current_user, current_app.config["REQUIRE_TOTP"]):
            return _answer("account.second_factor_settings", ENROL_FIRST)
        return None


def _answer(endpoint: str, sentence: str) -> Any:
    if request.method in ("GET", "HEAD") and not wants_part():
        return redirect(url_for(endpoint))
    return error_page(403, sentence)
