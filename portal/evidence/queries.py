"""Reading evidence: one file, the library of a unit, and where files are used."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from portal import words
from portal.catalogue.models import CatalogueIndicator
from portal.dossiers.models import Dossier
from portal.dossiers.states import UNFILED
from tenants.database import db

from .models import Evidence, EvidenceLink
from .rules import ENDS_SOON

SORTS = {
    "moi": (Evidence.id,),
    "ten": (Evidence.name_folded, Evidence.id),
    "ngay": (Evidence.issued_on, Evidence.id),
    "han": (Evidence.valid_until, Evidence.id),
    "dung-luong": (Evidence.size, Evidence.id),
}


@dataclass(frozen=True, slots=True)
class Use:
    """A place where a file proves something: the indicator of a dossier, and the dossier's state."""

    dossier_id: int
    year: int
    state: str
    indicator_id: int
    code: str


def evidence_of(tenant_id: int, evidence_id: int) -> Evidence | None:
    """Return a file of the scope that was not removed, or None."""
    return db.session.scalar(
        select(Evidence).where(
            Evidence.tenant_id == tenant_id, Evidence.id == evidence_id, Evidence.removed_at.is_(None)
        )
    )


def handed_over(file: Evidence) -> bool:
    """Return whether a file belongs to a dossier that was filed, or that the district itself types in."""
    dossier = select(Dossier.id).join(
        EvidenceLink,
        (EvidenceLink.tenant_id == Dossier.tenant_id) & (EvidenceLink.dossier_id == Dossier.id),
    )
    dossier = dossier.where(
        EvidenceLink.tenant_id == file.tenant_id,
        EvidenceLink.unit_id == file.unit_id,
        EvidenceLink.evidence_id == file.id,
        or_(Dossier.state.not_in(UNFILED), Dossier.channel != "portal"),
    )
    return db.session.scalar(dossier.limit(1)) is not None


def same_content(tenant_id: int, unit_id: int, sha256: str) -> Evidence | None:
    """Return the unit's file with this content, or None."""
    return db.session.scalar(
        select(Evidence).where(
            Evidence.tenant_id == tenant_id,
            Evidence.unit_id == unit_id,
            Evidence.sha256 == sha256,
            Evidence.removed_at.is_(None),
        )
    )


def used_bytes(tenant_id: int, unit_id: int) -> int:
    """Return how much a unit's library takes, in bytes; what was removed does not count."""
    total = db.session.scalar(
        select(func.coalesce(func.sum(Evidence.size), 0)).where(
            Evidence.tenant_id == tenant_id, Evidence.unit_id == unit_id, Evidence.removed_at.is_(None)
        )
    )
    return int(total or 0)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a library is narrowed to; "" is no limit. `year`, `code`: used in that year, for that indicator."""

    q: str = ""
    kind: str = ""
    year: str = ""
    code: str = ""
    term: str = ""
    use: str = ""


def library(
    tenant_id: int, unit_id: int, wanted: Wanted, today: date, sort: str = "moi", direction: str = "asc"
) -> Select[Any]:
    """Return the select of a unit's files, searched without accents and totally ordered."""
    statement = select(Evidence).where(
        Evidence.tenant_id == tenant_id, Evidence.unit_id == unit_id, Evidence.removed_at.is_(None)
    )
    for word in words.fold(wanted.q).split():
        statement = statement.where(Evidence.name_folded.contains(word, autoescape=True))
    if wanted.kind:
        statement = statement.where(Evidence.kind == wanted.kind)
    if wanted.term:
        statement = statement.where(*_in_term(wanted.term, today))
    if wanted.year or wanted.code:
        statement = statement.where(_used(wanted.year, wanted.code).exists())
    elif wanted.use:
        statement = statement.where(~_used("", "").exists())
    down = (direction == "desc") != (sort == "moi")
    return statement.order_by(*((c.desc().nulls_last() if down else c) for c in SORTS[sort]))


def _in_term(term: str, today: date) -> tuple[ColumnElement[bool], ...]:
    until = Evidence.valid_until
    begun = or_(Evidence.valid_from.is_(None), Evidence.valid_from <= today)
    return {
        "con": (begun, or_(until.is_(None), until >= today)),
        "sap-het": (begun, until >= today, until <= today + ENDS_SOON),
        "het": (until < today,),
        "khong-ghi": (until.is_(None),),
    }[term]


def _used(year: str, code: str) -> Select[Any]:
    statement = (
        select(EvidenceLink.id)
        .join(
            Dossier,
            (Dossier.tenant_id == EvidenceLink.tenant_id) & (Dossier.id == EvidenceLink.dossier_id),
        )
        .where(
            EvidenceLink.tenant_id == Evidence.tenant_id,
            EvidenceLink.unit_id == Evidence.unit_id,
            EvidenceLink.evidence_id == Evidence.id,
            Dossier.state != "withdrawn",
        )
    )
    if year:
        statement = statement.where(Dossier.year == int(year))
    if code:
        statement = statement.join(
            CatalogueIndicator, CatalogueIndicator.id == EvidenceLink.indicator_id
        ).where(CatalogueIndicator.code == code)
    return statement.correlate(Evidence)


def used_places(tenant_id: int, unit_id: int) -> tuple[list[int], list[str]]:
    """Return the years and the codes of indicators in which a unit uses any file, for the library's filters."""
    rows = db.session.execute(
        select(Dossier.year, CatalogueIndicator.code, CatalogueIndicator.position)
        .join(
            EvidenceLink,
            (EvidenceLink.tenant_id == Dossier.tenant_id) & (EvidenceLink.dossier_id == Dossier.id),
        )
        .join(CatalogueIndicator, CatalogueIndicator.id == EvidenceLink.indicator_id)
        .where(Dossier.tenant_id == tenant_id, Dossier.unit_id == unit_id, Dossier.state != "withdrawn")
        .distinct()
        .order_by(CatalogueIndicator.position)
    ).all()
    return sorted({row.year for row in rows}, reverse=True), list(dict.fromkeys(row.code for row in rows))


def uses(tenant_id: int, evidence_ids: Sequence[int]) -> dict[int, list[Use]]:
    """Return where files are used, the latest year first; one query however many files."""
    found: dict[int, list[Use]] = defaultdict(list)
    if not evidence_ids:
        return found
    rows = db.session.execute(
        select(
            EvidenceLink.evidence_id,
            Dossier.id,
            Dossier.year,
            Dossier.state,
            CatalogueIndicator.id,
            CatalogueIndicator.code,
        )
        .join(
            Dossier,
            (Dossier.tenant_id == EvidenceLink.tenant_id) & (Dossier.id == EvidenceLink.dossier_id),
        )
        .join(CatalogueIndicator, CatalogueIndicator.id == EvidenceLink.indicator_id)
        .where(EvidenceLink.tenant_id == tenant_id, EvidenceLink.evidence_id.in_(evidence_ids))
        .order_by(Dossier.year.desc(), CatalogueIndicator.position, EvidenceLink.id)
    )
    for evidence_id, *rest in rows:
        found[evidence_id].append(Use(*rest))
    return found
