"""The data sets everybody may take: what each is, its columns, and the statement that reads it.

A statement gives its columns in the order of the dictionary and reads in the public scope, so that nothing can be
published here that is not public already.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Boolean, Integer, Select, cast, func, or_, select

from portal.catalogue.models import CatalogueIndicator, CriteriaVersion, Criterion, Threshold
from portal.figures.rules import FIGURES
from portal.register.models import RegisterEntry
from tenants.places import Tenant

from .dictionary import COUNTED, KIND, LEVELS, STATES, TIER, YEAR, Column
from .models import PublishedFigure


@dataclass(frozen=True, slots=True)
class DataSet:
    """One data set; `slug` is its address, which stays. `tables` are watched for changes."""

    slug: str
    title: str
    description: str
    keywords: tuple[str, ...]
    columns: tuple[Column, ...]
    statement: Callable[[], Select[Any]]
    tables: tuple[type[Any], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)


_RECOGNITIONS = (
    Column("code", "Mã của kết quả công nhận, in trên giấy chứng nhận; xác minh được bằng mã này"),
    Column(
        "unit_name",
        "Tên đơn vị như trong quyết định; đơn vị không nêu tên công khai có câu thay thế như ở trang tra cứu",
    ),
    KIND,
    Column("place", "Nơi công nhận (huyện, quận, thị xã, thành phố; các đơn vị cấp tỉnh)"),
    Column(
        "commune", "Xã, phường, thị trấn của đơn vị", empty="không ghi, hoặc đơn vị không nêu tên công khai"
    ),
    Column("tier", "Cấp công nhận, như ghi trên giấy chứng nhận"),
    YEAR,
    Column("level", "Mức độ được công nhận", int, values=LEVELS),
    Column("decision_number", "Số của quyết định công nhận"),
    Column("decided_on", "Ngày của quyết định", date),
    Column("issuer", "Người có thẩm quyền ra quyết định (chức danh)"),
    Column("valid_from", "Ngày bắt đầu có hiệu lực", date),
    Column("valid_to", "Ngày cuối cùng còn hiệu lực", date),
    Column("state", "Tình trạng của kết quả", values=STATES),
    Column("state_on", "Ngày bị thu hồi hoặc được thay thế", date, empty="không bị thu hồi, thay thế"),
    Column("replaced_by", "Mã của kết quả thay thế", empty="không có kết quả thay thế"),
)


def _recognitions() -> Select[Any]:
    columns = RegisterEntry.__table__.c
    return select(*(columns[one.name] for one in _RECOGNITIONS)).order_by(columns.code, columns.tenant_id)


_STATISTICS = (
    YEAR,
    TIER,
    Column(
        "place",
        "Nơi báo cáo (huyện, quận, thị xã, thành phố; các đơn vị cấp tỉnh), tên khi báo cáo được nhận",
    ),
    KIND,
    Column("public", "Đơn vị công lập", bool),
    *COUNTED,
    Column("edition", "Lần báo cáo mà Sở đã nhận", int),
    Column("accepted_on", "Ngày Sở nhận báo cáo; từ ngày này số liệu là chính thức", date),
)


def _statistics() -> Select[Any]:
    own = PublishedFigure
    counted = (cast(own.counts[name].as_string(), Integer) for name in FIGURES)
    return (
        select(own.year, Tenant.tier, own.place, own.kind, own.public, *counted, own.edition, own.accepted_on)
        .join(Tenant, Tenant.id == own.tenant_id)
        .order_by(own.year, Tenant.tier, own.place, own.kind, own.public, own.id)
    )


_CRITERIA = (
    Column("version", "Khóa của bộ tiêu chí"),
    Column("version_name", "Tên của bộ tiêu chí"),
    Column("document", "Văn bản ban hành"),
    Column("valid_from", "Ngày bắt đầu áp dụng", date),
    Column("criterion", "Số của tiêu chí", int),
    Column("criterion_title", "Tên tiêu chí"),
    Column("indicator", "Số của chỉ tiêu"),
    Column("title", "Tên ngắn của chỉ tiêu"),
    Column("wording", "Nguyên văn chỉ tiêu"),
    Column(
        "kind",
        "Cách đo",
        values={"yes_no": "có hoặc không", "share": "tỷ lệ", "graded": "xếp mức", "points": "điểm"},
    ),
    Column("level", "Mức độ mà ngưỡng thuộc về", int, values=LEVELS, empty="chỉ tiêu không có ngưỡng"),
    Column(
        "threshold",
        "Ngưỡng đã xác nhận: phần trăm (tỷ lệ), bậc thấp nhất (xếp mức), 1 (có)",
        int,
        empty="Sở chưa xác nhận ngưỡng này",
    ),
    Column("confirmed", "Ngưỡng đã được xác nhận với văn bản", bool),
    Column("confirmed_document", "Văn bản đã dùng để xác nhận", empty="chưa xác nhận"),
    Column("illustrative", "Ngưỡng là số liệu minh họa, không dùng được", bool),
)


def _criteria() -> Select[Any]:
    version, threshold, row = CriteriaVersion, Threshold, CatalogueIndicator
    drawn = or_(version.drafted_from.is_(None), version.published_at.is_not(None))
    return (
        select(
            version.key,
            version.name,
            version.document,
            version.valid_from,
            Criterion.number,
            Criterion.title,
            row.code,
            row.title,
            row.wording,
            row.kind,
            threshold.level,
            threshold.value,
            cast(threshold.confirmed_at.is_not(None), Boolean),
            func.coalesce(threshold.confirmed_document, ""),
            func.coalesce(threshold.illustrative, False),
        )
        .join(Criterion, Criterion.version_id == version.id)
        .join(row, row.criterion_id == Criterion.id)
        .outerjoin(threshold, threshold.indicator_id == row.id)
        .where(drawn)
        .order_by(version.valid_from, version.key, Criterion.number, row.position, threshold.level)
    )


_ALL = (
    DataSet(
        "cong-nhan",
        "Kết quả công nhận “Đơn vị học tập”",
        "Mỗi dòng là một kết quả công nhận đã có quyết định, đúng như ở trang tra cứu. Không có số liệu về người.",
        ("đơn vị học tập", "công nhận", "giáo dục thường xuyên"),
        _RECOGNITIONS,
        _recognitions,
        (RegisterEntry,),
    ),
    DataSet(
        "thong-ke",
        "Thống kê theo năm, nơi công nhận, loại hình",
        "Mỗi dòng là một loại hình đơn vị của một nơi trong một năm, theo Biểu 01 của báo cáo mà Sở đã nhận. "
        "Năm nào, nơi nào chưa có báo cáo được nhận thì chưa có ở đây. Các đơn vị cấp tỉnh đứng riêng ở cột tier.",
        ("đơn vị học tập", "thống kê", "Biểu 01"),
        _STATISTICS,
        _statistics,
        (PublishedFigure,),
    ),
    DataSet(
        "tieu-chi",
        "Bộ tiêu chí, chỉ tiêu và ngưỡng",
        "Mỗi dòng là ngưỡng của một chỉ tiêu ở một mức độ. Bản đang soạn không có ở đây.",
        ("đơn vị học tập", "tiêu chí", "Thông tư 24/2023/TT-BGDĐT"),
        _CRITERIA,
        _criteria,
        (CriteriaVersion, Criterion, CatalogueIndicator, Threshold),
    ),
)
DATA_SETS: Mapping[str, DataSet] = {one.slug: one for one in _ALL}
