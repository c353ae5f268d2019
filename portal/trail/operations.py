"""Writing the record of who did what, in one sentence each."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

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
    db.session.add(
        TrailEntry(
            tenant_id=tenant_id,
            unit_id=unit_id,
            dossier_id=dossier_id,
            act=act,
            at=clock.now(),
            real_at=datetime.now(UTC),
            account_id=actor.account_id if actor else None,
            actor=actor.full_name if actor else "Hệ thống",
            role=actor.place.role.value if actor and actor.place else "",
            sentence=sentence,
            detail=detail or {},
            inner_act=inner,
        )
    )
