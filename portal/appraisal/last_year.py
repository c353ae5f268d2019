"""What the district saw in a unit's dossier of the year before: one indicator, or the base figures; one statement each."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import joinedload

from portal.catalogue.models import CatalogueIndicator
from portal.catalogue.ruling import as_rule
from portal.dossiers.models import ENDED, Answer, Dossier, Headcount
from portal.dossiers.queries import Sheet
from portal.dossiers.rules import Answer as Given
from tenants.database import db

from . import rules
from .models import Finding, HeadcountFinding


def value_last_year(sheet: Sheet, key: str) -> str:
    """Return the value of an indicator, by its key in the catalogue, with the district's verdict ("" for none)."""
    found = db.session.execute(
        select(Dossier.ratio_only, CatalogueIndicator, Answer, Finding, _count())
        .join(
            CatalogueIndicator,
            and_(CatalogueIndicator.version_id == Dossier.version_id, CatalogueIndicator.key == key),
        )
        .join(Answer, and_(_of(Answer), Answer.indicator_id == CatalogueIndicator.id))
        .outerjoin(Finding, and_(_of(Finding), Finding.indicator_id == CatalogueIndicator.id))
        .outerjoin(Headcount, and_(_of(Headcount), Headcount.code == CatalogueIndicator.base))
        .outerjoin(HeadcountFinding, and_(_of(HeadcountFinding), HeadcountFinding.code == Headcount.code))
        .where(_filed_before(sheet.dossier))
        .options(joinedload(CatalogueIndicator.criterion), joinedload(CatalogueIndicator.thresholds))
    )
    row = found.unique().one_or_none()
    if row is None:
        return ""
    ratio_only, indicator, answer, finding, whole = row
    seen = finding if finding is not None and finding.verdict == "corrected" else answer
    value = rules.value_text(
        as_rule(indicator),
        Given(seen.yes, seen.part, seen.grade),
        whole,
        ratio_only=ratio_only or sheet.unit.discreet,
    )
    return value if finding is None else f"{value} ({rules.VERDICT_WORDS[finding.verdict].lower()})"


def headcounts_last_year(sheet: Sheet) -> dict[str, int | None]:
    """Return the base figures by code; of a unit that tells ratios only, now or then, none."""
    if sheet.dossier.ratio_only:
        return {}
    rows = db.session.execute(
        select(Headcount.code, _count())
        .select_from(Headcount)
        .join(Dossier, _of(Headcount))
        .outerjoin(HeadcountFinding, and_(_of(HeadcountFinding), HeadcountFinding.code == Headcount.code))
        .where(_filed_before(sheet.dossier), Dossier.ratio_only.is_(False))
    )
    return {row[0]: row[1] for row in rows}


def _count() -> Any:
    return func.coalesce(HeadcountFinding.value, Headcount.value)


def _of(model: Any) -> Any:
    return and_(model.tenant_id == Dossier.tenant_id, model.dossier_id == Dossier.id)


def _filed_before(dossier: Dossier) -> Any:
    return and_(
        Dossier.tenant_id == dossier.tenant_id,
        Dossier.unit_id == dossier.unit_id,
        Dossier.year == dossier.year - 1,
        Dossier.state.not_in(ENDED),
        Dossier.submitted_at.is_not(None),
    )
