"""The papers of a district as a whole, each as its page and the name of its file: decisions and the report.

The scope that reads decides what there is; batches and addresses take them from here.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

from flask import current_app
from sqlalchemy import func, select

from portal import clock, words
from portal.compilation.models import ProvincialReport
from portal.compilation.queries import checks_of, compiled_sheet, now_of
from portal.dossiers.queries import Sheet as DossierSheet
from portal.further.queries import Case
from portal.papers import building_decision, building_province, building_report, data, documents
from portal.papers.documents import Page
from portal.papers.office import Office, office_of
from portal.papers.sheets import Column, Kind, Sheet
from portal.recognition.lines import decision_sheet
from portal.recognition.models import Decision
from portal.reports.models import DistrictReport
from portal.reports.queries import report_sheet
from portal.units.models import Unit
from tenants.access import found
from tenants.database import db
from tenants.places import FormerName, Tenant, TenantKind


def office(tenant_id: int) -> Office:
    """Return a tenant's bodies as papers name them; 404 for an unknown one."""
    tenant = found(db.session.get(Tenant, tenant_id))
    site = current_app.extensions["settings"].public_url or ""
    return office_of(tenant, demo=clock.is_demo(), site=site)


def office_that_issued(tenant_id: int, issuer: str) -> Office:
    """Return the bodies of the place that issued a decision: the tenant, or one whose work it took over.

    The issuer is kept as text (product.md, rule 7); papers made again later bear the words of that place.
    """
    own = office(tenant_id)
    if not issuer or own.committee in issuer:
        return own
    before = func.here_or_before(tenant_id)
    former = (
        select(FormerName).where(FormerName.place_id == func.any(before)).order_by(FormerName.valid_to.desc())
    )
    older = select(Tenant).where(Tenant.id == func.any(before)).order_by(Tenant.id)
    for place in (*db.session.scalars(former), *db.session.scalars(older)):
        then = office_of(place, demo=clock.is_demo(), site=own.site)
        if then.committee in issuer:
            return then
    return own


def office_at_filing(sheet: DossierSheet) -> Office:
    """Return the bodies a dossier was filed with: those of the place its unit belonged to on that day."""
    filed = sheet.dossier.submitted_at
    for stay in sheet.unit.came_through if filed is not None else ():
        if filed < datetime.fromisoformat(stay["until"]):
            return office(stay["place"])
    return office(sheet.dossier.tenant_id)


def sensitive_units(tenant_id: int) -> set[int]:
    """Return the units of a tenant whose head-counts are never printed."""
    return set(db.session.scalars(select(Unit.id).where(Unit.tenant_id == tenant_id, Unit.sensitive)))


def file_name(*parts: object) -> str:
    """Return a file's name without marks, spaces and ending: "Mau-01-AL-TH-07-2026"."""
    letters = unicodedata.normalize("NFD", " ".join(str(part) for part in parts))
    bare = "".join(c for c in letters if not unicodedata.combining(c)).replace("đ", "d").replace("Đ", "D")
    return re.sub(r"[^A-Za-z0-9]+", "-", bare).strip("-")[:120]


def decision_name(row: Decision) -> str:
    """Return the name of a decision's file, without its ending."""
    if row.state == "issued" and row.dated:
        return file_name("Quyet-dinh", row.number, row.dated.year)
    return file_name("Du-thao-quyet-dinh", row.id, row.year)


def decision_data(row: Decision) -> data.Decision:
    """Return a decision with its annexes as the data of its paper."""
    return building_decision.decision(
        decision_sheet(row), office_that_issued(row.tenant_id, row.issuer), sensitive_units(row.tenant_id)
    )


def decision_paper(row: Decision) -> Page:
    """Return a decision with its annexes as its paper."""
    return documents.decision(decision_data(row))


def annex_sheet(paper: data.Decision) -> Sheet:
    """Return the annex lists of a decision as one table, in the words of the paper."""
    lists = ((1, paper.level_1), (2, paper.level_2), (0, paper.not_recognised))
    units = [(words.RESULTS[level].name, unit) for level, found_units in lists for unit in found_units]
    number = paper.letterhead.number
    return Sheet(
        title=f"Danh sách đơn vị tại quyết định về “Đơn vị học tập” {paper.tier} năm {paper.year}",
        subtitle=f"Quyết định số {number} ngày {words.day(paper.letterhead.day)}"
        if number and paper.letterhead.day
        else documents.UNSIGNED.capitalize(),
        columns=(
            Column("TT", Kind.INTEGER, 6),
            Column("Tên đơn vị", width=44),
            Column("Loại hình", width=34),
            Column("Kết quả", width=22),
            Column("Ghi chú, lý do", width=44),
        ),
        rows=[
            (place, unit.name, unit.kind, result, unit.note) for place, (result, unit) in enumerate(units, 1)
        ],
        specimen=paper.specimen,
    )


def further_paper(case: Case) -> tuple[Page, str]:
    """Return a further decision as its paper."""
    row = case.further
    paper = building_decision.further(case, office_that_issued(row.tenant_id, row.issuer))
    name = file_name("Quyet-dinh", row.number, row.dated.year) if row.dated else file_name("Du-thao", row.id)
    return documents.decision(paper), name


def report_data(row: DistrictReport) -> data.DistrictReport:
    """Return a district's report as the data of its paper."""
    own = office(row.tenant_id)
    return building_report.district_report(
        report_sheet(row), own, _department(), sensitive_units(row.tenant_id)
    )


def report_paper(row: DistrictReport) -> tuple[Page, str]:
    """Return a district's report as its paper: a preview with live figures until it is locked and sent."""
    paper = report_data(row)
    place = office(row.tenant_id).place
    name = file_name("" if paper.signed else "Du-thao", "Bao-cao", place, row.year, f"lan-{row.edition}")
    return documents.district_report(paper), name


def compiled_paper(row: ProvincialReport, tenant_id: int) -> tuple[Page, str]:
    """Return the provincial report as it was compiled; `tenant_id`: the province."""
    sheet, own = compiled_sheet(row), office(tenant_id)
    checks = checks_of(row, sheet, now_of(row.year))
    paper = building_province.provincial_report(sheet, own, own.committee, checks)
    kind = "Tong-hop" if row.state == "table" else "Bao-cao"
    of = f"{sheet.accepted}-tren-{sheet.districts}"
    name = file_name(
        "" if paper.signed else "Du-thao", kind, sheet.province, sheet.year, f"lan-{sheet.edition}", of
    )
    return documents.provincial_report(paper), name


def _department() -> str:
    """Return the Department with the name of its province, as papers address it."""
    tenant = db.session.scalar(select(Tenant).where(Tenant.kind == TenantKind.PROVINCE).order_by(Tenant.id))
    return office_of(tenant, demo=False).full_name if tenant else "Sở Giáo dục và Đào tạo"
