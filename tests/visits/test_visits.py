"""A visit from the proposal to the closed minutes: the draw, the letter, a phone that sends late and twice, both signatures."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from urllib.parse import unquote

import pytest
from PIL import Image
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError

from portal.dossiers.models import Dossier
from portal.dossiers.queries import open_sheet
from portal.evidence import operations as evidence
from portal.figures.behind import rows_behind
from portal.figures.queries import by_tenant, counts
from portal.notices.models import Notice
from portal.reports.figures import live
from portal.reports.narrative import SECTIONS
from portal.reports.skeleton import rendered
from portal.trail.models import TrailEntry
from portal.visits import look_views, looking, minutes, operations, planning, queries, rules
from portal.visits.looking import Seen
from portal.visits.minutes import Written
from portal.visits.models import Visit, VisitCheck, VisitPhoto
from portal.visits.operations import Arranged
from portal.visits.rules import Flag
from portal.words import ZONE
from tenants.database import db
from tenants.people import Role
from tenants.refusal import Conflict, Refused
from tenants.scope import acting_in
from tests.beds import made_once
from tests.builders import STEWARD, Person, World
from tests.canaries import paper
from tests.deciding import District, accept, appraise
from tests.papers import reading

VERSION = r'name="version"[^>]*value="(\d+)"'
TOKEN = r'<meta name="csrf-token" content="([^"]+)">'


def local(*moment: int) -> datetime:
    """A moment in Vietnam."""
    return datetime(*moment, tzinfo=ZONE)  # type: ignore[misc,arg-type]


def send(client: Any, path: str, data: dict[str, Any], *, page: str, **more: Any) -> Any:
    """Post a form with the token and the version that its page carries."""
    html = client.get(page).get_data(as_text=True)
    seen, token = (re.search(one, html) for one in (VERSION, TOKEN))
    assert token
    fields = {"csrf_token": token[1], "version": seen[1] if seen else "0", **data}
    return client.post(path, data=fields, **more)


def photo(colour: int) -> bytes:
    """A small picture of one colour."""
    made = io.BytesIO()
    Image.new("RGB", (8, 8), (colour, 20, 20)).save(made, "PNG")
    return made.getvalue()


class Case:
    """A district with a filed dossier (10/01/2027), its people, and the acts of a visit."""

    def __init__(self, world: World) -> None:
        world.confirm_thresholds()
        self.world, self.district = world, District(world)
        self.tenant_id, self.officer = self.district.tenant_id, self.district.officer
        self.council = world.a_person(Role.DISTRICT_COUNCIL, self.tenant_id, name="Ủy viên hội đồng")
        self.unit_id = world.a_unit(self.tenant_id)
        self.dossier_id = world.a_dossier(self.tenant_id, self.unit_id, "submitted")
        self.head = world.a_person(Role.UNIT_HEAD, self.tenant_id, self.unit_id)
        with world.acting(self.officer, writes=False):
            sheet = open_sheet(world.dossier(self.tenant_id, self.dossier_id))
            self.ids = {row.code: row.id for row in sheet.catalogue}
            self.codes = [one.indicator.code for one in sheet.unit_side().findings if one.applies]
        self.visit_id = 0

    def given(self, **changes: Any) -> Arranged:
        """What the officer typed."""
        number = self.officer.identity.account_id
        accounts = (number, self.council.identity.account_id)
        usual = {
            "starts_at": local(2027, 1, 12, 8, 30),
            "venue": "Phòng họp",
            "purpose": "",
            "accounts": accounts,
        }
        return Arranged(**{**usual, "lead": number, "outsiders": "Trần Thị B, Hội Khuyến học", **changes})

    def does(self, person: Person, act: Callable[..., Any], *args: Any) -> Any:
        """Let somebody do an act on the visit."""
        with self.world.acting(person) as actor:
            return act(actor, db.session.get_one(Visit, (self.tenant_id, self.visit_id)), *args)

    def arranged(self, **changes: Any) -> int:
        """Arrange the visit; returns its id."""
        with self.world.acting(self.officer) as actor:
            dossier = self.world.dossier(self.tenant_id, self.dossier_id)
            self.visit_id = operations.arrange(actor, dossier, self.given(**changes)).id
        return self.visit_id

    def told(self) -> int:
        """Arrange the visit and tell the unit."""
        self.arranged()
        letter = ("18/TB-PGDĐT", date(2027, 1, 10), "Trưởng phòng", "TRƯỞNG PHÒNG")
        self.does(self.officer, operations.tell, *letter)
        return self.visit_id

    def looked(self) -> None:
        """Tell the unit, go there, see two indicators."""
        self.told()
        self.world.set_clock(2027, 1, 12, 11, 0)
        self.does(self.officer, looking.look, self.ids["1.1"], Seen("found", "Kế hoạch có dấu đỏ."))
        self.does(self.council, looking.look, self.ids["2.1"], Seen("not_found", "Thiếu danh sách lớp."))

    def written(self) -> None:
        """Go there and write the minutes."""
        self.looked()
        self.does(self.officer, minutes.write, self.record())

    def record(self, **changes: Any) -> Written:
        """What the head of the team typed."""
        usual = {
            "present": "Hiệu trưởng",
            "summary": "Hồ sơ đúng thực tế, trừ một mục.",
            "requests": "Bổ sung.",
        }
        return Written(local(2027, 1, 12, 8, 30), local(2027, 1, 12, 10, 30), **{**usual, **changes})

    def row(self) -> Visit:
        """The visit as it stands (call inside a scope)."""
        return db.session.get_one(Visit, (self.tenant_id, self.visit_id))

    def against(self) -> list[str]:
        """Why the dossier is not closed unseen."""
        with self.world.acting(self.officer, writes=False):
            return queries.raised_against(self.tenant_id, [self.dossier_id]).get(self.dossier_id, [])

    def code(self) -> str:
        """The hash that would be signed now."""
        with acting_in(STEWARD):
            return self.row().content_hash


@pytest.fixture
@made_once
def case(world: World) -> Case:
    """A filed dossier and the people of a visit."""
    return Case(world)


def test_the_proposal_of_many_units_takes_a_fixed_number_of_statements(
    case: Case, client: Any, count_queries: list[str]
) -> None:
    """Units with the same file and figures are named to each other; twenty more units cost no statement more."""
    world, tenant_id = case.world, case.tenant_id
    twin = world.a_unit(tenant_id, "Trường Tiểu học Sinh Đôi")
    draft = world.a_dossier(tenant_id, twin, "filled", part=30)
    with world.acting(world.a_person(Role.UNIT_HEAD, tenant_id, twin)) as actor:
        files = [("Kế hoạch chung.pdf", paper("same")), *((f"{n}.pdf", paper(f"{n}")) for n in range(3))]
        dossier = world.dossier(tenant_id, draft)
        evidence.add_to_indicator(actor, dossier, case.ids["1.1"], files)
    other = world.a_unit(tenant_id, "Trường Tiểu học Bản Sao")
    copy = world.a_dossier(tenant_id, other, "filled", part=30)
    with world.acting(world.a_person(Role.UNIT_HEAD, tenant_id, other)) as actor:
        dossier = world.dossier(tenant_id, copy)
        evidence.add_to_indicator(actor, dossier, case.ids["1.1"], [("KH.pdf", paper("same"))])
    with acting_in(STEWARD):
        filed = {
            "state": "submitted",
            "submitted_at": local(2027, 1, 10),
            "signed_at": local(2027, 1, 10),
            "content_hash": "x",
        }
        db.session.execute(update(Dossier).where(Dossier.id.in_([draft, copy])).values(filed))

    def lines() -> dict[int, queries.Line]:
        with world.acting(case.officer, writes=False):
            count_queries.clear()
            return {one.unit.id: one for one in queries.proposal(tenant_id, 2026, None)}

    found = lines()
    statements = len(count_queries)
    said = {one.flag: one.sentence for one in found[twin].raised}
    assert {Flag.SAME_FIGURES, Flag.SAME_FILES, Flag.ONE_DAY, Flag.FIRST} <= set(said)
    assert "Trường Tiểu học Bản Sao" in said[Flag.SAME_FIGURES]
    assert "Trường Tiểu học Bản Sao" in said[Flag.SAME_FILES]
    assert Flag.ALL_FULL in {one.flag for one in found[case.unit_id].raised}, "37 members, all at 100 %"
    with acting_in(STEWARD):  # many more, by rows
        db.session.execute(
            text(
                "insert into unit (tenant_id, code, name, name_sort, name_folded, kind, public, sensitive, commune, superior,"
                " symbol, superior_second, name_lines, date_place, authority, address, phone, email, head_name, head_title,"
                " opened_on, version) select tenant_id, 'X' || n, name || n, name_sort || n, name_folded, kind, public,"
                " sensitive, '', '', '', '', '', '', '', '', '', '', '', '', opened_on, 1"
                f" from unit, generate_series(1, 30) n where id = {twin}"
            )
        )
        columns = ", ".join(c.name for c in Dossier.__table__.c if c.name not in ("id", "unit_id"))
        db.session.execute(
            text(
                f"insert into dossier (unit_id, {columns}) select u.id, {', '.join('d.' + c for c in columns.split(', '))}"
                f" from dossier d, unit u where d.id = {draft} and u.code like 'X%'"
            )
        )
    assert len(lines()) == 33
    assert len(count_queries) == statements
    assert statements <= 12
    world.sign_in(client, case.officer)
    client.get("/huyen/kiem-tra")
    count_queries.clear()
    page = client.get("/huyen/kiem-tra").get_data(as_text=True)
    assert len(count_queries) <= statements + 14, "the page adds who asks and where, nothing a unit"
    assert "không phải kết luận" in page
    assert "giống từng byte (SHA-256)" in page


def test_dismissed_with_a_reason_until_the_figures_change(case: Case, client: Any) -> None:
    """Person, time and reason are kept; another sentence raises the flag anew; units are put on and taken off the list."""
    world = case.world
    world.sign_in(client, case.officer)
    url = f"/huyen/kiem-tra/don-vi/{case.unit_id}"
    silent = send(client, url, {"act": "dismiss:all_full", "reason": " "}, page="/huyen/kiem-tra")
    assert silent.status_code == 422
    assert "Xin ghi lý do" in silent.get_data(as_text=True)
    kept = send(client, url, {"act": "add", "reason": "Xem thêm " * 200}, page="/huyen/kiem-tra")
    assert kept.status_code == 422
    assert "Xem thêm Xem thêm" in kept.get_data(as_text=True), "what was typed stays"
    for flag in ("all_full", "first"):
        done = send(
            client, url, {"act": f"dismiss:{flag}", "reason": "Đã xem ở hội nghị."}, page="/huyen/kiem-tra"
        )
        assert done.status_code == 303
    again = send(
        client, url, {"act": "dismiss:first", "reason": "Lần nữa"}, page="/huyen/kiem-tra?tab=tat-ca"
    )
    assert again.status_code == 409
    page = client.get("/huyen/kiem-tra?tab=tat-ca").get_data(as_text=True)
    assert "Đã bỏ qua “Lần đầu”" in page
    assert "Đã xem ở hội nghị." in page
    with world.acting(case.officer, writes=False):
        (line,) = queries.proposal(case.tenant_id, 2026, None)
        assert not line.proposed
        assert {one[1].by for one in line.dismissed} == {case.officer.identity.full_name}
    with acting_in(STEWARD):
        db.session.execute(text("update headcount set value = 41 where code = 'members'"))
        db.session.execute(text("update answer set part = 41 where part is not null"))
        db.session.execute(text("update headcount set value = 41"))
    with world.acting(case.officer, writes=False):
        (line,) = queries.proposal(case.tenant_id, 2026, None)
        assert [one.flag for one in line.raised] == [Flag.ALL_FULL], "41 members were never dismissed"
    send(client, url, {"act": "remove", "reason": "Hoãn."}, page="/huyen/kiem-tra")
    assert "Chưa có đơn vị nào" in client.get("/huyen/kiem-tra").get_data(as_text=True)
    unknown = send(
        client, "/huyen/kiem-tra/don-vi/999999", {"act": "add", "reason": "x"}, page="/huyen/kiem-tra"
    )
    assert unknown.status_code == 404
    world.sign_in(client, case.council)
    barred = client.post(url, data={})
    assert barred.status_code in (400, 403)


def test_the_draw_is_recorded_and_can_be_done_again(case: Case, client: Any) -> None:
    """Seed, pool and result are shown; a second draw needs a reason and a page that saw the first one."""
    case.world.sign_in(client, case.officer)
    index = "/huyen/kiem-tra"
    for typed, said in (
        ({"years": "0", "share": "10"}, "Số năm là số nguyên"),
        ({"years": "3", "share": "101"}, "từ 1 đến 100 %"),
        ({"years": "3", "share": "mười"}, "từ 1 đến 100 %"),
    ):
        refused = send(client, index, typed, page=index)
        assert refused.status_code == 422
        assert said in refused.get_data(as_text=True)
    assert send(client, index, {"years": "4", "share": "50"}, page=index).status_code == 303
    page = client.get(index).get_data(as_text=True)
    with acting_in(STEWARD):
        plan = queries.plan_of(case.tenant_id, 2026)
        assert plan is not None
        assert (plan.years, plan.share) == (4, 50)
        assert plan.drawn["chosen"] == list(rules.draw(plan.seed, plan.drawn["pool"], 50))
        seed = plan.seed
        told = db.session.scalars(select(TrailEntry.sentence).where(TrailEntry.act == "visit.draw")).one()
    assert seed in page
    assert seed in told
    assert "SHA-256 của chuỗi" in page
    without = send(client, index, {"years": "4", "share": "50"}, page=index)
    assert "xin ghi lý do" in without.get_data(as_text=True)
    with case.world.acting(case.officer) as actor, pytest.raises(Conflict):
        planning.settle(actor, case.tenant_id, 2026, 4, 50, "Thêm đơn vị", 1)
    assert (
        send(
            client, index, {"years": "4", "share": "50", "reason": "Thêm đơn vị nộp."}, page=index
        ).status_code
        == 303
    )
    with acting_in(STEWARD):
        assert db.session.scalar(select(func.count()).where(TrailEntry.act == "visit.draw")) == 2


def test_who_may_go_there(case: Case, client: Any) -> None:
    """Nobody visits a unit where he or she serves; a lead is of the team; one open visit a dossier; two people at once."""
    world = case.world
    both = world.a_person(Role.DISTRICT_OFFICER, case.tenant_id, name="Người hai nơi")
    world.another_place(both, Role.UNIT_EDITOR, case.tenant_id, case.unit_id)
    own, number = both.identity.account_id, case.officer.identity.account_id
    for changes, said in (
        ({"accounts": (number, own)}, "đang giữ vai trò tại đơn vị này"),
        ({"accounts": (case.head.identity.account_id,)}, "danh sách tài khoản"),
        ({"lead": own}, "Trưởng đoàn phải là"),
        ({"accounts": ()}, "Xin chọn thành viên"),
        ({"venue": " "}, "địa điểm"),
    ):
        with pytest.raises(Refused, match=said):
            case.arranged(**changes)
    url = f"/huyen/ho-so/{case.dossier_id}/kiem-tra"
    world.sign_in(client, case.officer)
    page = client.get(url).get_data(as_text=True)
    assert "Người hai nơi" not in page
    typed = {
        "day": "31/02/2027",
        "hour": "8h30",
        "venue": "Nhà văn hóa",
        "accounts": [str(number)],
        "lead": str(number),
    }
    wrong = send(client, url, typed, page=url)
    assert wrong.status_code == 422
    assert "Xin viết ngày theo mẫu" in wrong.get_data(as_text=True)
    assert "Nhà văn hóa" in wrong.get_data(as_text=True)
    made = send(client, url, {**typed, "day": "12/01/2027"}, page=url)
    assert made.status_code == 303
    with pytest.raises(Conflict, match="chưa xong"):
        case.arranged()
    with world.acting(case.officer, writes=False):
        (row,) = queries.visits_of_unit(case.tenant_id, case.unit_id)
        case.visit_id, version = row.id, row.version
        assert row.starts_at == local(2027, 1, 12, 8, 30)
    case.does(case.officer, operations.rearrange, case.given(), version)
    with pytest.raises(Conflict, match="vừa được người khác sửa"):
        case.does(case.officer, operations.rearrange, case.given(venue="Nơi khác"), version)
    here = replace(both.identity, places=(*both.identity.places, *case.head.identity.places))
    with pytest.raises(Refused, match="giữ vai trò"), world.acting(Person(here, both.login)) as actor:
        operations.cancel(actor, case.row(), "Không đi.")


def test_the_unit_is_told_and_told_again(case: Case, client: Any) -> None:
    """Before the letter the unit sees nothing; after it time, place and team; a changed schedule and a cancelled one too."""
    world = case.world
    case.arranged()
    world.sign_in(client, case.head)
    own = f"/kiem-tra/{case.visit_id}"
    assert client.get(own).status_code == 404
    letter = f"/van-ban/kiem-tra/{case.tenant_id}/{case.visit_id}/thong-bao"
    assert client.get(f"{letter}.pdf").status_code == 404
    case.does(
        case.officer, operations.tell, "18/TB-PGDĐT", date(2027, 1, 10), "Trần Văn A", "PHÓ TRƯỞNG PHÒNG"
    )
    page = client.get(own).get_data(as_text=True)
    assert "18/TB-PGDĐT" in page
    assert "Hội Khuyến học" in page
    assert "Huyện đến đơn vị lúc" in client.get("/").get_data(as_text=True)
    said = reading.text(client.get(f"{letter}.pdf").data)
    for part in (
        "Số: 18/TB-PGDĐT",
        "08 giờ 30 phút, ngày 12 tháng 01 năm 2027",
        "KT. TRƯỞNG PHÒNG",
        "Trần Thị B",
    ):
        assert part in said
    assert client.get(f"{letter}.docx").data[:2] == b"PK"
    case.does(case.officer, operations.rearrange, case.given(starts_at=local(2027, 1, 13, 14, 0)))
    assert "gửi thông báo mới" in client.get(own).get_data(as_text=True)
    assert client.get(f"{letter}.pdf").status_code == 404, "the old letter is no longer true"
    case.does(case.officer, operations.cancel, "Mưa bão.")
    assert "Mưa bão." in client.get(own).get_data(as_text=True)
    with acting_in(STEWARD):
        told = db.session.scalars(
            select(Notice.sentence).where(Notice.audience == "unit", Notice.path == own).order_by(Notice.id)
        ).all()
    assert [
        bool(re.search(word, one))
        for word, one in zip(("lúc 08 giờ 30", "thay đổi", "Hủy"), told, strict=True)
    ] == [True] * 3
    case.arranged()  # a cancelled visit stands in nobody's way


def test_a_day_without_a_line_loses_nothing_and_doubles_nothing(
    case: Case, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the phone sends late, again, and at the same time as a colleague: kept once; refused with a sentence."""
    world = case.world
    case.told()
    world.sign_in(client, case.officer)
    sheet = f"/huyen/kiem-tra/{case.visit_id}/phieu"
    page = client.get(sheet).get_data(as_text=True)
    assert 'name="kept-page"' in page
    assert "photos.js" in page
    found = re.search(TOKEN, page)
    assert found

    def send(client: Any, path: str, data: dict[str, Any], *, page: str, **more: Any) -> Any:
        """The page stays open all day: nothing is asked again before sending."""
        assert page == sheet
        return client.post(path, data={"csrf_token": found[1], **data}, **more)

    one, htmx = f"{sheet}/{case.ids['1.1']}", {"HX-Request": "true"}
    typed = {"result": "found", "note": "Có kế hoạch.", "version": "0"}
    for _ in range(2):  # the answer to the first was lost on the way
        answer = send(client, one, typed, page=sheet, headers=htmx)
        assert answer.status_code == 200
        assert answer.headers["X-Saved-At"] == "10:00"
    case.does(case.council, looking.look, case.ids["1.1"], Seen("not_found", "Không có dấu.", 1))
    clash = send(
        client, one, {**typed, "note": "Có kế hoạch, số 5.", "version": "1"}, page=sheet, headers=htmx
    )
    assert clash.status_code == 409
    assert "Không có dấu." in clash.get_data(as_text=True)
    mine = {**typed, "note": "Có kế hoạch, số 5.", "version": "1", "choice": "mine", "theirs_version": "2"}
    assert send(client, one, mine, page=sheet, headers=htmx).status_code == 200
    assert send(client, one, {"result": "", "note": "x"}, page=sheet, headers=htmx).status_code == 422
    plain = send(
        client, f"{sheet}/{case.ids['2.1']}", {"result": "not_looked", "note": "x" * 6000}, page=sheet
    )
    assert plain.status_code == 422
    assert "x" * 6000 in plain.get_data(as_text=True)

    def sent(name: str, content: bytes, client_id: str, **more: Any) -> Any:
        fields = {"client_id": client_id, "file": (io.BytesIO(content), name)}
        return send(client, f"{one}/anh", fields, page=sheet, content_type="multipart/form-data", **more)

    ids = ("6f1c0f6e-0001-4c1e-9d52-000000000001", "6f1c0f6e-0001-4c1e-9d52-000000000002")
    for _ in range(3):
        assert sent("a.png", photo(1), ids[0], headers=htmx).status_code == 200
    assert sent("b.png", photo(1), ids[1], headers=htmx).status_code == 200  # the same picture, chosen twice
    assert sent("c.png", photo(2), "", headers={}).status_code == 303  # without script
    assert sent("c.png", photo(2), "", headers={}).status_code == 303
    listed = sent("d.png", photo(3), ids[1], headers=htmx).get_data(as_text=True)
    assert listed.count("<li>") == 3
    monkeypatch.setattr(look_views, "MAX_BYTES", 8_000)
    for name, content, said in (
        ("virus.png", b"MZ\x90\x00", "đuôi .png"),
        ("giay.pdf", paper("p"), "không phải ảnh"),
        ("lon.png", b"\x89PNG" + b"0" * 9_000, "quá mức 20 MB"),
    ):
        refused = sent(name, content, "6f1c0f6e-0001-4c1e-9d52-00000000000x", headers=htmx)
        assert refused.status_code == 422
        assert said in unquote(refused.headers["X-Message"])
    with acting_in(STEWARD):
        assert db.session.scalar(select(func.count()).select_from(VisitPhoto)) == 3
        check = db.session.scalars(select(VisitCheck)).one()
        assert (check.result, check.note, check.version) == ("found", "Có kế hoạch, số 5.", 3)
        first = db.session.scalars(select(VisitPhoto).order_by(VisitPhoto.id)).first()
        assert first is not None
        shown = f"/van-ban/kiem-tra/{case.tenant_id}/{case.visit_id}/anh/{first.sha256}"
        photo_id = first.id
    assert client.get(shown).mimetype == "image/png"
    gone = send(client, f"{one}/anh", {"remove": str(photo_id)}, page=sheet)
    assert gone.status_code == 303
    assert sent("a.png", photo(1), ids[0], headers=htmx).get_data(as_text=True).count("<li>") == 2, (
        "not again"
    )
    world.sign_in(client, case.head)
    assert client.get(shown).status_code == 404, "the unit sees photos with the minutes"
    third = world.a_person(Role.DISTRICT_COUNCIL, case.tenant_id)
    world.sign_in(client, third)
    found = re.search(TOKEN, client.get(sheet).get_data(as_text=True))
    assert found
    assert send(client, one, typed, page=sheet, headers=htmx).status_code == 403, "not of the team"


def test_both_sides_sign_the_same_words(case: Case, client: Any) -> None:
    """An opinion after one signature voids it; both sign one hash; the minutes then stand, beside the indicator too."""
    world = case.world
    case.written()
    first = case.code()
    with acting_in(STEWARD):
        assert by_tenant(counts(2026))[case.tenant_id].visited == 1, "held, though not yet signed"
    case.does(case.officer, minutes.sign_for_district, first)
    world.sign_in(client, case.head)
    own = f"/kiem-tra/{case.visit_id}"
    assert "Thiếu danh sách lớp." in client.get(own).get_data(as_text=True)
    said = send(client, own, {"act": "speak", "opinion": "Danh sách để ở phòng bên."}, page=own)
    assert said.status_code == 303
    with acting_in(STEWARD):
        row = case.row()
        assert (row.district_signed_at, row.unit_signed_at, row.state) == (None, None, "minutes")
    assert any("chưa xong" in said for said in case.against()), "under way"
    second = case.code()
    assert second != first
    papers = f"/van-ban/kiem-tra/{case.tenant_id}/{case.visit_id}"
    province = world.a_person(Role.PROVINCE_OFFICER, world.province_id)
    world.sign_in(client, province)
    assert client.get(f"{papers}/bien-ban.pdf").status_code == 404, "not signed by both"
    assert client.get(f"{papers}/thong-bao.pdf").status_code == 200
    with world.acting(province, writes=False):
        assert db.session.scalars(select(VisitCheck.note)).all() == []
        assert by_tenant(counts(2026))[case.tenant_id].visited == 1, "counted all the same"
    world.sign_in(client, case.head)
    with pytest.raises(Refused, match="vừa thay đổi"):
        case.does(case.head, minutes.sign_for_unit, first)
    with pytest.raises(Refused, match="Chỉ trưởng đoàn"):
        case.does(case.council, minutes.sign_for_district, second)
    assert send(client, own, {"act": "sign", "code": second, "opinion": ""}, page=own).status_code == 303
    with pytest.raises(Refused, match="đã ký"):
        case.does(case.head, minutes.speak, "Thêm nữa.")
    case.does(case.officer, minutes.sign_for_district, second)
    with acting_in(STEWARD):
        row = case.row()
        assert (row.state, row.content_hash) == ("closed", second)
        assert row.frozen is not None
        assert minutes.digest(row.frozen) == second
    assert "Kiểm tra thực tế không thấy 2.1." in case.against()
    assert any("100 %" in said for said in case.against()), "a flag of the dossier"
    assert not any("năm đầu" in said for said in case.against()), "a first year speaks against nobody"
    with pytest.raises(Refused, match="Đã xong"):
        case.does(case.officer, minutes.reopen)
    printed = client.get(f"/van-ban/kiem-tra/{case.tenant_id}/{case.visit_id}/bien-ban.pdf")
    text_of = reading.text(printed.data)
    for part in (
        "Danh sách để ở phòng bên.",
        "Thiếu danh sách lớp.",
        second[:12].upper(),
        "Ký trên cổng",
        "18/TB-PGDĐT",
    ):
        assert part in text_of
    assert client.get(f"/van-ban/kiem-tra/{case.tenant_id}/{case.visit_id}/bien-ban.docx").status_code == 200
    with world.acting(province, writes=False):
        assert "Thiếu danh sách lớp." in db.session.scalars(select(VisitCheck.note)).all()
    world.sign_in(client, province)
    assert "Thiếu danh sách lớp." in reading.text(client.get(f"{papers}/bien-ban.pdf").data)
    accept(world, case.officer, case.tenant_id, case.dossier_id)
    world.sign_in(client, case.officer)
    desk = client.get(f"/huyen/ho-so/{case.dossier_id}/tham-dinh?chi-tieu=2.1").get_data(as_text=True)
    assert "Kiểm tra thực tế:" in desk
    assert "Thiếu danh sách lớp." in desk
    assert "Thiếu danh sách lớp." not in client.get(
        f"/huyen/ho-so/{case.dossier_id}/tham-dinh?chi-tieu={case.codes[2]}"
    ).get_data(as_text=True)


def test_observations_cost_one_query_and_the_database_keeps_the_minutes(
    case: Case, count_queries: list[str]
) -> None:
    """Raw SQL changes no closed minutes, forges no signature, writes no late look; the desk asks once."""
    case.written()
    for statement in (
        "update visit set unit_signed_at = now(), unit_signed_by = 'x'",
        "update visit set opinion = 'x'",
        "update visit set state = 'closed', closed_at = now()",
        """insert into visit (tenant_id, unit_id, dossier_id, state, starts_at, venue, purpose, team, lead_account, lead_name,
          created_at, created_by, number, signer, signer_title, told_by, held_from, held_until, present, summary, requests,
          frozen, content_hash, opinion, opinion_by, district_signed_at, district_signed_by, unit_signed_at, unit_signed_by,
          refused_by, refused_reason, closed_at, cancelled_by, cancelled_reason, version)
          select tenant_id, unit_id, dossier_id, 'closed', starts_at, venue, purpose, team, lead_account, lead_name,
          created_at, created_by, number, signer, signer_title, told_by, held_from, held_until, present, summary, requests,
          frozen, content_hash, opinion, opinion_by, now(), 'x', now(), 'Hiệu trưởng',
          refused_by, refused_reason, now(), cancelled_by, cancelled_reason, 1 from visit""",
        f"""insert into visit_check (tenant_id, unit_id, visit_id, indicator_id, result, note, version, changed_at,
          changed_by) select tenant_id, unit_id, id, {case.ids["1.2"]}, 'found', '', 1, now(), '' from visit""",
    ):
        with pytest.raises(DBAPIError), case.world.acting(case.officer):
            db.session.execute(text(statement))
    for statement in (
        "update visit set frozen = '{}', content_hash = 'x'",
        "update visit set district_signed_at = now()",
        "update visit set venue = 'x'",
    ):
        with pytest.raises(DBAPIError), case.world.acting(case.head):
            db.session.execute(text(statement))
    case.does(case.officer, minutes.sign_for_district, case.code())
    with pytest.raises(DBAPIError), case.world.acting(case.officer):
        db.session.execute(text("update visit set content_hash = 'x'"))
    for person, forged in ((case.officer, "{items}"), (case.head, "{opinion}")):
        with (
            pytest.raises(DBAPIError),
            case.world.acting(person),
        ):  # other words under the hash that is signed
            db.session.execute(
                text("update visit set frozen = jsonb_set(frozen, :at, '\"x\"')"), {"at": forged}
            )
    case.does(case.officer, minutes.record_refusal, "Thủ trưởng không đồng ý kết luận.")
    with pytest.raises(DBAPIError), case.world.acting(case.officer):
        db.session.execute(text("update visit set summary = 'x'"))
    with case.world.acting(case.officer, writes=False):
        dossier = case.world.dossier(case.tenant_id, case.dossier_id)
        count_queries.clear()
        seen = queries.observations_of(dossier)
        assert len(count_queries) == 1
        assert {code for code, number in case.ids.items() if number in seen} == {"1.1", "2.1"}
        assert seen[case.ids["2.1"]].words == ("Không thấy", "no")


def test_corrected_minutes_are_signed_anew_and_a_refusal_is_recorded(case: Case, client: Any) -> None:
    """Reopening voids what was signed; a refusal needs the lead's signature and a reason; the report counts the visit."""
    world = case.world
    case.looked()
    for changes, said in (
        ({"held_until": local(2027, 1, 12, 8, 0)}, "không trước giờ bắt đầu"),
        ({"held_until": local(2027, 1, 12, 12, 0)}, "không sau lúc này"),
        ({"summary": " "}, "nhận xét"),
    ):
        with pytest.raises(Refused, match=said):
            case.does(case.officer, minutes.write, Written(**{**as_dict(case.record()), **changes}))
    case.does(case.council, looking.look, case.ids["2.1"], Seen("not_found", "", 1))
    with pytest.raises(Refused, match="ghi “Không thấy” mà chưa có ghi chú"):
        case.does(case.officer, minutes.write, case.record())
    case.does(case.council, looking.look, case.ids["2.1"], Seen("not_found", "Thiếu sổ.", 2))
    case.does(case.officer, minutes.write, case.record())
    case.does(case.head, minutes.speak, "Sổ đang ở huyện.")
    case.does(case.head, minutes.sign_for_unit, case.code())
    with pytest.raises(Refused, match="đang ở bước"):
        case.does(case.council, looking.look, case.ids["1.1"], Seen("found", "Muộn."))
    case.does(case.officer, minutes.reopen)
    with acting_in(STEWARD):
        row = case.row()
        assert (row.state, row.unit_signed_at, row.frozen) == ("told", None, None)
    with pytest.raises(Refused, match="đã diễn ra"):
        case.does(case.officer, operations.cancel, "Thôi.")
    case.does(case.officer, minutes.write, case.record(summary="Đã sửa."))
    with acting_in(STEWARD):
        frozen = case.row().frozen
        assert frozen is not None
        assert frozen["opinion"] == "Sổ đang ở huyện.", "what the unit said stays in"
    world.sign_in(client, case.officer)
    show = f"/huyen/kiem-tra/{case.visit_id}"
    act = f"{show}/bien-ban"
    with pytest.raises(Refused, match="Trưởng đoàn ký biên bản trước"):
        case.does(case.officer, minutes.record_refusal, "Không ký.")
    assert send(client, act, {"act": "sign", "code": case.code()}, page=show).status_code == 303
    silent = send(client, act, {"act": "refuse", "reason": ""}, page=show)
    assert silent.status_code == 422
    assert "Xin ghi lý do." in silent.get_data(as_text=True)
    closed = send(
        client,
        act,
        {"act": "refuse", "reason": "Hiệu trưởng không đồng ý."},
        page=show,
        follow_redirects=True,
    )
    assert "Hiệu trưởng không đồng ý." in closed.get_data(as_text=True)
    with world.acting(case.officer, writes=False):
        figures = live(case.tenant_id, 2026)
        assert figures.total.cell("12").text == "1"
        assert figures.total.counts.visited <= figures.total.counts.submitted
        assert [row.unit_id for row in db.session.execute(rows_behind(2026, "visited"))] == [case.unit_id]
        said = next(section.text for section in SECTIONS if section.key == "iii_1")
        assert "1 đơn vị được kiểm tra thực tế" in rendered(said, figures.fields())


def test_a_visit_without_a_letter_is_a_visit_too(case: Case, client: Any) -> None:
    """The unit reads the minutes of a visit nobody announced; taken back, it is a plan again and still counts as held."""
    case.arranged()
    case.world.set_clock(2027, 1, 12, 11, 0)
    case.does(case.officer, looking.look, case.ids["1.1"], Seen("found"))
    case.world.sign_in(client, case.head)
    own = f"/kiem-tra/{case.visit_id}"
    assert client.get(own).status_code == 404
    case.does(case.officer, minutes.write, case.record())
    assert "Thấy đúng" in client.get(own).get_data(as_text=True)
    case.does(case.officer, minutes.reopen)
    assert client.get(own).status_code == 200
    with acting_in(STEWARD):
        assert case.row().state == "planned"
        assert by_tenant(counts(2026))[case.tenant_id].visited == 1


def test_no_minutes_after_the_decision(case: Case, client: Any) -> None:
    """What was not written before the decision is cancelled; what was written is signed as it stands."""
    world = case.world
    case.looked()
    accept(world, case.officer, case.tenant_id, case.dossier_id)
    appraise(world, case.officer, case.tenant_id, case.dossier_id)
    case.district.issued()
    with pytest.raises(Refused, match="biên bản phải có trước khi quyết định"):
        case.does(case.officer, minutes.write, case.record())
    world.sign_in(client, case.officer)
    page = client.get(f"/huyen/kiem-tra/{case.visit_id}").get_data(as_text=True)
    assert "biên bản phải có trước khi quyết định" in page
    assert 'id="lap"' not in page
    case.does(case.officer, operations.cancel, "Đã có quyết định.")


def test_minutes_of_before_the_decision(case: Case) -> None:
    """They are signed after it, and no longer taken back."""
    world = case.world
    case.written()
    accept(world, case.officer, case.tenant_id, case.dossier_id)
    appraise(world, case.officer, case.tenant_id, case.dossier_id)
    case.district.issued()
    with pytest.raises(Refused, match="không mở lại biên bản"):
        case.does(case.officer, minutes.reopen)
    case.does(case.head, minutes.sign_for_unit, case.code())
    case.does(case.officer, minutes.sign_for_district, case.code())
    with acting_in(STEWARD):
        assert case.row().state == "closed"


def as_dict(given: Written) -> dict[str, Any]:
    """The fields of what was typed."""
    return {name: getattr(given, name) for name in given.__slots__}
