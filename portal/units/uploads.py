"""A sheet that somebody sent, from its dry run to its writing: kept, read, found again, taken up once, or dropped.

Every import of a district passes here; what its rows mean is the business of the room that reads them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select

from portal import clock
from portal.typed import line
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Refused

from .models import ImportBatch

KEPT = timedelta(days=7)


def keep(
    actor: Identity, tenant_id: int, kind: str, file_name: str, rows: Sequence[dict[str, Any]]
) -> ImportBatch:
    """Keep the rows of a file for a dry run; files of this kind that nobody took up for a week go."""
    return _keep(actor, tenant_id, kind, file_name, state="read", rows=list(rows))


def keep_unread(actor: Identity, tenant_id: int, kind: str, file_name: str, content: bytes) -> ImportBatch:
    """Keep a file that a job is to read; otherwise the same as `keep`."""
    return _keep(actor, tenant_id, kind, file_name, state="sent", rows=[], content=content)


def has_read(tenant_id: int, kind: str, batch_id: int, rows: Sequence[dict[str, Any]]) -> None:
    """Put the rows of a file in the place of its content; one that was read or dropped meanwhile stays as it is."""
    batch = batch_of(tenant_id, kind, batch_id, lock=True)
    if batch is not None and batch.state == "sent":
        batch.state, batch.rows, batch.content = "read", list(rows), None


def _keep(actor: Identity, tenant_id: int, kind: str, file_name: str, **values: Any) -> ImportBatch:
    now = clock.now()
    db.session.execute(
        delete(ImportBatch).where(
            ImportBatch.tenant_id == tenant_id,
            ImportBatch.kind == kind,
            ImportBatch.state.in_(("sent", "read", "dropped")),
            ImportBatch.created_at < now - KEPT,
        )
    )
    batch = ImportBatch(
        tenant_id=tenant_id,
        kind=kind,
        file_name=line(file_name)[:300] or "tệp không tên",
        created_at=now,
        created_by=actor.account_id,
        **values,
    )
    db.session.add(batch)
    db.session.flush()
    return batch


def batch_of(tenant_id: int, kind: str, batch_id: int, *, lock: bool = False) -> ImportBatch | None:
    """Return an uploaded file of a kind, or None when it is not there or not in scope; `lock` holds it."""
    statement = select(ImportBatch).where(
        ImportBatch.tenant_id == tenant_id, ImportBatch.kind == kind, ImportBatch.id == batch_id
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(statement)


def waiting(tenant_id: int, kind: str, batch_id: int, *states: str) -> ImportBatch:
    """Return a file that was neither written nor dropped yet, held; raises `Refused` for any other.

    `states`: those it may be in; none named: its rows are there.
    """
    batch = batch_of(tenant_id, kind, batch_id, lock=True)
    if batch is None:
        raise Refused("Không tìm thấy tệp này. Xin gửi lại tệp.", 404)
    if batch.state in ("done", "undone"):
        raise Refused("Tệp này đã được nhập rồi; không nhập lần thứ hai.")
    if batch.state not in (states or ("read",)):
        raise Refused("Tệp này đang được đọc hoặc đã bỏ. Xin gửi lại tệp nếu vẫn muốn nhập.")
    return batch


def settle(actor: Identity, batch: ImportBatch, stored: int) -> None:
    """Mark a file as written: who, when, how many rows; what it said is not kept twice."""
    batch.state, batch.rows, batch.stored = "done", [], stored
    batch.done_at, batch.done_by = clock.now(), actor.full_name


def drop(tenant_id: int, kind: str, batch_id: int) -> None:
    """Throw an uploaded file away, unused."""
    batch = waiting(tenant_id, kind, batch_id, "sent", "read")
    batch.state, batch.rows, batch.content = "dropped", [], None
