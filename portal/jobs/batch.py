"""What a kind of job is: its right, what it makes of which subject, and the work itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from tenants.rights import Right

from .turn import Result, Turn
from .wanted import Wanted


@dataclass(frozen=True, slots=True)
class Described:
    """A job as people read it, and the `mark` of what it is made of: the same mark, the same result.

    An empty mark: what is made is of its moment alone and serves nobody later. `path`: the page of its subject.
    """

    title: str
    mark: str = ""
    path: str = ""


class Batch(ABC):
    """A kind of job; `name` stands in the table and in forms.

    `personal`: its file is for who asked alone. `inner`: it is for a page of the portal, and nobody takes it along.
    """

    name: ClassVar[str]
    right: ClassVar[Right]
    personal: ClassVar[bool] = False
    inner: ClassVar[bool] = False

    def right_for(self, wanted: Wanted) -> Right:
        """Return the right that asking, doing and fetching take, beside the one to have jobs done at all."""
        return self.right

    @abstractmethod
    def describe(self, wanted: Wanted) -> Described:
        """Return what would be made, in the scope of who asks; raises `Refused` where there is nothing to make."""

    @abstractmethod
    def build(self, turn: Turn) -> Result:
        """Make it, part by part. May be called again after it was broken off anywhere."""
