"""The one table of rights: what, who, and on which rows.

Views name a right with `@may`; operations ask `allowed` again for the row at hand. The help page
"Ai được làm gì" and the tests read this table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from .identity import Identity, Place
from .people import (
    DECIDING_ROLES,
    DELEGABLE_ROLES,
    DISTRICT_ROLES,
    GUEST_ROLES,
    PROVINCE_ROLES,
    UNIT_ROLES,
    Role,
)

Predicate = Callable[[Identity, Any], str | None]


def not_own_unit(identity: Identity, row: Any) -> str | None:
    """Refuse to judge a dossier of a unit in which the person holds a role."""
    if identity.holds_unit(row.tenant_id, row.unit_id):
        return "Anh/chị đang giữ vai trò tại đơn vị này nên không được thẩm định hay quyết định hồ sơ của đơn vị."
    return None


def not_a_party(identity: Identity, row: Any) -> str | None:
    """Refuse to handle a complaint of one's own unit, or about what oneself or one's giver judged (`row.parties`)."""
    mandate = identity.place.mandate if identity.place else None
    said: str | None = not_own_unit(identity, row) or row.parties.get(identity.account_id)
    return said or (row.parties.get(mandate.giver_id) if mandate else None)


def not_a_party_nor_looking(identity: Identity, row: Any) -> str | None:
    """Refuse also who looks with another's eyes: what people wrote in trust is for who handles it alone."""
    if identity.seer:
        return "Đang xem như người khác: nội dung người dân gửi và người gửi không xem được."
    return not_a_party(identity, row)


@dataclass(frozen=True)
class Grant:
    """Who holds a right: its Vietnamese words, the roles, and a condition on the row (if any)."""

    words: str
    roles: frozenset[Role]
    predicate: Predicate | None = None


def _roles(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


_SIGNED_IN = frozenset(Role)
_STAFF = _SIGNED_IN - GUEST_ROLES
_GUIDES = _roles(Role.DISTRICT_ADMIN, Role.DISTRICT_OFFICER, Role.PROVINCE_ADMIN, Role.PROVINCE_OFFICER)
_APPRAISERS = _roles(Role.DISTRICT_OFFICER, Role.DISTRICT_COUNCIL)


class Right(Enum):
    """Every right of the program. A view without a right cannot be registered."""

    OWN_ACCOUNT = Grant("xem và sửa tài khoản của mình", _SIGNED_IN)
    SEE_DESK = Grant("xem việc cần làm", _SIGNED_IN)
    READ_NOTICES = Grant("đọc thông báo gửi cho mình, cho nơi mình làm việc", _STAFF)
    READ_CATALOGUE = Grant("đọc bộ tiêu chí", _SIGNED_IN)
    READ_EVIDENCE = Grant("mở minh chứng trong phạm vi của mình", _STAFF)
    READ_PAPERS = Grant("xem văn bản của hồ sơ trong phạm vi của mình", _STAFF)
    RUN_BATCHES = Grant("yêu cầu và theo dõi việc chạy riêng của nơi mình", _STAFF)

    SEE_DOSSIER = Grant("xem hồ sơ của đơn vị mình", UNIT_ROLES)
    FILL_DOSSIER = Grant("nhập hồ sơ, minh chứng, Tổ đánh giá", UNIT_ROLES)
    SIGN_DOSSIER = Grant("ký hồ sơ", _roles(Role.UNIT_HEAD))
    SUBMIT_DOSSIER = Grant("nộp, rút hồ sơ", _roles(Role.UNIT_HEAD))
    INVITE_GUEST = Grant("mời người ngoài đơn vị góp minh chứng", UNIT_ROLES)
    PLACE_CLERK = Grant("giao, bàn giao, kết thúc vai trò cán bộ đầu mối", _roles(Role.UNIT_HEAD))
    CONTRIBUTE = Grant("góp nội dung cho chỉ tiêu được mời", GUEST_ROLES)
    CONFIRM_REGISTRATION = Grant("xác nhận, hủy đăng ký xây dựng", _roles(Role.UNIT_HEAD))

    COMPLAIN = Grant("gửi, rút khiếu nại", _roles(Role.UNIT_HEAD))
    ANSWER_HEARING = Grant("trả lời khi có dự kiến thu hồi, hạ kết quả", _roles(Role.UNIT_HEAD))
    ANSWER_INQUIRY = Grant("trả lời câu hỏi của nơi công nhận về kết quả đã công bố", UNIT_ROLES)

    SIGN_VISIT = Grant("ghi ý kiến, ký biên bản kiểm tra thực tế", _roles(Role.UNIT_HEAD))

    READ_GUIDANCE = Grant("đọc thông báo chung, hỏi đáp, mẫu minh họa", _STAFF)
    ACKNOWLEDGE = Grant(
        "xác nhận đã nắm thông báo chung",
        UNIT_ROLES | _roles(Role.DISTRICT_ADMIN, Role.DISTRICT_OFFICER, Role.DISTRICT_LEADER),
    )
    ASK_QUESTION = Grant(
        "đặt câu hỏi cho cấp trên", UNIT_ROLES | _roles(Role.DISTRICT_ADMIN, Role.DISTRICT_OFFICER)
    )
    ANSWER_QUESTION = Grant("trả lời câu hỏi; soạn hỏi đáp, mẫu minh họa để mọi người đọc", _GUIDES)
    ANNOUNCE = Grant("ra thông báo chung, nhắc nơi chưa xác nhận", _GUIDES)

    SEE_DISTRICT = Grant("xem hồ sơ của các đơn vị", DISTRICT_ROLES)
    OPEN_DISTRICT_YEAR = Grant(
        "ghi ngày, kế hoạch của năm đánh giá và công bố thông tin nộp hồ sơ",
        _roles(Role.DISTRICT_ADMIN, Role.DISTRICT_OFFICER),
    )
    CLOSE_REGISTRATION = Grant("đặt hạn đăng ký xây dựng", _roles(Role.DISTRICT_ADMIN, Role.DISTRICT_OFFICER))
    RECEIVE_DOSSIER = Grant("tiếp nhận, yêu cầu bổ sung", _roles(Role.DISTRICT_OFFICER))
    ALLOW_SUPPLEMENT = Grant("cho phép yêu cầu bổ sung lần nữa", _roles(Role.DISTRICT_LEADER), not_own_unit)
    ENTER_FOR_UNIT = Grant("nhập hộ hồ sơ giấy, bưu chính, dịch vụ công", _roles(Role.DISTRICT_OFFICER))
    APPRAISE = Grant("thẩm định từng chỉ tiêu", _APPRAISERS, not_own_unit)
    ASSIGN_APPRAISER = Grant(
        "phân công người thẩm định, ghi xung đột lợi ích của người khác",
        _roles(Role.DISTRICT_OFFICER, Role.DISTRICT_LEADER),
    )
    RULE_WAIVER = Grant(
        "chấp thuận hay từ chối đề nghị không áp dụng chỉ tiêu",
        _roles(Role.DISTRICT_OFFICER),
        not_own_unit,
    )
    PLAN_VISITS = Grant(
        "lập danh sách, lịch kiểm tra thực tế, báo đơn vị", _roles(Role.DISTRICT_OFFICER), not_own_unit
    )
    VISIT_UNITS = Grant(
        "kiểm tra thực tế, lập và ký biên bản", _APPRAISERS | _roles(Role.DISTRICT_LEADER), not_own_unit
    )
    PROPOSE = Grant("chốt đề xuất mức độ", _roles(Role.DISTRICT_OFFICER), not_own_unit)
    RUN_COUNCIL = Grant("lập hội đồng, ghi cuộc họp của hội đồng", _roles(Role.DISTRICT_OFFICER))
    SINGLE_OUT = Grant("đưa một hồ sơ ra xét riêng ở cuộc họp của hội đồng", _APPRAISERS)
    DRAFT_DECISION = Grant("soạn quyết định", _roles(Role.DISTRICT_OFFICER))
    ISSUE_DECISION = Grant("ban hành quyết định, để lại đơn vị", _roles(Role.DISTRICT_LEADER), not_own_unit)
    HANDLE_COMPLAINT = Grant(
        "thụ lý, trả lời khiếu nại", _APPRAISERS | _roles(Role.DISTRICT_LEADER), not_a_party
    )
    WRITE_REPORT = Grant("soạn, khóa báo cáo gửi Sở", _roles(Role.DISTRICT_OFFICER))
    HANDLE_INQUIRY = Grant(
        "phân công, xử lý câu hỏi và phản ánh của người dân",
        _APPRAISERS | _roles(Role.DISTRICT_LEADER),
        not_a_party_nor_looking,
    )
    SET_INQUIRY_TERM = Grant(
        "đặt thời hạn trả lời câu hỏi, phản ánh của người dân",
        _roles(Role.DISTRICT_LEADER),
    )
    SEND_REPORT = Grant("ký và gửi báo cáo về Sở", _roles(Role.DISTRICT_LEADER))
    ANSWER_RECHECK = Grant(
        "trả lời kết quả kiểm tra lại của Sở", _roles(Role.DISTRICT_OFFICER, Role.DISTRICT_LEADER)
    )
    SET_TARGETS = Grant("đặt, sửa, thôi mục tiêu phấn đấu", _roles(Role.DISTRICT_ADMIN, Role.DISTRICT_LEADER))
    MANAGE_UNITS = Grant("quản lý danh mục đơn vị", _roles(Role.DISTRICT_ADMIN))
    KEEP_HISTORY = Grant(
        "ghi kết quả các năm trước khi có cổng", _roles(Role.DISTRICT_ADMIN, Role.DISTRICT_OFFICER)
    )
    LOG_OUTREACH = Grant(
        "ghi hoạt động chỉ đạo, triển khai", _roles(Role.DISTRICT_ADMIN, Role.DISTRICT_OFFICER)
    )
    MANAGE_ACCOUNTS = Grant("quản lý tài khoản", _roles(Role.DISTRICT_ADMIN))

    DELEGATE = Grant("ủy quyền vai trò mình đang giữ", DELEGABLE_ROLES)
    SEE_DELEGATIONS = Grant(
        "xem các ủy quyền ở nơi mình làm việc", DELEGABLE_ROLES | _roles(Role.DISTRICT_ADMIN)
    )
    SEE_PROPOSALS = Grant("xem đề xuất giao quyền quyết định", DECIDING_ROLES | _roles(Role.DISTRICT_ADMIN))
    PROPOSE_DECIDER = Grant(
        "đề xuất người giữ quyền quyết định", _roles(Role.DISTRICT_ADMIN, Role.PROVINCE_ADMIN)
    )
    CONFIRM_DECIDER = Grant("xác nhận người giữ quyền quyết định", DECIDING_ROLES)
    LOOK_AS = Grant("xem cổng như người khác thấy", _roles(Role.DISTRICT_ADMIN, Role.PROVINCE_ADMIN))

    SEE_TRAIL = Grant(
        "tìm, xuất nhật ký và xem niêm phong",
        _roles(Role.DISTRICT_ADMIN, Role.DISTRICT_LEADER, Role.PROVINCE_ADMIN),
    )

    SEE_PROVINCE = Grant("xem số liệu toàn tỉnh", PROVINCE_ROLES)
    RECEIVE_REPORT = Grant("nhận hoặc trả báo cáo huyện", _roles(Role.PROVINCE_ADMIN, Role.PROVINCE_OFFICER))
    COMPILE_REPORT = Grant("lập báo cáo toàn tỉnh", _roles(Role.PROVINCE_ADMIN, Role.PROVINCE_OFFICER))
    SIGN_PROVINCE_REPORT = Grant("ký báo cáo toàn tỉnh", _roles(Role.PROVINCE_ADMIN))
    WATCH_QUALITY = Grant(
        "kết luận về dấu hiệu cần xem, đặt mức của dấu hiệu, kiểm tra lại ngẫu nhiên",
        _roles(Role.PROVINCE_ADMIN, Role.PROVINCE_OFFICER),
    )
    GOVERN_CATALOGUE = Grant("xác nhận ngưỡng, soạn, ban hành bộ tiêu chí", _roles(Role.PROVINCE_ADMIN))
    GOVERN_TEXTS = Grant("soạn, cho dùng câu chữ của mẫu văn bản", _roles(Role.PROVINCE_ADMIN))
    OPEN_TENANT = Grant("mở huyện mới", _roles(Role.PROVINCE_ADMIN))
    REFORM_PLACES = Grant(
        "lập, xác nhận phương án sắp xếp địa giới, yêu cầu trả lại", _roles(Role.PROVINCE_ADMIN)
    )
    KEEP_DAYS = Grant("ghi ngày nghỉ, ngày làm bù của tỉnh", _roles(Role.PROVINCE_ADMIN))
    MANAGE_TOKENS = Grant(
        "cấp, thu hồi khóa API của nơi mình", _roles(Role.DISTRICT_ADMIN, Role.PROVINCE_ADMIN)
    )
    SET_LICENCE = Grant("ghi giấy phép của dữ liệu mở", _roles(Role.PROVINCE_ADMIN))
    SET_USUAL_TERM = Grant(
        "đặt thời hạn chung của tỉnh để trả lời câu hỏi, phản ánh của người dân", _roles(Role.PROVINCE_ADMIN)
    )
    SEE_OPERATION = Grant("xem tình trạng vận hành của cổng", _roles(Role.PROVINCE_ADMIN))
    MOVE_CLOCK = Grant("chỉnh đồng hồ minh họa", _roles(Role.PROVINCE_ADMIN))


# What somebody needs to find the way; whoever holds a part of a role by delegation has it too.
LOOKING = frozenset(
    {
        Right.OWN_ACCOUNT,
        Right.SEE_DESK,
        Right.READ_NOTICES,
        Right.READ_CATALOGUE,
        Right.READ_GUIDANCE,
        Right.READ_EVIDENCE,
        Right.READ_PAPERS,
        Right.SEE_DOSSIER,
        Right.SEE_DISTRICT,
        Right.SEE_DELEGATIONS,
    }
)
# What is the holder's alone: a delegation is not passed on, and gives nobody the right to decide for good.
NOT_DELEGABLE = frozenset({Right.DELEGATE, Right.CONFIRM_DECIDER, Right.SEE_PROPOSALS})
# What nobody else may look at, even with the person's eyes.
PERSONAL = frozenset({Right.OWN_ACCOUNT})


def delegable(role: Role) -> tuple[Right, ...]:
    """Return the rights of a role that can be delegated one by one, in the order of the table."""
    return tuple(r for r in Right if role in r.value.roles and r not in LOOKING and r not in NOT_DELEGABLE)


def may_look(identity: Identity, seen: Place) -> str | None:
    """Return the sentence why a person may not look at the pages of another's place, or None."""
    sentence = refusal(identity, Right.LOOK_AS)
    if sentence or identity.place is None:
        return sentence
    if identity.place.role not in PROVINCE_ROLES and seen.tenant_id != identity.place.tenant_id:
        return "Chỉ xem được như người của nơi mình quản trị."
    if seen.role in GUEST_ROLES:
        return "Không xem thay khách góp minh chứng: trang của họ chỉ có phần được mời."
    if any(own.membership_id == seen.membership_id for own in identity.places):
        return "Đây là vai trò của chính anh/chị."
    return None


def refusal(identity: Identity, right: Right, row: Any = None) -> str | None:
    """Return the sentence why a person may not use a right here, or None when it is granted.

    `row` is the loaded row the right is to be used on, for rights that depend on it.
    """
    grant: Grant = right.value
    if identity.place is None:
        return "Anh/chị chưa được phân công ở nơi nào còn hiệu lực. Xin liên hệ người quản trị nơi mình làm việc."
    if identity.place.role not in grant.roles:
        return f"Vai trò anh/chị đang dùng không được {grant.words}."
    if identity.seer and right in PERSONAL:
        return "Đang xem như người khác: tài khoản của người đó không xem được."
    mandate = identity.place.mandate
    if mandate and right in NOT_DELEGABLE:
        return f"Anh/chị giữ vai trò này theo ủy quyền của {mandate.giver} nên không được {grant.words}."
    if mandate and mandate.rights and right not in LOOKING and right.name not in mandate.rights:
        return f"Văn bản ủy quyền ({mandate.document}) không gồm việc {grant.words}."
    if row is not None and grant.predicate is not None:
        return grant.predicate(identity, row)
    return None
