"""A dossier's figures as text, so that dossiers can be compared: by a district for its visits, by the Department."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, func, literal, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by, array_agg

from portal.catalogue.models import CatalogueIndicator
from portal.dossiers.models import Answer, Headcount


def figures_of(*which: ColumnElement[bool]) -> Select[Any]:
    """Return the statement of the figures of the dossiers whose answers are meant, one row a dossier.

    Columns: tenant_id, dossier_id, every (by indicator), answered, shares (as shown), full, telling; see `rules.Figures`.
    """
    indicator, whole = CatalogueIndicator, Headcount.value
    value = func.coalesce(
        cast(Answer.part, String) + "/" + func.coalesce(cast(whole, String), "?"),
        "g" + cast(Answer.grade, String),
        case((Answer.yes.is_(True), "có"), (Answer.yes.is_(False), "không")),
    )
    every = func.string_agg(indicator.key + "=" + value, aggregate_order_by(literal(";"), indicator.key))
    is_share = Answer.part.is_not(None)
    shown = indicator.code + " = " + value
    return (
        select(
            Answer.tenant_id,
            Answer.dossier_id,
            every.label("every"),
            func.count().label("answered"),
            array_agg(aggregate_order_by(shown, indicator.position)).filter(is_share).label("shares"),
            func.count().filter(and_(is_share, Answer.part == whole, whole > 0)).label("full"),
            func.count().filter(and_(is_share, Answer.part > 0, Answer.part < whole)).label("telling"),
        )
        .join(indicator, indicator.id == Answer.indicator_id)
        .outerjoin(
            Headcount,
            and_(
                Headcount.tenant_id == Answer.tenant_id,
                Headcount.dossier_id == Answer.dossier_id,
                Headcount.code == indicator.base,
            ),
        )
        .where(*which)
        .where(or_(Answer.yes.is_not(None), Answer.part.is_not(None), Answer.grade.is_not(None)))
        .group_by(Answer.tenant_id, Answer.dossier_id)
    )
