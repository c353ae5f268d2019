"""The pages of one dossier in the order a unit works through them; the line of links above each."""

from __future__ import annotations

from flask import current_app, request, url_for

from .models import Dossier, State

TABS: tuple[tuple[str, str], ...] = (
    ("Nhập hồ sơ", "dossiers.show"),
    ("Còn thiếu", "dossiers.gaps"),
    ("Phân công", "dossiers.assignments"),
    ("Biên bản Tổ", "dossiers.minutes"),
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
