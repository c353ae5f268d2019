"""A complaint from the unit's page to the district's answer: the term, who may handle it, what stays as decided."""

from __future__ import annotations

import io
import re
import threading
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from portal.complaints import operations, rules
from portal.complaints.models import Complaint, ComplaintFile
from portal.notices.models import Notice
from portal.recognition.models import Recognition
from portal.trail.models import TrailEntry
from tenants.database import db
from tenants.operations import end_membership
from tenants.people import Membership, Role
from tenants.refusal import Conflict, Refused
from tenants.scope import acting_in
from tests.beds import made_once
from tests.builders import STEWARD, Person, World
from tests.canaries import paper
from tests.deciding import District, an_appraised

NEWS = {"grounds": ["evidence"], "body": "Minh chứng 1.1 đã gửi nhưng chưa được xem."}


class Case:
    """A district with one refused unit, decided on 20/01/2027, and somebody who took no part."""

    def __init__(self, world: World) -> None:
        world.confirm_thresholds()
        self.world, self.district = world, District(world)
        self.tenant_id = self.district.tenant_id
        self.unit_id = world.a_unit(self.tenant_id)
        self.dossier_id = an_appraised(world, self.district.officer, self.tenant_id, 0, unit_id=self.unit_id)
        world.set_clock(2027, 1, 20, 9, 0)
        self.decision_id = self.district.issued()
        self.head = world.a_person(Role.UNIT_HEAD, self.tenant_id, self.unit_id)
        self.clerk = world.a_person(Role.UNIT_EDITOR, self.tenant_id, self.unit_id)
        self.council = world.a_person(Role.DISTRICT_COUNCIL, self.tenant_id)

    def sent(self, **changes: Any) -> int:
        """Send the unit's complaint; returns its id."""
        with self.world.acting(self.head) as actor:
            dossier = self.world.dossier(self.tenant_id, self.dossier_id)
            return operations.send(actor, dossier, **{**NEWS, **changes}).id

    def row(self, complaint_id: int) -> Complaint:
        """The complaint as it stands (call inside a scope)."""
        return db.session.get_one(Complaint, (self.tenant_id, complaint_id))

    def does(self, person: Person, complaint_id: int, act: Any, *args: Any) -> Complaint:
        """Let somebody do a verb of the district or the unit."""
        with self.world.acting(person) as actor:
            row: Complaint = act(actor, self.row(complaint_id), *args)
            db.session.flush()
            db.session.expunge(row)
            return row


@pytest.fixture
@made_once
def case(world: World) -> Case:
    """One refused unit and its people."""
    return Case(world)


def token(client: Any, path: str) -> str:
    """The token of the page at a path."""
    found = re.search(r'name="csrf-token" content="([^"]+)"', client.get(path).get_data(as_text=True))
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    ("today", "late"), [(date(2027, 4, 20), False), (date(2027, 4, 21), True), (date(2027, 1, 20), False)]
)
def test_ninety_days(today: date, late: bool) -> None:
    """The ninetieth day still counts; the sentence names both days."""
    said = rules.too_late(date(2027, 1, 20), today)
    assert bool(said) is late
    assert not said or ("90 ngày" in said and "20/04/2027" in said)
    assert rules.due_on(date(2027, 2, 1), False) == date(2027, 3, 3)
    assert rules.due_on(date(2027, 2, 1), True) == date(2027, 3, 18)


def test_the_whole_way(case: Case) -> None:
    """Sent with files, accepted, extended, answered by who took no part; told to both sides; nothing decided changes."""
    files = [("Giải trình.pdf", paper("một")), ("Bản sao.pdf", paper("một")), ("Danh sách.pdf", paper("hai"))]
    number = case.sent(files=files, wish="Công nhận mức độ 1.")
    with acting_in(STEWARD):
        assert db.session.query(ComplaintFile).count() == 2, "equal contents are kept once"
        told = set(db.session.scalars(select(Notice.audience).where(Notice.path.contains("khieu-nai"))))
        assert told == {"unit", "district"}
    with pytest.raises(Refused, match="đang chờ trả lời"):
        case.sent()
    with pytest.raises(Refused, match="thụ lý khiếu nại trước"):
        case.does(case.council, number, operations.answer, "kept", "Không.")
    for person, why in ((case.district.officer, "đã thẩm định"), (case.district.leader, "đã ban hành")):
        for act, args in ((operations.accept, ()), (operations.decline, ("Lý do",))):
            with pytest.raises(Refused, match=why):
                case.does(person, number, act, *args)
    former = case.world.a_person(Role.DISTRICT_OFFICER, case.tenant_id)
    once = case.world.another_place(former, Role.UNIT_HEAD, case.tenant_id, case.unit_id)
    with acting_in(STEWARD):
        ended = select(Membership).where(Membership.id == once)
        end_membership(db.session.scalars(ended).one(), date(2026, 10, 1))
    with pytest.raises(Refused, match="từng giữ vai trò tại đơn vị này"):
        case.does(former, number, operations.accept)
    case.world.set_clock(2027, 2, 1, 9, 0)
    assert case.does(case.council, number, operations.accept).due_on == date(2027, 3, 3)
    with pytest.raises(Refused, match="đã được thụ lý"):
        case.does(case.council, number, operations.accept)
    with pytest.raises(Refused, match="phải trả lời"):
        case.does(case.council, number, operations.decline, "Quá hạn")
    assert case.does(case.council, number, operations.extend, "Phải xác minh tại chỗ").due_on == date(
        2027, 3, 18
    )
    with pytest.raises(Refused, match="một lần"):
        case.does(case.council, number, operations.extend, "Lần nữa")
    for wrong in (("đúng", "Lời"), ("kept", "  "), ("kept", "x" * 10_001)):
        with pytest.raises(Refused):
            case.does(case.council, number, operations.answer, *wrong)
    with pytest.raises(Conflict):
        case.does(case.council, number, operations.answer, "kept", "Lời", "", 1)
    row = case.does(case.council, number, operations.answer, "needs_decision", "Chấp nhận.", "15/TB-UBND")
    assert (row.state, row.outcome, row.answer_number) == ("answered", "needs_decision", "15/TB-UBND")
    with acting_in(STEWARD):
        dossier = case.world.dossier(case.tenant_id, case.dossier_id)
        assert (dossier.state, dossier.decided_level) == ("decided", 0)
        assert db.session.query(Recognition).count() == 0
        acts = db.session.scalars(select(TrailEntry.act).where(TrailEntry.act.startswith("complaint."))).all()
        assert sorted(acts) == ["complaint.accept", "complaint.answer", "complaint.extend", "complaint.send"]
        assert len(db.session.scalars(select(Notice).where(Notice.path.contains("/khieu-nai"))).all()) == 5
    with pytest.raises(Refused, match="đã kết thúc"):
        case.does(case.head, number, operations.withdraw, "Thôi")
    assert case.sent() != number, "after an answer, within the term, another complaint may be sent"


def test_bad_input_sends_nothing(case: Case) -> None:
    """No ground, no text, files that are none, too many, too late, before a decision, by the clerk."""
    for changes in (
        {"grounds": []},
        {"grounds": ["không có"]},
        {"body": "   "},
        {"body": "x" * 10_001},
        {"wish": "x" * 2_001},
        {"files": [("virus.exe", b"MZ" + b"\0" * 100)]},
        {"files": [("giả.pdf", b"not a pdf at all")]},
        {"files": [("rỗng.pdf", b"")]},
        {"files": [(f"{n}.pdf", paper(str(n))) for n in range(6)]},
    ):
        with pytest.raises(Refused) as refused:
            case.sent(**changes)
        assert refused.value.sentence.endswith(".")
    with case.world.acting(case.clerk) as actor, pytest.raises(Refused, match="không được gửi"):
        operations.send(actor, case.world.dossier(case.tenant_id, case.dossier_id), **NEWS)  # type: ignore[arg-type]
    case.world.set_clock(2027, 4, 21, 0, 0)
    with pytest.raises(Refused, match="hết thời hiệu"):
        case.sent()
    with acting_in(STEWARD):
        assert db.session.query(Complaint).count() == 0
        assert db.session.query(ComplaintFile).count() == 0
    undecided = case.world.a_dossier(
        case.tenant_id, case.world.a_unit(case.tenant_id, "Trường khác"), "submitted"
    )
    with acting_in(STEWARD):
        unit_id = case.world.dossier(case.tenant_id, undecided).unit_id
    head = case.world.a_person(Role.UNIT_HEAD, case.tenant_id, unit_id)
    with case.world.acting(head) as actor, pytest.raises(Refused, match="chưa có quyết định"):
        operations.send(actor, case.world.dossier(case.tenant_id, undecided), **NEWS)  # type: ignore[arg-type]


def test_two_at_once_make_one_complaint(case: Case) -> None:
    """The head at two machines in the same moment: one complaint, one orderly sentence."""
    met: list[str] = []
    gate = threading.Barrier(2)

    def press() -> None:
        with case.world.app.app_context():
            gate.wait()
            try:
                case.sent()
                met.append("sent")
            except Refused as refused:
                met.append(refused.sentence)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(said == "sent" for said in met) == [False, True], met
    with acting_in(STEWARD):
        assert db.session.query(Complaint).count() == 1


def test_the_database_holds_it_too(case: Case) -> None:
    """By SQL the unit cannot answer, the district cannot rewrite, and what ended stays ended."""
    number = case.sent(files=[("a.pdf", paper("a"))])
    with pytest.raises(DBAPIError, match="permission denied"), case.world.acting(case.head):
        db.session.execute(
            update(Complaint).values(outcome="needs_decision", answer="Đúng", state="answered")
        )
    with pytest.raises(DBAPIError, match="no step"), case.world.acting(case.head):
        db.session.execute(update(Complaint).values(state="accepted"))
    for statement in (
        "update complaint set body = 'khác'",
        "delete from complaint",
        "delete from complaint_file",
    ):
        with pytest.raises(DBAPIError, match="permission denied"), case.world.acting(case.district.leader):
            db.session.execute(text(statement))
    case.does(case.head, number, operations.withdraw, "Đã được giải thích")
    with pytest.raises(DBAPIError, match="has ended"), case.world.acting(case.council):
        db.session.execute(update(Complaint).values(state="accepted", accepted_at=text("now()")))


def test_the_pages(case: Case, client: Any, count_queries: list[str]) -> None:
    """The head sends with a file, a refused form keeps what was typed, the district answers, the unit reads it."""
    unit_page = f"/ho-so/{case.dossier_id}/khieu-nai"
    case.world.sign_in(client, case.clerk)
    said = client.get(unit_page).get_data(as_text=True)
    assert "Thủ trưởng đơn vị gửi khiếu nại" in said
    assert "đến hết ngày 20/04/2027" in said
    assert "chưa được Sở xác nhận" in said
    assert client.post(unit_page, data={"csrf_token": token(client, unit_page)}).status_code == 403
    case.world.sign_in(client, case.head)
    assert "Khiếu nại kết quả" in client.get(f"/ho-so/{case.dossier_id}/ket-qua").get_data(as_text=True)
    typed = {
        "csrf_token": token(client, unit_page),
        "grounds": ["evidence", "other"],
        "body": "Nội dung <b>riêng</b>",
    }
    refused = client.post(
        unit_page,
        data={**typed, "file": (io.BytesIO(b"MZ..."), "tệp.exe")},
        content_type="multipart/form-data",
    )
    assert refused.status_code == 422
    assert "Nội dung &lt;b&gt;riêng&lt;/b&gt;" in refused.get_data(as_text=True)
    sent = client.post(
        unit_page,
        data={**typed, "file": (io.BytesIO(paper("ba")), "Bản giải trình.pdf")},
        content_type="multipart/form-data",
    )
    assert sent.status_code == 303
    mine = client.get(unit_page).get_data(as_text=True)
    assert "Đã gửi, chờ thụ lý" in mine
    assert "Gửi khiếu nại khác" not in mine
    link = re.search(r'href="(/khieu-nai/[^"]+)"', mine)
    assert link is not None
    assert client.get(link[1]).get_data() == paper("ba")
    with acting_in(STEWARD):
        number = db.session.scalars(select(Complaint.id)).one()
    place = f"/huyen/khieu-nai/{number}"
    case.world.sign_in(client, case.district.officer)
    assert "không được thụ lý" in client.get(place).get_data(as_text=True)
    blocked = client.post(f"{place}/thu-ly", data={"csrf_token": token(client, place), "version": "1"})
    assert blocked.status_code == 403
    case.world.sign_in(client, case.council)
    assert "1 đang chờ" in client.get("/huyen/quyet-dinh").get_data(as_text=True)
    count_queries.clear()
    assert "Trường Tiểu học Mỹ Đức" in client.get("/huyen/khieu-nai?state=open&q=my+duc").get_data(
        as_text=True
    )
    assert len(count_queries) <= 12
    form = {"csrf_token": token(client, place), "version": "1"}
    assert client.post(f"{place}/thu-ly", data=form).status_code == 303
    assert "thụ lý" in client.get(place).get_data(as_text=True)
    empty = client.post(f"{place}/tra-loi", data={"csrf_token": token(client, place), "version": "2"})
    assert empty.status_code == 422
    assert "Xin chọn kết quả giải quyết" in empty.get_data(as_text=True)
    answer = {"csrf_token": token(client, place), "version": "2", "outcome": "kept", "text": "Đã xem xét đủ."}
    assert client.post(f"{place}/tra-loi", data=answer).status_code == 303
    case.world.sign_in(client, case.clerk)
    read = client.get(unit_page).get_data(as_text=True)
    assert "Giữ nguyên kết quả" in read
    assert "Đã xem xét đủ." in read
