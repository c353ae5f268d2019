"""The blueprint of the targets' pages, shared by its two modules of views."""

from __future__ import annotations

from flask import Blueprint

from tenants.access import signed_in

blueprint = Blueprint("targets", __name__)


def tenant_here() -> int:
    """Return the district in which one acts."""
    place = signed_in().here
    return place.tenant_id
