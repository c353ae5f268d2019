"""What a job leaves behind."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Result:
    """The file a job made, in the job's folder, and what it is called; or, without one, what was done (`told`).

    `page`: the address that shows what became of it.
    """

    path: Path | None = None
    file_name: str = ""
    media_type: str = ""
    told: str = ""
    page: str = ""
