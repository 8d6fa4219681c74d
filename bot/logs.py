"""Logs as JSON lines on standard error: ids and names of ours, never words of people."""

import logging
import sys

import structlog
from structlog.types import EventDict, Processor

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": 30, "error": 40}
SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def configure(level: str) -> None:
    """Log from ``level`` on, with the correlation id of whatever is being done.

    What libraries log through ``logging`` is written alike, from WARNING on.
    """
    structlog.configure(
        processors=[
            *SHARED,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*SHARED, structlog.stdlib.add_logger_name, _only_what_happened],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    handler.setLevel(max(LEVELS[level], logging.WARNING))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    engine = logging.getLogger("dbos")  # it prints by itself unless it finds a handler
    engine.handlers[:], engine.propagate = [handler], False


def _only_what_happened(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Keep of a library's message what comes before any value, and of its error only the type.

    Libraries write errors into their messages, after a colon or on further lines, and what they
    failed on may hold words of people.
    """
    event["event"] = str(event["event"]).partition("\n")[0].partition(":")[0]
    _, error, _ = event.pop("exc_info", None) or (None, None, None)
    if error is not None:
        event["error"] = type(error).__name__
    return event
