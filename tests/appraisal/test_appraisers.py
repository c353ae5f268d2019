"""Who appraises what: given out, kept from whom it must be, judged apart by several, concluded by one."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select, text, update

from portal.appraisal import accepting, assigning, blind, interests, panels
from portal.appraisal import operations as appraisal
from portal.appraisal.models import Finding
from portal.appraisal.queries import next_in
from portal.appraisal.seats import Appraiser, AppraiserVerdict, Interest
from portal.dossiers.models import State
from portal.trail.models import TrailEntry
from tenants import signin
from tenants.database import db
from tenants.people import Membership, Role
from tenants.refusal import Conflict, Refused
from tenants.scope import Scope, ScopeKind, acting_in
from tests.appraisal.conftest import Case, code_of, sheet_of
from tests.appraisal.test_at_once import together
from tests.builders import STEWARD, Person, World
from tests.deciding import accept
from tests.forms import token

Make = Callable[..., Case]


@pytest.fixture
def council(world: World) -> Callable[[int], Person]:
    """Gives a further appraiser of a district: somebody of the Hội Khuyến học on its council."""
    return lambda district: world.a_person(Role.DISTRICT_COUNCIL, district, name="Ủy viên Hội Khuyến học")


def ids(*people: Person) -> list[int]:
    """The accounts of persons."""
    return [one.identity.account_id for one in people]


def give(world: World, case: Case, *people: Person, by: Person | None = None, **more: Any) -> bool:
    """Put persons on the case's dossier, as who sees who is on it now; returns whether they judge apart."""
    with world.acting(by or case.officer) as actor:
        dossier = world.dossier(case.district, case.dossier)
        seen = [seat.id for seat in panels.panel_of(dossier).seats]
        return assigning.assign(actor, dossier, ids(*people), **{"seen": seen, **more}).apart


def judge(world: World, case: Case, person: Person, code: str, verdict: str, **more: Any) -> None:
    """Judge one indicator of the case as somebody."""
    with world.acting(person) as actor:
        sheet = sheet_of(world, case)
        why = {} if verdict == "agreed" else {"reason_code": "other", "reason": "Không thấy văn bản."}
        appraisal.judge(actor, sheet.dossier, code_of(sheet, code), verdict, **why, **more)


def agree(world: World, case: Case, person: Person) -> None:
    """Agree with what is left."""
    with world.acting(person) as actor:
        appraisal.agree_with_rest(actor, world.dossier(case.district, case.dossier))


@pytest.fixture
def post(client: Any) -> Callable[..., Any]:
    """Posts a form as whoever is signed in, with a token asked for once each."""
    tokens: dict[str, str] = {}

    def send(path: str, data: dict[str, Any]) -> Any:
        with client.session_transaction() as session:
            who = session["_user_id"]
        if who not in tokens:
            tokens[who] = token(client, "/huyen/xung-dot")
        return client.post(path, data={"csrf_token": tokens[who], **data})

    return send


def refused(act: Callable[[], Any], said: str) -> Refused:
    """Assert that an act is refused with a sentence."""
    with pytest.raises(Refused) as met:
        act()
    assert said in met.value.sentence, met.value.sentence
    return met.value


def test_one_is_given_changed_with_a_reason_and_nobody_else_judges(
    world: World, a_case: Make, council: Any
) -> None:
    """An unassigned dossier is everybody's; given to one it is that one's; a change needs a reason and is on record."""
    case = a_case("accepted")
    other = council(case.district)
    judge(world, case, other, "1.1", "agreed")
    assert not give(world, case, other)
    assert "giao cho Ủy viên" in refused(lambda: agree(world, case, case.officer), "Hồ sơ đã giao").sentence
    judge(world, case, other, "1.2", "agreed")
    refused(lambda: give(world, case, case.officer), "Xin ghi lý do")
    with pytest.raises(Conflict):
        give(world, case, case.officer, reason="Bận", seen=())
    first = ids(other)[0]
    refused(lambda: give(world, case, case.officer, other, responsible=first), "đã có kết luận")
    give(world, case, case.officer, reason="Ủy viên đi học dài ngày")
    agree(world, case, case.officer)
    with world.acting(case.officer) as actor:
        dossier = world.dossier(case.district, case.dossier)
        past = panels.past_seats(dossier)
        assert [(p.removed_reason, p.removed_by) for p in past] == [
            ("Ủy viên đi học dài ngày", actor.full_name)
        ]
        said = select(TrailEntry.sentence).where(TrailEntry.act == "appraisal.assign", TrailEntry.inner_act)
        assert any("Ủy viên đi học dài ngày" in one for one in db.session.scalars(said))
        appraisal.propose(actor, dossier)
    refused(lambda: give(world, case, other, reason="Muộn"), "Đã thẩm định")
    admin = world.a_person(Role.DISTRICT_ADMIN, case.district)
    assert refused(lambda: give(world, case, other, by=admin), "không được phân công").status == 403


def test_nobody_comes_near_a_unit_of_his_own(world: World, a_case: Make, council: Any) -> None:
    """A place there now or once, the place of work, a declared reason: none is given it, and none judges it ungiven."""
    case = a_case("accepted")
    once, paid, kin = (council(case.district) for _ in range(3))
    world.another_place(once, Role.UNIT_EDITOR, case.district, case.unit)
    with acting_in(STEWARD):
        yesterday = signin.today() - timedelta(days=1)
        left = update(Membership).where(Membership.unit_id == case.unit)
        db.session.execute(left.where(Membership.account_id == ids(once)[0]).values(until=yesterday))
    give(world, case, kin)
    with world.acting(case.officer) as actor:
        interests.declare(actor, ids(paid)[0], case.unit, "employer", "")
        refused(lambda: interests.declare(actor, ids(kin)[0], case.unit, "declared", " "), "Xin ghi lý do")
    with world.acting(kin) as actor:
        interests.declare(actor, actor.account_id, case.unit, "declared", "Vợ là hiệu trưởng")
        refused(
            lambda: interests.declare(actor, ids(paid)[0], case.unit, "employer", ""), "không được phân công"
        )
    with world.acting(case.officer, writes=False):  # who declares it is taken off at once
        assert panels.panel_of(world.dossier(case.district, case.dossier)).seats == ()
    for person, why in ((once, "từng giữ vai trò"), (paid, "nơi công tác"), (kin, "Vợ là hiệu trưởng")):
        refused(lambda person=person: give(world, case, person), why)  # type: ignore[misc]
        assert refused(lambda person=person: agree(world, case, person), why).status == 403  # type: ignore[misc]
        with world.acting(person, writes=False) as actor:
            assert next_in(State.ACCEPTED, case.district, 2026, actor) is None
        with world.acting(case.officer) as actor:
            wanted = {case.dossier: person.identity.account_id}
            assert why in assigning.share(actor, 2026, wanted)[0].why_not
    with world.acting(case.officer) as actor:
        row = db.session.scalars(select(Interest).where(Interest.kind == "employer")).one()
        refused(lambda: interests.withdraw(actor, row, ""), "Xin ghi lý do")
        interests.withdraw(actor, row, "Đã chuyển công tác")
    give(world, case, paid)


def test_two_judge_apart_and_one_concludes(world: World, a_case: Make, council: Any) -> None:
    """No row of the other's by any way until both are in; then the differences, and a reason for what is concluded."""
    case = a_case("accepted", level=1)
    other = council(case.district)
    assert give(world, case, case.officer, other, responsible=ids(case.officer)[0])
    judge(world, case, case.officer, "1.1", "not_enough_evidence")
    agree(world, case, case.officer)
    agree(world, case, other)

    def seen(person: Person) -> set[int]:
        with world.acting(person, writes=False):
            return set(db.session.scalars(select(AppraiserVerdict.account_id)))

    def act(person: Person, verb: Callable[..., Any]) -> Any:
        with world.acting(person) as actor:
            return verb(actor, world.dossier(case.district, case.dossier))

    assert seen(case.officer) == set(ids(case.officer))
    act(case.officer, blind.hand_in)
    assert seen(other) == set(ids(other))
    assert seen(case.officer) == set(ids(case.officer))
    leader = world.a_person(Role.DISTRICT_LEADER, case.district)
    assert seen(leader) == set()
    with world.acting(leader, writes=False):  # not even in the record, and nothing is a finding
        said = " ".join(db.session.scalars(select(TrailEntry.sentence)))
        assert "chưa đủ minh chứng" not in said
        assert db.session.scalar(select(func.count()).select_from(Finding)) == 0
    for statement in (
        "update appraiser set handed_in_at = now()",
        "update appraiser_verdict set reason = 'x' where account_id <> app_account() returning 1",
    ):
        with world.acting(case.officer):
            try:
                met = db.session.execute(text(statement)).rowcount  # type: ignore[attr-defined]
            except Exception as error:
                met = "PT409" if "hands in for himself" in str(error) else error
            db.session.rollback()
        assert met in (0, "PT409"), statement
    refused(lambda: judge(world, case, case.officer, "1.2", "not_enough_evidence"), "đã nộp kết quả của mình")
    act(case.officer, blind.take_back)
    with world.acting(leader, writes=False):
        (back,) = db.session.scalars(
            select(TrailEntry).where(TrailEntry.sentence.contains("rút lại kết quả"))
        )
        assert (back.inner_act, back.actor, "handed_in_at" in back.detail) == (
            True,
            case.officer.identity.full_name,
            True,
        )
    act(case.officer, blind.hand_in)
    refused(lambda: act(case.officer, blind.conclude_same), "đã nộp kết quả của mình")
    act(other, blind.hand_in)
    refused(lambda: act(other, blind.take_back), "không rút lại được")
    assert seen(leader) == set(ids(case.officer, other))
    refused(lambda: give(world, case, case.officer, other, council(case.district)), "không thêm người")
    refused(lambda: act(other, blind.conclude_same), "kết luận chung")
    refused(lambda: agree(world, case, case.officer), "trang đối chiếu")
    assert "1.1" not in act(case.officer, blind.conclude_same)
    refused(lambda: judge(world, case, case.officer, "1.1", "agreed"), "kết luận khác nhau")
    judge(world, case, case.officer, "1.1", "agreed", common_reason="Bản có dấu gửi kèm sau.")
    with world.acting(case.officer) as actor:
        sheet = sheet_of(world, case)
        assert sheet.findings[code_of(sheet, "1.1")].common_reason == "Bản có dấu gửi kèm sau."
        assert len(sheet.findings) == 15
        assert appraisal.propose(actor, sheet.dossier).proposed_level == 1
    unit = Scope(ScopeKind.UNIT, case.district, case.unit, 1)
    for scope in (unit, Scope(ScopeKind.PROVINCE, world.province_id, 0, 1)):
        with pytest.raises(Exception, match="permission denied"), acting_in(scope):
            db.session.execute(select(AppraiserVerdict.id))


def test_one_of_two_leaves(world: World, a_case: Make, council: Any) -> None:
    """Who stays goes on with what is noted and concludes; before anything was noted the dossier is simple again."""
    case = a_case("accepted", level=1)
    other = council(case.district)
    give(world, case, case.officer, other)
    assert not give(world, case, other, reason="Đổi việc")
    give(world, case, other, case.officer, reason="Đổi lại", responsible=ids(case.officer)[0])
    agree(world, case, other)
    with world.acting(case.officer) as actor:
        interests.declare(actor, actor.account_id, case.unit, "declared", "Tư vấn hồ sơ")
    with world.acting(other) as actor:
        dossier = world.dossier(case.district, case.dossier)
        panel = panels.panel_of(dossier)
        assert (panel.blind, panel.responsible is panel.mine(actor)) == (True, True)
        blind.hand_in(actor, dossier)
        assert len(blind.conclude_same(actor, dossier)) == 15


def test_nobody_reads_and_judges_apart_again(world: World, a_case: Make, council: Any) -> None:
    """Leaving lays open what the others handed in; then no panel is formed anew, though one person may take over."""
    case = a_case("accepted", level=1)
    second, third, fresh = (council(case.district) for _ in range(3))

    def hands_in(person: Person) -> None:
        agree(world, case, person)
        with world.acting(person) as actor:
            blind.hand_in(actor, world.dossier(case.district, case.dossier))

    world.set_clock(2027, 1, 12, 9, 0)
    give(world, case, case.officer, second, third)
    hands_in(second)
    world.set_clock(2027, 1, 12, 10, 0)  # one is put in another's place: nothing lies open in between
    assert give(world, case, case.officer, second, fresh, reason="Ủy viên đi học dài ngày")
    hands_in(fresh)
    world.set_clock(2027, 1, 12, 11, 0)
    assert not give(world, case, second, fresh, reason="Bận việc khác"), "all in: open to the district"
    with world.acting(case.officer, writes=False):
        assert db.session.scalar(select(func.count()).select_from(AppraiserVerdict)) == 30
    refused(lambda: give(world, case, case.officer, second, fresh, reason="Trở lại"), "không thêm người")
    world.set_clock(2027, 1, 12, 12, 0)
    give(world, case, reason="Lập lại từ đầu")
    for panel in ((case.officer, third), (third, council(case.district))):
        refused(lambda panel=panel: give(world, case, *panel), "đã có lúc được mở")  # type: ignore[misc]
    assert not give(world, case, third)
    refused(lambda: give(world, case, third, case.officer, reason="Thêm"), "đã có lúc được mở")
    judge(world, case, third, "1.1", "agreed")


def test_what_was_noted_apart_is_not_closed_unseen(world: World, a_case: Make, council: Any) -> None:
    """Who is left of several has notes of his own and no findings: the dossier is none of the clean ones."""
    case = a_case("accepted", level=1)
    give(world, case, case.officer, council(case.district), responsible=ids(case.officer)[0])
    judge(world, case, case.officer, "1.1", "agreed")
    give(world, case, case.officer, reason="Ủy viên đi học dài ngày")
    with world.acting(case.officer) as actor:
        done = accepting.close_all(actor, [case.dossier])
        assert "chấm riêng" in done[0].why_not
        dossier = world.dossier(case.district, case.dossier)
        assert dossier.state == State.ACCEPTED


def test_many_are_given_at_once_from_the_preview(
    world: World, client: Any, a_case: Make, council: Any, post: Any, count_queries: list[str]
) -> None:
    """The plan is even, can be changed by row, names what another did meanwhile; reading costs the same for many."""
    case = a_case("accepted", level=1)
    other = council(case.district)
    numbers = [case.dossier]
    world.sign_in(client, case.officer)
    client.get("/huyen/phan-cong")
    count_queries.clear()
    client.get("/huyen/phan-cong")
    alone = len(count_queries)
    for n in range(3):
        unit = world.a_unit(case.district, f"Trường Tiểu học số {n}")
        numbers.append(world.a_dossier(case.district, unit, "submitted"))
        accept(world, case.officer, case.district, numbers[-1])
    count_queries.clear()
    page = client.get("/huyen/phan-cong").text
    assert len(count_queries) == alone
    me, they = ids(case.officer, other)
    for account in (me, they):
        assert page.count(f'<option value="{account}" selected') == 2
    give(world, case, other)
    wanted = {f"giao-{number}": str(me) for number in numbers} | {"giao-999999": str(me), "giao-x": "1"}
    done = post("/huyen/phan-cong", {**wanted, f"giao-{numbers[3]}": ""}).text
    assert done.count("Đã giao") == 2
    assert "Vừa được giao cho Ủy viên Hội Khuyến học." in done
    assert post("/huyen/phan-cong", {"giao-1": ""}).status_code == 422
    # the queue by appraiser, and what comes next on the desk
    mine = client.get("/huyen/ho-so?nguoi=toi").text
    assert "1–2 trong 2 hồ sơ" in mine
    assert "Được giao cho tôi" in client.get("/").text
    for chosen, expected in ((str(they), 1), ("chua", 1), ("77", 4)):
        count_queries.clear()
        page = client.get(f"/huyen/ho-so?nguoi={chosen}").text
        assert f"trong {expected} hồ sơ" in page
        assert len(count_queries) <= 16
    book = load_workbook(io.BytesIO(client.get(f"/huyen/ho-so/xuat.xlsx?nguoi={they}").data)).active
    assert any("Ủy viên Hội Khuyến học" in str(cell) for row in book.values for cell in row)
    with world.acting(case.officer, writes=False) as actor:
        order, after = [], None
        for _ in range(3):
            number = next_in(State.ACCEPTED, case.district, 2026, actor, after)
            assert number is not None
            order.append(number)
            after = world.dossier(case.district, number)
        assert case.dossier not in order
        assert set(order[:2]) == {numbers[1], numbers[2]}


def test_the_pages_of_one_dossier(world: World, client: Any, a_case: Make, council: Any, post: Any) -> None:
    """Assignment and declaration keep what was typed; the desk shows one's own verdicts alone, then all of them."""
    case = a_case("accepted", level=1)
    other = council(case.district)
    me, they = ids(case.officer, other)
    world.sign_in(client, case.officer)
    path, desk = f"/huyen/ho-so/{case.dossier}/phan-cong", f"/huyen/ho-so/{case.dossier}/tham-dinh"
    for bad in ({"nguoi": ["999999"]}, {"nguoi": ["x", "9" * 40], "seat": "5"}):
        assert post(path, bad).status_code in (409, 422)
    assert post(path, {"nguoi": [me, they], "chinh": me}).status_code == 303
    again = post(path, {"nguoi": [they], "reason": "Một lý do"})
    assert again.status_code == 409
    assert 'value="Một lý do"' in again.text
    with world.acting(case.officer, writes=False):
        first = code_of(sheet_of(world, case), "1.1")
    fields = {
        "verdict": "not_enough_evidence",
        "reason_code": "other",
        "reason": "CHỈ TÔI BIẾT",
        "version": "0",
    }
    assert post(f"{desk}/{first}", fields).status_code == 303
    assert "CHỈ TÔI BIẾT" in client.get(f"{desk}?chi-tieu=1.1").text
    assert "Tôi ghi riêng" in client.get(f"{desk}?chi-tieu=1.1").text
    agree(world, case, case.officer)
    assert post(f"{desk}/nop", {"act": "hand_in"}).status_code == 303
    world.sign_in(client, other)
    pages = [desk, f"{desk}?chi-tieu=1.1", f"{desk}?chi-tieu=de-xuat", f"{desk}?chi-tieu=so-lieu-nen"]
    pages += [f"{desk}/doi-chieu", "/huyen/ho-so", "/huyen/ho-so/xuat.csv", f"/huyen/ho-so/{case.dossier}"]
    for page in pages:
        assert "CHỈ TÔI BIẾT" not in client.get(page).text, page
    assert "đã nộp 1/2" in client.get("/huyen/ho-so").text
    base = {"value": "40", "reason": "Danh sách", "act": "save", "version": "0"}
    answer = post(f"{desk}/so-lieu-nen/members", base)
    assert "sau khi mọi người thẩm định đã nộp" in answer.text
    agree(world, case, other)
    assert post(f"{desk}/nop", {}).headers["Location"].endswith("doi-chieu")
    assert "CHỈ TÔI BIẾT" in client.get(f"{desk}/doi-chieu").text
    assert "Khác nhau" in client.get(f"{desk}/doi-chieu").text
    world.sign_in(client, case.officer)
    assert "Lấy 14 kết luận giống nhau" in client.get(f"{desk}/doi-chieu").text
    assert post(f"{desk}/doi-chieu", {}).status_code == 303
    refused_ = post(f"{desk}/{first}", fields)
    assert refused_.status_code == 422
    assert "kết luận khác nhau" in refused_.text
    fields["common_reason"] = "Cùng xem lại bản gốc"
    assert post(f"{desk}/{first}", fields).status_code == 303
    assert "Cùng xem lại bản gốc" in client.get(f"{desk}/doi-chieu").text
    # declared interests
    wrong = post("/huyen/xung-dot", {"who": me, "unit": "Không có", "kind": "declared", "reason": "Họ hàng"})
    assert wrong.status_code == 422
    assert 'value="Họ hàng"' in wrong.text
    right = {"who": they, "unit": "truong tieu hoc my duc", "kind": "employer"}
    assert post("/huyen/xung-dot", right).status_code == 303
    assert post("/huyen/xung-dot", right).status_code == 409
    with world.acting(case.officer, writes=False):
        number = db.session.scalars(select(Interest.id)).one()
    ended = post(f"/huyen/xung-dot/{number}/thoi", {"reason": "Nghỉ hưu"})
    assert ended.status_code == 303
    assert "Nghỉ hưu" in client.get("/huyen/xung-dot").text


def test_two_give_the_same_dossiers_at_once(app: Any, world: World, a_case: Make, council: Any) -> None:
    """Each dossier has one appraiser; the slower officer is told whose it is."""
    case = a_case("accepted")
    people = [case.officer, world.a_person(Role.DISTRICT_OFFICER, case.district)]
    got = together(
        app, world, people, lambda actor, _: assigning.share(actor, 2026, {case.dossier: actor.account_id})
    )
    assert sorted(bool(one[0].why_not) for one in got) == [False, True]
    with world.acting(case.officer, writes=False):
        assert db.session.scalar(select(func.count()).select_from(Appraiser)) == 1
