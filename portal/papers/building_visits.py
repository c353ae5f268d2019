"""The data sets of a visit's papers: the letter from the schedule, the minutes from what was frozen and signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from portal import words
from portal.papers.data import Signature, TeamMember
from portal.papers.office import Office, acting_for
from portal.papers.visit_data import LookedAt, VisitLetter, VisitMinutes
from portal.visits.queries import Case
from portal.visits.rules import RESULTS


def _members(team: Sequence[Mapping[str, Any]], lead: int | None) -> tuple[TeamMember, ...]:
    return tuple(
        TeamMember(
            name=one["name"],
            title=one["title"],
            task="Trưởng đoàn" if lead is not None and one["account"] == lead else "Thành viên",
        )
        for one in team
    )


def letter(case: Case, office: Office) -> VisitLetter:
    """Return Thông báo kiểm tra thực tế; before it is issued it is a preview without a number."""
    row = case.visit
    return VisitLetter(
        letterhead=office.letterhead(row.number or None, row.dated),
        signature=Signature(
            title=row.signer_title or None,
            signer_name=row.signer or None,
            authority_lines=acting_for(row.signer_title),
        ),
        year=case.dossier.year,
        tier=office.tier,
        recipients=("Như trên", "Thành viên đoàn kiểm tra", "Lưu: VT"),
        specimen=office.specimen,
        signed=bool(row.number),
        issued=row.told_at if row.number else None,
        unit_name=case.unit.name,
        starts_at=row.starts_at.astimezone(words.ZONE),
        venue=row.venue,
        lead=row.lead_name,
        members=_members(row.team, row.lead_account),
        purpose=row.purpose,
    )


def minutes(case: Case, office: Office) -> VisitMinutes | None:
    """Return Biên bản kiểm tra thực tế from what was frozen, None before."""
    row, frozen = case.visit, case.visit.frozen
    if frozen is None:
        return None
    begin, end = (datetime.fromisoformat(one).astimezone(words.ZONE) for one in frozen["held"])
    looked = [item for item in frozen["items"] if item["result"] != "not_looked" or item["note"]]
    number, dated = frozen["letter"]
    said = f"số {number} ngày {words.day(date.fromisoformat(dated))}" if number and dated else ""
    return VisitMinutes(
        letterhead=office.letterhead("……/BB", begin.date()),
        signature=Signature(title="Trưởng đoàn", signer_name=frozen["lead"]),
        year=frozen["year"],
        tier=office.tier,
        recipients=(frozen["unit"]["name"], "Lưu: VT"),
        content_hash=row.content_hash[:12].upper(),
        specimen=office.specimen,
        signed=row.state == "closed",
        issued=row.closed_at,
        unit_name=frozen["unit"]["name"],
        letter_number=said,
        held_from=begin,
        held_until=end,
        venue=frozen["venue"],
        lead=frozen["lead"],
        members=_members(frozen["team"], row.lead_account),
        present=frozen["present"],
        items=tuple(
            LookedAt(
                code=item["code"],
                title=item["title"],
                value=item["value"],
                result=RESULTS[item["result"]][0],
                note=item["note"],
                photos=len(item["photos"]),
            )
            for item in looked
        ),
        not_looked=tuple(item["code"] for item in frozen["items"] if item not in looked),
        summary=frozen["summary"],
        requests=frozen["requests"],
        opinion=frozen["opinion"],
        unit_title=case.unit.head_title,
        unit_signer=row.unit_signed_by or case.unit.head_name,
        lead_signed=words.moment(row.district_signed_at) if row.district_signed_at else "",
        unit_signed=words.moment(row.unit_signed_at) if row.unit_signed_at else "",
        refusal=row.refused_reason,
    )
