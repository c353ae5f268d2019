"""The pages everybody may open: verifying a certificate, searching the register, a unit's public result.

They read the register alone. A wrong code is counted by address, so that guessing is held back; a right one
is always answered, whoever asks.
"""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for

from portal import clock, words
from portal.inquiries import rules as inquiry_rules
from portal.recognition.rules import read_code
from portal.units.kinds import UNIT_KINDS
from portal.web import error_page, listing, paginate
from tenants import throttle
from tenants.access import public
from tenants.places import Tier
from tenants.scope import Scope, ScopeKind, acting_in

from . import queries
from .blueprint import blueprint
from .wording import BY_SLUG, STANDINGS, sentence_of, standing_of

TIERS = {Tier.DISTRICT.value: "Cấp huyện", Tier.PROVINCE.value: "Cấp tỉnh"}
FIRST_YEAR = 2024
"""The first year that Circular 24/2023 is applied to."""


def _frame() -> dict[str, Any]:
    return {"today": clock.today(), "standings": STANDINGS, "standing_of": standing_of}


@blueprint.get("/xac-minh")
@public("anybody may ask whether a certificate is true")
def ask() -> Any:
    """Type the code that stands on a certificate."""
    typed = request.args.get("ma", "")
    code = read_code(typed)
    if code:
        return redirect(url_for("register.verify", code=code))
    page = render_template("register/ask.html", typed=typed[:40], wrong=bool(typed.strip()), **_frame())
    return page, 422 if typed.strip() else 200


@blueprint.get("/xac-minh/<code>")
@public("anybody may ask whether a certificate is true")
def verify(code: str) -> Any:
    """Say what the register knows of a code today."""
    known = read_code(code)
    if known is None:
        return unknown(code)
    if known != code:
        return redirect(url_for("register.verify", code=known))
    row = queries.verified(known)
    if row is None:
        return unknown(known)
    entry, called, asked = row
    today = clock.today()
    return render_template(
        "register/verify.html",
        entry=entry,
        home=queries.home_of(entry, called),
        asked=asked,
        inquiry_rules=inquiry_rules,
        stands=standing_of(entry, today),
        sentence=sentence_of(entry, today),
        moment=words.moment(clock.now()),
        **_frame(),
    )


def unknown(code: str) -> Any:
    """Say plainly that there is no such code; whoever tries many waits."""
    with acting_in(Scope(ScopeKind.SIGNIN)):
        held = throttle.admit(throttle.of_public_code(request.remote_addr or ""))
    if held is not None:
        return error_page(
            429, "Đã nhập sai mã nhiều lần. Xin chờ vài phút rồi nhập lại mã in trên giấy chứng nhận."
        )
    return render_template("register/unknown.html", code=code[:40], **_frame()), 404


@blueprint.get("/tra-cuu")
@public("what was decided is published")
def search() -> Any:
    """Search what was published: name, place, kind, level, year, state."""
    places, homes = queries.places()
    today = clock.today()
    years = [str(year) for year in range(today.year, FIRST_YEAR - 1, -1)]
    asked = listing(
        queries.SORTS,
        filters={
            "loai": tuple(UNIT_KINDS),
            "noi": tuple(places),
            "muc": ("1", "2"),
            "nam": years,
            "cap": tuple(TIERS),
            "hieu-luc": tuple(BY_SLUG),
        },
    )
    chosen = asked.filters
    statement = queries.search(
        today=today,
        q=asked.q,
        kind=chosen["loai"],
        place=chosen["noi"],
        level=chosen["muc"],
        year=chosen["nam"],
        tier=chosen["cap"],
        state=BY_SLUG.get(chosen["hieu-luc"]),
        sort=asked.sort,
        descending=asked.direction == "desc",
    )
    return render_template(
        "register/search.html",
        page=paginate(statement, asked.number),
        listing=asked,
        homes=homes,
        places=[(place, place) for place in places],
        kinds=[(code, words.UNIT_KINDS[code].short) for code in UNIT_KINDS],
        years=[(year, year) for year in years],
        tiers=list(TIERS.items()),
        states=[(known.slug, known.name) for known in STANDINGS.values()],
        **_frame(),
    )


@blueprint.get("/tra-cuu/<code>")
@public("what was decided is published")
def result(code: str) -> Any:
    """A unit's public result: what it holds today, and every recognition before."""
    known = read_code(code)
    story = queries.story_of(known) if known else []
    if not story:
        return unknown(code)
    if known != code:
        return redirect(url_for("register.result", code=known))
    today = clock.today()
    called, asked = queries.called_now(story[0])
    return render_template(
        "register/result.html",
        entry=story[0],
        home=queries.home_of(story[0], called),
        asked=asked,
        inquiry_rules=inquiry_rules,
        story=story,
        sentence=sentence_of(story[0], today),
        **_frame(),
    )
