"""Two districts are run through the real job to the totals their press published, and every level shows them.

Đà Lạt, first round of 2025: 55 units, 36 at level 1 and 19 at level 2 (QĐ 304/QĐ-UBND). Bảo Thắng, 2024:
51 units, 28 and 23. The sources stand in the product's notes on the law; the units here are made up.
"""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest
from pypdf import PdfReader
from sqlalchemy import select

from portal.appraisal import operations as appraisal
from portal.compilation.models import ProvincialReport
from portal.figures.queries import counts, total
from portal.recognition import operations as recognition
from portal.recognition.models import Decision
from portal.reports import operations as reports
from portal.reports.models import DistrictReport
from tenants.database import db
from tenants.people import Role
from tests.beds import made_once
from tests.builders import Person, World
from tests.deciding import complete_bases
from tests.forms import send

PUBLISHED = {"Thành phố Đà Lạt": (36, 19), "Huyện Bảo Thắng": (28, 23)}


def run_a_district(world: World, name: str, level_1: int, level_2: int) -> tuple[int, Person, int]:
    """Take every unit of a district from an empty form to the decision, and send the report."""
    district = world.a_district(name)
    officer = world.a_person(Role.DISTRICT_OFFICER, district)
    leader = world.a_person(Role.DISTRICT_LEADER, district)
    asked = [1] * level_1 + [2] * level_2
    filed = []
    for number, level in enumerate(asked, start=1):
        kind = "preschool" if number % 3 else "government_office"
        unit = world.a_unit(district, f"Đơn vị số {number} {name}", kind)
        filed.append(world.a_dossier(district, unit, "submitted", level=level))
    for dossier_id in filed:
        with world.acting(officer) as actor:
            dossier = world.dossier(district, dossier_id)
            appraisal.accept(actor, dossier)
            appraisal.agree_with_rest(actor, dossier)
            appraisal.propose(actor, dossier)
    world.set_clock(2027, 2, 8, 9, 0)
    with world.acting(officer) as actor:
        decision = recognition.draft_decision(actor, 2026)
        complete_bases(actor, decision)
        key = (decision.tenant_id, decision.id)
    with world.acting(leader) as actor:
        found = db.session.get(Decision, key)
        assert found is not None
        recognition.issue(
            actor, found, "304/QĐ-UBND", date(2027, 2, 8), "(Chủ tịch)", "CHỦ TỊCH", found.version
        )
    world.set_clock(2027, 3, 2, 9, 0)
    with world.acting(officer) as actor:
        report = reports.lock(actor, reports.open_report(actor, 2026))
        report_key = (report.tenant_id, report.id)
    with world.acting(leader) as actor:
        locked = db.session.get(DistrictReport, report_key)
        assert locked is not None
        reports.send(actor, locked, "41/BC-PGDĐT", date(2027, 3, 2), "(Trưởng phòng)", "TRƯỞNG PHÒNG")
    world.set_clock(2027, 1, 10, 10, 0)
    return district, officer, report_key[1]


def text_of(pdf: bytes) -> str:
    """Return the words of a PDF on one line."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


@pytest.fixture
@made_once
def _confirmed(world: World) -> None:
    world.confirm_thresholds()


@pytest.mark.usefixtures("_confirmed")
def test_the_published_totals_stand_on_every_level(world: World, client) -> None:  # type: ignore[no-untyped-def]
    """District report, province page, provincial table, XLSX and PDF all show the published figures."""
    sent = {name: run_a_district(world, name, *levels) for name, levels in PUBLISHED.items()}
    world.set_clock(2027, 3, 3, 9, 0)
    department = world.province_person(Role.PROVINCE_OFFICER)
    for district, _officer, report_id in sent.values():
        with world.acting(department) as actor:
            report = db.session.get(DistrictReport, (district, report_id))
            assert report is not None
            reports.answer_report(actor, report, "accepted", [])
    with world.acting(department, writes=False):
        live = counts(2026)
    for name, (level_1, level_2) in PUBLISHED.items():
        own = total(row for key, row in live.items() if key[0] == sent[name][0])
        assert (own.submitted, own.level_1, own.level_2) == (level_1 + level_2, level_1, level_2)
    assert total(live.values()).recognised == 55 + 51

    for name, (level_1, level_2) in PUBLISHED.items():
        district, officer, report_id = sent[name]
        world.sign_in(client, officer)
        paper = text_of(client.get(f"/van-ban/bao-cao/{district}/{report_id}.pdf").data)
        assert (
            f"công nhận {level_1 + level_2} đơn vị, gồm {level_1} đơn vị mức độ 1 và {level_2} đơn vị mức độ 2"
            in paper
        )

    world.sign_in(client, department)
    page = client.get("/tinh?nam=2026").get_data(as_text=True)
    assert "106" in page
    assert send(client, "/tinh/tong-hop", {"year": "2026"}).status_code == 303
    with world.acting(department, writes=False):
        number = db.session.scalar(select(ProvincialReport.id))
    printed = text_of(client.get(f"/van-ban/bao-cao-tinh/{number}.pdf").data)
    assert "2/2" in printed
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/tinh/tong-hop/{number}/01-T.xlsx").data))
    cells = [[cell for cell in row if cell is not None] for row in book.active.iter_rows(values_only=True)]
    for name, (level_1, level_2) in PUBLISHED.items():
        row = next(r for r in cells if name in r)
        assert level_1 in row
        assert level_2 in row
