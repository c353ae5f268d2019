"""Nobody gets the right to decide alone, nobody gives what is not theirs, and who looks changes nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from portal.accounts.operations import NewPerson
from portal.notices.models import Notice
from portal.papers.office import acting_for, own_title
from portal.powers import operations, queries
from portal.powers.operations import Given
from portal.powers.rules import signing_title, title_fault
from portal.roster.models import RosterPerson
from portal.trail.models import TrailEntry
from tenants import operations as persons
from tenants import signin, standing
from tenants.database import db
from tenants.identity import Identity
from tenants.people import Account, Membership, Role, SigninSession
from tenants.places import Tenant
from tenants.powers import Delegation, RoleProposal
from tenants.refusal import Refused
from tenants.rights import Right, refusal
from tenants.scope import Scope, ScopeKind, acting_in
from tests.beds import made_once
from tests.builders import STEWARD, Person, World
from tests.forms import send


@dataclass
class Place:
    """A district with its people, a unit, and the province."""

    world: World
    tenant_id: int
    unit_id: int
    admin: Person
    leader: Person
    officer: Person
    head: Person
    clerk: Person
    province: Person


@made_once
def a_place(world: World) -> Place:
    """Open it."""
    tenant_id = world.a_district()
    unit_id = world.a_unit(tenant_id)
    return Place(
        world,
        tenant_id,
        unit_id,
        world.a_person(Role.DISTRICT_ADMIN, tenant_id, name="Quản trị An Lão"),
        world.a_person(Role.DISTRICT_LEADER, tenant_id, name="Chủ tịch An Lão"),
        world.a_person(Role.DISTRICT_OFFICER, tenant_id, name="Chuyên viên An Lão"),
        world.a_person(Role.UNIT_HEAD, tenant_id, unit_id, name="Hiệu trưởng"),
        world.a_person(Role.UNIT_EDITOR, tenant_id, unit_id, name="Phó hiệu trưởng"),
        world.province_person(),
    )


def now(person: Person, role: Role | None = None) -> Identity | None:
    """The person as a job would meet them now; in a role, if asked."""
    with acting_in(Scope(ScopeKind.SIGNIN)):
        rows = select(Membership.id).where(Membership.account_id == person.identity.account_id)
        if role:
            rows = rows.where(Membership.role == role)
        number = db.session.scalars(rows.order_by(Membership.id.desc())).first()
        return standing.standing_of(person.identity.account_id, number) if number else None


def acts(place: Place, prefix: str) -> list[str]:
    """The recorded acts of the district that begin so, in order."""
    with acting_in(STEWARD):
        rows = select(TrailEntry.act).where(
            TrailEntry.tenant_id == place.tenant_id, TrailEntry.act.startswith(prefix)
        )
        return list(db.session.scalars(rows.order_by(TrailEntry.id)))


def proposed(place: Place, person: Person, reason: str = "Phân công mới") -> int:
    """Let the administrator propose somebody as leader."""
    with place.world.acting(place.admin) as actor:
        return operations.propose(actor, person.identity.account_id, Role.DISTRICT_LEADER, reason).id


def confirmed(place: Place, by: Person, proposal_id: int) -> Any:
    """Let somebody confirm it."""
    with place.world.acting(by) as actor:
        proposal = queries.proposal_of(proposal_id)
        assert proposal is not None
        return operations.confirm(actor, proposal)


def test_a_leader_takes_two(world: World) -> None:
    """Proposed by one, confirmed by the acting leader; not by the proposer, the candidate or the province then."""
    place = a_place(world)
    number = proposed(place, place.officer)
    assert now(place.officer, Role.DISTRICT_LEADER) is None
    for wrong in (place.admin, place.officer, place.province):
        with pytest.raises(Refused):
            confirmed(place, wrong, number)
    assert confirmed(place, place.leader, number) is None
    given = now(place.officer, Role.DISTRICT_LEADER)
    assert given is not None
    assert refusal(given, Right.ISSUE_DECISION) is None
    with pytest.raises(Refused, match="đã có người trả lời"):
        confirmed(place, place.leader, number)
    assert acts(place, "power.") == ["power.propose", "power.confirm"]


def test_the_first_leader_is_confirmed_by_the_province(world: World) -> None:
    """A new person of a place without a leader: an account, no right, then the province's yes and the link."""
    place = a_place(world)
    with acting_in(STEWARD):
        db.session.execute(delete(Membership).where(Membership.role == Role.DISTRICT_LEADER))
    with world.acting(place.admin) as actor:
        new = NewPerson("chu.tich", "Chủ tịch mới")
        number = operations.propose_new(actor, new, Role.DISTRICT_LEADER, "Quyết định 15/QĐ").id
    handed = confirmed(place, place.province, number)
    assert handed.login == "chu.tich"
    assert handed.token
    with acting_in(STEWARD):
        told = db.session.scalars(select(Notice.sentence).where(Notice.tenant_id == place.tenant_id)).all()
    assert any("đã được xác nhận" in one for one in told)


def test_the_wall_refuses_one_person(world: World) -> None:
    """Whatever the program forgets: no membership without a proposal that somebody else confirmed, used once."""
    place = a_place(world)
    me, them = place.admin.identity.account_id, place.officer.identity.account_id

    def leads(account: int, number: int | None = None) -> None:
        persons.place_person(
            account, Role.DISTRICT_LEADER, place.tenant_id, since=signin.today(), proposal_id=number
        )

    def refused(by: Person, do: Any, *args: Any) -> None:
        def tried() -> None:
            with world.acting(by):
                do(*args)
                db.session.flush()

        with pytest.raises(DBAPIError):
            tried()

    def answer(account: int) -> None:
        db.session.execute(
            update(RoleProposal).values(answered_by=account, answered_at=signin.now(), confirmed=True)
        )

    refused(place.admin, leads, me)
    number = proposed(place, place.officer)
    refused(place.admin, leads, them, number)
    refused(place.admin, answer, me)
    refused(place.admin, answer, place.leader.identity.account_id)
    refused(place.officer, answer, them)
    refused(place.province, answer, place.province.identity.account_id)
    refused(place.officer, lambda: db.session.execute(text("insert into role_proposal (tenant_id, account_id, role,"
        " reason, proposed_by, proposed_at) values (app_tenant(), app_account(), 'district_leader', 'x',"
        " app_account(), now())")))  # fmt: skip
    confirmed(place, place.leader, number)
    refused(place.leader, leads, me, number)
    with world.acting(place.admin):
        given = db.session.scalars(select(Membership).where(Membership.proposal_id == number)).one()
        persons.end_membership(given, signin.today())
    revive = update(Membership).where(Membership.proposal_id == number).values(until=None, ended_at=None)
    refused(place.admin, db.session.execute, revive)
    refused(place.admin, signin.new_link, place.leader.identity.account_id, me)


def test_a_province_admin_takes_two(world: World) -> None:
    """By another administrator of the province, and by nobody else."""
    place = a_place(world)
    officer, second = world.province_person(Role.PROVINCE_OFFICER), world.province_person()
    with world.acting(place.province) as actor:
        number = operations.propose(actor, officer.identity.account_id, Role.PROVINCE_ADMIN, "Thay người").id
    with pytest.raises(Refused, match="không tự xác nhận"):
        confirmed(place, place.province, number)
    confirmed(place, second, number)
    assert now(officer, Role.PROVINCE_ADMIN) is not None
    with pytest.raises(DBAPIError), world.acting(second):
        persons.place_person(
            second.identity.account_id, Role.PROVINCE_ADMIN, world.province_id, since=signin.today()
        )


def test_the_operator_gives_it_with_a_reason(world: World) -> None:
    """Where nobody is left to propose or confirm; the reason stands in the place's record."""
    place = a_place(world)
    with acting_in(STEWARD):
        code = db.session.scalars(select(Tenant.code).where(Tenant.id == place.tenant_id)).one()
    run = world.app.test_cli_runner()
    given = ["user", "give", place.officer.login, "--role", "district_leader", "--tenant", code, "--reason"]
    assert run.invoke(args=[*given, " "]).exit_code != 0
    done = run.invoke(args=[*given, "Lãnh đạo cũ đã nghỉ"])
    assert done.exit_code == 0, (done.output, done.exception)
    assert now(place.officer, Role.DISTRICT_LEADER) is not None
    assert acts(place, "power.") == ["power.give"]


def a_delegation(place: Place, giver: Person, to: Person, rights: tuple[str, ...] = (), days: int = 5) -> int:
    """Delegate from today; returns the id."""
    today = signin.today()
    given = Given(
        to.identity.account_id,
        today,
        today + timedelta(days=days),
        "12/UQ-UBND",
        today,
        "Đi công tác",
        rights,
    )
    with place.world.acting(giver) as actor:
        return operations.delegate(actor, given).id


def test_a_delegate_decides_in_the_name_of_the_giver_until_it_ends(world: World) -> None:
    """The whole role, recorded as by delegation, not passed on, ending with its day, early, or with its giver."""
    place = a_place(world)
    number = a_delegation(place, place.leader, place.officer)
    delegate = now(place.officer, Role.DISTRICT_LEADER)
    assert delegate is not None
    assert refusal(delegate, Right.ISSUE_DECISION) is None
    assert "không được ủy quyền" in (refusal(delegate, Right.DELEGATE) or "")
    assert refusal(delegate, Right.CONFIRM_DECIDER)
    assert delegate.acting_name == "Chuyên viên An Lão (thừa ủy quyền của Chủ tịch An Lão)"
    assert signing_title("CHỦ TỊCH", "Phó chủ tịch") == "PHÓ CHỦ TỊCH"
    title = signing_title("CHỦ TỊCH", "Trưởng phòng")
    assert (acting_for(title), own_title(title)) == (("TUQ. CHỦ TỊCH",), "TRƯỞNG PHÒNG")
    assert title_fault(delegate, title) is None
    assert "theo ủy quyền của" in (title_fault(delegate, "CHỦ TỊCH") or "")
    assert title_fault(place.leader.identity, "CHỦ TỊCH") is None
    with acting_in(STEWARD):
        member = db.session.scalars(select(Membership).where(Membership.delegation_id == number)).one()
        until = member.until
        member.since = member.until = signin.today() - timedelta(days=1)
    assert now(place.officer, Role.DISTRICT_LEADER) is None
    with acting_in(STEWARD):
        member = db.session.scalars(select(Membership).where(Membership.delegation_id == number)).one()
        member.since, member.until = signin.today(), until
        db.session.execute(
            update(Account)
            .where(Account.id == place.leader.identity.account_id)
            .values(disabled_at=signin.now())
        )
    assert now(place.officer, Role.DISTRICT_LEADER) is None
    with acting_in(STEWARD):
        db.session.execute(update(Account).values(disabled_at=None))
    assert now(place.officer, Role.DISTRICT_LEADER) is not None
    with world.acting(place.officer) as actor:
        delegation, member, *_ = queries.delegation_of(place.officer.place, number)
        with pytest.raises(Refused, match="Chỉ người ủy quyền"):
            operations.end_delegation(actor, delegation, member)
    with world.acting(place.leader) as actor:
        delegation, member, *_ = queries.delegation_of(place.leader.place, number)
        operations.end_delegation(actor, delegation, member)
    assert now(place.officer, Role.DISTRICT_LEADER) is None
    assert acts(place, "delegation.") == ["delegation.give", "delegation.end"]


def test_a_part_of_a_role_gives_that_part(world: World) -> None:
    """Only the named rights; and neither the delegate's nor the giver's own unit is judged."""
    place = a_place(world)
    world.another_place(place.leader, Role.UNIT_EDITOR, place.tenant_id, place.unit_id)
    a_delegation(place, place.leader, place.officer, ("ISSUE_DECISION",))
    delegate = now(place.officer, Role.DISTRICT_LEADER)
    assert delegate is not None
    assert refusal(delegate, Right.ISSUE_DECISION) is None
    assert "không gồm" in (refusal(delegate, Right.SEND_REPORT) or "")
    assert delegate.holds_unit(place.tenant_id, place.unit_id)
    assert "đang giữ vai trò" in (refusal(delegate, Right.ISSUE_DECISION, place) or "")


def test_what_cannot_be_delegated(world: World) -> None:
    """Not to a stranger, not oneself, not backwards, not beyond a year, not another role's rights, not passed on."""
    place = a_place(world)
    today, elsewhere = (
        signin.today(),
        world.a_person(Role.DISTRICT_OFFICER, world.a_district("Huyện Kiến Thụy")),
    )
    number = place.officer.identity.account_id
    for given in (
        Given(elsewhere.identity.account_id, today, today, "1", today, "x"),
        Given(place.head.identity.account_id, today, today, "1", today, "x"),
        Given(place.leader.identity.account_id, today, today, "1", today, "x"),
        Given(number, today - timedelta(days=1), today, "1", today, "x"),
        Given(number, today, today - timedelta(days=1), "1", today, "x"),
        Given(number, today, today + timedelta(days=400), "1", today, "x"),
        Given(number, today, today, "1", today + timedelta(days=3), "x"),
        Given(number, today, today, "1", today, "x", ("MANAGE_ACCOUNTS",)),
    ):
        with world.acting(place.leader) as actor, pytest.raises(Refused):
            operations.delegate(actor, given)
    a_delegation(place, place.leader, place.officer)
    third = world.a_person(Role.DISTRICT_COUNCIL, place.tenant_id)
    delegation = Delegation(
        tenant_id=place.tenant_id, giver_id=number, role=Role.DISTRICT_LEADER, rights=[], document="1",
        dated=date(2026, 1, 1), reason="x", created_at=signin.now(),
    )  # fmt: skip

    def passed_on() -> None:
        with world.acting(place.officer):
            db.session.add(delegation)
            db.session.flush()
            persons.place_person(
                third.identity.account_id,
                Role.DISTRICT_LEADER,
                place.tenant_id,
                since=today,
                until=today,
                delegation_id=delegation.id,
            )

    with pytest.raises(DBAPIError):
        passed_on()


def test_delegating_on_the_page(world: World, client: FlaskClient) -> None:
    """A head delegates to the deputy, who changes places and sees it everywhere; what is typed wrong is kept."""
    place = a_place(world)
    world.sign_in(client, place.head)
    typed = {
        "person": place.clerk.identity.account_id, "since": f"{signin.today():%d/%m/%Y}", "until": "hôm nào đó",
        "document": "03/UQ-THMĐ", "dated": f"{signin.today():%d/%m/%Y}", "reason": "Đi tập huấn",
        "rights": ["SIGN_DOSSIER"],
    }  # fmt: skip
    answer = send(client, "/uy-quyen", typed)
    assert answer.status_code == 422
    assert "tính theo ngày thật" in answer.text, "the demo clock of this world shows another day"
    assert "hôm nào đó" in answer.text
    typed["until"] = f"{signin.today() + timedelta(days=3):%d/%m/%Y}"
    assert send(client, "/uy-quyen", typed).status_code == 303
    page = client.get("/uy-quyen").text
    assert "03/UQ-THMĐ" in page
    assert "ký hồ sơ" in page
    world.sign_in(client, place.clerk)
    chosen = re.findall(r'name="place" value="(\d+)"', client.get("/noi-lam-viec").text)[-1]
    send(client, "/noi-lam-viec", {"place": chosen})
    assert "(thừa ủy quyền)" in client.get("/").text
    world.sign_in(client, place.head)
    number = re.search(r"/uy-quyen/(\d+)/ket-thuc", client.get("/uy-quyen").text)
    assert number is not None
    assert send(client, number.group(0), {}, page="/uy-quyen").status_code == 303
    assert "Đã kết thúc" in client.get("/uy-quyen").text


def test_proposing_on_the_pages(world: World, client: FlaskClient) -> None:
    """The accounts form makes a proposal instead of a leader; the leader confirms and gets the link to hand over."""
    place = a_place(world)
    world.sign_in(client, place.admin)
    new = {"role": "district_leader", "unit": "", "full_name": "Phó Chủ tịch", "login": "pct.anlao"}
    assert "Xin ghi lý do" in send(client, "/huyen/tai-khoan/them", new).text
    assert send(client, "/huyen/tai-khoan/them", new | {"reason": "QĐ 15"}).status_code == 303
    page = client.get("/giao-quyen").text
    assert "Phó Chủ tịch" in page
    assert "tự xác nhận" in page
    own = re.search(r'action="(/giao-quyen/\d+)/khep"', page)
    assert own is not None
    confirming = f"{own.group(1)}/xac-nhan"
    assert send(client, confirming, {}, page="/giao-quyen").status_code == 403
    mine = f"/huyen/tai-khoan/{place.leader.identity.account_id}"
    assert "quản trị tỉnh cấp liên kết" in client.get(mine).text
    assert send(client, f"{mine}/lien-ket", {}, page="/giao-quyen").status_code == 409
    world.sign_in(client, place.leader)
    answer = send(client, confirming, {}, page="/giao-quyen")
    assert "/lien-ket/" in answer.text
    world.sign_in(client, place.province)
    assert "Đã xác nhận" in client.get("/giao-quyen").text
    page = client.get("/tinh/cac-huyen").text
    again = re.search(rf'action="([^"]*/{place.leader.identity.account_id}[^"]*)"', page)
    assert again is not None
    assert "/lien-ket/" in send(client, again.group(1), {}, page="/giao-quyen").text


def test_looking_at_anothers_pages(world: World, client: FlaskClient) -> None:
    """Read only, with a banner, told and recorded, without rosters or what is personal, over when asked or after."""
    place = a_place(world)
    dossier = world.a_dossier(place.tenant_id, place.unit_id)
    with world.acting(place.head):
        db.session.execute(
            text("insert into roster (tenant_id, unit_id, dossier_id, read_at, read_by, wholes, parts, erase_on, taken_by)"
                 f" values ({place.tenant_id}, {place.unit_id}, {dossier}, now(), '', '{{}}', '{{}}', '2030-01-01', '')")
        )  # fmt: skip
        db.session.execute(
            text("insert into roster_person (tenant_id, unit_id, roster_id, sheet, line, label, marks)"
                 " select tenant_id, unit_id, id, '', 1, 'Tên riêng', '[]' from roster")
        )  # fmt: skip
    world.sign_in(client, place.admin)
    page = client.get("/xem-nhu?q=hieu+truong").text
    member = place.head.place.membership_id
    assert f'value="{member}"' in page
    path = f"/xem-nhu?vai-tro={member}"
    assert send(client, path, {"vai-tro": str(member), "reason": " "}, page=path).status_code == 422
    assert (
        send(client, path, {"vai-tro": str(member), "reason": "Hướng dẫn nhập"}, page=path).status_code == 303
    )
    home = client.get("/").text
    assert "<b>Quản trị An Lão</b> đang xem như <b>Hiệu trưởng</b>" in home
    assert client.get(f"/ho-so/{dossier}").status_code == 200
    assert client.get("/tai-khoan").status_code == 403
    refused = send(client, "/uy-quyen", {}, page="/")
    assert refused.status_code == 403
    assert "chỉ xem, không làm thay" in refused.text
    assert send(client, "/noi-lam-viec", {"place": "1"}, page="/").status_code == 403
    with acting_in(Scope(ScopeKind.SIGNIN)):
        token = db.session.scalars(select(SigninSession)).all()
        assert [row.seen_membership_id for row in token] == [member]
    seen = _seen(client)
    scope = seen.scope(writes=True)
    assert (scope.writes, scope.account_id) == (False, -1)
    with acting_in(scope):
        assert db.session.scalars(select(RosterPerson)).all() == []
        with pytest.raises(DBAPIError, match="read-only"):
            db.session.execute(text("update dossier set version = 9"))
        db.session.rollback()
    with world.acting(place.head):
        assert len(db.session.scalars(select(RosterPerson)).all()) == 1
        told = db.session.scalars(select(Notice.sentence).where(Notice.audience == "person")).all()
        assert any("Hướng dẫn nhập" in one for one in told)
    assert acts(place, "person.look") == ["person.look"]
    assert send(client, "/xem-nhu/thoi", {}, page="/").status_code == 303
    assert "đang xem như" not in client.get("/").text
    send(client, path, {"vai-tro": str(member), "reason": "Lần nữa"}, page=path)
    with acting_in(Scope(ScopeKind.SIGNIN)):
        late = signin.now() - timedelta(seconds=1)
        db.session.execute(update(SigninSession).values(seen_until=late))
    assert "đang xem như" not in client.get("/").text


def _seen(client: FlaskClient) -> Identity:
    with client.session_transaction() as session:
        token = session["_user_id"]
    with acting_in(Scope(ScopeKind.SIGNIN)):
        identity = standing.identify(token)
    assert identity is not None
    return identity


def test_whom_one_may_look_at(world: World, client: FlaskClient) -> None:
    """A district's administrator the people of the district, the province's anybody's; no guest, nobody by others."""
    place = a_place(world)
    stranger = world.a_person(Role.DISTRICT_OFFICER, world.a_district("Huyện Kiến Thụy"), name="Người ở xa")
    world.sign_in(client, place.admin)
    path = f"/xem-nhu?vai-tro={stranger.place.membership_id}"
    fields = {"vai-tro": str(stranger.place.membership_id), "reason": "Xem"}
    assert send(client, path, fields, page="/xem-nhu").status_code == 422
    assert "Không tìm thấy ai" in client.get("/xem-nhu?q=nguoi+o+xa").text
    world.sign_in(client, place.officer)
    assert client.get("/xem-nhu").status_code == 403
    world.sign_in(client, place.province)
    assert send(client, path, fields, page="/xem-nhu").status_code == 303
    assert "đang xem như <b>Người ở xa</b>" in client.get("/").text
    with acting_in(STEWARD):
        where = select(TrailEntry.tenant_id).where(TrailEntry.act == "person.look")
        assert db.session.scalars(where).all() == [stranger.place.tenant_id]
        db.session.execute(
            update(Membership).where(Membership.account_id == place.province.identity.account_id)
            .values(until=date(2025, 1, 1), ended_at=signin.now())
        )  # fmt: skip
    assert "đang xem như" not in client.get("/noi-lam-viec").text
