"""The blueprint of the provincial report's pages, shared by its modules of views."""

from __future__ import annotations

from flask import Blueprint

from tenants.access import found

from . import queries
from .models import ProvincialReport

blueprint = Blueprint("compilation", __name__)


def report_here(report_id: int) -> ProvincialReport:
    """Return an edition of the provincial report, or answer 404."""
    row: ProvincialReport = found(queries.report_of(report_id))
    return row
