"""The one blueprint of the room, and the further decision that an address names."""

from __future__ import annotations

from flask import Blueprint

from tenants.access import found, tenant_here

from . import queries
from .queries import Case

blueprint = Blueprint("further", __name__)


def case_here(further_id: int) -> Case:
    """Return a further decision of the scope with what it is about, or answer 404."""
    case: Case = found(queries.case_of(tenant_here(), further_id))
    return case
