"""The step table, every state with every act and every role: it moves, or it gives its exact sentence."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, select

from portal import words
from portal.dossiers import taking
from portal.dossiers.models import Dossier, State
from portal.dossiers.operations import take
from portal.dossiers.steps import STEP_OF, STEPS, Act, faults, steps_from
from portal.notices.models import Notice
from tenants.database import db
from tenants.identity import Identity, Place
from tenants.people import Role
from tenants.refusal import Refused
from tenants.scope import Scope, ScopeKind, acting_in
from tests.builders import World
from tests.dossiers.facts import complete

HEAD = {Role.UNIT_HEAD}
UNIT = {Role.UNIT_HEAD, Role.UNIT_EDITOR}
OFFICER = {Role.DISTRICT_OFFICER}

# Written out by hand from product.md, not from the code: act, from, to, who.
TABLE: dict[Act, tuple[set[str], str, set[Role]]] = {
    Act.SIGN: ({"draft"}, "signed", HEAD),
    Act.UNSIGN: ({"signed"}, "draft", UNIT),
    Act.SUBMIT: ({"signed"}, "submitted", HEAD),
    Act.ENTER: ({"draft"}, "submitted", OFFICER),
    Act.WITHDRAW: ({"draft", "signed", "submitted"}, "withdrawn", HEAD),
    Act.CLOSE_UNREACHED: ({"draft"}, "closed_unreached", HEAD),
    Act.ACCEPT: ({"submitted"}, "accepted", OFFICER),
    Act.REFUSE_LATE: ({"submitted"}, "refused_late", OFFICER),
    Act.REQUEST_SUPPLEMENT: ({"submitted"}, "supplement_requested", OFFICER),
    Act.REQUEST_AGAIN: ({"submitted"}, "supplement_requested", {Role.DISTRICT_LEADER}),
    Act.ANSWER_SUPPLEMENT: ({"supplement_requested"}, "submitted", HEAD),
    Act.LAPSE_SUPPLEMENT: ({"supplement_requested"}, "submitted", OFFICER),
    Act.PROPOSE: ({"accepted"}, "appraised", OFFICER),
    Act.REOPEN_APPRAISAL: ({"appraised"}, "accepted", OFFICER),
    Act.DECIDE: ({"appraised"}, "decided", {Role.DISTRICT_LEADER}),
}


def an_identity(role: Role, tenant_id: int) -> Identity:
    """Return somebody with a role in a district (and in a unit that is not the dossier's)."""
    unit_id = 1 if role in UNIT else None
    place = Place(1, tenant_id, "Huyện An Lão", role, unit_id)
    return Identity(1, "somebody", "Một người", (place,), place, "")


def a_sheet(tenant_id: int, state: State, unit_id: int = 7, dossier_id: int = 3, asked: int = 0) -> Any:
    """Return the little of a sheet that a step looks at, around a dossier in any state at will.

    `asked`: how often supplements were asked for.
    """
    dossier = Dossier(tenant_id=tenant_id, unit_id=unit_id, id=dossier_id, year=2026, state=state)
    dossier.receipt_number = "HS-1"
    return SimpleNamespace(
        dossier=dossier, unit=SimpleNamespace(name="Trường Tiểu học Mỹ Đức"), requests=[None] * asked
    )


def test_the_table_is_the_one_of_the_product() -> None:
    """Every act has one row, and the rows are those written down here."""
    assert set(STEP_OF) == set(TABLE) == set(Act)
    for step in STEPS:
        came, to, roles = TABLE[step.act]
        assert {s.value for s in step.came} == came, step.act
        assert step.to.value == to, step.act
        assert step.right.value.roles == roles, step.act


def test_every_state_act_and_role(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """1350 cases: the right is asked first, then the state; the rest moves and leaves its words.

    Nothing is lacking in any of them: what the checks look at is given instead of gathered from 1350 dossiers.
    """
    monkeypatch.setattr(
        taking, "facts_of", lambda sheet, at: complete(at=at, past_requests=len(sheet.requests))
    )
    tenant_id = world.a_district()
    unit_id = world.a_unit(tenant_id)
    dossier_id = world.a_dossier(tenant_id, unit_id)
    moved = 0
    with acting_in(Scope(ScopeKind.STEWARD)):
        for act, role, state in product(Act, Role, State):
            came, to, roles = TABLE[act]
            sheet = a_sheet(tenant_id, state, unit_id, dossier_id, int(act is Act.REQUEST_AGAIN))
            if role in roles and state.value in came:
                take(an_identity(role, tenant_id), sheet, act, number="HS-1")
                assert sheet.dossier.state == to
                moved += 1
                continue
            with pytest.raises(Refused) as caught:
                take(an_identity(role, tenant_id), sheet, act)
            assert sheet.dossier.state == state
            step = STEP_OF[act]
            if role not in roles:
                assert caught.value.status == 403
                assert (
                    caught.value.sentence == f"Vai trò anh/chị đang dùng không được {step.right.value.words}."
                )
            else:
                allowed = ", ".join(
                    f"“{words.DOSSIER_STATES[s.value].name}”" for s in step.came if s.value in came
                )
                assert caught.value.status == 409
                assert caught.value.sentence == (
                    f"Không thể thực hiện “{step.button}”: hồ sơ đang ở trạng thái "
                    f"“{words.DOSSIER_STATES[state.value].name}”; việc này chỉ làm được từ {allowed}."
                )
        told = db.session.scalar(select(func.count()).select_from(Notice))
        db.session.rollback()
    assert moved == sum(len(came) * len(roles) for came, _, roles in TABLE.values())
    assert told


def test_words_of_every_step() -> None:
    """Each step has a button, a sentence for the trail that ends with a full stop, and whole notices."""
    filled = {"unit": "Đơn vị", "year": 2026, "number": "HS-1", "until": "20/01/2027"}
    for step in STEPS:
        assert step.button
        assert step.done.startswith("đã ") or step.done.startswith("không ")
        for sentence in (step.done, step.unit_notice, step.district_notice):
            assert not sentence or sentence.format(**filled).endswith((".", ")."))


def test_ended_states_lead_nowhere() -> None:
    """What is decided, withdrawn, refused or closed has no further step."""
    for state in State:
        leads_on = state.value in {s for came, _, _ in TABLE.values() for s in came}
        assert bool(steps_from(state)) is leads_on, state


def test_an_officer_of_the_unit_itself_is_refused(world: World) -> None:
    """Nobody appraises or decides a dossier of a unit where they hold a role."""
    tenant_id = world.a_district()
    for role, act, state in (
        (Role.DISTRICT_OFFICER, Act.PROPOSE, State.ACCEPTED),
        (Role.DISTRICT_OFFICER, Act.REOPEN_APPRAISAL, State.APPRAISED),
        (Role.DISTRICT_LEADER, Act.DECIDE, State.APPRAISED),
        (Role.DISTRICT_LEADER, Act.REQUEST_AGAIN, State.SUBMITTED),
    ):
        place = Place(1, tenant_id, "Huyện An Lão", role, None)
        own = Place(2, tenant_id, "Huyện An Lão", Role.UNIT_EDITOR, 7)
        both = Identity(1, "both", "Một người", (place, own), place, "")
        with acting_in(Scope(ScopeKind.STEWARD)), pytest.raises(Refused, match="giữ vai trò tại đơn vị này"):
            take(both, a_sheet(tenant_id, state), act)


def test_what_a_step_lacks_comes_whole_and_stoppers_first() -> None:
    """All faults at once, what only warns last; nothing lacks where all is there."""
    assert faults(STEP_OF[Act.SIGN], complete()) == []
    bare = complete(requested_level=None, team_number="", head_name="", missing_headcounts=("số người học",))
    found = faults(STEP_OF[Act.SIGN], bare)
    assert [fault.anchor for fault in found] == ["so-lieu", "to-danh-gia", "", "muc-do"]
    assert found[2].page == "dossiers.unit"
    late = faults(STEP_OF[Act.SUBMIT], complete(at=datetime(2027, 1, 14, 17, 0, tzinfo=UTC)))
    assert [fault.stops for fault in late] == [False]
