"""The work of mail from end to end: take up notices, make the morning's digests, send what is due."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from portal import clock
from portal.config import Settings
from tenants.scope import acting_in

from . import letters, rules, sending


class Mail:
    """The worker's kind of work for mail; it remembers for which day it has made the digests."""

    name = "mail"
    rest = 5.0

    def __init__(self) -> None:
        self._digests_of: date | None = None

    def wanted(self, settings: Settings) -> bool:
        """Return whether this installation sends mail."""
        return settings.mail is not None

    def run(self, settings: Settings, stop: Callable[[], bool]) -> int:
        """Do what is due now; returns how many notices and letters that were. Raises `sending.Unreachable`."""
        server = settings.mail
        assert server is not None
        domain = server.sender.rpartition("@")[2]
        done = 0
        while not stop():
            with acting_in(sending.WORK):
                clock.forget_settings()
                looked_at = letters.take_up(domain)
            done += looked_at
            if looked_at < letters.BATCH:
                break
        with acting_in(sending.WORK):
            end = rules.digest_end(clock.now())
            if end is not None and end.date() != self._digests_of:
                done += letters.make_digests(domain)
                self._digests_of = end.date()
        return done + sending.send_due(server, settings.base, stop)
