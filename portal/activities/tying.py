"""What the log proves, kept in line with the year's dossier; and when a signature closes the log.

The files of an activity are the evidence of the indicators it names: tied as soon as both are there, untied
when nothing else of the year ties them.
"""

from __future__ import annotations

from collections.abc import Iterable

from portal import clock
from portal.cycle.models import Cycle
from portal.cycle.queries import cycle_of
from portal.cycle.rules import is_late
from portal.dossiers.models import Dossier, State
from portal.dossiers.queries import Sheet, live_dossier, open_sheet
from portal.dossiers.taking import locked
from portal.evidence.linking import MOST_LINKS, note, tie
from portal.evidence.models import EvidenceLink
from portal.words import DOSSIER_STATES, day
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Refused

from .models import FREE, Activity
from .queries import still_tied, year_of


def closed(cycle: Cycle, dossier: Dossier | None) -> str:
    """Return the sentence why the log of a year cannot be changed as a whole, "" where it can.

    A dossier's signature closes it, and without one the day the district reports the year.
    """
    state = State(dossier.state) if dossier is not None else State.DRAFT
    if dossier is None or state in FREE:
        if not is_late(cycle.report_before, clock.now()):
            return ""
        return (
            f"Năm {cycle.year} đã khép lại: hạn báo cáo Sở (trước ngày {day(cycle.report_before)}) đã qua, nên nhật ký "
            "hoạt động của năm không sửa được nữa."
        )
    if state is State.SUPPLEMENT_REQUESTED:
        return ""
    why = f"Báo cáo tự đánh giá năm {dossier.year} nêu các hoạt động của năm"
    if state is State.SIGNED:
        return (
            f"{why} và hồ sơ đã ký, nên nhật ký hoạt động không sửa được. Muốn sửa, mở lại hồ sơ; chữ ký khi đó "
            "không còn giá trị và cần ký lại."
        )
    name = DOSSIER_STATES[state.value].unit_name
    return f"{why} và hồ sơ đang ở trạng thái “{name}”, nên nhật ký hoạt động không sửa được nữa."


def open_for(tenant_id: int, unit_id: int, year: int, proves: Iterable[int]) -> Sheet | None:
    """Return the year's dossier, held and open for a change of what proves these indicators; None without one."""
    dossier, cycle = live_dossier(tenant_id, unit_id, year), cycle_of(year)
    assert cycle is not None
    if dossier is not None:
        dossier = locked(tenant_id, dossier.id)
    why = closed(cycle, dossier)
    if why:
        raise Refused(why)
    if dossier is None:
        return None
    sheet = open_sheet(dossier)
    named = list(proves)
    if dossier.state == State.SUPPLEMENT_REQUESTED and not (
        named and all(sheet.unlocked(indicator_id) for indicator_id in named)
    ):
        raise Refused(
            "Hồ sơ đang chờ bổ sung: chỉ ghi, sửa được hoạt động chứng minh cho các chỉ tiêu được yêu cầu bổ sung."
        )
    return sheet


def attach_log(actor: Identity, dossier: Dossier) -> None:
    """Tie the files of the year's activities to the indicators they prove, in a dossier just started."""
    activities = year_of(dossier)
    if any(one.files and one.proofs for one in activities):
        sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
        for one in activities:
            _tie(actor, sheet, one)


def tie_again(actor: Identity, sheet: Sheet | None, one: Activity) -> None:
    """Bring the ties of the year's dossier in line with an activity that was changed."""
    before = still_tied([one])
    db.session.refresh(one, ["proofs", "files"])
    untie(actor, sheet, before - still_tied([one]))
    if sheet is not None:
        _tie(actor, sheet, one)


def _tie(actor: Identity, sheet: Sheet, one: Activity) -> None:
    for proof in one.proofs:
        if proof.indicator_id not in sheet.answers or not sheet.unlocked(proof.indicator_id):
            continue
        for file in one.files:
            if len(sheet.evidence[proof.indicator_id]) < MOST_LINKS:
                tie(actor, sheet, proof.indicator_id, file.evidence)


def untie(actor: Identity, sheet: Sheet | None, pairs: set[tuple[int, int]]) -> None:
    """Untie files from indicators in the year's dossier, where no other activity of the year ties them."""
    if sheet is None or not pairs:
        return
    others = still_tied(year_of(sheet.dossier))
    codes = {row.id: row.code for row in sheet.catalogue}
    links = db.session.query(EvidenceLink).filter_by(
        tenant_id=sheet.dossier.tenant_id, dossier_id=sheet.dossier.id
    )
    for link in links:
        pair = (link.indicator_id, link.evidence_id)
        if pair in pairs - others and sheet.unlocked(link.indicator_id):
            title, code = link.evidence.title, codes[link.indicator_id]
            db.session.delete(link)
            note(actor, sheet.dossier, "unlink_evidence", f"đã bỏ minh chứng “{title}” khỏi chỉ tiêu {code}.")
    db.session.flush()
