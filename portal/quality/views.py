"""The Department's pages on quality: what asks for a look, with what was concluded on it, and the rules' limits."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template, request

from portal.cycle.models import Cycle
from portal.cycle.queries import years
from portal.province.queries import cycle_shown, places_in
from portal.spelling import fold
from portal.typed import lines
from portal.web import Listing, back_to, listing, page_of
from tenants.access import may, signed_in
from tenants.database import db
from tenants.refusal import Refused
from tenants.rights import Right, refusal

from . import between_views, comparing, operations, queries, recheck_views
from .blueprint import blueprint
from .forms import LimitsForm
from .queries import Line
from .rules import LIMITS, Rule

__all__ = ["between_views", "blueprint", "recheck_views"]

TABS = {"cho": "Chưa kết luận", "dung": "Đúng", "bo-qua": "Đã bỏ qua"}


@blueprint.get("/tinh/chat-luong")
@may(Right.SEE_PROVINCE)
def index() -> Any:
    """What the rules find in a year, by what was concluded; how often each rule was right."""
    return _index(cycle_shown(request.args.get("nam", "")))


def _tab(line: Line) -> str:
    if line.open or line.verdict is None:
        return "cho"
    return "dung" if line.verdict.act == "hit" else "bo-qua"


def _fits(line: Line, asked: Listing) -> bool:
    district = asked.filters["huyen"]
    return (not district or int(district) in line.found.districts) and (
        not asked.q
        or fold(asked.q) in fold(line.found.sentence + " ".join(at.district for at in line.found.where))
    )


def _index(
    cycle: Cycle | None,
    typed: dict[str, Any] | None = None,
    form: LimitsForm | None = None,
    status: int = 200,
) -> Any:
    if cycle is None:
        return render_template("province/no_year.html")
    places = places_in(cycle.year)
    asked = listing(
        ("rule",),
        filters={
            "nam": [str(cycle.year)],
            "tab": list(TABS),
            "dau-hieu": list(Rule),
            "huyen": [str(place.id) for place in places],
        },
    )
    only = Rule(asked.filters["dau-hieu"]) if asked.filters["dau-hieu"] else None
    shown = [line for line in queries.lines(cycle, only) if _fits(line, asked)]
    tab = asked.filters["tab"] or "cho"
    limits = queries.limits()
    page = render_template(
        "quality/index.html",
        cycle=cycle,
        years=years(),
        page=page_of([line for line in shown if _tab(line) == tab], asked.number, 25),
        listing=asked,
        tab=tab,
        tabs=[
            (word, asked.url(tab=name), sum(_tab(line) == name for line in shown), name == tab)
            for name, word in TABS.items()
        ],
        districts=[(str(place.id), place.name) for place in places],
        titles=[(rule, known.title) for rule, known in LIMITS.items()],
        rules=LIMITS,
        limits=limits,
        rates=queries.rates(),
        acts=operations.ACTS,
        compared=comparing.standing(cycle.year) if only in (None, Rule.SAME_FIGURES) else None,
        typed=typed or {},
        form=form or LimitsForm(formdata=None, data={rule.value: limits[rule] for rule in Rule}),
        watches=refusal(signed_in(), Right.WATCH_QUALITY) is None,
    )
    return page, status


def _cycle_here() -> Cycle:
    """Return the year a form was sent for, or answer 404."""
    cycle = cycle_shown(request.args.get("nam", ""))
    if cycle is None or str(cycle.year) != request.args.get("nam"):
        abort(404)
    return cycle


@blueprint.post("/tinh/chat-luong")
@may(Right.WATCH_QUALITY)
def conclude() -> Any:
    """Conclude on what a rule found; what was typed stays where it cannot be kept."""
    cycle = _cycle_here()
    given = {name: lines(request.form.get(name, "")) for name in ("rule", "subject", "act", "reason", "seen")}
    try:
        if given["rule"] not in list(Rule) or not _number(given["seen"]):
            raise Refused("Trang thiếu thông tin của dấu hiệu. Xin tải lại trang rồi ghi lại.", 422)
        row = operations.conclude(
            signed_in(),
            cycle,
            Rule(given["rule"]),
            given["subject"],
            given["act"],
            given["reason"],
            int(given["seen"]),
        )
    except Refused as refused:
        db.session.rollback()
        fault = {"name": f"{given['rule']}-{given['subject']}", "fault": refused.sentence, **given}
        return _index(cycle_shown(str(cycle.year)), typed=fault, status=refused.status)
    return back_to("quality.index", f"Đã ghi “{operations.ACTS[row.act]}”.", nam=cycle.year, **_filters())


def _number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 18


def _filters() -> dict[str, str]:
    return {name: request.args[name] for name in ("tab", "dau-hieu", "huyen", "q") if request.args.get(name)}


@blueprint.post("/tinh/chat-luong/muc")
@may(Right.WATCH_QUALITY)
def settle() -> Any:
    """Set the rules' limits."""
    cycle, form = _cycle_here(), LimitsForm()
    if not form.validate_on_submit():
        return _index(cycle, form=form, status=422)
    changed = operations.set_limits(signed_in(), form.wanted)
    said = "Đã đặt mức; dấu hiệu được tính lại ngay." if changed else "Không có mức nào đổi."
    return back_to("quality.index", said, nam=cycle.year, _anchor="muc")
