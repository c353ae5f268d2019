"""Agreeing with the rest of a dossier, closing its appraisal with a proposal, opening it again."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from portal import words
from portal.web import back_to
from tenants.access import may, signed_in
from tenants.refusal import Refused
from tenants.rights import Right

from . import operations, panels
from .blueprint import blueprint
from .desk import PROPOSAL, Desk, rows_to_agree
from .desk_views import again, desk_dossier, next_place
from .forms import text_of


@blueprint.get("/huyen/ho-so/<int:dossier_id>/tham-dinh/dong-y")
@may(Right.APPRAISE)
def agreement(dossier_id: int) -> str:
    """Show what agreeing with all remaining indicators would do."""
    dossier = desk_dossier(dossier_id)
    at = Desk(panels.sheet_for(signed_in(), dossier), PROPOSAL)
    proposal = operations.proposal_of(at.sheet, at.side)
    rows = rows_to_agree(at)
    return render_template(
        "appraisal/agree.html", sheet=at.sheet, dossier=dossier, at=at, proposal=proposal, rows=rows
    )


@blueprint.post("/huyen/ho-so/<int:dossier_id>/tham-dinh/dong-y")
@may(Right.APPRAISE)
def agree(dossier_id: int) -> Any:
    """Agree with the unit on the ticked indicators."""
    dossier = desk_dossier(dossier_id)
    typed = request.form.getlist("indicator")
    wanted = {int(one) for one in typed if one.isascii() and one.isdigit() and len(one) < 12}
    agreed = operations.agree_with_rest(signed_in(), dossier, wanted)
    said = f"Đã đồng ý với đơn vị ở {len(agreed)} chỉ tiêu: {', '.join(agreed)}."
    left = panels.sheet_for(signed_in(), dossier)
    return back_to("appraisal.desk", said, dossier_id=dossier_id, **next_place(left, agreed[-1]))


@blueprint.post("/huyen/ho-so/<int:dossier_id>/de-xuat")
@may(Right.PROPOSE)
def propose(dossier_id: int) -> Any:
    """Close the appraisal with the level the page named."""
    dossier, note = desk_dossier(dossier_id), text_of(request.form, "note")
    seen = request.form.get("seen_level", "")
    try:
        row = operations.propose(
            signed_in(), dossier, note, seen_level=int(seen) if seen in ("0", "1", "2") else None
        )
    except Refused as refused:
        return again(dossier_id, PROPOSAL, refused, note_text=note)
    said = f"Đã chốt đề xuất: {words.RESULTS[row.proposed_level or 0].name.lower()}."
    return back_to("appraisal.desk", said, dossier_id=dossier_id, **{"chi-tieu": PROPOSAL})


@blueprint.post("/huyen/ho-so/<int:dossier_id>/mo-lai")
@may(Right.PROPOSE)
def reopen(dossier_id: int) -> Any:
    """Open a closed appraisal again."""
    operations.reopen(signed_in(), desk_dossier(dossier_id), text_of(request.form, "reason", 1_000))
    return back_to("appraisal.desk", "Đã mở lại thẩm định; đề xuất trước đó được rút.", dossier_id=dossier_id)
