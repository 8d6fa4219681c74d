"""Attendees become groups within the sizes, teams, trainers, rooms and parts that are asked for."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest

from scheduling.domain.meetings import PlaceKind
from scheduling.domain.rules import Rule
from scheduling.domain.times import FieldError
from scheduling.optimizer.lattice.whole import Lattice
from scheduling.optimizer.supply import Cap, OffTime, RoomChoice
from scheduling.optimizer.training import train
from scheduling.optimizer.wanted import Part

Rollout = Callable[..., tuple[Any, Any]]


def test_everybody_who_can_come_sits_in_a_group(rollout: Rollout) -> None:
    _, trained = rollout(people=6)
    sizes = sorted(len(group.attendee_ids) for group in trained.groups)
    assert sum(sizes) == 6
    assert sizes[0] >= 2
    assert sizes[-1] <= 4
    assert trained.missed == ()


def test_the_prices_of_the_groups_are_the_cost_and_the_bound_is_below(rollout: Rollout) -> None:
    _, trained = rollout(people=6)
    assert round(sum(group.price for group in trained.groups) * 1e6) == trained.cost
    assert trained.bound <= trained.cost


def test_no_more_of_one_team_than_asked_sit_together(
    rollout: Rollout, make: SimpleNamespace
) -> None:
    teams = {f"a{number}": "red" if number < 2 else "blue" for number in range(4)}
    people = tuple(make.agent(name, team_id=team) for name, team in teams.items())
    _, trained = rollout(attendees=people, changes={"per_team": 1})
    assert len(trained.groups) == 2
    for group in trained.groups:
        assert len({teams[name] for name in group.attendee_ids}) == len(group.attendee_ids)


def test_a_part_is_led_only_by_those_who_may_lead_it(
    rollout: Rollout, make: SimpleNamespace
) -> None:
    parts = (
        Part(minutes=60, place=PlaceKind.ONLINE),
        Part(minutes=30, place=PlaceKind.ONLINE, least_days=1, trainer_ids=("zoe",)),
    )
    leaders = (make.leader(days=4), make.leader("zoe", days=4))
    changes = {"parts": parts, "trainer_ids": ("mo", "zoe"), "same_trainer": False}
    asked, trained = rollout(people=8, days=4, facilitators=leaders, changes=changes)
    assert sum(len(group.attendee_ids) for group in trained.groups) == 8
    assert {group.parts[1].trainer_id for group in trained.groups} == {"zoe"}
    away = (make.leader(days=4), make.leader("zoe", days=4, leads=frozenset({"other"})))
    assert rollout(days=4, facilitators=away, changes=changes)[1].groups == ()
    with pytest.raises(FieldError, match="no trainer of it"):
        replace(asked.trainings[0], trainer_ids=("mo",))


def test_a_cap_on_a_rare_skill_splits_groups_and_is_the_reason_where_it_leaves_somebody_out(
    rollout: Rollout, make: SimpleNamespace
) -> None:
    danish = frozenset({"a0", "a1", "a2"})
    cap = Cap(id="rare_skill:Danish", rule=Rule.SKILL_CAP, members=danish, most=(1,))
    _, trained = rollout(people=6, caps=(cap,))
    assert trained.missed == ()
    assert all(len(danish & {*group.attendee_ids}) <= 1 for group in trained.groups)
    short = (make.leader(contact_a_day=60),)
    _, trained = rollout(people=4, caps=(cap,), facilitators=short)
    assert [len(group.attendee_ids) for group in trained.groups] == [2]
    assert [each.blocked for each in trained.missed] == [((Rule.SKILL_CAP, 1),)] * 2


def test_a_group_too_small_is_none(rollout: Rollout) -> None:
    _, trained = rollout(people=1)
    assert trained.groups == ()
    assert [each.attendee_id for each in trained.missed] == ["a0"]


def test_a_trainer_who_is_away_leads_nothing_and_the_answer_counts_no_start(
    rollout: Rollout, make: SimpleNamespace
) -> None:
    _, trained = rollout(facilitators=(make.leader(busy=(make.span("08:00", "16:00"),)),))
    assert trained.groups == ()
    assert {each.starts for each in trained.missed} == {0}


def test_a_trainer_leads_one_group_at_a_time(rollout: Rollout) -> None:
    _, trained = rollout(people=8)
    spans = sorted(group.parts[0].interval for group in trained.groups)
    assert len(spans) >= 2
    assert all(not a.overlaps(b) for a, b in pairwise(spans))


def test_minutes_led_a_day_are_kept(rollout: Rollout, make: SimpleNamespace) -> None:
    _, trained = rollout(people=8, facilitators=(make.leader(contact_a_day=60),))
    assert len(trained.groups) == 1
    assert len(trained.missed) == 4
    assert trained.missed[0].blocked == ((Rule.GROUP, 1),)


def test_a_room_seats_the_trainer_too(rollout: Rollout, make: SimpleNamespace) -> None:
    rooms = (RoomChoice(id="r", site_id=make.agent("x").site_id, capacity=3),)
    parts = (Part(minutes=60, place=PlaceKind.ROOM),)
    _, trained = rollout(rooms=rooms, changes={"parts": parts})
    assert [len(group.attendee_ids) for group in trained.groups] == [2, 2]
    assert {group.parts[0].room_id for group in trained.groups} == {"r"}


def test_a_room_of_another_site_seats_nobody(rollout: Rollout) -> None:
    rooms = (RoomChoice(id="r", site_id="york", capacity=9),)
    _, trained = rollout(rooms=rooms, changes={"parts": (Part(minutes=60),)})
    assert trained.groups == ()


def test_parts_follow_each_other_after_the_days_asked_for(rollout: Rollout) -> None:
    parts = (
        Part(minutes=60, place=PlaceKind.ONLINE),
        Part(minutes=30, place=PlaceKind.ONLINE, least_days=1, most_days=2),
    )
    _, trained = rollout(days=4, changes={"parts": parts})
    assert sum(len(group.attendee_ids) for group in trained.groups) == 4
    for group in trained.groups:
        first, second = (part.interval for part in group.parts)
        assert 1 <= (second.start.date() - first.start.date()).days <= 2
        assert second.minutes == 30


def test_a_break_that_may_move_makes_way_and_a_meal_does_not(
    rollout: Rollout, make: SimpleNamespace
) -> None:
    off = (
        OffTime(
            interval=make.span("10:00", "10:15"),
            rule=Rule.BREAK,
            window=make.span("09:00", "12:00"),
        ),
        OffTime(interval=make.span("12:00", "12:30"), rule=Rule.BREAK),
    )
    shift = (make.span("09:00", "13:00"),)
    people = tuple(make.agent(f"a{at}", shifts=shift, off=off) for at in range(2))
    parts = (Part(minutes=120, place=PlaceKind.ONLINE),)
    _, trained = rollout(attendees=people, changes={"parts": parts, "attendee_ids": ("a0", "a1")})
    (group,) = trained.groups
    assert len(group.breaks) == 2
    for move in group.breaks:
        assert move.before == off[0].interval
        assert not move.after.overlaps(group.parts[0].interval)
    assert not group.parts[0].interval.overlaps(off[1].interval)


def test_a_deadline_ends_the_search_with_a_plan(rollout: Rollout) -> None:
    asked, _ = rollout()
    trained = train(Lattice.of(asked), asked.trainings, deadline=lambda: True)
    assert trained.guarded
    assert sum(len(group.attendee_ids) for group in trained.groups) == 4


def test_no_training_is_no_group(rollout: Rollout) -> None:
    asked, _ = rollout()
    trained = train(Lattice.of(replace(asked, trainings=())), ())
    assert (trained.groups, trained.cost, trained.gap) == ((), 0, 0.0)
