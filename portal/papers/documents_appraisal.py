"""The page of the appraisal sheet, on landscape paper with its long table."""

from __future__ import annotations

from portal.papers import wording
from portal.papers.data_appraisal import AppraisalSheet, Judged
from portal.papers.documents import Page, render
from portal.papers.rows import Align, RowColumn

_CORRECTED = (
    RowColumn("Số liệu nền", 92),
    RowColumn("Đơn vị báo cáo", 35, Align.CENTER),
    RowColumn("Thẩm định", 35, Align.CENTER),
    RowColumn("Lý do", 100),
)


def _columns(visited: bool) -> tuple[RowColumn, ...]:
    last = (RowColumn("Quan sát khi kiểm tra thực tế", 44),) if visited else ()
    return (
        RowColumn("Chỉ tiêu", 15, Align.CENTER),
        RowColumn("Nội dung", 53 if visited else 71),
        RowColumn("Đơn vị tự đánh giá", 34, Align.CENTER),
        RowColumn("Thẩm định", 34, Align.CENTER),
        RowColumn("Kết luận", 38, Align.CENTER),
        RowColumn("Lý do", 44 if visited else 70),
        *last,
    )


def _row(one: Judged, visited: bool) -> tuple[str, ...]:
    verdict = one.verdict or wording.missing("kết luận")
    said = f"{verdict}\n({one.agreed.lower()})" if one.agreed else verdict
    cells = (one.code, one.title, one.unit_value, one.value, said, one.reason)
    return (*cells, one.seen) if visited else cells


def appraisal_sheet(sheet: AppraisalSheet) -> Page:
    """Phiếu thẩm định: unit and district side by side on each indicator, what follows, who says so."""
    visited = any(one.seen for one in sheet.judged)
    corrected = [(one.name, one.before, one.after, one.reason) for one in sheet.corrected]
    tables = {
        "judged": wording.plain_table(
            _columns(visited), [_row(one, visited) for one in sheet.judged], size=10.5
        ),
        "corrected": wording.plain_table(_CORRECTED, corrected, size=10.5),
    }
    return render("appraisal_sheet.html", sheet, tables)
