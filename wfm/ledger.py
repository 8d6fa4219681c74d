"""Schedule exceptions and the keys they came under: what every WFM without its own has to keep.

Pure. A day's segments go in and come out; an ``Entry`` says what became of one insert or of its
undoing. Intervals are UTC and half-open.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import blake2b

from scheduling.domain.centre import ActivityCode, AgentDay, CodeKind, Segment
from scheduling.domain.times import DAY, Interval, subtract, zone_of
from scheduling.ports.wfm import AgentOutcome, ChangeSet, Insert, NotFound, Outcome, Receipt

Codes = Mapping[str, ActivityCode]
FindDay = Callable[[str, Interval], AgentDay | None]
"""Agent id and interval to the agent's current day that holds it, see ``day_holding``."""

NOT_ALONE = "not written, because another part of the same change was refused"
CHANGED_SINCE = "someone has changed these minutes since"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One insert, or its undoing where ``undoes`` names the key taken back, and its outcome.

    ``was`` holds the segments that lay under the insert, and for an undoing those to put back: none
    where our insert had gone already. ``business_date`` is None where no day was found. Only
    APPLIED and UNDONE entries have an effect.
    """

    key: str
    undoes: str | None
    agent_id: str
    business_date: date | None
    interval: Interval
    code_id: str
    label: str
    outcome: Outcome
    reason: str
    was: tuple[Segment, ...]
    recorded_at: datetime


def version_of(published: bool, segments: Iterable[Segment]) -> str:
    """Return a day's opaque version: 16 hex digits that change with its content."""
    rows = [
        f"{s.interval.start.isoformat()} {s.interval.end.isoformat()} {s.code_id}" for s in segments
    ]
    return blake2b("\n".join([str(published), *rows]).encode(), digest_size=8).hexdigest()


def agent_day(agent_id: str, day: date, published: bool, segments: Iterable[Segment]) -> AgentDay:
    """Return the day with its segments sorted and its version made; ValueError if they overlap."""
    rows = tuple(sorted(segments, key=lambda segment: segment.interval.start))
    return AgentDay(
        agent_id=agent_id,
        business_date=day,
        published=published,
        segments=rows,
        version=version_of(published, rows),
    )


def pieces(segments: Iterable[Segment], interval: Interval) -> tuple[Segment, ...]:
    """Return the parts of ``segments`` that lie inside ``interval``."""
    clipped = ((s.interval.clip(interval), s.code_id) for s in segments)
    return tuple(Segment(interval=part, code_id=code) for part, code in clipped if part)


def shows(segments: Iterable[Segment], interval: Interval, code_ids: Iterable[str]) -> bool:
    """Whether every instant of ``interval`` lies in a segment with one of ``code_ids``."""
    wanted = frozenset(code_ids)
    return not subtract([interval], [s.interval for s in segments if s.code_id in wanted])


def lay(segments: Iterable[Segment], over: Sequence[Segment]) -> tuple[Segment, ...]:
    """Return ``segments`` with the minutes of ``over`` replaced by it."""
    holes = [s.interval for s in over]
    kept = [
        Segment(interval=part, code_id=s.code_id)
        for s in segments
        for part in subtract([s.interval], holes)
    ]
    return tuple(sorted([*kept, *over]))


def lift(segments: Iterable[Segment], was: Sequence[Segment]) -> tuple[Segment, ...]:
    """Return ``segments`` with what ``was`` there put back, joined to neighbours of its code."""
    restored = {s.code_id for s in was}
    joined: list[Segment] = []
    for segment in lay(segments, was):
        last = joined[-1] if joined else None
        if (
            last
            and segment.code_id == last.code_id
            and segment.code_id in restored
            and segment.interval.start == last.interval.end
        ):
            whole = Interval(last.interval.start, segment.interval.end)
            joined[-1] = Segment(interval=whole, code_id=segment.code_id)
        else:
            joined.append(segment)
    return tuple(joined)


def work_codes(codes: Codes) -> frozenset[str]:
    """Return the ids of the codes that take contacts."""
    return frozenset(c.id for c in codes.values() if c.kind is CodeKind.WORK)


def day_holding(
    interval: Interval, zone: str, day_of: Callable[[date], AgentDay | None]
) -> AgentDay | None:
    """Return the day whose segments meet ``interval``: that of its local date, or the night before's.

    Where neither meets it, the day of the local date, which may be None.
    """
    local = interval.start.astimezone(zone_of(zone)).date()
    today = day_of(local)
    for day in (today, day_of(local - DAY)):
        if day and any(s.interval.overlaps(interval) for s in day.segments):
            return day
    return today


def _judge(insert: Insert, day: AgentDay | None, codes: Codes) -> tuple[Outcome, str]:
    """Return what becomes of one insert on the current day, and why where it is refused.

    Open minutes are enough, whatever the version; refused minutes are a CONFLICT where the day
    has changed since it was read, else REJECTED.
    """
    if insert.code_id not in codes:
        return Outcome.REJECTED, f"activity code {insert.code_id} does not exist"
    if day and day.published and shows(day.segments, insert.interval, work_codes(codes)):
        return Outcome.APPLIED, ""
    if insert.version and (day is None or insert.version != day.version):
        return Outcome.CONFLICT, "the day has changed since and these minutes are no longer open"
    return Outcome.REJECTED, "these minutes are not inside published working time"


def decide(change: ChangeSet, find: FindDay, codes: Codes, at: datetime) -> tuple[Entry, ...]:
    """Return one entry per insert of a change whose key is new, judged in order on current days.

    With ``all_or_nothing`` one refusal turns the applied ones into REJECTED.
    """
    entries: list[Entry] = []
    segments_now: dict[tuple[str, date], tuple[Segment, ...]] = {}
    for insert in change.inserts:
        day = find(insert.agent_id, insert.interval)
        if day:
            place = (day.agent_id, day.business_date)
            day = replace(day, segments=segments_now.get(place, day.segments))
        outcome, reason = _judge(insert, day, codes)
        under: tuple[Segment, ...] = ()
        if day and outcome is Outcome.APPLIED:
            under = pieces(day.segments, insert.interval)
            ours = Segment(interval=insert.interval, code_id=insert.code_id)
            segments_now[day.agent_id, day.business_date] = lay(day.segments, [ours])
        entries.append(
            Entry(
                key=change.key,
                undoes=None,
                agent_id=insert.agent_id,
                business_date=day.business_date if day else None,
                interval=insert.interval,
                code_id=insert.code_id,
                label=insert.label,
                outcome=outcome,
                reason=reason,
                was=under,
                recorded_at=at,
            )
        )
    refused = any(entry.outcome is not Outcome.APPLIED for entry in entries)
    return (
        tuple(_withdrawn(e) for e in entries)
        if refused and change.all_or_nothing
        else tuple(entries)
    )


def _withdrawn(entry: Entry) -> Entry:
    """Return the entry of a change that is not written because another part was refused."""
    if entry.outcome is not Outcome.APPLIED:
        return entry
    return replace(entry, outcome=Outcome.REJECTED, reason=NOT_ALONE, was=())


def decide_undo(
    entries: Sequence[Entry], find: FindDay, codes: Codes, *, key: str, undo_key: str, at: datetime
) -> tuple[Entry, ...]:
    """Return one entry per applied insert of ``key``; NotFound if no entry has that key.

    Minutes that still show our code, or are open again, are UNDONE; any others belong to
    somebody else by now and are a CONFLICT.
    """
    ours = [entry for entry in seen(entries, key) if entry.undoes is None]
    if not ours:
        raise NotFound("no change with that key has arrived")
    taken_back = []
    for entry in ours:
        if entry.outcome is not Outcome.APPLIED:
            continue
        ours_still = _still_ours(entry, entries, find)
        gone = not ours_still and _open_again(entry, entries, find, codes)
        outcome, reason = (
            (Outcome.UNDONE, "") if ours_still or gone else (Outcome.CONFLICT, CHANGED_SINCE)
        )
        taken_back.append(
            replace(
                entry,
                key=undo_key,
                undoes=key,
                outcome=outcome,
                reason=reason,
                was=entry.was if ours_still else (),
                recorded_at=at,
            )
        )
    return tuple(taken_back)


def _open_again(entry: Entry, entries: Sequence[Entry], find: FindDay, codes: Codes) -> bool:
    """Whether the insert is gone already: undone before, or its minutes are open."""
    if _is_undone(entry, entries):
        return True
    day = find(entry.agent_id, entry.interval)
    return day is not None and shows(day.segments, entry.interval, work_codes(codes))


def _is_undone(entry: Entry, entries: Iterable[Entry]) -> bool:
    return any(
        e.undoes == entry.key
        and e.outcome is Outcome.UNDONE
        and (e.agent_id, e.interval) == (entry.agent_id, entry.interval)
        for e in entries
    )


def _still_ours(entry: Entry, entries: Sequence[Entry], find: FindDay) -> bool:
    """Whether the minutes show our code and no other live insert has taken them."""
    taken = any(
        other.outcome is Outcome.APPLIED
        and other.key != entry.key
        and other.agent_id == entry.agent_id
        and other.interval.overlaps(entry.interval)
        and not _is_undone(other, entries)
        for other in entries[entries.index(entry) + 1 :]
    )
    day = find(entry.agent_id, entry.interval)
    return (
        not taken
        and not _is_undone(entry, entries)
        and day is not None
        and shows(day.segments, entry.interval, [entry.code_id])
    )


def seen(entries: Iterable[Entry], key: str) -> tuple[Entry, ...]:
    """Return the entries that came under ``key`` (of a change or an undo); none if it is new."""
    return tuple(entry for entry in entries if entry.key == key)


def receipt(key: str, entries: Iterable[Entry]) -> Receipt:
    """Return the answer that ``key`` got when its ``entries`` were made.

    An undo of a change of which nothing had been applied has no entries and no outcomes.
    """
    return _receipt(key, [(entry, entry.outcome, entry.reason) for entry in entries])


def standing(entries: Sequence[Entry], key: str, find: FindDay) -> Receipt:
    """Return what has become of ``key`` by now; NotFound if it never arrived.

    An applied insert is UNDONE once taken back, and a CONFLICT where its minutes no longer show it.
    """
    mine = seen(entries, key)
    if not mine:
        raise NotFound("no change with that key has arrived")
    return _receipt(key, [(entry, *_now(entry, entries, find)) for entry in mine])


def _now(entry: Entry, entries: Sequence[Entry], find: FindDay) -> tuple[Outcome, str]:
    """Return an entry's outcome as of now, and the reason where it differs from a success."""
    if entry.outcome is not Outcome.APPLIED:
        return entry.outcome, entry.reason
    if _is_undone(entry, entries):
        return Outcome.UNDONE, ""
    if _still_ours(entry, entries, find):
        return Outcome.APPLIED, ""
    return Outcome.CONFLICT, CHANGED_SINCE


def _receipt(key: str, states: Sequence[tuple[Entry, Outcome, str]]) -> Receipt:
    return Receipt(
        key=key,
        handle=key,
        outcomes=tuple(
            AgentOutcome(agent_id=e.agent_id, outcome=outcome, reasons=(reason,) if reason else ())
            for e, outcome, reason in states
        ),
    )


def overlaid(day: AgentDay, entries: Iterable[Entry], codes: Codes) -> AgentDay:
    """Return ``day`` with that day's effective entries folded over it, in order.

    An insert that an import has meanwhile brought in, or that no longer fits, changes nothing.
    """
    segments = day.segments
    for entry in entries:
        if entry.outcome is Outcome.APPLIED and shows(segments, entry.interval, work_codes(codes)):
            segments = lay(segments, [Segment(interval=entry.interval, code_id=entry.code_id)])
        elif (
            entry.outcome is Outcome.UNDONE
            and entry.was
            and shows(segments, entry.interval, [entry.code_id])
        ):
            segments = lift(segments, entry.was)
    if segments == day.segments:
        return day
    return agent_day(day.agent_id, day.business_date, day.published, segments)
