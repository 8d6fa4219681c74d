"""The house's set-up to plain data and back: what YAML, JSON columns and forms hold.

Dataclasses become mappings by their fields' names; a mapping of things with an ``id`` leaves the
id to its key. Lengths of time are ``30m``, ``4h``, ``2d``; times of day ``08:45``; windows
``07:00-20:00``; dates ``2026-12-25``. Reading is strict and finds every fault at once, each with its place.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from math import isfinite
from types import NoneType, UnionType
from typing import Any, ClassVar, TypeVar, Union, get_args, get_origin, get_type_hints

from scheduling.domain.limits import Misfit, Unfit
from scheduling.domain.meetings import CapRule
from scheduling.domain.rules import CAPS, Rule
from scheduling.domain.times import WallWindow

T = TypeVar("T")
Plain = Any
"""None, bool, int, float, str, or a list or mapping of such."""
Path = tuple[str, ...]

LONGEST = 200
"""Characters of a text without a limit of its own, and of a key."""
MOST_ENTRIES = 2_000
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
UNITS = {"d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}
UNITS |= {"s": timedelta(seconds=1)}
LENGTH = re.compile(r"(\d{1,6}) ?([dhms])")
CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
KEY = re.compile(r"[\w.@+ &'()-]+")
FORMATTING = re.compile(r"[<>{}]|://")
"""What could be a mention, a function of a card or a link where a name is shown."""
UNREADABLE: Any = object()


class Misread(Exception):
    """Plain data cannot be read; ``misfits`` are all of its faults."""

    def __init__(self, misfits: tuple[Misfit, ...]) -> None:
        """Keep every fault."""
        super().__init__("; ".join(f"{'.'.join(m.path)}: {m.kind}" for m in misfits))
        self.misfits = misfits


def write(value: object) -> Plain:
    """Return a domain value as plain data; TypeError for what has no plain form."""
    if isinstance(value, StrEnum):
        return value.value
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if is_dataclass(value) and not isinstance(value, type | WallWindow):
        return {f.name: _written(f, getattr(value, f.name)) for f in _shown(type(value))}
    if isinstance(value, Mapping):
        return {key: _without_id(each) for key, each in value.items()}
    if isinstance(value, tuple):
        return [write(each) for each in value]
    for kind, writer in WRITERS.items():
        if isinstance(value, kind):
            return writer(value)
    raise TypeError(f"{type(value).__name__} has no plain form")


def _written(described: "Field[Any]", value: object) -> Plain:
    if described.name == "caps" and isinstance(value, tuple):
        return {cap.scope.value: _cap(cap) for cap in value}
    if described.name == "weekdays" and isinstance(value, frozenset):
        return [name for day, name in enumerate(WEEKDAYS) if day in value]
    return write(value)


def _cap(cap: CapRule) -> int | str:
    return cap.heads if cap.heads is not None else f"{100 * (cap.part or 0):g}%"


def _without_id(value: object) -> Plain:
    plain = write(value)
    return {k: v for k, v in plain.items() if k != "id"} if isinstance(plain, dict) else plain


def _length(value: timedelta) -> str:
    for name, unit in UNITS.items():
        if value % unit == timedelta(0):
            return f"{value // unit}{name}"
    raise ValueError("a length of time is in whole seconds")


def _window(value: WallWindow) -> str:
    return f"{value.start:%H:%M}-{value.end:%H:%M}"


WRITERS: Mapping[type, Callable[[Any], Plain]] = {
    timedelta: _length,
    datetime: lambda value: value.astimezone(UTC).isoformat(),
    date: lambda value: value.isoformat(),
    time: lambda value: f"{value:%H:%M}",
    WallWindow: _window,
    frozenset: lambda value: sorted(write(each) for each in value),
}


def read(kind: type[T], plain: Plain) -> T:
    """Return plain data as a value of ``kind``; Misread tells every fault at once."""
    reading = _Reading()
    value = reading.value(kind, plain, (), {})
    if reading.misfits:
        raise Misread(tuple(reading.misfits))
    found: T = value
    return found


def _shown(kind: type) -> list["Field[Any]"]:
    return [f for f in fields(kind) if not f.metadata.get("mapped")]


@cache
def hints_of(kind: Any) -> Mapping[str, Any]:
    """Return the types of a dataclass's fields."""
    return get_type_hints(kind)


@dataclass(slots=True)
class _Reading:
    """Reads, and notes what does not fit instead of stopping at it."""

    misfits: list[Misfit] = field(default_factory=list)

    def wrong(self, path: Path, kind: str, **facts: str) -> Any:
        self.misfits.append(Misfit(path=path, kind=kind, facts=facts))
        return UNREADABLE

    def value(self, hint: Any, plain: Plain, path: Path, limits: Mapping[str, Any]) -> Any:
        origin, args = get_origin(hint), get_args(hint)
        if origin in (Union, UnionType):
            inner = next(a for a in args if a is not NoneType)
            return None if plain is None else self.value(inner, plain, path, limits)
        if origin in (tuple, frozenset):
            return self._list(origin, args[0], plain, path)
        if origin is not None:
            return self._mapping(args[1], plain, path)
        if is_dataclass(hint) and hint is not WallWindow:
            return self._whole(hint, plain, path)
        if issubclass(hint, StrEnum):
            return self._choice(hint, plain, path)
        return self.READERS[hint](self, plain, path, limits)

    def _mapping(self, kind: Any, plain: Plain, path: Path) -> Any:
        if not isinstance(plain, dict):
            return self.wrong(path, "no_mapping")
        if len(plain) > MOST_ENTRIES:
            return self.wrong(path, "too_many", most=str(MOST_ENTRIES))
        found = {}
        for key, each in plain.items():
            if not isinstance(key, str) or len(key) > LONGEST or not KEY.fullmatch(key):
                self.wrong((*path, str(key)[:LONGEST]), "no_key")
                continue
            has_id = is_dataclass(kind) and any(f.name == "id" for f in fields(kind))
            given = {**each, "id": key} if has_id and isinstance(each, dict) else each
            found[key] = self.value(kind, given, (*path, key), {})
        return UNREADABLE if UNREADABLE in found.values() else found

    def _list(self, origin: Any, kind: Any, plain: Plain, path: Path) -> Any:
        if not isinstance(plain, list):
            return self.wrong(path, "no_list")
        found = [self.value(kind, each, (*path, str(n)), {}) for n, each in enumerate(plain)]
        if UNREADABLE in found:
            return UNREADABLE
        if len(set(found)) != len(found):
            return self.wrong(path, "twice")
        return origin(found)

    def _whole(self, kind: Any, plain: Plain, path: Path) -> Any:
        if not isinstance(plain, dict):
            return self.wrong(path, "no_mapping")
        shown = {f.name: f for f in _shown(kind)}
        for name in plain.keys() - shown.keys():
            near = get_close_matches(str(name), sorted(shown), 1)
            self.wrong((*path, str(name)[:LONGEST]), "unknown", near=near[0] if near else "")
        values = {n: self._field(kind, f, plain, path) for n, f in shown.items()}
        if UNREADABLE in values.values():
            return UNREADABLE
        try:
            return kind(**values)
        except Unfit as error:
            placed = [Misfit(path=path + m.path, kind=m.kind, facts=m.facts) for m in error.misfits]
            self.misfits += placed
        except ValueError as error:
            self.wrong(path, "unfit", why=str(error))
        return UNREADABLE

    def _field(self, kind: Any, described: "Field[Any]", plain: Any, path: Path) -> Any:
        name = described.name
        if name not in plain:
            if described.default is not MISSING:
                return described.default
            if described.default_factory is not MISSING:
                return described.default_factory()
            return self.wrong((*path, name), "missing")
        if name == "caps":
            return self._caps(plain[name], (*path, name))
        if name == "weekdays":
            return self._weekdays(plain[name], (*path, name))
        hint = hints_of(kind)[name]
        return self.value(hint, plain[name], (*path, name), described.metadata)

    def _caps(self, plain: Plain, path: Path) -> Any:
        if not isinstance(plain, dict):
            return self.wrong(path, "no_mapping")
        known = sorted(rule.value for rule in CAPS)
        caps = []
        for name, most in plain.items():
            here = (*path, str(name)[:LONGEST])
            percent = (
                re.fullmatch(r"(\d{1,3}(?:\.\d)?) ?%", most) if isinstance(most, str) else None
            )
            if name not in known:
                self.wrong(here, "no_choice", known=", ".join(known))
            elif percent and float(percent[1]) <= 100:
                caps.append(CapRule(scope=Rule(name), part=float(percent[1]) / 100))
            elif isinstance(most, int) and not isinstance(most, bool) and 0 <= most <= 1000:
                caps.append(CapRule(scope=Rule(name), heads=most))
            else:
                self.wrong(here, "no_cap")
        return tuple(caps) if len(caps) == len(plain) else UNREADABLE

    def _weekdays(self, plain: Plain, path: Path) -> Any:
        if not isinstance(plain, list) or not plain or not set(map(str, plain)) <= set(WEEKDAYS):
            return self.wrong(path, "no_weekdays", known=", ".join(WEEKDAYS))
        return frozenset(WEEKDAYS.index(day) for day in plain)

    def _window(self, plain: Plain, path: Path, _limits: Mapping[str, Any]) -> Any:
        start, _, end = plain.partition("-") if isinstance(plain, str) else ("", "", "")
        clocks = [CLOCK.fullmatch(part.strip()) for part in (start, end)]
        if not all(clocks):
            return self.wrong(path, "no_window")
        try:
            return WallWindow(*(time.fromisoformat(found[0]) for found in clocks if found))
        except ValueError:
            return self.wrong(path, "no_window")

    def _choice(self, hint: type[StrEnum], plain: Plain, path: Path) -> Any:
        known = [each.value for each in hint]
        fits = isinstance(plain, str) and plain in known
        return hint(plain) if fits else self.wrong(path, "no_choice", known=", ".join(known))

    def _flag(self, plain: Plain, path: Path, _limits: Mapping[str, Any]) -> Any:
        fits = isinstance(plain, bool)
        return plain if fits else self.wrong(path, "no_choice", known="true, false")

    def _clock(self, plain: Plain, path: Path, _limits: Mapping[str, Any]) -> Any:
        found = CLOCK.fullmatch(plain) if isinstance(plain, str) else None
        return time.fromisoformat(found[0]) if found else self.wrong(path, "no_clock")

    def _whole_number(self, plain: Plain, path: Path, limits: Mapping[str, Any]) -> Any:
        if not isinstance(plain, int) or isinstance(plain, bool):
            return self.wrong(path, "no_whole_number")
        return self._within(plain, path, limits)

    def _number(self, plain: Plain, path: Path, limits: Mapping[str, Any]) -> Any:
        if not isinstance(plain, int | float) or isinstance(plain, bool) or not isfinite(plain):
            return self.wrong(path, "no_number")
        return self._within(float(plain), path, limits)

    def _within(self, value: float, path: Path, limits: Mapping[str, Any]) -> Any:
        least, most = limits.get("least", 0), limits.get("most", 1_000_000)
        if least <= value <= most:
            return value
        return self.wrong(path, "outside", least=f"{least:g}", most=f"{most:g}")

    def _length(self, plain: Plain, path: Path, limits: Mapping[str, Any]) -> Any:
        found = LENGTH.fullmatch(plain) if isinstance(plain, str) else None
        if found is None:
            return self.wrong(path, "no_length")
        value = int(found[1]) * UNITS[found[2]]
        least, most = limits.get("least", timedelta(0)), limits.get("most", timedelta(days=3650))
        if not least <= value <= most:
            return self.wrong(path, "outside", least=_length(least), most=_length(most))
        return value

    def _instant(self, plain: Plain, path: Path, _limits: Mapping[str, Any]) -> Any:
        try:
            value = datetime.fromisoformat(plain) if isinstance(plain, str) else None
        except ValueError:
            value = None
        if value is None or value.tzinfo is None:
            return self.wrong(path, "no_instant")
        return value.astimezone(UTC)

    def _day(self, plain: Plain, path: Path, _limits: Mapping[str, Any]) -> Any:
        try:  # YAML reads a date without quotes itself
            found = date.fromisoformat(str(plain)) if DAY.fullmatch(str(plain)) else None
        except ValueError:
            found = None
        return found or self.wrong(path, "no_day")

    def _text(self, plain: Plain, path: Path, limits: Mapping[str, Any]) -> Any:
        longest = limits.get("longest", LONGEST)
        if not isinstance(plain, str) or not plain.strip():
            return self.wrong(path, "no_text")
        if len(plain) > longest or not plain.isprintable():
            return self.wrong(path, "too_long", most=str(longest))
        if FORMATTING.search(plain):
            return self.wrong(path, "formatting")
        return plain

    READERS: ClassVar[Mapping[Any, Callable[..., Any]]] = {
        bool: _flag,
        int: _whole_number,
        float: _number,
        str: _text,
        time: _clock,
        timedelta: _length,
        datetime: _instant,
        date: _day,
        WallWindow: _window,
    }
