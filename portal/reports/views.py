"""The district's pages of its report: the years, one report, Biểu 02 and 03; tables and rows stand beside."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from portal import clock, words
from portal.cycle.queries import cycle_of
from portal.cycle.rules import time_left
from portal.figures.tables import COLUMNS, HEADS
from portal.typed import VersionedForm
from portal.web import back_to, kinds_here, listing, office_here, page_of
from tenants.access import found, may, signed_in, tenant_here
from tenants.database import db
from tenants.refusal import Refused
from tenants.rights import Right, refusal

from . import narrative, operations, queries, reopening, row_views, rules
from .annex_views import NAMES, row_urls, spot_links
from .blueprint import blueprint, report_here

__all__ = ["blueprint", "row_views"]
from .forms import ExplainForm, NarrativeForm, ReopeningForm, SigningForm
from .models import DistrictReport
from .points import at_table, marked_cells
from .skeleton import rendered


@blueprint.get("/huyen/bao-cao")
@may(Right.SEE_DISTRICT)
def index() -> Any:
    """Every year with its report, or the way to begin it."""
    now = clock.now()
    return render_template(
        "reports/index.html",
        years=queries.years_of(tenant_here(), clock.today()),
        time_left=lambda before: time_left(before, now),
        may_write=not refusal(signed_in(), Right.WRITE_REPORT),
    )


@blueprint.post("/huyen/bao-cao")
@may(Right.WRITE_REPORT)
def begin() -> Any:
    """Begin a year's report, or after a return its next edition."""
    typed = request.form.get("year", "")
    if not (typed.isascii() and typed.isdigit() and len(typed) == 4):
        raise Refused("Xin chọn năm báo cáo.", 422)
    report = operations.open_report(signed_in(), int(typed))
    return back_to("reports.show", report_id=report.id)


@blueprint.get("/huyen/bao-cao/<int:report_id>")
@may(Right.SEE_DISTRICT)
def show(report_id: int) -> Any:
    """One report: where it stands, the rules, the words, Biểu 01."""
    return _show(report_here(report_id))


def _show(
    report: DistrictReport,
    form: NarrativeForm | None = None,
    explaining: ExplainForm | None = None,
    signing: SigningForm | None = None,
    asking: ReopeningForm | None = None,
) -> Any:
    identity, version = signed_in(), str(report.version)
    figures = queries.figures_of(report)
    checks = queries.checks_of(report, figures)
    editions = queries.editions(report.tenant_id, report.year)
    answer = next((a for r, a in editions if r.id == report.id), None)
    asked = next((a for r, a in editions if r.edition == report.edition - 1), None)
    may_write = not refusal(identity, Right.WRITE_REPORT)
    may_send = report.state == "locked" and not refusal(identity, Right.SEND_REPORT)
    if report.state == "draft" and may_write:
        form = form or NarrativeForm(formdata=None, data={**report.narrative, "version": version})
        explaining = explaining or ExplainForm(
            formdata=None, data={**report.explanations, "version": version}
        )
    if may_send and signing is None:
        signing = SigningForm(
            formdata=None, version=version, dated=clock.today(), signer=identity.full_name, signer_title=""
        )
    latest = bool(editions) and editions[0][0].id == report.id
    accepted = answer is not None and answer.verdict == "accepted"
    reopenings = queries.reopenings_of(report) if accepted else []
    may_ask = latest and accepted and all(row.granted is False for row in reopenings)
    if may_ask and not refusal(identity, Right.SEND_REPORT):
        asking = asking or ReopeningForm(formdata=None)
    cycle = found(cycle_of(report.year))
    values = figures.fields()
    before = queries.edition_before(report)
    faults = [one for one in (form, explaining, signing, asking) if one is not None and one.errors]
    page = render_template(
        "reports/show.html",
        report=report,
        state_words=words.REPORT_STATES[queries.standing(report, answer)],
        answer=answer,
        asked=asked if asked is not None and asked.verdict == "returned" else None,
        points=queries.points_shown(figures, before, answer, asked),
        marked=marked_cells(queries.points_around(answer, asked), "bieu_01"),
        figures=figures,
        checks=checks,
        sections=queries.printed_sections(report, figures),
        hints={s.key: rendered(s.hint, values) for s in narrative.SECTIONS if s.key},
        fields=[(name, office_here(what), values[name]) for name, what in narrative.FIELDS.items()],
        empty=narrative.SKELETON.empty(report.narrative),
        changes=queries.changes_since(before, figures),
        editions=[(r, words.REPORT_STATES[queries.standing(r, a)]) for r, a in editions],
        cycle=cycle,
        left=time_left(cycle.report_before, clock.now()),
        past=cycle.report_before <= clock.today(),
        heads=HEADS,
        columns=COLUMNS,
        url_of=row_urls(report),
        link_of=spot_links(report),
        names=NAMES,
        form=form,
        explaining=explaining,
        signing=signing,
        may_write=may_write,
        latest=latest,
        asking=asking,
        reopenings=reopenings,
        which_edition=narrative.which_edition,
        follows=latest and queries.may_be_followed(report, answer),
    )
    return page, (422 if faults else 200)


def _refused(report_id: int, refused: Refused, **forms: Any) -> Any:
    """Show the report again with everything typed and the sentence; nothing of the attempt stays."""
    db.session.rollback()
    report = report_here(report_id)
    if "signing" in forms and report.state != "locked":
        raise refused
    for form in forms.values():
        form.form_errors.append(refused.sentence)
    page, _ = _show(report, **forms)
    return page, refused.status


@blueprint.post("/huyen/bao-cao/<int:report_id>/loi")
@may(Right.WRITE_REPORT)
def save(report_id: int) -> Any:
    """Save the words."""
    report, form = report_here(report_id), NarrativeForm()
    if not form.validate_on_submit():
        return _show(report, form=form)
    texts = {key: form[key].data or "" for key in narrative.SKELETON.keys}
    try:
        operations.save_narrative(signed_in(), report, texts, form.seen)
    except Refused as refused:
        return _refused(report_id, refused, form=form)
    return back_to("reports.show", "Đã lưu phần lời.", report_id=report_id)


@blueprint.post("/huyen/bao-cao/<int:report_id>/giai-trinh")
@may(Right.WRITE_REPORT)
def explain(report_id: int) -> Any:
    """Save the explanations of rules that do not hold."""
    report, form = report_here(report_id), ExplainForm()
    if not form.validate_on_submit():
        return _show(report, explaining=form)
    given = {
        rule.code: form[rule.code].data or ""
        for rule in rules.RULES
        if rule.explainable and rule.code in request.form
    }
    try:
        operations.explain(signed_in(), report, given, form.seen)
    except Refused as refused:
        return _refused(report_id, refused, explaining=form)
    return back_to("reports.show", "Đã lưu giải trình.", report_id=report_id)


def _seen() -> int:
    form = VersionedForm()
    if not form.validate():
        raise Refused(next(iter(form.errors.values()))[0], 422)
    return form.seen


@blueprint.post("/huyen/bao-cao/<int:report_id>/khoa")
@may(Right.WRITE_REPORT)
def lock(report_id: int) -> Any:
    """Freeze the figures."""
    operations.lock(signed_in(), report_here(report_id), _seen())
    return back_to("reports.show", "Đã khóa số liệu. Lãnh đạo có thể ký và gửi Sở.", report_id=report_id)


@blueprint.post("/huyen/bao-cao/<int:report_id>/mo-khoa")
@may(Right.WRITE_REPORT)
def unlock(report_id: int) -> Any:
    """Open a locked report again."""
    operations.unlock(signed_in(), report_here(report_id), _seen())
    return back_to("reports.show", "Đã mở khóa; số liệu lại là tạm tính.", report_id=report_id)


@blueprint.post("/huyen/bao-cao/<int:report_id>/gui")
@may(Right.SEND_REPORT)
def send(report_id: int) -> Any:
    """Sign and send the report to the Department."""
    report, form = report_here(report_id), SigningForm()
    if not form.validate_on_submit():
        return _show(report, signing=form)
    try:
        operations.send(
            signed_in(),
            report,
            form.number.data or "",
            form.dated.data,
            form.signer.data or "",
            form.signer_title.data or "",
            form.seen,
        )
    except Refused as refused:
        return _refused(report_id, refused, signing=form)
    return back_to("reports.show", "Đã gửi báo cáo về Sở.", report_id=report_id)


@blueprint.post("/huyen/bao-cao/<int:report_id>/xin-dieu-chinh")
@may(Right.SEND_REPORT)
def ask_reopening(report_id: int) -> Any:
    """Ask the Department to let an accepted report be amended."""
    report, form = report_here(report_id), ReopeningForm()
    if not form.validate_on_submit():
        return _show(report, asking=form)
    try:
        reopening.ask(signed_in(), report, form.reason.data or "")
    except Refused as refused:
        if refused.status != 422:
            raise
        return _refused(report_id, refused, asking=form)
    return back_to("reports.show", "Đã gửi đề nghị; Sở trả lời thì có thông báo ở đây.", report_id=report_id)


@blueprint.get("/huyen/bao-cao/<int:report_id>/danh-sach")
@may(Right.SEE_DISTRICT)
def lists(report_id: int) -> Any:
    """Biểu 02 and Biểu 03 of a report, a page at a time."""
    report = report_here(report_id)
    figures = queries.figures_of(report, whole=False)
    asked = listing(("order",), filters={"bieu": ("02", "03"), "kind": tuple(words.UNIT_KINDS)})
    which = asked.filters["bieu"] or "02"
    rows: list[Any] = list(figures.recognised if which == "02" else figures.not_recognised)
    points = queries.points_on(report)
    counts = {"02": len(figures.recognised), "03": len(figures.not_recognised)}
    if asked.filters["kind"]:
        rows = [row for row in rows if row.kind == asked.filters["kind"]]
    if asked.q:
        wanted = words.fold(asked.q)
        rows = [row for row in rows if wanted in words.fold(row.name)]
    return render_template(
        "reports/lists.html",
        report=report,
        figures=figures,
        which=which,
        page=page_of(rows, asked.number, 25),
        listing=asked,
        marked=marked_cells(points, f"bieu_{which}"),
        pointed=at_table(points, f"bieu_{which}"),
        tabs=[
            ("Biểu 02: được công nhận", asked.url(bieu="02"), counts["02"], which == "02"),
            ("Biểu 03: không công nhận", asked.url(bieu="03"), counts["03"], which == "03"),
        ],
        kinds=[(code, kind.short) for code, kind in kinds_here().items()],
    )
