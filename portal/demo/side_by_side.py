"""The same work for many places at once: a process for each processor, as the places know nothing of each other."""

from __future__ import annotations

import copyreg
import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from types import MappingProxyType
from typing import Any, TypeVar

from portal.embedded.postmaster import die_with_parent
from portal.stops import CannotStart
from tenants.database import db

T = TypeVar("T")
R = TypeVar("R")
MOST = 4


def _read_only(held: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(held)


# Values of the rules hold read-only mappings, which Python pickles only when told how.
copyreg.pickle(MappingProxyType, lambda held: (_read_only, (dict(held),)))


def each(work: Callable[[T], R], things: Sequence[T]) -> list[R]:
    """Do the work for every thing and return what it returned, in the order of the things.

    What fails in one process ends the others and is raised here as it was raised there. Raises `CannotStart` where a
    process was killed. `work`, things and results cross between processes, so they must be picklable.
    """
    processes = min(MOST, _processors(), len(things))
    if processes < 2:
        return [work(thing) for thing in things]
    db.session.remove()
    beginning = partial(_begin, die_with_parent(signal.SIGKILL))
    context = multiprocessing.get_context("fork")  # the program is there already, as in gunicorn's workers
    with ProcessPoolExecutor(processes, context, beginning) as pool:
        waited_for = [pool.submit(work, thing) for thing in things]
        try:
            for done in as_completed(waited_for):
                done.result()
        except BaseException as reason:
            for child in multiprocessing.active_children():
                child.terminate()
            if isinstance(reason, BrokenProcessPool):
                raise CannotStart(
                    "Một tiến trình dựng dữ liệu đã bị dừng từ bên ngoài (thiếu bộ nhớ?).",
                    "A process that built data was killed from outside (out of memory?).",
                ) from reason
            raise
        return [done.result() for done in waited_for]


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _begin(bind_to_parent: Callable[[], None]) -> None:
    bind_to_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's, which ends its children
    for engine in db.engines.values():
        engine.dispose(close=False)  # connections that the parent opened stay the parent's
