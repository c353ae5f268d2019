"""Reasons why the program cannot start, each a sentence for the person at the terminal.

A command prints the sentence and ends with status 1; it never shows a traceback for these.
"""

from __future__ import annotations

from typing import Any


class CannotStart(Exception):
    """The program cannot start or go on; `str()` is the Vietnamese sentence and, below it, the English one."""

    def __init__(self, vietnamese: str, english: str) -> None:
        super().__init__(f"{vietnamese}\n({english})")
        self.vietnamese = vietnamese
        self.english = english

    def __reduce__(self) -> tuple[Any, ...]:
        """Cross whole from one process to another."""
        return type(self), (self.vietnamese, self.english)


class WrongSetting(CannotStart):
    """A setting in the environment is missing or wrong."""


class NoDatabase(CannotStart):
    """The private PostgreSQL server cannot be created or started."""
