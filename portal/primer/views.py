"""The one page of the room: what a learning unit is, what it takes, how many there are, where to ask and complain."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from portal import clock, words
from portal.complaints.rules import FILE_DAYS
from portal.recognition.rules import term_of
from portal.units.kinds import DISTRICT_KINDS
from tenants.access import public

from . import queries

blueprint = Blueprint("primer", __name__)


@blueprint.get("/hieu-ve-don-vi-hoc-tap")
@public("what a learning unit is, is for everybody to understand")
def page() -> Any:
    """Explain the criteria, for all kinds of units or a chosen one, and give the published figures."""
    kind = request.args.get("loai", "")
    kind = kind if kind in DISTRICT_KINDS else ""
    used = queries.version_in_use()
    years = queries.by_year()
    chosen = request.args.get("nam", "")
    year = chosen if chosen in {one.key for one in years} else (years[0].key if years else "")
    version, version_year = used or (None, 0)
    return render_template(
        "primer/page.html",
        kind=kind,
        kinds=[(code, words.DISTRICT_KINDS[code].name) for code in DISTRICT_KINDS],
        version=version,
        version_year=version_year,
        criteria=queries.explained(version.id, kind) if version else [],
        term=term_of(version.settings) if version else None,
        years=years,
        year=year,
        by_kind=queries.by_kind(int(year)) if year else [],
        complain_days=FILE_DAYS,
        today=clock.today(),
    )
