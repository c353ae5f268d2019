"""Rules asked across the annexes: the second half of R5, R9, R10, R12, R13, and R14 of the words. Pure."""

from __future__ import annotations

from portal.figures.annex import shape
from portal.words import number

from .compared import Fault, Spot, Tables, cell


def in_force_as_listed(tables: Tables) -> Fault | None:
    """R5: Biểu 05 holds the units of column 22."""
    if tables.crossing is None or tables.crossing.in_force == tables.whole.counts.in_force:
        return None
    counted = number(tables.whole.counts.in_force)
    said = f"Biểu 05 có {number(tables.crossing.in_force)} đơn vị còn hiệu lực, Biểu 01 cột 22 có {counted}."
    return Fault(said, (Spot("05", "in_force"), cell(tables.whole, "22")))


def level_2_fails_nothing(tables: Tables) -> Fault | None:
    """R9: a unit recognised at level 2 has no indicator that was found to fail level 1."""
    failed = tables.crossing.failed if tables.crossing else ()
    if not failed:
        return None
    more = f" và {number(len(failed) - 3)} đơn vị khác" if len(failed) > 3 else ""
    said = (
        f"{number(len(failed))} đơn vị công nhận mức độ 2 (cột 15) có chỉ tiêu thẩm định chưa đạt mức độ 1: "
        f"{'; '.join(failed[:3])}{more}."
    )
    return Fault(said, (Spot("doi-chieu", "r9"),))


def people_as_signed(tables: Tables) -> Fault | None:
    """R10: the numbers behind Biểu 07 are those of the signed dossiers, but for the district's corrections."""
    drift = tables.crossing.drift if tables.crossing else ()
    if not drift:
        return None
    form = shape("07", 0)
    named = [
        f"cột {form.column(one.name)} ({form.field(one.name).full_title.lower()}) {number(one.one)}, "  # type: ignore[union-attr]
        f"hồ sơ đã ký {number(one.other)}"
        for one in drift
    ]
    return Fault(
        f"Số người trước hiệu chỉnh của Biểu 07 khác hồ sơ đã ký: {'; '.join(named)}.",
        tuple(Spot("07", one.name, "drift") for one in drift),
    )


_FATES = {
    "stays": "còn hiệu lực",
    "again": "xét lại trong năm",
    "expired": "hết hạn",
    "revoked": "thu hồi",
    "closed": "đã đóng",
    "other": "không rõ",
}


def last_year_reconciles(tables: Tables) -> Fault | None:
    """R12: last year's column 22 is what is still in force, judged again, expired, revoked or closed."""
    known = tables.crossing.reconciled if tables.crossing else None
    if known is None:
        return None
    parts = sum(count for fate, count in known.counts.items() if fate != "other")
    named = [f"{number(count)} {_FATES[fate]}" for fate, count in known.counts.items() if count]
    spots = tuple(Spot("doi-chieu", fate) for fate, count in known.counts.items() if count)
    of = "theo báo cáo đã gửi" if known.sent else "theo số liệu trên cổng"
    if parts != known.before:
        said = (
            f"Cột 22 năm {known.year} {of} là {number(known.before)} đơn vị; nay đối chiếu được {number(parts)}: "
            f"{', '.join(named) or 'không có đơn vị nào'}."
        )
        return Fault(said, spots)
    if known.joined:
        said = (
            f"{number(known.joined)} đơn vị ở cột 21 ({number(tables.whole.counts.still_valid)}) không có trong cột 22 "
            f"năm {known.year} ({number(known.before)})."
        )
        return Fault(said, (Spot("doi-chieu", "joined"), cell(tables.whole, "21")))
    return None


def targets_count_in_force(tables: Tables) -> Fault | None:
    """R13: a target on recognitions counts the units in force (column 22), not only this year's (column 19)."""
    stated = [one for one in (tables.crossing.stated if tables.crossing else ()) if one.one != one.other]
    if not stated:
        return None
    one = stated[0]
    said = (
        f"Biểu 04, mục tiêu “{one.name}”: tử số {number(one.one)}, số đơn vị đang được công nhận (cột 22, Biểu 05) là "
        f"{number(one.other)}."
    )
    return Fault(said, (Spot("04", "part"), Spot("05", "in_force")))


def figures_are_fields(tables: Tables) -> Fault | None:
    """R14: figures in the words are fields; one that is typed is to be explained (a plan's goal, another source)."""
    if not tables.typed:
        return None
    named = "; ".join(f"mục “{heading}”: “{said}”" for heading, said in tables.typed[:3])
    more = f"; và {len(tables.typed) - 3} chỗ khác" if len(tables.typed) > 3 else ""
    return Fault(f"Phần lời có số gõ tay, không lấy từ biểu: {named}{more}.", (Spot("loi", ""),))
