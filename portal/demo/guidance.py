"""What the Department of the demonstration has announced, answered and laid out as samples; who has taken note."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from portal.guidance import announcing, asking, lookup, publishing, queries
from portal.guidance.announcing import Content
from portal.guidance.publishing import Words
from tenants.identity import Identity, Place
from tenants.people import Role
from tenants.scope import acting_in

from .moments import at
from .season import People

NOTING_UNITS = 12
TITLE = "Nộp hồ sơ năm 2026 đúng hạn"
BODY = (
    "Đơn vị kiểm tra số liệu nền tại 31/12/2026, gắn minh chứng, ký và nộp trên cổng trước ngày 15/01/2027, "
    "đơn vị cấp tỉnh trước ngày 20/01/2027. Không đợi ngày cuối. Nơi công nhận xem mục Còn thiếu hằng ngày và gọi đơn vị "
    "chưa nộp."
)
SAMPLES = (
    Words(
        "sample",
        "H.1.1",
        (),
        "Trường Tiểu học Hoa Sen (hư cấu)",
        "Kế hoạch học tập năm của trường do hiệu trưởng ban hành tháng 01, nêu mục tiêu, nội dung, thời gian, người chịu "
        "trách nhiệm; sơ kết tháng 6, tổng kết tháng 12.",
        "Kế hoạch: số, ngày, người ký; trang có mục tiêu và phân công.\nBáo cáo tổng kết: nêu từng việc của kế hoạch đã làm "
        "đến đâu.",
    ),
    Words(
        "sample",
        "H.2.5",
        ("preschool", "primary", "lower_secondary"),
        "Trường Mầm non Hướng Dương (hư cấu)",
        "Trong 40 thành viên tại 31/12 có 38 người được công nhận “Lao động tiên tiến” trở lên của năm; 2 người mới tuyển "
        "chưa đủ thời gian xét.",
        "Quyết định công nhận danh hiệu của năm, kèm danh sách: đếm được đúng 38 người của trường.",
    ),
)
ANSWERS = (
    Words(
        "answer",
        "",
        (),
        "Tài khoản đầu mối nghỉ việc thì ai làm tiếp hồ sơ?",
        "Thủ trưởng bàn giao ở mục Đơn vị cho người mới; việc đã làm vẫn ghi tên người cũ.",
    ),
    Words(
        "answer",
        "H.1.4",
        (),
        "Danh mục thiết bị có phải kèm ảnh chụp không?",
        "Ảnh không bắt buộc. Danh mục cần ngày lập, người ký và đủ thiết bị đang dùng.",
    ),
)

QUESTIONS = (
    ("H.1.1", "Kế hoạch học tập chung với kế hoạch năm học có được không?"),
    ("", "Trường mới sáp nhập dùng con dấu cũ để ký Tờ trình được không?"),
    ("H.2.5", "Người nghỉ thai sản cả năm có tính vào tổng số thành viên không?"),
)
ANSWER = "Được, nếu kế hoạch năm học có phần riêng về học tập của thành viên."


def announce(people: People) -> int:
    """Let the Department announce and publish; returns the number of the announcement."""
    officer = people[(Role.PROVINCE_OFFICER, None)]
    with at(2027, 1, 4, 8, 0), _acting(officer):
        content = Content(TITLE, BODY, True, True, (), True, date(2027, 1, 4), date(2027, 1, 31))
        number = announcing.announce(officer, content).id
        for given in (*SAMPLES, *ANSWERS):
            publishing.publish(officer, given)
    return number


def take_note(place: People, number: int) -> None:
    """Let a district and some of its units take note of an announcement."""
    with at(2027, 1, 5, 9, 0):
        for who in (place[(Role.DISTRICT_OFFICER, None)], *_heads(place)[:NOTING_UNITS]):
            with _acting(who) as here:
                row = queries.announcement_of(here, number)
                assert row is not None
                announcing.acknowledge(who, row)


@contextmanager
def _acting(who: Identity) -> Iterator[Place]:
    with acting_in(who.here.scope(who.account_id)):
        yield who.here


def _heads(place: People) -> list[Identity]:
    return [who for (role, unit_id), who in place.items() if role is Role.UNIT_HEAD and unit_id]


def ask(place: People) -> None:
    """Let units and their district ask: one is answered, one passed on, two wait."""
    desk, asked = place[(Role.DISTRICT_OFFICER, None)], []
    with at(2027, 1, 6, 9, 0):
        for who, (key, text) in zip(_heads(place), QUESTIONS, strict=False):
            with _acting(who):
                asked.append(asking.ask(who, text, key).id)
    with at(2027, 1, 7, 9, 0), _acting(desk) as here:
        rows = [lookup.question_of(here, number)[0] for number in asked]
        if rows:
            asking.answer(desk, rows[0], ANSWER, rows[0].version)
        for row in rows[1:2]:
            asking.pass_on(desk, row, row.version)
        asking.ask(desk, "Huyện được tập huấn thẩm định trước ngày nào?")
