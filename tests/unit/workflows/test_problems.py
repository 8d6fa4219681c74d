"""An ask and the facts become a problem: exactly what is missing is named, nothing is guessed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from scheduling.domain.asks import Ask
from scheduling.domain.centre import Agent, AgentDay, Site, StaffingSeries
from scheduling.domain.meetings import CapRule, MeetingType, PlaceKind, Room, SearchParameters
from scheduling.domain.people import Person, Role, WorkingTime
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.rules import Rule
from scheduling.domain.times import DAY, DateRange, Interval, WallWindow
from scheduling.storage.bookings import SessionRow, person_resource
from scheduling.workflows.facts import UnitFacts
from scheduling.workflows.problems import (
    World,
    build,
    search_dates,
    site_of,
    span_of,
    whole_weeks,
)

TUESDAY = date(2026, 11, 24)
START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
ONE_TO_ONE = MeetingType(id="one", name="One-to-one", subject="One-to-one", code_id="meeting")
LEEDS = Site(id="leeds", name="Leeds", zone="Europe/London")
SYDNEY = Site(id="sydney", name="Sydney", zone="Australia/Sydney")
Facts = Callable[..., UnitFacts]
Someone = Callable[..., Agent]
Day = Callable[..., AgentDay]
Series = Callable[..., StaffingSeries]
Booking = Callable[..., SessionRow]


def wish(*attendees: str, first: date = TUESDAY, days: int = 1, **changes: object) -> Ask:
    plain = Ask(
        type_id="one",
        attendee_ids=attendees,
        facilitator_id="mia",
        dates=DateRange(first, first + days * DAY),
        minutes=30,
        place=PlaceKind.ONLINE,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def leader(zone: str = "Europe/London", **changes: object) -> Person:
    plain = Person(
        id="mia",
        name="Mia",
        zone=zone,
        roles=frozenset({Role.MANAGER}),
        working=WorkingTime(weekdays=frozenset(range(7)), window=WallWindow(time(9), time(17))),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def world(
    facts: UnitFacts,
    *,
    facilitator: Person | None = None,
    dates: DateRange | None = None,
    rooms: Sequence[Room] = (),
    busy: Mapping[str, Sequence[Interval]] | None = None,
    reserved: Mapping[str, Sequence[Interval]] | None = None,
    ours: Sequence[SessionRow] = (),
) -> World:
    return World(
        now=NOW,
        dates=dates or DateRange(TUESDAY, TUESDAY + DAY),
        facts=facts,
        facilitator=facilitator or leader(),
        rooms=rooms,
        busy=busy or {},
        reserved=reserved or {},
        ours=ours,
    )


def hours(first: int, last: int) -> Interval:
    midnight = datetime(2026, 11, 24, tzinfo=UTC)
    return Interval(midnight + timedelta(hours=first), midnight + timedelta(hours=last))


def test_a_week_more_is_read_and_days_that_are_over_are_not() -> None:
    ask = wish("asha", first=TUESDAY, days=3)
    assert search_dates(ask, TUESDAY + DAY, 7) == DateRange(TUESDAY + DAY, TUESDAY + 10 * DAY)


@pytest.mark.parametrize(
    ("first", "last"),
    [(23, 29), (24, 24), (25, 29), (23, 24)],
    ids=["whole", "inside", "end", "start"],
)
def test_facts_are_of_whole_weeks_since_a_cap_counts_a_week(first: int, last: int) -> None:
    asked = DateRange(date(2026, 11, first), date(2026, 11, last) + DAY)
    assert whole_weeks(asked) == DateRange(date(2026, 11, 23), date(2026, 11, 30))


def test_the_span_is_from_the_first_midnight_of_any_site_to_the_last(facts: Facts) -> None:
    told = facts(sites=(LEEDS, SYDNEY))
    span = span_of(told, DateRange(TUESDAY, TUESDAY + DAY))
    assert span.start == datetime(2026, 11, 23, 13, tzinfo=UTC)
    assert span.end == datetime(2026, 11, 25, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "slots"),
    [(date(2026, 3, 29), 92), (date(2026, 10, 25), 100), (date(2026, 11, 24), 96)],
    ids=["spring", "autumn", "plain"],
)
def test_the_grid_holds_as_many_slots_as_the_day_has(
    facts: Facts, agent: Someone, day: date, slots: int
) -> None:
    told = facts([agent("asha")])
    problem = build(
        wish("asha", first=day), ONE_TO_ONE, world(told, dates=DateRange(day, day + DAY))
    )
    assert problem.grid.slots == slots


class TestTheAttendee:
    """Shifts, what is closed in them, and what was planned before."""

    def test_closed_time_is_a_break_or_an_exception(
        self, facts: Facts, agent: Someone, worked: Day
    ) -> None:
        day = worked(
            "asha", (9, 10, "work"), (10, 11, "break"), (11, 12, "meal"), (12, 13, "time_off")
        )
        (got,) = build(wish("asha"), ONE_TO_ONE, world(facts([agent("asha")], [day]))).attendees
        assert got.shifts == (hours(9, 13),)
        assert [(off.interval, off.rule) for off in got.off] == [
            (hours(10, 11), Rule.BREAK),
            (hours(11, 12), Rule.BREAK),
            (hours(12, 13), Rule.EXCEPTION),
        ]

    def test_a_code_that_nobody_defined_is_not_open_time(
        self, facts: Facts, agent: Someone, worked: Day
    ) -> None:
        day = worked("asha", (9, 10, "mystery"))
        (got,) = build(wish("asha"), ONE_TO_ONE, world(facts([agent("asha")], [day]))).attendees
        assert [off.rule for off in got.off] == [Rule.EXCEPTION]

    def test_an_appointment_may_be_granted_and_a_booking_of_ours_may_not(
        self, facts: Facts, agent: Someone, worked: Day
    ) -> None:
        around = world(
            facts([agent("asha")], [worked("asha", (9, 17, "work"))]),
            busy={"person:asha": [hours(9, 10)]},
            reserved={"person:asha": [hours(10, 11)]},
        )
        (got,) = build(wish("asha"), ONE_TO_ONE, around).attendees
        assert got.busy == (hours(9, 10),)
        assert [(off.interval, off.rule) for off in got.off] == [(hours(10, 11), Rule.EXCEPTION)]

    def test_a_session_that_the_wfm_shows_already_is_counted_once(
        self, facts: Facts, agent: Someone, worked: Day, booking: Booking
    ) -> None:
        day = worked("asha", (9, 10, "meeting"), (10, 17, "work"))
        told = facts([agent("asha")], [day])
        seen = booking("asha", minutes=60)
        unseen = booking("asha", start=START + timedelta(hours=3))
        (one,) = build(wish("asha"), ONE_TO_ONE, world(told, ours=[seen])).attendees
        (two,) = build(wish("asha"), ONE_TO_ONE, world(told, ours=[seen, unseen])).attendees
        assert one.offline == {TUESDAY: (1, 60)}
        assert two.offline == {TUESDAY: (2, 90)}

    def test_the_day_of_a_session_is_the_attendees_own(
        self, facts: Facts, agent: Someone, booking: Booking
    ) -> None:
        told = facts([agent("asha", zone="Australia/Sydney")])
        late = booking("asha", start=datetime(2026, 11, 24, 14, tzinfo=UTC))
        (got,) = build(wish("asha"), ONE_TO_ONE, world(told, ours=[late])).attendees
        assert got.offline == {TUESDAY + DAY: (1, 30)}

    def test_only_those_who_are_named_are_in_the_problem(
        self, facts: Facts, agent: Someone
    ) -> None:
        told = facts([agent("asha"), agent("bo")])
        problem = build(wish("asha", "bo"), ONE_TO_ONE, world(told), only=["bo"])
        assert [m.attendee_id for m in problem.meetings] == ["bo"]

    def test_colleagues_who_are_away_count_for_their_team(
        self, facts: Facts, agent: Someone, booking: Booking
    ) -> None:
        told = facts([agent("asha"), agent("bo"), agent("cem", team_id="blue")])
        problem = build(wish("asha"), ONE_TO_ONE, world(told, ours=[booking("bo"), booking("cem")]))
        (cap,) = problem.caps
        assert (cap.rule, cap.members, cap.most) == (Rule.TEAM_CAP, {"asha", "bo"}, (2,))
        assert sum(cap.away) == booking("bo").interval.minutes // 15

    @pytest.mark.parametrize(
        ("rule", "members", "most"),
        [
            (CapRule(scope=Rule.SITE_CAP, heads=3), {"asha", "bo"}, {3}),
            (CapRule(scope=Rule.UNIT_CAP, part=0.5), {"asha", "bo", "cem", "dee"}, {1, 2}),
            (CapRule(scope=Rule.ACTIVITY_CAP, part=0.0), {"asha", "bo", "cem"}, {1}),
            (CapRule(scope=Rule.SKILL_CAP, heads=1), {"asha", "bo", "cem"}, {1}),
        ],
    )
    def test_caps_nest_by_site_unit_activity_and_rare_skill(
        self,
        facts: Facts,
        agent: Someone,
        worked: Day,
        rule: CapRule,
        members: set[str],
        most: set[int],
    ) -> None:
        people = [agent("asha"), agent("bo"), agent("cem", site_id="sydney")]
        people.append(agent("dee", site_id="sydney", shares={"mail": 1.0}))
        days = [worked(name, (9, 17, "work")) for name in ("asha", "bo", "cem", "dee")]
        kind = replace(ONE_TO_ONE, parameters=SearchParameters(caps=(rule,)))
        (cap,) = build(wish("asha"), kind, world(facts(people, days))).caps
        assert (cap.rule, cap.members) == (rule.scope, members)
        assert set(cap.most) == most


class TestTheFacilitator:
    """Working time from the WFM for an agent, from people.csv for anybody else."""

    def test_an_agent_leads_in_open_time_and_carries_a_footprint(
        self, facts: Facts, agent: Someone, worked: Day
    ) -> None:
        told = facts(
            [agent("asha"), agent("mia")], [worked("mia", (9, 12, "work"), (12, 13, "meal"))]
        )
        (got,) = build(wish("asha"), ONE_TO_ONE, world(told)).facilitators
        assert got.working == (hours(9, 12),)
        assert got.shares == {"calls": 1.0}

    @pytest.mark.parametrize(
        ("day", "first"),
        [(date(2026, 3, 28), 9), (date(2026, 3, 29), 8), (date(2026, 10, 25), 9)],
    )
    def test_anybody_else_keeps_wall_time_over_a_clock_change(
        self, facts: Facts, agent: Someone, day: date, first: int
    ) -> None:
        told, dates = facts([agent("asha")]), DateRange(day, day + DAY)
        (got,) = build(wish("asha", first=day), ONE_TO_ONE, world(told, dates=dates)).facilitators
        start = datetime(day.year, day.month, day.day, first, tzinfo=UTC)
        assert Interval(start, start + timedelta(hours=8)) in got.working

    def test_working_time_that_the_clock_change_swallows_is_none(
        self, facts: Facts, agent: Someone
    ) -> None:
        sunday = date(2026, 3, 29)
        night = leader(
            working=WorkingTime(weekdays=frozenset({6}), window=WallWindow(time(1), time(2)))
        )
        told, dates = facts([agent("asha")]), DateRange(sunday, sunday + DAY)
        (got,) = build(
            wish("asha", first=sunday), ONE_TO_ONE, world(told, facilitator=night, dates=dates)
        ).facilitators
        assert got.working == ()

    def test_on_the_other_side_of_the_world_the_day_before_counts_too(
        self, facts: Facts, agent: Someone
    ) -> None:
        """Nine in Sydney on Tuesday is Monday afternoon in New York."""
        told = facts([agent("asha", zone="Australia/Sydney")], sites=(SYDNEY,))
        far = leader("America/New_York")
        (got,) = build(wish("asha"), ONE_TO_ONE, world(told, facilitator=far)).facilitators
        monday = Interval(
            datetime(2026, 11, 23, 14, tzinfo=UTC), datetime(2026, 11, 23, 22, tzinfo=UTC)
        )
        assert monday in got.working

    def test_calendars_and_bookings_of_ours_take_time_alike(
        self, facts: Facts, agent: Someone
    ) -> None:
        around = world(
            facts([agent("asha")]),
            busy={"person:mia": [hours(9, 10)]},
            reserved={"person:mia": [hours(10, 11)]},
        )
        (got,) = build(wish("asha"), ONE_TO_ONE, around).facilitators
        assert got.busy == (hours(9, 11),)

    def test_days_off_are_off(self, facts: Facts, agent: Someone) -> None:
        never = leader(
            working=WorkingTime(weekdays=frozenset(), window=WallWindow(time(9), time(17)))
        )
        (got,) = build(
            wish("asha"), ONE_TO_ONE, world(facts([agent("asha")]), facilitator=never)
        ).facilitators
        assert got.working == ()

    def test_somebody_of_whom_nothing_is_known_has_no_time(
        self, facts: Facts, agent: Someone
    ) -> None:
        (got,) = build(
            wish("asha"),
            ONE_TO_ONE,
            world(facts([agent("asha")]), facilitator=leader(working=None)),
        ).facilitators
        assert got.working == ()


class TestRooms:
    """A room is on a site by itself, or by its building's name."""

    @pytest.mark.parametrize(
        ("site_id", "building", "expected"),
        [
            ("sydney", "Leeds", "sydney"),
            (None, "LEEDS", "leeds"),
            (None, "Harbour House", None),
            (None, None, None),
        ],
    )
    def test_the_site_of_a_room(
        self, facts: Facts, site_id: str | None, building: str | None, expected: str | None
    ) -> None:
        room = Room(id="oak@x", name="Oak", capacity=2, site_id=site_id, building=building)
        assert site_of(room, facts(sites=(LEEDS, SYDNEY)).unit) == expected

    def test_only_rooms_of_the_attendees_sites_are_offered_with_what_takes_them(
        self, facts: Facts, agent: Someone
    ) -> None:
        rooms = [
            Room(id="oak@x", name="Oak", capacity=2, building="Leeds"),
            Room(id="elm@x", name="Elm", capacity=2, building="Sydney"),
        ]
        told = facts([agent("asha")], sites=(LEEDS, SYDNEY))
        around = world(
            told,
            rooms=rooms,
            busy={"room:oak@x": [hours(10, 12)]},
            reserved={"room:oak@x": [hours(9, 10)]},
        )
        problem = build(wish("asha", place=PlaceKind.ROOM), ONE_TO_ONE, around)
        assert [(room.id, room.busy) for room in problem.rooms] == [("oak@x", (hours(9, 12),))]
        assert build(wish("asha"), ONE_TO_ONE, around).rooms == ()


class TestWindows:
    """Times of day are those that both the ask and the type allow."""

    MORNING, LATE = WallWindow(time(8), time(12)), WallWindow(time(15), time(17))
    DAYTIME = WallWindow(time(10), time(16))

    @pytest.mark.parametrize(
        ("asked", "allowed", "expected"),
        [
            (None, None, ()),
            (MORNING, None, (MORNING,)),
            (None, DAYTIME, (DAYTIME,)),
            (MORNING, DAYTIME, (WallWindow(time(10), time(12)),)),
        ],
    )
    def test_both_hold(
        self,
        facts: Facts,
        agent: Someone,
        asked: WallWindow | None,
        allowed: WallWindow | None,
        expected: tuple[WallWindow, ...],
    ) -> None:
        kind = replace(ONE_TO_ONE, parameters=SearchParameters(window=allowed))
        problem = build(wish("asha", window=asked), kind, world(facts([agent("asha")])))
        assert problem.limits.windows == expected

    def test_where_nothing_is_shared_the_hours_are_told(self, facts: Facts, agent: Someone) -> None:
        kind = replace(ONE_TO_ONE, parameters=SearchParameters(window=self.LATE))
        with pytest.raises(Refused) as caught:
            build(wish("asha", window=self.MORNING), kind, world(facts([agent("asha")])))
        assert caught.value.refusal is Refusal.OUTSIDE_HOURS
        assert caught.value.facts == {"start": "15:00:00", "end": "17:00:00"}


def test_limits_are_those_of_the_type(facts: Facts, agent: Someone) -> None:
    numbers = {
        "lead": 1,
        "edge": 2,
        "sessions_a_day": 3,
        "offline_a_day": 4,
        "offline_a_week": 5,
    }
    kind = replace(ONE_TO_ONE, parameters=replace(SearchParameters(), **numbers))  # type: ignore[arg-type]
    limits = build(wish("asha"), kind, world(facts([agent("asha")]))).limits
    assert {name: getattr(limits, name) for name in numbers} == numbers


def test_a_booking_that_the_wfm_holds_already_is_off_once(
    facts: Facts, agent: Someone, worked: Day
) -> None:
    day = worked("asha", (9, 12, "work"), (12, 13, "meal"), (13, 14, "meeting"), (14, 17, "work"))
    held = {person_resource("asha"): [hours(13, 14), hours(15, 16)]}
    told = replace(world(facts([agent("asha")], [day])), reserved=held)
    (got,) = build(wish("asha"), ONE_TO_ONE, told).attendees
    assert [off.interval for off in got.off] == [hours(12, 13), hours(13, 14), hours(15, 16)]
