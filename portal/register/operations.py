"""Writing the register: it follows the recognitions of a district, and a masked name is shown by decision only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import insert, select, update

from portal import clock, words
from portal.dossiers.taking import must
from portal.papers.office import office_of
from portal.recognition.models import Recognition
from portal.trail.operations import record
from portal.units.kinds import SENSITIVE_KINDS
from portal.units.models import Unit
from tenants.database import db
from tenants.identity import Identity
from tenants.places import Tenant
from tenants.refusal import Refused
from tenants.rights import Right

from .models import RegisterEntry
from .rules import masked_name


def follow(tenant_id: int, unit_ids: Sequence[int] | None = None) -> int:
    """Bring the register up to date with the recognitions of a district's units (None: all of them).

    New recognitions are published, replaced and revoked ones say so; what stands right is left alone.
    Returns how many entries were written. Four statements and one for each kind of change.
    """
    given = select(Recognition, Unit).join(
        Unit, (Unit.tenant_id == Recognition.tenant_id) & (Unit.id == Recognition.unit_id)
    )
    given = given.where(Recognition.tenant_id == tenant_id)
    if unit_ids is not None:
        given = given.where(Recognition.unit_id.in_(unit_ids))
    rows = db.session.execute(
        given.order_by(Recognition.unit_id, Recognition.decided_on, Recognition.id)
    ).all()
    codes = [recognition.code for recognition, _ in rows]
    known = {
        entry.code: entry
        for entry in db.session.scalars(
            select(RegisterEntry).where(RegisterEntry.tenant_id == tenant_id, RegisterEntry.code.in_(codes))
        )
    }
    tenant = db.session.get_one(Tenant, tenant_id)
    fresh: list[dict[str, Any]] = []
    changed = 0
    for unit, own in _by_unit(rows):
        written = [known[one.code] for one in own if one.code in known]
        subject = written[0].subject if written else own[0].code
        masked = _is_sensitive(unit) and not any(not entry.masked for entry in written)
        for place, recognition in enumerate(own):
            now = _standing(recognition, own[place + 1 :])
            entry = known.get(recognition.code)
            if entry is None:
                fresh.append(_entry(recognition, unit, tenant, subject, masked) | now)
            elif (entry.state, entry.replaced_by) != (now["state"], now["replaced_by"]):
                entry.state, entry.state_on, entry.replaced_by = (
                    now["state"],
                    now["state_on"],
                    now["replaced_by"],
                )
                changed += 1
    if fresh:
        db.session.execute(insert(RegisterEntry), fresh)
    db.session.flush()
    return len(fresh) + changed


def _by_unit(rows: Iterable[Any]) -> list[tuple[Unit, list[Recognition]]]:
    found: dict[int, tuple[Unit, list[Recognition]]] = {}
    for recognition, unit in rows:
        found.setdefault(unit.id, (unit, []))[1].append(recognition)
    return list(found.values())


def _is_sensitive(unit: Unit) -> bool:
    return unit.sensitive or unit.kind in SENSITIVE_KINDS


def _standing(recognition: Recognition, later: Sequence[Recognition]) -> dict[str, Any]:
    """Return the state as published; what replaced a recognition is the next one of the unit."""
    if recognition.state == "in_force":
        return {"state": "in_force", "state_on": None, "replaced_by": ""}
    newer = later[0] if later else None
    on = (
        newer.decided_on
        if newer and recognition.state == "replaced"
        else recognition.revoked_on or clock.today()
    )
    replaced_by = newer.code if newer and recognition.state == "replaced" else ""
    return {"state": recognition.state, "state_on": on, "replaced_by": replaced_by}


def _name(name: str, commune: str, place: str) -> dict[str, str]:
    return {
        "unit_name": name,
        "name_sort": words.sort_key(name)[:600],
        "name_folded": words.fold(" ".join((name, commune, place))),
        "commune": commune,
    }


def _entry(
    recognition: Recognition, unit: Unit, tenant: Tenant, subject: str, masked: bool
) -> dict[str, Any]:
    name = masked_name(unit.kind in SENSITIVE_KINDS) if masked else recognition.unit_name
    return {
        **_name(name, "" if masked else unit.commune, tenant.name),
        "tenant_id": tenant.id,
        "code": recognition.code,
        "subject": subject,
        "masked": masked,
        "kind": unit.kind,
        "place": tenant.name,
        "tier": office_of(tenant, demo=False).tier,
        "year": recognition.year,
        "level": recognition.level,
        "decision_number": recognition.decision_number,
        "decided_on": recognition.decided_on,
        "issuer": recognition.issuer,
        "valid_from": recognition.valid_from,
        "valid_to": recognition.valid_to,
        "published_at": clock.now(),
    }


def show_name(actor: Identity, recognition: Recognition, document: str) -> None:
    """Publish the name of a sensitive unit under the document that allows it; all its entries then bear it.

    Raises `Refused` without a document, and where the name is published already.
    """
    must(actor, Right.ISSUE_DECISION, recognition)
    document = " ".join(document.split())
    if not document or len(document) > 200:
        raise Refused(
            "Xin ghi văn bản cho phép nêu tên đơn vị (số, ngày, nơi ban hành; tối đa 200 ký tự).", 422
        )
    tenant_id, unit_id = recognition.tenant_id, recognition.unit_id
    unit = db.session.get_one(Unit, (tenant_id, unit_id))
    tenant = db.session.get_one(Tenant, tenant_id)
    own = select(Recognition.code, Recognition.unit_name).where(
        Recognition.tenant_id == tenant_id, Recognition.unit_id == unit_id
    )
    names = {row.code: row.unit_name for row in db.session.execute(own)}
    masked = db.session.scalars(
        select(RegisterEntry).where(
            RegisterEntry.tenant_id == tenant_id, RegisterEntry.code.in_(names), RegisterEntry.masked
        )
    ).all()
    if not masked:
        raise Refused("Tên đơn vị đã được nêu trong sổ công khai.")
    for entry in masked:
        values = _name(names[entry.code], unit.commune, tenant.name)
        db.session.execute(
            update(RegisterEntry)
            .where(RegisterEntry.tenant_id == tenant_id, RegisterEntry.code == entry.code)
            .values(masked=False, **values)
        )
    record(
        actor,
        "register.name",
        f"đã cho nêu tên đơn vị trong sổ công khai theo {document}.",
        tenant_id=tenant_id,
        unit_id=unit_id,
        detail={"document": document, "codes": [entry.code for entry in masked]},
    )
    db.session.flush()
