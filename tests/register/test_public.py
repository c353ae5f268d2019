"""The public register: it follows what was decided, tells nothing else, and answers everybody at once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from portal.recognition.models import Recognition
from portal.recognition.rules import CODE_BITS, read_code
from portal.register import operations as register
from portal.register.models import RegisterEntry
from portal.register.rules import MASKED, MASKED_FORCES, Standing, standing
from portal.units.models import Unit
from tenants.database import db
from tenants.refusal import Refused
from tenants.scope import Scope, ScopeKind, acting_in
from tests.beds import made_once
from tests.builders import STEWARD, World
from tests.deciding import District, an_appraised

_COLUMNS = [column.name for column in RegisterEntry.__table__.columns]


@pytest.fixture
@made_once
def decided(world: World) -> District:
    """A district with one unit at each level, decided on 20/01/2027."""
    world.confirm_thresholds()
    district = District(world)
    district.appraised(1, 2)
    world.set_clock(2027, 1, 20, 9, 0)
    district.issued()
    return district


def entries() -> list[RegisterEntry]:
    """The register as the steward sees it, by level."""
    with acting_in(STEWARD):
        rows = list(
            db.session.scalars(select(RegisterEntry).order_by(RegisterEntry.level, RegisterEntry.code))
        )
        db.session.expunge_all()
    return rows


def page(client: Any, path: str, status: int = 200) -> str:
    """Open a public page and return its text."""
    answer = client.get(path)
    assert answer.status_code == status, path
    return str(answer.get_data(as_text=True))


@pytest.mark.parametrize(
    ("state", "today", "stands"),
    [
        ("in_force", date(2030, 1, 20), Standing.IN_FORCE),
        ("in_force", date(2030, 1, 21), Standing.EXPIRED),
        ("revoked", date(2030, 1, 21), Standing.REVOKED),
        ("replaced", date(2027, 1, 20), Standing.REPLACED),
    ],
)
def test_how_a_recognition_stands(state: str, today: date, stands: Standing) -> None:
    """The last day counts; what was revoked or replaced never comes back."""
    assert standing(state, date(2030, 1, 20), today) is stands


def test_a_decision_is_published_and_verified(
    decided: District, client: Any, count_queries: list[str]
) -> None:
    """What was issued stands in the register; a code is answered in two statements, today's state reckoned."""
    one, two = entries()
    assert (one.level, two.level, one.state, one.masked) == (1, 2, "in_force", False)
    assert (one.unit_name, one.place, one.tier, one.decision_number) == (
        "Trường Tiểu học Mỹ Đức",
        "Huyện An Lão",
        "cấp huyện",
        "12/QĐ-UBND",
    )
    count_queries.clear()
    said = page(client, f"/xac-minh/{one.code}")
    assert len(count_queries) <= 2, count_queries
    assert not any(" recognition" in sent or " unit" in sent for sent in count_queries)
    for word in ("còn hiệu lực", one.unit_name, "12/QĐ-UBND", "20/01/2027", "20/01/2030", "mức độ 1"):
        assert word in said
    assert "Thủ trưởng đơn vị" not in said
    # Typed by hand, by any habit, it leads to the same page.
    typed = one.code.lower().replace("-", " ")
    assert client.get("/xac-minh", query_string={"ma": typed}).headers["Location"] == f"/xac-minh/{one.code}"
    assert client.get(f"/xac-minh/{one.code.lower()}").headers["Location"] == f"/xac-minh/{one.code}"
    decided.world.set_clock(2030, 1, 21, 0, 0)
    assert "đã hết hiệu lực" in page(client, f"/xac-minh/{one.code}")
    assert "Set-Cookie" not in client.get(f"/xac-minh/{one.code}").headers


def test_a_code_that_is_not_there(decided: District, client: Any) -> None:
    """Unknown, malformed and hostile codes are told plainly; guessing is held back, a true code never is."""
    for code in ("7K2QM-9XD4T", "abc", "x" * 400, "%3Cscript%3E", "….."):
        said = page(client, f"/xac-minh/{code}", 404)
        assert "Không có giấy chứng nhận nào" in said
        assert "<script>" not in said
    assert "chưa phải là mã" in page(client, "/xac-minh?ma=abc", 422)
    for _ in range(30):
        last = client.get("/xac-minh/7K2QM-9XD4T").status_code
    assert last == 429
    assert "còn hiệu lực" in page(client, f"/xac-minh/{entries()[0].code}")


def test_codes_cannot_be_guessed(decided: District) -> None:
    """Fifty random bits each, none made from another, all readable aloud."""
    assert CODE_BITS == 50
    codes = [entry.code for entry in entries()]
    assert all(read_code(code) == code for code in codes)
    assert len({code[:5] for code in codes}) == len(codes)


def test_a_raise_replaces_and_the_story_goes_on(decided: District, client: Any) -> None:
    """A unit raised to level 2 a year later: the old certificate says so and leads to the new one."""
    world, tenant_id = decided.world, decided.tenant_id
    first = entries()[0]
    with acting_in(STEWARD):
        unit_id = db.session.scalar(select(Recognition.unit_id).where(Recognition.code == first.code))
        from portal.catalogue.models import CriteriaVersion
        from portal.cycle.operations import open_year

        open_year(2027, db.session.query(CriteriaVersion).filter_by(key="tt24-2023").one())
    world.set_clock(2028, 1, 10, 9, 0)
    an_appraised(world, decided.officer, tenant_id, 2, unit_id=unit_id, year=2027)
    world.set_clock(2028, 2, 1, 9, 0)
    decided.issued("8/QĐ-UBND", year=2027)
    old, new = sorted((e for e in entries() if e.subject == first.subject), key=lambda e: e.decided_on)
    assert (old.state, old.state_on, old.replaced_by) == ("replaced", date(2028, 2, 1), new.code)
    said = page(client, f"/xac-minh/{old.code}")
    assert "đã được thay thế" in said
    assert f"/xac-minh/{new.code}" in said
    told = page(client, f"/tra-cuu/{old.code}")
    assert told.index("Năm 2027") < told.index("Năm 2026")
    with acting_in(STEWARD):
        assert register.follow(tenant_id) == 0, "what stands right is left alone"


def test_search(decided: District, client: Any, count_queries: list[str]) -> None:
    """By name without marks, place, kind, level, year and state; a shared address says the same to everybody."""
    world = decided.world
    other = District(world, "Huyện Kiến Thụy")
    an_appraised(world, other.officer, other.tenant_id, 1, kind="preschool")
    other.issued("3/QĐ-UBND")
    count_queries.clear()
    everything = page(client, "/tra-cuu")
    assert len(count_queries) <= 4
    assert "1–3 trong 3 kết quả" in everything
    for query, found in (
        ("?q=truong+tieu+hoc+my+duc", 3),
        ("?q=kien+thuy", 1),
        ("?q=xa+my+duc&muc=2", 1),
        ("?noi=Huyện+An+Lão", 2),
        ("?loai=preschool", 1),
        ("?nam=2026&hieu-luc=con-hieu-luc", 3),
        ("?hieu-luc=da-thu-hoi", 0),
        ("?muc=3&nam=abc&noi=%27--&trang=-1", 3),
        ("?q=%25", 0),
        ("?q=" + "a" * 5000, 0),
    ):
        said = page(client, f"/tra-cuu{query}")
        wanted = f"1–{found} trong {found} kết quả" if found else "Không có kết quả nào khớp"
        assert wanted in said, query
    decided.world.set_clock(2030, 1, 21, 0, 0)
    assert "1–3 trong 3" in page(client, "/tra-cuu?hieu-luc=het-hieu-luc")
    page(client, "/tra-cuu/7K2QM-9XD4T", 404)


def test_the_public_scope_reads_the_register_alone(decided: District) -> None:
    """No other row of the district is readable in public, whatever is asked."""
    with acting_in(Scope(ScopeKind.PUBLIC, writes=False)):
        assert db.session.scalar(text("select count(*) from register_entry")) == 2
    for table in (
        "unit",
        "recognition",
        "decision",
        "decision_line",
        "dossier",
        "answer",
        "account",
        "notice",
    ):
        with pytest.raises(DBAPIError, match="permission denied"), acting_in(Scope(ScopeKind.PUBLIC)):
            db.session.execute(text(f"select 1 from {table}"))
    columns = set(_COLUMNS)
    assert not columns & {"unit_id", "members", "learners", "head_name", "phone", "email", "address"}


def test_it_stands_without_its_district(decided: District, client: Any) -> None:
    """A certificate verifies when the district's rows, and the district, are gone."""
    code = entries()[0].code
    with acting_in(STEWARD):
        db.session.execute(text("update tenant set valid_to = '2027-01-25', name = 'Không còn nữa'"))
        db.session.execute(text("delete from recognition"))
    world = decided.world
    world.set_clock(2027, 7, 1, 9, 0)
    said = page(client, f"/xac-minh/{code}")
    assert "còn hiệu lực" in said
    assert "Huyện An Lão" in said


@pytest.mark.parametrize(
    ("kind", "sensitive", "shown"),
    [("military_police", False, MASKED_FORCES), ("enterprise", True, MASKED)],
)
def test_a_sensitive_unit_is_not_named(
    world: World, client: Any, kind: str, sensitive: bool, shown: str
) -> None:
    """Its name stands nowhere in public until the leader enters the document that allows it."""
    world.confirm_thresholds()
    district = District(world)
    unit_id = world.a_unit(district.tenant_id, "Ban Chỉ huy Mật danh")
    an_appraised(world, district.officer, district.tenant_id, 1, unit_id=unit_id)
    world.set_clock(2027, 1, 20, 9, 0)
    district.issued()
    with acting_in(STEWARD):
        db.session.execute(delete(RegisterEntry))
        db.session.execute(update(Unit).values(kind=kind, sensitive=sensitive))
        assert register.follow(district.tenant_id) == 1
    entry = entries()[0]
    assert (entry.masked, entry.unit_name, entry.commune) == (True, shown, "")
    stored = " ".join(str(getattr(entry, name)) for name in _COLUMNS)
    assert "Mật danh" not in stored
    assert "mat danh" not in stored
    for path in ("/tra-cuu", "/tra-cuu?q=mat+danh", f"/tra-cuu/{entry.code}", f"/xac-minh/{entry.code}"):
        assert "danh" not in page(client, path).replace("danh sách", "").replace("q=mat+danh", "").replace(
            'value="mat danh"', ""
        )
    with world.acting(district.leader) as actor:
        given = db.session.scalars(select(Recognition)).one()
        with pytest.raises(Refused, match="văn bản cho phép"):
            register.show_name(actor, given, "  ")
    with world.acting(district.leader) as actor:
        register.show_name(
            actor, db.session.scalars(select(Recognition)).one(), "Công văn 5/BCH ngày 02/02/2027"
        )
    assert "Ban Chỉ huy Mật danh" in page(client, f"/xac-minh/{entry.code}")
    with world.acting(district.leader) as actor, pytest.raises(Refused, match="đã được nêu"):
        register.show_name(actor, db.session.scalars(select(Recognition)).one(), "Công văn 5")
    with world.acting(district.officer) as actor, pytest.raises(Refused, match="không được"):
        register.show_name(actor, db.session.scalars(select(Recognition)).one(), "Công văn 5")


def test_the_register_says_only_what_was_decided(decided: District) -> None:
    """The database refuses a level, a state or a name in the register that no recognition bears."""
    code = entries()[0].code
    for change in ({"state": "revoked", "state_on": date(2027, 1, 20)}, {"unit_name": "Trường khác"}):
        with (
            pytest.raises(DBAPIError, match="only what was decided"),
            decided.world.acting(decided.leader),
        ):
            db.session.execute(update(RegisterEntry).where(RegisterEntry.code == code).values(**change))
    with pytest.raises(DBAPIError, match="permission denied"), decided.world.acting(decided.leader):
        db.session.execute(update(RegisterEntry).values(level=2))
