"""A sentence to what is wished for. Pure: "now" is the roster's."""

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum, auto

from dialogs import verbs
from dialogs.grammar.dates import read_dates
from dialogs.grammar.english import ENGLISH
from dialogs.grammar.hours import Hours, read_hours, read_minutes
from dialogs.grammar.kinds import read_type
from dialogs.grammar.language import Language
from dialogs.grammar.mentions import Scan, scan_mentions
from dialogs.grammar.names import words_of
from dialogs.grammar.parties import Parties, resolve
from dialogs.grammar.people import Directory, Target, hold_whole_names
from dialogs.grammar.slate import HELD, Slate
from dialogs.orders import Order
from dialogs.problems import MAX_SAID, ProblemKind, problem
from dialogs.views import Problem
from dialogs.wishes import Wish, fill, gaps
from scheduling.domain.meetings import MeetingType, PlaceKind
from scheduling.domain.times import DateRange
from scheduling.workflows.desk_port import Roster

LANGUAGES = {language.phrases.code: language for language in (ENGLISH,)}
MAX_MESSAGE = 500
MAX_LEFTOVER_WORDS = 5
USUAL_MINUTES = 30
"""A session's length where none was said, for "at 10"."""


class Intent(StrEnum):
    """What a message is for."""

    REQUEST = auto()
    START = auto()
    ORDER = auto()
    HELP = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """A wish as far as it was understood.

    ``wish.said`` names the fields that were said, the rest is inferred; ``problems`` is what must
    be asked (empty: the wish is whole); ``leftovers`` are words that were not understood and do
    not seem to matter; ``sure`` is False where a name was recognised in spite of a typing slip.
    """

    intent: Intent
    wish: Wish = field(default_factory=Wish)
    problems: tuple[Problem, ...] = ()
    leftovers: tuple[str, ...] = ()
    sure: bool = True
    order: Order | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """Everything read from a sentence, before it is put together."""

    kind: MeetingType | None
    parties: Parties
    scan: Scan
    dates: DateRange | None
    hours: Hours | None
    minutes: int | None
    place: PlaceKind | None
    problems: tuple[Problem, ...]

    @property
    def type_problem(self) -> bool:
        """Whether a meeting type was said that there is not."""
        return any(each.field == verbs.TYPE for each in self.problems)


def language_of(roster: Roster) -> Language:
    """Return the asker's language, English where there is no grammar for it."""
    return LANGUAGES.get(roster.me.locale[:2].lower(), ENGLISH)


def understand(text: str, roster: Roster) -> Understood:
    """Return what ``text`` asks for, naming nobody outside ``roster``. Never raises."""
    language = language_of(roster)
    if len(text) > MAX_MESSAGE:
        return Understood(intent=Intent.UNKNOWN)
    slate = Slate(text)
    whole = re.sub(r"[\s?!.]+", " ", slate.folded).strip()
    if whole in language.phrases.help or (not whole and slate.text):
        return Understood(intent=Intent.HELP)
    if whole in language.phrases.start:
        return Understood(intent=Intent.START)
    if (order := _order(slate, language, roster)) is not None:
        return Understood(intent=Intent.ORDER, order=order)
    read = _read(slate, language, roster)
    if not _is_request(read):
        return Understood(intent=Intent.UNKNOWN, leftovers=read.parties.leftovers)
    return _put_together(read, roster)


def _order(slate: Slate, language: Language, roster: Roster) -> Order | None:
    """Return what the sentence orders, with whom and when; None where it opens with no order."""
    for kind, pattern in language.orders:
        match = pattern.search(slate.folded)
        if match is None:
            continue
        found = match.groupdict()
        prose = slate.said(match.end("prose"), len(slate.text)) if found.get("prose") else ""
        if prose:
            slate.strike(match.start("prose"), len(slate.text))
        slate.strike(*match.span())
        read = _read(slate, language, roster)
        days = int(found["days"]) if found.get("days") else None
        wish = _said(read)
        return Order(kind=kind, wish=wish, problems=read.problems, days=days, prose=prose)
    return None


def _said(read: _Read) -> Wish:
    """Return only what was said, with nothing inferred."""
    values = {
        verbs.TYPE: read.kind,
        verbs.ATTENDEES: read.parties.attendee_ids,
        verbs.FACILITATOR: read.parties.facilitator_id,
        verbs.FIRST: read.dates,
        verbs.LAST: read.dates,
        verbs.WINDOW: read.hours,
        verbs.MINUTES: read.minutes,
        verbs.PLACE: read.place,
    }
    return Wish(
        type_id=read.kind.id if read.kind else None,
        attendee_ids=read.parties.attendee_ids,
        facilitator_id=read.parties.facilitator_id,
        dates=read.dates,
        window=read.hours.fitted(read.minutes or USUAL_MINUTES) if read.hours else None,
        minutes=read.minutes,
        place=read.place,
        said=frozenset(name for name, value in values.items() if value),
    )


def _read(slate: Slate, language: Language, roster: Roster) -> _Read:
    directory = Directory(roster, language)
    hold_whole_names(slate, directory)
    kind, type_problems = read_type(slate, language, roster.types)
    groups = _hold_groups(slate, language, directory)
    places, place_problems = _read_places(slate, language)
    minutes, minute_problems = read_minutes(slate, language)

    def is_a_name(match: re.Match[str]) -> bool:
        marked = language.after_marker.search(slate.folded[: match.start()])
        return bool(marked) and directory.knows(match.group())

    dates, date_problems = read_dates(slate, language, roster.today, is_a_name)
    hours, hour_problems = read_hours(slate, language)
    for _ in slate.take(language.topic):
        pass
    known = {w: directory.knows(w) for w in words_of(slate.folded)}
    scan = scan_mentions(slate, language, known)
    parties = resolve(scan.mentions, groups, directory)
    return _Read(
        kind=kind,
        parties=parties,
        scan=scan,
        dates=dates,
        hours=hours,
        minutes=minutes,
        place=places,
        problems=(
            *type_problems,
            *parties.problems,
            *date_problems,
            *hour_problems,
            *minute_problems,
            *place_problems,
        ),
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


def _read_places(slate: Slate, language: Language) -> tuple[PlaceKind | None, list[Problem]]:
    said = {place: m.group() for place, pattern in language.places for m in slate.take(pattern)}
    if len(said) > 1:
        values = list(said.values())
        return None, [problem(verbs.PLACE, ProblemKind.SAID_TWICE, said=values)]
    return next(iter(said), None), []


def _is_request(read: _Read) -> bool:
    """Whether the sentence asks for sessions at all, rather than telling or ordering something."""
    if read.scan.command:
        return False
    if read.kind or read.type_problem:
        return True
    about_people = bool(read.parties.attendee_ids or read.parties.problems)
    return about_people and (
        read.scan.asking or not (read.parties.leftovers or read.parties.unclear)
    )


def _put_together(read: _Read, roster: Roster) -> Understood:
    wish = _wish(read, roster)
    leftovers = read.parties.leftovers
    problems = list(read.problems)
    unclear = [*read.scan.dangling, *read.parties.unclear]
    if sum(len(each.split()) for each in leftovers) > MAX_LEFTOVER_WORDS:
        unclear.extend(leftovers)
    if unclear:
        words = [each[:MAX_SAID] for each in unclear[:MAX_LEFTOVER_WORDS]]
        problems.append(problem("", ProblemKind.NOT_UNDERSTOOD, said=words))
    asked = {each.field for each in problems}
    problems.extend(each for each in gaps(wish, roster) if each.field not in asked)
    return Understood(
        intent=Intent.REQUEST,
        wish=wish,
        problems=tuple(problems),
        leftovers=leftovers,
        sure=read.parties.sure,
    )


def _wish(read: _Read, roster: Roster) -> Wish:
    said = _said(read)
    attendees, kind = said.attendee_ids, read.kind
    if kind is None and not read.type_problem:
        kind = _usual_type(read, roster)
    if kind and kind.group and not attendees and len(roster.own_teams) == 1:
        attendees = _own_team(roster)
    wish = replace(said, type_id=kind.id if kind else None, attendee_ids=attendees, window=None)
    wish = fill(wish, roster)
    window = read.hours.fitted(wish.minutes or 0) if read.hours and wish.minutes else None
    return replace(wish, window=window)


def _usual_type(read: _Read, roster: Roster) -> MeetingType | None:
    """Return the first type for single people; what a team is to do is asked."""
    if read.parties.group:
        return None
    return next((each for each in roster.types if not (each.confidential or each.group)), None)


def _own_team(roster: Roster) -> tuple[str, ...]:
    own = set(roster.own_teams)
    return tuple(p.id for p in roster.people if p.team_id in own and p.id != roster.me.id)
