"""Pages of a drafted version: draft it, reword an indicator, drop it, and any two versions side by side."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from portal import words
from portal.web import back_to
from tenants.access import found, may, signed_in
from tenants.database import db
from tenants.refusal import Refused
from tenants.rights import Right

from . import drafting, queries
from .blueprint import blueprint
from .differences import differences
from .forms import DraftForm, IndicatorForm
from .models import CatalogueIndicator, CriteriaVersion
from .pages import version_page


@blueprint.post("/bo-tieu-chi/<int:version_id>/soan")
@may(Right.GOVERN_CATALOGUE)
def draft(version_id: int) -> Any:
    """Draft a new version from this one."""
    base = found(queries.version_of(version_id))
    form = DraftForm()
    if not form.validate_on_submit() or form.valid_from.day is None:
        return version_page(base, drafting=form), 422
    try:
        made = drafting.draft_version(
            signed_in(), base, form.name.data or "", form.document.data or "", form.valid_from.day
        )
    except Refused as reason:
        return version_page(base, reason.sentence, drafting=form), reason.status
    return back_to("catalogue.show", f"Đã soạn “{made.name}”. Sửa từng chỉ tiêu tại đây.", version_id=made.id)


@blueprint.post("/bo-tieu-chi/<int:version_id>/bo")
@may(Right.GOVERN_CATALOGUE)
def drop(version_id: int) -> Any:
    """Throw a draft away."""
    version = found(queries.version_of(version_id))
    name = version.name
    drafting.drop_draft(signed_in(), version)
    return back_to("catalogue.index", f"Đã bỏ bản soạn “{name}”.")


@blueprint.get("/bo-tieu-chi/<int:version_id>/chi-tieu/<int:indicator_id>")
@may(Right.GOVERN_CATALOGUE)
def indicator(version_id: int, indicator_id: int) -> Any:
    """Show an indicator of a draft to be edited."""
    version, row = _of_draft(version_id, indicator_id)
    applies = row.applies
    form = IndicatorForm(
        formdata=None,
        data={
            "wording": row.wording,
            "explanation": row.explanation,
            "every": applies.get("kinds") is None,
            "kinds": applies.get("kinds") or [],
            "public": {True: "yes", False: "no"}.get(applies.get("public"), ""),  # type: ignore[arg-type]
            "has": applies.get("has") or "",
            "applies_note": row.applies_note,
            "seen": drafting.mark_of(row),
        },
    )
    return _indicator_page(version, row, form.for_kinds(_kinds(version)))


@blueprint.post("/bo-tieu-chi/<int:version_id>/chi-tieu/<int:indicator_id>")
@may(Right.GOVERN_CATALOGUE)
def edit(version_id: int, indicator_id: int) -> Any:
    """Write an indicator of a draft anew."""
    version, row = _of_draft(version_id, indicator_id)
    form = IndicatorForm().for_kinds(_kinds(version))
    if not form.validate_on_submit():
        return _indicator_page(version, row, form), 422
    wanted = drafting.Edit(
        wording=form.wording.data or "",
        explanation=form.explanation.data or "",
        kinds=None if form.every.data else frozenset(form.kinds.data or ()),
        public={"yes": True, "no": False}.get(form.public.data or ""),
        has=form.has.data or None,
        applies_note=form.applies_note.data or "",
        source=form.source.data or "",
    )
    try:
        said = drafting.edit_indicator(signed_in(), version, row, wanted, seen=form.seen.data or "")
    except Refused as reason:
        form.seen.data = drafting.mark_of(row)
        return _indicator_page(version, row, form, reason.sentence), reason.status
    sentence = f"Đã sửa {', '.join(said)} của chỉ tiêu {row.code}." if said else "Không có gì thay đổi."
    return back_to("catalogue.show", sentence, version_id=version.id, _anchor=f"chi-tieu-{row.id}")


def _kinds(version: CriteriaVersion) -> list[str]:
    return list(words.kinds_of(version.scope))


def _of_draft(version_id: int, indicator_id: int) -> tuple[CriteriaVersion, CatalogueIndicator]:
    version = found(queries.version_of(version_id))
    row = db.session.get(CatalogueIndicator, indicator_id)
    if row is None or row.version_id != version.id:
        row = None
    return version, found(row)


def _indicator_page(
    version: CriteriaVersion, row: CatalogueIndicator, form: IndicatorForm, fault: str = ""
) -> str:
    if not drafting.is_draft(version):
        raise Refused("Chỉ sửa được chỉ tiêu của phiên bản do Sở soạn và chưa ban hành.")
    return render_template("catalogue/indicator.html", edition=version, row=row, form=form, fault=fault)


@blueprint.get("/bo-tieu-chi/so-sanh")
@may(Right.READ_CATALOGUE)
def compare() -> Any:
    """Show two versions side by side: what was added, removed, reworded, asked otherwise."""
    known = queries.versions()
    numbers = {str(version.id): version for version in known}
    after = numbers.get(request.args.get("sau", "")) or next(
        (v for v in known if v.drafted_from), known[0] if known else None
    )
    if after is None:
        return back_to("catalogue.index", "Chưa có bộ tiêu chí nào để so sánh.")
    fallback = after.drafted_from or next((v.id for v in known if v.id != after.id), after.id)
    before = numbers.get(request.args.get("truoc", "")) or numbers[str(fallback)]
    found_ones = differences(found(queries.version_of(before.id)), found(queries.version_of(after.id)))
    return render_template(
        "catalogue/compare.html",
        versions=known,
        before=before,
        after=after,
        differing=[one for one in found_ones if one.kind != "same"],
        same=[one for one in found_ones if one.kind == "same"],
        kinds={"added": ("Thêm", "ok"), "removed": ("Bỏ", "no"), "changed": ("Sửa", "wait")},
    )
