"""The data sets of the council's minutes and of the submission to the chairman, from what was frozen or stands now."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from portal import words
from portal.council.rules import OUTCOMES, result_words
from portal.papers.building_decision import annex_row
from portal.papers.data import Attendant, DecisionRow, Letterhead, Signature
from portal.papers.data_council import CouncilMinutes, Discussed, Submission, Voted
from portal.papers.office import Office, acting_for
from portal.recognition.lines import EXCEPTIONS, DecisionSheet

_PLACES = {kind: place for place, kind in enumerate(words.UNIT_KINDS)}
LISTS = ("level_1", "level_2", "refused")


def council_minutes(
    content: Mapping[str, Any], office: Office, code: str = "", closed_at: datetime | None = None
) -> CouncilMinutes:
    """Return Biên bản họp of a meeting from what it says (`portal.council.closing.content_of`)."""
    council, held = content["council"], content["held_at"]
    held_at = datetime.fromisoformat(held).astimezone(words.ZONE) if held else None
    block = tuple(_discussed(unit) for unit in content["block"]["units"])
    singles = tuple(
        _discussed(
            one["unit"],
            _reasons(one),
            tuple(one["abstaining"]),
            _voted(one),
        )
        for one in content["singles"]
    )
    outcomes = [one["outcome"] for one in content["singles"]] + [content["block"]["outcome"]] * len(block)
    presiding = content["presiding"] or ["", "Chủ trì"]
    return CouncilMinutes(
        letterhead=Letterhead(
            superior=office.committee,
            issuer=council["name"].replace(" “", "\n“", 1),
            number="……/BB",
            place=office.seat,
            day=held_at.date() if held_at else None,
        ),
        signature=Signature(title="Chủ trì", signer_name=presiding[0] or None),
        year=content["year"],
        tier=office.tier,
        recipients=(office.chair, "Thành viên dự họp", f"Lưu: {office.office}"),
        content_hash=code[:12].upper() or None,
        specimen=office.specimen,
        signed=bool(code),
        issued=closed_at,
        council=council["name"],
        founded=council["number"],
        founded_day=date.fromisoformat(council["dated"]),
        held_at=held_at,
        venue=content["venue"] or None,
        presiding=presiding[0] or None,
        presiding_as=presiding[1],
        scribe=(content["scribe"] or [""])[0] or None,
        quorum=content["quorum"],
        attendants=tuple(
            Attendant(name=name, title=title, task=duty, present=present, reason=reason)
            for name, title, duty, present, reason in content["members"]
        ),
        block=block,
        block_vote=_voted(content["block"]),
        singles=singles,
        tally=tuple((word, outcomes.count(key)) for key, (word, _) in OUTCOMES.items()),
        discussion=content["discussion"],
        conclusion=content["conclusion"],
    )


def _reasons(one: Mapping[str, Any]) -> tuple[str, ...]:
    wish = ["{} đề nghị xét riêng: {}".format(*one["taken"])] if one["taken"] else []
    return (*one["reasons"], *wish)


def _voted(one: Mapping[str, Any]) -> Voted:
    agree, against, abstain = one["votes"]
    word = OUTCOMES[one["outcome"]][0] if one["outcome"] else ""
    return Voted(agree=agree, against=against, abstain=abstain, outcome=word, note=one["note"])


def _discussed(
    unit: list[Any],
    reasons: tuple[str, ...] = (),
    abstaining: tuple[str, ...] = (),
    voted: Voted | None = None,
) -> Discussed:
    name, kind, asked, proposed = unit
    return Discussed(
        name=name,
        kind=kind,
        requested=f"Mức độ {asked}" if asked else "Không nêu",
        proposed=result_words(proposed)[:1].upper() + result_words(proposed)[1:],
        reasons=reasons,
        abstaining=abstaining,
        voted=voted,
    )


def laid_before(sheet: DecisionSheet, sensitive: Collection[int]) -> dict[str, Any]:
    """Return what a submission says of a draft, as plain values: all its lines, those held back as well.

    The one place where the lists are made; texts and counts come from them.
    """
    lines = (*sheet.level_1, *sheet.level_2, *sheet.refused, *sheet.held)
    of_level = {"level_1": 1, "level_2": 2, "refused": 0}
    lists = {
        key: [
            [one.name, one.kind, one.note]
            for row in sorted(lines, key=lambda row: (_PLACES[row.kind], row.name_sort, row.line_id))
            if row.outcome == of_level[key]
            for one in [annex_row(row, row.unit_id in sensitive)]
        ]
        for key in LISTS
    }
    met: dict[tuple[str, str], int] = {}
    for row in lines:
        if row.council_on is not None:
            key = (row.council, row.council_on.astimezone(words.ZONE).date().isoformat())
            met[key] = met.get(key, 0) + 1
    flags = [
        (label, sum(key in row.flags for row in lines)) for key, label in EXCEPTIONS.items() if key != "held"
    ]
    return {
        **lists,
        "year": sheet.year,
        "meetings": [[*key, count] for key, count in sorted(met.items(), key=lambda one: one[0][1])],
        "uncounselled": sum(row.council_on is None for row in lines),
        "remarks": [[label, count] for label, count in flags if count],
    }


def submission(
    content: Mapping[str, Any],
    office: Office,
    head: Mapping[str, Any] | None = None,
    laid_at: datetime | None = None,
) -> Submission:
    """Return Tờ trình from what was laid before the chairman; without its `head` it is a preview."""
    known = head or {}
    number, dated = known.get("number") or None, known.get("dated")
    title = str(known.get("signer_title") or "")

    def rows(key: str) -> tuple[DecisionRow, ...]:
        return tuple(DecisionRow(name=name, kind=kind, note=note) for name, kind, note in content[key])

    return Submission(
        letterhead=office.letterhead(number, date.fromisoformat(dated) if dated else None),
        signature=Signature(
            title=title or None,
            signer_name=str(known.get("signer") or "") or None,
            authority_lines=acting_for(title),
        ),
        year=content["year"],
        tier=office.tier,
        recipients=("Như trên", f"Lưu: VT, {office.office}"),
        specimen=office.specimen,
        signed=head is not None,
        issued=laid_at,
        addressee=office.chair,
        office=office.full_name,
        place_name=f"trên địa bàn {office.place}",
        level_1=rows("level_1"),
        level_2=rows("level_2"),
        not_recognised=rows("refused"),
        meetings=tuple((name, date.fromisoformat(on), count) for name, on, count in content["meetings"]),
        uncounselled=content["uncounselled"],
        remarks=tuple((label, count) for label, count in content["remarks"]),
    )
