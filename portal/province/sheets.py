"""The province's tables as sheets: the figures of a year, and the receipt table of the districts' reports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from portal import words
from portal.papers import forms
from portal.papers.office import SPECIMEN
from portal.papers.sheets import Column, Kind, Sheet, Value

from .measures import FURTHER, measures
from .queries import ReceiptLine
from .rules import Ground
from .summary import Line, Overview, added

PROVISIONAL = "SỐ TẠM TÍNH, không phải số chính thức"
OFFICIAL = "SỐ CHÍNH THỨC, tổng hợp từ báo cáo Sở đã nhận"


def overview_sheet(year: Overview, part: str, at: datetime, *, demo: bool) -> Sheet:
    """Return a year over all districts; the title says whether the figures are provisional or official.

    `part`: which units are counted, in words ("" for all).
    """
    return _figures(
        f"“ĐƠN VỊ HỌC TẬP” THEO {_ground(year)}, NĂM ĐÁNH GIÁ {year.cycle.year}",
        f"{year.accepted}/{year.reporting} huyện đã được nhận báo cáo{f' · {part}' if part else ''}",
        at,
        [*year.lines, year.total],
        first="Địa bàn",
        official=year.official,
        demo=demo,
        last=(
            Column("Báo cáo về Sở", Kind.TEXT, 22),
            lambda line: line.standing.word if line.standing else "",
        ),
    )


def _ground(year: Overview) -> str:
    if year.other is None:
        return "ĐỊA BÀN"
    return "ĐỊA BÀN CŨ" if year.ground is Ground.FORMER else "ĐỊA BÀN MỚI"


def kinds_sheet(
    year: int, lines: Sequence[Line], where: str, part: str, at: datetime, *, official: bool, demo: bool
) -> Sheet:
    """Return a year by kind of unit, of one district or of the whole province."""
    said = [one for one in (where or "Toàn tỉnh", part) if one]
    title = f"“ĐƠN VỊ HỌC TẬP” THEO LOẠI HÌNH, NĂM ĐÁNH GIÁ {year}"
    return _figures(
        title, " · ".join(said), at, [*lines, added(lines)], first="Loại hình", official=official, demo=demo
    )


def _figures(
    title: str,
    said: str,
    at: datetime,
    lines: Sequence[Line],
    *,
    first: str,
    official: bool,
    demo: bool,
    last: tuple[Column, Callable[[Line], Value]] | None = None,
) -> Sheet:
    """Return lines as a sheet, the last of them as its total; `last`: a further column."""
    columns = (*measures(official=official), *FURTHER)
    rows = [
        (order, line.name, *(line.value(one) for one in columns), *((last[1](line),) if last else ()))
        for order, line in zip([*(str(n) for n in range(1, len(lines))), ""], lines, strict=True)
    ]
    return Sheet(
        title=title,
        subtitle=f"{OFFICIAL if official else PROVISIONAL} · {said} · tính đến lúc {words.moment(at)}",
        columns=(
            Column("TT", Kind.CENTERED, 6),
            Column(first, Kind.TEXT, 30),
            *(Column(one.title, Kind.PERCENT if one.is_share else Kind.INTEGER, 12) for one in columns),
            *((last[0],) if last else ()),
        ),
        rows=rows[:-1],
        totals=rows[-1],
        specimen=SPECIMEN if demo else None,
    )


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
