"""What sentences mean. Today is Tuesday, 24 November 2026, in London."""

import pytest

from dialogs.grammar.understand import Intent, Understood, understand
from dialogs.windows import write_window
from scheduling.workflows.desk_port import Roster

TEAM = "asha,tom-r,jose,april,chris,will"
SOON = "11-25..12-08"
NEXT_WEEK = "11-30..12-06"

WHOLE = {
    # type, people, dates, window, minutes, place, facilitator (None: not looked at)
    "1:1 with Asha next week": ("one_to_one", "asha", NEXT_WEEK),
    "1:1 with Asha next week, 30 min": ("one_to_one", "asha", NEXT_WEEK, "any", 30),
    "1-1 w/ asha patel tomorrow 45m": ("one_to_one", "asha", "11-25..11-25", "any", 45),
    "121 with Tom Reed on Thursday": ("one_to_one", "tom-r", "11-26..11-26", "any", 30),
    "one on one with Siobhan OBrien half an hour": ("one_to_one", "siobhan", SOON, "any", 30),
    "One-To-One for ASHA, 1h": ("one_to_one", "asha", SOON, "any", 60),
    "1 to 1 with Asha, 1 hour and 15 min": ("one_to_one", "asha", SOON, "any", 75),
    "1:1 with Asha for an hour and a half": ("one_to_one", "asha", SOON, "any", 90),
    "1:1 with Asha 1h30 next Thursday": ("one_to_one", "asha", "12-03..12-03", "any", 90),
    "1:1 with Asha this Thursday": ("one_to_one", "asha", "11-26..11-26"),
    "1:1 with Asha on Tuesday": ("one_to_one", "asha", "12-01..12-01"),
    "1:1 with Asha today": ("one_to_one", "asha", "11-24..11-24"),
    "1:1 with Asha this week": ("one_to_one", "asha", "11-24..11-29"),
    "1:1 with Asha the week after next": ("one_to_one", "asha", "12-07..12-13"),
    "1:1 with Asha the day after tomorrow": ("one_to_one", "asha", "11-26..11-26"),
    "1:1 with Asha in 3 days": ("one_to_one", "asha", "11-27..11-27"),
    "1:1 with Asha in two weeks": ("one_to_one", "asha", "12-07..12-13"),
    "1:1 with Asha in the next two weeks": ("one_to_one", "asha", "11-25..12-08"),
    "1:1 with Asha within a fortnight": ("one_to_one", "asha", "11-25..12-08"),
    "1:1 with Asha w/c 7 Dec": ("one_to_one", "asha", "12-07..12-13"),
    "1:1 with Asha week commencing Monday 7th December": ("one_to_one", "asha", "12-07..12-13"),
    "1:1 with Asha week 50": ("one_to_one", "asha", "12-07..12-13"),
    "1:1 with Asha in December": ("one_to_one", "asha", "12-01..12-31"),
    "1:1 with Asha this month": ("one_to_one", "asha", "11-24..11-30"),
    "1:1 with Asha early December": ("one_to_one", "asha", "12-01..12-10"),
    "1:1 with Asha by the end of the month": ("one_to_one", "asha", "11-25..11-30"),
    "1:1 with Asha from 3 to 7 Dec": ("one_to_one", "asha", "12-03..12-07"),
    "1:1 with Asha between 3 and 7 December": ("one_to_one", "asha", "12-03..12-07"),
    "1:1 with Asha 3-7 Dec": ("one_to_one", "asha", "12-03..12-07"),
    "1:1 with Asha Dec 3-7": ("one_to_one", "asha", "12-03..12-07"),
    "1:1 with Asha 28 Dec to 2 Jan": ("one_to_one", "asha", "12-28..01-02"),
    "1:1 with Asha on the 3rd of December": ("one_to_one", "asha", "12-03..12-03"),
    "1:1 with Asha on the 3rd": ("one_to_one", "asha", "12-03..12-03"),
    "1:1 with Asha 2026-12-03": ("one_to_one", "asha", "12-03..12-03"),
    "1:1 with Asha on 25/12": ("one_to_one", "asha", "12-25..12-25"),
    "1:1 with Asha Thursday or Friday": ("one_to_one", "asha", "11-26..11-27"),
    "1:1 with Asha Monday to Wednesday next week": ("one_to_one", "asha", "11-30..12-02"),
    "1:1 with Asha next week Tue-Thu": ("one_to_one", "asha", "12-01..12-03"),
    "1:1 with Asha next week on Thursday": ("one_to_one", "asha", "12-03..12-03"),
    "1:1 with Asha by Friday": ("one_to_one", "asha", "11-25..11-27"),
    "1:1 with Asha before Friday": ("one_to_one", "asha", "11-25..11-26"),
    "1:1 with Asha after Friday": ("one_to_one", "asha", "11-28..12-11"),
    "1:1 with Asha from Monday until 5 Dec": ("one_to_one", "asha", "11-30..12-05"),
    "1:1 with Asha Thursday afternoon": ("one_to_one", "asha", "11-26..11-26", "afternoon"),
    "1:1 with Asha tomorrow, mornings only": ("one_to_one", "asha", "11-25..11-25", "morning"),
    "1:1 with Asha 10-12 next week": ("one_to_one", "asha", NEXT_WEEK, "10:00-12:00"),
    "1:1 with Asha between 9 and 11": ("one_to_one", "asha", SOON, "09:00-11:00"),
    "1:1 with Asha from 2 to 4pm": ("one_to_one", "asha", SOON, "14:00-16:00"),
    "1:1 with Asha 10am to noon": ("one_to_one", "asha", SOON, "10:00-12:00"),
    "1:1 with Asha 11-1": ("one_to_one", "asha", SOON, "11:00-13:00"),
    "1:1 with Asha 9.30-11.15": ("one_to_one", "asha", SOON, "09:30-11:15"),
    "1:1 with Asha after 2pm": ("one_to_one", "asha", SOON, "14:00-24:00"),
    "1:1 with Asha before noon on Friday": (
        *("one_to_one", "asha", "11-27..11-27"),
        "00:00-12:00",
    ),
    "1:1 with Asha tomorrow morning at 10": (
        *("one_to_one", "asha", "11-25..11-25"),
        "10:00-10:30",
    ),
    "1:1 with Asha at 3 tomorrow": ("one_to_one", "asha", "11-25..11-25", "15:00-15:30"),
    "1:1 with Asha online": ("one_to_one", "asha", SOON, "any", 30, "online"),
    "1:1 with Asha via Teams": ("one_to_one", "asha", SOON, "any", 30, "online"),
    "1:1 with Asha in person": ("one_to_one", "asha", SOON, "any", 30, "room"),
    "1:1 with Asha in a room": ("one_to_one", "asha", SOON, "any", 30, "room"),
    "1:1 with Asha and Tom Reed": ("one_to_one", "asha,tom-r", SOON),
    "1:1s with Asha, José & Will next week": ("one_to_one", "asha,jose,will", NEXT_WEEK),
    "1:1s with my team in December": ("one_to_one", TEAM, "12-01..12-31"),
    "1:1s with everyone next week": ("one_to_one", TEAM, NEXT_WEEK),
    "1:1s with all but Tom next week": ("one_to_one", "asha,jose,april,chris,will", NEXT_WEEK),
    "1:1s with my team except Tom Reed and Asha": ("one_to_one", "jose,april,chris,will", SOON),
    "1:1s with my team but not Will": ("one_to_one", "asha,tom-r,jose,april,chris", SOON),
    "1:1s with team Billing excluding Asha": ("one_to_one", "tom-r,jose,april,chris,will", SOON),
    "coaching for the Retention East team": (
        *("coaching", "tom-h,siobhan,anne,maria", SOON),
        *("any", 45, "online"),
    ),
    "coaching for Retention East next week": ("coaching", "tom-h,siobhan,anne,maria", NEXT_WEEK),
    "coaching for Asha with Priya": ("coaching", "asha", SOON, "any", 45, "online", "priya"),
    "coaching for Asha led by Priya Shah": ("coaching", "asha", SOON, "any", 45, "online", "priya"),
    "coaching for Asha by Priya by Friday": (
        *("coaching", "asha", "11-25..11-27"),
        *("any", 45, "online", "priya"),
    ),
    "coaching for Asha with me": ("coaching", "asha", SOON, "any", 45, "online", "morgan"),
    "team meeting Thursday afternoon": ("team_meeting", TEAM, "11-26..11-26", "afternoon", 60),
    "1:1 with April on the 3rd": ("one_to_one", "april", "12-03..12-03"),
    "1:1 with April May in May": ("one_to_one", "april", "05-01..05-31"),
    "1:1 with Anne Marie tomorrow": ("one_to_one", "anne", "11-25..11-25"),
    "1:1 with <at>Asha Patel</at> tomorrow": ("one_to_one", "asha", "11-25..11-25"),
    "Asha's 1:1 next week": ("one_to_one", "asha", NEXT_WEEK),
    "Asha next week": ("one_to_one", "asha", NEXT_WEEK),
    "can you please book Asha for 20 minutes tomorrow? thanks!": (
        *("one_to_one", "asha", "11-25..11-25"),
        *("any", 20),
    ),
    "1:1 with Asha about her sick leave next week": ("one_to_one", "asha", NEXT_WEEK),
    "book 1:1s: Asha, José, Will": ("one_to_one", "asha,jose,will", SOON),
    "1:1 w/Asha nextweek": ("one_to_one", "asha", NEXT_WEEK),
    "1:1 with Asha thurday": ("one_to_one", "asha", "11-26..11-26"),
    "I need to see Asha tomorrow, she is struggling": ("one_to_one", "asha", "11-25..11-25"),
    "check in with Asha tomorrow": ("check_in", "asha", "11-25..11-25"),
}

SLIPS = {
    "1:1 with Ahsa next week": "asha",
    "1:1 with Siobhn": "siobhan",
    "1:1 with Christofer Lee": "chris",
    "1:1 with Christpher": "chris",
    "1:1 with Asha Pattel": "asha",
    "1:1 with Mraia Rossi": "maria",
}

ASKED = {
    "1:1 with Tom next week": "ambiguous_name",
    "1:1 with Zebedee next week": "unknown_name",
    "1:1 with Asha Kumar next week": "unknown_name",
    "1:1 with Marie tomorrow": "unknown_name",
    "1:1 with Chris next week": "unknown_name",
    "1:1 with Tim": "unknown_name",
    "1:1 with Mario": "unknown_name",
    "1:1 with Priya next week": "unknown_name",
    "1:1s with Asha and Zed": "unknown_name",
    "1:1s with my team except Bob": "unknown_name",
    "coaching for Asha led by Tom Reed": "unknown_name",
    "1:1 with team Sales next week": "unknown_team",
    "coaching for my new starters, 45 min": "unknown_name",
    "1:1": "missing",
    "meeting with my team": "missing",
    "1:1 or coaching with Asha": "ambiguous_type",
    "1:1 with Asha on 3/12": "ambiguous_date",
    "1:1 with Asha yesterday": "past",
    "1:1 with Asha last week": "past",
    "1:1 with Asha on 3 Nov": "past",
    "1:1 with Asha on 31 Nov": "bad_date",
    "1:1 with Asha from 7 to 3 Dec": "bad_date",
    "1:1 with Asha on Monday 8 Dec": "weekday_mismatch",
    "1:1 with Asha on Tuesday or Friday": "said_twice",
    "1:1 with Asha tomorrow, or on 3 Dec": "said_twice",
    "1:1 with Asha mornings and afternoons": "said_twice",
    "1:1 with Asha online in a room": "said_twice",
    "1:1 with Asha 30 min, 1h": "said_twice",
    "1:1 with Asha at 25:00": "bad_window",
    "1:1 with Asha 4pm to 2pm": "bad_window",
    "1:1 with Asha 10:00-10:15": "bad_window",
    "1:1 with Asha for 2 minutes": "bad_minutes",
    "1:1 with Asha for 9 hours": "bad_minutes",
    "1:1 with Asha in the next 9 months": "range_too_long",
    "coaching for Asha in person": "place_not_offered",
    "1:1 with Asha not Tuesday": "not_understood",
    "1:1 with Asha or Will": "not_understood",
    "1:1 with Asha before Christmas": "not_understood",
    "1:1 with Asha in the new year": "not_understood",
    "1:1 with Asha in Leeds": "not_understood",
    "1:1 with Asha for 45": "not_understood",
    "1:1s with 3 people from Billing": "not_understood",
}

NOT_ASKED_FOR = (
    "the weather is nice today",
    "cancel my 1:1 with Asha",
    "move the coaching with Asha to Friday",
    "Asha was rude to a customer yesterday and left early",
    "when is my 1:1 with Asha",
    "I can't make my 1:1",
    "performance",
    "1" * 501,
    "🦊",
)


def shown(understood: Understood) -> tuple[object, ...]:
    """Return a wish as the tables above write it."""
    wish = understood.wish
    dates = wish.dates
    return (
        wish.type_id,
        ",".join(wish.attendee_ids),
        f"{dates.start:%m-%d}..{dates.last:%m-%d}" if dates else None,
        write_window(wish.window),
        wish.minutes,
        wish.place.value if wish.place else None,
        wish.facilitator_id,
    )


@pytest.mark.parametrize("text", WHOLE, ids=lambda text: f"sentence: {text}")
def test_a_whole_sentence_needs_no_question(text: str, roster: Roster) -> None:
    understood = understand(text, roster)
    assert understood.problems == ()
    assert understood.intent is Intent.REQUEST
    assert shown(understood)[: len(WHOLE[text])] == WHOLE[text]


@pytest.mark.parametrize("text", SLIPS, ids=lambda text: f"sentence: {text}")
def test_a_slip_of_the_keys_is_recognised_but_not_held_for_sure(text: str, roster: Roster) -> None:
    understood = understand(text, roster)
    assert (understood.problems, understood.wish.attendee_ids) == ((), (SLIPS[text],))
    assert not understood.sure


@pytest.mark.parametrize("text", ASKED, ids=lambda text: f"sentence: {text}")
def test_what_would_be_a_guess_is_asked(text: str, roster: Roster) -> None:
    understood = understand(text, roster)
    assert understood.problems[0].kind == ASKED[text]
    assert understood.intent is Intent.REQUEST


@pytest.mark.parametrize("text", NOT_ASKED_FOR, ids=lambda text: f"sentence: {text[:40]}")
def test_what_is_no_request_books_nothing(text: str, roster: Roster) -> None:
    assert understand(text, roster).intent in {Intent.UNKNOWN, Intent.HELP, Intent.ORDER}


@pytest.mark.parametrize("text", ["help", "Hello!", "What can you do?", "?"])
def test_asking_for_help_is_no_puzzle(text: str, roster: Roster) -> None:
    assert understand(text, roster).intent is Intent.HELP


@pytest.mark.parametrize("text", ["new", "Start", "new request"])
def test_a_bare_start_opens_the_form(text: str, roster: Roster) -> None:
    assert understand(text, roster).intent is Intent.START
