"""What a message changes that was said before. Today is Tuesday, 24 November 2026."""

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from dialogs.conversation import Conversation
from dialogs.drafting import from_payload
from dialogs.views import FormView, HelpView, ProposalView, View
from dialogs.windows import write_window
from scheduling.domain.people import Actor
from scheduling.domain.times import DateRange

CHAT = "chat-1"
EAST = "tom-h,siobhan,anne,maria"

CHANGED = {
    # first, then: people, dates, window, minutes, place, type
    ("1:1 with Asha next Thursday", "no, Friday"): {"dates": "12-04..12-04"},
    ("1:1 with Asha on Thursday", "nein, Freitag"): {"dates": "11-27..11-27"},
    ("1:1 mit Asha nächsten Donnerstag", "nein, lieber Freitag"): {"dates": "12-04..12-04"},
    ("1:1 with Asha next week", "sorry, I meant Will"): {"people": "will"},
    ("1:1 with Asha next week", "Entschuldigung, ich meinte José"): {"people": "jose"},
    ("1:1 with Asha next week", "make it 45 min"): {"minutes": 45},
    ("1:1 with Asha next week", "mach es 45 Minuten"): {"minutes": 45},
    ("1:1 with Asha at 10 tomorrow", "make it 45 min"): {
        "minutes": 45,
        "window": "10:00-10:45",
    },
    ("1:1 with Asha tomorrow morning", "make it an hour"): {"minutes": 60, "window": "morning"},
    ("1:1 with Asha next week", "actually, the week after next"): {"dates": "12-07..12-13"},
    ("1:1 with Asha next week", "afternoons please"): {"window": "afternoon"},
    ("1:1 with Asha next week", "online instead"): {"place": "online"},
    ("1:1 with Asha next week", "lieber online"): {"place": "online"},
    ("1:1s with Asha and Will", "also José"): {"people": "asha,will,jose"},
    ("1:1s with Asha and Will", "auch José"): {"people": "asha,will,jose"},
    ("1:1s with my team", "without Tom"): {"people": "asha,jose,april,chris,will"},
    ("1:1s mit meinem Team", "ohne Tom und Asha"): {"people": "jose,april,chris,will"},
    ("1:1s with Asha and Will", "not Will but José"): {"people": "asha,jose"},
    ("1:1s with Asha and Will", "nicht Will, sondern José"): {"people": "asha,jose"},
    ("1:1s with Asha and Will", "José instead of Will"): {"people": "asha,jose"},
    ("1:1s with Asha and Will", "José statt Will"): {"people": "asha,jose"},
    ("1:1s with Asha and Will", "no, Retention East"): {"people": EAST},
    ("1:1 with Asha next week", "I meant coaching"): {
        "type": "coaching",
        "minutes": 45,
        "place": "online",
    },
    ("1:1 with Asha next week", "sorry, Will on Friday at 10"): {
        "people": "will",
        "dates": "12-04..12-04",
        "window": "10:00-10:30",
    },
}

NOT_WHOLE = {
    ("1:1s with Asha and Will", "no, José"): ("attendees", "said_twice"),
    ("1:1 with Asha next week", "sorry, I meant Tom"): ("attendees", "ambiguous_name"),
    ("1:1 with Asha next week", "nein, Zebedäus"): ("", "not_understood"),
    ("1:1 with Asha next week", "no, yesterday"): ("first", "past"),
    ("1:1 with Asha next week", "make it 2 minutes"): ("minutes", "bad_minutes"),
    ("1:1 with Asha next week", "no, Friday or Monday"): ("first", "said_twice"),
    ("1:1 with Asha next week", "no, never on Friday"): ("", "not_understood"),
    ("1:1 with Asha", "without Asha"): ("attendees", "missing"),
}


def shown(view: View) -> dict[str, object]:
    """Return the draft's wish as the tables above write it."""
    assert isinstance(view, ProposalView | FormView)
    wish = from_payload(view.draft.payload)
    dates = wish.dates
    return {
        "people": ",".join(wish.attendee_ids),
        "dates": f"{dates.start:%m-%d}..{dates.last:%m-%d}" if dates else None,
        "window": write_window(wish.window),
        "minutes": wish.minutes,
        "place": wish.place.value if wish.place else None,
        "type": wish.type_id,
    }


@pytest.mark.parametrize("said", CHANGED, ids=lambda said: f"sentence: {said[0]} > {said[1]}")
async def test_a_correction_changes_what_it_speaks_of_and_nothing_else(
    said: tuple[str, str], talk: Conversation, actor: Actor, desk: SimpleNamespace
) -> None:
    before = await talk.message(actor, CHAT, said[0])
    after = await talk.message(actor, CHAT, said[1])
    assert isinstance(after, ProposalView)
    assert shown(after) == shown(before) | CHANGED[said]
    assert len(desk.drafts) == 1


@pytest.mark.parametrize("said", NOT_WHOLE, ids=lambda said: f"sentence: {said[0]} > {said[1]}")
async def test_a_correction_that_would_be_a_guess_is_asked(
    said: tuple[str, str], talk: Conversation, actor: Actor, desk: SimpleNamespace
) -> None:
    before = await talk.message(actor, CHAT, said[0])
    after = await talk.message(actor, CHAT, said[1])
    assert isinstance(after, FormView)
    assert (after.problems[0].field, after.problems[0].kind) == NOT_WHOLE[said]
    assert isinstance(before, ProposalView)
    assert after.draft.id == before.draft.id
    assert len(desk.drafts) == 1


@pytest.mark.parametrize("text", ["Tom Reed", "Tom from Billing", "sorry, Tom Reed", "Friday"])
async def test_what_a_form_asked_may_be_answered_in_words(
    text: str, talk: Conversation, actor: Actor
) -> None:
    form = await talk.message(actor, CHAT, "1:1 with Tom yesterday")
    after = await talk.message(actor, CHAT, text)
    assert isinstance(form, FormView)
    assert isinstance(after, FormView)
    assert after.draft.id == form.draft.id
    left = {each.kind for each in after.problems}
    assert left == ({"ambiguous_name"} if text == "Friday" else {"past"})


async def test_an_answer_to_all_that_was_asked_is_proposed(
    talk: Conversation, actor: Actor
) -> None:
    await talk.message(actor, CHAT, "1:1s with Asha and Tom next week")
    view = await talk.message(actor, CHAT, "Tom Hughes")
    assert isinstance(view, ProposalView)
    assert view.proposal.ask.attendee_ids == ("asha", "tom-h")


async def test_a_new_request_is_no_correction(
    talk: Conversation, actor: Actor, desk: SimpleNamespace
) -> None:
    await talk.message(actor, CHAT, "1:1 with Asha next week")
    await talk.message(actor, CHAT, "sorry, 1:1 with Will next week")
    await talk.message(actor, CHAT, "José tomorrow")
    await talk.message(actor, CHAT, "add a 1:1 with April tomorrow")
    await talk.message(actor, CHAT, "und ein Coaching für Christopher nächste Woche")
    people = [from_payload(each.payload).attendee_ids for each in desk.drafts.values()]
    assert people == [("asha",), ("will",), ("jose",), ("april",), ("chris",)]


@pytest.mark.parametrize("text", ["no, Friday", "make it 45 min", "also Will", "nein, Freitag"])
async def test_a_correction_of_nothing_is_asked_with_what_was_understood(
    text: str, talk: Conversation, actor: Actor, desk: SimpleNamespace
) -> None:
    view = await talk.message(actor, CHAT, text)
    assert isinstance(view, FormView)
    assert view.problems[0].kind == "nothing_to_change"
    wish = from_payload(view.draft.payload)
    friday = DateRange(date(2026, 11, 27), date(2026, 11, 28))
    assert wish.dates == friday or wish.minutes == 45 or wish.attendee_ids == ("will",)
    assert "propose" not in desk.names()


async def test_only_ones_own_draft_in_the_same_chat_is_changed(
    talk: Conversation, actor: Actor, desk: SimpleNamespace
) -> None:
    await talk.message(actor, CHAT, "1:1 with Asha next week")
    other = replace(actor, object_id="object-2")
    for who, where in ((other, CHAT), (actor, "chat-2")):
        view = await talk.message(who, where, "no, Friday")
        assert isinstance(view, FormView)
        assert view.problems[0].kind == "nothing_to_change"
    first = from_payload(desk.drafts["draft-0"].payload)
    assert first.dates == DateRange(date(2026, 11, 30), date(2026, 12, 7))


async def test_a_booked_request_is_not_changed_by_a_correction(
    talk: Conversation, actor: Actor, desk: SimpleNamespace
) -> None:
    view = await talk.message(actor, CHAT, "1:1 with Asha next week")
    assert isinstance(view, ProposalView)
    await talk.act(actor, CHAT, "book", {"d": view.draft.id, "n": view.draft.version})
    after = await talk.message(actor, CHAT, "no, Friday")
    assert isinstance(after, FormView)
    assert after.draft.id != view.draft.id
    assert desk.drafts[view.draft.id].version == view.draft.version + 1


async def test_the_card_of_before_a_correction_books_nothing_old(
    talk: Conversation, actor: Actor, desk: SimpleNamespace
) -> None:
    before = await talk.message(actor, CHAT, "1:1 with Asha next week")
    await talk.message(actor, CHAT, "no, Friday")
    assert isinstance(before, ProposalView)
    view = await talk.act(actor, CHAT, "book", {"d": before.draft.id, "n": before.draft.version})
    assert isinstance(view, ProposalView)
    assert view.proposal.ask.dates.start == date(2026, 12, 4)
    assert "submit" not in desk.names()


@pytest.mark.parametrize("text", ["no", "sorry", "nein", "ok but"])
async def test_a_mere_no_changes_nothing(
    text: str, talk: Conversation, actor: Actor, desk: SimpleNamespace
) -> None:
    await talk.message(actor, CHAT, "1:1 with Asha next week")
    assert isinstance(await talk.message(actor, CHAT, text), HelpView)
    assert len(desk.drafts) == 1
    assert desk.roster_held.now + timedelta(hours=2) == desk.drafts["draft-0"].expires_at
