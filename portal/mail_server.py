"""MAIL_URL: which SMTP server sends the portal's mail, how it is spoken to, and as whom.

`smtp://login:password@host:587?starttls=1&from=…` or `smtps://login:password@host:465?from=…`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

from .stops import WrongSetting

_KNOWN = {"starttls", "from"}
_HERE = {"localhost", "127.0.0.1", "::1"}
FORM = "smtp://tài_khoản:mật_khẩu@máy:587?starttls=1&from=địa_chỉ hoặc smtps://tài_khoản:mật_khẩu@máy:465?from=địa_chỉ"


@dataclass(frozen=True, slots=True)
class MailServer:
    """One SMTP server; `security` is "" (plain), "starttls" or "tls"; `sender` the address letters come from."""

    host: str
    port: int
    security: str
    sender: str
    login: str = ""
    password: str = field(default="", repr=False)


def parse(text: str) -> MailServer:
    """Return the server that MAIL_URL names; raises `WrongSetting` with what is wrong and the right form."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as reason:
        raise _wrong("không phải là một địa chỉ hợp lệ", "is not a valid address") from reason
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path.strip("/"):
        raise _wrong("không hợp lệ", "is wrong")
    options = parse_qs(parts.query, keep_blank_values=True)
    unknown = sorted(set(options) - _KNOWN)
    if unknown:
        raise _wrong(f"có phần không biết: {', '.join(unknown)}", f"has unknown parts: {', '.join(unknown)}")
    wants_tls = options.get("starttls", ["0"])[-1]
    if wants_tls not in ("0", "1"):
        raise _wrong("có starttls khác 0 và 1", "has a starttls that is neither 0 nor 1")
    if wants_tls == "1" and parts.scheme == "smtps":
        raise _wrong("có cả smtps và starttls; chỉ dùng một", "has both smtps and starttls; use one")
    security = "tls" if parts.scheme == "smtps" else "starttls" if wants_tls == "1" else ""
    login, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(login) != bool(password):
        raise _wrong("thiếu tài khoản hoặc mật khẩu", "lacks the login or the password")
    if password and not security and parts.hostname not in _HERE:
        raise _wrong(
            "gửi mật khẩu không mã hóa; thêm starttls=1 hoặc dùng smtps",
            "would send the password in the clear; add starttls=1 or use smtps",
        )
    sender = options.get("from", [login])[-1]
    if not _is_sender(sender):
        raise _wrong("thiếu địa chỉ người gửi (from=…)", "lacks the sender's address (from=…)")
    usual = {"tls": 465, "starttls": 587, "": 25}[security]
    return MailServer(parts.hostname, port or usual, security, sender, login, password)


def _is_sender(address: str) -> bool:
    name, at, domain = address.partition("@")
    plain = address.isascii() and address.isprintable() and not set(address) & set(' <>",;:\\')
    return bool(plain and name and at and domain and "@" not in domain)


def _wrong(vietnamese: str, english: str) -> WrongSetting:
    # The value itself holds a password and is not shown.
    return WrongSetting(
        f"MAIL_URL {vietnamese}. Cần dạng {FORM}.",
        f"MAIL_URL {english}. It must look like smtp://login:password@host:587?starttls=1&from=address.",
    )
