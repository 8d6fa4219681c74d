"""What the running workflows work with.

The engine registers workflow functions once per process, by name, so what they need cannot be
an argument (arguments are stored): it is set here when the process starts.
"""

from dataclasses import dataclass

import structlog
from dbos import DBOS

from scheduling.ports import calendar, wfm
from scheduling.storage import requests
from scheduling.workflows.engine import Engine
from scheduling.workflows.search import Search
from scheduling.workflows.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """The services, the search and the engine of this process."""

    services: Services
    search: Search
    engine: Engine


_current: list[Runtime] = []


def use(runtime: Runtime) -> None:
    """Let workflows of this process use ``runtime``."""
    _current[:] = [runtime]


def current() -> Runtime:
    """Return what ``use`` set; RuntimeError before that."""
    if not _current:
        raise RuntimeError("the workflows were started before their services")
    return _current[0]


TRANSIENT = (
    wfm.Unavailable,
    wfm.RateLimited,
    wfm.AuthFailed,
    calendar.CalendarUnavailable,
    calendar.CalendarThrottled,
    calendar.CalendarAuthFailed,
)


@DBOS.step()
async def correlation_of(request_id: str) -> dict[str, str | None]:
    """Return what every log line about a request carries: its id, and the turn that asked."""
    async with current().services.store.read() as tx:
        row = await requests.get(tx, request_id)
    return {"request": request_id, "correlation_id": row.correlation_id if row else None}


async def follow(request_id: str) -> None:
    """Bind the running workflow's log lines to its request and to the turn that asked for it."""
    structlog.contextvars.bind_contextvars(**await correlation_of(request_id))


class NotYet(Exception):
    """Something this step waits for has not happened yet; it is tried again."""


def is_transient(error: BaseException) -> bool:
    """Whether trying the same step again may help."""
    return isinstance(error, (*TRANSIENT, NotYet))
