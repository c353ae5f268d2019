"""The page of what is still lacking: work for each level, what if, and one printed page for the staff meeting."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import render_template, request

from portal import clock, words
from tenants.access import may
from tenants.rights import Right

from .advice import advise
from .blueprint import blueprint, sheet_here
from .trying import what_if


@blueprint.get("/ho-so/<int:dossier_id>/con-thieu")
@may(Right.SEE_DOSSIER)
def gaps(dossier_id: int) -> Any:
    """What stands between the unit and each level; with figures in the address, what they would change.

    A reading request: whatever is tried here is stored nowhere.
    """
    sheet = sheet_here(dossier_id)
    tried = {name: text for name, text in request.args.items() if name.startswith(("so-", "ct-"))}
    return render_template(
        "dossiers/gaps.html",
        sheet=sheet,
        dossier=sheet.dossier,
        advice=advise(sheet.unit_side()),
        tried=what_if(sheet, tried),
        trying=bool(tried),
        figures_final=clock.today() > date(sheet.dossier.year, 12, 31),
        now_moment=words.moment(clock.now()),
    )
