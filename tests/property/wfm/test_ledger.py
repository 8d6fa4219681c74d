"""Whatever is laid over a day and lifted again, no minute is lost and nothing else is touched."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from scheduling.domain.centre import ActivityCode, AgentDay, CodeKind, Segment
from scheduling.domain.times import Interval
from scheduling.ports.wfm import ChangeSet, Insert, Outcome
from wfm.ledger import Entry, agent_day, decide, decide_undo, overlaid, pieces, shows

START = datetime(2026, 11, 23, 8, tzinfo=UTC)
CODES = {
    code: ActivityCode(id=code, name=code, kind=kind)
    for code, kind in (
        ("phone", CodeKind.WORK),
        ("mail", CodeKind.WORK),
        ("break", CodeKind.BREAK),
        ("one_to_one", CodeKind.MEETING),
    )
}
SLOTS = 24


def at(slot: int) -> datetime:
    return START + slot * timedelta(minutes=15)


@st.composite
def days(draw: st.DrawFn) -> AgentDay:
    """Draw a day of 15-minute rows, joined where neighbours have one code."""
    codes = draw(
        st.lists(st.sampled_from(["phone", "mail", "break"]), min_size=SLOTS, max_size=SLOTS)
    )
    edges = [0, *(n for n in range(1, SLOTS) if codes[n] != codes[n - 1]), SLOTS]
    segments = [
        Segment(interval=Interval(at(a), at(b)), code_id=codes[a]) for a, b in pairwise(edges)
    ]
    return agent_day("A1", date(2026, 11, 23), published=True, segments=segments)


spans = st.tuples(st.integers(0, SLOTS - 1), st.integers(1, 4)).map(
    lambda pair: Interval(at(pair[0]), at(pair[0] + pair[1]))
)


def applied(day: AgentDay, interval: Interval, key: str) -> tuple[Entry, ...]:
    insert = Insert(
        agent_id="A1", interval=interval, code_id="one_to_one", label="", version=day.version
    )
    change = ChangeSet(key=key, inserts=(insert,))
    return decide(change, lambda *_: day, CODES, START)


@given(days(), spans)
def test_an_insert_applies_exactly_where_all_minutes_are_open(
    day: AgentDay, interval: Interval
) -> None:
    (entry,) = applied(day, interval, "k")
    is_open = shows(day.segments, interval, ["phone", "mail"])
    assert (entry.outcome is Outcome.APPLIED) == is_open


@given(days(), spans)
def test_what_lies_outside_an_insert_is_untouched(day: AgentDay, interval: Interval) -> None:
    (entry,) = applied(day, interval, "k")
    after = overlaid(day, [entry], CODES)
    for slot in range(SLOTS):
        quarter = Interval(at(slot), at(slot + 1))
        before_code = pieces(day.segments, quarter)[0].code_id
        code = pieces(after.segments, quarter)[0].code_id
        inside = entry.outcome is Outcome.APPLIED and quarter.overlaps(interval)
        assert code == ("one_to_one" if inside else before_code)


@given(days(), st.lists(spans, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_inserts_undone_in_any_order_leave_the_day_as_it_was(
    day: AgentDay, intervals: list[Interval], order: Random
) -> None:
    entries: list[Entry] = []

    def now(*_: object) -> AgentDay:
        return overlaid(day, entries, CODES)

    for number, interval in enumerate(intervals):
        entries += applied(now(), interval, f"k{number}")
    keys = [f"k{number}" for number in range(len(intervals))]
    order.shuffle(keys)
    for key in keys:
        undone = decide_undo(entries, now, CODES, key=key, undo_key=f"u{key}", at=START)
        assert all(entry.outcome is Outcome.UNDONE for entry in undone)
        entries += undone
    assert now() == day


@given(days(), spans)
def test_an_insert_that_an_import_brought_in_changes_nothing(
    day: AgentDay, interval: Interval
) -> None:
    (entry,) = applied(day, interval, "k")
    imported = overlaid(day, [entry], CODES)
    assert overlaid(imported, [entry], CODES) == imported
