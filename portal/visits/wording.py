"""The words of visits: what flags are called, whose they are, and how the draw can be done again."""

from __future__ import annotations

from collections.abc import Mapping

from .rules import Flag

TABS: Mapping[str, str] = {"de-xuat": "Đề xuất", "tat-ca": "Mọi hồ sơ đã nộp", "lich": "Đã lên lịch"}
FLAGS: Mapping[str, str] = {
    Flag.SAME_FIGURES: "Số liệu trùng đơn vị khác",
    Flag.SAME_FILES: "Tệp trùng đơn vị khác",
    Flag.ALL_FULL: "Mọi tỷ lệ đều 100 %",
    Flag.UNCHANGED: "Giống hệt năm trước",
    Flag.MEMBERS: "Thành viên thay đổi nhiều",
    Flag.ONE_DAY: "Minh chứng gửi trong một ngày",
    Flag.LEVEL_2: "Đề nghị mức độ 2",
    Flag.FIRST: "Lần đầu",
    Flag.UNVISITED: "Lâu chưa kiểm tra",
}
WHAT_FLAGS_ARE = (
    "là câu hỏi để chọn nơi cần xem, không phải kết luận và không ngăn thẩm định hay quyết định. Hồ sơ còn dấu hiệu chưa "
    "bỏ qua kèm lý do được xem riêng: không chốt cùng các hồ sơ sạch, không nằm trong nhóm biểu quyết một lần của Hội đồng, "
    "và được nêu trước khi ký quyết định. Riêng “Lần đầu” và “Lâu chưa kiểm tra” chỉ gợi ý nơi nên đến."
)
WHOSE_LIMITS = (
    "Các mức để nêu dấu hiệu (20 thành viên, 30 %, số năm) do cổng và nơi công nhận đặt, không phải quy định của Thông tư "
    "24/2023/TT-BGDĐT. Tệp có ở hơn 5 đơn vị được coi là văn bản gửi chung nên không nêu."
)
HOW_DRAWN = (
    "Cách bốc: với mỗi đơn vị, lấy SHA-256 của chuỗi “hạt giống:mã đơn vị”, xếp tăng dần và lấy từ trên xuống đủ tỷ lệ "
    "(làm tròn lên). Hạt giống do cổng sinh ngẫu nhiên, không ai chọn; cùng hạt giống và cùng danh sách mã thì ai tính "
    "lại cũng ra đúng kết quả này."
)
NOT_NOW = "Chỉ lên lịch kiểm tra khi hồ sơ đã nộp và chưa có quyết định."
