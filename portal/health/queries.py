"""What an operator's page and the machine's page know of the installation, gathered once a request."""

from __future__ import annotations

import json
import shutil
from datetime import datetime

from flask import current_app
from sqlalchemy import text

from portal import clock
from portal.config import Settings
from portal.evidence.store import store
from portal.figures.keeping import noted_proof
from portal.jobs import peak
from tenants import signin
from tenants.database import db

from .pulse import noted
from .rules import Facts

LAST_BACKUP, LAST_REMIND, REMIND_FAILED = "last_backup", "last_remind", "last_remind_faults"


def facts() -> Facts:
    """Look at database, store and what the worker and the daily commands noted (any scope that reads settings)."""
    settings: Settings = current_app.extensions["settings"]
    kept = clock.settings()
    return Facts(
        now=signin.now(),
        version=current_app.config["VERSION"],
        database_bytes=int(db.session.scalar(text("select pg_database_size(current_database())")) or 0),
        store_fault=store().fault(),
        free_bytes=None if settings.bucket else shutil.disk_usage(settings.evidence).free,
        mail=settings.mail is not None,
        pulse=noted(kept),
        backup_at=_moment(kept.get(LAST_BACKUP)),
        remind_at=_moment(kept.get(LAST_REMIND)),
        remind_failed=tuple(json.loads(kept.get(REMIND_FAILED, "[]"))),
        proof=noted_proof(kept),
        peak=peak.until() is not None,
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
