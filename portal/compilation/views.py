"""Pages of the provincial report: its editions of a year, one edition to write, lock and sign; tables stand beside."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template, request

from portal import clock
from portal.cycle.queries import years
from portal.province.queries import cycle_shown
from portal.reports.narrative import which_edition
from portal.reports.skeleton import rendered
from portal.typed import VersionedForm
from portal.web import back_to
from tenants.access import may, signed_in
from tenants.database import db
from tenants.refusal import Refused
from tenants.rights import Right, refusal

from . import narrative, operations, queries, rules, table_views
from .blueprint import blueprint, report_here
from .forms import ExplainForm, NarrativeForm, SigningForm
from .models import ProvincialReport
from .table_views import NAMES, spot_link

__all__ = ["blueprint", "table_views"]


@blueprint.get("/tinh/tong-hop")
@may(Right.SEE_PROVINCE)
def index() -> Any:
    """The editions of a year, which districts are in, and the way to begin or go on."""
    cycle = cycle_shown(request.args.get("nam", ""))
    if cycle is None:
        return render_template("province/no_year.html")
    now, editions = queries.now_of(cycle.year), queries.editions_of(cycle.year)
    latest = editions[0] if editions else None
    newer = queries.newer_than(queries.compiled_sheet(latest), now) if latest else ()
    compiles = refusal(signed_in(), Right.COMPILE_REPORT) is None
    return render_template(
        "compilation/index.html",
        cycle=cycle,
        years=years(),
        now=now,
        editions=editions,
        newer=newer,
        states=queries.STATES,
        which_edition=which_edition,
        may_begin=compiles
        and bool(now.accepted)
        and (latest is None or latest.state == "table" or (latest.state == "signed" and bool(newer))),
        unconfirmed=narrative.UNCONFIRMED,
    )


@blueprint.post("/tinh/tong-hop")
@may(Right.COMPILE_REPORT)
def begin() -> Any:
    """Add up the accepted reports of a year: a new edition, or the draft's figures again."""
    year = request.form.get("year", "")
    cycle = cycle_shown(year)
    if cycle is None or str(cycle.year) != year:
        abort(404)
    made = operations.compile_report(signed_in(), cycle.year)
    sentence = f"Đã tổng hợp từ {made.accepted}/{made.districts} báo cáo huyện."
    return back_to("compilation.show", sentence, report_id=made.id)


@blueprint.get("/tinh/tong-hop/<int:report_id>")
@may(Right.SEE_PROVINCE)
def show(report_id: int) -> Any:
    """One edition: where it stands, the rules, the words, its tables."""
    return _show(report_here(report_id))


def _show(
    report: ProvincialReport,
    form: NarrativeForm | None = None,
    explaining: ExplainForm | None = None,
    signing: SigningForm | None = None,
) -> Any:
    identity, version = signed_in(), str(report.version)
    sheet, now = queries.compiled_sheet(report), queries.now_of(report.year)
    writes = refusal(identity, Right.COMPILE_REPORT) is None
    signs = report.state == "locked" and refusal(identity, Right.SIGN_PROVINCE_REPORT) is None
    if report.state == "draft" and writes:
        form = form or NarrativeForm(formdata=None, data={**report.narrative, "version": version})
        explaining = explaining or ExplainForm(
            formdata=None, data={**report.explanations, "version": version}
        )
    if signs and signing is None:
        signing = SigningForm(
            formdata=None, version=version, dated=clock.today(), signer=identity.full_name, signer_title=""
        )
    faults = [one for one in (form, explaining, signing) if one is not None and one.errors]
    page = render_template(
        "compilation/show.html",
        report=report,
        sheet=sheet,
        editions=queries.editions_of(report.year),
        states=queries.STATES,
        which_edition=which_edition,
        checks=queries.checks_of(report, sheet, now),
        newer=queries.newer_than(sheet, now),
        changes=queries.changes_since(report, sheet),
        link_of=lambda spot: spot_link(report, spot),
        names=NAMES,
        hints={s.key: rendered(s.hint, sheet.fields) for s in narrative.SECTIONS if s.key},
        fields=[(name, what, sheet.fields.get(name, "–")) for name, what in narrative.FIELDS.items()],
        empty=narrative.SKELETON.empty(report.narrative),
        form=form,
        explaining=explaining,
        signing=signing,
        writes=writes,
        unconfirmed=narrative.UNCONFIRMED,
    )
    return page, (422 if faults else 200)


def _refused(report_id: int, refused: Refused, **forms: Any) -> Any:
    """Show the report again with everything typed and the sentence; nothing of the attempt stays."""
    db.session.rollback()
    report = report_here(report_id)
    if report.state != ("locked" if "signing" in forms else "draft"):
        raise refused
    for form in forms.values():
        form.form_errors.append(refused.sentence)
    page, _ = _show(report, **forms)
    return page, refused.status


@blueprint.post("/tinh/tong-hop/<int:report_id>/loi")
@may(Right.COMPILE_REPORT)
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
    return back_to("compilation.show", "Đã lưu phần lời.", report_id=report_id)


@blueprint.post("/tinh/tong-hop/<int:report_id>/giai-trinh")
@may(Right.COMPILE_REPORT)
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
    return back_to("compilation.show", "Đã lưu giải trình.", report_id=report_id)


def _seen() -> int:
    form = VersionedForm()
    if not form.validate():
        raise Refused(next(iter(form.errors.values()))[0], 422)
    return form.seen


@blueprint.post("/tinh/tong-hop/<int:report_id>/khoa")
@may(Right.COMPILE_REPORT)
def lock(report_id: int) -> Any:
    """Lock figures and words."""
    operations.lock(signed_in(), report_here(report_id), _seen())
    return back_to(
        "compilation.show", "Đã khóa. Quản trị tỉnh ghi số, ngày, người ký rồi ký.", report_id=report_id
    )


@blueprint.post("/tinh/tong-hop/<int:report_id>/mo-khoa")
@may(Right.COMPILE_REPORT)
def unlock(report_id: int) -> Any:
    """Open a locked report again."""
    operations.unlock(signed_in(), report_here(report_id), _seen())
    return back_to("compilation.show", "Đã mở khóa; sửa được phần lời và giải trình.", report_id=report_id)


@blueprint.post("/tinh/tong-hop/<int:report_id>/ky")
@may(Right.SIGN_PROVINCE_REPORT)
def sign(report_id: int) -> Any:
    """Sign the report."""
    report, form = report_here(report_id), SigningForm()
    if not form.validate_on_submit():
        return _show(report, signing=form)
    try:
        operations.sign(
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
    return back_to("compilation.show", "Đã ký báo cáo tỉnh.", report_id=report_id)
