"""Who reads what schedulers share: its cards are drawn anew once others do, and only then."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.channel.references import Conversation, ConversationKind
from bot.memory import StoredReferences
from bot.readers import Readers
from scheduling.storage import cards
from scheduling.storage.cards import CardPlace
from scheduling.storage.store import Store
from tests.support.clocks import StoppedClock
from tests.support.databases import with_tables

SUBJECTS = ["rush:r", "work_item:i"]


class Board:
    """Says who reads, and remembers what was drawn; while it is ``away`` nothing can be."""

    def __init__(self) -> None:
        """Nobody has read yet."""
        self.readers: str | None = "schedulers"
        self.away = False
        self.drawn: list[str] = []

    async def audience(self, _place: Conversation) -> str | None:
        """Return who reads."""
        return self.readers

    async def draw(self, subject: str) -> bool:
        """Draw one card."""
        self.drawn.append(subject)
        return not self.away


@pytest.fixture
def board() -> Board:
    """Return a board."""
    return Board()


@pytest.fixture
async def readers(tmp_path: Path, board: Board) -> AsyncIterator[Readers]:
    """Return who looks at a channel with two cards that schedulers share, and one that they do not."""
    clock, store = StoppedClock(), Store(with_tables(tmp_path / "aside.db"))
    references = StoredReferences(store)
    await references.save(
        Conversation(
            tenant_id="t",
            conversation_id="channel",
            kind=ConversationKind.CHANNEL,
            service_url="https://teams.example/",
            bot_id="bot",
            updated_at=clock.now(),
        )
    )
    async with store.write() as tx:
        for n, subject in enumerate([*SUBJECTS, "draft:d"]):
            place = CardPlace(subject=subject, conversation_id="channel", activity_id=str(n))
            await cards.put(tx, place)
    yield Readers(
        store=store,
        references=references,
        audience_of=board.audience,
        clock=clock,
        draw=board.draw,
    )
    await store.close()


async def test_cards_are_drawn_once_for_each_change_of_readers(
    readers: Readers, board: Board
) -> None:
    for who, drawn in (("schedulers", 2), ("schedulers", 2), ("a guest too", 4), ("schedulers", 6)):
        board.readers = who
        assert await readers.changed()
        assert len(board.drawn) == drawn
    assert sorted(set(board.drawn)) == SUBJECTS


async def test_what_could_not_be_drawn_or_known_is_tried_again(
    readers: Readers, board: Board
) -> None:
    board.readers = None
    assert not await readers.changed()
    assert not board.drawn
    board.readers, board.away = "a guest too", True
    assert not await readers.changed()
    board.away = False
    assert await readers.changed()
    assert len(board.drawn) == 4
    assert await readers.changed()
    assert len(board.drawn) == 4
