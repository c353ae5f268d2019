"""Measuring: CPU of this process and of its database backends, variants taken in turns, medians.

Seconds on a clock depend on the neighbours; CPU hardly does. Every ratio is of variants that took turns.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg


@dataclass(frozen=True)
class Cost:
    """What one call costs, in seconds: CPU of this process, CPU of the database's backends, and by the clock."""

    own: float
    database: float
    clock: float

    @property
    def cpu(self) -> float:
        """CPU of both together."""
        return self.own + self.database


class Watch:
    """Reads what the backends of one database have used, all or those of a login; without a database nothing."""

    def __init__(self, superuser: Mapping[str, Any] | None = None, login: str = "%") -> None:
        self._login = login
        self._connection = psycopg.connect(**superuser, autocommit=True) if superuser else None

    def backends(self) -> list[Path]:
        """Return where the system keeps the CPU of every other backend of the database."""
        if self._connection is None:
            return []
        rows = self._connection.execute(
            "select pid from pg_stat_activity where datname = current_database()"
            " and pid <> pg_backend_pid() and usename like %s",
            (self._login,),
        )
        return [path for (pid,) in rows if (path := Path(f"/proc/{pid}/schedstat")).exists()]

    def close(self) -> None:
        """Let go of the watching connection."""
        if self._connection is not None:
            self._connection.close()


def used(backends: list[Path]) -> float:
    """Return the CPU seconds of some backends; one that ended meanwhile counts as nothing."""
    total = 0
    for path in backends:
        try:
            total += int(path.read_text().split()[0])
        except OSError:
            continue
    return total / 1e9


def take_turns(
    variants: Mapping[str, Callable[[], object]],
    *,
    rounds: int = 5,
    calls: int = 20,
    watch: Watch | None = None,
    before: Mapping[str, Callable[[], object]] | None = None,
) -> dict[str, Cost]:
    """Run every variant `calls` times in each of `rounds` rounds, one after the other; medians of a call.

    `before`: what makes ready for a variant; it is run ahead of its turn, with one call, and not counted.
    """
    ready = before or {}
    for call in variants.values():
        call()
        call()
    found: dict[str, list[Cost]] = {name: [] for name in variants}
    backends = watch.backends() if watch else []
    for number in range(rounds):
        names = list(variants)
        for name in names[number % len(names) :] + names[: number % len(names)]:
            call = variants[name]
            if name in ready:
                ready[name]()
                call()
            database, own, began = used(backends), time.process_time(), time.perf_counter()
            for _ in range(calls):
                call()
            found[name].append(
                Cost(
                    (time.process_time() - own) / calls,
                    (used(backends) - database) / calls,
                    (time.perf_counter() - began) / calls,
                )
            )
    return {
        name: Cost(
            statistics.median(c.own for c in costs),
            statistics.median(c.database for c in costs),
            min(c.clock for c in costs),
        )
        for name, costs in found.items()
    }
