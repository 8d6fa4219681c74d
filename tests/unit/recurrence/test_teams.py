"""Who meets together, and when a team has met."""

from collections.abc import Callable
from datetime import date

import pytest

from scheduling.domain.meetings import Tier
from scheduling.domain.templates import Audience, Occurrence, Template
from scheduling.recurrence.teams import met_on, parties, standing
from tests.unit.recurrence.test_audience import agent

Make = Callable[..., Template]
DAY, LATER = date(2027, 1, 5), date(2027, 1, 12)
BILLING = [agent(f"b{n}") for n in range(10)]
SALES = [agent(f"s{n}", "sales") for n in range(3)]
LED = {"billing": "mia", "sales": "s0"}


def test_each_team_is_a_party_of_its_own_and_its_leader_none_of_its_people(template: Make) -> None:
    teams = Audience(team_ids=frozenset({"billing", "sales"}))
    billing, sales = parties(template(audience=teams), [*SALES, *BILLING], LED, 0.6)
    assert (billing.key, billing.facilitator_id, billing.least) == ("billing", "mia", 6)
    assert (sales.key, sales.facilitator_id, sales.least) == ("sales", "s0", 2)
    assert [one.id for one in sales.people] == ["s1", "s2"]


@pytest.mark.parametrize(("led", "leader"), [(LED, None), ({"billing": "m", "sales": "m"}, "m")])
def test_who_is_listed_has_one_meeting_and_the_manager_that_all_share(
    template: Make, led: dict[str, str], leader: str | None
) -> None:
    listed = Audience(agent_ids=frozenset({"b1", "s1"}))
    (party,) = parties(template(audience=listed), [*SALES, *BILLING], led, 1.0)
    assert (party.key, party.facilitator_id, party.least) == ("monthly", leader, 2)


@pytest.mark.parametrize(("met", "counts"), [(6, True), (3, True), (2, False)])
def test_half_as_many_as_have_to_come_tell_that_a_meeting_was_the_team_s(
    template: Make, met: int, counts: bool
) -> None:
    (party,) = parties(template(), BILLING, LED, 0.6)
    history = {f"b{n}": [DAY] for n in range(met)} | {"strange": [LATER]}
    assert met_on(party, history) == ((DAY,) if counts else ())


def test_a_team_is_there_where_enough_of_it_have_a_shift(template: Make) -> None:
    (party,) = parties(template(), BILLING, LED, 0.6)
    shifts = {f"b{n}": frozenset({DAY, LATER} if n < 6 else {LATER}) for n in range(1, 10)}
    found = standing(party, [DAY], shifts, frozenset())
    assert (found.agent_id, found.manager_id, found.present) == ("billing", "mia", {LATER})
    assert not found.unread
    unread = frozenset(f"b{n}" for n in range(5))
    assert standing(party, (), shifts, unread).unread


@pytest.mark.parametrize(
    ("least", "days", "searches", "needed"),
    [(6, (DAY, LATER), 3, [10, 8, 6]), (10, (DAY, LATER), 2, [10, 10]), (10, (DAY,), 1, [10])],
)
def test_fewer_people_are_the_last_resort(
    least: int, days: tuple[date, ...], searches: int, needed: list[int]
) -> None:
    one = Occurrence(
        template_id="t",
        period=DAY,
        attendee_id="billing",
        facilitator_id="mia",
        days=days,
        preferred=(DAY,),
        tier=Tier.NORMAL,
        attendee_ids=tuple(one.id for one in BILLING),
        least=least,
    )
    assert one.searches == searches
    assert [one.least_in(n) for n in range(searches)] == needed
