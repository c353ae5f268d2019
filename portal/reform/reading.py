"""The file that says which unit goes where: its template with what is planned so far, and what somebody sent back."""

from __future__ import annotations

from dataclasses import dataclass

from portal.papers.sheets import Column, Sheet
from portal.spelling import fold
from portal.units.reading import head_among, read_lines
from tenants.refusal import Refused

from .planning import Plan

HEADS = {"code": "Mã đơn vị", "source": "Nơi cũ", "target": "Nơi tiếp nhận"}
_KNOWN = {fold(text): name for name, text in HEADS.items()}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file: the unit's code, the old place where the code alone is not enough, the place it goes to."""

    number: int
    code: str
    source: str
    target: str


def read_lines_of(content: bytes) -> list[Line]:
    """Return the lines of a file; raises `Refused` (422) for one without the columns, or without a line."""
    for leaf in read_lines(content):
        head = head_among(leaf, _KNOWN, ("code", "target"))
        if head is None:
            continue
        place, fields = head
        found = []
        for row in leaf[place + 1 :]:
            values = {fields[i]: cell.strip() for i, cell in enumerate(row.cells) if i in fields}
            if values.get("code"):
                found.append(
                    Line(row.number, values["code"], values.get("source", ""), values.get("target", ""))
                )
        if found:
            return found
        raise Refused("Tệp không có dòng đơn vị nào.", 422)
    raise Refused(
        f"Không thấy cột “{HEADS['code']}” và “{HEADS['target']}”. Xin dùng tệp mẫu của phương án.", 422
    )


def template(plan: Plan) -> Sheet:
    """Return the units of the old places with what is planned so far, to be filled in and sent back."""
    rows = []
    for unit in plan.units:
        place = plan.place(plan.rule.target(unit))
        rows.append(
            (
                unit.code,
                unit.name,
                unit.commune,
                plan.source(unit.tenant_id).name,
                place.name if place else "",
            )
        )
    columns = (
        Column(HEADS["code"], width=16),
        Column("Tên đơn vị", width=44),
        Column("Xã, phường cũ", width=22),
        Column(HEADS["source"], width=22),
        Column(HEADS["target"], width=28),
    )
    note = "Ghi tên hoặc mã nơi tiếp nhận ở cột cuối; để trống thì theo xã, phường của đơn vị."
    return Sheet("Phân bổ đơn vị", columns, rows, note=note)
