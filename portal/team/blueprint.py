"""The blueprint of the team's pages, and the dossier they are about."""

from __future__ import annotations

from flask import Blueprint

from portal.dossiers.queries import Sheet, dossier_of, open_sheet
from tenants.access import found, signed_in
from tenants.identity import Place

blueprint = Blueprint("team", __name__)


def place_here() -> Place:
    """Return the place the signed-in person acts in."""
    return signed_in().here


def sheet_here(dossier_id: int) -> Sheet:
    """Return a dossier of the signed-in person's unit with everything in it, or answer 404."""
    return open_sheet(found(dossier_of(place_here().tenant_id, dossier_id)))


def whole(text: str | None) -> int | None:
    """Return a row's number as a form sends it, None for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else None
