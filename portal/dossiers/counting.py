"""A dossier's figures as a whole: several saved at once, and the change between people and ratios.

A unit that the registry marks as sensitive never tells how many people it has: its dossier holds ratios only.
"""

from __future__ import annotations

from collections.abc import Mapping

from portal import clock, words
from portal.trail.operations import record
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused

from .content import Content
from .filling import Given, restate, save_answer, save_headcounts
from .models import Dossier, State
from .queries import Sheet, open_sheet
from .rules import RATIO_WHOLE, Kind, as_ratio
from .taking import locked, may_fill


def save_figures(
    actor: Identity,
    dossier: Dossier,
    wholes: Mapping[str, int],
    parts: Mapping[int, int],
    *,
    seen: Mapping[str, int],
) -> Content:
    """Save head-counts by code and parts by indicator id, all or nothing, by the form's own verbs.

    Parts that fall go first, then the head-counts, then the rest, so that no part exceeds its whole on the
    way between two states that are each possible. `seen`: the versions the page showed, by code and by
    indicator id as text. Raises `Conflict` and `Refused` as those verbs do.
    """
    may_fill(actor, dossier)
    sheet: Content = open_sheet(locked(dossier.tenant_id, dossier.id))
    codes = {indicator.id: indicator.code for indicator in sheet.indicators}
    for indicator_id, part in parts.items():
        answer = sheet.answers[indicator_id]
        if answer.part != part and seen.get(str(indicator_id)) != answer.version:
            who = answer.changed_by or "Người khác"
            raise Conflict(f"{who} vừa sửa chỉ tiêu {codes[indicator_id]}. Xin xem lại rồi chọn.", answer)
    falling = {i: part for i, part in parts.items() if part <= (sheet.answers[i].part or 0)}
    sheet = _save_parts(actor, dossier, sheet, falling)
    if wholes:
        sheet = save_headcounts(actor, dossier, dict(wholes), {code: seen.get(code, 0) for code in wholes})
    return _save_parts(actor, dossier, sheet, {i: part for i, part in parts.items() if i not in falling})


def _save_parts(actor: Identity, dossier: Dossier, sheet: Content, parts: Mapping[int, int]) -> Content:
    for indicator_id, part in parts.items():
        answer = sheet.answers[indicator_id]
        given = Given(part=part, explanation=answer.explanation, version=answer.version)
        sheet = save_answer(actor, dossier, indicator_id, given)
    return sheet


def follow_registry(actor: Identity, dossier: Dossier) -> Sheet:
    """Turn a draft to ratios, or back to people, as the registry now says of the unit.

    Numbers of people are replaced by their ratios and kept nowhere; back again, they are to be typed.
    """
    may_fill(actor, dossier)
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    wanted = sheet.unit.discreet
    if sheet.dossier.ratio_only is wanted:
        return sheet
    if sheet.dossier.state != State.DRAFT:
        name = words.DOSSIER_STATES[sheet.dossier.state].unit_name
        raise Refused(f"Hồ sơ đang ở trạng thái “{name}” nên không đổi cách ghi số liệu được nữa.")
    for indicator in sheet.indicators:
        if indicator.kind is not Kind.SHARE:
            continue
        answer, whole = sheet.answers[indicator.id], sheet.headcounts[indicator.base or ""].value
        known = wanted and whole and answer.part is not None
        answer.part = as_ratio(answer.part or 0, whole) if known and whole else None
        answer.changed_at, answer.changed_by = clock.now(), actor.full_name
    for code, row in sheet.headcounts.items():
        row.value = whole_of(code, row.value) if wanted else (0 if row.value == 0 else None)
        row.changed_by = actor.full_name
    sheet.dossier.ratio_only = wanted
    restate(sheet)
    how = "tỷ lệ, không giữ số người" if wanted else "số người; các tỷ lệ đã nhập được bỏ"
    record(
        actor,
        "figures",
        f"đã chuyển cách ghi số liệu sang {how}.",
        tenant_id=dossier.tenant_id,
        unit_id=dossier.unit_id,
        dossier_id=dossier.id,
    )
    return sheet


def whole_of(code: str, value: int | None) -> int | None:
    """Return a head-count as a unit that tells ratios only holds it; members there always are."""
    if code == "members":
        return RATIO_WHOLE
    return value and RATIO_WHOLE
