"""The settings of the program, read once from the environment.

Every setting is listed in `read`; a wrong or missing one raises `WrongSetting` with a sentence for the operator.
Without DATABASE_URL the database is a private server in the data folder (`portal.embedded`).
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from .embedded import Server, Urls
from .embedded.folders import write_once
from .evidence.place import Bucket, bucket_of
from .mail_server import MailServer
from .mail_server import parse as parse_mail
from .stops import WrongSetting

__all__ = ["ROOT", "Settings", "WrongSetting", "read"]

ROOT = Path(__file__).resolve().parent.parent
DATABASE = "portal"
SHORTEST_SECRET = 32
_YES = {"1", "true", "yes", "on", "có"}
_NO = {"0", "false", "no", "off", "không"}


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator decided; secrets do not appear in its repr.

    data: folder of database, evidence, generated files and logs. host, port: where gunicorn listens.
    workers, threads: of gunicorn. evidence: folder of the evidence store, unless `bucket` is
    given. evidence_quota: bytes one unit may keep. mail: SMTP server, or none.
    public_url: the address people use, without a slash at the end. require_totp: enforce one-time codes.
    metrics_token: what a monitor elsewhere must know to read `/metrics`; "" leaves that to this machine.
    demo: whether `scripts/run` builds the demo province. trusted_proxies: proxies whose X-Forwarded headers count.
    """

    data: Path
    host: str
    port: int
    workers: int
    threads: int
    evidence: Path
    bucket: Bucket | None
    evidence_quota: int
    public_url: str | None
    require_totp: bool
    demo: bool
    trusted_proxies: int
    secret_key: str = field(repr=False)
    metrics_token: str = field(repr=False)
    mail: MailServer | None = field(repr=False)
    database_url: str | None = field(repr=False)
    database_url_province: str | None = field(repr=False)
    database_url_admin: str | None = field(repr=False)

    @property
    def private(self) -> bool:
        """Whether the database is the private server of the data folder."""
        return self.database_url is None

    @property
    def https(self) -> bool:
        """Whether people come over https, so that cookies are Secure and HSTS is sent."""
        return self.public_url is not None and self.public_url.startswith("https://")

    @property
    def base(self) -> str:
        """The address that links in mail and from commands begin with."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def server(self) -> Server:
        """The private server of the data folder; it is not started by asking for it."""
        return Server(self.data / "postgres")

    @property
    def logs(self) -> Path:
        """Folder of the program's logs."""
        return self.data / "logs"

    def start_server(self) -> Server | None:
        """Start the private server, if it is used and does not run, and create its empty database.

        It ends with this process. Returns None when DATABASE_URL names another server. Raises `NoDatabase`.
        """
        if not self.private:
            return None
        server = self.server
        server.ensure()
        server.create_database(DATABASE)
        return server

    def urls(self) -> Urls:
        """Return the database URLs of the three logins; `admin` is empty when it was not given."""
        if self.database_url is None:
            return self.server.urls(DATABASE)
        return Urls(self.database_url_admin or "", self.database_url, self.database_url_province or "")

    def admin_url(self) -> str:
        """Return the URL of the login that owns the schema, which only commands need.

        Raises `WrongSetting` when DATABASE_URL is set and DATABASE_URL_ADMIN is not.
        """
        url = self.urls().admin
        if not url:
            raise WrongSetting(
                "Lệnh này cần DATABASE_URL_ADMIN: địa chỉ cơ sở dữ liệu với tài khoản portal_migrate.",
                "This command needs DATABASE_URL_ADMIN: the database URL of the login portal_migrate.",
            )
        return url


def read(environ: Mapping[str, str] | None = None) -> Settings:
    """Read and check all settings; creates the data folder and, for the private server, the secret.

    Raises `WrongSetting`.
    """
    given = {
        name: value.strip()
        for name, value in (os.environ if environ is None else environ).items()
        if value.strip()
    }
    data = _folder("PORTAL_DATA", Path(given.get("PORTAL_DATA", "var")), ROOT)
    database_url = _database(given, "DATABASE_URL")
    province = _database(given, "DATABASE_URL_PROVINCE")
    admin = _database(given, "DATABASE_URL_ADMIN")
    _check_logins(database_url, province, admin)
    evidence, bucket = _evidence(given, data)
    return Settings(
        data=data,
        host=given.get("HOST", "127.0.0.1"),
        port=_number(given, "PORT", 8000, 1, 65535),
        workers=_number(given, "WORKERS", 2, 1, 64),
        threads=_number(given, "THREADS", 8, 1, 64),
        evidence=evidence,
        bucket=bucket,
        evidence_quota=_number(given, "EVIDENCE_QUOTA_MB", 2000, 50, 10_000_000) * 1_000_000,
        public_url=_public(given.get("PUBLIC_URL")),
        require_totp=_flag(given, "REQUIRE_TOTP", False),
        demo=_flag(given, "PORTAL_DEMO", database_url is None),
        trusted_proxies=_number(given, "TRUSTED_PROXIES", 0, 0, 8),
        metrics_token=given.get("METRICS_TOKEN", ""),
        secret_key=_secret(given.get("SECRET_KEY"), data, private=database_url is None),
        mail=parse_mail(given["MAIL_URL"]) if "MAIL_URL" in given else None,
        database_url=database_url,
        database_url_province=province,
        database_url_admin=admin,
    )


def _folder(name: str, path: Path, base: Path) -> Path:
    # The folders are passed through by the account that runs PostgreSQL, but not listed by it.
    folder = (base / path.expanduser()).absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o711)
    except OSError as reason:
        raise WrongSetting(
            f"{name}: không tạo được thư mục {folder} ({reason.strerror}).",
            f"{name}: the folder {folder} cannot be created.",
        ) from reason
    if not os.access(folder, os.W_OK | os.X_OK):
        raise WrongSetting(
            f"{name}: tài khoản đang chạy không được ghi vào thư mục {folder}.",
            f"{name}: this account may not write to the folder {folder}.",
        )
    return folder


def _number(given: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = given.get(name, str(default))
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise WrongSetting(
            f"{name}={text} không hợp lệ: cần một số nguyên từ {least} đến {most}.",
            f"{name}={text} is wrong: a whole number from {least} to {most} is needed.",
        )
    return int(text)


def _flag(given: Mapping[str, str], name: str, default: bool) -> bool:
    text = given.get(name)
    if text is None:
        return default
    if text.lower() not in _YES | _NO:
        raise WrongSetting(
            f"{name}={text} không hợp lệ: hãy đặt 1 (có) hoặc 0 (không).",
            f"{name}={text} is wrong: set 1 (yes) or 0 (no).",
        )
    return text.lower() in _YES


def _database(given: Mapping[str, str], name: str) -> str | None:
    text = given.get(name)
    if text is None:
        return None
    parts = _split(name, text)
    if parts.scheme not in ("postgresql", "postgres") or not parts.username or not parts.path.strip("/"):
        raise WrongSetting(
            f"{name} phải có dạng postgresql://tài_khoản:mật_khẩu@máy/tên_cơ_sở_dữ_liệu (PostgreSQL 15 trở lên).",
            f"{name} must look like postgresql://login:password@host/database (PostgreSQL 15 or newer).",
        )
    return urlunsplit(parts._replace(scheme="postgresql"))


def _check_logins(web: str | None, province: str | None, admin: str | None) -> None:
    if web is None:
        lone = "DATABASE_URL_PROVINCE" if province else "DATABASE_URL_ADMIN" if admin else None
        if lone:
            raise WrongSetting(
                f"Đã đặt {lone} nhưng thiếu DATABASE_URL.", f"{lone} is set but DATABASE_URL is missing."
            )
        return
    if province is None:
        raise WrongSetting(
            "Thiếu DATABASE_URL_PROVINCE: cấp tỉnh đọc qua tài khoản riêng portal_oversight.",
            "DATABASE_URL_PROVINCE is missing: the province reads through its own login portal_oversight.",
        )
    logins = [urlsplit(url).username for url in (web, province, admin) if url]
    if len(set(logins)) < len(logins):
        raise WrongSetting(
            "DATABASE_URL, DATABASE_URL_PROVINCE và DATABASE_URL_ADMIN phải dùng ba tài khoản khác nhau "
            "(portal_web, portal_oversight, portal_migrate).",
            "DATABASE_URL, DATABASE_URL_PROVINCE and DATABASE_URL_ADMIN must use three different logins "
            "(portal_web, portal_oversight, portal_migrate).",
        )


def _secret(text: str | None, data: Path, *, private: bool) -> str:
    kept = data / "secret"
    if text is None and private:
        if not kept.exists():
            write_once(kept, secrets.token_urlsafe(48))
        text = kept.read_text().strip()
    if text is None:
        raise WrongSetting(
            "Thiếu SECRET_KEY: cần một chuỗi bí mật ngẫu nhiên từ 32 ký tự. Tạo bằng lệnh: "
            'python3 -c "import secrets; print(secrets.token_urlsafe(48))"',
            "SECRET_KEY is missing: a random secret of 32 characters or more is needed; the command above makes one.",
        )
    if len(text) < SHORTEST_SECRET:
        raise WrongSetting(
            f"SECRET_KEY quá ngắn: cần ít nhất {SHORTEST_SECRET} ký tự, đang có {len(text)}.",
            f"SECRET_KEY is too short: at least {SHORTEST_SECRET} characters are needed, it has {len(text)}.",
        )
    return text


def _evidence(given: Mapping[str, str], data: Path) -> tuple[Path, Bucket | None]:
    text = given.get("EVIDENCE_URL")
    if text is None:
        return _folder("EVIDENCE_URL", Path("evidence"), data), None
    parts = _split("EVIDENCE_URL", text)
    if parts.scheme == "s3":
        return data, bucket_of(parts, given)
    if parts.scheme != "file" or parts.netloc not in ("", "localhost") or not parts.path:
        raise WrongSetting(
            f"EVIDENCE_URL={text} không hợp lệ: cần dạng file:///đường/dẫn/tới/thư/mục "
            "hoặc s3://thùng-chứa/tiền-tố?endpoint=https://máy&region=vùng.",
            f"EVIDENCE_URL={text} is wrong: it must look like file:///path/to/folder or s3://bucket/prefix?endpoint=….",
        )
    folder = _folder("EVIDENCE_URL", Path(unquote(parts.path)), data)
    if folder.resolve().is_relative_to(ROOT / "portal" / "static"):
        raise WrongSetting(
            f"EVIDENCE_URL={text} nằm trong thư mục công khai; minh chứng phải ở ngoài portal/static.",
            f"EVIDENCE_URL={text} lies in the public folder; evidence must stay outside portal/static.",
        )
    return folder, None


def _public(text: str | None) -> str | None:
    if text is None:
        return None
    parts = _split("PUBLIC_URL", text)
    plain = parts.path in ("", "/") and not parts.query and not parts.fragment and not parts.username
    if parts.scheme not in ("http", "https") or not parts.hostname or not plain:
        raise WrongSetting(
            f"PUBLIC_URL={text} không hợp lệ: cần dạng https://tên-miền, không có đường dẫn phía sau.",
            f"PUBLIC_URL={text} is wrong: it must look like https://host, with no path behind it.",
        )
    return f"{parts.scheme}://{parts.netloc}"


def _split(name: str, text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError as reason:
        raise WrongSetting(
            f"{name} không phải là một địa chỉ hợp lệ.", f"{name} is not a valid address."
        ) from reason
    return parts
