"""A scheduler's taps on a work item."""

from types import SimpleNamespace

import pytest

from dialogs.conversation import Conversation
from dialogs.views import RefusalView, View, WorkItemCardView
from scheduling.domain.people import Actor
from scheduling.domain.refusals import Refusal, Refused

CHAT = "chat-1"


@pytest.mark.parametrize(
    ("verb", "inputs", "call"),
    [
        ("item", {}, ("work_item", ("item-1",))),
        ("assign", {}, ("assign", ("item-1", 4))),
        ("approve", {"way_out": "2"}, ("approve", ("item-1", 4, 2))),
        ("force", {"reason": " court order "}, ("force", ("item-1", 4, "court order"))),
        ("confirm_force", {}, ("confirm_force", ("item-1", 4))),
        ("try_again", {}, ("try_again", ("item-1", 4))),
        ("keep", {}, ("keep", ("item-1", 4))),
        ("send_back", {"note": "try May"}, ("send_back", ("item-1", 4, "try May"))),
    ],
)
async def test_a_schedulers_tap_reaches_the_desk(
    verb: str,
    inputs: dict[str, object],
    call: tuple[object, ...],
    talk: Conversation,
    actor: Actor,
    desk: SimpleNamespace,
) -> None:
    view = await talk.act(actor, CHAT, verb, {"w": "item-1", "n": 4, **inputs})
    assert isinstance(view, WorkItemCardView)
    assert view.refusal is None
    assert desk.calls == [call]


@pytest.mark.parametrize(
    ("verb", "inputs", "refusal"),
    [
        ("force", {"reason": "  "}, Refusal.REASON_NEEDED),
        ("approve", {}, Refusal.STALE),
        ("approve", {"way_out": "-1"}, Refusal.STALE),
        ("assign", {"n": "four"}, Refusal.STALE),
    ],
)
async def test_a_tap_that_lacks_what_it_needs_shows_the_item_and_decides_nothing(
    verb: str,
    inputs: dict[str, object],
    refusal: Refusal,
    talk: Conversation,
    actor: Actor,
    desk: SimpleNamespace,
) -> None:
    view = await talk.act(actor, CHAT, verb, {"w": "item-1", "n": 4, **inputs})
    assert isinstance(view, WorkItemCardView)
    assert view.refusal is refusal
    assert desk.names() == ["work_item"]


async def test_who_may_not_decide_sees_no_item(
    talk: Conversation, actor: Actor, desk: SimpleNamespace
) -> None:
    desk.refuse["assign"] = Refused(Refusal.NOT_YOUR_ROLE, {"who": "scheduler"})
    view: View = await talk.act(actor, CHAT, "assign", {"w": "item-1", "n": 4})
    assert view == RefusalView(refusal=Refusal.NOT_YOUR_ROLE, facts={"who": "scheduler"})


async def test_a_claim_that_came_too_late_names_the_claimer(
    talk: Conversation, actor: Actor, desk: SimpleNamespace
) -> None:
    desk.refuse["assign"] = Refused(Refusal.CLAIMED_BY_OTHER, {"who": "Sam"})
    view = await talk.act(actor, CHAT, "assign", {"w": "item-1", "n": 4})
    assert isinstance(view, WorkItemCardView)
    assert (view.refusal, view.facts) == (Refusal.CLAIMED_BY_OTHER, {"who": "Sam"})
