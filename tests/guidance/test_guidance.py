"""Announcements with who has taken note, questions up to their answer, and what is published: by whom, to whom, of whom."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from portal.guidance import announcing, asking, lookup, noting, publishing, queries, rules
from portal.guidance.announcing import Content
from portal.guidance.models import Acknowledgement, Announcement, GuidanceEntry, Question
from portal.guidance.publishing import Words
from portal.guidance.rules import Phase
from portal.notices.models import Notice
from portal.trail.models import TrailEntry
from tenants.database import db
from tenants.identity import Identity, Place
from tenants.people import Role
from tenants.refusal import Conflict, Refused
from tenants.scope import acting_in
from tests.beds import made_once
from tests.builders import STEWARD, Person, World
from tests.canaries import paper
from tests.forms import send, token

TODAY = date(2027, 1, 10)
TOLD = Content("Nộp hồ sơ sớm", "Xin nộp trước hạn.", True, True, (), True, TODAY, None)
ASKED = "Nghỉ thai sản có tính không?"
LIST, LOOK_UP, QUESTIONS = "/thong-bao-chung", "/hoi-dap", "/hoi-dap/cau-hoi"


class Ground:
    """Two districts; in the first a primary school and a preschool, in the second a primary school."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.department = world.province_person(Role.PROVINCE_OFFICER)
        self.viewer = world.province_person(Role.PROVINCE_VIEWER)
        self.here, self.there = world.a_district(), world.a_district("Huyện Kiến Thụy")
        self.officer = world.a_person(Role.DISTRICT_OFFICER, self.here)
        self.stranger = world.a_person(Role.DISTRICT_OFFICER, self.there)
        self.school = world.a_unit(self.here, "Trường Tiểu học Mỹ Đức")
        self.nursery = world.a_unit(self.here, "Trường Mầm non Hoa Mai", "preschool")
        self.away = world.a_unit(self.there, "Trường Tiểu học Tân Phong")
        self.head = world.a_person(Role.UNIT_HEAD, self.here, self.school, name="Nguyễn Thị Hòa")
        self.nurse = world.a_person(Role.UNIT_HEAD, self.here, self.nursery)
        self.other = world.a_person(Role.UNIT_HEAD, self.there, self.away)

    @contextmanager
    def acts(self, person: Person) -> Iterator[tuple[Identity, Place]]:
        """Act as somebody, at the place acted in."""
        with self.world.acting(person) as actor:
            yield actor, person.place

    def announced(self, person: Person, **changes: Any) -> int:
        """Let somebody announce; returns the number."""
        with self.acts(person) as (actor, _):
            return announcing.announce(actor, replace(TOLD, **changes)).id

    def does(self, person: Person, number: int, act: Callable[..., Any]) -> Any:
        """Let somebody do an act on an announcement the person may read."""
        with self.acts(person) as (actor, place):
            row = queries.announcement_of(place, number)
            return None if row is None else act(actor, row)

    def asks(self, person: Person, key: str = "H.2.5") -> int:
        """Let somebody ask; returns the number."""
        with self.acts(person) as (actor, _):
            return asking.ask(actor, ASKED, key).id

    def on(self, person: Person, number: int, act: Callable[..., Any], *args: Any) -> Any:
        """Let somebody do an act on a question as it stands."""
        with self.acts(person) as (actor, place):
            found = lookup.question_of(place, number)
            return None if found is None else act(actor, found[0], *args, found[0].version)

    def told(self, **columns: Any) -> list[tuple[int | None, str]]:
        """The notices of announcements and questions left with somebody: unit (or None) and sentence."""
        with acting_in(STEWARD):
            rows = select(Notice.unit_id, Notice.sentence).filter_by(**columns).order_by(Notice.id)
            return [(unit, said) for unit, said in db.session.execute(rows)]


@made_once
def ground(world: World) -> Ground:
    """Make the ground."""
    return Ground(world)


def test_the_days_of_an_announcement_and_names_in_a_text() -> None:
    """First and last day count; an end comes at once; a name is found however its marks are written."""
    days = (date(2027, 1, 5), date(2027, 1, 10))
    stood = [rules.phase(*days, ended=False, today=date(2027, 1, n)) for n in (4, 5, 10, 11)]
    assert stood == [Phase.COMING, Phase.SHOWN, Phase.SHOWN, Phase.OVER]
    assert rules.phase(days[0], None, ended=False, today=date(2030, 1, 1)) is Phase.SHOWN
    assert rules.phase(*days, ended=True, today=days[0]) is Phase.OVER
    assert rules.named_in("ở truong tieu  học MỸ ĐỨC thì sao", ("", "Trường Tiểu học Mỹ Đức"))
    assert not rules.named_in("ở trường thì sao", ("", "Trường Tiểu học Mỹ Đức"))
    assert [rules.answers_now(s, province=p) for s in ("asked", "passed", "answered") for p in (False, True)] == [
        True, False, False, True, False, False
    ]  # fmt: skip


def test_announced_noted_counted_and_reminded_once(world: World, count_queries: list[str]) -> None:
    """Everybody is told once; a place takes note once; counts by district; one reminder, only to who is silent."""
    here = ground(world)
    number = here.announced(here.department)
    assert len(here.told(kind="guidance", audience="unit")) == 3
    assert len(here.told(kind="guidance", audience="district")) == 2
    with pytest.raises(Refused, match="đã ra rồi"):
        here.announced(here.department)
    assert here.does(here.head, number, announcing.acknowledge) is True
    assert here.does(here.head, number, announcing.acknowledge) is False
    assert here.does(here.officer, number, announcing.acknowledge) is True
    with pytest.raises(Refused, match="không được xác nhận"):
        here.does(here.department, number, announcing.acknowledge)
    with here.acts(here.viewer) as (_, place):
        row = queries.announcement_of(place, number)
        assert row is not None
        count_queries.clear()
        lines = {one.tenant_id: one for one in noting.noted(row)}
        assert len(count_queries) == 2
        assert (lines[here.here].units_done, lines[here.here].units) == (1, 2)
        assert lines[here.here].note is not None
        assert (lines[here.there].units_done, lines[here.there].units, lines[here.there].note) == (0, 1, None)
    with here.acts(here.stranger) as (_, place):
        row = queries.announcement_of(place, number)
        assert row is not None
        assert [unit.id for unit, _, _ in db.session.execute(noting.units_listed(row))] == [here.away]
    with pytest.raises(Refused, match="không được ra thông báo chung"):
        here.does(here.viewer, number, announcing.remind)
    with pytest.raises(Refused, match="Không tìm thấy"):
        here.does(here.officer, number, announcing.remind)
    assert here.does(here.department, number, announcing.remind) == (1, 2)
    reminded = {unit for unit, said in here.told(audience="unit") if said.startswith("Sở nhắc")}
    assert reminded == {here.nursery, here.away}
    with pytest.raises(Refused, match="nhắc một lần"):
        here.does(here.department, number, announcing.remind)
    here.does(here.department, number, announcing.end)
    with pytest.raises(Refused, match="không còn hiệu lực"):
        here.does(here.nurse, number, announcing.acknowledge)


def test_for_whom_from_when(world: World) -> None:
    """Kinds, first day and issuer decide who reads and who is told; a later day is told by the daily run, once."""
    here = ground(world)
    schools = here.announced(here.department, kinds=("primary",), for_districts=False)
    assert {unit for unit, _ in here.told(kind="guidance")} == {here.school, here.away}
    assert here.does(here.nurse, schools, lambda *_: True) is None
    assert here.does(here.head, schools, lambda *_: True)
    with pytest.raises(Refused, match="không cần nơi anh/chị"):
        here.does(here.officer, schools, announcing.acknowledge)
    own = here.announced(here.officer)
    assert here.does(here.nurse, own, lambda *_: True)
    assert here.does(here.other, own, lambda *_: True) is None
    assert here.does(here.stranger, own, lambda *_: True) is None
    assert here.told(kind="guidance", audience="district") == [], "a district does not announce to districts"
    later = here.announced(here.department, title="Sau", shows_from=date(2027, 1, 12), must_acknowledge=False)
    before = len(here.told(kind="guidance"))
    assert announcing.tell_begun() == 0
    assert here.does(here.head, later, lambda *_: True) is None, "its day has not come"
    world.set_clock(2027, 1, 12, 6, 30)
    assert announcing.tell_begun() == 1
    assert announcing.tell_begun() == 0
    assert len(here.told(kind="guidance")) == before + 5
    with here.acts(here.nurse) as (_, place):
        assert [(one.id, one.waits) for one in queries.news(place)] == [(own, True), (later, False)]
    for wrong in (
        {"shows_from": date(2027, 1, 1)},
        {"shows_until": date(2027, 1, 2)},
        {"for_units": False, "for_districts": False},
        {"kinds": ("khong-co",)},
        {"title": ""},
    ):
        with pytest.raises(Refused, match=r"Ngày|chọn nơi|loại hình|tiêu đề"):
            here.announced(here.department, **{"title": "Khác", "shows_from": date(2027, 1, 12), **wrong})


def test_asked_passed_on_answered_published_without_who_asked(world: World) -> None:
    """A unit's question goes up only by its district, is answered once, and its copy names nobody."""
    here = ground(world)
    number = here.asks(here.head)
    for person in (here.stranger, here.other, here.nurse, here.department):
        assert here.on(person, number, asking.pass_on) is None
    with pytest.raises(Refused, match="không được trả lời"):
        here.on(here.head, number, asking.answer, "Tôi tự trả lời.")
    here.on(here.officer, number, asking.pass_on)
    with pytest.raises(Refused, match="ở cấp khác"):
        here.on(here.officer, number, asking.answer, "Có.")
    given = Words("answer", "H.2.5", (), ASKED, "Có, nếu còn trong biên chế.")
    with pytest.raises(Refused, match="trước khi đăng"):
        here.on(here.department, number, publishing.publish_answered, given)
    with pytest.raises(Conflict), here.acts(here.department) as (actor, place):
        asking.answer(actor, lookup.question_of(place, number)[0], "Có.", 1)
    here.on(here.department, number, asking.answer, "Có, nếu còn trong biên chế.")
    with pytest.raises(Refused, match="không chờ anh/chị"):
        here.on(here.department, number, asking.answer, "Không.")
    assert (here.school, "Sở đã trả lời câu hỏi.") in here.told(audience="unit")
    for named in ("Trường tiểu học Mỹ Đức hỏi", "Chị NGUYỄN THỊ HÒA hỏi", "Ở huyện An Lão"):
        with pytest.raises(Refused, match="còn nêu"):
            here.on(here.department, number, publishing.publish_answered, replace(given, heading=named))
    here.on(here.department, number, publishing.publish_answered, given)
    with pytest.raises(Refused, match="đã đăng"):
        here.on(here.officer, number, publishing.publish_answered, given)
    with here.acts(here.other) as (_, place):
        entry = db.session.scalars(lookup.entries(place, q="THAI san")).one()
        said = " ".join(str(getattr(entry, column.key)) for column in GuidanceEntry.__table__.c)
        assert "Mỹ Đức" not in said
        assert entry.tenant_id == world.province_id
        assert lookup.entries_by_indicator(place) == {"H.2.5": {"answer": 1}}
    direct = here.asks(here.officer, "")
    with pytest.raises(Refused, match="đang chờ trả lời"):
        here.asks(here.officer, "")
    with here.acts(here.department) as (_, _place):
        assert db.session.scalar(select(lookup.questions_waiting())) == 1
    here.on(here.department, direct, asking.answer, "Ngày 20/01.")
    assert (None, "Sở đã trả lời câu hỏi.") in here.told(audience="district")
    with here.acts(here.head), pytest.raises(Refused, match="chỉ tiêu trong danh sách"):
        asking.ask(here.head.identity, "Gì?", "H.9.9")


def test_samples_are_the_departments_and_districts_publish_at_home(world: World) -> None:
    """A sample needs indicator and evidence and is for its kinds; a district's answer stays in it; gone is gone."""
    here = ground(world)
    sample = Words(
        "sample", "H.1.1", ("primary",), "Trường Hoa Sen (hư cấu)", "Có kế hoạch.", "Kế hoạch có chữ ký."
    )

    def published(person: Person, given: Words) -> int:
        with here.acts(person) as (actor, _):
            return publishing.publish(actor, given).id

    def seen(person: Person, **asked: Any) -> list[int]:
        with here.acts(person) as (_, place):
            return [row.id for row in db.session.scalars(lookup.entries(place, **asked))]

    first = published(here.department, sample)
    with pytest.raises(Refused, match="đã đăng rồi"):
        published(here.department, sample)
    with pytest.raises(Refused, match="Chỉ Sở"):
        published(here.officer, sample)
    for wrong in (replace(sample, evidence=""), replace(sample, key=""), replace(sample, kinds=("x",))):
        with pytest.raises(Refused):
            published(here.department, wrong)
    home = published(here.officer, Words("answer", "", (), "Nộp ở đâu?", "Bộ phận Một cửa."))
    assert seen(here.head) == [home, first]
    assert seen(here.nurse) == [home], "the sample is for primary schools"
    assert seen(here.other) == [first]
    assert seen(here.officer) == [home, first]
    assert seen(here.head, q="khong co tu nay") == []
    assert seen(here.head, sort="sample", key="H.1.1") == [first]
    for version, error in ((7, Conflict), (1, None)):
        with here.acts(here.department) as (actor, place):
            row = lookup.entry_of(place, first)
            assert row is not None
            if error:
                with pytest.raises(error):
                    publishing.change(actor, row, replace(sample, body="Khác."), version)
            else:
                publishing.change(actor, row, replace(sample, body="Kế hoạch và tổng kết."), version)
    assert seen(here.head, q="tong ket") == [first]
    with here.acts(here.department) as (actor, place):
        row = lookup.entry_of(place, first)
        assert row is not None
        publishing.change(actor, row, replace(sample, sort="answer", heading="Cần những gì?"), 2)
        assert (row.sort, row.evidence) == ("answer", "")
        said = db.session.scalars(select(TrailEntry.sentence).where(TrailEntry.act == "guidance.change"))
        assert "từ mẫu minh họa sang hỏi đáp" in list(said)[-1]
        with pytest.raises(Refused, match="chỉ tiêu và mô tả"):
            publishing.change(actor, row, replace(sample, evidence=""), 3)
    assert seen(here.head, sort="answer") == [home, first]
    with here.acts(here.department) as (actor, place):
        row = lookup.entry_of(place, first)
        assert row is not None
        publishing.retire(actor, row, row.version)
    assert seen(here.head) == [home]


def test_the_wall_holds_what_the_verbs_promise(world: World) -> None:
    """Nobody writes as the Department, takes note for others, reopens an answer, or changes what was announced."""
    here = ground(world)
    number, question = here.announced(here.department), here.asks(here.head)
    here.on(here.officer, question, asking.answer, "Có.")
    noting_for = "insert into acknowledgement (tenant_id, unit_id, announcement_id, at, by) values"
    forged = (
        (here.officer, "update announcement set title = 'Khác'"),
        (here.department, f"update announcement set body = 'Khác' where id = {number}"),
        (here.department, f"update question set answer = 'Khác' where id = {question}"),
        (here.officer, f"update question set answer = 'Khác', answered_by = 'x' where id = {question}"),
        (here.head, f"update question set text = 'Khác' where id = {question}"),
        (here.head, f"{noting_for} ({here.here}, {here.nursery}, {number}, now(), 'x')"),
        (here.nurse, f"{noting_for} ({here.here}, {here.nursery}, {number + 99}, now(), 'x')"),
    )
    for person, statement in forged:
        with pytest.raises(DBAPIError) as refused, here.acts(person):
            db.session.execute(text(statement))
        assert getattr(refused.value.orig, "sqlstate", "") in ("42501", "PT409"), statement
    with here.acts(here.officer):
        ended = update(Announcement).where(Announcement.id == number).values(ended_by="x", version=9)
        assert db.session.execute(ended).rowcount == 0  # type: ignore[attr-defined]
    with here.acts(here.viewer):
        assert db.session.scalars(select(Question.id)).all() == [question]
        assert db.session.scalars(select(Acknowledgement.id)).all() == []


def test_pages_of_announcements(world: World, client: Any) -> None:
    """Typed, refused with everything kept, announced with a PDF; noted from the desk; listed and exported by district."""
    here = ground(world)
    world.sign_in(client, here.department)
    typed = {"title": "Tập huấn", "body": "Lớp tập huấn trực tuyến.", "whom": ["districts", "units"]}
    typed |= {"shows_from": "10/01/2027", "shows_until": "40/01/2027", "must_acknowledge": "y"}
    answer = send(client, LIST, typed)
    assert answer.status_code == 422
    assert "Lớp tập huấn trực tuyến." in answer.get_data(as_text=True)
    provincial = 'value="upper_secondary"'
    assert provincial in answer.get_data(as_text=True)
    csrf = token(client, LIST)

    def posted(name: str, content: bytes) -> Any:
        data = {**typed, "shows_until": "", "csrf_token": csrf, "file": (io.BytesIO(content), name)}
        return client.post(LIST, data=data)

    assert "mang đuôi .pdf" in posted("giay-moi.pdf", b"no pdf at all").get_data(as_text=True)
    answer = posted("giay-moi.pdf", paper("invitation"))
    assert answer.status_code == 303
    page = answer.location
    assert client.get(page + "/tep").mimetype == "application/pdf"
    shown = client.get(page).get_data(as_text=True)
    assert "0/2" in shown
    assert "0/3" in shown
    world.sign_in(client, here.officer)
    own = client.get(LIST).get_data(as_text=True)
    assert 'value="primary"' in own
    assert provincial not in own, "a district has no such units"
    world.sign_in(client, here.head)
    on_desk = "thông báo:</b> Tập huấn. Cần xác nhận đã nắm"
    assert on_desk in client.get("/").get_data(as_text=True)
    assert client.get(page + "/tep").status_code == 200
    assert client.get(page + "/xac-nhan.csv").status_code == 404, "who else took note is not a unit's affair"
    assert send(client, page + "/xac-nhan", page=page).status_code == 303
    assert "Nguyễn Thị Hòa" in client.get(page).get_data(as_text=True)
    assert on_desk not in client.get("/").get_data(as_text=True)
    world.sign_in(client, here.officer)
    assert on_desk in client.get("/").get_data(as_text=True)
    shown = client.get(page + "?q=hoa+mai").get_data(as_text=True)
    assert "Trường Mầm non Hoa Mai" in shown
    assert "Tân Phong" not in shown
    world.sign_in(client, here.department)
    shown = client.get(f"{page}?huyen={here.there}").get_data(as_text=True)
    assert "Tân Phong" in shown
    assert "Hoa Mai" not in shown
    lines = client.get(page + "/xac-nhan.csv").get_data(as_text=True)
    assert "Trường Tiểu học Mỹ Đức,Trường tiểu học,Đã xác nhận" in lines
    assert "Huyện Kiến Thụy,,,Chưa xác nhận" in lines
    assert send(client, page, {"act": "x"}, page=page).status_code in (303, 302, 422)
    assert send(client, page, {"act": "remind"}, page=page).status_code == 303
    assert send(client, page, {"act": "end"}, page=page).status_code == 303
    assert "Tập huấn" not in client.get(LIST).get_data(as_text=True)
    assert "Tập huấn" in client.get(LIST + "?khi=past").get_data(as_text=True)


def test_pages_of_questions_and_what_is_published(
    world: World, client: Any, count_queries: list[str]
) -> None:
    """Asked, passed on, answered, published on pages; the form of a dossier shows it by one statement more."""
    here = ground(world)
    dossier = f"/ho-so/{world.a_dossier(here.here, here.school)}"
    world.sign_in(client, here.head)
    assert send(client, QUESTIONS, {"text": " "}).status_code == 422
    asked = send(client, QUESTIONS, {"text": ASKED, "key": "H.2.5"}).location
    world.sign_in(client, here.other)
    assert client.get(asked).status_code == 404
    world.sign_in(client, here.officer)
    assert "Trường Tiểu học Mỹ Đức" in client.get(QUESTIONS).get_data(as_text=True)
    assert send(client, asked, {"act": "answer", "version": "1", "text": " "}, page=asked).status_code == 422
    assert send(client, asked, {"act": "pass", "version": "x"}, page=asked).status_code == 422
    assert send(client, asked, {"act": "pass", "version": "1", "text": " "}, page=asked).status_code == 303
    world.sign_in(client, here.department)
    assert "việc chờ" in client.get(QUESTIONS).get_data(as_text=True)
    assert (
        send(client, asked, {"act": "answer", "version": "1", "text": "Có."}, page=asked).status_code == 409
    )
    assert (
        send(client, asked, {"act": "answer", "version": "2", "text": "Có."}, page=asked).status_code == 303
    )
    copy = {"act": "publish", "version": "3", "heading": ASKED, "body": "Có tính.", "key": "H.2.5"}
    kept = send(client, asked, {**copy, "body": "Có, Trường Tiểu học Mỹ Đức ạ."}, page=asked)
    assert kept.status_code == 422
    assert "Có, Trường Tiểu học Mỹ Đức ạ." in kept.get_data(as_text=True)
    assert send(client, asked, copy, page=asked).status_code == 303
    sample = {
        "sort": "sample",
        "key": "H.2.5",
        "heading": "Trường Hoa Sen (hư cấu)",
        "body": "38 trong 40 người.",
    }
    assert send(client, LOOK_UP, {**sample, "version": "0"}).status_code == 422, "no evidence is described"
    sample |= {"evidence": "Quyết định kèm danh sách.", "version": "0", "kinds": ["primary"]}
    assert send(client, LOOK_UP, sample).status_code == 303
    with here.acts(here.department) as (_, place):
        number = db.session.scalars(lookup.entries(place, sort="sample")).one().id
    world.sign_in(client, here.head)
    count_queries.clear()
    form = client.get(dossier).get_data(as_text=True)
    assert sum("guidance_entry" in one for one in count_queries) == 1
    assert "Hỏi đáp về chỉ tiêu này (1)" in form
    assert "Mẫu minh họa (1)" in form
    found = client.get(LOOK_UP + "?chi-tieu=H.2.5&q=HOA+SEN").get_data(as_text=True)
    assert "Mẫu minh họa, nơi không có thật" in found
    assert ASKED not in found
    world.sign_in(client, here.department)
    entry = f"{LOOK_UP}/muc/{number}"
    changed = {**sample, "version": "1", "body": "39 trong 40 người.", "act": "save"}
    assert send(client, entry, {**changed, "heading": ""}).status_code == 422
    assert send(client, entry, changed).status_code == 303
    assert send(client, entry, changed).status_code == 409
    assert send(client, entry, {"act": "retire", "version": "2"}).status_code == 303
    assert "Trường Hoa Sen" not in client.get(LOOK_UP).get_data(as_text=True)
    assert "Trường Hoa Sen" in client.get(LOOK_UP + "?xem=da-go").get_data(as_text=True)
    world.sign_in(client, here.officer)
    assert client.get(entry).status_code == 404
