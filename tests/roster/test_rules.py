"""What a roster counts: columns from the catalogue, cells as people write them, every fault by its row."""

from __future__ import annotations

from typing import Any

import pytest

from portal.dossiers.rules import Applicability, Indicator, Kind, Profile, Threshold
from portal.roster.reading import reading_of
from portal.roster.rules import LABEL_HEAD, MOST_PEOPLE, Reading, counts, head_of, lacking, layout, read_rows
from portal.units.reading import Leaf, Line
from tenants.refusal import Refused


def share(number: int, code: str, title: str, base: str = "members", **applies: Any) -> Indicator:
    """Return a share of a head-count."""
    thresholds = {1: Threshold(1, 90, True), 2: Threshold(2, 95, True)}
    return Indicator(number, code, title, Kind.SHARE, base, Applicability(**applies), thresholds)


SCHOOL = frozenset({"primary"})
CATALOGUE = (
    share(1, "2.1", "Kỷ luật"),
    share(2, "2.4", "Ngoại ngữ", "language_posts", has="language_posts"),
    share(3, "3.1", "Công dân học tập"),
    share(4, "3.1b", "Người học đạt “Công dân học tập”", "learners", kinds=SCHOOL, has="learners"),
    Indicator(5, "1.1", "Kế hoạch", Kind.YES_NO, None, Applicability(), {}),
)
HELPS = {1: "Không vi phạm."}
MEMBERS, LEARNERS = layout(CATALOGUE, HELPS, Profile("primary", True, {"learners": 0}))


def test_the_columns_follow_the_catalogue_and_the_unit() -> None:
    """Shares alone, each on the sheet of its head-count; a head-count within the members gets a column of its own."""
    assert [c.code for c in MEMBERS.columns] == ["2.1", "language_posts", "2.4", "3.1"]
    assert [c.code for c in LEARNERS.columns] == ["3.1b"]
    assert MEMBERS.columns[0].help == "Không vi phạm."
    assert MEMBERS.columns[2].within == "language_posts"
    assert [s.key for s in layout(CATALOGUE, {}, Profile("enterprise", False, {}))] == ["members"]
    waived = layout(CATALOGUE, {}, Profile("primary", True, {}, frozenset({1, 4})))
    assert [[c.code for c in s.columns] for s in waived] == [["language_posts", "2.4", "3.1"]]


def test_heads_are_found_by_their_code_or_their_name() -> None:
    """Order, stars, capitals and a shortened title do not matter; a table without names is none."""
    cells = ("TT", "HỌ VÀ TÊN *", "3.1 CDHT", "vị trí việc làm yêu cầu ngoại ngữ", "2.1. Kỷ luật", "Ghi chú")
    head = head_of(MEMBERS, cells)
    assert head == {1: "", 2: "3.1", 3: "language_posts", 4: "2.1"}
    assert lacking(MEMBERS, head or {}) == ["2.4 Ngoại ngữ"]
    assert head_of(MEMBERS, ("TT", "3.1", "2.1")) is None
    assert (head_of(MEMBERS, (LABEL_HEAD, *(c.head for c in MEMBERS.columns))) or {}).keys() == {
        0,
        1,
        2,
        3,
        4,
    }


def read(*rows: tuple[str, ...]) -> Reading:
    """Read rows of the members' sheet below its own head, the first one standing in row 4."""
    head = head_of(MEMBERS, (LABEL_HEAD, *(c.head for c in MEMBERS.columns)))
    assert head
    reading = Reading()
    read_rows(MEMBERS, head, enumerate(rows, 4), reading)
    return reading


def test_counting() -> None:
    """Marks of every kind; blank rows between are nothing; posts are counted by their own column."""
    reading = read(
        ("Giáo viên 1", "x", "", "", "X"),
        ("", "", "", "", ""),
        ("GV-02", "Đạt", "có", "1", "không"),
        ("Giáo viên 1", "✓", "0", "-", "chưa đạt"),
    )
    assert not reading.faults
    wholes, parts = counts((MEMBERS, LEARNERS), reading)
    assert wholes == {"members": 3, "language_posts": 1}
    assert parts == {"2.1": 3, "2.4": 1, "3.1": 1}
    assert [person.line for person in reading.people] == [4, 6, 7]


def test_a_head_count_of_nobody() -> None:
    """No post is marked: the posts are 0, and their share is not counted; an empty sheet says nothing."""
    wholes, parts = counts((MEMBERS, LEARNERS), read(("An", "x", "", "", "")))
    assert wholes == {"members": 1, "language_posts": 0}
    assert parts == {"2.1": 1, "3.1": 0}


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (("An", "abc", "", "", ""), "cột “2.1 Kỷ luật”: “abc” chưa rõ; ghi x nếu đạt, để trống nếu không."),
        (("An", '=IF(1;"x")', "", "", ""), "cột “2.1 Kỷ luật”: là công thức; hệ thống không tính công thức"),
        (("=A1", "", "", "", ""), f"cột “{LABEL_HEAD}”: là công thức"),
        (("An", "#N/A", "", "", ""), "có lỗi công thức “#N/A”"),
        (("", "x", "", "", ""), f"chưa ghi “{LABEL_HEAD}”."),
        (("A" * 201, "x", "", "", ""), "dài quá 200 ký tự."),
        (
            ("An", "", "", "x", ""),
            "ghi đạt “2.4 Ngoại ngữ” nhưng chưa đánh dấu “Vị trí việc làm yêu cầu ngoại ngữ”.",
        ),
    ],
)
def test_a_fault_names_its_row(row: tuple[str, ...], sentence: str) -> None:
    """A cell that cannot be understood is never guessed, and its person is not counted."""
    reading = read(("Bình", "x", "", "", ""), row)
    assert [(fault.sheet, fault.line) for fault in reading.faults] == [("Thành viên", 5)]
    assert sentence in reading.faults[0].sentence
    assert [person.label for person in reading.people] == ["Bình"]


def test_one_person_too_many() -> None:
    """Beyond the limit totals are to be typed; the sentence says so."""
    head = Line(1, (LABEL_HEAD, *(c.head for c in MEMBERS.columns)))
    people = [Line(n, (f"Người {n}", "x")) for n in range(2, MOST_PEOPLE + 3)]
    with pytest.raises(Refused, match=r"quá 20\.000 người. Xin nhập tổng số"):
        reading_of([Leaf("Thành viên", False, (), [head, *people])], (MEMBERS, LEARNERS))
