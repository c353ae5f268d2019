"""A new version drafted from an existing one: copied whole, edited with a source for every change, or dropped.

What measures an indicator (its kind, its base, its grades) is the law's and stays; thresholds are confirmed as
ever. A draft concludes nothing: no year is opened on it before it is published.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from portal import clock, words
from portal.trail.operations import record
from portal.words import day
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused

from .models import CatalogueIndicator, CriteriaVersion, Criterion, Threshold
from .operations import LONGEST_DOCUMENT, SHORTEST_DOCUMENT, govern, may_govern

LONGEST_NAME, LONGEST_TITLE_OF_DOCUMENT, LONGEST_WORDING = 200, 300, 4_000


@dataclass(frozen=True, slots=True)
class Edit:
    """An indicator as it is to be; `kinds` None is every kind. `source`: the document the change stands on."""

    wording: str
    explanation: str
    kinds: frozenset[str] | None
    public: bool | None
    has: str | None
    applies_note: str
    source: str

    def applies(self) -> dict[str, Any]:
        """Return the applicability as it is stored."""
        chosen = {
            "kinds": None if self.kinds is None else sorted(self.kinds, key=words.kind_order),
            "public": self.public,
            "has": self.has,
        }
        return {name: value for name, value in chosen.items() if value is not None}


def draft_version(
    actor: Identity, base: CriteriaVersion, name: str, document: str, valid_from: date
) -> CriteriaVersion:
    """Copy a version whole under a new name; numbers confirmed there stay confirmed by the same document and person.

    Raises `Refused` for a scale of points, names too short or too long, and a name that is taken.
    """
    may_govern(actor)
    if base.scale != "levels":
        raise Refused("Thang điểm cũ chỉ để tra cứu, không soạn phiên bản mới từ đó.", 422)
    if not 5 <= len(name) <= LONGEST_NAME:
        raise Refused(f"Tên phiên bản dài từ 5 đến {LONGEST_NAME} ký tự.", 422)
    if not SHORTEST_DOCUMENT <= len(document) <= LONGEST_TITLE_OF_DOCUMENT:
        raise Refused(
            f"Xin ghi văn bản làm căn cứ (số, ngày, cơ quan; đến {LONGEST_TITLE_OF_DOCUMENT} ký tự).", 422
        )
    if db.session.scalar(select(CriteriaVersion.id).where(CriteriaVersion.name == name)):
        raise Refused("Đã có bộ tiêu chí mang tên này; xin đặt tên khác.", 422)
    stem = base.key.split("+")[0][:26]
    version = CriteriaVersion(
        key=f"{stem}+{clock.now():%y%m%d%H%M%S}",
        name=name,
        document=document,
        scope=base.scope,
        scale=base.scale,
        valid_from=valid_from,
        settings=dict(base.settings),
        drafted_from=base.id,
    )
    try:
        with db.session.begin_nested():
            db.session.add(version)
            db.session.flush()
    except IntegrityError:
        raise Refused("Có người vừa soạn một phiên bản từ bộ tiêu chí này. Xin xem lại danh sách.") from None
    for criterion in base.criteria:
        copied = Criterion(version_id=version.id, number=criterion.number, title=criterion.title)
        db.session.add(copied)
        db.session.flush()
        for row in criterion.indicators:
            own = _copy(row, version_id=version.id, criterion_id=copied.id)
            own.thresholds = [_copy(threshold) for threshold in row.thresholds]
            db.session.add(own)
    db.session.flush()
    _record(
        actor,
        version,
        "draft",
        f"đã soạn “{name}” từ “{base.name}”, căn cứ “{document}”, hiệu lực từ {day(valid_from)}.",
        {"from": base.key},
    )
    return version


def _copy(row: Any, **values: Any) -> Any:
    """Return a row of its own with the same content."""
    own = {"id", "indicator_id"}
    kept = {c.key: getattr(row, c.key) for c in row.__mapper__.column_attrs if c.key not in own}
    return type(row)(**{**kept, **values})


def is_draft(version: CriteriaVersion) -> bool:
    """Return whether a version was drafted here and is not in force yet: only such a one is reworded or dropped."""
    return version.drafted_from is not None and version.frozen_at is None


def mark_of(row: CatalogueIndicator) -> str:
    """Return what tells one state of an indicator's words from the next."""
    said = [row.wording, row.explanation, row.applies, row.applies_note, row.source]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def edit_indicator(
    actor: Identity, version: CriteriaVersion, row: CatalogueIndicator, edit: Edit, *, seen: str
) -> list[str]:
    """Write an indicator of a draft anew; returns the names of what changed, none where it is the same.

    `seen` is the `mark_of` the indicator on the page that was filled in. Raises `Conflict` when somebody has changed
    it since, `Refused` for a version that is no draft, an empty wording, unknown kinds, or no source.
    """
    _hold_draft(actor, version)
    db.session.refresh(row, with_for_update=True)
    if fault := _fault(version, edit):
        raise Refused(fault, 422)
    values = {
        "wording": ("câu chữ", edit.wording),
        "explanation": ("giải thích", edit.explanation),
        "applies": ("đối tượng áp dụng", edit.applies()),
        "applies_note": ("ghi chú áp dụng", edit.applies_note),
    }
    before = {name: getattr(row, name) for name in values}
    changed = [name for name, (_, value) in values.items() if before[name] != value]
    if not changed:
        return []
    if seen != mark_of(row):
        raise Conflict(
            "Có người vừa sửa chỉ tiêu này. Trang đã lấy lại nội dung mới; phần anh/chị gõ vẫn còn.", row
        )
    for name in changed:
        setattr(row, name, values[name][1])
    row.source, row.certainty = edit.source, "found"
    db.session.flush()
    said = [values[name][0] for name in changed]
    _record(
        actor,
        version,
        "edit",
        f"đã sửa {', '.join(said)} của chỉ tiêu {row.code} trong “{version.name}” theo “{edit.source}”.",
        {
            "indicator": row.key,
            "source": edit.source,
            "before": {name: before[name] for name in changed},
            "after": {name: values[name][1] for name in changed},
        },
    )
    return said


def _fault(version: CriteriaVersion, edit: Edit) -> str:
    known = words.kinds_of(version.scope)
    if not edit.wording:
        return "Câu chữ của chỉ tiêu không được để trống."
    if max(len(edit.wording), len(edit.explanation), len(edit.applies_note)) > LONGEST_WORDING:
        return f"Mỗi đoạn dài nhất {words.number(LONGEST_WORDING)} ký tự."
    if edit.kinds is not None and (not edit.kinds or edit.kinds - known.keys()):
        return "Xin chọn ít nhất một loại hình, hoặc mọi loại hình."
    if edit.has is not None and edit.has not in words.HEADCOUNTS:
        return "Không có số liệu nền này."
    if not SHORTEST_DOCUMENT <= len(edit.source) <= LONGEST_DOCUMENT:
        return (
            f"Xin ghi văn bản làm căn cứ cho thay đổi (số, ngày, điều khoản; đến {LONGEST_DOCUMENT} ký tự)."
        )
    return ""


def drop_draft(actor: Identity, version: CriteriaVersion) -> None:
    """Throw a draft away with everything in it; what was published or brought by a file stays. Raises `Refused`."""
    _hold_draft(actor, version)
    if db.session.scalar(select(CriteriaVersion.id).where(CriteriaVersion.drafted_from == version.id)):
        raise Refused("Có phiên bản khác được soạn từ bản này nên chưa bỏ được.")
    of_version = select(CatalogueIndicator.id).where(CatalogueIndicator.version_id == version.id)
    number, name = version.id, version.name
    _record(actor, version, "drop", f"đã bỏ bản soạn “{name}”.", {})
    for statement in (
        delete(Threshold).where(Threshold.indicator_id.in_(of_version)),
        delete(CatalogueIndicator).where(CatalogueIndicator.version_id == number),
        delete(Criterion).where(Criterion.version_id == number),
        delete(CriteriaVersion).where(CriteriaVersion.id == number),
    ):
        db.session.execute(statement.execution_options(synchronize_session=False))
    db.session.expunge_all()


def _hold_draft(actor: Identity, version: CriteriaVersion) -> None:
    govern(actor, version)
    if not is_draft(version):
        raise Refused(
            "Chỉ sửa được câu chữ của phiên bản do Sở soạn và chưa ban hành; xin soạn phiên bản mới."
        )


def _record(
    actor: Identity, version: CriteriaVersion, act: str, sentence: str, detail: dict[str, Any]
) -> None:
    record(
        actor,
        f"catalogue.{act}",
        sentence,
        tenant_id=actor.here.tenant_id,
        detail={"version": version.key, **detail},
    )
