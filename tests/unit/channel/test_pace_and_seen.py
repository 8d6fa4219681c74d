"""The limits of Teams, the limit per actor, and activities that came before."""

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channel.pace import READ, SEND, TENANT, ActorLimit, Pace, Window, Windows, WouldWait
from bot.channel.seen import MOST, Answer, MemorySeen, key_of


class Time:
    """Monotonic seconds that pass only by sleeping."""

    def __init__(self) -> None:
        """Begin at nought."""
        self.now = 0.0

    async def sleep(self, seconds: float) -> None:
        """Let ``seconds`` pass."""
        self.now += seconds

    def pace(self) -> Pace:
        """Return a queue that waits in this time."""
        return Pace(sleep=self.sleep, clock=lambda: self.now)


async def take_turns(pace: Pace, number: int) -> None:
    for _ in range(number):
        await pace.turn("a")


def most_within(moments: list[float], seconds: float) -> int:
    return max(sum(begin <= m < begin + seconds for m in moments) for begin in moments)


@given(st.lists(st.floats(0, 2), min_size=1, max_size=150), st.sampled_from([SEND, READ, TENANT]))
def test_no_window_is_ever_overfull(gaps: list[float], windows: Sequence[Window]) -> None:
    queue, now, taken = Windows(windows), 0.0, []
    for gap in gaps:
        now += gap / 10
        moment = queue.next(now)
        assert moment >= now
        queue.take(moment)
        taken.append(moment)
    for n, seconds in windows:
        assert most_within(taken, seconds - 1e-6) <= n


def test_a_quiet_queue_lets_through_at_once() -> None:
    queue = Windows(SEND)
    assert queue.next(5.0) == 5.0


async def test_one_conversation_waits_and_another_does_not() -> None:
    time = Time()
    pace = time.pace()
    for _ in range(7):
        await pace.turn("a")
    assert time.now == 0.0
    await pace.turn("b")
    assert time.now == 0.0
    await pace.turn("a")
    assert time.now == 1.0


async def test_the_tenant_has_thirty_a_second() -> None:
    time = Time()
    pace = time.pace()
    for n in range(31):
        await pace.turn(str(n))
    assert time.now == 1.0


async def test_a_queue_of_more_than_a_minute_says_so() -> None:
    time = Time()
    pace = Pace(sleep=lambda _seconds: asyncio.sleep(0), clock=lambda: time.now)
    with pytest.raises(WouldWait) as caught:
        await take_turns(pace, 200)
    assert caught.value.after > 60


def test_an_actor_has_a_burst_and_then_a_rate() -> None:
    time = Time()
    limit = ActorLimit(burst=3, rate=1.0, clock=lambda: time.now)
    assert [limit.allows("mia") for _ in range(4)] == [True, True, True, False]
    assert limit.allows("ben")
    time.now += 1
    assert [limit.allows("mia") for _ in range(2)] == [True, False]
    time.now += 100
    assert [limit.allows("mia") for _ in range(4)] == [True, True, True, False]


async def test_the_first_claims_and_the_second_hears_its_answer() -> None:
    seen = MemorySeen()
    key = key_of("conversation", "activity", "account")
    assert await seen.claim(key)
    assert not await seen.claim(key)
    waiting = asyncio.create_task(seen.answer(key))
    answer = Answer(body=b"{}")
    await seen.settle(key, answer)
    assert await waiting == answer
    assert await seen.answer(key) == answer


async def test_an_answer_that_does_not_come_is_not_waited_for_long() -> None:
    seen = MemorySeen(patience=0.01)
    await seen.claim("key")
    assert await seen.answer("key") is None
    assert await seen.answer("unknown") is None


async def test_memory_is_bounded() -> None:
    seen = MemorySeen()
    for n in range(MOST + 1):
        await seen.claim(str(n))
    assert await seen.claim("0")
    assert not await seen.claim(str(MOST))


def test_keys_differ_where_any_part_does() -> None:
    assert len({key_of("a", "b", "c"), key_of("ab", "", "c"), key_of("a", "b", "d")}) == 3
