"""Somebody at the portal's door inside this process: requests go through WSGI, without a network between."""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from flask import g, has_app_context
from sqlalchemy import select
from werkzeug.test import EnvironBuilder

from tenants import signin
from tenants.access import GuardedFlask
from tenants.database import db
from tenants.people import Account
from tenants.scope import Scope, ScopeKind, acting_in

TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')


def request(app: Any, environ: Mapping[str, Any], body: bytes = b"") -> tuple[int, bytes, dict[str, str]]:
    """Send one request to a WSGI program; returns status, body and headers."""
    if has_app_context():  # a request begins with nothing remembered, as on a server
        for key in list(g):
            g.pop(key)
    told: list[Any] = []
    sent = {**environ, "wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
    answer = app.wsgi_app(sent, lambda status, headers, _info=None: told.extend((status, headers)))
    try:
        content = b"".join(answer)
    finally:
        if hasattr(answer, "close"):
            answer.close()
    return int(told[0][:3]), content, dict(told[1])


class Visitor:
    """A signed-in person."""

    def __init__(self, app: GuardedFlask, login: str) -> None:
        self.app = app
        with app.app_context(), acting_in(Scope(ScopeKind.SIGNIN)):
            number = db.session.scalars(select(Account.id).where(Account.login == login)).one()
            token = signin.open_session(number, "127.0.0.1", "bench")
        with app.test_client() as client:
            with client.session_transaction() as session:
                session["_user_id"], session["_fresh"] = token, True
            cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
        assert cookie is not None
        self._cookie = f"{cookie.key}={cookie.value}"
        self._token = ""

    def _environ(self, path: str, method: str = "GET", **headers: str) -> dict[str, Any]:
        made: dict[str, Any] = EnvironBuilder(
            path=path.partition("?")[0],
            query_string=path.partition("?")[2],
            method=method,
            headers={"Cookie": self._cookie, **headers},
        ).get_environ()
        return made

    def reads(self, path: str) -> Any:
        """Return a function that gets a page and insists on status 200."""
        _, _, headers = request(self.app, self._environ(path))
        if "Set-Cookie" in headers:  # as a browser does, which then has a token for forms
            self._cookie = headers["Set-Cookie"].partition(";")[0]
        environ = self._environ(path)

        def read() -> str:
            status, content, _ = request(self.app, environ)
            if status != 200:
                raise RuntimeError(f"{path}: {status}")
            return content.decode()

        return read

    def writes(self, path: str, on: str) -> Any:
        """Return a function that posts a form as a script would, with the token of the page `on`."""
        status, content, headers = request(self.app, self._environ(on))
        found = TOKEN.search(content.decode())
        if status != 200 or found is None:
            raise RuntimeError(f"{on}: {status}, no token")
        if "Set-Cookie" in headers:
            self._cookie = headers["Set-Cookie"].partition(";")[0]
        environ = self._environ(path, "POST", **{"HX-Request": "true"})
        environ["CONTENT_TYPE"] = "application/x-www-form-urlencoded"

        def write(form: Mapping[str, str]) -> str:
            body = urlencode({**form, "csrf_token": found[1]}).encode()
            status, content, _ = request(self.app, environ, body)
            if status != 200:
                raise RuntimeError(f"{path}: {status} {content.decode()[:300]}")
            return content.decode()

        return write
