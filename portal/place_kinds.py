"""The template of each kind of place: its name, its tier, and the words its papers use; read from `place_kinds.yaml`.

What a tenant's papers say stands in the tenant and may differ; the template fills what nobody typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from portal.spelling import nfc
from tenants.places import TenantKind

OF_PROVINCE = (TenantKind.PROVINCE, TenantKind.PROVINCIAL_UNITS)
"""The kinds whose bodies are those of the province: no administrative place beside the others."""

_FILE = Path(__file__).with_suffix(".yaml")


@dataclass(frozen=True, slots=True)
class PlaceTemplate:
    """The words of one kind of place. `starts`: how names of this kind begin; `source`: what the words rest on."""

    kind: TenantKind
    label: str
    tier: str
    committee: str
    office: str
    chair_title: str
    symbol: str
    source: str
    starts: tuple[str, ...] = ()
    unconfirmed: bool = False

    def committee_of(self, name: str) -> str:
        """Return the committee of a place of this kind: "Ủy ban nhân dân xã An Lão"."""
        return self.committee.format(name=name[:1].lower() + name[1:])

    def seat_of(self, name: str) -> str:
        """Return the place before the date on papers: the name without its kind."""
        start = next((one for one in self.starts if name.startswith(f"{one} ")), "")
        return name[len(start) :].strip()


def read_templates(text: str) -> Mapping[TenantKind, PlaceTemplate]:
    """Return the template of every kind; raises `ValueError` where one is missing or names what nobody knows."""
    data: dict[str, dict[str, Any]] = yaml.safe_load(nfc(text))
    if set(data) != set(TenantKind):
        raise ValueError(f"place_kinds.yaml: {sorted(set(data) ^ set(TenantKind))}")
    found = {}
    for kind in TenantKind:
        given = data[kind.value]
        found[kind] = PlaceTemplate(kind=kind, **{**given, "starts": tuple(given["starts"])})
        found[kind].committee_of("X")
    return found


TEMPLATES = read_templates(_FILE.read_text(encoding="utf-8"))


def kind_of(name: str) -> TenantKind | None:
    """Return the kind a full name tells: "Xã An Lão" is a commune; None where it tells none."""
    for kind, template in TEMPLATES.items():
        if any(name.startswith(f"{start} ") for start in template.starts):
            return kind
    return None
