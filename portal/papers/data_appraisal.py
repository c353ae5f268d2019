"""The data set of the appraisal sheet: what the district found of each indicator of a dossier, and what it proposes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.papers.data import Paper, UnitParticulars


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """An indicator on the sheet, texts ready to print. `verdict` None: nobody has judged it yet.

    `agreed` says how the verdict came about; `seen` is what a visit saw of it.
    """

    code: str
    title: str
    unit_value: str
    value: str
    verdict: str | None
    agreed: str = ""
    reason: str = ""
    seen: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """A base figure as the district corrected it."""

    name: str
    before: str
    after: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppraisedBy:
    """Who appraised, as what, and on which day the last word of this person was written."""

    name: str
    duty: str
    day: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AppraisalSheet(Paper):
    """Phiếu thẩm định. `proposed` is None while nothing is proposed; `because` explains it.

    `dossier_code` is the short hash of the content that was appraised; `closed_by` and `closed_at` name who closed
    the appraisal, when. `visits` are the days of the visits whose minutes are closed.
    """

    unit: UnitParticulars
    receipt_number: str | None
    received_day: date | None
    requested_level: int | None
    dossier_code: str
    judged: tuple[Judged, ...]
    corrected: tuple[Corrected, ...]
    visits: tuple[str, ...]
    proposed: str | None
    because: str
    note: str
    appraisers: tuple[AppraisedBy, ...]
    closed_by: str
    closed_at: str
    office: str
