"""The six targets of the district plan the product starts from, ready to be adopted with one press.

Titles follow the plan, which aims at 100 % of each; it names no day, so each is due when its numbers are closed.
"""

from __future__ import annotations

from dataclasses import dataclass

from .rules import Counting, Measure

SOURCE = "Kế hoạch của một huyện thuộc tỉnh Bình Định, năm 2024"
DAYS = (
    "Kế hoạch mẫu không ghi hạn: hạn đặt sẵn là ngày chốt số liệu của năm (31/12), riêng chỉ tiêu công nhận là "
    "ngày cuối ra quyết định. Mức độ ở chỉ tiêu thứ sáu bị cắt trong văn bản mẫu, đặt sẵn là 2. Huyện sửa được."
)


@dataclass(frozen=True, slots=True)
class Ready:
    """A ready-made target; `with_decision`: due when decisions end, else on 31/12 of the year."""

    code: str
    title: str
    measure: Measure
    goal: int = 100
    with_decision: bool = False


READY: tuple[Ready, ...] = (
    Ready(
        "ldtt",
        "Thành viên của các đơn vị cấp huyện đạt danh hiệu “Lao động tiên tiến” trở lên",
        Measure(Counting.PEOPLE, "H.2.5"),
    ),
    Ready(
        "cdht",
        "Thành viên của đơn vị cấp huyện đạt danh hiệu “Công dân học tập”",
        Measure(Counting.PEOPLE, "H.3.1"),
    ),
    Ready(
        "cds",
        "Đơn vị cấp huyện là cơ sở giáo dục phổ thông đạt mức độ chuyển đổi số ở “mức đáp ứng tốt”",
        Measure(Counting.UNITS, "H.3.4", 3),
    ),
    Ready(
        "gdnn",
        "Đơn vị cấp huyện là cơ sở giáo dục nghề nghiệp đạt kiểm định chất lượng giáo dục nghề nghiệp",
        Measure(Counting.UNITS, "H.3.5"),
    ),
    Ready(
        "tt-ldtt",
        "Đơn vị cấp huyện đạt danh hiệu thi đua “Tập thể lao động tiên tiến” trở lên",
        Measure(Counting.UNITS, "H.3.3"),
    ),
    Ready(
        "dvht",
        "Đơn vị cấp huyện được công nhận “Đơn vị học tập” cấp huyện mức độ 2",
        Measure(Counting.RECOGNISED, "", 2),
        with_decision=True,
    ),
)
READY_BY_CODE = {one.code: one for one in READY}
