"""The verbs before a visit takes place: arrange it, tell the unit, arrange it anew, cancel it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError

from portal import clock, words
from portal.dossiers.models import Dossier, State
from portal.dossiers.taking import locked, must
from portal.notices.operations import tell_unit
from portal.notices.rules import Kind
from portal.trail.operations import record
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused
from tenants.rights import Right

from . import rules
from .models import Visit
from .queries import Case, case_of, of_the_unit, staff
from .rules import Member

VISITABLE = (State.SUBMITTED, State.SUPPLEMENT_REQUESTED, State.ACCEPTED, State.APPRAISED)
MOST_TEXT = 5_000
MOST_TEAM = 20
SEEN_CHANGED = (
    "Cuộc kiểm tra này vừa được người khác sửa sau khi trang này mở. Xin xem lại rồi thực hiện lại."
)


@dataclass(frozen=True, slots=True)
class Arranged:
    """What the officer typed: when, where, who. `accounts`: of the district; `lead`: one of them."""

    starts_at: datetime
    venue: str
    purpose: str
    accounts: tuple[int, ...]
    lead: int
    outsiders: str = ""


def arrange(actor: Identity, dossier: Dossier, given: Arranged) -> Visit:
    """Arrange a visit about a filed dossier. Raises `Refused` for who may not visit the unit, beside an open visit."""
    must(actor, Right.PLAN_VISITS, dossier)
    dossier = locked(dossier.tenant_id, dossier.id)
    if State(dossier.state) not in VISITABLE:
        raise Refused("Chỉ lên lịch kiểm tra khi hồ sơ đã nộp và chưa có quyết định.")
    now = clock.now()
    row = Visit(
        tenant_id=dossier.tenant_id,
        unit_id=dossier.unit_id,
        dossier_id=dossier.id,
        created_at=now,
        created_by=actor.full_name,
    )
    _write(row, given)
    try:
        with db.session.begin_nested():
            db.session.add(row)
            db.session.flush()
    except IntegrityError as error:
        if "uq_visit_open" in str(error.orig):
            raise Conflict(
                "Đơn vị này đang có một cuộc kiểm tra chưa xong. Xin mở cuộc kiểm tra đó."
            ) from error
        raise
    note(actor, row, "visit.arrange", f"lên lịch kiểm tra thực tế {when(row)}.", inner=True)
    return row


def rearrange(actor: Identity, row: Visit, given: Arranged, version: int | None = None) -> Visit:
    """Write the schedule again; a unit that has the letter is told that another one follows."""
    must(actor, Right.PLAN_VISITS, row)
    row = held(row, version, *rules.LOOKING).visit
    before = (row.starts_at, row.venue, row.purpose, row.team, row.lead_account)
    _write(row, given)
    if before == (row.starts_at, row.venue, row.purpose, row.team, row.lead_account):
        return row
    told = row.state == "told"
    if told:
        row.state, row.number, row.dated, row.signer, row.signer_title = "planned", "", None, "", ""
    db.session.flush()
    note(actor, row, "visit.rearrange", f"đổi lịch kiểm tra thực tế: {when(row)}.", inner=not told)
    if told:
        tell_unit(
            row.tenant_id,
            row.unit_id,
            "Lịch kiểm tra thực tế đã báo đang được thay đổi; đơn vị sẽ nhận thông báo mới.",
            unit_page(row),
            Kind.TASK,
        )
    return row


def _write(row: Visit, given: Arranged) -> None:
    """Put the schedule into a row after looking at who goes there."""
    if not given.venue.strip() or len(given.venue) > 300:
        raise Refused("Xin ghi địa điểm kiểm tra (tối đa 300 ký tự).", 422)
    if len(given.purpose) > MOST_TEXT or len(given.outsiders) > MOST_TEXT:
        raise Refused(f"Nội dung dài tối đa {MOST_TEXT} ký tự.", 422)
    known = {number: Member(name, title, number) for number, name, title in staff(row.tenant_id)}
    if not given.accounts or not set(given.accounts) <= set(known):
        raise Refused("Xin chọn thành viên đoàn trong danh sách tài khoản.", 422)
    if given.lead not in given.accounts:
        raise Refused("Trưởng đoàn phải là một thành viên đoàn có tài khoản ở đây.", 422)
    serving = of_the_unit(row.tenant_id, row.unit_id)
    own = [known[number].name for number in given.accounts if number in serving]
    if own:
        raise Refused(
            f"{', '.join(own)} đang giữ vai trò tại đơn vị này nên không tham gia kiểm tra đơn vị.", 422
        )
    team = [*(known[number] for number in dict.fromkeys(given.accounts)), *rules.outsiders(given.outsiders)]
    if len(team) > MOST_TEAM:
        raise Refused(f"Đoàn kiểm tra tối đa {MOST_TEAM} người.", 422)
    if any(len(one.name) > 200 or len(one.title) > 200 for one in team):
        raise Refused("Tên và chức vụ của mỗi người dài tối đa 200 ký tự.", 422)
    row.starts_at, row.venue, row.purpose = given.starts_at, given.venue.strip(), given.purpose.strip()
    row.team = [one.as_json() for one in team]
    row.lead_account, row.lead_name = given.lead, known[given.lead].name


def tell(
    actor: Identity,
    row: Visit,
    number: str,
    dated: date,
    signer: str,
    signer_title: str,
    version: int | None = None,
) -> Visit:
    """Issue the letter and tell the unit when who comes."""
    must(actor, Right.PLAN_VISITS, row)
    row = held(row, version, "planned").visit
    if dated > clock.today():
        raise Refused("Ngày thông báo không sau hôm nay.", 422)
    if row.starts_at <= clock.now():
        raise Refused("Giờ kiểm tra đã qua. Xin sửa lịch trước khi báo đơn vị.", 422)
    now = clock.now()
    row.number, row.dated, row.signer, row.signer_title = number, dated, signer, signer_title
    row.told_at, row.told_by, row.state = now, actor.full_name, "told"
    db.session.flush()
    said = f"{when(row)}, tại {row.venue}"
    note(actor, row, "visit.tell", f"báo đơn vị lịch kiểm tra thực tế: {said}.")
    sentence = f"Kiểm tra thực tế tại đơn vị {said}. Trưởng đoàn: {row.lead_name}."
    tell_unit(row.tenant_id, row.unit_id, sentence, unit_page(row), Kind.TASK)
    return row


def cancel(actor: Identity, row: Visit, reason: str, version: int | None = None) -> Visit:
    """Call a visit off, with the reason; a unit that was told is told of it."""
    must(actor, Right.PLAN_VISITS, row)
    row, reason = held(row, version, *rules.LOOKING).visit, reason.strip()
    if row.held_from is not None:
        raise Refused("Cuộc kiểm tra này đã diễn ra nên không hủy được; xin lập lại biên bản.")
    if not reason or len(reason) > MOST_TEXT:
        raise Refused(f"Xin ghi lý do hủy (tối đa {MOST_TEXT} ký tự).", 422)
    now = clock.now()
    row.cancelled_at, row.cancelled_by, row.cancelled_reason, row.state = (
        now,
        actor.full_name,
        reason,
        "cancelled",
    )
    db.session.flush()
    note(actor, row, "visit.cancel", f"hủy kiểm tra thực tế {when(row)}: {reason}", inner=row.told_at is None)
    if row.told_at is not None:
        sentence = f"Hủy cuộc kiểm tra thực tế {when(row)}: {reason}"
        tell_unit(row.tenant_id, row.unit_id, sentence, unit_page(row), Kind.TASK)
    return row


def held(row: Visit, version: int | None, *states: str) -> Case:
    """Return the case held for this transaction; raises `Refused` out of these states, `Conflict` when it changed."""
    case = case_of(row.tenant_id, row.id, lock=True)
    if case is None:
        raise Refused("Không tìm thấy cuộc kiểm tra này.", 404)
    now = case.visit
    if now.state not in states:
        raise Refused(f"Cuộc kiểm tra đang ở bước “{rules.STATES[now.state][0]}” nên không thực hiện được.")
    if version is not None and now.version != version:
        raise Conflict(SEEN_CHANGED, now)
    return case


def when(row: Visit) -> str:
    """Say when a visit begins: "lúc 08 giờ 30 ngày 20/01/2027"."""
    local = row.starts_at.astimezone(words.ZONE)
    return f"lúc {local:%H} giờ {local:%M} ngày {local:%d/%m/%Y}"


def unit_page(row: Visit) -> str:
    """Return the address of the unit's page of a visit."""
    return f"/kiem-tra/{row.id}"


def district_page(row: Visit) -> str:
    """Return the address of the district's page of a visit."""
    return f"/huyen/kiem-tra/{row.id}"


def note(actor: Identity, row: Visit, act: str, sentence: str, *, inner: bool = False) -> None:
    """Write down in the trail what was done with a visit; `inner` keeps it from the unit's eyes."""
    record(
        actor,
        act,
        sentence,
        tenant_id=row.tenant_id,
        unit_id=row.unit_id,
        dossier_id=row.dossier_id,
        detail={"visit": row.id},
        inner=inner,
    )
