"""What a proposal searches: with the room that was chosen, and without where that cannot be had."""

from dataclasses import dataclass, replace

from scheduling.domain.asks import Ask
from scheduling.domain.proposals import RoomMissed
from scheduling.workflows.problems import World
from scheduling.workflows.search import Found, Search


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """What was found for ``ask``, and what was asked for in a room that cannot be had."""

    ask: Ask
    found: Found
    room_missed: RoomMissed | None = None


async def searched(search: Search, ask: Ask, unit_id: str, draft_id: str) -> Searched:
    """Search for a draft; other rooms are looked at where they place more than the chosen one."""
    world, found = await _found(search, ask, unit_id, draft_id)
    if ask.room_id is None or not found.unplaced:
        return Searched(ask=ask, found=found)
    missed = await search.room_missed(ask, world)
    anywhere = replace(ask, room_id=None)
    _, others = await _found(search, anywhere, unit_id, draft_id)
    if len(others.sessions) > len(found.sessions):
        return Searched(ask=anywhere, found=others, room_missed=missed)
    return Searched(ask=ask, found=found, room_missed=missed)


async def _found(search: Search, ask: Ask, unit_id: str, draft_id: str) -> tuple[World, Found]:
    world = await search.world(ask, unit_id, fresh=False, besides=draft_id)
    found = await search.find(ask, world)
    return world, await search.with_everybody(ask, world, found) if ask.together else found
