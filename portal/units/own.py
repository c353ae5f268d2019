"""What a unit keeps of itself: how to reach it, who heads it, how its papers are headed.

Name, kind, code and dates are the district's registry; the database lets a unit touch nothing else.
"""

from __future__ import annotations

from portal.trail.operations import record
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused
from tenants.rights import Right, refusal

from .models import Unit
from .rules import head_fault

OWN = (
    "address", "phone", "email", "head_name", "head_title",
    "superior", "superior_second", "name_lines", "symbol", "date_place", "authority",
)  # fmt: skip
NAMES = {
    "address": "địa chỉ",
    "phone": "điện thoại",
    "email": "thư điện tử",
    "head_name": "họ tên thủ trưởng",
    "head_title": "chức vụ thủ trưởng",
    "superior": "cơ quan cấp trên",
    "superior_second": "cơ quan cấp trên, dòng thứ hai",
    "name_lines": "cách ngắt dòng tên đơn vị",
    "symbol": "ký hiệu văn bản",
    "date_place": "địa danh trên văn bản",
    "authority": "quyền hạn người ký",
}


def own_unit(actor: Identity) -> Unit:
    """Return the unit a person acts in; raises `Refused` (404) outside a unit."""
    place = actor.place
    unit = db.session.get(Unit, (place.tenant_id, place.unit_id)) if place and place.unit_id else None
    if unit is None:
        raise Refused("Không tìm thấy đơn vị này.", 404)
    return unit


def save_own(actor: Identity, unit: Unit, version: int, **values: str) -> Unit:
    """Save the unit's own particulars. Raises `Conflict` where somebody saved after the page was loaded."""
    sentence = refusal(actor, Right.FILL_DOSSIER)
    if sentence:
        raise Refused(sentence, 403)
    wanted = {name: value.strip() for name, value in values.items() if name in OWN}
    fault = head_fault(unit.name, wanted.get("name_lines", ""), wanted.get("authority", ""))
    if fault:
        raise Refused(fault, 422)
    changed = [name for name, value in wanted.items() if getattr(unit, name) != value]
    if not changed:
        return unit
    if version != unit.version:
        raise Conflict("Có người vừa sửa thông tin đơn vị. Xin xem nội dung mới rồi lưu lại.", unit)
    for name in changed:
        setattr(unit, name, wanted[name])
    db.session.flush()
    names = ", ".join(NAMES[name] for name in changed)
    record(actor, "unit_own", f"đã sửa {names} của đơn vị.", tenant_id=unit.tenant_id, unit_id=unit.id)
    return unit
