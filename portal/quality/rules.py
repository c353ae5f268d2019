"""What asks for a look at a district, each in a sentence with its figures. Pure; a question, never a verdict.

Every rule has one limit the Department sets; what stands here first is the portal's own choice, no law's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.words import number, percent

FEW = 10
"""Shares of fewer dossiers say nothing and raise nothing."""


class Rule(StrEnum):
    """What is looked for."""

    SAME_FILES = "same_files"
    SAME_FIGURES = "same_figures"
    ALL_RECOGNISED = "all_recognised"
    NOTHING_CHANGED = "nothing_changed"
    LEVEL_2 = "level_2"
    MEMBERS = "members"
    HASTY = "hasty"
    ONE_DAY = "one_day"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Limit:
    """A rule in words, and its limit: what it counts, the portal's own default, the least and most it can be."""

    title: str
    what: str
    unit: str
    default: int
    least: int
    most: int


LIMITS: Mapping[Rule, Limit] = {
    Rule.SAME_FILES: Limit(
        "Tệp giống nhau giữa các huyện",
        "Một tệp minh chứng giống từng byte ở đơn vị của từ hai huyện. Tệp có ở nhiều đơn vị hơn mức này là văn bản"
        " gửi chung, không nêu.",
        "đơn vị",
        5,
        2,
        50,
    ),
    Rule.SAME_FIGURES: Limit(
        "Số liệu giống nhau giữa các huyện",
        "Số thành viên và mọi tỷ lệ trùng nhau ở đơn vị của từ hai huyện, khi có từ chừng này tỷ lệ.",
        "tỷ lệ",
        3,
        2,
        17,
    ),
    Rule.ALL_RECOGNISED: Limit(
        "Công nhận gần như tất cả",
        f"Tỷ lệ công nhận trong số hồ sơ đã có quyết định, khi có từ {FEW} hồ sơ.",
        "%",
        100,
        50,
        100,
    ),
    Rule.NOTHING_CHANGED: Limit(
        "Thẩm định như tự đánh giá, không kiểm tra",
        f"Tỷ lệ hồ sơ không đổi chỉ tiêu nào so với tự đánh giá, khi có từ {FEW} hồ sơ và không có cuộc kiểm tra nào.",
        "%",
        100,
        50,
        100,
    ),
    Rule.LEVEL_2: Limit(
        "Mức độ 2 tăng mạnh",
        "Tỷ lệ mức độ 2 trong số hồ sơ có quyết định tăng so với năm trước, cả hai năm có từ "
        f"{FEW} hồ sơ có quyết định.",
        "điểm %",
        20,
        5,
        100,
    ),
    Rule.MEMBERS: Limit(
        "Số thành viên thay đổi mạnh",
        f"Tổng số thành viên của các đơn vị có hồ sơ cả hai năm (từ {FEW} đơn vị, không tính đơn vị không nêu số người).",
        "%",
        30,
        5,
        200,
    ),
    Rule.HASTY: Limit(
        "Ban hành ngay sau tiếp nhận",
        "Hồ sơ có quyết định trong vòng chừng này phút kể từ lúc tiếp nhận.",
        "phút",
        60,
        1,
        1440,
    ),
    Rule.ONE_DAY: Limit(
        "Một người chốt trong một ngày",
        f"Tỷ lệ hồ sơ do một người chốt đề xuất trong một ngày, khi huyện có từ {FEW} hồ sơ đã chốt.",
        "%",
        80,
        50,
        100,
    ),
    Rule.REPORT: Limit(
        "Báo cáo khác số đang có",
        "Số hồ sơ chênh giữa báo cáo Sở đã nhận và số đếm lúc này, ở ô chênh nhiều nhất.",
        "hồ sơ",
        1,
        1,
        1000,
    ),
}


@dataclass(frozen=True, slots=True)
class At:
    """Somewhere to look: a district, or a unit's dossier in one."""

    tenant_id: int
    district: str
    dossier_id: int | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule found: `subject` is its name among what the rule finds in a year, `where` what to open."""

    rule: Rule
    subject: str
    sentence: str
    where: tuple[At, ...]

    @property
    def districts(self) -> frozenset[int]:
        """The districts it is about."""
        return frozenset(at.tenant_id for at in self.where)


@dataclass(frozen=True, slots=True)
class Shared:
    """What units of several districts have alike: `key` names it; `shown`: the figures, none for a file."""

    key: str
    where: tuple[At, ...]
    members: int = 0
    shown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decided:
    """The dossiers of a district with a decision, in a year and the year before."""

    at: At
    year: int
    decided: int
    recognised: int
    level_2: int
    decided_before: int
    level_2_before: int


@dataclass(frozen=True, slots=True)
class Appraised:
    """A district's concluded appraisals: how many, how many change something, visits; who concluded most in a day."""

    at: At
    dossiers: int
    changed: int
    visits: int
    most: int = 0
    person: str = ""
    day: date | None = None


@dataclass(frozen=True, slots=True)
class People:
    """The members of a district's units that filed in both years and tell their number."""

    at: At
    year: int
    units: int
    now: int
    before: int


@dataclass(frozen=True, slots=True)
class Issued:
    """A decision: its dossiers, how many of them were received within the limit before it, minutes of the quickest."""

    at: At
    decision_id: int
    number: str
    dossiers: int
    hasty: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Reported:
    """What the accepted report of a district says and what is counted now, by what is counted."""

    at: At
    edition: int
    cells: tuple[tuple[str, int, int], ...]


def same_files(facts: Shared, limit: int) -> Found | None:
    """Name a file that a few units of several districts hold."""
    count = len(facts.where)
    if _districts(facts.where) < 2 or count > limit:
        return None
    return Found(
        Rule.SAME_FILES,
        facts.key,
        f"Một tệp minh chứng (SHA-256 bắt đầu bằng {facts.key[:12]}) giống từng byte ở {count} đơn vị của "
        f"{_districts(facts.where)} huyện: {_units(facts.where)}.",
        facts.where,
    )


def same_figures(facts: Shared, limit: int) -> Found | None:
    """Name units of several districts whose numbers of people are all the same."""
    if _districts(facts.where) < 2 or len(facts.shown) < limit:
        return None
    more = "…" if len(facts.shown) > 3 else ""
    return Found(
        Rule.SAME_FIGURES,
        facts.key,
        f"Số thành viên ({number(facts.members)}) và {len(facts.shown)} tỷ lệ trùng hết ở {len(facts.where)} đơn vị của "
        f"{_districts(facts.where)} huyện: {_units(facts.where)} ({'; '.join(facts.shown[:3])}{more}).",
        facts.where,
    )


def all_recognised(facts: Decided, limit: int) -> Found | None:
    """Say that a district recognises nearly everything it decides on."""
    if facts.decided < FEW or facts.recognised * 100 < limit * facts.decided:
        return None
    return _of_district(
        Rule.ALL_RECOGNISED,
        facts.at,
        f"Công nhận {number(facts.recognised)} trong {number(facts.decided)} hồ sơ đã có quyết định "
        f"({percent(facts.recognised, facts.decided)}; mức đặt: từ {limit} %).",
    )


def nothing_changed(facts: Appraised, limit: int) -> Found | None:
    """Say that a district's appraisals repeat the units' own and nobody has been anywhere."""
    same = facts.dossiers - facts.changed
    if facts.dossiers < FEW or facts.visits or same * 100 < limit * facts.dossiers:
        return None
    return _of_district(
        Rule.NOTHING_CHANGED,
        facts.at,
        f"{number(same)} trong {number(facts.dossiers)} hồ sơ đã thẩm định ({percent(same, facts.dossiers)}; mức đặt: từ "
        f"{limit} %) giữ nguyên mọi chỉ tiêu như tự đánh giá, và chưa có cuộc kiểm tra thực tế nào.",
    )


def level_2(facts: Decided, limit: int) -> Found | None:
    """Say that the share of level 2 rose by so many points."""
    now, before = (facts.level_2, facts.decided), (facts.level_2_before, facts.decided_before)
    if (
        min(now[1], before[1]) < FEW
        or (now[0] * before[1] - before[0] * now[1]) * 100 < limit * now[1] * before[1]
    ):
        return None
    return _of_district(
        Rule.LEVEL_2,
        facts.at,
        f"Mức độ 2 chiếm {percent(*now)} ({number(now[0])}/{number(now[1])} hồ sơ có quyết định), năm {facts.year - 1} là "
        f"{percent(*before)} ({number(before[0])}/{number(before[1])}); mức đặt: tăng từ {limit} điểm %.",
    )


def members(facts: People, limit: int) -> Found | None:
    """Say that the members of the same units became many more or fewer."""
    if facts.units < FEW or not facts.before or abs(facts.now - facts.before) * 100 < limit * facts.before:
        return None
    way = "tăng" if facts.now > facts.before else "giảm"
    return _of_district(
        Rule.MEMBERS,
        facts.at,
        f"{number(facts.units)} đơn vị có hồ sơ cả hai năm: {number(facts.now)} thành viên, năm {facts.year - 1} là "
        f"{number(facts.before)}: {way} {percent(abs(facts.now - facts.before), facts.before)} (mức đặt: từ {limit} %).",
    )


def hasty(facts: Issued, limit: int) -> Found | None:
    """Say that a decision followed the intake of dossiers within minutes."""
    if not facts.hasty:
        return None
    return Found(
        Rule.HASTY,
        str(facts.decision_id),
        f"Quyết định {facts.number}: {number(facts.hasty)} trong {number(facts.dossiers)} hồ sơ được tiếp nhận chưa quá "
        f"{limit} phút trước lúc ban hành, ngắn nhất {number(facts.minutes)} phút.",
        (facts.at,),
    )


def one_day(facts: Appraised, limit: int) -> Found | None:
    """Say that one person concluded nearly all appraisals of a district in one day."""
    if facts.dossiers < FEW or facts.day is None or facts.most * 100 < limit * facts.dossiers:
        return None
    return _of_district(
        Rule.ONE_DAY,
        facts.at,
        f"{facts.person} chốt {number(facts.most)} trong {number(facts.dossiers)} hồ sơ "
        f"({percent(facts.most, facts.dossiers)}; mức đặt: từ {limit} %) trong ngày {facts.day:%d/%m/%Y}.",
    )


def report(facts: Reported, limit: int) -> Found | None:
    """Say where an accepted report and what is counted now differ."""
    apart = [(what, told, now) for what, told, now in facts.cells if told != now]
    if not apart or max(abs(told - now) for _, told, now in apart) < limit:
        return None
    said = "; ".join(f"{what}: báo cáo {number(told)}, đang đếm {number(now)}" for what, told, now in apart)
    return _of_district(
        Rule.REPORT,
        facts.at,
        f"Báo cáo lần {facts.edition} Sở đã nhận khác số đang có. {said[:1].upper()}{said[1:]}.",
    )


def _of_district(rule: Rule, at: At, sentence: str) -> Found:
    return Found(rule, str(at.tenant_id), sentence, (at,))


def _districts(where: Sequence[At]) -> int:
    return len({at.tenant_id for at in where})


def _units(where: Sequence[At]) -> str:
    named = [f"{at.unit} ({at.district})" for at in where]
    return ", ".join(named[:6]) + (f" và {len(named) - 6} đơn vị khác" if len(named) > 6 else "")


@dataclass(frozen=True, slots=True)
class Rate:
    """How often a rule was right: of what the Department judged, how much it found true, how much it dismissed."""

    hits: int = 0
    dismissed: int = 0

    @property
    def said(self) -> str:
        """The rate in words."""
        judged = self.hits + self.dismissed
        if not judged:
            return "chưa có kết luận nào"
        return f"{number(self.hits)}/{number(judged)} đúng ({percent(self.hits, judged, 0)})"
