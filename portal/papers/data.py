"""The data sets of the documents: values only, one class per paper, everything a template may print.

None means "not known yet" and is printed as a visible "[chưa có: …]"; nothing is guessed. An empty text
or tuple means "there is none" and is left out. Texts are plain, never markup.
"""

from dataclasses import dataclass
from datetime import date, datetime

from portal.papers.sheets import Sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """Who issues, under which number, where and when; `superior` is "" for a body without one above it."""

    superior: str | None
    issuer: str | None
    number: str | None
    place: str | None
    day: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Lines of authority ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH"), the signer's title and name."""

    title: str | None
    signer_name: str | None
    authority_lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What every document carries.

    `content_hash` is the short hash printed in each footer, `specimen` the mark of a demo paper
    ("DỮ LIỆU MINH HỌA"), `signed` False prints "BẢN XEM TRƯỚC"; `issued` (with a time zone) dates the file.
    `tier` names the level of the recognition, which follows the kind of the tenant.
    """

    letterhead: Letterhead
    signature: Signature
    year: int
    tier: str = "cấp huyện"
    recipients: tuple[str, ...] = ()
    content_hash: str | None = None
    specimen: str | None = None
    signed: bool = False
    issued: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitParticulars:
    """The unit as it was when the paper was made; counts of a `sensitive` unit are never printed."""

    name: str
    kind: str
    address: str | None
    members: int | None
    learners: int | None = None
    has_learners: bool = False
    sensitive: bool = False
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamMember:
    """A member of the assessment team: name, title in the unit, task in the team."""

    name: str
    title: str = ""
    task: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """The assessment team (Tổ đánh giá) and the decision that set it up."""

    decision_number: str | None
    decision_day: date | None
    members: tuple[TeamMember, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A document that proves an indicator."""

    title: str
    number: str | None = None
    day: date | None = None
    issuer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorResult:
    """One indicator: what is asked at each level, what was reached, by which evidence.

    A share carries `part`, `whole` and the ready `percent` text; any other kind its `answer` in words.
    `not_applicable` is the reason why the indicator does not concern the unit.
    """

    code: str
    title: str
    requirement_1: str
    requirement_2: str
    outcome_1: str
    outcome_2: str
    is_share: bool = False
    part: int | None = None
    whole: int | None = None
    percent: str | None = None
    answer: str | None = None
    not_applicable: str = ""
    explanation: str = ""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionResults:
    """A criterion with its indicators."""

    number: int
    title: str
    indicators: tuple[IndicatorResult, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelSummary:
    """How many applicable indicators were met for a level, and the verdict in words."""

    level: int
    applicable: int
    met: int
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLetter(Paper):
    """Mẫu 01: Tờ trình đề nghị đánh giá, công nhận. `opening` and `closing` are the unit's own words."""

    unit: UnitParticulars
    addressee: str | None
    through: str
    requested_level: int | None
    team: Team | None
    summaries: tuple[LevelSummary, ...]
    attachments: tuple[str, ...]
    legal_bases: tuple[str, ...] = ()
    opening: str = ""
    closing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivitySum:
    """How many activities of a kind the unit logged in the year, and what they come to; texts ready to print."""

    kind: str
    number: str
    participants: str
    duration: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfAssessmentReport(Paper):
    """Mẫu 02: Báo cáo tự đánh giá. `sentences` are the verdict's own sentences, `gaps` what still lacks.

    `features`, `process` and `remarks` are the unit's own words.
    """

    unit: UnitParticulars
    addressee: str | None
    requested_level: int | None
    team: Team | None
    criteria: tuple[CriterionResults, ...]
    summaries: tuple[LevelSummary, ...]
    sentences: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
    activities: tuple[ActivitySum, ...] = ()
    activity_text: str = ""
    features: str | None = None
    process: str | None = None
    strengths: str | None = None
    weaknesses: str | None = None
    improvement_plan: str | None = None
    remarks: str = ""
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultSummary(Paper):
    """Mẫu 03: Bản tổng hợp kết quả đánh giá các tiêu chí, chỉ tiêu. `note` is the unit's own words."""

    unit: UnitParticulars
    requested_level: int | None
    criteria: tuple[CriterionResults, ...]
    summaries: tuple[LevelSummary, ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """What one indicator still needs for a level: where it stands, what is asked, what is to be done.

    `unconfirmed`: the Department has not confirmed the threshold that `asked` names.
    """

    code: str
    title: str
    stands: str
    asked: str
    todo: str
    unconfirmed: bool = False
    who: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GapPage(Paper):
    """Còn thiếu gì: one page for the staff meeting, fewest steps first; `level` None: nothing lacks."""

    unit: UnitParticulars
    level: int | None
    as_of: date
    summaries: tuple[LevelSummary, ...]
    lacking: tuple[Lacking, ...]
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendant:
    """A member of the team at its meeting; `present` None: nobody has noted it, `reason` of an absence."""

    name: str
    title: str
    task: str
    present: bool | None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamOpinion:
    """What the team said to one indicator: its value and outcome in words, agreed or not, and a note.

    `agreed` None: no opinion noted yet.
    """

    code: str
    title: str
    value: str
    outcome: str
    agreed: bool | None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamMinutes(Paper):
    """Biên bản họp Tổ đánh giá. `held_at` is local time; `signed` says whether the minutes are closed.

    `signature` is the chair's; `content_hash` the code of the minutes themselves.
    """

    unit: UnitParticulars
    team: Team | None
    requested_level: int | None
    held_at: datetime | None
    venue: str | None
    chair: str | None
    secretary: str | None
    attendants: tuple[Attendant, ...]
    opinions: tuple[TeamOpinion, ...]
    summaries: tuple[LevelSummary, ...]
    discussion: str = ""
    conclusion: str | None = None

    @property
    def present(self) -> tuple[Attendant, ...]:
        """Who took part."""
        return tuple(one for one in self.attendants if one.present)

    @property
    def absent(self) -> tuple[Attendant, ...]:
        """Who was missing."""
        return tuple(one for one in self.attendants if one.present is False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedPart:
    """A part of a dossier at intake."""

    name: str
    present: bool
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt(Paper):
    """Phiếu tiếp nhận hồ sơ. `received_at` is local time; `late` and its `late_reason` are printed."""

    unit: UnitParticulars
    receipt_number: str | None
    received_at: datetime | None
    channel: str
    requested_level: int | None
    parts: tuple[ReceivedPart, ...]
    result_day: date | None
    submitter: str | None = None
    late: bool = False
    late_reason: str = ""
    verification_address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplementPoint:
    """One point of a supplement request: the indicator or document, why, and what to do."""

    subject: str
    reason: str
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplementRequest(Paper):
    """Phiếu yêu cầu bổ sung hồ sơ: every point at once; `deadline` is the first day that is too late."""

    unit: UnitParticulars
    receipt_number: str | None
    received_day: date | None
    points: tuple[SupplementPoint, ...]
    deadline: date | None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRow:
    """A unit in an annex list of a decision; `note` is the remark, or the reason of a refusal."""

    name: str
    kind: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Paper):
    """Quyết định công nhận with its annex lists; the counts in the text are the lists' own lengths.

    `authority` is who decides ("Chủ tịch Ủy ban nhân dân huyện An Lão"), `articles` replaces the
    template's own articles and `subject` its "Về việc …", `validity` is the sentence on the term, `executors`
    the last article's list.
    """

    authority: str | None
    place_name: str
    legal_bases: tuple[str, ...]
    proposal: str | None
    level_1: tuple[DecisionRow, ...]
    level_2: tuple[DecisionRow, ...]
    not_recognised: tuple[DecisionRow, ...] = ()
    validity: str | None = None
    executors: str | None = None
    articles: tuple[str, ...] = ()
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A block of a report: heading ("I. …" bold, "1. …" when `minor`) and its paragraphs."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    minor: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictReport(Paper):
    """Báo cáo cấp huyện with Biểu 01, 02 and 03 (forms); `edition` above 1 is a report sent again.

    `further_forms`: Biểu 04 and after by number. `amendment` counts the editions that amend one the Department had accepted.
    """

    addressee: str | None
    sections: tuple[Section, ...]
    form_01: Sheet
    form_02: Sheet
    form_03: Sheet | None = None
    further_forms: tuple[tuple[str, Sheet], ...] = ()
    edition: int = 1
    amendment: int = 0
    legal_bases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvincialReport(Paper):
    """Báo cáo cấp tỉnh: its words and, by name, the tables of accepted reports, n of m districts.

    Without `sections` it is the bare table of accepted reports. `remark` says on what the form of the paper rests.
    """

    province_name: str
    addressee: str | None
    accepted: int
    expected: int
    missing: tuple[str, ...] = ()
    forms: tuple[tuple[str, Sheet], ...]
    sections: tuple[Section, ...] = ()
    amendment: int = 0
    remark: str = ""
