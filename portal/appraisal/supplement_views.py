"""What may become of a supplement request: closed after its term, or sent once more when the leader allows it."""

from __future__ import annotations

from typing import Any

from flask import abort, request

from portal.dossiers.blueprint import dossier_here
from portal.web import back_to
from tenants.access import may, signed_in
from tenants.database import db
from tenants.refusal import Refused
from tenants.rights import Right, refusal

from . import supplements
from .blueprint import blueprint
from .forms import day_of, text_of
from .intake_views import page


@blueprint.post("/huyen/ho-so/<int:dossier_id>/khep-bo-sung")
@may(Right.RECEIVE_DOSSIER)
def lapse(dossier_id: int) -> Any:
    """Close a request whose term is over; the dossier stands again as it was signed."""
    try:
        supplements.lapse_supplement(
            signed_in(), dossier_here(dossier_id), text_of(request.form, "lapse_reason", 1_000)
        )
    except Refused as refused:
        return _refused(dossier_id, refused)
    said = "Đã khép yêu cầu bổ sung; hồ sơ trở lại nội dung đơn vị đã ký và nộp, đơn vị được báo ngay."
    return back_to("appraisal.intake", said, dossier_id=dossier_id)


@blueprint.post("/huyen/ho-so/<int:dossier_id>/bo-sung-lan-nua")
@may(Right.ALLOW_SUPPLEMENT)
def rule_leave(dossier_id: int) -> Any:
    """Allow an officer to ask once more, which sends the request, or refuse it."""
    granted = {"yes": True, "no": False}.get(request.form.get("granted", ""))
    faults = [] if granted is not None else ["Xin chọn cho phép hay không cho phép."]
    term = day_of(request.form, "answer_by", "Hạn trả lời", faults)
    if faults or granted is None:
        return page(dossier_here(dossier_id), fault=" ".join(faults)), 422
    ruling = text_of(request.form, "ruling", 1_000)
    try:
        supplements.rule_leave(signed_in(), dossier_here(dossier_id), granted, ruling, term)
    except Refused as refused:
        return _refused(dossier_id, refused)
    said = "Đã cho phép; yêu cầu bổ sung đã gửi tới đơn vị." if granted else "Đã ghi: không cho phép."
    return back_to("appraisal.intake", said, dossier_id=dossier_id)


def _refused(dossier_id: int, refused: Refused) -> tuple[str, int]:
    if refused.status == 403:
        abort(403, refused.sentence)
    db.session.rollback()
    return page(dossier_here(dossier_id), fault=refused.sentence), refused.status


def waiting_leaves() -> list[tuple[int, str]]:
    """Return the dossiers whose wish to ask once more waits for the signed-in leader; none for anybody else."""
    actor = signed_in()
    if actor.place is None or refusal(actor, Right.ALLOW_SUPPLEMENT):
        return []
    return supplements.leaves_waiting(actor.place.tenant_id)


blueprint.add_app_template_global(waiting_leaves)
