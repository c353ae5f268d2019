"""Amending what the Department has accepted: the district asks with a reason, the Department answers, both are kept.

A granted request lets the district open one more edition; the accepted one stays official until that is accepted.
"""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.dossiers.operations import must
from portal.notices.operations import tell_district
from portal.notices.rules import Kind
from portal.trail.operations import record
from portal.words import moment
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Refused
from tenants.rights import Right

from .models import DistrictReport, ReportReopening
from .queries import latest_edition, reopening_of, reopenings_of

LONGEST_REASON = 2_000


def ask(actor: Identity, report: DistrictReport, reason: str) -> ReportReopening:
    """Ask the Department to let an accepted report be amended; `reason` is what it will read.

    Raises `Refused` for a missing reason, a report that is not the latest accepted one, and beside a request that
    waits or was granted.
    """
    must(actor, Right.SEND_REPORT)
    latest = latest_edition(report.tenant_id, report.year)
    if latest is None or latest[0].id != report.id:
        raise Refused("Báo cáo này không phải lần gửi mới nhất của năm.")
    if latest[1] is None or latest[1].verdict != "accepted":
        raise Refused("Chỉ đề nghị điều chỉnh báo cáo mà Sở đã nhận.")
    reason = reason.strip()
    if not reason:
        raise Refused("Xin ghi lý do đề nghị điều chỉnh.", 422)
    if len(reason) > LONGEST_REASON:
        raise Refused("Lý do dài tối đa 2.000 ký tự.", 422)
    for earlier in reopenings_of(report):
        if earlier.granted is None:
            raise Refused(
                f"{earlier.asked_by} đã đề nghị lúc {moment(earlier.asked_at)}; đang chờ Sở trả lời."
            )
        if earlier.granted:
            raise Refused("Sở đã đồng ý cho điều chỉnh báo cáo này. Xin lập báo cáo điều chỉnh.")
    row = ReportReopening(
        tenant_id=report.tenant_id,
        report_id=report.id,
        reason=reason,
        asked_at=clock.now(),
        asked_by=actor.full_name,
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
            db.session.flush()
    except IntegrityError as error:
        if "uq_report_reopening_open" not in str(error.orig):
            raise
        raise Refused("Người khác vừa gửi đề nghị điều chỉnh báo cáo này. Xin tải lại trang.") from error
    record(
        actor,
        "report.ask_reopening",
        f"đã đề nghị Sở cho điều chỉnh báo cáo năm {report.year} số {report.number}.",
        tenant_id=report.tenant_id,
        detail={"report": report.id, "reason": reason},
        inner=True,
    )
    return row


def answer(
    actor: Identity, report: DistrictReport, reopening_id: int, granted: bool, text: str
) -> ReportReopening:
    """Answer a request once, for the Department; a refusal needs its reason. The district is told.

    Raises `Refused` for an unknown request, one that is answered, and a refusal without a reason.
    """
    must(actor, Right.RECEIVE_REPORT)
    row = reopening_of(report, reopening_id, lock=True)
    if row is None:
        raise Refused("Không tìm thấy đề nghị này.", 404)
    if row.answered_at is not None:
        done = "đồng ý" if row.granted else "không đồng ý"
        raise Refused(f"{row.answered_by} đã trả lời {done} lúc {moment(row.answered_at)}.")
    text = text.strip()
    if not granted and not text:
        raise Refused("Xin ghi lý do không đồng ý.", 422)
    if len(text) > LONGEST_REASON:
        raise Refused("Trả lời dài tối đa 2.000 ký tự.", 422)
    now = clock.now()
    row.granted, row.answer, row.answered_at, row.answered_by = granted, text, now, actor.full_name
    db.session.flush()
    done = "đồng ý" if granted else "không đồng ý"
    sentence = f"{done} cho điều chỉnh báo cáo năm {report.year} số {report.number}."
    record(
        actor,
        "report.reopening",
        f"đã trả lời {sentence}",
        tenant_id=actor.here.tenant_id,
        detail={"tenant": report.tenant_id, "report": report.id, "granted": granted},
    )
    tell_district(report.tenant_id, f"Sở {sentence}", f"/huyen/bao-cao/{report.id}", kind=Kind.REPORT)
    return row
