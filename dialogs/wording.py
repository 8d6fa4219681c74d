"""How Aside speaks to one reader: their language, their number and date formats, their zone.

Every sentence is a template given to ``Words.say`` or ``Words.count`` (the keywords for message
extraction, with ``mark`` for tables of templates). All text made here is plain: the card
components escape it for markdown, so no sentence or name can be formatted by accident.
"""

import gettext
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton, format_time, format_timedelta, get_timezone_location
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit

from dialogs.views import Viewer
from scheduling.domain.times import DateRange, Interval, zone_of

LONGEST_NAME = 60
"""Characters of a name that are shown; what is longer ends in an ellipsis."""
LONGEST_NOTE = 500
MOST_LISTED = 5
HALF_A_YEAR = timedelta(days=183)

CATALOGUES = Path(__file__).parent / "locale"
DOMAIN = "aside"

LOOKALIKES = str.maketrans({"<": "\u2039", ">": "\u203a", "{": "(", "}": ")"})
TO = "\N{EN DASH}"
BEFORE_STOP = re.compile(r"\{(\w+)\}\.(?!\.)")
JOINERS = "\u200c\u200d"
ISOLATE, END_ISOLATE = "\u2068", "\u2069"


def mark(template: str) -> str:
    """Return ``template``: marks a sentence in a table for message extraction."""
    return template


def clean(name: object, longest: int = LONGEST_NAME) -> str:
    """Return somebody else's text as one harmless line of at most ``longest`` characters.

    Control, bidirectional and invisible characters are gone; mention tags, card functions and
    links are broken; towers of combining marks are cut; right-to-left text is isolated.
    """
    line = unicodedata.normalize("NFC", str(name)[: longest * 8])
    line = "".join(
        " " if unicodedata.category(letter) in {"Cc", "Zl", "Zp"} else letter
        for letter in line
        if letter in JOINERS or unicodedata.category(letter) not in {"Cf", "Cs", "Co", "Cn"}
    )
    line = re.sub("([\u0300-\u036f\u0489]{2})[\u0300-\u036f\u0489]+", r"\1", line)
    line = " ".join(line.replace("://", ": //").translate(LOOKALIKES).split())
    if len(line) > longest:
        line = line[: longest - 1].rstrip() + "…"
    if any(unicodedata.bidirectional(letter) in {"R", "AL"} for letter in line):
        return f"{ISOLATE}{line}{END_ISOLATE}"
    return line


def entry(value: str, longest: int) -> str:
    """Return a text as the value of a field: harmless like a name, with nothing added to it."""
    return clean(value, longest).strip(ISOLATE + END_ISOLATE)


def tenths(value: float) -> float:
    """Return ``value`` floored to 0.1, so that a deficit is never shown as 0.0.

    What is nearer to a tenth than 0.0000001 is that tenth (binary fractions are not exact).
    """
    return math.floor(round(value * 10, 6)) / 10


def needed(staff: float, required: float) -> float:
    """Return a requirement in tenths from which the shown ``staff`` differs by the shown net.

    Three figures that are each floored need not add up. Staff and net are what people act on,
    so those are floored, and the requirement gives way by less than 0.1.
    """
    return round(tenths(staff) - tenths(staff - required), 1)


def locale_of(tag: str) -> Locale:
    """Return the locale for a BCP 47 ``tag``; bare or unknown English is British English."""
    for candidate in (tag, tag.split("-", maxsplit=1)[0]):
        try:
            found = Locale.parse(candidate, sep="-")
        except (ValueError, UnknownLocaleError):
            continue
        return Locale("en", "GB") if str(found) == "en" else found
    return Locale("en", "GB")


@lru_cache(maxsize=32)
def catalogue_for(language: str) -> gettext.NullTranslations:
    """Return the catalogue of ``language``, or one that leaves English as it is.

    It is read from its source, so that what translators write is what is said.
    """
    path = CATALOGUES / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    if not path.is_file():
        return gettext.NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language, domain=DOMAIN))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _filled(template: str, facts: Mapping[str, str]) -> str:
    """Return ``template`` with its facts; one that ends in a full stop, as "6. Dez.", brings it."""
    stopped = {name: facts[name].removesuffix(".") for name in BEFORE_STOP.findall(template)}
    return template.format(**{**facts, **stopped})


@lru_cache(maxsize=1024)
def _day_text(day: date, with_year: bool, locale: Locale) -> str:
    noon = datetime(day.year, day.month, day.day, 12)  # noqa: DTZ001 - a date has no zone
    return format_skeleton("yMMMEd" if with_year else "MMMEd", noon, locale=locale)


@lru_cache(maxsize=1024)
def _clock_text(clock: time, locale: Locale) -> str:
    return format_time(clock, "short", locale=locale)


@lru_cache(maxsize=256)
def _city_text(zone: str, locale: Locale) -> str:
    return get_timezone_location(zone_of(zone), locale=locale, return_city=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Sentences and figures for one reader, at ``now`` (aware UTC).

    ``shared``: there are several readers, so that times name the city of ``zone``.
    """

    locale: Locale
    zone: ZoneInfo
    now: datetime
    catalogue: gettext.NullTranslations
    shared: bool = False

    @classmethod
    def for_viewer(cls, viewer: Viewer) -> "Words":
        """Return the words of ``viewer``; ValueError where the zone is not an IANA zone."""
        locale = locale_of(viewer.locale)
        return cls(
            locale=locale,
            zone=zone_of(viewer.zone),
            now=viewer.now,
            catalogue=catalogue_for(locale.language),
            shared=viewer.shared,
        )

    def say(self, template: str, **facts: str) -> str:
        """Return the translated ``template`` with its facts filled in."""
        return _filled(self.catalogue.gettext(template), facts)

    def count(self, one: str, many: str, number: int, **facts: str) -> str:
        """Return the plural form for ``number``, which is ``{n}`` in the template."""
        template = self.catalogue.ngettext(one, many, number)
        return _filled(template, {"n": format_decimal(number, locale=self.locale), **facts})

    def listed(self, names: Iterable[object], last: Literal["and", "or"] = "and") -> str:
        """Return cleaned names as "A, B and C"; beyond ``MOST_LISTED`` the rest is a number."""
        shown = [clean(name) for name in names]
        rest = len(shown) - MOST_LISTED
        if rest > 0:
            shown = [*shown[:MOST_LISTED], self.count("{n} more", "{n} more", rest)]
        style: Literal["standard", "or"] = "or" if last == "or" else "standard"
        return format_list(shown, style=style, locale=self.locale)

    def number(self, value: float, decimals: int = 0) -> str:
        """Return ``value`` with exactly ``decimals`` places."""
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        return format_decimal(value, format=pattern, locale=self.locale)

    def staff(self, value: float) -> str:
        """Return full-time equivalents floored to 0.1."""
        return self.number(tenths(value), 1)

    def net(self, value: float) -> str:
        """Return net staffing in words: to spare or short."""
        shown = tenths(value)
        if shown < 0:
            return self.say("{staff} short", staff=self.number(-shown, 1))
        return self.say("{staff} to spare", staff=self.number(shown, 1))

    def percent(self, part: float) -> str:
        """Return a part of one as a percentage, floored to 0.1 so that a miss stays a miss."""
        exact = Decimal(math.floor(round(part * 1000, 6))) / 1000
        return format_percent(exact, locale=self.locale, decimal_quantization=False)

    def minutes(self, value: int) -> str:
        """Return a length in minutes."""
        return format_unit(value, "minute", length="short", locale=self.locale)

    def seconds(self, value: float) -> str:
        """Return a length in seconds."""
        return format_unit(value, "second", length="short", locale=self.locale)

    def day(self, day: date) -> str:
        """Return a date with its weekday; the year only where it is another, and half a year away."""
        far = abs(day - self.now.astimezone(self.zone).date()) > HALF_A_YEAR
        return _day_text(day, far and day.year != self.now.year, self.locale)

    def days(self, dates: DateRange) -> str:
        """Return the first and the last date, or the only one."""
        first, last = self.day(dates.start), self.day(dates.last)
        return first if first == last else f"{first} {TO} {last}"

    def clock(self, instant: datetime, zone: ZoneInfo | None = None) -> str:
        """Return the time of day of ``instant``, in the reader's zone unless another is given."""
        return _clock_text(instant.astimezone(zone or self.zone).time(), self.locale)

    def clock_at(self, instant: datetime, site: str | None) -> str:
        """Return the time of day in the ``site`` zone (None: the reader's), with its city if another."""
        if site is None or not self.differs(instant, site):
            return self.clock(instant)
        return self._in_city(self.clock(instant, zone_of(site)), site)

    def tick(self, instant: datetime) -> str:
        """Return the time of day in as few letters as an axis has room for: 24 hours."""
        return f"{instant.astimezone(self.zone):%H:%M}"

    def wall(self, clock: time) -> str:
        """Return a time of day that is nobody's in particular."""
        return _clock_text(clock, self.locale)

    def moment(self, instant: datetime) -> str:
        """Return date and time of ``instant`` in the reader's zone; the date only if not today."""
        today = self.now.astimezone(self.zone).date()
        if instant.astimezone(self.zone).date() == today:
            return self._whose(self.clock(instant))
        return self._whose(self.dated(instant))

    def dated(self, instant: datetime) -> str:
        """Return date and time of ``instant`` in the reader's zone, also for today."""
        day = self.day(instant.astimezone(self.zone).date())
        return self.say("{day}, {time}", day=day, time=self.clock(instant))

    def distance(self, instant: datetime) -> str:
        """Return how far ``instant`` is from now, such as "in 3 hours" or "4 minutes ago"."""
        return format_timedelta(
            instant - self.now, add_direction=True, threshold=1.5, locale=self.locale
        )

    def when(self, interval: Interval, site: str | None = None) -> str:
        """Return day and times in the reader's zone, and in the ``site`` zone where they differ."""
        own = self.say(
            "{day}, {times}",
            day=self.day(interval.start.astimezone(self.zone).date()),
            times=self._whose(self._times(interval, self.zone)),
        )
        if site is None or not self.differs(interval.start, site):
            return own
        return self.say("{own} ({there})", own=own, there=self.there(interval, site))

    def start(self, interval: Interval, site: str | None = None) -> str:
        """Return only the start of ``interval``, and in the ``site`` zone where they differ."""
        own = self._whose(self.dated(interval.start))
        if site is None or not self.differs(interval.start, site):
            return own
        there = self.clock(interval.start, zone_of(site))
        city = _city_text(site, self.locale)
        return self.say("{own} ({time} in {city})", own=own, time=there, city=city)

    def there(self, interval: Interval, site: str) -> str:
        """Return the times in the ``site`` zone, with its city, and its day if another."""
        zone = zone_of(site)
        times = self._times(interval, zone)
        day = interval.start.astimezone(zone).date()
        if day != interval.start.astimezone(self.zone).date():
            times = self.say("{day}, {times}", day=self.day(day), times=times)
        return self._in_city(times, site)

    def differs(self, instant: datetime, site: str) -> bool:
        """Whether clocks in the ``site`` zone show another time than the reader's."""
        return (
            instant.astimezone(zone_of(site)).utcoffset()
            != instant.astimezone(self.zone).utcoffset()
        )

    def _whose(self, times: str) -> str:
        """Return times of the reader's, with their city where there are several readers."""
        return self._in_city(times, self.zone.key) if self.shared else times

    def city(self, zone: str) -> str:
        """Return the city by which a zone is known."""
        return _city_text(zone, self.locale)

    def times(self, interval: Interval) -> str:
        """Return the times of day of ``interval`` in the reader's zone."""
        return self._times(interval, self.zone)

    def _in_city(self, times: str, zone: str) -> str:
        return self.say("{times} in {city}", times=times, city=_city_text(zone, self.locale))

    def _times(self, interval: Interval, zone: ZoneInfo) -> str:
        return f"{self.clock(interval.start, zone)}{TO}{self.clock(interval.end, zone)}"
