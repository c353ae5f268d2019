"""The verbs of the random re-check: draw once a year, fill in a sheet, send it; the district answers. It changes no result."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from portal import clock
from portal.cycle.models import Cycle
from portal.dossiers.operations import must
from portal.figures.behind import rows_behind
from portal.notices.operations import tell_district
from portal.trail.operations import record
from portal.typed import lines as tidy
from portal.units.models import Unit
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused
from tenants.rights import Right

from .models import Recheck, RecheckDraw
from .sampling import RESULTS, Entry, sample

MOST_TEXT = 2000


def drawn(year: int) -> RecheckDraw | None:
    """Return the draw of a year, None before it."""
    return db.session.scalar(select(RecheckDraw).where(RecheckDraw.year == year))


def draw(actor: Identity, cycle: Cycle, share: int) -> int:
    """Draw a share of the dossiers recognised in a year, once; returns how many.

    A second draw is refused: one that is repeated until it pleases is not random.
    """
    must(actor, Right.WATCH_QUALITY)
    if not 1 <= share <= 100:
        raise Refused("Tỷ lệ bốc thăm là số nguyên từ 1 đến 100 %.", 422)
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"recheck:{cycle.year}"))))
    before = drawn(cycle.year)
    if before is not None:
        raise Conflict(f"{before.drawn_by} đã bốc thăm năm {cycle.year}; mỗi năm chỉ bốc một lần.", before)
    rows: dict[Entry, Any] = {
        Entry(row.tenant_id, row.kind, row.decided_level, row.code): row
        for row in db.session.execute(rows_behind(cycle.year, "recognised"))
        if not row.revoked
    }
    if not rows:
        raise Refused("Năm này chưa có hồ sơ nào được công nhận nên chưa bốc thăm được.")
    seed, now = secrets.token_hex(8), clock.now()
    pool = [[e.tenant_id, e.kind, e.level, e.code] for e in sorted(rows)]
    db.session.add(
        RecheckDraw(
            year=cycle.year, share=share, seed=seed, pool=pool, drawn_at=now, drawn_by=actor.full_name
        )
    )
    chosen = sample(seed, rows, share)
    db.session.add_all(
        Recheck(
            tenant_id=one.tenant_id,
            unit_id=rows[one].unit_id,
            dossier_id=rows[one].dossier_id,
            year=cycle.year,
            level=one.level,
        )
        for one in chosen
    )
    db.session.flush()
    said = f"bốc thăm {share} % hồ sơ đã công nhận năm {cycle.year}: {len(chosen)}/{len(pool)}, hạt giống {seed}."
    record(actor, "recheck.draw", said, tenant_id=actor.here.tenant_id, detail={"seed": seed})
    return len(chosen)


def recheck_of(recheck_id: int, *, lock: bool = False) -> Recheck | None:
    """Return a re-check of the scope, or None; `lock` holds it for the transaction."""
    statement = select(Recheck).where(Recheck.id == recheck_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(statement)


def fill(
    actor: Identity,
    row: Recheck,
    offered: Mapping[int, tuple[str, str]],
    typed: Mapping[int, tuple[str, str]],
    note: str,
    version: int,
    *,
    send: bool,
) -> Recheck:
    """Keep a sheet, and send it to the district where asked.

    `offered`: code and title of the indicators that apply; `typed`: result and reason. Raises `Refused` for a result
    other than agreement without its reason, and on sending while an indicator is open.
    """
    must(actor, Right.WATCH_QUALITY)
    held = recheck_of(row.id, lock=True)
    if held is None or held.sent_at is not None:
        raise Refused("Phiếu này đã gửi huyện nên không sửa được nữa.")
    if held.version != version:
        raise Conflict("Người khác vừa lưu phiếu này. Xin xem nội dung mới rồi ghi lại.", held)
    kept: dict[str, dict[str, str]] = {}
    for number, (code, title) in offered.items():
        result, reason = typed.get(number, ("", ""))
        if not result:
            continue
        said = tidy(reason)
        if result not in RESULTS:
            raise Refused(f"Chỉ tiêu {code}: xin chọn một kết quả.", 422)
        if result != "agree" and not said:
            raise Refused(f"Chỉ tiêu {code}: xin ghi lý do chưa đồng ý.", 422)
        if len(said) > MOST_TEXT:
            raise Refused(f"Chỉ tiêu {code}: lý do dài tối đa 2.000 ký tự.", 422)
        kept[str(number)] = {"code": code, "title": title, "result": result, "reason": said}
    if len(tidy(note)) > MOST_TEXT:
        raise Refused("Nhận xét dài tối đa 2.000 ký tự.", 422)
    missing = [code for number, (code, _) in offered.items() if str(number) not in kept]
    if send and missing:
        raise Refused(f"Chưa xem hết chỉ tiêu nên chưa gửi được; còn {', '.join(missing)}.", 422)
    now = clock.now()
    held.verdicts, held.note, held.changed_at, held.changed_by = kept, tidy(note), now, actor.full_name
    if send:
        held.sent_at, held.sent_by = now, actor.full_name
        count = len(held.differing)
        found = f"{count} chỉ tiêu chưa đồng ý" if count else "đồng ý mọi chỉ tiêu"
        name = db.session.scalar(
            select(Unit.name).where(Unit.tenant_id == held.tenant_id, Unit.id == held.unit_id)
        )
        record(
            actor,
            "recheck.send",
            f"gửi kết quả kiểm tra lại hồ sơ năm {held.year} của {name}: {found}.",
            tenant_id=actor.here.tenant_id,
            detail={"recheck": held.id, "tenant": held.tenant_id},
        )
        tell_district(
            held.tenant_id,
            f"Sở đã kiểm tra lại ngẫu nhiên hồ sơ năm {held.year} của {name}: {found}.",
            "/huyen/kiem-tra-lai",
            held.unit_id,
        )
    db.session.flush()
    return held


def answer(actor: Identity, row: Recheck, text: str) -> Recheck:
    """Answer a re-check once, for the district."""
    must(actor, Right.ANSWER_RECHECK)
    said = tidy(text)
    held = recheck_of(row.id, lock=True)
    if held is None:
        raise Refused("Không tìm thấy phiếu này.", 404)
    if held.answered_at is not None:
        raise Conflict(f"{held.answered_by} đã trả lời phiếu này.", held)
    if not said:
        raise Refused("Xin ghi trả lời của huyện.", 422)
    if len(said) > MOST_TEXT:
        raise Refused("Trả lời dài tối đa 2.000 ký tự.", 422)
    held.answer, held.answered_at, held.answered_by = said, clock.now(), actor.full_name
    db.session.flush()
    record(
        actor,
        "recheck.answer",
        f"trả lời kết quả kiểm tra lại của Sở, hồ sơ năm {held.year}.",
        tenant_id=held.tenant_id,
        unit_id=held.unit_id,
        dossier_id=held.dossier_id,
        detail={"recheck": held.id},
        inner=True,
    )
    return held
