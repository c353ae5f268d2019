"""Several appraisers on one dossier: handing in, laying side by side, taking over what all said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portal import clock
from portal.dossiers.models import Dossier
from portal.dossiers.operations import locked, must
from portal.dossiers.queries import Sheet, open_sheet
from portal.dossiers.rules import Indicator
from portal.notices.operations import tell_person
from portal.notices.rules import Kind
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Refused
from tenants.rights import Right

from . import panels
from .judging import check_verdict, new_finding, note, restate, under_appraisal, unjudged, value_of, write
from .models import Finding
from .panels import Panel, Verdicts
from .seats import Appraiser, AppraiserVerdict


def hand_in(actor: Identity, dossier: Dossier) -> Panel:
    """Hand in one's verdicts; with the last one all become readable and the responsible one is told."""
    sheet, panel = under_appraisal(actor, dossier)
    seat = panel.mine(actor)
    if not panel.apart or seat is None:
        raise Refused("Hồ sơ này không chấm riêng nên không có gì để nộp.")
    if left := unjudged(sheet):
        codes = ", ".join(indicator.code for indicator in left)
        raise Refused(f"Còn {len(left)} chỉ tiêu anh/chị chưa kết luận: {codes}.")
    now = clock.now()
    seat.handed_in_at = now
    db.session.flush()
    note(actor, sheet, "đã nộp kết quả thẩm định của mình.")
    first = panel.responsible
    if panel.all_in and first is not None and first.account_id != actor.account_id:
        path = f"/huyen/ho-so/{dossier.id}/tham-dinh/doi-chieu"
        sentence = f"Mọi người đã nộp kết quả thẩm định hồ sơ của {sheet.unit.name}; xin kết luận chung."
        tell_person(dossier.tenant_id, first.account_id, sentence, path, Kind.TASK)
    return panel


def take_back(actor: Identity, dossier: Dossier) -> None:
    """Take one's verdicts back to change them, as long as somebody else has not handed in."""
    must(actor, Right.APPRAISE, dossier)
    row = locked(dossier.tenant_id, dossier.id)
    panel = panels.panel_of(row)
    seat = panel.mine(actor)
    if seat is None or seat.handed_in_at is None:
        raise Refused("Anh/chị chưa nộp kết quả nào cho hồ sơ này.")
    if panel.all_in:
        raise Refused("Mọi người đã nộp và đã thấy kết quả của nhau nên không rút lại được.")
    handed_in, seat.handed_in_at = seat.handed_in_at, None
    db.session.flush()
    note(
        actor,
        open_sheet(row),
        "đã rút lại kết quả thẩm định của mình để sửa.",
        {"handed_in_at": handed_in.isoformat()},
    )


@dataclass(frozen=True, slots=True)
class Compared:
    """One indicator with each appraiser's verdict (None: the appraiser has none) and the common finding."""

    indicator: Indicator
    verdicts: tuple[tuple[Appraiser, AppraiserVerdict | None], ...]
    finding: Finding | None

    @property
    def same(self) -> bool:
        """Whether every appraiser said the same."""
        said = {value_of(row) for _, row in self.verdicts if row is not None}
        return len(said) == 1 and all(row is not None for _, row in self.verdicts)


def compared(sheet: Sheet, seats: Sequence[Appraiser], verdicts: Verdicts) -> list[Compared]:
    """Lay the appraisers' verdicts side by side, those that differ first."""
    applying = [f.indicator for f in sheet.district_side().findings if f.applies]
    named = {i for of in verdicts.values() for i in of} | sheet.findings.keys()
    shown = [i for i in sheet.indicators if i in applying or i.id in named]
    rows = [
        Compared(i, tuple((s, verdicts[s.id].get(i.id)) for s in seats), sheet.findings.get(i.id))
        for i in shown
    ]
    return sorted(rows, key=lambda row: row.same)


def conclude_same(actor: Identity, dossier: Dossier) -> tuple[str, ...]:
    """Make the district's finding of every indicator on which all appraisers said the same; returns the codes.

    One whose figure has become impossible since, by a corrected base figure, is left to be concluded by hand.
    """
    sheet, panel = under_appraisal(actor, dossier)
    if not panel.concluding:
        raise Refused("Chưa đủ kết quả của mọi người thẩm định nên chưa kết luận chung được.")
    verdicts = panels.verdicts_of(sheet.dossier, panel.seats)
    concluded = []
    for row in compared(sheet, panel.seats, verdicts):
        own = next((v for seat, v in row.verdicts if seat.account_id == actor.account_id), None)
        if row.finding is not None or not row.same or own is None:
            continue
        value = (own.yes, own.part, own.grade)
        try:
            check_verdict(sheet, row.indicator, own.verdict, value, own.reason_code, own.reason)
        except Refused:
            continue
        content = (own.verdict, *value, own.reason_code, own.reason)
        write(new_finding(sheet, row.indicator.id), content, actor)
        concluded.append(row.indicator.code)
    if not concluded:
        raise Refused("Không còn chỉ tiêu nào mọi người kết luận giống nhau mà chưa có kết luận chung.")
    restate(sheet)
    note(actor, sheet, f"đã lấy kết luận giống nhau của mọi người ở chỉ tiêu {', '.join(concluded)}.")
    return tuple(concluded)
