"""A district's played year for the structural tests, one database a module."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tenants.access import GuardedFlask
from tests.canaries import Year, year_database


@pytest.fixture(scope="module")
def year(server: Any, program: GuardedFlask) -> Iterator[Year]:
    """A district's whole year, made by the real operations, in a database of this module."""
    with year_database(server, program) as played:
        yield played
