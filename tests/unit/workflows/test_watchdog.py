"""A process whose event loop stands still ends; one that was only stopped for a while does not."""

import asyncio
import subprocess
import sys
import threading

from scheduling.workflows.watchdog import HUNG, watching

HANG = """
import asyncio, threading
from scheduling.workflows.watchdog import watching

async def hang():
    with watching(0.2):
        threading.Event().wait(30)

asyncio.run(hang())
"""


async def test_a_loop_that_stands_still_is_noticed_and_one_that_turns_is_not() -> None:
    ended = threading.Event()
    with watching(0.2, end=ended.set):
        await asyncio.sleep(0.5)
        assert not ended.is_set()
        assert ended.wait(5.0)  # the test stands on the loop


async def test_a_short_wait_is_no_hang() -> None:
    ended = threading.Event()
    with watching(2.0, end=ended.set):
        assert not ended.wait(0.3)
        await asyncio.sleep(0.3)
    assert not ended.is_set()


def test_a_process_that_hangs_ends_with_a_code_of_its_own() -> None:
    ended = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", HANG], capture_output=True, text=True, timeout=20, check=False
    )
    assert ended.returncode == HUNG
    assert "stood still" in ended.stdout
