"""Saving the parts of a dossier's form: one indicator, the head-counts, texts, the team, supplements.

Each is a normal form. Sent by htmx it answers with the changed parts of the page; without JavaScript with
the page itself. What cannot be saved comes back as typed, with the sentence why.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import make_response, render_template, request

from portal import words
from portal.team.queries import holders_of
from portal.web import back_to, office_here, wants_part
from tenants.access import found, may, signed_in
from tenants.database import db
from tenants.refusal import Conflict, Refused
from tenants.rights import Right

from . import operations
from .blueprint import blueprint, content_held_here, dossier_here, sheet_here
from .cards import Clash, Entry, cards, clash_of, counts, hour, saved_card
from .forms import MemberForm, Typed, TypedCount, tidy
from .pages import (
    PARTS,
    PartKind,
    Refusal,
    TypedPoint,
    card_of,
    form_page,
    part_words,
    parts,
    saved_part,
    stands,
)
from .queries import Sheet, open_sheet
from .signature import mark_of


@blueprint.post("/ho-so/<int:dossier_id>/chi-tieu/<int:indicator_id>")
@may(Right.FILL_DOSSIER)
def save_answer(dossier_id: int, indicator_id: int) -> Any:
    """Save one indicator, or lay two people's entries side by side."""
    typed, choice = Typed.sent(request.form), request.form.get("choice")
    if choice == "theirs":
        return _answer_kept(dossier_id, indicator_id)
    if choice == "mine":
        typed = replace(typed, version=_number(request.form.get("theirs_version")))
    content = content_held_here(dossier_id)
    indicator = found(next((i for i in content.indicators if i.id == indicator_id), None))
    try:
        given = typed.given(indicator, ratio_only=content.dossier.ratio_only)
        assessment = operations.put_answer(signed_in(), content, indicator_id, given)
    except ValueError as reason:
        return _answer_refused(dossier_id, indicator_id, typed, str(reason), 422)
    except Conflict as conflict:
        return _answer_refused(dossier_id, indicator_id, typed, "", conflict.status)
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        return _answer_refused(dossier_id, indicator_id, typed, refused.sentence, refused.status)
    if not wants_part():
        sentence = f"Đã lưu chỉ tiêu {indicator.code}."
        return back_to("dossiers.show", sentence, dossier_id=dossier_id, _anchor=f"chi-tieu-{indicator.code}")
    card = saved_card(content, assessment, indicator_id)
    return saved_part("dossiers/_saved_answer.html", content, assessment, card=card)


def _answer_kept(dossier_id: int, indicator_id: int) -> Any:
    """Leave what is stored and show it: the card alone, or the page."""
    sheet = sheet_here(dossier_id)
    indicator = found(next((i for i in sheet.indicators if i.id == indicator_id), None))
    if wants_part():
        return _whole_card(sheet, indicator_id)
    anchor = f"chi-tieu-{indicator.code}"
    return back_to("dossiers.show", "Đã giữ nội dung đang lưu.", dossier_id=dossier_id, _anchor=anchor)


def _theirs(dossier_id: int, anchor: str) -> Any:
    """Leave what is stored and show the page as it stands."""
    if wants_part():
        response = make_response("")
        response.headers["HX-Refresh"] = "true"
        return response
    return back_to("dossiers.show", "Đã giữ nội dung đang lưu.", dossier_id=dossier_id, _anchor=anchor)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def _answer_refused(dossier_id: int, indicator_id: int, typed: Typed, sentence: str, status: int) -> Any:
    db.session.rollback()
    sheet = sheet_here(dossier_id)
    entry = Entry(typed={indicator_id: typed})
    if sentence:
        entry.faults[indicator_id] = sentence
    else:
        finding = next(f for f in sheet.unit_side().findings if f.indicator.id == indicator_id)
        entry.clashes[indicator_id] = clash_of(finding, typed, sheet.answers[indicator_id])
    if not wants_part():
        return form_page(sheet, Refusal(entry=entry), status)
    card, _ = card_of(sheet, indicator_id, entry)
    return render_template("dossiers/_refused_answer.html", card=card), status


def _whole_card(sheet: Sheet, indicator_id: int) -> Any:
    """Put the card as stored in the place of the one typed into."""
    card, assessment = card_of(sheet, indicator_id)
    card = replace(card, at_work=True)
    part = saved_part("dossiers/_whole_card.html", sheet, assessment, card=card, holders=holders_of(sheet))
    response = make_response(part)
    response.headers["HX-Retarget"] = f"[id='{card.anchor}']"
    response.headers["HX-Reswap"] = "outerHTML"
    return response


@blueprint.post("/ho-so/<int:dossier_id>/so-lieu")
@may(Right.FILL_DOSSIER)
def save_headcounts(dossier_id: int) -> Any:
    """Save the base figures; every card that rests on them follows."""
    dossier = dossier_here(dossier_id)
    sheet = open_sheet(dossier)
    applied = {f.indicator.id: f.applies for f in sheet.unit_side().findings}
    typed = {
        code: TypedCount.sent(sheet.headcounts[code], request.form, ratio_only=dossier.ratio_only)
        for code in sheet.asked_counts
    }
    choice = request.form.get("choice")
    if choice == "theirs":
        return _theirs(dossier_id, "so-lieu")
    if choice == "mine":
        typed = {
            code: replace(one, version=_number(request.form.get(f"{code}-theirs")) or one.version)
            for code, one in typed.items()
        }
    faults = [f"{words.HEADCOUNTS[one.code].name}: {one.fault}" for one in typed.values() if one.fault]
    if faults:
        return _counts_refused(dossier_id, typed, faults, 422)
    values = {code: one.value for code, one in typed.items()}
    versions = {code: one.version for code, one in typed.items()}
    try:
        sheet = operations.save_headcounts(signed_in(), dossier, values, versions)
    except Conflict:
        return _counts_refused(dossier_id, typed, [], 409)
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        return _counts_refused(dossier_id, typed, [refused.sentence], refused.status)
    if not wants_part():
        return back_to("dossiers.show", "Đã lưu số liệu nền.", dossier_id=dossier_id, _anchor="so-lieu")
    assessment = sheet.unit_side()
    made = cards(sheet, assessment)
    return saved_part(
        "dossiers/_saved_counts.html",
        sheet,
        assessment,
        counts=counts(sheet),
        cards=made,
        turned={card.id for card in made if card.finding.applies is not applied[card.id]},
    )


def _counts_refused(dossier_id: int, typed: dict[str, TypedCount], faults: list[str], status: int) -> Any:
    db.session.rollback()
    sheet = sheet_here(dossier_id)
    clashes = {}
    if not faults:
        for code, one in typed.items():
            row = sheet.headcounts[code]
            if one.version != row.version and one.value != row.value:
                mine, stored = (_said(value, one.ratio_only) for value in (one.value, row.value))
                clashes[code] = Clash(mine, stored, row.changed_by or "người khác", "", row.version)
    if wants_part():
        page = render_template(
            "dossiers/_refused_counts.html", faults=faults, counts=counts(sheet, typed, clashes)
        )
        return page, status
    return form_page(sheet, Refusal(counts=typed, count_faults=faults, count_clashes=clashes), status)


def _said(value: int | None, ratio_only: bool) -> str:
    if value is None:
        return "(trống)"
    return ("Có" if value else "Không có") if ratio_only else words.number(value)


@blueprint.post("/ho-so/<int:dossier_id>/cach-ghi-so-lieu")
@may(Right.FILL_DOSSIER)
def follow_registry(dossier_id: int) -> Any:
    """Turn the dossier to ratios, or to people, as the registry says of the unit."""
    sheet = operations.follow_registry(signed_in(), dossier_here(dossier_id))
    how = "tỷ lệ; số người đã nhập không còn lưu" if sheet.dossier.ratio_only else "số người"
    return back_to(
        "dossiers.show", f"Hồ sơ nay ghi số liệu theo {how}.", dossier_id=dossier_id, _anchor="so-lieu"
    )


@blueprint.post("/ho-so/<int:dossier_id>/phan/<part>")
@may(Right.FILL_DOSSIER)
def save_part(dossier_id: int, part: str) -> Any:
    """Save a part beside the indicators: the team's decision, texts, level and letter."""
    kind = found(PARTS.get(part))
    dossier = dossier_here(dossier_id)
    form = kind.form(prefix=f"{kind.name}-")
    now = stands(dossier, kind)
    if request.form.get("choice") == "theirs":
        return _theirs(dossier_id, part)
    name = "theirs_seen" if request.form.get("choice") == "mine" else "seen"
    seen = now if request.form.get(name) == mark_of(now) else dict.fromkeys(now, object())
    if not form.validate():
        return _part_refused(dossier_id, kind, form, None, 422)
    values = form.texts()
    try:
        dossier = operations.save_texts(signed_in(), dossier, seen=seen, **values)
    except Conflict as conflict:
        return _part_refused(dossier_id, kind, form, values, conflict.status)
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        form.form_errors.append(refused.sentence)
        return _part_refused(dossier_id, kind, form, None, refused.status)
    if wants_part():
        sheet = open_sheet(dossier)
        saved = parts(sheet, Refusal())[kind.name]
        return saved_part("dossiers/_saved_part.html", sheet, sheet.unit_side(), part=saved)
    sentence = f"Đã lưu phần {words.DOSSIER_PARTS[kind.part]}."
    return back_to("dossiers.show", sentence, dossier_id=dossier_id, _anchor=part)


def _part_refused(
    dossier_id: int, kind: PartKind, form: Any, mine: dict[str, Any] | None, status: int
) -> Any:
    db.session.rollback()
    sheet = sheet_here(dossier_id)
    clash = None
    if mine is not None:
        clash = Clash(
            part_words(kind, mine), part_words(kind, stands(sheet.dossier, kind)), "người khác", "", 0
        )
    if wants_part():
        refused = parts(sheet, Refusal(parts={kind.name: (form, clash)}))[kind.name]
        return render_template("dossiers/_refused_part.html", part=refused), status
    return form_page(sheet, Refusal(parts={kind.name: (form, clash)}), status)


@blueprint.post("/ho-so/<int:dossier_id>/thanh-vien")
@may(Right.FILL_DOSSIER)
def add_member(dossier_id: int) -> Any:
    """Add a member of the team."""
    dossier = dossier_here(dossier_id)
    form = MemberForm(prefix="thanh-vien-")
    try:
        if not form.validate():
            raise Refused("", 422)
        name, title = tidy(form.full_name.data), tidy(form.title.data)
        operations.add_team_member(signed_in(), dossier, name, title, form.duty.data)
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        db.session.rollback()
        if refused.sentence:
            form.form_errors.append(refused.sentence)
        return form_page(sheet_here(dossier_id), Refusal(member=form), refused.status)
    return back_to("dossiers.show", f"Đã thêm {name}.", dossier_id=dossier_id, _anchor="to-danh-gia")


@blueprint.post("/ho-so/<int:dossier_id>/thanh-vien/<int:member_id>/bo")
@may(Right.FILL_DOSSIER)
def remove_member(dossier_id: int, member_id: int) -> Any:
    """Take a member off the team."""
    operations.remove_team_member(signed_in(), dossier_here(dossier_id), member_id)
    return back_to("dossiers.show", "Đã bỏ thành viên khỏi Tổ.", dossier_id=dossier_id, _anchor="to-danh-gia")


@blueprint.post("/ho-so/<int:dossier_id>/bo-sung/<int:point_id>")
@may(Right.FILL_DOSSIER)
def answer_point(dossier_id: int, point_id: int) -> Any:
    """Answer one point of the supplement request."""
    dossier = dossier_here(dossier_id)
    text = tidy(request.form.get("answer"))[:4000]
    choice = request.form.get("choice")
    if choice == "theirs":
        return _theirs(dossier_id, "bo-sung")
    seen = request.form.get("theirs_seen" if choice == "mine" else "seen")
    try:
        point = operations.answer_point(signed_in(), dossier, point_id, text, seen)
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        return _point_refused(dossier_id, point_id, text, refused)
    if wants_part():
        sheet = open_sheet(dossier)
        mark = mark_of({"answer": point.answer})
        return saved_part("dossiers/_saved_point.html", sheet, sheet.unit_side(), point=point, mark=mark)
    return back_to("dossiers.show", "Đã lưu phần trả lời.", dossier_id=dossier_id, _anchor="bo-sung")


def _point_refused(dossier_id: int, point_id: int, text: str, refused: Refused) -> Any:
    db.session.rollback()
    sheet = sheet_here(dossier_id)
    point = next((one for one in sheet.open_points() if one.id == point_id), None)
    stored = point.answer if point else ""
    typed = TypedPoint(text, mark_of({"answer": stored}), refused.sentence)
    if point and isinstance(refused, Conflict):
        typed = replace(typed, fault="", clash=Clash(text, stored, "người khác", hour(point.answered_at), 0))
    if wants_part():
        return render_template("dossiers/_refused_point.html", typed=typed), refused.status
    if point is None:
        raise refused
    return form_page(sheet, Refusal(points={point_id: typed}), refused.status)


@blueprint.post("/ho-so/<int:dossier_id>/bo-sung")
@may(Right.SUBMIT_DOSSIER)
def send_supplement(dossier_id: int) -> Any:
    """Send the answered request back; sending twice changes nothing."""
    operations.send_supplement(signed_in(), dossier_here(dossier_id))
    return back_to("dossiers.show", office_here("Đã gửi phần bổ sung cho Phòng GDĐT."), dossier_id=dossier_id)
