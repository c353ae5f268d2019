"""What changed between two editions of the provincial report: every cell, district by district. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from portal.figures.annex import Annex
from portal.figures.tables import COLUMN_OF, NUMBERS, Row
from portal.reports.editions import Difference, annex_differences

from .tables import row_key


def differences(
    before: Sequence[Row],
    after: Sequence[Row],
    annexes_before: Mapping[str, Annex],
    annexes_after: Mapping[str, Annex],
) -> tuple[Difference, ...]:
    """Return the districts that came, left or changed in Biểu 01-T, then the cells of the other tables."""
    old = {row_key(row): row for row in before}
    new = {row_key(row): row for row in after}
    found = []
    for key, row in new.items():
        earlier = old.get(key)
        if earlier is None:
            found.append(Difference(f"Biểu 01-T, {row.label}", "–", "có thêm huyện"))
            continue
        for column in NUMBERS:
            was, now = earlier.cell(column).text, row.cell(column).text
            if was != now and not COLUMN_OF[column].is_share:
                title = COLUMN_OF[column].full_title.lower()
                found.append(Difference(f"Biểu 01-T, {row.label}, cột {column} ({title})", was, now))
    found += [
        Difference(f"Biểu 01-T, {old[key].label}", "có huyện này", "–") for key in old if key not in new
    ]
    return (*found, *annex_differences(annexes_before, annexes_after))
