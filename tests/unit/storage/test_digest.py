"""Digests of settings and facts: the same in every process, another for every change."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from scheduling.domain.meetings import MeetingType, SearchParameters
from scheduling.domain.times import Interval, WallWindow
from scheduling.storage.audit import digest
from scheduling.workflows.setups import Policy

KIND = MeetingType(id="one_to_one", name="One-to-one", subject="One-to-one", code_id="one_to_one")
NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)


def test_the_order_of_sets_and_mappings_is_no_matter() -> None:
    assert digest(frozenset({"tuesday", "monday"})) == digest(["monday", "tuesday"])
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})


def test_settings_have_one_digest_and_each_change_another() -> None:
    policy = Policy()
    earlier = replace(KIND, parameters=SearchParameters(window=WallWindow(time(9), time(17))))
    digests = {
        digest(KIND, policy),
        digest(earlier, policy),
        digest(replace(KIND, minutes=45), policy),
        digest(KIND, replace(policy, undo=timedelta(minutes=20))),
    }
    assert len(digests) == 4
    assert digest(replace(KIND), Policy()) in digests


def test_times_count_to_the_instant() -> None:
    spans = [Interval(NINE, NINE + timedelta(minutes=m)) for m in (30, 31)]
    assert digest(spans[0]) != digest(spans[1])
