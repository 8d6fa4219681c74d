"""What holds for every card in every state, whatever it shows."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import get_args

import jsonschema
import pytest

from dialogs.cards import MAKERS, render
from dialogs.cards.components import HARD_LIMIT, SOFT_LIMIT, Element, size_of
from dialogs.cards.schema import SCHEMA
from dialogs.cards.speak import speak
from dialogs.views import View
from dialogs.wording_rules import EXCLUDED, GRANTED
from scheduling.domain.rules import ABSENCE
from tests.support.card_facts import NAMES, curve, proposal, roster, unplaced
from tests.support.card_samples import MANAGER, SAMPLES, SCHEDULER, proposal_view

VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
BIDI = re.compile("[\u202a-\u202e\u2066\u2067\u200b\x00-\x1f]")


def pieces(element: object) -> Iterator[Element]:
    """Yield every JSON object of a card."""
    if isinstance(element, dict):
        yield element
        for value in element.values():
            yield from pieces(value)
    if isinstance(element, list):
        for value in element:
            yield from pieces(value)


CARDS = {name: render(each.view, each.viewer, each.refresh_for) for name, each in SAMPLES.items()}
"""Every sample's card, made once; tests that fail name the card."""


def test_the_whitelist_is_itself_a_schema() -> None:
    """A schema with a slip would let everything pass."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_cards_are_made_of_what_teams_draws_everywhere() -> None:
    """Nothing outside the whitelist: no images, no unlabelled inputs, no tap without fallback."""
    for name, card in CARDS.items():
        found = [(name, error.json_path, error.message) for error in VALIDATOR.iter_errors(card)]
        assert not found


def test_every_view_has_its_cards() -> None:
    """A view without a card would only be missed in Teams."""
    assert set(MAKERS) == set(get_args(View))


def test_cards_fit_one_message() -> None:
    """The soft limit holds for every sample, the team of fifteen included."""
    assert not {name for name, card in CARDS.items() if size_of(card) > SOFT_LIMIT}


def test_what_teams_would_refuse_becomes_a_card_that_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever the view holds, the answer arrives."""
    monkeypatch.setattr("dialogs.cards.HARD_LIMIT", 4 * 1024)
    lines = speak(render(SAMPLES["proposal-fifteen"].view, MANAGER))
    assert lines[0].startswith("This is too much for one card.")
    assert "[Help]" in lines


def test_cards_are_plain_json() -> None:
    """What is sent is what was made."""
    assert json.loads(json.dumps(CARDS)) == CARDS


def test_each_tap_means_the_same_in_old_clients() -> None:
    """The submit fallback carries the verb and the very same data."""
    for piece in pieces(list(CARDS.values())):
        if piece.get("type") == "Action.Execute" and "fallback" in piece:
            assert piece["fallback"]["data"] == {"verb": piece["verb"], **piece["data"]}


def test_each_id_is_used_once() -> None:
    """Two inputs of one name would overwrite each other."""
    for name, card in CARDS.items():
        ids = [piece["id"] for piece in pieces(card) if "id" in piece]
        assert len(ids) == len(set(ids)), name


def test_each_value_is_among_its_choices() -> None:
    """An input that shows nothing would silently change what was understood."""
    for name, card in CARDS.items():
        for piece in pieces(card):
            if piece.get("type") == "Input.ChoiceSet" and piece["value"]:
                offered = {choice["value"] for choice in piece["choices"]}
                assert set(piece["value"].split(",")) <= offered, name


def test_each_toggle_opens_something() -> None:
    """What is hidden can be reached, and what a toggle names is there."""
    for name, card in CARDS.items():
        hidden = {piece["id"] for piece in pieces(card) if piece.get("isVisible") is False}
        opened = {target for piece in pieces(card) for target in piece.get("targetElements", ())}
        assert hidden == opened, name


def test_no_name_can_format_mention_or_turn_the_text() -> None:
    """Hostile names come out as harmless text."""
    for piece in pieces(list(CARDS.values())):
        for value in filter(lambda each: isinstance(each, str), piece.values()):
            assert not BIDI.search(value)
            assert "{{" not in value
        if piece.get("type") == "TextBlock":
            assert not re.search(r"(?<!\\)\*\*|(?<!\\)\[", piece["text"])


def test_nobody_is_mentioned_but_by_us() -> None:
    """Each mention in a text is one that the card lists, with an account of ours."""
    for name, card in CARDS.items():
        listed = [one["text"] for one in card.get("msteams", {}).get("entities", ())]
        texts = [piece["text"] for piece in pieces(card) if piece.get("type") == "TextBlock"]
        found = re.findall("<at>.*?</at>", "".join(texts))
        assert found == listed, name
        assert "<at>" not in re.sub("<at>.*?</at>", "", "".join(texts)), name
        others = json.dumps({**card, "msteams": None, "body": []}, ensure_ascii=False)
        assert "<at>" not in others, name


ABSENCE_WORDS = [table[rule] for rule in ABSENCE for table in (EXCLUDED, GRANTED)]


def test_who_is_not_a_scheduler_never_reads_why_somebody_is_away() -> None:
    """Whatever the view holds, absences are one "not available"."""
    for name, each in SAMPLES.items():
        text = json.dumps(render(each.view, MANAGER), ensure_ascii=False)
        assert not [words for words in ABSENCE_WORDS if words in text], name


def test_a_scheduler_does_read_it() -> None:
    """The same words are there for those who decide."""
    text = json.dumps(render(SAMPLES["item-open"].view, SCHEDULER), ensure_ascii=False)
    assert "outside the shift" in text


def test_the_channels_card_says_no_absence_and_whose_times_it_shows() -> None:
    """Everybody in the channel reads it, wherever they are."""
    card = render(SAMPLES["item-channel"].view, SAMPLES["item-channel"].viewer)
    assert not [words for words in ABSENCE_WORDS if words in json.dumps(card)]
    lines = speak(card)
    assert "Tue 17 Nov, 14:00\u201314:30 in London (15:00\u201315:30 in Berlin)" in lines
    assert "[Approve for 3 people]" in lines
    assert not [line for line in lines if re.search(r"\d:\d\d(?!.* in )", line)]


def test_a_confidential_type_shows_only_its_subject() -> None:
    """A heading is read over shoulders."""
    (hearing,) = [kind for kind in roster().types if kind.confidential]
    shown = replace(proposal(), type_name=hearing.shown_name)
    heading = render(proposal_view(shown), MANAGER)["body"][0]["text"]
    assert heading == "Meeting with Asha Patel"


def test_a_team_of_fifteen_keeps_everybody_and_another_time_for_each() -> None:
    """What is left out to fit is not a person."""
    lines = speak(render(SAMPLES["proposal-fifteen"].view, MANAGER))
    card = render(SAMPLES["proposal-fifteen"].view, MANAGER)
    choices = [p for p in pieces(card) if str(p.get("id", "")).startswith("choice:")]
    assert all(any(line.startswith(f"{name} | ") for line in lines) for name in NAMES[:15])
    assert len(choices) == 15
    assert all(len(choice["choices"]) >= 2 for choice in choices)


def test_a_very_large_team_says_what_it_leaves_out_and_stays_under_the_hard_limit() -> None:
    """Two hundred and fifty people still make one card."""
    names = tuple(f"{NAMES[index % 15]} {index}" for index in range(250))
    crowd = proposal(248, 2, names)
    card = render(proposal_view(crowd, names=names), MANAGER)
    text = "\n".join(speak(card))
    assert size_of(card) <= HARD_LIMIT
    assert "and 208 more, also placed" in text
    assert "Other times are left out here" in text


def test_many_without_a_time_are_counted_rather_than_dropped() -> None:
    """The list is cut, its length is not."""
    missing = tuple(unplaced(index, name) for index, name in enumerate(NAMES))
    view = proposal_view(replace(proposal(), unplaced=missing))
    assert "▸ and 10 more" in speak(render(view, MANAGER))


def test_a_card_is_refreshed_for_at_most_sixty() -> None:
    """Teams allows no more."""
    users = tuple(f"29:{index}" for index in range(80))
    card = render(SAMPLES["item-open"].view, SCHEDULER, users)
    assert card["refresh"]["userIds"] == list(users[:60])
    assert card["refresh"]["action"]["data"] == {"w": "w1", "n": 5}
    assert card["refresh"]["action"]["verb"] == "item"


def test_it_is_read_out_in_order() -> None:
    """A terminal and a screen reader get the same story."""
    lines = speak(render(SAMPLES["proposal-one"].view, MANAGER))
    parts = [
        "One-to-one with Asha Patel",
        "Tue 17 Nov, 10:30\u201311:00",
        "[Book]",
        "10:30 | 40.5 | 42.2 | 41.2 (0.7 to spare)",
        "[Change this]",
        "  Type: One-to-one",
    ]
    assert [line for line in lines if line in parts] == parts


def test_each_approval_stands_under_what_it_grants_and_carries_which() -> None:
    """One tap, one way out; the button is short, so that a phone shows all of it."""
    card = render(SAMPLES["item-open"].view, SCHEDULER)
    approvals = [
        piece
        for piece in pieces(card)
        if piece.get("verb") == "approve" and piece.get("type") == "Action.Execute"
    ]
    assert [piece["data"]["way_out"] for piece in approvals] == ["0", "1", "2"]
    assert approvals[0]["title"] == "Approve Tue 17 Nov, 14:00"
    words = speak(card)
    granted = next(n for n, line in enumerate(words) if "you grant: below staffing" in line)
    assert granted < words.index("[Approve Tue 17 Nov, 14:00]")


def test_a_request_that_was_never_booked_tells_nobody() -> None:
    """Its card says so."""
    assert "✗ Cancelled: nothing had been booked" in speak(CARDS["request-withdrawn"])
    told = "✗ Cancelled: everyone is told in their own day"
    assert told in speak(CARDS["request-cancelled"])


def test_a_duplicate_offers_no_button_of_the_other_request() -> None:
    """They would act on this card's draft, which became no request."""
    assert not [piece for piece in pieces(CARDS["request-duplicate"]) if "verb" in piece]


def test_who_could_not_be_reached_in_teams_is_said() -> None:
    """It is neither done nor not needed."""
    assert "Message: ○ not reached in Teams" in speak(CARDS["request-final"])
    assert any("✓ 3 done, ○ not reached in Teams" in line for line in speak(CARDS["request-team"]))


def test_a_way_out_for_several_says_whose_time_it_shows() -> None:
    """One of three is not all three; and it is the time at that person's own site."""
    words = speak(render(SAMPLES["item-many"].view, SCHEDULER))
    shown = words.index("for Jürgen Weiß, one of 3 people")
    assert words[shown - 1] == "Tue 17 Nov, 14:00\u201314:30 (15:00\u201315:30 in Berlin)"
    assert "for Siobhán O'Connor only" in words
    assert words.count("[Approve for 3 people]") == 2


def test_an_approval_fits_a_phone_also_where_the_site_keeps_other_time() -> None:
    """The site's time stands above the button."""
    titles = [line for line in speak(CARDS["item-channel"]) if line.startswith("[Approve")]
    assert "[Approve Tue 24 Nov]" in titles


def test_people_are_asked_for_by_typing_only_where_not_all_are_offered() -> None:
    """A list that is complete is filtered on the spot."""
    crowd = tuple(f"{NAMES[index % 15]} {index}" for index in range(600))
    few = render(SAMPLES["proposal-one"].view, MANAGER)
    many = render(proposal_view(proposal(), names=crowd), MANAGER)
    for card, asked in ((few, False), (many, True)):
        (field,) = [piece for piece in pieces(card) if piece.get("id") == "attendees"]
        assert field["style"] == "filtered"
        assert ("choices.data" in field) is asked


def test_the_chart_is_drawn_around_the_session_and_not_from_zero() -> None:
    """One FTE of forty must be seen."""
    (chart,) = [p for p in pieces(CARDS["proposal-one"]) if p.get("type") == "Chart.Line"]
    times = [value["x"] for value in chart["data"][0]["values"]]
    assert times == ["10:00", "10:15", "10:30", "10:45", "11:00", "11:15", "11:30"]
    assert (chart["yMin"], chart["yMax"]) == (38, 43)


def test_sessions_on_several_days_get_a_dated_table_and_no_line_between_them() -> None:
    """A line from Tuesday to Friday would show hours that nobody asked about."""
    tuesday = curve()
    friday = tuple(replace(p, start=p.start + timedelta(days=3)) for p in tuesday.points)
    both = replace(tuesday, points=tuesday.points + friday)
    card = render(proposal_view(replace(proposal(2), curves=(both,))), MANAGER)
    assert not [piece for piece in pieces(card) if piece.get("type") == "Chart.Line"]
    assert any(line.startswith("Fri 20 Nov, 10:30 | 40.5") for line in speak(card))
