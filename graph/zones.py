"""Time zones as Exchange names them, from CLDR's table in Babel."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.core import get_global

from scheduling.domain.times import zone_of

IANA_OF_WINDOWS: dict[str, str] = dict(get_global("windows_zone_mapping"))
WINDOWS_OF_IANA = {iana: name for name, iana in IANA_OF_WINDOWS.items()} | {"UTC": "UTC"}
WEEK = timedelta(days=7)


def windows_name(zone: str, at: datetime) -> str:
    """Return the Windows name that keeps the same time as the IANA ``zone`` in the year of ``at``.

    Exchange knows every Windows name but not every IANA one: Europe/Stockholm is written as
    Berlin's. ValueError for an unknown ``zone``; the IANA name itself where nothing matches.
    """
    if zone in WINDOWS_OF_IANA:
        return WINDOWS_OF_IANA[zone]
    offset = at.astimezone(zone_of(zone)).utcoffset()
    for name in _alike(zone, at.year):
        if at.astimezone(zone_named(name)).utcoffset() == offset:
            return name
    return zone


@lru_cache(maxsize=256)
def _alike(zone: str, year: int) -> tuple[str, ...]:
    """Return the Windows names whose clocks agree with ``zone`` in each week of ``year``."""
    offsets = _offsets(zone, year)
    return tuple(name for name, iana in IANA_OF_WINDOWS.items() if _offsets(iana, year) == offsets)


@lru_cache(maxsize=1024)
def _offsets(zone: str, year: int) -> tuple[timedelta | None, ...]:
    """Return the offsets of ``zone`` at noon UTC, week by week through ``year``."""
    place, first = zone_of(zone), datetime(year, 1, 1, 12, tzinfo=UTC)
    return tuple((first + n * WEEK).astimezone(place).utcoffset() for n in range(52))


def zone_named(name: str) -> ZoneInfo:
    """Return the zone of a Windows or IANA ``name``; ValueError where there is none."""
    return zone_of(IANA_OF_WINDOWS.get(name, name))
