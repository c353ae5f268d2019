"""Checked reading of a YAML file: every field has its type, no field is unknown, no key stands twice.

An error names the file, the place in it and what is wrong, in a Vietnamese sentence for the operator.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any, TypeVar

import yaml

from portal import words

K = TypeVar("K")
V = TypeVar("V")


class MalformedVersionError(ValueError):
    """A data file of the catalogue that cannot be used, with the place and the reason."""

    def __init__(self, place: str, reason: str) -> None:
        """Name the place ("tt24-2023.yaml: indicators[3] H.2.1") and the reason."""
        super().__init__(f"{place}: {reason}")


class _Loader(yaml.SafeLoader):
    """The safe loader, which also refuses a key that stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"khóa “{key}” xuất hiện hai lần", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


def load(text: str, place: str) -> Fields:
    """Parse YAML text whose top is a mapping; nothing but plain values can come out of it."""
    try:
        content = yaml.load(text, Loader=_Loader)  # noqa: S506
    except yaml.YAMLError as error:
        raise MalformedVersionError(place, f"không phải YAML hợp lệ ({error}).") from error
    return Fields(content, place)


class Fields:
    """One mapping of the file, read field by field; leaving the `with` block refuses what was not read."""

    def __init__(self, content: object, place: str) -> None:
        """Take a mapping with text or number keys; MalformedVersionError for anything else."""
        if not isinstance(content, dict):
            raise MalformedVersionError(place, "cần một nhóm “tên: giá trị”.")
        self.place = place
        self._left: dict[Any, Any] = dict(content)

    def __enter__(self) -> Fields:
        """Start reading."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Refuse fields that nobody asked for, such as a misspelt name."""
        if kind is None and self._left:
            names = ", ".join(f"“{name}”" for name in self._left)
            raise self.error(f"không biết trường {names}.")

    def error(self, reason: str) -> MalformedVersionError:
        """Make the error for this place."""
        return MalformedVersionError(self.place, reason)

    def has(self, name: str) -> bool:
        """Say whether a field is there and not yet read."""
        return name in self._left

    def text(self, name: str, default: str | None = None) -> str:
        """Read a text, NFC and without space around it; it may be absent only with a default."""
        value = self._take(name, default)
        if not isinstance(value, str):
            raise self.error(f"trường “{name}” phải là chữ (viết trong dấu nháy nếu là số).")
        text = words.nfc(value).strip()
        if not text and default is None:
            raise self.error(f"trường “{name}” để trống.")
        return text

    def number(self, name: str) -> int:
        """Read a whole number."""
        value = self._take(name, None)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.error(f"trường “{name}” phải là số nguyên.")
        return value

    def optional_number(self, name: str) -> int | None:
        """Read a whole number that may be absent."""
        return self.number(name) if self.has(name) else None

    def flag(self, name: str) -> bool:
        """Read true or false."""
        value = self._take(name, None)
        if not isinstance(value, bool):
            raise self.error(f"trường “{name}” phải là true hoặc false.")
        return value

    def day(self, name: str) -> date:
        """Read a day (2024-01-26)."""
        value = self._take(name, None)
        if type(value) is not date:
            raise self.error(f"trường “{name}” phải là ngày, viết như 2024-01-26.")
        return value

    def one_of(self, name: str, choices: Collection[str]) -> str:
        """Read a text that must be one of the choices."""
        value = self.text(name)
        if value not in choices:
            raise self.error(f"trường “{name}” là “{value}”, phải là một trong: {', '.join(choices)}.")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """Read a list of texts; absent is empty."""
        value = self._take(name, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            raise self.error(f"trường “{name}” phải là danh sách chữ.")
        return tuple(words.nfc(item).strip() for item in value)

    def group(self, name: str) -> Fields:
        """Read a mapping inside this one."""
        return Fields(self._take(name, None), f"{self.place}: {name}")

    def each(self, name: str, label: str) -> Iterator[Fields]:
        """Read a list of mappings; `label` is the field that names an entry in errors. Absent is empty."""
        value = self._take(name, [])
        if not isinstance(value, list):
            raise self.error(f"trường “{name}” phải là danh sách.")
        for number, item in enumerate(value, start=1):
            called = f" {item[label]}" if isinstance(item, dict) and label in item else ""
            with Fields(item, f"{self.place}: {name}[{number}]{called}") as fields:
                yield fields

    def numbered(self, name: str) -> Iterator[tuple[int, Fields]]:
        """Read a mapping of mappings whose keys are whole numbers, such as levels. Absent is empty."""
        for key, item in self.mapping(name, int, dict).items():
            with Fields(item, f"{self.place}: {name} {key}") as fields:
                yield key, fields

    def mapping(self, name: str, keys: type[K], values: type[V]) -> dict[K, V]:
        """Read a mapping whose keys and values have these types. Absent is empty."""
        value = self._take(name, {})
        if not isinstance(value, dict) or not all(
            type(key) is keys and type(item) is values for key, item in value.items()
        ):
            raise self.error(f"trường “{name}” có khóa hoặc giá trị không đúng kiểu.")
        return value

    def _take(self, name: str, default: object) -> Any:
        if name not in self._left:
            if default is None:
                raise self.error(f"thiếu trường “{name}”.")
            return default
        return self._left.pop(name)
