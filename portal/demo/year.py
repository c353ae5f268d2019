"""What the demonstration's units did through a year besides their dossiers: registrations and activities, in bulk."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from portal.activities.models import Activity, ActivityFile, ActivityProof
from portal.evidence.models import Evidence, EvidenceLink
from portal.outreach.models import DistrictActivity
from portal.registration.models import Registration, RegistrationChange
from portal.words import ZONE, fold
from tenants.database import db

from .bulk import Catalogue, Draft, Registered, insert_all, insert_with_ids, key_of

# What units log: kind, topic, who organised it, most people, minutes, the indicators it proves.
ACTIVITIES = (
    ("publicity", "Phát động “Học tập suốt đời” toàn đơn vị", "Ban lãnh đạo", 60, 60, ("1.1",)),
    ("publicity", "Tuyên truyền về Công dân học tập trên trang thông tin", "Công đoàn", 45, 0, ("3.1",)),
    ("training", "Tập huấn sử dụng học liệu số", "Tổ chuyên môn", 35, 180, ("1.4", "2.3")),
    ("training", "Bồi dưỡng thường xuyên đợt 1", "Đơn vị phối hợp Phòng GDĐT", 40, 240, ("2.2",)),
    ("training", "Bồi dưỡng thường xuyên đợt 2", "Đơn vị phối hợp Phòng GDĐT", 40, 240, ("2.2",)),
    ("learning", "Sinh hoạt chuyên môn theo chuyên đề", "Tổ chuyên môn", 25, 120, ("2.2", "3.2")),
    ("learning", "Ngày đọc sách của đơn vị", "Đoàn thanh niên", 80, 150, ("3.2",)),
    ("sharing", "Chia sẻ kinh nghiệm với đơn vị bạn", "Ban lãnh đạo", 50, 150, ("3.2",)),
    ("community", "Mở thư viện cho người dân vào thứ Bảy", "Đơn vị", 120, 240, ("1.5", "3.2")),
    ("community", "Hướng dẫn kỹ năng số cho người cao tuổi", "Đoàn thanh niên", 30, 120, ("1.5",)),
)  # fmt: skip

# What districts log of their own: kind, topic, place, people, document number.
OWN = (
    (2, 6, "guidance", "Kế hoạch xây dựng Đơn vị học tập", "", 0, "18/KH-UBND"),
    (2, 20, "guidance", "Công văn hướng dẫn đăng ký xây dựng Đơn vị học tập", "", 0, "57/PGDĐT"),
    (3, 5, "briefing", "Hội nghị quán triệt Thông tư 24/2023/TT-BGDĐT", "Hội trường Ủy ban nhân dân", 140, ""),
    (4, 22, "publicity", "Tuyên truyền Tuần lễ học tập suốt đời trên đài truyền thanh", "", 0, ""),
    (5, 14, "training", "Tập huấn tự đánh giá cho cán bộ đầu mối, đợt 1", "Trung tâm GDNN-GDTX", 96, ""),
    (9, 17, "training", "Tập huấn tự đánh giá cho cán bộ đầu mối, đợt 2", "Trung tâm GDNN-GDTX", 88, ""),
    (10, 8, "inspection", "Kiểm tra, hướng dẫn các trường theo cụm", "Các cụm trường", 45, "112/PGDĐT"),
    (11, 26, "guidance", "Công văn hướng dẫn nộp hồ sơ tự đánh giá", "", 0, "164/PGDĐT"),
)  # fmt: skip


def load_outreach(year: int, tenant_id: int) -> None:
    """Load what a district itself did in a year."""
    insert_all(
        DistrictActivity,
        [
            {
                "tenant_id": tenant_id,
                "year": year,
                "held_on": date(year, month, day),
                "kind": kind,
                "topic": topic,
                "place": place,
                "participants": people,
                "document_number": number,
                "name_folded": fold(f"{topic} {place} {number}"),
                "changed_at": datetime(year, month, day, 16, 30, tzinfo=ZONE),
                "changed_by": "Chuyên viên Phòng GDĐT",
            }
            for month, day, kind, topic, place, people, number in OWN
        ],
    )


def load_registrations(
    year: int, units: Sequence[Registered], drafts: Sequence[Draft], chance: random.Random
) -> None:
    """Load a year's registrations: those the dossiers know of, some of units that never began one, some waiting."""
    known = {d.unit.unit_id: d for d in drafts}
    rows, changes = [], []
    for unit in units:
        draft = known.get(unit.unit_id)
        said = draft.registered if draft else None
        if draft is None and chance.random() < 0.5:
            at = datetime(year, 2, chance.randint(3, 27), chance.randint(8, 16), tzinfo=ZONE)
            said = ("keep" if chance.random() < 0.6 else "level_1", at)
        if said is None:
            continue
        target, at = said
        key = {"tenant_id": unit.tenant_id, "unit_id": unit.unit_id, "year": year}
        head = f"{unit.data.head_title} – {unit.data.name}"[:200]
        rows.append(key | {"target": target, "confirmed_at": at, "confirmed_by": head})
        clerk = {"by": f"Cán bộ đầu mối – {unit.data.name}"[:200], "role": "unit_editor"}
        began = at.replace(hour=at.hour - 1)
        first = "level_1" if target == "level_2" and chance.random() < 0.2 else target
        if first != target:
            changes.append(_change(key, "confirmed", None, first, began.replace(day=1), head))
        before = first if first != target else None
        changes.append(key | {"act": "proposed", "before": before, "after": target, "at": began} | clerk)
        changes.append(_change(key, "confirmed", before, target, at, head))
    insert_all(Registration, rows)
    insert_all(RegistrationChange, changes)


def _change(
    key: dict[str, int], act: str, before: str | None, after: str, at: datetime, by: str
) -> dict[str, Any]:
    return key | {"act": act, "before": before, "after": after, "at": at, "by": by, "role": "unit_head"}


def load_activities(
    year: int, drafts: Sequence[Draft], catalogue: Catalogue, shown: Sequence[str], chance: random.Random
) -> None:
    """Load what units logged in a year; their pictures prove the indicators in the drafts of the dossiers."""
    ids = {indicator.code: indicator.id for indicator in catalogue.indicators}
    rows, of = [], []
    for draft in drafts:
        many = len(ACTIVITIES) if draft.unit.data.name in shown else chance.randint(0, 5)
        for kind, topic, organiser, most, minutes, codes in chance.sample(ACTIVITIES, k=many):
            held_on = date(year, chance.randint(1, 12), chance.randint(1, 28))
            members = draft.counts["members"]
            people = max(3, min(most, chance.randint(members // 2, members)))
            rows.append(
                {
                    "tenant_id": draft.unit.tenant_id,
                    "unit_id": draft.unit.unit_id,
                    "year": year,
                    "held_on": held_on,
                    "kind": kind,
                    "topic": topic,
                    "organiser": organiser,
                    "participants": 0 if draft.unit.data.sensitive else people,
                    "minutes": minutes,
                    "name_folded": fold(f"{topic} {organiser}"),
                    "changed_at": datetime(year, held_on.month, held_on.day, 16, 30, tzinfo=ZONE),
                    "changed_by": f"Cán bộ đầu mối – {draft.unit.data.name}"[:200],
                }
            )
            of.append((draft, [ids[code] for code in codes if ids[code] in draft.answers]))
    numbers = insert_with_ids(Activity, rows)
    logged = list(zip(numbers, of, strict=True))
    insert_all(
        ActivityProof,
        [
            _under(draft, number) | {"indicator_id": indicator}
            for number, (draft, proves) in logged
            for indicator in proves
        ],
    )
    _give_pictures(logged)


def _under(draft: Draft, activity_id: int) -> dict[str, int]:
    return {
        "tenant_id": draft.unit.tenant_id,
        "unit_id": draft.unit.unit_id,
        "activity_id": activity_id,
    }


def _give_pictures(logged: Sequence[tuple[int, tuple[Draft, list[int]]]]) -> None:
    """Give each unit's first proving activity the pictures of its library, tied as the verb would."""
    tenants = {draft.unit.tenant_id for _, (draft, _) in logged}
    pictures: dict[int, list[int]] = {}
    for unit_id, number in db.session.execute(
        select(Evidence.unit_id, Evidence.id)
        .where(Evidence.tenant_id.in_(tenants), Evidence.media_type == "image/png")
        .order_by(Evidence.id)
    ):
        pictures.setdefault(unit_id, []).append(number)
    tied = {
        tuple(row)
        for row in db.session.execute(
            select(EvidenceLink.dossier_id, EvidenceLink.indicator_id, EvidenceLink.evidence_id).where(
                EvidenceLink.tenant_id.in_(tenants)
            )
        )
    }
    files, links = [], []
    for number, (draft, proves) in logged:
        given = pictures.pop(draft.unit.unit_id, []) if proves else []
        files += [_under(draft, number) | {"evidence_id": one} for one in given]
        links += [
            key_of(draft) | {"indicator_id": indicator, "evidence_id": one}
            for indicator in proves
            for one in given
            if (draft.id, indicator, one) not in tied
        ]
    insert_all(ActivityFile, files)
    insert_all(EvidenceLink, links)
