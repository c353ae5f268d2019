"""How big a province the benchmark builds."""

from __future__ import annotations

from dataclasses import dataclass

LAST_YEAR = 2026
"""The open year; the years before it are decided."""


@dataclass(frozen=True)
class Size:
    """So many tenants, units and yearly cycles; every unit has one dossier in every cycle.

    `mould`: units that are made by the real rules, of which all others are copies.
    """

    name: str
    tenants: int
    units: int
    cycles: int
    mould: int = 60

    @property
    def dossiers(self) -> int:
        """Dossiers in all years together."""
        return self.units * self.cycles

    @property
    def mould_units(self) -> int:
        """Units of the mould: no more than its district has."""
        return min(self.mould, self.shares()[0])

    def shares(self) -> list[int]:
        """Return how many units each tenant has: skewed, the largest about three times the median."""
        weights = [1 / (3 + number) ** 0.7 for number in range(self.tenants)]
        spare = self.units - 2 * self.tenants
        found = [2 + int(spare * weight / sum(weights)) for weight in weights]
        found[0] += self.units - sum(found)
        return found


SIZES = {
    size.name: size
    for size in (
        Size("tiny", tenants=3, units=24, cycles=3, mould=12),
        Size("small", tenants=10, units=600, cycles=10),
        Size("medium", tenants=20, units=3_400, cycles=10),
        Size("full", tenants=120, units=20_000, cycles=10),
    )
}
