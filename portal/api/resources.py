"""What the API gives: one table from which routes, filters, answers and the OpenAPI document are made.

A statement names no place: the wall shows a token's place its own rows, and the province's all of them. No head-count
and no share of people is in any of them, so that nothing has to be hidden of a sensitive unit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Integer, Select, cast, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from portal.dossiers.models import Dossier
from portal.figures.rules import FIGURES
from portal.open_data.dictionary import COUNTED, KIND, KINDS, LEVELS, STATES, TIER, YEAR, Column
from portal.open_data.models import PublishedFigure
from portal.recognition.models import Recognition
from portal.reports.models import DistrictReport, ReportAnswer
from portal.units.kinds import SENSITIVE_KINDS
from portal.units.models import Unit
from portal.words import DOSSIER_STATES
from tenants.places import Tenant

_PLACE = (
    Column("id", "Khóa của dòng trong API; không đổi"),
    Column("place", "Mã của nơi công nhận (huyện, quận, thị xã, thành phố; các đơn vị cấp tỉnh)"),
    Column("place_name", "Tên hiện nay của nơi đó"),
)
_UNIT = (Column("unit_id", "Khóa của đơn vị trong API (units)"), Column("unit_code", "Mã của đơn vị"))


@dataclass(frozen=True, slots=True)
class Filter:
    """A parameter that narrows a list: the column it compares, and its closed set of values where it has one."""

    meaning: str
    column: InstrumentedAttribute[Any]
    type: type = str
    values: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Resource:
    """One kind of row. `rows` is the table that numbers them; `statement` gives the columns after the first three."""

    slug: str
    title: str
    description: str
    columns: tuple[Column, ...]
    rows: type[Any]
    values: Callable[[], Select[Any]]
    filters: Mapping[str, Filter]

    def statement(self) -> Select[Any]:
        """Return the statement: number of the place, number of the row, the place's code and name, then the columns."""
        rows = self.rows
        return self.values().join(Tenant, Tenant.id == rows.tenant_id).order_by(rows.tenant_id, rows.id)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)


def _place_of(rows: type[Any]) -> tuple[Any, ...]:
    return rows.tenant_id, rows.id, Tenant.code, Tenant.name


_BY_PLACE = Filter("Mã của nơi", Tenant.code)


def _units() -> Select[Any]:
    own = Unit
    return select(
        *_place_of(own),
        own.code,
        own.name,
        own.kind,
        own.public,
        or_(own.sensitive, own.kind.in_(SENSITIVE_KINDS)),
        own.commune,
        own.opened_on,
        own.closed_on,
    )


def _of_unit(rows: type[Any], *columns: Any) -> Select[Any]:
    """Select columns of a unit's rows with the unit's number and code before them."""
    return select(*_place_of(rows), rows.unit_id, Unit.code, *columns).join(
        Unit, (Unit.tenant_id == rows.tenant_id) & (Unit.id == rows.unit_id)
    )


def _recognitions() -> Select[Any]:
    own = Recognition
    return _of_unit(
        own,
        own.code,
        own.unit_name,
        own.year,
        own.level,
        own.decision_number,
        own.decided_on,
        own.issuer,
        own.valid_from,
        own.valid_to,
        own.state,
        own.revoked_on,
    )


def _dossiers() -> Select[Any]:
    own = Dossier
    return _of_unit(
        own, own.year, own.state, own.requested_level, own.submitted_at, own.late, own.decided_level
    )


def _figures() -> Select[Any]:
    own = PublishedFigure
    counted = (cast(own.counts[name].as_string(), Integer) for name in FIGURES)
    values = own.year, own.kind, own.public, *counted, own.edition, own.accepted_on
    return select(*_place_of(own), Tenant.tier, *values)


def _reports() -> Select[Any]:
    own, answer = DistrictReport, ReportAnswer
    return (
        select(
            *_place_of(own),
            own.year,
            own.edition,
            own.number,
            own.dated,
            own.sent_at,
            own.late,
            answer.verdict,
            answer.answered_at,
        )
        .outerjoin(answer, (answer.tenant_id == own.tenant_id) & (answer.report_id == own.id))
        .where(own.state == "sent")
    )


_DOSSIER_STATES = {code: state.name for code, state in DOSSIER_STATES.items()}
_LEVEL_0 = {"0": "Không được công nhận", **LEVELS}
_ALL = (
    Resource(
        "units",
        "Danh mục đơn vị",
        "Các đơn vị trong danh mục, cả đơn vị đã thôi hoạt động.",
        (
            *_PLACE,
            Column("code", "Mã của đơn vị trong danh mục của nơi đó"),
            Column("name", "Tên đơn vị"),
            KIND,
            Column("public", "Đơn vị công lập", bool),
            Column("sensitive", "Đơn vị không nêu tên công khai; nơi dùng lại cũng không được nêu tên", bool),
            Column("commune", "Xã, phường, thị trấn"),
            Column("opened_on", "Ngày bắt đầu hoạt động", date),
            Column("closed_on", "Ngày thôi hoạt động", date, empty="đang hoạt động"),
        ),
        Unit,
        _units,
        {"place": _BY_PLACE, "kind": Filter("Loại hình", Unit.kind, values=KINDS)},
    ),
    Resource(
        "recognitions",
        "Kết quả công nhận",
        "Các kết quả công nhận đã có quyết định.",
        (
            *_PLACE,
            *_UNIT,
            Column("code", "Mã in trên giấy chứng nhận"),
            Column("unit_name", "Tên đơn vị như trong quyết định"),
            YEAR,
            Column("level", "Mức độ được công nhận", int, values=LEVELS),
            Column("decision_number", "Số của quyết định"),
            Column("decided_on", "Ngày của quyết định", date),
            Column("issuer", "Người có thẩm quyền ra quyết định (chức danh)"),
            Column("valid_from", "Ngày bắt đầu có hiệu lực", date),
            Column("valid_to", "Ngày cuối cùng còn hiệu lực", date),
            Column("state", "Tình trạng", values=STATES),
            Column("revoked_on", "Ngày bị thu hồi", date, empty="không bị thu hồi"),
        ),
        Recognition,
        _recognitions,
        {
            "place": _BY_PLACE,
            "year": Filter("Năm đánh giá", Recognition.year, int),
            "level": Filter("Mức độ", Recognition.level, int, LEVELS),
            "state": Filter("Tình trạng", Recognition.state, values=STATES),
        },
    ),
    Resource(
        "dossiers",
        "Hồ sơ và trạng thái",
        "Hồ sơ của các đơn vị theo năm: đang ở bước nào. Không có nội dung hồ sơ.",
        (
            *_PLACE,
            *_UNIT,
            YEAR,
            Column("state", "Trạng thái của hồ sơ", values=_DOSSIER_STATES),
            Column(
                "requested_level",
                "Mức độ đề nghị công nhận",
                int,
                values=LEVELS,
                empty="chưa ký hoặc không đề nghị",
            ),
            Column("submitted_at", "Lúc nộp (giờ quốc tế UTC)", datetime, empty="chưa nộp"),
            Column("late", "Nộp quá hạn", bool),
            Column(
                "decided_level", "Mức độ theo quyết định", int, values=_LEVEL_0, empty="chưa có quyết định"
            ),
        ),
        Dossier,
        _dossiers,
        {
            "place": _BY_PLACE,
            "year": Filter("Năm đánh giá", Dossier.year, int),
            "state": Filter("Trạng thái", Dossier.state, values=_DOSSIER_STATES),
        },
    ),
    Resource(
        "figures",
        "Số liệu chính thức",
        "Số liệu Biểu 01 theo loại hình của báo cáo mà Sở đã nhận; đơn vị cấp tỉnh là một nơi riêng.",
        (
            *_PLACE,
            TIER,
            YEAR,
            KIND,
            Column("public", "Đơn vị công lập", bool),
            *COUNTED,
            Column("edition", "Lần báo cáo mà Sở đã nhận", int),
            Column("accepted_on", "Ngày Sở nhận báo cáo", date),
        ),
        PublishedFigure,
        _figures,
        {
            "place": _BY_PLACE,
            "year": Filter("Năm đánh giá", PublishedFigure.year, int),
            "kind": Filter("Loại hình", PublishedFigure.kind, values=KINDS),
        },
    ),
    Resource(
        "reports",
        "Báo cáo gửi Sở",
        "Báo cáo đã gửi và trả lời của Sở. Báo cáo đang soạn không có ở đây.",
        (
            *_PLACE,
            YEAR,
            Column("edition", "Lần gửi, từ 1", int),
            Column("number", "Số của báo cáo"),
            Column("dated", "Ngày của báo cáo", date, empty="không ghi"),
            Column("sent_at", "Lúc gửi (giờ quốc tế UTC)", datetime, empty="không ghi"),
            Column("late", "Gửi quá hạn", bool),
            Column(
                "verdict",
                "Trả lời của Sở",
                values={"accepted": "đã nhận", "returned": "trả lại để sửa"},
                empty="Sở chưa trả lời",
            ),
            Column("answered_at", "Lúc Sở trả lời (giờ quốc tế UTC)", datetime, empty="Sở chưa trả lời"),
        ),
        DistrictReport,
        _reports,
        {"place": _BY_PLACE, "year": Filter("Năm đánh giá", DistrictReport.year, int)},
    ),
)
RESOURCES: Mapping[str, Resource] = {one.slug: one for one in _ALL}
