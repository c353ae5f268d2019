"""What a unit sees of its district's targets: those that concern it, with its own part."""

from __future__ import annotations

from typing import Any

from flask import render_template

from portal import words
from portal.appraisal.blueprint import chosen_cycle
from portal.dossiers.measures import least_part
from portal.dossiers.states import State
from tenants.access import may, tenant_here
from tenants.rights import Right

from . import wording
from .blueprint import blueprint
from .gathering import gather
from .models import DistrictTarget
from .queries import targets_of
from .rules import Part


@blueprint.get("/muc-tieu-cua-huyen")
@may(Right.SEE_DOSSIER)
def own() -> Any:
    """The district's targets that concern a unit, with the unit's own part."""
    cycle = chosen_cycle()
    targets = targets_of(tenant_here(), cycle.year)
    made = gather(tenant_here(), [cycle.year], [target.measure for target in targets], drafts=True)
    rows = []
    for target in targets:
        indicator = made.indicator(target.measure, cycle.year)
        for part in made.parts(target.measure, cycle.year):
            rows.append((target, indicator, part, _own_lack(target, part)))
    filed = next(iter(made.filed.values()), None)
    return render_template(
        "targets/own.html",
        cycle=cycle,
        rows=rows,
        wording=wording,
        draft=filed is not None and filed.state in (State.DRAFT, State.SIGNED),
    )


def _own_lack(target: DistrictTarget, part: Part) -> str:
    """Say how the unit's own part stands to the goal, "" where it has no number."""
    if part.ratio is not None:
        return "đạt mức mục tiêu" if part.ratio >= 100 * target.goal else "dưới mức mục tiêu"
    if not part.counted:
        return ""
    if target.counting != "people":
        return "đã đạt" if part.part else "chưa đạt"
    missing = least_part(target.goal, part.whole) - part.part
    return f"thiếu {words.number(missing)} người" if missing > 0 else "đạt mức mục tiêu"
