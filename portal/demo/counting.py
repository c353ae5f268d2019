"""Requests that an indicator does not apply, with rulings, and one roster: the demonstration's, by the real verbs."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence

from portal.dossiers.queries import dossier_of, open_sheet
from portal.roster import operations as rosters
from portal.roster.queries import layout_of
from portal.roster.template import template
from portal.waivers import operations as waivers
from portal.words import HEADCOUNTS
from tenants.identity import Identity
from tenants.people import Role
from tenants.scope import acting_in

from .accounts import SHOWN_UNITS
from .bulk import Draft
from .moments import at

CODE = "3.3"
REASONS = (
    "Đơn vị mới tổ chức lại từ tháng 9/2026, chưa đủ thời gian để xét danh hiệu tập thể của năm.",
    "Năm 2026 đơn vị không thuộc khối thi đua nào nên không được xét danh hiệu tập thể.",
    "Đơn vị đang chờ kết luận của cấp trên nên chưa được xét danh hiệu tập thể năm 2026.",
)
GRANTED = "Đúng là chưa đủ thời gian xét danh hiệu theo quyết định tổ chức lại; năm sau áp dụng bình thường."
REFUSED = "Đơn vị thuộc khối thi đua của huyện và đã đăng ký danh hiệu từ đầu năm, nên chỉ tiêu vẫn áp dụng."
People = dict[tuple[Role, int | None], Identity]


def ask_and_rule(drafts: Sequence[Draft], people: People) -> None:
    """Let three units of a district ask; one is granted, one refused, one waits. Shown units count by a roster."""
    waiting = [
        d for d in drafts if d.aim and not d.unit.data.sensitive and d.unit.data.name not in SHOWN_UNITS
    ]
    unready = [d for d in waiting if not _title(d)][:3]
    for place, (draft, reason) in enumerate(zip(unready, REASONS, strict=False)):
        _ask(draft, reason, place, people)
    for draft in drafts:
        if draft.unit.data.name in SHOWN_UNITS and not draft.unit.data.sensitive:
            _count(draft, people)


def _title(draft: Draft) -> bool:
    """Whether the unit has answered the indicator that it will ask about."""
    numbers = [f.indicator.id for f in draft.assessment.findings if f.indicator.code == CODE]
    return any(number in draft.answers for number in numbers)


def _scope(actor: Identity):  # type: ignore[no-untyped-def]
    return acting_in(actor.here.scope(actor.account_id))


def _ask(draft: Draft, reason: str, place: int, people: People) -> None:
    head, officer = people[(Role.UNIT_HEAD, draft.unit.unit_id)], people[(Role.DISTRICT_OFFICER, None)]
    with at(2026, 12, 28 + place, 9, 10), _scope(head):
        dossier = dossier_of(draft.unit.tenant_id, draft.id)
        assert dossier is not None
        indicator = next(f.indicator.id for f in draft.assessment.findings if f.indicator.code == CODE)
        number = waivers.ask(head, dossier, indicator, reason).id
    if place < 2:
        with at(2027, 1, 4, 14, 20), _scope(officer):
            ruling = REFUSED if place else GRANTED
            waivers.rule(officer, draft.unit.tenant_id, number, grant=not place, ruling=ruling)


def _count(draft: Draft, people: People) -> None:
    import openpyxl

    head = people[(Role.UNIT_HEAD, draft.unit.unit_id)]
    chance = random.Random(f"roster-{draft.unit.code}")
    with at(2027, 1, 5, 15, 40), _scope(head):
        dossier = dossier_of(draft.unit.tenant_id, draft.id)
        assert dossier is not None
        sheet = open_sheet(dossier)
        book = openpyxl.load_workbook(
            io.BytesIO(template(layout_of(sheet), draft.unit.data.name, draft.year))
        )
        page = book["Thành viên"]
        columns = [
            not column.within and column.code not in HEADCOUNTS for column in layout_of(sheet)[0].columns
        ]
        for number in range(1, draft.counts["members"] + 1):
            post = "Giáo viên" if number > 6 else "Cán bộ, nhân viên"
            marks = ["x" if chance.random() < 0.95 and counted else None for counted in columns]
            page.append([number, f"{post} {number:02d}", *marks])
        target = io.BytesIO()
        book.save(target)
        rosters.read(head, dossier, target.getvalue())
