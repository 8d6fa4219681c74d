"""Housekeeping goes on whatever goes wrong in one round of it."""

import pytest
from structlog.testing import capture_logs

from bot.bootstrap import _read_people_again
from scheduling.ports.wfm import Unavailable


@pytest.mark.parametrize("error", [Unavailable("down"), RuntimeError("a bug"), OSError("disk")])
async def test_people_that_cannot_be_read_are_logged_and_stay(error: Exception) -> None:
    async def refresh() -> int:
        raise error

    with capture_logs() as logs:
        await _read_people_again(refresh)
    (line,) = logs
    assert (line["event"], line["error"]) == ("people_not_refreshed", type(error).__name__)
