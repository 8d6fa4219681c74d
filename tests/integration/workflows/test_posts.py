"""Posts to Teams are made at most once in each place, and a work item is seen by somebody."""

from collections import deque
from collections.abc import Mapping
from types import SimpleNamespace

from bot.channel.connector import ChannelError, NotSent, OutcomeUnknown
from bot.channel.references import Conversation, ConversationKind
from bot.maker import CardMaker
from bot.metrics import Metrics
from bot.show import Showing
from scheduling.domain.notices import NoticeKind
from scheduling.domain.requests import RequestState
from scheduling.ports.notifier import Notice, Told
from scheduling.storage import cards
from tests.integration.workflows.house import House
from tests.integration.workflows.small_centre import EIGHT

CHANNEL, SAM = "channel", "chat of oid-sam"


def place(conversation_id: str) -> Conversation:
    return Conversation(
        tenant_id="tenant",
        conversation_id=conversation_id,
        kind=ConversationKind.PERSONAL,
        service_url="https://teams.example",
        bot_id="bot",
        updated_at=EIGHT,
    )


class Teams:
    """Both the connector and the conversations it knows; ``errors`` meet the next posts."""

    def __init__(self, *errors: ChannelError | None) -> None:
        """Know every conversation."""
        self.errors = deque(errors)
        self.posts: list[str] = []

    async def send(self, conversation: Conversation, _activity: Mapping[str, object]) -> str:
        self.posts.append(conversation.conversation_id)
        error = self.errors.popleft() if self.errors else None
        if error is not None:
            raise error
        return "activity"

    async def update(self, *_arguments: object) -> None:
        """Take every edit."""

    async def members(self, _conversation: Conversation) -> tuple[object, ...]:
        return ()

    async def channel(self, _name: str) -> Conversation:
        return place(CHANNEL)

    async def get(self, conversation_id: str) -> Conversation:
        return place(conversation_id)

    async def personal_for(self, object_id: str) -> Conversation:
        return place(f"chat of {object_id}")


def showing(house: House, teams: Teams) -> Showing:
    parts = SimpleNamespace(connector=teams, references=teams)  # it has what both are asked
    return Showing(
        store=house.store,
        setups=house.runtime.services.setups,
        clock=house.clock,
        maker=CardMaker(house.clock),
        metrics=Metrics(),
        channel="schedulers",
        **vars(parts),
    )


async def escalated(house: House) -> str:
    draft = await house.propose("north-1")
    house.calendar.fail("free_busy", RuntimeError("a bug of ours"))
    request_id = await house.take(draft)
    await house.settled(request_id, RequestState.ESCALATED)
    return f"{request_id}-1"


async def test_a_post_whose_outcome_is_unknown_goes_to_the_next_place_and_never_there_again(
    house: House,
) -> None:
    item_id = await escalated(house)
    teams = Teams(OutcomeUnknown("lost"))
    shown = showing(house, teams)
    assert await shown.work_item_changed(item_id)
    assert teams.posts == [CHANNEL, SAM]
    assert await shown.work_item_changed(item_id)
    assert teams.posts == [CHANNEL, SAM]


async def test_what_was_not_sent_for_certain_is_sent_later_in_the_same_place(house: House) -> None:
    item_id = await escalated(house)
    teams = Teams(NotSent("no connection"))
    shown = showing(house, teams)
    assert not await shown.work_item_changed(item_id)
    assert await shown.work_item_changed(item_id)
    assert teams.posts == [CHANNEL, CHANNEL]


async def test_after_a_crash_between_intent_and_answer_a_post_is_unknown(house: House) -> None:
    item_id = await escalated(house)
    async with house.store.write() as tx:
        await cards.claim_notice(tx, f"work_item:{item_id}:{CHANNEL}", house.clock.now())
    teams = Teams()
    assert await showing(house, teams).work_item_changed(item_id)
    assert teams.posts == [SAM]


async def test_a_notice_is_sent_at_most_once_and_again_only_where_none_was(house: House) -> None:
    request_id = await house.submit("north-1")
    await house.settled(request_id, RequestState.BOOKED)
    notice = Notice(key="k", person_id="tom", subject=request_id, kind=NoticeKind.BOOKED)
    teams = Teams(NotSent("no connection"), OutcomeUnknown("lost"))
    shown = showing(house, teams)
    told = [await shown.tell(notice) for _ in range(3)]
    assert told == [Told.AWAY, Told.UNREACHED, Told.UNREACHED]
    assert len(teams.posts) == 2
