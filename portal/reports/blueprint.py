"""The blueprint of the report's pages, shared by its modules of views."""

from __future__ import annotations

from flask import Blueprint

from tenants.access import found, tenant_here

from . import queries
from .models import DistrictReport

blueprint = Blueprint("reports", __name__)


def report_here(report_id: int) -> DistrictReport:
    """Return a report of the district, or answer 404."""
    row: DistrictReport = found(queries.report_of(tenant_here(), report_id))
    return row
