"""The form of a recurring meeting: filled by a sentence, and read over what is kept."""

from dataclasses import replace
from datetime import date

import pytest

from dialogs import verbs
from dialogs.orders import Order, OrderKind
from dialogs.templating import ANY, Wrong, inputs_said, shown_inputs, template_from
from dialogs.wishes import Wish
from scheduling.domain.templates import Audience, Frequency, Recurrence, Template
from scheduling.domain.times import DateRange
from tests.support.run_samples import OFFERS, TEMPLATE

MONDAY = date(2026, 11, 30)


def filled(often: Recurrence | None, *, open_ended: bool = False, **said: object) -> dict[str, str]:
    """Return the inputs after a sentence that said this."""
    wish = replace(Wish(), **said)  # type: ignore[arg-type]  # as many fields as a test names
    order = Order(kind=OrderKind.NEW_TEMPLATE, wish=wish, recurrence=often, open_ended=open_ended)
    return inputs_said(order, OFFERS)


def test_a_whole_team_stays_a_team_and_others_are_named() -> None:
    typed = filled(None, attendee_ids=("asha", "ben"))
    assert (typed[verbs.TEAMS], typed[verbs.ATTENDEES]) == ("billing", "")
    typed = filled(None, attendee_ids=("ben",))
    assert (typed[verbs.TEAMS], typed[verbs.ATTENDEES]) == ("", "ben")


def test_what_was_not_said_is_as_on_an_empty_form() -> None:
    assert filled(None) == shown_inputs(None, OFFERS)


@pytest.mark.parametrize(
    ("often", "dates", "inputs"),
    [
        (
            Recurrence(frequency=Frequency.WEEKLY),
            DateRange(MONDAY, date(2026, 12, 1)),
            {verbs.FIRST: "2026-11-30", verbs.LAST: "", verbs.WEEKDAYS: "0"},
        ),
        (
            Recurrence(frequency=Frequency.MONTHLY, weekdays=frozenset({4}), nth=-1),
            DateRange(date(2026, 12, 1), date(2027, 4, 1)),
            {verbs.LAST: "2027-03-31", verbs.WEEKDAYS: "4", verbs.NTH: "-1"},
        ),
        (
            Recurrence(frequency=Frequency.WEEKLY, every=2),
            DateRange(date(2020, 1, 1), date(2020, 1, 8)),
            {verbs.FIRST: "2026-11-20", verbs.LEAST_DAYS: "7", verbs.NTH: ANY},
        ),
    ],
)
def test_the_dates_say_when_it_begins_and_where_they_cover_more_when_it_ends(
    often: Recurrence, dates: DateRange, inputs: dict[str, str]
) -> None:
    typed = filled(often, dates=dates)
    assert {name: typed[name] for name in inputs} == inputs


def test_from_a_day_on_is_no_end() -> None:
    dates = DateRange(MONDAY, date(2026, 12, 14))
    assert filled(Recurrence(frequency=Frequency.WEEKLY), dates=dates)[verbs.LAST] == "2026-12-13"
    typed = filled(Recurrence(frequency=Frequency.WEEKLY), dates=dates, open_ended=True)
    assert (typed[verbs.FIRST], typed[verbs.LAST]) == ("2026-11-30", "")


def test_a_form_that_is_kept_as_it_is_shown_changes_nothing() -> None:
    listed = replace(
        TEMPLATE, audience=Audience(team_ids=frozenset({"billing"}), agent_ids=frozenset({"cy"}))
    )
    for one in (TEMPLATE, listed):
        kept = template_from(shown_inputs(one, OFFERS), one, one.version)
        assert kept == replace(one, unit_id="", owner_id="")


def test_a_team_that_is_found_among_the_people_is_a_team() -> None:
    typed = shown_inputs(TEMPLATE, OFFERS) | {
        verbs.TEAMS: "",
        verbs.ATTENDEES: "team:retention,ben",
    }
    kept = template_from(typed, None, 0)
    assert isinstance(kept, Template)
    assert kept.audience == Audience(
        team_ids=frozenset({"retention"}), agent_ids=frozenset({"ben"})
    )


def test_nobody_at_all_is_said() -> None:
    typed = shown_inputs(TEMPLATE, OFFERS) | {verbs.TEAMS: "", verbs.ATTENDEES: ""}
    assert template_from(typed, None, 0) == Wrong(frozenset({verbs.TEAMS}))
