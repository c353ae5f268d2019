"""Within how many working days a question or report is answered: the Department's number, or the district's own.

A promise, not a term of the law. A change holds for what comes in from then on.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select

from portal import clock
from portal.cycle.queries import own_days
from portal.cycle.rules import add_working_days
from portal.dossiers.taking import must
from portal.trail.operations import record
from tenants.database import db
from tenants.identity import Identity
from tenants.places import Tenant, TenantKind
from tenants.refusal import Conflict, Refused
from tenants.rights import Right

from .models import InquiryTerm
from .rules import FEWEST_DAYS, MOST_DAYS, USUAL_DAYS

SETTING = "inquiry_days"
BOUNDS = f"Xin ghi số ngày làm việc từ {FEWEST_DAYS} đến {MOST_DAYS}."


def usual_days() -> int:
    """Return the Department's number of working days."""
    return int(clock.settings().get(SETTING, USUAL_DAYS))


def own_term(tenant_id: int) -> InquiryTerm | None:
    """Return the term a district set itself, or None."""
    return db.session.scalar(select(InquiryTerm).where(InquiryTerm.tenant_id == tenant_id))


def days_of(tenant_id: int) -> int:
    """Return within how many working days a district answers."""
    own = db.session.scalar(select(InquiryTerm.days).where(InquiryTerm.tenant_id == tenant_id))
    return own or usual_days()


def last_day(days: int) -> date:
    """Return the last day for the answer to what comes in today."""
    return add_working_days(clock.today(), days, own_days())


def terms() -> list[tuple[str, int | None]]:
    """Return the districts in force with the term each set itself (None: the Department's), in their order."""
    rows = db.session.execute(
        select(Tenant.name, InquiryTerm.days)
        .outerjoin(InquiryTerm, InquiryTerm.tenant_id == Tenant.id)
        .where(
            Tenant.kind != TenantKind.PROVINCE,
            func.coalesce(Tenant.valid_to, date.max) > clock.today(),
        )
        .order_by(Tenant.name_sort, Tenant.id)
    )
    return [(name, days) for name, days in rows]


def set_usual(actor: Identity, days: int) -> None:
    """Set the Department's number; districts with one of their own keep theirs. Raises `Refused`."""
    must(actor, Right.SET_USUAL_TERM)
    before = usual_days()
    if not FEWEST_DAYS <= days <= MOST_DAYS:
        raise Refused(BOUNDS, 422)
    if days == before:
        raise Refused("Số ngày đang dùng đã đúng như vậy.", 422)
    clock.put_setting(SETTING, str(days))
    clock.forget_settings()
    _note(
        actor,
        f"đã đặt thời hạn trả lời câu hỏi, phản ánh chung của tỉnh: {days} ngày làm việc.",
        before,
        days,
    )


def set_own(actor: Identity, days: int, seen: int) -> None:
    """Set a district's own number; `seen`: the version the page showed (0: none yet).

    Raises `Refused` for a number that cannot be, `Conflict` where it was changed since.
    """
    must(actor, Right.SET_INQUIRY_TERM)
    if not FEWEST_DAYS <= days <= MOST_DAYS:
        raise Refused(BOUNDS, 422)
    at, row = clock.now(), own_term(actor.here.tenant_id)
    if (row.version if row else 0) != seen:
        raise Conflict("Thời hạn vừa được người khác đổi. Xin xem lại rồi ghi lại.", row)
    before = days_of(actor.here.tenant_id)
    if row is None:
        db.session.add(
            InquiryTerm(tenant_id=actor.here.tenant_id, days=days, changed_at=at, changed_by=actor.full_name)
        )
    elif row.days == days:
        raise Refused("Số ngày đang dùng đã đúng như vậy.", 422)
    else:
        row.days, row.changed_at, row.changed_by = days, at, actor.full_name
    db.session.flush()
    _note(actor, f"đã đặt thời hạn trả lời câu hỏi, phản ánh: {days} ngày làm việc.", before, days)


def _note(actor: Identity, sentence: str, before: int, after: int) -> None:
    record(
        actor,
        "inquiry.term",
        sentence,
        tenant_id=actor.here.tenant_id,
        detail={"before": before, "after": after},
    )
