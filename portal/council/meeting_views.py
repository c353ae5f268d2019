"""Pages of a meeting: who was there, the agenda, the votes, the closing and the draft decision that comes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import render_template, request

from portal.dossiers.models import Dossier
from portal.dossiers.queries import dossier_of, open_sheet
from portal.dossiers.results import comparison
from portal.typed import VersionedForm
from portal.web import back_to, listing, paginate
from portal.words import ZONE
from tenants.access import found, may, signed_in, tenant_here
from tenants.database import db
from tenants.refusal import Conflict, Refused
from tenants.rights import Right, refusal

from . import closing, operations, queries, rules
from .blueprint import blueprint, seen
from .forms import BlockForm, MeetingForm, OutForm, VoteForm, typed_attendance
from .models import Council, Meeting

LISTS = ("nhom", "rieng", "con")


def meeting_here(meeting_id: int) -> tuple[Meeting, Council]:
    """Return a meeting of the district with its council, or answer 404."""
    known: tuple[Meeting, Council] = found(queries.meeting_of(tenant_here(), meeting_id))
    return known


@blueprint.get("/huyen/hoi-dong/hop/<int:meeting_id>")
@may(Right.SEE_DISTRICT)
def meeting(meeting_id: int) -> Any:
    """One meeting: who was there, its agenda, what is still lacking."""
    return _meeting(meeting_id)


def _meeting(
    meeting_id: int,
    form: MeetingForm | None = None,
    block: BlockForm | None = None,
    attendance: dict[int, tuple[bool | None, str]] | None = None,
    status: int = 200,
) -> Any:
    row, council = meeting_here(meeting_id)
    is_open = row.state == "draft"
    may_run = is_open and not refusal(signed_in(), Right.RUN_COUNCIL)
    counts = queries.counts_of(row)
    asked = listing(queries.SORTS, filters={"nhom": LISTS})
    chosen = asked.filters["nhom"] or ("rieng" if counts.singles else "nhom")
    statement = queries.agenda(
        row,
        q=asked.q,
        sort=asked.sort,
        descending=asked.direction == "desc",
        singly=chosen != "nhom",
        undecided=chosen == "con",
    )
    members = rules.members_of(row.members)
    if may_run and form is None:
        form = _shown(row)
    if form is not None:
        form.offer(members)
    if may_run and block is None and counts.block:
        block = BlockForm(
            formdata=None,
            version=str(row.version),
            agree=_text(row.block_agree),
            against=_text(row.block_against),
            abstain=_text(row.block_abstain),
            outcome=row.block_outcome or None,
            note=row.block_note,
        )
    there = attendance or {one.number: (one.present, one.reason) for one in members}
    page = render_template(
        "council/meeting.html",
        row=row,
        council=council,
        held_on=row.held_at.astimezone(ZONE).date() if row.held_at else None,
        members=members,
        there=there,
        quorum=rules.quorum_sentence(members, council.quorum),
        counts=counts,
        page=paginate(statement, asked.number),
        listing=asked,
        chosen=chosen,
        tabs=[
            ("Xét riêng", asked.url(nhom="rieng"), counts.singles, chosen == "rieng"),
            ("Xét riêng, chưa kết luận", asked.url(nhom="con"), counts.undecided, chosen == "con"),
            ("Nhóm biểu quyết một lần", asked.url(nhom="nhom"), counts.block, chosen == "nhom"),
        ],
        following=queries.next_open(row) if may_run else None,
        faults=closing.faults_of(row, council) if may_run else [],
        waiting=queries.count_waiting(row.tenant_id, row.year) if may_run else 0,
        draftable=len(queries.agreed_dossiers(row)) if not is_open else 0,
        may_run=may_run,
        may_draft=not refusal(signed_in(), Right.DRAFT_DECISION),
        form=form,
        block=block,
        voters=rules.voters(members),
        rules=rules,
    )
    return page, status


def _text(value: int | None) -> str:
    return "" if value is None else str(value)


def _shown(row: Meeting) -> MeetingForm:
    held = row.held_at.astimezone(ZONE) if row.held_at else None
    return MeetingForm(
        formdata=None,
        version=str(row.version),
        held_on=held.date() if held else None,
        held_time=held.time() if held else None,
        venue=row.venue,
        presiding=str(row.presiding or ""),
        scribe=str(row.scribe or ""),
        discussion=row.discussion,
        conclusion=row.conclusion,
    )


def _tried(
    act: Callable[[], Any], form: VersionedForm, now: Callable[[], int], again: Callable[[int], Any]
) -> Any:
    """Do an act; refused, return the page with the sentence and everything typed, else None.

    After a conflict the page shows what stands now and bears its version, so that what was typed can be sent again.
    """
    try:
        act()
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        db.session.rollback()
        form.form_errors.append(refused.sentence)
        if isinstance(refused, Conflict):
            form.version.data = str(now())
        return again(refused.status)
    return None


@blueprint.post("/huyen/hoi-dong/hop/<int:meeting_id>")
@may(Right.RUN_COUNCIL)
def write(meeting_id: int) -> Any:
    """Keep when and where the meeting was and who was there."""
    row, _ = meeting_here(meeting_id)
    members = rules.members_of(row.members)
    form, there = MeetingForm(), typed_attendance(request.form, members)
    if not form.validate():
        return _meeting(meeting_id, form=form, attendance=there, status=422)
    if row.state != "draft":
        operations.held(row)
    refused = _tried(
        lambda: operations.note_meeting(signed_in(), row, form.noted(there), form.seen),
        form,
        lambda: meeting_here(meeting_id)[0].version,
        lambda status: _meeting(meeting_id, form=form, attendance=there, status=status),
    )
    return refused or back_to("council.meeting", "Đã lưu cuộc họp.", meeting_id=meeting_id)


@blueprint.post("/huyen/hoi-dong/hop/<int:meeting_id>/chuong-trinh")
@may(Right.RUN_COUNCIL)
def refresh(meeting_id: int) -> Any:
    """Bring the agenda up to date."""
    came, left = operations.refresh(signed_in(), meeting_here(meeting_id)[0])
    said = f"Đã cập nhật chương trình: thêm {came}, bỏ {left} hồ sơ."
    return back_to("council.meeting", said, meeting_id=meeting_id)


@blueprint.post("/huyen/hoi-dong/hop/<int:meeting_id>/bieu-quyet")
@may(Right.RUN_COUNCIL)
def vote_block(meeting_id: int) -> Any:
    """Note the one vote on the block."""
    row, form = meeting_here(meeting_id)[0], BlockForm()
    if not form.validate():
        return _meeting(meeting_id, block=form, status=422)
    if row.state != "draft":
        operations.held(row)
    refused = _tried(
        lambda: operations.vote_block(
            signed_in(), row, form.votes, form.outcome.data, form.note.data or "", form.seen
        ),
        form,
        lambda: meeting_here(meeting_id)[0].version,
        lambda status: _meeting(meeting_id, block=form, status=status),
    )
    return refused or back_to("council.meeting", "Đã ghi biểu quyết về nhóm hồ sơ.", meeting_id=meeting_id)


@blueprint.get("/huyen/hoi-dong/hop/<int:meeting_id>/ho-so/<int:item_id>")
@may(Right.SEE_DISTRICT)
def item(meeting_id: int, item_id: int) -> Any:
    """One dossier at the meeting: why it is discussed singly, where both sides differ, the vote."""
    return _item(meeting_id, item_id)


def _item(
    meeting_id: int,
    item_id: int,
    form: VoteForm | None = None,
    out: OutForm | None = None,
    status: int = 200,
) -> Any:
    row, council = meeting_here(meeting_id)
    one = found(queries.item_of(row, item_id))
    sheet = open_sheet(found(dossier_of(one.tenant_id, one.dossier_id)))
    is_open, members = row.state == "draft", rules.members_of(row.members)
    may_run = is_open and not refusal(signed_in(), Right.RUN_COUNCIL)
    may_single = is_open and not one.singly and not refusal(signed_in(), Right.SINGLE_OUT)
    conflicted = operations.conflicted_of(row, one) if is_open else tuple(one.abstaining)
    if may_run and one.singly and form is None:
        form = VoteForm(
            formdata=None,
            version=str(one.version),
            agree=_text(one.agree),
            against=_text(one.against),
            abstain=_text(one.abstain),
            outcome=one.outcome or None,
            note=one.note,
        )
    if may_single:
        out = (out or OutForm(formdata=None, version=str(row.version))).offer(members)
    page = render_template(
        "council/item.html",
        row=row,
        council=council,
        one=one,
        sheet=sheet,
        compared=comparison(sheet),
        conflicted=conflicted,
        voters=rules.voters(members, conflicted),
        names_member=may_run,
        form=form if may_run and one.singly else None,
        out=out if may_single else None,
        may_run=may_run,
        rules=rules,
    )
    return page, status


@blueprint.post("/huyen/hoi-dong/hop/<int:meeting_id>/ho-so/<int:item_id>")
@may(Right.RUN_COUNCIL)
def vote_item(meeting_id: int, item_id: int) -> Any:
    """Note the vote on one dossier; on to the next one without an outcome."""
    row, form = meeting_here(meeting_id)[0], VoteForm()
    one = found(queries.item_of(row, item_id))
    if not form.validate():
        return _item(meeting_id, item_id, form=form, status=422)
    if row.state != "draft" or not one.singly:
        operations.held(row)
    refused = _tried(
        lambda: operations.vote_item(
            signed_in(), row, item_id, form.votes, form.outcome.data, form.note.data or "", form.seen
        ),
        form,
        lambda: found(queries.item_of(meeting_here(meeting_id)[0], item_id)).version,
        lambda status: _item(meeting_id, item_id, form=form, status=status),
    )
    if refused:
        return refused
    following = queries.next_open(row, one)
    if following and request.form.get("act") == "next":
        return back_to(
            "council.item", "Đã ghi kết luận. Hồ sơ tiếp theo:", meeting_id=meeting_id, item_id=following
        )
    return back_to("council.meeting", "Đã ghi kết luận về hồ sơ.", meeting_id=meeting_id, nhom="rieng")


@blueprint.post("/huyen/hoi-dong/hop/<int:meeting_id>/ho-so/<int:item_id>/xet-rieng")
@may(Right.SINGLE_OUT)
def take_out(meeting_id: int, item_id: int) -> Any:
    """Take a dossier out of the block at a member's wish."""
    row, form = meeting_here(meeting_id)[0], OutForm()
    found(queries.item_of(row, item_id))
    form.offer(rules.members_of(row.members))
    if not form.validate():
        return _item(meeting_id, item_id, out=form, status=422)
    refused = _tried(
        lambda: operations.take_out(signed_in(), row, item_id, form.who.data or "", form.why.data or ""),
        form,
        lambda: meeting_here(meeting_id)[0].version,
        lambda status: _item(meeting_id, item_id, out=form, status=status),
    )
    return refused or back_to("council.item", "Hồ sơ được xét riêng.", meeting_id=meeting_id, item_id=item_id)


@blueprint.post("/huyen/hoi-dong/hop/<int:meeting_id>/ho-so/<int:item_id>/vao-nhom")
@may(Right.RUN_COUNCIL)
def put_back(meeting_id: int, item_id: int) -> Any:
    """Put a dossier that a member took out back into the block."""
    operations.put_back(signed_in(), meeting_here(meeting_id)[0], item_id)
    return back_to("council.meeting", "Đã đưa hồ sơ trở lại nhóm.", meeting_id=meeting_id, nhom="nhom")


@blueprint.post("/huyen/hoi-dong/hop/<int:meeting_id>/chot")
@may(Right.RUN_COUNCIL)
def close(meeting_id: int) -> Any:
    """Close the meeting and its minutes."""
    row = closing.close(signed_in(), meeting_here(meeting_id)[0], seen())
    return back_to("council.meeting", "Đã chốt biên bản cuộc họp.", meeting_id=row.id)


@blueprint.post("/huyen/hoi-dong/hop/<int:meeting_id>/bo")
@may(Right.RUN_COUNCIL)
def discard(meeting_id: int) -> Any:
    """Drop a meeting that is not closed."""
    operations.discard(signed_in(), meeting_here(meeting_id)[0], seen())
    return back_to("council.index", "Đã bỏ cuộc họp. Hồ sơ chờ cuộc họp khác.")


@blueprint.post("/huyen/hoi-dong/hop/<int:meeting_id>/quyet-dinh")
@may(Right.DRAFT_DECISION)
def draft(meeting_id: int) -> Any:
    """Draft the decision from what the meeting agreed to."""
    decision = closing.draft(signed_in(), meeting_here(meeting_id)[0])
    return back_to(
        "recognition.show",
        "Đã đưa các hồ sơ cuộc họp nhất trí vào dự thảo quyết định.",
        decision_id=decision.id,
    )


def council_on(dossier: Dossier) -> Any:
    """Return what the council last said to a dossier as it stands: item and meeting, None where no closed meeting did."""
    return queries.last_said(dossier)


blueprint.add_app_template_global(council_on)
