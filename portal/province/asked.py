"""What an address of the figures asks for: the year, live or official, which units; unknown wishes fall back.

A page about one place offers the kinds of unit and the years of its tier.
"""

from __future__ import annotations

from flask import request

from portal import words
from portal.cycle.models import Cycle
from tenants.access import found
from tenants.places import Tenant, Tier

from . import queries
from .rules import Ground
from .sources import Part

OFFICIAL = "chinh-thuc"
PUBLIC = (("co", "Công lập"), ("khong", "Ngoài công lập"))
_PUBLIC = {"co": True, "khong": False}


def kinds_offered(place: Tenant | None = None) -> tuple[tuple[str, str], ...]:
    """Return the groups and kinds of unit of a place, or of all districts, as a filter offers them."""
    tier = place.tier if place else Tier.DISTRICT
    kinds = ((code, known.name) for code, known in words.kinds_of(tier).items())
    return (*words.groups_of(tier).items(), *kinds)


def part_filters(place: Tenant | None = None) -> dict[str, list[str]]:
    """Return the filters of a part of the units and what they may ask for."""
    return {"loai": [code for code, _ in kinds_offered(place)], "cong": [code for code, _ in PUBLIC]}


def shown_cycle(place: Tenant | None = None) -> Cycle | None:
    """Return the year the page is about, from its address: the districts', or that of one place."""
    return queries.cycle_shown(request.args.get("nam", ""), place.id if place else None)


def official_asked() -> bool:
    """Whether the address asks for official figures."""
    return request.args.get("ban") == OFFICIAL


def ground_asked() -> Ground | None:
    """Return by which places the address asks for figures, None where it does not say."""
    asked = request.args.get("dia-ban", "")
    return Ground(asked) if asked in list(Ground) else None


def part_of(kind: str, public: str, place: Tenant | None = None) -> Part:
    """Return the part of the units, of a place or of all districts, that two filters name."""
    return Part(kind if kind in part_filters(place)["loai"] else "", _PUBLIC.get(public))


def part_asked(place: Tenant | None = None) -> Part:
    """Return the part of the units the address asks for."""
    return part_of(request.args.get("loai", ""), request.args.get("cong", ""), place)


def part_words(part: Part, place: Tenant | None = None) -> str:
    """Name a part of the units; "" for all of them."""
    said = [dict(kinds_offered(place))[part.kind]] if part.kind else []
    if part.public is not None:
        said.append(words.public_name(part.public).lower())
    return ", ".join(said)


def part_values(part: Part) -> dict[str, str | None]:
    """Return a part as the values of an address."""
    public = next((code for code, is_public in _PUBLIC.items() if is_public is part.public), None)
    return {"loai": part.kind or None, "cong": public}


def place_asked() -> Tenant | None:
    """Return the place the address asks for, None for the province; 404 for one that does not exist."""
    wanted = request.args.get("huyen", "")
    if not wanted:
        return None
    known = wanted.isascii() and wanted.isdigit() and len(wanted) < 10
    return found(queries.place(int(wanted)) if known else None)  # type: ignore[no-any-return]
