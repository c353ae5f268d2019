"""Laying a draft before the chairman (tờ trình): its number and day, and what it said, as it was then.

Later changes of the draft leave what was laid before the chairman as it was; the page says that both differ.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from portal import clock
from portal.dossiers.operations import must
from portal.notices.operations import tell_district
from portal.notices.rules import Kind
from portal.papers.building_council import laid_before
from portal.papers.district import sensitive_units
from portal.trail.operations import record
from portal.words import day, long_day
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Refused
from tenants.rights import Right

from .drafting import locked_draft
from .issuing import met_last
from .lines import DecisionSheet, decision_sheet
from .models import Decision

_CITED = re.compile(r"Tờ trình (?:\[bổ sung[^\]]*\]|số .+? ngày \d\d tháng \d\d? năm \d{4})")


def said_now(decision: Decision) -> dict[str, Any]:
    """Return what a submission of the draft as it stands would say."""
    return laid_before(decision_sheet(decision), sensitive_units(decision.tenant_id))


def lay_before(
    actor: Identity,
    decision: Decision,
    number: str,
    dated: date | None,
    signer: str,
    signer_title: str,
    version: int | None = None,
) -> Decision:
    """Lay a draft before the chairman under a number and a day, again where it was changed since.

    The draft's legal base cites number and day from then on. Raises `Refused` for what cannot be.
    """
    must(actor, Right.DRAFT_DECISION)
    decision = locked_draft(decision, version)
    sheet = decision_sheet(decision)
    content = laid_before(sheet, sensitive_units(decision.tenant_id))
    number, signer, signer_title = (" ".join(text.split()) for text in (number, signer, signer_title))
    _check(sheet, number, dated, signer, signer_title)
    assert dated is not None
    now = clock.now()
    cited = f"Tờ trình số {number} {long_day(dated)}"
    decision.legal_bases = [_CITED.sub(lambda _found: cited, line) for line in decision.legal_bases]
    decision.submission = {
        "head": {
            "number": number,
            "dated": dated.isoformat(),
            "signer": signer,
            "signer_title": signer_title,
        },
        "content": content,
        "at": now.isoformat(),
        "by": actor.full_name,
    }
    total = sum(len(content[key]) for key in ("level_1", "level_2", "refused"))
    tell_district(
        decision.tenant_id,
        f"Tờ trình số {number} ngày {day(dated)}: dự thảo quyết định năm {decision.year} về {total} đơn vị "
        "chờ lãnh đạo xem và ban hành.",
        f"/huyen/quyet-dinh/{decision.id}",
        kind=Kind.DECISION,
    )
    record(
        actor,
        "decision.submit",
        f"đã trình dự thảo quyết định năm {decision.year} về {total} đơn vị, Tờ trình số {number} ngày {day(dated)}.",
        tenant_id=decision.tenant_id,
        detail={"decision": decision.id},
        inner=True,
    )
    db.session.flush()
    return decision


def _check(sheet: DecisionSheet, number: str, dated: date | None, signer: str, signer_title: str) -> None:
    lines = (*sheet.level_1, *sheet.level_2, *sheet.refused, *sheet.held)
    if not lines:
        raise Refused("Dự thảo chưa có đơn vị nào để trình.")
    if not number or dated is None or not signer or not signer_title:
        raise Refused("Xin nhập số, ngày, người ký và chức vụ người ký của tờ trình.", 422)
    if dated > clock.today():
        raise Refused(f"Ngày tờ trình ({day(dated)}) ở sau hôm nay ({day(clock.today())}).", 422)
    held = met_last(sheet.tenant_id, [row.dossier_id for row in lines])
    if held is not None and dated < held:
        raise Refused(f"Ngày tờ trình ({day(dated)}) trước ngày họp của Hội đồng ({day(held)}).", 422)


def differs(decision: Decision) -> bool:
    """Say whether a draft has been changed since it was laid before the chairman; what is held back is no change."""
    laid: Mapping[str, Any] | None = decision.submission
    if laid is None or decision.state == "issued":
        return False
    now = said_now(decision)
    return any(now[key] != laid["content"][key] for key in ("level_1", "level_2", "refused"))
