"""What a type that schedules itself books without being asked, and what it shows first."""

from types import SimpleNamespace

import pytest

from dialogs.conversation import Conversation
from dialogs.views import ProposalView, RequestCardView
from scheduling.domain.people import Actor

CHAT = "chat-1"


async def test_a_type_that_schedules_itself_takes_its_ticket_at_once(
    talk: Conversation, actor: Actor, desk: SimpleNamespace
) -> None:
    view = await talk.message(actor, CHAT, "check-in with Asha next week")
    assert isinstance(view, RequestCardView)
    assert desk.names() == ["open_draft", "submit_automatic"]


@pytest.mark.parametrize(
    "said",
    [
        "no check-in with Asha next week please",
        "thanks for the check-in with Asha",
        "Asha's check-in is cancelled",
        "skip the check-in with Asha next week",
        "did you book the check-in with Asha?",
        "why was there no check-in with Asha",
        "kein Check-in mit Asha nächste Woche",
        "danke für das Check-in mit Asha",
        "das Check-in mit Asha ist ausgefallen",
    ],
)
async def test_what_tells_thanks_or_declines_takes_no_ticket(
    talk: Conversation, actor: Actor, desk: SimpleNamespace, said: str
) -> None:
    await talk.message(actor, CHAT, said)
    assert "submit_automatic" not in desk.names()


async def test_a_guess_at_a_slip_is_shown_before_it_is_scheduled(
    talk: Conversation, actor: Actor
) -> None:
    view = await talk.message(actor, CHAT, "check-in with Ahsa next week")
    assert isinstance(view, ProposalView)
