"""What stands behind single sentences: provenance, candidates, privacy, calendars."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from dialogs.grammar.language import Language
from dialogs.grammar.understand import LANGUAGES, Intent, understand
from dialogs.helping import help_view
from dialogs.wishes import default_dates
from scheduling.domain.meetings import MeetingType
from scheduling.domain.people import Role
from scheduling.domain.times import DateRange
from scheduling.workflows.desk_port import Roster

LONG_NAME = "Wolfeschlegelsteinhausenbergerdorff Featherstonehaugh"


def test_what_was_said_is_told_from_what_was_inferred(roster: Roster) -> None:
    wish = understand("1:1 with Asha, 45 min", roster).wish
    assert wish.said == {"type", "attendees", "minutes"}
    assert (wish.facilitator_id, wish.dates) == ("morgan", default_dates(roster.today))


def test_an_ambiguous_name_offers_exactly_its_namesakes(roster: Roster) -> None:
    (problem,) = understand("1:1 with tom", roster).problems
    candidates = problem.facts["candidates"]
    assert isinstance(candidates, list)
    assert [each["id"] for each in candidates] == ["tom-r", "tom-h"]
    assert problem.facts["said"] == "tom"


def test_a_half_known_name_offers_the_namesake_instead_of_taking_them(roster: Roster) -> None:
    understood = understand("1:1 with Asha Kumar", roster)
    nearest = understood.problems[0].facts["nearest"]
    assert isinstance(nearest, list)
    assert nearest[0]["id"] == "asha"
    assert understood.wish.attendee_ids == ()


def test_several_problems_are_told_at_once(roster: Roster) -> None:
    problems = understand("1:1 with Tom yesterday for 2 minutes", roster).problems
    assert [each.kind for each in problems] == ["ambiguous_name", "past", "bad_minutes"]


def test_the_topic_of_a_session_is_dropped_and_kept_nowhere(roster: Roster) -> None:
    understood = understand("1:1 with Asha tomorrow about her grievance against Tom", roster)
    assert understood.wish.attendee_ids == ("asha",)
    assert "grievance" not in repr(understood)


def test_words_that_do_not_matter_are_left_over_without_a_question(roster: Roster) -> None:
    understood = understand("1:1 with Asha tomorrow fingers crossed", roster)
    assert (understood.problems, understood.leftovers) == ((), ("fingers crossed",))


def test_a_manager_of_two_teams_is_asked_which(roster: Roster) -> None:
    both = replace(roster, own_teams=("billing", "east"))
    (problem,) = understand("1:1s with my team", both).problems
    assert (problem.kind, problem.facts["teams"]) == (
        "ambiguous_team",
        ["Billing", "Retention East"],
    )
    assert len(understand("1:1s with my teams", both).wish.attendee_ids) == len(roster.people)


def test_somebody_without_a_team_is_told_so(roster: Roster) -> None:
    (problem,) = understand("1:1s with my team", replace(roster, own_teams=())).problems
    assert problem.kind == "empty_team"


def test_a_type_that_is_not_offered_is_named_with_those_that_are(roster: Roster) -> None:
    only = replace(roster, types=roster.types[1:2])
    (problem,) = understand("1:1 with Asha", only).problems
    assert (problem.kind, problem.facts["types"]) == ("unknown_type", ["Coaching"])


def test_a_confidential_type_is_never_inferred(roster: Roster) -> None:
    hearing = MeetingType(id="h", name="Hearing", subject="Private", code_id="h", confidential=True)
    secret_first = replace(roster, types=(hearing, *roster.types))
    assert understand("Asha next week", secret_first).wish.type_id == "one_to_one"


def test_somebody_who_may_not_lead_is_asked_who_will(roster: Roster) -> None:
    others = tuple(each for each in roster.facilitators if each.id != roster.me.id)
    problems = understand("1:1 with Asha", replace(roster, facilitators=others)).problems
    assert [(each.field, each.kind) for each in problems] == [("facilitator", "missing")]


@pytest.mark.parametrize(
    ("today", "text", "first", "last"),
    [
        (date(2027, 3, 27), "tomorrow", date(2027, 3, 28), date(2027, 3, 28)),
        (date(2027, 3, 26), "next week", date(2027, 3, 29), date(2027, 4, 4)),
        (date(2027, 3, 28), "tomorrow", date(2027, 3, 29), date(2027, 3, 29)),
        (date(2026, 10, 24), "tomorrow", date(2026, 10, 25), date(2026, 10, 25)),
        (date(2026, 10, 25), "this week", date(2026, 10, 25), date(2026, 10, 25)),
        (date(2026, 10, 23), "on Sunday", date(2026, 10, 25), date(2026, 10, 25)),
        (date(2026, 12, 30), "next week", date(2027, 1, 4), date(2027, 1, 10)),
        (date(2026, 12, 30), "on 3 Jan", date(2027, 1, 3), date(2027, 1, 3)),
        (date(2026, 12, 30), "in January", date(2027, 1, 1), date(2027, 1, 31)),
        (date(2028, 2, 28), "tomorrow", date(2028, 2, 29), date(2028, 2, 29)),
        (date(2026, 12, 30), "week 1", date(2027, 1, 4), date(2027, 1, 10)),
    ],
    ids=lambda value: f"sentence: {value}" if isinstance(value, str) else str(value),
)
def test_dates_are_calendar_dates_across_clock_changes_and_new_year(
    today: date, text: str, first: date, last: date, roster_of: Callable[..., Roster]
) -> None:
    understood = understand(f"1:1 with Asha {text}", roster_of(today))
    assert understood.problems == ()
    assert understood.wish.dates == DateRange(first, last + timedelta(days=1))


def test_every_sentence_of_help_would_be_understood_whole(roster: Roster) -> None:
    examples = help_view(roster).examples
    assert len(examples) == 3
    for example in examples:
        understood = understand(example, roster)
        assert (understood.intent, understood.problems) == (Intent.REQUEST, ()), example


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=lambda each: str(each.phrases.code))
def test_every_order_that_help_shows_is_understood_and_fits_a_button(
    language: Language, roster: Roster
) -> None:
    to_try = language.phrases.to_try
    assert set(to_try) >= {Role.MANAGER, Role.SCHEDULER, Role.AGENT, Role.ADMINISTRATOR}
    me = replace(roster.me, locale=language.phrases.code)
    for sentence in {each for sentences in to_try.values() for each in sentences}:
        understood = understand(sentence, replace(roster, me=me, people=()))
        assert understood.order is not None, sentence
        assert understood.order.problems == (), sentence
        assert len(sentence) <= 40


def test_help_names_only_people_of_the_askers_own_team(roster: Roster) -> None:
    joined = " ".join(help_view(replace(roster, own_teams=("east",))).examples)
    assert "Tom Hughes" in joined
    assert "Asha" not in joined


def test_every_sentence_of_help_fits_a_button_on_a_phone(roster: Roster) -> None:
    long_type = replace(roster.types[0], name="Return-to-work conversation")
    for people in (roster.people, tuple(replace(p, name=LONG_NAME) for p in roster.people)):
        for types in (roster.types, (long_type,)):
            examples = help_view(replace(roster, people=people, types=types)).examples
            assert all(len(example) <= 40 for example in examples)
    shortened = help_view(replace(roster, types=(long_type,))).examples
    assert shortened == ("Return-to-work conversation with Asha",)


def test_help_for_who_has_nobody_names_nobody(roster: Roster) -> None:
    assert help_view(replace(roster, people=())).examples == ()


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=lambda each: str(each.phrases.code))
def test_a_language_has_all_the_days_and_months(language: Language) -> None:
    tables = language.phrases.tables
    assert set(tables["weekday"].values()) == set(range(7))
    assert set(tables["month"].values()) == set(range(1, 13))


@pytest.mark.parametrize(
    "text",
    [
        "1:1 with Asha except Monday",
        "1:1 with Asha any day but Friday",
        "1:1 mit Asha außer Montag",
    ],
)
def test_a_day_that_is_excepted_is_asked_about_and_not_filled_in(text: str, roster: Roster) -> None:
    understood = understand(text, roster)
    assert [each.kind for each in understood.problems] == ["not_understood"]
    assert "first" not in understood.wish.said
