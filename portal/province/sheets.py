"""The province's tables as sheets: the overview of a year, and the receipt table of the districts' reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from portal import words
from portal.papers import forms
from portal.papers.office import SPECIMEN
from portal.papers.sheets import Column, Kind, Sheet, Value

from .queries import ReceiptLine
from .rules import Ground
from .summary import Line, Overview

PROVISIONAL = "SỐ TẠM TÍNH, không phải số chính thức"
OFFICIAL = "SỐ CHÍNH THỨC, tổng hợp từ báo cáo Sở đã nhận"

_FIGURES = (
    ("units", "Đơn vị (31/12)"),
    ("registered", "Đăng ký"),
    ("submitted", "Nộp hồ sơ"),
    ("late", "Nộp quá hạn"),
    ("appraised", "Đã thẩm định"),
    ("level_1", "Công nhận mức độ 1"),
    ("level_2", "Công nhận mức độ 2"),
    ("refused", "Không công nhận"),
    ("pending", "Chưa có kết quả"),
)


def overview_sheet(year: Overview, at: datetime, *, demo: bool) -> Sheet:
    """Return a year over all districts; the title says whether the figures are provisional or official."""
    figures = [(key, title) for key, title in _FIGURES if key != "appraised" or not year.official]
    kind = OFFICIAL if year.official else PROVISIONAL
    return Sheet(
        title=f"“ĐƠN VỊ HỌC TẬP” THEO {_ground(year)}, NĂM ĐÁNH GIÁ {year.cycle.year}",
        subtitle=f"{kind} · {year.accepted}/{year.districts} huyện đã được nhận báo cáo · lập lúc {words.moment(at)}",
        columns=(
            Column("TT", Kind.CENTERED, 6),
            Column("Địa bàn", Kind.TEXT, 30),
            *(Column(title, Kind.INTEGER, 12) for _, title in figures),
            Column("Báo cáo về Sở", Kind.TEXT, 22),
        ),
        rows=[
            _row(str(place), line, [key for key, _ in figures]) for place, line in enumerate(year.lines, 1)
        ],
        totals=_row("", year.total, [key for key, _ in figures]),
        specimen=SPECIMEN if demo else None,
    )


def _ground(year: Overview) -> str:
    if year.other is None:
        return "ĐỊA BÀN"
    return "ĐỊA BÀN CŨ" if year.ground is Ground.FORMER else "ĐỊA BÀN MỚI"


def _row(order: str, line: Line, keys: list[str]) -> tuple[Value, ...]:
    values: list[Value] = []
    for key in keys:
        if line.counts is None:
            values.append(None)
        else:
            values.append(line.appraised if key == "appraised" else int(getattr(line.counts, key)))
    return (order, line.name, *values, line.standing.word if line.standing else "")


def receipt_sheet(year: int, lines: Sequence[ReceiptLine], specimen: str | None, subtitle: str = "") -> Sheet:
    """Return the receipt table: who sent when, how many days late, how often, and where it stands."""
    table = forms.receipt_table(year, [_receipt(line) for line in lines], specimen)
    return replace(table, subtitle=subtitle)


def _receipt(line: ReceiptLine) -> forms.ReceiptRow:
    sent = line.sent_at.astimezone(words.ZONE).date() if line.sent_at else None
    note = f"{line.answered_by}, {words.day(line.answered_at)}" if line.answered_at else ""
    return forms.ReceiptRow(
        district=line.district,
        sent_day=sent,
        on_time=line.on_time,
        times_sent=line.sendings,
        state=line.state,
        note=note,
    )
