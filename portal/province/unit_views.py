"""Pages of the units behind a figure, over the province or in one district, the same as a file, and a dossier to read."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, current_app, render_template, request, url_for

from portal import clock, words
from portal.cycle.models import Cycle
from portal.jobs.later import later
from portal.papers.sheets import Sheet
from portal.papers.table_files import file_of, marks, streamed
from portal.tiers import speak_of
from portal.web import Listing, listing
from tenants.access import found, may
from tenants.places import Tenant, Tier
from tenants.rights import Right

from . import dossier_sheet, queries, units
from .asked import (
    PUBLIC,
    ground_asked,
    kinds_offered,
    part_filters,
    part_of,
    part_values,
    part_words,
    place_asked,
    shown_cycle,
)
from .blueprint import blueprint
from .rules import Ground
from .sources import Part

ALL_KINDS = "tat-ca"


def rows_url(
    year: int,
    figure: str,
    part: Part,
    tenant_id: int | None = None,
    *,
    indicator: str | None = None,
    former: bool = False,
) -> str:
    """Return the address of the units behind a figure; `former`: of a place before any reform."""
    wanted: dict[str, int | str | None] = {"nam": year, "so": figure, "chi_tieu": indicator}
    inside = part_values(part)
    if former:
        wanted |= {"dia-ban": Ground.FORMER.value, "huyen": tenant_id}
    if former or tenant_id is None:
        return url_for("province.units_everywhere", **wanted, **inside)
    return url_for(
        "province.kind",
        tenant_id=tenant_id,
        kind=inside["loai"] or ALL_KINDS,
        cong=inside["cong"],
        **wanted,
    )


def _asked(cycle: Cycle, place: Tenant | None, codes: list[tuple[str, str]], **filters: list[str]) -> Listing:
    return listing(
        units.SORTS,
        filters={
            "nam": [str(cycle.year)],
            "so": list(units.ALL_FIGURES),
            "chi_tieu": [code for code, _ in codes],
            "dia-ban": list(Ground),
            **part_filters(place),
            **filters,
        },
    )


def _former() -> bool:
    """Whether the units of the places before any reform are asked for; an indicator's are told by those of today."""
    return ground_asked() is Ground.FORMER and not request.args.get("chi_tieu")


def _places(cycle: Cycle) -> list[Tenant]:
    return queries.places(Tier.DISTRICT) if _former() else queries.places_in(cycle.year)


@blueprint.get("/tinh/huyen/<int:tenant_id>/<kind>")
@may(Right.SEE_PROVINCE)
def kind(tenant_id: int, kind: str) -> Any:
    """List the units of a district of one kind, of a group of kinds or of all, that stand behind a figure."""
    place: Tenant = found(queries.place(tenant_id))
    cycle = found(shown_cycle(place))
    if kind != ALL_KINDS and kind not in part_filters(place)["loai"]:
        abort(404)
    codes = units.indicators(cycle)
    asked = _asked(cycle, place, codes, loai=[])
    chosen = part_of("" if kind == ALL_KINDS else kind, asked.filters["cong"], place)
    return _page(cycle, asked, chosen, [place], place, codes)


@blueprint.get("/tinh/don-vi")
@may(Right.SEE_PROVINCE)
def units_everywhere() -> Any:
    """Find units over all districts by name or code, and list those behind a figure of the province."""
    cycle = found(shown_cycle())
    places = _places(cycle)
    codes = units.indicators(cycle)
    asked = _asked(cycle, None, codes, huyen=[str(place.id) for place in places])
    return _page(cycle, asked, part_of(asked.filters["loai"], asked.filters["cong"]), places, None, codes)


def _page(
    cycle: Cycle,
    asked: Listing,
    part: Part,
    places: list[Tenant],
    place: Tenant | None,
    codes: list[tuple[str, str]],
) -> str:
    wanted = asked.filters.get("huyen") or (str(place.id) if place else "")
    one = units.behind(asked)
    kinds = kinds_offered(place)
    return render_template(
        "province/units.html",
        cycle=cycle,
        place=place,
        kind=part.kind or ALL_KINDS,
        kind_text=dict(kinds).get(part.kind, "Mọi loại hình"),
        one=one,
        former=_former(),
        names={each.id: each.name for each in places},
        own=None if place else queries.provincial_place(),
        page=units.page(one, cycle, asked, part, int(wanted) if wanted else None, former=_former()),
        listing=asked,
        indicators=codes,
        kinds=kinds,
        groups=words.groups_of(cycle.tier),
        public=PUBLIC,
        reached=units.reached,
        now=clock.now(),
        file_values={
            **{key: value for key, value in asked.filters.items() if value},
            **part_values(part),
            "huyen": wanted or None,
            "nam": cycle.year,
            "q": asked.q or None,
            "sort": asked.sort,
            "direction": asked.direction,
        },
    )


@blueprint.get("/tinh/don-vi.<ext>")
@may(Right.SEE_PROVINCE)
@later("Đơn vị theo số liệu toàn tỉnh")
def units_file(ext: str) -> Response:
    """Hand out the units behind a figure as a file: the whole list, with its filters and order."""
    place = place_asked()
    cycle = found(shown_cycle(place))
    names = {each.id: each.name for each in (*_places(cycle), *([place] if place else []))}
    asked = _asked(cycle, place, units.indicators(cycle))
    part = part_of(asked.filters["loai"], asked.filters["cong"], place)
    one = units.behind(asked)
    found_units = units.statement(one, cycle, asked, part, place.id if place else None, former=_former())
    head = [
        f"{one.title}, năm đánh giá {cycle.year}",
        place.name if place else "",
        part_words(part, place),
        f"tìm “{asked.q}”" if asked.q else "",
    ]
    sheet = Sheet(
        ", ".join(said for said in head if said)[:200],
        (*units.COLUMNS, *(column for column, _ in one.cells)),
        streamed(
            found_units,
            lambda row: (
                row.code,
                row.name,
                names.get(row.tenant_id, ""),
                words.kind_name(row.kind),
                words.public_name(row.public),
                row.commune,
                *(cell(row) for _, cell in one.cells),
            ),
        ),
        note="Số tạm tính: danh sách theo dữ liệu tại lúc xuất tệp.",
        **marks(),
    )
    return file_of(ext, sheet, f"don-vi-{one.slug}-{cycle.year}")


@blueprint.get("/tinh/ho-so/<int:tenant_id>/<int:dossier_id>")
@may(Right.SEE_PROVINCE)
def dossier(tenant_id: int, dossier_id: int) -> Any:
    """Show a dossier to read: answers, findings, evidence, papers; nothing can be changed here."""
    place: Tenant = found(queries.place(tenant_id))
    speak_of(place.tier)
    return render_template(
        "province/dossier.html",
        place=place,
        view=found(dossier_sheet.view_of(tenant_id, dossier_id)),
        paper_endpoints=current_app.view_functions,
    )
