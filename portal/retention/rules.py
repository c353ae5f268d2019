"""How long each kind of data is kept, as people read it; the numbers are those the rooms go by.

Only what the portal itself decided has a term. How long the law asks for dossiers and records is not confirmed.
"""

from __future__ import annotations

from dataclasses import dataclass

UNCONFIRMED = "Chưa xác nhận thời hạn theo pháp luật lưu trữ; không tự xóa."


@dataclass(frozen=True, slots=True)
class Keeping:
    """One kind of data: what it is, how long it is kept, what becomes of it then."""

    what: str
    term: str
    then: str


def keepings(
    *,
    roster_days: int,
    asker_days: int,
    upload_days: int,
    result_days: int,
    job_days: int,
    letter_days: int,
    session_hours: int,
    link_hours: int,
    link_days: int,
) -> list[Keeping]:
    """Return the table of what is kept how long; every number in days or hours, as its room has it."""
    return [
        Keeping(
            "Tên trong danh sách dùng để đếm", f"{roster_days} ngày kể từ khi đọc", "Xóa tên; con số còn lại."
        ),
        Keeping(
            "Người dân gửi câu hỏi, phản ánh: tên, cách liên hệ",
            f"{asker_days} ngày sau khi kết thúc",
            "Xóa tên, cách liên hệ; nội dung và câu trả lời còn lại.",
        ),
        Keeping("Tệp đang gửi dở", f"{upload_days} ngày không ai gửi tiếp", "Xóa phần đã nhận."),
        Keeping("Tệp lập cả loạt", f"{result_days} ngày", "Xóa tệp; lập lại được."),
        Keeping("Danh sách việc đã yêu cầu", f"{job_days} ngày sau khi kết thúc", "Xóa dòng."),
        Keeping("Thư đã gửi, bị từ chối, thôi gửi", f"{letter_days} ngày", "Xóa thư."),
        Keeping("Phiên đăng nhập", f"{session_hours} giờ không dùng", "Hết hiệu lực; xóa khi quá hạn."),
        Keeping(
            "Liên kết đặt mật khẩu",
            f"{link_hours} giờ; vết giữ {link_days} ngày",
            "Hết hiệu lực, rồi xóa.",
        ),
        Keeping("Số lần thử mật khẩu sai", "2 giờ", "Xóa."),
        Keeping(
            "Tài khoản của người không còn làm việc",
            "Đến khi có yêu cầu xóa",
            "Xóa dữ liệu cá nhân bằng lệnh; nhật ký giữ nguyên.",
        ),
        Keeping("Hồ sơ, minh chứng, quyết định, báo cáo, nhật ký", "Không thời hạn", UNCONFIRMED),
    ]
