"""The order of a course's parts: when one of them may be, given when the others are."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta

from scheduling.domain.courses import CoursePart
from scheduling.domain.times import DAY, DateRange, Interval, zone_of

Times = Mapping[int, Collection[Interval]]
"""When parts are, by their number from 0; where one is about to move, both of its times."""


def open_between(
    parts: Sequence[CoursePart], number: int, others: Times, zone: str
) -> tuple[datetime | None, datetime | None]:
    """Return from when and until when part ``number`` may be held; None for always.

    After the end of every part before it and before the start of every part after it, and as many
    days (date differences in ``zone``) apart as lie between them. The others may leave it no time:
    then it opens after it closes.
    """
    opens: list[datetime] = []
    closes: list[datetime] = []
    for other, times in others.items():
        between = parts[min(other, number) + 1 : max(other, number) + 1]
        least = timedelta(days=sum(part.least_days for part in between))
        most = timedelta(days=sum(part.most_days for part in between))
        for at in times if other != number else ():
            day = at.start.astimezone(zone_of(zone)).date()
            if other < number:
                opens += [at.end, _midnight(day + least, zone)]
                closes.append(_midnight(day + most + DAY, zone))
            else:
                opens.append(_midnight(day - most, zone))
                closes += [at.start, _midnight(day - least + DAY, zone)]
    return max(opens, default=None), min(closes, default=None)


def _midnight(day: date, zone: str) -> datetime:
    return DateRange(day, day + DAY).interval(zone).start
