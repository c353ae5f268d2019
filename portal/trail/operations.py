"""Writing the record of who did what, in one sentence each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import has_request_context, request
from sqlalchemy import insert

from portal import clock
from tenants.database import db
from tenants.identity import Identity

from .models import TrailEntry


def record(
    actor: Identity | None,
    act: str,
    sentence: str,
    *,
    tenant_id: int,
    unit_id: int | None = None,
    dossier_id: int | None = None,
    detail: dict[str, Any] | None = None,
    inner: bool = False,
) -> None:
    """Append an entry: `sentence` completes "<actor> …" and ends with a full stop.

    `inner` keeps it from the unit's eyes (appraisal before the decision). `detail` holds before and
    after values, never passwords, tokens or roster names.
    """
    entry = _by(actor, act, tenant_id) | {"unit_id": unit_id, "dossier_id": dossier_id, "sentence": sentence}
    db.session.add(TrailEntry(**entry, detail=detail or {}, inner_act=inner))


def record_dossiers(
    actor: Identity,
    act: str,
    sentences: Mapping[tuple[int, int], str],
    *,
    tenant_id: int,
    inner: bool = False,
) -> None:
    """Append one entry for each of many dossiers (by unit and dossier) in one statement, such as a decision's."""
    entry = _by(actor, act, tenant_id) | {"inner_act": inner}
    if sentences:
        db.session.execute(
            insert(TrailEntry),
            [
                entry | {"unit_id": unit_id, "dossier_id": dossier_id, "sentence": said}
                for (unit_id, dossier_id), said in sentences.items()
            ],
        )


def record_units(actor: Identity, act: str, sentences: Mapping[int, str], *, tenant_id: int) -> None:
    """Append one entry for each of many units (by id) in one statement, such as those an import touches."""
    entry = _by(actor, act, tenant_id)
    if sentences:
        db.session.execute(
            insert(TrailEntry),
            [entry | {"unit_id": unit_id, "sentence": said} for unit_id, said in sentences.items()],
        )


def _by(actor: Identity | None, act: str, tenant_id: int) -> dict[str, Any]:
    return {
        "tenant_id": tenant_id,
        "act": act,
        "at": clock.now(),
        "real_at": datetime.now(UTC),
        "account_id": actor.account_id if actor else None,
        "actor": actor.acting_name[:200] if actor else "Hệ thống",
        "role": actor.place.role.value if actor and actor.place else "",
        "address": (request.remote_addr or "")[:60] if actor and has_request_context() else "",
    }
