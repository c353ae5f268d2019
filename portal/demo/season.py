"""The open year of the demonstration, and the reports of the decided ones: made by the real verbs.

Drafts are loaded in bulk; every step from a signature onwards is taken by somebody, in that person's
scope, at a made-up moment before the demo clock's start.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import date

from portal.appraisal import operations as appraisal
from portal.appraisal.operations import PointAsked
from portal.dossiers import operations as dossiers
from portal.dossiers.models import Dossier
from portal.dossiers.queries import dossier_of
from portal.recognition import operations as recognition
from portal.reports import operations as reports
from tenants.identity import Identity
from tenants.people import Role
from tenants.scope import acting_in

from .bulk import Draft
from .history import PROPOSER, legal_bases
from .moments import at
from .registry import PlaceData
from .team import hold_meeting

YEAR = 2026
People = dict[tuple[Role, int | None], Identity]


@dataclass(frozen=True)
class Plan:
    """How many of a district's filled-in dossiers have come how far on 10/01/2027."""

    signed: int
    submitted: int
    supplemented: int
    accepted: int
    appraised: int
    decided: int
    withdrawn: int

    @property
    def work(self) -> int:
        """How much there is to play."""
        return sum(astuple(self))


FULL = Plan(signed=6, submitted=16, supplemented=4, accepted=8, appraised=8, decided=5, withdrawn=1)
SOME = Plan(signed=2, submitted=8, supplemented=1, accepted=2, appraised=3, decided=0, withdrawn=1)
FEW = Plan(signed=1, submitted=5, supplemented=1, accepted=1, appraised=0, decided=0, withdrawn=0)


def plan_of(place: PlaceData) -> Plan:
    """Return how far a district has come: one shows everything, some are under way, most have begun."""
    if place.slug == "anlao":
        return FULL
    return SOME if place.slug in ("kienthuy", "lechan", "thuynguyen") else FEW


def play(
    plan: Plan, drafts: Sequence[Draft], people: People, chance: random.Random, proposer: str = PROPOSER
) -> None:
    """Take a place's dossiers through the open year as far as the plan says; `proposer` proposes the decision."""
    ready = [d for d in drafts if d.aim and d.assessment.level and len(d.answers) >= _applying(d)]
    chance.shuffle(ready)
    ready.sort(key=lambda d: d.raises)
    stops = (
        ("decided", plan.decided),
        ("withdrawn", plan.withdrawn),
        ("appraised", plan.appraised),
        ("accepted", plan.accepted),
        ("supplemented", plan.supplemented),
        ("submitted", plan.submitted),
        ("signed", plan.signed),
    )
    queue = iter(ready)
    decided: list[Draft] = []
    for stop, count in stops:
        for draft in [d for _, d in zip(range(count), queue, strict=False)]:
            _take_as_far_as(stop, draft, people, chance)
            if stop == "decided":
                decided.append(draft)
        if stop == "decided" and decided:
            _decide(people, proposer)
    for draft in [d for d in drafts if d.assessment.level == 0 and len(d.answers) >= _applying(d)][:2]:
        _close(draft, people)


def _applying(draft: Draft) -> int:
    return sum(f.applies for f in draft.assessment.findings)


def _act(actor: Identity, draft: Draft) -> Dossier:
    found = dossier_of(draft.unit.tenant_id, draft.id)
    assert found is not None
    return found


def _scope(actor: Identity):  # type: ignore[no-untyped-def]
    return acting_in(actor.here.scope(actor.account_id))


def _take_as_far_as(stop: str, draft: Draft, people: People, chance: random.Random) -> None:
    head = people[(Role.UNIT_HEAD, draft.unit.unit_id)]
    officer = people[(Role.DISTRICT_OFFICER, None)]
    day = chance.randint(2, 5)
    with at(2027, 1, day, chance.randint(7, 16), chance.randint(0, 59)), _scope(head):
        hold_meeting(head, _act(head, draft))
        dossiers.sign(head, _act(head, draft))
        if stop not in ("signed",):
            dossiers.submit(head, _act(head, draft))
        if stop == "withdrawn":
            dossiers.withdraw(head, _act(head, draft))
    if stop in ("signed", "submitted", "withdrawn"):
        return
    with at(2027, 1, chance.randint(6, 7), chance.randint(7, 16), chance.randint(0, 59)), _scope(officer):
        if stop == "supplemented":
            _ask(officer, draft, chance)
            return
        appraisal.accept(officer, _act(officer, draft))
    with at(2027, 1, 8, chance.randint(7, 16), chance.randint(0, 59)), _scope(officer):
        if stop == "accepted":
            if chance.random() < 0.5:
                some = list(draft.answers)[: chance.randint(2, 6)]
                appraisal.agree_with_rest(officer, _act(officer, draft), some)
            return
        if chance.random() < 0.3:
            _correct(officer, draft)
        appraisal.agree_with_rest(officer, _act(officer, draft))
        appraisal.propose(officer, _act(officer, draft), "Hồ sơ đầy đủ, số liệu khớp minh chứng.")


def _close(draft: Draft, people: People) -> None:
    head = people[(Role.UNIT_HEAD, draft.unit.unit_id)]
    with at(2027, 1, 8, 10, 0), _scope(head):
        reason = "Chưa đạt mức độ 1; đơn vị lập kế hoạch cải tiến ngay từ đầu năm sau."
        dossiers.close_unreached(head, _act(head, draft), reason)


def _ask(officer: Identity, draft: Draft, chance: random.Random) -> None:
    indicators = chance.sample(sorted(draft.answers), k=min(2, len(draft.answers)))
    points = [PointAsked("Minh chứng chưa rõ số, ngày ban hành; xin gắn bản có dấu.", i) for i in indicators]
    points.append(PointAsked("Danh sách Tổ đánh giá chưa đúng với quyết định thành lập.", part="team_member"))
    appraisal.request_supplement(officer, _act(officer, draft), points, date(2027, 1, 20))


def _correct(officer: Identity, draft: Draft) -> None:
    for indicator_id, answer in draft.answers.items():
        if answer.part and answer.part > 3:
            ratio_only = draft.unit.data.sensitive
            appraisal.judge(
                officer,
                _act(officer, draft),
                indicator_id,
                "corrected",
                part=answer.part - (50 if ratio_only else 1),
                reason_code=next(iter(appraisal.rules.REASONS)),
                reason="Tỷ lệ đối chiếu tại đơn vị thấp hơn."
                if ratio_only
                else "Danh sách kèm theo có một người trùng tên.",
            )
            return


def _decide(people: People, proposer: str) -> None:
    officer, leader = people[(Role.DISTRICT_OFFICER, None)], people[(Role.DISTRICT_LEADER, None)]
    with at(2027, 1, 8, 16, 30), _scope(officer):
        decision = recognition.draft_decision(officer, YEAR)
        recognition.set_legal_bases(
            officer,
            decision,
            legal_bases("03/TTr-PGDĐT" if proposer == PROPOSER else "03/TTr-SGDĐT", proposer),
        )
        key, version = (decision.tenant_id, decision.id), decision.version
    with at(2027, 1, 9, 9, 0), _scope(leader):
        from portal.recognition.models import Decision
        from tenants.database import db

        found = db.session.get(Decision, key)
        assert found is not None
        recognition.issue(
            leader, found, "12/QĐ-UBND", date(2027, 1, 9), "(Chủ tịch Ủy ban nhân dân)", "CHỦ TỊCH", version
        )


def report(place: PlaceData, year: int, people: People, department: Identity) -> None:
    """Let a district report a decided year and the Department receive the report."""
    officer, leader = people[(Role.DISTRICT_OFFICER, None)], people[(Role.DISTRICT_LEADER, None)]
    with at(year + 1, 3, 4, 9, 0):
        with _scope(officer):
            made = reports.open_report(officer, year)
            reports.lock(officer, made)
            key = (made.tenant_id, made.id)
        with _scope(leader):
            number = f"{40 + int(place.code) % 50}/BC-PGDĐT"
            reports.send(leader, _report(key), number, date(year + 1, 3, 4), "(Trưởng phòng)", "TRƯỞNG PHÒNG")
    with at(year + 1, 3, 18, 14, 0), _scope(department):
        reports.answer_report(department, _report(key), "accepted", [])


def _report(key: tuple[int, int]):  # type: ignore[no-untyped-def]
    from portal.reports.models import DistrictReport
    from tenants.database import db

    found = db.session.get(DistrictReport, key)
    assert found is not None
    return found
