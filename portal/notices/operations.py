"""Telling a unit, or the staff of a district, that something happened."""

from __future__ import annotations

from sqlalchemy import update

from portal import clock
from tenants.database import db

from .models import Notice


def tell_unit(tenant_id: int, unit_id: int, sentence: str, path: str = "") -> None:
    """Leave a notice for a unit; `path` is the page it leads to."""
    db.session.add(
        Notice(
            tenant_id=tenant_id,
            unit_id=unit_id,
            audience="unit",
            sentence=sentence,
            path=path,
            sent_at=clock.now(),
        )
    )


def tell_district(tenant_id: int, sentence: str, path: str = "", unit_id: int | None = None) -> None:
    """Leave a notice for the staff of a district."""
    db.session.add(
        Notice(
            tenant_id=tenant_id,
            unit_id=unit_id,
            audience="district",
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
