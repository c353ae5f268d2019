"""How the demonstration's units head their papers, and the words some of them add; loaded before anybody signs."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import update

from portal.papers.models import OwnWords
from portal.units.models import Unit
from tenants.database import db

from .accounts import SHOWN_UNITS
from .bulk import Draft, insert_all, key_of

COMMITTEE = "TM. ỦY BAN NHÂN DÂN"
WORDS = {
    "mau-01-ket": "Đơn vị xin tiếp thu ý kiến của đoàn thẩm định để tiếp tục hoàn thiện trong năm sau.",
    "mau-02-tinh-hinh": "Đội ngũ ổn định, đoàn kết. Cơ sở vật chất phục vụ học tập được bổ sung từng năm.\n"
    "Một số thành viên ở xa nên việc tham gia lớp trực tiếp còn khó; đơn vị bố trí thêm hình thức học trực tuyến.",
    "mau-02-qua-trinh": "Dự thảo kết quả được công khai tại cuộc họp toàn đơn vị để mọi thành viên góp ý trước khi ký.",
}
EVERY = 4


def head_and_word(drafts: Sequence[Draft]) -> None:
    """Give a district's papers their heads and, in every fourth dossier and the shown ones, words of the unit."""
    for draft in drafts:
        unit = draft.unit.data
        own = {"authority": COMMITTEE} if unit.kind == "commune_committee" else {}
        if unit.name in SHOWN_UNITS:
            own["date_place"] = unit.commune.removeprefix("Xã ").removeprefix("Thị trấn ")
        if any(own.values()):
            key = (Unit.tenant_id == draft.unit.tenant_id, Unit.id == draft.unit.unit_id)
            db.session.execute(update(Unit).where(*key).values(**{k: v for k, v in own.items() if v}))
    worded = [d for n, d in enumerate(drafts) if n % EVERY == 0 or d.unit.data.name in SHOWN_UNITS]
    insert_all(
        OwnWords,
        [
            {**key_of(d), "block": block, "text": text, "changed_by": "Cán bộ đầu mối"}
            for d in worded
            for block, text in WORDS.items()
        ],
    )
