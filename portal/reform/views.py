"""Pages of reforms: the plans, one plan from its beginning to its way back, and the rows behind its figures."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template, request

from portal import clock, words
from portal.papers.sheets import sheet_xlsx
from portal.papers.table_files import XLSX
from portal.province.queries import places
from portal.trail.queries import of_acts
from portal.units.reading import MOST_BYTES
from portal.web import back_to, download, page_number, paginate, takes
from portal.words import ZONE
from tenants.access import found, may, signed_in
from tenants.places import Tenant, Tier
from tenants.refusal import Refused
from tenants.rights import Right, refusal

from . import counting, known, operations, planning, queries, reading
from .blueprint import blueprint
from .forms import BasicsForm, ReasonForm, SuccessorForm
from .models import Reform
from .returning import fault_of_return
from .rules import Kind, State, back_until
from .wording import KINDS, STATES

PER_PAGE = 50
_FIGURES = (
    ("units", "don-vi"),
    ("running", "ho-so"),
    ("ended", "ho-so-cu"),
    ("in_force", "cong-nhan"),
    ("decisions", "quyet-dinh"),
    ("complaints", "khieu-nai"),
    ("files", "minh-chung"),
    ("people", "nguoi"),
)


def _reform(reform_id: int) -> Reform:
    row: Reform = found(queries.reform_of(reform_id))
    return row


def _version() -> int:
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _running() -> list[Tenant]:
    return [place for place in places(Tier.DISTRICT) if place.valid_to is None]


@blueprint.get("/tinh/dia-gioi")
@may(Right.SEE_PROVINCE)
def index() -> Any:
    """List the plans, and who took over the work of whom."""
    return render_template(
        "reform/index.html",
        page=paginate(queries.reforms(), page_number(), PER_PAGE),
        names={place.id: place.name for place in places()},
        followings=queries.followings(),
        kinds=KINDS,
        states=STATES,
        prepares=_prepares(),
    )


def _prepares() -> bool:
    return refusal(signed_in(), Right.REFORM_PLACES) is None


@blueprint.get("/tinh/dia-gioi/lap")
@may(Right.REFORM_PLACES)
def begin() -> Any:
    """Show the form of a new plan."""
    form = BasicsForm(formdata=None, data={"effective_on": clock.today()}).offer(_running())
    return render_template("reform/basics.html", form=form, reform=None, kinds=KINDS, fault="")


@blueprint.post("/tinh/dia-gioi/lap")
@may(Right.REFORM_PLACES)
def begin_plan() -> Any:
    """Begin a plan."""
    form = BasicsForm().offer(_running())
    try:
        if form.validate():
            reform = operations.begin(signed_in(), form.basics())
            return back_to(
                "reform.show", "Đã lập phương án; tiếp theo ghi nơi tiếp nhận.", reform_id=reform.id
            )
        fault = ""
    except Refused as reason:
        fault = reason.sentence
    return render_template("reform/basics.html", form=form, reform=None, kinds=KINDS, fault=fault), 422


@blueprint.get("/tinh/dia-gioi/<int:reform_id>/can-cu")
@may(Right.REFORM_PLACES)
def basics(reform_id: int) -> Any:
    """Show what a plan begins with, to be changed."""
    reform = _reform(reform_id)
    form = BasicsForm.showing(reform).offer(_running())
    return render_template("reform/basics.html", form=form, reform=reform, kinds=KINDS, fault="")


@blueprint.post("/tinh/dia-gioi/<int:reform_id>/can-cu")
@may(Right.REFORM_PLACES)
def change(reform_id: int) -> Any:
    """Change what a plan begins with."""
    reform, form = _reform(reform_id), BasicsForm().offer(_running())
    try:
        if form.validate():
            operations.change(signed_in(), reform, form.basics(), _version())
            return back_to("reform.show", "Đã sửa phương án.", reform_id=reform.id)
        fault, status = "", 422
    except Refused as reason:
        fault, status = reason.sentence, reason.status
    return render_template("reform/basics.html", form=form, reform=reform, kinds=KINDS, fault=fault), status


@blueprint.get("/tinh/dia-gioi/<int:reform_id>")
@may(Right.SEE_PROVINCE)
def show(reform_id: int) -> Any:
    """Show a plan: what changes, who takes over, which unit goes where, what moves, what stands against it."""
    return _page(_reform(reform_id))


def _page(
    reform: Reform, form: SuccessorForm | None = None, reason: ReasonForm | None = None, fault: str = ""
) -> str:
    plan, actor = planning.plan_of(reform), signed_in()
    state = State(reform.state)
    open_now = state in (State.DRAFT, State.CONFIRMED)
    carried = reform.carried_out_at.astimezone(ZONE).date() if reform.carried_out_at else None
    return render_template(
        "reform/show.html",
        reform=reform,
        plan=plan,
        names={place.id: place.name for place in places()},
        rows=_preview(plan) if open_now and plan.kind is not Kind.RENAME else [],
        kinds_of_rows=counting.rows_by_kind(plan) if open_now and plan.kind is not Kind.RENAME else [],
        stops=planning.stops(plan) if open_now else [],
        staff=planning.staff(plan) if open_now and plan.closes else [],
        figures=_FIGURES,
        communes=_communes(plan),
        form=form or SuccessorForm(formdata=None).offer(_running()),
        reason=reason or ReasonForm(formdata=None, data={"version": str(reform.version)}),
        fault=fault,
        known=any(known.successors_of(place.name) for place in plan.sources),
        known_source=known.SOURCE,
        kinds=KINDS,
        states=STATES,
        prepares=_prepares(),
        back_until=back_until(carried, reform.back_days) if carried else None,
        too_late=fault_of_return(reform) if state is State.DONE else "",
        trail=[
            entry
            for entry in of_acts(actor.here.tenant_id, "reform.", limit=200)
            if entry.detail.get("reform") == reform.id
        ][:20],
        most_bytes=MOST_BYTES,
    )


def _preview(plan: planning.Plan) -> list[tuple[str, str, planning.Tally]]:
    """Return what goes to each place, first what stays or has none: key, name, numbers."""
    tallies = planning.tallies(plan)
    stays = "Ở lại" if plan.kind is Kind.PART else "Chưa có nơi đến"
    ordered = [("", stays), *((place.key, place.name) for place in plan.places)]
    return [(key, name, tallies[key]) for key, name in ordered if key in tallies]


def _communes(plan: planning.Plan) -> list[tuple[int, str, int, str]]:
    """Return the communes of the old places: source, name, how many units, where they go by now."""
    counted: dict[tuple[int, str], int] = {}
    for unit in plan.units:
        counted[unit.tenant_id, unit.commune] = counted.get((unit.tenant_id, unit.commune), 0) + 1
    ordered = sorted(counted, key=lambda place: (place[0], words.sort_key(place[1])))
    return [
        (source, name, counted[source, name], plan.rule.communes.get((source, name), ""))
        for source, name in ordered
    ]


@blueprint.post("/tinh/dia-gioi/<int:reform_id>/noi-den")
@may(Right.REFORM_PLACES)
def add_place(reform_id: int) -> Any:
    """Add a place after the reform, or give the new words of a renaming."""
    reform, form = _reform(reform_id), SuccessorForm().offer(_running())
    renamed = None
    if Kind(reform.kind) is Kind.RENAME:
        form.renaming = True
        renamed = next(place for place in places() if place.id == reform.sources[0])
    if not form.validate():
        return _page(reform, form), 422
    try:
        operations.add_place(signed_in(), reform, form.place(renamed=renamed), _version())
    except Refused as reason:
        return _page(_reform(reform_id), form, fault=reason.sentence), reason.status
    return back_to("reform.show", "Đã ghi nơi tiếp nhận.", reform_id=reform_id, _anchor="noi-den")


@blueprint.post("/tinh/dia-gioi/<int:reform_id>/noi-den/<key>/bo")
@may(Right.REFORM_PLACES)
def drop_place(reform_id: int, key: str) -> Any:
    """Take a place out of the plan."""
    operations.drop_place(signed_in(), _reform(reform_id), key, _version())
    return back_to("reform.show", "Đã bỏ nơi tiếp nhận này.", reform_id=reform_id, _anchor="noi-den")


@blueprint.post("/tinh/dia-gioi/<int:reform_id>/goi-y")
@may(Right.REFORM_PLACES)
def suggest(reform_id: int) -> Any:
    """Take over what the list of 7/2025 knows."""
    given, divided = operations.suggest(signed_in(), _reform(reform_id), _version())
    left = f" {divided} xã, phường bị chia cho nhiều nơi: xin chọn cho từng đơn vị." if divided else ""
    told = f"Đã gợi ý nơi tiếp nhận cho {given} xã, phường.{left}"
    return back_to("reform.show", told, reform_id=reform_id, _anchor="phan-bo")


@blueprint.post("/tinh/dia-gioi/<int:reform_id>/phan-bo")
@may(Right.REFORM_PLACES)
def assign(reform_id: int) -> Any:
    """Say where communes and the rest of each source go."""
    communes: dict[tuple[int, str], str] = {}
    rest: dict[int, str] = {}
    for line, to in zip(request.form.getlist("line"), request.form.getlist("to"), strict=False):
        source, _, name = line.partition("|")
        if not (source.isascii() and source.isdigit() and len(source) < 10):
            abort(422)
        if name:
            communes[int(source), name[1:]] = to
        else:
            rest[int(source)] = to
    operations.assign(
        signed_in(),
        _reform(reform_id),
        _version(),
        communes=communes,
        rest=rest,
        recode=bool(request.form.get("recode")),
    )
    return back_to("reform.show", "Đã ghi phân bổ.", reform_id=reform_id, _anchor="xem-truoc")


@blueprint.get("/tinh/dia-gioi/<int:reform_id>/tep-mau.xlsx")
@may(Right.REFORM_PLACES)
def file_template(reform_id: int) -> Any:
    """Give the file of units with where they go so far, to be filled in."""
    sheet = reading.template(planning.plan_of(_reform(reform_id)))
    return download(sheet_xlsx(sheet, clock.now()), f"phan-bo-don-vi-{reform_id}.xlsx", XLSX)


@blueprint.post("/tinh/dia-gioi/<int:reform_id>/tep")
@may(Right.REFORM_PLACES)
@takes(MOST_BYTES + 64 * 1024)
def read_file(reform_id: int) -> Any:
    """Take over a file of units."""
    sent = request.files.get("file")
    content = sent.read() if sent else b""
    number = operations.assign_by_file(signed_in(), _reform(reform_id), content, _version())
    return back_to("reform.show", f"Đã dùng tệp: {number} đơn vị.", reform_id=reform_id, _anchor="xem-truoc")


@blueprint.get("/tinh/dia-gioi/<int:reform_id>/xem/<what>")
@may(Right.SEE_PROVINCE)
def rows(reform_id: int, what: str) -> Any:
    """List the rows behind one figure of a plan."""
    if what not in planning.LISTS:
        abort(404)
    reform = _reform(reform_id)
    plan = planning.plan_of(reform)
    key = request.args.get("noi", "")[:10]
    place = plan.place(key)
    return render_template(
        "reform/rows.html",
        reform=reform,
        plan=plan,
        what=what,
        title=planning.LISTS[what],
        key=key,
        place=place,
        page=paginate(planning.listed(plan, what, key), page_number(), PER_PAGE),
        editable=what == "don-vi" and State(reform.state) is State.DRAFT and _prepares(),
    )


@blueprint.post("/tinh/dia-gioi/<int:reform_id>/don-vi")
@may(Right.REFORM_PLACES)
def assign_units(reform_id: int) -> Any:
    """Say where single units go."""
    chosen = {}
    for unit, to in zip(request.form.getlist("unit"), request.form.getlist("to"), strict=False):
        if not (unit.isascii() and unit.isdigit() and len(unit) < 18):
            abort(422)
        chosen[int(unit)] = to
    operations.assign(signed_in(), _reform(reform_id), _version(), units=chosen)
    return back_to("reform.show", "Đã ghi nơi đến của các đơn vị.", reform_id=reform_id, _anchor="xem-truoc")


@blueprint.post("/tinh/dia-gioi/<int:reform_id>/xac-nhan")
@may(Right.REFORM_PLACES)
def confirm(reform_id: int) -> Any:
    """Confirm a plan; the worker carries it out on its day."""
    form = ReasonForm()
    if not form.validate():
        return _page(_reform(reform_id), reason=form), 422
    try:
        operations.confirm(signed_in(), _reform(reform_id), form.reason.data or "", _version())
    except Refused as refused:
        return _page(_reform(reform_id), reason=form, fault=refused.sentence), refused.status
    return back_to("reform.show", "Đã xác nhận; cổng thực hiện khi đến ngày hiệu lực.", reform_id=reform_id)


@blueprint.post("/tinh/dia-gioi/<int:reform_id>/buoc/<any(draft, dropped, done):to>")
@may(Right.REFORM_PLACES)
def step(reform_id: int, to: str) -> Any:
    """Open a confirmed plan again, drop a draft, or take back a wish to go back."""
    operations.step(signed_in(), _reform(reform_id), State(to), _version())
    return back_to("reform.show", "Đã ghi.", reform_id=reform_id)


@blueprint.post("/tinh/dia-gioi/<int:reform_id>/tra-lai")
@may(Right.REFORM_PLACES)
def ask_back(reform_id: int) -> Any:
    """Ask for everything to be put back."""
    form = ReasonForm()
    if not form.validate():
        return _page(_reform(reform_id), reason=form), 422
    try:
        operations.ask_back(signed_in(), _reform(reform_id), form.reason.data or "", _version())
    except Refused as refused:
        return _page(_reform(reform_id), reason=form, fault=refused.sentence), refused.status
    return back_to("reform.show", "Đã yêu cầu trả lại; cổng thực hiện ngay sau đây.", reform_id=reform_id)
