"""Ends a process that hangs: it would keep its guard, and nobody could take its work over."""

import asyncio
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

import structlog

log = structlog.get_logger()

GUARD_LOST = 75
"""Exit code of a process whose guard connection was lost; to be started again."""
HUNG = 76
"""Exit code of a process whose event loop stood still; to be started again."""

LOOKS = 10


def end_process(why: str, code: int) -> NoReturn:
    """End this process at once with ``code``, without letting anything of it go on."""
    log.critical("process_ended", why=why, code=code)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _end_hung() -> NoReturn:
    end_process("the event loop stood still", HUNG)


@contextmanager
def watching(seconds: float, *, end: Callable[[], object] = _end_hung) -> Iterator[None]:
    """Call ``end`` from a thread once the running loop has not turned for ``seconds``.

    Looks are counted, not the clock: a machine that slept, or a process that was stopped and
    goes on, has missed none.
    """
    loop = asyncio.get_running_loop()
    over, turned = threading.Event(), threading.Event()

    def watch() -> None:
        missed = 0
        while missed < LOOKS:
            loop.call_soon_threadsafe(turned.set)
            if over.wait(seconds / LOOKS):
                return
            missed = 0 if turned.is_set() else missed + 1
            turned.clear()
        end()

    thread = threading.Thread(target=watch, name="watchdog", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
