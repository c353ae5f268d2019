"""Giving dossiers to appraisers: many at once after a preview, one by one; declared conflicts of interest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import render_template, request
from sqlalchemy import and_, select

from portal import clock
from portal.dossiers.blueprint import dossier_here
from portal.dossiers.models import Dossier, State
from portal.spelling import fold
from portal.typed import line
from portal.units.models import Unit
from portal.web import back_to
from tenants.access import found, may, signed_in, tenant_here
from tenants.database import db
from tenants.refusal import Refused
from tenants.rights import Right, refusal

from . import assigning, interests, panels, queries
from .blueprint import blueprint, chosen_cycle
from .forms import text_of
from .panels import MOST, Candidate
from .sharing import Hand, ToGive, share_out

MOST_SHARED = 300
KIND_WORDS = {"employer": "Nơi công tác", "declared": "Lý do khác"}


def _numbers(typed: Sequence[str]) -> list[int]:
    return [int(one) for one in typed if one.isascii() and one.isdigit() and len(one) < 12]


@blueprint.get("/huyen/phan-cong")
@may(Right.ASSIGN_APPRAISER)
def sharing() -> str:
    """Show how the dossiers given to nobody would be shared out among the persons chosen."""
    cycle = chosen_cycle()
    return _sharing_page(cycle.year, _numbers(request.args.getlist("ai")))


def _sharing_page(year: int, chosen: Sequence[int], **more: Any) -> str:
    tenant_id, actor = tenant_here(), signed_in()
    people = panels.candidates(tenant_id)
    taking = [one for one in people if one.account_id in chosen] or people
    statement = (
        select(Dossier.id, Dossier.unit_id, Dossier.submitted_at, Unit.kind, Unit.name)
        .join(Unit, and_(Unit.tenant_id == Dossier.tenant_id, Unit.id == Dossier.unit_id))
        .where(
            Dossier.tenant_id == tenant_id,
            Dossier.year == year,
            Dossier.state == State.ACCEPTED,
            queries.given_to(queries.NOBODY, actor),
        )
        .order_by(queries.KIND_ORDER, Dossier.submitted_at, Dossier.id)
    )
    waiting = db.session.execute(statement.limit(MOST_SHARED)).all()
    barred = panels.conflicts(tenant_id, [one.account_id for one in people])
    plan = share_out(
        [ToGive(row.id, row.unit_id, row.kind) for row in waiting],
        [Hand(one.account_id, one.load) for one in taking],
        barred,
    )
    gets = {one.dossier_id: one for one in plan}
    new = {one.account_id: sum(g.account_id == one.account_id for g in plan) for one in people}
    return render_template(
        "appraisal/sharing.html",
        year=year,
        people=people,
        taking={one.account_id for one in taking},
        new=new,
        rows=[(row, gets[row.id], _may_have(people, row.unit_id, barred)) for row in waiting],
        most=MOST_SHARED,
        **{"done": []} | more,
    )


def _may_have(people: Sequence[Candidate], unit_id: int, barred: Any) -> list[tuple[Candidate, str]]:
    return [(one, barred.get((one.account_id, unit_id), "")) for one in people]


@blueprint.post("/huyen/phan-cong")
@may(Right.ASSIGN_APPRAISER)
def share() -> Any:
    """Give every dossier to the person chosen in its row; says of each what became of it."""
    cycle = chosen_cycle()
    wanted = {}
    for name, typed in list(request.form.items())[: MOST_SHARED + 10]:
        number = _numbers([name.removeprefix("giao-")])
        account = _numbers([typed])
        if name.startswith("giao-") and number and account:
            wanted[number[0]] = account[0]
    if not wanted:
        raise Refused("Chưa chọn người cho hồ sơ nào.", 422)
    done = assigning.share(signed_in(), cycle.year, wanted)
    return _sharing_page(cycle.year, _numbers(request.form.getlist("ai")), done=done)


@blueprint.get("/huyen/ho-so/<int:dossier_id>/phan-cong")
@may(Right.ASSIGN_APPRAISER)
def assignment(dossier_id: int) -> str:
    """Show who appraises a dossier, who did, and who may."""
    return _assignment_page(dossier_here(dossier_id))


def _assignment_page(dossier: Dossier, faults: Sequence[str] = (), typed: Any = None) -> str:
    people = panels.candidates(dossier.tenant_id)
    panel = panels.panel_of(dossier)
    barred = panels.conflicts(dossier.tenant_id, [p.account_id for p in people], [dossier.unit_id])
    first = panel.responsible
    now = {
        "chosen": [seat.account_id for seat in panel.seats],
        "responsible": first.account_id if first else 0,
        "reason": "",
    }
    return render_template(
        "appraisal/assignment.html",
        dossier=dossier,
        unit=db.session.get_one(Unit, (dossier.tenant_id, dossier.unit_id)),
        people=_may_have(people, dossier.unit_id, barred),
        panel=panel,
        past=panels.past_seats(dossier),
        open=dossier.state == State.ACCEPTED,
        typed=typed or now,
        faults=faults,
        most=MOST,
    )


@blueprint.post("/huyen/ho-so/<int:dossier_id>/phan-cong")
@may(Right.ASSIGN_APPRAISER)
def assign(dossier_id: int) -> Any:
    """Put the persons chosen on a dossier."""
    dossier, form = dossier_here(dossier_id), request.form
    chosen, first = _numbers(form.getlist("nguoi")), _numbers([form.get("chinh", "")])
    reason = text_of(form, "reason", 1_000)
    try:
        panel = assigning.assign(
            signed_in(),
            dossier,
            chosen,
            responsible=first[0] if first else None,
            reason=reason,
            seen=_numbers(form.getlist("seat")),
        )
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        db.session.rollback()
        typed = {"chosen": chosen, "responsible": first[0] if first else 0, "reason": reason}
        return _assignment_page(dossier_here(dossier_id), [refused.sentence], typed), refused.status
    said = f"Đã giao hồ sơ cho {panel.names}." if panel.seats else "Hồ sơ không còn giao riêng cho ai."
    return back_to("appraisal.assignment", said, dossier_id=dossier_id)


@blueprint.get("/huyen/xung-dot")
@may(Right.SEE_DISTRICT)
def conflicts() -> str:
    """Show the declared conflicts of interest: everybody's to who assigns, one's own to an appraiser."""
    return _conflicts_page()


def _conflicts_page(typed: Any = None, faults: Sequence[str] = ()) -> str:
    actor, tenant_id = signed_in(), tenant_here()
    assigns = not refusal(actor, Right.ASSIGN_APPRAISER)
    judges = not refusal(actor, Right.APPRAISE)
    people = panels.candidates(tenant_id) if assigns else []
    today = clock.today()
    units = select(Unit.code, Unit.name).where(Unit.tenant_id == tenant_id, Unit.opened_on <= today)
    return render_template(
        "appraisal/conflicts.html",
        rows=db.session.execute(
            interests.declared(tenant_id, None if assigns else actor.account_id).limit(500)
        ).all(),
        people=[(one.account_id, one.name) for one in people],
        units=db.session.execute(units.order_by(Unit.name_sort, Unit.id).limit(1_000)).all(),
        assigns=assigns,
        may_declare=assigns or judges,
        me=actor.account_id,
        kinds=KIND_WORDS,
        typed=typed or {"who": actor.account_id, "unit": "", "kind": "employer", "reason": ""},
        faults=faults,
    )


@blueprint.post("/huyen/xung-dot")
@may(Right.SEE_DISTRICT)
def declare() -> Any:
    """Keep a conflict of interest; the unit is typed by its code or name."""
    form, actor = request.form, signed_in()
    who = _numbers([form.get("who", "")])
    typed = {
        "who": who[0] if who else actor.account_id,
        "unit": line(form.get("unit", ""))[:300],
        "kind": form.get("kind", ""),
        "reason": text_of(form, "reason", 1_000),
    }
    try:
        row = interests.declare(
            actor, typed["who"], _unit_named(typed["unit"]), typed["kind"], typed["reason"]
        )
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        db.session.rollback()
        return _conflicts_page(typed, [refused.sentence]), refused.status
    return back_to("appraisal.conflicts", f"Đã ghi khai báo của {row.full_name}.")


def _unit_named(typed: str) -> int:
    """Return the unit a text means: its code alone or before a dash, or its whole name, accents optional."""
    code = typed.partition(" – ")[0].strip()
    name = (Unit.code == code.upper()) | (Unit.code == code) | (Unit.name_folded == fold(typed))
    ids = db.session.scalars(select(Unit.id).where(Unit.tenant_id == tenant_here(), name).limit(2)).all()
    if not typed or len(ids) != 1:
        what = "Xin nhập" if not typed else "Không tìm thấy đúng một đơn vị theo nội dung đã nhập: xin chọn"
        raise Refused(f"{what} mã hoặc tên đơn vị trong danh mục.", 422)
    return int(ids[0])


@blueprint.post("/huyen/xung-dot/<int:interest_id>/thoi")
@may(Right.ASSIGN_APPRAISER)
def end_conflict(interest_id: int) -> Any:
    """End a declaration, with the reason."""
    row = found(interests.interest_of(tenant_here(), interest_id))
    interests.withdraw(signed_in(), row, text_of(request.form, "reason", 1_000))
    return back_to("appraisal.conflicts", f"Đã thôi khai báo của {row.full_name}.")
