"""Read single indicators of a catalogue file: thresholds, applicability, sources, and what each may say.

Nothing in a file can run: applicability is a closed set of comparisons (kinds or except, public, has).
A value is in force only with a source where it was found; a suggestion is never in force.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from portal import words
from portal.catalogue.contents import POINTS, Certainty, IndicatorData, Scale, ThresholdData
from portal.catalogue.fields import Fields
from portal.dossiers.measures import LEVELS, possible_values
from portal.dossiers.rules import Applicability, Kind

_KINDS = frozenset(words.UNIT_KINDS)
_UNSOURCED = "gợi ý, chưa có nguồn"


def applicability_from(data: Mapping[str, Any], place: str = "applies") -> Applicability:
    """Build an applicability from plain data: kinds or except (lists of kinds), public, has."""
    return _applicability(Fields(dict(data), place))


def _applicability(group: Fields) -> Applicability:
    with group as fields:
        kinds = _kinds(fields)
        public = fields.flag("public") if fields.has("public") else None
        has = fields.one_of("has", words.HEADCOUNTS) if fields.has("has") else None
        return Applicability(kinds, public, has)


def applicability_to(applies: Applicability) -> dict[str, Any]:
    """Give the plain data of an applicability, for storing; applicability_from reads it back."""
    data = {
        "kinds": None if applies.kinds is None else sorted(applies.kinds, key=words.kind_order),
        "public": applies.public,
        "has": applies.has,
    }
    return {name: value for name, value in data.items() if value is not None}


def _kinds(fields: Fields) -> frozenset[str] | None:
    named = {name: frozenset(fields.texts(name)) for name in ("kinds", "except") if fields.has(name)}
    if len(named) > 1:
        raise fields.error("chỉ dùng một trong hai: kinds hoặc except.")
    for name, kinds in named.items():
        if not kinds or kinds - _KINDS:
            unknown = ", ".join(sorted(kinds - _KINDS)) or "danh sách trống"
            raise fields.error(f"trường “{name}”: không biết loại hình ({unknown}).")
        return kinds if name == "kinds" else _KINDS - kinds
    return None


def read_indicator(
    fields: Fields, scale: Scale, numbers: Collection[int], sources: Mapping[str, str]
) -> IndicatorData:
    """Read an indicator of the version whose criteria and sources are given."""
    kinds = [POINTS] if scale is Scale.POINTS else list(Kind)
    kind = fields.one_of("kind", kinds)
    grades = fields.texts("grades")
    if (kind == Kind.GRADED) is not (len(grades) > 1):
        raise fields.error(
            "chỉ tiêu theo mức (graded), và chỉ loại này, cần danh sách “grades” từ hai mức trở lên."
        )
    if (kind == Kind.SHARE) is not fields.has("base"):
        raise fields.error("chỉ tiêu tỷ lệ (share), và chỉ loại này, cần trường “base”.")
    if (kind == POINTS) is not fields.has("maximum"):
        raise fields.error("chỉ tiêu tính điểm (points), và chỉ loại này, cần trường “maximum”.")
    thresholds = {
        level: _threshold(entry, level, kind, len(grades), sources)
        for level, entry in fields.numbered("thresholds")
    }
    if set(thresholds) != (set() if kind == POINTS else set(LEVELS)):
        raise fields.error("“thresholds” phải có đúng mức độ 1 và 2 (không có với chỉ tiêu tính điểm).")
    _refuse_falling(fields, thresholds)
    certainty, source = certainty_and_source(fields, sources)
    return IndicatorData(
        key=fields.text("key"),
        code=fields.text("code"),
        criterion=criterion_number(fields, numbers),
        kind=kind,
        title=fields.text("title"),
        wording=fields.text("wording"),
        explanation=fields.text("explanation", ""),
        evidence=fields.texts("evidence"),
        proved_by=_documents(fields),
        base=fields.one_of("base", words.HEADCOUNTS) if kind == Kind.SHARE else None,
        grades=grades,
        applies=_applicability(fields.group("applies")) if fields.has("applies") else Applicability(),
        applies_note=fields.text("applies_note", ""),
        article=fields.text("article", ""),
        source=source,
        certainty=certainty,
        note=fields.text("note", ""),
        maximum=fields.optional_number("maximum"),
        thresholds=thresholds,
    )


def _documents(fields: Fields) -> tuple[str, ...]:
    kinds = fields.texts("proved_by")
    unknown = [kind for kind in kinds if kind not in words.DOCUMENT_KINDS]
    if unknown:
        raise fields.error(f"trường “proved_by”: không biết loại tài liệu {', '.join(unknown)}.")
    return kinds


def _threshold(
    fields: Fields, level: int, kind: str, grades: int, sources: Mapping[str, str]
) -> ThresholdData:
    certainty, source = certainty_and_source(fields, sources)
    threshold = ThresholdData(
        level=level,
        value=fields.optional_number("value"),
        suggestion=fields.optional_number("suggestion"),
        certainty=certainty,
        source=source,
        note=fields.text("note", ""),
    )
    if (certainty is Certainty.FOUND) is not (threshold.value is not None):
        raise fields.error("chỉ ngưỡng “found” mới có “value” (có hiệu lực), và phải có.")
    if threshold.value is not None and threshold.suggestion is not None:
        raise fields.error("đã có “value” thì không có “suggestion”.")
    if certainty is Certainty.SUGGESTED and (threshold.suggestion is None or not threshold.note):
        raise fields.error("ngưỡng “suggested” phải có “suggestion” và “note” nói suy ra từ đâu.")
    unsourced = certainty is Certainty.UNKNOWN and threshold.suggestion is not None
    if unsourced and _UNSOURCED not in threshold.note:
        raise fields.error(f"gợi ý cho ngưỡng “unknown” phải ghi trong “note”: “{_UNSOURCED}”.")
    possible = possible_values(Kind(kind), grades)
    for asked in (threshold.value, threshold.suggestion):
        if asked is not None and asked not in possible:
            raise fields.error(f"ngưỡng {asked} ngoài khoảng {possible[0]} đến {possible[-1]}.")
    return threshold


def _refuse_falling(fields: Fields, thresholds: Mapping[int, ThresholdData]) -> None:
    asked = [t.value if t.value is not None else t.suggestion for _, t in sorted(thresholds.items())]
    known = [value for value in asked if value is not None]
    if known != sorted(known):
        raise fields.error("ngưỡng của mức độ 2 thấp hơn mức độ 1.")


def certainty_and_source(fields: Fields, sources: Mapping[str, str]) -> tuple[Certainty, str]:
    """Read how sure an entry is and the sources it cites; what is found must cite one."""
    certainty = Certainty(fields.one_of("certainty", list(Certainty)))
    source = cited(fields, sources)
    if certainty is Certainty.FOUND and not source:
        raise fields.error("mục “found” phải nêu nguồn (source).")
    return certainty, source


def cited(fields: Fields, sources: Mapping[str, str]) -> str:
    """Read the cited sources and give their titles in one text."""
    keys = fields.texts("source")
    unknown = [key for key in keys if key not in sources]
    if unknown:
        raise fields.error(f"nguồn không có trong “sources”: {', '.join(unknown)}.")
    return "; ".join(sources[key] for key in keys)


def criterion_number(fields: Fields, numbers: Collection[int]) -> int:
    """Read the number of a criterion that the version has."""
    number = fields.number("criterion")
    if number not in numbers:
        raise fields.error(f"không có tiêu chí {number} trong “criteria”.")
    return number
