"""Giving indicators to members of the team with a day of the unit's own, and linking members to accounts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from portal import clock, words
from portal.dossiers.models import Dossier, TeamMember
from portal.dossiers.queries import Sheet, open_sheet
from portal.dossiers.taking import locked, must
from portal.notices.operations import tell_person
from portal.notices.rules import Kind
from portal.trail.operations import record
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused
from tenants.rights import Right

from .models import Assignment
from .queries import WORKED_ON, assignments_of, staff_of


def assign(
    actor: Identity, dossier: Dossier, chosen: Mapping[int, int], member_id: int, due_on: date | None
) -> int:
    """Give indicators to a member of the team until a day; returns how many changed.

    `chosen`: indicator id → the version its row showed (0: nobody had it). Raises `Conflict` where somebody
    gave one of them out meanwhile, `Refused` for a day that cannot be.
    """
    sheet = _worked_on(actor, dossier)
    member = next((m for m in sheet.team if m.id == member_id), None)
    if member is None:
        raise Refused("Xin chọn một thành viên của Tổ đánh giá.", 422)
    _possible_day(sheet, due_on)
    given = _seen(sheet, chosen)
    changed: list[str] = []
    at = clock.now()
    for indicator_id in chosen:
        row = given.get((sheet.dossier.id, indicator_id))
        if row is not None and (row.member_id, row.due_on) == (member.id, due_on):
            continue
        if row is None:
            row = Assignment(**_key(sheet.dossier), indicator_id=indicator_id)
        row.member_id, row.due_on = member.id, due_on
        row.given_at, row.given_by = at, actor.full_name
        db.session.add(row)
        changed.append(_code(sheet, indicator_id))
    db.session.flush()
    if changed:
        until = f", hạn {words.day(due_on)}" if due_on else ""
        what = ", ".join(changed)
        _record(actor, sheet.dossier, "assign", f"đã giao chỉ tiêu {what} cho {member.full_name}{until}.")
        if member.account_id and member.account_id != actor.account_id:
            sentence = (
                f"{actor.full_name} giao cho anh/chị chỉ tiêu {what} của hồ sơ năm {dossier.year}{until}."
            )
            tell_person(dossier.tenant_id, member.account_id, sentence, "/viec-cua-toi", Kind.TASK)
    return len(changed)


def take_back(actor: Identity, dossier: Dossier, chosen: Mapping[int, int]) -> int:
    """Take indicators back from whoever has them; returns how many were given out."""
    sheet = _worked_on(actor, dossier)
    given = _seen(sheet, chosen)
    codes = []
    for indicator_id in chosen:
        row = given.get((sheet.dossier.id, indicator_id))
        if row is not None:
            codes.append(_code(sheet, indicator_id))
            db.session.delete(row)
    db.session.flush()
    if codes:
        _record(actor, sheet.dossier, "assign", f"đã thôi giao chỉ tiêu {', '.join(codes)}.")
    return len(codes)


def link_member(actor: Identity, dossier: Dossier, member_id: int, account_id: int | None) -> TeamMember:
    """Say by which account of the unit a member of the team works on the portal (None: by none)."""
    sheet = _worked_on(actor, dossier)
    member = next((m for m in sheet.team if m.id == member_id), None)
    if member is None:
        raise Refused("Thành viên này không còn trong Tổ đánh giá.", 404)
    if account_id == member.account_id:
        return member
    staff = {account.id: account for account, _ in staff_of(dossier.tenant_id, dossier.unit_id)}
    if account_id is not None and account_id not in staff:
        raise Refused("Xin chọn một tài khoản đang dùng của đơn vị.", 422)
    other = next((m for m in sheet.team if account_id is not None and m.account_id == account_id), None)
    if other is not None:
        raise Refused(f"Tài khoản này đã nối với {other.full_name}. Mỗi tài khoản nối với một thành viên.")
    if sheet.dossier.state != "draft":
        raise Refused("Hồ sơ đã ký nên danh sách Tổ không sửa được nữa.")
    member.account_id = account_id
    db.session.flush()
    what = f"với tài khoản {staff[account_id].login}" if account_id else "khỏi tài khoản"
    verb = "nối" if account_id else "gỡ"
    _record(actor, sheet.dossier, "link_member", f"đã {verb} {member.full_name} {what}.")
    return member


def _worked_on(actor: Identity, dossier: Dossier) -> Sheet:
    must(actor, Right.FILL_DOSSIER)
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    if sheet.dossier.state not in WORKED_ON:
        name = words.DOSSIER_STATES[sheet.dossier.state].unit_name
        raise Refused(f"Hồ sơ đang ở trạng thái “{name}” nên không còn việc để giao.")
    return sheet


def _possible_day(sheet: Sheet, due_on: date | None) -> None:
    if due_on is None:
        return
    today, before = clock.today(), sheet.cycle.submit_before
    if due_on < today:
        raise Refused(f"Hạn nội bộ ({words.day(due_on)}) ở trước hôm nay. Xin chọn từ hôm nay trở đi.", 422)
    if sheet.dossier.state == "draft" and today < before <= due_on:
        raise Refused(
            f"Hạn nội bộ ({words.day(due_on)}) phải trước hạn nộp hồ sơ: trước ngày {words.day(before)}.", 422
        )


def _seen(sheet: Sheet, chosen: Mapping[int, int]) -> dict[tuple[int, int], Assignment]:
    """Return the assignments as they stand; raises where the chosen rows are not what the page showed."""
    if not chosen:
        raise Refused("Xin đánh dấu ít nhất một chỉ tiêu.", 422)
    applying = {f.indicator.id for f in sheet.unit_side().findings if f.applies}
    if not set(chosen) <= applying:
        raise Refused("Có chỉ tiêu không áp dụng cho đơn vị. Xin tải lại trang.", 422)
    given = assignments_of([sheet.dossier])
    for indicator_id, version in chosen.items():
        row = given.get((sheet.dossier.id, indicator_id))
        if (row.version if row else 0) != version:
            code = _code(sheet, indicator_id)
            now = f"được giao cho {row.member.full_name}" if row else "được thôi giao"
            raise Conflict(f"Chỉ tiêu {code} vừa {now} sau khi trang này mở. Xin xem lại rồi giao.", row)
    return given


def _code(sheet: Sheet, indicator_id: int) -> str:
    return next(i.code for i in sheet.indicators if i.id == indicator_id)


def _key(dossier: Dossier) -> dict[str, int]:
    return {"tenant_id": dossier.tenant_id, "unit_id": dossier.unit_id, "dossier_id": dossier.id}


def _record(actor: Identity, dossier: Dossier, act: str, sentence: str) -> None:
    key: dict[str, Any] = _key(dossier)
    record(actor, act, sentence, **key)
