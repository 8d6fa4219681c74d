"""What the running workflows work with.

The engine registers workflow functions once per process, by name, so what they need cannot be
an argument (arguments are stored): it is set here when the process starts.
"""

from dataclasses import dataclass

from scheduling.ports import calendar, wfm
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


class NotYet(Exception):
    """Something this step waits for has not happened yet; it is tried again."""


def is_transient(error: BaseException) -> bool:
    """Whether trying the same step again may help."""
    return isinstance(error, (*TRANSIENT, NotYet))
