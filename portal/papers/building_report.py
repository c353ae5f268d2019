"""The data set of a district's report; its tables are the rows its text takes the figures from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from portal import words
from portal.figures.lists import NotRecognised, Recognised
from portal.figures.tables import Row
from portal.papers import forms
from portal.papers.building_decision import without_counts
from portal.papers.data import DistrictReport, Letterhead, Section, Signature
from portal.papers.forms import FigureRow
from portal.papers.office import Office, acting_for, own_title, place_of
from portal.papers.sheets import Sheet
from portal.reports.queries import ReportSheet
from portal.reports.rules import Result
from tenants.places import Tier


def figure_rows(rows: Iterable[Row]) -> tuple[list[FigureRow], FigureRow]:
    """Return the rows of Biểu 01 or 01-T as the form takes them, and the total."""
    found = [FigureRow(row.order, row.label, row.values(), row.strong) for row in rows]
    return found[:-1], found[-1]


def forms_of(
    sheet: ReportSheet, specimen: str | None, sensitive: Collection[int] = ()
) -> Mapping[str, Sheet]:
    """Return every table of a report by its number; "01" to "03" only for one locked before there were others."""
    made = {
        "01": _form_01(sheet, specimen),
        "02": forms.form_02(sheet.year, [_recognised(row) for row in sheet.bieu_02], specimen),
        "03": forms.form_03(sheet.year, [_refused(row, sensitive) for row in sheet.bieu_03], specimen),
    }
    kept = sheet.annexes.by_number if sheet.annexes else {}
    return made | {
        number: forms.annex_form(annex, sheet.year, _when(sheet), specimen) for number, annex in kept.items()
    }


def _when(sheet: ReportSheet) -> str:
    when = words.moment(sheet.taken_at)
    return (
        f"Số liệu tạm tính, lấy lúc {when}; chưa khóa." if sheet.provisional else f"Số liệu khóa lúc {when}."
    )


def district_report(
    sheet: ReportSheet, office: Office, addressee: str, sensitive: Collection[int] = ()
) -> DistrictReport:
    """Return a district's report as its paper; one not sent yet is marked as a preview.

    `addressee`: the Department with its province; what it made itself goes to the committee above it.
    `sensitive`: ids of units whose counts are never printed.
    """
    place = sheet.place
    where = place_of(place.tier, place.name, place.committee)
    tables = forms_of(sheet, office.specimen, sensitive)
    committee_signs = "chủ tịch" in sheet.signer_title.casefold()
    return DistrictReport(
        letterhead=Letterhead(
            superior="" if committee_signs else place.committee,
            issuer=place.committee if committee_signs else place.office,
            number=sheet.number or None,
            place=place.seat,
            day=sheet.dated,
        ),
        signature=Signature(
            title=own_title(sheet.signer_title) or None,
            signer_name=sheet.signer or None,
            authority_lines=acting_for(sheet.signer_title),
        ),
        year=sheet.year,
        tier=office.tier,
        recipients=("Như trên", f"Hội Khuyến học {where}", f"Lưu: VT, {place.office}"),
        specimen=office.specimen,
        signed=sheet.state == "sent",
        issued=sheet.sent_at,
        addressee=addressee if place.tier == Tier.DISTRICT else place.committee,
        sections=(
            *(
                Section(heading=one.heading, paragraphs=one.paragraphs, minor=one.minor)
                for one in sheet.sections
            ),
            *explained(sheet.checks),
        ),
        form_01=tables["01"],
        form_02=tables["02"],
        form_03=tables["03"],
        further_forms=tuple((number, one) for number, one in tables.items() if number > "03"),
        edition=sheet.edition,
        amendment=sheet.amendment,
    )


def explained(checks: Sequence[Result]) -> tuple[Section, ...]:
    """Return the section that says why a rule does not hold, none where nothing is explained."""
    said = tuple(
        f"{check.sentence} Giải trình: {check.explanation.strip()}"
        for check in checks
        if not check.holds and check.explanation.strip()
    )
    return (Section(heading="GIẢI TRÌNH SỐ LIỆU", paragraphs=said),) if said else ()


def _form_01(sheet: ReportSheet, specimen: str | None) -> Sheet:
    rows, total = figure_rows(sheet.bieu_01)
    form = forms.form_01(sheet.year, rows, total, specimen)
    return replace(form, note=f"{_when(sheet)} {form.note}")


def _level(level: int | None) -> str:
    return words.level_name(level) if level else ""


def _recognised(row: Recognised) -> forms.RecognisedRow:
    return forms.RecognisedRow(
        code=row.unit_code,
        name=row.name,
        kind=words.kind_name(row.kind),
        commune=row.commune,
        requested=_level(row.requested),
        recognised=_level(row.level),
        renewal=row.renewal,
        decision_number=row.decision_number,
        decision_day=row.decided_on,
        valid_until=row.valid_to,
        certificate=row.code,
    )


def _refused(row: NotRecognised, sensitive: Collection[int]) -> forms.RefusedRow:
    hidden = row.unit_id in sensitive or words.UNIT_KINDS[row.kind].sensitive
    return forms.RefusedRow(
        code=row.unit_code,
        name=row.name,
        kind=words.kind_name(row.kind),
        commune=row.commune,
        requested=_level(row.requested),
        result=row.result,
        reason=without_counts(row.reason) if hidden else row.reason,
        decision_number=row.decision_number,
    )
