"""Small decisions of the sign-in pages: where to go next, how long to wait, what device it was. Pure."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urlsplit

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("coc_coc_browser", "Cốc Cốc"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "điện thoại Android"),
    ("Windows", "máy tính Windows"),
    ("Mac OS", "máy tính Mac"),
    ("Linux", "máy tính Linux"),
)
_NOT_AFTER_SIGN_IN = ("/dang-nhap", "/dang-xuat", "/lien-ket")


def safe_next(path: str) -> str:
    """Return where to go after signing in: a path of this site, "/" for anything else."""
    if not path.startswith("/") or path.startswith(("//", "/\\")) or len(path) > 2000:
        return "/"
    if re.search(r"[\x00-\x20\\\x7f-\x9f]", path):
        return "/"
    parts = urlsplit(path)
    if parts.scheme or parts.netloc or parts.path.startswith(_NOT_AFTER_SIGN_IN):
        return "/"
    return path


def wait_text(until: datetime, now: datetime) -> str:
    """Say how long to wait, rounded up: "8 giây", "5 phút"."""
    seconds = max(1, int((until - now).total_seconds()) + 1)
    return f"{seconds} giây" if seconds < 60 else f"{-(-seconds // 60)} phút"


def device(agent: str) -> str:
    """Name a browser and the device it runs on in words, from its User-Agent."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    if browser and system:
        return f"{browser} trên {system}"
    return browser or (system[:1].upper() + system[1:]) or "Thiết bị không rõ"
