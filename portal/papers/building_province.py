"""The data set of the provincial report and its tables as sheets, exactly as they were compiled."""

from __future__ import annotations

from collections.abc import Mapping

from portal import words
from portal.compilation.narrative import UNCONFIRMED
from portal.compilation.queries import CompiledSheet
from portal.papers import forms
from portal.papers.building_report import explained, figure_rows
from portal.papers.data import Letterhead, ProvincialReport, Section, Signature
from portal.papers.office import Office, acting_for, inline
from portal.papers.sheets import Sheet
from portal.province.sheets import receipt_sheet
from portal.reports.rules import Result

RECEIPTS = "tiep-nhan"


def forms_of(sheet: CompiledSheet, specimen: str | None) -> Mapping[str, Sheet]:
    """Return every table of an edition by the name in its address, in their order."""
    rows, total = figure_rows(sheet.rows)
    taken = (
        f"Tổng hợp từ {sheet.accepted}/{sheet.districts} báo cáo cấp huyện đã được Sở tiếp nhận, "
        f"lúc {words.moment(sheet.compiled_at)}."
    )
    return {
        "01-T": forms.form_01_t(sheet.year, rows, total, sheet.accepted, sheet.districts, specimen),
        **{
            number: forms.annex_form(annex, sheet.year, taken, specimen)
            for number, annex in sheet.annexes.items()
        },
        RECEIPTS: receipt_sheet(sheet.year, sheet.receipts, specimen),
    }


def provincial_report(
    sheet: CompiledSheet, office: Office, addressee: str, checks: tuple[Result, ...]
) -> ProvincialReport:
    """Return an edition as its paper; one that is not signed is marked as a preview.

    The bare tables of before are completed by the clerk, and whoever compiled them signs.
    """
    bare = sheet.state == "table"
    day = sheet.compiled_at.astimezone(words.ZONE).date() if bare else sheet.dated
    signature = Signature(
        title="Người lập biểu" if bare else sheet.signer_title or None,
        signer_name=sheet.compiled_by if bare else sheet.signer or None,
        authority_lines=() if bare else acting_for(sheet.signer_title),
    )
    return ProvincialReport(
        letterhead=Letterhead(
            superior=office.committee,
            issuer=office.office,
            number="……/BTH" if bare else sheet.number or None,
            place=office.seat.removeprefix("Thành phố ").removeprefix("Tỉnh "),
            day=day,
        ),
        signature=signature,
        year=sheet.year,
        recipients=(f"{office.committee} (để báo cáo)", "Lưu: VT")
        if bare
        else ("Như trên", "Các huyện, quận, thành phố, thị xã", f"Lưu: VT, {office.office}"),
        specimen=office.specimen,
        signed=bare or sheet.state == "signed",
        issued=sheet.signed_at or sheet.compiled_at,
        province_name=inline(sheet.province),
        addressee=addressee,
        accepted=sheet.accepted,
        expected=sheet.districts,
        missing=sheet.missing,
        forms=tuple(
            ("Tình hình tiếp nhận" if name == RECEIPTS else f"Biểu {name}", form)
            for name, form in forms_of(sheet, office.specimen).items()
        ),
        sections=(
            *(
                Section(heading=one.heading, paragraphs=one.paragraphs, minor=one.minor)
                for one in sheet.sections
            ),
            *explained(checks),
        ),
        amendment=sheet.amendment,
        remark="" if bare else UNCONFIRMED,
    )
