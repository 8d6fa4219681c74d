"""The generated centre: reconciled, repeatable, peopled, and tight enough to be interesting."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from scheduling.domain.centre import DemandKind, ServiceGoal
from scheduling.domain.people import Role
from scheduling.domain.times import DAY, DateRange, Interval, at_wall
from wfm.centre.erlang import required_staff
from wfm.centre.generate import generate
from wfm.centre.model import Centre, clip
from wfm.files.template import write_folder

MONDAY = date(2026, 11, 23)


def productive(centre: Centre, demand_id: str) -> dict[datetime, float]:
    """Return per interval the sum of the shares of agents who work through it."""
    shares = {agent.id: agent.shares.get(demand_id, 0.0) for agent in centre.agents}
    summed: Counter[datetime] = Counter()
    for day in centre.days.values():
        for segment in day.segments:
            if segment.code_id == "work":
                for start in segment.interval.slots(15):
                    summed[start] += shares[day.agent_id]
    return summed


def test_scheduled_staff_is_the_sum_of_shares_over_open_minutes(small: Centre) -> None:
    for demand_id, series in small.staffing.items():
        summed = productive(small, demand_id)
        span = Interval(series.start, series.start + len(series.scheduled) * timedelta(minutes=15))
        for start, scheduled in zip(span.slots(15), series.scheduled, strict=True):
            assert scheduled == pytest.approx(summed.pop(start, 0.0), abs=1e-9)
        assert not any(summed.values())


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        centre = generate(5, MONDAY, weeks=1, history_days=3, agents=9, teams=3)
        write_folder(centre, tmp_path / name)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_another_seed_gives_another_centre(small: Centre) -> None:
    other = generate(4, MONDAY, weeks=1, history_days=14, agents=16, teams=2)
    assert other.agents != small.agents
    assert other.days != small.days


def test_a_centre_starts_on_a_monday_and_has_somebody_in_each_team() -> None:
    with pytest.raises(ValueError, match="not a Monday"):
        generate(1, MONDAY + DAY)
    with pytest.raises(ValueError, match="is not a centre"):
        generate(1, MONDAY, agents=3, teams=4)


def test_two_sites_lie_in_two_zones_and_every_team_has_one_manager(small: Centre) -> None:
    (unit,) = small.units
    assert [site.zone for site in unit.sites] == ["Europe/London", "Europe/Berlin"]
    leaders = [person for person in small.people if person.has(Role.MANAGER)]
    assert sorted(team for person in leaders for team in person.leads) == [t.id for t in unit.teams]
    assert not any(person.in_wfm for person in small.people)


def test_the_demos_person_leads_and_schedules_and_has_an_asha_a_tom_and_two_marias(
    small: Centre,
) -> None:
    alex = next(person for person in small.people if person.name == "Alex Wilber")
    assert alex.roles == {Role.MANAGER, Role.SCHEDULER}
    names = [agent.name.split()[0] for agent in small.agents if agent.team_id in alex.leads]
    counted = Counter(names)
    assert (counted["Asha"], counted["Tom"], counted["Maria"]) == (1, 1, 2)


def test_names_and_addresses_are_each_of_one_person(small: Centre) -> None:
    addresses = [person.address for person in (*small.agents, *small.people)]
    assert len(set(addresses)) == len(addresses)
    assert all(address and address.isascii() for address in addresses)
    assert "hannah.mueller@contoso.example" in addresses
    assert len({agent.name for agent in small.agents}) == len(small.agents)


def test_four_activities_one_of_them_chat(small: Centre) -> None:
    kinds = Counter(demand.kind for demand in small.demands[small.units[0].id])
    assert kinds == {DemandKind.IMMEDIATE: 3, DemandKind.CHAT: 1}


def test_shifts_have_a_meal_and_two_breaks_within_opening_hours(small: Centre) -> None:
    worked = [day for day in small.days.values() if len(day.segments) > 1]
    for day in worked:
        agent = next(agent for agent in small.agents if agent.id == day.agent_id)
        codes = Counter(segment.code_id for segment in day.segments)
        assert codes["meal"] == 1
        assert codes["break"] in {1, 2}
        whole = Interval(day.segments[0].interval.start, day.segments[-1].interval.end)
        assert whole.minutes == 510
        assert whole.start >= at_wall(day.business_date, time(7), agent.zone)
        assert whole.end <= at_wall(day.business_date, time(21), agent.zone)


def test_one_to_ones_were_held_in_the_past_and_none_is_planned(small: Centre) -> None:
    held = {
        day.business_date
        for day in small.days.values()
        if any(segment.code_id == "one_to_one" for segment in day.segments)
    }
    assert held
    assert max(held) < MONDAY


def test_staff_is_near_its_requirement_with_slack_and_with_tight_intervals() -> None:
    centre = generate(7, MONDAY, weeks=1, history_days=0)
    week = DateRange(MONDAY, MONDAY + 5 * DAY).interval(centre.zone)
    for series in centre.staffing.values():
        days = clip(series, week)
        assert days
        pairs = zip(days.required, days.scheduled, strict=True)
        net = [have * (1 - days.shrinkage) - need for need, have in pairs if need]
        ratio = sum(days.scheduled) * (1 - days.shrinkage) / sum(days.required)
        assert 1.0 <= ratio <= 1.2
        assert sum(value > 0.5 for value in net) > len(net) / 4
        assert sum(value < 0 for value in net) > len(net) / 10


def test_figures_are_as_of_before_the_first_day(small: Centre) -> None:
    assert {series.as_of for series in small.staffing.values()} == {
        datetime(2026, 11, 20, 18, tzinfo=UTC)
    }


def test_required_staff_meets_the_goal_by_erlang_c() -> None:
    goal = ServiceGoal(percent=80, seconds=20)
    # 10 erlangs need 14 agents for 80/20 at 180 s: 13 give 77.8 %, 14 give 88.8 % (Erlang C tables).
    assert 13 < required_staff(50, 180, 15, goal) < 14
    assert required_staff(0, 180, 15, goal) == 0


def test_more_contacts_never_need_fewer_staff() -> None:
    goal = ServiceGoal(percent=80, seconds=20)
    needs = [required_staff(volume / 4, 300, 15, goal) for volume in range(400)]
    assert needs == sorted(needs)
