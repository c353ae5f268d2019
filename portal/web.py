"""What every page shares: headers, errors at the edge, lists, and the frame around the content.

Errors are met once, here. A refusal becomes a sentence on the page it came from; another district's
row is 404 like an unknown one; a missing right is 403 with its sentence.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote, urlencode, urlsplit

import psycopg
from flask import Flask, Response, current_app, flash, g, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError, generate_csrf
from sqlalchemy import Select, bindparam, func, literal_column, select
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response as WerkzeugResponse
from werkzeug.wsgi import wrap_file

from portal.tiers import tier_here
from portal.typed import line
from portal.words import UnitKind, in_words_of, kinds_of
from tenants.database import db
from tenants.refusal import Refused

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}; "
    "object-src 'none'"
)
CHANGED_MEANWHILE = "Có người vừa sửa nội dung này trước anh/chị. Trang đã nạp lại số liệu mới nhất; xin xem lại rồi thực hiện lại."
LAST_ROW = 2**31 - 1
PATIENCE = 30  # seconds until one may ask again when the database was busy
UNSTORABLE = "Nội dung gửi lên có ký tự hoặc con số không lưu được. Xin kiểm tra lại rồi gửi lại."
FROZEN = "Nội dung này đã được ký hoặc đã ban hành nên không sửa được nữa."

_TITLES = {
    400: ("Yêu cầu chưa đúng", "Trình duyệt gửi thiếu thông tin. Xin tải lại trang rồi làm lại."),
    401: ("Cần đăng nhập", "Phiên làm việc đã kết thúc. Xin đăng nhập lại."),
    403: ("Không có quyền", "Vai trò anh/chị đang dùng không làm được việc này."),
    404: ("Không tìm thấy", "Trang hoặc hồ sơ này không có trong phạm vi của anh/chị."),
    405: ("Không thực hiện được", "Địa chỉ này không nhận thao tác vừa gửi."),
    409: ("Chưa thực hiện được", CHANGED_MEANWHILE),
    413: ("Dữ liệu quá lớn", "Tệp hoặc nội dung gửi lên vượt quá mức cho phép."),
    422: ("Dữ liệu chưa hợp lệ", "Xin kiểm tra lại nội dung đã nhập."),
    429: ("Thử lại sau", "Có quá nhiều lần thử. Xin chờ một lát rồi làm lại."),
    500: ("Có lỗi của hệ thống", "Chưa có gì thay đổi. Xin thử lại; nếu vẫn lỗi, báo cho người quản trị."),
    503: ("Đang quá tải", "Hệ thống đang bận. Xin thử lại sau ít phút; nội dung đã nhập vẫn còn trên máy."),
}


def office_here(sentence: str) -> str:
    """Return our own sentence as it is said where the signed-in person acts."""
    return in_words_of(tier_here(), sentence)


def kinds_here() -> Mapping[str, UnitKind]:
    """Return the kinds of unit that are recognised where the signed-in person acts."""
    return kinds_of(tier_here())


class RowNumber(IntegerConverter):
    """A row's number in an address; one that no row can have is an unknown address, not a database error."""

    def __init__(self, map: Map, *args: Any, **kwargs: Any) -> None:  # noqa: A002
        super().__init__(map, *args, **{"max": LAST_ROW, **kwargs})


def install(app: Flask) -> None:
    """Attach headers, error pages, static versions and list defaults to the program."""
    app.url_map.converters["int"] = RowNumber
    app.after_request(_secure)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(DBAPIError, _database_error)
    app.register_error_handler(PoolTimeout, _busy)
    app.register_error_handler(Exception, _unexpected)
    app.url_defaults(_version_static(app))
    # A page of forms asks for the token once a form; flask_wtf reads five settings each time.
    app.jinja_env.globals["csrf_token"] = lambda: g.get("csrf_token") or generate_csrf()


def takes(most: int) -> Callable[[Any], Any]:
    """Let a view receive up to `most` bytes; stands below `@may`. Every other view takes the small default."""

    def mark(view: Any) -> Any:
        view.__most_bytes__ = most
        return view

    return mark


def admit_sizes(app: Flask) -> None:
    """Give each request its view's size limit; must be installed before anything reads the form."""

    @app.before_request
    def _size() -> None:
        most = getattr(app.view_functions.get(request.endpoint or ""), "__most_bytes__", None)
        if most:
            request.max_content_length = most


def _version_static(app: Flask) -> Any:
    versions: dict[str, str] = {}

    def add(endpoint: str, values: dict[str, Any]) -> None:
        name = values.get("filename")
        if endpoint != "static" or not name:
            return
        if name not in versions or app.debug:
            path = Path(app.static_folder or "") / name
            versions[name] = hashlib.sha256(path.read_bytes()).hexdigest()[:10] if path.is_file() else ""
        if versions[name]:
            values["v"] = versions[name]

    return add


def _secure(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CSP.format(ancestors="'none'"))
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if request.endpoint == "static":
        headers["Cache-Control"] = (
            "public, max-age=31536000, immutable" if request.args.get("v") else "no-cache"
        )
    else:
        headers.setdefault("Cache-Control", "no-store")
    return response


def wants_part() -> bool:
    """Return whether the request came from htmx and wants a part of a page."""
    return request.headers.get("HX-Request") == "true"


def error_page(code: int, sentence: str = "", title: str = "") -> tuple[str, int]:
    """Render the page of an error with its sentence and a way on."""
    known_title, known_sentence = _TITLES.get(code, _TITLES[500])
    page = render_template(
        "error.html",
        code=code,
        page_code=code,
        title=title or known_title,
        sentence=sentence or known_sentence,
    )
    return page, code


def _http_error(error: HTTPException) -> Any:
    db.session.rollback()
    try:
        return _known_error(error)
    except (OperationalError, PoolTimeout) as reason:  # the frame of the page needs the database
        return _busy(reason)


def _known_error(error: HTTPException) -> Any:
    code = error.code or 500
    if isinstance(error, CSRFError):
        return error_page(400, "Trang đã mở quá lâu hoặc phiên đã đổi. Xin tải lại trang rồi gửi lại.")
    if code < 400 and isinstance(error.get_response(), WerkzeugResponse):
        return error
    own = error.description if code in (403, 409, 413, 422, 429) else ""
    generic = type(error).description
    answer = error_page(code, own if own and own != generic else "")
    if wants_part():
        return _with_message(answer, own if own and own != generic else _TITLES.get(code, _TITLES[500])[1])
    return answer


def _with_message(answer: tuple[str, int], sentence: str) -> Response:
    response = Response(answer[0], answer[1], mimetype="text/html")
    response.headers["X-Message"] = quote(sentence)
    return response


def _refused(error: Refused) -> Any:
    """Show a refusal where the person stands: back on the page the act was sent from."""
    db.session.rollback()
    if wants_part():
        return _with_message(error_page(error.status, error.sentence), error.sentence)
    back = came_from()
    if request.method == "POST" and back:
        flash(error.sentence, "no")
        return redirect(back)
    return error_page(error.status, error.sentence)


def came_from() -> str | None:
    """Return the path of this site's page that sent the request, never another site's."""
    parts = urlsplit(request.referrer or "")
    if parts.netloc == request.host and parts.path.startswith("/") and not parts.path.startswith("//"):
        return parts.path + (f"?{parts.query}" if parts.query else "")
    return None


def _stale(_error: StaleDataError) -> Any:
    return _refused(Refused(CHANGED_MEANWHILE))


def _database_error(error: DBAPIError) -> Any:
    cause = error.orig
    if isinstance(cause, psycopg.Error) and cause.sqlstate == "PT409":
        return _refused(Refused(FROZEN))
    if isinstance(cause, psycopg.errors.UniqueViolation):
        return _refused(Refused(CHANGED_MEANWHILE))
    if isinstance(cause, (psycopg.errors.DeadlockDetected, psycopg.errors.LockNotAvailable)):
        return _refused(Refused("Nhiều người đang lưu cùng lúc. Chưa có gì thay đổi, xin thử lại."))
    if isinstance(cause, psycopg.DataError):
        current_app.logger.error("%s %s: a value the database cannot hold", request.method, request.path)
        return _refused(Refused(UNSTORABLE, 422))
    if isinstance(error, OperationalError):
        return _busy(error)
    return _unexpected(error)


def _busy(error: Exception) -> Response:
    """Ask for patience where the database has no connection or no time left; what was typed stays in the page.

    The page is made without the frame, which would ask the database again and make the crowd wait longer.
    """
    if current_app.config.get("PROPAGATE_EXCEPTIONS"):
        raise error
    current_app.logger.error("%s %s: busy: %s", request.method, request.path, type(error).__name__)
    db.session.rollback()
    title, sentence = _TITLES[503]
    if wants_part():
        response = _with_message((sentence, 503), sentence)
    else:
        page = current_app.jinja_env.get_template("busy.html")
        again = request.method == "POST" and not request.files and not _secret(request.form)
        posted = request.form.items(multi=True) if again else ()
        fields = [(name, value) for name, value in posted if name != "csrf_token"]
        token = request.form.get("csrf_token", "")
        path = request.full_path.rstrip("?")
        shown = page.render(title=title, sentence=sentence, fields=fields, token=token, path=path)
        response = Response(shown, 503, mimetype="text/html")
    response.headers["Retry-After"] = str(PATIENCE)
    return response


def _secret(form: Mapping[str, str]) -> bool:
    """Return whether a form holds what must not be written into a page."""
    return any(name in ("code", "again") or "password" in name for name in form)


def _unexpected(error: Exception, code: int = 500) -> Any:
    if current_app.config.get("PROPAGATE_EXCEPTIONS"):
        raise error
    current_app.logger.error("%s %s", request.method, request.path, exc_info=error)
    db.session.rollback()
    try:
        return error_page(code)
    except Exception:  # the frame itself needs the database; say it without the frame
        current_app.logger.exception("error page failed")
        title, sentence = _TITLES[code]
        return Response(f"{title}. {sentence}", code, mimetype="text/plain")


@dataclass(frozen=True)
class Page:
    """One page of a list: the rows, how many there are in all, and the way to the other pages."""

    items: Sequence[Any]
    total: int
    number: int
    per_page: int

    @property
    def pages(self) -> int:
        """Number of pages, at least one."""
        return max(1, math.ceil(self.total / self.per_page))

    def url_for(self, number: int) -> str:
        """Return the address of another page of the same list."""
        return "?" + urlencode({**request.args.to_dict(), "trang": number})


@dataclass(frozen=True)
class Listing:
    """What the reader of a list asked for: search words, order, filters; only known values pass."""

    q: str
    sort: str
    direction: str
    filters: Mapping[str, str]
    number: int = 1
    defaults: Mapping[str, str] = field(default_factory=dict)

    def url(self, **changes: Any) -> str:
        """Return the address of this list with some choices changed, from its first page."""
        wanted = {"q": self.q, "sort": self.sort, "direction": self.direction, **self.filters, **changes}
        return "?" + urlencode({key: value for key, value in wanted.items() if value not in (None, "")})


def listing(
    sorts: Sequence[str], *, default: str = "", filters: Mapping[str, Sequence[str]] | None = None
) -> Listing:
    """Read a list's choices from the address; unknown values fall back to the default.

    `sorts`: the keys a list can be ordered by, the first being the default unless `default` says.
    `filters`: the allowed values of each filter.
    """
    args = request.args
    chosen = args.get("sort", "")
    allowed = filters or {}
    return Listing(
        q=line(args.get("q", ""))[:100],
        sort=chosen if chosen in sorts else (default or sorts[0]),
        direction="desc" if args.get("direction") == "desc" else "asc",
        filters={k: args.get(k, "") if args.get(k, "") in values else "" for k, values in allowed.items()},
        number=page_number(),
    )


def page_number() -> int:
    """Return which page of a list the address asks for, the first one where it names none that can be."""
    asked = request.args.get("trang", "1")
    return int(asked) if asked.isascii() and asked.isdigit() and 0 < int(asked) < 100_000 else 1


def page_of(rows: Sequence[Any], number: int, per_page: int) -> Page:
    """Return one page of rows that are at hand; a page past the end becomes the last one."""
    number = min(number, max(1, math.ceil(len(rows) / per_page)))
    return Page(rows[(number - 1) * per_page : number * per_page], len(rows), number, per_page)


def paginate(statement: Select[Any], number: int, per_page: int = 25) -> Page:
    """Return one page of a totally ordered statement; a page past the end becomes the last one."""
    counted = select(func.count()).select_from(statement.order_by(None).options().subquery())
    total = int(db.session.scalar(counted) or 0)
    number = min(number, max(1, math.ceil(total / per_page)))
    rows = db.session.execute(statement.limit(per_page).offset((number - 1) * per_page)).all()
    return Page([row[0] if len(row) == 1 else row for row in rows], total, number, per_page)


@dataclass(frozen=True, eq=False)
class Paged:
    """A list whose statement is built once: its rows are a page cut out by `one_page`, each with `of_all`."""

    rows: Select[Any]
    per_page: int


def one_page(keys: Select[Any], per_page: int) -> Select[Any]:
    """Return one page of a totally ordered statement, each row with how many there are in all (`of_all`)."""
    # How many rows a page has stands in the statement: a plan made for any number would read the whole list.
    limit: Any = literal_column(str(per_page))
    return keys.add_columns(func.count().over().label("of_all")).limit(limit).offset(bindparam("rows_before"))


def page_through(paged: Paged, number: int, **values: Any) -> Page:
    """Return one page of a list; one past the end becomes the last one. `values`: of the statement's parameters."""

    def rows_of(number: int) -> Sequence[Any]:
        return db.session.execute(paged.rows, {**values, "rows_before": (number - 1) * paged.per_page}).all()

    rows = rows_of(number)
    if not rows and number > 1:
        first = rows_of(1)
        number = max(1, math.ceil(first[0].of_all / paged.per_page)) if first else 1
        rows = rows_of(number) if number > 1 else first
    return Page(rows, rows[0].of_all if rows else 0, number, paged.per_page)


def download(
    content: bytes | IO[bytes], name: str, media_type: str, *, inline: bool = False, size: int | None = None
) -> Response:
    """Return a file to the browser: shut in a sandbox, never sniffed, its Vietnamese name kept.

    An open file of `size` bytes is sent piece by piece and closed at the end.
    """
    if isinstance(content, bytes):
        response = Response(content, mimetype=media_type)
    else:
        response = Response(wrap_file(request.environ, content), mimetype=media_type, direct_passthrough=True)
        response.content_length = size
    kind = "inline" if inline else "attachment"
    response.headers["Content-Disposition"] = f"{kind}; filename*=UTF-8''{quote(name)}"
    if inline:
        response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'self'"
        response.headers["X-Frame-Options"] = "SAMEORIGIN"
    else:
        response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def back_to(endpoint: str, sentence: str = "", category: str = "ok", **values: Any) -> WerkzeugResponse:
    """Answer a changing request: a short message, and on to the page that shows the result."""
    if sentence:
        flash(sentence, category)
    return redirect(url_for(endpoint, **values), 303)
