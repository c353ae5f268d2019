"""The pages of one dossier in the order a unit works through them; the line of links above each."""

from __future__ import annotations

from flask import current_app, request, url_for

from .checks import Fault
from .models import Dossier, State

TABS: tuple[tuple[str, str], ...] = (
    ("Nhập hồ sơ", "dossiers.show"),
    ("Còn thiếu", "dossiers.gaps"),
    ("Phân công", "team.assignments"),
    ("Biên bản Tổ", "team.minutes"),
    ("Văn bản", "papers.of_dossier"),
    ("Kiểm tra và nộp", "dossiers.review"),
    ("Kết quả", "dossiers.result"),
)


def tabs_of(dossier: Dossier) -> list[tuple[str, str, bool]]:
    """Return (label, address, whether it is the page asked for) of a dossier's pages; the result once decided."""
    return [
        (label, url_for(endpoint, dossier_id=dossier.id), request.endpoint == endpoint)
        for label, endpoint in TABS
        if endpoint in current_app.view_functions
        and (endpoint != "dossiers.result" or dossier.state == State.DECIDED)
    ]


def mend_url(dossier: Dossier, fault: Fault) -> str:
    """Return where what a step lacks is mended, "" where no page of the unit can."""
    if fault.page != "dossiers.show":
        about = {} if fault.page == "dossiers.unit" else {"dossier_id": dossier.id}
        return url_for(fault.page, **about, _anchor=fault.anchor or None)
    return url_for(fault.page, dossier_id=dossier.id, _anchor=fault.anchor) if fault.anchor else ""
