"""Correcting a base figure on the desk: what it would change, then saving it with all that depends on it."""

from __future__ import annotations

from typing import Any

from flask import abort, request

from portal import words
from portal.dossiers.blueprint import sheet_here
from portal.dossiers.queries import open_sheet
from portal.typed import line
from portal.web import back_to
from tenants.access import may, signed_in
from tenants.database import db
from tenants.refusal import Conflict, Refused
from tenants.rights import Right

from . import operations
from .blueprint import blueprint
from .desk import BASE, changes_with
from .desk_views import again, desk_dossier, page
from .forms import number_of, presence_of, text_of, version_of


@blueprint.post("/huyen/ho-so/<int:dossier_id>/tham-dinh/so-lieu-nen/<code>")
@may(Right.APPRAISE)
def correct(dossier_id: int, code: str) -> Any:
    """Show what correcting a base figure would change, or correct it."""
    dossier = desk_dossier(dossier_id)
    sheet = open_sheet(dossier)
    if code not in sheet.headcounts:
        abort(404)
    faults: list[str] = []
    read = presence_of if dossier.ratio_only else number_of
    value = read(request.form, "value", words.HEADCOUNTS[code].name, faults)
    reason = text_of(request.form, "reason", 1_000)
    parts = {
        i.id: number
        for i in sheet.indicators
        if i.base == code
        and (number := number_of(request.form, f"part-{i.id}", f"Số đạt của {i.code}", faults)) is not None
    }
    typed = {code: {"value": line(request.form.get("value", ""))[:20], "reason": reason, "parts": parts}}
    if value is None and not faults:
        faults.append(f"Xin nhập {words.HEADCOUNTS[code].inline} theo thẩm định.")
    if faults or value is None:
        return page(sheet, BASE, typed=typed, faults=faults), 422
    stuck = [
        (i, min(parts.get(i.id, value), value), part) for i, part in operations.exceeding(sheet, code, value)
    ]
    if request.form.get("act") == "preview":
        change = changes_with(sheet, code, value, {i.id: new for i, new, _ in stuck})
        return page(sheet, BASE, typed=typed, preview=(code, change), stuck=stuck)
    try:
        changed = operations.correct_headcount(
            signed_in(), dossier, code, value, reason, version=version_of(request.form), parts=parts
        )
    except Conflict as conflict:
        db.session.rollback()
        fresh = sheet_here(dossier_id)
        theirs = fresh.headcount_findings.get(code)
        both = {
            "code": code,
            "sentence": conflict.sentence,
            "mine": f"{operations.base_words(fresh, value)}. {reason}",
            "theirs": f"{operations.base_words(fresh, theirs.value)}. {theirs.reason}"
            if theirs
            else "Chưa hiệu chỉnh.",
            "who": theirs.changed_by if theirs else "người khác",
            "when": words.moment(theirs.changed_at) if theirs else "",
        }
        return page(fresh, BASE, typed=typed, conflict=both), 409
    except Refused as refused:
        return again(dossier_id, BASE, refused, typed=typed, stuck=stuck)
    codes = ", ".join(change.indicator.code for change in changed)
    again_said = (
        f"{len(changed)} chỉ tiêu được tính lại: {codes}" if changed else "không chỉ tiêu nào thay đổi"
    )
    said = f"Đã hiệu chỉnh {words.HEADCOUNTS[code].inline}; {again_said}."
    return back_to("appraisal.desk", said, dossier_id=dossier_id, **{"chi-tieu": BASE})
