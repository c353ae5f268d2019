"""The data set of the provincial table, exactly as it was compiled."""

from __future__ import annotations

from portal import words
from portal.papers.data import Letterhead, ProvincialReport, Section, Signature
from portal.papers.office import Office, inline
from portal.province.queries import CompiledSheet
from portal.province.sheets import compiled_forms


def provincial_report(sheet: CompiledSheet, office: Office) -> ProvincialReport:
    """Return a compilation as its paper; the clerk completes its number, whoever compiled it signs."""
    form_01_t, receipts = compiled_forms(sheet, demo=office.specimen is not None)
    missing = sheet.missing
    place = office.seat.removeprefix("Thành phố ").removeprefix("Tỉnh ")
    return ProvincialReport(
        letterhead=Letterhead(
            superior=office.committee,
            issuer=office.office,
            number="……/BTH",
            place=place,
            day=sheet.compiled_at.astimezone(words.ZONE).date(),
        ),
        signature=Signature(title="Người lập biểu", signer_name=sheet.compiled_by),
        year=sheet.year,
        recipients=(f"{office.committee} (để báo cáo)", "Lưu: VT"),
        specimen=office.specimen,
        signed=True,
        issued=sheet.compiled_at,
        province_name=inline(sheet.province),
        accepted=sheet.accepted,
        expected=sheet.districts,
        form_01_t=form_01_t,
        receipts=receipts,
        sections=(
            (
                Section(
                    heading="Địa bàn chưa có báo cáo được tiếp nhận", paragraphs=(f"{'; '.join(missing)}.",)
                ),
            )
            if missing
            else ()
        ),
    )
