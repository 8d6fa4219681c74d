"""The world as it would be without some booked sessions: their minutes are free to search again."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from scheduling.domain.centre import AgentDay, CodeKind, Segment
from scheduling.domain.times import Interval, subtract
from scheduling.storage.bookings import SessionRow
from scheduling.workflows.facts import UnitFacts
from scheduling.workflows.problems import World
from scheduling.workflows.staffing import with_back


def freed(world: World, rows: Sequence[SessionRow], code_id: str) -> World:
    """Return the world without ``rows``, whose exceptions have the activity code ``code_id``.

    Their people and rooms are free, their agents take contacts, and staffing says so. Whatever
    else takes one of those minutes in somebody's calendar cannot be told from the session itself.
    """
    ids = {row.id for row in rows}
    holes: dict[str, list[Interval]] = {}
    for row in rows:
        for resource in row.resources:
            holes.setdefault(resource, []).append(row.interval)
    return replace(
        world,
        facts=_back_at_work(world.facts, rows, code_id),
        busy=_without(world.busy, holes),
        reserved=_without(world.reserved, holes),
        ours=[row for row in world.ours if row.id not in ids],
    )


def _without(
    taken: Mapping[str, Sequence[Interval]], holes: Mapping[str, Sequence[Interval]]
) -> dict[str, Sequence[Interval]]:
    return {
        resource: subtract(spans, holes[resource]) if resource in holes else spans
        for resource, spans in taken.items()
    }


def _back_at_work(facts: UnitFacts, rows: Sequence[SessionRow], code_id: str) -> UnitFacts:
    days = dict(facts.days)
    for row in rows:
        if row.attendee_id in days:
            days[row.attendee_id] = [
                _at_work(facts, day, row.interval, code_id) for day in days[row.attendee_id]
            ]
    series = {name: with_back(facts, one, rows) for name, one in facts.series.items()}
    return replace(facts, days=days, series=series)


def _at_work(facts: UnitFacts, day: AgentDay, interval: Interval, code_id: str) -> AgentDay:
    """Return a day whose minutes of a session are open; as it is where the day has no open code."""
    work = next((s.code_id for s in day.segments if facts.kind(s.code_id) is CodeKind.WORK), None)
    if work is None:
        return day
    segments = []
    for segment in day.segments:
        inside = segment.interval.clip(interval) if segment.code_id == code_id else None
        if inside is None:
            segments.append(segment)
            continue
        segments.append(Segment(interval=inside, code_id=work))
        segments += [
            replace(segment, interval=rest) for rest in subtract([segment.interval], [inside])
        ]
    return replace(day, segments=tuple(sorted(segments, key=lambda each: each.interval)))
