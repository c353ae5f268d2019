"""The log through its pages and verbs: what it proves, when it is closed, the unit's list, two at once."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, text

from portal.activities import operations, queries
from portal.activities.models import Activity
from portal.activities.operations import Details
from portal.appraisal import operations as appraisal
from portal.appraisal.operations import PointAsked
from portal.dossiers import operations as dossiers
from portal.dossiers.queries import open_sheet
from portal.evidence import operations as evidence
from portal.evidence.queries import evidence_of
from portal.papers.building import self_assessment_report
from portal.papers.content import content_of
from portal.papers.office import office_of
from portal.units.models import Unit
from tenants.database import db
from tenants.people import Role
from tenants.places import Tenant
from tenants.refusal import Refused
from tests.builders import World
from tests.evidence import samples
from tests.forms import token

HERE = "/trong-nam/hoat-dong"
TRAINING = {
    "held_on": "12/03/2026",
    "kind": "training",
    "topic": "Tập huấn dùng học liệu số",
    "organiser": "Công đoàn trường",
    "participants": "1.034",
    "hours": "2,5",
    "description": "Hai buổi, có bài thực hành.",
    "links": "https://thmyduc.edu.vn/tap-huan",
}


class School:
    """A unit with a clerk, in December 2026, without a dossier yet."""

    def __init__(self, world: World, client: Any) -> None:
        self.world, self.client = world, client
        self.tenant_id = world.a_district()
        self.unit_id = world.a_unit(self.tenant_id)
        self.clerk = world.a_person(Role.UNIT_EDITOR, self.tenant_id, self.unit_id)
        world.set_clock(2026, 12, 20, 9, 0)
        world.sign_in(client, self.clerk)
        self.token = token(client, HERE)
        with world.acting(self.clerk, writes=False):
            unit = db.session.get_one(Unit, (self.tenant_id, self.unit_id))
            from portal.cycle.queries import cycle_of

            cycle = cycle_of(2026)
            assert cycle is not None
            self.ids = {row.code: row.id for row in queries.applying(unit, cycle)}

    def post(self, path: str, data: dict[str, Any] | None = None, **kwargs: Any) -> Any:
        """Send a form of the room."""
        return self.client.post(f"{HERE}{path}", data={"csrf_token": self.token} | (data or {}), **kwargs)

    def log(self, *codes: str, **changes: Any) -> int:
        """Write an activity down that proves indicators; returns its id."""
        with self.world.acting(self.clerk) as actor:
            unit = db.session.get_one(Unit, (self.tenant_id, self.unit_id))
            given = {"held_on": date(2026, 5, 1), "kind": "sharing", "topic": "Chia sẻ với trường bạn"}
            details = Details(**(given | {"proves": frozenset(self.ids[c] for c in codes)} | changes))  # type: ignore[arg-type]
            return operations.log(actor, unit, 2026, details).id

    def rows(self) -> list[Any]:
        """The log as it is stored, by day."""
        with self.world.acting(self.clerk, writes=False):
            return [
                SimpleNamespace(
                    id=one.id,
                    version=one.version,
                    details=operations.details_of(one),
                    files=[file.evidence_id for file in one.files],
                )
                for one in db.session.scalars(select(Activity).order_by(Activity.held_on, Activity.id))
            ]

    def tied(self, dossier_id: int) -> dict[str, list[str]]:
        """The files of a dossier by the indicator they prove."""
        with self.world.acting(self.clerk, writes=False):
            sheet = open_sheet(self.world.dossier(self.tenant_id, dossier_id))
            codes = {row.id: row.code for row in sheet.catalogue}
            return {codes[i]: [f.title for f in files] for i, files in sheet.evidence.items() if files}


@pytest.fixture
def school(world: World, client: Any) -> School:
    """A unit at the end of its year."""
    return School(world, client)


def page_of(answer: Any) -> str:
    """The page of an answer."""
    return str(answer.get_data(as_text=True))


def test_an_activity_is_written_changed_and_taken_out(school: School, client: Any) -> None:
    """Everything typed comes back; a double click stands once; a refused form keeps what was typed."""
    proves = [str(school.ids["1.5"]), str(school.ids["3.2"])]
    assert "Ghi hoạt động" in page_of(client.get(f"{HERE}/them?nam=2026"))
    for _ in range(2):
        saved = school.post("/them?nam=2026", TRAINING | {"proves": proves})
        assert saved.status_code == 303
    (one,) = school.rows()
    assert one.details == Details(
        date(2026, 3, 12), "training", "Tập huấn dùng học liệu số", "Công đoàn trường", 1034, 150,
        "Hai buổi, có bài thực hành.", ("https://thmyduc.edu.vn/tap-huan",),
        frozenset({school.ids["1.5"], school.ids["3.2"]}),
    )  # fmt: skip
    page = page_of(client.get(saved.headers["Location"]))
    assert 'value="2 giờ 30"' in page
    assert page.count("checked") == 2
    faults = {
        "held_on": ("05/01/2027", "chỉ nhận hoạt động từ ngày 01/01/2026 đến ngày 31/12/2026"),
        "kind": ("party", "Xin chọn loại hoạt động trong danh sách."),
        "topic": ("", "Xin ghi nội dung"),
        "participants": ("ba mươi", "chỉ dùng chữ số"),
        "hours": ("nửa ngày", "Xin viết số giờ"),
        "links": ("javascript:alert(1)", "không phải địa chỉ trang web"),
        "proves": ("9999", "không áp dụng cho đơn vị"),
        "description": ("x" * 4001, "tối đa 4.000 ký tự"),
    }
    for name, (typed, said) in faults.items():
        refused = school.post("/them?nam=2026", TRAINING | {"topic": "Một việc khác", name: typed})
        assert refused.status_code == 422, name
        assert said in page_of(refused), name
        assert "Công đoàn trường" in page_of(refused)
    assert (
        school.post("/them?nam=2026", TRAINING | {"held_on": "20/12/2026", "topic": "Hôm nay"}).status_code
        == 303
    )
    assert "ở sau hôm nay" in page_of(school.post("/them?nam=2026", TRAINING | {"held_on": "21/12/2026"}))
    changed = school.post(f"/{one.id}", TRAINING | {"topic": "Tên mới", "version": str(one.version)})
    assert changed.status_code == 303
    late = school.post(f"/{one.id}", TRAINING | {"topic": "Tên của tôi", "version": str(one.version)})
    assert late.status_code == 409
    assert "Tên mới" in page_of(late)
    assert 'value="Tên của tôi"' in page_of(late)
    school.post(f"/{one.id}/xoa")
    assert [row.details.topic for row in school.rows()] == ["Hôm nay"]
    assert school.post(f"/{one.id}/xoa").status_code == 404


def test_one_activity_proves_several_indicators(school: School, client: Any) -> None:
    """Its files are their evidence: kept without a dossier, tied when it starts, untied when nothing else ties them."""
    both = school.log("1.5", "3.2")
    school.log("3.2", topic="Thư viện mở", kind="community")
    sent = school.post(
        f"/{both}/tep", {"file": (BytesIO(samples.pdf()), "Danh sách dự.pdf")}, follow_redirects=True
    )
    assert "Đã nhận 1 tệp vào hoạt động này." in page_of(sent)
    bad = school.post(f"/{both}/tep", {"file": (BytesIO(b"MZ\x90"), "virus.pdf")}, follow_redirects=True)
    assert "Không nhận:" in page_of(bad)
    dossier_id = school.world.a_dossier(school.tenant_id, school.unit_id)
    assert school.tied(dossier_id) == {"1.5": ["Danh sách dự"], "3.2": ["Danh sách dự"]}
    form = page_of(client.get(f"/ho-so/{dossier_id}"))
    assert "01/05/2026 Chia sẻ với trường bạn" in form
    (one,) = [row for row in school.rows() if row.id == both]
    file_id = one.files[0]
    with school.world.acting(school.clerk) as actor:
        file = evidence_of(school.tenant_id, file_id)
        assert file is not None
        with pytest.raises(Refused, match="Xin bỏ khỏi chỉ tiêu trước"):
            evidence.remove(actor, file)
    other = next(row.id for row in school.rows() if row.id != both)
    school.post(f"/{other}/tep-co-san", {"evidence_id": str(file_id)})
    school.post(f"/{both}/tep/{file_id}/bo")
    assert school.tied(dossier_id) == {"3.2": ["Danh sách dự"]}, "the other activity still ties it"
    given = {
        "held_on": "01/05/2026",
        "kind": "community",
        "topic": "Thư viện mở",
        "proves": [str(school.ids["1.5"])],
    }
    version = next(row.version for row in school.rows() if row.id == other)
    assert school.post(f"/{other}", given | {"version": str(version)}).status_code == 303
    assert school.tied(dossier_id) == {"1.5": ["Danh sách dự"]}
    school.post(f"/{other}/xoa")
    assert school.tied(dossier_id) == {}
    assert school.post(f"/{both}/tep-co-san", {"evidence_id": "99999"}).status_code == 404


def test_a_signature_closes_the_log(school: School, client: Any) -> None:
    """The report names the year's activities; they are frozen with it, in the program and in the database."""
    world = school.world
    school.log("3.2", participants=40, minutes=90)
    world.set_clock(2027, 1, 10, 10, 0)
    dossier_id = world.a_dossier(school.tenant_id, school.unit_id, "signed")
    (one,) = school.rows()
    world.sign_in(client, school.clerk)
    school.token = token(client, HERE)
    for path, data in (
        ("/them?nam=2026", TRAINING),
        (f"/{one.id}", TRAINING | {"version": "1"}),
        (f"/{one.id}/xoa", {}),
        (f"/{one.id}/tep", {"file": (BytesIO(samples.pdf()), "a.pdf")}),
    ):
        answer = school.post(path, data)
        assert answer.status_code in (303, 409), path
    assert "hồ sơ đã ký, nên nhật ký hoạt động không sửa được" in page_of(client.get(f"{HERE}?nam=2026"))
    assert school.rows() == [one]
    for statement in (
        f"update activity set topic = 'khác' where id = {one.id}",
        f"delete from activity where id = {one.id}",
        f"delete from activity_proof where activity_id = {one.id}",
    ):
        with world.acting(school.clerk):
            with pytest.raises(Exception, match="frozen"):
                db.session.execute(text(statement))
            db.session.rollback()
    with world.acting(school.clerk, writes=False):
        sheet = open_sheet(world.dossier(school.tenant_id, dossier_id))
        tenant = db.session.get_one(Tenant, school.tenant_id)
        report = self_assessment_report(content_of(sheet), office_of(tenant, demo=False))
        assert "1 hoạt động, 40 lượt người, 1 giờ 30 phút" in report.activity_text
        assert [(row.number, row.participants) for row in report.activities] == [("1", "40")]
        frozen = sheet.dossier.frozen
        assert frozen is not None
        assert frozen["activities"] == [
            ["2026-05-01", "sharing", "Chia sẻ với trường bạn", "", 40, 90, ["3.2"]]
        ]
    with world.acting(school.clerk) as actor:
        dossiers.unsign(actor, world.dossier(school.tenant_id, dossier_id))
    assert school.post(f"/{one.id}", TRAINING | {"version": str(one.version)}).status_code == 303


def test_supplements_open_what_they_ask_for(school: School, client: Any) -> None:
    """While the district waits for 3.2, what proves 3.2 may be logged; everything else stays closed."""
    world = school.world
    school.log("1.5", topic="Cũ")
    world.set_clock(2027, 1, 10, 10, 0)
    dossier_id = world.a_dossier(school.tenant_id, school.unit_id, "submitted")
    officer = world.a_person(Role.DISTRICT_OFFICER, school.tenant_id)
    with world.acting(officer) as actor:
        points = [PointAsked("Chưa thấy hoạt động nào.", indicator_id=school.ids["3.2"])]
        dossier = world.dossier(school.tenant_id, dossier_id)
        appraisal.request_supplement(actor, dossier, points, date(2027, 1, 25))
    world.sign_in(client, school.clerk)
    school.token = token(client, HERE)
    one = school.log("3.2", topic="Chia sẻ với trường bạn")
    sent = school.post(f"/{one}/tep", {"file": (BytesIO(samples.pdf()), "Ảnh.pdf")}, follow_redirects=True)
    assert "Đã nhận 1 tệp" in page_of(sent)
    assert school.tied(dossier_id) == {"3.2": ["Ảnh"]}
    for codes in ((), ("1.5",), ("1.5", "3.2")):
        with pytest.raises(Refused, match="chỉ ghi, sửa được hoạt động chứng minh cho các chỉ tiêu"):
            school.log(*codes, topic="Khác")
    old = next(row for row in school.rows() if row.details.topic == "Cũ")
    with world.acting(school.clerk):
        with pytest.raises(Exception, match="frozen"):
            db.session.execute(text(f"delete from activity_proof where activity_id = {old.id}"))
        db.session.rollback()
    world.set_clock(2027, 3, 20, 8, 0)
    idle = world.a_unit(school.tenant_id, "Trường Mầm non Quang Trung", "preschool")
    world.sign_in(client, world.a_person(Role.UNIT_EDITOR, school.tenant_id, idle))
    assert "đã khép lại" in page_of(client.get(f"{HERE}?nam=2026"))
    assert "đã qua hạn nộp hồ sơ" in page_of(client.get("/trong-nam?nam=2026"))


def test_the_list_is_searched_filtered_and_exported(
    school: School, client: Any, count_queries: list[str]
) -> None:
    """Thirty rows over two pages; search without accents, by kind and indicator; the file has the same rows and sums."""
    for n in range(28):
        school.log(topic=f"Sinh hoạt chuyên môn {n}", kind="learning", participants=n, minutes=60)
    school.log("1.5", topic="Tuyên truyền 100%_sách", kind="publicity", participants=300)
    client.get(f"{HERE}?nam=2026")
    count_queries.clear()
    first = page_of(client.get(f"{HERE}?nam=2026"))
    assert len(count_queries) < 26
    assert "trong 29 hoạt động" in first
    assert "Trang 2" in first
    found = page_of(
        client.get(f"{HERE}?nam=2026&q=tuyen truyen sach&loai=publicity&chi-tieu={school.ids['1.5']}")
    )
    assert "Tuyên truyền 100%_sách" in found
    assert "Sinh hoạt chuyên môn" not in found
    assert "Không có hoạt động nào khớp" in page_of(client.get(f"{HERE}?nam=2026&q=%25%25"))
    assert client.get(f"{HERE}?nam=2026&sort=nguoi&direction=desc&trang=99&loai=x").status_code == 200
    book = load_workbook(BytesIO(client.get(f"{HERE}/xuat.xlsx?nam=2026&loai=learning").data))
    cells = [[c for c in row if c is not None] for row in book.active.iter_rows(values_only=True)]
    assert sum("Sinh hoạt chuyên môn" in str(row) for row in cells) == 28
    assert any("Cộng 28 hoạt động" in row and 378 in row for row in cells)
    assert client.get(f"{HERE}/xuat.csv?nam=2026").status_code == 200
    for wrong in (f"{HERE}/xuat.pdf", f"{HERE}?nam=2031", f"{HERE}/987654"):
        assert client.get(wrong).status_code == 404


def test_the_district_adds_its_units_up(school: School, client: Any, count_queries: list[str]) -> None:
    """Biểu 08, its rows and the report's fields say the same; a unit that tells no people is only in the sum."""
    world = school.world
    school.log(topic="Tập huấn A", kind="training", participants=30, minutes=60)
    barracks = world.a_unit(school.tenant_id, "Ban Chỉ huy Quân sự", "military_police", sensitive=True)
    soldier = world.a_person(Role.UNIT_EDITOR, school.tenant_id, barracks)
    with world.acting(soldier) as actor:
        unit = db.session.get_one(Unit, (school.tenant_id, barracks))
        details = Details(date(2026, 6, 1), "publicity", "Tuyên truyền nội bộ", participants=777)
        operations.log(actor, unit, 2026, details)
    officer = world.a_person(Role.DISTRICT_OFFICER, school.tenant_id)
    with world.acting(officer, writes=False):
        from portal.reports.figures import live

        sums = queries.district_sums(school.tenant_id, 2026)
        assert (sums.total.number, sums.total.participants, sums.of_units) == (2, 807, 2)
        fields = live(school.tenant_id, 2026).fields()
        assert (fields["so_hoat_dong"], fields["luot_nguoi_hoat_dong"], fields["so_tap_huan"]) == (
            "2",
            "807",
            "1",
        )
    world.sign_in(client, officer)
    client.get("/huyen/hoat-dong?nam=2026")
    count_queries.clear()
    page = page_of(client.get("/huyen/hoat-dong?nam=2026"))
    assert len(count_queries) < 16
    assert "807" in page
    assert "777" not in page.partition("Các hoạt động")[2]
    assert "Tập huấn A" in page_of(
        client.get("/huyen/hoat-dong?nam=2026&q=my duc&loai=training&kind=primary&sort=don-vi")
    )
    assert "Không có hoạt động nào khớp" in page_of(client.get("/huyen/hoat-dong?nam=2026&q=khong co"))
    for name in ("xuat.xlsx", "bieu-08.xlsx"):
        book = load_workbook(BytesIO(client.get(f"/huyen/hoat-dong/{name}?nam=2026").data))
        cells = [cell for row in book.active.iter_rows(values_only=True) for cell in row]
        assert 807 in cells
    assert client.get("/huyen/hoat-dong/xuat.pdf").status_code == 404
    world.sign_in(client, world.a_person(Role.DISTRICT_OFFICER, world.a_district("Huyện Kiến Thụy")))
    assert "Chưa đơn vị nào ghi hoạt động" in page_of(client.get("/huyen/hoat-dong?nam=2026"))
    assert client.get(HERE).status_code == 403
