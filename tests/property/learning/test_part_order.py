"""However the parts of a course are moved and cancelled, their order and gaps hold."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from scheduling.domain.courses import CoursePart
from scheduling.domain.times import Interval, zone_of
from scheduling.learning.order import open_between

ZONE = "Europe/London"
FIRST = datetime(2027, 3, 22, 9, 0, tzinfo=UTC)  # the clocks change on the Sunday after
GAPS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=1, max_size=3)


class OneGroup(RuleBasedStateMachine):
    """One group: its parts with their times."""

    @initialize(gaps=GAPS)
    def booked(self, gaps: list[tuple[int, int]]) -> None:
        """Book every part as early as it may be, at nine in the morning."""
        self.parts = [CoursePart(minutes=60)]
        self.parts += [
            CoursePart(minutes=60, least_days=least, most_days=least + more) for least, more in gaps
        ]
        start, self.held = FIRST, {0: _hour(FIRST)}
        for number, part in enumerate(self.parts[1:], 1):
            start = start + timedelta(days=part.least_days, hours=0 if part.least_days else 1)
            self.held[number] = _hour(start)

    @rule(number=st.integers(0, 3), hours=st.integers(-36, 36))
    def move(self, number: int, hours: int) -> None:
        """Move a part by so many hours, where the others leave it that time."""
        if number not in self.held:
            return
        others = {n: [at] for n, at in self.held.items() if n != number}
        opens, closes = open_between(self.parts, number, others, ZONE)
        wanted = _hour(self.held[number].start + timedelta(hours=hours))
        if (opens is None or opens <= wanted.start) and (closes is None or wanted.end <= closes):
            self.held[number] = wanted

    @rule(number=st.integers(0, 3))
    def where_it_is(self, number: int) -> None:
        """Find that the time which a part has is open to it."""
        if number in self.held:
            others = {n: [at] for n, at in self.held.items() if n != number}
            opens, closes = open_between(self.parts, number, others, ZONE)
            assert opens is None or opens <= self.held[number].start
            assert closes is None or self.held[number].end <= closes

    @rule(number=st.integers(1, 3))
    def cancel(self, number: int) -> None:
        """Cancel a part for all, and those after it."""
        self.held = {n: at for n, at in self.held.items() if n < number}

    @invariant()
    def order_and_gaps(self) -> None:
        """Each part follows the one before it, as many days later as the course says."""
        for number in sorted(self.held)[1:]:
            before, after = self.held[number - 1], self.held[number]
            assert before.end <= after.start
            part = self.parts[number]
            assert part.least_days <= (_day(after) - _day(before)).days <= part.most_days


def _hour(start: datetime) -> Interval:
    return Interval(start, start + timedelta(hours=1))


def _day(at: Interval) -> date:
    return at.start.astimezone(zone_of(ZONE)).date()


TestOneGroup = OneGroup.TestCase
TestOneGroup.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
