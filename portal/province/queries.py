"""Reading for the province: its places and who administers them, the year shown first, the receipt table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ScalarSelect, Select, and_, bindparam, collate, exists, func, or_, select

from portal import clock
from portal.cycle.models import Cycle
from portal.cycle.queries import cycles
from portal.dossiers.models import Dossier
from portal.figures.queries import cut_off_day, open_on
from portal.place_kinds import TEMPLATES
from portal.reports.models import DistrictReport, ReportAnswer
from portal.reports.queries import stands, told
from portal.units.models import Unit
from tenants import signin
from tenants.database import db
from tenants.people import Account, Membership, Role
from tenants.places import Succession, Tenant, TenantKind, Tier
from tenants.placing import on_day

from .rules import Standing, late_words, year_shown

BY_NAME = (collate(Tenant.name_sort, "C"), Tenant.id)


def cycle_shown(asked: str, tenant_id: int | None = None) -> Cycle | None:
    """Return the year asked for, or the one the province looks at first; None before any year is opened.

    It is the districts' year, or that of the place named.
    """
    return cycle_among(cycles(tenant_id), asked)


def cycle_among(opened: Iterable[Cycle], asked: str) -> Cycle | None:
    """Return the year asked for among the opened ones, as `cycle_shown` does."""
    known = {cycle.year: cycle for cycle in opened}
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else 0
    chosen = year if year in known else year_shown([*known], clock.today())
    return known[chosen] if chosen is not None else None


def places(tier: Tier | None = None) -> list[Tenant]:
    """Return all places but the province itself, or those of a tier, in the order of their names."""
    statement = select(Tenant).where(Tenant.kind != TenantKind.PROVINCE)
    if tier is not None:
        statement = statement.where(Tenant.tier == tier)
    return list(db.session.scalars(statement.order_by(*BY_NAME)))


def places_in(year: int, tier: Tier = Tier.DISTRICT) -> list[Tenant]:
    """Return the places of a tier that have a part in a year: open at its end, or with units or dossiers in it."""
    values = {"year": year, "last": date(year, 12, 31), "cut_off": cut_off_day(year), "tier": tier}
    return list(db.session.scalars(_places_in(), values))


@cache
def _places_in() -> Select[tuple[Tenant]]:
    last, cut_off = bindparam("last"), bindparam("cut_off")
    return (
        select(Tenant)
        .where(
            Tenant.kind != TenantKind.PROVINCE,
            Tenant.tier == bindparam("tier"),
            or_(
                and_(Tenant.valid_from <= last, or_(Tenant.valid_to.is_(None), Tenant.valid_to > last)),
                exists().where(Unit.tenant_id == Tenant.id, open_on(cut_off)),
                exists().where(Dossier.tenant_id == Tenant.id, Dossier.year == bindparam("year")),
            ),
        )
        .order_by(*BY_NAME)
    )


def reporting_in(year: int, tier: Tier = Tier.DISTRICT) -> list[Tenant]:
    """Return the places of a year that sent its report or have to: a reform can take the duty from one of them.

    Who is closed sends no more, who takes over its units does. Who came after the year owes no report of units that
    one of their former places has told of.
    """
    last = date(year, 12, 31)
    sent = exists().where(stands(year), DistrictReport.tenant_id == Tenant.id)
    running = or_(Tenant.valid_to.is_(None), Tenant.valid_to > clock.today())
    named = select(Tenant, sent, Tenant.valid_from <= last).where(
        Tenant.kind != TenantKind.PROVINCE, Tenant.tier == tier, or_(sent, running)
    )
    rows = [tuple(row) for row in db.session.execute(named.order_by(*BY_NAME))]
    young = [place.id for place, has_sent, was_there in rows if not (has_sent or was_there)]
    # Units that went the same way are asked about once (an offset keeps the question outside).
    ways = (
        select(Unit.tenant_id, Unit.came_through)
        .where(Unit.tenant_id.in_(young), open_on(cut_off_day(year)))
        .distinct()
        .offset(0)
        .subquery()
    )
    untold = select(ways.c.tenant_id).where(~told(year, ways.c.tenant_id, ways.c.came_through)).distinct()
    owing = set(db.session.scalars(untold)) if young else set()
    return [place for place, has_sent, was_there in rows if has_sent or was_there or place.id in owing]


def the_province() -> Tenant:
    """Return the province itself."""
    return db.session.scalars(select(Tenant).where(Tenant.kind == TenantKind.PROVINCE)).one()


def bodies_of(kind: TenantKind, name: str) -> tuple[str, str, str]:
    """Return committee, office and seat of a new place where nobody types them; provincial units have the province's."""
    if kind is TenantKind.PROVINCIAL_UNITS:
        province = the_province()
        return province.committee, province.office, province.seat
    template = TEMPLATES[kind]
    return template.committee_of(name), template.office, template.seat_of(name)


def provincial_place() -> Tenant | None:
    """Return the place that recognises the units of provincial level, None before it is opened."""
    return db.session.scalar(
        select(Tenant)
        .where(Tenant.kind == TenantKind.PROVINCIAL_UNITS, Tenant.valid_to.is_(None))
        .order_by(Tenant.id)
        .limit(1)
    )


def followers_of_closed() -> dict[int, list[int]]:
    """Return who took over from each place that is closed; {} in a province that no reform has changed."""
    found: dict[int, list[int]] = {}
    statement = (
        select(Succession.from_id, Succession.to_id)
        .join(Tenant, Tenant.id == Succession.from_id)
        .where(Tenant.valid_to.is_not(None))
        .order_by(Succession.from_id, Succession.to_id)
    )
    for source, target in db.session.execute(statement):
        found.setdefault(source, []).append(target)
    return found


def successor_ids() -> set[int]:
    """Return the places that took anything over from another."""
    return set(db.session.scalars(select(Succession.to_id)))


def place(tenant_id: int) -> Tenant | None:
    """Return a place, or None for the province itself and for an unknown one."""
    tenant = db.session.get(Tenant, tenant_id)
    return None if tenant is None or tenant.kind == TenantKind.PROVINCE else tenant


def in_office(role: Role) -> dict[int, list[Account]]:
    """Return who holds a role of the district in every district, by its id."""
    found: dict[int, list[Account]] = {}
    statement = (
        select(Membership.tenant_id, Account)
        .join(Account, Account.id == Membership.account_id)
        .where(Membership.role == role, Account.disabled_at.is_(None), on_day(signin.today()))
        .order_by(Membership.tenant_id, Membership.id)
    )
    for tenant_id, account in db.session.execute(statement):
        found.setdefault(tenant_id, []).append(account)
    return found


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One district in the receipt table: when it sent, on time or not, how often, where it stands."""

    district: str
    sent_at: datetime | None
    late: bool
    sendings: int
    state: str
    answered_at: datetime | None = None
    answered_by: str = ""
    days_late: int = 0

    @classmethod
    def of(cls, district: str, where: Standing) -> ReceiptLine:
        """Return the line of a district where its report stands so."""
        latest = where.latest
        return cls(
            district=district,
            sent_at=latest.sent_at if latest else None,
            late=latest.late if latest else where.overdue,
            sendings=where.sendings,
            state=where.word,
            answered_at=latest.answered_at if latest else None,
            answered_by=latest.answered_by if latest else "",
            days_late=where.days_late,
        )

    @property
    def on_time(self) -> str:
        """Whether the report came in time, in words; "" while it is neither sent nor overdue."""
        if self.late:
            return late_words(self.days_late)
        return "Đúng hạn" if self.sent_at else ""

    def as_json(self) -> dict[str, Any]:
        """Return the line as it is kept in a compilation."""
        times = {"sent_at": self.sent_at, "answered_at": self.answered_at}
        return asdict(self) | {key: at.isoformat() if at else None for key, at in times.items()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ReceiptLine:
        """Read a line from a compilation."""
        times = {
            key: datetime.fromisoformat(data[key]) if data[key] else None
            for key in ("sent_at", "answered_at")
        }
        return cls(**{**data, **times})


def sensitive_units(tenant_id: int) -> set[int]:
    """Return the ids of a district's units whose head-counts the province does not see."""
    return set(db.session.scalars(select(Unit.id).where(Unit.tenant_id == tenant_id, Unit.sensitive)))


def reports_waiting() -> ScalarSelect[int]:
    """Return how many reports that were sent nobody has answered yet, as part of a statement."""
    answered = exists().where(
        ReportAnswer.tenant_id == DistrictReport.tenant_id, ReportAnswer.report_id == DistrictReport.id
    )
    statement = select(func.count()).select_from(DistrictReport)
    return statement.where(DistrictReport.state == "sent", ~answered).scalar_subquery()
