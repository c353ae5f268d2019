"""A district's verbs on its year: set it, keep its plan document, publish it; give a unit longer and take that back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from portal import clock
from portal.catalogue.models import CriteriaVersion
from portal.cycle.models import Cycle
from portal.cycle.queries import calendar_of, cycle_of, tier_at
from portal.dossiers.queries import live_dossier
from portal.dossiers.states import UNFILED
from portal.dossiers.taking import locked, must
from portal.evidence.checks import examine
from portal.evidence.store import store
from portal.notices.operations import tell_unit
from portal.notices.rules import Kind, is_address
from portal.papers.office import office_of
from portal.trail.operations import record
from portal.units.models import Unit
from portal.words import day, in_words_of
from tenants.database import db
from tenants.identity import Identity
from tenants.places import Tenant
from tenants.refusal import Conflict, Refused
from tenants.rights import Right

from . import rules
from .models import DistrictYear, FilingExtension, YearNotice
from .queries import cycle_for, district_year, extension_of, published, standing_extension

CHANGED = "Có người vừa sửa phần này. Xin xem nội dung mới rồi lưu lại."


@dataclass(frozen=True, slots=True)
class Details:
    """A district's year as typed."""

    submit_before: date | None
    decide_before: date | None
    report_before: date | None
    plan_number: str = ""
    plan_dated: date | None = None
    where_to: str = ""
    contact: str = ""
    phone: str = ""
    email: str = ""


NAMES = tuple(Details.__dataclass_fields__)


def _opened(year: int) -> Cycle:
    cycle = cycle_of(year)
    if cycle is None:
        raise Refused(f"Sở chưa mở năm đánh giá {year}.", 404)
    return cycle


def _tenant(actor: Identity) -> int:
    return actor.here.tenant_id


def set_year(actor: Identity, year: int, given: Details, version: int) -> DistrictYear:
    """Write the district's dates, plan and address of a year.

    Raises `Refused` for dates later than the province's or out of order, a plan dated ahead, a mail address that is
    none; `Conflict` where somebody wrote since `version` (0: nothing was there).
    """
    must(actor, Right.OPEN_DISTRICT_YEAR)
    tenant_id, cycle = _tenant(actor), _opened(year)
    fault = rules.own_dates_fault(
        calendar_of(cycle), given.submit_before, given.decide_before, given.report_before
    )
    if fault:
        raise Refused(fault, 422)
    if given.plan_dated and given.plan_dated > clock.today():
        raise Refused(f"Ngày kế hoạch ({day(given.plan_dated)}) ở sau hôm nay.", 422)
    if given.email and not is_address(given.email):
        raise Refused("Địa chỉ thư của cơ quan chưa đúng: cần dạng ten@co-quan.vn.", 422)
    row = district_year(tenant_id, year, lock=True)
    if row is not None and all(getattr(row, name) == getattr(given, name) for name in NAMES):
        return row
    if (row.version if row else 0) != version:
        raise Conflict(CHANGED, row)
    now, before = clock.now(), {}
    if row is None:
        row = DistrictYear(tenant_id=tenant_id, year=year)
    else:
        before = {name: str(getattr(row, name) or "") for name in NAMES}
    for name in NAMES:
        setattr(row, name, getattr(given, name))
    row.changed_at, row.changed_by = now, actor.full_name
    try:
        with db.session.begin_nested():
            db.session.add(row)
            db.session.flush()
    except (IntegrityError, StaleDataError) as error:
        raise Conflict(CHANGED) from error
    after = {name: str(getattr(row, name) or "") for name in NAMES}
    said = "Sở" if given.submit_before is None else f"mốc riêng, trước ngày {day(given.submit_before)}"
    record(
        actor,
        "year.set",
        f"đã ghi năm đánh giá {year}; hạn nộp theo {said}.",
        tenant_id=tenant_id,
        detail={"year": year, "before": before, "after": after},
    )
    return row


def attach_plan(actor: Identity, year: int, file_name: str, content: bytes) -> DistrictYear:
    """Keep the plan document of a year, in place of one that was there; it may not be kept: `Refused` (422)."""
    must(actor, Right.OPEN_DISTRICT_YEAR)
    tenant_id = _tenant(actor)
    _opened(year)
    row = district_year(tenant_id, year, lock=True)
    if row is None:
        raise Refused("Xin lưu phần chung của năm trước khi gắn kế hoạch.")
    accepted = examine(file_name, content)
    row.sha256 = store().put(tenant_id, accepted.content)
    row.size, row.media_type, row.file_name = len(accepted.content), accepted.media_type, accepted.name
    said = f"đã gắn kế hoạch “{row.file_name}” của năm đánh giá {year}."
    record(actor, "year.plan", said, tenant_id=tenant_id, detail={"year": year})
    db.session.flush()
    return row


def publish(actor: Identity, year: int) -> YearNotice:
    """Publish the year's notice for everybody, as it stands now; publishing again replaces it.

    Raises `Refused` while it does not say where dossiers are taken and who answers.
    """
    must(actor, Right.OPEN_DISTRICT_YEAR)
    tenant_id, cycle = _tenant(actor), _opened(year)
    row = district_year(tenant_id, year, lock=True)
    lacking = [
        name
        for name, value in (
            ("nơi nhận hồ sơ", row and row.where_to),
            ("bộ phận trả lời", row and row.contact),
            ("điện thoại hoặc thư của cơ quan", row and (row.phone or row.email)),
        )
        if not value
    ]
    if lacking or row is None:
        raise Refused(f"Chưa công bố được: xin ghi {', '.join(lacking)} rồi lưu.", 422)
    tenant = db.session.get_one(Tenant, tenant_id)
    office = office_of(tenant, demo=False)
    version = db.session.get_one(CriteriaVersion, cycle.version_id)
    plan = f"Kế hoạch số {row.plan_number}" if row.plan_number else ""
    if plan and row.plan_dated:
        plan += f" ngày {day(row.plan_dated)}"
    notice = published(tenant_id, year) or YearNotice(tenant_id=tenant_id, year=year)
    notice.place, notice.place_sort = tenant.name, tenant.name_sort
    notice.office, notice.chair, notice.basis = office.full_name, office.chair, version.document
    notice.plan, notice.opens_on = plan, cycle.opens_on
    notice.submit_before = row.submit_before or cycle.submit_before
    notice.decide_before = row.decide_before or cycle.decide_before
    notice.where_to, notice.contact = row.where_to, row.contact
    notice.phone, notice.email = row.phone, row.email
    notice.published_at = clock.now()
    db.session.add(notice)
    db.session.flush()
    said = f"đã công bố thông tin nộp hồ sơ năm {year}."
    record(actor, "year.publish", said, tenant_id=tenant_id, detail={"year": year})
    return notice


def extend(actor: Identity, unit: Unit, year: int, until: date, reason: str) -> FilingExtension:
    """Give a unit longer to file; the reason and the end stay on record, and the unit is told.

    Raises `Refused` for a day that cannot be, without a reason, for a unit that filed; `Conflict` where one stands.
    """
    must(actor, Right.RECEIVE_DOSSIER)
    tenant_id, cycle, reason = _tenant(actor), _opened(year), reason.strip()
    standing = standing_extension(tenant_id, unit.id, year)
    if standing is not None:
        raise Conflict(
            f"{standing.given_by} đã gia hạn cho đơn vị này đến trước ngày {day(standing.until)}. Muốn đổi, xin thu hồi "
            "gia hạn đó rồi ghi lại.",
            standing,
        )
    if not reason or len(reason) > rules.MOST_REASON:
        raise Refused(f"Xin ghi lý do gia hạn (tối đa {rules.MOST_REASON} ký tự).", 422)
    if not _existed(unit, year):
        raise Refused(f"{unit.name} không hoạt động tại ngày 31/12/{year} nên không nộp hồ sơ năm này.", 422)
    dossier = live_dossier(tenant_id, unit.id, year)
    if dossier is not None and dossier.state not in UNFILED:
        raise Refused(f"{unit.name} đã nộp hồ sơ năm {year} nên không cần gia hạn.")
    due = cycle_for(cycle, tenant_id).submit_before
    fault = rules.extension_fault(until, due, cycle.decide_before, clock.today())
    if fault:
        raise Refused(fault, 422)
    row = FilingExtension(
        tenant_id=tenant_id,
        unit_id=unit.id,
        year=year,
        until=until,
        reason=reason,
        given_at=clock.now(),
        given_by=actor.full_name,
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
            db.session.flush()
    except IntegrityError as error:
        raise Conflict("Người khác vừa gia hạn cho đơn vị này. Xin tải lại trang.") from error
    _note(
        actor, row, "extend_filing", f"đã gia hạn nộp hồ sơ năm {year} đến trước ngày {day(until)}: {reason}"
    )
    office = in_words_of(tier_at(tenant_id), "Phòng GDĐT")
    said = f"{office} gia hạn cho đơn vị nộp hồ sơ năm {year} đến trước ngày {day(until)}."
    tell_unit(tenant_id, unit.id, said, "/ho-so", Kind.REMINDER)
    return row


def withdraw(actor: Identity, extension_id: int, reason: str) -> FilingExtension:
    """Take a longer term back, with the reason; the unit is told which day counts again.

    Raises `Refused` without a reason and once the unit filed under it; `Conflict` where it was taken back already.
    """
    must(actor, Right.RECEIVE_DOSSIER)
    tenant_id, reason = _tenant(actor), reason.strip()
    row = extension_of(tenant_id, extension_id, lock=True)
    if row is None:
        raise Refused("Không tìm thấy gia hạn này.", 404)
    if row.withdrawn_at is not None:
        raise Conflict(f"{row.withdrawn_by} đã thu hồi gia hạn này.", row)
    if not reason or len(reason) > rules.MOST_REASON:
        raise Refused(f"Xin ghi lý do thu hồi gia hạn (tối đa {rules.MOST_REASON} ký tự).", 422)
    dossier = live_dossier(tenant_id, row.unit_id, row.year)
    if dossier is not None and locked(tenant_id, dossier.id).state not in UNFILED:
        raise Refused("Đơn vị đã nộp hồ sơ theo hạn này nên không thu hồi được nữa.")
    row.withdrawn_at, row.withdrawn_by, row.withdraw_reason = clock.now(), actor.full_name, reason
    db.session.flush()
    due = cycle_for(_opened(row.year), tenant_id).submit_before
    _note(actor, row, "withdraw_extension", f"đã thu hồi gia hạn nộp hồ sơ năm {row.year}: {reason}")
    office = in_words_of(tier_at(tenant_id), "Phòng GDĐT")
    said = (
        f"{office} thu hồi gia hạn nộp hồ sơ năm {row.year}; hạn của đơn vị lại là trước ngày {day(due)}. "
        f"Lý do: {reason}"
    )
    tell_unit(tenant_id, row.unit_id, said[:500], "/ho-so", Kind.REMINDER)
    return row


def _existed(unit: Unit, year: int) -> bool:
    last = date(year, 12, 31)
    return unit.opened_on <= last and (unit.closed_on is None or unit.closed_on >= last)


def _note(actor: Identity, row: FilingExtension, act: str, sentence: str) -> None:
    record(
        actor,
        act,
        sentence,
        tenant_id=row.tenant_id,
        unit_id=row.unit_id,
        detail={"year": row.year, "until": row.until.isoformat()},
    )
