"""What a closed client leaves behind: no call, no connection."""

import asyncio
from collections.abc import Callable

import pytest
from kiota_abstractions.method import Method

from graph.client import GraphClient, GraphFault
from graph.sandbox import Running
from graph.sandbox.plumbing import Fault

FAY = "fay@contoso.example"


async def look(client: GraphClient) -> None:
    await client.call(Method.GET, client.api.users.by_user_id(FAY))


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - a server's connections tell nobody
            await asyncio.sleep(0.01)


def is_alone(running: Running) -> bool:
    """Whether nobody is connected to the tenant."""
    assert running.runner.server is not None
    return not running.runner.server.connections


async def test_a_call_after_the_close_is_refused_and_connects_to_nobody(
    client: GraphClient, running: Running
) -> None:
    await look(client)
    await client.close()
    with pytest.raises(GraphFault, match="closed"):
        await look(client)
    await until(lambda: is_alone(running))
    assert len(running.journal) == 1


async def test_a_call_that_was_under_way_leaves_no_connection_and_is_not_sent_again(
    client: GraphClient, running: Running
) -> None:
    await look(client)
    slow = Fault(status=0, latency=0.2)
    running.fail(slow)
    under_way = asyncio.create_task(look(client))
    await until(lambda: slow.times == 0)
    await client.close()
    with pytest.raises(GraphFault):
        await under_way
    await until(lambda: is_alone(running))
    with pytest.raises(GraphFault, match="closed"):
        await look(client)
