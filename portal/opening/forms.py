"""What is typed of a district's year and of a longer term."""

from __future__ import annotations

from wtforms import HiddenField
from wtforms.validators import InputRequired

from portal.dossiers.forms import longest
from portal.typed import Day, Line, Lines, VietnameseForm

from .models import DistrictYear
from .operations import NAMES, Details
from .rules import MOST_REASON


class YearForm(VietnameseForm):
    """A district's year; `version` is the one the page showed."""

    version = HiddenField()
    submit_before = Day("Đơn vị nộp trước ngày")
    decide_before = Day("Quyết định trước ngày")
    report_before = Day("Báo cáo Sở trước ngày")
    plan_number = Line("Số, ký hiệu kế hoạch", [longest(60)])
    plan_dated = Day("Ngày kế hoạch")
    where_to = Lines("Nơi nhận hồ sơ giấy, bưu chính, dịch vụ công", [longest(500)])
    contact = Line("Bộ phận trả lời", [longest(200)])
    phone = Line("Điện thoại cơ quan", [longest(30)])
    email = Line("Thư điện tử cơ quan", [longest(200)])

    @classmethod
    def showing(cls, row: DistrictYear | None) -> YearForm:
        """Return the form filled with what stands."""
        values = {name: getattr(row, name) for name in NAMES} if row is not None else {}
        return cls(formdata=None, data={**values, "version": str(row.version if row else 0)})

    def details(self) -> Details:
        """Return the year as typed; only where the form is valid."""
        days = {name: getattr(self, name).day for name in NAMES if name.endswith(("_before", "_dated"))}
        texts = {name: getattr(self, name).data or "" for name in NAMES if name not in days}
        return Details(**days, **texts)


class ExtensionForm(VietnameseForm):
    """A longer term for one unit, named by its code."""

    code = Line("Mã đơn vị", [InputRequired("Xin nhập mã đơn vị."), longest(30)])
    until = Day("Nộp trước ngày", [InputRequired("Xin nhập hạn mới.")])
    reason = Lines("Lý do", [InputRequired("Xin ghi lý do gia hạn."), longest(MOST_REASON)])
