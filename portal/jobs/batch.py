"""What a kind of job is: its right, what it makes of which subject, and the work itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from tenants.rights import Right

from .turn import Result, Turn


@dataclass(frozen=True, slots=True)
class Described:
    """A job as people read it, and the `mark` of what it is made of: the same mark, the same result."""

    title: str
    mark: str


class Batch(Protocol):
    """A kind of job; `name` stands in the table and in forms."""

    name: str
    right: Right

    def describe(self, tenant_id: int, subject: int) -> Described:
        """Return what would be made, in the scope of who asks; raises `Refused` where there is nothing to make."""

    def build(self, turn: Turn) -> Result:
        """Make it, part by part. May be called again after it was broken off anywhere."""
