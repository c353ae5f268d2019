"""The list of what every release must show names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
LISTED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def test_every_situation_is_shown_by_tests_that_exist() -> None:
    """All twelve, each with at least one test; a renamed test must be renamed here."""
    rows = [
        line
        for line in (ROOT / "docs" / "acceptance.md").read_text(encoding="utf-8").splitlines()
        if re.match(r"\| \d+ \|", line)
    ]
    assert len(rows) == 12
    for row in rows:
        named = LISTED.findall(row)
        assert named, row
        for path, name in named:
            assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), f"{path}::{name}"
