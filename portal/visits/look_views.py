"""The checklist at the place: one page for the phone, what was seen of an indicator, and its photos.

Forms save by themselves and wait on the phone while there is no line (`saving.js`), photos too (`photos.js`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote

from flask import Response, make_response, render_template, request

from portal import clock, words
from portal.appraisal.rules import value_text
from portal.dossiers.queries import open_sheet
from portal.dossiers.rules import Answer
from portal.evidence.checks import MAX_BYTES, too_large
from portal.typed import lines
from portal.web import back_to, takes, wants_part
from tenants.access import found, may, signed_in
from tenants.database import db
from tenants.refusal import Conflict, Refused
from tenants.rights import Right, refusal

from . import looking, queries, rules
from .blueprint import blueprint, case_here
from .looking import Seen
from .models import VisitCheck
from .queries import Case

MOST_AT_ONCE = MAX_BYTES + 1024 * 1024
PICTURES = ".jpg,.jpeg,.png,.webp"


class Card:
    """One indicator of the checklist: what the unit said, what to look for, what was seen, what is being typed."""

    def __init__(self, finding: Any, row: Any, value: str, explanation: str, files: int) -> None:
        self.finding, self.row, self.value = finding, row, value
        self.explanation, self.files = explanation, files
        self.id, self.code = row.id, row.code
        self.check: VisitCheck | None = None
        self.photos: list[Any] = []
        self.result, self.note, self.version = "not_looked", "", 0
        self.fault, self.clash = "", False

    def stored(self, check: VisitCheck | None) -> Card:
        """Show what is stored."""
        self.check = check
        if check is not None:
            self.result, self.note, self.version = check.result, check.note, check.version
        return self

    def typed(self, seen: Seen) -> Card:
        """Show what was typed in its place."""
        self.result, self.note, self.version = seen.result, seen.note, seen.version
        return self

    @property
    def state(self) -> tuple[str, str]:
        """The word and tone of what is stored."""
        return rules.RESULTS[self.check.result] if self.check else ("Chưa ghi", "idle")


def _cards(case: Case) -> list[Card]:
    sheet = open_sheet(case.dossier)
    rows = {row.id: row for row in sheet.catalogue}
    counts = sheet.profile().headcounts
    checks, photos = queries.checks_of(case.visit), queries.photos_of(case.visit)
    cards = []
    for finding in sheet.unit_side().findings:
        indicator = finding.indicator
        answer = sheet.answers.get(indicator.id)
        if not finding.applies or answer is None:
            continue
        own = Answer(answer.yes, answer.part, answer.grade)
        whole = counts.get(indicator.base or "")
        value = value_text(indicator, own, whole, ratio_only=sheet.dossier.ratio_only)
        files = len(sheet.evidence[indicator.id])
        card = Card(finding, rows[indicator.id], value, answer.explanation, files)
        card.photos = photos.get(indicator.id, [])
        cards.append(card.stored(checks.get(indicator.id)))
    return cards


def _sheet(case: Case, cards: list[Card], status: int = 200) -> Any:
    actor, row = signed_in(), case.visit
    in_team = actor.account_id in {one["account"] for one in row.team}
    page = render_template(
        "visits/sheet.html",
        case=case,
        row=row,
        cards=cards,
        open=row.state in rules.LOOKING and in_team and not refusal(actor, Right.VISIT_UNITS, row),
        in_team=in_team,
        rules=rules,
        pictures=PICTURES,
        max_bytes=MAX_BYTES,
    )
    return page, status


@blueprint.get("/huyen/kiem-tra/<int:visit_id>/phieu")
@may(Right.SEE_DISTRICT)
def sheet(visit_id: int) -> Any:
    """The checklist of a visit, kept on the phone once it was opened."""
    case = case_here(visit_id)
    return _sheet(case, _cards(case))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


@blueprint.post("/huyen/kiem-tra/<int:visit_id>/phieu/<int:indicator_id>")
@may(Right.VISIT_UNITS)
def look(visit_id: int, indicator_id: int) -> Any:
    """Write what was seen of an indicator, or lay two people's entries side by side."""
    case, form = case_here(visit_id), request.form
    choice = form.get("choice", "")
    version = _number(form.get("theirs_version" if choice == "mine" else "version", ""))
    seen = Seen(form.get("result", "")[:20], lines(form.get("note", "")), version)
    sentence, clash, status = "", False, 200
    if choice != "theirs":
        try:
            looking.look(signed_in(), case.visit, indicator_id, seen)
        except Conflict:
            clash, status = True, 409
        except Refused as refused:
            if refused.status in (403, 404):
                raise
            sentence, status = refused.sentence, refused.status
    if status >= 400:
        db.session.rollback()
        case = case_here(visit_id)
    cards = _cards(case)
    card = found(next((one for one in cards if one.id == indicator_id), None))
    if status >= 400:
        card.typed(seen)
        card.fault, card.clash = sentence, clash
    if not wants_part():
        if status >= 400:
            return _sheet(case, cards, status)
        return back_to(
            "visits.sheet",
            f"Đã ghi chỉ tiêu {card.code}.",
            visit_id=visit_id,
            _anchor=f"chi-tieu-{card.code}",
        )
    if choice == "theirs":
        answer = make_response(
            render_template(
                "visits/_card_whole.html",
                card=card,
                row=case.visit,
                open=True,
                rules=rules,
                pictures=PICTURES,
                max_bytes=MAX_BYTES,
            )
        )
        answer.headers["HX-Retarget"] = f"[id='chi-tieu-{card.code}']"
        answer.headers["HX-Reswap"] = "outerHTML"
        return answer
    part = render_template("visits/_looked.html", card=card, saved=status < 400, rules=rules)
    answer = make_response(part, status)
    if status < 400:
        answer.headers["X-Saved-At"] = _hour(clock.now())
    elif status == 409 and sentence:
        answer.headers["X-Message"] = quote(sentence)
    return answer


def _hour(moment: datetime) -> str:
    return f"{moment.astimezone(words.ZONE):%H:%M}"


@blueprint.post("/huyen/kiem-tra/<int:visit_id>/phieu/<int:indicator_id>/anh")
@may(Right.VISIT_UNITS)
@takes(MOST_AT_ONCE)
def photo(visit_id: int, indicator_id: int) -> Any:
    """Keep a photo of an indicator, or take one away; the same photo again is no second one."""
    case, actor = case_here(visit_id), signed_in()
    gone = request.form.get("remove", "")
    if gone:
        row = found(queries.photo_of(case.visit, _number(gone)))
        looking.remove_photo(actor, case.visit, row)
        said = "Đã bỏ ảnh."
    else:
        files = [one for one in request.files.getlist("file") if one.filename]
        if not files:
            raise Refused("Chưa chọn ảnh nào. Xin chọn ảnh rồi gửi.", 422)
        client_id = request.form.get("client_id", "") if len(files) == 1 else ""
        for file in files[: looking.MOST_PHOTOS]:
            content = file.stream.read(MAX_BYTES + 1)
            if len(content) > MAX_BYTES:
                raise too_large(file.filename or "", len(content))
            looking.add_photo(actor, case.visit, indicator_id, client_id, file.filename or "", content)
        said = "Đã gửi ảnh."
    if not wants_part():
        code = next((card.code for card in _cards(case) if card.id == indicator_id), "")
        return back_to("visits.sheet", said, visit_id=visit_id, _anchor=f"chi-tieu-{code}")
    photos = queries.photos_of(case.visit).get(indicator_id, [])
    return Response(
        render_template(
            "visits/_photos.html", photos=photos, row=case.visit, indicator_id=indicator_id, open=True
        )
    )
