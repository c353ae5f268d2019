"""A guest's one page: the indicators of the invitation, each with its answer, explanation and evidence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import flash, make_response, render_template, request, url_for

from portal import clock, words
from portal.dossiers.blueprint import sheet_here
from portal.dossiers.cards import Card, Entry, cards, clash_of, saved_card
from portal.dossiers.forms import Typed
from portal.dossiers.queries import Sheet, dossier_of, open_sheets
from portal.evidence.checks import ACCEPT, ALLOWED, MAX_BYTES
from portal.evidence.file_views import sent_out
from portal.evidence.models import Evidence
from portal.evidence.sending import Sent, let_files_in
from portal.web import back_to, wants_part
from tenants.access import found, may, signed_in, tenant_here
from tenants.database import db
from tenants.refusal import Conflict, Refused
from tenants.rights import Right

from . import giving
from .blueprint import blueprint
from .guests import OUTSIDE, invited, is_invited
from .visits import visit_of

let_files_in(blueprint, "team.give_files")
UPLOAD = {"accept": ACCEPT, "allowed": ALLOWED, "max_bytes": MAX_BYTES}


class GuestAddresses:
    """Where a guest's forms are sent; nothing of the library or of other indicators is offered."""

    parts = ""

    def __init__(self, dossier_id: int) -> None:
        self.dossier_id = dossier_id

    def answer(self, indicator_id: int) -> str:
        """Saving the indicator."""
        return url_for("team.give_answer", dossier_id=self.dossier_id, indicator_id=indicator_id)

    def upload(self, indicator_id: int) -> str:
        """Sending files for the indicator."""
        return url_for("team.give_files", dossier_id=self.dossier_id, indicator_id=indicator_id)

    def unlink(self, indicator_id: int, evidence_id: int) -> str:
        """Untying a file of one's own."""
        return url_for(
            "team.take_away", dossier_id=self.dossier_id, indicator_id=indicator_id, evidence_id=evidence_id
        )

    def choose(self, _indicator_id: int) -> str:
        """The unit's library is not the guest's: there is no way to it."""
        return ""

    def file(self, file: Evidence) -> str:
        """Opening a file of one of the guest's indicators."""
        return url_for("team.given_file", dossier_id=self.dossier_id, evidence_id=file.id)


def _entries(numbers: dict[int, set[int]], entry: Entry | None = None) -> list[tuple[Sheet, list[Card]]]:
    """Return the dossiers a guest is let in to, each with the cards of the invitation and no others."""
    dossiers = [found(dossier_of(tenant_here(), number)) for number in numbers]
    sheets = open_sheets(dossiers)
    return [
        (
            sheets[d.id],
            [
                card
                for card in cards(sheets[d.id], sheets[d.id].unit_side(), entry or Entry())
                if card.id in numbers[d.id]
            ],
        )
        for d in dossiers
    ]


def _numbers() -> dict[int, set[int]]:
    numbers: dict[int, set[int]] = {}
    for one in invited(signed_in()):
        numbers.setdefault(one.dossier_id, set()).add(one.indicator_id)
    return numbers


@blueprint.get("/gop-suc")
@may(Right.CONTRIBUTE)
def shared() -> Any:
    """The indicators the guest is let in to."""
    return _page()


def _page(entry: Entry | None = None, status: int = 200) -> Any:
    page = render_template(
        "team/shared.html",
        entries=_entries(_numbers(), entry),
        visit=visit_of(signed_in()),
        addresses=GuestAddresses,
        upload=UPLOAD,
    )
    return page, status


def _let_in(dossier_id: int, indicator_id: int) -> Sheet:
    """Return the dossier, or refuse: another's row is unknown, another indicator is not the guest's."""
    sheet = sheet_here(dossier_id)
    if not is_invited(signed_in(), dossier_id, indicator_id):
        raise Refused(OUTSIDE, 403)
    return sheet


@blueprint.post("/gop-suc/<int:dossier_id>/chi-tieu/<int:indicator_id>")
@may(Right.CONTRIBUTE)
def give_answer(dossier_id: int, indicator_id: int) -> Any:
    """Save the answer of one indicator, or lay two people's entries side by side."""
    sheet = _let_in(dossier_id, indicator_id)
    indicator = found(next((i for i in sheet.indicators if i.id == indicator_id), None))
    anchor = f"chi-tieu-{indicator.code}"
    typed, choice = Typed.sent(request.form), request.form.get("choice")
    if choice == "theirs":
        return back_to("team.shared", "Đã giữ nội dung đang lưu.", _anchor=anchor)
    if choice == "mine":
        version = request.form.get("theirs_version", "")
        known = version.isascii() and version.isdigit() and len(version) < 10
        typed = replace(typed, version=int(version) if known else 0)
    try:
        content = giving.give_answer(signed_in(), sheet.dossier, indicator_id, typed.given(indicator))
    except ValueError as reason:
        return _answer_refused(dossier_id, indicator_id, typed, str(reason), 422)
    except Conflict as conflict:
        return _answer_refused(dossier_id, indicator_id, typed, "", conflict.status)
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        return _answer_refused(dossier_id, indicator_id, typed, refused.sentence, refused.status)
    if not wants_part():
        return back_to("team.shared", f"Đã lưu chỉ tiêu {indicator.code}.", _anchor=anchor)
    card = saved_card(content, content.unit_side(), indicator_id)
    response = make_response(render_template("team/_saved_card.html", card=card))
    response.headers["X-Saved-At"] = f"{clock.now().astimezone(words.ZONE):%H:%M}"
    return response


def _answer_refused(dossier_id: int, indicator_id: int, typed: Typed, sentence: str, status: int) -> Any:
    db.session.rollback()
    sheet = sheet_here(dossier_id)
    entry = Entry(typed={indicator_id: typed})
    if sentence:
        entry.faults[indicator_id] = sentence
    else:
        finding = next(f for f in sheet.unit_side().findings if f.indicator.id == indicator_id)
        entry.clashes[indicator_id] = clash_of(finding, typed, sheet.answers[indicator_id])
    if not wants_part():
        return _page(entry, status)
    card = next(one for one in cards(sheet, sheet.unit_side(), entry) if one.id == indicator_id)
    return render_template("dossiers/_refused_answer.html", card=card, sheet=sheet), status


@blueprint.post("/gop-suc/<int:dossier_id>/chi-tieu/<int:indicator_id>/minh-chung")
@may(Right.CONTRIBUTE)
def give_files(dossier_id: int, indicator_id: int) -> Any:
    """Take the guest's files in; good ones are kept, bad ones named."""
    sheet = _let_in(dossier_id, indicator_id)
    code = next(row.code for row in sheet.catalogue if row.id == indicator_id)
    sent = Sent(signed_in(), tenant_here())
    taken = giving.give_files(signed_in(), sheet.dossier, indicator_id, sent)
    sent.settle(taken)
    if taken.good:
        flash(f"Đã gắn {len(taken.good)} tệp vào chỉ tiêu {code}.", "ok")
    if taken.refused:
        flash("Không nhận: " + " ".join(taken.refused), "no")
    return back_to("team.shared", _anchor=f"chi-tieu-{code}")


@blueprint.post("/gop-suc/<int:dossier_id>/chi-tieu/<int:indicator_id>/minh-chung/<int:evidence_id>/bo")
@may(Right.CONTRIBUTE)
def take_away(dossier_id: int, indicator_id: int, evidence_id: int) -> Any:
    """Untie a file of one's own."""
    sheet = _let_in(dossier_id, indicator_id)
    code = next(row.code for row in sheet.catalogue if row.id == indicator_id)
    giving.take_away(signed_in(), sheet.dossier, indicator_id, evidence_id)
    return back_to("team.shared", "Đã bỏ minh chứng khỏi chỉ tiêu.", _anchor=f"chi-tieu-{code}")


@blueprint.get("/gop-suc/<int:dossier_id>/minh-chung/<int:evidence_id>")
@may(Right.CONTRIBUTE)
def given_file(dossier_id: int, evidence_id: int) -> Any:
    """Open a file of one of the guest's indicators, as an attachment."""
    sheet = sheet_here(dossier_id)
    file = next(
        (
            file
            for one in invited(signed_in(), dossier_id=dossier_id)
            for file in sheet.evidence[one.indicator_id]
            if file.id == evidence_id
        ),
        None,
    )
    if file is None:
        known = any(one.id == evidence_id for files in sheet.evidence.values() for one in files)
        raise Refused(OUTSIDE, 403 if known else 404)
    return sent_out(file, inline=False)
