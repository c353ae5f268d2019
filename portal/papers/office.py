"""The district's bodies as its papers name them, and what marks and addresses the installation adds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from portal.papers.data import Letterhead
from portal.place_kinds import TEMPLATES
from tenants.places import FormerName, Tenant, TenantKind, Tier

SPECIMEN = "DỮ LIỆU MINH HỌA"


def inline(name: str) -> str:
    """Return the name of a place as it stands inside a sentence: "huyện An Lão"."""
    return name[:1].lower() + name[1:]


def head_of(office: str) -> str:
    """Return who heads an office: "Trưởng Phòng Giáo dục và Đào tạo"; a Department (Sở) has a director."""
    return f"{'Giám đốc' if office.startswith('Sở ') else 'Trưởng'} {office}"


def title_of_head(office: str) -> str:
    """Return the title of who heads an office as it stands under a paper: "Trưởng phòng", "Giám đốc"."""
    first, kind = head_of(office).removesuffix(office).strip(), office.split()[0].lower()
    return first if kind == "sở" else f"{first} {kind}"


_AUTHORITY = re.compile(r"\s*((?:KT|TUQ)\.\s*[^–-]+?)\s*[–-]\s*(.+)", re.IGNORECASE)


def acting_for(title: str) -> tuple[str, ...]:
    """Return the line of authority above a title (NĐ 30/2020): as typed, "TUQ. CHỦ TỊCH – TRƯỞNG PHÒNG", or a deputy's.

    A deputy signs "KT. CHỦ TỊCH" above "PHÓ CHỦ TỊCH" without anybody typing it.
    """
    if typed := _AUTHORITY.fullmatch(title):
        return (typed.group(1).upper(),)
    found = re.match(r"\s*phó\s+(.+)", title, re.IGNORECASE)
    return (f"KT. {found.group(1).upper()}",) if found else ()


def own_title(title: str) -> str:
    """Return the title of who signs, without a typed line of authority."""
    typed = _AUTHORITY.fullmatch(title)
    return typed.group(2) if typed else title


@dataclass(frozen=True, slots=True)
class Office:
    """A tenant as words of papers.

    `place` is its name inside a sentence, `seat` the place before the date, `specimen` the mark of a demo
    installation (None in a real one), `site` the portal's public address without a slash, "" when unknown.
    """

    committee: str
    office: str
    place: str
    seat: str
    chair_title: str
    tier: str
    symbol: str = "UBND"
    code: str = ""
    specimen: str | None = None
    site: str = ""

    @property
    def full_name(self) -> str:
        """The office with its place: "Phòng Giáo dục và Đào tạo huyện An Lão"."""
        named = self.place.casefold() in self.office.casefold()
        return self.office if named else f"{self.office} {self.place}"

    @property
    def chair(self) -> str:
        """Who decides: "Chủ tịch Ủy ban nhân dân huyện An Lão"."""
        return f"{self.chair_title.capitalize()} {self.committee}"

    def letterhead(self, number: str | None, day: date | None) -> Letterhead:
        """Return the letterhead of the office, under its committee."""
        return Letterhead(
            superior=self.committee, issuer=self.office, number=number, place=self.seat, day=day
        )


def place_of(tier: str, name: str, committee: str) -> str:
    """Return the place whose bodies these are, inside a sentence: that of provincial units is the province's."""
    return inline(name if tier == Tier.DISTRICT else committee.removeprefix("Ủy ban nhân dân").strip())


def office_of(tenant: Tenant | FormerName, *, demo: bool, site: str = "") -> Office:
    """Return a tenant's bodies as its papers name them, or named them under a former name."""
    tier = Tier.PROVINCE if tenant.kind == TenantKind.PROVINCIAL_UNITS else Tier.DISTRICT
    return Office(
        committee=tenant.committee,
        office=tenant.office,
        place=place_of(tier, tenant.name, tenant.committee),
        seat=tenant.seat,
        chair_title=tenant.chair_title,
        tier=TEMPLATES[TenantKind(tenant.kind)].tier,
        symbol=tenant.symbol,
        code=tenant.code if isinstance(tenant, Tenant) else "",
        specimen=SPECIMEN if demo else None,
        site=site,
    )
