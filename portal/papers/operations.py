"""The unit's verb on its papers: writing the words it adds by hand."""

from __future__ import annotations

from portal import clock
from portal.dossiers.models import Dossier
from portal.dossiers.queries import open_sheet
from portal.dossiers.taking import editable, locked, may_fill
from portal.trail.operations import record
from portal.words import number
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused

from .blocks import BLOCKS, LONGEST
from .models import OwnWords


def save_words(actor: Identity, dossier: Dossier, name: str, text: str, version: int) -> None:
    """Save one block of own words; `version` is that of the text the page showed, 0 where there was none.

    Raises `Refused` with its sentence where the dossier is signed or the text is too long, and `Conflict`
    with the stored block where somebody wrote it meanwhile.
    """
    may_fill(actor, dossier)
    block = BLOCKS.get(name)
    if block is None:
        raise Refused("Không có đoạn này trong văn bản của đơn vị.", 404)
    if len(text) > LONGEST:
        raise Refused(
            f"“{block.title}” dài {number(len(text))} ký tự; xin viết trong {number(LONGEST)} ký tự.", 422
        )
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    editable(sheet, part="texts")
    row = sheet.own_words.get(name)
    if (row.text if row else "") == text:
        return
    if (row.version if row else 0) != version:
        raise Conflict(f"Có người vừa sửa “{block.title}”. Xin chọn nội dung giữ lại.", row)
    key = {"tenant_id": dossier.tenant_id, "unit_id": dossier.unit_id, "dossier_id": dossier.id}
    now = clock.now()
    if row is None:
        db.session.add(OwnWords(**key, block=name, text=text, changed_at=now, changed_by=actor.full_name))
    else:
        row.text, row.changed_at, row.changed_by = text, now, actor.full_name
    db.session.flush()
    of = "Mẫu " + block.paper.removeprefix("mau-")
    record(actor, "own_words", f"đã sửa “{block.title}” trong {of}.", detail={"block": name}, **key)
