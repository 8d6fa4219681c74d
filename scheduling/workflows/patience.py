"""Patience with what does not answer: asked again at once, then slept durably, then a human is told.

A step that works with a remote returns what came of its quick tries as plain data (`tried`), for an
error would come back from the engine's records as another one. Between two rounds of tries the
workflow sleeps durably, and its request says what it waits for.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypedDict, TypeVar

import structlog
from dbos import DBOS

from scheduling.domain.requests import Remote
from scheduling.storage import requests
from scheduling.workflows.runtime import LASTING, away_of, current
from scheduling.workflows.setups import Policy
from scheduling.workflows.showing import show_together

log = structlog.get_logger()

Value = TypeVar("Value")


class Tried(TypedDict, total=False):
    """What came of a step's quick tries: its value, or the remote that is away, or a stop."""

    value: Any
    away: str
    stopped: bool


class Stopped(Exception):
    """The waiting is over without an answer: ``away`` was so for too long, or it was cancelled."""

    def __init__(self, away: Remote | None) -> None:
        """Keep the remote; None where somebody cancelled."""
        super().__init__(f"{away} was away for too long" if away else "cancelled")
        self.away = away


async def tried(work: Callable[[], Awaitable[object]]) -> Tried:
    """Try ``work`` a few times within seconds; an error that no remote can mend is raised."""
    runtime = current()
    pauses = runtime.services.policy.tries
    for pause in (*pauses, None):
        try:
            async with runtime.calls:
                return {"value": await work()}
        except Exception as error:
            away = away_of(error)
            if away is None:
                raise
            if pause is None:
                log.info("remote_away", remote=away.value, error=type(error).__name__)
                return {"away": away.value}
        await asyncio.sleep(pause)
    raise AssertionError  # the last try returns or raises


def pauses(policy: Policy, longest: float | None = None) -> Iterator[float]:
    """Yield the seconds to sleep between rounds of tries, without end: doubled up to ``longest``."""
    pause = policy.pause
    while True:
        yield pause
        pause = min(pause * 2, longest or policy.longest_pause)


class Patience:
    """The waiting of one workflow. With ``heed`` it ends where its request is cancelled.

    Once it is spent it stays so, whatever else answers: not every session waits for hours again.
    """

    def __init__(self, request_id: str, *, heed: bool) -> None:
        """Wait for nothing yet."""
        self._request_id = request_id
        self._heed = heed

    async def ask(self, step: Callable[..., Awaitable[Tried]], *arguments: object) -> Any:  # noqa: ANN401 - JSON
        """Return the step's value, however long its remote is away; Stopped where that is too long."""
        waiting: str | None = None
        for pause in pauses(current().services.policy):
            outcome = await step(*arguments)
            if outcome.get("stopped"):
                raise Stopped(None)
            away = outcome.get("away")
            if away is None:
                if waiting is not None:
                    await wait_no_more(self._request_id)
                    await show_together(self._request_id)
                return outcome.get("value")
            verdict = await keep_waiting(self._request_id, away, self._heed)
            if verdict != WAIT:
                raise Stopped(Remote(away) if verdict == SPENT else None)
            if waiting != away:
                waiting = away
                await show_together(self._request_id)
            await DBOS.sleep_async(pause)
        raise AssertionError  # pauses never end


WAIT, SPENT, CANCELLED = "wait", "spent", "cancelled"


@DBOS.step(**LASTING)
async def keep_waiting(request_id: str, remote: str, heed: bool) -> str:
    """Note for what a request waits; whether to go on waiting, or why not."""
    services = current().services
    now = services.clock.now()
    async with services.store.write() as tx:
        row = await requests.locked(tx, request_id)
        if heed and (row.cancel_requested or row.state.final):
            return CANCELLED
        since = row.waiting_since or now
        if now - since >= services.policy.patience:
            log.warning("patience_spent", request=request_id, remote=remote)
            return SPENT
        await requests.wait_for(tx, row, Remote(remote), now)
    return WAIT


@DBOS.step(**LASTING)
async def wait_no_more(request_id: str) -> None:
    """Note that a request waits for nothing any more."""
    async with current().services.store.write() as tx:
        await requests.wait_no_more(tx, await requests.locked(tx, request_id))
