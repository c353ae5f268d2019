"""The units of a decision: their list, what deserves the leader's eye first, and all that the paper prints."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, select

from portal import words
from portal.appraisal.models import Finding, HeadcountFinding, SupplementRequest
from portal.catalogue.models import CriteriaVersion
from portal.council.queries import agreed_items
from portal.cycle.models import Cycle
from portal.cycle.queries import of_place
from portal.dossiers.models import Dossier
from portal.units.models import Unit
from portal.visits.queries import raised_against
from tenants.database import db
from tenants.places import Tenant

from . import rules
from .models import Decision, DecisionLine, Recognition


@dataclass(frozen=True, slots=True)
class LineRow:
    """A unit in a decision: what it asked for, what it gets, what deserves a second look, and (issued) its code.

    `deviations`: indicators on which the district departs from the unit; `corrected`: head-counts it corrected;
    `council_on`: when the council agreed to it as it stands (None: it did not), with its votes `against`. `flagged`:
    a flag that nobody dismissed, or what a visit found, speaks of the dossier.
    """

    line_id: int
    unit_id: int
    dossier_id: int
    unit_code: str
    name: str
    kind: str
    public: bool
    commune: str
    requested: int | None
    self_level: int | None
    proposed: int | None
    late: bool
    outcome: int
    reason: str
    held_back: bool
    held_reason: str
    deviations: int
    corrected: int
    code: str = ""
    valid_to: date | None = None
    may_raise_from: date | None = None
    supplements: int = 0
    council: str = ""
    council_on: datetime | None = None
    disputed: bool = False
    against: int = 0
    flagged: bool = False
    name_sort: str = ""

    @property
    def flags(self) -> tuple[str, ...]:
        """What a leader should look at, as the keys of `EXCEPTIONS`."""
        found = {
            "lowered": self.lowered,
            "differs": self.proposed is not None and self.outcome != self.proposed,
            "against": self.against > 0,
            "disputed": self.disputed,
            "flagged": self.flagged,
            "late": self.late,
            "supplemented": self.supplements > 0,
            "deviations": self.deviations > 0,
            "corrected": self.corrected > 0,
            "held": self.held_back,
        }
        return tuple(key for key in EXCEPTIONS if found[key])

    @property
    def lowered(self) -> bool:
        """Whether the unit gets less than it asked for."""
        return self.outcome < (self.requested or 0)

    @property
    def exceptions(self) -> tuple[str, ...]:
        """What a leader should look at, in words."""
        asked = f"đề nghị mức độ {self.requested}" if self.requested else "không nêu mức đề nghị"
        found = [
            (self.held_back, "Để lại"),
            (self.lowered and self.outcome == 0, f"Không công nhận ({asked})"),
            (self.lowered and self.outcome > 0, f"Thấp hơn đề nghị (mức độ {self.requested})"),
            (
                self.proposed is not None and self.outcome != self.proposed,
                f"Khác đề xuất thẩm định ({words.level_name(self.proposed or 0).lower()})",
            ),
            (self.against > 0, f"{self.against} phiếu không tán thành"),
            (self.disputed, "Hội đồng xét riêng"),
            (self.flagged, "Có dấu hiệu nên xem lại"),
            (self.late, "Nộp quá hạn"),
            (self.supplements > 0, f"Đã bổ sung {self.supplements} lần"),
            (self.deviations > 0, f"Lệch so với tự đánh giá ở {self.deviations} chỉ tiêu"),
            (self.corrected > 0, f"Hiệu chỉnh {self.corrected} số liệu gốc"),
        ]
        return tuple(sentence for is_so, sentence in found if is_so)


EXCEPTIONS = {
    "lowered": "Kết quả thấp hơn mức đề nghị",
    "differs": "Khác đề xuất thẩm định",
    "against": "Có phiếu không tán thành ở hội đồng",
    "disputed": "Hội đồng xét riêng",
    "flagged": "Có dấu hiệu nên xem lại",
    "late": "Nộp quá hạn",
    "supplemented": "Phải bổ sung hồ sơ",
    "deviations": "Lệch so với tự đánh giá",
    "corrected": "Số liệu gốc bị hiệu chỉnh",
    "held": "Để lại, chưa quyết định",
}
"""What a leader looks at first, in this order; the keys filter the list."""


def raised(decision: Decision) -> dict[int, list[str]]:
    """Return what speaks of a draft's dossiers, by their id: undismissed flags and what visits found, in sentences.

    An issued decision was taken; nothing is raised against it any more.
    """
    if decision.state == "issued":
        return {}
    own = DecisionLine.tenant_id == decision.tenant_id, DecisionLine.decision_id == decision.id
    dossiers = db.session.scalars(select(DecisionLine.dossier_id).where(*own)).all()
    return raised_against(decision.tenant_id, dossiers)


def _lines(decision: Decision, flagged: Collection[int] = ()) -> Subquery:
    """The lines of a decision as a subquery whose columns are the fields of `LineRow`, with what sorts them."""
    tenant_id = decision.tenant_id
    line, dossier = DecisionLine, Dossier
    given = Recognition.unit_name
    if decision.state == "issued":
        # What was decided keeps the name of that day: of the recognition, or the one that was signed.
        given = func.coalesce(given, dossier.frozen["unit"]["name"].astext)
    differing = (
        select(func.count())
        .where(
            Finding.tenant_id == tenant_id, Finding.dossier_id == line.dossier_id, Finding.verdict != "agreed"
        )
        .correlate(line)
        .scalar_subquery()
    )
    corrected = (
        select(func.count())
        .where(HeadcountFinding.tenant_id == tenant_id, HeadcountFinding.dossier_id == line.dossier_id)
        .correlate(line)
        .scalar_subquery()
    )
    asked = (
        select(func.count())
        .where(SupplementRequest.tenant_id == tenant_id, SupplementRequest.dossier_id == line.dossier_id)
        .correlate(line)
        .scalar_subquery()
    )
    agreed = agreed_items(tenant_id)
    return (
        select(
            line.id.label("line_id"),
            line.unit_id,
            line.dossier_id,
            Unit.code.label("unit_code"),
            func.coalesce(given, Unit.name).label("name"),
            Unit.kind,
            Unit.public,
            Unit.commune,
            dossier.requested_level.label("requested"),
            dossier.self_level,
            dossier.proposed_level.label("proposed"),
            dossier.late,
            line.outcome,
            line.reason,
            line.held_back,
            line.held_reason,
            differing.label("deviations"),
            corrected.label("corrected"),
            func.coalesce(Recognition.code, "").label("code"),
            Recognition.valid_to,
            Recognition.may_raise_from,
            asked.label("supplements"),
            func.coalesce(agreed.c.council, "").label("council"),
            agreed.c.held_at.label("council_on"),
            func.coalesce(agreed.c.singly, False).label("disputed"),
            func.coalesce(agreed.c.against, 0).label("against"),
            line.dossier_id.in_(flagged).label("flagged"),
            Unit.name_sort,
            Unit.name_folded,
        )
        .join(Unit, and_(Unit.tenant_id == line.tenant_id, Unit.id == line.unit_id))
        .join(dossier, and_(dossier.tenant_id == line.tenant_id, dossier.id == line.dossier_id))
        .outerjoin(
            Recognition,
            and_(
                Recognition.tenant_id == line.tenant_id,
                Recognition.dossier_id == line.dossier_id,
                Recognition.decision_id == line.decision_id,
                Recognition.further_id.is_(None),
            ),
        )
        .outerjoin(agreed, and_(agreed.c.tenant_id == line.tenant_id, agreed.c.dossier_id == line.dossier_id))
        .where(line.tenant_id == tenant_id, line.decision_id == decision.id)
        .subquery("lines")
    )


_FIELDS = tuple(field.name for field in fields(LineRow))


def _flags(rows: Subquery) -> dict[str, ColumnElement[bool]]:
    c = rows.c
    return {
        "lowered": c.outcome < func.coalesce(c.requested, 0),
        "differs": c.outcome != c.proposed,
        "against": c.against > 0,
        "disputed": c.disputed,
        "flagged": c.flagged,
        "late": c.late,
        "supplemented": c.supplements > 0,
        "deviations": c.deviations > 0,
        "corrected": c.corrected > 0,
        "held": c.held_back,
    }


def exceptions_of(decision: Decision, flagged: Collection[int] = ()) -> dict[str, int]:
    """Count what a leader should look at first, by the keys of `EXCEPTIONS`; one statement."""
    rows = _lines(decision, flagged)
    flags = _flags(rows)
    counted = db.session.execute(select(*(func.count().filter(flags[key]) for key in EXCEPTIONS))).one()
    return dict(zip(EXCEPTIONS, counted, strict=True))


def agreed_by_council(decision: Decision) -> tuple[int, int]:
    """Return how many units of a decision the council agreed to as they stand, and how many no meeting looked at."""
    c = _lines(decision).c
    agreed, not_met = db.session.execute(
        select(func.count().filter(c.council_on.is_not(None)), func.count().filter(c.council_on.is_(None)))
    ).one()
    return agreed, not_met


SORTS = ("exceptions", "name", "outcome", "kind")


def lines_of(
    decision: Decision,
    *,
    q: str = "",
    sort: str = "exceptions",
    descending: bool = False,
    exception: str = "",
    outcome: int | None = None,
    kind: str = "",
    flagged: Collection[int] = (),
) -> Select[tuple[object, ...]]:
    """Return the statement of a decision's lines, ready for `paginate`; each row makes a `LineRow`.

    `sort` "exceptions" puts first what deserves the leader's eye; `flagged`: the dossiers of `raised`.
    """
    rows = _lines(decision, flagged)
    flags, c = _flags(rows), rows.c
    statement = select(*(c[name] for name in _FIELDS))
    if q:
        statement = statement.where(c.name_folded.contains(words.fold(q), autoescape=True))
    if exception:
        statement = statement.where(flags[exception])
    if outcome is not None:
        statement = statement.where(c.outcome == outcome, ~c.held_back)
    if kind:
        statement = statement.where(c.kind == kind)
    heavy = case(*((flags[key], place) for place, key in enumerate(EXCEPTIONS)), else_=len(EXCEPTIONS))
    keys = {
        "exceptions": (heavy, c.name_sort),
        "name": (c.name_sort,),
        "outcome": (c.outcome, c.name_sort),
        "kind": (
            case({kind: place for place, kind in enumerate(words.UNIT_KINDS)}, value=c.kind),
            c.name_sort,
        ),
    }[sort]
    ordered = [key.desc() for key in keys] if descending else list(keys)
    return statement.order_by(*ordered, c.line_id)


@dataclass(frozen=True, slots=True)
class DecisionSheet:
    """Everything a decision's paper needs, as plain values; the lists are in the order of kinds and names.

    `bases` are the lines beginning "Căn cứ", `proposal` what stands after "Theo đề nghị của" (None: nothing).
    `held` lines take no part and are never printed.
    """

    tenant_id: int
    decision_id: int
    year: int
    issued: bool
    number: str
    dated: date | None
    issuer: str
    signer: str
    signer_title: str
    place: str
    seat: str
    committee: str
    office: str
    symbol: str
    bases: tuple[str, ...]
    proposal: str | None
    level_1: tuple[LineRow, ...]
    level_2: tuple[LineRow, ...]
    refused: tuple[LineRow, ...]
    held: tuple[LineRow, ...]
    validity: str
    late: str
    created_by: str
    issued_at: datetime | None
    issued_by: str


_PROPOSED_BY = "Theo đề nghị của "


def decision_sheet(decision: Decision) -> DecisionSheet:
    """Return everything the paper of a decision needs; three statements."""
    tenant = db.session.get_one(Tenant, decision.tenant_id)
    cycle, settings = db.session.execute(
        select(Cycle, CriteriaVersion.settings)
        .join(CriteriaVersion, CriteriaVersion.id == Cycle.version_id)
        .where(Cycle.year == decision.year, of_place(decision.tenant_id))
    ).one()
    rows = [LineRow(*row) for row in db.session.execute(lines_of(decision, sort="kind"))]
    taking_part = [row for row in rows if not row.held_back]
    proposals = [line for line in decision.legal_bases if line.startswith(_PROPOSED_BY)]
    return DecisionSheet(
        tenant_id=decision.tenant_id,
        decision_id=decision.id,
        year=decision.year,
        issued=decision.state == "issued",
        number=decision.number,
        dated=decision.dated,
        issuer=decision.issuer,
        signer=decision.signer,
        signer_title=decision.signer_title,
        place=tenant.name,
        seat=tenant.seat,
        committee=tenant.committee,
        office=tenant.office,
        symbol=tenant.symbol,
        bases=tuple(line for line in decision.legal_bases if not line.startswith(_PROPOSED_BY)),
        proposal="; ".join(line.removeprefix(_PROPOSED_BY) for line in proposals) or None,
        level_1=tuple(row for row in taking_part if row.outcome == 1),
        level_2=tuple(row for row in taking_part if row.outcome == 2),
        refused=tuple(row for row in taking_part if row.outcome == 0),
        held=tuple(row for row in rows if row.held_back),
        validity=rules.term_sentence(rules.term_of(settings), decision.dated),
        late=rules.late_sentence(decision.dated, cycle.decide_before) if decision.dated else "",
        created_by=decision.created_by,
        issued_at=decision.issued_at,
        issued_by=decision.issued_by,
    )
