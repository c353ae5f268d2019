"""Serving the portal on 127.0.0.1, as gunicorn does for people, for as long as a block runs."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.config import Settings

from .province import Province

ROOT = Path(__file__).parents[1]


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def ask(address: str) -> bool:
    """Tell whether a page answers."""
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            answer.read()
        return True
    except OSError:
        return False


def environment(settings: Settings) -> dict[str, str]:
    """Return what a process of its own needs to be the program on the same database."""
    urls = settings.urls()
    return {
        "PORTAL_DATA": str(settings.data),
        "DATABASE_URL": urls.web,
        "DATABASE_URL_PROVINCE": urls.oversight,
        "DATABASE_URL_ADMIN": urls.admin,
        "SECRET_KEY": settings.secret_key,
    }


@contextmanager
def served(province: Province, workers: int = 2, threads: int = 8) -> Iterator[str]:
    """Serve a province's database; yields the address."""
    port = free_port()
    environ = {
        **os.environ,
        **environment(province.settings),
        "PORT": str(port),
        "HOST": "127.0.0.1",
        "WORKERS": str(workers),
        "THREADS": str(threads),
    }
    with (province.folder / "served.log").open("wb") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "gunicorn"], cwd=ROOT, env=environ, stdout=log, stderr=log
        )
        try:
            address, until = f"http://127.0.0.1:{port}", time.monotonic() + 120
            while not ask(f"{address}/healthz"):
                if child.poll() is not None or time.monotonic() > until:
                    raise RuntimeError((province.folder / "served.log").read_text()[-800:])
                time.sleep(0.1)
            yield address
        finally:
            child.send_signal(signal.SIGTERM)
            child.wait(60)
