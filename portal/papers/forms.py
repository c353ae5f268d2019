"""The tables officials exchange, as sheets: Biểu 01 to 08, the provincial 01-T and the receipt table.

Only shapes: which columns stand where, under which number. The figures are counted elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.figures.annex import Annex
from portal.papers.sheets import Column, Kind, Sheet, Value

# Columns 3 to 24; 11a stands after 11. Share columns hold fractions of one.
_FIGURES = (
    Column("Tổng số đơn vị (31/12)", Kind.INTEGER, 9, "", "3"),
    Column("Số", Kind.INTEGER, 8, "Đăng ký", "4"),
    Column("Tỷ lệ (%)", Kind.PERCENT, 9.3, "Đăng ký", "5"),
    Column("Số", Kind.INTEGER, 8, "Đã tự đánh giá", "6"),
    Column("Tỷ lệ (%)", Kind.PERCENT, 9.3, "Đã tự đánh giá", "7"),
    Column("Mức độ 1", Kind.INTEGER, 8, "Tự xếp", "8"),
    Column("Mức độ 2", Kind.INTEGER, 8, "Tự xếp", "9"),
    Column("Chưa đạt", Kind.INTEGER, 8, "Tự xếp", "10"),
    Column("Tổng số", Kind.INTEGER, 8, "Nộp hồ sơ", "11"),
    Column("Quá hạn", Kind.INTEGER, 8, "Nộp hồ sơ", "11a"),
    Column("Kiểm tra thực tế", Kind.INTEGER, 8, "", "12"),
    Column("Số", Kind.INTEGER, 8, "Công nhận mức độ 1", "13"),
    Column("Tỷ lệ (%)", Kind.PERCENT, 9.3, "Công nhận mức độ 1", "14"),
    Column("Số", Kind.INTEGER, 8, "Công nhận mức độ 2", "15"),
    Column("Tỷ lệ (%)", Kind.PERCENT, 9.3, "Công nhận mức độ 2", "16"),
    Column("Không công nhận", Kind.INTEGER, 9.2, "", "17"),
    Column("Rút, trả, chưa xét", Kind.INTEGER, 8, "", "18"),
    Column("Số", Kind.INTEGER, 8, "Công nhận trong năm", "19"),
    Column("Tỷ lệ (%)", Kind.PERCENT, 9.3, "Công nhận trong năm", "20"),
    Column("Còn hiệu lực từ năm trước", Kind.INTEGER, 8.6, "", "21"),
    Column("Số", Kind.INTEGER, 8, "Đang được công nhận", "22"),
    Column("Tỷ lệ (%)", Kind.PERCENT, 9.3, "Đang được công nhận", "23"),
    Column("So với năm trước (± điểm %)", Kind.POINTS, 9, "", "24"),
)
FIGURE_NUMBERS = tuple(column.number for column in _FIGURES)
_RATIOS = (
    "Tỷ lệ cột 5, 7, 20, 23 tính trên tổng số đơn vị (cột 3); tỷ lệ cột 14, 16 tính trên số hồ sơ đã nộp (cột 11). "
    "Dấu “–”: không có số liệu hoặc mẫu số bằng 0."
)


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A row of Biểu 01 or 01-T: its number, its label and the values of FIGURE_NUMBERS in that order."""

    order: str
    label: str
    values: tuple[Value, ...]
    strong: bool = False


def _figures(
    title: str, head: str, rows: Sequence[FigureRow], total: FigureRow, note: str, mark: str | None
) -> Sheet:
    return Sheet(
        title=title,
        columns=(Column("TT", Kind.CENTERED, 6.5, "", "1"), Column(head, Kind.TEXT, 40, "", "2"), *_FIGURES),
        rows=[(row.order, row.label, *row.values) for row in rows],
        totals=(total.order, total.label, *total.values),
        note=note,
        strong=frozenset(place for place, row in enumerate(rows) if row.strong),
        specimen=mark,
    )


def form_01(year: int, rows: Sequence[FigureRow], total: FigureRow, specimen: str | None = None) -> Sheet:
    """Biểu 01: one row per unit type."""
    title = f"TỔNG HỢP KẾT QUẢ ĐÁNH GIÁ, CÔNG NHẬN “ĐƠN VỊ HỌC TẬP” THEO LOẠI HÌNH ĐƠN VỊ NĂM {year}"
    return _figures(title, "Loại hình đơn vị", rows, total, _RATIOS, specimen)


def form_01_t(
    year: int,
    rows: Sequence[FigureRow],
    total: FigureRow,
    accepted: int,
    expected: int,
    specimen: str | None = None,
) -> Sheet:
    """Biểu 01-T: one row per district, summed over the accepted reports only ("n/m")."""
    title = f"TỔNG HỢP KẾT QUẢ ĐÁNH GIÁ, CÔNG NHẬN “ĐƠN VỊ HỌC TẬP” THEO ĐỊA BÀN NĂM {year}"
    note = f"Tổng hợp từ {accepted}/{expected} báo cáo cấp huyện đã được Sở tiếp nhận. {_RATIOS}"
    return _figures(title, "Địa bàn", rows, total, note, specimen)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognisedRow:
    """A row of Biểu 02; `renewal` is "Lần đầu", "Công nhận lại" or "Nâng mức độ"."""

    code: str
    name: str
    kind: str
    commune: str
    requested: str
    recognised: str
    renewal: str
    decision_number: str
    decision_day: date | None
    valid_until: date | None
    certificate: str = ""


def form_02(year: int, rows: Sequence[RecognisedRow], specimen: str | None = None) -> Sheet:
    """Biểu 02: the units recognised this year."""
    titles = (
        Column("TT", Kind.CENTERED, 6),
        Column("Mã", Kind.TEXT, 12),
        Column("Tên đơn vị", Kind.TEXT, 33),
        Column("Loại hình", Kind.TEXT, 24),
        Column("Xã, thị trấn", Kind.TEXT, 17),
        Column("Mức độ đề nghị", Kind.CENTERED, 10.5),
        Column("Mức độ công nhận", Kind.CENTERED, 10.5),
        Column("Hình thức", Kind.TEXT, 14),
        Column("Số quyết định", Kind.TEXT, 17),
        Column("Ngày quyết định", Kind.DATE, 13),
        Column("Hiệu lực đến", Kind.DATE, 13),
        Column("Mã giấy công nhận", Kind.TEXT, 17.5),
    )
    body = [
        (str(place), r.code, r.name, r.kind, r.commune, r.requested, r.recognised, r.renewal)
        + (r.decision_number, r.decision_day, r.valid_until, r.certificate)
        for place, r in enumerate(rows, 1)
    ]
    title = f"DANH SÁCH ĐƠN VỊ ĐƯỢC CÔNG NHẬN “ĐƠN VỊ HỌC TẬP” NĂM {year}"
    return Sheet(title=title, columns=titles, rows=body, specimen=specimen)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRow:
    """A row of Biểu 03: what was asked, how it ended ("Không công nhận", …) and why."""

    code: str
    name: str
    kind: str
    commune: str
    requested: str
    result: str
    reason: str
    decision_number: str = ""


def form_03(year: int, rows: Sequence[RefusedRow], specimen: str | None = None) -> Sheet:
    """Biểu 03: the units that filed and were not recognised, or whose dossier was not received."""
    titles = (
        Column("TT", Kind.CENTERED, 6),
        Column("Mã", Kind.TEXT, 12),
        Column("Tên đơn vị", Kind.TEXT, 34),
        Column("Loại hình", Kind.TEXT, 24),
        Column("Xã, thị trấn", Kind.TEXT, 16),
        Column("Mức độ đề nghị", Kind.CENTERED, 10.5),
        Column("Kết quả", Kind.TEXT, 16),
        Column("Chỉ tiêu không đạt, lý do", Kind.TEXT, 52),
        Column("Số quyết định", Kind.TEXT, 17),
    )
    body = [
        (str(place), r.code, r.name, r.kind, r.commune, r.requested, r.result, r.reason, r.decision_number)
        for place, r in enumerate(rows, 1)
    ]
    title = f"DANH SÁCH ĐƠN VỊ KHÔNG ĐƯỢC CÔNG NHẬN, HỒ SƠ KHÔNG ĐƯỢC NHẬN NĂM {year}"
    return Sheet(title=title, columns=titles, rows=body, specimen=specimen)


_KINDS = {"number": Kind.INTEGER, "text": Kind.TEXT, "date": Kind.DATE, "share": Kind.PERCENT}


def annex_form(annex: Annex, year: int, when: str, specimen: str | None = None) -> Sheet:
    """Biểu 04 to 08; `when` says when the figures were taken."""
    columns = (
        Column("TT", Kind.CENTERED, 6.5, "", "1"),
        Column(annex.first, Kind.TEXT, 38, "", "2"),
        *(
            Column(one.title, _KINDS[one.kind], one.width, one.group, annex.column(one.key))
            for one in annex.fields
        ),
    )
    rows = [(line.order, line.label, *(line.value(one) for one in annex.fields)) for line in annex.lines]
    last = annex.total is not None
    return Sheet(
        title=f"{annex.name} năm {year}".upper(),
        columns=columns,
        rows=rows[:-1] if last else rows,
        totals=rows[-1] if last else None,
        note=" ".join([when, *([] if rows else [annex.empty]), annex.note]),
        strong=frozenset(place for place, line in enumerate(annex.lines) if line.role == "subtotal"),
        specimen=specimen,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptRow:
    """One district in the receipt table of the province."""

    district: str
    sent_day: date | None
    on_time: str
    times_sent: int
    state: str
    note: str = ""


def receipt_table(year: int, rows: Sequence[ReceiptRow], specimen: str | None = None) -> Sheet:
    """Who sent the report when, on time or not, how often, and where it stands."""
    titles = (
        Column("TT", Kind.CENTERED, 6),
        Column("Đơn vị báo cáo", Kind.TEXT, 31),
        Column("Ngày gửi", Kind.DATE, 13),
        Column("Thời hạn", Kind.CENTERED, 16),
        Column("Số lần gửi", Kind.INTEGER, 11),
        Column("Trạng thái", Kind.TEXT, 17),
        Column("Ghi chú", Kind.TEXT, 50),
    )
    body = [
        (str(place), r.district, r.sent_day, r.on_time, r.times_sent, r.state, r.note)
        for place, r in enumerate(rows, 1)
    ]
    title = f"TÌNH HÌNH GỬI VÀ TIẾP NHẬN BÁO CÁO CẤP HUYỆN NĂM {year}"
    return Sheet(title=title, columns=titles, rows=body, specimen=specimen)
