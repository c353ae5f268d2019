"""The catalogue's data files say what the law's sources say, and a malformed file is refused by name."""

import json
from datetime import date

import pytest

from portal.catalogue.contents import Certainty, Scale
from portal.catalogue.reading import (
    DATA,
    MalformedVersionError,
    applicability_from,
    applicability_to,
    read_all,
    read_version,
)
from portal.dossiers.rules import Answer, Applicability, Kind, Outcome, Profile, assess

VERSIONS = {version.key: version for version in read_all()}
DISTRICT = VERSIONS["tt24-2023"]
PROVINCE = VERSIONS["tt24-2023-tinh"]
OLD = VERSIONS["tt22-2020"]


def values(version, key):
    return tuple(version.indicator(key).thresholds[level].value for level in (1, 2))


def suggestions(version, key):
    return tuple(version.indicator(key).thresholds[level].suggestion for level in (1, 2))


def test_every_file_is_read_oldest_first():
    assert list(VERSIONS) == ["tt22-2020", "tt24-2023", "tt24-2023-tinh"]
    assert DISTRICT.valid_from == date(2024, 1, 26)
    assert DISTRICT.document.number == "24/2023/TT-BGDĐT"
    assert OLD.valid_to == DISTRICT.valid_from


def test_district_codes():
    assert " ".join(i.code for i in DISTRICT.indicators) == (
        "1.1 1.2 1.2b 1.3 1.4 1.5 2.1 2.2 2.3 2.4 2.5 3.1 3.1b 3.2 3.3 3.4 3.5"
    )
    assert all(i.key == f"H.{i.code}" for i in DISTRICT.indicators)


def test_only_what_was_found_is_in_force():
    in_force = {
        (i.key, level): t.value
        for i in DISTRICT.indicators
        for level, t in i.thresholds.items()
        if t.value is not None
    }
    assert in_force == {
        ("H.1.1", 1): 1,
        ("H.1.2", 1): 1,
        ("H.1.2b", 1): 1,
        ("H.1.3", 1): 1,
        ("H.1.4", 1): 1,
        ("H.1.5", 1): 1,
        ("H.2.1", 1): 90,
        ("H.2.2", 1): 90,
    }


def test_unknown_thresholds_say_that_the_suggestion_has_no_source():
    unknown = [
        t for i in DISTRICT.indicators for t in i.thresholds.values() if t.certainty is Certainty.UNKNOWN
    ]
    assert len(unknown) == 12
    assert all(t.value is None and "gợi ý, chưa có nguồn" in t.note for t in unknown)
    assert suggestions(DISTRICT, "H.2.5") == (90, 95)
    assert suggestions(DISTRICT, "H.3.1b") == (95, 97)
    assert suggestions(DISTRICT, "H.3.4") == (2, 3)


def test_every_indicator_can_be_shown():
    for version in VERSIONS.values():
        for indicator in version.indicators:
            assert indicator.title
            assert indicator.wording.endswith(".")
            assert indicator.source
            if version.scale is Scale.LEVELS:
                assert indicator.explanation
                assert indicator.evidence
                assert "Điều" in indicator.article


def test_deadlines_are_exclusive_days_of_the_following_year():
    found = {d.key: (d.day, d.month, d.exclusive, d.years_after) for d in DISTRICT.deadlines}
    assert found == {
        "submit": (15, 1, True, 1),
        "decide": (15, 2, True, 1),
        "report": (15, 3, True, 1),
    }
    term = DISTRICT.recognition
    assert (term.validity_months, term.validity_from) == (36, "decision_date")
    assert (term.raise_wait_months, term.raise_measured_at) == (12, "decision")
    assert term.direct_level_2
    assert len(DISTRICT.open_questions) == 10


def test_provincial_criteria_borrow_articles_6_and_7():
    assert values(PROVINCE, "T.1.3") == (1, 1)
    assert PROVINCE.indicator("T.1.3").thresholds[2].certainty is Certainty.FOUND
    assert values(PROVINCE, "T.2.1") == (90, None)
    assert values(PROVINCE, "T.3.1a") == (90, 95)
    assert values(PROVINCE, "T.3.1b") == (95, 97)
    assert values(PROVINCE, "T.3.4") == (2, 3)
    assert values(PROVINCE, "T.3.5") == (2, None)
    assert PROVINCE.scope == "province"


def test_the_old_scale_has_points_and_bands_only():
    assert OLD.scale is Scale.POINTS
    assert sum(i.maximum for i in OLD.indicators) == 100
    assert [(band.name, band.least, band.below) for band in OLD.bands][:3] == [
        ("Tốt", 85, 100),
        ("Khá", 70, 85),
        ("Trung bình", 50, 70),
    ]
    with pytest.raises(ValueError, match="points"):
        OLD.as_rules()


def test_settings_are_plain_data():
    for version in VERSIONS.values():
        assert json.loads(json.dumps(version.settings())) == version.settings()


@pytest.mark.parametrize(
    ("kind", "public", "applying"),
    [
        ("preschool", True, "1.2b 1.3"),
        ("preschool", False, ""),
        ("primary", True, "1.3 3.4"),
        ("lower_secondary", True, "1.3 3.4"),
        ("primary_lower_secondary", True, "1.3 3.4"),
        ("primary", False, "3.4"),
        ("vocational_centre", True, "1.3 3.5"),
        ("party_office", True, "1.3"),
        ("government_office", True, "1.3"),
        ("front_mass", True, "1.3"),
        ("commune_committee", True, "1.3"),
        ("military_police", True, "1.3"),
        ("enterprise", False, ""),
        ("enterprise", True, ""),
        ("association", False, ""),
        ("association", True, "1.3"),
    ],
)
def test_applicability_of_the_circular(kind, public, applying):
    profile = Profile(kind, public, {"members": 37, "learners": 0, "language_posts": 0})
    limited = {"1.2b", "1.3", "3.4", "3.5"}
    applies = {i.code for i in DISTRICT.as_rules() if i.applies.applies(profile)[0]}
    assert " ".join(sorted(applies & limited)) == applying
    assert {"1.1", "1.2", "1.4", "1.5", "2.1", "2.2", "2.3", "2.5", "3.1", "3.2", "3.3"} <= applies
    assert not applies & {"2.4", "3.1b"}


def full_marks(version, *, illustrate):
    counts = {"members": 37, "learners": 400, "language_posts": 2}
    rules = version.as_rules(illustrate=illustrate)
    answers = {
        i.id: Answer(
            yes=True, part=counts.get(i.base or ""), grade=3 if i.kind is Kind.GRADED else None, evidence=1
        )
        for i in rules
    }
    return assess(rules, Profile("primary", True, counts), answers)


def test_a_real_installation_concludes_nothing_before_the_department_confirms():
    result = full_marks(DISTRICT, illustrate=False)
    assert result.level is None
    outcomes = {finding.indicator.code: finding.outcomes[1] for finding in result.findings}
    assert outcomes["2.1"] is Outcome.MET
    assert outcomes["2.5"] is Outcome.UNCONFIRMED


def test_the_demonstration_takes_suggestions_as_illustrative():
    assert full_marks(DISTRICT, illustrate=True).level == 2
    shown = {i.code: i.thresholds[1] for i in DISTRICT.as_rules(illustrate=True)}
    assert shown["2.5"].illustrative
    assert not shown["2.1"].illustrative


def test_applicability_survives_storage():
    for version in VERSIONS.values():
        for indicator in version.indicators:
            assert applicability_from(applicability_to(indicator.applies)) == indicator.applies
    assert applicability_to(Applicability()) == {}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"kinds": ["bank"]}, "không biết loại hình (bank)"),
        ({"kinds": []}, "danh sách trống"),
        ({"kinds": ["primary"], "except": ["enterprise"]}, "chỉ dùng một trong hai"),
        ({"public": "yes"}, "true hoặc false"),
        ({"has": "money"}, "phải là một trong: members"),
        ({"expression": "__import__('os')"}, "không biết trường “expression”"),
    ],
)
def test_applicability_can_do_nothing_else(data, words):
    with pytest.raises(MalformedVersionError) as refusal:
        applicability_from(data)
    assert words in str(refusal.value)


TEXT = (DATA / "tt24-2023.yaml").read_text(encoding="utf-8")
FIRST = "1: {value: 90, certainty: found, source: [lawnet-129761]}"


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("key: tt24-2023\n", "", "bộ tiêu chí: thiếu trường “key”"),
        ("scope: district", "scope: ward", "“scope” là “ward”"),
        ("valid_from: 2024-01-26", "valid_from: hôm qua", "“valid_from” phải là ngày"),
        ("valid_from: 2024-01-26", "valid_from: 2024-01-26\nvalid_to: 2024-01-26", "valid_to phải sau"),
        ("scale: levels", "scale: levels\nscale: levels", "khóa “scale” xuất hiện hai lần"),
        ("scale: levels", "scale: levels\ncolour: red", "không biết trường “colour”"),
        ("key: H.1.2\n", "key: H.1.1\n", "khóa chỉ tiêu bị trùng: H.1.1"),
        ('code: "1.2"', "code: 1.2", "“code” phải là chữ"),
        ("    base: members\n    title: Kỷ luật", "    title: Kỷ luật", "H.2.1: chỉ tiêu tỷ lệ (share)"),
        ("base: members", "base: chairs", "“base” là “chairs”"),
        (FIRST, FIRST.replace("90", "101"), "H.2.1: thresholds 1: ngưỡng 101 ngoài khoảng 0 đến 100"),
        (FIRST, FIRST.replace("90", "96"), "H.2.1: ngưỡng của mức độ 2 thấp hơn mức độ 1"),
        (FIRST, FIRST.replace("value", "suggestion"), "chỉ ngưỡng “found” mới có “value”"),
        (FIRST, FIRST.replace("value: 90", "value: 90, suggestion: 80"), "không có “suggestion”"),
        (FIRST, FIRST.replace("[lawnet-129761]", "[]"), "mục “found” phải nêu nguồn"),
        (FIRST, FIRST.replace("lawnet-129761", "báo"), "nguồn không có trong “sources”: báo"),
        (FIRST, FIRST.replace("90", "chín mươi"), "“value” phải là số nguyên"),
        (FIRST, FIRST.replace("1:", "3:"), "“thresholds” phải có đúng mức độ 1 và 2"),
        ("95 % là gợi ý, chưa có nguồn.", "95 %.", "“gợi ý, chưa có nguồn”"),
        ("grades: [Chưa đáp ứng, Đáp ứng cơ bản, Đáp ứng tốt]", "grades: [Đạt]", "cần danh sách “grades”"),
        ("criterion: 3\n    kind: graded", "criterion: 4\n    kind: graded", "không có tiêu chí 4"),
        ("month: 1, day: 15", "month: 1, day: 32", "ngày 32/1"),
        ("validity_months: 36", "validity_months: true", "“validity_months” phải là số nguyên"),
        ("indicators:\n", "indicators: [\n", "không phải YAML hợp lệ"),
    ],
)
def test_a_malformed_file_is_refused_with_place_and_reason(before, after, words):
    assert before in TEXT
    with pytest.raises(MalformedVersionError) as refusal:
        read_version(TEXT.replace(before, after, 1))
    assert words in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "cần một nhóm"),
        ("- 1", "cần một nhóm"),
        ("key: !!python/object/apply:os.system [ls]", "không phải YAML hợp lệ"),
    ],
)
def test_what_is_not_a_mapping_of_plain_values_is_refused(text, words):
    with pytest.raises(MalformedVersionError) as refusal:
        read_version(text)
    assert words in str(refusal.value)


def test_points_must_add_up():
    text = (DATA / "tt22-2020.yaml").read_text(encoding="utf-8").replace("maximum: 25", "maximum: 20")
    with pytest.raises(MalformedVersionError, match="tổng điểm các chỉ tiêu là 35, không bằng 40"):
        read_version(text)


def test_a_missing_lender_is_named(tmp_path):
    name = "tt24-2023-tinh.yaml"
    (tmp_path / name).write_text((DATA / name).read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(MalformedVersionError, match="không có bộ tiêu chí “tt24-2023” để dẫn chiếu"):
        read_all(tmp_path)
