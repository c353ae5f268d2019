"""What each page of a district is for, in a sentence, and the section of the guide that says more.

A page is found by its endpoint, else by its room, so that a page added to a room has help from the first day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for

from portal.words import in_words_of
from tenants.people import Role

from .guides import guide_of, headings

_YEAR = "Một năm của huyện"
_UNITS = "Quản trị: danh mục đơn vị"
_PEOPLE = "Quản trị: tài khoản và liên kết"
_PAST = "Kết quả các năm trước khi có cổng"
_OWN = "Chuyên viên: hoạt động của huyện"
_MISSING = "Chuyên viên: ai còn thiếu"
_INTAKE = "Chuyên viên: tiếp nhận hồ sơ"
_APPRAISAL = "Chuyên viên: thẩm định"
_DRAFT = "Chuyên viên: dự thảo quyết định, tờ trình"
_TARGETS = "Quản trị, lãnh đạo: mục tiêu phấn đấu"
_REPORT = "Chuyên viên: báo cáo Sở"
_TABLES = "Các biểu của báo cáo"
_GUIDANCE = "Thông báo chung, hỏi đáp"

PAGES: Mapping[str, tuple[str, str]] = {
    "desk.home": ("Việc đang chờ của huyện, xếp theo hạn; bấm vào một dòng để làm việc đó.", _YEAR),
    "desk.notices": ("Thông báo cổng gửi cho huyện; mở để đến đúng trang có việc.", _YEAR),
    "guidance": ("Điều Sở, huyện báo cho mọi nơi; nơi nhận xác nhận đã nắm, huyện xem đơn vị nào chưa.", _GUIDANCE),
    "guidance.questions": ("Đơn vị hỏi huyện, huyện hỏi Sở: trả lời, hoặc chuyển Sở; chỉ nơi hỏi và nơi trả lời đọc được.", _GUIDANCE),
    "guidance.question": ("Một câu hỏi: trả lời, chuyển Sở, rồi đăng một bản không nêu nơi hỏi.", _GUIDANCE),
    "guidance.entries": ("Câu đã trả lời và mẫu minh họa để tra; huyện đăng cho đơn vị của mình, Sở đăng cho mọi nơi.", _GUIDANCE),
    "guidance.entry": ("Sửa hoặc gỡ một mục đã đăng của huyện.", _GUIDANCE),
    "checklist": ("Việc từng ngày từ khi hết hạn nộp đến hạn quyết định, kèm số đã làm; in ra để đánh dấu.", "31 ngày thẩm định"),
    "accounts": ("Người của huyện và của các đơn vị: cấp liên kết, đổi vai trò, bàn giao.", _PEOPLE),
    "api": ("Khóa để hệ thống khác đọc dữ liệu của huyện: cấp, xem đã dùng bao nhiêu, thu hồi.", "Quản trị: khóa API cho hệ thống khác"),
    "accounts.hand_over": ("Chuyển vai trò sang người mới; người cũ mất quyền ngay, việc đã làm vẫn ghi tên.", "Quản trị: bàn giao khi đổi người"),
    "activities": ("Hoạt động các đơn vị đã ghi trong năm, cộng theo loại; là Biểu 08 của báo cáo Sở.", _OWN),
    "outreach": ("Văn bản, tuyên truyền, tập huấn, kiểm tra do chính huyện làm; số liệu tự vào báo cáo Sở.", _OWN),
    "registration": ("Đơn vị nào đăng ký xây dựng, mức độ nào, đến hạn nào.", "Chuyên viên: đăng ký xây dựng"),
    "appraisal": ("Các hồ sơ của năm theo trạng thái; lọc, tìm rồi mở hồ sơ cần làm.", _INTAKE),
    "appraisal.missing": ("Đơn vị nào chưa đăng ký, chưa làm, chưa nộp; gọi hoặc nhắc ngay tại đây.", _MISSING),
    "appraisal.intake": ("Kiểm tra thành phần hồ sơ rồi tiếp nhận, hoặc yêu cầu bổ sung một lần.", _INTAKE),
    "appraisal.supplement": ("Ghi đủ mọi điểm cần bổ sung trong một lần; đơn vị chỉ sửa được các điểm đó.", "Chuyên viên: yêu cầu bổ sung, một lần"),
    "appraisal.desk": ("Kết luận từng chỉ tiêu: số của đơn vị, minh chứng, năm trước ở cùng một trang.", _APPRAISAL),
    "appraisal.agreement": ("Đồng ý một lần các chỉ tiêu không có gì phải bàn; xem trước rồi bỏ chọn chỗ còn ngờ.", _APPRAISAL),
    "appraisal.effect": ("Các chỉ tiêu sẽ đổi nếu lưu số liệu nền này.", "Chuyên viên: hiệu chỉnh số liệu nền"),
    "appraisal.enter": ("Nhập thay đơn vị hồ sơ nộp bằng giấy, bưu chính, dịch vụ công.", "Chuyên viên: nhập hồ sơ giấy"),
    "appraisal.channel": ("Chọn hình thức nộp và ngày nhận của hồ sơ giấy.", "Chuyên viên: nhập hồ sơ giấy"),
    "appraisal.entry": ("Gõ nội dung hồ sơ giấy đúng như đơn vị đã ký, rồi ghi nhận đã nộp.", "Chuyên viên: nhập hồ sơ giấy"),
    "waivers": ("Đơn vị đề nghị không áp dụng một chỉ tiêu; huyện chấp thuận hoặc từ chối, có lý do.", "Chuyên viên: đề nghị không áp dụng chỉ tiêu"),
    "improvement": ("Ghi cho đơn vị những việc cần làm tốt hơn ở lần sau; đơn vị lập kế hoạch theo đó.", _APPRAISAL),
    "visits": ("Kiểm tra thực tế: đơn vị nên đến xem và vì sao, lịch, phiếu, biên bản hai bên ký.", "Chuyên viên: kiểm tra thực tế"),
    "opening": ("Mốc của huyện trong năm, kế hoạch kèm theo và thông tin nộp hồ sơ đã công bố.", "Mở năm: mốc, kế hoạch, thông tin công bố"),
    "council": ("Hội đồng thẩm định họp: chương trình, biểu quyết, biên bản.", "Chuyên viên, thành viên: hội đồng, tổ thẩm định họp"),
    "jobs": ("Việc dài chạy riêng: văn bản cả loạt, lưu trữ cả năm, danh sách dài, tệp nhập lớn; theo dõi, dừng, tải về.", "Giấy chứng nhận cả loạt, bộ quyết định, lưu trữ cả năm"),
    "recognition": ("Dự thảo và quyết định công nhận của các năm, với danh sách đơn vị.", _DRAFT),
    "recognition.show": ("Một quyết định: danh sách, căn cứ, các điểm cần xem trước khi ký, nơi ban hành.", "Lãnh đạo: xem và ban hành quyết định"),
    "recognition.line": ("Kết quả của một đơn vị trong quyết định; để lại, xem giấy chứng nhận, thu hồi, điều chỉnh.", "Lãnh đạo: xem và ban hành quyết định"),
    "further": ("Quyết định sau: thu hồi hoặc điều chỉnh kết quả đã ban hành, có ý kiến của đơn vị.", "Thu hồi, điều chỉnh kết quả đã ban hành"),
    "complaints": ("Khiếu nại của đơn vị và thời hạn trả lời; người đã thẩm định, quyết định không xử lý.", "Khiếu nại của đơn vị"),
    "inquiries": ("Người dân hỏi, phản ánh về kết quả đã công bố: giao, hỏi đơn vị, trả lời, công khai kết quả ngắn gọn.", "Câu hỏi, phản ánh của người dân"),
    "quality": ("Hồ sơ đã công nhận mà Sở xem lại ngẫu nhiên; huyện đọc kết quả và trả lời.", "Kiểm tra lại của Sở"),
    "targets": ("Mục tiêu huyện tự đặt cho năm, tính từ hồ sơ của các đơn vị; không phải ngưỡng của Thông tư.", _TARGETS),
    "reports": ("Báo cáo của huyện gửi Sở: số liệu tự lấy, cán bộ viết lời, khóa, ký, gửi.", _REPORT),
    "reports.annex": ("Các biểu kèm theo báo cáo; bấm vào một số để xem các đơn vị sau số đó.", _TABLES),
    "reports.lists": ("Danh sách đơn vị được công nhận và không được công nhận trong báo cáo.", _TABLES),
    "reports.rows": ("Các đơn vị sau một số của báo cáo, theo dữ liệu hiện tại; tải được bằng Excel.", _TABLES),
    "powers.delegations": ("Ai làm thay ai, việc gì, đến ngày nào, theo văn bản nào; tự hết khi hết ngày.", "Ủy quyền"),
    "powers": ("Lãnh đạo do hai người giao: một người đề xuất, người khác xác nhận.", "Giao quyền quyết định: hai người"),
    "powers.look": ("Xem đúng trang một người thấy để hướng dẫn; chỉ xem, được ghi lại và báo cho người đó.", "Quản trị: xem như người khác"),
    "trail": ("Ai làm gì, lúc nào, từ đâu trong huyện; tìm, xuất ra tệp và in mã niêm phong để giữ ngoài cổng.", "Quản trị, lãnh đạo: nhật ký"),
    "units": ("Danh mục đơn vị của huyện: loại hình, công lập hay không, ngày mở, ngày đóng.", _UNITS),
    "history": ("Kết quả công nhận của các năm trước khi có cổng, và ý kiến của đơn vị về kết quả đó.", _PAST),
    "register": ("Kết quả đã công bố, giấy chứng nhận và trang xác minh.", "Công bố, giấy chứng nhận"),
    "catalogue": ("Bộ tiêu chí đang áp dụng: chỉ tiêu nào cho loại hình nào, ngưỡng nào đã được Sở xác nhận.", _APPRAISAL),
    "papers": ("Văn bản của hồ sơ để xem, in hoặc tải về sửa tiếp.", _DRAFT),
}  # fmt: skip
"""By endpoint, else by room: what the page is for, and the heading of the guide."""


@dataclass(frozen=True, slots=True)
class Help:
    """What a page is for, and where the guide says more: the heading and its address."""

    sentence: str
    heading: str
    url: str


def help_of(endpoint: str, tier: str = "district") -> Help | None:
    """Return the help of a page by its endpoint, None for a page that is not a district's."""
    found = PAGES.get(endpoint) or PAGES.get(endpoint.partition(".")[0])
    if found is None:
        return None
    what, heading = (in_words_of(tier, said) for said in found)
    guide = guide_of(Role.DISTRICT_OFFICER, tier)
    if heading not in headings(guide):
        return None
    anchor = f"muc-{headings(guide).index(heading) + 1}"
    return Help(what, heading, url_for("desk.guide", name=guide, _anchor=anchor))
