"""The door of every verb on a dossier: who may, the row held, what is open, one row of the step table.

`locked` holds the dossier's row for the transaction, so that two people at once, a double click and a
retry end in one orderly story.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from portal import clock, words
from portal.notices.operations import tell_district, tell_unit
from portal.team.guests import is_invited
from portal.trail.operations import record
from tenants.identity import Identity
from tenants.refusal import Refused
from tenants.rights import Right, refusal

from .models import Dossier, State
from .queries import Sheet, dossier_of
from .steps import STEP_OF, Act, refusal_from


def must(actor: Identity, right: Right, row: Any = None) -> None:
    """Raise `Refused` (403) with its sentence where the right is missing."""
    sentence = refusal(actor, right, row)
    if sentence:
        raise Refused(sentence, 403)


def locked(tenant_id: int, dossier_id: int) -> Dossier:
    """Return a dossier held for this transaction; raises `Refused` (404) for one the scope cannot see."""
    dossier = dossier_of(tenant_id, dossier_id, lock=True)
    if dossier is None:
        raise Refused("Không tìm thấy hồ sơ này.", 404)
    return dossier


def editable(sheet: Sheet, *, indicator_id: int | None = None, part: str = "") -> None:
    """Raise `Refused` with the reason where the unit's content cannot be changed now."""
    state = State(sheet.dossier.state)
    if sheet.unlocked(indicator_id, part):
        return
    if state is State.SIGNED:
        raise Refused("Hồ sơ đã ký. Bấm “Mở lại để sửa”; chữ ký khi đó không còn giá trị và cần ký lại.")
    if state is State.SUPPLEMENT_REQUESTED:
        raise Refused("Chỉ những điểm huyện yêu cầu bổ sung mới sửa được; mục này không có trong yêu cầu.")
    name = words.DOSSIER_STATES[state.value].unit_name
    raise Refused(f"Hồ sơ đang ở trạng thái “{name}” nên không sửa được nữa.")


def may_fill(actor: Identity, dossier: Dossier, indicator_id: int | None = None) -> None:
    """Ask who may write the unit's content: the unit, or the officer for a dossier filed off the portal.

    `indicator_id`: where the content belongs to one indicator, which a guest of the unit may be let in to.
    """
    own = refusal(actor, Right.FILL_DOSSIER)
    if own and indicator_id is not None and is_invited(actor, dossier.id, indicator_id):
        return
    if own and (dossier.channel == "portal" or refusal(actor, Right.ENTER_FOR_UNIT)):
        raise Refused(own, 403)


def take(
    actor: Identity,
    sheet: Sheet,
    act: Act,
    *,
    number: str = "",
    until: date | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Carry out one row of the step table on a locked dossier; `until`: the first day too late of a term it sets.

    Raises `Refused` with the sentence of the missing right, the wrong state, or everything that is lacking.
    """
    step, dossier = STEP_OF[act], sheet.dossier
    must(actor, step.right, dossier)
    if State(dossier.state) not in step.came:
        raise Refused(refusal_from(step, State(dossier.state)))
    facts = sheet.facts(clock.now())
    faults = [fault for check in step.needs if (fault := check(facts)) is not None and fault.stops]
    if faults:
        raise Refused(" ".join(fault.sentence for fault in faults))
    dossier.state = step.to
    filled = {
        "unit": sheet.unit.name,
        "year": dossier.year,
        "number": number or dossier.receipt_number,
        "until": words.day(until) if until else "",
    }
    record(
        actor,
        f"dossier.{act.value}",
        step.done.format(**filled),
        tenant_id=dossier.tenant_id,
        unit_id=dossier.unit_id,
        dossier_id=dossier.id,
        detail=detail,
        inner=step.inner,
    )
    if step.unit_notice:
        path = f"/ho-so/{dossier.id}{step.unit_page}"
        tell_unit(dossier.tenant_id, dossier.unit_id, step.unit_notice.format(**filled), path, step.kind)
    if step.district_notice:
        path = f"/huyen/ho-so/{dossier.id}"
        sentence = step.district_notice.format(**filled)
        tell_district(dossier.tenant_id, sentence, path, dossier.unit_id)
