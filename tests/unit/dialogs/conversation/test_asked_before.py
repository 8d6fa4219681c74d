"""What somebody else has asked for is said before it can be booked once more."""

from types import SimpleNamespace

import pytest

from dialogs.conversation import Conversation
from dialogs.views import ProposalView, RequestCardView
from scheduling.domain.people import Actor
from scheduling.domain.refusals import Refusal, Refused
from tests.unit.dialogs.conversation.test_conversation import CHAT, tapped


@pytest.mark.parametrize("sentence", ["1:1 with Asha next week", "check-in with Asha next week"])
async def test_what_somebody_else_has_asked_for_is_said_on_a_fresh_card_that_can_book_another(
    sentence: str, talk: Conversation, actor: Actor, desk: SimpleNamespace
) -> None:
    by_itself = sentence.startswith("check-in")
    call = "submit_automatic" if by_itself else "submit"
    desk.refuse[call] = Refused(Refusal.ALREADY_ASKED)
    view = await talk.message(actor, CHAT, sentence)
    if not by_itself:
        assert isinstance(view, ProposalView)
        old = tapped(view)
        view = await talk.act(actor, CHAT, "book", old)
        assert isinstance(view, ProposalView)
        assert view.draft.version > old["n"]
    assert isinstance(view, ProposalView)
    assert view.refusal is Refusal.ALREADY_ASKED
    booked = await talk.act(actor, CHAT, "book", tapped(view))
    assert isinstance(booked, RequestCardView)
