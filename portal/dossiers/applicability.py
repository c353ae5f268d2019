"""To whom an indicator applies: structured data from the catalogue, compared and nothing else.

A unit never switches an indicator off itself; what the district ruled not applicable for it comes in
as `Profile.waived`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from portal import words


class ImpossibleFigureError(ValueError):
    """A figure that cannot be, with the Vietnamese sentence that says why; refuse it before it is stored."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What the rules need to know of a unit for one year.

    `headcounts` by code (words.HEADCOUNTS), None while not entered; `waived` holds the ids of
    indicators that the appraising level ruled not applicable for this unit. `ratio_only`: a unit that
    tells no number of people; its wholes are `measures.RATIO_WHOLE` or 0, its parts hundredths of a percent.
    """

    kind: str
    public: bool
    headcounts: Mapping[str, int | None]
    waived: frozenset[int] = field(default_factory=frozenset)
    ratio_only: bool = False

    def headcount(self, code: str) -> int | None:
        """Give a head-count, None while not entered; ImpossibleFigureError for a negative one."""
        count = self.headcounts.get(code)
        if count is not None and count < 0:
            raise ImpossibleFigureError(f"{words.HEADCOUNTS[code].name}: số liệu không được âm ({count}).")
        return count


@dataclass(frozen=True, slots=True)
class Applicability:
    """The units an indicator is for: kinds, public or not, a head-count above zero; None is no limit."""

    kinds: frozenset[str] | None = None
    public: bool | None = None
    has: str | None = None

    def applies(self, profile: Profile) -> tuple[bool, str]:
        """Say whether the indicator is for this unit, and if not, the sentence why not.

        A head-count that is not entered yet does not make an indicator inapplicable; zero does.
        """
        if self.kinds is not None and profile.kind not in self.kinds:
            return False, f"Không áp dụng: {self._kinds_in_words(profile.kind)}."
        if self.public is not None and profile.public is not self.public:
            owner = "công lập" if self.public else "ngoài công lập"
            return False, f"Không áp dụng: chỉ dành cho cơ quan, đơn vị {owner}."
        if self.has is not None and profile.headcount(self.has) == 0:
            return False, no_headcount(self.has)
        return True, ""

    def _kinds_in_words(self, kind: str) -> str:
        kinds = self.kinds or frozenset()
        if 2 * len(kinds) > len(words.kinds_beside(kind)):
            return f"không dành cho {words.kind_inline(kind)}"
        return "chỉ dành cho " + "; ".join(words.kind_inline(k) for k in sorted(kinds, key=words.kind_order))


def no_headcount(code: str) -> str:
    """Say that nobody is counted, so that there is nothing to measure: never 0 % and never 100 %."""
    return f"Không áp dụng: {words.HEADCOUNTS[code].none}."
