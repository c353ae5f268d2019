"""How many rows of every kind go with units to their new places: counted over all tables that move, read by nobody.

What there is to count follows from `rehoming`; words that people know stand here. A table that moves and has no word
yet is counted under "Dữ liệu khác", so that nothing is left out of a preview.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from sqlalchemy import BigInteger, Integer, String, any_, column, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from portal.recognition.models import Recognition
from portal.register.models import RegisterEntry
from tenants.database import db

from .planning import Plan
from .rehoming import BY_STATEMENT, follows, owned_tables

KINDS: Mapping[str, tuple[str, ...]] = {
    "Hồ sơ tự đánh giá": ("dossier",),
    "Câu trả lời và số liệu trong hồ sơ": ("answer", "headcount", "own_words"),
    "Đăng ký xây dựng và lần thay đổi": ("registration", "registration_change"),
    "Phân công trong đơn vị": ("assignment",),
    "Thành viên tổ đánh giá": ("team_member",),
    "Biên bản tổ đánh giá": ("team_minutes",),
    "Lời mời người ngoài": ("invitation", "invited_indicator"),
    "Danh sách tên để đếm": ("roster",),
    "Dòng tên trong danh sách": ("roster_person",),
    "Hoạt động trong năm và tệp": ("activity", "activity_file", "activity_proof"),
    "Minh chứng": ("evidence",),
    "Chỗ gắn minh chứng vào chỉ tiêu": ("evidence_link", "evidence_carry"),
    "Tệp đang gửi dở": ("evidence_upload", "evidence_upload_part"),
    "Bản ký, bản quét": ("signed_paper",),
    "Gia hạn nộp": ("filing_extension",),
    "Yêu cầu bổ sung": ("supplement_request", "supplement_leave"),
    "Điểm cần bổ sung": ("supplement_point",),
    "Xin không áp dụng chỉ tiêu": ("waiver",),
    "Phân công thẩm định": ("appraiser",),
    "Ghi nhận xung đột lợi ích": ("appraiser_interest",),
    "Kết luận thẩm định từng chỉ tiêu": ("finding", "headcount_finding", "appraiser_verdict"),
    "Kiểm tra thực tế": ("visit",),
    "Dòng phiếu, lựa chọn và ảnh kiểm tra": ("visit_check", "visit_choice", "visit_photo"),
    "Ý kiến hội đồng về hồ sơ": ("council_item",),
    "Dòng trong quyết định": ("decision_line",),
    "Công nhận": ("recognition",),
    "Mục công bố": ("register_entry",),
    "Quyết định thu hồi, điều chỉnh": ("further_decision",),
    "Kiểm tra lại của Sở": ("recheck",),
    "Khiếu nại và tệp": ("complaint", "complaint_file"),
    "Câu hỏi, phản ánh của người dân": ("inquiry",),
    "Lời hỏi, đáp trong câu hỏi, phản ánh": ("inquiry_question",),
    "Câu hỏi của đơn vị": ("question",),
    "Xác nhận đã nắm thông báo": ("acknowledgement",),
    "Yêu cầu khắc phục và trả lời": ("requirement", "requirement_reply"),
    "Việc trong kế hoạch cải tiến": ("improvement_action",),
    "Kết quả các năm trước cổng": ("past_result", "past_result_dispute"),
    "Người của đơn vị": ("membership",),
    "Ủy quyền": ("delegation",),
    "Thông báo và lần nhắc": ("notice", "reminder"),
}
"""Words for the rows that move, by the tables that hold them, in the order in which they are shown."""
BESIDE = {
    "unit": "counted as units in the preview itself",
    "notice_read": "goes with the notice it marks",
    "distinct_units": "a mark between two units; goes where both go together",
}
"""Tables that move and are not counted on their own, each with its reason."""
OTHER = "Dữ liệu khác"


@cache
def kinds() -> Mapping[str, str]:
    """Return the word of every table that moves and is counted."""
    known = {table: said for said, tables in KINDS.items() for table in tables}
    moving = {table.name for table in owned_tables() if follows(table)} | BY_STATEMENT
    return {name: known.get(name, OTHER) for name in sorted(moving - BESIDE.keys())}


def rows_by_kind(plan: Plan) -> list[tuple[str, dict[str, int]]]:
    """Return what goes with the units: its word, and how many rows by the key of the place; kinds without a row left out.

    Two statements, whatever the number of units. Personal contents are counted, not read.
    """
    goes = {unit.id: plan.rule.target(unit) for unit in plan.units}
    words_of, sums = kinds(), dict[str, dict[str, int]]()

    def add(table: str, unit_id: int, many: int) -> None:
        into = sums.setdefault(words_of[table], {})
        into[goes[unit_id]] = into.get(goes[unit_id], 0) + many

    tables = [name for name in words_of if name not in BY_STATEMENT]
    asked = func.rows_of_units(
        literal(plan.reform.sources, ARRAY(Integer)), literal(tables, ARRAY(String))
    ).table_valued(column("kept_in", String), column("unit", BigInteger), column("many", BigInteger))
    for table, unit_id, many in db.session.execute(select(asked.c.kept_in, asked.c.unit, asked.c.many)):
        add(table, unit_id, many)
    published = (
        select(Recognition.unit_id, func.count())
        .join(
            RegisterEntry,
            (RegisterEntry.code == Recognition.code) & (RegisterEntry.tenant_id == Recognition.tenant_id),
        )
        .where(Recognition.tenant_id == any_(literal(plan.reform.sources, ARRAY(Integer))))
        .group_by(Recognition.unit_id)
    )
    for unit_id, many in db.session.execute(published):
        add("register_entry", unit_id, many)
    return [(said, sums[said]) for said in (*KINDS, OTHER) if said in sums]
