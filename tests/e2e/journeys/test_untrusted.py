"""Whatever arrives: nothing is written for whoever may not, and nothing is answered with a 500."""

import copy
from collections.abc import Iterator
from datetime import date
from itertools import cycle
from typing import Any

import aiohttp
import pytest
import sqlalchemy as sa
import structlog

from bot.rehearsal.chat import Chat
from bot.rehearsal.reading import actions_of, find_action
from scheduling.storage import tables
from tests.support.house import House, read

pytestmark = pytest.mark.e2e

TUESDAY = date(2026, 12, 1)
ODD: tuple[object, ...] = (
    *(None, True, -1, 2**70, "", "A1001", "' OR 1=1 --", "x" * 3000, "\u202e\x00"),
    *(["A1001"], {"a": {"b": []}}),
)


def paths_in(value: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the path of every field of nested objects."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield (*path, name)
            yield from paths_in(inner, (*path, name))


def mutations(value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield ``value`` with each field, one at a time, odd or gone."""
    for path in paths_in(value):
        for odd in ODD:
            changed = copy.deepcopy(value)
            holder = changed
            for name in path[:-1]:
                holder = holder[name]
            if odd is None:
                del holder[path[-1]]
            else:
                holder[path[-1]] = odd
            yield changed


async def rows_of(house: House, *names: str) -> list[int]:
    """Return how many rows some tables have."""
    async with house.running.services.store.read() as tx:
        return [
            int(
                await tx.scalar(
                    sa.select(sa.func.count()).select_from(tables.metadata.tables[name])
                )
                or 0
            )
            for name in names
        ]


async def test_no_payload_lets_anybody_act_who_may_not(house: House) -> None:
    alex, yusuf = house.chat("Alex Wilber"), house.chat("Yusuf Clarke")
    schedulers = await house.channel("Hamza Green", "Yusuf Clarke")
    await alex.say("1:1 with Asha next week")
    book = find_action(alex.card, "Book")
    begin, _ = await house.shift("Farah Ahmed", TUESDAY)
    await yusuf.say(f"1:1 with Farah on {TUESDAY} {begin:%H:%M}-{begin:%H}:59, 20 min")
    await yusuf.tap("Ask a scheduler")
    await house.until(schedulers, "No time found")
    approve = next(a for a in actions_of(schedulers.card) if a.get("verb") == "approve")
    before = await rows_of(house, "request", "session", "reservation", "decision", "work_item")

    may_not = [p.name for p in house.known.values() if p.in_wfm and p.address]
    chats = cycle([house.chat(name) for name in may_not])
    for action, place in ((book, alex), (approve, schedulers)):
        value = {
            "action": {"type": "Action.Execute", "verb": action["verb"], "data": action["data"]}
        }
        value["action"]["data"] |= {"attendees": "A1001", "minutes": "30", "way_out": "0"}
        with structlog.testing.capture_logs() as logs:
            for changed in mutations(value | {"trigger": "manual"}):
                status = await _sent(house, next(chats), place, changed)
                assert status in {200, 400, 403}, (changed, status)
        assert not [entry for entry in logs if entry["event"] == "turn_failed"]
    assert house.nothing_written()
    assert (
        await rows_of(house, "request", "session", "reservation", "decision", "work_item") == before
    )
    assert "Open: nobody has taken this on yet" in read(schedulers.card)
    await alex.tap("Book")
    await house.until(alex, "Undo (until")


async def _sent(house: House, chat: Chat, place: Chat, value: dict[str, Any]) -> int:
    """Send a tap of ``chat``'s person on the card that ``place`` shows."""
    activity = chat._invoke("adaptiveCard/action", value, place.post)
    delivered = await house.teams.deliver(activity)
    return delivered.status


async def test_what_is_no_activity_is_refused_without_a_word(house: House) -> None:
    token = house.identity.mint(service_url=house.teams.service_url)
    right = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    chat = house.chat("Alex Wilber")
    good = chat._activity("message") | {"text": "1:1 with Asha next week"}
    url = house.teams.bot_url
    async with aiohttp.ClientSession() as session:

        async def status(**request: Any) -> int:  # noqa: ANN401 whatever aiohttp takes
            async with session.post(url, **request) as response:
                assert not await response.read()
                return response.status

        assert await status(data=b"{", headers=right) == 400
        assert await status(data=b"[1, 2]", headers=right) == 400
        assert await status(data=b'{"type": "message"}', headers=right) == 400
        assert await status(data=b"x" * 1_000_000, headers=right) == 413
        assert await status(json=good) == 401
        assert await status(json=good, headers={"Authorization": "Bearer x.y.z"}) == 401
        house.clock.forward(minutes=30)
        assert await status(json=good, headers=right) == 403
    assert not chat.posts
    assert house.nothing_written()


async def test_an_activity_that_is_sent_again_is_answered_once(house: House) -> None:
    chat = house.chat("Alex Wilber")
    await chat.say("1:1 with Asha next week")
    for _ in range(3):
        assert (await house.teams.retry()).status == 200
    assert len(chat.posts) == 1
