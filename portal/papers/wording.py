"""Small phrases of the papers that depend on a data set: values of indicators, evidence, the lists.

Sentences of the documents themselves stand in templates/print/.
"""

from collections.abc import Sequence

from portal import words
from portal.papers import faces
from portal.papers.data import CriterionResults, DecisionRow, Evidence, IndicatorResult
from portal.papers.pdf import clean
from portal.papers.rows import MISSING, Align, Row, RowColumn, RowTable, text_width

_PLACE_WORDS = (
    "TỈNH ",
    "THÀNH PHỐ ",
    "HUYỆN ",
    "QUẬN ",
    "THỊ XÃ ",
    "THỊ TRẤN ",
    "XÃ ",
    "PHƯỜNG ",
    "ĐẶC KHU ",
)


def missing(what: str) -> str:
    """The visible mark of a field nobody has filled in yet."""
    return f"{MISSING} {what}]"


def heading_lines(text: str, bold: bool, width: float, size: float = 12) -> list[str]:
    """A body's name in capitals, broken well: at its own line breaks, before the place name, or evenly."""
    font = faces.BOLD if bold else faces.REGULAR
    lines: list[str] = []
    for line in clean(text, 300).upper().split("\n"):
        lines += _even_lines(line.strip(), font, size, width)
    return lines


def _even_lines(line: str, font: str, size: float, width: float) -> list[str]:
    if text_width(line, font, size) <= width:
        return [line]
    names = line.split(" ")
    cuts = [(" ".join(names[:n]), " ".join(names[n:])) for n in range(1, len(names))]
    fitting = [cut for cut in cuts if max(text_width(half, font, size) for half in cut) <= width]
    if not fitting:
        return [line]
    before_place = [cut for cut in fitting if cut[1].startswith(_PLACE_WORDS)]
    return list(
        min(before_place or fitting, key=lambda cut: max(text_width(half, font, size) for half in cut))
    )


def value_words(indicator: IndicatorResult, sensitive: bool) -> str:
    """What the unit reached on an indicator; the counts of a sensitive unit are left out."""
    if indicator.not_applicable:
        return "Không áp dụng"
    if not indicator.is_share:
        return indicator.answer or missing("kết quả")
    if sensitive:
        return indicator.percent or missing("tỷ lệ")
    if indicator.part is None or indicator.whole is None:
        return missing("số liệu")
    return f"{words.number(indicator.part)}/{words.number(indicator.whole)} ({indicator.percent or '–'})"


def evidence_words(evidence: Evidence) -> str:
    """A document as it is cited: title, number, day, issuer; what is unknown is left out."""
    parts = [evidence.title]
    if evidence.number:
        parts.append(f"số {evidence.number}")
    if evidence.day:
        parts.append(f"ngày {words.day(evidence.day)}")
    cited = " ".join(parts)
    return f"{cited} của {evidence.issuer}" if evidence.issuer else cited


def result_table(criteria: Sequence[CriterionResults], sensitive: bool) -> RowTable:
    """The table of Mẫu 03: every indicator with requirement, value, both outcomes, evidence."""
    columns = (
        RowColumn("TT", 9, Align.CENTER),
        RowColumn("Tiêu chí, chỉ tiêu", 66),
        RowColumn("Mức độ 1", 25, group="Yêu cầu"),
        RowColumn("Mức độ 2", 25, group="Yêu cầu"),
        RowColumn("Kết quả đạt được", 24, Align.CENTER),
        RowColumn("Mức độ 1", 17, Align.CENTER, "Tự đánh giá"),
        RowColumn("Mức độ 2", 17, Align.CENTER, "Tự đánh giá"),
        RowColumn("Minh chứng", 36),
        RowColumn("Ghi chú", 33),
    )
    rows = []
    for criterion in criteria:
        rows.append(
            Row((clean(f"Tiêu chí {criterion.number}. {criterion.title}"),), strong=True, across=True)
        )
        for item in criterion.indicators:
            proofs = "\n".join(f"- {evidence_words(one)}" for one in item.evidence)
            cells = (
                item.code,
                item.title,
                item.requirement_1,
                item.requirement_2,
                value_words(item, sensitive).replace(" (", "\n("),
                item.outcome_1,
                item.outcome_2,
                ""
                if item.not_applicable
                else proofs or (item.explanation and "(xem Ghi chú)") or missing("minh chứng"),
                item.not_applicable or item.explanation,
            )
            rows.append(Row(tuple(clean(cell, 3000) for cell in cells)))
    return RowTable(columns, rows, size=10.5)


def unit_list(units: Sequence[DecisionRow], last: str) -> RowTable:
    """An annex list of a decision; `last` titles the column of remarks or reasons."""
    wide = last != "Ghi chú"
    columns = (
        RowColumn("TT", 11, Align.CENTER),
        RowColumn("Tên đơn vị", 58 if wide else 76),
        RowColumn("Loại hình", 40 if wide else 54),
        RowColumn(last, 56 if wide else 24),
    )
    rows = [
        Row((str(place), clean(unit.name, 500), clean(unit.kind, 300), clean(unit.note, 2000)))
        for place, unit in enumerate(units, 1)
    ]
    return RowTable(columns, rows)


def plain_table(columns: Sequence[RowColumn], rows: Sequence[Sequence[str]], size: float = 12) -> RowTable:
    """A table of ready texts for a template."""
    return RowTable(
        tuple(columns), [Row(tuple(clean(cell, 3000) for cell in row)) for row in rows], size=size
    )
