"""Time zones as Exchange names them, from CLDR's table in Babel."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from babel.core import get_global

from scheduling.domain.times import zone_of

IANA_OF_WINDOWS: dict[str, str] = dict(get_global("windows_zone_mapping"))


def windows_name(zone: str, at: datetime) -> str:
    """Return the Windows name that keeps the same time as the IANA ``zone`` in the year of ``at``.

    Exchange knows every Windows name but not every IANA one: Europe/Stockholm is written as
    Berlin's. ValueError for an unknown ``zone``; the IANA name itself where nothing matches.
    """
    place = zone_of(zone)
    exact = (name for name, iana in IANA_OF_WINDOWS.items() if iana == zone)
    alike = (
        name
        for name, iana in IANA_OF_WINDOWS.items()
        if _year(zone_of(iana), at) == _year(place, at)
    )
    return next(exact, None) or next(alike, zone)


def _year(place: ZoneInfo, at: datetime) -> list[object]:
    """Return the offsets of ``place`` over the year of ``at``, week by week, and at ``at`` itself."""
    weeks = [
        datetime.fromisocalendar(at.year, week, 1).replace(tzinfo=UTC) for week in range(1, 53)
    ]
    return [instant.astimezone(place).utcoffset() for instant in (*weeks, at)]


def zone_named(name: str) -> ZoneInfo:
    """Return the zone of a Windows or IANA ``name``; ValueError where there is none."""
    return zone_of(IANA_OF_WINDOWS.get(name, name))
