"""Reading what belongs to the signed-in person."""

from __future__ import annotations

from portal.frame import place_names
from tenants.identity import Identity
from tenants.scope import acting_in


def place_titles(identity: Identity) -> dict[int, str]:
    """Return what each of a person's places is called, by membership; each is read in its own scope."""
    titles = {}
    for place in identity.places:
        with acting_in(place.scope(identity.account_id, writes=False)):
            name, within = place_names(place)
        titles[place.membership_id] = f"{name}, {within[:1].lower()}{within[1:]}" if within else name
    return titles
