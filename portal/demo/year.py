"""What the demonstration's units did through a year besides their dossiers: registrations, loaded in bulk."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from portal.registration.models import Registration, RegistrationChange
from portal.words import ZONE

from .bulk import Draft, Registered, insert_all


def load_registrations(
    year: int, units: Sequence[Registered], drafts: Sequence[Draft], chance: random.Random
) -> None:
    """Load a year's registrations: those the dossiers know of, some of units that never began one, some waiting."""
    known = {d.unit.unit_id: d for d in drafts}
    rows, changes = [], []
    for unit in units:
        draft = known.get(unit.unit_id)
        said = draft.registered if draft else None
        if draft is None and chance.random() < 0.5:
            at = datetime(year, 2, chance.randint(3, 27), chance.randint(8, 16), tzinfo=ZONE)
            said = ("keep" if chance.random() < 0.6 else "level_1", at)
        if said is None:
            continue
        target, at = said
        key = {"tenant_id": unit.tenant_id, "unit_id": unit.unit_id, "year": year}
        head = f"{unit.data.head_title} – {unit.data.name}"[:200]
        rows.append(key | {"target": target, "confirmed_at": at, "confirmed_by": head})
        clerk = {"by": f"Cán bộ đầu mối – {unit.data.name}"[:200], "role": "unit_editor"}
        began = at.replace(hour=at.hour - 1)
        first = "level_1" if target == "level_2" and chance.random() < 0.2 else target
        if first != target:
            changes.append(_change(key, "confirmed", None, first, began.replace(day=1), head))
        before = first if first != target else None
        changes.append(key | {"act": "proposed", "before": before, "after": target, "at": began} | clerk)
        changes.append(_change(key, "confirmed", before, target, at, head))
    insert_all(Registration, rows)
    insert_all(RegistrationChange, changes)


def _change(
    key: dict[str, int], act: str, before: str | None, after: str, at: datetime, by: str
) -> dict[str, Any]:
    return key | {"act": act, "before": before, "after": after, "at": at, "by": by, "role": "unit_head"}
