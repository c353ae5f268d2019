"""Opening a year: bind it to a catalogue version and set its dates from the version's rules."""

from __future__ import annotations

from datetime import date

from portal.catalogue.models import CriteriaVersion
from portal.catalogue.operations import deadline_in
from tenants.database import db
from tenants.refusal import Refused

from .models import Cycle


def open_year(year: int, version: CriteriaVersion) -> Cycle:
    """Open an assessment year with the legal dates of its version (Circular 24/2023, Article 10)."""
    if version.scale != "levels" or version.scope != "district":
        raise Refused("Bộ tiêu chí này không dùng để đánh giá cấp huyện.", 422)
    if db.session.get(Cycle, year) is not None:
        raise Refused(f"Năm {year} đã mở.", 422)
    cycle = Cycle(
        year=year,
        version_id=version.id,
        opens_on=date(year, 1, 1),
        submit_before=deadline_in(version, "submit", year),
        decide_before=deadline_in(version, "decide", year),
        report_before=deadline_in(version, "report", year),
    )
    db.session.add(cycle)
    db.session.flush()
    return cycle
