"""The door of every verb on a dossier: who may, the row held, what is open, one row of the step table.

`locked` holds the dossier's row for the transaction, so that two people at once, a double click and a
retry end in one orderly story.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import update

from portal import clock, words
from portal.notices.operations import tell_district, tell_each, tell_unit
from portal.notices.rules import Kind
from portal.team.guests import is_invited
from portal.trail.operations import record, record_dossiers
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Refused
from tenants.rights import Right, refusal

from .content import Content
from .gathering import facts_of
from .models import Dossier, State
from .queries import Sheet, dossier_of
from .steps import STEP_OF, Act, refusal_from

NO_DOSSIER = "Không tìm thấy hồ sơ này."


def must(actor: Identity, right: Right, row: Any = None) -> None:
    """Raise `Refused` (403) with its sentence where the right is missing."""
    sentence = refusal(actor, right, row)
    if sentence:
        raise Refused(sentence, 403)


def locked(tenant_id: int, dossier_id: int) -> Dossier:
    """Return a dossier held for this transaction; raises `Refused` (404) for one the scope cannot see."""
    dossier = dossier_of(tenant_id, dossier_id, lock=True)
    if dossier is None:
        raise Refused(NO_DOSSIER, 404)
    return dossier


def editable(sheet: Content, *, indicator_id: int | None = None, part: str = "") -> None:
    """Raise `Refused` with the reason where the unit's content cannot be changed now."""
    state = State(sheet.dossier.state)
    if sheet.unlocked(indicator_id, part):
        return
    if state is State.SIGNED:
        raise Refused("Hồ sơ đã ký. Bấm “Mở lại để sửa”; chữ ký khi đó không còn giá trị và cần ký lại.")
    if state is State.SUPPLEMENT_REQUESTED:
        raise Refused("Chỉ những điểm được yêu cầu bổ sung mới sửa được; mục này không có trong yêu cầu.")
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
    facts = facts_of(sheet, clock.now())
    faults = [fault for check in step.needs if (fault := check(facts)) is not None and fault.stops]
    if faults:
        raise Refused(" ".join(fault.sentence for fault in faults))
    dossier.state = step.to
    filled = _filled(sheet, number, until)
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
        said = words.in_words_of(facts.calendar.tier, step.unit_notice).format(**filled)
        tell_unit(dossier.tenant_id, dossier.unit_id, said, path, step.kind)
    if step.district_notice:
        path = f"/huyen/ho-so/{dossier.id}"
        sentence = words.in_words_of(facts.calendar.tier, step.district_notice).format(**filled)
        tell_district(dossier.tenant_id, sentence, path, dossier.unit_id)


def take_all(
    actor: Identity,
    sheets: Sequence[Sheet],
    act: Act,
    *,
    number: str = "",
    values: dict[str, Any] | None = None,
) -> None:
    """Carry out one row of the step table on many dossiers of a district, in statements that do not grow with them.

    Whoever calls holds the dossiers, and has asked the right, the state and every check of the step for each.
    `values`: further columns that the step sets, the same for all.
    """
    if not sheets:
        return
    step, tenant_id = STEP_OF[act], sheets[0].dossier.tenant_id
    db.session.execute(
        update(Dossier)
        .where(Dossier.tenant_id == tenant_id, Dossier.id.in_([sheet.dossier.id for sheet in sheets]))
        .values(state=step.to, version=Dossier.version + 1, **(values or {}))
        .execution_options(synchronize_session="evaluate")
    )
    told = {sheet.dossier.id: _filled(sheet, number, None) for sheet in sheets}
    record_dossiers(
        actor,
        f"dossier.{act.value}",
        {(s.dossier.unit_id, s.dossier.id): step.done.format(**told[s.dossier.id]) for s in sheets},
        tenant_id=tenant_id,
        inner=step.inner,
    )
    for audience, sentence, path in (
        ("unit", step.unit_notice, f"/ho-so/{{id}}{step.unit_page}"),
        ("district", step.district_notice, "/huyen/ho-so/{id}"),
    ):
        if sentence:
            notices = [
                (
                    s.dossier.unit_id,
                    words.in_words_of(s.cycle.tier, sentence).format(**told[s.dossier.id]),
                    path.format(id=s.dossier.id),
                )
                for s in sheets
            ]
            tell_each(tenant_id, audience, notices, step.kind if audience == "unit" else Kind.STEP)


def _filled(sheet: Sheet, number: str, until: date | None) -> dict[str, Any]:
    """Return what the sentences of a step are filled in with."""
    return {
        "unit": sheet.unit.name,
        "year": sheet.dossier.year,
        "number": number or sheet.dossier.receipt_number,
        "until": words.day(until) if until else "",
    }
