"""The front-end files of others are those of the record, and no lock names a registry."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_vendored_files_match_their_record() -> None:
    run = subprocess.run(
        [sys.executable, "tools/vendor.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr


SCRIPTS = sorted(path.name for path in (ROOT / "portal" / "static").glob("*.js"))


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_stays_short_and_plain(name: str) -> None:
    script = (ROOT / "portal" / "static" / name).read_text()
    assert len(script.splitlines()) <= 210, "what grows past this wants a script of its own"
    for word in ("eval(", "new Function", "insertAdjacentHTML", "document.write"):
        assert word not in script
