"""What the papers of an unsigned dossier still lack, each with the place of the form where it is filled in."""

from __future__ import annotations

from portal import clock
from portal.dossiers import checks
from portal.dossiers.checks import Fault
from portal.dossiers.gathering import facts_of
from portal.dossiers.queries import Sheet

_NEEDED = (
    checks.headcounts_entered,
    checks.all_answered,
    checks.claims_proven,
    checks.team_named,
    checks.minutes_closed,
    checks.head_named,
    checks.level_reached,
)


def missing(sheet: Sheet) -> list[Fault]:
    """Return what the papers lack: first what stops the signature, then fields that would stay blank.

    A fault names the page and place where it is mended; `stops` tells the two kinds apart.
    """
    facts = facts_of(sheet, clock.now())
    faults = [fault for check in _NEEDED if (fault := check(facts)) is not None]
    unit, d = sheet.unit, sheet.dossier
    of_unit = (
        (unit.head_title, "Chưa ghi chức vụ thủ trưởng để in trên chữ ký."),
        (unit.address or unit.commune, "Chưa ghi địa chỉ đơn vị."),
        (unit.superior or not unit.public, "Chưa ghi cơ quan chủ quản để in ở đầu văn bản."),
        (unit.symbol, "Chưa ghi ký hiệu văn bản của đơn vị (phần sau số văn bản)."),
    )
    of_form = (
        (d.letter_number, "Chưa ghi số Tờ trình; có thể để văn thư ghi khi phát hành.", "muc-do"),
        (d.letter_date, "Chưa ghi ngày Tờ trình; khi ký sẽ lấy ngày ký.", "muc-do"),
        (d.strengths.strip(), "Chưa viết phần ưu điểm của báo cáo tự đánh giá.", "nhan-dinh"),
        (d.plan.strip(), "Chưa viết kế hoạch cải tiến của báo cáo tự đánh giá.", "nhan-dinh"),
    )
    faults += [Fault(said, stops=False, page="dossiers.unit") for value, said in of_unit if not value]
    return faults + [Fault(said, anchor, stops=False) for value, said, anchor in of_form if not value]
