"""The papers of one dossier: what each is called, how its data set is made, what becomes of it.

A new paper is one row here, a data set in data.py, a function in documents.py and a template.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from portal import clock, words
from portal.dossiers.queries import Sheet
from portal.papers import (
    building,
    building_appraisal,
    building_minutes,
    building_office,
    data,
    documents,
    documents_appraisal,
)
from portal.papers.content import Content
from portal.papers.documents import Page
from portal.papers.missing import missing
from portal.papers.office import Office
from portal.team.queries import WORKED_ON, assignments_of
from tenants.scope import ScopeKind, current_scope

_OF_TABLE = ("chi-tieu-", "ket-qua")
Build = Callable[[Sheet, Content, Office], data.Paper | None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A paper of a dossier.

    `name` stands in addresses, `stem` begins the file's name. `in_set` papers belong to the whole set
    of the dossier. `build` answers None where there is no such paper.
    `done` says of a paper that it is no preview any more.
    """

    name: str
    title: str
    stem: str
    build: Build
    compose: Callable[[Any], Page]
    in_set: bool = True
    done: str = "Đã ký"

    def page(self, sheet: Sheet, content: Content, office: Office) -> Page | None:
        """Return the paper's page, None where a dossier has none."""
        paper = self.build(sheet, content, office)
        return self.compose(paper) if paper is not None else None


def _gap_page(sheet: Sheet, content: Content, office: Office) -> data.GapPage | None:
    """What lacks today, for the unit alone and while it works; what stands in the table is not told beside it."""
    d, scope = sheet.dossier, current_scope()
    if d.state not in WORKED_ON or scope is None or scope.kind is not ScopeKind.UNIT:
        return None
    others = [] if content.signed else [f for f in missing(sheet) if not f.anchor.startswith(_OF_TABLE)]
    codes = {row.id: row.code for row in sheet.catalogue}
    given = {
        codes[row.indicator_id]: (row.member.full_name, words.day(row.due_on) if row.due_on else "")
        for row in assignments_of([d]).values()
        if row.indicator_id in codes
    }
    return building.gap_page(content, office, clock.today(), [fault.sentence for fault in others], given)


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "mau-01",
            "Tờ trình (Mẫu 01)",
            "Mau-01",
            lambda _, content, office: building.request_letter(content, office),
            documents.request_letter,
        ),
        Kind(
            "mau-02",
            "Báo cáo tự đánh giá (Mẫu 02)",
            "Mau-02",
            lambda _, content, office: building.self_assessment_report(content, office),
            documents.self_assessment_report,
        ),
        Kind(
            "mau-03",
            "Bản tổng hợp kết quả (Mẫu 03)",
            "Mau-03",
            lambda _, content, office: building.result_summary(content, office),
            documents.result_summary,
        ),
        Kind(
            "con-thieu",
            "Còn thiếu gì (cho cuộc họp)",
            "Con-thieu",
            _gap_page,
            documents.gap_page,
            in_set=False,
        ),
        Kind(
            "bien-ban-to",
            "Biên bản họp Tổ đánh giá",
            "Bien-ban-hop-To",
            building_minutes.team_minutes,
            documents.team_minutes,
        ),
        Kind(
            "phieu-tiep-nhan",
            "Phiếu tiếp nhận",
            "Phieu-tiep-nhan",
            building_office.receipt,
            documents.receipt,
            in_set=False,
            done="Đã cấp",
        ),
        Kind(
            "phieu-bo-sung",
            "Phiếu yêu cầu bổ sung",
            "Phieu-bo-sung",
            building_office.supplement_request,
            documents.supplement_request,
            in_set=False,
            done="Đã gửi",
        ),
        Kind(
            "phieu-tham-dinh",
            "Phiếu thẩm định",
            "Phieu-tham-dinh",
            building_appraisal.appraisal_sheet,
            documents_appraisal.appraisal_sheet,
            in_set=False,
            done="Đã chốt",
        ),
    )
}
