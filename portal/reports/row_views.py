"""The units behind a figure of a report: a page at a time and as a file, as the data stand now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, render_template, request
from sqlalchemy import Select, func, select

from portal import words
from portal.activities.queries import units_with
from portal.appraisal.rules import REASONS
from portal.cycle.queries import tier_at
from portal.figures import annex as shapes
from portal.figures import outcomes, people, validity
from portal.figures.annex import Annex, Line
from portal.figures.behind import LISTED, rows_behind
from portal.figures.tables import BESIDE, COLUMNS, Row
from portal.jobs.later import later
from portal.papers.sheets import Column, Kind, Sheet, Value
from portal.papers.table_files import file_of, marks, streamed
from portal.units.kinds import SENSITIVE_KINDS
from portal.units.models import Unit
from portal.web import Listing, listing, paginate
from tenants.access import found, may
from tenants.database import db
from tenants.rights import Right

from . import queries
from .blueprint import blueprint, report_here
from .models import DistrictReport

TABLES = ("01", "05", "06", "07", "08", "doi-chieu")
FATES = {
    "r9": "Mức độ 2 có chỉ tiêu thẩm định chưa đạt mức độ 1",
    "stays": "Được công nhận năm trước, còn hiệu lực",
    "again": "Được công nhận năm trước, xét lại năm nay",
    "expired": "Được công nhận năm trước, đã hết hạn",
    "revoked": "Được công nhận năm trước, đã thu hồi",
    "closed": "Được công nhận năm trước, đã đóng",
    "other": "Được công nhận năm trước, không rõ",
    "joined": "Còn hiệu lực mà năm trước chưa tính",
}
_FIGURES = tuple(
    dict.fromkeys(
        (
            *LISTED,
            *validity.FIGURES,
            *outcomes.FIGURES,
            *people.FIGURES,
            "number",
            "participants",
            "minutes",
            *FATES,
        )
    )
)
Cells = tuple[tuple[Column, Callable[[Any], Value]], ...]


@dataclass(frozen=True, slots=True)
class Behind:
    """The units behind a figure: what it is, the row it stands in, what the report says, how a unit is shown.

    `counted` is None where no cell says how many; `sums`: the figure is the sum of the units' amounts, not their number.
    """

    title: str
    row: str
    counted: int | None
    statement: Select[Any]
    cells: Cells
    sums: bool = False


def asked_rows() -> Listing:
    """Return what the address asks for; unknown values fall back."""
    return listing(
        ("name",),
        filters={
            "bieu": TABLES,
            "figure": _FIGURES,
            "kind": (*words.UNIT_KINDS, *words.KIND_GROUPS, *words.PROVINCE_GROUPS),
            "public": ("yes", "no"),
            "dong": (request.args.get("dong", "")[:40],),
        },
    )


def behind(report: DistrictReport, asked: Listing) -> Behind:
    """Return the units behind the figure that is asked for; 404 for a figure that table does not have."""
    table = asked.filters["bieu"] or "01"
    kind = asked.filters["kind"]
    inside = [
        k.code
        for k in words.kinds_of(tier_at(report.tenant_id)).values()
        if k.code == kind or k.group.split(".")[0] == kind
    ]
    public = {"yes": True, "no": False}.get(asked.filters["public"])
    if table == "01":
        made = _of_form_01(report, asked, inside, public)
    elif table == "doi-chieu":
        made = _of_rule(report, asked.filters["figure"])
    else:
        made = _of_annex(report, table, asked, inside, public)
    statement = made.statement
    if table in ("06", "08", "doi-chieu") and inside:
        statement = statement.where(Unit.kind.in_(inside))
    if table in ("06", "08", "doi-chieu") and public is not None:
        statement = statement.where(Unit.public.is_(public))
    if asked.q:
        statement = statement.where(Unit.name_folded.contains(words.fold(asked.q), autoescape=True))
    return Behind(made.title, made.row, made.counted, statement, made.cells, made.sums)


def _of_form_01(report: DistrictReport, asked: Listing, kinds: list[str], public: bool | None) -> Behind:
    figure = asked.filters["figure"] if asked.filters["figure"] in LISTED else "units"
    rows = queries.figures_of(report, whole=False).rows
    row = next((r for r in rows if _is_row(r, asked.filters["kind"], asked.filters["public"])), rows[-1])
    title = BESIDE.get(figure) or next(c.full_title for c in COLUMNS if c.figure == figure and not c.is_share)
    return Behind(
        title.removesuffix(": số"),
        row.label if row.role != "total" else "mọi loại hình",
        getattr(row.counts, figure),
        rows_behind(report.year, figure, tenant_id=report.tenant_id, kinds=kinds, public=public),
        (
            (Column("Trạng thái hồ sơ", width=26), _state),
            (Column("Mức độ đề nghị", Kind.INTEGER, 10), lambda row: row.requested_level),
            (Column("Kết quả", width=24), _result),
        ),
    )


def _is_row(row: Row | Line, kind: str, public: str) -> bool:
    if row.role == "total":
        return not kind and not public
    if not row.kinds:
        return False
    if row.role == "part":
        return row.kinds[0] == kind and public == ("yes" if row.public else "no")
    return not public and (row.order == kind if row.role == "subtotal" else row.kinds[0] == kind)


def _state(row: Any) -> str:
    if not row.state:
        return "Chưa lập hồ sơ"
    return words.DOSSIER_STATES[row.state].name + (" (muộn)" if row.late else "")


def _result(row: Any) -> str:
    if row.revoked:
        return "Đã thu hồi"
    if row.decided_level is not None:
        return words.RESULTS[row.decided_level].name
    return f"Mức độ {row.earlier_level}, đến {words.day(row.valid_to)}" if row.earlier_level else ""


_HELD: Cells = (
    (Column("Mức độ", Kind.INTEGER, 10), lambda row: row.level),
    (Column("Hiệu lực đến", Kind.DATE, 14), lambda row: row.valid_to),
)


def _of_rule(report: DistrictReport, figure: str) -> Behind:
    title = found(FATES.get(figure))
    if figure == "r9":
        statement = outcomes.failed_at_level_1(report.year, tenant_id=report.tenant_id)
        cells: Cells = ((Column("Chỉ tiêu chưa đạt mức độ 1", width=34), lambda row: row.codes),)
    else:
        statement, cells = validity.units_of_fate(report.year, figure, tenant_id=report.tenant_id), _HELD
    return Behind(title, "mọi loại hình", None, statement, cells)


def _of_annex(
    report: DistrictReport, table: str, asked: Listing, kinds: list[str], public: bool | None
) -> Behind:
    form = queries.annex_of(report, table) or shapes.shape(table, report.year)
    figure, key = asked.filters["figure"], asked.filters["dong"]
    of_column = found(form.field(figure or form.fields[0].key))
    figure = of_column.key
    if not of_column.opens:
        found(None)
    line = _line(form, asked)
    value = line.values.get(figure) if line else None
    if table == "05":
        statement = validity.units_behind(
            report.year, figure, tenant_id=report.tenant_id, kinds=kinds, public=public
        )
        cells = _HELD
    elif table == "06":
        code = key or (form.lines[0].key if form.lines else "")
        statement = outcomes.units_behind(report.year, figure, code, tenant_id=report.tenant_id)
        cells = JUDGED
    elif table == "07":
        row = key or ("" if kinds else "total")
        statement = people.units_behind(
            report.year, figure, tenant_id=report.tenant_id, kinds=kinds, public=public, row=row
        )
        cells = () if figure == "units" else _amount(of_column.full_title)
    else:
        chosen = key if key != "total" else ""
        statement = units_with(report.tenant_id, report.year, figure, chosen)
        cells = _amount(
            "Số hoạt động" if figure == "units" else of_column.full_title, figure == "participants"
        )
    return Behind(
        of_column.full_title,
        (
            line.label
            if line.role != "total"
            else "mọi loại hình"
            if table in ("05", "07")
            else "mọi loại hoạt động"
        )
        if line
        else "hồ sơ có số khác với nội dung đã ký",
        value if isinstance(value, int) else None,
        statement,
        cells,
        sums=figure in (*people.AMOUNTS, "number", "participants", "minutes"),
    )


def _line(form: Annex, asked: Listing) -> Line | None:
    """Return the row of a table that is asked for; None for what no row shows (the units behind a rule)."""
    key = asked.filters["dong"]
    if key == "drift":
        return None
    if form.number in ("05", "07") and not key:
        kind, public = asked.filters["kind"], asked.filters["public"]
        return next((one for one in form.lines if _is_row(one, kind, public)), form.total)
    chosen: Line = found(form.line(key) if key else form.total or (form.lines[0] if form.lines else None))
    return chosen


def _outcomes(first: str | None, second: str | None) -> str:
    if first is None or second is None:
        return ""
    if first == second:
        return words.OUTCOMES[first].name
    return f"Mức độ 1: {words.OUTCOMES[first].name.lower()}; mức độ 2: {words.OUTCOMES[second].name.lower()}"


JUDGED: Cells = (
    (Column("Tự đánh giá", width=30), lambda row: _outcomes(row.own_1, row.own_2)),
    (Column("Thẩm định", width=30), lambda row: _outcomes(row.found_1, row.found_2)),
    (
        Column("Lý do thẩm định khác", width=34),
        lambda row: REASONS.get(row.reason_code, "") if row.verdict and row.verdict != "agreed" else "",
    ),
)


def _amount(title: str, people_of_unit: bool = False) -> Cells:
    """One column of numbers; people of a unit that tells none are not shown singly."""

    def shown(row: Any) -> Value:
        told: int | None = None if row.amount is None else int(row.amount)
        hidden = people_of_unit and (row.sensitive or row.kind in SENSITIVE_KINDS)
        return None if hidden else told

    return ((Column(title, Kind.INTEGER, 16), shown),)


def _sum(one: Behind, narrowed: bool) -> int | None:
    """Return the sum of a list; of a narrowed one without the units whose number would be read out of it."""
    if not one.sums:
        return None
    inside = one.statement.order_by(None).subquery()
    total = select(func.sum(inside.c.amount))
    if narrowed and "sensitive" in inside.c:
        total = total.where(~inside.c.sensitive, inside.c.kind.not_in(SENSITIVE_KINDS))
    return int(db.session.scalar(total) or 0)


@blueprint.get("/huyen/bao-cao/<int:report_id>/so-lieu")
@may(Right.SEE_DISTRICT)
def rows(report_id: int) -> Any:
    """The units behind one figure, as the data stand now."""
    report, asked = report_here(report_id), asked_rows()
    one, tier = behind(report, asked), tier_at(report.tenant_id)
    page = paginate(one.statement, asked.number)
    return render_template(
        "reports/rows.html",
        report=report,
        which=asked.filters["bieu"] or "01",
        title=one.title,
        line=one.row,
        counted=one.counted,
        cells=one.cells,
        page=page,
        summed=_sum(one, bool(asked.q or asked.filters["kind"] or asked.filters["public"])),
        listing=asked,
        kinds=[
            *words.groups_of(tier).items(),
            *((code, kind.short) for code, kind in words.kinds_of(tier).items()),
        ],
    )


@blueprint.get("/huyen/bao-cao/<int:report_id>/so-lieu.<ext>")
@may(Right.SEE_DISTRICT)
@later("Đơn vị theo số liệu báo cáo")
def rows_file(report_id: int, ext: str) -> Response:
    """The same list as a file, all of it."""
    report, asked = report_here(report_id), asked_rows()
    one = behind(report, asked)
    columns = (
        Column("Mã đơn vị", width=12),
        Column("Đơn vị", width=42),
        Column("Loại hình", width=30),
        Column("Xã, thị trấn", width=18),
        *(column for column, _ in one.cells),
    )
    found_rows = streamed(
        one.statement,
        lambda row: (
            row.code,
            row.name,
            words.kind_name(row.kind),
            row.commune,
            *(cell(row) for _, cell in one.cells),
        ),
    )
    table = asked.filters["bieu"] or "01"
    name = "Đối chiếu" if table == "doi-chieu" else f"Biểu {table}"
    sheet = Sheet(f"{name} năm {report.year}. {one.title}: {one.row}"[:200], columns, found_rows, **marks())
    return file_of(ext, sheet, f"So-lieu-{table}-{report.year}")
