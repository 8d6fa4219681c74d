"""A sentence to what is wished for. Pure: "now" is the roster's."""

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum, auto

from dialogs import verbs
from dialogs.grammar.hours import Hours
from dialogs.grammar.language import Language
from dialogs.grammar.languages import LANGUAGES, by_locale, language_of
from dialogs.grammar.names import words_of
from dialogs.grammar.ordering import ordered
from dialogs.grammar.parties import Coming
from dialogs.grammar.people import Directory
from dialogs.grammar.sentence import Before, Read, read
from dialogs.grammar.slate import Slate
from dialogs.grammar.spelling import put_right
from dialogs.orders import Order
from dialogs.problems import Problem
from dialogs.wishes import Wish, fill, gaps
from scheduling.domain.meetings import MeetingType
from scheduling.domain.times import WallWindow
from scheduling.workflows.desk_port import Roster

MAX_MESSAGE = 500
_TEAM_WORDS = frozenset().union(*(each.phrases.team_word for each in LANGUAGES.values()))


class Intent(StrEnum):
    """What a message is for."""

    REQUEST = auto()
    CORRECTION = auto()
    START = auto()
    ORDER = auto()
    HELP = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """A wish as far as it was understood.

    ``wish.said`` names the fields that were said, the rest is inferred; ``problems`` is what must
    be asked (empty: the wish is whole); ``leftovers`` are words that were not understood and do
    not seem to matter; ``sure`` is False where a word was recognised in spite of a typing slip, or the sentence may
    not ask for anything at all.
    A correction holds the wish it would be by itself; ``answers`` says that a request may as well
    be the answer to what was asked before.
    """

    intent: Intent
    wish: Wish = field(default_factory=Wish)
    problems: tuple[Problem, ...] = ()
    leftovers: tuple[str, ...] = ()
    sure: bool = True
    order: Order | None = None
    answers: bool = False


@dataclass(frozen=True, slots=True)
class _Heard:
    """A message ready to be read: put right, in its language."""

    slate: Slate
    language: Language
    directory: Directory
    sure: bool


def _heard(text: str, roster: Roster) -> _Heard:
    directory = Directory(roster, _TEAM_WORDS)
    types = frozenset(word for each in roster.types for word in words_of(each.name))
    slate = Slate(text)

    def says_nothing(word: str) -> bool:
        return directory.holds(word) or word in types

    language = language_of(
        re.findall(r"\w+", slate.folded), says_nothing, by_locale(roster.me.locale)
    )
    doubtful = not language.phrases.doubting.isdisjoint(re.findall(r"[\w']+", slate.folded))
    right, slipped = put_right(slate.text, language, language.spelled | types, directory)
    return _Heard(Slate(right), language, directory, not (slipped or doubtful))


def understand(text: str, roster: Roster) -> Understood:
    """Return what ``text`` asks for, naming nobody outside ``roster``. Never raises."""
    if len(text) > MAX_MESSAGE:
        return Understood(intent=Intent.UNKNOWN)
    bare = Slate(text)
    whole = re.sub(r"[\s?!.]+", " ", bare.folded).strip()
    if any(whole in each.phrases.help for each in LANGUAGES.values()) or (not whole and bare.text):
        return Understood(intent=Intent.HELP)
    if any(whole in each.phrases.start for each in LANGUAGES.values()):
        return Understood(intent=Intent.START)
    heard = _heard(text, roster)
    order = ordered(heard.slate, heard.language, heard.directory)
    if order is not None:
        return Understood(intent=Intent.ORDER, order=order, sure=heard.sure)
    return _requested(heard, roster)


def _requested(heard: _Heard, roster: Roster) -> Understood:
    said, opens, strong = _without_opening(heard)
    found = read(said, heard.language, heard.directory)
    wish = _put_together(found, roster, sure=heard.sure)
    whole = verbs.TYPE in wish.wish.said and bool(found.parties.attendee_ids)
    few = len(found.parties.leftovers) == 1
    speaks = found.said or few
    changes = found.parties.changes and not found.kind
    if (changes or (opens and (strong or not whole) and speaks)) and not found.scan.command:
        return replace(wish, intent=Intent.CORRECTION)
    if _is_request(found):
        return replace(wish, answers=verbs.TYPE not in found.said)
    if found.said and not (found.parties.leftovers or found.scan.command):
        return replace(wish, intent=Intent.CORRECTION)
    return Understood(intent=Intent.UNKNOWN, leftovers=found.parties.leftovers)


def _without_opening(heard: _Heard) -> tuple[Slate, bool, bool]:
    """Return the words without what takes back or adds to the message before.

    And whether there is any of that, and whether it cannot open a new request as well.
    """
    slate, language = heard.slate, heard.language
    match = language.opening.match(slate.folded)
    closing = language.closing.search(slate.folded)
    start, end = match.end() if match else 0, closing.start() if closing else len(slate.folded)
    if start >= end:
        return slate, False, False
    adds = language.adding.match(slate.folded)
    loose = match and language.loose.fullmatch(match.group())
    strong = bool(closing) or (match is not None and not loose)
    return slate.part(start, end), bool(match or closing or adds), strong


def corrected(text: str, roster: Roster, wish: Wish, asked: tuple[Problem, ...]) -> Understood:
    """Return the wish changed by a message; ``asked`` were the problems with it.

    What the message does not speak of stays as it is, and so does what was asked about it.
    """
    heard = _heard(text, roster)
    said, *_ = _without_opening(heard)
    adding = heard.language.adding.match(said.folded) is not None
    open_question = any(each.field == verbs.ATTENDEES for each in asked)
    people = heard.directory.by_id(wish.attendee_ids)
    dates = wish.dates if verbs.FIRST in wish.said else None
    before = Before(coming=Coming(people=people, adding=adding or open_question), dates=dates)
    found = read(said, heard.language, heard.directory, before)
    gone = found.said | ({""} if found.said else set())
    kept = tuple(each for each in asked if each.field not in gone)
    changed = _changed(wish, found, roster)
    problems = [*found.problems, *found.not_understood(all_words=not found.said), *kept]
    fields = {each.field for each in problems}
    problems.extend(each for each in gaps(changed, roster) if each.field not in fields)
    return Understood(
        intent=Intent.CORRECTION,
        wish=changed,
        problems=tuple(problems),
        leftovers=found.parties.leftovers,
        sure=heard.sure and found.parties.sure,
    )


def _changed(wish: Wish, found: Read, roster: Roster) -> Wish:
    new = found.wish()
    people = new.attendee_ids if found.parties.people_said else wish.attendee_ids
    changed = replace(
        wish,
        type_id=new.type_id or wish.type_id,
        attendee_ids=people,
        facilitator_id=new.facilitator_id or wish.facilitator_id,
        dates=new.dates or wish.dates,
        minutes=new.minutes or wish.minutes,
        quorum=new.quorum or wish.quorum,
        place=new.place or wish.place,
        room_id=new.room_id if new.place else wish.room_id,
        said=wish.said | new.said,
    )
    changed = fill(changed, roster)
    minutes = changed.minutes or 0
    if found.hours:
        return replace(changed, window=found.hours.fitted(minutes))
    return replace(changed, window=_stretched(wish.window, wish.minutes, minutes))


def _stretched(window: WallWindow | None, before: int | None, minutes: int) -> WallWindow | None:
    """Return the window of an exact start with room for another length; any other as it is."""
    if window is None or before is None:
        return window
    start = Hours(start=window.start)
    return start.fitted(minutes) if start.fitted(before) == window else window


def _is_request(found: Read) -> bool:
    """Whether the sentence asks for sessions at all, rather than telling or ordering something."""
    if found.scan.command:
        return False
    if found.kind or found.type_problem:
        return True
    about_people = bool(found.parties.attendee_ids or found.parties.problems)
    return about_people and (
        found.scan.asking or not (found.parties.leftovers or found.parties.unclear)
    )


def _put_together(found: Read, roster: Roster, *, sure: bool) -> Understood:
    wish = _wish(found, roster)
    problems = [*found.problems, *found.not_understood()]
    asked = {each.field for each in problems}
    problems.extend(each for each in gaps(wish, roster) if each.field not in asked)
    return Understood(
        intent=Intent.REQUEST,
        wish=wish,
        problems=tuple(problems),
        leftovers=found.parties.leftovers,
        sure=sure and found.parties.sure,
    )


def _wish(found: Read, roster: Roster) -> Wish:
    said = found.wish()
    attendees, kind = said.attendee_ids, found.kind
    if kind is None and not found.type_problem:
        kind = _usual_type(found, roster)
    if kind and kind.group and not attendees and len(roster.own_teams) == 1:
        attendees = _own_team(roster)
    wish = replace(said, type_id=kind.id if kind else None, attendee_ids=attendees, window=None)
    wish = fill(wish, roster)
    window = found.hours.fitted(wish.minutes or 0) if found.hours and wish.minutes else None
    return replace(wish, window=window)


def _usual_type(found: Read, roster: Roster) -> MeetingType | None:
    """Return the first type for single people; what a team is to do is asked."""
    if found.parties.group:
        return None
    return next((each for each in roster.types if not (each.confidential or each.group)), None)


def _own_team(roster: Roster) -> tuple[str, ...]:
    own = set(roster.own_teams)
    return tuple(p.id for p in roster.people if p.team_id in own and p.id != roster.me.id)
