"""What the pages of a dossier show: the whole form, and the parts that change after one save."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import make_response, render_template, url_for
from flask.typing import ResponseReturnValue

from portal import clock, words
from portal.cycle.queries import calendar_of
from portal.cycle.rules import is_late, time_left
from portal.evidence.checks import ACCEPT, ALLOWED, MAX_BYTES
from portal.team.queries import holders_of
from portal.trail.queries import of_dossier

from .cards import Card, Clash, Entry, UnitAddresses, by_criterion, cards, counts, lock_of
from .content import Content
from .forms import LetterForm, MemberForm, PartForm, TeamForm, TextsForm, TypedCount
from .models import Dossier, State
from .queries import Sheet
from .rules import LEVELS, Assessment, Outcome
from .signature import mark_of
from .tracking import state_of, whereabouts
from .wording import DUTIES, criteria_tally, gap_rows, next_level, verdict_words


@dataclass(frozen=True, slots=True)
class PartKind:
    """A part of the dossier as a form: its name in addresses, columns, and the part a request unlocks."""

    name: str
    part: str
    form: type[PartForm]
    columns: tuple[str, ...]


PARTS = {
    kind.name: kind
    for kind in (
        PartKind("to-danh-gia", "team_member", TeamForm, ("team_number", "team_date")),
        PartKind("nhan-dinh", "texts", TextsForm, ("strengths", "weaknesses", "plan")),
        PartKind("muc-do", "letter", LetterForm, ("requested_level", "letter_number", "letter_date")),
    )
}


@dataclass(frozen=True, slots=True)
class Part:
    """A part as its card shows it."""

    kind: PartKind
    form: PartForm
    seen: str
    lock: str
    clash: Clash | None = None


@dataclass(frozen=True, slots=True)
class TypedPoint:
    """The answer to a point of the supplement request as its input holds it."""

    text: str
    seen: str
    fault: str = ""
    clash: Clash | None = None


@dataclass
class Refusal:
    """What one request typed into the form and could not save."""

    entry: Entry = field(default_factory=Entry)
    counts: dict[str, TypedCount] = field(default_factory=dict)
    count_faults: list[str] = field(default_factory=list)
    count_clashes: dict[str, Clash] = field(default_factory=dict)
    parts: dict[str, tuple[PartForm, Clash | None]] = field(default_factory=dict)
    points: dict[int, TypedPoint] = field(default_factory=dict)
    member: MemberForm | None = None


def stands(dossier: Dossier, kind: PartKind) -> dict[str, Any]:
    """Return the columns of a part as they are stored."""
    return {name: getattr(dossier, name) for name in kind.columns}


def part_form(kind: PartKind, dossier: Dossier) -> PartForm:
    """Return the form of a part filled with what is stored."""
    values = stands(dossier, kind)
    level = values.get("requested_level")
    if "requested_level" in values:
        values["requested_level"] = str(level) if level else None
    return kind.form(formdata=None, data=values, prefix=f"{kind.name}-")


def part_words(kind: PartKind, values: Mapping[str, Any]) -> str:
    """Say a part as one text, to lay two versions side by side."""
    labels = {f.short_name: f.label.text for f in kind.form(formdata=None, meta={"csrf": False})}
    lines = []
    for name in kind.columns:
        value = values[name]
        text = "" if value is None else str(value) if isinstance(value, (str, int)) else words.day(value)
        lines.append(f"{labels[name]}: {text or '(trống)'}")
    return "\n".join(lines)


def parts(sheet: Sheet, refused: Refusal) -> dict[str, Part]:
    """Return the parts of the form."""
    found = {}
    for name, kind in PARTS.items():
        form, clash = refused.parts.get(name, (None, None))
        found[name] = Part(
            kind,
            form or part_form(kind, sheet.dossier),
            mark_of(stands(sheet.dossier, kind)),
            lock_of(sheet, part=kind.part),
            clash,
        )
    return found


def points(sheet: Sheet, refused: Refusal) -> dict[int, TypedPoint]:
    """Return the answers to the open points, as stored or as just typed."""
    return {
        point.id: refused.points.get(point.id) or TypedPoint(point.answer, mark_of({"answer": point.answer}))
        for point in sheet.open_points()
    }


def past_due(sheet: Content) -> str:
    """Return what it means that the day to file passed while the dossier is still being written, "" before."""
    if sheet.dossier.state != State.DRAFT or not is_late(sheet.cycle.submit_before, clock.now()):
        return ""
    return (
        f"Đã qua hạn nộp (trước ngày {words.day(sheet.cycle.submit_before)}). Vẫn nhập và nộp được; hồ sơ sẽ ghi là "
        f"nộp muộn và {calendar_of(sheet.cycle).office} quyết định có nhận hay không."
    )


def side(sheet: Content, assessment: Assessment) -> dict[str, Any]:
    """Return what stands beside the form: verdicts, criteria, and the gaps of the next level."""
    titles = list(dict.fromkeys((row.criterion.number, row.criterion.title) for row in sheet.catalogue))
    applying = [f for f in assessment.findings if f.applies]
    missing = [f for f in applying if any(o is Outcome.MISSING for o in f.outcomes.values())]
    gaps = gap_rows(assessment)
    return {
        "verdicts": [verdict_words(assessment, level) for level in LEVELS],
        "tally": criteria_tally(assessment, titles),
        "gaps": gaps,
        "gap_level": next_level(assessment),
        "entered": len(applying) - len(missing),
        "applying": len(applying),
        "following": missing[0].indicator.code if missing else gaps[0][0] if gaps else "",
        "past_due": past_due(sheet),
    }


_CLASH = "Có người vừa sửa mục này; xin chọn nội dung giữ lại."


def _stopped(refused: Refusal, made: Sequence[Card]) -> list[tuple[str, str]]:
    """Return the place in the page and the sentence of what could not be saved: without script the page begins anew."""
    found = [
        (
            card.anchor,
            sentence
            if sentence.startswith(f"Chỉ tiêu {card.row.code}: ")
            else f"Chỉ tiêu {card.row.code}: {sentence}",
        )
        for card in made
        for sentence in (card.fault, card.clash and _CLASH, card.asking[1])
        if sentence
    ]
    counts = [*refused.count_faults, *([_CLASH] if refused.count_clashes else [])]
    found += [("so-lieu", f"Số liệu nền: {sentence}") for sentence in counts]
    for name, (form, clash) in refused.parts.items():
        said = words.DOSSIER_PARTS[PARTS[name].part]
        wrong = [errors[0] for errors in form.errors.values()] + ([_CLASH] if clash else [])
        found += [(name, f"{said}: {sentence}") for sentence in wrong]
    return found


def form_page(sheet: Sheet, refused: Refusal | None = None, status: int = 200) -> ResponseReturnValue:
    """Return the whole form of a dossier; a refused entry comes back with everything typed."""
    refused = refused or Refusal()
    assessment = sheet.unit_side()
    where = whereabouts(sheet)
    made = cards(sheet, assessment, refused.entry)
    page = render_template(
        "dossiers/show.html",
        sheet=sheet,
        dossier=sheet.dossier,
        state_words=state_of(sheet.dossier),
        where=where,
        left=time_left(where.due, clock.now()) if where.due else "",
        groups=by_criterion(made),
        stopped=_stopped(refused, made),
        counts=counts(sheet, refused.counts, refused.count_clashes),
        counts_lock=lock_of(sheet, part="headcount"),
        count_faults=refused.count_faults,
        parts=parts(sheet, refused),
        points=points(sheet, refused),
        member=refused.member or MemberForm(formdata=None, prefix="thanh-vien-"),
        at=UnitAddresses(sheet.dossier.id),
        trail=of_dossier(sheet.dossier.tenant_id, sheet.dossier.id, 12, moves=True),
        upload={"accept": ACCEPT, "allowed": ALLOWED, "max_bytes": MAX_BYTES},
        duties=DUTIES,
        holders=holders_of(sheet),
        paper=paper_address(sheet.dossier),
        **side(sheet, assessment),
    )
    return page, status


def paper_address(dossier: Dossier) -> Callable[[str], str]:
    """Return the way from the name of a paper to its address."""
    return lambda name: url_for(
        "papers.document", tenant_id=dossier.tenant_id, dossier_id=dossier.id, name=name
    )


def card_of(sheet: Sheet, indicator_id: int, entry: Entry | None = None) -> tuple[Card, Assessment]:
    """Return one card with the assessment it was judged in."""
    assessment = sheet.unit_side()
    made = cards(sheet, assessment, entry or Entry())
    return next(card for card in made if card.id == indicator_id), assessment


def saved_part(template: str, sheet: Content, assessment: Assessment, **values: Any) -> ResponseReturnValue:
    """Return what htmx swaps after a save: the part itself, the verdicts and gaps beside it, the time."""
    response = make_response(
        render_template(
            template,
            sheet=sheet,
            dossier=sheet.dossier,
            at=UnitAddresses(sheet.dossier.id),
            upload={"accept": ACCEPT, "allowed": ALLOWED, "max_bytes": MAX_BYTES},
            **side(sheet, assessment),
            **values,
        )
    )
    response.headers["X-Saved-At"] = f"{clock.now().astimezone(words.ZONE):%H:%M}"
    return response
