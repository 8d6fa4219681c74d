"""What the running workflows work with.

The engine registers workflow functions once per process, by name, so what they need cannot be
an argument (arguments are stored): it is set here when the process starts.
"""

import asyncio
from concurrent.futures import BrokenExecutor
from dataclasses import dataclass, field
from typing import Any

import structlog
from dbos import DBOS

from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.requests import Remote
from scheduling.ports import calendar, wfm
from scheduling.storage import requests
from scheduling.storage.trouble import StoreUnavailable
from scheduling.workflows.engine import Engine
from scheduling.workflows.search import Search
from scheduling.workflows.services import Services

AT_ONCE = 20
"""So many steps of a process work with remotes at once, however many requests wait for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """The services, the search and the engine of this process, and who may call a remote now."""

    services: Services
    search: Search
    engine: Engine
    calls: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))


_current: list[Runtime] = []


def use(runtime: Runtime) -> None:
    """Let workflows of this process use ``runtime``."""
    _current[:] = [runtime]


def current() -> Runtime:
    """Return what ``use`` set; RuntimeError before that."""
    if not _current:
        raise RuntimeError("the workflows were started before their services")
    return _current[0]


TRANSIENT: dict[type[Exception], Remote] = {
    wfm.Unavailable: Remote.WFM,
    wfm.RateLimited: Remote.WFM,
    wfm.AuthFailed: Remote.WFM,
    calendar.CalendarUnavailable: Remote.CALENDAR,
    calendar.CalendarThrottled: Remote.CALENDAR,
    calendar.CalendarAuthFailed: Remote.CALENDAR,
    BrokenExecutor: Remote.SOLVER,
}
"""What asking again later may mend, and whom it is about."""

AWAY = {
    Refusal.WFM_AWAY: Remote.WFM,
    Refusal.CALENDAR_AWAY: Remote.CALENDAR,
    Refusal.SOLVER_AWAY: Remote.SOLVER,
}


class NotYet(Exception):
    """What a step asked of ``remote`` has not happened yet; it is asked again."""

    def __init__(self, remote: Remote, message: str) -> None:
        """Keep whom we wait for."""
        super().__init__(message)
        self.remote = remote


def away_of(error: BaseException) -> Remote | None:
    """Return what is away for now, or None where trying again would not help."""
    if isinstance(error, NotYet):
        return error.remote
    if isinstance(error, Refused):
        return AWAY.get(error.refusal)
    return next((remote for kind, remote in TRANSIENT.items() if isinstance(error, kind)), None)


LASTING: dict[str, Any] = {
    "retries_allowed": True,
    "max_attempts": 10_000,
    "interval_seconds": 1.0,
    "backoff_rate": 1.0,
    "should_retry": lambda error: isinstance(error, StoreUnavailable),
}
"""For every step: the database itself is waited for, as nothing can be noted without it."""


@DBOS.step(**LASTING)
async def correlation_of(request_id: str) -> dict[str, str | None]:
    """Return what every log line about a request carries: its id, and the turn that asked."""
    async with current().services.store.read() as tx:
        row = await requests.get(tx, request_id)
    return {"request": request_id, "correlation_id": row.correlation_id if row else None}


async def follow(request_id: str) -> None:
    """Bind the running workflow's log lines to its request and to the turn that asked for it."""
    structlog.contextvars.bind_contextvars(**await correlation_of(request_id))
