"""Courses and completions: versions, once each, and gone when nobody needs them."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from scheduling.domain.courses import Completion, Course, CoursePart
from scheduling.domain.house import Keep
from scheduling.domain.people import Person, Role
from scheduling.domain.rollouts import Rollout
from scheduling.domain.runs import RunState
from scheduling.domain.templates import Audience
from scheduling.domain.times import DateRange
from scheduling.storage import courses, people, retention, runs
from scheduling.storage import tables as t
from scheduling.storage.erasure import erase
from scheduling.storage.runs import RunRow
from scheduling.storage.store import Store

Count = Callable[[sa.Table], Awaitable[int]]
COURSE = Course(
    id="empathy",
    name="Empathy 2",
    unit_id="north",
    owner_id="lea",
    type_id="training",
    parts=(CoursePart(minutes=60),),
    audience=Audience(team_ids=frozenset({"billing"})),
    trainer_ids=("ted",),
)
ASHA = Person(id="asha", name="Asha", zone="UTC", roles=frozenset({Role.AGENT}), unit_id="north")


async def test_a_course_is_changed_from_the_version_that_was_seen(
    store: Store, now: datetime
) -> None:
    async with store.write() as tx:
        await courses.insert(tx, COURSE, now)
        assert await courses.change(tx, replace(COURSE, name="Empathy 3"), now)
        assert not await courses.change(tx, replace(COURSE, name="Empathy 4"), now)
        kept = await courses.get(tx, "empathy")
    assert kept == replace(COURSE, name="Empathy 3", version=2)


async def test_a_course_that_ended_is_not_taught_but_keeps_its_name(
    store: Store, now: datetime
) -> None:
    async with store.write() as tx:
        await courses.insert(tx, COURSE, now)
        await courses.end(tx, "empathy", now)
        assert await courses.get(tx, "empathy") is None
        assert await courses.of_unit(tx, "north") == []
        assert await courses.name_of(tx, "empathy") == "Empathy 2"


async def test_a_completion_is_kept_once_and_the_last_one_counts(
    store: Store, now: datetime
) -> None:
    first = Completion(course_id="empathy", person_id="asha", on=now.date() - timedelta(days=90))
    later = replace(first, on=now.date())
    async with store.write() as tx:
        await courses.insert(tx, COURSE, now)
        assert await courses.complete(tx, [first, later, first]) == 2
        assert await courses.complete(tx, [later]) == 0
        found = await courses.completions(tx, ["empathy", "other"])
    assert found == {("empathy", "asha"): now.date()}


async def test_the_roll_outs_of_a_course_are_found_by_it(store: Store, now: datetime) -> None:
    row = RunRow(
        id="r1",
        unit_id="north",
        state=RunState.PLANNING,
        dates=DateRange(now.date(), now.date() + timedelta(days=5)),
        requester_id="lea",
        requester_object_id="oid-lea",
        created_at=now,
        rollout=Rollout(course_id="empathy", seed="s", seats=12),
    )
    async with store.write() as tx:
        await runs.insert(tx, row)
        await runs.insert(tx, replace(row, id="r2", rollout=None, template_ids=("t",)))
        assert await runs.of_course(tx, "north", "empathy") == [row]
        assert await runs.of_course(tx, "north", "other") == []


@pytest.mark.parametrize("here", [True, False])
async def test_completions_stay_as_long_as_their_people_and_go_with_their_course(
    store: Store, now: datetime, count: Count, here: bool
) -> None:
    long_ago = now - timedelta(days=900)
    old = Completion(course_id="empathy", person_id="asha", on=long_ago.date())
    async with store.write() as tx:
        await people.sync(tx, [ASHA] if here else [])
        await courses.insert(tx, COURSE, long_ago)
        await courses.complete(tx, [old, replace(old, on=now.date())])
    gone = await retention.clear(store, Keep(), now)
    assert gone == ({} if here else {"completion": 1})
    async with store.write() as tx:
        await courses.end(tx, "empathy", now - timedelta(days=401))
    await retention.clear(store, Keep(), now)
    assert (await count(t.course), await count(t.completion)) == (0, 0)


async def test_an_erased_person_has_completed_nothing(
    store: Store, now: datetime, count: Count
) -> None:
    async with store.write() as tx:
        await people.sync(tx, [ASHA])
        await courses.insert(tx, COURSE, now)
        done = Completion(course_id="empathy", person_id="asha", on=now.date())
        await courses.complete(tx, [done])
        await people.sync(tx, [])
        erased = await erase(tx, "asha", at=now, by="administrator")
    assert erased["completion"] == 1
    assert await count(t.completion) == 0
