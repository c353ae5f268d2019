"""Taking results of earlier years in from a file: first a dry run that is kept, then, confirmed, the writing.

What is stored already is never written over. A whole file can be undone while none of its results was corrected
or disputed; the rows stay, withdrawn, for the trail.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from portal import clock, words
from portal.dossiers.taking import must
from portal.jobs import progress
from portal.trail.operations import record, record_units
from portal.units import uploads
from portal.units.models import ImportBatch, Unit
from portal.units.reading import MOST_ROWS, read_leaves
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused
from tenants.rights import Right

from .columns import head_of, values_of
from .models import PastResult, PastResultDispute
from .planning import Plan, Step, plan_of
from .queries import IMPORT_KIND as KIND

NAMED = 5
NO_HEAD = "Không thấy bảng kết quả: cần một dòng đầu bảng có cột “Tên đơn vị” và “Năm”. Xin dùng tệp mẫu tải ở trang này."


def read_batch(actor: Identity, tenant_id: int, file_name: str, content: bytes) -> ImportBatch:
    """Read a workbook and keep its rows for a dry run; no result is touched. Raises `Refused`."""
    must(actor, Right.KEEP_HISTORY)
    return uploads.keep(actor, tenant_id, KIND, file_name, rows_of(content))


def rows_of(content: bytes) -> list[dict[str, Any]]:
    """Return what each row of a file says, as it is kept for a dry run; raises `Refused` (422) with what is wrong."""
    leaves = read_leaves(content, MOST_ROWS)
    for leaf in leaves:
        head = head_of(leaf.lines)
        if head is None:
            continue
        place, fields = head
        merged = leaf.merged_below(leaf.lines[place].number)
        if merged:
            named = ", ".join(merged[:NAMED])
            raise Refused(f"Bảng có ô gộp ({named}). Xin bỏ gộp ô (Unmerge) để mỗi kết quả một dòng.", 422)
        body = leaf.lines[place + 1 :]
        if len(body) > MOST_ROWS:
            raise Refused(f"Tệp có quá {words.number(MOST_ROWS)} dòng. Xin chia thành nhiều tệp.", 422)
        rows = []
        for row in progress.counted(body):
            said, wrong = values_of(row, fields)
            if said or wrong:
                rows.append({"line": row.number, "said": said, "wrong": wrong})
        if not rows:
            raise Refused("Bảng kết quả trong tệp chưa có dòng nào.", 422)
        return rows
    hidden = [leaf.title for leaf in leaves if leaf.hidden]
    if hidden:
        raise Refused(
            f"Trang tính ẩn “{hidden[0]}” không được đọc; nếu bảng kết quả nằm ở đó, xin bỏ ẩn (Unhide) rồi gửi lại.",
            422,
        )
    raise Refused(NO_HEAD, 422)


def batch_of(tenant_id: int, batch_id: int) -> ImportBatch | None:
    """Return an uploaded file of past results, or None when it is not there or not in scope."""
    return uploads.batch_of(tenant_id, KIND, batch_id)


def drop_batch(actor: Identity, tenant_id: int, batch_id: int) -> None:
    """Throw an uploaded file away, unused."""
    must(actor, Right.KEEP_HISTORY)
    uploads.drop(tenant_id, KIND, batch_id)


def confirm_batch(actor: Identity, tenant_id: int, batch_id: int) -> Plan:
    """Write the new results of a file, all or nothing; those that exist stay as they are.

    Raises `Refused` while a row is bad, `Conflict` where somebody enters one of the results meanwhile.
    """
    must(actor, Right.KEEP_HISTORY)
    batch = uploads.waiting(tenant_id, KIND, batch_id)
    plan = plan_of(batch)
    if plan.counts["bad"]:
        raise Refused("Tệp còn dòng chưa đúng nên chưa ghi dòng nào. Xin sửa trong Excel rồi gửi lại.", 422)
    new = plan.only("new")
    if not new:
        raise Refused("Tệp không có kết quả nào mới để ghi.")
    now = clock.now()
    rows = [_values(step) | {"entered_at": now, "entered_by": actor.full_name} for step in new]
    try:
        with db.session.begin_nested():
            db.session.execute(
                insert(PastResult), [row | {"tenant_id": tenant_id, "batch_id": batch.id} for row in rows]
            )
    except IntegrityError as error:
        raise Conflict(
            "Có người vừa ghi một kết quả trùng với tệp này. Chưa ghi dòng nào; xin xem lại rồi xác nhận."
        ) from error
    uploads.settle(actor, batch, len(new))
    _trail(
        actor,
        tenant_id,
        "past_import",
        f"đã nhập {words.number(len(new))} kết quả các năm trước từ tệp “{batch.file_name}”.",
        [(row["unit_id"], row["year"]) for row in rows],
        "đã ghi kết quả {years} từ tệp.",
    )
    db.session.flush()
    return plan


def _values(step: Step) -> dict[str, Any]:
    assert step.unit is not None
    assert step.version is not None
    return {
        "unit_id": step.unit.id,
        "year": step.said["year"],
        "version_id": step.version.id,
        "points": step.points,
        "band": step.band,
        "level": step.level,
        "decision_number": step.said.get("decision_number", ""),
        "decided_on": step.decided_on,
        "issuer": step.said.get("issuer", ""),
        "note": step.said.get("note", ""),
        "version": 1,
    }


def undo_batch(actor: Identity, tenant_id: int, batch_id: int) -> int:
    """Withdraw every result of a file; returns how many.

    Raises `Refused` where it was undone before, or where one of its results was corrected since or its unit
    has said that it is wrong: then each is settled by itself.
    """
    must(actor, Right.KEEP_HISTORY)
    batch = uploads.batch_of(tenant_id, KIND, batch_id, lock=True)
    if batch is None:
        raise Refused("Không tìm thấy lần nhập này.", 404)
    if batch.state != "done":
        raise Refused("Lần nhập này đã hoàn tác hoặc chưa được ghi.")
    mine = (PastResult.tenant_id == tenant_id, PastResult.batch_id == batch.id)
    live = (*mine, PastResult.withdrawn_at.is_(None))
    db.session.execute(select(PastResult.id).where(*live).with_for_update())
    _refuse_touched(live)
    keys = [
        (unit, year)
        for unit, year in db.session.execute(select(PastResult.unit_id, PastResult.year).where(*live))
    ]
    now = clock.now()
    db.session.execute(
        update(PastResult)
        .where(*live)
        .values(withdrawn_at=now, version=PastResult.version + 1)
        .execution_options(synchronize_session=False)
    )
    batch.state, batch.undone_at, batch.undone_by = "undone", now, actor.full_name
    _trail(
        actor,
        tenant_id,
        "past_import_undo",
        f"đã hoàn tác lần nhập {words.number(len(keys))} kết quả từ tệp “{batch.file_name}”.",
        keys,
        "đã rút kết quả {years}: hoàn tác lần nhập từ tệp.",
    )
    db.session.flush()
    return len(keys)


def _refuse_touched(live: tuple[Any, ...]) -> None:
    disputed = exists().where(
        PastResultDispute.tenant_id == PastResult.tenant_id,
        PastResultDispute.past_result_id == PastResult.id,
    )
    rows = db.session.execute(
        select(Unit.name, PastResult.year, PastResult.version, disputed)
        .join(Unit, (Unit.tenant_id == PastResult.tenant_id) & (Unit.id == PastResult.unit_id))
        .where(*live, (PastResult.version > 1) | disputed)
        .order_by(PastResult.id)
    ).all()
    if not rows:
        return
    named = "; ".join(
        f"{name} năm {year} ({'đơn vị đã có ý kiến' if claimed else 'đã sửa'})"
        for name, year, _version, claimed in rows[:NAMED]
    )
    more = f" và {words.number(len(rows) - NAMED)} kết quả nữa" if len(rows) > NAMED else ""
    raise Refused(
        f"Chưa hoàn tác: {words.number(len(rows))} kết quả của lần nhập này đã được sửa hoặc đơn vị đã có ý kiến: "
        f"{named}{more}. Xin sửa hoặc rút từng kết quả ở trang của đơn vị."
    )


def _trail(
    actor: Identity, tenant_id: int, act: str, sentence: str, keys: list[tuple[int, int]], of_unit: str
) -> None:
    """Record a file as a whole, and with each unit what it did to it."""
    record(actor, act, sentence, tenant_id=tenant_id, detail={"results": len(keys)})
    by_unit: dict[int, list[int]] = {}
    for unit_id, year in keys:
        by_unit.setdefault(unit_id, []).append(year)
    sentences = {unit_id: of_unit.format(years=_listed(years)) for unit_id, years in by_unit.items()}
    record_units(actor, "past_result", sentences, tenant_id=tenant_id)


def _listed(years: list[int]) -> str:
    return ("năm " if len(years) == 1 else "các năm ") + ", ".join(map(str, sorted(years)))
