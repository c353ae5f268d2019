"""The minutes: frozen from the checklist, the unit's opinion, both signatures on one hash, or a recorded refusal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal import clock, words
from portal.appraisal.rules import value_text
from portal.dossiers.models import State
from portal.dossiers.queries import open_sheet
from portal.dossiers.rules import Answer
from portal.dossiers.signature import digest
from portal.dossiers.taking import locked, must
from portal.notices.operations import tell_district, tell_unit
from portal.notices.rules import Kind
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Refused
from tenants.rights import Right

from . import rules
from .models import Visit
from .operations import MOST_TEXT, VISITABLE, district_page, held, note, unit_page
from .queries import Case, checks_of, photos_of


@dataclass(frozen=True, slots=True)
class Written:
    """What the head of the team typed: from when until when, who was there for the unit, conclusions, what is asked."""

    held_from: datetime
    held_until: datetime
    present: str
    summary: str
    requests: str = ""


def too_late(case: Case) -> str:
    """Say why no minutes are begun on a visit any more ("" when they may be): they would come after the decision.

    Minutes taken back before the decision are still brought to their end.
    """
    if case.visit.held_from is not None or State(case.dossier.state) in VISITABLE:
        return ""
    name = words.DOSSIER_STATES[case.dossier.state].name
    return (
        f"Hồ sơ đang ở trạng thái “{name}” nên không lập biên bản kiểm tra thực tế được nữa: biên bản phải có trước khi "
        "quyết định. Nếu không kiểm tra, xin hủy cuộc kiểm tra này."
    )


def write(actor: Identity, row: Visit, given: Written, version: int | None = None) -> Visit:
    """Freeze the minutes from the checklist as it stands; from now on the visit counts as held."""
    must(actor, Right.VISIT_UNITS, row)
    locked(row.tenant_id, row.dossier_id)  # so that it is not decided meanwhile
    case = held(row, version, *rules.LOOKING)
    if why := too_late(case):
        raise Refused(why)
    row = case.visit
    _lead(actor, row)
    now = clock.now()
    if given.held_until < given.held_from:
        raise Refused("Giờ kết thúc không trước giờ bắt đầu.", 422)
    if given.held_until > now:
        raise Refused("Giờ kết thúc không sau lúc này: biên bản lập sau khi kiểm tra.", 422)
    if case.dossier.submitted_at is not None and given.held_from < case.dossier.submitted_at:
        raise Refused("Giờ kiểm tra không trước lúc đơn vị nộp hồ sơ.", 422)
    for text, what in ((given.present, "đại diện đơn vị có mặt"), (given.summary, "nhận xét, kết luận")):
        if not text.strip() or len(text) > MOST_TEXT:
            raise Refused(f"Xin ghi {what} (tối đa {MOST_TEXT} ký tự).", 422)
    if len(given.requests) > MOST_TEXT:
        raise Refused(f"Kiến nghị dài tối đa {MOST_TEXT} ký tự.", 422)
    items = _items(case)
    if not any(item["result"] != "not_looked" for item in items):
        raise Refused(
            "Phiếu kiểm tra chưa ghi chỉ tiêu nào đã xem. Xin ghi phiếu trước khi lập biên bản.", 422
        )
    silent = [item["code"] for item in items if item["result"] == "not_found" and not item["note"]]
    if silent:
        raise Refused(
            f"Chỉ tiêu {', '.join(silent)} ghi “Không thấy” mà chưa có ghi chú. Xin ghi rõ không thấy điều gì; đơn vị đọc "
            "nguyên văn trong biên bản.",
            422,
        )
    row.held_from, row.held_until = given.held_from, given.held_until
    row.present, row.summary, row.requests = (
        given.present.strip(),
        given.summary.strip(),
        given.requests.strip(),
    )
    content = _content(case, items)
    row.frozen, row.content_hash, row.state = content, digest(content), "minutes"
    db.session.flush()
    note(actor, row, "visit.minutes", f"lập biên bản kiểm tra thực tế, mã kiểm {code_of(row)}.")
    tell_unit(
        row.tenant_id,
        row.unit_id,
        "Biên bản kiểm tra thực tế đã lập. Thủ trưởng đơn vị đọc, ghi ý kiến nếu có, rồi ký.",
        unit_page(row),
        Kind.TASK,
    )
    return row


def _items(case: Case) -> list[dict[str, Any]]:
    sheet = open_sheet(case.dossier)
    checks, photos = checks_of(case.visit), photos_of(case.visit)
    counts = sheet.profile().headcounts
    items = []
    for finding in sheet.unit_side().findings:
        indicator = finding.indicator
        if not finding.applies or indicator.id not in sheet.answers:
            continue
        answer, check = sheet.answers[indicator.id], checks.get(indicator.id)
        own = Answer(answer.yes, answer.part, answer.grade)
        whole = counts.get(indicator.base or "")
        items.append(
            {
                "indicator": indicator.id,
                "code": indicator.code,
                "title": indicator.title,
                "value": value_text(indicator, own, whole, ratio_only=sheet.dossier.ratio_only),
                "result": check.result if check else "not_looked",
                "note": check.note if check else "",
                "photos": [photo.sha256 for photo in photos.get(indicator.id, [])],
            }
        )
    return items


def _content(case: Case, items: list[dict[str, Any]]) -> dict[str, Any]:
    row = case.visit
    assert row.held_from is not None
    assert row.held_until is not None
    return {
        "unit": {"code": case.unit.code, "name": case.unit.name},
        "year": case.dossier.year,
        "receipt": case.dossier.receipt_number,
        "letter": [row.number, row.dated.isoformat() if row.dated else ""],
        "held": [row.held_from.isoformat(), row.held_until.isoformat()],
        "venue": row.venue,
        "team": row.team,
        "lead": row.lead_name,
        "present": row.present,
        "items": items,
        "summary": row.summary,
        "requests": row.requests,
        "opinion": row.opinion,
    }


def reopen(actor: Identity, row: Visit, version: int | None = None) -> Visit:
    """Take minutes back to correct them: every signature given so far is void; the unit's opinion goes into the next ones."""
    must(actor, Right.VISIT_UNITS, row)
    dossier = locked(row.tenant_id, row.dossier_id)
    row = held(row, version, "minutes").visit
    _lead(actor, row)
    if State(dossier.state) not in VISITABLE:
        raise Refused("Hồ sơ đã có kết quả nên không mở lại biên bản để sửa; xin ký biên bản như đã lập.")
    signed = row.district_signed_at is not None or row.unit_signed_at is not None
    row.state, row.frozen, row.content_hash = "told" if row.number else "planned", None, ""
    _unsign(row)
    db.session.flush()
    note(
        actor,
        row,
        "visit.reopen",
        f"mở lại biên bản kiểm tra thực tế{'; các chữ ký không còn giá trị' * signed}.",
    )
    tell_unit(
        row.tenant_id,
        row.unit_id,
        f"Biên bản kiểm tra thực tế được mở lại để sửa{'; các chữ ký đã ký không còn giá trị' * signed}.",
        unit_page(row),
        Kind.TASK,
    )
    return row


def _unsign(row: Visit) -> None:
    row.district_signed_at, row.district_signed_by = None, ""
    row.unit_signed_at, row.unit_signed_by = None, ""


def speak(actor: Identity, row: Visit, text: str, version: int | None = None) -> Visit:
    """Put the unit's opinion into the minutes; the district signs anew what it signed without it."""
    must(actor, Right.SIGN_VISIT)
    case = held(row, version, "minutes")
    row, text = case.visit, text.strip()
    if row.unit_signed_at is not None:
        raise Refused("Đơn vị đã ký biên bản nên ý kiến không sửa được nữa.")
    if len(text) > MOST_TEXT:
        raise Refused(f"Ý kiến dài tối đa {MOST_TEXT} ký tự.", 422)
    if text == row.opinion and row.frozen and row.frozen["opinion"] == text:
        return row
    assert row.frozen is not None
    now, again = clock.now(), row.district_signed_at is not None
    content = {**row.frozen, "opinion": text}
    _unsign(row)
    row.opinion, row.opinion_at, row.opinion_by = text, now, actor.full_name
    row.frozen, row.content_hash = content, digest(content)
    db.session.flush()
    void = "; chữ ký của trưởng đoàn không còn giá trị" * again
    note(actor, row, "visit.opinion", f"ghi ý kiến vào biên bản kiểm tra thực tế{void}.")
    tell_district(
        row.tenant_id,
        f"{case.unit.name} ghi ý kiến vào biên bản kiểm tra thực tế; trưởng đoàn đọc và ký{' lại' * again}.",
        district_page(row),
        row.unit_id,
    )
    return row


def sign_for_district(actor: Identity, row: Visit, code: str, version: int | None = None) -> Visit:
    """Sign as the head of the team what stands under a hash; closes the minutes where the unit has signed."""
    must(actor, Right.VISIT_UNITS, row)
    case = held(row, version, "minutes")
    row = case.visit
    _lead(actor, row)
    _same(row, code)
    if row.district_signed_at is not None:
        return row
    now = clock.now()
    row.district_signed_at, row.district_signed_by = now, actor.full_name
    _close(row, now)
    db.session.flush()
    note(actor, row, "visit.sign", f"ký biên bản kiểm tra thực tế, mã kiểm {code_of(row)}.")
    done = "Hai bên đã ký biên bản kiểm tra thực tế." if row.state == "closed" else ""
    asked = "Trưởng đoàn đã ký biên bản kiểm tra thực tế. Thủ trưởng đơn vị đọc, ghi ý kiến nếu có, rồi ký."
    tell_unit(row.tenant_id, row.unit_id, done or asked, unit_page(row), Kind.TASK)
    return row


def sign_for_unit(actor: Identity, row: Visit, code: str, version: int | None = None) -> Visit:
    """Sign as the head of the unit what stands under a hash; closes the minutes where the district has signed."""
    must(actor, Right.SIGN_VISIT)
    case = held(row, version, "minutes")
    row = case.visit
    _same(row, code)
    if row.unit_signed_at is not None:
        return row
    now = clock.now()
    row.unit_signed_at, row.unit_signed_by = now, actor.full_name
    _close(row, now)
    db.session.flush()
    note(actor, row, "visit.sign", f"ký biên bản kiểm tra thực tế, mã kiểm {code_of(row)}.")
    sentence = f"{case.unit.name} đã ký biên bản kiểm tra thực tế."
    tell_district(row.tenant_id, sentence, district_page(row), row.unit_id)
    return row


def record_refusal(actor: Identity, row: Visit, reason: str, version: int | None = None) -> Visit:
    """Close minutes that the unit will not sign, with the reason the head of the team gives; the unit is told."""
    must(actor, Right.VISIT_UNITS, row)
    row, reason = held(row, version, "minutes").visit, reason.strip()
    _lead(actor, row)
    if row.unit_signed_at is not None:
        raise Refused("Đơn vị đã ký biên bản này.")
    if row.district_signed_at is None:
        raise Refused("Trưởng đoàn ký biên bản trước, rồi mới ghi nhận đơn vị không ký.")
    if not reason or len(reason) > MOST_TEXT:
        raise Refused(f"Xin ghi lý do đơn vị không ký (tối đa {MOST_TEXT} ký tự).", 422)
    now = clock.now()
    row.refused_at, row.refused_by, row.refused_reason = now, actor.full_name, reason
    _close(row, now)
    db.session.flush()
    note(actor, row, "visit.refused", f"ghi nhận đơn vị không ký biên bản kiểm tra thực tế: {reason}")
    sentence = f"Đoàn kiểm tra ghi nhận đơn vị không ký biên bản kiểm tra thực tế: {reason}"
    tell_unit(row.tenant_id, row.unit_id, sentence, unit_page(row), Kind.TASK)
    return row


def _close(row: Visit, now: datetime) -> None:
    signed = row.district_signed_at is not None, row.unit_signed_at is not None
    if rules.closing_fault(*signed, row.refused_at is not None) is None:
        row.closed_at = now
        row.state = "closed"


def _lead(actor: Identity, row: Visit) -> None:
    if actor.account_id != row.lead_account:
        raise Refused(f"Chỉ trưởng đoàn ({row.lead_name}) lập, ký và mở lại biên bản.", 403)


def _same(row: Visit, code: str) -> None:
    if code != row.content_hash:
        raise Refused("Biên bản vừa thay đổi sau khi trang này mở. Xin đọc lại rồi ký.", 409)


def code_of(row: Visit) -> str:
    """Return the code in the footer of the minutes: the first 12 hex digits of the hash."""
    return row.content_hash[:12].upper()


def said_when(row: Visit) -> str:
    """Say from when until when a visit took place."""
    assert row.held_from is not None
    assert row.held_until is not None
    begin, end = row.held_from.astimezone(words.ZONE), row.held_until.astimezone(words.ZONE)
    return f"{begin:%H:%M} – {end:%H:%M} ngày {begin:%d/%m/%Y}"
