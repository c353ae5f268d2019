"""Last year's files, asked about one by one for this year's dossier."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from portal.dossiers.blueprint import dossier_here, sheet_here
from portal.web import back_to
from tenants.access import may, signed_in
from tenants.rights import Right

from . import carrying
from .blueprint import blueprint
from .carrying import Item

ONE_SITTING = 15
ANSWERS = {"con": True, "khong": False}


@blueprint.get("/ho-so/<int:dossier_id>/minh-chung-nam-truoc")
@may(Right.FILL_DOSSIER)
def carry(dossier_id: int) -> Any:
    """Ask about the files nobody has said anything about yet; those already answered can be answered anew."""
    sheet = sheet_here(dossier_id)
    earlier = carrying.earlier_dossier(sheet.dossier)
    every = carrying.items(sheet, earlier) if earlier else []
    placed = [item for item in every if item.indicators]
    waiting = [item for item in placed if item.said is None]
    return render_template(
        "evidence/carry.html",
        dossier=sheet.dossier,
        earlier=earlier,
        total=len(placed),
        homeless=[item for item in every if not item.indicators],
        waiting=waiting[:ONE_SITTING],
        left=len(waiting),
        said=[item for item in placed if item.said is not None],
        likely=likely,
        open=sheet.dossier.state == "draft",
    )


def likely(item: Item) -> str:
    """Return which answer is chosen beforehand: what its paper says, otherwise none of the two."""
    if item.said is not None:
        return "con" if item.said else "khong"
    return {True: "con", False: "khong", None: ""}[item.likely]


@blueprint.post("/ho-so/<int:dossier_id>/minh-chung-nam-truoc")
@may(Right.FILL_DOSSIER)
def carry_on(dossier_id: int) -> Any:
    """Write down the answers given; what was left for later is asked again."""
    dossier = dossier_here(dossier_id)
    answers = {
        int(number): ANSWERS[value]
        for name, value in request.form.items()
        if (number := name.removeprefix("con-hieu-luc-")) != name
        and number.isascii()
        and number.isdigit()
        and len(number) < 12
        and value in ANSWERS
    }
    yes, no = carrying.decide(signed_in(), dossier, answers)
    if not answers:
        return back_to(
            "evidence.carry",
            "Chưa chọn tài liệu nào: mọi tài liệu để xét sau.",
            "info",
            dossier_id=dossier_id,
        )
    sentence = (
        f"Đã lưu: {yes} tài liệu còn hiệu lực được gắn vào hồ sơ năm {dossier.year}, {no} không dùng nữa."
    )
    return back_to("evidence.carry", sentence, dossier_id=dossier_id)
