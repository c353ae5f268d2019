"""Verbs on the catalogue: load the data files, confirm a threshold, publish and freeze a version.

A number concludes something only after somebody read it in the official text: either the sources of the
data file, or the Department, which names the document (product.md, rule 1).
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import select

from portal import clock
from portal.dossiers.measures import Kind, possible_values
from portal.trail.operations import record
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused
from tenants.rights import Right, refusal

from .contents import IndicatorData, ThresholdData, VersionData
from .models import CatalogueIndicator, CriteriaVersion, Criterion, Threshold
from .queries import unconfirmed, version_of
from .reading import applicability_to, read_all

SHORTEST_DOCUMENT, LONGEST_DOCUMENT = 5, 400


def load_all() -> list[str]:
    """Load every data file that is not yet in the database; returns the keys newly loaded (steward scope).

    A version already there is left alone: from then on it is governed in the product. Only which kinds of
    documents prove an indicator, which concludes nothing, follows the files.
    """
    known = set(db.session.scalars(select(CriteriaVersion.key)))
    read = read_all()
    fresh = [data for data in read if data.key not in known]
    for data in fresh:
        _load(data)
    for data in read:
        if data.key in known:
            _follow_documents(data)
    return [data.key for data in fresh]


def _load(data: VersionData) -> None:
    read_at = datetime.now(UTC)
    version = CriteriaVersion(
        key=data.key,
        name=data.name,
        document=f"{data.document.title} (số {data.document.number})",
        scope=data.scope,
        scale=data.scale.value,
        valid_from=data.valid_from,
        settings=data.settings(),
    )
    db.session.add(version)
    criteria = {c.number: Criterion(version=version, number=c.number, title=c.title) for c in data.criteria}
    db.session.add_all(criteria.values())
    db.session.flush()
    for position, indicator in enumerate(data.indicators, start=1):
        row = _indicator(indicator, position, version, criteria[indicator.criterion])
        row.thresholds = [_threshold(t, read_at) for t in indicator.thresholds.values()]
        db.session.add(row)
    db.session.flush()


def _follow_documents(data: VersionData) -> None:
    rows = db.session.scalars(
        select(CatalogueIndicator)
        .join(CriteriaVersion, CriteriaVersion.id == CatalogueIndicator.version_id)
        .where(CriteriaVersion.key == data.key)
    )
    named = {indicator.key: list(indicator.proved_by) for indicator in data.indicators}
    for row in rows:
        if row.key in named and row.proved_by != named[row.key]:
            row.proved_by = named[row.key]
    db.session.flush()


def _indicator(
    data: IndicatorData, position: int, version: CriteriaVersion, criterion: Criterion
) -> CatalogueIndicator:
    return CatalogueIndicator(
        version_id=version.id,
        criterion_id=criterion.id,
        key=data.key,
        code=data.code,
        position=position,
        title=data.title,
        wording=data.wording,
        explanation=data.explanation,
        evidence_examples=list(data.evidence),
        proved_by=list(data.proved_by),
        kind=data.kind,
        base=data.base,
        grades=list(data.grades),
        applies=applicability_to(data.applies),
        applies_note=data.applies_note,
        maximum=data.maximum,
        article=data.article,
        source=data.source,
        note=data.note,
        certainty=data.certainty.value,
    )


def _threshold(data: ThresholdData, read_at: datetime) -> Threshold:
    found = data.value is not None
    return Threshold(
        level=data.level,
        value=data.value,
        suggestion=data.suggestion,
        source=data.source,
        certainty=data.certainty.value,
        note=data.note,
        confirmed_at=read_at if found else None,
        confirmed_by="Theo nguồn đã đọc" if found else "",
        confirmed_document=data.source if found else "",
    )


def may_govern(actor: Identity) -> None:
    """Raise `Refused` for who may not govern the catalogue."""
    sentence = refusal(actor, Right.GOVERN_CATALOGUE)
    if sentence:
        raise Refused(sentence, 403)


def govern(actor: Identity, version: CriteriaVersion) -> None:
    """Ask who may govern, and hold the version: nobody publishes it while a number is being confirmed."""
    may_govern(actor)
    db.session.refresh(version, ["frozen_at"], with_for_update=True)
    if version.frozen_at is not None:
        raise Refused("Bộ tiêu chí này đã ban hành và khóa; muốn thay đổi phải lập phiên bản mới.")


def confirm_threshold(
    actor: Identity,
    version: CriteriaVersion,
    indicator: CatalogueIndicator,
    level: int,
    value: int,
    document: str,
    *,
    illustrative: bool = False,
    seen: str | None = None,
) -> Threshold:
    """Put a threshold in force: `value` as read in `document`. Illustrative values exist in demo data only.

    `seen` is the `confirmation_mark` of the threshold on the page that was filled in; raises `Conflict`
    when somebody has confirmed it since, `Refused` for a value that cannot be or a document not named.
    """
    govern(actor, version)
    threshold = db.session.get(Threshold, (indicator.id, level), with_for_update=True)
    if threshold is None or indicator.version_id != version.id:
        raise Refused("Không có ngưỡng này trong bộ tiêu chí.", 404)
    if len(document.strip()) < SHORTEST_DOCUMENT:
        raise Refused("Xin ghi rõ văn bản đã đọc (số, ngày, điều khoản).", 422)
    if len(document.strip()) > LONGEST_DOCUMENT:
        raise Refused(f"Tên văn bản dài quá {LONGEST_DOCUMENT} ký tự; xin ghi gọn số, ngày, điều khoản.", 422)
    if illustrative and not clock.is_demo():
        raise Refused("Số liệu minh họa chỉ dùng trong dữ liệu minh họa.")
    if seen is not None and seen != confirmation_mark(threshold):
        raise Conflict(
            f"{threshold.confirmed_by} vừa xác nhận ngưỡng này theo “{threshold.confirmed_document}”."
            " Xin xem giá trị mới rồi xác nhận lại nếu cần.",
            threshold,
        )
    if value not in possible_values(Kind(indicator.kind), len(indicator.grades)):
        raise Refused("Giá trị ngưỡng không hợp lệ với loại chỉ tiêu này.", 422)
    before, at = threshold.value, clock.now()
    threshold.value = value
    threshold.confirmed_at = at
    threshold.confirmed_by = actor.full_name
    threshold.confirmed_document = document.strip()
    threshold.illustrative = illustrative
    record(
        actor,
        "catalogue.confirm",
        f"đã xác nhận ngưỡng {indicator.code}, mức độ {level} theo “{document.strip()}”.",
        tenant_id=actor.here.tenant_id,
        detail={
            "version": version.key,
            "indicator": indicator.key,
            "level": level,
            "before": before,
            "after": value,
        },
    )
    return threshold


def confirmation_mark(threshold: Threshold) -> str:
    """Return what tells one confirmation of a threshold from the next ("" while there is none)."""
    return threshold.confirmed_at.isoformat() if threshold.confirmed_at else ""


def publish(actor: Identity, version: CriteriaVersion) -> None:
    """Publish a version and freeze it: from now on no number of it changes."""
    govern(actor, version)
    if version.scale != "levels":
        raise Refused("Thang điểm cũ chỉ để tra cứu kết quả đã có, không ban hành.", 422)
    left = unconfirmed(version.id)
    if left:
        raise Refused(f"Còn {left} ngưỡng chưa xác nhận; ban hành khi đã xác nhận đủ.")
    version.published_at = version.frozen_at = clock.now()
    version.published_by = actor.full_name
    db.session.flush()
    record(
        actor,
        "catalogue.publish",
        f"đã ban hành và khóa “{version.name}”.",
        tenant_id=actor.here.tenant_id,
        detail={"version": version.key},
    )


def confirm_suggestions_for_demo(actor: Identity, version_id: int) -> int:
    """Confirm every suggestion of a version as an illustrative number (demo data only); returns how many."""
    version = version_of(version_id)
    if version is None:
        raise Refused("Không tìm thấy bộ tiêu chí.", 404)
    count = 0
    for criterion in version.criteria:
        for indicator in criterion.indicators:
            for threshold in indicator.thresholds:
                if threshold.value is None and threshold.suggestion is not None:
                    confirm_threshold(
                        actor,
                        version,
                        indicator,
                        threshold.level,
                        threshold.suggestion,
                        "Số liệu minh họa, chưa đối chiếu với văn bản gốc",
                        illustrative=True,
                    )
                    count += 1
    return count


def deadline_in(version: CriteriaVersion, key: str, year: int) -> date:
    """Return a deadline of an assessment year by the version's rule (first day that is too late)."""
    for entry in version.settings.get("deadlines", ()):
        if entry["key"] == key:
            day = date(year + entry["years_after"], entry["month"], entry["day"])
            return day if entry["exclusive"] else date.fromordinal(day.toordinal() + 1)
    raise KeyError(key)
