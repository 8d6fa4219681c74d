"""Lengths and times of day. A bare hour from 1 to 6 is in the afternoon: nobody means the night."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time

from dialogs import verbs
from dialogs.grammar.language import Language, Reading
from dialogs.grammar.slate import Slate
from dialogs.problems import Problem, ProblemKind, problem
from dialogs.windows import AFTERNOON_WINDOW, EVENING_WINDOW, MORNING_WINDOW, NOON_WINDOW
from dialogs.wishes import bad_minutes
from scheduling.domain.meetings import LEAST_MINUTES, MOST_MINUTES
from scheduling.domain.times import MIDNIGHT, WallWindow

_DAY = 1440
_PARTS = (MORNING_WINDOW, AFTERNOON_WINDOW, EVENING_WINDOW, NOON_WINDOW)
_LAST_BARE_AFTERNOON_HOUR = 6
_LEEWAY = 30
"""Minutes either way of "around 10"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """What was said about the time of day: a window, a start, or that any time will do.

    ``leeway`` is how many minutes before or after ``start`` will do as well.
    """

    window: WallWindow | None = None
    start: time | None = None
    leeway: int = 0

    def fitted(self, minutes: int) -> WallWindow | None:
        """Return the window; a start leaves room for just ``minutes``, until midnight."""
        if self.start is None:
            return self.window
        begin = self.start.hour * 60 + self.start.minute
        end = min(begin + minutes + self.leeway, _DAY)
        return _window(max(begin - self.leeway, 0), end)


@dataclass(frozen=True, slots=True)
class _Clock:
    """Minutes after midnight as said, and whether morning or afternoon is certain."""

    minutes: int
    certain: bool


def _time(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)


def _window(start: int, end: int) -> WallWindow:
    return WallWindow(_time(start), _time(end))


def _clock(words: str, language: Language) -> _Clock:
    """Return what ``words`` say; ValueError where there is no such time."""
    said = " ".join(words.split())
    if said in language.phrases.tables["clock_word"]:
        return _Clock(language.value("clock_word", said), certain=True)
    shift = next(
        (s for s in language.phrases.tables["clock_shift"] if said.startswith(f"{s} ")), None
    )
    half = next((h for h in language.phrases.tables["half"] if said.endswith(h)), None)
    hour, minute = _hour_and_minute(said.removeprefix(shift or ""), language)
    if minute > 59 or hour > (12 if half else 24) or (half and not hour):
        raise ValueError(f"{said} is not a time of day")
    exact = hour > 12 or hour == 0 or said.startswith("0")
    if half:
        hour = hour % 12 + language.value("half", half) // 60
    minutes = hour * 60 + minute + (language.value("clock_shift", shift) if shift else 0)
    if not 0 <= minutes <= _DAY:
        raise ValueError(f"{said} is not within a day")
    return _Clock(minutes, certain=exact or half is not None)


def _hour_and_minute(said: str, language: Language) -> tuple[int, int]:
    numbers = [int(part) for part in re.findall(r"\d+", said)]
    if not numbers:
        words = language.phrases.tables["number"]
        return next((words[word] for word in said.split() if word in words), _DAY), 0
    return numbers[0], numbers[1] if len(numbers) > 1 else 0


def _guessed(clock: _Clock) -> int:
    bare = not clock.certain and 0 < clock.minutes < 60 * (_LAST_BARE_AFTERNOON_HOUR + 1)
    return clock.minutes + (720 if bare else 0)


def _from_to(match: re.Match[str], language: Language) -> Hours:
    """Return the window; a start without am or pm takes whichever makes it precede the end."""
    a, b = _clock(match["a"], language), _clock(match["b"], language)
    end = _guessed(b)
    start = _guessed(a)
    if not a.certain and b.certain and b.minutes >= 720 and a.minutes < 720:
        start = a.minutes + 720 if a.minutes + 720 < b.minutes else start
    if not b.certain and end <= start and end + 720 <= _DAY:
        end += 720
    return Hours(window=_window(start, end or _DAY))


def _until(match: re.Match[str], language: Language) -> Hours:
    return Hours(window=_window(0, _guessed(_clock(match["a"], language))))


def _after(match: re.Match[str], language: Language) -> Hours:
    return Hours(window=_window(_guessed(_clock(match["a"], language)), _DAY))


def _at(match: re.Match[str], language: Language) -> Hours:
    return Hours(start=_time(_guessed(_clock(match["a"], language))))


def _around(match: re.Match[str], language: Language) -> Hours:
    return Hours(start=_time(_guessed(_clock(match["a"], language))), leeway=_LEEWAY)


def _part(match: re.Match[str], language: Language) -> Hours:
    return Hours(window=_PARTS[language.value("part", match["part"])])


def _any(_: re.Match[str], __: Language) -> Hours:
    return Hours()


_READINGS: Mapping[Reading, Callable[[re.Match[str], Language], Hours]] = {
    Reading.CLOCK_FROM_TO: _from_to,
    Reading.CLOCK_UNTIL: _until,
    Reading.CLOCK_AFTER: _after,
    Reading.CLOCK_AROUND: _around,
    Reading.CLOCK_AT: _at,
    Reading.PART_OF_DAY: _part,
    Reading.ANY_TIME: _any,
}


def read_hours(slate: Slate, language: Language) -> tuple[Hours | None, list[Problem]]:
    """Take every time of day from the slate; return the one that was said, or what to ask."""
    found: dict[str, Hours] = {}
    problems: list[Problem] = []
    for reading, pattern in language.hours:
        for match in slate.take(pattern):
            try:
                found[match.group()] = _READINGS[reading](match, language)
            except ValueError:
                said = match.group()
                problems.append(problem(verbs.WINDOW, ProblemKind.BAD_WINDOW, said=said))
    if len(set(found.values())) > 1:
        found = _precise(found)
    if len(set(found.values())) > 1:
        problems.append(problem(verbs.WINDOW, ProblemKind.SAID_TWICE, said=list(found)))
    if problems or not found:
        return None, problems
    return next(iter(found.values())), []


def _precise(found: dict[str, Hours]) -> dict[str, Hours]:
    """Drop windows that merely hold the more precise time: "Thursday morning at 10"."""
    return {
        said: hours
        for said, hours in found.items()
        if not any(_inside(other, hours) for other in found.values())
    }


def _inside(inner: Hours, outer: Hours) -> bool:
    if outer.window is None or inner == outer:
        return False
    if inner.start is not None:
        return outer.window.start <= inner.start < _end(outer.window)
    return (
        inner.window is not None
        and outer.window.start <= inner.window.start
        and _end(inner.window) <= _end(outer.window)
    )


def _end(window: WallWindow) -> time:
    return time.max if window.end == MIDNIGHT else window.end


def read_minutes(slate: Slate, language: Language) -> tuple[int | None, list[Problem]]:
    """Take every length from the slate; return the one that was said, or what to ask."""
    found: dict[str, int] = {}
    for reading, pattern in language.lengths:
        for match in slate.take(pattern):
            found[match.group()] = _length(reading, match, language)
    if not found:
        return None, []
    if len(set(found.values())) > 1:
        return None, [problem(verbs.MINUTES, ProblemKind.SAID_TWICE, said=list(found))]
    said, minutes = next(iter(found.items()))
    if not LEAST_MINUTES <= minutes <= MOST_MINUTES:
        return None, [bad_minutes(said)]
    return minutes, []


def _length(reading: Reading, match: re.Match[str], language: Language) -> int:
    if reading is Reading.FIXED_LENGTH:
        return language.value("fixed_length", match["fixed_length"])
    digits = match["n"][:1].isdecimal()
    number = float(match["n"].replace(",", ".")) if digits else language.value("number", match["n"])
    more = int(match.groupdict().get("more") or 0)
    return round(number * language.value("length_unit", match["length_unit"])) + more
