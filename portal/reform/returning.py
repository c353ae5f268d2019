"""The way back from a reform: the exact inverse of `carrying.py`, from its journal, in one transaction of the steward.

What was written about the moved units meanwhile comes back with them. Refused once the successor has decided
something on one of them: what was decided in its name cannot be given to another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update

from portal import clock, words
from portal.appraisal.seats import Appraiser
from portal.complaints.models import Complaint
from portal.further.models import FurtherDecision
from portal.recognition.models import Decision, DecisionLine
from portal.reports.models import DistrictReport
from portal.trail.operations import record
from portal.words import ZONE
from tenants import operations, signin
from tenants.database import Base, db
from tenants.people import DISTRICT_ROLES, Membership
from tenants.places import WORDS, FormerName, Succession, Tenant, TenantKind
from tenants.refusal import Refused

from . import rehoming
from .carrying import hold, locked, release_appraisers, share_files
from .models import Reform
from .rules import State, fault_of_way_back


def give_back(reform_id: int) -> Reform:
    """Undo a reform that was carried out (steward). Raises `Refused` when it is too late or something was decided."""
    reform = locked(reform_id)
    if reform.state != State.BACK_ASKED:
        raise Refused("Chưa có yêu cầu trả lại cho phương án này.")
    journal = reform.journal or {}
    hold([*reform.sources, *(move["to"] for move in journal.get("moves", ()))])
    reason = fault_of_return(reform)
    if reason:
        raise Refused(reason)
    if "renamed" in journal:
        _unname(journal["renamed"])
    else:
        _return(reform, journal)
    reform.state, reform.undone_at, reform.fault = State.UNDONE, clock.now(), ""
    _record(reform, journal)
    db.session.flush()
    return reform


def fault_of_return(reform: Reform) -> str:
    """Return why a reform cannot be undone now, "" where it can; the province asks this for its page, too."""
    assert reform.carried_out_at is not None
    carried = reform.carried_out_at.astimezone(ZONE).date()
    late = fault_of_way_back(carried, reform.back_days, clock.today())
    if late:
        return late
    later = select(Reform.id).where(
        Reform.id != reform.id,
        Reform.carried_out_at >= reform.carried_out_at,
        Reform.state.in_((State.DONE, State.BACK_ASKED)),
        Reform.id > reform.id,
    )
    if db.session.scalar(later.limit(1)):
        return "Sau phương án này đã có phương án khác được thực hiện; phải trả lại phương án sau trước."
    for move in (reform.journal or {}).get("moves", ()):
        decided = _decided_since(move, reform.carried_out_at)
        if decided:
            return decided
    return ""


def _decided_since(move: Mapping[str, Any], since: datetime) -> str:
    """Return what a successor has decided on a moved unit since it came, "" where nothing was."""
    place, units = move["to"], move["units"]
    name = db.session.scalar(select(Tenant.name).where(Tenant.id == place))
    lines = (
        select(Decision.number)
        .join(
            DecisionLine,
            (DecisionLine.tenant_id == Decision.tenant_id) & (DecisionLine.decision_id == Decision.id),
        )
        .where(
            Decision.tenant_id == place,
            Decision.issued_at >= since,
            rehoming.among(DecisionLine.unit_id, units),
        )
    )
    number = db.session.scalar(lines.limit(1))
    if number:
        return f"{name} đã ban hành quyết định {number} có đơn vị được chuyển; không trả lại được nữa."
    further = select(FurtherDecision.id).where(
        FurtherDecision.tenant_id == place,
        rehoming.among(FurtherDecision.unit_id, units),
        FurtherDecision.issued_at >= since,
    )
    answered = select(Complaint.id).where(
        Complaint.tenant_id == place,
        rehoming.among(Complaint.unit_id, units),
        Complaint.state == "answered",
        Complaint.ended_at >= since,
    )
    if db.session.scalar(further.limit(1)) or db.session.scalar(answered.limit(1)):
        return f"{name} đã thu hồi, điều chỉnh hoặc giải quyết khiếu nại của đơn vị được chuyển; không trả lại được nữa."
    sent = select(DistrictReport.year).where(
        DistrictReport.tenant_id == place, DistrictReport.sent_at >= since
    )
    year = db.session.scalar(sent.limit(1))
    if year:
        return f"{name} đã gửi báo cáo năm {year} gồm cả đơn vị được chuyển; không trả lại được nữa."
    return ""


def _return(reform: Reform, journal: Mapping[str, Any]) -> None:
    """Bring units, people and appraisals back, then take away what was made for the move."""
    own = {
        account
        for place in journal["closed"]
        for account in db.session.scalars(
            select(Membership.account_id).where(
                Membership.tenant_id == place, Membership.role.in_(DISTRICT_ROLES)
            )
        )
    }
    for move in reversed(journal["moves"]):
        _move_back(reform, move, own)
    rehoming.put_back(journal["aside"])
    for place, number, until in journal["memberships"]:
        db.session.execute(
            update(Membership)
            .where(Membership.tenant_id == place, Membership.id == number)
            .values(until=date.fromisoformat(until) if until else None, ended_at=None)
        )
    home = {unit: move["from"] for move in journal["moves"] for unit in move["units"]}
    for unit, number in journal["appraisers"]:
        db.session.execute(
            update(Base.metadata.tables["appraiser"])
            .where(Appraiser.tenant_id == home[unit], Appraiser.unit_id == unit, Appraiser.id == number)
            .values(removed_at=None, removed_by="", removed_reason="")
        )
    for place in journal["closed"]:
        db.session.get_one(Tenant, place).valid_to = None
    for place in journal["opened"]:
        _close(place, reform)


def _move_back(reform: Reform, move: Mapping[str, Any], own: set[int]) -> None:
    source, target, units = move["from"], move["to"], list(move["units"])
    made = rehoming.uncopied(target, units, move["copies"])
    if made:
        raise Refused(
            "Nơi tiếp nhận đã lập dự thảo quyết định, cuộc họp hội đồng hoặc nhập tệp cho đơn vị được chuyển; "
            "bỏ những việc này rồi mới trả lại được."
        )
    share_files(target, source, units)
    release_appraisers(target, units, f"việc trả lại: {reform.back_reason}", keep=own)
    before = dict(move["origins"])
    rehoming.move(target, source, {unit: before.get(unit) for unit in units}, back=True)
    rehoming.recode(source, dict(move["codes"]))
    rehoming.move_entries(target, source, units, back=True)
    rehoming.drop_copies(target, move["copies"])
    db.session.execute(
        delete(Succession).where(
            Succession.from_id == source,
            Succession.to_id == target,
            Succession.on_day == reform.effective_on,
        )
    )


def _close(place: int, reform: Reform) -> None:
    """Close a place that was opened in vain: its record stays, its people's roles end, name and code are free.

    Its term is put before the day it was to begin, so that the same reform can be tried again from that day.
    """
    tenant = db.session.get_one(Tenant, place)
    tenant.valid_from, tenant.valid_to = reform.effective_on - timedelta(days=1), reform.effective_on
    tenant.code = f"{tenant.code[:12]}~{reform.id}"
    held = select(Membership).where(Membership.tenant_id == place, Membership.ended_at.is_(None))
    for row in db.session.scalars(held).all():
        operations.end_membership(row, signin.today())


def _unname(place_id: int) -> None:
    """Give a place the words back that it had before its last renaming."""
    place = db.session.get_one(Tenant, place_id)
    former = db.session.scalars(
        select(FormerName)
        .where(FormerName.place_id == place_id)
        .order_by(FormerName.valid_to.desc())
        .limit(1)
    ).one()
    for name in WORDS:
        setattr(place, name, getattr(former, name))
    db.session.delete(former)


def _record(reform: Reform, journal: Mapping[str, Any]) -> None:
    province = db.session.scalars(select(func.min(Tenant.id)).where(Tenant.kind == TenantKind.PROVINCE)).one()
    sentence = (
        f"đã trả lại việc sắp xếp theo {reform.basis} (thực hiện {words.moment(reform.carried_out_at)}), "
        f"đưa {reform.moved} đơn vị về nơi cũ; lý do: {reform.back_reason}."
    )
    places: Sequence[int] = [move["to"] for move in journal.get("moves", ())]
    for at in {province, *reform.sources, *places}:
        record(None, "reform.return", sentence, tenant_id=at, detail={"reform": reform.id})
    for move in journal.get("moves", ()):
        for unit in move["units"]:
            told = f"đã đưa đơn vị về nơi cũ: {reform.back_reason}."
            record(None, "unit.rehomed", told, tenant_id=move["from"], unit_id=unit)
