"""The guides name what is there: every picture stands in docs/pictures, every button and label on some page."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from portal import words
from portal.desk.guides import EDITIONS, NAMES, written

ROOT = Path(__file__).parents[2]
GUIDES = ROOT / "docs" / "huong-dan"
PICTURES = ROOT / "docs" / "pictures"
SOURCES = (
    *(ROOT / "templates").rglob("*.html"),
    *(ROOT / "portal").rglob("*.py"),
    *(ROOT / "portal" / "static").glob("*.js"),
    ROOT / "portal" / "static" / "app.css",  # some words of a folded part stand in its style
)
MOST_BYTES = 200_000
# Said of the guide itself, or stressed, where no button or label is meant.
NOT_ON_A_PAGE = {
    "đậm",
    "ngoặc kép",
    "số người đạt",
    "trước ngày 15/01",
}


@cache
def source(tier: str = "district") -> str:
    """All text from which pages of a tier are made."""
    return words.in_words_of(tier, "\n".join(path.read_text(encoding="utf-8") for path in SOURCES))


def named(text: str) -> set[str]:
    """What a guide calls a button (bold) or a name on the page (in quotation marks)."""
    found = re.findall(r"\*\*(.+?)\*\*|“(.+?)”", text)
    return {one or other for one, other in found} - NOT_ON_A_PAGE


def stands_on_a_page(label: str, tier: str = "district") -> bool:
    """Tell whether words stand as a whole label somewhere; "…" is what the page fills in."""
    within = r"[^\n]{0,160}?".join(re.escape(part.strip()) for part in label.split("…"))
    ends = "" if label.endswith("…") else r"(?=\s*[<>\"'”`{}.:,;(\]\\]|\s*$)"
    return re.search(rf"(?:^|[>\"'“`}}\]])\s*{within}{ends}", source(tier), re.MULTILINE) is not None


@pytest.mark.parametrize("name", NAMES)
def test_every_picture_of_a_guide_exists(name: str) -> None:
    """Each guide shows pictures, all with a description, all there."""
    shown = re.findall(r"!\[(.*?)\]\((.*?)\)", written(name))
    assert shown
    for described, path in shown:
        assert described, path
        assert (GUIDES / path).resolve().is_relative_to(PICTURES), path
        assert (GUIDES / path).is_file(), path


@pytest.mark.parametrize("name", NAMES)
def test_every_button_and_label_of_a_guide_stands_on_a_page(name: str) -> None:
    """A word changed on a page is changed in the guides too."""
    labels, tier = named(written(name)), "province" if name in EDITIONS else "district"
    assert len(labels) > 10
    assert [one for one in sorted(labels) if not stands_on_a_page(one, tier)] == []


def test_a_wrong_name_would_be_noticed() -> None:
    """The check is not satisfied by a part of a label, or by words that are nowhere."""
    assert stands_on_a_page("Nộp hồ sơ")
    assert stands_on_a_page("Ban hành cho … đơn vị")
    assert not stands_on_a_page("Trình thủ trưởng")
    assert not stands_on_a_page("Nút không có thật")


def test_every_picture_is_small_and_used() -> None:
    """Pictures load on a slow line, and none lies about."""
    readers = [ROOT / "README.md", *GUIDES.glob("*.md")]
    used = "\n".join(path.read_text(encoding="utf-8") for path in readers)
    for picture in PICTURES.iterdir():
        assert picture.suffix == ".png", picture.name
        assert picture.stat().st_size < MOST_BYTES, picture.name
        assert f"pictures/{picture.name}" in used, f"{picture.name} is shown nowhere"
