"""Taking files in: a small one while its sender waits, a large one by a job; and what becomes of it on its page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import render_template

from portal.units import uploads
from portal.units.models import ImportBatch
from portal.units.reading import MOST_BYTES
from tenants.identity import Identity
from tenants.refusal import Refused

from . import operations, peak, queries, rules
from .batches.imports import Source
from .models import Job

AT_ONCE_BYTES = 64 * 1024
AT_ONCE_ROWS = 500
"""What a page reads and writes itself, within half a second: about 800 full rows to read, 500 to write."""


def take_in(
    actor: Identity,
    source: Source,
    file_name: str,
    content: bytes,
    read: Callable[[Identity, int, str, bytes], ImportBatch],
) -> ImportBatch:
    """Return a file that was sent, its rows read, or to be read by a job. Raises `Refused`."""
    tenant_id = actor.here.tenant_id
    if not AT_ONCE_BYTES < len(content) <= MOST_BYTES and peak.until() is None:
        return read(actor, tenant_id, file_name, content)
    if not content:
        raise Refused("Xin chọn tệp để gửi.", 422)
    file = uploads.keep_unread(actor, tenant_id, source.kind, file_name, content)
    operations.ask(actor, source.reading, file.id)
    return file


def write_beside(actor: Identity, source: Source, file: ImportBatch) -> bool:
    """Let a job write a file that is long, or all while others need the machine; returns whether one will."""
    if file.state != "read" or (len(file.rows) <= AT_ONCE_ROWS and peak.until() is None):
        return False
    operations.ask(actor, source.writing, file.id)
    return True


def under_way(actor: Identity, source: Source, file: ImportBatch) -> Job | None:
    """Return the job that is to read a file, whatever became of it, or that writes it now; None for neither."""
    if file.state == "sent":
        return queries.latest_on(actor.here, source.reading, file.id)
    job = queries.latest_on(actor.here, source.writing, file.id) if file.state == "read" else None
    return job if job is not None and job.state in rules.ACTIVE else None


def waits(file: ImportBatch, job: Job | None) -> bool:
    """Return whether the page of a file has nothing to show yet but its job."""
    return file.state == "sent" or job is not None


def page_of_job(file: ImportBatch, job: Job | None, **context: Any) -> str:
    """Render how far the job on a file is, or why it could not be done."""
    active = job is not None and job.state in rules.ACTIVE
    return render_template(
        "jobs/file.html", job=job, file=file, percent=rules.percent, active=active, **context
    )
