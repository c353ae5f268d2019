"""The signs of the installation as Prometheus reads them: plain text, no personal data, no names of places."""

from __future__ import annotations

from collections.abc import Iterator

from .rules import Facts, Light, signs

_VALUE = {Light.GOOD: 0, Light.WATCH: 1, Light.BAD: 2}


def written(facts: Facts) -> str:
    """Return the text of `/metrics`."""
    return "\n".join([*_lines(facts), ""])


def _lines(facts: Facts) -> Iterator[str]:
    yield "# HELP portal_sign State of one part: 0 good, 1 to be watched, 2 to be mended."
    yield "# TYPE portal_sign gauge"
    for sign in signs(facts):
        yield f'portal_sign{{part="{sign.key}"}} {_VALUE[sign.light]}'
    yield from _gauge("portal_database_bytes", "Size of the database.", facts.database_bytes)
    if facts.free_bytes is not None:
        yield from _gauge("portal_store_free_bytes", "Free space of the evidence folder.", facts.free_bytes)
    for name, at in (
        ("backup", facts.backup_at),
        ("remind", facts.remind_at),
        ("figures_proof", facts.proof.at if facts.proof else None),
    ):
        if at is not None:
            seconds = int((facts.now - at).total_seconds())
            yield from _gauge(f"portal_{name}_age_seconds", f"Time since the last {name}.", seconds)
    if facts.pulse is not None:
        pulse = facts.pulse
        seconds = int((facts.now - pulse.at).total_seconds())
        yield from _gauge("portal_worker_age_seconds", "Time since the worker's last sign of life.", seconds)
        yield from _gauge("portal_jobs_waiting", "Jobs that wait.", pulse.jobs_waiting)
        yield from _gauge("portal_jobs_failed_day", "Jobs that failed within a day.", pulse.jobs_failed)
        yield from _gauge("portal_letters_waiting", "Letters that wait.", pulse.letters_waiting)
        yield from _gauge("portal_letters_lost", "Letters refused or given up.", pulse.letters_lost)
        yield from _gauge(
            "portal_wall_defects", "What stands open in the wall or is behind.", len(pulse.defects)
        )


def _gauge(name: str, said: str, value: int) -> Iterator[str]:
    yield f"# HELP {name} {said}"
    yield f"# TYPE {name} gauge"
    yield f"{name} {value}"
