"""A plan as it stands against the database now: who goes where, what moves with them, and what keeps it from being done.

Read by the province for its pages and by the steward before anything is carried out; nothing is written here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import Select, and_, case, exists, func, literal, or_, select

from portal import words
from portal.complaints.models import Complaint
from portal.council.models import Meeting
from portal.cycle.models import Cycle
from portal.dossiers.models import Dossier
from portal.dossiers.states import State as DossierState
from portal.evidence.models import Evidence
from portal.opening.models import DistrictYear
from portal.place_kinds import OF_PROVINCE
from portal.recognition.models import Decision, DecisionLine, Recognition
from portal.reports.models import DistrictReport
from portal.units.models import Unit
from tenants import signin
from tenants.database import db
from tenants.operations import named_since
from tenants.people import DISTRICT_ROLES, Account, Membership
from tenants.places import Tenant, Tier
from tenants.placing import not_over

from .models import Reform
from .rehoming import among
from .rules import (
    CLOSES,
    Kind,
    PlannedUnit,
    Rule,
    State,
    Stop,
    Successor,
    clashes,
    destinations,
    faults_of_shape,
    recoded,
)
from .telling import half_told

ENDED = (
    DossierState.DECIDED,
    DossierState.WITHDRAWN,
    DossierState.REFUSED_LATE,
    DossierState.CLOSED_UNREACHED,
)


@dataclass(frozen=True, slots=True)
class Tally:
    """What goes to one place, in numbers; `size` is bytes of evidence."""

    units: int = 0
    running: int = 0
    ended: int = 0
    in_force: int = 0
    decisions: int = 0
    complaints: int = 0
    files: int = 0
    size: int = 0
    people: int = 0


@dataclass(frozen=True)
class Plan:
    """A reform with everything that planning asks for."""

    reform: Reform
    sources: tuple[Tenant, ...]
    places: tuple[Successor, ...]
    rule: Rule
    units: tuple[PlannedUnit, ...]
    taken: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def kind(self) -> Kind:
        """What the reform does."""
        return Kind(self.reform.kind)

    @property
    def closes(self) -> bool:
        """Whether the old places are closed by it."""
        return self.kind in CLOSES

    @cached_property
    def goes(self) -> dict[str, list[PlannedUnit]]:
        """The units by the key of the place they go to; "" holds those that stay or have none."""
        return {} if self.kind is Kind.RENAME else destinations(self.rule, self.units)

    @cached_property
    def clashing(self) -> dict[int, str]:
        """The code each unit is to get whose own is taken where it goes."""
        codes = {place.id: place.code for place in self.sources}
        return {
            unit.id: recoded(unit, codes[unit.tenant_id])
            for units in clashes(self.goes, self.taken).values()
            for unit in units
        }

    def place(self, key: str) -> Successor | None:
        """Return a place of the plan by its key."""
        return next((place for place in self.places if place.key == key), None)

    def source(self, tenant_id: int) -> Tenant:
        """Return one of the old places."""
        return next(place for place in self.sources if place.id == tenant_id)


def plan_of(reform: Reform) -> Plan:
    """Return a reform's plan against what stands in the database now, in four statements."""
    by_name = Tenant.name_sort, Tenant.id
    sources = db.session.scalars(select(Tenant).where(Tenant.id.in_(reform.sources)).order_by(*by_name)).all()
    columns = (Unit.id, Unit.tenant_id, Unit.code, Unit.name, Unit.commune)
    rows = db.session.execute(
        select(*columns).where(Unit.tenant_id.in_(reform.sources)).order_by(Unit.name_sort, Unit.id)
    )
    places = tuple(Successor(**place) for place in reform.places)
    known = {place.tenant_id: place.key for place in places if place.tenant_id is not None}
    taken: dict[str, set[str]] = {}
    for tenant_id, code in db.session.execute(
        select(Unit.tenant_id, Unit.code).where(Unit.tenant_id.in_(known))
    ):
        taken.setdefault(known[tenant_id], set()).add(code)
    return Plan(
        reform,
        tuple(sources),
        places,
        Rule.from_json(reform.goes_to),
        tuple(PlannedUnit(*row) for row in rows),
        {key: frozenset(codes) for key, codes in taken.items()},
    )


def stops(plan: Plan) -> list[Stop]:
    """Return what keeps a plan from being carried out, and what should be known before it is."""
    found = faults_of_shape(plan.kind, plan.reform.sources, plan.places, plan.rule, plan.units)
    return [
        *found,
        *_of_sources(plan),
        *_of_successors(plan),
        *_of_codes(plan),
        *(_of_work(plan) if plan.kind is not Kind.RENAME else ()),
    ]


def _of_sources(plan: Plan) -> list[Stop]:
    found = []
    if len(plan.sources) != len(set(plan.reform.sources)):
        found.append(Stop("Có nơi cũ không còn trong danh sách các nơi."))
    for place in plan.sources:
        if place.kind in OF_PROVINCE:
            found.append(Stop("Cấp tỉnh không sắp xếp bằng trang này."))
        if place.valid_to is not None:
            found.append(Stop(f"{place.name} đã kết thúc từ {words.day(place.valid_to)}."))
        if plan.reform.effective_on <= place.valid_from:
            found.append(
                Stop(f"{place.name} hoạt động từ {words.day(place.valid_from)}; ngày hiệu lực phải sau đó.")
            )
        elif plan.kind is Kind.RENAME and plan.reform.effective_on <= named_since(place):
            found.append(
                Stop(f"{place.name} mang tên này từ {words.day(named_since(place))}; ngày đổi phải sau đó.")
            )
    others = select(Reform).where(Reform.id != plan.reform.id, Reform.state == State.CONFIRMED)
    for other in db.session.scalars(others):
        if set(other.sources) & set(plan.reform.sources):
            found.append(Stop(f"Nơi cũ còn nằm trong một phương án khác đã xác nhận (số {other.id})."))
    return found


def _of_successors(plan: Plan) -> list[Stop]:
    """What stands against each place after the reform: closed, a code, a name or a login that is taken."""
    found: list[Stop] = []
    fresh = [place for place in plan.places if place.tenant_id is None]
    gone = set(plan.reform.sources) if plan.closes or plan.kind is Kind.RENAME else set()
    codes = {place.code.lower() for place in fresh}
    names = {words.sort_key(place.name): place.name for place in fresh}
    running = select(Tenant).where(
        or_(Tenant.valid_to.is_(None), Tenant.valid_to > plan.reform.effective_on), Tenant.id.not_in(gone)
    )
    for tenant in db.session.scalars(
        running.where(or_(func.lower(Tenant.code).in_(codes), Tenant.name_sort.in_(names)))
    ):
        if tenant.code.lower() in codes:
            found.append(Stop(f"Mã {tenant.code} đang là của {tenant.name}."))
        if tenant.name_sort in names:
            found.append(Stop(f"Đã có {tenant.name}; hãy chọn nơi này trong danh sách các nơi đã có."))
    if len(codes) < len(fresh):
        found.append(Stop("Hai nơi mới có cùng một mã."))
    again = select(Tenant).where(
        func.lower(Tenant.code).in_(codes), Tenant.valid_from == plan.reform.effective_on
    )
    for tenant in db.session.scalars(again):
        found.append(Stop(f"Mã {tenant.code} cùng ngày hiệu lực đã có: {tenant.name}."))
    existing = [place.tenant_id for place in plan.places if place.tenant_id is not None]
    for tenant in db.session.scalars(select(Tenant).where(Tenant.id.in_(existing))):
        if tenant.valid_to is not None:
            found.append(Stop(f"{tenant.name} đã kết thúc, không tiếp nhận được."))
        if tenant.id in plan.reform.sources:
            found.append(Stop(f"{tenant.name} vừa là nơi cũ vừa là nơi tiếp nhận."))
        if tenant.valid_from > plan.reform.effective_on:
            found.append(
                Stop(f"{tenant.name} hoạt động từ {words.day(tenant.valid_from)}, sau ngày hiệu lực.")
            )
    logins = [place.login for place in fresh if place.login]
    for login in db.session.scalars(select(Account.login).where(Account.login.in_(logins))):
        found.append(Stop(f"Tên đăng nhập “{login}” đã có người dùng."))
    if len(set(logins)) < len(logins):
        found.append(Stop("Hai nơi mới có cùng tên đăng nhập của người quản trị."))
    return found


def _of_codes(plan: Plan) -> list[Stop]:
    if not plan.clashing:
        return []
    shown = {unit.id: unit for unit in plan.units}
    some = "; ".join(
        f"{shown[number].name} ({shown[number].code} → {code})"
        for number, code in list(plan.clashing.items())[:3]
    )
    told = f"{len(plan.clashing)} đơn vị trùng mã ở nơi tiếp nhận: {some}{'…' if len(plan.clashing) > 3 else ''}."
    if not plan.reform.recode:
        return [Stop(f"{told} Chọn thêm mã nơi cũ vào trước, hoặc để huyện đổi mã trước ngày hiệu lực.")]
    new = list(plan.clashing.values())
    still = {unit.code for unit in plan.units} | set().union(*plan.taken.values())
    if len(set(new)) < len(new) or set(new) & still:
        return [Stop(f"{told} Thêm mã nơi cũ vào vẫn trùng; phải đổi mã trước.")]
    return [Stop(f"{told} Các đơn vị này nhận mã mới khi chuyển.", hard=False)]


def _of_work(plan: Plan) -> list[Stop]:
    """What is under way at the old places and would be torn apart, or should be ended first."""
    found: list[Stop] = []
    names = {place.id: place.name for place in plan.sources}
    sources = list(names)
    drafts = select(Decision.tenant_id).where(
        Decision.tenant_id.in_(sources),
        Decision.state == "draft",
        exists().where(DecisionLine.tenant_id == Decision.tenant_id, DecisionLine.decision_id == Decision.id),
    )
    for tenant_id in db.session.scalars(drafts.distinct()):
        found.append(Stop(f"{names[tenant_id]} còn dự thảo quyết định: ban hành hoặc bỏ dự thảo trước."))
    meetings = select(Meeting.tenant_id).where(Meeting.tenant_id.in_(sources), Meeting.state == "draft")
    for tenant_id in db.session.scalars(meetings.distinct()):
        found.append(Stop(f"{names[tenant_id]} còn cuộc họp hội đồng chưa khép biên bản."))
    jobs = select(Tenant.id, func.jobs_under_way(Tenant.id)).where(Tenant.id.in_(sources))
    for tenant_id, running in db.session.execute(jobs.order_by(Tenant.id)):
        if running:
            found.append(Stop(f"{names[tenant_id]} còn {running} việc đang chạy; chờ xong hoặc hủy trước."))
    if plan.closes:
        found += _unsent(plan, names)
    return found + _half_told(plan) + _stricter(plan)


def _half_told(plan: Plan) -> list[Stop]:
    """Years of which a place would hold units that were reported and units that were not.

    Its own report counts all it has: the first would stand in the sums of the province twice, or the others nowhere.
    """
    goes = {unit.id: key for key, units in plan.goes.items() if key for unit in units}
    standing = {place.tenant_id: place.key for place in plan.places if place.tenant_id is not None}
    found = []
    for one in half_told(goes, standing, plan.reform.sources):
        place = plan.place(one.key)
        found.append(
            Stop(
                f"Năm {one.year}, {place.name if place else 'nơi tiếp nhận'} sẽ có {one.told} đơn vị đã nằm trong báo"
                f" cáo đã gửi và {one.untold} đơn vị chưa ({', '.join(one.names)}): số toàn tỉnh sẽ đếm hai lần"
                " hoặc bỏ sót. Nơi chưa gửi báo cáo năm đó phải gửi trước."
            )
        )
    return found


def _unsent(plan: Plan, names: Mapping[int, str]) -> list[Stop]:
    """Reports of ended years that an old place has not sent; it cannot any more once it is closed."""
    sent = exists().where(
        DistrictReport.tenant_id == Dossier.tenant_id,
        DistrictReport.year == Dossier.year,
        DistrictReport.state == "sent",
    )
    rows = db.session.execute(
        select(Dossier.tenant_id, Dossier.year)
        .join(Cycle, and_(Cycle.year == Dossier.year, Cycle.tier == Tier.DISTRICT))
        .where(Dossier.tenant_id.in_(names), Cycle.decide_before <= plan.reform.effective_on, ~sent)
        .distinct()
        .order_by(Dossier.year, Dossier.tenant_id)
    )
    return [
        Stop(
            f"{names[tenant_id]} chưa gửi báo cáo năm {year}; sau khi kết thúc, nơi tiếp nhận báo cáo thay.",
            hard=False,
        )
        for tenant_id, year in rows
    ]


def _stricter(plan: Plan) -> list[Stop]:
    """Running dossiers that would come under an earlier term than they had."""
    old, new = DistrictYear.__table__.alias("old"), DistrictYear.__table__.alias("new")
    targets = {place.tenant_id: place.name for place in plan.places if place.tenant_id is not None}
    rows = db.session.execute(
        select(new.c.tenant_id, new.c.year, new.c.submit_before)
        .join(Cycle, and_(Cycle.year == new.c.year, Cycle.tier == Tier.DISTRICT))
        .outerjoin(old, and_(old.c.year == new.c.year, old.c.tenant_id.in_(plan.reform.sources)))
        .where(
            new.c.tenant_id.in_(targets),
            new.c.submit_before < func.coalesce(old.c.submit_before, Cycle.submit_before),
            Cycle.submit_before > plan.reform.effective_on,
        )
        .distinct()
    )
    return [
        Stop(
            f"Năm {year}, {targets[tenant_id]} nhận hồ sơ trước {words.day(before)}, sớm hơn nơi cũ: "
            "nơi tiếp nhận cần gia hạn cho đơn vị mới về.",
            hard=False,
        )
        for tenant_id, year, before in rows
    ]


def tallies(plan: Plan) -> dict[str, Tally]:
    """Return what goes to each place, by its key; as many statements however many units there are."""
    target = {unit.id: plan.rule.target(unit) for unit in plan.units}
    sums: dict[str, dict[str, int]] = {}
    for unit in plan.units:
        sums.setdefault(target[unit.id], {"units": 0})["units"] += 1
    ended = Dossier.state.in_(ENDED)
    counted: tuple[tuple[tuple[str, ...], Any, tuple[Any, ...]], ...] = (
        (
            ("running", "ended"),
            Dossier,
            (func.count().filter(~ended), func.count().filter(ended)),
        ),
        (("in_force",), Recognition, (func.count().filter(Recognition.state == "in_force"),)),
        (("complaints",), Complaint, (func.count(),)),
        (
            ("files", "size"),
            Evidence,
            (func.count(), func.coalesce(func.sum(Evidence.size), 0)),
        ),
        (("people",), Membership, (func.count().filter(Membership.ended_at.is_(None)),)),
    )
    for names, table, values in counted:
        rows = (
            select(table.unit_id, *values)
            .where(table.tenant_id.in_(plan.reform.sources), table.unit_id.is_not(None))
            .group_by(table.unit_id)
        )
        for unit_id, *numbers in db.session.execute(rows):
            into = sums[target[unit_id]]
            for name, number in zip(names, numbers, strict=True):
                into[name] = into.get(name, 0) + int(number)
    decided = select(DecisionLine.unit_id, DecisionLine.tenant_id, DecisionLine.decision_id).where(
        DecisionLine.tenant_id.in_(plan.reform.sources)
    )
    seen: dict[str, set[tuple[int, int]]] = {}
    for unit_id, tenant_id, decision_id in db.session.execute(decided):
        seen.setdefault(target[unit_id], set()).add((tenant_id, decision_id))
    for key, decisions in seen.items():
        sums[key]["decisions"] = len(decisions)
    return {key: Tally(**numbers) for key, numbers in sums.items()}


def staff(plan: Plan) -> list[tuple[str, str, str]]:
    """Return the people of the old places whose roles end: name, role, place."""
    rows = db.session.execute(
        select(Account.full_name, Membership.role, Tenant.name)
        .join(Membership, Membership.account_id == Account.id)
        .join(Tenant, Tenant.id == Membership.tenant_id)
        .where(
            Membership.tenant_id.in_(plan.reform.sources),
            Membership.role.in_(DISTRICT_ROLES),
            not_over(signin.today()),
        )
        .order_by(Tenant.name_sort, Account.full_name, Membership.id)
    )
    return [(name, words.ROLES[role], place) for name, role, place in rows]


LISTS = {
    "don-vi": "Đơn vị",
    "ho-so": "Hồ sơ đang làm",
    "ho-so-cu": "Hồ sơ đã xong",
    "cong-nhan": "Công nhận còn hiệu lực",
    "quyet-dinh": "Quyết định",
    "khieu-nai": "Khiếu nại",
    "minh-chung": "Minh chứng",
    "nguoi": "Người của đơn vị",
}
"""What of a plan can be opened as a list."""


def listed(plan: Plan, what: str, key: str) -> Select[Any]:
    """Return the rows behind one figure of a plan: place, unit, and one line that says what the row is."""
    numbers = [unit.id for unit in plan.goes.get(key, ())]
    table, said, conditions = _LISTED[what]
    statement = (
        select(Tenant.name.label("place"), Unit.tenant_id, Unit.id, Unit.code, Unit.name, Unit.commune, *said)
        .select_from(Unit)
        .join(Tenant, Tenant.id == Unit.tenant_id)
        .where(Unit.tenant_id.in_(plan.reform.sources), among(Unit.id, numbers))
    )
    if table is None:
        return statement.order_by(Unit.name_sort, Unit.id)
    joined = statement.join(table, and_(table.tenant_id == Unit.tenant_id, table.unit_id == Unit.id))
    if what == "quyet-dinh":
        joined = joined.join(
            Decision, and_(Decision.tenant_id == table.tenant_id, Decision.id == table.decision_id)
        )
    if what == "nguoi":
        joined = joined.join(Account, Account.id == table.account_id)
    return joined.where(*conditions).order_by(Unit.name_sort, Unit.id, table.id)


_LISTED: dict[str, tuple[Any, Sequence[Any], Sequence[Any]]] = {
    "don-vi": (None, (literal("").label("word"),), ()),
    "ho-so": (
        Dossier,
        (Dossier.year.label("year"), Dossier.state.label("word"), Dossier.id.label("dossier_id")),
        (Dossier.state.not_in(ENDED),),
    ),
    "ho-so-cu": (
        Dossier,
        (Dossier.year.label("year"), Dossier.state.label("word"), Dossier.id.label("dossier_id")),
        (Dossier.state.in_(ENDED),),
    ),
    "cong-nhan": (
        Recognition,
        (
            Recognition.year.label("year"),
            func.concat("mức độ ", Recognition.level, ", số ", Recognition.decision_number).label("word"),
        ),
        (Recognition.state == "in_force",),
    ),
    "quyet-dinh": (
        DecisionLine,
        (
            Decision.year.label("year"),
            case((Decision.number != "", Decision.number), else_="dự thảo").label("word"),
        ),
        (),
    ),
    "khieu-nai": (Complaint, (Complaint.state.label("word"),), ()),
    # Sizes only: what a unit has not filed is not yet anybody else's to read.
    "minh-chung": (Evidence, (Evidence.size.label("size"),), ()),
    "nguoi": (
        Membership,
        (func.concat(Account.full_name, " (", Account.login, ")").label("word"),),
        (Membership.ended_at.is_(None),),
    ),
}
