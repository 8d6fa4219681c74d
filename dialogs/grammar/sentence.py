"""What a sentence says, part by part; what is said later in it takes back what was said before."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from dialogs import verbs
from dialogs.grammar.dates import read_dates
from dialogs.grammar.hours import Hours, read_hours, read_minutes
from dialogs.grammar.kinds import read_type
from dialogs.grammar.language import Language
from dialogs.grammar.languages import MEANINGFUL
from dialogs.grammar.mentions import Scan, scan_mentions
from dialogs.grammar.parties import Coming, Parties, resolve
from dialogs.grammar.people import Directory, Target, hold_whole_names
from dialogs.grammar.reader import WEEK, monday_of
from dialogs.grammar.rooms import read_room
from dialogs.grammar.slate import HELD, Slate
from dialogs.problems import MAX_SAID, Problem, ProblemKind, problem
from dialogs.wishes import Wish
from scheduling.domain.meetings import MeetingType, PlaceKind
from scheduling.domain.times import DAY, DateRange
from scheduling.workflows.desk_port import RosterRoom

MAX_LEFTOVER_WORDS = 5
USUAL_MINUTES = 30
"""A session's length where none was said, for "at 10"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """Everything read from a sentence, before it is put together. Nothing in it is inferred."""

    parties: Parties
    scan: Scan
    kind: MeetingType | None = None
    dates: DateRange | None = None
    hours: Hours | None = None
    minutes: int | None = None
    quorum: int | None = None
    place: PlaceKind | None = None
    room_id: str | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def type_problem(self) -> bool:
        """Whether a meeting type was said that there is not."""
        return any(each.field == verbs.TYPE for each in self.problems)

    @property
    def said(self) -> frozenset[str]:
        """Return the inputs that were said, or about which something was."""
        about = {each.field for each in self.problems if each.field}
        return self._given(self.parties.people_said) | about

    def _given(self, attendees: object) -> frozenset[str]:
        """Return the inputs that have a value, that of the people being ``attendees``."""
        values = {
            verbs.TYPE: self.kind,
            verbs.ATTENDEES: attendees,
            verbs.FACILITATOR: self.parties.facilitator_id,
            verbs.FIRST: self.dates,
            verbs.LAST: self.dates,
            verbs.WINDOW: self.hours,
            verbs.MINUTES: self.minutes,
            verbs.QUORUM: self.quorum,
            verbs.PLACE: self.place,
        }
        return frozenset(name for name, value in values.items() if value)

    def not_understood(self, *, all_words: bool = False) -> tuple[Problem, ...]:
        """Return the question about words that matter and were not understood, if there are any.

        ``all_words``: every word matters.
        """
        unclear = [*self.scan.dangling, *self.parties.unclear]
        if (
            all_words
            or sum(len(each.split()) for each in self.parties.leftovers) > MAX_LEFTOVER_WORDS
        ):
            unclear.extend(self.parties.leftovers)
        if not unclear:
            return ()
        words = [each[:MAX_SAID] for each in unclear[:MAX_LEFTOVER_WORDS]]
        return (problem("", ProblemKind.NOT_UNDERSTOOD, said=words),)

    def wish(self) -> Wish:
        """Return only what was said, with nothing inferred."""
        parties, hours = self.parties, self.hours
        return Wish(
            type_id=self.kind.id if self.kind else None,
            attendee_ids=parties.attendee_ids,
            facilitator_id=parties.facilitator_id,
            dates=self.dates,
            window=hours.fitted(self.minutes or USUAL_MINUTES) if hours else None,
            minutes=self.minutes,
            quorum=self.quorum,
            place=self.place,
            room_id=self.room_id,
            said=self._given(parties.attendee_ids),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What held before these words: who was coming, and the dates that were said."""

    coming: Coming = field(default_factory=Coming)
    dates: DateRange | None = None

    def nearest(self, today: date) -> date:
        """Return the day from which a bare weekday counts: in the week that was spoken of."""
        if self.dates is None or self.dates.end - self.dates.start > WEEK:
            return today
        return max(today, monday_of(self.dates.start) - DAY)


NOTHING = Before()


def read(slate: Slate, language: Language, directory: Directory, before: Before = NOTHING) -> Read:
    """Read a sentence: what was taken back within it counts as never said."""
    whole: Read | None = None
    for each in segments(slate, language, directory):
        part = _read(each, language, directory, before)
        whole = part if whole is None else repaired(whole, part)
        before = Before(
            coming=Coming(people=directory.by_id(whole.parties.attendee_ids)), dates=whole.dates
        )
    if whole is None:
        raise AssertionError("a sentence has at least one segment")
    return whole


def segments(slate: Slate, language: Language, directory: Directory) -> Sequence[Slate]:
    """Return the sentence cut where it takes something back; names are never cut."""
    hold_whole_names(slate, directory)
    cuts = list(language.within.finditer(slate.folded))
    if not cuts:
        return [slate]
    ends = [*(cut.start() for cut in cuts), len(slate.folded)]
    starts = [0, *(cut.end() for cut in cuts)]
    return [slate.part(start, end) for start, end in zip(starts, ends, strict=True)]


def _read(slate: Slate, language: Language, directory: Directory, before: Before) -> Read:
    roster = directory.roster
    room, room_problems = read_room(slate, language, roster)
    kind, type_problems = read_type(slate, language, roster.types)
    groups = _hold_groups(slate, language, directory)
    place, place_problems = _read_place(slate, language, room)
    minutes, minute_problems = read_minutes(slate, language)
    quorum, quorum_problems = _read_quorum(slate, language)

    def is_a_name(match: re.Match[str]) -> bool:
        marked = language.after_marker.search(slate.folded[: match.start()])
        return bool(marked) and directory.knows(match.group())

    dates, date_problems = read_dates(
        slate, language, roster.today, is_a_name, before.nearest(roster.today)
    )
    hours, hour_problems = read_hours(slate, language)
    for _ in slate.take(language.topic):
        pass
    scan = scan_mentions(slate, language, directory.knows, MEANINGFUL[language.phrases.code])
    parties = resolve(scan.mentions, groups, directory, before.coming)
    return Read(
        kind=kind,
        parties=parties,
        scan=scan,
        dates=dates,
        hours=hours,
        minutes=minutes,
        quorum=quorum,
        place=place,
        room_id=room.id if room and place is PlaceKind.ROOM else None,
        problems=(
            *type_problems,
            *parties.problems,
            *date_problems,
            *hour_problems,
            *minute_problems,
            *quorum_problems,
            *(room_problems or place_problems),
        ),
    )


def repaired(first: Read, then: Read) -> Read:
    """Return what holds after ``then``, which takes back what ``first`` said about the same."""
    parties, later = first.parties, then.parties
    if later.people_said:
        parties = replace(later, facilitator_id=later.facilitator_id or parties.facilitator_id)
    elif later.facilitator_id:
        parties = replace(parties, facilitator_id=later.facilitator_id)
    gone = then.said
    return Read(
        kind=then.kind or first.kind,
        parties=replace(
            parties,
            sure=parties.sure and first.parties.sure and later.sure,
            leftovers=(*first.parties.leftovers, *(later.leftovers if gone else ())),
            unclear=(*first.parties.unclear, *later.unclear, *(() if gone else later.leftovers)),
        ),
        scan=first.scan.joined_to(then.scan),
        dates=then.dates or first.dates,
        hours=then.hours or first.hours,
        minutes=then.minutes or first.minutes,
        quorum=then.quorum or first.quorum,
        place=then.place or first.place,
        room_id=then.room_id if then.place else first.room_id,
        problems=(*(each for each in first.problems if each.field not in gone), *then.problems),
    )


def _hold_groups(slate: Slate, language: Language, directory: Directory) -> dict[int, Target]:
    meanings = {
        "own_team": directory.own_team,
        "own_teams": directory.own_teams,
        "everyone": directory.everyone,
    }
    held: dict[int, Target] = {}
    for name, meaning in meanings.items():
        for match in list(slate.take(language.groups[name])):
            slate.strike(*match.span(), HELD)
            held[match.start()] = meaning(slate.said(*match.span()))
    return held


def _read_quorum(slate: Slate, language: Language) -> tuple[int | None, list[Problem]]:
    """Take how many must be there from the slate."""
    found = {match.group(): match["n"] for match in slate.take(language.groups["quorum"])}
    numbers = {language.number(said) for said in found.values()}
    if len(numbers) > 1:
        return None, [problem(verbs.QUORUM, ProblemKind.SAID_TWICE, said=list(found))]
    return next(iter(numbers), None), []


def _read_place(
    slate: Slate, language: Language, room: RosterRoom | None
) -> tuple[PlaceKind | None, list[Problem]]:
    said = {place: m.group() for place, pattern in language.places for m in slate.take(pattern)}
    if room is not None:
        said[PlaceKind.ROOM] = room.name
    if len(said) > 1:
        values = list(said.values())
        return None, [problem(verbs.PLACE, ProblemKind.SAID_TWICE, said=values)]
    return next(iter(said), None), []
