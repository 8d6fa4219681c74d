"""From a cell's text to a value, strictly, and back. Pure; every refusal says what to write instead."""

import re
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from scheduling.domain.skills import HIGHEST_LEVEL
from scheduling.domain.times import zone_of

E = TypeVar("E", bound=StrEnum)
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?(?P<offset>Z|[+-]\d\d:\d\d)?")
_DATE = re.compile(r"(\d{4}-\d\d-\d\d)([ T]00:00(:00)?)?")
_CLOCK = re.compile(r"\d\d:\d\d(:00)?")
_SERIAL = re.compile(r"\d{5}([.,]\d+)?")


class CellError(ValueError):
    """A cell cannot be read: ``what`` is wrong, and what ``todo``; without final stops.

    ``column`` is filled in by whoever knows it.
    """

    def __init__(self, what: str, todo: str) -> None:
        """Keep both halves."""
        super().__init__(what)
        self.what = what
        self.todo = todo
        self.column: str | None = None


def parse_instant(text: str, zone: str) -> datetime:
    """Return the UTC instant of a date and time in ``zone``, or with its own offset, or Z.

    Refuses a wall time that the clocks repeat or skip, an offset that ``zone`` does not have then,
    seconds, and anything that is not yyyy-mm-dd hh:mm.
    """
    match = _INSTANT.fullmatch(text)
    if not match:
        raise _not_a_time(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CellError(f"{text!r} is not a date and time that exists", "Correct it") from error
    if moment.second:
        raise CellError(f"{text!r} is not a whole minute", "Give hours and minutes only")
    place = zone_of(zone)
    if match["offset"]:
        return _with_offset(text, moment, place, utc=match["offset"] == "Z")
    return _on_the_wall(text, moment, place)


def _not_a_time(text: str) -> CellError:
    if _SERIAL.fullmatch(text):
        return CellError(
            f"{text!r} is an Excel serial number",
            "Format the column as text and write dates as 2026-11-23 09:00",
        )
    return CellError(f"{text!r} is not a date and time", "Write it as 2026-11-23 09:00")


def _with_offset(text: str, moment: datetime, place: ZoneInfo, *, utc: bool) -> datetime:
    instant = moment.astimezone(UTC)
    if not utc and instant.astimezone(place).utcoffset() != moment.utcoffset():
        raise CellError(
            f"{text!r} has an offset that {place.key} does not have then",
            f"Write {_iso(instant, place)} if that instant is meant, or leave the offset out",
        )
    return instant


def _on_the_wall(text: str, naive: datetime, place: ZoneInfo) -> datetime:
    first = naive.replace(tzinfo=place, fold=0)
    second = naive.replace(tzinfo=place, fold=1)
    if first.utcoffset() == second.utcoffset():
        return first.astimezone(UTC)
    if first.astimezone(UTC).astimezone(place).replace(tzinfo=None) != naive:
        raise CellError(
            f"{text!r} does not exist in {place.key}: the clocks skip it",
            "Give the time that was meant, or use UTC with a final Z",
        )
    earlier, later = (_iso(each.astimezone(UTC), place) for each in (first, second))
    raise CellError(
        f"{text!r} happens twice in {place.key}: the clocks go back",
        f"Write {earlier} for the first pass or {later} for the second",
    )


def _iso(instant: datetime, place: ZoneInfo) -> str:
    return instant.astimezone(place).isoformat(sep=" ", timespec="minutes")


def write_instant(instant: datetime, zone: str) -> str:
    """Return the text of a UTC instant as wall time in ``zone`` with its offset."""
    return _iso(instant, zone_of(zone))


def parse_date(text: str) -> date:
    """Return a date written as yyyy-mm-dd; a midnight behind it, as Excel adds, is let pass."""
    match = _DATE.fullmatch(text)
    if not match:
        if _SERIAL.fullmatch(text):
            raise _not_a_time(text)
        raise CellError(f"{text!r} is not a date", "Write it as 2026-11-23")
    try:
        return date.fromisoformat(match[1])
    except ValueError as error:
        raise CellError(f"{text!r} is not a date that exists", "Correct it") from error


def parse_clock(text: str) -> time:
    """Return a time of day written as hh:mm."""
    try:
        clock = time.fromisoformat(text)
    except ValueError:
        clock = None
    if clock is None or not _CLOCK.fullmatch(text):
        raise CellError(f"{text!r} is not a time of day", "Write it as 09:00")
    return clock


def parse_number(text: str, low: float = 0.0, high: float = 1e9) -> float:
    """Return a number from ``low`` to ``high``, both included."""
    try:
        value = float(text)
    except ValueError as error:
        hint = "Use a decimal point" if "," in text else "Write a number such as 1.5"
        raise CellError(f"{text!r} is not a number", hint) from error
    if not low <= value <= high:
        raise CellError(f"{text!r} is out of range", f"Write a number from {low:g} to {high:g}")
    return value


def parse_whole(text: str, low: int = 0, high: int = 1_000_000) -> int:
    """Return a whole number from ``low`` to ``high``, both included."""
    value = parse_number(text, low, high)
    if value != int(value):
        raise CellError(f"{text!r} is not a whole number", f"Write one from {low} to {high}")
    return int(value)


def parse_choice(text: str, choices: type[E]) -> E:
    """Return the member of ``choices`` that is written, in any case."""
    try:
        return choices(text.lower())
    except ValueError as error:
        allowed = ", ".join(choices)
        raise CellError(f"{text!r} is not known", f"Write one of {allowed}") from error


def parse_yes(text: str) -> bool:
    """Return True for yes, False for no; true, false, 1 and 0 will do."""
    answer = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
    if text.lower() not in answer:
        raise CellError(f"{text!r} is neither yes nor no", "Write yes or no")
    return answer[text.lower()]


def parse_zone(text: str) -> str:
    """Return the name of an IANA zone."""
    try:
        zone_of(text)
    except ValueError as error:
        raise CellError(
            f"{text!r} is not an IANA time zone", "Write one such as Europe/London"
        ) from error
    return text


def parse_list(text: str) -> tuple[str, ...]:
    """Return the parts between semicolons, trimmed, without empty ones."""
    return tuple(part.strip() for part in text.split(";") if part.strip())


def parse_shares(text: str) -> tuple[dict[str, float], bool]:
    """Return demand id -> part of working time, and whether the parts were given.

    ``billing=0.6; sales=0.4``, or ``billing; sales`` for equal parts. Parts sum to at most 1.
    """
    parts = [part.partition("=") for part in parse_list(text)]
    names = [name.strip() for name, _, _ in parts]
    if not names:
        raise CellError("there is no activity", "Write shares such as billing=0.6; sales=0.4")
    if len(set(names)) < len(names):
        raise CellError(f"{text!r} names an activity twice", "Name each once")
    if not any(equals for _, equals, _ in parts):
        return dict.fromkeys(names, 1 / len(names)), False
    if not all(equals for _, equals, _ in parts):
        raise CellError(f"{text!r} gives only some parts", "Give each activity its part, or none")
    shares = {
        name: parse_number(part.strip(), 0, 1)
        for name, (_, _, part) in zip(names, parts, strict=True)
    }
    if sum(shares.values()) > 1 + 1e-6:
        raise CellError(f"{text!r} sums to more than 1", "Give parts of one whole")
    return shares, True


def parse_skills(text: str) -> dict[str, int]:
    """Return skill -> level of ``Cards=3; Danish``; one without a level has 1."""
    parts = [part.partition("=") for part in parse_list(text)]
    names = [name.strip() for name, _, _ in parts]
    if not all(names) or len(set(names)) < len(names):
        raise CellError(f"{text!r} does not name each skill once", "Write Cards=3; Danish=1")
    return {
        name: parse_whole(level.strip(), 0, HIGHEST_LEVEL) if equals else 1
        for name, (_, equals, level) in zip(names, parts, strict=True)
    }


def parse_weekdays(text: str) -> frozenset[int]:
    """Return weekday numbers, 0 = Monday, of names such as Mon Tue."""
    names = [name.strip(" ,;").capitalize() for name in text.split()]
    if not set(names) <= set(WEEKDAYS):
        raise CellError(
            f"{text!r} is not a list of weekdays", f"Write some of {' '.join(WEEKDAYS)}"
        )
    return frozenset(WEEKDAYS.index(name) for name in names)
