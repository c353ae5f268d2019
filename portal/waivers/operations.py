"""The verbs of a request that an indicator does not apply: the unit asks and withdraws, the district rules.

A unit never switches an indicator off itself; the ruling applies to the form's rules at once (U-08).
"""

from __future__ import annotations

from portal import clock, words
from portal.dossiers.models import Dossier, State
from portal.dossiers.operations import editable, locked, may_fill, must, restate
from portal.dossiers.queries import Sheet, open_sheet
from portal.notices.operations import tell_district, tell_unit
from portal.trail.operations import record
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused
from tenants.rights import Right

from .models import Waiver, WaiverState
from .queries import waiver_of

LONGEST = 4000
RULED_IN = (State.DRAFT, State.SIGNED, State.SUBMITTED, State.SUPPLEMENT_REQUESTED, State.ACCEPTED)
REVOKED_IN = (State.DRAFT, State.SUPPLEMENT_REQUESTED)


def ask(actor: Identity, dossier: Dossier, indicator_id: int, reason: str) -> Waiver:
    """Ask the district to rule an indicator not applicable to the unit; asking again changes nothing.

    Raises `Refused` for a missing reason, an indicator that does not apply anyhow, or a closed dossier.
    """
    must(actor, Right.FILL_DOSSIER)
    may_fill(actor, dossier)
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    indicator = next((i for i in sheet.indicators if i.id == indicator_id), None)
    if indicator is None:
        raise Refused("Chỉ tiêu này không có trong bộ tiêu chí của hồ sơ.", 404)
    standing = _standing(sheet, indicator_id)
    if standing is not None and standing.reason == reason.strip():
        return standing
    if standing is not None:
        name = "đang chờ trả lời" if standing.state == WaiverState.ASKED else "đã được chấp thuận"
        raise Refused(f"Đề nghị không áp dụng chỉ tiêu {indicator.code} {name}.")
    applies, why_not = indicator.applies.applies(sheet.profile())
    if not applies:
        raise Refused(f"Chỉ tiêu {indicator.code} vốn không áp dụng với đơn vị. {why_not}", 422)
    editable(sheet, indicator_id=indicator_id)
    if not reason.strip():
        raise Refused(f"Xin ghi lý do chỉ tiêu {indicator.code} không áp dụng với đơn vị.", 422)
    if len(reason) > LONGEST:
        raise Refused(f"Lý do dài quá {words.number(LONGEST)} ký tự. Xin viết ngắn hơn.", 422)
    waiver = Waiver(
        **_key(sheet.dossier),
        indicator_id=indicator_id,
        reason=reason.strip(),
        asked_at=clock.now(),
        asked_by=actor.full_name,
    )
    db.session.add(waiver)
    db.session.flush()
    sheet.waivers.append(waiver)
    _note(actor, sheet, f"đã đề nghị không áp dụng chỉ tiêu {indicator.code}.", {"reason": waiver.reason})
    sentence = f"{sheet.unit.name} đề nghị không áp dụng chỉ tiêu {indicator.code} năm {sheet.dossier.year}."
    tell_district(dossier.tenant_id, sentence, f"/huyen/khong-ap-dung/{waiver.id}", dossier.unit_id)
    return waiver


def _standing(sheet: Sheet, indicator_id: int) -> Waiver | None:
    open_ones = (WaiverState.ASKED, WaiverState.GRANTED)
    return next((w for w in sheet.waivers if w.indicator_id == indicator_id and w.state in open_ones), None)


def withdraw(actor: Identity, dossier: Dossier, waiver_id: int) -> Waiver:
    """Take a request back that the district has not ruled on."""
    must(actor, Right.FILL_DOSSIER)
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    waiver = next((w for w in sheet.waivers if w.id == waiver_id), None)
    if waiver is None:
        raise Refused("Không tìm thấy đề nghị này.", 404)
    if waiver.state == WaiverState.WITHDRAWN:
        return waiver
    if waiver.state != WaiverState.ASKED:
        raise Refused("Đề nghị này đã được trả lời nên không rút được nữa.")
    waiver.state = WaiverState.WITHDRAWN
    db.session.flush()
    _note(actor, sheet, f"đã rút đề nghị không áp dụng chỉ tiêu {_code(sheet, waiver)}.")
    return waiver


def rule(actor: Identity, tenant_id: int, waiver_id: int, *, grant: bool, ruling: str) -> Waiver:
    """Grant or refuse a request; a refusal needs its reason. Applies to the form at once, and is told to the unit.

    Raises `Conflict` where somebody has ruled meanwhile.
    """
    waiver, sheet = _held(actor, tenant_id, waiver_id)
    if waiver.state != WaiverState.ASKED:
        who = f"{waiver.ruled_by} đã trả lời" if waiver.ruled_at else "Đơn vị đã rút"
        raise Conflict(f"{who} đề nghị này.", waiver)
    _in(sheet, RULED_IN, "trả lời đề nghị này")
    _ruling(ruling, needed="" if grant else "Xin ghi lý do không chấp thuận.")
    _write(actor, sheet, waiver, WaiverState.GRANTED if grant else WaiverState.REFUSED, ruling)
    done = "chấp thuận" if grant else "không chấp thuận"
    _tell(actor, sheet, waiver, f"đã {done} đề nghị không áp dụng chỉ tiêu {_code(sheet, waiver)}")
    return waiver


def revoke(actor: Identity, tenant_id: int, waiver_id: int, ruling: str) -> Waiver:
    """Take a grant back, with the reason, while the unit can still answer the indicator."""
    waiver, sheet = _held(actor, tenant_id, waiver_id)
    if waiver.state != WaiverState.GRANTED:
        raise Conflict("Đề nghị này không còn ở trạng thái đã chấp thuận.", waiver)
    _in(sheet, REVOKED_IN, "rút chấp thuận; ở bước thẩm định, kết luận chỉ tiêu trên màn hình thẩm định")
    _ruling(ruling, needed="Xin ghi lý do rút chấp thuận.")
    _write(actor, sheet, waiver, WaiverState.REVOKED, ruling)
    _tell(actor, sheet, waiver, f"đã rút chấp thuận không áp dụng chỉ tiêu {_code(sheet, waiver)}")
    return waiver


def _held(actor: Identity, tenant_id: int, waiver_id: int) -> tuple[Waiver, Sheet]:
    """Lock a request under its dossier: the right (never of one's own unit), then the rows."""
    found = waiver_of(tenant_id, waiver_id)
    if found is None:
        raise Refused("Không tìm thấy đề nghị này.", 404)
    must(actor, Right.RULE_WAIVER, found)
    sheet = open_sheet(locked(tenant_id, found.dossier_id))
    return next(w for w in sheet.waivers if w.id == waiver_id), sheet


def _in(sheet: Sheet, states: tuple[State, ...], what: str) -> None:
    if sheet.dossier.state not in states:
        name = words.DOSSIER_STATES[sheet.dossier.state].name
        raise Refused(f"Hồ sơ đang ở trạng thái “{name}” nên không còn {what}.")


def _ruling(ruling: str, *, needed: str) -> None:
    if needed and not ruling.strip():
        raise Refused(needed, 422)
    if len(ruling) > LONGEST:
        raise Refused(f"Lý do dài quá {words.number(LONGEST)} ký tự. Xin viết ngắn hơn.", 422)


def _write(actor: Identity, sheet: Sheet, waiver: Waiver, state: WaiverState, ruling: str) -> None:
    now = clock.now()  # asked first: a question to the database would flush a ruling that is not whole
    waiver.state, waiver.ruling, waiver.ruled_at, waiver.ruled_by = (
        state,
        ruling.strip(),
        now,
        actor.full_name,
    )
    db.session.flush()
    # What the rules say of a unit's own dossier is stored by the unit's next step; the office's copy is ours.
    if sheet.dossier.channel != "portal" and sheet.dossier.state == State.DRAFT:
        restate(sheet)


def _tell(actor: Identity, sheet: Sheet, waiver: Waiver, done: str) -> None:
    why = f": {waiver.ruling}" if waiver.ruling else ""
    sentence = f"{done}{why}"
    _note(actor, sheet, sentence if sentence.endswith((".", "!", "?")) else f"{sentence}.")
    path = f"/ho-so/{sheet.dossier.id}#chi-tieu-{_code(sheet, waiver)}"
    tell_unit(
        sheet.dossier.tenant_id,
        sheet.dossier.unit_id,
        f"{words.in_words_of(sheet.cycle.tier, 'Phòng GDĐT')} {done}.",
        path,
    )


def _code(sheet: Sheet, waiver: Waiver) -> str:
    return next(i.code for i in sheet.indicators if i.id == waiver.indicator_id)


def _key(dossier: Dossier) -> dict[str, int]:
    return {"tenant_id": dossier.tenant_id, "unit_id": dossier.unit_id, "dossier_id": dossier.id}


def _note(actor: Identity, sheet: Sheet, sentence: str, detail: dict[str, object] | None = None) -> None:
    record(actor, "waiver", sentence, **_key(sheet.dossier), detail=detail)
