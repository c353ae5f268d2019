"""The README tells the truth where it can be checked."""

from __future__ import annotations

import re
from pathlib import Path

from portal.dossiers.diagram import mermaid

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_diagram_is_the_step_table() -> None:
    """The picture of a dossier's year is made from the table and is up to date."""
    shown = re.search(r"```mermaid\n(.*?)\n```", README, re.DOTALL)
    assert shown is not None
    assert shown[1] == mermaid()


def test_every_room_of_the_map_exists() -> None:
    """Every room under portal/ is on the map, and every room on the map exists."""
    block = README.split("portal/                     the work", 1)[1].split("templates/  ", 1)[0]
    named = {name for line in block.splitlines()[1:] for name in line[:28].replace(",", " ").split()}
    rooms = {path.parent.name for path in (ROOT / "portal").glob("*/__init__.py")}
    for name in named:
        assert (ROOT / "portal" / name).exists() or (ROOT / "portal" / f"{name}.py").exists(), name
    assert not rooms - named, f"not on the map: {rooms - named}"


def test_every_picture_and_page_linked_exists() -> None:
    """No link of the README leads nowhere."""
    for link in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / link).exists(), link
