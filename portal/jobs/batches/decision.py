"""A decision with its annexes in every format, for the archive and for the units: PDF, DOCX, XLSX, CSV in one ZIP."""

from __future__ import annotations

from collections.abc import Callable

from portal import words
from portal.jobs.batch import Batch, Described
from portal.jobs.turn import Result, Turn
from portal.jobs.wanted import Wanted
from portal.papers import district, documents
from portal.papers.sheets import sheet_csv, sheet_xlsx
from portal.recognition.queries import decision_of, tallies
from tenants.refusal import Refused
from tenants.rights import Right

from .packing import MEDIA_TYPE, packed


class DecisionFiles(Batch):
    """The files of one decision, a draft marked as such; its subject is the decision."""

    name = "decision"
    right = Right.SEE_DISTRICT

    def describe(self, wanted: Wanted) -> Described:
        """Say which decision; a draft that changes makes other files."""
        row = decision_of(wanted.tenant_id, wanted.subject)
        if row is None:
            raise Refused("Không tìm thấy quyết định này.", 404)
        issued = row.state == "issued"
        named = f"Quyết định số {row.number}" if issued else f"Dự thảo quyết định năm {row.year}"
        units = words.number(tallies(wanted.tenant_id, [wanted.subject])[wanted.subject].deciding)
        return Described(
            f"{named} và phụ lục {units} đơn vị (PDF, Word, Excel, CSV)", f"{row.state}-{row.version}"
        )

    def build(self, turn: Turn) -> Result:
        """Make each format once."""
        with turn.reading():
            row = decision_of(turn.tenant_id, turn.held.subject)
            if row is None:
                raise Refused("Không tìm thấy quyết định này.", 404)
            paper, name = district.decision_data(row), district.decision_name(row)
        page, sheet = documents.decision(paper), district.annex_sheet(paper)
        formats: list[tuple[str, Callable[[], bytes]]] = [
            (f"{name}.pdf", page.pdf),
            (f"{name}.docx", page.docx),
            (f"Danh-sach-{name}.xlsx", lambda: sheet_xlsx(sheet, paper.issued)),
            (f"Danh-sach-{name}.csv", lambda: sheet_csv(sheet)),
        ]
        files = []
        for place, (file, make) in enumerate(formats):
            turn.step(place, len(formats))
            files.append((file, turn.part(f"{file} {page.key}", make)))
        turn.step(len(formats), len(formats))
        return Result(
            packed(turn.folder / "ket-qua.zip", files, turn.held.asked_at), f"{name}.zip", MEDIA_TYPE
        )
