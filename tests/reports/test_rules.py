"""The cross-footing rules by tables of cases: each names the row and the figures that disagree."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from portal.figures.annex import BIEU_06, Line
from portal.figures.rules import Counts
from portal.figures.tables import Row, bieu_01
from portal.reports import sentences
from portal.reports.compared import Crossing, Listed, Paired, Reconciled, Spot, Tables
from portal.reports.editions import annex_differences, differences
from portal.reports.narrative import SKELETON
from portal.reports.points import at_table, grids, marked_cells, point_place, points_fault, shown
from portal.reports.rules import ACROSS, RULES, cross_foot

GOOD = Counts(
    units=10,
    registered=8,
    self_assessed=9,
    self_1=5,
    self_2=3,
    self_none=1,
    submitted=8,
    level_1=4,
    level_2=2,
    refused=1,
    pending=1,
    still_valid=2,
)
LISTED = tuple(Listed(f"Đơn vị {n}", 1 if n < 4 else 2, "1/QĐ", date(2027, 2, 10), f"C{n}") for n in range(6))


def tables(counts: Counts = GOOD, **changes: object) -> Tables:
    """Tables of one district in which all units are primary schools."""
    made = Tables(tuple(bieu_01({(1, "primary", True): counts})), LISTED, counts.units, date(2027, 2, 15))
    return replace(made, **changes)  # type: ignore[arg-type]


def failing(given: Tables) -> dict[str, str]:
    """The sentences of the rules that fail."""
    return {r.code: r.sentence for r in cross_foot(given, {}) if not r.holds}


def test_good_tables_pass() -> None:
    """Nothing is found where everything agrees."""
    assert failing(tables()) == {}


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"registered": 11}, "R1", "Dòng “Cộng”: cột 4 (11) lớn hơn cột 3 (10)"),
        ({"self_none": 2}, "R2", "cột 8 + 9 + 10 = 10, khác cột 6 (9)"),
        ({"self_1": 4, "self_none": 2}, "R3", "cột 11 (8) lớn hơn cột 8 + 9 (7)"),
        ({"pending": 2}, "R4", "cột 13 + 15 + 17 + 18 = 9, khác cột 11 (8)"),
        ({"still_valid": 5}, "R5", "cột 19 + 21 (11) lớn hơn cột 3 (10)"),
        ({"level_1": 3, "pending": 2}, "R7", "Biểu 02 có 4 đơn vị mức độ 1, Biểu 01 có 3"),
    ],
)
def test_a_figure_out_of_line(changes: dict[str, int], code: str, words: str) -> None:
    """One figure changed breaks exactly one rule."""
    found = failing(tables(replace(GOOD, **changes)))
    assert list(found) == [code]
    assert words in found[code]


def test_sums_registry_and_list() -> None:
    """A total that is no sum, another registry, a nameless or late decision."""
    rows = tables().rows
    wrong_total = (*rows[:-1], replace(rows[-1], counts=replace(GOOD, late=1)))
    assert failing(tables(rows=wrong_total)) == {"R6": "Tổng các loại hình khác dòng “Cộng” ở cột 11a."}
    wrong_seven = tuple(replace(r, counts=GOOD + GOOD) if r.role == "subtotal" else r for r in rows)
    assert "R6" in failing(tables(rows=wrong_seven))
    assert "danh mục tại 31/12 có 12" in failing(tables(registry=12))["R8"]
    nameless = (replace(LISTED[0], decision_number=""), *LISTED[1:])
    assert "chưa có số quyết định: Đơn vị 0" in failing(tables(listed=nameless))["R7"]
    late = (replace(LISTED[0], decided_on=date(2027, 2, 15)), *LISTED[1:])
    assert (
        "1 đơn vị được công nhận sau thời hạn (trước ngày 15/02/2027)" in failing(tables(listed=late))["R7b"]
    )
    on_time = (replace(LISTED[0], decided_on=date(2027, 2, 14)), *LISTED[1:])
    assert failing(tables(listed=on_time)) == {}


def test_only_some_rules_may_be_explained() -> None:
    """An explanation lifts R1, R3, R5, late decisions and what stands across the tables, never a sum."""
    explainable = {rule.code for rule in RULES if rule.explainable}
    assert explainable == {"R1", "R3", "R5", "R7b", "R9", "R10", "R12", "R13", "R14"}
    broken = tables(replace(GOOD, registered=11, pending=2))
    results = {r.code: r for r in cross_foot(broken, {"R1": "Một trường giải thể.", "R4": "vì thế"})}
    assert not results["R1"].holds
    assert not results["R1"].stops
    assert results["R4"].stops


def test_differences_name_cell_and_unit() -> None:
    """Shares follow their counts and are not listed twice."""
    after = tuple(bieu_01({(1, "primary", True): replace(GOOD, level_1=5, pending=0)}))
    more = (*LISTED, Listed("Trường mới", 1, "2/QĐ", date(2027, 2, 11), "C9"))
    found = differences(tables().rows, after, LISTED, more)
    assert ("Biểu 01, dòng 7.2 (Trường tiểu học), cột 13 (công nhận mức độ 1: số)", "4", "5") in [
        (d.place, d.before, d.after) for d in found
    ]
    assert (found[-1].place, found[-1].after) == ("Biểu 02, Trường mới", "mức độ 1")
    assert differences(after, after, more, more) == ()


def test_points_are_tied_to_cells() -> None:
    """What the Department asks for says where."""
    rows = [row.key for row in bieu_01({})]
    assert len(set(rows)) == len(rows)
    known = grids(
        bieu_01({}),
        {"AL-01": "Trường A"},
        {},
        {"06": BIEU_06.of([Line("1.1", "1.1", "Kế hoạch", {"applies": 5})])},
    )
    assert points_fault("returned", [{"text": "Sửa lời"}], known) is None
    assert (
        points_fault("returned", [{"table": "bieu_01", "row": "7.1b", "column": "13", "text": "x"}], known)
        is None
    )
    for verdict, points, words in (
        ("maybe", [], "chọn nhận hoặc trả"),
        ("accepted", [{"text": "x"}], "không kèm điểm"),
        ("returned", [], "ít nhất một điểm"),
        ("returned", [{"text": " "}], "xin ghi nội dung"),
        ("returned", [{"text": "x" * 1001}], "1.000 ký tự"),
        ("returned", [{"text": "x", "table": "bieu_09"}], "không có biểu"),
        ("returned", [{"text": "x", "table": "bieu_01", "row": "9"}], "không có dòng 9"),
        (
            "returned",
            [{"text": "x", "table": "bieu_06", "row": "1.1", "column": "99"}],
            "Biểu 06 không có cột 99",
        ),
        ("returned", [{"text": "x", "table": "bieu_02", "row": "AL-02"}], "Biểu 02 không có dòng AL-02"),
        ("returned", [{"text": "x", "row": "total"}], "không có dòng total"),
        ("returned", [{"text": "x"}] * 51, "tối đa 50"),
    ):
        assert words in (points_fault(verdict, points, known) or "")
    assert point_place({"table": "bieu_01", "row": "total", "column": "13"}) == "Biểu 01, dòng Cộng, cột 13"
    assert point_place({"text": "x"}) == "Phần lời"
    points = [
        {"table": "bieu_06", "row": "1.1", "column": "3", "text": "Xem lại."},
        {"table": "bieu_02", "row": "AL-01", "column": "", "text": "Sai tên."},
    ]
    later = grids(bieu_01({}), {}, {}, {"06": BIEU_06.of([Line("1.1", "1.1", "Kế hoạch", {"applies": 7})])})
    first, second = shown(points, known, later)
    assert (first.place, first.was, first.now, first.changed) == (
        "Biểu 06, dòng 1.1 Kế hoạch, cột 3",
        "5",
        "7",
        True,
    )
    assert (second.place, second.changed) == ("Biểu 02, Trường A", None)
    assert shown(points, known, known)[0].changed is False
    assert marked_cells(points, "bieu_06") == {("1.1", "3"): 1}
    assert at_table(points, "bieu_02") == [(2, "Sai tên.")]


def test_rows_know_their_place() -> None:
    """A row with a number is named by it."""
    assert Row("1", "Cơ quan", GOOD).key == "1"


KEPT = {"stays": 5, "again": 2, "expired": 1, "revoked": 0, "closed": 0, "other": 0}
AGREED = Crossing(
    GOOD.in_force, stated=(Paired("Đơn vị học tập", 8, 8),), reconciled=Reconciled(2025, 8, KEPT, 0, True)
)


def test_rules_across_the_tables_are_asked_only_of_a_report_that_has_them() -> None:
    """Without annexes the first rules alone; with them all, each once, and a good report passes."""
    assert {r.code for r in cross_foot(tables(), {})}.isdisjoint(ACROSS)
    results = cross_foot(tables(crossing=AGREED), {})
    assert [r.code for r in results] == [rule.code for rule in RULES]
    assert all(r.holds for r in results)
    assert Crossing.from_json(AGREED.as_json()) == AGREED
    assert [r.number for r in results][-5:] == ["R9", "R10", "R12", "R13", "R14"]


@pytest.mark.parametrize(
    ("changes", "code", "said", "spot"),
    [
        (
            {"in_force": 9},
            "R5b",
            "Biểu 05 có 9 đơn vị còn hiệu lực, Biểu 01 cột 22 có 8",
            Spot("05", "in_force"),
        ),
        ({"failed": ("Trường A (chỉ tiêu 2.5)",)}, "R9", "Trường A (chỉ tiêu 2.5)", Spot("doi-chieu", "r9")),
        (
            {"drift": (Paired("members", 40, 41),)},
            "R10",
            "cột 4 (thành viên) 40, hồ sơ đã ký 41",
            Spot("07", "members", "drift"),
        ),
        (
            {"reconciled": Reconciled(2025, 9, KEPT, 0, True)},
            "R12",
            "Cột 22 năm 2025 theo báo cáo đã gửi là 9 đơn vị; nay đối chiếu được 8: 5 còn hiệu lực, 2 xét lại trong năm",
            Spot("doi-chieu", "expired"),
        ),
        (
            {"reconciled": Reconciled(2025, 8, KEPT, 2, False)},
            "R12",
            "2 đơn vị ở cột 21 (2) không có trong cột 22 năm 2025 (8)",
            Spot("doi-chieu", "joined"),
        ),
        (
            {"stated": (Paired("Đơn vị học tập", 6, 8),)},
            "R13",
            "tử số 6, số đơn vị đang được công nhận (cột 22, Biểu 05) là 8",
            Spot("04", "part"),
        ),
    ],
)
def test_what_stands_across_the_tables(changes: dict[str, object], code: str, said: str, spot: Spot) -> None:
    """One thing changed breaks exactly one rule, which names it and where to look; explained, it no longer stops."""
    given = tables(crossing=replace(AGREED, **changes))  # type: ignore[arg-type]
    found = {r.code: r for r in cross_foot(given, {}) if not r.holds}
    assert list(found) == [code]
    assert said in found[code].sentence
    assert spot in found[code].spots
    explained = {r.code: r for r in cross_foot(given, {code: "Đã kiểm tra."})}
    assert explained[code].stops is (code == "R5b")


def test_a_typed_figure_is_found_and_a_field_is_not() -> None:
    """Numbers of units, people, shares are figures; dates, law numbers, levels and lists are not."""
    assert SKELETON.typed_figures(SKELETON.prefilled()) == ()
    clean = (
        "Ngày 15/02/2027, theo Thông tư 24/2023/TT-BGDĐT, mức độ 2; {so_muc_1} đơn vị.\n1. Trường học\nĐiều 5"
    )
    assert SKELETON.typed_figures({"v_1": clean}) == ()
    said = "Tăng 97,9 % so với năm trước; 1.548 Người, 12/15 trường."
    assert SKELETON.typed_figures({"v_1": said}) == (
        ("1. Ưu điểm", "97,9 %"),
        ("1. Ưu điểm", "1.548 Người"),
        ("1. Ưu điểm", "12/15 trường"),
    )
    failing_14 = failing(tables(crossing=AGREED, typed=SKELETON.typed_figures({"v_1": said})))
    assert list(failing_14) == ["R14"]
    assert "mục “1. Ưu điểm”: “97,9 %”" in failing_14["R14"]


def test_differences_of_an_annex_name_row_and_column() -> None:
    """A changed cell, a line that came, a line that went; what did not change is not told."""
    before = BIEU_06.of([Line("1.1", "1.1", "Kế hoạch", {"applies": 5}), Line("1.2", "1.2", "Quy định", {})])
    after = BIEU_06.of([Line("1.1", "1.1", "Kế hoạch", {"applies": 6}), Line("1.3", "1.3", "Kinh phí", {})])
    assert [(d.place, d.before, d.after) for d in annex_differences({"06": before}, {"06": after})] == [
        ("Biểu 06, dòng 1.1 (Kế hoạch), cột 3 (số đơn vị áp dụng)", "5", "6"),
        ("Biểu 06, dòng 1.3 (Kinh phí)", "–", "có thêm dòng"),
        ("Biểu 06, dòng 1.2 (Quy định)", "có dòng này", "–"),
    ]
    assert annex_differences({}, {"06": after}) == ()
    assert points_fault("returned", [{"table": "bieu_07", "text": "Sửa"}], {}) is None
    assert point_place({"table": "bieu_07"}) == "Biểu 07"


def test_sentences_leave_nought_out() -> None:
    """What did not happen is not counted; nothing at all is said in words."""
    some = (("cuộc tuyên truyền", 2, 150), ("lớp tập huấn", 1, 0), ("cuộc họp", 0, 0))
    assert sentences.of_units(12, 40, 1_500, some) == (
        "12 đơn vị ghi nhận 40 hoạt động với 1.500 lượt người tham gia, trong đó có 2 cuộc tuyên truyền "
        "(150 lượt người) và 1 lớp tập huấn."
    )
    assert sentences.of_units(1, 1, 0, ()) == "1 đơn vị ghi nhận 1 hoạt động."
    assert sentences.of_units(0, 0, 0, some) == "Các đơn vị chưa ghi nhận hoạt động nào trong năm."
    assert sentences.of_district("Tỉnh", (*some[:2], ("cuộc họp", 3, 9))) == (
        "Tỉnh tổ chức 2 cuộc tuyên truyền (150 lượt người), 1 lớp tập huấn và 3 cuộc họp (9 lượt người)."
    )
