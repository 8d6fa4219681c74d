"""What holds for every sentence, sensible or not."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.drafting import from_payload, problems_of, to_payload
from dialogs.grammar.slate import clean, fold
from dialogs.grammar.understand import Understood, understand
from dialogs.wishes import gaps, to_ask
from scheduling.workflows.desk_port import Roster

PIECES = (
    *("1:1", "coaching", "121s", "with", "for", "and", ",", "except", "but not", "led by", "by"),
    *("Asha", "asha patel", "Tom", "tom reed", "José", "April", "april may", "Priya", "Zed", "me"),
    *("my team", "everyone", "all but", "team Billing", "team X", "Ahsa", "Marie", "or", "not"),
    *("next week", "this week", "tomorrow", "Thursday", "next Friday", "w/c", "7 Dec", "in May"),
    *("from", "to", "until", "before", "after", "between", "3rd", "the 31st", "31 Nov", "3/12"),
    *("2026-12-03", "0000-00-00", "week 53", "in 999 weeks", "next 0 days", "29 Feb", "end of"),
    *("mornings", "10-12", "at 3", "25:99", "12am", "0pm", "2-4pm", "noon", "midnight", "1-1"),
    *("30 min", "1h30", "half an hour", "999 hours", "0 min", "online", "in a room", "weekly"),
    *("about her pay", "please", "🦊", "\x00", "'", "<at>Tom Reed</at>", "İ", "ﬁ", "ǅ", "\u202e"),
)
SENTENCES = st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join)
TEXTS = st.one_of(st.text(max_size=300), SENTENCES, st.lists(SENTENCES, max_size=2).map("".join))


def named(understood: Understood) -> set[object]:
    """Return every id that an understanding or its problems hold."""
    wish = understood.wish
    offered = (
        person["id"]
        for problem in understood.problems
        for people in (problem.facts.get("candidates", ()), problem.facts.get("nearest", ()))
        if isinstance(people, list)
        for person in people
    )
    return {*wish.attendee_ids, *offered, *filter(None, [wish.facilitator_id])}


@given(text=TEXTS)
@settings(max_examples=400, deadline=None)
def test_no_text_raises_or_names_anybody_outside_the_roster(text: str, roster: Roster) -> None:
    understood = understand(text, roster)
    assert named(understood) <= {each.id for each in (*roster.people, *roster.facilitators)}


@given(text=TEXTS)
@settings(max_examples=200, deadline=None)
def test_a_wish_without_problems_is_an_ask_that_is_not_over(text: str, roster: Roster) -> None:
    understood = understand(text, roster)
    if understood.intent == "request" and not understood.problems:
        assert gaps(understood.wish, roster) == ()
        assert to_ask(understood.wish, roster).dates.last >= roster.today


@given(text=TEXTS)
@settings(max_examples=200, deadline=None)
def test_a_payload_gives_back_the_same_wish_and_problems(text: str, roster: Roster) -> None:
    understood = understand(text, roster)
    payload = json.loads(json.dumps(to_payload(understood.wish, understood.problems)))
    assert from_payload(payload) == understood.wish
    assert problems_of(payload) == understood.problems


@given(text=st.text())
def test_folding_keeps_every_position(text: str) -> None:
    cleaned = clean(text)
    assert len(fold(cleaned)) == len(cleaned)
