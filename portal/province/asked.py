"""What an address of the figures asks for: the year, live or official, which units; unknown wishes fall back."""

from __future__ import annotations

from flask import request

from portal import words
from portal.cycle.models import Cycle
from tenants.access import found
from tenants.places import Tenant

from . import queries
from .rules import Ground
from .sources import Part

OFFICIAL = "chinh-thuc"
KINDS: tuple[tuple[str, str], ...] = (
    *words.KIND_GROUPS.items(),
    *((code, known.name) for code, known in words.UNIT_KINDS.items()),
)
"""Kinds of unit and groups of them, as a filter offers them."""
PUBLIC = (("co", "Công lập"), ("khong", "Ngoài công lập"))
_PUBLIC = {"co": True, "khong": False}
PART_FILTERS = {"loai": [code for code, _ in KINDS], "cong": [code for code, _ in PUBLIC]}


def shown_cycle() -> Cycle | None:
    """Return the year the page is about, from its address."""
    return queries.cycle_shown(request.args.get("nam", ""))


def official_asked() -> bool:
    """Whether the address asks for official figures."""
    return request.args.get("ban") == OFFICIAL


def ground_asked() -> Ground | None:
    """Return by which places the address asks for figures, None where it does not say."""
    asked = request.args.get("dia-ban", "")
    return Ground(asked) if asked in list(Ground) else None


def part_of(kind: str, public: str) -> Part:
    """Return the part of the units that two filters name."""
    return Part(kind if kind in PART_FILTERS["loai"] else "", _PUBLIC.get(public))


def part_asked() -> Part:
    """Return the part of the units the address asks for."""
    return part_of(request.args.get("loai", ""), request.args.get("cong", ""))


def part_words(part: Part) -> str:
    """Name a part of the units; "" for all of them."""
    said = [dict(KINDS)[part.kind]] if part.kind else []
    if part.public is not None:
        said.append(words.public_name(part.public).lower())
    return ", ".join(said)


def part_values(part: Part) -> dict[str, str | None]:
    """Return a part as the values of an address."""
    public = next((code for code, is_public in _PUBLIC.items() if is_public is part.public), None)
    return {"loai": part.kind or None, "cong": public}


def place_asked() -> Tenant | None:
    """Return the district the address asks for, None for the province; 404 for one that does not exist."""
    wanted = request.args.get("huyen", "")
    if not wanted:
        return None
    known = wanted.isascii() and wanted.isdigit() and len(wanted) < 10
    return found(queries.place(int(wanted)) if known else None)  # type: ignore[no-any-return]
