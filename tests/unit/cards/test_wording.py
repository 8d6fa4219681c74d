"""Figures, times, names and sentences for readers in other places."""

import gettext
import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.cards import render_with
from dialogs.cards.components import escape
from dialogs.cards.notice import TITLES
from dialogs.problems import Problem, ProblemKind
from dialogs.views import Viewer
from dialogs.wording import LONGEST_NAME, Words, clean, locale_of, needed, tenths
from dialogs.wording_problems import SENTENCES as PROBLEM_SENTENCES
from dialogs.wording_problems import problem_words
from dialogs.wording_refusals import SENTENCES, refusal_words, trouble_words
from dialogs.wording_rules import EXCLUDED, GRANTED, funnel_words
from dialogs.wording_staffing import cost_sentence, price_words
from scheduling.domain.notices import ALONE, MATRIX, Means, NoticeKind
from scheduling.domain.proposals import Unplaced
from scheduling.domain.refusals import Refusal
from scheduling.domain.rules import FunnelStep, Rule
from scheduling.domain.times import DateRange, Interval
from tests.support.card_facts import BERLIN, HOSTILE, LONDON, NOW, curve, half_hour, service
from tests.support.card_samples import MANAGER, SAMPLES

BRITISH = Words.for_viewer(MANAGER)
GERMAN = Words.for_viewer(Viewer(locale="de-DE", zone=BERLIN, now=NOW))


class Brackets(gettext.NullTranslations):
    """A language in which every template is wrapped, so that what is not translated shows."""

    def gettext(self, message: str) -> str:
        """Return the template in brackets."""
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the plural in brackets."""
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.0, "0.0"), (0.74, "0.7"), (0.3, "0.3"), (-0.04, "-0.1"), (-0.001, "-0.1"), (2.999, "2.9")],
)
def test_staffing_is_floored_to_a_tenth(value: float, shown: str) -> None:
    """Binary fractions such as 0.3 stay what they are."""
    assert str(tenths(value)) == shown


@given(st.floats(min_value=-500, max_value=-1e-6))
def test_a_deficit_is_never_shown_as_nothing(deficit: float) -> None:
    """However small, it is short."""
    assert tenths(deficit) <= -0.1
    assert BRITISH.net(deficit).endswith("short")


@given(st.floats(min_value=0, max_value=500), st.floats(min_value=0, max_value=500))
def test_staffing_less_what_is_needed_is_what_is_to_spare(staff: float, required: float) -> None:
    """A reader who takes one shown figure from another gets the third, and is near the truth."""
    shown = needed(staff, required)
    assert round(tenths(staff) - shown, 1) == tenths(staff - required)
    assert abs(shown - required) < 0.1 + 1e-6


@given(st.floats(min_value=0, max_value=1))
def test_a_service_level_below_its_goal_never_reads_as_the_goal(part: float) -> None:
    """79.96 % is not 80 %."""
    shown = float(BRITISH.percent(part).removesuffix("%"))
    assert shown <= part * 100 + 1e-4


def test_percentages_follow_the_readers_locale() -> None:
    """With a comma and a space in German."""
    assert BRITISH.percent(0.8191) == "81.9%"
    assert GERMAN.percent(0.8191) == "81,9\xa0%"
    assert BRITISH.percent(0.8) == "80%"


def test_an_abbreviated_month_at_the_end_of_a_sentence_has_one_full_stop() -> None:
    """German dates end in one, and so may names."""
    day = GERMAN.days(DateRange(date(2026, 11, 30), date(2026, 12, 7)))
    assert GERMAN.say("{week}. Ganz.", week=day).endswith("6. Dez. Ganz.")
    assert BRITISH.say("{name}. Done.", name="Sammy Davis Jr.") == "Sammy Davis Jr. Done."
    assert BRITISH.say("{name}... ", name="Sammy Davis Jr.") == "Sammy Davis Jr.... "


def test_the_sites_time_stands_beside_the_readers_where_they_differ() -> None:
    """Only then."""
    interval = half_hour(17, 10, 30)
    assert BRITISH.when(interval, LONDON) == "Tue 17 Nov, 10:30\u201311:00"
    assert BRITISH.when(interval, BERLIN) == (
        "Tue 17 Nov, 10:30\u201311:00 (11:30\u201312:00 in Berlin)"
    )


def test_another_day_at_the_site_is_named() -> None:
    """Auckland is already on Wednesday."""
    shown = BRITISH.when(half_hour(17, 20), "Pacific/Auckland")
    assert shown.endswith("(Wed 18 Nov, 09:00\u201309:30 in Auckland)")


def test_a_session_across_the_clock_change_keeps_both_clocks() -> None:
    """01:30 British Summer Time to 01:30 Greenwich Mean Time is an hour."""
    start = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    shown = BRITISH.when(Interval(start, start + timedelta(hours=1)), LONDON)
    assert shown == "Sun 25 Oct, 01:30\u201301:30"


@pytest.mark.parametrize(
    ("tag", "found"),
    [
        ("en", "en_GB"),
        ("en-US", "en_US"),
        ("de", "de"),
        ("de-XX", "de"),
        ("nonsense", "en_GB"),
        ("", "en_GB"),
    ],
)
def test_any_language_tag_gives_a_locale(tag: str, found: str) -> None:
    """Bare English is British."""
    assert str(locale_of(tag)) == found


@given(st.text())
def test_a_cleaned_name_is_one_short_line_without_tags(name: str) -> None:
    """Whatever somebody calls themselves."""
    shown = clean(name)
    assert len(shown) <= LONGEST_NAME + 2
    assert not re.search(r"[<>{}\x00-\x1f\u202a-\u202e\u200b]", shown)


def test_a_hostile_name_is_harmless_and_still_recognisable() -> None:
    """Its owner can be found by it."""
    assert "Bobby" in clean(HOSTILE)
    assert "://" not in clean(HOSTILE)


def test_a_right_to_left_name_does_not_turn_the_sentence() -> None:
    """It is isolated."""
    assert clean("משה כהן") == "\u2068משה כהן\u2069"


@pytest.mark.parametrize(
    ("plain", "escaped"),
    [
        ("**bold**", r"\*\*bold\*\*"),
        ("LDS_Room_2", "LDS_Room_2"),
        ("_soft_", r"\_soft\_"),
        ("12. November", r"12\. November"),
        ("- a list", r"\- a list"),
        ("# a title", r"\# a title"),
        ("[a](b)", r"\[a\](b)"),
        ("O'Connor (Leeds)", "O'Connor (Leeds)"),
        ("&lt;at&gt;", r"\&lt;at\&gt;"),
    ],
)
def test_markdown_is_escaped_only_where_it_would_act(plain: str, escaped: str) -> None:
    """Real names stay as they are."""
    assert escape(plain) == escaped


FACTS = {
    "names": ["Asha Patel", "Jürgen Weiß"],
    "demands": ["Billing"],
    "first": "2026-11-16",
    "last": "2026-11-20",
    "until": "2026-12-13",
    "who": "scheduler",
    "what": "approved",
    "team": "Billing A",
    "code": "C1",
    "type": "One-to-one",
    "why": "acted",
    "limit": 40,
}


@pytest.mark.parametrize("refusal", Refusal)
def test_every_refusal_has_a_sentence_with_and_without_its_facts(refusal: Refusal) -> None:
    """A fact that is missing chooses a simpler sentence, never a hole."""
    for facts in ({}, FACTS):
        sentence = refusal_words(BRITISH, refusal, facts)
        assert sentence.endswith(".")
        assert not re.search(r"[{}]|None", sentence)
    assert SENTENCES.keys() == set(Refusal)


def test_a_refusal_names_who_what_and_when() -> None:
    """Facts become words of the reader's."""
    assert "Mon 16 Nov to Fri 20 Nov" in refusal_words(BRITISH, Refusal.NO_SCHEDULE, FACTS)
    assert "a scheduler" in refusal_words(BRITISH, Refusal.NOT_YOUR_ROLE, FACTS)
    assert "already answered" in refusal_words(BRITISH, Refusal.UNDO_OVER, FACTS)


def test_an_unknown_trouble_is_said_honestly() -> None:
    """Also one that we have no name for."""
    assert "our side" in trouble_words(BRITISH, "boom")


PROBLEM_FACTS = {
    "said": "Asha",
    "candidates": [{"id": "a", "name": "Asha Patel", "team": "Billing A"}],
    "nearest": [],
    "teams": ["Billing A", "Billing B"],
    "types": ["One-to-one"],
    "last": "2026-11-06",
    "date": "2026-11-17",
    "dates": ["2026-11-03", "2026-03-11"],
    "limit": 92,
    "least": 5,
    "most": 480,
    "name": "Tom Brewer",
}


@pytest.mark.parametrize("kind", ProblemKind)
def test_every_problem_has_a_sentence(kind: ProblemKind) -> None:
    """Also where its facts are missing or its kind is new."""
    for name, facts in ((kind.value, PROBLEM_FACTS), (kind.value, {}), ("new", {})):
        sentence = problem_words(BRITISH, Problem(field="attendees", kind=name, facts=facts))
        assert not re.search(r"[{}\[\]]|None", sentence)
    assert PROBLEM_SENTENCES.keys() == set(ProblemKind)


def test_every_rule_has_words() -> None:
    """Both why not, and what would be granted."""
    assert EXCLUDED.keys() == GRANTED.keys() == set(Rule)


def _unplaced(funnel: tuple[FunnelStep, ...], *rivals: str) -> Unplaced:
    return Unplaced(
        attendee_id="bo",
        attendee_name="Bo",
        zone="UTC",
        funnel=funnel,
        conflict=frozenset(),
        ways_out=(),
        rivals=rivals,
    )


def test_who_has_the_times_that_were_left_is_named() -> None:
    """Nobody outside the request ever is: a rival belongs to it."""
    steps = (FunnelStep(rule=Rule.FACILITATOR, before=9, after=2),)
    others = "of 9 possible starts: 7 facilitator not free, 2 left, taken by"
    assert funnel_words(BRITISH, _unplaced(steps)) == f"{others} others"
    assert funnel_words(BRITISH, _unplaced(steps, "Asha", "Cem")) == f"{others} Asha and Cem"
    none_lost = (FunnelStep(rule=Rule.FACILITATOR, before=2, after=2),)
    assert "taken by Asha" in funnel_words(BRITISH, _unplaced(none_lost, "Asha"))


def test_why_not_adds_up() -> None:
    """The counts are those of the funnel, in its order."""
    steps = (
        FunnelStep(rule=Rule.UNAVAILABLE, before=1320, after=220),
        FunnelStep(rule=Rule.FACILITATOR, before=220, after=220),
        FunnelStep(rule=Rule.ROOM, before=220, after=0),
    )
    assert funnel_words(BRITISH, _unplaced(steps)) == (
        "of 1,320 possible starts: 1,100 not available, 220 no room free"
    )


def test_why_not_adds_up_also_where_some_reasons_are_left_out() -> None:
    """What is not named is counted."""
    counts = ((Rule.ON_SHIFT, 100, 60), (Rule.BREAK, 60, 40), (Rule.SHIFT_EDGE, 40, 35))
    later = ((Rule.FACILITATOR, 35, 20), (Rule.ROOM, 20, 17), (Rule.FLOOR, 17, 0))
    steps = tuple(FunnelStep(rule=rule, before=a, after=b) for rule, a, b in (*counts, *later))
    assert funnel_words(BRITISH, _unplaced(steps)) == (
        "of 100 possible starts: 40 outside the shift, 20 in a break or meal, "
        "15 facilitator not free, 17 short-staffed, 8 for other reasons"
    )


@pytest.mark.parametrize(
    ("price", "words"),
    [
        (0.0, "no effect on waiting"),
        (0.4, "less than 1 contact answered late"),
        (1.2, "about 1 contact answered late"),
        (3.4, "about 3 contacts answered late"),
    ],
)
def test_a_price_is_what_customers_feel(price: float, words: str) -> None:
    """Plural forms included."""
    assert price_words(BRITISH, price) == words


def test_the_cost_is_one_plain_sentence() -> None:
    """As a manager would say it."""
    assert cost_sentence(BRITISH, (curve(),), (service(17),)) == (
        "Lowest staffing 10:30: 41.2 of 40.5 needed (0.7 to spare); "
        "service level for the day 82.1% to 81.9%, goal 80%"
    )


def test_the_lowest_staffing_names_its_activity_and_day_where_there_are_several() -> None:
    """A time of day alone would leave the reader to guess."""
    tuesday, sales = curve(), replace(curve("Sales"), points=())
    friday = tuple(replace(p, start=p.start + timedelta(days=3)) for p in tuesday.points)
    both = replace(tuesday, points=tuesday.points + friday)
    sentence = cost_sentence(BRITISH, (both, sales), ())
    assert sentence.startswith("Lowest staffing, Billing Tue 17 Nov, 10:30: 41.2 of 40.5 needed")
    days = (service(17), replace(service(18, name="Sales"), lowest_net=-0.2))
    assert cost_sentence(BRITISH, (), days).startswith(
        "Lowest staffing during the sessions, Sales on Wed 18 Nov: 0.2 short; "
    )


def test_an_attendee_who_takes_no_contacts_costs_nothing() -> None:
    """No curve, no day, one honest sentence."""
    assert cost_sentence(BRITISH, (), ()) == "No staffed activity is affected."


LEFT_ENGLISH = re.compile(r"(?:^| )(?:the|to|of|is|in|for|Book|Undo|Approve)(?: |$)")


def test_every_sentence_can_be_translated() -> None:
    """Each button, label and heading passes through the catalogue, unless it is a name."""
    for sample in SAMPLES.values():
        words = replace(Words.for_viewer(sample.viewer), catalogue=Brackets())
        card = render_with(words, sample.view, sample.viewer)
        text = json.dumps(card, ensure_ascii=False)
        for piece in re.findall(r'"(?:title|text|label|errorMessage|legend)": "([^"]*)"', text):
            assert "⟦" in piece or not LEFT_ENGLISH.search(piece)


def test_samples_are_not_forgotten() -> None:
    """Each family has its card for none, one, many, hostile, error and another language."""
    families = {name.split("-")[0] for name in SAMPLES}
    assert families == {
        *(
            "help",
            "form",
            "refusal",
            "notice",
            "digest",
            "run",
            "template",
            "templates",
            "obstacle",
            "reach",
            "proposal",
            "request",
            "item",
        ),
        *("meeting", "week", "session", "status", "cadence", "notes", "share", "wish", "order"),
        *("setup", "people", "standing"),
        *("group", "nudge", "pause", "queue"),
        *("absent", "late", "participation", "register", "registers"),
        *(
            "change",
            "giving",
            "which",
            "swap",
            "course",
            "courses",
            "rollout",
            "small",
            "substitute",
        ),
        *("group", "nudge", "pause", "queue", "relief", "offer", "earlier"),
    }


@pytest.mark.parametrize("kind", sorted(set(NoticeKind) - ALONE))
def test_what_may_be_a_line_of_a_digest_has_a_sentence_for_everybody_it_is_told(
    kind: NoticeKind,
) -> None:
    silent = {Means.SILENT, Means.EDIT}
    told = {
        concern for concern, rule in MATRIX[kind].items() if not {rule.near, rule.far} <= silent
    }
    assert {concern for concern in told if kind not in TITLES[concern]} == set()
