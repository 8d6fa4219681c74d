"""The world as it would be without some booked sessions: their minutes are free to search again."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from scheduling.domain.centre import AgentDay, CodeKind, Segment, StaffingSeries
from scheduling.domain.times import MINUTE, Interval, subtract
from scheduling.storage.bookings import SessionRow
from scheduling.workflows.facts import UnitFacts
from scheduling.workflows.problems import World


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
    series = {name: _staffed(facts, one, rows) for name, one in facts.series.items()}
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


def _staffed(
    facts: UnitFacts, series: StaffingSeries, rows: Sequence[SessionRow]
) -> StaffingSeries:
    """Return staffing with those back whom the WFM's figures already miss."""
    scheduled = list(series.scheduled)
    slots = _slots(series)
    for row in rows:
        agent = facts.agents.get(row.attendee_id)
        share = agent.shares.get(series.demand_id, 0.0) if agent else 0.0
        known = row.written_at is not None and row.written_at <= series.as_of
        if not (share and known):
            continue
        for n, slot in enumerate(slots):
            part = slot.clip(row.interval)
            if part is not None:
                scheduled[n] += share * part.minutes / series.interval_minutes
    return replace(series, scheduled=tuple(scheduled))


def _slots(series: StaffingSeries) -> Sequence[Interval]:
    step = series.interval_minutes * MINUTE
    return [
        Interval(series.start + n * step, series.start + (n + 1) * step)
        for n in range(len(series.scheduled))
    ]
