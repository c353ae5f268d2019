"""The demonstration's evidence: files with kinds and times, tied to what they prove, and used over the years.

Every draft has a few files at the indicators their kind fits. The units shown first also have last year's: one
regulation that goes on, papers of that year only, one certificate that has ended; nobody was asked about them yet.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from portal.dossiers.models import Dossier, State
from portal.evidence.models import Evidence, EvidenceLink
from portal.evidence.store import store
from portal.words import ZONE, fold
from tenants.database import db

from . import bulk, files
from .accounts import SHOWN_UNITS
from .bulk import Catalogue, Draft

SENT = datetime(2026, 12, 20, 9, tzinfo=ZONE)
# By the title of a file: its kind, and the indicators it proves.
PROVES: dict[str, tuple[str, tuple[str, ...]]] = {
    "Kế hoạch xây dựng Đơn vị học tập": ("plan", ("1.1",)),
    "Quyết định ban hành quy chế khuyến khích học tập": ("regulation", ("1.2",)),
    "Dự toán kinh phí đào tạo, bồi dưỡng": ("funding", ("1.3",)),
    "Danh sách hoàn thành chương trình bồi dưỡng": ("list", ("2.2", "2.3")),
    "Quyết định công nhận danh hiệu Lao động tiên tiến": ("decision", ("2.5", "3.3")),
    "Danh sách đạt danh hiệu Công dân học tập": ("list", ("3.1",)),
    "Biên bản họp Tổ đánh giá": ("minutes", ("2.1",)),
    "Báo cáo kết quả chuyển đổi số": ("report", ("1.4", "3.4")),
}
PHOTO = ("photo", ("1.5", "3.2"))
REGULATION = "Quyết định ban hành quy chế khuyến khích học tập"
OF_LAST_YEAR = (
    ("Kế hoạch xây dựng Đơn vị học tập năm {year}", "KH", "plan", ("1.1",), None),
    ("Danh sách hoàn thành chương trình bồi dưỡng năm {year}", "DS", "list", ("2.2", "2.3"), None),
    ("Chứng nhận đơn vị sử dụng phần mềm học tập", "GCN", "certificate", ("1.4",), date(2026, 6, 30)),
)


def load(drafts: Sequence[Draft], papers: Sequence[dict[str, Any]], catalogue: Catalogue) -> None:
    """Give each draft its files (already in the store) and the shown units their last year's (steward scope)."""
    if not drafts:
        return
    chance = random.Random(f"evidence-{drafts[0].unit.code}")
    code_of = {indicator.code: indicator.id for indicator in catalogue.indicators}
    rows: list[dict[str, Any]] = []
    wanted: list[tuple[Draft, tuple[str, ...]]] = []
    for draft in drafts:
        shown = draft.unit.data.name in SHOWN_UNITS
        for paper in papers if shown else chance.sample(list(papers), k=min(4, len(papers))):
            kind, codes = PROVES.get(paper["title"], PHOTO)
            rows.append(_file(draft, paper, kind, chance, shown=shown))
            wanted.append((draft, codes))
    links = []
    ids = bulk.insert_with_ids(Evidence, rows)
    for (draft, codes), row, number in zip(wanted, rows, ids, strict=True):
        row["id"] = number
        proved = [code_of[code] for code in codes if code_of.get(code) in draft.answers]
        links += [{**bulk.key_of(draft), "indicator_id": i, "evidence_id": number} for i in proved]
    bulk.insert_all(EvidenceLink, links)
    _last_year([d for d in drafts if d.unit.data.name in SHOWN_UNITS], rows, code_of)


def _file(
    draft: Draft, paper: dict[str, Any], kind: str, chance: random.Random, *, shown: bool
) -> dict[str, Any]:
    issued = date(draft.year, chance.randint(1, 12), chance.randint(1, 28))
    valid_until = None
    if kind == "regulation" and shown:  # in force since an earlier year, and soon to be renewed
        issued, valid_until = date(2024, 3, 1), date(2027, 2, 28)
    number = "" if kind == "photo" else f"{chance.randint(3, 320)}/{paper['symbol']}"
    return {
        **{name: value for name, value in paper.items() if name != "symbol"},
        **_common(draft, paper["title"], paper["file_name"], number),
        "kind": kind,
        "issued_on": issued,
        "valid_until": valid_until,
    }


def _common(draft: Draft, title: str, file_name: str, number: str) -> dict[str, Any]:
    issuer = draft.unit.data.name[:200]
    return {
        "tenant_id": draft.unit.tenant_id,
        "unit_id": draft.unit.unit_id,
        "number": number,
        "issuer": issuer,
        "valid_from": None,
        "name_folded": fold(f"{title} {number} {issuer} {file_name}"),
        "uploaded_at": SENT,
        "uploaded_by": "Cán bộ đầu mối",
    }


def _last_year(drafts: Sequence[Draft], rows: Sequence[dict[str, Any]], code_of: dict[str, int]) -> None:
    """Tie the regulation to the last decided dossier as well, and load the papers of that year."""
    units = {draft.unit.unit_id: draft for draft in drafts}
    decided = db.session.execute(
        select(Dossier.unit_id, Dossier.id, Dossier.year)
        .where(
            Dossier.tenant_id.in_({draft.unit.tenant_id for draft in drafts}),
            Dossier.unit_id.in_(units),
            Dossier.state == State.DECIDED,
        )
        .order_by(Dossier.year)
    )
    last = {unit_id: (dossier_id, year) for unit_id, dossier_id, year in decided}
    links, made, codes = [], [], []
    for unit_id, (dossier_id, year) in last.items():
        draft = units[unit_id]
        key = {**bulk.key_of(draft), "dossier_id": dossier_id}
        same = [row["id"] for row in rows if row["unit_id"] == unit_id and row["title"] == REGULATION]
        links += [{**key, "indicator_id": code_of["1.2"], "evidence_id": number} for number in same]
        for title, symbol, kind, proved, valid_until in OF_LAST_YEAR:
            made.append(
                _older(draft, title.format(year=year), symbol, year)
                | {"kind": kind, "valid_until": valid_until}
            )
            codes.append((key, proved))
    ids = bulk.insert_with_ids(Evidence, made)
    for (key, proved), number in zip(codes, ids, strict=True):
        links += [{**key, "indicator_id": code_of[code], "evidence_id": number} for code in proved]
    bulk.insert_all(EvidenceLink, links)


def _older(draft: Draft, title: str, symbol: str, year: int) -> dict[str, Any]:
    file = files.paper(title, symbol, 90)
    return {
        **_common(draft, title, file.file_name, f"{17 + len(title) % 60}/{symbol}"),
        "sha256": store().put(draft.unit.tenant_id, file.content),
        "size": len(file.content),
        "media_type": file.media_type,
        "file_name": file.file_name,
        "title": title,
        "issued_on": date(year, 3, 12),
        "uploaded_at": datetime(year, 12, 18, 9, tzinfo=ZONE),
    }
