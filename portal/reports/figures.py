"""The figures of one district's report: live while it is written, frozen in its snapshot once it is locked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import distinct, func, select

from portal import clock, words
from portal.activities.queries import district_sums
from portal.activities.rules import Sum
from portal.appraisal.models import SupplementRequest
from portal.cycle.models import Cycle
from portal.cycle.queries import of_place
from portal.dossiers.models import Dossier
from portal.figures import queries as counting
from portal.figures.lists import NotRecognised, Recognised, not_recognised, recognised
from portal.figures.rules import Counts
from portal.figures.tables import Key, Row, bieu_01, counts_as_json, counts_from_json
from portal.outreach.queries import documents_of, sums_of
from portal.outreach.rules import whole
from portal.recognition.models import Decision
from portal.recognition.queries import tallies
from tenants.database import db
from tenants.places import Tenant, Tier

from . import annexes as forms
from . import sentences
from .annexes import Annexes
from .compared import Listed, Tables

FORMAT = 2
ACTIVITY_FIELDS = {"publicity": "tuyen_truyen", "training": "tap_huan"}
"""Kinds of activities the narrative names singly, by the name of their fields."""
OWN_FIELDS = {
    "guidance": "van_ban",
    "briefing": "quan_triet",
    "publicity": "tuyen_truyen",
    "training": "tap_huan",
    "inspection": "kiem_tra",
}
"""Kinds of the district's own activities, by the name of their fields."""
MOST_DOCUMENTS = 20


@dataclass(frozen=True, slots=True)
class Place:
    """The words for the district on that day; `tier`: whose bodies they are."""

    name: str
    committee: str
    office: str
    seat: str
    symbol: str
    tier: str = Tier.DISTRICT


@dataclass(frozen=True, slots=True)
class DecisionBrief:
    """A decision of the year: its number and day, and how many units it gave what."""

    number: str
    dated: date
    level_1: int
    level_2: int
    refused: int

    @property
    def text(self) -> str:
        """The decision as a sentence names it."""
        return f"Quyết định số {self.number} ngày {words.day(self.dated)}"


@dataclass(frozen=True, slots=True)
class ReportFigures:
    """Everything a report shows in figures. `taken_at`: when they were counted (the lock, for a snapshot).

    `annexes`: Biểu 04 to 08; None where they were not asked for, or the report was locked before there were any.
    """

    tenant_id: int
    year: int
    taken_at: datetime
    frozen: bool
    place: Place
    decide_before: date
    registry: int
    supplements: int
    counts: Mapping[Key, Counts]
    rows: tuple[Row, ...]
    recognised: tuple[Recognised, ...]
    not_recognised: tuple[NotRecognised, ...]
    decisions: tuple[DecisionBrief, ...]
    activities: Mapping[str, Sum] = field(default_factory=dict)
    active_units: int = 0
    own_activities: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    own_documents: tuple[str, ...] = ()
    annexes: Annexes | None = None

    @property
    def total(self) -> Row:
        """The row "Cộng" of Biểu 01."""
        return next(row for row in self.rows if row.role == "total")

    def listed(self) -> tuple[Listed, ...]:
        """Return Biểu 02 as the rules take it."""
        return tuple(
            Listed(row.name, row.level, row.decision_number, row.decided_on, row.code)
            for row in self.recognised
        )

    def tables(self, typed: tuple[tuple[str, str], ...] = ()) -> Tables:
        """Return what the cross-footing rules compare; `typed`: the figures typed into the words."""
        crossing = self.annexes.crossing if self.annexes else None
        return Tables(self.rows, self.listed(), self.registry, self.decide_before, crossing, typed)

    def fields(self) -> dict[str, str]:
        """Return what each field of the narrative shows (`narrative.FIELDS`)."""
        row, n = self.total, words.number
        c = row.counts
        return {
            "nam": str(self.year),
            "nam_sau": str(self.year + 1),
            "so_don_vi": n(c.units),
            "so_dang_ky": n(c.registered),
            "ty_le_dang_ky": row.cell("5").text,
            "so_dang_ky_muc_1": n(c.registered_1),
            "so_dang_ky_muc_2": n(c.registered_2),
            "so_dang_ky_duy_tri": n(c.registered_keep),
            "so_khong_dang_ky": n(c.unregistered),
            **{
                f"{name}_{field_name}": n(getattr(self.activities.get(kind, Sum()), amount))
                for kind, field_name in ACTIVITY_FIELDS.items()
                for name, amount in (("so", "number"), ("luot_nguoi", "participants"))
            },
            "so_hoat_dong": n(sum(one.number for one in self.activities.values())),
            "luot_nguoi_hoat_dong": n(sum(one.participants for one in self.activities.values())),
            "so_don_vi_hoat_dong": n(self.active_units),
            "don_vi_hoat_dong": self._of_units(),
            **self._own_fields(),
            "so_tu_danh_gia": n(c.self_assessed),
            "ty_le_tu_danh_gia": row.cell("7").text,
            "tu_xep_muc_1": n(c.self_1),
            "tu_xep_muc_2": n(c.self_2),
            "tu_xep_chua_dat": n(c.self_none),
            "so_nop": n(c.submitted),
            "so_nop_qua_han": n(c.late),
            "so_yeu_cau_bo_sung": n(self.supplements),
            "so_kiem_tra_thuc_te": row.cell("12").text,
            "so_muc_1": n(c.level_1),
            "so_muc_2": n(c.level_2),
            "so_khong_cong_nhan": n(c.refused),
            "so_chua_xet": n(c.pending),
            "so_cong_nhan": n(c.recognised),
            "ty_le_cong_nhan_ho_so": words.percent(c.recognised, c.submitted),
            "ty_le_cong_nhan_don_vi": row.cell("20").text,
            "so_con_hieu_luc": n(c.still_valid),
            "so_dang_cong_nhan": n(c.in_force),
            "ty_le_dang_cong_nhan": row.cell("23").text,
            "so_voi_nam_truoc": _against_last_year(row.cell("24").text),
            "quyet_dinh": "; ".join(d.text for d in self.decisions) or "Chưa có quyết định",
            **forms.fields(self.annexes),
        }

    def _own_fields(self) -> dict[str, str]:
        n, none, who = words.number, (0, 0), words.in_words_of(self.place.tier, "Huyện")
        every, people = whole(self.own_activities)
        more = self.own_activities.get("guidance", none)[0] - len(self.own_documents)
        listed = [*self.own_documents, *([f"{n(more)} văn bản khác"] if more > 0 else [])]
        found = {"huyen_so_hoat_dong": n(every), "huyen_luot_nguoi": n(people)}
        for kind, name in OWN_FIELDS.items():
            number, took_part = self.own_activities.get(kind, none)
            found |= {f"huyen_so_{name}": n(number)}
            if kind != "guidance":
                found |= {f"huyen_luot_nguoi_{name}": n(took_part)}
        of = {kind: self.own_activities.get(kind, none) for kind in OWN_FIELDS}
        return found | {
            "huyen_cac_van_ban": "; ".join(listed) or "chưa ghi văn bản nào",
            "huyen_ban_hanh": sentences.of_documents(who, of["guidance"][0], "; ".join(listed)),
            "huyen_tuyen_truyen_tap_huan": sentences.of_district(
                who,
                (
                    ("cuộc phổ biến, quán triệt", *of["briefing"]),
                    ("cuộc tuyên truyền", *of["publicity"]),
                    ("lớp tập huấn", *of["training"]),
                ),
            ),
            "huyen_kiem_tra_huong_dan": sentences.of_inspections(who, of["inspection"][0]),
        }

    def _of_units(self) -> str:
        of = {kind: self.activities.get(kind, Sum()) for kind in ACTIVITY_FIELDS}
        return sentences.of_units(
            self.active_units,
            sum(one.number for one in self.activities.values()),
            sum(one.participants for one in self.activities.values()),
            (
                ("cuộc tuyên truyền", of["publicity"].number, of["publicity"].participants),
                ("lớp tập huấn, bồi dưỡng", of["training"].number, of["training"].participants),
            ),
        )

    def as_json(self) -> dict[str, Any]:
        """Return the snapshot that is frozen with the report."""
        return {
            "format": FORMAT,
            "year": self.year,
            "taken_at": self.taken_at.isoformat(),
            "place": asdict(self.place),
            "decide_before": self.decide_before.isoformat(),
            "registry": self.registry,
            "supplements": self.supplements,
            "counts": counts_as_json(self.counts),
            "bieu_01": [row.as_json() for row in self.rows],
            "bieu_02": [row.as_json() for row in self.recognised],
            "bieu_03": [row.as_json() for row in self.not_recognised],
            "activities": {kind: asdict(one) for kind, one in self.activities.items()},
            "active_units": self.active_units,
            "own_activities": {kind: list(one) for kind, one in self.own_activities.items()},
            "own_documents": list(self.own_documents),
            "decisions": [asdict(d) | {"dated": d.dated.isoformat()} for d in self.decisions],
            "fields": self.fields(),
            **(self.annexes.as_json() if self.annexes else {}),
        }


def _against_last_year(points: str) -> str:
    """Say how a ratio compares with last year's, also where there is no last year."""
    return "chưa có số liệu năm trước để so sánh" if points == "–" else f"{points} điểm % so với năm trước"


def from_snapshot(tenant_id: int, data: Mapping[str, Any]) -> ReportFigures:
    """Read the figures of a locked or sent report back."""
    return ReportFigures(
        tenant_id=tenant_id,
        year=data["year"],
        taken_at=datetime.fromisoformat(data["taken_at"]),
        frozen=True,
        place=Place(**data["place"]),
        decide_before=date.fromisoformat(data["decide_before"]),
        registry=data["registry"],
        supplements=data["supplements"],
        counts=counts_from_json(tenant_id, data["counts"]),
        rows=tuple(Row.from_json(row) for row in data["bieu_01"]),
        recognised=tuple(Recognised.from_json(row) for row in data["bieu_02"]),
        not_recognised=tuple(NotRecognised.from_json(row) for row in data["bieu_03"]),
        decisions=tuple(
            DecisionBrief(**{**d, "dated": date.fromisoformat(d["dated"])}) for d in data["decisions"]
        ),
        activities={kind: Sum(**one) for kind, one in data.get("activities", {}).items()},
        active_units=data.get("active_units", 0),
        own_activities={kind: (one[0], one[1]) for kind, one in data.get("own_activities", {}).items()},
        own_documents=tuple(data.get("own_documents", ())),
        annexes=forms.from_snapshot(data["year"], data),
    )


def live(tenant_id: int, year: int, *, whole: bool = True) -> ReportFigures:
    """Count a district's year as it stands now, in a fixed number of statements; `whole`: with Biểu 04 to 08."""
    tenant = db.session.get_one(Tenant, tenant_id)
    counts = counting.counts(year, tenant_id=tenant_id)
    activities = district_sums(tenant_id, year)
    return ReportFigures(
        tenant_id=tenant_id,
        year=year,
        taken_at=clock.now(),
        frozen=False,
        place=Place(tenant.name, tenant.committee, tenant.office, tenant.seat, tenant.symbol, tenant.tier),
        decide_before=db.session.scalars(
            select(Cycle.decide_before).where(Cycle.year == year, of_place(tenant_id))
        ).one(),
        registry=counting.registry_size(year, tenant_id=tenant_id),
        supplements=_supplements(tenant_id, year),
        counts=counts,
        rows=tuple(bieu_01(counts, counting.counts(year - 1, tenant_id=tenant_id), tier=tenant.tier)),
        recognised=tuple(recognised(year, tenant_id=tenant_id)),
        not_recognised=tuple(not_recognised(year, tenant_id=tenant_id)),
        decisions=_decisions(tenant_id, year),
        activities=activities.by_kind,
        active_units=activities.of_units,
        own_activities=sums_of(tenant_id, year),
        own_documents=tuple(
            f"số {one.document_number} ngày {words.day(one.held_on)}"
            for one in documents_of(tenant_id, year, MOST_DOCUMENTS)
        ),
        annexes=forms.count(tenant_id, year, activities) if whole else None,
    )


def _supplements(tenant_id: int, year: int) -> int:
    statement = (
        select(func.count(distinct(SupplementRequest.dossier_id)))
        .join(
            Dossier,
            (Dossier.tenant_id == SupplementRequest.tenant_id) & (Dossier.id == SupplementRequest.dossier_id),
        )
        .where(SupplementRequest.tenant_id == tenant_id, Dossier.year == year)
    )
    return int(db.session.scalar(statement) or 0)


def _decisions(tenant_id: int, year: int) -> tuple[DecisionBrief, ...]:
    rows = db.session.scalars(
        select(Decision)
        .where(Decision.tenant_id == tenant_id, Decision.year == year, Decision.state == "issued")
        .order_by(Decision.dated, Decision.id)
    ).all()
    counted = tallies(tenant_id, [row.id for row in rows])
    return tuple(
        DecisionBrief(row.number, row.dated, tally.level_1, tally.level_2, tally.refused)
        for row in rows
        if row.dated is not None and (tally := counted[row.id])
    )
