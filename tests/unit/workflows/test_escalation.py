"""Ways out of several people at once."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.domain.rules import Rule
from scheduling.workflows.escalation import merged_ways_out
from tests.support.card_facts import NAMES, half_hour, unplaced, ways_out

RULES = st.sets(st.sampled_from([Rule.FLOOR, Rule.ROOM, Rule.DATES]), min_size=1)
WAYS = st.dictionaries(RULES.map(frozenset), st.integers(0, 9), max_size=4)


@settings(max_examples=40)
@given(st.lists(WAYS, min_size=1, max_size=4))
def test_a_way_out_shows_the_time_of_its_first_person(
    prices: list[dict[frozenset[Rule], int]],
) -> None:
    """What is shown and what is priced is then about one and the same person."""
    way = ways_out()[0]
    people = [
        replace(
            unplaced(index, NAMES[index]),
            ways_out=tuple(
                replace(
                    way,
                    rules=rules,
                    option=replace(way.option, price=price, interval=half_hour(17 + index, 14)),
                )
                for rules, price in offered.items()
            ),
        )
        for index, offered in enumerate(prices)
    ]
    by_id = {one.attendee_id: one for one in people}
    for merged in merged_ways_out(people):
        (own,) = [w for w in by_id[merged.attendee_ids[0]].ways_out if w.rules == merged.rules]
        helped = [
            one.attendee_id for one in people if any(w.rules == own.rules for w in one.ways_out)
        ]
        assert own.option == merged.option
        assert sorted(merged.attendee_ids) == helped
