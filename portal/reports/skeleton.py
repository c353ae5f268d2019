"""A report's words as sections whose figures are fields, never typed (rule R14); the district's and the province's.

A field is a name in braces, `{so_don_vi}`; what it shows comes from the tables, so that the text and its
table cannot differ. Pure: no query, no clock.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from portal.words import in_words_of

_FIELD = re.compile(r"\{([^{}]*)\}")
_TYPED = re.compile(
    r"(?<![\w/.-])\d+(?:[.,/]\d+)*\s?(?:%|điểm %|đơn vị|hồ sơ|người|lượt|cuộc|lớp|trường|cơ quan|đợt|buổi|văn bản|huyện)",
    re.IGNORECASE,
)
LONGEST = 20_000
NOTHING = "Không có nội dung báo cáo."


@dataclass(frozen=True, slots=True)
class Section:
    """A block of a report. A heading without a text of its own has no `key`."""

    heading: str
    key: str = ""
    text: str = ""
    minor: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True)
class PrintedSection:
    """A block of a report as printed: its heading and paragraphs; `minor` headings stand below major ones."""

    key: str
    heading: str
    paragraphs: tuple[str, ...]
    minor: bool


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The sections of a kind of report, and the fields its words may hold, each with what it shows."""

    sections: tuple[Section, ...]
    fields: Mapping[str, str]

    @property
    def keys(self) -> tuple[str, ...]:
        """The sections that have words of their own."""
        return tuple(section.key for section in self.sections if section.key)

    @property
    def headings(self) -> dict[str, str]:
        """The heading of each section that has words, by its key."""
        return {section.key: section.heading for section in self.sections if section.key}

    def prefilled(self, tier: str = "district") -> dict[str, str]:
        """Return the words a new report of a place of this tier begins with."""
        return {section.key: in_words_of(tier, section.text) for section in self.sections if section.key}

    def fault(self, text: str) -> str | None:
        """Return the sentence why a text cannot stand, or None: an unknown field, a stray brace, too long."""
        if len(text) > LONGEST:
            return "Mỗi mục dài tối đa 20.000 ký tự."
        unknown = [name for name in _FIELD.findall(text) if name.strip() not in self.fields]
        if unknown:
            return f"Không có ô số liệu “{{{unknown[0][:40]}}}”. Xin chọn trong danh sách ô số liệu."
        if re.search(r"[{}]", _FIELD.sub("", text)):
            return "Dấu ngoặc nhọn chỉ dùng cho ô số liệu, ví dụ {so_don_vi}; có dấu chưa đóng hoặc thừa."
        return None

    def changed(self, kept: Mapping[str, str], texts: Mapping[str, str]) -> tuple[dict[str, str], str | None]:
        """Return the words with some sections written anew, and why they cannot stand (None: they can)."""
        found = dict(kept)
        for key, text in texts.items():
            if key not in self.headings:
                return found, "Báo cáo không có mục này."
            if wrong := self.fault(text):
                return found, f"Mục “{self.headings[key]}”: {wrong}"
            found[key] = "\n".join(line.rstrip() for line in text.strip().splitlines())
        return found, None

    def typed_figures(self, texts: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
        """Return the figures typed into the words instead of taken from a field, as (heading, words) (rule R14)."""
        return tuple(
            (section.heading, " ".join(match.group().split()))
            for section in self.sections
            if section.key
            for match in _TYPED.finditer(_FIELD.sub("…", texts.get(section.key, "")))
        )

    def printed(self, texts: Mapping[str, str], values: Mapping[str, str]) -> tuple[PrintedSection, ...]:
        """Return the sections with their fields shown."""
        return tuple(
            PrintedSection(
                section.key,
                section.heading,
                paragraphs(texts.get(section.key, ""), values) if section.key else (),
                section.minor,
            )
            for section in self.sections
        )

    def empty(self, texts: Mapping[str, str]) -> list[str]:
        """Return the headings of the sections nobody has written yet."""
        return [s.heading for s in self.sections if s.key and not texts.get(s.key, "").strip()]


def rendered(text: str, values: Mapping[str, str]) -> str:
    """Return a text with its fields shown; a field whose figure is not there shows "–"."""
    return _FIELD.sub(lambda match: values.get(match.group(1).strip(), "–"), text)


def paragraphs(text: str, values: Mapping[str, str]) -> tuple[str, ...]:
    """Return a section's paragraphs as they are printed."""
    lines = tuple(line.strip() for line in rendered(text, values).splitlines() if line.strip())
    return lines or (NOTHING,)
