"""Turns: messages and taps against a desk that remembers what it was asked."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from dialogs.conversation import Conversation
from dialogs.drafting import from_payload
from dialogs.verbs import Verb
from dialogs.views import (
    FormView,
    HelpView,
    ProposalView,
    RefusalView,
    RequestCardView,
)
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.people import Actor, Role
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.requests import DraftState, RequestState
from scheduling.workflows.setups import Policy

CHAT = "chat-1"


@pytest.fixture
async def proposed(talk: Conversation, actor: Actor) -> ProposalView:
    view = await talk.message(actor, CHAT, "1:1 with Asha next week")
    assert isinstance(view, ProposalView)
    return view


def tapped(view: ProposalView | FormView, **inputs: str) -> dict[str, object]:
    return {"d": view.draft.id, "n": view.draft.version, **inputs}


async def test_a_complete_sentence_is_answered_with_the_proposal(
    proposed: ProposalView, desk: SimpleNamespace
) -> None:
    assert proposed.proposal.ask.attendee_ids == ("asha",)
    assert proposed.draft.state is DraftState.PROPOSED
    assert desk.names() == ["open_draft", "save_draft", "propose"]


async def test_what_is_missing_is_asked_on_one_card(
    talk: Conversation, actor: Actor, desk: SimpleNamespace
) -> None:
    view = await talk.message(actor, CHAT, "1:1 with Tom and Zebedee yesterday")
    assert isinstance(view, FormView)
    kinds = [problem.kind for problem in view.problems]
    assert kinds == ["ambiguous_name", "unknown_name", "past"]
    assert "propose" not in desk.names()


async def test_nonsense_gets_sentences_to_try(talk: Conversation, actor: Actor) -> None:
    view = await talk.message(actor, CHAT, "the weather is nice")
    assert isinstance(view, HelpView)
    assert view.puzzled_by_message
    assert len(view.examples) == 3


@pytest.fixture
def agents_desk(desk: SimpleNamespace) -> SimpleNamespace:
    """Return the desk of an agent, who may ask for nobody."""
    me = replace(desk.roster_held.me, roles=frozenset({Role.AGENT}))
    nobody = {"people": (), "teams": {}, "own_teams": (), "facilitators": (), "asks": False}
    desk.roster_held = replace(desk.roster_held, me=me, **nobody)
    return desk


@pytest.mark.usefixtures("agents_desk")
async def test_an_agent_who_asks_for_others_learns_who_can(
    talk: Conversation, actor: Actor
) -> None:
    for view in (
        await talk.message(actor, CHAT, "1:1 with Asha"),
        await talk.act(actor, CHAT, "start", {}),
        await talk.act(actor, CHAT, "book", {"d": "draft-0"}),
    ):
        can = ["manager", "trainer", "scheduler", "learning"]
        assert view == RefusalView(refusal=Refusal.NOT_YOUR_ROLE, facts={"who": can})
    assert await talk.typeahead(actor, "people", "") == []


@pytest.mark.usefixtures("agents_desk")
async def test_an_agents_help_shows_an_agents_sentences_only(
    talk: Conversation, actor: Actor
) -> None:
    for view in (
        await talk.message(actor, CHAT, "help"),
        await talk.message(actor, CHAT, "the weather is nice"),
        await talk.act(actor, CHAT, "help", {}),
    ):
        assert isinstance(view, HelpView)
        assert view.examples == ()
        assert "my sessions" in view.orders


async def test_book_takes_a_ticket_with_the_chosen_option(
    talk: Conversation, actor: Actor, desk: SimpleNamespace, proposed: ProposalView
) -> None:
    view = await talk.act(actor, CHAT, "book", tapped(proposed, **{"choice:asha": "1"}))
    assert isinstance(view, RequestCardView)
    assert desk.calls[-1] == ("submit", ({"asha": 1}, False))


async def test_escalate_sends_the_rest_to_the_schedulers(
    talk: Conversation, actor: Actor, desk: SimpleNamespace, proposed: ProposalView
) -> None:
    await talk.act(actor, CHAT, "escalate", tapped(proposed))
    assert desk.calls[-1] == ("submit", ({}, True))


async def test_the_inputs_of_an_unchanged_card_do_not_hinder_its_book(
    talk: Conversation, actor: Actor, desk: SimpleNamespace, proposed: ProposalView
) -> None:
    unchanged = {
        "type": "one_to_one",
        "attendees": "asha",
        "facilitator": "morgan",
        "first": "2026-11-30",
        "last": "2026-12-06",
        "window": "any",
        "minutes": "30",
        "place": "room",
    }
    await talk.act(actor, CHAT, "book", tapped(proposed, **unchanged))
    assert desk.names()[-1] == "submit"


async def test_a_changed_input_is_proposed_before_it_can_be_booked(
    talk: Conversation, actor: Actor, desk: SimpleNamespace, proposed: ProposalView
) -> None:
    view = await talk.act(actor, CHAT, "book", tapped(proposed, window="morning"))
    assert isinstance(view, ProposalView)
    assert view.proposal.ask.window is not None
    assert "submit" not in desk.names()


async def test_a_changed_type_brings_its_own_length_and_place(
    talk: Conversation, actor: Actor, proposed: ProposalView
) -> None:
    inputs = {"type": "coaching", "minutes": "30", "place": "room"}
    view = await talk.act(actor, CHAT, "propose", tapped(proposed, **inputs))
    assert isinstance(view, ProposalView)
    assert (view.proposal.ask.minutes, view.proposal.ask.place) == (45, PlaceKind.ONLINE)


async def test_a_second_tap_is_answered_like_the_first(
    talk: Conversation, actor: Actor, desk: SimpleNamespace, proposed: ProposalView
) -> None:
    first = await talk.act(actor, CHAT, "book", tapped(proposed))
    second = await talk.act(actor, CHAT, "book", tapped(proposed))
    assert isinstance(first, RequestCardView)
    assert isinstance(second, RequestCardView)
    assert first.request == second.request
    assert desk.names().count("submit") == 1


async def test_an_old_card_gets_the_fresh_one(
    talk: Conversation, actor: Actor, desk: SimpleNamespace, proposed: ProposalView
) -> None:
    await talk.act(actor, CHAT, "propose", tapped(proposed, minutes="45"))
    view = await talk.act(actor, CHAT, "book", tapped(proposed))
    assert isinstance(view, ProposalView)
    assert (view.refusal, view.proposal.ask.minutes) == (Refusal.STALE, 45)
    assert "submit" not in desk.names()


async def test_a_taken_slot_gets_a_fresh_proposal(
    talk: Conversation, actor: Actor, desk: SimpleNamespace, proposed: ProposalView
) -> None:
    desk.refuse["submit"] = Refused(Refusal.SLOT_TAKEN)
    view = await talk.act(actor, CHAT, "book", tapped(proposed))
    assert isinstance(view, ProposalView)
    assert view.refusal is Refusal.SLOT_TAKEN


async def test_who_was_slower_in_a_race_sees_the_request(
    talk: Conversation, actor: Actor, desk: SimpleNamespace, proposed: ProposalView
) -> None:
    desk.overtaken = True
    view = await talk.act(actor, CHAT, "book", tapped(proposed))
    assert isinstance(view, RequestCardView)
    assert view.request.state is RequestState.QUEUED


async def test_the_same_asked_twice_shows_the_request_under_way(
    talk: Conversation, actor: Actor, desk: SimpleNamespace, proposed: ProposalView
) -> None:
    await talk.act(actor, CHAT, "book", tapped(proposed))
    again = await talk.message(actor, CHAT, "1:1 with Asha next week")
    assert isinstance(again, ProposalView)
    known = f"request-of-{proposed.draft.id}"
    desk.refuse["submit"] = Refused(Refusal.DUPLICATE, {"request_id": known})
    view = await talk.act(actor, CHAT, "book", tapped(again))
    assert isinstance(view, RequestCardView)
    assert (view.request.id, view.refusal) == (known, Refusal.DUPLICATE)


@pytest.mark.parametrize("refusal", [Refusal.NO_SCHEDULE, Refusal.PAST, Refusal.WFM_AWAY])
async def test_a_sentence_that_is_refused_becomes_a_form_with_all_that_was_said(
    refusal: Refusal, talk: Conversation, actor: Actor, desk: SimpleNamespace
) -> None:
    desk.refuse["propose"] = Refused(refusal, {"names": ["Asha Patel"]})
    view = await talk.message(actor, CHAT, "1:1 with Asha next week mornings, 45 min")
    assert isinstance(view, FormView)
    assert (view.refusal, view.facts) == (refusal, {"names": ["Asha Patel"]})
    wish = from_payload(view.draft.payload)
    assert (wish.attendee_ids, wish.minutes) == (("asha",), 45)
    again = await talk.act(actor, CHAT, "propose", tapped(view))
    assert isinstance(again, ProposalView)
    assert again.proposal.ask.minutes == 45


async def test_a_search_that_is_refused_keeps_the_changes_on_the_form(
    talk: Conversation, actor: Actor, desk: SimpleNamespace, proposed: ProposalView
) -> None:
    desk.refuse["propose"] = Refused(Refusal.NO_FORECAST)
    view = await talk.act(actor, CHAT, "propose", tapped(proposed, minutes="60"))
    assert isinstance(view, FormView)
    assert (view.refusal, from_payload(view.draft.payload).minutes) == (Refusal.NO_FORECAST, 60)


async def test_a_refused_form_says_so_again_when_it_is_refreshed(
    talk: Conversation, actor: Actor, desk: SimpleNamespace
) -> None:
    desk.refuse["propose"] = Refused(Refusal.NO_SCHEDULE)
    form = await talk.message(actor, CHAT, "1:1 with Asha next week")
    assert isinstance(form, FormView)
    desk.refuse["propose"] = Refused(Refusal.NO_SCHEDULE)
    assert await talk.show(actor, CHAT, form.draft.id) == form


async def test_who_may_not_ask_at_all_gets_no_form(
    talk: Conversation, actor: Actor, desk: SimpleNamespace
) -> None:
    desk.refuse["propose"] = Refused(Refusal.NOT_YOUR_ROLE, {"who": "manager"})
    view = await talk.message(actor, CHAT, "1:1 with Asha next week")
    assert view == RefusalView(refusal=Refusal.NOT_YOUR_ROLE, facts={"who": "manager"})


@pytest.mark.parametrize("refusal", [Refusal.EXPIRED, Refusal.UNKNOWN_DRAFT])
async def test_a_draft_that_is_gone_says_so(
    refusal: Refusal,
    talk: Conversation,
    actor: Actor,
    desk: SimpleNamespace,
    proposed: ProposalView,
) -> None:
    desk.refuse["draft"] = Refused(refusal)
    view = await talk.act(actor, CHAT, "book", tapped(proposed))
    assert view == RefusalView(refusal=refusal, facts={})


async def test_anothers_draft_is_answered_like_an_unknown_one(
    talk: Conversation, actor: Actor, proposed: ProposalView
) -> None:
    other = replace(actor, object_id="object-2")
    theirs = await talk.act(other, CHAT, "book", tapped(proposed))
    elsewhere = await talk.act(actor, "chat-2", "book", tapped(proposed))
    unknown = await talk.act(actor, CHAT, "book", {"d": "nothing", "n": 1})
    assert theirs == elsewhere == unknown == RefusalView(refusal=Refusal.UNKNOWN_DRAFT, facts={})


@pytest.mark.parametrize("refusal", [each for each in Refusal if each is not Refusal.STALE])
async def test_every_refusal_becomes_a_view(
    refusal: Refusal,
    talk: Conversation,
    actor: Actor,
    desk: SimpleNamespace,
    proposed: ProposalView,
) -> None:
    desk.refuse["submit"] = Refused(refusal, {"limit": 3})
    view = await talk.act(actor, CHAT, "book", tapped(proposed))
    assert isinstance(view, RefusalView | ProposalView)
    assert view.refusal is refusal


@pytest.mark.parametrize(
    ("verb", "state"), [("undo", RequestState.UNDONE), ("cancel", RequestState.CANCELLED)]
)
async def test_undo_and_cancel_act_on_the_drafts_request(
    verb: str,
    state: RequestState,
    talk: Conversation,
    actor: Actor,
    proposed: ProposalView,
) -> None:
    await talk.act(actor, CHAT, "book", tapped(proposed))
    view = await talk.act(actor, CHAT, verb, tapped(proposed))
    assert isinstance(view, RequestCardView)
    assert view.request.state is state


async def test_undo_that_is_over_leaves_the_request_on_the_card(
    talk: Conversation, actor: Actor, desk: SimpleNamespace, proposed: ProposalView
) -> None:
    await talk.act(actor, CHAT, "book", tapped(proposed))
    desk.refuse["undo"] = Refused(Refusal.UNDO_OVER, {"why": "time"})
    view = await talk.act(actor, CHAT, "undo", tapped(proposed))
    assert isinstance(view, RequestCardView)
    assert (view.refusal, view.facts) == (Refusal.UNDO_OVER, {"why": "time"})


async def test_a_discarded_draft_keeps_nothing_of_what_was_said(
    talk: Conversation, actor: Actor, desk: SimpleNamespace, proposed: ProposalView
) -> None:
    assert isinstance(await talk.act(actor, CHAT, "discard", tapped(proposed)), HelpView)
    assert isinstance(await talk.act(actor, CHAT, "book", tapped(proposed)), HelpView)
    assert desk.drafts[proposed.draft.id].payload == {}


async def test_a_form_keeps_its_questions_when_it_is_refreshed(
    talk: Conversation, actor: Actor
) -> None:
    form = await talk.message(actor, CHAT, "1:1 with Tom")
    assert isinstance(form, FormView)
    again = await talk.show(actor, CHAT, form.draft.id)
    assert isinstance(again, FormView)
    assert again.problems == form.problems


async def test_a_form_that_is_filled_in_becomes_a_proposal(
    talk: Conversation, actor: Actor
) -> None:
    form = await talk.act(actor, CHAT, Verb.START, {})
    assert isinstance(form, FormView)
    assert form.problems == ()
    filled = {"type": "one_to_one", "attendees": "asha,will", "first": "", "minutes": ""}
    view = await talk.act(actor, CHAT, "propose", tapped(form, **filled))
    assert isinstance(view, ProposalView)
    assert view.proposal.ask.attendee_ids == ("asha", "will")
    assert view.proposal.ask.minutes == 30


async def test_a_stranger_on_a_card_is_refused_by_count_and_not_by_name(
    talk: Conversation, actor: Actor, desk: SimpleNamespace, proposed: ProposalView
) -> None:
    changed = tapped(proposed, attendees="asha,mallory", facilitator="mallory")
    view = await talk.act(actor, CHAT, "propose", changed)
    assert isinstance(view, FormView)
    assert [(each.field, each.kind) for each in view.problems] == [
        ("attendees", "unknown_id"),
        ("facilitator", "unknown_id"),
    ]
    assert "mallory" not in repr(desk.calls)


async def test_more_people_than_the_desk_takes_are_refused_on_the_form(
    talk: Conversation, actor: Actor, proposed: ProposalView
) -> None:
    crowd = ",".join(f"agent-{n}" for n in range(Policy().most_attendees + 1))
    view = await talk.act(actor, CHAT, "propose", tapped(proposed, attendees=crowd))
    assert isinstance(view, FormView)
    (problem,) = view.problems
    assert (problem.kind, problem.facts) == ("too_many", {"limit": Policy().most_attendees})


async def test_typeahead_offers_the_own_team_first_and_at_most_fifteen(
    talk: Conversation, actor: Actor
) -> None:
    everybody = await talk.typeahead(actor, "people", "")
    assert [each.title for each in everybody[:3]] == [
        "Billing (6 people)",
        "Retention East (4 people)",
        "April May (Billing)",
    ]
    assert [each.value for each in await talk.typeahead(actor, "people", "tom h")] == ["tom-h"]
    assert [each.value for each in await talk.typeahead(actor, "people", "nunes")] == ["jose"]
    assert [each.value for each in await talk.typeahead(actor, "facilitators", "pri")] == ["priya"]
    assert await talk.typeahead(actor, "secrets", "") == []
