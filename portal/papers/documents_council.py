"""The pages of the council's minutes and of the submission to the chairman, with their long tables."""

from __future__ import annotations

from portal.papers import wording
from portal.papers.data_council import CouncilMinutes, Discussed, Submission
from portal.papers.documents import Page, render
from portal.papers.rows import Align, RowColumn

_PEOPLE = (
    RowColumn("TT", 11, Align.CENTER),
    RowColumn("Họ và tên", 52),
    RowColumn("Chức vụ, nơi công tác", 58),
    RowColumn("Nhiệm vụ", 44),
)
_BLOCK = (
    RowColumn("TT", 11, Align.CENTER),
    RowColumn("Tên đơn vị", 62),
    RowColumn("Loại hình", 38),
    RowColumn("Đề nghị", 22, Align.CENTER),
    RowColumn("Thẩm định đề xuất", 32),
)
_SINGLES = (
    RowColumn("TT", 9, Align.CENTER),
    RowColumn("Tên đơn vị", 35),
    RowColumn("Đề nghị; thẩm định đề xuất", 28),
    RowColumn("Vì sao xét riêng", 42),
    RowColumn("Phiếu: tán thành / không / không ý kiến", 21, Align.CENTER),
    RowColumn("Kết luận, ý kiến", 30),
)


def council_minutes(minutes: CouncilMinutes) -> Page:
    """Biên bản họp Hội đồng thẩm định: who was there, the block, each dossier discussed singly, the votes."""
    present = [(str(place), a.name, a.title, a.task) for place, a in enumerate(minutes.present, 1)]
    block = [
        (str(place), one.name, one.kind, one.requested, one.proposed)
        for place, one in enumerate(minutes.block, 1)
    ]
    singles = [_single(place, one) for place, one in enumerate(minutes.singles, 1)]
    tables = {
        "present": wording.plain_table(_PEOPLE, present),
        "block": wording.plain_table(_BLOCK, block, size=11),
        "singles": wording.plain_table(_SINGLES, singles, size=10),
    }
    return render("council_minutes.html", minutes, tables)


def _single(place: int, one: Discussed) -> tuple[str, ...]:
    voted = one.voted
    assert voted is not None
    counts = voted.counts
    out = "".join(
        f"\n{name} không biểu quyết (giữ vai trò tại đơn vị hoặc đã khai xung đột lợi ích)."
        for name in one.abstaining
    )
    said = voted.outcome or wording.missing("kết luận")
    return (
        str(place),
        f"{one.name}\n({one.kind})",
        f"{one.requested};\n{one.proposed}",
        "\n".join(one.reasons),
        (" / ".join(str(count) for count in counts) if counts else "–"),
        f"{said}." + (f" {voted.note}" if voted.note else "") + out,
    )


def submission(paper: Submission) -> Page:
    """Tờ trình with one list per result that is not empty; the counts are the lists' lengths."""
    found = (
        ("level_1", "DANH SÁCH ĐỀ NGHỊ CÔNG NHẬN MỨC ĐỘ 1", paper.level_1, "Ghi chú"),
        ("level_2", "DANH SÁCH ĐỀ NGHỊ CÔNG NHẬN MỨC ĐỘ 2", paper.level_2, "Ghi chú"),
        ("refused", "DANH SÁCH ĐỀ NGHỊ KHÔNG CÔNG NHẬN", paper.not_recognised, "Lý do"),
    )
    kept = [one for one in found if one[2]]
    annexes = [
        {
            "ref": ref,
            "title": title,
            "count": len(units),
            "name": f"Danh sách {roman}" if len(kept) > 1 else "Danh sách",
        }
        for roman, (ref, title, units, _) in zip(("I", "II", "III"), kept, strict=False)
    ]
    tables = {ref: wording.unit_list(units, last) for ref, _, units, last in kept}
    names = {annex["ref"]: annex["name"] for annex in annexes}
    return render("submission.html", paper, tables, annexes=annexes, names=names)
