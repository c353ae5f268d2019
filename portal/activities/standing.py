"""Where a unit's year stands besides its dossier: registration, documents, activities, and what is still to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for

from portal import words
from portal.cycle.models import Cycle
from portal.dossiers.models import Dossier
from portal.evidence.models import Evidence
from portal.registration.models import Registration
from portal.registration.operations import may_change
from portal.registration.queries import registration_of, term_of_year
from portal.registration.wording import TARGETS
from portal.units.models import Unit

from .models import FREE
from .queries import applying, documents_of, sums_of
from .rules import Sum
from .wording import DOCUMENTS


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do in the year: the sentence, the button's words, where it is done."""

    sentence: str
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A unit's year. `wanted`: kinds of documents its indicators ask for, with the codes they prove."""

    cycle: Cycle
    registration: Registration | None
    registration_closed: str
    closes_before: str
    documents: Mapping[str, list[Evidence]]
    wanted: Mapping[str, tuple[str, ...]]
    by_kind: Mapping[str, Sum]
    dossier: Dossier | None

    @property
    def whole(self) -> Sum:
        """Everything logged of the year."""
        return sum(self.by_kind.values(), Sum())

    @property
    def missing(self) -> list[str]:
        """Kinds of documents the indicators ask for and the library does not hold for the year."""
        return [kind for kind in self.wanted if not self.documents[kind]]

    @property
    def registered(self) -> str:
        """Say in a few words what the unit registered for."""
        row = self.registration
        if row is not None and row.target:
            day = f" · {words.day(row.confirmed_at)}" if row.confirmed_at else ""
            return f"{TARGETS[row.target].name}{day}"
        return "chờ thủ trưởng xác nhận" if row is not None and row.proposed else "chưa đăng ký"

    def tasks(self, *, confirms: bool) -> list[Task]:
        """Return what is still to do, in the order of the year; `confirms`: the person is the head."""
        year = self.cycle.year
        found: list[Task] = []
        row = self.registration
        if not self.registration_closed:
            at = url_for("registration.own", nam=year)
            if row is not None and row.proposed and confirms:
                said = f"Xác nhận đăng ký {TARGETS[row.proposed].unit_name} năm {year}, do {row.proposed_by} đề xuất."
                found.append(Task(said, "Xác nhận", at))
            elif row is None or not (row.target or row.proposed):
                said = f"Đăng ký mức độ phấn đấu năm {year} (nhận trước ngày {self.closes_before})."
                found.append(Task(said, "Đăng ký", at))
        if self.dossier is not None and self.dossier.state not in FREE:
            return found
        for kind in self.missing:
            codes = ", ".join(self.wanted[kind])
            name = f"{DOCUMENTS[kind][:1].lower()}{DOCUMENTS[kind][1:]}"
            said = f"Thêm {name} (năm {year}); văn bản tự gắn vào chỉ tiêu {codes}."
            found.append(Task(said, "Thêm văn bản", url_for("activities.documents", nam=year, _anchor=kind)))
        if not self.by_kind:
            said = f"Ghi hoạt động tuyên truyền, tập huấn, học tập của năm {year} khi vừa diễn ra."
            found.append(Task(said, "Ghi hoạt động", url_for("activities.add", nam=year)))
        return found


def standing_of(unit: Unit, cycle: Cycle, dossier: Dossier | None) -> Standing:
    """Return where a unit's year stands; `dossier` is the live one of the year, if any."""
    rows = applying(unit, cycle)
    wanted = {kind: tuple(row.code for row in rows if kind in row.proved_by) for kind in DOCUMENTS}
    term = term_of_year(unit.tenant_id, cycle.year)
    before = (term.closes_before if term else None) or cycle.submit_before
    return Standing(
        cycle=cycle,
        registration=registration_of(unit.tenant_id, unit.id, cycle.year),
        registration_closed=may_change(unit.tenant_id, cycle) or "",
        closes_before=words.day(before),
        documents=documents_of(unit.tenant_id, unit.id, cycle.year),
        wanted={kind: codes for kind, codes in wanted.items() if codes},
        by_kind=sums_of(unit.tenant_id, unit.id, cycle.year),
        dossier=dossier,
    )
