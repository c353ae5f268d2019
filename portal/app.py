"""The program: settings, database, sign-in, frame, rooms and commands put together."""

from __future__ import annotations

from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from flask import redirect, request, url_for
from flask_login import LoginManager, current_user
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import event
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import frame, web
from portal.account import door
from portal.addresses import Portal
from portal.command_line import register_commands
from portal.config import Settings, read
from portal.rooms import open_rooms
from portal.tiers import TieredEnvironment
from tenants import standing
from tenants.access import GuardedFlask
from tenants.database import OVERSIGHT, STEWARD, Cursor, db
from tenants.identity import Identity
from tenants.scope import Scope, ScopeKind, asking_in, enter, follow_scope

__all__ = ["build"]

ROOT = Path(__file__).resolve().parent.parent
# The connection used last is used next: it has the statements of most pages prepared.
POOL = {"pool_size": 8, "max_overflow": 0, "pool_timeout": 10, "pool_pre_ping": True, "pool_use_lifo": True}
LIMITS = "-c statement_timeout=15000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=60000"
CONNECTION = {"options": LIMITS, "cursor_factory": Cursor}


def build(settings: Settings | None = None) -> GuardedFlask:
    """Build the program from its settings (read from the environment when none are given).

    Raises `WrongSetting` with a sentence for a wrong or missing setting.
    """
    settings = settings or read()
    app = Portal(
        "portal",
        root_path=str(ROOT / "portal"),
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "portal" / "static"),
    )
    app.jinja_environment = TieredEnvironment
    app.extensions["settings"] = settings
    app.config.update(_configuration(settings))
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.trusted_proxies, x_proto=settings.trusted_proxies
        )
    db.init_app(app)
    with app.app_context():
        for login, engine in db.engines.items():
            follow_scope(engine)
            if login == STEWARD:
                _lift_limits(engine)
    app.add_url_rule("/favicon.ico", endpoint="static", defaults={"filename": "favicon.ico"})
    web.admit_sizes(app)
    CSRFProtect(app)
    _sign_in(app)
    door.install(app)
    web.install(app)
    frame.install(app)
    open_rooms(app)
    register_commands(app)
    return app


def _configuration(settings: Settings) -> dict[str, Any]:
    urls = settings.urls()
    binds = {OVERSIGHT: _engine(urls.oversight)}
    if urls.admin:
        binds[STEWARD] = _engine(urls.admin)
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": _driver(urls.web),
        "SQLALCHEMY_ENGINE_OPTIONS": {**POOL, "connect_args": CONNECTION},
        "SQLALCHEMY_BINDS": binds,
        "SESSION_COOKIE_NAME": "__Host-phien" if settings.https else "phien",
        "SESSION_COOKIE_SECURE": settings.https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(days=7),
        "PREFERRED_URL_SCHEME": "https" if settings.https else "http",
        "WTF_CSRF_TIME_LIMIT": None,
        "MAX_CONTENT_LENGTH": 2 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
        "REQUIRE_TOTP": settings.require_totp,
        "VERSION": _version(),
    }


def _driver(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def _engine(url: str) -> dict[str, Any]:
    return {"url": _driver(url), **POOL, "connect_args": CONNECTION}


def _lift_limits(engine: Any) -> None:
    """Let the operator's commands run as long as they need."""

    @event.listens_for(engine, "begin")
    def _no_timeout(connection: Any) -> None:
        connection.connection.driver_connection.execute("SET LOCAL statement_timeout = 0")


def _version() -> str:
    try:
        return version("cong-don-vi-hoc-tap")
    except PackageNotFoundError:
        return ""


def _sign_in(app: GuardedFlask) -> None:
    manager = LoginManager(app)
    manager.session_protection = None

    @manager.user_loader
    def _load(token: str) -> Identity | None:
        with asking_in(Scope(ScopeKind.SIGNIN)):
            return standing.identify(token)

    @manager.unauthorized_handler
    def _unauthorized() -> Any:
        if web.wants_part():
            return web.error_page(401)
        if request.method == "GET":
            return redirect(url_for("account.sign_in", tiep=request.full_path.rstrip("?")))
        return web.error_page(401)

    @app.before_request
    def _who() -> None:
        # The session is looked up before the view enters its own scope: looking it up changes scope.
        if request.endpoint != "static":
            _ = current_user.is_authenticated

    @app.teardown_request
    def _leave(_error: BaseException | None) -> None:
        enter(None)
