"""Several appraisers on one dossier: handing in, the verdicts side by side, taking over what all said."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from portal.dossiers.queries import open_sheet
from portal.web import back_to
from tenants.access import may, signed_in
from tenants.rights import Right

from . import blind, panels, rules
from .blueprint import blueprint
from .desk import PROPOSAL, Desk
from .desk_views import desk_dossier, verdict_text


@blueprint.post("/huyen/ho-so/<int:dossier_id>/tham-dinh/nop")
@may(Right.APPRAISE)
def hand_in(dossier_id: int) -> Any:
    """Hand in one's own verdicts, or take them back while somebody else has not."""
    dossier, place = desk_dossier(dossier_id), {"chi-tieu": PROPOSAL}
    if request.form.get("act") == "take_back":
        blind.take_back(signed_in(), dossier)
        return back_to(
            "appraisal.desk", "Đã rút lại kết quả của anh/chị để sửa.", dossier_id=dossier_id, **place
        )
    panel = blind.hand_in(signed_in(), dossier)
    if panel.all_in:
        return back_to("appraisal.comparison", "Đã nộp. Mọi người đã nộp đủ.", dossier_id=dossier_id)
    return back_to("appraisal.desk", "Đã nộp kết quả của anh/chị.", dossier_id=dossier_id, **place)


@blueprint.get("/huyen/ho-so/<int:dossier_id>/tham-dinh/doi-chieu")
@may(Right.SEE_DISTRICT)
def comparison(dossier_id: int) -> str:
    """Show who has handed in, and once all have, every verdict beside the others'."""
    dossier = desk_dossier(dossier_id)
    sheet, panel = open_sheet(dossier), panels.panel_of(dossier)
    seats = panel.seats if panel.concluding else ()
    rows = blind.compared(sheet, seats, panels.verdicts_of(dossier, seats)) if seats else []
    mine = not panel.refusal(signed_in()) and not panels.conflict_of(signed_in(), dossier)
    return render_template(
        "appraisal/comparison.html",
        sheet=sheet,
        dossier=dossier,
        at=Desk(sheet, PROPOSAL),
        panel=panel,
        rows=rows,
        ready=[row for row in rows if row.same and row.finding is None],
        may_conclude=panel.concluding
        and mine
        and dossier.state == "accepted"
        and bool(panel.mine(signed_in())),
        text_of=lambda indicator, row: verdict_text(sheet, indicator, row),
        verdict_words=rules.VERDICT_WORDS,
    )


@blueprint.post("/huyen/ho-so/<int:dossier_id>/tham-dinh/doi-chieu")
@may(Right.APPRAISE)
def conclude(dossier_id: int) -> Any:
    """Take over every verdict on which all said the same."""
    codes = blind.conclude_same(signed_in(), desk_dossier(dossier_id))
    said = f"Đã lấy {len(codes)} kết luận giống nhau: {', '.join(codes)}."
    return back_to("appraisal.comparison", said, dossier_id=dossier_id)
