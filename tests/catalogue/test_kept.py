"""Versions kept in the process: told anew as soon as anything of them changes, and nobody can change them here."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from sqlalchemy import select, text

from portal.catalogue import kept
from portal.catalogue.kept import catalogue_of
from portal.catalogue.models import CriteriaVersion
from tenants.database import db
from tenants.scope import Scope, ScopeKind, acting_in
from tests.builders import World

CHANGES = (
    (
        "update threshold set value = 77, confirmed_at = now(), confirmed_document = 'CV' where (indicator_id, level) ="
        " (select t.indicator_id, t.level from threshold t join indicator i on i.id = t.indicator_id"
        " where i.version_id = :version and i.kind = 'share' order by 1, 2 limit 1)"
    ),
    "update indicator set wording = wording || '.' where id = (select max(id) from indicator where version_id = :version)",
    "update criterion set title = title || '.' where id = (select min(id) from criterion where version_id = :version)",
)


@pytest.mark.parametrize("change", CHANGES, ids=["threshold", "indicator", "criterion"])
def test_a_change_is_seen_at_once(world: World, change: str, count_queries: list[str]) -> None:
    """By whatever way it came; within the transaction that makes it, and gone again when it is rolled back."""
    with acting_in(Scope(ScopeKind.STEWARD)):
        version = db.session.scalars(
            select(CriteriaVersion.id).where(CriteriaVersion.scale == "levels").limit(1)
        ).one()
        before = catalogue_of(version)
        count_queries.clear()
        assert catalogue_of(version) is before
        assert len(count_queries) == 1
        db.session.execute(text(change), {"version": version})
        after = catalogue_of(version)
        assert after.indicators != before.indicators
        assert len(after.rules) == len(before.rules) > 0
        db.session.rollback()
        assert catalogue_of(version) is before


def test_what_is_kept_cannot_be_changed(world: World) -> None:
    """It is shared by every request of the process."""
    with acting_in(Scope(ScopeKind.STEWARD)):
        version = db.session.scalars(select(CriteriaVersion.id).limit(1)).one()
        row: Any = catalogue_of(version).indicators[0]
    with pytest.raises(FrozenInstanceError):
        row.title = "khác"
    with pytest.raises(TypeError):
        row.applies["kinds"] = []
    assert hash(row.thresholds)
    assert isinstance(row.grades, tuple)


def test_room_made_by_another_thread_breaks_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A version may be forgotten between two looks at what is kept, so there is only one look."""

    class Cleared(dict[Any, Any]):
        def __contains__(self, key: object) -> bool:
            there = super().__contains__(key)
            self.clear()
            return there

    with acting_in(Scope(ScopeKind.STEWARD)):
        version = db.session.scalars(select(CriteriaVersion.id).limit(1)).one()
        before = catalogue_of(version)
        monkeypatch.setattr(kept, "_known", Cleared(kept._known))
        assert catalogue_of(version) == before
