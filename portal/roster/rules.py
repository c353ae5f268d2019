"""What a roster counts: its columns come from the catalogue's shares, its cells mean yes or no. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from portal import words
from portal.dossiers.rules import Indicator, Kind, Profile
from portal.spelling import fold

MEMBERS, LEARNERS = "members", "learners"
MOST_PEOPLE = 20_000
LONGEST_LABEL = 200
HEAD_WITHIN = 15
TITLES: Mapping[str, str] = {MEMBERS: "Thành viên", LEARNERS: "Người học"}
LABEL_HEAD = "Họ và tên (hoặc mã)"

_LABEL_HEADS = {"ho va ten (hoac ma)", "ho va ten", "ho ten", "ten", "ma", "ho va ten hoac ma"}
_YES = {"x", "v", "co", "yes", "1", "dat", "d", "true", "✓", "✔"}
_NO = {"", "khong", "k", "no", "0", "chua", "khong dat", "chua dat", "cd", "false", "-", "–"}
_bare = lru_cache(4096)(fold)
_CODE = re.compile(r"\s*([0-9]+(?:\.[0-9]+)*[a-zđ]?)(?:[\s.:)]|$)")


@dataclass(frozen=True, slots=True)
class Column:
    """A column to mark people in: the code counted, its head and what it means.

    `within`: the code that must be marked as well, where the share is one of a part of the sheet.
    """

    code: str
    title: str
    help: str
    within: str = ""

    @property
    def head(self) -> str:
        """The head of the column in the template."""
        return self.title if self.code in words.HEADCOUNTS else f"{self.code} {self.title}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of the template: the head-count that its rows are, and its columns."""

    key: str
    columns: tuple[Column, ...]

    @property
    def title(self) -> str:
        """The name of the sheet."""
        return TITLES[self.key]


Layout = tuple[Sheet, ...]


def layout(indicators: Sequence[Indicator], helps: Mapping[int, str], profile: Profile) -> Layout:
    """Return the sheets a unit counts with: one for members, one for learners where an indicator asks for them.

    Shares of any other head-count are counted among the members, with a column that says who belongs to it.
    `helps`: the plain words of each indicator by its id. Head-counts of the profile play no part.
    """
    profile, waived = replace(profile, headcounts={}), profile.waived
    columns: dict[str, list[Column]] = {MEMBERS: [], LEARNERS: []}
    for one in indicators:
        if one.kind is not Kind.SHARE or one.id in waived or not one.applies.applies(profile)[0]:
            continue
        base = one.base or MEMBERS
        own = columns[base if base in columns else MEMBERS]
        if base not in columns and base not in {column.code for column in own}:
            name = words.HEADCOUNTS[base].name
            own.append(Column(base, name, f"Đánh dấu người ở {name[:1].lower()}{name[1:]}."))
        own.append(Column(one.code, one.title, helps.get(one.id, ""), "" if base in columns else base))
    return tuple(Sheet(key, tuple(own)) for key, own in columns.items() if own)


@dataclass(frozen=True, slots=True)
class Person:
    """One row of a roster."""

    sheet: str
    line: int
    label: str
    marks: frozenset[str]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row: the sheet's title, the row as Excel numbers it (0: the whole sheet), the sentence."""

    sheet: str
    line: int
    sentence: str


@dataclass
class Reading:
    """What a file holds: its people, what is wrong, and what is only to be known."""

    people: list[Person] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


Rows = Iterable[tuple[int, Sequence[str]]]


def head_of(sheet: Sheet, cells: Sequence[str]) -> dict[int, str] | None:
    """Return what each column of a row of heads stands for ("" for the label), None where it is no head."""
    by_title = {fold(column.head): column.code for column in sheet.columns}
    codes = {column.code for column in sheet.columns}
    found: dict[int, str] = {}
    for place, cell in enumerate(cells):
        text = fold(cell.replace("*", ""))
        match = _CODE.match(text)
        code = match[1] if match and match[1] in codes else by_title.get(text)
        if text in _LABEL_HEADS:
            code = ""
        if code is not None and code not in found.values():
            found[place] = code
    return found if "" in found.values() else None


def lacking(sheet: Sheet, head: Mapping[int, str]) -> list[str]:
    """Return the heads of the columns a sheet lacks."""
    there = set(head.values())
    return [column.head for column in sheet.columns if column.code not in there]


def read_rows(sheet: Sheet, head: Mapping[int, str], rows: Rows, into: Reading) -> None:
    """Read the rows below a head into a reading; every cell that cannot be understood is a fault of its row."""
    names = {column.code: column.head for column in sheet.columns}
    within = {column.code: column.within for column in sheet.columns if column.within}
    for number, cells in rows:
        said = {code: cells[place] if place < len(cells) else "" for place, code in head.items()}
        if not any(said.values()):
            continue
        wrong = [
            f"cột “{names.get(code, LABEL_HEAD)}”: {why}"
            for code, text in said.items()
            if (why := _unreadable(code, text))
        ]
        label = said.pop("").strip()
        marks = frozenset(code for code, text in said.items() if _bare(text) in _YES)
        if not label and (marks or wrong):
            wrong.append(f"chưa ghi “{LABEL_HEAD}”.")
        wrong += [
            f"ghi đạt “{names[code]}” nhưng chưa đánh dấu “{names[base]}”."
            for code, base in within.items()
            if code in marks and base not in marks
        ]
        into.faults += [Fault(sheet.title, number, sentence) for sentence in wrong]
        if label and not wrong:
            into.people.append(Person(sheet.key, number, label, marks))


def _unreadable(code: str, text: str) -> str:
    """Say why a cell cannot be taken, "" where it can."""
    if text.startswith("="):
        return "là công thức; hệ thống không tính công thức, xin dán giá trị (Paste Values)."
    if text.startswith("#"):
        return f"có lỗi công thức “{text[:20]}”."
    if code == "":
        return f"dài quá {LONGEST_LABEL} ký tự." if len(text) > LONGEST_LABEL else ""
    if _bare(text) not in _YES and _bare(text) not in _NO:
        return f"“{text[:30]}” chưa rõ; ghi x nếu đạt, để trống nếu không."
    return ""


def counts(layout: Layout, reading: Reading) -> tuple[dict[str, int], dict[str, int]]:
    """Return head-counts by code, and how many people are counted for each indicator by its code.

    Of the sheets that were filled in; a head-count that nobody is marked for is 0, and its shares are no shares.
    """
    people = Counter(person.sheet for person in reading.people)
    marks = Counter(code for person in reading.people for code in person.marks)
    filled = [sheet for sheet in layout if people[sheet.key]]
    columns = [column for sheet in filled for column in sheet.columns]
    wholes = {sheet.key: people[sheet.key] for sheet in filled}
    wholes |= {column.code: marks[column.code] for column in columns if column.code in words.HEADCOUNTS}
    return wholes, {
        column.code: marks[column.code]
        for column in columns
        if column.code not in wholes and wholes.get(column.within) != 0
    }
