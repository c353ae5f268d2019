"""Keeping files: each is judged by its content, stored once for the unit, and refused with its own sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from flask import current_app
from sqlalchemy.exc import IntegrityError

from portal import clock, words
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Refused

from .checks import Accepted, examine
from .contents import content_hash
from .models import Evidence
from .queries import same_content, used_bytes
from .rules import kind_said
from .store import store

MOST_FILES = 20
Sent = tuple[str, bytes] | Refused  # name and content, or why a file that came in parts was refused before


@dataclass
class Taken:
    """What became of several files sent at once: kept, already there, and the sentence of each refused one.

    `outcomes`: the same in the order of sending, a file or the sentence why there is none. `names`: under which
    name each file of the library was sent now, by its id.
    """

    kept: list[Evidence] = field(default_factory=list)
    known: list[Evidence] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    outcomes: list[Evidence | str] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)

    @property
    def good(self) -> list[Evidence]:
        """Return every file that is now in the library."""
        return [*self.kept, *self.known]


def take(actor: Identity, tenant_id: int, unit_id: int, files: Iterable[Sent]) -> Taken:
    """Take files (name, content) into a unit's library: good ones are kept, bad ones named.

    A content the unit already has is not stored twice. Raises `Refused` where no file was sent. Who may is asked
    by the caller.
    """
    taken = Taken()
    for place, sent in enumerate(files):
        if place == MOST_FILES:
            taken.refused.append(f"Mỗi lần gửi tối đa {MOST_FILES} tệp; các tệp còn lại chưa được nhận.")
            break
        try:
            if isinstance(sent, Refused):
                raise sent
            accepted = examine(*sent)
            file, new = _keep(actor, tenant_id, unit_id, accepted)
        except Refused as refusal:
            if refusal.status == 503:
                raise
            taken.refused.append(refusal.sentence)
            taken.outcomes.append(refusal.sentence)
            continue
        taken.outcomes.append(file)
        taken.names[file.id] = accepted.name
        if file not in taken.good:
            (taken.kept if new else taken.known).append(file)
    if not taken.good and not taken.refused:
        raise Refused("Chưa chọn tệp nào. Xin chọn tệp rồi gửi.", 422)
    return taken


def folded(file: Evidence) -> str:
    """Return what a file is found by: title, number, issuer and file name without accents."""
    return words.fold(" ".join((file.title, file.number, file.issuer, file.file_name)))


def room(tenant_id: int, unit_id: int) -> tuple[int, int]:
    """Return how many bytes a unit's library takes, and how many it may take."""
    allowed: int = current_app.extensions["settings"].evidence_quota
    return used_bytes(tenant_id, unit_id), allowed


def _keep(actor: Identity, tenant_id: int, unit_id: int, accepted: Accepted) -> tuple[Evidence, bool]:
    sha256 = content_hash(accepted.content)
    known = same_content(tenant_id, unit_id, sha256)
    if known is not None:
        if not store().has(tenant_id, sha256):  # lost from the store: what came again mends it
            store().put(tenant_id, accepted.content)
        return known, False
    used, allowed = room(tenant_id, unit_id)
    if used + len(accepted.content) > allowed:
        raise Refused(
            f"Tệp “{accepted.name}” chưa được nhận: kho của đơn vị đã dùng {words.file_size(used)} trong"
            f" {words.file_size(allowed)}. Xin xóa tài liệu không dùng, hoặc báo quản trị tỉnh tăng dung lượng.",
            409,
        )
    store().put(tenant_id, accepted.content)
    file = Evidence(
        tenant_id=tenant_id,
        unit_id=unit_id,
        sha256=sha256,
        size=len(accepted.content),
        media_type=accepted.media_type,
        file_name=accepted.name,
        title=accepted.title,
        number="",
        issuer="",
        kind="photo" if accepted.media_type.startswith("image/") else kind_said(words.fold(accepted.title)),
        uploaded_at=clock.now(),
        uploaded_by=actor.full_name,
    )
    file.name_folded = folded(file)
    try:
        with db.session.begin_nested():
            db.session.add(file)
            db.session.flush()
    except IntegrityError:  # a colleague sent the same file at the same moment
        known = same_content(tenant_id, unit_id, sha256)
        if known is None:
            raise
        return known, False
    return file, True
