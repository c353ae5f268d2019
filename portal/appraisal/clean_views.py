"""Clean dossiers closed many at once: the list with its reasons, then what became of each."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from portal import web
from portal.cycle.models import Cycle
from portal.web import page_number
from tenants.access import may, signed_in
from tenants.refusal import Refused
from tenants.rights import Right

from . import accepting
from .accepting import MOST_AT_ONCE, Closed
from .blueprint import blueprint, chosen_cycle


@blueprint.get("/huyen/ho-so-sach")
@may(Right.PROPOSE)
def clean_dossiers() -> str:
    """Show which dossiers under appraisal are clean, and of the others what asks for a look."""
    return _page(chosen_cycle(), [])


def _page(cycle: Cycle, done: list[Closed]) -> str:
    actor = signed_in()
    tenant_id = actor.here.tenant_id
    waiting = web.paginate(
        accepting.candidates(actor, tenant_id, cycle.year), page_number(), per_page=MOST_AT_ONCE
    )
    looked = accepting.look(tenant_id, waiting.items)
    return render_template(
        "appraisal/clean.html",
        cycle=cycle,
        page=waiting,
        clean=[one for one in looked if not one.against],
        others=[one for one in looked if one.against],
        done=done,
    )


@blueprint.post("/huyen/ho-so-sach")
@may(Right.PROPOSE)
def close_clean() -> Any:
    """Close the dossiers ticked, each by itself."""
    typed = request.form.getlist("dossier")[:MOST_AT_ONCE]
    ids = [int(one) for one in typed if one.isascii() and one.isdigit() and len(one) < 12]
    if not ids:
        raise Refused("Chưa chọn hồ sơ nào.", 422)
    return _page(chosen_cycle(), accepting.close_all(signed_in(), ids))
