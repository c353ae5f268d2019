"""Sparing a service that does not answer: after some failures in a row it is left alone for a while.

Whoever needs it meanwhile is told at once, so that a service that hangs does not take every thread of the process.
Then one asks again while the others are still told; its answer ends the rest. The libraries at hand hold a lock
while a call runs, which would let the threads wait for each other.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable

FAILURES = 2
"""In a row, each of several attempts."""
SECONDS = 30


class Rest:
    """Whether a service is asked, for the threads of one process."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now, self._lock = now, threading.Lock()
        self._failures, self._until, self._tried = 0, 0.0, False

    def admits(self) -> bool:
        """Return whether to ask now; who may is to say how it went (`answered`, `failed`)."""
        with self._lock:
            if self._failures < FAILURES:
                return True
            if self._tried or self._now() < self._until:
                return False
            self._tried = True
            return True

    def answered(self) -> None:
        """The service said something, whatever it was."""
        with self._lock:
            self._failures, self._tried = 0, False

    def failed(self) -> None:
        """The service did not answer."""
        with self._lock:
            self._failures += 1
            self._until, self._tried = self._now() + SECONDS, False

    @property
    def seconds_left(self) -> int:
        """How long nobody asks; 0 where everybody does."""
        with self._lock:
            if self._failures < FAILURES:
                return 0
            return max(1, math.ceil(self._until - self._now()))
