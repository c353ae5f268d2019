"""Correcting a base figure of a dossier: every indicator that rests on it is recalculated at once."""

from __future__ import annotations

from collections.abc import Mapping

from portal import clock, words
from portal.dossiers.models import Dossier
from portal.dossiers.queries import Sheet
from portal.dossiers.rules import RATIO_WHOLE, Indicator
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused

from . import rules
from .judging import MOST_PEOPLE, effective, key_of, new_finding, note, restate, under_appraisal, write
from .models import HeadcountFinding


def correct_headcount(
    actor: Identity,
    dossier: Dossier,
    code: str,
    value: int,
    reason: str,
    *,
    version: int = 0,
    parts: Mapping[int, int] | None = None,
) -> tuple[rules.Change, ...]:
    """Correct a base figure; every indicator that rests on it is recalculated. Returns what changed.

    `parts`: new counts by indicator id for shares that would exceed the corrected figure. The unit's own
    figure as `value` takes the correction back. Raises `Refused` naming each share that would exceed it.
    """
    sheet, panel = under_appraisal(actor, dossier)
    if panel.apart:
        raise Refused(
            "Số liệu nền hiệu chỉnh sau khi mọi người thẩm định đã nộp kết quả, do người chịu trách nhiệm."
        )
    own = sheet.headcounts.get(code)
    if own is None:
        raise Refused("Hồ sơ này không có số liệu nền đó.", 422)
    name = words.HEADCOUNTS[code].inline
    row = sheet.headcount_findings.get(code)
    current = row.value if row is not None else own.value
    if value == current and (row is None or row.reason == reason.strip()):
        return ()
    if version != (row.version if row is not None else 0):
        who = row.changed_by if row is not None else "Người khác"
        raise Conflict(f"{who} vừa hiệu chỉnh {name}. Xin xem lại rồi lưu lại.", row)
    if sheet.dossier.ratio_only and value not in (0, RATIO_WHOLE):
        raise Refused("Đơn vị không cung cấp số người: chỉ hiệu chỉnh được là có hay không có.", 422)
    if not 0 <= value <= MOST_PEOPLE:
        raise Refused(f"Số hiệu chỉnh phải từ 0 đến {words.number(MOST_PEOPLE)}.", 422)
    if not reason.strip() and value != own.value:
        raise Refused(f"Xin ghi lý do hiệu chỉnh {name}.", 422)
    before = sheet.district_side()
    why = reason.strip() or f"Lấy lại {name} theo số của đơn vị."
    _fit_parts(sheet, actor, code, value, why, parts or {})
    if value == own.value:
        if row is not None:
            db.session.delete(row)
            del sheet.headcount_findings[code]
    else:
        if row is None:
            row = sheet.headcount_findings[code] = HeadcountFinding(**key_of(sheet), code=code)
        row.value, row.reason = value, reason.strip()
        row.changed_at, row.changed_by = clock.now(), actor.full_name
        db.session.add(row)
    restate(sheet)
    changed = rules.changes(before, sheet.district_side())
    detail = {"code": code, "before": current, "after": value, "reason": why}
    was, now = base_words(sheet, current), base_words(sheet, value)
    sentence = f"đã hiệu chỉnh {name} từ {was} thành {now}: {why}"
    note(actor, sheet, sentence, detail | {"indicators": [change.indicator.code for change in changed]})
    return changed


def _fit_parts(
    sheet: Sheet, actor: Identity, code: str, value: int, reason: str, parts: Mapping[int, int]
) -> None:
    """Lower the counts that would exceed a corrected figure, or refuse naming them."""
    above = exceeding(sheet, code, value)
    stuck = [f"{i.code} ({_number(part)})" for i, part in above if not 0 <= parts.get(i.id, -1) <= value]
    if stuck:
        raise Refused(
            f"Số đạt của chỉ tiêu {', '.join(stuck)} lớn hơn số hiệu chỉnh {_number(value)}. "
            f"Xin nhập lại số đạt của các chỉ tiêu này (từ 0 đến {_number(value)}).",
            422,
        )
    for indicator, _part in above:
        finding = sheet.findings.get(indicator.id) or new_finding(sheet, indicator.id)
        write(finding, ("corrected", None, parts[indicator.id], None, "headcount", reason), actor)


def exceeding(sheet: Sheet, code: str, value: int) -> list[tuple[Indicator, int]]:
    """Return the shares of a head-count whose count, as the district sees it, is above a new value."""
    found: list[tuple[Indicator, int]] = []
    if sheet.dossier.ratio_only:
        return found
    for indicator in sheet.indicators:
        finding = sheet.findings.get(indicator.id)
        if indicator.base != code or (finding is not None and finding.verdict == "not_applicable"):
            continue
        part = effective(sheet, indicator).part
        if part is not None and part > value:
            found.append((indicator, part))
    return found


def base_words(sheet: Sheet, value: int | None) -> str:
    """Say a base figure of a dossier: the number, or whether there are any where it tells ratios only."""
    if sheet.dossier.ratio_only and value is not None:
        return "có" if value else "không có"
    return _number(value)


def _number(value: int | None) -> str:
    return "–" if value is None else words.number(value)
