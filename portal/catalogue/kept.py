"""Catalogue versions kept in the process, as everybody reads them: frozen copies, under a hash of what is stored.

Every form, save and appraisal reads a whole version, and a version changes a few times in its life. So each
reading asks the database for the hash of the version's rows, and only for a hash not yet known for the rows
themselves. Nothing has to be told of a change, whoever makes it: other content has another hash.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select, text
from sqlalchemy.orm import joinedload, selectinload

from portal.dossiers.rules import Indicator
from tenants.database import db

from .copies import KeptIndicator, copy_of
from .models import CatalogueIndicator, Criterion
from .ruling import as_rule

MOST = 16
"""So many versions are kept: those in force, those being drafted, and a few states of them."""


@dataclass(frozen=True)
class Kept:
    """A version: its indicators in their order."""

    indicators: tuple[KeptIndicator, ...]

    @cached_property
    def rules(self) -> tuple[Indicator, ...]:
        """The same as the rules take them; a version that counts points has none."""
        return tuple(as_rule(row) for row in self.indicators)


_HASH = text(
    """
    select sha256(convert_to(concat_ws(E'\\n',
      (select string_agg(c::text, E'\\n' order by c.id) from criterion c where c.version_id = :version),
      (select string_agg(i::text, E'\\n' order by i.id) from indicator i where i.version_id = :version),
      (select string_agg(t::text, E'\\n' order by t.indicator_id, t.level) from threshold t
        join indicator i on i.id = t.indicator_id where i.version_id = :version)), 'UTF8'))
    """
)
_known: dict[tuple[int, bytes], Kept] = {}


def catalogue_of(version_id: int) -> Kept:
    """Return a version as it stands in the running transaction; one without indicators is empty."""
    db.session.flush()
    key = _key(version_id)
    while (known := _known.get(key)) is None:  # asked once: another thread may forget it all meanwhile
        read, now = _read(version_id), _key(version_id)
        if now == key:  # nobody changed it between the hash and the rows
            if len(_known) >= MOST:
                _known.clear()
            _known[key] = read
            return read
        key = now
    return known


def indicators_of(version_id: int) -> tuple[KeptIndicator, ...]:
    """Return the indicators of a version in their order, with criterion and thresholds."""
    return catalogue_of(version_id).indicators


def _key(version_id: int) -> tuple[int, bytes]:
    return version_id, bytes(db.session.execute(_HASH, {"version": version_id}).scalar_one())


def _read(version_id: int) -> Kept:
    rows = db.session.scalars(
        select(CatalogueIndicator)
        .join(CatalogueIndicator.criterion)
        .where(CatalogueIndicator.version_id == version_id)
        .options(joinedload(CatalogueIndicator.criterion), selectinload(CatalogueIndicator.thresholds))
        .order_by(Criterion.number, CatalogueIndicator.position)
        # The hash is of what is stored; so are the rows, not what the session remembers of them.
        .execution_options(populate_existing=True)
    ).all()
    return Kept(tuple(copy_of(row) for row in rows))
