"""Pages of the criteria catalogue: everybody reads it, the province's administrator governs it here."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from flask import render_template

from portal import clock, words
from portal.cycle.operations import announce_year, legal_calendar
from portal.cycle.queries import cycles_of_tiers
from portal.trail.queries import of_acts
from portal.web import back_to
from tenants.access import found, may, signed_in
from tenants.database import db
from tenants.people import PROVINCE_ROLES
from tenants.refusal import Refused
from tenants.rights import Right, refusal

from . import operations, queries, wording
from .blueprint import blueprint
from .drafting import is_draft
from .forms import ConfirmForm, DraftForm, PublishForm, YearForm, confirm_form
from .models import CatalogueIndicator, CriteriaVersion
from .ruling import as_rules


@blueprint.get("/bo-tieu-chi")
@may(Right.READ_CATALOGUE)
def index() -> Any:
    """List the versions and the years they are used in."""
    years = cycles_of_tiers()
    used: dict[int, list[int]] = {}
    for cycle in years:
        used.setdefault(cycle.version_id, []).append(cycle.year)
    versions = queries.versions()
    return render_template(
        "catalogue/index.html",
        versions=versions,
        names={version.id: version.name for version in versions},
        progress=queries.progress(),
        none=queries.Progress(),
        used=used,
        years=years,
        tries=refusal(signed_in(), Right.SEE_PROVINCE) is None,
    )


@blueprint.get("/bo-tieu-chi/<int:version_id>")
@may(Right.READ_CATALOGUE)
def show(version_id: int) -> Any:
    """Show a version: legal wording, explanation, thresholds with their source, and to whom each applies."""
    return version_page(found(queries.version_of(version_id)))


@blueprint.post("/bo-tieu-chi/<int:version_id>/nguong/<int:indicator_id>/<int:level>")
@may(Right.GOVERN_CATALOGUE)
def confirm(version_id: int, indicator_id: int, level: int) -> Any:
    """Put one threshold in force, as read in the document named."""
    version = found(queries.version_of(version_id))
    indicator = found(_indicator(version, indicator_id, level))
    form = confirm_form(indicator, level)
    if not form.validate_on_submit():
        return version_page(version, confirming=(indicator_id, level, form)), 422
    try:
        operations.confirm_threshold(
            signed_in(),
            version,
            indicator,
            level,
            int(form.value.data),
            form.document.data or "",
            seen=form.seen.data,
        )
    except Refused as reason:
        return version_page(version, reason.sentence, confirming=(indicator_id, level, form)), reason.status
    return back_to(
        "catalogue.show",
        f"Đã xác nhận ngưỡng {indicator.code}, mức độ {level}.",
        version_id=version_id,
        _anchor=f"chi-tieu-{indicator.id}",
    )


@blueprint.post("/bo-tieu-chi/<int:version_id>/ban-hanh")
@may(Right.GOVERN_CATALOGUE)
def publish(version_id: int) -> Any:
    """Publish and freeze a version."""
    version = found(queries.version_of(version_id))
    form = PublishForm()
    if not form.validate_on_submit():
        return version_page(version, publishing=form), 422
    operations.publish(signed_in(), version)
    return back_to("catalogue.show", f"Đã ban hành và khóa “{version.name}”.", version_id=version_id)


@blueprint.post("/bo-tieu-chi/<int:version_id>/mo-nam")
@may(Right.GOVERN_CATALOGUE)
def open_year(version_id: int) -> Any:
    """Open an assessment year on this version."""
    version = found(queries.version_of(version_id))
    form = YearForm()
    if not form.validate_on_submit():
        return version_page(version, opening=form), 422
    dates = form.calendar()
    try:
        announce_year(signed_in(), version, dates)
    except Refused as reason:
        return version_page(version, reason.sentence, opening=form), reason.status
    return back_to(
        "catalogue.show", f"Đã mở năm đánh giá {dates.year}.", version_id=version_id, _anchor="nam"
    )


def _indicator(version: CriteriaVersion, indicator_id: int, level: int) -> CatalogueIndicator | None:
    for criterion in version.criteria:
        for indicator in criterion.indicators:
            if indicator.id == indicator_id and any(t.level == level for t in indicator.thresholds):
                return indicator
    return None


def version_page(
    version: CriteriaVersion,
    fault: str = "",
    *,
    confirming: tuple[int, int, ConfirmForm] | None = None,
    publishing: PublishForm | None = None,
    opening: YearForm | None = None,
    drafting: DraftForm | None = None,
) -> str:
    """Render a version; what the administrator was doing is shown again with all that was typed."""
    actor = signed_in()
    governs = refusal(actor, Right.GOVERN_CATALOGUE) is None and version.scale == "levels"
    rows = [indicator for criterion in version.criteria for indicator in criterion.indicators]
    levels = version.scale == "levels"
    rules = as_rules(rows) if levels else ()
    kinds = [*words.kinds_of(version.scope)]
    lines = {row.id: [wording.threshold_line(row, t) for t in row.thresholds] for row in rows}
    years = [cycle for cycle in cycles_of_tiers() if cycle.tier == version.scope]
    return render_template(
        "catalogue/show.html",
        edition=version,
        lines=lines,
        measures=wording.MEASURES,
        rules=rules,
        for_whom={rule.id: wording.for_whom(rule, kinds) for rule in rules},
        matrix=wording.matrix(rules, kinds) if levels else [],
        progress=queries.progress().get(version.id, queries.Progress()),
        years=[cycle for cycle in years if cycle.version_id == version.id],
        tries=levels and refusal(actor, Right.SEE_PROVINCE) is None,
        governs=governs and version.frozen_at is None,
        opens=governs and not is_draft(version),
        dated=bool(version.settings.get("deadlines")),
        edits=governs and is_draft(version),
        base=db.session.get(CriteriaVersion, version.drafted_from) if version.drafted_from else None,
        drafting=(drafting or DraftForm(formdata=None)) if governs else None,
        drafting_now=drafting is not None,
        confirming=_confirm_forms(rows, lines, confirming) if governs and version.frozen_at is None else {},
        confirming_now=confirming[:2] if confirming else None,
        publishing=publishing or PublishForm(formdata=None),
        opening=opening or _next_year(version, years),
        opening_now=opening is not None,
        fault=fault,
        side=_side(rows, lines),
        trail=_trail(version) if actor.here.role in PROVINCE_ROLES else [],
    )


def _side(
    rows: list[CatalogueIndicator], lines: dict[int, list[wording.ThresholdLine]]
) -> list[tuple[str, str, str, str, bool]]:
    """Return the list at the side: every indicator, with how many of its thresholds wait."""
    items = []
    for row in rows:
        left = sum(not line.confirmed for line in lines[row.id])
        made_up = any(line.row.illustrative for line in lines[row.id])
        word = f"chờ {left}" if left else "Minh họa" if made_up else "Có hiệu lực" if lines[row.id] else ""
        tone = "wait" if left or made_up else "ok"
        items.append((f"{row.code} {row.title}", f"#chi-tieu-{row.id}", word, tone, False))
    return items


def _confirm_forms(
    rows: list[CatalogueIndicator],
    lines: dict[int, list[wording.ThresholdLine]],
    now: tuple[int, int, ConfirmForm] | None,
) -> dict[tuple[int, int], ConfirmForm]:
    forms = {}
    for row in rows:
        for line in lines[row.id]:
            level = line.row.level
            seen = operations.confirmation_mark(line.row)
            forms[row.id, level] = confirm_form(
                row, level, formdata=None, data={"value": line.typed, "seen": seen}
            )
    if now is not None:
        forms[now[0], now[1]] = now[2]
    return forms


def _next_year(version: CriteriaVersion, years: list[Any]) -> YearForm | None:
    if version.scale != "levels":
        return None
    year = max((cycle.year for cycle in years), default=clock.today().year - 1) + 1
    legal = legal_calendar(year, version)
    return YearForm(
        formdata=None,
        data=asdict(legal) if legal else {"year": year, "opens_on": date(year, 1, 1)},
    )


def _trail(version: CriteriaVersion) -> list[Any]:
    actor = signed_in()
    entries = of_acts(actor.here.tenant_id, "catalogue.", limit=200)
    return [entry for entry in entries if entry.detail.get("version") == version.key][:12]
