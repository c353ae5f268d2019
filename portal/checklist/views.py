"""The pages of the checklist: day by day with what is done so far, and the same to print and tick."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, render_template

from portal import clock, web
from portal.appraisal.blueprint import chosen_cycle
from portal.cycle.models import Cycle
from portal.papers import checklist as paper
from portal.papers import word
from portal.papers.answering import rendered
from portal.papers.data import Signature
from portal.papers.district import file_name, office
from tenants.access import may, tenant_here
from tenants.rights import Right

from . import queries
from .rules import WHOSE

blueprint = Blueprint("checklist", __name__)


def _title(cycle: Cycle) -> str:
    """Name the list after its length: the Circular's terms leave 31 days, a year with tighter ones fewer."""
    return f"{(cycle.decide_before - cycle.submit_before).days} ngày thẩm định"


@blueprint.get("/huyen/31-ngay")
@may(Right.SEE_DISTRICT)
def index() -> Any:
    """The days of a year with their tasks and how far the work is."""
    cycle = chosen_cycle()
    return render_template(
        "checklist/index.html",
        cycle=cycle,
        title=_title(cycle),
        days=queries.days(tenant_here(), cycle),
        progress=queries.standing(tenant_here(), cycle.year),
        today=clock.today(),
        whose=WHOSE,
        weekdays=paper.WEEKDAYS,
    )


@blueprint.get("/huyen/31-ngay.<ext>")
@may(Right.SEE_DISTRICT)
def sheet(ext: str) -> Response:
    """The list on paper, with boxes to tick: PDF to print, DOCX to change."""
    if ext not in ("pdf", "docx"):
        abort(404)
    cycle, own = chosen_cycle(), office(tenant_here())
    page = paper.page(
        paper.Checklist(
            letterhead=own.letterhead(None, None),
            signature=Signature(title=None, signer_name=None),
            year=cycle.year,
            specimen=own.specimen,
            signed=True,
            office=own.full_name,
            title=_title(cycle),
            tier=own.tier,
            submit_before=cycle.submit_before,
            decide_before=cycle.decide_before,
            days=queries.days(tenant_here(), cycle),
        )
    )
    name = file_name("31-ngay", own.place, cycle.year)
    if ext == "docx":
        return web.download(page.docx(), f"{name}.docx", word.MEDIA_TYPE)
    return web.download(rendered(page, name), f"{name}.pdf", "application/pdf", inline=True)
