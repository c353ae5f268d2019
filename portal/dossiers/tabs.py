"""The pages of one dossier in the order a unit works through them; the line of links above each."""

from __future__ import annotations

from collections.abc import Sequence

from flask import current_app, request, url_for

from portal.improvement.queries import Asked, asked_of

from .checks import Fault
from .models import Dossier, State

TABS: tuple[tuple[str, str], ...] = (
    ("Nhập hồ sơ", "dossiers.show"),
    ("Yêu cầu kỳ trước", "improvement.requirements"),
    ("Còn thiếu", "dossiers.gaps"),
    ("Phân công", "team.assignments"),
    ("Biên bản Tổ", "team.minutes"),
    ("Văn bản", "papers.of_dossier"),
    ("Bản đã ký", "sealed.index"),
    ("Kiểm tra và nộp", "dossiers.review"),
    ("Kết quả", "dossiers.result"),
    ("Kế hoạch cải tiến", "improvement.plan"),
)


# Pages that only some states have.
SHOWN_IN = {
    "dossiers.result": frozenset({State.DECIDED}),
    "sealed.index": frozenset(State) - {State.DRAFT, State.WITHDRAWN, State.CLOSED_UNREACHED},
    "improvement.plan": frozenset({State.DECIDED, State.CLOSED_UNREACHED}),
}


def tabs_of(dossier: Dossier, asked: Sequence[Asked] | None = None) -> list[tuple[str, str, bool]]:
    """Return (label, address, whether it is the page asked for) of the pages a dossier has now.

    `asked`: what the last decision asked for, where the page has read it (`Sheet.asked`).
    """
    return [
        (label, url_for(endpoint, dossier_id=dossier.id), request.endpoint == endpoint)
        for label, endpoint in TABS
        if endpoint in current_app.view_functions and _has(dossier, endpoint, asked)
    ]


def _has(dossier: Dossier, endpoint: str, asked: Sequence[Asked] | None) -> bool:
    if endpoint == "improvement.requirements":
        if request.endpoint == endpoint:
            return True
        return bool(asked_of([dossier]) if asked is None else asked)
    return endpoint not in SHOWN_IN or State(dossier.state) in SHOWN_IN[endpoint]


def mend_url(dossier: Dossier, fault: Fault) -> str:
    """Return where what a step lacks is mended, "" where no page of the unit can."""
    if fault.page != "dossiers.show":
        about = {} if fault.page == "dossiers.unit" else {"dossier_id": dossier.id}
        return url_for(fault.page, **about, _anchor=fault.anchor or None)
    return url_for(fault.page, dossier_id=dossier.id, _anchor=fault.anchor) if fault.anchor else ""
