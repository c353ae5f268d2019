"""The Vietnamese words of notices and mail."""

from __future__ import annotations

from .rules import Kind, Pace

# As a filter names it, and as the subject of a mail begins.
KINDS: dict[str, tuple[str, str]] = {
    Kind.STEP: ("Hồ sơ", "Hồ sơ chuyển bước"),
    Kind.SUPPLEMENT: ("Bổ sung", "Yêu cầu bổ sung hồ sơ"),
    Kind.DECISION: ("Kết quả", "Kết quả công nhận"),
    Kind.TASK: ("Việc được giao", "Việc được giao"),
    Kind.REMINDER: ("Nhắc hạn", "Nhắc hạn"),
    Kind.REPORT: ("Báo cáo", "Báo cáo về Sở"),
    Kind.GUIDANCE: ("Thông báo chung, hỏi đáp", "Thông báo chung, hỏi đáp"),
    Kind.JOB: ("Việc đang chạy", "Việc đã chạy xong"),
    Kind.ACCOUNT: ("Tài khoản", "Về tài khoản của anh/chị"),
}

TONES: dict[str, str] = {
    Kind.STEP: "na",
    Kind.SUPPLEMENT: "wait",
    Kind.DECISION: "ok",
    Kind.TASK: "go",
    Kind.REMINDER: "wait",
    Kind.REPORT: "na",
    Kind.GUIDANCE: "go",
    Kind.JOB: "na",
    Kind.ACCOUNT: "no",
}

PACES: dict[str, tuple[str, str]] = {
    Pace.DAILY: (
        "Một thư mỗi sáng",
        "Thư lúc 7 giờ kể những thông báo chưa đọc; không có gì mới thì không gửi. Yêu cầu bổ sung và quyết định gửi ngay.",
    ),
    Pace.NOW: ("Ngay khi có", "Mỗi thông báo một thư."),
    Pace.NONE: ("Không gửi", "Chỉ đọc trong cổng. Riêng thư về an toàn của tài khoản vẫn được gửi."),
}

NEW_ACCOUNT = "Anh/chị có tài khoản mới với vai trò {role} tại {place}. Liên kết đặt mật khẩu được trao riêng, không gửi qua thư."
ROLE_GIVEN = "Anh/chị được giao vai trò {role} tại {place}."
ROLE_ENDED = "Vai trò {role} của anh/chị tại {place} đã kết thúc."
LINK_MADE = (
    "Người quản trị của {place} vừa cấp liên kết đặt lại mật khẩu cho tài khoản của anh/chị; liên kết được trao riêng, "
    "không gửi qua thư. Nếu anh/chị không yêu cầu, xin báo ngay cho người quản trị."
)
KEY_CHANGED = "Mật khẩu của anh/chị vừa được đổi. Nếu không phải anh/chị đổi, xin báo ngay cho người quản trị nơi mình làm việc."
FACTOR_ON = "Mã xác thực hai lớp của anh/chị vừa được bật."
FACTOR_OFF = (
    "Mã xác thực hai lớp của anh/chị vừa được tắt. Nếu không phải anh/chị tắt, xin đổi mật khẩu ngay."
)
