"""The district's pages of its report: the years, one report, its lists, and the rows behind every figure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, render_template, request, url_for

from portal import clock, words
from portal.cycle.queries import cycle_of
from portal.cycle.rules import time_left
from portal.figures.queries import LISTED, rows_behind
from portal.figures.tables import BESIDE, COLUMNS, HEADS, Row
from portal.units.models import Unit
from portal.web import Page, back_to, listing, paginate
from tenants.access import found, may, signed_in
from tenants.database import db
from tenants.refusal import Refused
from tenants.rights import Right, refusal

from . import narrative, operations, queries, reopening, rules
from .forms import ExplainForm, NarrativeForm, ReopeningForm, SigningForm, VersionedForm
from .models import DistrictReport

blueprint = Blueprint("reports", __name__)


def tenant_here() -> int:
    """Return the district the signed-in person acts in."""
    place = signed_in().place
    assert place is not None
    return place.tenant_id


def report_here(report_id: int) -> DistrictReport:
    """Return a report of the district, or answer 404."""
    row: DistrictReport = found(queries.report_of(tenant_here(), report_id))
    return row


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
    faults = [one for one in (form, explaining, signing, asking) if one is not None and one.errors]
    page = render_template(
        "reports/show.html",
        report=report,
        state_words=words.REPORT_STATES[queries.standing(report, answer)],
        answer=answer,
        asked=asked if asked is not None and asked.verdict == "returned" else None,
        point_place=rules.point_place,
        figures=figures,
        checks=checks,
        sections=queries.printed_sections(report, figures),
        hints={s.key: narrative.rendered(s.hint, values) for s in narrative.SECTIONS if s.key},
        fields=[(name, what, values[name]) for name, what in narrative.FIELDS.items()],
        empty=queries.empty_sections(report.narrative),
        changes=queries.changes_since(report, figures),
        editions=[(r, words.REPORT_STATES[queries.standing(r, a)]) for r, a in editions],
        cycle=cycle,
        left=time_left(cycle.report_before, clock.now()),
        past=cycle.report_before <= clock.today(),
        heads=HEADS,
        columns=COLUMNS,
        url_of=_urls(report),
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


def _urls(report: DistrictReport) -> Callable[[Row, str], str]:
    """Return what makes the address of the rows behind a figure of a row of Biểu 01."""

    def url_of(row: Row, figure: str) -> str:
        if figure not in LISTED or not figure:
            return ""
        kind = row.order if row.role == "subtotal" else (row.kinds[0] if row.kinds else None)
        public = None if row.public is None else ("yes" if row.public else "no")
        return url_for("reports.rows", report_id=report.id, figure=figure, kind=kind, public=public)

    return url_of


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
    texts = {key: form[key].data or "" for key in narrative.KEYS}
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
    return back_to("reports.show", "Đã gửi đề nghị; Sở trả lời thì huyện được báo.", report_id=report_id)


@blueprint.get("/huyen/bao-cao/<int:report_id>/danh-sach")
@may(Right.SEE_DISTRICT)
def lists(report_id: int) -> Any:
    """Biểu 02 and Biểu 03 of a report, a page at a time."""
    report = report_here(report_id)
    figures = queries.figures_of(report)
    asked = listing(("order",), filters={"bieu": ("02", "03"), "kind": tuple(words.UNIT_KINDS)})
    which = asked.filters["bieu"] or "02"
    rows: list[Any] = list(figures.recognised if which == "02" else figures.not_recognised)
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
        page=_page(rows, asked.number),
        listing=asked,
        tabs=[
            ("Biểu 02: được công nhận", asked.url(bieu="02"), counts["02"], which == "02"),
            ("Biểu 03: không công nhận", asked.url(bieu="03"), counts["03"], which == "03"),
        ],
        kinds=[(code, kind.short) for code, kind in words.UNIT_KINDS.items()],
    )


def _page(rows: list[Any], number: int, per_page: int = 25) -> Page:
    number = min(number, max(1, -(-len(rows) // per_page)))
    return Page(rows[(number - 1) * per_page : number * per_page], len(rows), number, per_page)


@blueprint.get("/huyen/bao-cao/<int:report_id>/so-lieu")
@may(Right.SEE_DISTRICT)
def rows(report_id: int) -> Any:
    """The units behind one figure of Biểu 01, as the data stand now."""
    report = report_here(report_id)
    groups = tuple(words.KIND_GROUPS)
    asked = listing(
        ("name",),
        filters={"figure": LISTED, "kind": (*words.UNIT_KINDS, *groups), "public": ("yes", "no")},
    )
    figure, kind, public = (asked.filters[name] for name in ("figure", "kind", "public"))
    figure = figure or "units"
    inside = [k.code for k in words.UNIT_KINDS.values() if k.code == kind or k.group.split(".")[0] == kind]
    statement = rows_behind(
        report.year,
        figure,
        tenant_id=report.tenant_id,
        kinds=inside if kind else (),
        public={"yes": True, "no": False}.get(public),
    )
    if asked.q:
        statement = statement.where(Unit.name_folded.contains(words.fold(asked.q), autoescape=True))
    figures = queries.figures_of(report)
    row = next((r for r in figures.rows if _is_row(r, kind, public)), figures.total)
    title = BESIDE.get(figure) or next(c.full_title for c in COLUMNS if c.figure == figure and not c.is_share)
    return render_template(
        "reports/rows.html",
        report=report,
        figures=figures,
        title=title.removesuffix(": số"),
        row=row,
        counted=getattr(row.counts, figure),
        page=paginate(statement, asked.number),
        listing=asked,
        kinds=[
            *((group, name) for group, name in words.KIND_GROUPS.items()),
            *((code, kind.short) for code, kind in words.UNIT_KINDS.items()),
        ],
    )


def _is_row(row: Row, kind: str, public: str) -> bool:
    if row.role == "total":
        return not kind and not public
    if row.role == "part":
        return row.kinds[0] == kind and public == ("yes" if row.public else "no")
    return not public and (row.order == kind if row.role == "subtotal" else row.kinds[0] == kind)
