"""The door: alive from the first moment, ready only when what is behind it works."""

from collections.abc import AsyncIterator, Mapping

import aiohttp
import pytest
from aiohttp import web

from bot.app import Door
from bot.metrics import Metrics
from scheduling.domain.refusals import Refusal


class Behind:
    """Something behind the door whose checks a test decides."""

    def __init__(self) -> None:
        """Be well."""
        self.found: dict[str, bool] = {"database": True, "wfm": True}

    async def handle(self, request: web.Request) -> web.Response:
        """See Behind."""
        return web.Response(text=await request.text())

    async def checks(self) -> Mapping[str, bool]:
        """See Behind."""
        return self.found

    def figures(self) -> bytes:
        """See Behind."""
        return b"aside_turns 1\n"


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    """Open a door that leads nowhere yet."""
    opened = Door()
    await opened.open("127.0.0.1", 0)
    yield opened
    await opened.close()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """Knock with this."""
    async with aiohttp.ClientSession() as opened:
        yield opened


async def test_it_is_alive_and_not_ready_before_it_leads_anywhere(
    door: Door, session: aiohttp.ClientSession
) -> None:
    assert await (await session.get(f"{door.url}/healthz")).json() == {"status": "alive"}
    ready = await session.get(f"{door.url}/readyz")
    assert (ready.status, (await ready.json())["ready"]) == (503, False)
    turned_away = await session.post(f"{door.url}/api/messages", json={})
    assert (turned_away.status, turned_away.headers["Retry-After"]) == (503, "5")
    assert (await session.get(f"{door.url}/metrics")).status == 200


async def test_what_comes_goes_to_what_is_behind(
    door: Door, session: aiohttp.ClientSession
) -> None:
    door.lead_to(Behind())
    answered = await session.post(f"{door.url}/api/messages", data="hello")
    assert await answered.text() == "hello"
    figures = await session.get(f"{door.url}/metrics")
    assert await figures.text() == "aside_turns 1\n"
    assert (await session.get(f"{door.url}/readyz")).status == 200


@pytest.mark.parametrize("part", ["database", "wfm"])
async def test_one_thing_that_does_not_work_is_not_ready_but_alive(
    door: Door, session: aiohttp.ClientSession, part: str
) -> None:
    behind = Behind()
    behind.found[part] = False
    door.lead_to(behind)
    ready = await session.get(f"{door.url}/readyz")
    assert ready.status == 503
    assert (await ready.json())["checks"] == behind.found
    assert (await session.get(f"{door.url}/healthz")).status == 200


def test_figures_are_counted_by_names_of_ours() -> None:
    metrics = Metrics()
    with metrics.turn("message"):
        pass
    with pytest.raises(RuntimeError), metrics.turn("message"):
        raise RuntimeError
    metrics.refused(Refusal.STALE)
    metrics.refused(None)
    metrics.sent("post", "sent")
    metrics.showed("booked")
    lines = metrics.text().decode().splitlines()
    for line in (
        'aside_turn_seconds_count{kind="message"} 2.0',
        'aside_refusals_total{refusal="stale"} 1.0',
        'aside_teams_sends_total{kind="post",outcome="sent"} 1.0',
        'aside_request_shown_total{state="booked"} 1.0',
    ):
        assert line in lines


def test_figures_of_two_processes_do_not_mix() -> None:
    one, two = Metrics(), Metrics()
    one.showed("booked")
    assert b'state="booked"' in one.text()
    assert b'state="booked"' not in two.text()
