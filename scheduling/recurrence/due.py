"""Who is due in a period, on which days, and in which week an even pace would see them."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from scheduling.domain.meetings import Tier
from scheduling.domain.templates import Occurrence, Passed, Skipped, Standing, Template
from scheduling.domain.times import DateRange
from scheduling.recurrence.periods import Period, before, periods

Due = tuple[tuple[Occurrence, ...], tuple[Skipped, ...]]


def due(template: Template, people: Iterable[Standing], dates: DateRange) -> Due:
    """Return what ``template`` asks for in the periods that ``dates`` holds whole or in part.

    Each of ``people`` has one occurrence per period, or is passed over for a reason; nothing of an
    earlier period is caught up. Only days inside ``dates`` count. The result does not depend on
    the order of ``people``.
    """
    asked: list[Occurrence] = []
    passed: list[Skipped] = []
    everybody = sorted(people, key=lambda one: one.agent_id)
    planned: dict[str, tuple[date, ...]] = {}
    for period in periods(template, dates):
        found, without = _of_period(template, period, everybody, dates, planned)
        asked += found
        passed += without
        planned = {one.attendee_id: one.preferred for one in found}
    return tuple(asked), tuple(passed)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Somebody who is due: their days, those far enough from the period before, and whether late."""

    person: Standing
    days: tuple[date, ...]
    spaced: tuple[date, ...]
    missed: bool


def _of_period(
    template: Template,
    period: Period,
    people: Sequence[Standing],
    dates: DateRange,
    planned: Mapping[str, tuple[date, ...]],
) -> tuple[list[Occurrence], list[Skipped]]:
    earlier = before(template, period)
    asked: list[_Asked] = []
    passed: list[Skipped] = []
    for person in people:
        days = _open_days(template, period, person, dates)
        if isinstance(days, Passed):
            passed.append(_skipped(template, period, person, days))
            continue
        spaced = _spaced(template, days, planned.get(person.agent_id, ()))
        missed = person.agent_id not in planned and _missed(earlier, person)
        asked.append(_Asked(person, days, spaced, missed))
    paced = _paced(asked)
    found = [_occurrence(template, period, one, paced[one.person.agent_id]) for one in asked]
    return found, passed


def _skipped(template: Template, period: Period, person: Standing, why: Passed) -> Skipped:
    return Skipped(
        template_id=template.id, period=period.start, attendee_id=person.agent_id, why=why
    )


def _occurrence(template: Template, period: Period, one: _Asked, week: date) -> Occurrence:
    late = one.missed and template.tier is Tier.NORMAL
    return Occurrence(
        template_id=template.id,
        period=period.start,
        attendee_id=one.person.agent_id,
        facilitator_id=str(template.facilitator_id or one.person.manager_id),
        days=one.days,
        preferred=tuple(day for day in one.spaced if _week(day) == week),
        tier=Tier.DUE if late else template.tier,
        missed=one.missed,
    )


def _open_days(
    template: Template, period: Period, person: Standing, dates: DateRange
) -> tuple[date, ...] | Passed:
    """Return the days on which ``person`` may meet in ``period``, or why there is none."""
    if template.facilitator_id is None and person.manager_id in (None, person.agent_id):
        return Passed.NO_MANAGER
    if any(period.dates.start <= day < period.dates.end for day in person.history):
        return Passed.HELD
    if person.unread:
        return Passed.UNREAD
    days = [day for day in period.days if dates.start <= day < dates.end]
    for why, keeps in _filters(template, person):
        days = [day for day in days if keeps(day)]
        if not days:
            return why
    return _in_time(template, person, days)


def _filters(
    template: Template, person: Standing
) -> Iterator[tuple[Passed, Callable[[date], bool]]]:
    """Yield what takes days out, with the reason to give where none is left."""
    holidays = {day for site_id, day in template.holidays if site_id == person.site_id}
    joined, present = person.joined, person.present
    yield Passed.NO_DATE, lambda day: day not in holidays
    if joined is not None:
        yield Passed.NEW, lambda day: day >= joined
    if present is not None:
        yield Passed.ABSENT, lambda day: day in present
    yield Passed.TOO_CLOSE, lambda day: _apart(day, person.history, template.least_days)


def _apart(day: date, history: Sequence[date], least: int) -> bool:
    return all(abs((day - other).days) >= least for other in history)


def _in_time(template: Template, person: Standing, days: list[date]) -> tuple[date, ...]:
    """Return the days within the most there may be since the last meeting; all, where it is late."""
    if template.most_days is None:
        return tuple(days)
    earlier = [day for day in person.history if day <= days[0]]
    if not earlier:
        return tuple(days)
    latest = max(earlier) + timedelta(days=template.most_days)
    return tuple(day for day in days if day <= latest) or tuple(days)


def _spaced(
    template: Template, days: tuple[date, ...], planned: Sequence[date]
) -> tuple[date, ...]:
    """Return the days far enough from where the period before is paced to; all, where none is."""
    return tuple(day for day in days if _apart(day, planned, template.least_days)) or days


def _missed(earlier: Period | None, person: Standing) -> bool:
    """Whether the period before went without, though the person was there to be met."""
    if earlier is None or not earlier.days:
        return False
    if person.joined is not None and person.joined > earlier.days[-1]:
        return False
    return not any(earlier.dates.start <= day < earlier.dates.end for day in person.history)


def _paced(asked: Sequence[_Asked]) -> dict[str, date]:
    """Return the week (its Monday) for each: even over the weeks, who waited longest first."""
    room: Counter[date] = Counter()
    for one in asked:
        room.update({_week(day): 1 for day in one.spaced})
    taken: Counter[date] = Counter()
    weeks: dict[str, date] = {}
    for one in sorted(asked, key=_longest_waiting):
        open_weeks = sorted({_week(day) for day in one.spaced})
        week = min(open_weeks, key=lambda each: (taken[each] / room[each], each))
        taken[week] += 1
        weeks[one.person.agent_id] = week
    return weeks


def _longest_waiting(one: _Asked) -> tuple[object, ...]:
    history = sorted(one.person.history)
    place = bisect_left(history, one.days[0])
    last = history[place - 1] if place else date.min
    return not one.missed, last, one.person.agent_id


def _week(day: date) -> date:
    return day - timedelta(days=day.weekday())
