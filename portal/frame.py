"""The frame of every page: where and as whom one acts, the rooms of the role, the demo clock."""

from __future__ import annotations

from functools import cache
from typing import Any

from flask import Flask, current_app, request, url_for
from flask_login import current_user
from sqlalchemy import Select, bindparam, select

from portal import clock, words
from portal.desk.guides import guide_of
from portal.desk.helping import help_of
from portal.guidance.lookup import questions_waiting
from portal.notices.queries import unread
from portal.province.queries import reports_waiting
from portal.tiers import role_name
from portal.units.models import Unit
from portal.web import wants_part
from tenants.database import ask
from tenants.identity import Identity, Place
from tenants.people import DISTRICT_ROLES, GUEST_ROLES, PROVINCE_ROLES, Role
from tenants.rights import Right, refusal
from tenants.scope import ScopeKind, current_scope

# (label, endpoint, right): the rooms of each level in their order; never more than eight.
UNIT_ROOMS = (
    ("Việc cần làm", "desk.home", Right.SEE_DESK),
    ("Hồ sơ", "dossiers.index", Right.SEE_DOSSIER),
    ("Trong năm", "activities.index", Right.FILL_DOSSIER),
    ("Minh chứng", "evidence.library", Right.FILL_DOSSIER),
    ("Kết quả", "dossiers.results", Right.SEE_DOSSIER),
    ("Đơn vị", "dossiers.unit", Right.SEE_DOSSIER),
    ("Bộ tiêu chí", "catalogue.index", Right.READ_CATALOGUE),
)
GUEST_ROOMS = (
    ("Chỉ tiêu được mời", "team.shared", Right.CONTRIBUTE),
    ("Bộ tiêu chí", "catalogue.index", Right.READ_CATALOGUE),
)
DISTRICT_ROOMS = (
    ("Việc cần làm", "desk.home", Right.SEE_DESK),
    ("Hồ sơ", "appraisal.queue", Right.SEE_DISTRICT),
    ("Còn thiếu", "appraisal.missing", Right.SEE_DISTRICT),
    ("Quyết định", "recognition.index", Right.SEE_DISTRICT),
    ("Báo cáo Sở", "reports.index", Right.SEE_DISTRICT),
    ("Đơn vị", "units.index", Right.SEE_DISTRICT),
    ("Tài khoản", "accounts.index", Right.MANAGE_ACCOUNTS),
    ("Bộ tiêu chí", "catalogue.index", Right.READ_CATALOGUE),
)
PROVINCE_ROOMS = (
    ("Toàn tỉnh", "province.overview", Right.SEE_PROVINCE),
    ("Báo cáo huyện", "province.reports", Right.SEE_PROVINCE),
    ("Báo cáo tỉnh", "compilation.index", Right.SEE_PROVINCE),
    ("Chất lượng", "quality.index", Right.SEE_PROVINCE),
    ("Bộ tiêu chí", "catalogue.index", Right.READ_CATALOGUE),
    ("Các huyện", "province.tenants", Right.SEE_PROVINCE),
    ("Lịch", "cycle.calendar", Right.SEE_PROVINCE),
    ("Hỏi đáp", "guidance.questions", Right.SEE_PROVINCE),
)
# What is not a room, in the menu under one's name: news, work done beside the pages, who may do what.
IN_MENU = (
    ("Thông báo", "desk.notices", Right.READ_NOTICES),
    ("Việc đang chạy", "jobs.index", Right.RUN_BATCHES),
    ("Ủy quyền", "powers.delegations", Right.SEE_DELEGATIONS),
    ("Giao quyền quyết định", "powers.proposals", Right.SEE_PROPOSALS),
    ("Xem như người khác", "powers.look", Right.LOOK_AS),
    ("Nhật ký", "trail.index", Right.SEE_TRAIL),
)

# Pages that belong to another room than the first of their blueprint.
PART_OF = {
    **dict.fromkeys(("api.tokens", "api.make_token", "api.revoke_token"), "accounts.index"),
    **dict.fromkeys(("open_data.manage", "open_data.choose_licence"), "province.tenants"),
    "cycle.days_off": "cycle.calendar",
    "cycle.add_day": "cycle.calendar",
    **dict.fromkeys(("papers.texts_index", "papers.text", "papers.save_text"), "catalogue.index"),
    "team.assignments": "dossiers.index",
    "team.invitation": "dossiers.index",
    "team.minutes": "dossiers.index",
    "team.tasks": "desk.home",
    "team.people": "dossiers.unit",
    "team.new_clerk": "dossiers.unit",
    "team.hand_over": "dossiers.unit",
    "team.write_minutes": "dossiers.index",
    "team.assign": "dossiers.index",
    "team.invite": "dossiers.index",
    "team.place_clerk": "dossiers.unit",
    "team.do_hand_over": "dossiers.unit",
    "registration.own": "activities.index",
    "activities.district": "reports.index",
    "outreach.index": "reports.index",
    "outreach.show": "reports.index",
    "outreach.add": "reports.index",
    "history.disputes": "units.index",
    "history.of_unit": "units.index",
    "history.import_begin": "units.index",
    "history.import_show": "units.index",
    **dict.fromkeys(
        ("targets.index", "targets.show", "targets.new", "targets.edit", "targets.retire"), "reports.index"
    ),
    "checklist.index": "desk.home",
    **dict.fromkeys(
        ("guidance.index", "guidance.show", "guidance.questions", "guidance.question", "guidance.entries"),
        "desk.home",
    ),
    "quality.told": "reports.index",
    "quality.answer": "reports.index",
    "targets.own": "activities.index",
    "registration.propose": "activities.index",
    "registration.district": "appraisal.missing",
    "registration.of_unit": "appraisal.missing",
    "registration.term": "appraisal.missing",
    **dict.fromkeys(
        ("council.index", "council.members", "council.found", "council.meeting", "council.write"),
        "recognition.index",
    ),
    **dict.fromkeys(
        ("council.vote_block", "council.item", "council.vote_item", "council.take_out"), "recognition.index"
    ),
    **dict.fromkeys(
        (
            "inquiries.index",
            "inquiries.show",
            "inquiries.set_term",
            "inquiries.assign",
            "inquiries.ask_unit",
            "inquiries.answer",
            "inquiries.dismiss",
        ),
        "recognition.index",
    ),
    **dict.fromkeys(("inquiries.own", "inquiries.reply"), "dossiers.results"),
    **dict.fromkeys(("inquiries.department", "inquiries.set_usual"), "province.tenants"),
    "complaints.index": "recognition.index",
    "complaints.show": "recognition.index",
    "complaints.of_dossier": "dossiers.results",
    "jobs.index": "recognition.index",
    "further.index": "recognition.index",
    "further.new": "recognition.index",
    "further.create": "recognition.index",
    "further.show": "recognition.index",
    "further.save": "recognition.index",
    "further.tell": "recognition.index",
    "further.issue": "recognition.index",
    "further.own": "dossiers.results",
    "further.answer": "dossiers.results",
    **dict.fromkeys(("opening.extensions", "opening.extend", "opening.withdraw"), "appraisal.missing"),
    **dict.fromkeys(("opening.year", "opening.save", "opening.attach", "opening.publish"), "desk.home"),
    **dict.fromkeys(
        (
            "visits.index",
            "visits.settle",
            "visits.choose",
            "visits.new",
            "visits.create",
            "visits.show",
            "visits.rearrange",
            "visits.tell",
            "visits.cancel",
            "visits.sheet",
            "visits.look",
            "visits.write_minutes",
        ),
        "appraisal.queue",
    ),
    "visits.own": "dossiers.index",
    "visits.answer": "dossiers.index",
    "recognition.outlook": "dossiers.results",
    "register.publication": "dossiers.results",
    "province.report": "province.reports",
    "province.accept": "province.reports",
    "province.remind": "province.reports",
    "province.send_back": "province.reports",
    "province.answer_reopening": "province.reports",
    "province.new_tenant": "province.tenants",
    "health.operation": "province.tenants",
    "province.open_tenant": "province.tenants",
    "province.new_link": "province.tenants",
    "reform.index": "province.tenants",
    "reform.begin": "province.tenants",
    "reform.begin_plan": "province.tenants",
    "reform.basics": "province.tenants",
    "reform.change": "province.tenants",
    "reform.show": "province.tenants",
    "reform.add_place": "province.tenants",
    "reform.confirm": "province.tenants",
    "reform.ask_back": "province.tenants",
    "reform.rows": "province.tenants",
}


def rooms_of(role: Role) -> tuple[tuple[str, str, Right], ...]:
    """Return the rooms of a role's level."""
    if role in PROVINCE_ROLES:
        return PROVINCE_ROOMS
    if role in GUEST_ROLES:
        return GUEST_ROOMS
    return DISTRICT_ROOMS if role in DISTRICT_ROLES else UNIT_ROOMS


def key_of(identity: Identity) -> str:
    """Return the key under which a browser keeps what somebody types: the person, and where they act."""
    return f"{identity.account_id}-{identity.place.membership_id}" if identity.place else ""


def place_names(place: Place) -> tuple[str, str]:
    """Return the name of where one acts, and of what it lies within ("" for none)."""
    if place.unit_id is None:
        return place.tenant_name, ""
    scope = current_scope()
    if scope is not None and scope.kind is ScopeKind.UNIT:
        name = ask(_unit_name(), {"tenant": place.tenant_id, "unit": place.unit_id}).scalar()
        return name or place.tenant_name, place.tenant_name
    return place.tenant_name, ""


@cache
def _at_the_department() -> Select[tuple[int, int]]:
    return select(reports_waiting(), questions_waiting())


@cache
def _unit_name() -> Select[tuple[str]]:
    return select(Unit.name).where(Unit.tenant_id == bindparam("tenant"), Unit.id == bindparam("unit"))


def _rooms(identity: Identity, place: Place) -> list[tuple[str, str, bool, int]]:
    here = (request.endpoint or "").split(".")[0]
    scope = current_scope()
    waiting: dict[str, int] = {}
    reads = not refusal(identity, Right.READ_NOTICES)
    if reads and scope is not None and scope.kind in (ScopeKind.UNIT, ScopeKind.DISTRICT):
        waiting["desk.home"] = unread(place)
    elif scope is not None and scope.kind is ScopeKind.PROVINCE:
        waiting["province.reports"], waiting["guidance.questions"] = ask(_at_the_department()).one()
    endpoints = [endpoint for _, endpoint, _ in rooms_of(place.role)]
    near = [endpoint for endpoint in endpoints if endpoint.split(".")[0] == here]
    asked = PART_OF.get(request.endpoint or "", request.endpoint)
    current = asked if asked in endpoints else next(iter(near), "")
    rows = []
    for label, endpoint, right in rooms_of(place.role):
        if refusal(identity, right) or endpoint not in current_app.view_functions:
            continue
        rows.append(
            (
                label,
                url_for(endpoint),
                endpoint == current,
                waiting.get(endpoint, 0),
            )
        )
    return rows


def install(app: Flask) -> None:
    """Give every template the frame's values."""

    @app.context_processor
    def frame() -> dict[str, Any]:
        values: dict[str, Any] = {
            "words": words,
            "home_url": "/",
            "sign_in_url": url_for("account.sign_in") if "account.sign_in" in app.view_functions else "",
            "portal_version": app.config["VERSION"],
        }
        if current_scope() is None or wants_part():  # a part of a page has no frame of its own
            return values
        values["demo"] = clock.is_demo()
        if values["demo"]:
            values["now_text"] = words.moment(clock.now())
        identity = current_user
        if identity.is_authenticated:
            values |= _standing(identity._get_current_object())
        return values

    for name in ("day", "moment", "long_day", "number", "percent", "kind_name", "level_name", "file_size"):
        app.jinja_env.filters[name] = getattr(words, name)
        app.jinja_env.globals[name] = getattr(words, name)
    app.jinja_env.globals["role_name"] = role_name


def _standing(identity: Identity) -> dict[str, Any]:
    values: dict[str, Any] = {}
    known = current_app.view_functions
    for key, endpoint in (
        ("account_url", "account.own"),
        ("sign_out_url", "account.sign_out"),
        ("help_url", "desk.rights"),
    ):
        if endpoint in known:
            values[key] = url_for(endpoint)
    if len(identity.places) > 1 and "account.places" in known:
        values["switch_url"] = url_for("account.places")
    if identity.seer:
        values["seer"] = identity.seer
        values["stop_looking_url"] = url_for("powers.end_look")
    place = identity.place
    if place is None:
        return values
    name, within = place_names(place)
    values["standing"] = {
        "place": name,
        "within": within,
        "role": words.role_name(place.role.value, place.tier),
        "name": identity.acting_name,
        "mandate": place.mandate,
        "key": key_of(identity),
    }
    values["rooms"] = _rooms(identity, place)
    values["menu"] = [
        (label, url_for(endpoint)) for label, endpoint, right in IN_MENU if not refusal(identity, right)
    ]
    if "desk.guide" in known:
        values["help_links"] = [("Hướng dẫn", url_for("desk.guide", name=guide_of(place.role, place.tier)))]
        if place.role in DISTRICT_ROLES:
            values["page_help"] = help_of(request.endpoint or "", place.tier)
    if "province.clock" in known and not refusal(identity, Right.MOVE_CLOCK) and clock.is_demo():
        values["clock_url"] = url_for("province.clock")
    return values
