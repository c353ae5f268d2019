"""What somebody asks a job for, as plain values."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: a subject (a decision's id, a year, a file's number) of a place, and the `terms` beside it."""

    tenant_id: int
    subject: int = 0
    terms: Mapping[str, Any] = field(default_factory=dict)

    def key(self, account_id: int = 0) -> str:
        """Return what tells this asking from others of the same subject: its terms, and who asks where it matters."""
        said = json.dumps([dict(self.terms), account_id], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest() if self.terms or account_id else ""
