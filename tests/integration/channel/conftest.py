"""The bot behind the real edge, a local token issuer, and our own Teams pointed at it."""

from collections.abc import AsyncIterator, Iterator, MutableMapping
from typing import Any

import pytest
import structlog

from bot.rehearsal.rooms import APP_ID
from bot.rehearsal.teams import FakeTeams
from tests.support.edge import Bot, StoppedClock
from tests.support.identity import Identity


@pytest.fixture
def logs() -> Iterator[list[MutableMapping[str, Any]]]:
    """Keep every log entry of the test."""
    with structlog.testing.capture_logs([structlog.contextvars.merge_contextvars]) as entries:
        yield entries


@pytest.fixture
def clock() -> StoppedClock:
    """Stand still on Monday at nine."""
    return StoppedClock()


@pytest.fixture
async def identity(clock: StoppedClock) -> AsyncIterator[Identity]:
    """Serve a token issuer."""
    async with Identity.open(app_id=APP_ID, clock=clock) as provider:
        yield provider


@pytest.fixture
async def teams(clock: StoppedClock, identity: Identity) -> AsyncIterator[FakeTeams]:
    """Serve Teams, with tokens both ways."""
    async with FakeTeams.open(clock=clock, identity=identity) as fake:
        yield fake


@pytest.fixture
async def bot(clock: StoppedClock, identity: Identity, teams: FakeTeams) -> AsyncIterator[Bot]:
    """Serve the edge, with Teams pointed at it."""
    async with Bot.open(clock=clock, identity=identity) as served_bot:
        teams.bot_url = served_bot.url
        yield served_bot
