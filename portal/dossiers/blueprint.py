"""The one blueprint of the room, and the dossier that an address names."""

from __future__ import annotations

from flask import Blueprint

from tenants.access import found, tenant_here

from .content import Content
from .models import Dossier
from .queries import Sheet, dossier_of, held_content, open_sheet
from .tabs import mend_url, tabs_of

blueprint = Blueprint("dossiers", __name__)
blueprint.add_app_template_global(tabs_of)
blueprint.add_app_template_global(mend_url)


def dossier_here(dossier_id: int) -> Dossier:
    """Return a dossier of the signed-in person's unit, or of any unit of the district acted in; or answer 404."""
    row: Dossier = found(dossier_of(tenant_here(), dossier_id))
    return row


def sheet_here(dossier_id: int) -> Sheet:
    """Return the whole sheet of such a dossier, or answer 404."""
    return open_sheet(dossier_here(dossier_id))


def content_held_here(dossier_id: int) -> Content:
    """Return such a dossier's answers, held until the request ends, or answer 404."""
    held: Content = found(held_content(tenant_here(), dossier_id))
    return held
