"""Units of provincial level: a place, criteria and dates of their own, the same engine, never in a district's sum."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from portal.catalogue.models import CatalogueIndicator, CriteriaVersion, Criterion
from portal.compilation.operations import compile_report
from portal.compilation.queries import compiled_sheet, now_of
from portal.cycle.models import AssessmentYear, Cycle
from portal.cycle.operations import announce_year, open_year
from portal.cycle.queries import cycle_of, cycles, years
from portal.cycle.rules import Calendar
from portal.dossiers.queries import open_sheet
from portal.figures.queries import counts
from portal.guidance import lookup
from portal.guidance.publishing import Words, publish
from portal.notices.models import Notice
from portal.papers import district
from portal.papers.content import content_of
from portal.papers.pages import KINDS, office_at_filing
from portal.province import summary
from portal.province.operations import NewPlace, open_place
from portal.province.sources import EVERYTHING
from portal.recognition.models import Decision, Recognition
from portal.register.certificates import certificate, published
from portal.reports import operations as reports
from portal.reports.models import DistrictReport
from portal.units.operations import add_unit
from portal.units.rules import Details
from portal.words import DISTRICT_KINDS, PROVINCE_KINDS, UNIT_KINDS
from tenants.database import db
from tenants.people import Role
from tenants.places import Tenant, TenantKind, Tier
from tenants.refusal import Refused
from tenants.scope import Scope, ScopeKind, acting_in
from tests.beds import made_once
from tests.builders import World
from tests.deciding import District, an_appraised
from tests.forms import send

DATES = Calendar(2026, date(2026, 2, 1), date(2027, 1, 20), date(2027, 2, 28), date(2027, 3, 31))
KEY = "tt24-2023-tinh"


def asked(**changes: Any) -> NewPlace:
    """A place for provincial units as the form hands it over."""
    new = NewPlace(
        kind=TenantKind.PROVINCIAL_UNITS,
        name="Các đơn vị cấp tỉnh",
        code="DV-TINH",
        seat="Hải Phòng",
        committee="",
        office="Sở Giáo dục và Đào tạo",
        symbol="UBND",
        valid_from=date(2024, 1, 1),
        login="quantri.dvtinh",
        full_name="Quản trị đơn vị cấp tỉnh",
    )
    return replace(new, **changes)


class OwnPlace(District):
    """The place of provincial units with an officer and a leader, opened by the Department."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.admin = world.province_person()
        with world.acting(self.admin) as actor:
            self.tenant_id = open_place(actor, asked()).tenant.id
            announce_year(actor, version(KEY), DATES)
        self.officer = world.a_person(Role.DISTRICT_OFFICER, self.tenant_id)
        self.leader = world.a_person(Role.DISTRICT_LEADER, self.tenant_id)


def version(key: str) -> CriteriaVersion:
    """A version of the criteria."""
    return db.session.scalars(select(CriteriaVersion).where(CriteriaVersion.key == key)).one()


@dataclass
class Ground:
    """A district and the province's own place, each with recognised units, and the dossiers of the latter."""

    district: District
    own: OwnPlace
    school: int
    university: int


@made_once
def recognised(world: World) -> Ground:
    """A primary school by the district; a high school and a university by the province, decided."""
    world.confirm_thresholds()
    world.confirm_thresholds(KEY)
    district = District(world)
    district.appraised(1)
    district.issued()
    own = OwnPlace(world)
    school = world.a_unit(own.tenant_id, "Trường THPT An Lão", "upper_secondary")
    university = world.a_unit(own.tenant_id, "Trường Đại học Hải Phòng", "higher_education")
    made = [
        an_appraised(world, own.officer, own.tenant_id, level, unit_id=unit)
        for unit, level in ((school, 1), (university, 2))
    ]
    own.issued("45/QĐ-UBND")
    return Ground(district, own, *made)


def test_every_place_has_the_years_of_its_tier(world: World) -> None:
    """One year, two cycles: each place sees its own version and dates; the Department the districts'."""
    district, own = District(world), OwnPlace(world)
    seen = {}
    for person in (district.officer, own.officer, own.admin):
        with world.acting(person, writes=False):
            assert years() == [2026]
            cycle = cycle_of(2026)
            assert cycle is not None
            seen[person.login] = (
                db.session.get_one(CriteriaVersion, cycle.version_id).key,
                cycle.submit_before,
            )
    law = ("tt24-2023", date(2027, 1, 15))
    assert list(seen.values()) == [law, (KEY, DATES.submit_before), law]
    with world.acting(own.admin) as actor:
        assert [c.tier for c in cycles(own.tenant_id)] == [Tier.PROVINCE]
        with pytest.raises(Refused, match="Năm 2026 đã mở cho các đơn vị cấp tỉnh"):
            announce_year(actor, version(KEY), DATES)
        with pytest.raises(Refused, match="Sở đặt đủ các mốc"):
            open_year(2027, version(KEY))
        with pytest.raises(Refused, match="theo thứ tự"):
            announce_year(actor, version(KEY), replace(DATES, year=2027, decide_before=date(2026, 1, 1)))
        with pytest.raises(Refused, match="đã mở rồi"):
            open_place(actor, asked(name="Nơi khác", code="KHAC", login="quantri.khac"))
        place = db.session.get_one(Tenant, own.tenant_id)
        assert place.committee == "Ủy ban nhân dân thành phố Hải Phòng"


def test_a_place_takes_in_only_the_kinds_it_recognises(world: World) -> None:
    """A university is no district's unit, a primary school not the province's; who is opened first sees the words."""
    district, own = District(world), OwnPlace(world)
    for place, kind in ((district, "higher_education"), (own, "primary")):
        admin = world.a_person(Role.DISTRICT_ADMIN, place.tenant_id)
        with world.acting(admin) as actor, pytest.raises(Refused):
            add_unit(actor, place.tenant_id, Details("Trường nào đó", kind, True, date(2020, 1, 1)))
    admin = world.a_person(Role.DISTRICT_ADMIN, own.tenant_id)
    page = world.sign_in(world.app.test_client(), admin).get("/huyen/don-vi/them").text
    assert "Cơ sở giáo dục đại học" in page
    assert "Trường tiểu học" not in page
    assert "Quản trị đơn vị cấp tỉnh" in page


def test_two_dossiers_from_the_form_to_the_decision(world: World) -> None:
    """A high school and a university are judged by what Articles 12 and 13 ask of them, and recognised."""
    ground = recognised(world)
    with world.acting(ground.own.officer, writes=False):
        codes = {}
        for dossier_id in (ground.school, ground.university):
            sheet = open_sheet(world.dossier(ground.own.tenant_id, dossier_id))
            assert sheet.cycle.submit_before == DATES.submit_before
            codes[dossier_id] = {
                row.code for row in sheet.indicators if row.applies.applies(sheet.profile())[0]
            }
        assert codes[ground.school] - codes[ground.university] == {"3.4"}
        assert codes[ground.university] - codes[ground.school] == {"3.5"}
        assert {"1.1", "2.1", "3.1a", "3.1b", "3.3"} <= codes[ground.university]
        rows = db.session.scalars(select(Recognition).order_by(Recognition.level)).all()
        assert [row.level for row in rows] == [1, 2]
        decision = db.session.scalars(select(Decision)).one()
        assert decision.issuer == "Chủ tịch Ủy ban nhân dân thành phố Hải Phòng"
        assert any("Giám đốc Sở Giáo dục và Đào tạo" in line for line in decision.legal_bases)


def test_the_province_shows_them_apart(world: World) -> None:
    """Their line stands beside the districts' sum and opens their own table; their report is frozen and received."""
    ground = recognised(world)
    report_id = sent(world, ground.own)
    with world.acting(ground.own.admin, writes=False):
        cycle = cycle_of(2026)
        assert cycle is not None
        year = summary.overview(cycle, official=False)
        assert [line.tenant_id for line in year.lines] == [ground.district.tenant_id]
        assert year.total.counts is not None
        assert year.total.counts.units == 1
        (line,) = summary.provincial(2026, EVERYTHING, official=False)
        assert line.counts is not None
        assert (line.counts.units, line.counts.level_2) == (2, 1)
        assert {kind for _, kind, _ in counts(2026)} == {"primary"}
        report = db.session.get_one(DistrictReport, (ground.own.tenant_id, report_id))
        labels = [row["label"] for row in report.snapshot["bieu_01"]]
        assert labels[2] == "Cơ sở giáo dục"
        assert labels[-1] == "Cộng"
        assert len(labels) == 8
    client = world.sign_in(world.app.test_client(), ground.own.admin)
    judged = client.get("/tinh/don-vi?nam=2026&so=applies&chi_tieu=1.1").text
    assert "Trường THPT An Lão" not in judged
    assert "trong 1 đơn vị" in judged
    whole = client.get("/tinh?nam=2026").text
    assert "Đơn vị cấp tỉnh" in whole
    assert "Cộng 1/1 huyện" in whole
    own = client.get(f"/tinh/huyen/{ground.own.tenant_id}?nam=2026").text
    assert "Cơ sở giáo dục đại học" in own
    assert "31/03/2027" in own
    listed = client.get(f"/tinh/huyen/{ground.own.tenant_id}/higher_education?nam=2026").text
    assert "Trường Đại học Hải Phòng" in listed
    assert client.get(f"/tinh/huyen/{ground.own.tenant_id}/primary?nam=2026").status_code == 404
    assert client.get(f"/tinh/ho-so/{ground.own.tenant_id}/{ground.university}").status_code == 200
    assert client.get(f"/tinh/bao-cao/{ground.own.tenant_id}/{report_id}").status_code == 200
    assert client.get("/tinh/cac-huyen/mo?loai=provincial_units").text.count("Sở Giáo dục và Đào tạo")
    assert "Mở nơi công nhận" not in client.get("/tinh/cac-huyen").text


def test_guidance_of_each_tier_keeps_to_its_kinds_and_criteria(world: World) -> None:
    """A place writes to kinds of its own, about its own indicators, and reads no others; the Department has all."""
    district, own = District(world), OwnPlace(world)
    school = world.a_unit(own.tenant_id, "Trường THPT An Lão", "upper_secondary")
    head = world.a_person(Role.UNIT_HEAD, own.tenant_id, school)
    entry = Words("answer", "T.3.1a", (), "Tính trong thời gian nào?", "Trong năm đánh giá.")
    with world.acting(own.admin) as actor:
        publish(actor, entry)
    client = world.app.test_client()
    offered = {}
    for person in (district.officer, own.officer, own.admin):
        world.sign_in(client, person)
        page = client.get("/thong-bao-chung").text
        kinds = {kind for kind in UNIT_KINDS if f'value="{kind}"' in page}
        page = client.get("/hoi-dap").text
        keys = {key for key in ("H.2.5", "T.3.1a") if f'value="{key}"' in page}
        offered[person.login] = (kinds, keys, entry.heading in page)
    assert list(offered.values()) == [
        (set(DISTRICT_KINDS), {"H.2.5"}, False),
        (set(PROVINCE_KINDS), {"T.3.1a"}, True),
        (set(UNIT_KINDS), {"H.2.5", "T.3.1a"}, True),
    ]
    with world.acting(district.officer) as actor, pytest.raises(Refused, match="chỉ tiêu"):
        publish(actor, entry)
    with world.acting(own.admin) as actor:
        publish(actor, replace(entry, key="H.1.1", heading="Kế hoạch gồm gì?"))
    for person, key in ((district.officer, "H.1.1"), (head, "T.1.1")):
        with world.acting(person, writes=False) as actor:
            assert lookup.entries_by_indicator(actor.here)[key] == {"answer": 1}
        page = world.sign_in(client, person).get(f"/hoi-dap?chi-tieu={key}").text
        assert "Kế hoạch gồm gì?" in page
        assert "Chỉ tiêu 1.1" in page
    with world.acting(own.admin) as actor:
        publish(actor, replace(entry, key="H.1.2", kinds=("primary",), heading="Ở trường tiểu học thì sao?"))
    with world.acting(own.officer, writes=False) as actor:
        assert "T.1.2" not in lookup.entries_by_indicator(actor.here)
    for person, is_read in ((district.officer, True), (own.officer, False)):
        page = world.sign_in(client, person).get("/hoi-dap").text
        assert ("Ở trường tiểu học thì sao?" in page) is is_read
    with world.acting(own.officer) as actor, pytest.raises(Refused, match="loại hình"):
        publish(actor, replace(entry, kinds=("primary",)))
    world.sign_in(client, head)
    asked = send(client, "/hoi-dap/cau-hoi", {"text": "Nộp ở đâu?", "key": "T.3.1a"}).location
    said = client.get("/hoi-dap/cau-hoi").text + client.get(asked).text
    assert "Chờ tỉnh trả lời" in said
    assert "huyện" not in said
    _give_the_code_on("H.1.1", "H.9.9")
    for person, key in ((district.officer, "H.1.1"), (head, "T.1.1"), (own.admin, "H.1.1")):
        with world.acting(person, writes=False) as actor:
            found = lookup.entries_by_indicator(actor.here)
            assert (found[key], found.get("H.9.9")) == ({"answer": 1}, None)


def _give_the_code_on(key: str, to: str) -> None:
    """Open the districts' next year, in which another indicator has the code and article of one of this year."""
    with acting_in(Scope(ScopeKind.STEWARD)):
        terms = db.session.scalars(select(Cycle).where(Cycle.tier == Tier.DISTRICT)).one()
        was = db.session.scalars(
            select(CatalogueIndicator).where(
                CatalogueIndicator.key == key, CatalogueIndicator.version_id == terms.version_id
            )
        ).one()
        version = CriteriaVersion(key="next", name="Bộ sau", document="Thông tư", valid_from=date(2027, 1, 1))
        criterion = Criterion(version=version, number=1, title="Về điều kiện")
        db.session.add_all([version, criterion, AssessmentYear(year=terms.year + 1)])
        db.session.flush()
        same = {name: getattr(was, name) for name in ("code", "article", "kind", "certainty", "position")}
        new = CatalogueIndicator(
            key=to, title="Khác", wording="Khác", version_id=version.id, criterion_id=criterion.id, **same
        )
        days = {
            name: getattr(terms, name)
            for name in ("opens_on", "submit_before", "decide_before", "report_before")
        }
        year = Cycle(year=terms.year + 1, tier=Tier.DISTRICT, version_id=version.id, **days)
        db.session.add_all([new, year])


def test_what_was_decided_is_published_and_summed_apart(world: World) -> None:
    """The register names a university and a high school, the Department receives the report, open figures tell whose."""
    ground = recognised(world)
    client = world.app.test_client()
    found = client.get("/tra-cuu?loai=higher_education").text
    assert "Trường Đại học Hải Phòng" in found
    assert "Trường THPT An Lão" not in found
    code = re.search(r'/tra-cuu/([0-9A-Z]{5}-[0-9A-Z]{5})"', found)
    assert code
    asking = client.get(f"/phan-anh/{code[1]}").text
    assert "Nội dung gửi đến <b>Sở Giáo dục và Đào tạo</b>" in asking
    assert not re.search("huyện|Sở không đọc", asking.partition("<main")[2])
    receive(world, ground.own.tenant_id, sent(world, ground.own), "/tinh/bao-cao?nam=2026")
    receive(world, ground.district.tenant_id, ground.district.sent_report())
    said = client.get("/du-lieu-mo/thong-ke.csv").data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(said, newline="")))
    assert [(row["tier"], row["kind"], row["units"]) for row in rows] == [
        ("district", "primary", "1"),
        ("province", "higher_education", "1"),
        ("province", "upper_secondary", "1"),
    ]
    told = client.get("/hieu-ve-don-vi-hoc-tap").text
    assert re.findall(r'>2026</a>(.*?)</th><td class="r">(\d+)</td><td class="r">(\d+)</td>', told) == [
        ("", "1", "1"),
        (", các đơn vị cấp tỉnh", "1", "2"),
    ]
    for tier, level, names in (
        ("district", 1, 1), ("district", 2, 0), ("province", 1, 1), ("province", 2, 1)
    ):  # fmt: skip
        link = f"/tra-cuu?nam=2026&amp;muc={level}&amp;cap={tier}"
        assert f'{link}">{names}<' in told
        assert (f"trong {names} kết quả" in client.get(link.replace("&amp;", "&")).text) is bool(names)
    with world.acting(ground.own.admin, writes=False):
        cycle = cycle_of(2026)
        assert cycle is not None
        year = summary.overview(cycle, official=True)
        assert year.total.counts is not None
        assert (len(year.lines), year.total.counts.recognised) == (1, 1)
        (line,) = summary.provincial(2026, EVERYTHING, official=True)
        assert line.counts is not None
        assert line.counts.recognised == 2
        assert now_of(2026).own.startswith(
            "Ngoài các biểu của huyện, có 2 đơn vị cấp tỉnh: 2 đơn vị nộp hồ sơ"
        )
    with world.acting(ground.own.admin) as actor:
        report = compiled_sheet(compile_report(actor, 2026))
        assert report.total.counts.units == 1
        (section,) = (one for one in report.sections if one.key == "iii_2")
        assert section.paragraphs[-1].endswith(
            "công nhận 2 đơn vị, gồm 1 đơn vị mức độ 1 và 1 đơn vị mức độ 2."
        )
    client = world.sign_in(client, ground.own.admin)
    place = f"huyen={ground.own.tenant_id}&nam=2026"
    for page in ("/tinh/chi-tieu", "/tinh/so-sanh", "/tinh/so-lieu.csv", "/tinh/don-vi.csv"):
        answer = client.get(f"{page}?{place}&bang=loai-hinh&loai=3")
        assert answer.status_code == 200
        assert "Trường tiểu học" not in answer.text
    assert "3.5" in client.get(f"/tinh/chi-tieu?{place}").text
    schools = client.get(f"/tinh/don-vi.csv?{place}&loai=3&so=level_2").text
    assert "Trường Đại học Hải Phòng" in schools
    assert "Trường THPT An Lão" not in schools


def receive(world: World, tenant_id: int, report_id: int, listed: str = "") -> None:
    """Accept a report as an officer of the Department, who finds it waiting in the list (`listed`) before."""
    officer = world.province_person(Role.PROVINCE_OFFICER)
    if listed:
        page = world.sign_in(world.app.test_client(), officer).get(listed).text
        assert f"/tinh/bao-cao/{tenant_id}/{report_id}" in page
        assert "Xem và nhận" in page
    with world.acting(officer) as actor:
        report = db.session.get_one(DistrictReport, (tenant_id, report_id))
        reports.answer_report(actor, report, "accepted", [])


def test_the_papers_are_the_provinces(world: World) -> None:
    """Dossier, decision, certificate and report name the committee of the province and the Department, no district."""
    ground = recognised(world)
    report_id = sent(world, ground.own)
    with world.acting(ground.own.officer, writes=False), world.app.test_request_context():
        sheet = open_sheet(world.dossier(ground.own.tenant_id, ground.university))
        content, bodies = content_of(sheet), office_at_filing(sheet)
        built = [kind.build(sheet, content, bodies) for kind in KINDS.values()]
        printed = [
            kind.compose(one).html for kind, one in zip(KINDS.values(), built, strict=True) if one is not None
        ]
        decision = db.session.scalars(select(Decision)).one()
        printed.append(district.decision_paper(decision).html)
        row = db.session.scalars(select(Recognition).where(Recognition.level == 2)).one()
        paper = published(row, decision, district.office(ground.own.tenant_id), "https://cong.example")
        printed.append(certificate(paper, picture=str.encode).html)
        report = db.session.get_one(DistrictReport, (ground.own.tenant_id, report_id))
        told = district.report_paper(report)[0].html
    assert len(printed) > 4
    for html in (*printed, told):
        own = html
        for theirs in (
            "cấp huyện, tỉnh",
            "Đơn vị cấp huyện",
            "Chủ tịch huyện",
        ):  # the Circular's words; a signer
            own = own.replace(theirs, "")
        assert not re.findall(r".{0,60}(?:[Hh]uyện|HUYỆN|PHÒNG G|Phòng G|Trưởng (?:[Pp]hòng|Sở)).{0,60}", own)
    assert "Kính gửi: Ủy ban nhân dân thành phố Hải Phòng" in re.sub(r"<[^>]+>|\s+", " ", told).replace(
        "  ", " "
    )
    assert "Hội Khuyến học thành phố Hải Phòng" in told
    assert "Tỉnh chưa ghi nhận" in told
    assert "cấp tỉnh" in printed[-1]


def sent(world: World, own: OwnPlace) -> int:
    """Lock and send the report of the place; returns its id."""
    report_id = own.locked_report()
    with world.acting(own.leader) as actor:
        report = db.session.get_one(DistrictReport, (own.tenant_id, report_id))
        reports.send(actor, report, "9/BC-SGDĐT", date(2027, 1, 10), "Giám đốc", "GIÁM ĐỐC")
    return report_id


def test_pages_and_notices_speak_of_the_department(world: World) -> None:
    """Where the Department appraises, its name stands in our sentences; a district's pages keep theirs."""
    ground = recognised(world)
    seen = {}
    for place, unit in ((ground.district, None), (ground.own, "Trường THPT An Lão")):
        with world.acting(place.officer, writes=False):
            statement = select(Notice.sentence).where(Notice.audience == "unit")
            assert all(
                sentence.startswith("Sở GDĐT") is bool(unit)
                for sentence in db.session.scalars(statement)
                if "GDĐT" in sentence[:12]
            )
        client = world.sign_in(world.app.test_client(), place.officer)
        seen[bool(unit)] = client.get("/huyen/quyet-dinh").text + client.get("/").text
    assert "Chuyên viên Sở GDĐT (đơn vị cấp tỉnh)" in seen[True]
    assert "Phòng GDĐT" not in seen[True]
    assert 'href="/huong-dan/cap-tinh">Hướng dẫn</a>' in seen[True]
    assert re.search(r'href="/huong-dan/cap-tinh#muc-\d+">Đọc mục “Một năm của tỉnh”', seen[True])
    assert 'href="/huong-dan/huyen">Hướng dẫn</a>' in seen[False]
    guide = client.get("/huong-dan/cap-tinh").text
    assert "Mức độ 1 (Điều 12)" in guide
    assert "Phòng GDĐT" not in guide
    assert "Chuyên viên Phòng GDĐT" in seen[False]
