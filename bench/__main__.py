"""`python -m bench`: build the data, measure floors and ours in one run, print the table of ratios."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from . import evening, growth, lists, pages, papers, starts, wall
from .province import Province
from .sizes import SIZES
from .table import Line, as_csv, as_text

GROUPS = ("wall", "pages", "growth", "evening", "papers", "start")


def main() -> int:
    """Run what the arguments ask for; the status says whether something could not be measured."""
    asked = _arguments()
    began = time.monotonic()

    def say(sentence: str) -> None:
        print(f"  {time.monotonic() - began:7.1f} s  {sentence}", file=sys.stderr, flush=True)

    folder = asked.folder or Path(tempfile.mkdtemp(prefix="dvht-bench-"))
    lines: list[Line] = []
    failed = False
    province = Province(folder, SIZES[asked.size], say)
    try:
        if set(asked.only) != {"start"}:  # which makes its own
            province.open_or_build()
        for group, measure in _measures(asked, province, folder).items():
            if group not in asked.only:
                continue
            say(group)
            try:
                lines.extend(measure())
            except Exception as reason:  # one group that fails must not cost the others their results
                say(f"{group}: {type(reason).__name__}: {reason}")
                failed = True
    finally:
        # What was measured is told also when somebody breaks off.
        print(as_text(lines), flush=True)
        if asked.csv:
            asked.csv.write_text(as_csv(lines), encoding="utf-8")
        if asked.keep:
            province.close()
        else:
            province.drop()
    return 1 if failed else 0


def _measures(
    asked: argparse.Namespace, province: Province, folder: Path
) -> dict[str, Callable[[], Iterable[Line]]]:
    rounds, calls = asked.rounds, asked.calls

    def of_papers() -> Iterator[Line]:
        yield from papers.paper_lines(province, rounds)
        yield from papers.annex_lines(max(1, rounds // 2), (500, 5000))
        yield from papers.memory_lines(5000, 200_000)
        yield from lists.list_lines(province, 200_000)

    # Growth comes last: it leaves the database bigger than the others were measured on.
    return {
        "wall": lambda: wall.wall_lines(province, rounds, calls),
        "pages": lambda: pages.page_lines(province, rounds, calls),
        "evening": lambda: evening.evening_lines(
            province, evening.Pace(asked.users, asked.at_once, asked.within)
        ),
        "papers": of_papers,
        "start": lambda: starts.start_lines(folder),
        "growth": lambda: growth.growth_lines(province, asked.times, rounds, calls),
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="medium", help="how big a province to build")
    parser.add_argument("--folder", type=Path, help="where its database lies; a temporary folder otherwise")
    parser.add_argument("--keep", action="store_true", help="leave the database for the next run on --folder")
    parser.add_argument("--only", nargs="+", choices=GROUPS, default=GROUPS, help="what to measure")
    parser.add_argument(
        "--times", nargs="+", type=int, default=[2, 5, 10], help="growth: so many times the cycles"
    )
    parser.add_argument("--users", type=int, default=60, help="last evening: units (10000 for all of it)")
    parser.add_argument("--at-once", type=int, default=20, help="last evening: units at the same time (200)")
    parser.add_argument(
        "--within",
        type=float,
        default=0,
        help="last evening: seconds in which they come (3600); 0: no pauses",
    )
    parser.add_argument("--rounds", type=int, default=5, help="turns every variant takes")
    parser.add_argument("--calls", type=int, default=10, help="calls in a turn")
    parser.add_argument("--csv", type=Path, help="write the table here as CSV as well")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
