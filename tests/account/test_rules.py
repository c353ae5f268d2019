"""Where to go next, how long to wait, what device it was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from portal.account.rules import device, safe_next, wait_text


@pytest.mark.parametrize("path", ["/", "/ho-so/12", "/huyen/ho-so?trang=2&q=m%E1%BB%B9", "/tinh#a"])
def test_a_path_of_this_site_is_kept(path: str) -> None:
    """Whoever was sent to sign in comes back to the page asked for."""
    assert safe_next(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "ho-so",
        "https://evil.example/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/a b",
        "javascript:alert(1)",
        "/dang-xuat",
        "/dang-nhap?tiep=/dang-nhap",
        "/lien-ket/x",
        "/" + "a" * 3000,
    ],
)
def test_anything_else_becomes_the_home_page(path: str) -> None:
    """A forged link cannot use our sign-in to lead people elsewhere."""
    assert safe_next(path) == "/"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.1, "1 giây"), (7.5, "8 giây"), (59.5, "1 phút"), (290, "5 phút")]
)
def test_waits_are_said_in_words(seconds: float, text: str) -> None:
    """Seconds below a minute, minutes above, never too short."""
    now = datetime(2026, 11, 21, tzinfo=UTC)
    assert wait_text(now + timedelta(seconds=seconds), now) == text


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36",
            "Chrome trên máy tính Windows",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36 Edg/131.0",
            "Edge trên máy tính Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1",
            "Safari trên iPhone",
        ),
        (
            "Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Mobile Safari/537.36",
            "Chrome trên điện thoại Android",
        ),
        ("", "Thiết bị không rõ"),
        ("<script>", "Thiết bị không rõ"),
    ],
)
def test_devices_in_words(agent: str, words: str) -> None:
    """People recognise a session by browser and device."""
    assert device(agent) == words
