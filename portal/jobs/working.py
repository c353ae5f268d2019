"""The kind of work that does jobs: one after the other, each with the rights its person has at that moment."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from portal import clock
from portal.config import Settings
from portal.evidence.store import results_store
from tenants.identity import Identity
from tenants.refusal import Refused
from tenants.rights import Right, refusal
from tenants.scope import Scope, ScopeKind, acting_in
from tenants.standing import standing_of

from . import peak, queue
from .batches import BATCHES
from .queue import Held
from .turn import Result, Turn, TurnOver, clear_folders, folder_of

log = logging.getLogger("portal.jobs")
CLEARING = 3600.0
PASSING = 503
FAILED = "Có lỗi khi lập tệp này. Xin thử lại; nếu vẫn lỗi, báo cho người quản trị."
GONE = "Người yêu cầu không còn vai trò ở nơi này nên việc này không được làm."


class Jobs:
    """The worker's kind of work for jobs."""

    name = "jobs"
    rest = 2.0

    def __init__(self) -> None:
        self._cleared = -CLEARING

    def wanted(self, settings: Settings) -> bool:
        """Every installation has jobs."""
        return True

    def run(self, settings: Settings, stop: Callable[[], bool]) -> int:
        """Do every job that is due; returns how many turns that were."""
        base = settings.data / "jobs"
        if time.monotonic() - self._cleared >= CLEARING:
            self._cleared = time.monotonic()
            queue.clear(results_store().drop)
            clear_folders(base, queue.is_active)
        turns = 0
        while not stop() and not _put_off():
            held = queue.claim()
            if held is None:
                break
            work_on(held, base, stop)
            turns += 1
        return turns


def _put_off() -> bool:
    """Return whether no job is to begin now; one that has begun is finished."""
    with acting_in(Scope(ScopeKind.WORK)):
        clock.forget_settings()
        return peak.until() is not None


def work_on(held: Held, base: Path, stop: Callable[[], bool] = lambda: False) -> None:
    """Give a job its turn; whatever happens, the job is let go in good order."""
    clock.forget_settings()
    folder = folder_of(base, held)
    try:
        batch = BATCHES[held.kind]
        turn = Turn(held, _actor(held), folder, stop)
        with turn.reading():
            batch.describe(held.wanted)
        result = batch.build(turn)
        _hand_over(turn, result)
    except TurnOver as over:
        if over.why == "later":
            queue.put_back(held)
            return
        if over.why == "cancelled":
            queue.cancel(held)
        else:
            log.warning("job %s was taken over by another worker", held.id)
            return
    except Refused as refused:
        # The store is full or away, the database has no place: that passes, what was asked for is not wrong.
        if refused.status == PASSING:
            if queue.try_later(held, refused.sentence):
                return
        else:
            queue.fail(held, refused.sentence, tell=refused.sentence != GONE)
    except Exception:
        log.exception("job %s (%s %s) failed", held.id, held.kind, held.subject)
        if queue.try_later(held, FAILED):
            return
    shutil.rmtree(folder, ignore_errors=True)


def _actor(held: Held) -> Identity:
    """Return who asked, as that person stands now; raises `Refused` where the right is gone."""
    with acting_in(Scope(ScopeKind.SIGNIN)):
        actor = standing_of(held.account_id, held.membership_id)
    if actor is None or actor.place is None or actor.place.tenant_id != held.tenant_id:
        raise Refused(GONE, 403)
    for right in (Right.RUN_BATCHES, BATCHES[held.kind].right_for(held.wanted)):
        sentence = refusal(actor, right)
        if sentence:
            raise Refused(sentence, 403)
    return actor


def _hand_over(turn: Turn, result: Result) -> None:
    """Keep the result and end the job, if the turn and the right still hold."""
    tenant_id, store = turn.tenant_id, results_store()
    sha256, size = "", 0
    if result.path is not None:
        _actor(turn.held)
        sha256, size = store.put_file(tenant_id, result.path), result.path.stat().st_size
    if queue.finish(turn.held, result, sha256, size):
        return
    if sha256 and not queue.kept(tenant_id, sha256):
        store.drop(tenant_id, sha256)
    raise TurnOver(queue.renew(turn.held) or "lost")
