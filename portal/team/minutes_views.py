"""The page of the team's minutes: write, agree, close, open again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import render_template, request

from portal.dossiers.blueprint import sheet_here
from portal.dossiers.cards import lock_of
from portal.dossiers.queries import Sheet
from portal.web import back_to
from portal.words import ZONE
from tenants.access import may, signed_in
from tenants.database import db
from tenants.refusal import Conflict, Refused
from tenants.rights import Right, refusal

from . import minutes as operations
from .blueprint import blueprint, whole
from .forms import MeetingForm, Rows
from .judged import standing_of
from .minutes import Noted, NotYet, meeting_of
from .models import Minutes
from .rules import Meeting, Standing, suggested_conclusion
from .wording import DUTIES, STANDINGS

AGREE_WITH_REST, TAKE_SUGGESTION = "rest", "suggest"


@blueprint.get("/ho-so/<int:dossier_id>/bien-ban")
@may(Right.SEE_DOSSIER)
def minutes(dossier_id: int) -> Any:
    """The minutes of the team's meeting, to be written or, once closed, to be read."""
    return _page(sheet_here(dossier_id))


def _page(
    sheet: Sheet,
    form: MeetingForm | None = None,
    noted: Noted | None = None,
    *,
    faults: list[tuple[str, str]] | None = None,
    theirs: Minutes | None = None,
    status: int = 200,
) -> Any:
    meeting = meeting_of(sheet, noted)
    standing, changed = standing_of(sheet)
    form = form or _form(meeting)
    form.offer((one.member_id, one.name) for one in meeting.attendance)
    page = render_template(
        "team/minutes.html",
        sheet=sheet,
        dossier=sheet.dossier,
        minutes=sheet.minutes,
        meeting=meeting,
        form=form,
        stands=standing,
        stands_words=STANDINGS[standing],
        changed=changed,
        lock=_lock(sheet, standing),
        may_reopen=standing in (Standing.CLOSED, Standing.STALE) and not lock_of(sheet, part="team_minutes"),
        may_sign=not refusal(signed_in(), Right.SIGN_DOSSIER),
        faults=faults or [],
        theirs=_differences(theirs, noted),
        version=sheet.minutes.version if sheet.minutes else 0,
        suggested=_suggested(sheet, meeting),
        duties=DUTIES,
    )
    return page, status


def _suggested(sheet: Sheet, meeting: Meeting) -> str:
    level = sheet.dossier.requested_level
    verdict = sheet.unit_side().verdicts[level or 1]
    return suggested_conclusion(
        meeting, level=level, met=verdict.met, applicable=verdict.applicable, reached=verdict.reached
    )


def _lock(sheet: Sheet, standing: Standing) -> str:
    """Return why the minutes cannot be written now, "" where they can."""
    if sheet.dossier.channel != "portal":
        return "Hồ sơ này được nhập từ bản giấy; biên bản họp Tổ nằm trong bản giấy."
    return lock_of(sheet, part="team_minutes") or (
        operations.CLOSED if standing in (Standing.CLOSED, Standing.STALE) else ""
    )


def _form(meeting: Meeting) -> MeetingForm:
    held = meeting.held_at.astimezone(ZONE) if meeting.held_at else None
    by_duty = {one.duty: str(one.member_id) for one in reversed(meeting.attendance)}
    return MeetingForm(
        formdata=None,
        data={
            "held_on": held.date() if held else None,
            "held_time": held.time() if held else None,
            "venue": meeting.venue,
            "chair_id": str(meeting.chair_id) if meeting.chair_id else by_duty.get("chair", ""),
            "secretary_id": str(meeting.secretary_id)
            if meeting.secretary_id
            else by_duty.get("secretary", ""),
            "discussion": meeting.discussion,
            "conclusion": meeting.conclusion,
        },
    )


def _differences(theirs: Minutes | None, mine: Noted | None) -> list[str]:
    """Name what somebody else's minutes say otherwise than what was just typed."""
    if theirs is None or mine is None:
        return []
    held = {str(key): list(value) for key, value in mine.attendance.items()}
    said = {str(key): list(value) for key, value in mine.opinions.items()}
    blank = [None, ""]
    pairs = (
        ("ngày, giờ họp", theirs.held_at, mine.held_at),
        ("địa điểm", theirs.venue, mine.venue),
        ("chủ trì", theirs.chair_id, mine.chair_id),
        ("thư ký", theirs.secretary_id, mine.secretary_id),
        ("thành phần", theirs.attendance, {k: v for k, v in held.items() if v != blank}),
        ("ý kiến từng chỉ tiêu", theirs.opinions, {k: v for k, v in said.items() if v != blank}),
        ("nội dung trao đổi", theirs.discussion, mine.discussion),
        ("kết luận", theirs.conclusion, mine.conclusion),
    )
    return [name for name, stored, typed in pairs if stored != typed]


@blueprint.post("/ho-so/<int:dossier_id>/bien-ban")
@may(Right.FILL_DOSSIER)
def write_minutes(dossier_id: int) -> Any:
    """Save the minutes, agree with all that is left, or save and close them."""
    sheet = sheet_here(dossier_id)
    form = MeetingForm()
    form.offer([])
    applying = [f.indicator.id for f in sheet.unit_side().findings if f.applies]
    rows = Rows(request.form, [m.id for m in sheet.team], applying)
    act = request.form.get("act", "")
    if act == AGREE_WITH_REST:
        rows.opinions = {
            number: (True, note) if agreed is None else (agreed, note)
            for number, (agreed, note) in rows.opinions.items()
        }
    noted = form.noted(rows) if form.validate() else _without_moment(form, rows)
    if act == TAKE_SUGGESTION and not noted.conclusion:
        noted = replace(noted, conclusion=_suggested(sheet, meeting_of(sheet, noted)))
    version = whole(request.form.get("version")) or 0
    try:
        if form.errors or rows.faults:
            form.form_errors += list(dict.fromkeys(rows.faults))
            raise Refused("", 422)
        write = operations.close_minutes if act == "close" else operations.save_minutes
        write(signed_in(), sheet.dossier, noted, version)
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        return _refused(dossier_id, form, noted, refused)
    if act == "close":
        return back_to("team.minutes", "Đã chốt biên bản họp Tổ đánh giá.", dossier_id=dossier_id)
    if act == AGREE_WITH_REST:
        sentence = "Đã ghi nhất trí với các chỉ tiêu còn lại và lưu biên bản."
        return back_to("team.minutes", sentence, dossier_id=dossier_id, _anchor="y-kien")
    if act == TAKE_SUGGESTION:
        sentence = "Đã lưu biên bản với kết luận gợi ý; xin đọc lại và sửa nếu cần."
        return back_to("team.minutes", sentence, dossier_id=dossier_id, _anchor="conclusion")
    return back_to("team.minutes", "Đã lưu biên bản.", dossier_id=dossier_id)


def _without_moment(form: MeetingForm, rows: Rows) -> Noted:
    """Return what was typed where the day or the hour cannot be read."""
    form.held_on.data = form.held_on.data if not form.held_on.errors else None
    form.held_time.data = form.held_time.data if not form.held_time.errors else None
    return form.noted(rows)


def _refused(dossier_id: int, form: MeetingForm, noted: Noted, refused: Refused) -> Any:
    db.session.rollback()
    sheet = sheet_here(dossier_id)
    faults = refused.faults if isinstance(refused, NotYet) else []
    if refused.sentence and not faults:
        form.form_errors.append(refused.sentence)
    theirs = sheet.minutes if isinstance(refused, Conflict) else None
    return _page(sheet, form, noted, faults=faults, theirs=theirs, status=refused.status)


@blueprint.post("/ho-so/<int:dossier_id>/bien-ban/mo-lai")
@may(Right.FILL_DOSSIER)
def reopen_minutes(dossier_id: int) -> Any:
    """Open closed minutes again."""
    operations.reopen_minutes(signed_in(), sheet_here(dossier_id).dossier)
    sentence = "Đã mở lại biên bản. Chỉ tiêu đã sửa sau lần chốt cần ghi lại ý kiến; xong thì chốt lại."
    return back_to("team.minutes", sentence, "wait", dossier_id=dossier_id)
