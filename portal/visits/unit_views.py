"""The unit's page of a visit, its opinion and signature; the papers and photos; what other pages show of visits."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, render_template, request

from portal.dossiers.models import Dossier
from portal.evidence.store import store
from portal.papers import building_visits, documents, word
from portal.papers.district import office
from portal.papers.views import file_name, shown
from portal.web import back_to, download
from tenants.access import found, may, signed_in
from tenants.database import db
from tenants.refusal import Refused
from tenants.rights import Right, refusal
from tenants.scope import ScopeKind, current_scope

from . import minutes, queries, rules
from .blueprint import blueprint, case_here
from .forms import OpinionForm
from .models import Visit, VisitPhoto

_TYPES = {b"\xff\xd8": "image/jpeg", b"\x89P": "image/png", b"RI": "image/webp"}


@blueprint.get("/kiem-tra/<int:visit_id>")
@may(Right.SEE_DOSSIER)
def own(visit_id: int) -> Any:
    """The visit as its unit sees it: letter, minutes, the unit's opinion and signature."""
    return _own(visit_id)


def _own(visit_id: int, form: OpinionForm | None = None, status: int = 200) -> Any:
    case = case_here(visit_id)
    row = case.visit
    page = render_template(
        "visits/own.html",
        case=case,
        row=row,
        closed=refusal(signed_in(), Right.SIGN_VISIT),
        form=form or OpinionForm(formdata=None, version=str(row.version), opinion=row.opinion),
        rules=rules,
        minutes=minutes,
    )
    return page, status


@blueprint.post("/kiem-tra/<int:visit_id>")
@may(Right.SIGN_VISIT)
def answer(visit_id: int) -> Any:
    """Keep the unit's opinion, or sign, as `act` says."""
    actor, row, form = signed_in(), case_here(visit_id).visit, OpinionForm()
    signs = request.form.get("act", "") == "sign"
    try:
        if not form.validate():
            raise Refused("", 422)
        if signs:
            minutes.sign_for_unit(actor, row, request.form.get("code", ""), form.seen)
        else:
            minutes.speak(actor, row, form.opinion.data or "", form.seen)
    except Refused as refused:
        if refused.status in (403, 404) or signs:
            raise
        db.session.rollback()
        if refused.sentence:
            form.form_errors.append(refused.sentence)
        return _own(visit_id, form, refused.status)
    said = "Đã ký biên bản." if signs else "Đã ghi ý kiến vào biên bản."
    return back_to("visits.own", said, visit_id=visit_id)


@blueprint.get("/van-ban/kiem-tra/<int:tenant_id>/<int:visit_id>/<name>.<ext>")
@may(Right.READ_PAPERS)
def paper(tenant_id: int, visit_id: int, name: str, ext: str) -> Response:
    """The letter or the minutes of a visit, as PDF to look at or DOCX; to the province once they are closed."""
    case = found(queries.case_of(tenant_id, visit_id))
    row, in_district = case.visit, _in(ScopeKind.DISTRICT)
    if ext not in ("pdf", "docx") or (name == "thong-bao" and not row.number and not in_district):
        abort(404)
    if name == "thong-bao":
        page = documents.visit_letter(building_visits.letter(case, office(tenant_id)))
    elif name == "bien-ban" and _minutes_shown(row):
        page = documents.visit_minutes(found(building_visits.minutes(case, office(tenant_id))))
    else:
        abort(404)
    stem = {"thong-bao": "Thong-bao-kiem-tra", "bien-ban": "Bien-ban-kiem-tra"}[name]
    called = file_name(stem, case.unit.code, case.dossier.year)
    if ext == "docx":
        return download(page.docx(), f"{called}.docx", word.MEDIA_TYPE)
    return shown(page, called)


@blueprint.get("/van-ban/kiem-tra/<int:tenant_id>/<int:visit_id>/anh/<sha256>")
@may(Right.READ_EVIDENCE)
def picture(tenant_id: int, visit_id: int, sha256: str) -> Response:
    """A photo of a visit: to the district always, to everybody else once it stands in minutes they may read."""
    row: Visit = found(queries.case_of(tenant_id, visit_id)).visit
    in_minutes = (
        row.frozen is not None
        and _minutes_shown(row)
        and any(sha256 in item["photos"] for item in row.frozen["items"])
    )
    taken: list[VisitPhoto] = []
    if _in(ScopeKind.DISTRICT):
        taken = [one for photos in queries.photos_of(row).values() for one in photos if one.sha256 == sha256]
    if not in_minutes and not taken:
        abort(404)
    with store().open(row.tenant_id, sha256) as content:
        body = content.read()
    kind = _TYPES.get(body[:2], "image/jpeg")
    return download(body, f"anh-{sha256[:8]}.{kind.rpartition('/')[2]}", kind, inline=True)


def _minutes_shown(row: Visit) -> bool:
    """Return whether the scope reads the minutes: both sides at once, to sign them; the province when that is done."""
    return row.state == "closed" or not _in(ScopeKind.PROVINCE)


def _in(kind: ScopeKind) -> bool:
    scope = current_scope()
    return scope is not None and scope.kind is kind


def visits_of_own_unit() -> list[Visit]:
    """Return the visits of the unit acted in that are not over, the latest first; [] outside a unit."""
    scope = current_scope()
    if scope is None or scope.kind is not ScopeKind.UNIT:
        return []
    return [one for one in queries.visits_of_unit(scope.tenant_id, scope.unit_id) if one.state in rules.OPEN]


def waiting_visits() -> int:
    """Return how many visits of the district are not over; 0 in any other scope."""
    scope = current_scope()
    return queries.coming(scope.tenant_id) if scope is not None and scope.kind is ScopeKind.DISTRICT else 0


def observed_at(dossier: Dossier) -> Any:
    """Return, by indicator, what closed visits saw for a dossier."""
    return queries.observations_of(dossier)


def visit_words(row: Visit) -> tuple[str, str]:
    """Return the word and tone of where a visit stands."""
    return rules.STATES[row.state]


for _shown in (visits_of_own_unit, waiting_visits, observed_at, visit_words):
    blueprint.add_app_template_global(_shown)
