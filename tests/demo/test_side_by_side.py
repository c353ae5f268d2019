"""Work for many places at once: results in order, an error as it was raised, a killed process as a sentence."""

from __future__ import annotations

import os
import signal
import time
from types import MappingProxyType

import pytest

from portal.demo import side_by_side
from portal.demo.side_by_side import each
from portal.stops import CannotStart

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture(autouse=True)
def two(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with two processors."""
    monkeypatch.setattr(side_by_side, "_processors", lambda: 2)


def _where(thing: int) -> tuple[MappingProxyType[str, int], int]:
    return MappingProxyType({"thing": thing}), os.getpid()


def _fail(thing: int) -> None:
    if thing == 1:
        raise CannotStart("Không được.", "Not possible.")
    time.sleep(600)


def _die(_thing: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_results_come_in_the_order_of_the_things() -> None:
    """They are made in other processes, whatever they hold."""
    found = each(_where, range(6))
    assert [held["thing"] for held, _ in found] == list(range(6))
    assert os.getpid() not in {process for _, process in found}
    assert len({process for _, process in found}) <= 2


def test_one_thing_needs_no_process_of_its_own() -> None:
    """Nor does a machine with one processor."""
    assert each(_where, [1]) == [({"thing": 1}, os.getpid())]


def test_what_fails_ends_the_others() -> None:
    """And is raised as it was there."""
    with pytest.raises(CannotStart, match=r"(?s)Không được.*Not possible"):
        each(_fail, range(6))


def test_a_killed_process_is_a_sentence() -> None:
    """Nobody waits for it forever."""
    with pytest.raises(CannotStart, match="đã bị dừng từ bên ngoài"):
        each(_die, range(3))
