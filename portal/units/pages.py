"""Pages of the registry: list, add, look at, change, close, export."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from portal import clock, words
from portal.jobs.later import later
from portal.papers.table_files import file_of
from portal.typed import lines
from portal.web import Listing, back_to, kinds_here, listing, paginate
from tenants.access import found, may, signed_in, tenant_here
from tenants.database import db
from tenants.refusal import Conflict, Refused
from tenants.rights import Right, refusal

from . import exports, operations, queries, twins
from .blueprint import blueprint
from .forms import CloseForm, UnitForm
from .models import Unit
from .rules import LABELS, Details

MOST_PAIRS = 100


def _listing(tenant_id: int) -> tuple[Listing, list[str]]:
    names = queries.communes(tenant_id)
    filters = {
        "kind": list(words.UNIT_KINDS),
        "public": ["yes", "no"],
        "state": ["open", "closed"],
        "commune": names,
    }
    return listing(queries.SORTS, filters=filters), names


@blueprint.get("/huyen/don-vi")
@may(Right.SEE_DISTRICT)
def index() -> Any:
    """List the registry of the district."""
    tenant_id = tenant_here()
    asked, names = _listing(tenant_id)
    page = paginate(queries.registry(tenant_id, asked), asked.number)
    return render_template(
        "units/index.html",
        listing=asked,
        page=page,
        counts=queries.counts(tenant_id, asked),
        communes=[(name, name) for name in names],
        kinds=[(kind.code, kind.short) for kind in kinds_here().values()],
        today=clock.today(),
        may_manage=refusal(signed_in(), Right.MANAGE_UNITS) is None,
        pairs=len(twins.twins_of(tenant_id)),
        may_keep_history=refusal(signed_in(), Right.KEEP_HISTORY) is None,
    )


@blueprint.get("/huyen/don-vi/xuat.<ext>")
@may(Right.SEE_DISTRICT)
@later("Danh mục đơn vị")
def export(ext: str) -> Any:
    """Give the list as asked for, all pages, as XLSX or CSV."""
    tenant_id = tenant_here()
    asked, _names = _listing(tenant_id)
    found_here = queries.registry(tenant_id, asked)
    sheet = exports.registry_sheet(found_here, signed_in().place, clock.today(), demo=clock.is_demo())
    return file_of(ext, sheet, sheet.title)


@blueprint.get("/huyen/don-vi/them")
@may(Right.MANAGE_UNITS)
def add() -> Any:
    """Show an empty entry."""
    empty = Details("", "", True, queries.usual_opening())
    return render_template("units/edit.html", form=UnitForm.showing(empty), unit=None, theirs=None, same=[])


@blueprint.post("/huyen/don-vi/them")
@may(Right.MANAGE_UNITS)
def create() -> Any:
    """Add a unit."""
    form = UnitForm()
    if not form.validate():
        return _edit_page(form, None), 422
    try:
        unit = operations.add_unit(
            signed_in(), tenant_here(), form.details(), confirmed=bool(form.confirmed.data)
        )
    except Refused as refused:
        return _refused(form, None, refused)
    return back_to("units.show", f"Đã thêm đơn vị {unit.name}, mã {unit.code}.", unit_id=unit.id)


@blueprint.get("/huyen/don-vi/trung-ten")
@may(Right.SEE_DISTRICT)
def same_names() -> Any:
    """Show the pairs of entries that may be the same unit."""
    return _same_names()


def _same_names(fault: str = "", status: int = 200) -> Any:
    pairs = twins.twins_of(tenant_here())
    page = render_template(
        "units/same_names.html",
        pairs=pairs[:MOST_PAIRS],
        total=len(pairs),
        fault=fault,
        typed=request.form,
        may_manage=refusal(signed_in(), Right.MANAGE_UNITS) is None,
    )
    return page, status


@blueprint.post("/huyen/don-vi/trung-ten")
@may(Right.MANAGE_UNITS)
def keep_apart() -> Any:
    """Say that two entries are two units."""
    numbers = [request.form.get(name, "") for name in ("first", "second")]
    if not all(text.isascii() and text.isdigit() and len(text) < 16 for text in numbers):
        return _same_names("Xin chọn lại hai đơn vị trong danh sách.", 422)
    try:
        twins.keep_apart(
            signed_in(),
            tenant_here(),
            int(numbers[0]),
            int(numbers[1]),
            lines(request.form.get("reason", "")),
        )
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        db.session.rollback()
        return _same_names(refused.sentence, refused.status)
    return back_to("units.same_names", "Đã ghi là hai đơn vị khác nhau.")


@blueprint.get("/huyen/don-vi/<int:unit_id>")
@may(Right.SEE_DISTRICT)
def show(unit_id: int) -> Any:
    """Show a unit's entry, its people and what was done to the entry."""
    return _unit_page(found(queries.unit_of(tenant_here(), unit_id)), None)


def _unit_page(unit: Unit, closing: CloseForm | None) -> str:
    form = closing or CloseForm(
        formdata=None, data={"version": str(unit.version), "closed_on": clock.today()}
    )
    return render_template(
        "units/show.html",
        unit=unit,
        closing=form,
        people=queries.people_of(unit.tenant_id, unit.id),
        former_homes=queries.former_homes(unit),
        unfinished=queries.unfinished_dossiers(unit.tenant_id, unit.id),
        entries=queries.entries_of(unit.tenant_id, unit.id),
        today=clock.today(),
        may_manage=refusal(signed_in(), Right.MANAGE_UNITS) is None,
    )


@blueprint.get("/huyen/don-vi/<int:unit_id>/sua")
@may(Right.MANAGE_UNITS)
def edit(unit_id: int) -> Any:
    """Show a unit's entry to be changed."""
    unit = found(queries.unit_of(tenant_here(), unit_id))
    return _edit_page(UnitForm.showing(queries.details_of(unit), unit.version), unit)


@blueprint.post("/huyen/don-vi/<int:unit_id>/sua")
@may(Right.MANAGE_UNITS)
def change(unit_id: int) -> Any:
    """Change a unit's entry."""
    unit = found(queries.unit_of(tenant_here(), unit_id))
    form = UnitForm()
    if not form.validate():
        return _edit_page(form, unit), 422
    try:
        operations.change_unit(
            signed_in(),
            tenant_here(),
            unit_id,
            form.seen_version(),
            form.details(),
            confirmed=bool(form.confirmed.data),
        )
    except Refused as refused:
        return _refused(form, unit, refused)
    return back_to("units.show", "Đã lưu thông tin đơn vị.", unit_id=unit_id)


def _edit_page(form: UnitForm, unit: Unit | None, **more: Any) -> str:
    return render_template("units/edit.html", form=form, unit=unit, **({"theirs": None, "same": []} | more))


def _refused(form: UnitForm, unit: Unit | None, refused: Refused) -> tuple[str, int]:
    """Show the form again with everything typed and what stands in the way."""
    more: dict[str, Any] = {}
    if isinstance(refused, operations.Faulty):
        form.take_faults(refused.faults)
    elif isinstance(refused, operations.Namesakes):
        more["same"] = refused.units
    elif isinstance(refused, Conflict) and unit is not None:
        more["theirs"] = _differences(form.details(), unit)
        form.version.data = str(unit.version)
    else:
        raise refused
    return _edit_page(form, unit, **more), refused.status


def _differences(typed: Details, unit: Unit) -> list[tuple[str, str, str]]:
    stored = queries.details_of(unit)
    return [
        (LABELS[name], in_words(name, getattr(typed, name)), in_words(name, getattr(stored, name)))
        for name in stored.differences(typed)
    ]


def in_words(name: str, value: Any) -> str:
    """Write a value of an entry for people."""
    if name == "kind":
        return words.kind_name(value) if value else "–"
    if isinstance(value, bool):
        return "Có" if value else "Không"
    return str(words.day(value) if name == "opened_on" and value else value or "–")


@blueprint.post("/huyen/don-vi/<int:unit_id>/dong")
@may(Right.MANAGE_UNITS)
def close(unit_id: int) -> Any:
    """Close a unit after its last day."""
    unit = found(queries.unit_of(tenant_here(), unit_id))
    form = CloseForm()
    if not form.validate():
        return _unit_page(unit, form), 422
    try:
        operations.close_unit(signed_in(), tenant_here(), unit_id, form.seen_version(), form.closed_on.day)
    except operations.Faulty as refused:
        form.take_faults(refused.faults)
        return _unit_page(unit, form), 422
    return back_to("units.show", "Đã đóng đơn vị. Hồ sơ và kết quả cũ vẫn còn nguyên.", unit_id=unit_id)


@blueprint.post("/huyen/don-vi/<int:unit_id>/mo-lai")
@may(Right.MANAGE_UNITS)
def reopen(unit_id: int) -> Any:
    """Open a closed unit again."""
    found(queries.unit_of(tenant_here(), unit_id))
    operations.reopen_unit(signed_in(), tenant_here(), unit_id, CloseForm().seen_version())
    return back_to("units.show", "Đã mở lại đơn vị.", unit_id=unit_id)
