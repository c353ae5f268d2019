"""The API of other systems with its documentation, and the page on which an administrator gives tokens.

What a token reads is answered as JSON with an ETag, what goes wrong as problem+json (RFC 9457) with a sentence.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, current_app, json, jsonify, render_template, request
from werkzeug.exceptions import HTTPException

from portal import clock
from portal.web import back_to
from tenants import signin
from tenants.access import by_token, may, public, signed_in
from tenants.database import db
from tenants.refusal import Refused
from tenants.rights import Right
from tenants.tokens import LONGEST_LIFE, PER_MINUTE, ApiToken

from . import asking, operations
from .forms import TokenForm
from .openapi import PROBLEMS, document
from .resources import RESOURCES, Resource

blueprint = Blueprint("api", __name__)
_machines = Blueprint("api_v1", __name__)
"""What only machines ask: here, and only here, errors are problem+json."""

_SENTENCES = {
    401: "Xin gửi khóa còn hiệu lực: Authorization: Bearer dvht_…",
    404: "Không có dòng này trong phạm vi của khóa.",
    429: f"Mỗi khóa hỏi được {PER_MINUTE} lần một phút. Xin chờ rồi hỏi lại.",
}
_FAILED = "Có lỗi của hệ thống. Xin hỏi lại sau ít phút."


def _problem(status: int, sentence: str) -> Response:
    said = {
        "type": "about:blank",
        "title": PROBLEMS.get(status, "Lỗi"),
        "status": status,
        "detail": sentence,
    }
    answer = Response(json.dumps(said), status, content_type="application/problem+json")
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    if status == 429:
        answer.headers["Retry-After"] = "60"
    return answer


@_machines.errorhandler(HTTPException)
def _http_problem(error: HTTPException) -> Any:
    db.session.rollback()
    status = error.code or 500
    return _problem(status, _SENTENCES.get(status, _FAILED))


@_machines.errorhandler(Refused)
def _refused(refused: Refused) -> Any:
    db.session.rollback()
    return _problem(refused.status, refused.sentence)


@_machines.errorhandler(Exception)
def _unexpected(error: Exception) -> Any:
    if current_app.config.get("PROPAGATE_EXCEPTIONS"):
        raise error
    current_app.logger.error("%s %s", request.method, request.path, exc_info=error)
    db.session.rollback()
    return _problem(500, _FAILED)


def _resource(slug: str) -> Resource:
    known = RESOURCES.get(slug)
    if known is None:
        abort(404)
    return known


def _answer(said: dict[str, Any]) -> Any:
    answer = jsonify(said)
    answer.add_etag()
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer.make_conditional(request)


@_machines.get("/api/v1/<resource>")
@by_token
def rows(resource: str) -> Any:
    """Give a page of the rows a token may see."""
    return _answer(asking.page(_resource(resource), request.args.to_dict()))


@_machines.get("/api/v1/<resource>/<key>")
@by_token
def row(resource: str, key: str) -> Any:
    """Give one row; another place's row is as unknown as one that does not exist."""
    known, number = _resource(resource), asking.key_of(key)
    found = asking.one(known, number) if number else None
    if found is None:
        abort(404)
    return _answer(found)


blueprint.register_blueprint(_machines)


def _server() -> str:
    base: str = current_app.extensions["settings"].base
    return f"{base}/api/v1"


@blueprint.get("/api/v1/openapi.json")
@public("the documentation shows no row of anybody")
def openapi() -> Any:
    """Give the documentation in the form machines read."""
    return jsonify(document(_server()))


@blueprint.get("/api/")
@public("the documentation shows no row of anybody")
def documentation() -> str:
    """Explain the API to people, from the same table."""
    return render_template(
        "api/documentation.html",
        resources=RESOURCES.values(),
        server=_server(),
        per_minute=PER_MINUTE,
        usual=asking.USUAL,
        most=asking.MOST,
        longest=LONGEST_LIFE,
        problems=PROBLEMS,
        today=clock.today(),
    )


@blueprint.get("/khoa-api")
@may(Right.MANAGE_TOKENS)
def tokens() -> str:
    """Show the tokens of the place: what for, until when, how much used."""
    return _page(TokenForm(formdata=None))


def _page(form: TokenForm, fault: str = "") -> str:
    place = signed_in().here
    at = signin.now()
    return render_template(
        "api/tokens.html",
        form=form,
        fault=fault,
        rows=operations.own_tokens(place.tenant_id),
        alive=lambda row: row.alive(at),
        place=place.tenant_name,
        per_minute=PER_MINUTE,
    )


@blueprint.post("/khoa-api")
@may(Right.MANAGE_TOKENS)
def make_token() -> Any:
    """Make a token and show it, this once."""
    form = TokenForm()
    if not form.validate():
        return _page(form), 422
    try:
        row, token = operations.make_token(
            signed_in(), form.name.data or "", form.purpose.data or "", int(form.days.data)
        )
    except Refused as refused:
        db.session.rollback()
        return _page(form, refused.sentence), refused.status
    example = f"curl -H 'Authorization: Bearer {token}' {_server()}/units"
    return render_template("api/token.html", row=row, token=token, example=example)


@blueprint.post("/khoa-api/<int:token_id>/thu-hoi")
@may(Right.MANAGE_TOKENS)
def revoke_token(token_id: int) -> Any:
    """Take a token back."""
    row: ApiToken = operations.revoke_token(signed_in(), token_id)
    return back_to("api.tokens", f"Đã thu hồi khóa “{row.name}”. Từ giờ khóa không đọc được gì.")
