"""Biểu 04 to 08 as rows of plain values: one shape for the page, the paper, the sheet and the snapshot.

Only shapes; who counts is `validity`, `outcomes`, `people`, the targets and the activities.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Any

from portal import words

from .rules import share
from .tables import Row, bieu_01

Value = str | int | None


@dataclass(frozen=True, slots=True)
class Field:
    """A column: its key among a line's values, group and title; `kind` says how it is written.

    kind: "number", "text", "date" (kept as 2027-02-14) or "share" (of the fields `part` and `whole`). A field that
    `opens` has units behind it. `width` is about a character.
    """

    key: str
    title: str
    group: str = ""
    kind: str = "number"
    opens: bool = True
    part: str = ""
    whole: str = ""
    width: float = 10

    @property
    def full_title(self) -> str:
        """The title with its group."""
        return f"{self.group}: {self.title[:1].lower()}{self.title[1:]}" if self.group else self.title


@dataclass(frozen=True, slots=True)
class Line:
    """A row of an annex: its key among the rows, number, label and values; `role` as in Biểu 01."""

    key: str
    order: str
    label: str
    values: Mapping[str, Value]
    role: str = "kind"
    kinds: tuple[str, ...] = ()
    public: bool | None = None

    @property
    def strong(self) -> bool:
        """Whether the row is printed bold."""
        return self.role in ("subtotal", "total")

    def value(self, one: Field) -> Value | Fraction | date:
        """Return the exact value of a field, None where there is none."""
        if one.kind == "share":
            part, whole = self.values.get(one.part), self.values.get(one.whole)
            return share(part, whole) if isinstance(part, int) and isinstance(whole, int) else None
        found = self.values.get(one.key)
        return date.fromisoformat(found) if one.kind == "date" and isinstance(found, str) and found else found

    def text(self, one: Field) -> str:
        """Return a field as it is written; "–" where there is nothing to write."""
        found = self.value(one)
        if found is None or found == "":
            return "–"
        if isinstance(found, Fraction):
            return words.percent(found.numerator, found.denominator)
        if isinstance(found, date):
            return words.day(found)
        return words.number(found) if isinstance(found, int) else found

    def as_json(self) -> dict[str, Any]:
        """Return the line as it is kept in a snapshot."""
        return {
            "key": self.key,
            "order": self.order,
            "label": self.label,
            "values": dict(self.values),
            "role": self.role,
            "kinds": list(self.kinds),
            "public": self.public,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Line:
        """Read a line from a snapshot."""
        return cls(**{**data, "kinds": tuple(data["kinds"])})


@dataclass(frozen=True, slots=True)
class Annex:
    """A table with its lines: `number` "05", `name` what it is about, `first` the head of the labels."""

    number: str
    name: str
    first: str
    fields: tuple[Field, ...]
    note: str = ""
    empty: str = "Không có dòng nào."
    lines: tuple[Line, ...] = field(default=())

    @property
    def title(self) -> str:
        """Number and name: "Biểu 05. …"."""
        return f"Biểu {self.number}. {self.name}"

    def of(self, lines: Sequence[Line]) -> Annex:
        """Return the table with these lines."""
        return replace(self, lines=tuple(lines))

    def column(self, key: str) -> str:
        """Return a field's column number: the first two are the row's number and label."""
        return str(3 + [one.key for one in self.fields].index(key))

    def field(self, key: str) -> Field | None:
        """Return a field by its key, or None."""
        return next((one for one in self.fields if one.key == key), None)

    def line(self, key: str) -> Line | None:
        """Return a line by its key, or None."""
        return next((one for one in self.lines if one.key == key), None)

    @property
    def total(self) -> Line | None:
        """The row "Cộng", None for a table that has none."""
        return next((one for one in self.lines if one.role == "total"), None)

    @property
    def heads(self) -> list[tuple[str, int]]:
        """The upper row of the head: a title and how many columns it spans; 0 for a column without a group."""
        found: list[tuple[str, int]] = []
        last = ""
        for one in self.fields:
            if one.group and one.group == last:
                found[-1] = (one.group, found[-1][1] + 1)
            else:
                found.append((one.group or one.title, 1 if one.group else 0))
            last = one.group
        return found


def by_kind(
    values: Callable[[tuple[str, ...], bool | None], Mapping[str, Value]], tier: str = "district"
) -> list[Line]:
    """Return one line for each row of Biểu 01; `values(kinds, public)` gives its values (no kinds: all)."""
    return [_line(row, values(row.kinds, row.public)) for row in bieu_01({}, tier=tier)]


def _line(row: Row, values: Mapping[str, Value]) -> Line:
    return Line(row.key, row.order, row.label, values, row.role, row.kinds, row.public)


BIEU_04 = Annex(
    "04",
    "Kết quả thực hiện chỉ tiêu phấn đấu",
    "Chỉ tiêu phấn đấu",
    (
        Field("of", "Đối tượng (mẫu số)", kind="text", opens=False, width=34),
        Field("goal", "Mục tiêu (%)", opens=False, width=8),
        Field("due_on", "Hạn", kind="date", opens=False, width=11),
        Field("part", "Tử số", "Đến nay"),
        Field("whole", "Mẫu số", "Đến nay"),
        Field("ratio", "Tỷ lệ (%)", "Đến nay", "share", False, "part", "whole"),
        Field("settled_part", "Tử số", "Hồ sơ đã có quyết định", opens=False),
        Field("settled_whole", "Mẫu số", "Hồ sơ đã có quyết định", opens=False),
        Field(
            "settled", "Tỷ lệ (%)", "Hồ sơ đã có quyết định", "share", False, "settled_part", "settled_whole"
        ),
        Field("reported", "Số đơn vị đã có số"),
        Field("scope", "Số đơn vị thuộc đối tượng"),
        Field("said", "Đánh giá", kind="text", opens=False, width=18),
        Field("below", "Đơn vị dưới mục tiêu"),
    ),
    "Mục tiêu do nơi công nhận tự đặt để phấn đấu, không phải ngưỡng của Thông tư 24/2023/TT-BGDĐT. Số của một đơn vị là số "
    "thẩm định khi đã chốt đề xuất, trước đó là số đơn vị đã nộp. Đơn vị chỉ báo tỷ lệ để ngoài tổng số người.",
    "Chưa đặt mục tiêu phấn đấu nào cho năm này.",
)

BIEU_05 = Annex(
    "05",
    "Hiệu lực công nhận",
    "Loại hình đơn vị",
    (
        Field("in_force", "Còn hiệu lực"),
        Field("held_1", "Mức độ 1", "Trong đó"),
        Field("held_2", "Mức độ 2", "Trong đó"),
        Field("expires_1", "Năm thứ nhất", "Hết hạn trong"),
        Field("expires_2", "Năm thứ hai", "Hết hạn trong"),
        Field("expires_3", "Năm thứ ba", "Hết hạn trong"),
        Field("expires_later", "Sau đó", "Hết hạn trong"),
        Field("may_raise", "Đủ điều kiện đề nghị nâng mức độ"),
        Field("revoked", "Đã thu hồi khi còn thời hạn"),
    ),
    "Tính như cột 22 của Biểu 01, tại ngày cuối của thời hạn quyết định.",
)


def bieu_05(year: int) -> Annex:
    """Return Biểu 05 with the years of its columns named."""
    names = {f"expires_{n}": f"Năm {year + n}" for n in (1, 2, 3)} | {"expires_later": f"Sau năm {year + 3}"}
    return replace(
        BIEU_05,
        fields=tuple(replace(one, title=names.get(one.key, one.title)) for one in BIEU_05.fields),
    )


BIEU_06 = Annex(
    "06",
    "Kết quả theo chỉ tiêu",
    "Chỉ tiêu",
    (
        Field("applies", "Số đơn vị áp dụng"),
        Field("self_1", "Mức độ 1", "Tự đánh giá đạt"),
        Field("self_2", "Mức độ 2", "Tự đánh giá đạt"),
        Field("judged", "Số đơn vị đã thẩm định"),
        Field("found_1", "Mức độ 1", "Thẩm định đạt"),
        Field("found_2", "Mức độ 2", "Thẩm định đạt"),
        Field("differs", "Thẩm định khác tự đánh giá"),
        Field("missed", "Thẩm định chưa đạt mức độ 1"),
        Field("reason", "Lý do chính (số đơn vị)", kind="text", opens=False, width=34),
    ),
    "Tính trên hồ sơ đã nộp. “Đã thẩm định”: hồ sơ đã chốt đề xuất hoặc đã có quyết định; “khác tự đánh giá” đếm đơn vị có "
    "kết quả ở mức độ 1 hoặc mức độ 2 khác với đơn vị tự đánh giá. Chưa đủ minh chứng được tính là chưa đạt.",
)

BIEU_07 = Annex(
    "07",
    "Số liệu thành viên, người học theo loại hình",
    "Loại hình đơn vị",
    (
        Field("units", "Số đơn vị đã nộp"),
        Field("members", "Thành viên"),
        Field("excellent", "Lao động tiên tiến trở lên", "Thành viên đạt"),
        Field("citizens", "Công dân học tập", "Thành viên đạt"),
        Field("trained", "Hoàn thành học tập, bồi dưỡng", "Thành viên đạt"),
        Field("learners", "Người học"),
        Field("learner_citizens", "Người học đạt Công dân học tập"),
    ),
    "Số người tại 31/12 của hồ sơ đã nộp, theo số thẩm định hiệu chỉnh khi đã chốt đề xuất; số chưa đủ minh chứng không cộng. "
    "Đơn vị quân sự, công an và đơn vị không công bố số người được gộp một dòng, chỉ đếm đơn vị.",
)

BIEU_08 = Annex(
    "08",
    "Hoạt động tuyên truyền, tập huấn, học tập của các đơn vị",
    "Loại hoạt động",
    (
        Field("units", "Số đơn vị"),
        Field("number", "Số hoạt động"),
        Field("participants", "Lượt người tham gia", width=14),
        Field("minutes", "Tổng số phút", width=14),
    ),
    "Một đơn vị có nhiều loại hoạt động được tính một lần ở dòng cộng.",
)

NUMBERS: tuple[str, ...] = ("04", "05", "06", "07", "08")


def shape(number: str, year: int) -> Annex:
    """Return an annex without lines, its columns named for a year; KeyError for a number that is none."""
    if number == "05":
        return bieu_05(year)
    return {"04": BIEU_04, "06": BIEU_06, "07": BIEU_07, "08": BIEU_08}[number]
