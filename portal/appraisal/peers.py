"""What the other units of the same kind say on an indicator this year: how many, and where the middle of them lies."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, case, func, select

from portal import words
from portal.dossiers.models import Answer, Dossier, Headcount
from portal.dossiers.queries import Sheet
from portal.dossiers.rules import RATIO_WHOLE, Indicator, Kind
from portal.units.models import Unit
from tenants.database import db

from .queries import QUEUE_STATES

FEWEST_PEERS = 5


@dataclass(frozen=True, slots=True)
class Peers:
    """What the other filed dossiers of the same kind of unit say on one indicator.

    `part` and `whole` leave out the units that tell ratios only; the other numbers count them. The quartiles are of
    the units' shares, in percent; None where there is no share.
    """

    units: int
    part: int
    whole: int
    met_1: int
    met_2: int
    quartiles: tuple[float, float, float] | None = None

    @property
    def enough(self) -> bool:
        """Whether there are so many that no single unit can be read out of them."""
        return self.units >= FEWEST_PEERS


def peers(sheet: Sheet, indicator: Indicator) -> Peers:
    """Sum up an indicator over the district's other filed dossiers of the same year and kind of unit."""
    dossier, unit = sheet.dossier, sheet.unit
    people = Dossier.ratio_only.is_(False)
    whole = func.sum(Headcount.value).filter(people) if indicator.kind is Kind.SHARE else func.count()
    of = case((people, Headcount.value), else_=RATIO_WHOLE)
    share = Answer.part * 100.0 / func.nullif(of, 0)
    quartiles = [func.percentile_cont(q).within_group(share) for q in (0.25, 0.5, 0.75)]
    shares = quartiles if indicator.kind is Kind.SHARE else []
    statement = (
        select(
            func.count(),
            func.coalesce(func.sum(Answer.part).filter(people), 0),
            func.coalesce(whole, 0),
            func.count().filter(Answer.met_1 == "met"),
            func.count().filter(Answer.met_2 == "met"),
            *shares,
        )
        .select_from(Answer)
        .join(Dossier, and_(Dossier.tenant_id == Answer.tenant_id, Dossier.id == Answer.dossier_id))
        .join(Unit, and_(Unit.tenant_id == Dossier.tenant_id, Unit.id == Dossier.unit_id))
        .where(
            Answer.tenant_id == dossier.tenant_id,
            Answer.indicator_id == indicator.id,
            Answer.met_1 != "not_applicable",
            Dossier.year == dossier.year,
            Dossier.state.in_(QUEUE_STATES),
            Dossier.id != dossier.id,
            Unit.kind == unit.kind,
        )
    )
    if indicator.kind is Kind.SHARE:
        statement = statement.join(
            Headcount,
            and_(
                Headcount.tenant_id == Answer.tenant_id,
                Headcount.dossier_id == Answer.dossier_id,
                Headcount.code == indicator.base,
            ),
        )
    units, part, total, met_1, met_2, *found = db.session.execute(statement).one()
    middle = (float(found[0]), float(found[1]), float(found[2])) if found and found[1] is not None else None
    return Peers(units, int(part), int(total), met_1, met_2, middle)


def said_of(found: Peers, indicator: Indicator) -> str:
    """Say in a sentence where the peers stand; so few that one could be made out are only counted."""
    if not found.units:
        return "Chưa có đơn vị cùng loại nào khác nộp hồ sơ năm nay."
    if not found.enough:
        return f"Dưới {FEWEST_PEERS} đơn vị cùng loại đã nộp, không so sánh."
    of = f"{found.units} đơn vị cùng loại đã nộp"
    if indicator.kind is Kind.SHARE and found.quartiles is not None:
        low, middle, high = (words.percent(int(q * 100 + 1e-6), 10_000, 1) for q in found.quartiles)
        return f"{of}: trung vị {middle}, nửa ở giữa từ {low} đến {high}."
    return f"{of}: {found.met_1} đạt mức độ 1, {found.met_2} đạt mức độ 2."
