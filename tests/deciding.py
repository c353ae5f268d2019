"""Builders for what comes after filing: intake, appraisal, decision and report, by the real steps and verbs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from portal import clock
from portal.appraisal import operations as appraisal
from portal.appraisal.rules import REASONS
from portal.dossiers.queries import open_sheet
from portal.recognition import operations as recognition
from portal.recognition.models import Decision
from portal.reports import operations as reports
from portal.reports.models import DistrictReport
from portal.visits import planning
from portal.visits import queries as visits
from portal.words import ZONE
from tenants.database import db
from tenants.identity import Identity
from tenants.people import Role
from tests.builders import Person, World


def accept(world: World, officer: Person, tenant_id: int, dossier_id: int) -> None:
    """Receive a filed dossier."""
    with world.acting(officer) as actor:
        dossier = world.dossier(tenant_id, dossier_id)
        appraisal.accept(actor, dossier, "Mất điện cả xã ngày cuối." if dossier.late else "")


def appraise(
    world: World, officer: Person, tenant_id: int, dossier_id: int, unproven: Sequence[str] = ()
) -> None:
    """Agree with the unit on every indicator but those unproven, and close the proposal."""
    with world.acting(officer) as actor:
        dossier = world.dossier(tenant_id, dossier_id)
        for indicator in open_sheet(dossier).indicators:
            if indicator.code in unproven:
                appraisal.judge(
                    actor,
                    dossier,
                    indicator.id,
                    "not_enough_evidence",
                    reason_code=next(iter(REASONS)),
                    reason="Chưa thấy quyết định kèm theo.",
                )
        appraisal.agree_with_rest(actor, dossier)
        appraisal.propose(actor, dossier)


def an_appraised(
    world: World,
    officer: Person,
    tenant_id: int,
    level: int,
    *,
    unit_id: int | None = None,
    kind: str = "primary",
    public: bool = True,
    requested: int | None = None,
    unproven: Sequence[str] = (),
    year: int = 2026,
) -> int:
    """Take a unit's dossier up to the proposal of a level (0: one indicator is unproven); returns its id."""
    if unit_id is None:
        unit_id = world.a_unit(tenant_id, kind=kind, public=public)
    dossier_id = world.a_dossier(tenant_id, unit_id, "submitted", level=requested or level or 1, year=year)
    accept(world, officer, tenant_id, dossier_id)
    appraise(world, officer, tenant_id, dossier_id, unproven or (() if level else ("1.1",)))
    return dossier_id


def complete_bases(actor: Identity, decision: Decision) -> None:
    """Write number and day where the draft's legal bases leave room for them."""
    given = iter(("số 77/2015/QH13 ngày 19 tháng 6 năm 2015", "số 03/TTr-PGDĐT ngày 10 tháng 01 năm 2027"))
    bases = [re.sub(r"\[bổ sung[^\]]*\]", lambda _: next(given), line) for line in decision.legal_bases]
    recognition.set_legal_bases(actor, decision, bases)


def dismiss_flags(world: World, officer: Person, tenant_id: int, year: int = 2026) -> None:
    """Dismiss every flag of a district's dossiers: in tests all units file the same figures."""
    with world.acting(officer) as actor:
        for line in visits.proposal(tenant_id, year, None):
            for one in line.raised:
                planning.choose(actor, tenant_id, year, line.unit.id, "dismiss", one.flag, "Đã xem, đúng.")


class District:
    """A district with an officer and a leader, whose year can be taken to its decision."""

    def __init__(self, world: World, name: str = "Huyện An Lão") -> None:
        self.world = world
        self.tenant_id = world.a_district(name)
        self.officer = world.a_person(Role.DISTRICT_OFFICER, self.tenant_id)
        self.leader = world.a_person(Role.DISTRICT_LEADER, self.tenant_id)

    def appraised(self, *levels: int) -> list[int]:
        """Take one new unit to each proposed level."""
        return [an_appraised(self.world, self.officer, self.tenant_id, level) for level in levels]

    def drafted(self, year: int = 2026) -> int:
        """Draft the decision on everything appraised; returns its id."""
        with self.world.acting(self.officer) as actor:
            return recognition.draft_decision(actor, year).id

    def ready(self, year: int = 2026) -> int:
        """Draft the decision and complete its legal bases, so that it can be issued; returns its id."""
        decision_id = self.drafted(year)
        with self.world.acting(self.officer) as actor:
            complete_bases(actor, db.session.get_one(Decision, (self.tenant_id, decision_id)))
        return decision_id

    def issued(self, number: str = "12/QĐ-UBND", dated: date | None = None, *, year: int = 2026) -> int:
        """Draft and issue the decision on everything appraised; returns its id."""
        decision_id = self.ready(year)
        with self.world.acting(self.leader) as actor:
            decision = db.session.get(Decision, (self.tenant_id, decision_id))
            assert decision is not None
            recognition.issue(
                actor,
                decision,
                number,
                dated or clock.now().astimezone(ZONE).date(),
                "Chủ tịch huyện",
                "CHỦ TỊCH",
                decision.version,
            )
        return decision_id

    def locked_report(self, year: int = 2026) -> int:
        """Open the year's report, explain what may be explained, lock it; returns its id."""
        with self.world.acting(self.officer) as actor:
            report = reports.open_report(actor, year)
            reasons = dict.fromkeys(("R1", "R3", "R5", "R7b"), "Đã kiểm tra, đúng thực tế.")
            reports.explain(actor, report, reasons)
            return reports.lock(actor, report).id

    def sent_report(self, number: str = "20/BC-PGDĐT", year: int = 2026) -> int:
        """Take the year's report to the Department; returns its id."""
        report_id = self.locked_report(year)
        with self.world.acting(self.leader) as actor:
            report = db.session.get_one(DistrictReport, (self.tenant_id, report_id))
            reports.send(actor, report, number, clock.today(), "Trưởng phòng", "TRƯỞNG PHÒNG")
        return report_id


class Browser:
    """A client that sends the page's token with every post, as a browser does."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def get(self, path: str, **kwargs: Any) -> Any:
        """Open a page."""
        return self.client.get(path, **kwargs)

    def post(self, path: str, data: dict[str, str] | None = None, **kwargs: Any) -> Any:
        """Send a form with the token of the person's own page."""
        page = self.client.get("/huyen/quyet-dinh").get_data(as_text=True)
        found = re.search(r'name="csrf-token" content="([^"]+)"', page)
        assert found is not None
        return self.client.post(path, data={"csrf_token": found[1], **(data or {})}, **kwargs)


def districts(world: World, names: Sequence[str]) -> list[District]:
    """Open several districts."""
    return [District(world, name) for name in names]
