"""Read a version of the catalogue from its data file; pure, and strict about what the file may say.

Nothing in a file can run: applicability is a closed set of comparisons (kinds, public, has). A value
without a found source, a suggestion that claims to be in force, an unknown field, a doubled key: each is
refused with the place and the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from portal.catalogue.contents import (
    Band,
    Borrowed,
    Certainty,
    CriterionData,
    Deadline,
    IndicatorData,
    LegalDocument,
    OpenQuestion,
    Recognition,
    Scale,
    ThresholdData,
    VersionData,
)
from portal.catalogue.entries import (
    applicability_from,
    applicability_to,
    certainty_and_source,
    cited,
    criterion_number,
    read_indicator,
)
from portal.catalogue.fields import Fields, MalformedVersionError, load
from portal.dossiers.measures import LEVELS

__all__ = [
    "DATA",
    "MalformedVersionError",
    "VersionData",
    "applicability_from",
    "applicability_to",
    "read_all",
    "read_version",
]

DATA = Path(__file__).parent / "data"


def read_version(source: str | Path) -> VersionData:
    """Read one file, or its text; MalformedVersionError names what is wrong and where.

    Criteria borrowed from another version are only noted; `read_all` fills them in.
    """
    if isinstance(source, Path):
        return _version(load(source.read_text(encoding="utf-8"), source.name))
    return _version(load(source, "bộ tiêu chí"))


def read_all(folder: Path = DATA) -> tuple[VersionData, ...]:
    """Read every version of a folder by age, with borrowed criteria filled in."""
    versions = {version.key: version for version in map(read_version, sorted(folder.glob("*.yaml")))}
    complete = [_with_borrowed(version, versions) for version in versions.values()]
    return tuple(sorted(complete, key=lambda version: (version.valid_from, version.key)))


def _version(top: Fields) -> VersionData:
    with top as fields:
        scale = Scale(fields.one_of("scale", list(Scale)))
        sources = fields.mapping("sources", str, str)
        criteria = tuple(
            CriterionData(
                entry.number("number"),
                entry.text("title"),
                entry.text("article", ""),
                entry.optional_number("maximum"),
            )
            for entry in fields.each("criteria", "number")
        )
        numbers = {criterion.number for criterion in criteria}
        version = VersionData(
            key=fields.text("key"),
            scope=fields.one_of("scope", ("district", "province")),
            scale=scale,
            name=fields.text("name"),
            document=_document(fields.group("document")),
            valid_from=fields.day("valid_from"),
            valid_to=fields.day("valid_to") if fields.has("valid_to") else None,
            repeals=fields.text("repeals", ""),
            procedure=fields.text("procedure", ""),
            sources=sources,
            deadlines=tuple(_deadline(entry, sources) for entry in fields.each("deadlines", "key")),
            recognition=_recognition(fields.group("recognition"), sources)
            if fields.has("recognition")
            else None,
            open_questions=tuple(
                OpenQuestion(entry.text("key"), entry.text("question"), entry.text("default"))
                for entry in fields.each("open_questions", "key")
            ),
            bands=tuple(_band(entry, sources) for entry in fields.each("bands", "name")),
            criteria=criteria,
            borrowed=tuple(
                _borrowed(entry, numbers, sources) for entry in fields.each("borrowed", "criterion")
            ),
            indicators=tuple(
                read_indicator(entry, scale, numbers, sources) for entry in fields.each("indicators", "key")
            ),
        )
        _check_whole(fields, version)
        return version


def _check_whole(fields: Fields, version: VersionData) -> None:
    if version.valid_to is not None and version.valid_to <= version.valid_from:
        raise fields.error("valid_to phải sau valid_from.")
    _refuse_doubled(fields, "số tiêu chí", [str(criterion.number) for criterion in version.criteria])
    _refuse_doubled(fields, "khóa chỉ tiêu", [indicator.key for indicator in version.indicators])
    _refuse_doubled(fields, "mã chỉ tiêu", [indicator.code for indicator in version.indicators])
    if version.scale is Scale.LEVELS and version.recognition is None:
        raise fields.error("thiếu trường “recognition”.")
    if version.scale is Scale.POINTS:
        for criterion in version.criteria:
            total = sum(i.maximum or 0 for i in version.indicators if i.criterion == criterion.number)
            if total != criterion.maximum:
                raise fields.error(
                    f"tiêu chí {criterion.number}: tổng điểm các chỉ tiêu là {total}, không bằng {criterion.maximum}."
                )


def _refuse_doubled(fields: Fields, name: str, values: list[str]) -> None:
    doubled = sorted({value for value in values if values.count(value) > 1})
    if doubled:
        raise fields.error(f"{name} bị trùng: {', '.join(doubled)}.")


def _document(group: Fields) -> LegalDocument:
    with group as fields:
        return LegalDocument(
            fields.text("number"), fields.text("title"), fields.text("issuer"), fields.day("issued_on")
        )


def _deadline(fields: Fields, sources: Mapping[str, str]) -> Deadline:
    month, day = fields.number("month"), fields.number("day")
    if not (1 <= month <= 12 and 1 <= day <= 28):
        raise fields.error(f"ngày {day}/{month} không dùng được làm hạn hằng năm.")
    certainty, source = certainty_and_source(fields, sources)
    return Deadline(
        key=fields.text("key"),
        name=fields.text("name"),
        month=month,
        day=day,
        exclusive=fields.flag("exclusive"),
        years_after=fields.number("years_after"),
        article=fields.text("article", ""),
        certainty=certainty,
        source=source,
        note=fields.text("note", ""),
    )


def _recognition(group: Fields, sources: Mapping[str, str]) -> Recognition:
    with group as fields:
        certainty, source = certainty_and_source(fields, sources)
        return Recognition(
            validity_months=fields.number("validity_months"),
            validity_from=fields.one_of("validity_from", ("decision_date", "following_year")),
            raise_wait_months=fields.number("raise_wait_months"),
            raise_measured_at=fields.one_of("raise_measured_at", ("filing", "deadline", "decision")),
            direct_level_2=fields.flag("direct_level_2"),
            lower_level_on_same_dossier=fields.flag("lower_level_on_same_dossier"),
            article=fields.text("article"),
            certainty=certainty,
            source=source,
        )


def _band(fields: Fields, sources: Mapping[str, str]) -> Band:
    least, below = fields.number("from"), fields.number("to")
    if least >= below:
        raise fields.error("“from” phải nhỏ hơn “to”.")
    certainty, source = certainty_and_source(fields, sources)
    return Band(fields.text("name"), least, below, certainty, source, fields.text("note", ""))


def _borrowed(fields: Fields, numbers: set[int], sources: Mapping[str, str]) -> Borrowed:
    levels = fields.mapping("levels", int, int)
    if set(levels) != set(LEVELS) or not set(levels.values()) <= set(LEVELS):
        raise fields.error("“levels” phải nêu mức độ 1 và 2 lấy từ mức độ nào.")
    return Borrowed(
        criterion=criterion_number(fields, numbers),
        version=fields.text("version"),
        prefix=fields.text("prefix"),
        levels=levels,
        source=cited(fields, sources),
    )


def _with_borrowed(version: VersionData, versions: Mapping[str, VersionData]) -> VersionData:
    """Fill in the criteria a version takes from another, before its own indicators."""
    taken: list[IndicatorData] = []
    for borrowed in version.borrowed:
        lender = versions.get(borrowed.version)
        if lender is None:
            raise MalformedVersionError(
                version.key, f"không có bộ tiêu chí “{borrowed.version}” để dẫn chiếu."
            )
        taken += [_taken_over(i, borrowed) for i in lender.indicators if i.criterion == borrowed.criterion]
    return replace(version, indicators=(*taken, *version.indicators))


def _taken_over(indicator: IndicatorData, borrowed: Borrowed) -> IndicatorData:
    return replace(
        indicator,
        key=f"{borrowed.prefix}.{indicator.code}",
        thresholds={
            level: _level_taken_over(indicator.thresholds[from_level], level, borrowed)
            for level, from_level in borrowed.levels.items()
        },
    )


def _level_taken_over(threshold: ThresholdData, level: int, borrowed: Borrowed) -> ThresholdData:
    if threshold.certainty is not Certainty.FOUND:
        return replace(threshold, level=level)
    return replace(threshold, level=level, source=f"{threshold.source}; {borrowed.source}")
