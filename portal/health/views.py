"""What a supervisor asks: alive (`/healthz`), able to serve (`/readyz`)."""

from __future__ import annotations

from flask import Blueprint, current_app
from sqlalchemy import select

from portal.cycle.models import Setting
from portal.evidence.store import store
from tenants.access import public
from tenants.database import db

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
