"""What sample cards are about: a contact centre in Leeds and Berlin, on Thursday 12 November 2026."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from dialogs.views import (
    ProposalView,
)
from scheduling.domain.asks import Ask
from scheduling.domain.meetings import MeetingType, PlaceKind
from scheduling.domain.people import Person, Role
from scheduling.domain.proposals import (
    CurvePoint,
    DayService,
    Option,
    Proposal,
    ProposedSession,
    StaffingCurve,
    Unplaced,
    WayOut,
)
from scheduling.domain.refusals import Refusal
from scheduling.domain.requests import (
    Draft,
    DraftState,
)
from scheduling.domain.rules import FunnelStep, Rule
from scheduling.domain.times import DateRange, Interval, WallWindow
from scheduling.workflows.desk_port import Roster, RosterPerson

NOW = datetime(2026, 11, 12, 14, 5, tzinfo=UTC)
LONDON, BERLIN = "Europe/London", "Europe/Berlin"
HOSTILE = (
    "**Bobby** [click](https://evil.example/x) <at>Everyone</at> \u202eevil\u202c "
    "# {{DATE(2026-01-01)}} _x_ `y` &lt;b&gt;\n- one\r\n1. two\u200b\x07"
)
LONG = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh von und zu Hohenlohe-Langenburg"
NAMES = (
    "Asha Patel",
    "Jürgen Weiß",
    "Zoë Ångström",
    "Łukasz Wójcik",
    "Siobhán O'Connor",
    "Nguyễn Thị Hồng",
    "Mateus Gonçalves",
    "Şebnem Çelik",
    "Chloë D'Arcy-Smith",
    "Ben Okafor",
    "María-José Muñoz",
    "Håkon Sørensen",
    "Eszter Kővári",
    "Dafydd ap Rhys",
    "Tomáš Dvořák",
)
HOSTILES = (HOSTILE, LONG, *NAMES[2:])


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Return a moment of November 2026 in UTC."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def half_hour(day: int, hour: int, minute: int = 0) -> Interval:
    """Return half an hour from then."""
    return Interval(at(day, hour, minute), at(day, hour, minute) + timedelta(minutes=30))


def zone_for(index: int) -> str:
    """Return Berlin for every third person, else London."""
    return BERLIN if index % 3 == 1 else LONDON


def roster(names: tuple[str, ...] = NAMES) -> Roster:
    """Return what Tom Brewer may ask about."""
    people = tuple(
        RosterPerson(
            id=f"a{index:02}", name=name, team_id="t1", team_name="Billing A", zone=zone_for(index)
        )
        for index, name in enumerate(names)
    )
    me = Person(id="m1", name="Tom Brewer", zone=LONDON, roles=frozenset({Role.MANAGER}))
    lead = RosterPerson(id="m1", name="Tom Brewer", team_id=None, team_name=None, zone=LONDON)
    other = RosterPerson(id="m2", name="Anneliese Groß", team_id=None, team_name=None, zone=BERLIN)
    return Roster(
        me=me,
        zone=LONDON,
        today=NOW.date(),
        now=NOW,
        people=people,
        teams={"t1": "Billing A"},
        own_teams=("t1",),
        facilitators=(lead, other),
        types=(
            MeetingType(id="1:1", name="One-to-one", subject="One-to-one", code_id="C1"),
            MeetingType(
                id="hr",
                name="Disciplinary hearing",
                subject="Meeting",
                code_id="C2",
                confidential=True,
            ),
        ),
        type_places={
            "1:1": (PlaceKind.ROOM, PlaceKind.ONLINE),
            "hr": (PlaceKind.ROOM,),
        },
    )


def ask(count: int = 1, window: WallWindow | None = None) -> Ask:
    """Return an ask for the first ``count`` people in the next week."""
    return Ask(
        type_id="1:1",
        attendee_ids=tuple(f"a{index:02}" for index in range(count)),
        facilitator_id="m1",
        dates=DateRange(date(2026, 11, 16), date(2026, 11, 21)),
        minutes=30,
        place=PlaceKind.ROOM,
        window=window,
    )


def option(interval: Interval, price: float = 0.0, room: str | None = "Leeds 2.14") -> Option:
    """Return a time in a room, or online without one."""
    place = PlaceKind.ROOM if room else PlaceKind.ONLINE
    return Option(interval=interval, place=place, price=price, room_name=room)


def session(index: int, name: str) -> ProposedSession:
    """Return three times for one person on the week's days."""
    day = 16 + index % 5
    hour = 9 + index % 6
    return ProposedSession(
        attendee_id=f"a{index:02}",
        attendee_name=name,
        zone=zone_for(index),
        best=option(half_hour(day, hour, 30), 0.02),
        others=(
            option(half_hour(day, hour + 2), 0.6),
            option(half_hour(16 + (index + 2) % 5, hour), 3.4, None),
        ),
    )


def curve(name: str = "Billing", around: datetime | None = None) -> StaffingCurve:
    """Return two hours on each side of a session then, at 10:30 on Tuesday unless given."""
    start = (around or at(17, 10, 30)) - timedelta(hours=2)
    required = (36, 37, 38, 38.5, 39, 39.5, 40, 40.5, 40.5, 40, 39.5, 39, 38, 37.5, 37, 36.5, 36)
    points = tuple(
        CurvePoint(
            start=start + timedelta(minutes=15 * index),
            required=need,
            before=need + 1.74,
            after=need + (0.74 if index in {8, 9} else 1.74),
            service_before=0.83,
            service_after=0.82,
        )
        for index, need in enumerate(required)
    )
    return StaffingCurve(demand_id="d1", demand_name=name, slot_minutes=15, points=points)


def service(day: int, after: float = 0.8191, name: str = "Billing") -> DayService:
    """Return a day of November with a goal of 80 % in 20 seconds."""
    return DayService(
        demand_id="d1",
        demand_name=name,
        day=date(2026, 11, day),
        goal=0.8,
        goal_seconds=20,
        before=0.8213,
        after=after,
        stressed=after - 0.043,
        lowest_net=0.74,
        understaffed_hours=0.0,
    )


def funnel() -> tuple[FunnelStep, ...]:
    """Return 320 starts and how each rule thins them out."""
    counts = (
        (Rule.ON_SHIFT, 320, 224),
        (Rule.EXCEPTION, 224, 180),
        (Rule.SHIFT_EDGE, 180, 164),
        (Rule.FACILITATOR, 164, 93),
        (Rule.ROOM, 93, 60),
        (Rule.FLOOR, 60, 0),
    )
    return tuple(FunnelStep(rule=rule, before=a, after=b) for rule, a, b in counts)


def ways_out() -> tuple[WayOut, ...]:
    """Return below the floor, next week, and an online session over an appointment."""
    return (
        WayOut(
            rules=frozenset({Rule.FLOOR}),
            count=6,
            option=option(half_hour(17, 14), 1.6),
            granted_by=Role.SCHEDULER,
            net_before=0.61,
            net_after=-0.04,
        ),
        WayOut(
            rules=frozenset({Rule.DATES}),
            count=41,
            option=option(half_hour(24, 10, 30), 0.0),
            granted_by=Role.MANAGER,
            net_before=2.3,
            net_after=1.3,
        ),
        WayOut(
            rules=frozenset({Rule.ROOM, Rule.ATTENDEE_BUSY}),
            count=3,
            option=option(half_hour(18, 9), 0.4, None),
            granted_by=Role.SCHEDULER,
            net_before=1.2,
            net_after=0.2,
        ),
    )


def unplaced(index: int, name: str) -> Unplaced:
    """Return somebody without a time."""
    return Unplaced(
        attendee_id=f"a{index:02}",
        attendee_name=name,
        zone=zone_for(index),
        funnel=funnel(),
        conflict=frozenset({Rule.ON_SHIFT, Rule.FLOOR}),
        ways_out=ways_out(),
    )


def draft(state: DraftState = DraftState.PROPOSED, **payload: object) -> Draft:
    """Return a draft of Tom's."""
    return Draft(
        id="Zk3vQ9d1TqGm8w",
        version=3,
        owner_id="m1",
        conversation_id="19:c",
        state=state,
        expires_at=NOW + timedelta(minutes=30),
        payload=payload,
    )


def proposal(placed: int = 1, missing: int = 0, names: tuple[str, ...] = NAMES) -> Proposal:
    """Return times for ``placed`` people and none for ``missing``."""
    days = {16 + index % 5 for index in range(placed)} if placed > 1 else {17}
    sessions = tuple(session(index, names[index]) for index in range(placed))
    if placed == 1:
        sessions = (replace(sessions[0], best=option(half_hour(17, 10, 30), 0.6)),)
    return Proposal(
        ask=ask(placed + missing or 1),
        type_name="One-to-one",
        facilitator_name="Tom Brewer",
        sessions=sessions,
        unplaced=tuple(unplaced(placed + index, names[placed + index]) for index in range(missing)),
        curves=(curve(),) if placed == 1 else (),
        days=tuple(service(day) for day in sorted(days)) if placed else (),
        as_of=NOW - timedelta(minutes=3),
        reconciled=True,
        held_until=NOW + timedelta(minutes=10),
    )


def proposal_view(
    shown: Proposal, refusal: Refusal | None = None, names: tuple[str, ...] = NAMES
) -> ProposalView:
    """Return the proposal's view."""
    return ProposalView(draft=draft(), roster=roster(names), proposal=shown, refusal=refusal)
