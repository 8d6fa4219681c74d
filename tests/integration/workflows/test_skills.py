"""Skills of the WFM: whom a course is for, who may teach it, and how many of few may be away."""

from dataclasses import replace

import pytest

from scheduling.domain.courses import CoursePart
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.rollouts import RareSkill
from scheduling.domain.rules import Rule
from scheduling.domain.skills import SkillLevel
from scheduling.domain.templates import Audience
from scheduling.domain.times import DAY, DateRange, WallWindow
from scheduling.workflows.joining import seat_late_joiners
from scheduling.workflows.substitutes import Substitutes
from scheduling.workflows.timers import take_due
from tests.integration.workflows.house import House
from tests.integration.workflows.small_centre import MONDAY, actor
from tests.integration.workflows.teaching import LEA, TEAM, Teaching, of, opened, skilled

DANISH = {"Danish": 1}
COACHING = (SkillLevel(skill="Coaching", level=2),)


@pytest.fixture
async def teaching(house: House) -> Teaching:
    """Know Lea, who fills courses."""
    return await opened(house)


async def test_a_course_for_a_skill_at_a_level_is_for_those_of_the_unit_who_have_it(
    teaching: Teaching,
) -> None:
    skilled(teaching.house, n1={"Cards": 2}, n2={"Cards": 1}, n3={"Cards": 4}, n4=DANISH)
    audience = Audience(skills=(SkillLevel(skill="Cards", level=2),))
    run = await teaching.planned(await teaching.course(audience=audience))
    (group,) = of(run).groups
    assert sorted(group.attendee_ids) == ["north-1", "north-3"]
    with pytest.raises(Refused) as refused:
        await teaching.course(audience=Audience(skills=(SkillLevel(skill="Cadrs"),)))
    assert refused.value.facts["lost"] == ["Cadrs"]


async def test_each_part_is_taught_by_who_may_teach_it_and_a_course_that_nobody_may_is_refused(
    teaching: Teaching,
) -> None:
    parts = (CoursePart(minutes=60), CoursePart(minutes=30, least_days=1, trainer_ids=("tom",)))
    course = await teaching.course(parts=parts, same_trainer=False)
    for group in of(await teaching.planned(course)).groups:
        assert group.parts[1][1] == "tom"
    with pytest.raises(Refused) as refused:
        await teaching.course(name="Other", qualification=COACHING, trainer_ids=("north-1",))
    assert refused.value.refusal is Refusal.BAD_COURSE
    skilled(teaching.house, n1={"Coaching": 2})
    other = await teaching.course(name="Other", qualification=COACHING, trainer_ids=("north-1",))
    skilled(teaching.house, n1={"Coaching": 1})
    view = await teaching.desk.course(LEA, other.id)
    assert view.untaught.parts == (1, 2)
    with pytest.raises(Refused) as refused:
        await teaching.desk.start(LEA, other.id, DateRange(MONDAY + DAY, MONDAY + 5 * DAY))
    assert refused.value.refusal is Refusal.NO_TRAINER
    assert refused.value.facts == {"course": "Other", "part": 1}


async def test_a_substitute_may_teach_that_very_part(teaching: Teaching) -> None:
    house = teaching.house
    skilled(house, n6={"Coaching": 1})
    parts = (
        CoursePart(minutes=60, trainer_ids=("mia", "tom")),
        CoursePart(minutes=30, least_days=1, trainer_ids=("mia", "sue", "north-6")),
    )
    course = await teaching.course(
        parts=parts,
        trainer_ids=("mia", "tom", "sue", "north-6"),
        qualification=COACHING,
        least=3,
        audience=Audience(agent_ids=frozenset(TEAM[:3])),
    )
    await teaching.booked(await teaching.planned(course))
    rows = sorted(await teaching.sessions(), key=lambda row: row.interval)
    first, second = str(rows[0].gathering_id), str(rows[-1].gathering_id)
    assert {row.facilitator_id for row in rows} == {"mia"}
    desk = Substitutes(house.runtime.services)
    for session_id in (second, first):
        await desk.cannot_lead(actor("mia"), session_id)
        house.clock.forward(seconds=1)
        await take_due(house.runtime)
        await house.quiet()
    led = {row.gathering_id: row.facilitator_id for row in await teaching.sessions()}
    assert led == {first: "tom", second: "sue"}


async def test_of_a_rare_skill_only_so_many_are_away_at_once_and_it_is_said_who_waits_for_that(
    teaching: Teaching,
) -> None:
    skilled(teaching.house, **{f"n{n}": DANISH for n in range(1, 6)})
    course = await teaching.course(per_skill=2, most=6, least=2, parts=(CoursePart(minutes=60),))
    for group in of(await teaching.planned(course)).groups:
        assert len(set(group.attendee_ids) - {"north-6"}) <= 2
    tight = await teaching.desk.save(LEA, replace(course, per_skill=1, contact_a_day=60))
    one_day = DateRange(MONDAY + DAY, MONDAY + 2 * DAY)
    found = of(await teaching.planned(tight.course, one_day))
    (left,) = [one for one in found.left_over if Rule.SKILL_CAP in one.rules]
    assert left.rare == (RareSkill(name="Danish", most=1, people=5),)


async def test_a_late_joiner_with_a_rare_skill_waits_where_enough_of_them_sit_already(
    teaching: Teaching,
) -> None:
    skilled(teaching.house, n1=DANISH, n4=DANISH)
    asked = Audience(agent_ids=frozenset(TEAM[:3]))
    parts = (CoursePart(minutes=60),)
    course = await teaching.course(audience=asked, most=5, per_skill=1, parts=parts)
    await teaching.booked(await teaching.planned(course))
    wider = replace(asked, agent_ids=frozenset(TEAM[:5]))
    await teaching.desk.save(LEA, replace(course, audience=wider))
    assert await seat_late_joiners("all") == 1
    assert "north-5" in {row.attendee_id for row in await teaching.sessions()}


async def test_a_session_is_moved_only_to_where_so_many_of_a_rare_skill_are_not_away_already(
    teaching: Teaching,
) -> None:
    house = teaching.house
    skilled(house, n1=DANISH, n2=DANISH)
    away = await house.settled(await house.submit("north-2"))
    (other,) = await house.sessions(away.id)
    course = await teaching.course(
        audience=Audience(agent_ids=frozenset(TEAM[:1])),
        trainer_ids=("tom",),
        least=1,
        per_skill=1,
        parts=(CoursePart(minutes=other.interval.minutes),),
    )
    await teaching.booked(await teaching.planned(course))
    (mine,) = [row for row in await teaching.sessions() if row.attendee_id == TEAM[0]]
    assert not mine.interval.overlaps(other.interval)
    day = other.interval.start.date()
    start, end = (at.time() for at in (other.interval.start, other.interval.end))
    there = DateRange(day, day + DAY), WallWindow(start, end)
    nowhere = (await house.changes.propose_move(LEA, mine.id, *there)).proposal
    assert nowhere is not None
    assert nowhere.sessions == ()
    (without,) = nowhere.unplaced
    assert Rule.SKILL_CAP in without.conflict
    known = (await teaching.desk.course(LEA, course.id)).course
    await teaching.desk.save(LEA, replace(known, per_skill=2))
    free = (await house.changes.propose_move(LEA, mine.id, *there)).proposal
    assert free is not None
    assert [o.interval for s in free.sessions for o in s.options] == [other.interval]
