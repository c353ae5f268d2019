"""The licence under which open data may be used: one the Department confirmed, else the one we propose."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from portal import clock

LICENCE = "open_data_licence"


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence by name and address; `document`: what the Department confirmed it with ("": it has not)."""

    name: str
    url: str
    document: str = ""

    def as_json(self) -> dict[str, str]:
        """Return the licence as the files and the setting hold it."""
        return asdict(self)


PROPOSED = Licence(
    "Creative Commons Ghi công 4.0 Quốc tế (CC BY 4.0)", "https://creativecommons.org/licenses/by/4.0/"
)


def licence() -> Licence:
    """Return the licence in force."""
    kept = clock.settings().get(LICENCE)
    return Licence(**json.loads(kept)) if kept else PROPOSED
