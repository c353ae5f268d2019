"""The blueprint of the visits' pages, and how a page finds its visit."""

from __future__ import annotations

from flask import Blueprint

from tenants.access import found, tenant_here

from .queries import Case, case_of

blueprint = Blueprint("visits", __name__)


def case_here(visit_id: int) -> Case:
    """Return a visit of the scope with what it is about, or answer 404."""
    case: Case = found(case_of(tenant_here(), visit_id))
    return case
