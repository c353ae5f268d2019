"""What a supervisor asks: alive (`/healthz`), able to serve (`/readyz`), how it stands (`/metrics`, and a page)."""

from __future__ import annotations

import hmac
from ipaddress import ip_address
from typing import Any

from flask import Blueprint, Response, abort, current_app, render_template, request
from sqlalchemy import select

from portal import migrate
from portal.config import Settings
from portal.cycle.models import Setting
from portal.evidence.store import store
from portal.retention import operations as retention
from tenants.access import may, public
from tenants.database import db
from tenants.rights import Right

from . import queries, rules
from .metrics import written

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@public("a supervisor asks whether the process answers; nothing is read")
def alive() -> tuple[str, int, dict[str, str]]:
    """Answer without touching anything."""
    return "ok\n", 200, {"Content-Type": "text/plain"}


@blueprint.get("/readyz")
@public("a supervisor asks whether database and evidence store can be used; no row is told")
def ready() -> tuple[str, int, dict[str, str]]:
    """Read one setting and ask the evidence store; 503 with the part that fails."""
    failing = []
    try:
        db.session.execute(select(Setting.key).limit(1)).all()
    except Exception as reason:  # whatever is wrong with the database, the answer is the same
        current_app.logger.error("readyz: %s", reason)
        db.session.rollback()
        failing.append("database")
    if fault := store().fault():
        current_app.logger.error("readyz: %s", fault)
        failing.append("evidence store")
    text = "ok\n" if not failing else "not ready: " + ", ".join(failing) + "\n"
    return text, 503 if failing else 200, {"Content-Type": "text/plain"}


@blueprint.get("/metrics")
@public("a monitor of this machine, or one that knows the token, reads numbers of the installation")
def metrics() -> Response:
    """Write every sign for Prometheus; 404 for whoever has no business here, as if there were nothing."""
    if not _may_measure():
        abort(404)
    return Response(written(queries.facts()), mimetype="text/plain; version=0.0.4")


def _may_measure() -> bool:
    settings: Settings = current_app.extensions["settings"]
    if settings.metrics_token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), settings.metrics_token.encode())
    # Behind a proxy that was not declared everybody would seem to be on this machine.
    here = bool(request.remote_addr) and ip_address(request.remote_addr or "").is_loopback
    return here and "X-Forwarded-For" not in request.headers


@blueprint.get("/tinh/van-hanh")
@may(Right.SEE_OPERATION)
def operation() -> Any:
    """Show how the installation stands and what is to be done."""
    facts = queries.facts()
    found = rules.signs(facts)
    return render_template(
        "health/operation.html",
        signs=found,
        whole=rules.worst(found),
        light_words=rules.WORDS,
        facts=facts,
        revision=migrate.expected_revision(),
        keepings=retention.kept(),
        erased=retention.last_erased(),
    )
