"""A unit asks that an indicator does not apply; the district alone rules, and the form follows at once."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from portal.dossiers import operations as dossiers
from portal.dossiers.gathering import facts_of
from portal.dossiers.queries import open_sheet
from portal.dossiers.rules import Outcome
from portal.dossiers.steps import STEP_OF, Act, faults
from portal.notices.models import Notice
from portal.trail.models import TrailEntry
from portal.waivers import operations
from portal.waivers.models import Waiver
from portal.waivers.queries import waiver_of
from tenants.database import db
from tenants.people import Role
from tenants.refusal import Conflict, Refused
from tenants.scope import acting_in
from tests.beds import made_once
from tests.builders import STEWARD, Person, World
from tests.deciding import District, accept
from tests.forms import token

REASON = "Đơn vị mới thành lập tháng 9, chưa xét danh hiệu tập thể."
RULING = "Đúng theo quyết định thành lập."
CODE = "3.3"


@made_once
def a_school(world: World, state: str) -> tuple[District, int, Person, int, dict[str, int]]:
    """Take a new unit's dossier to a state; its district, the unit, its head, the dossier, the indicators."""
    world.confirm_thresholds()
    district = District(world)
    unit_id = world.a_unit(district.tenant_id)
    head = world.a_person(Role.UNIT_HEAD, district.tenant_id, unit_id, name="Thủ trưởng đơn vị")
    dossier_id = world.a_dossier(district.tenant_id, unit_id, state)
    with world.acting(head, writes=False):
        sheet = open_sheet(world.dossier(district.tenant_id, dossier_id))
        return district, unit_id, head, dossier_id, {i.code: i.id for i in sheet.indicators}


class Case:
    """A unit with a filled draft, its head, the district's officer."""

    def __init__(self, world: World, client: Any, state: str = "filled") -> None:
        self.world, self.client = world, client
        self.district, self.unit_id, self.head, self.id, self.ids = a_school(world, state)
        self.tenant_id, self.officer = self.district.tenant_id, self.district.officer

    def ask(self, code: str = CODE, reason: str = REASON) -> int:
        """Ask as the head; returns the request's id."""
        with self.world.acting(self.head) as actor:
            dossier = self.world.dossier(self.tenant_id, self.id)
            return operations.ask(actor, dossier, self.ids[code], reason).id

    def rule(self, number: int, *, grant: bool = True, ruling: str = RULING) -> None:
        """Rule as the officer."""
        with self.world.acting(self.officer) as actor:
            operations.rule(actor, self.tenant_id, number, grant=grant, ruling=ruling)

    def outcome(self, code: str = CODE) -> tuple[Outcome, Outcome]:
        """What the rules say of an indicator at level 1, for the unit and for the district."""
        with self.world.acting(self.officer, writes=False):
            sheet = open_sheet(self.world.dossier(self.tenant_id, self.id))
            sides = (sheet.unit_side(), sheet.district_side())
            one, other = (side.finding(self.ids[code]).outcomes[1] for side in sides)
            return one, other


@pytest.fixture
def case(world: World, client: Any) -> Case:
    """A filled draft."""
    return Case(world, client)


def test_from_the_card_to_the_ruling_and_back(case: Case) -> None:
    """Asked on the form with a reason, ruled on the list, applied at once, shown to both, recorded, noticed."""
    world, client = case.world, case.client
    world.sign_in(client, case.head)
    form = f"/ho-so/{case.id}"
    key = token(client, form)
    path = f"{form}/chi-tieu/{case.ids[CODE]}/khong-ap-dung"
    empty = client.post(path, data={"csrf_token": key, "reason": " "})
    assert empty.status_code == 422
    assert f"Xin ghi lý do chỉ tiêu {CODE} không áp dụng" in empty.text
    long = client.post(path, data={"csrf_token": key, "reason": "dài " * 1500})
    assert long.status_code == 422
    assert "dài dài dài" in long.text, "what was typed is there"
    asked = client.post(path, data={"csrf_token": key, "reason": REASON}, follow_redirects=True)
    assert "Đã đề nghị, chờ trả lời" in asked.text
    assert case.outcome() == (Outcome.MET, Outcome.MET), "asking changes nothing"
    review = client.get(f"{form}/kiem-tra").text
    assert f"Phòng GDĐT chưa trả lời đề nghị không áp dụng chỉ tiêu {CODE}. Vẫn ký được" in review

    world.sign_in(client, case.officer)
    assert "Đề nghị không áp dụng chỉ tiêu" in client.get("/").text
    listed = client.get("/huyen/khong-ap-dung").text
    assert REASON in listed
    number = case.ask()
    page = client.get(f"/huyen/khong-ap-dung/{number}").text
    assert "Chấp thuận không áp dụng" in page
    key = token(client, f"/huyen/khong-ap-dung/{number}")
    refused = client.post(f"/huyen/khong-ap-dung/{number}", data={"csrf_token": key, "act": "refuse"})
    assert refused.status_code == 422
    assert "Xin ghi lý do không chấp thuận." in refused.text
    data = {"csrf_token": key, "act": "grant", "ruling": RULING}
    assert (
        "Đã chấp thuận"
        in client.post(f"/huyen/khong-ap-dung/{number}", data=data, follow_redirects=True).text
    )
    again = client.post(f"/huyen/khong-ap-dung/{number}", data=data)
    assert again.status_code == 409
    assert "đã trả lời đề nghị này" in again.text
    assert case.outcome() == (Outcome.NOT_APPLICABLE, Outcome.NOT_APPLICABLE)

    world.sign_in(client, case.head)
    page = client.get(form).text
    assert "Không áp dụng: cấp thẩm định đã chấp thuận cho đơn vị." in page
    assert RULING in page
    with acting_in(STEWARD):
        notices = db.session.scalars(select(Notice.sentence)).all()
        assert any("đề nghị không áp dụng chỉ tiêu 3.3 năm 2026" in one for one in notices)
        assert "Phòng GDĐT đã chấp thuận đề nghị không áp dụng chỉ tiêu 3.3." in notices
        said = db.session.scalars(select(TrailEntry.sentence).where(TrailEntry.act == "waiver")).all()
        assert len(said) == 2

    world.sign_in(client, case.officer)
    key = token(client, f"/huyen/khong-ap-dung/{number}")
    data = {"csrf_token": key, "ruling": "Nhầm với đơn vị khác."}
    back = client.post(f"/huyen/khong-ap-dung/{number}/rut", data=data, follow_redirects=True)
    assert "Đã rút chấp thuận" in back.text
    assert case.outcome() == (Outcome.MET, Outcome.MET)
    assert case.ask(), "it may be asked again"


def test_the_unit_never_switches_it_itself(case: Case) -> None:
    """Not by a verb, not by SQL: no grant of its own, no second grant, nothing after a ruling."""
    number = case.ask()
    for values in (
        "state = 'granted'",
        "state = 'granted', ruled_at = now()",
        "ruling = 'x'",
        "reason = 'x'",
        "state = 'refused'",
    ):
        with pytest.raises(DBAPIError), case.world.acting(case.head):
            db.session.execute(text(f"update waiver set {values} where id = {number}"))
    with pytest.raises(DBAPIError), case.world.acting(case.head):
        db.session.execute(
            text(
                "insert into waiver (tenant_id, unit_id, dossier_id, indicator_id, reason, state, asked_at, asked_by,"
                " ruling, ruled_at, ruled_by, version) select tenant_id, unit_id, dossier_id, indicator_id + 1, 'x',"
                " 'granted', now(), '', '', now(), '', 1 from waiver"
            )
        )
    with pytest.raises(Refused) as refused, case.world.acting(case.head) as actor:
        operations.rule(actor, case.tenant_id, number, grant=True, ruling="")
    assert refused.value.status == 403
    assert case.outcome()[0] is Outcome.MET
    case.rule(number, grant=False, ruling="Vẫn thuộc khối thi đua.")
    with pytest.raises(Refused, match="không rút được nữa"), case.world.acting(case.head) as actor:
        operations.withdraw(actor, case.world.dossier(case.tenant_id, case.id), number)
    with case.world.acting(case.head):
        done = db.session.execute(text(f"update waiver set state = 'withdrawn' where id = {number}"))
        assert done.rowcount == 0  # type: ignore[attr-defined]
    with pytest.raises(DBAPIError), case.world.acting(case.officer):
        db.session.execute(text(f"update waiver set state = 'granted' where id = {number}"))


def test_what_cannot_be_asked(case: Case) -> None:
    """An indicator that does not apply anyhow, an unknown one, one asked twice, one withdrawn, a filed dossier."""
    with pytest.raises(Refused, match="vốn không áp dụng"):
        case.ask("1.2b")
    with pytest.raises(Refused) as unknown, case.world.acting(case.head) as actor:
        operations.ask(actor, case.world.dossier(case.tenant_id, case.id), 10_000, REASON)
    assert unknown.value.status == 404
    number = case.ask()
    assert case.ask() == number, "a double click is one request"
    with pytest.raises(Refused, match="đang chờ trả lời"):
        case.ask(reason="Lý do khác.")
    with case.world.acting(case.head) as actor:
        for _ in range(2):
            operations.withdraw(actor, case.world.dossier(case.tenant_id, case.id), number)
    with pytest.raises(Conflict, match="Đơn vị đã rút đề nghị này"):
        case.rule(number)
    with case.world.acting(case.head) as actor:
        dossiers.sign(actor, case.world.dossier(case.tenant_id, case.id))
    with pytest.raises(Refused, match="Hồ sơ đã ký"):
        case.ask()


def test_who_may_rule_and_until_when(case: Case) -> None:
    """Not the leader, not one who belongs to the unit, not another district; not once the appraisal is closed."""
    number = case.ask()
    leader = case.world.a_person(Role.DISTRICT_LEADER, case.tenant_id)
    elsewhere = District(case.world, "Huyện Kiến Thụy")
    own = case.world.a_person(Role.DISTRICT_OFFICER, case.tenant_id)
    case.world.another_place(own, Role.UNIT_HEAD, case.tenant_id, case.unit_id)
    for person, status in ((leader, 403), (elsewhere.officer, 404)):
        with pytest.raises(Refused) as refused, case.world.acting(person) as actor:
            operations.rule(actor, person.place.tenant_id, number, grant=True, ruling="")
        assert refused.value.status == status
    case.world.sign_in(case.client, elsewhere.officer)
    assert case.client.get(f"/huyen/khong-ap-dung/{number}").status_code == 404
    case.world.sign_in(case.client, leader)
    assert "Chấp thuận không áp dụng</button>" not in case.client.get(f"/huyen/khong-ap-dung/{number}").text
    with case.world.acting(case.head) as actor:
        dossiers.sign(actor, case.world.dossier(case.tenant_id, case.id))
        dossiers.submit(actor, case.world.dossier(case.tenant_id, case.id))
    accept(case.world, case.officer, case.tenant_id, case.id)
    case.rule(number)
    assert case.outcome() == (Outcome.NOT_APPLICABLE, Outcome.NOT_APPLICABLE)
    with pytest.raises(Refused, match="màn hình thẩm định"), case.world.acting(case.officer) as actor:
        operations.revoke(actor, case.tenant_id, number, "Nhầm.")
    case.world.sign_in(case.client, case.officer)
    page = case.client.get(f"/huyen/ho-so/{case.id}/tham-dinh?chi-tieu={CODE}").text
    assert RULING in page
    assert REASON in page


def test_the_paper_prints_what_was_signed(case: Case) -> None:
    """A ruling before the signature is covered by it; one after it changes no signed paper."""
    from portal.papers.content import content_of

    case.rule(case.ask())
    with case.world.acting(case.head) as actor:
        dossier = case.world.dossier(case.tenant_id, case.id)
        dossiers.sign(actor, dossier)
        sheet = open_sheet(dossier)
        assert dossier.frozen
        assert dossier.frozen["waived"] == [CODE]
        assert not content_of(sheet).assessment.finding(case.ids[CODE]).applies
    with case.world.acting(case.officer) as actor:
        waiver = db.session.scalars(select(Waiver)).one()
        assert waiver_of(case.tenant_id, waiver.id) is waiver
        facts = facts_of(open_sheet(case.world.dossier(case.tenant_id, case.id)), dossiers.clock.now())
        assert not [f for f in faults(STEP_OF[Act.SIGN], facts) if "chưa trả lời đề nghị" in f.sentence]


def test_two_officers_rule_at_once(case: Case) -> None:
    """The second is told who was faster; one ruling stands."""
    number = case.ask()
    other = case.world.a_person(Role.DISTRICT_OFFICER, case.tenant_id)
    results: list[str] = []

    def act(person: Any, grant: bool) -> None:
        with case.world.app.app_context():
            try:
                with case.world.acting(person) as actor:
                    operations.rule(actor, case.tenant_id, number, grant=grant, ruling=RULING)
                results.append("ruled")
            except Conflict as conflict:
                results.append(conflict.sentence)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=act, args=pair) for pair in ((case.officer, True), (other, False))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(result == "ruled" for result in results) == [False, True]
    assert any("đã trả lời đề nghị này" in result for result in results)


def test_a_longer_list_asks_no_more(case: Case, count_queries: list[str]) -> None:
    """Twenty requests cost what one costs; searching without accents finds the unit."""
    case.world.sign_in(case.client, case.officer)
    counts = []
    for codes in (["1.1"], ["1.2", "1.3", "1.4", "1.5", "2.1", "2.2", "2.3", "3.2"]):
        for code in codes:
            case.ask(code)
        count_queries.clear()
        assert case.client.get("/huyen/khong-ap-dung?q=my duc").status_code == 200
        counts.append(len(count_queries))
    assert counts[0] == counts[1]
    assert "Không có đề nghị nào khớp" in case.client.get("/huyen/khong-ap-dung?q=%25_x").text
    assert "Chưa trả lời đề nghị nào" in case.client.get("/huyen/khong-ap-dung?muc=da-tra-loi").text
