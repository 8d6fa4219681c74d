"""Activities that came before: Teams sends one again when it had no answer in time."""

import asyncio
import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from typing import Protocol

MOST = 4_000
PATIENCE = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was answered over HTTP: a status and, for invokes, a JSON body."""

    status: int = 200
    body: bytes | None = None


def key_of(conversation_id: str, activity_id: str, account_id: str) -> str:
    """Return the key of an activity; the sender is in it, so nobody is told another's answer."""
    text = f"{conversation_id}\x00{activity_id}\x00{account_id}"
    return hashlib.sha256(text.encode()).hexdigest()


class Seen(Protocol):
    """Remembers each activity and its answer for at least the time window of admission."""

    async def claim(self, key: str, *, everywhere: bool = False) -> bool:
        """Whether the activity is new, in which case the caller must ``settle`` it.

        ``everywhere``: new also to every other edge that may have been sent it.
        """
        ...

    async def settle(self, key: str, answer: Answer) -> None:
        """Keep the answer for whoever asks again."""
        ...

    async def answer(self, key: str) -> Answer | None:
        """Return the first one's answer, waited for a little; None if there is none yet."""
        ...


class MemorySeen:
    """Seen within one process: the latest ``MOST`` activities."""

    def __init__(self, patience: float = PATIENCE) -> None:
        """Keep how many seconds a repeated activity waits for the first one's answer."""
        self._patience = patience
        self._answers: OrderedDict[str, asyncio.Future[Answer]] = OrderedDict()

    async def claim(self, key: str, *, everywhere: bool = False) -> bool:
        """See Seen; there is no other edge."""
        del everywhere
        if key in self._answers:
            return False
        self._answers[key] = asyncio.get_running_loop().create_future()
        if len(self._answers) > MOST:
            self._answers.popitem(last=False)
        return True

    async def settle(self, key: str, answer: Answer) -> None:
        """See Seen."""
        future = self._answers.get(key)
        if future is not None and not future.done():
            future.set_result(answer)

    async def answer(self, key: str) -> Answer | None:
        """See Seen."""
        future = self._answers.get(key)
        if future is None:
            return None
        done, _ = await asyncio.wait([future], timeout=self._patience)
        return future.result() if done else None
