"""The verbs on evidence: take files in, tie them to an indicator, take them away (`linking`, `documents` hold the rest)."""

from __future__ import annotations

from collections.abc import Iterable

from portal import clock
from portal.activities.queries import holds_any
from portal.dossiers.models import Dossier
from portal.dossiers.queries import open_sheet
from portal.dossiers.taking import locked, may_fill, must
from portal.trail.operations import record
from portal.words import day
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Refused
from tenants.rights import Right

from .documents import Added, Particulars, add_document, describe, signed_year, sort_in
from .keeping import MOST_FILES, Sent, Taken, take
from .linking import MOST_LINKS, attach_known, covered, indicator_open, link, rearrange, tie, unlink
from .models import Evidence
from .queries import uses

__all__ = [
    "MOST_FILES", "MOST_LINKS", "Added", "Particulars", "Taken", "add_document", "add_to_indicator",
    "attach_known", "covered", "describe", "link", "rearrange", "remove", "signed_year", "sort_in",
    "take_in", "unlink",
]  # fmt: skip


def take_in(actor: Identity, tenant_id: int, unit_id: int, files: Iterable[Sent]) -> Taken:
    """Take files (name, content) into a unit's library: good ones are kept, bad ones named.

    A content the unit already has is not stored twice. Raises `Refused` for a missing right or no file.
    """
    must(actor, Right.FILL_DOSSIER)
    return take(actor, tenant_id, unit_id, files)


def add_to_indicator(actor: Identity, dossier: Dossier, indicator_id: int, files: Iterable[Sent]) -> Taken:
    """Take files in and tie them to an indicator of a dossier that is open there."""
    may_fill(actor, dossier, indicator_id)
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    indicator_open(sheet, indicator_id)
    taken = take(actor, dossier.tenant_id, dossier.unit_id, files)
    for file in taken.good:
        tie(actor, sheet, indicator_id, file)
    return taken


def remove(actor: Identity, file: Evidence) -> None:
    """Take a file out of the library; impossible while a dossier uses it."""
    must(actor, Right.FILL_DOSSIER)
    used = [use for use in uses(file.tenant_id, [file.id])[file.id] if use.state != "withdrawn"]
    signed = next((use for use in used if covered(use.state)), None)
    if signed:
        raise Refused(
            f"Minh chứng này thuộc hồ sơ năm {signed.year} đã ký (chỉ tiêu {signed.code}) nên không xóa được nữa."
        )
    if used:
        raise Refused(
            f"Minh chứng này đang dùng ở chỉ tiêu {used[0].code} của hồ sơ năm {used[0].year}."
            " Xin bỏ khỏi chỉ tiêu trước rồi xóa."
        )
    activity = holds_any(file.tenant_id, file.unit_id, file.id)
    if activity is not None:
        raise Refused(
            f"Tài liệu này là tệp của hoạt động “{activity.topic}” ({day(activity.held_on)})."
            " Xin bỏ khỏi hoạt động trước rồi xóa."
        )
    file.removed_at = clock.now()
    db.session.flush()
    key = {"tenant_id": file.tenant_id, "unit_id": file.unit_id}
    record(actor, "remove_evidence", f"đã xóa “{file.title}” khỏi kho minh chứng.", **key)
