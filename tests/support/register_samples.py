"""Sample views of registers, of running late, of the week ahead, and of who took part."""

from dataclasses import replace
from datetime import date, timedelta

from dialogs import verbs
from dialogs.register_views import (
    AbsentView,
    LateNoticeView,
    LateView,
    ParticipationView,
    RegisterCardView,
    RegistersView,
    SubstituteView,
    WeekAheadView,
)
from dialogs.views import View
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.refusals import Refusal
from scheduling.domain.registers import AttendanceState
from scheduling.learning.standings import DueFigures
from scheduling.workflows.agenda_port import Agenda
from scheduling.workflows.participation_port import (
    DueGroup,
    Figures,
    Group,
    Level,
    Participation,
)
from scheduling.workflows.registers_port import Entry, RegisterBrief, RegisterFacts
from scheduling.workflows.trainers_port import LateFacts, LedFacts, Seek
from tests.support.agenda_samples import MONDAY, item
from tests.support.card_facts import BERLIN, HOSTILE, LONDON, LONG, NAMES, NOW, half_hour

STATES = (
    AttendanceState.ATTENDED,
    AttendanceState.LATE,
    AttendanceState.NO_SHOW,
    AttendanceState.ATTENDED,
    AttendanceState.EXCUSED,
)


def entries(*names: str, scored: bool = False, marked: bool = False) -> tuple[Entry, ...]:
    """Return a line for each name; ``marked`` has exceptions among them."""
    states = [STATES[n % len(STATES)] if marked else AttendanceState.ATTENDED for n in range(99)]
    return tuple(
        Entry(
            person_id=f"a{n:02d}",
            name=name,
            state=states[n],
            score=60 + n if scored and states[n].there else None,
        )
        for n, name in enumerate(names)
    )


def register(*names: str, **more: object) -> RegisterFacts:
    """Return the open register of a team meeting."""
    facts = RegisterFacts(
        session_id="s1",
        version=1,
        type_id="team_meeting",
        type_name="Team meeting",
        interval=half_hour(12, 13),
        zone=LONDON,
        facilitator_name="Tom Brewer",
        scored=False,
        entries=entries(*names),
        closed_at=None,
        closed_by=None,
        lock_at=NOW + timedelta(days=7),
        locked=False,
        may_change=True,
    )
    return replace(facts, **more)  # type: ignore[arg-type]


CLOSED = {"closed_at": NOW, "closed_by": "Tom Brewer", "version": 2}


def _open_registers() -> dict[str, View]:
    """Return registers to be filled in: one person, several, many, hostile, scored, mistaken."""
    scored = register(*NAMES[:4], scored=True)
    twice = {
        verbs.EXCEPTION_PREFIX + AttendanceState.LATE: "a01",
        verbs.EXCEPTION_PREFIX + AttendanceState.NO_SHOW: "a01,a02",
    }
    bad = {verbs.SCORE_PREFIX + "a00": "101", verbs.SCORE_PREFIX + "a01": "9x"}
    found = {
        "one": RegisterCardView(register=register("Asha Patel", scored=True)),
        "several": RegisterCardView(register=register(*NAMES[:5])),
        "many": RegisterCardView(register=register(*NAMES, *NAMES[:8], scored=True, zone=BERLIN)),
        "forty": RegisterCardView(register=register(*[LONG] * 40, scored=True)),
        "hostile": RegisterCardView(
            register=register(
                HOSTILE, LONG, "Zoë", facilitator_name=HOSTILE, type_name=LONG, scored=True
            )
        ),
        "scored": RegisterCardView(register=scored),
        "twice": RegisterCardView(
            register=scored,
            editing=True,
            typed=twice,
            refusal=Refusal.MARKED_TWICE,
            facts={"names": [NAMES[1]]},
        ),
        "bad-score": RegisterCardView(
            register=scored,
            editing=True,
            typed=bad,
            refusal=Refusal.BAD_SCORE,
            facts={"names": list(NAMES[:2])},
        ),
    }
    return {f"register-{name}": view for name, view in found.items()}


def _closed_registers() -> dict[str, View]:
    """Return registers that are closed: all there, exceptions, changed, stale, locked."""
    marked = register(
        *NAMES[:9], scored=True, entries=entries(*NAMES[:9], scored=True, marked=True), **CLOSED
    )
    locked = replace(marked, locked=True, may_change=False)
    found = {
        "closed": RegisterCardView(register=register(*NAMES[:9], **CLOSED)),
        "exceptions": RegisterCardView(register=replace(marked, to_book=("a02", "a04", "a07"))),
        "editing": RegisterCardView(register=marked, editing=True),
        "stale": RegisterCardView(register=marked, refusal=Refusal.STALE),
        "locked": RegisterCardView(
            register=locked, refusal=Refusal.REGISTER_LOCKED, facts={"who": "learning"}
        ),
        "locked-open": RegisterCardView(
            register=register(*NAMES[:3], locked=True, may_change=False)
        ),
    }
    return {f"register-{name}": view for name, view in found.items()}


def _brief(n: int, name: str, *, closed: bool) -> RegisterBrief:
    return RegisterBrief(
        session_id=f"s{n}",
        type_name="Team meeting",
        interval=half_hour(3 + n % 9, 9 + n % 7),
        zone=LONDON,
        facilitator_name=name,
        people=3 + n,
        closed=closed,
        locked=closed,
    )


def _lists() -> dict[str, View]:
    many = tuple(_brief(n, name, closed=n > 3) for n, name in enumerate((*NAMES, HOSTILE, LONG)))
    return {
        "registers-none": RegistersView(registers=()),
        "registers-one": RegistersView(registers=(_brief(1, "Tom Brewer", closed=True),)),
        "registers-many": RegistersView(registers=many),
    }


def late(minutes: int | None = None, **more: object) -> LateFacts:
    """Return a session that begins about now."""
    facts = LateFacts(
        session_id="s1",
        type_name="Team meeting",
        facilitator_name="Tom Brewer",
        interval=half_hour(12, 14, 15),
        zone=LONDON,
        place=PlaceKind.ROOM,
        room_name="Leeds 2.14",
        people=9,
        minutes=minutes,
    )
    return replace(facts, **more)  # type: ignore[arg-type]


def _missing(*names: str) -> tuple[Entry, ...]:
    return tuple(replace(one, state=AttendanceState.NO_SHOW) for one in entries(*names))


def _substitutes() -> dict[str, View]:
    """Return another trainer sought: in every state, and of several sessions which one."""
    led = LedFacts(
        session_id="s1",
        course_name="Empathy 2",
        facilitator_name="Tom Brewer",
        interval=half_hour(12, 14),
        zone=LONDON,
        place=PlaceKind.ROOM,
        room_name="Leeds 2.14",
        people=9,
        seek=Seek.SOUGHT,
    )
    hostile = replace(
        led, course_name=HOSTILE, facilitator_name=LONG, room_name=HOSTILE, seek=Seek.FOUND
    )
    many = tuple(
        replace(
            led,
            session_id=f"s{n}",
            seek=Seek.NOT,
            people=1 + n,
            interval=half_hour(13 + n, 9 + n),
        )
        for n in range(8)
    )
    states = {
        f"substitute-{seek.value}": SubstituteView(led=(replace(led, seek=seek),)) for seek in Seek
    }
    return {
        **states,
        "substitute-which": SubstituteView(led=many, asks=True),
        "substitute-asked": SubstituteView(led=(led,), asks=True),
        "substitute-hostile": SubstituteView(led=(hostile,)),
        "substitute-which-hostile": SubstituteView(
            led=(hostile, replace(hostile, people=1)), asks=True
        ),
    }


def _trainers() -> dict[str, View]:
    """Return what trainers see: late, absent people, and the week ahead."""
    absent = register(
        *NAMES[:5],
        entries=entries(*NAMES[:5], marked=True),
        to_book=("a02", "a04"),
        may_change=False,
        **CLOSED,
    )
    hostile = late(10, facilitator_name=HOSTILE, type_name=LONG, room_name=HOSTILE, people=1)
    week = [
        item(n, "", type_name="Team meeting", attendees=NAMES[: 3 + n], booked=True)
        for n in range(4)
    ]
    ahead = Agenda(monday=MONDAY, zone=LONDON, leads=True, items=tuple(week))
    many = replace(ahead, items=tuple(item(n % 5, HOSTILE) for n in range(25)))
    return {
        "late": LateView(late=late()),
        "late-told": LateView(late=late(10)),
        "late-again": LateView(late=late(10), refusal=Refusal.TOLD_LATE, facts={"minutes": 10}),
        **_substitutes(),
        "late-notice": LateNoticeView(late=late(10)),
        "late-notice-hostile": LateNoticeView(late=hostile),
        "absent": AbsentView(register=absent),
        "absent-hostile": AbsentView(
            register=register(
                HOSTILE,
                LONG,
                type_name=LONG,
                facilitator_name=HOSTILE,
                **{**CLOSED, "entries": _missing(HOSTILE, LONG)},
            )
        ),
        "absent-none": AbsentView(register=register(*NAMES[:2], may_change=False, **CLOSED)),
        "week-ahead": WeekAheadView(agenda=ahead),
        "week-ahead-many": WeekAheadView(agenda=many),
    }


def figures(people: int, attended: int = 7, no_shows: int = 1) -> Figures:
    """Return figures of so many people."""
    return Figures(
        people=people,
        completed=min(people, attended),
        expected=attended + no_shows,
        attended=attended,
        late=min(attended, 2),
        no_shows=no_shows,
        excused=1,
    )


def participation(*groups: Group, **more: object) -> ParticipationView:
    """Return who took part in the last 90 days."""
    found = Participation(
        days=90,
        first=date(2026, 8, 15),
        last=date(2026, 11, 12),
        type_id=None,
        type_name=None,
        types=(("team_meeting", "Team meeting"), ("coaching", "Coaching")),
        whole=figures(30, 40, 3),
        groups=groups,
    )
    return ParticipationView(participation=replace(found, **more))  # type: ignore[arg-type]


def _participations() -> dict[str, View]:
    teams = [
        Group(level=Level.TEAM, name=name, figures=figures(9 + n) if n % 3 else None)
        for n, name in enumerate(("Billing", "Mobile", HOSTILE, "Retention"))
    ]
    types = [Group(level=Level.TYPE, name="Team meeting", figures=figures(30, 40, 3))]
    people = [
        Group(
            level=Level.PERSON,
            name=name,
            figures=figures(1, n % 4, n % 2),
            last=date(2026, 11, 3) if n % 4 else None,
            score=70 if n % 3 else None,
        )
        for n, name in enumerate((*NAMES, *NAMES, LONG))
    ]
    whole = Group(level=Level.SITE, name="Leeds", figures=figures(30, 40, 3))
    return {
        "participation-none": participation(*types, whole, whole=figures(30, 0, 0), closed=False),
        "participation-due": participation(
            *types,
            whole,
            dues=(*_dues(Level.COURSE, 3), *_dues(Level.SITE, 1), *_dues(Level.TEAM, 4)),
        ),
        "participation-due-only": participation(
            whole=None,
            closed=False,
            dues=(*_dues(Level.COURSE, 25), *_dues(Level.TEAM, 2), *_dues(Level.PERSON, 12)),
        ),
        "participation-unit": participation(*types, whole, *teams),
        "participation-team": participation(*types, whole, teams[1], *people, days=45),
        "participation-masked": participation(
            teams[0], whole=None, type_id="team_meeting", type_name="Team meeting"
        ),
    }


def _dues(level: Level, count: int) -> list[DueGroup]:
    """Return how so many groups stand: none, some with a due date, hostile and hidden ones."""
    return [
        DueGroup(
            level=level,
            name=(HOSTILE, LONG, "Empathy 2")[n % 3] if n else "Data protection",
            figures=DueFigures(required=30 + n, done=20, overdue=n, soon=n % 4)
            if n % 5 != 3 or level is Level.PERSON
            else None,
            due=date(2026, 12, 1 + n) if level is Level.COURSE and n % 2 == 0 else None,
        )
        for n in range(count)
    ]


def register_views() -> dict[str, View]:
    """Return every sample of registers and of what trainers are told."""
    return _open_registers() | _closed_registers() | _lists() | _trainers() | _participations()
