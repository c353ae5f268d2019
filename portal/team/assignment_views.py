"""Who has what: the page of assignments of a dossier, the guests let in to it, and everybody's own tasks."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from flask import render_template, request

from portal.accounts.links import link_sheets
from portal.accounts.views import marked
from portal.dossiers.blueprint import sheet_here
from portal.dossiers.queries import Sheet
from portal.web import back_to
from portal.words import day
from tenants.access import may, signed_in
from tenants.database import db
from tenants.people import LONGEST_VISIT
from tenants.refusal import Refused
from tenants.rights import Right

from . import assigning, staff
from .blueprint import blueprint, whole
from .forms import AssignForm, InviteForm
from .queries import WORKED_ON, assignments_of, guests_of, my_tasks, staff_of, tasks_of
from .rules import Pace
from .wording import DUTIES, PACES


@blueprint.get("/ho-so/<int:dossier_id>/phan-cong")
@may(Right.SEE_DOSSIER)
def assignments(dossier_id: int) -> Any:
    """Every applying indicator with who has it, until when, and whether it is late."""
    return _page(sheet_here(dossier_id))


def _page(
    sheet: Sheet, form: AssignForm | None = None, chosen: frozenset[int] = frozenset(), status: int = 200
) -> Any:
    form = form or AssignForm(formdata=None)
    form.offer((m.id, m.full_name) for m in sheet.team)
    tasks = tasks_of(sheet, assignments_of([sheet.dossier]))
    titles = {row.criterion.number: row.criterion.title for row in sheet.catalogue}
    page = render_template(
        "team/assignments.html",
        sheet=sheet,
        dossier=sheet.dossier,
        form=form,
        chosen=chosen,
        groups=[
            (number, titles[number], list(own)) for number, own in groupby(tasks, key=lambda t: t.criterion)
        ],
        late=[task for task in tasks if task.pace is Pace.LATE],
        counts={
            "given": sum(task.holder is not None for task in tasks),
            "done": sum(task.done for task in tasks),
            "all": len(tasks),
        },
        by_member=[
            (member, [task for task in tasks if task.holder is not None and task.holder.id == member.id])
            for member in sheet.team
        ],
        staff=staff_of(sheet.dossier.tenant_id, sheet.dossier.unit_id),
        guests=guests_of(sheet),
        open=sheet.dossier.state in WORKED_ON,
        paces=PACES,
        duties=DUTIES,
        longest=LONGEST_VISIT,
    )
    return page, status


def _chosen(sheet: Sheet) -> dict[int, int]:
    """Return the marked rows and those of the marked criteria: indicator id → the version the page showed."""
    marked_rows = {whole(text) for text in request.form.getlist("chon")[:200]}
    criteria = {whole(text) for text in request.form.getlist("tieu_chi")[:50]}
    seen = {i.id: whole(request.form.get(f"ban-{i.id}")) for i in sheet.indicators}
    applying = {f.indicator.id for f in sheet.unit_side().findings if f.applies}
    found = {
        i.id: seen[i.id] or 0
        for i in sheet.indicators
        if i.id in marked_rows or (i.criterion in criteria and i.id in applying)
    }
    unknown = {number for number in marked_rows if number is not None and number not in found}
    return found | dict.fromkeys(unknown, 0)


@blueprint.post("/ho-so/<int:dossier_id>/phan-cong")
@may(Right.FILL_DOSSIER)
def assign(dossier_id: int) -> Any:
    """Give the marked indicators to a member, or take them back."""
    sheet = sheet_here(dossier_id)
    chosen = _chosen(sheet)
    form = AssignForm()
    form.offer([])
    try:
        if not form.validate():
            raise Refused("", 422)
        if request.form.get("act") == "take_back":
            count = assigning.take_back(signed_in(), sheet.dossier, chosen)
            return back_to("team.assignments", f"Đã thôi giao {count} chỉ tiêu.", dossier_id=dossier_id)
        member_id = whole(form.member.data) or 0
        count = assigning.assign(signed_in(), sheet.dossier, chosen, member_id, form.due_on.data)
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        db.session.rollback()
        if refused.sentence:
            form.form_errors.append(refused.sentence)
        return _page(sheet_here(dossier_id), form, frozenset(chosen), refused.status)
    until = f", hạn {day(form.due_on.data)}" if form.due_on.data else ""
    sentence = f"Đã giao {count} chỉ tiêu{until}." if count else "Các chỉ tiêu này đã giao như vậy rồi."
    return back_to("team.assignments", sentence, dossier_id=dossier_id)


@blueprint.post("/ho-so/<int:dossier_id>/thanh-vien/<int:member_id>/tai-khoan")
@may(Right.FILL_DOSSIER)
def link_member(dossier_id: int, member_id: int) -> Any:
    """Say by which account a member of the team works."""
    account_id = whole(request.form.get("tai_khoan"))
    member = assigning.link_member(signed_in(), sheet_here(dossier_id).dossier, member_id, account_id)
    sentence = f"Đã lưu tài khoản của {member.full_name}."
    return back_to("team.assignments", sentence, dossier_id=dossier_id, _anchor="to-danh-gia")


@blueprint.get("/viec-cua-toi")
@may(Right.SEE_DOSSIER)
def tasks() -> Any:
    """What the signed-in person answers for, what is late first."""
    return render_template("team/tasks.html", tasks=my_tasks(signed_in()), paces=PACES)


@blueprint.get("/ho-so/<int:dossier_id>/moi")
@may(Right.INVITE_GUEST)
def invitation(dossier_id: int) -> Any:
    """The form that lets somebody from outside in to some indicators."""
    sheet = sheet_here(dossier_id)
    guests = guests_of(sheet)
    login = f"{sheet.unit.code.lower()}.khach{len(guests) + 1}"
    marked_one = whole(request.args.get("chi-tieu"))
    form = InviteForm(formdata=None, data={"login": login, "days": 14})
    return _invite_page(sheet, form, frozenset({marked_one} if marked_one else ()))


def _invite_page(sheet: Sheet, form: InviteForm, chosen: frozenset[int], status: int = 200) -> Any:
    page = render_template(
        "team/invite.html",
        sheet=sheet,
        dossier=sheet.dossier,
        form=form,
        tasks=tasks_of(sheet, {}),
        chosen=chosen,
        longest=LONGEST_VISIT,
    )
    return page, status


@blueprint.post("/ho-so/<int:dossier_id>/moi")
@may(Right.INVITE_GUEST)
def invite(dossier_id: int) -> Any:
    """Let the guest in and show the link, once."""
    sheet, form = sheet_here(dossier_id), InviteForm()
    typed = [whole(text) for text in request.form.getlist("chi_tieu")[:100]]
    chosen = [number for number in typed if number is not None and number < 2**31]
    try:
        if not form.validate():
            raise Refused("", 422)
        made = staff.invite(signed_in(), sheet.dossier, form.person(), chosen, form.days.data or 0)
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        db.session.rollback()
        if refused.sentence:
            marked(form, refused)
        return _invite_page(sheet_here(dossier_id), form, frozenset(chosen), refused.status)
    back = ("team.assignments", {"dossier_id": dossier_id})
    return render_template("team/links.html", sheets=link_sheets([made]), back=back)


@blueprint.post("/ho-so/<int:dossier_id>/moi-lai")
@may(Right.INVITE_GUEST)
def invite_again(dossier_id: int) -> Any:
    """Let a guest whose visit is over in again."""
    days, number = whole(request.form.get("days")), whole(request.form.get("invitation"))
    dossier = sheet_here(dossier_id).dossier
    name = staff.invite_again(signed_in(), dossier, number or 0, min(days or 0, 10_000))
    sentence = f"Đã mời lại {name}; người này đăng nhập bằng tài khoản cũ."
    return back_to("team.assignments", sentence, dossier_id=dossier_id, _anchor="khach")


@blueprint.post("/ho-so/<int:dossier_id>/khach/<int:membership_id>/ket-thuc")
@may(Right.INVITE_GUEST)
def end_visit(dossier_id: int, membership_id: int) -> Any:
    """End a guest's visit at once."""
    sheet_here(dossier_id)
    name = staff.end_role(signed_in(), membership_id)
    sentence = f"Đã kết thúc lời mời của {name}; người này không vào được nữa."
    return back_to("team.assignments", sentence, dossier_id=dossier_id, _anchor="khach")
