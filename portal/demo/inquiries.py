"""What the public asked and reported in the demonstration: one case late, one being handled, one answered, one closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from portal.inquiries import operations, receiving, terms
from portal.inquiries.models import Inquiry
from portal.inquiries.rules import receipt_of
from portal.recognition.models import Recognition
from tenants.database import db
from tenants.identity import Identity
from tenants.people import Role
from tenants.scope import Scope, ScopeKind, acting_in

from .moments import at
from .season import People

_SENT = (
    (
        (2026, 11, 5, 9, 30),
        "report",
        "Bảng tin của đơn vị ghi mức độ 2, còn trang này ghi mức độ 1. Đề nghị cho biết mức nào đúng.",
    ),
    (
        (2026, 12, 2, 21, 10),
        "question",
        "Bán máy tính cũ, giao tận nơi, liên hệ số điện thoại trong quảng cáo.",
    ),
    (
        (2026, 12, 22, 14, 5),
        "question",
        "Đơn vị được công nhận đến khi nào thì phải đánh giá lại, và có phải làm lại từ đầu không?",
    ),
    (
        (2027, 1, 5, 8, 40),
        "report",
        "Lớp bồi dưỡng ghi trong báo cáo đã hoãn, năm sau mới mở. Đề nghị kiểm tra lại số người đã học.",
    ),
)


def inquire(tenant_id: int, people: People) -> None:
    """Let people without an account ask about four published results, and a council member handle three of them."""
    with acting_in(Scope(ScopeKind.STEWARD)):
        codes = db.session.scalars(
            select(Recognition.code)
            .where(Recognition.tenant_id == tenant_id, Recognition.state == "in_force")
            .order_by(Recognition.id)
            .limit(len(_SENT))
        ).all()
    if len(codes) < len(_SENT):
        return
    council = people[(Role.DISTRICT_COUNCIL, None)]
    for code, (moment, kind, body) in zip(codes, _SENT, strict=True):
        with at(*moment), acting_in(Scope(ScopeKind.PUBLIC)):
            until = terms.last_day(terms.days_of(tenant_id))
            receipt = receipt_of(code, body)
            receiving.send(receiving.Sent(code, kind, body), receipt, receipt.encode(), until)
    handled: tuple[tuple[int, tuple[int, ...], Callable[[Identity, Inquiry], Any]], ...] = (
        (0, (2026, 11, 9, 10, 0), _answer),
        (1, (2026, 12, 3, 8, 0), _close),
        (3, (2027, 1, 6, 9, 0), _ask),
    )
    for place, moment, act in handled:
        with at(*moment), acting_in(council.place.scope(council.account_id)):  # type: ignore[union-attr]
            row = db.session.scalars(
                select(Inquiry).where(Inquiry.tenant_id == tenant_id, Inquiry.code == codes[place])
            ).one()
            act(council, operations.assign(council, row, council.account_id, row.version))


def _answer(actor: Identity, row: Inquiry) -> None:
    operations.answer(
        actor,
        row,
        "unfounded",
        "Cảm ơn anh/chị. Quyết định công nhận ghi mức độ như ở trang này. Đơn vị đã sửa lại bảng tin.",
        "Bảng tin của đơn vị ghi nhầm mức độ và đã sửa. Kết quả công nhận không đổi.",
        row.version,
    )


def _close(actor: Identity, row: Inquiry) -> None:
    operations.dismiss(actor, row, "Nội dung quảng cáo, không liên quan kết quả này.", row.version)


def _ask(actor: Identity, row: Inquiry) -> None:
    question = (
        "Đơn vị cho biết ngày mở, ngày kết thúc và danh sách người học của các lớp bồi dưỡng đã báo cáo."
    )
    operations.ask_unit(actor, row, question, row.version)
