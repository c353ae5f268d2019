"""Telling a unit, or the staff of a district, that something happened."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import insert, update

from portal import clock
from tenants.database import db

from .models import Notice


def tell_unit(tenant_id: int, unit_id: int, sentence: str, path: str = "") -> None:
    """Leave a notice for a unit; `path` is the page it leads to."""
    _leave(tenant_id, unit_id, "unit", sentence, path)


def tell_units(tenant_id: int, unit_ids: Sequence[int], sentence: str, path: str = "") -> None:
    """Leave the same notice for many units of a district, in one statement."""
    if not unit_ids:
        return
    shared = {"tenant_id": tenant_id, "audience": "unit", "sentence": sentence, "path": path}
    rows = [shared | {"unit_id": unit_id, "sent_at": clock.now()} for unit_id in unit_ids]
    db.session.execute(insert(Notice.__table__).inline(), rows)  # type: ignore[arg-type]


def tell_district(tenant_id: int, sentence: str, path: str = "", unit_id: int | None = None) -> None:
    """Leave a notice for the staff of a district."""
    _leave(tenant_id, unit_id, "district", sentence, path)


def _leave(tenant_id: int, unit_id: int | None, audience: str, sentence: str, path: str) -> None:
    # Inline: who leaves a notice need not be able to read it, so the new row is not asked back.
    statement = insert(Notice.__table__).inline()  # type: ignore[arg-type]
    db.session.execute(
        statement.values(
            tenant_id=tenant_id,
            unit_id=unit_id,
            audience=audience,
            sentence=sentence,
            path=path,
            sent_at=clock.now(),
        )
    )


def mark_read(tenant_id: int, notice_id: int) -> None:
    """Mark a notice of the scope as read."""
    db.session.execute(
        update(Notice)
        .where(Notice.tenant_id == tenant_id, Notice.id == notice_id, Notice.read_at.is_(None))
        .values(read_at=clock.now())
    )
