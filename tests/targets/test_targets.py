"""A district's targets on its pages: adopted, set, changed and retired; reckoned from what the units have filed."""

from __future__ import annotations

import io
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, update

from portal.appraisal import operations as appraisal
from portal.catalogue.models import CriteriaVersion
from portal.cycle.operations import open_year
from portal.cycle.queries import cycle_of
from portal.dossiers.queries import open_sheet
from portal.targets import operations
from portal.targets.models import DistrictTarget
from portal.targets.queries import Line, reckoned, target_of, targets_of
from portal.targets.ready import READY
from portal.targets.rules import Counting, Figure, Standing
from portal.trail.models import TrailEntry
from portal.units.models import Unit
from tenants.database import db
from tenants.people import Role
from tenants.refusal import Conflict
from tenants.scope import acting_in
from tests.beds import made_once
from tests.builders import STEWARD, Person, World
from tests.deciding import District, accept, appraise
from tests.forms import send

INDEX = "/huyen/muc-tieu"
OWN = {
    "title": "Thành viên hoàn thành bồi dưỡng",
    "measure": "people:H.2.2:",
    "kinds": ["primary"],
    "goal": "95",
    "due_on": "30/11/2026",
    "note": "Theo kế hoạch của huyện.",
}


@pytest.fixture
@made_once
def district(world: World) -> District:
    """A district whose thresholds are confirmed for demonstration."""
    world.confirm_thresholds()
    return District(world)


@pytest.fixture
def admin(district: District) -> Person:
    """Its administrator, who may set targets."""
    return district.world.a_person(Role.DISTRICT_ADMIN, district.tenant_id)


def adopted(district: District, admin: Person) -> None:
    """Adopt the six of the plan."""
    with district.world.acting(admin) as actor:
        operations.adopt(actor, 2026, [one.code for one in READY])


def number_of(district: District, ready: str) -> int:
    """The id of an adopted target."""
    with district.world.acting(district.officer, writes=False):
        return next(row.id for row in targets_of(district.tenant_id, 2026) if row.ready == ready)


def lines(district: District) -> dict[str, Line]:
    """The year's targets reckoned, by the code of the ready-made one they come from."""
    with district.world.acting(district.officer, writes=False):
        cycle = cycle_of(2026)
        assert cycle
        found, _ = reckoned(targets_of(district.tenant_id, 2026), cycle)
        return {line.target.ready: line for line in found}


def text(answer: Any) -> str:
    """The page as text."""
    return str(answer.get_data(as_text=True))


def test_the_six_of_the_plan_are_adopted_with_one_press(
    district: District, admin: Person, client: Any
) -> None:
    """Goal 100 %, due when numbers close, no threshold of the law; a second press changes nothing."""
    world = district.world
    world.sign_in(client, admin)
    empty = text(client.get(INDEX))
    assert "chưa đặt mục tiêu nào" in empty
    assert "không phải ngưỡng của Thông tư" in empty
    one = send(client, f"{INDEX}/nhan?nam=2026", {"mau": "cdht"}, page=INDEX, follow_redirects=True)
    assert "Đã nhận 1 mục tiêu." in text(one)
    rest = send(client, f"{INDEX}/nhan?nam=2026", {"mau": "tat-ca"}, page=INDEX, follow_redirects=True)
    assert "Đã nhận 5 mục tiêu." in text(rest)
    again = send(client, f"{INDEX}/nhan?nam=2026", {"mau": "cdht"}, page=INDEX, follow_redirects=True)
    assert "Mục tiêu này đã có trong năm." in text(again)
    unknown = send(client, f"{INDEX}/nhan", {"mau": "mot-mau-la"}, page=INDEX)
    assert unknown.status_code == 422
    with world.acting(admin, writes=False):
        rows = {row.ready: row for row in targets_of(district.tenant_id, 2026)}
        assert set(rows) == {one.code for one in READY}
        assert {row.goal for row in rows.values()} == {100}
        assert f"{rows['ldtt'].due_on:%d/%m/%Y} {rows['dvht'].due_on:%d/%m/%Y}" == "31/12/2026 14/02/2027"
        said = db.session.scalars(select(TrailEntry.sentence).where(TrailEntry.act == "target_set"))
        assert len(list(said)) == 6


def test_values_come_from_what_units_filed_and_the_district_appraised(
    district: District, admin: Person
) -> None:
    """Drafts bring nothing, sensitive units no people, closed proposals the district's number, decisions the settled one."""
    world, tenant = district.world, district.tenant_id
    adopted(district, admin)
    filed = world.a_unit(tenant, "Phòng Tài chính", "government_office")
    world.a_dossier(tenant, filed, "submitted", members=40, part=36)
    world.a_dossier(tenant, world.a_unit(tenant, "Trường Tiểu học Trường Sơn"), "submitted", members=10)
    world.a_dossier(tenant, world.a_unit(tenant, "Trường Tiểu học đang soạn"), "filled", members=50)
    police = world.a_unit(tenant, "Công an huyện", "military_police")
    world.a_dossier(tenant, police, "submitted", members=100, part=90)
    decided = world.a_unit(tenant, "Trường Mầm non Quang Trung", "preschool")
    number = world.a_dossier(tenant, decided, "submitted", members=20)
    accept(world, district.officer, tenant, number)
    with world.acting(district.officer) as actor:
        dossier = world.dossier(tenant, number)
        indicator = next(i for i in open_sheet(dossier).indicators if i.code == "2.5")
        reason = {"reason_code": next(iter(appraisal.rules.REASONS)), "reason": "Có một người trùng tên."}
        appraisal.judge(actor, dossier, indicator.id, "corrected", part=19, **reason)
    before = lines(district)["ldtt"].reckoning
    assert before
    assert before.known == Figure(36 + 10 + 20, 70, 3)
    appraise(world, district.officer, tenant, number)
    appraised = lines(district)["ldtt"].reckoning
    assert appraised
    assert (appraised.known, appraised.settled) == (Figure(36 + 10 + 19, 70, 3), Figure())
    district.issued()
    one = lines(district)["ldtt"].reckoning
    assert one
    assert (one.known, one.settled) == (Figure(65, 70, 3), Figure(19, 20, 1))
    assert (one.scope, one.reported) == (5, 3)
    assert (one.count(Standing.WAITING), one.count(Standing.LEFT_OUT)) == (1, 1)
    assert [(b.part.unit_id, b.people, b.points) for b in one.below] == [
        (filed, 4, 0),
        (decided, 1, 0),
        (police, 0, 1000),
    ]
    recognised = lines(district)["dvht"].reckoning
    assert recognised
    assert recognised.known == Figure(0, 5, 1)
    of_schools = lines(district)["cds"].reckoning
    assert of_schools
    assert (of_schools.known, of_schools.scope) == (Figure(1, 1, 1), 2)
    vocational = lines(district)["gdnn"].reckoning
    assert vocational
    assert (vocational.scope, vocational.state[0]) == (0, "Chưa có số liệu")


def test_the_page_of_a_target_says_what_is_the_laws_and_who_is_below(
    district: District, admin: Person, client: Any
) -> None:
    """Provisional, covered, not forecast too early; the law beside it; the list by search and as a file, with phones."""
    world, tenant = district.world, district.tenant_id
    adopted(district, admin)
    for place, part in enumerate((38, 40, 36)):
        unit = world.a_unit(tenant, f"Ban số {place}", "government_office")
        world.a_dossier(tenant, unit, "submitted", members=40, part=part)
    world.a_unit(tenant, "Ủy ban nhân dân xã Mỹ Đức", "commune_committee")
    police = world.a_unit(tenant, "Công an huyện", "military_police")
    world.a_dossier(tenant, police, "submitted", members=777, part=760)
    with acting_in(STEWARD):
        db.session.execute(update(Unit).values(phone="0225 3812 345"))
        db.session.commit()
    world.sign_in(client, district.officer)
    page = f"{INDEX}/{number_of(district, 'cdht')}"
    shown = text(client.get(page))
    for said in (
        "114 trong 120",
        "tạm tính",
        "3 trong 5",
        "không phải ngưỡng của Thông tư",
        "số liệu minh họa, Sở chưa xác nhận",
        "Từ 90 %",
        "1 để ngoài tổng vì chỉ báo tỷ lệ",
        "chưa đủ 3 đơn vị có số",
        "0225 3812 345",
    ):
        assert said in shown, said
    assert "777" not in shown
    rows = [shown.index(name) for name in ("Ban số 2", "Ban số 0", "Công an huyện")]
    assert rows == sorted(rows)
    assert "Ban số 1" not in shown
    waiting = text(client.get(f"{page}?loc=chua-co"))
    assert "Ủy ban nhân dân xã Mỹ Đức" in waiting
    assert "Công an huyện" in text(client.get(f"{page}?loc=ty-le&kind=military_police&q=cong an"))
    assert "Không có đơn vị nào" in text(client.get(f"{page}?loc=tat-ca&q=khong co"))
    sheet = load_workbook(io.BytesIO(client.get(f"{page}/xuat.xlsx?loc=duoi").get_data())).worksheets[0]
    cells = [cell for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]
    assert "Ban số 2" in cells
    assert 4 in cells
    assert "0225 3812 345" in cells
    assert any("không phải ngưỡng của Thông tư" in str(cell) for cell in cells)
    table = client.get(f"{INDEX}/bieu-04.csv").get_data().decode("utf-8-sig")
    assert "Tạm tính" in table
    assert "Mức độ 1: Từ 90 %" in table
    assert "114" in table
    assert client.get(f"{INDEX}/bieu-04.exe").status_code == 404
    listed = text(client.get(INDEX))
    assert "Đang dưới mục tiêu" in listed
    assert "Ngưỡng Thông tư cho từng đơn vị" in listed
    assert "Thêm mục tiêu" not in listed


def test_an_own_target_is_set_changed_and_retired(district: District, admin: Person, client: Any) -> None:
    """What is typed comes back with a sentence; two people meet on a version; a retired one stays on record."""
    world = district.world
    world.sign_in(client, admin)
    new = f"{INDEX}/moi?nam=2026"
    for wrong, sentence in (
        ({"goal": "101"}, "Xin ghi mục tiêu là số nguyên từ 1 đến 100."),
        ({"goal": "²"}, "Xin ghi mục tiêu là số nguyên từ 1 đến 100."),
        ({"due_on": "31/02/2026"}, "Xin viết ngày theo mẫu"),
        ({"due_on": "31/12/2025"}, "Hạn phải từ ngày 01/01/2026"),
        ({"measure": "people:H.9.9:"}, "Xin chọn điều được đếm trong danh sách."),
        ({"measure": "people:H.1.1:"}, "Xin chọn điều được đếm trong danh sách."),
        ({"measure": "units:H.3.4:3", "kinds": ["association"]}, "không áp dụng cho loại hình nào đã chọn"),
        ({"kinds": ["khong-co"]}, "Xin chọn loại hình trong danh sách."),
        ({"title": "x" * 301}, "tối đa 300 ký tự"),
        ({"title": "", "goal": "", "measure": "", "due_on": ""}, "Xin ghi tên mục tiêu."),
    ):
        answer = send(client, new, {**OWN, **wrong})
        assert answer.status_code == 422, wrong
        assert sentence in text(answer), wrong
        assert "Theo kế hoạch của huyện." in text(answer)
    made = send(client, new, OWN, follow_redirects=True)
    assert "Đã đặt mục tiêu." in text(made)
    assert "Thành viên tại 31/12 của các đơn vị đã có số: trường tiểu học" in text(made)
    twice = send(client, new, OWN)
    assert twice.status_code == 409
    assert "đã có mục tiêu cùng tên" in text(twice)

    with world.acting(admin, writes=False):
        number = targets_of(district.tenant_id, 2026)[0].id
    page = f"{INDEX}/{number}"
    changed = send(client, f"{page}/sua", {**OWN, "goal": "90 %", "version": "1"}, follow_redirects=True)
    assert "Mục tiêu 90 %" in text(changed)
    stale = send(client, f"{page}/sua", {**OWN, "goal": "80", "version": "1"})
    assert stale.status_code == 409
    assert "vừa sửa mục tiêu này" in text(stale)
    assert 'value="80"' in text(stale)
    none = send(client, f"{page}/thoi", {"version": "2", "reason": " "}, page=page)
    assert none.status_code == 422
    assert "Xin ghi lý do" in text(none)
    ended = send(client, f"{page}/thoi", {"version": "2", "reason": "Đổi kế hoạch"}, page=page)
    assert ended.status_code == 303
    listed = text(client.get(INDEX))
    assert "Mục tiêu đã thôi" in listed
    assert "Đổi kế hoạch" in listed
    assert "Sửa mục tiêu" not in text(client.get(page))
    late = send(client, f"{page}/sua", {**OWN, "version": "3"})
    assert late.status_code == 409
    with world.acting(admin, writes=False):
        acts = [(e.act, e.detail["before"]) for e in db.session.scalars(select(TrailEntry).order_by(TrailEntry.id)) if e.act.startswith("target")]  # fmt: skip
        assert [act for act, _ in acts] == ["target_set", "target_changed", "target_retired"]
        assert acts[1][1]["goal"] == 95


def test_two_people_at_once_and_who_may(district: District, admin: Person, client: Any) -> None:
    """Administrator and leader set targets, others read; another district's target is not there at all."""
    world = district.world
    adopted(district, admin)
    with world.acting(district.leader) as actor:
        row = targets_of(district.tenant_id, 2026)[0]
        wish = operations.Wish(row.title, row.measure, 95, row.due_on)
        operations.change(actor, row, wish, row.version)
        with pytest.raises(Conflict):
            operations.change(actor, row, wish, row.version - 1)
        number = row.id
    page = f"{INDEX}/{number}"
    world.sign_in(client, district.officer)
    assert client.get(page).status_code == 200
    for path in (f"{INDEX}/moi", f"{page}/sua"):
        refused = client.get(path)
        assert refused.status_code == 403
        assert "không được đặt, sửa, thôi mục tiêu" in text(refused)
    elsewhere = District(world, "Huyện Kiến Thụy")
    world.sign_in(client, elsewhere.leader)
    assert [client.get(path).status_code for path in (page, f"{page}/sua", f"{page}/xuat.csv")] == [404] * 3
    assert client.get(f"{INDEX}?nam=1999").status_code == 404


def test_a_unit_sees_its_own_part_of_the_targets_that_concern_it(
    district: District, admin: Person, client: Any
) -> None:
    """Its own number, even of a draft, with the law beside it; nothing of other units, nothing not about it."""
    world, tenant = district.world, district.tenant_id
    adopted(district, admin)
    unit = world.a_unit(tenant, "Trường Tiểu học An Thái")
    world.a_dossier(tenant, unit, "filled", members=37, part=30)
    world.a_dossier(tenant, world.a_unit(tenant, "Trường Tiểu học bên cạnh"), "submitted", members=99)
    with world.acting(admin) as actor:
        gone = next(row for row in targets_of(tenant, 2026) if row.ready == "tt-ldtt")
        operations.retire(actor, gone, "Không còn trong kế hoạch", gone.version)
    world.sign_in(client, world.a_person(Role.UNIT_EDITOR, tenant, unit))
    shown = text(client.get("/muc-tieu-cua-huyen"))
    assert "30/37" in shown
    assert "thiếu 7 người" in shown
    assert "chưa nộp, huyện chưa thấy" in shown
    assert "không phải ngưỡng của Thông tư" in shown
    assert "Chưa có số" in shown
    assert "99" not in shown
    assert "giáo dục nghề nghiệp" not in shown
    assert "Tập thể lao động tiên tiến" not in shown
    assert client.get(INDEX).status_code == 403


def test_years_are_compared_by_what_was_decided(district: District, admin: Person, client: Any) -> None:
    """A past year shows its settled share, the running one only once something is decided, with the change in points."""
    world, tenant = district.world, district.tenant_id
    with acting_in(STEWARD):
        open_year(2025, db.session.query(CriteriaVersion).filter_by(key="tt24-2023").one())
        db.session.commit()
    unit = world.a_unit(tenant, kind="government_office")
    number = world.a_dossier(tenant, unit, "submitted", year=2025, members=40, part=36)
    accept(world, district.officer, tenant, number)
    appraise(world, district.officer, tenant, number)
    district.issued(year=2025)
    adopted(district, admin)
    later = world.a_dossier(tenant, unit, "submitted", members=40, part=38)
    line = lines(district)["cdht"]
    assert [(row.year, row.figure, row.change) for row in line.trend] == [(2025, Figure(36, 40, 1), "–")]
    accept(world, district.officer, tenant, later)
    appraise(world, district.officer, tenant, later)
    district.issued("13/QĐ-UBND")
    line = lines(district)["cdht"]
    assert [(row.year, row.change) for row in line.trend] == [(2025, "–"), (2026, "+5,00")]
    assert line.reckoning
    assert not line.reckoning.provisional
    world.sign_in(client, district.officer)
    assert "+5,00" in text(client.get(f"{INDEX}/{number_of(district, 'cdht')}"))


def test_queries_do_not_grow_with_units_or_targets(
    district: District, admin: Person, client: Any, count_queries: list[str]
) -> None:
    """One unit and one target ask as often as six units and six targets; a target of no known indicator harms nothing."""
    world, tenant = district.world, district.tenant_id

    def a_filed() -> None:
        world.a_dossier(tenant, world.a_unit(tenant, kind="front_mass"), "submitted", part=36)

    with world.acting(admin) as actor:
        operations.adopt(actor, 2026, ["cdht"])
    a_filed()
    world.sign_in(client, district.officer)
    page = f"{INDEX}/{number_of(district, 'cdht')}"
    client.get(INDEX)

    def asked(path: str) -> int:
        count_queries.clear()
        assert client.get(path).status_code == 200
        return len(count_queries)

    first = asked(page), asked(INDEX)
    for _ in range(5):
        a_filed()
    adopted(district, admin)
    with acting_in(STEWARD):
        row = db.session.scalars(select(DistrictTarget).where(DistrictTarget.ready == "gdnn")).one()
        row.indicator_key, row.counting = "H.9.9", Counting.UNITS.value
        db.session.commit()
        number = row.id
    world.sign_in(client, district.officer)
    client.get(INDEX)
    assert asked(page) == first[0]
    assert asked(INDEX) <= first[1] + 1  # recognitions are read where a target counts them
    assert "Không tính được" in text(client.get(INDEX))
    assert "Không tính được" in text(client.get(f"{INDEX}/{number}"))
    assert "không có trong bộ tiêu chí" in text(client.get(f"{INDEX}/bieu-04.csv"))
    with world.acting(district.officer, writes=False):
        assert target_of(tenant, number)
