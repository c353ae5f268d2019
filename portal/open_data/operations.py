"""What makes data open: an accepted report's figures are published at once; the Department says under which licence."""

from __future__ import annotations

import json

from sqlalchemy import delete, insert

from portal import clock, words
from portal.dossiers.taking import must
from portal.reports.models import DistrictReport, ReportAnswer
from portal.trail.operations import record
from tenants.database import db
from tenants.identity import Identity
from tenants.places import Tenant
from tenants.refusal import Refused
from tenants.rights import Right

from .licence import LICENCE, Licence, licence
from .models import PublishedFigure


def publish(report: DistrictReport, answer: ReportAnswer) -> None:
    """Put the figures of a report that was just accepted in the place of those of its earlier edition."""
    assert report.snapshot is not None
    own = PublishedFigure
    db.session.execute(delete(own).where(own.tenant_id == report.tenant_id, own.year == report.year))
    common = {
        "tenant_id": report.tenant_id,
        "year": report.year,
        "place": db.session.get_one(Tenant, report.tenant_id).name,
        "edition": report.edition,
        "accepted_on": answer.answered_at.astimezone(words.ZONE).date(),
    }
    counts = [{key: one[key] for key in ("kind", "public", "counts")} for one in report.snapshot["counts"]]
    if counts:
        db.session.execute(insert(own), [common | one for one in counts])


def set_licence(actor: Identity, name: str, url: str, document: str) -> None:
    """Say under which licence the open data may be used, by which document of the Department.

    Raises `Refused` (422) where nothing would change.
    """
    must(actor, Right.SET_LICENCE)
    before, chosen = licence(), Licence(name, url, document)
    if chosen == before:
        raise Refused("Giấy phép đang dùng đã đúng như vậy.", 422)
    clock.put_setting(LICENCE, json.dumps(chosen.as_json(), ensure_ascii=False))
    clock.forget_settings()
    record(
        actor,
        "open_data.licence",
        f"đã ghi giấy phép của dữ liệu mở: {name}, theo {document}.",
        tenant_id=actor.here.tenant_id,
        detail={"before": before.as_json(), "after": chosen.as_json()},
    )
