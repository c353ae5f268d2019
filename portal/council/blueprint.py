"""The one blueprint of the room: the council, its meetings, the papers; and what its requests share."""

from __future__ import annotations

from flask import Blueprint

from portal.typed import VersionedForm
from tenants.refusal import Refused

blueprint = Blueprint("council", __name__)


def seen() -> int:
    """Return the version a button's page showed; a button without one is refused."""
    form = VersionedForm()
    if not form.validate():
        raise Refused(next(iter(form.errors.values()))[0], 422)
    return form.seen
