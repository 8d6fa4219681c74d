"""Sample cards of setting up: none, one, many, hostile names, errors, every area."""

from dataclasses import replace
from datetime import date, timedelta

from bot.settings import default_types
from dialogs.setup_views import (
    PeopleView,
    SetupAppliedView,
    SetupFormView,
    SetupHistoryView,
    SetupOverviewView,
    SetupPreviewView,
    StandingView,
)
from dialogs.views import View
from dialogs.wording_setup import MISFITS
from scheduling.domain.limits import Misfit
from scheduling.domain.meetings import Room
from scheduling.domain.people import Deputy, Person, Role
from scheduling.domain.refusals import Refusal
from scheduling.domain.setup import Floor, Location, Setup, first_setup
from scheduling.storage.edits import GONE, Edit
from scheduling.storage.setups import ChangeState
from scheduling.workflows.appointments_port import Found, Match, Standing
from scheduling.workflows.rehearsal import Outcome, Rehearsal
from scheduling.workflows.setup_form import NEW, ONE, SEVERAL, Area, asked
from scheduling.workflows.setup_port import (
    Applied,
    Check,
    Form,
    History,
    Overview,
    Preview,
    Subject,
    VersionLine,
    Waiting,
)
from tests.support.card_facts import HOSTILE, LONG, NAMES, NOW

SETUP = replace(
    first_setup([(one.type, one.places) for one in default_types()]),
    locations={"leeds": Location(id="leeds", site_id="s1", buildings=frozenset({"Mill"}))},
    rooms={"oak@rooms.example": Room(id="oak@rooms.example", name="Oak", capacity=4)},
    floors={"voice": Floor(deficit=1.5, heads=3)},
)
OFFERS = {
    "code_id": (("coaching", "Coaching"), ("one_to_one", "1:1")),
    "site_id": (("s1", "Leeds"),),
}
GOOD = (
    Check(kind="wfm", ok=True, facts={"units": "2", "agents": "412"}),
    Check(kind="codes", ok=True, facts={"count": "2", "missing": ""}),
    Check(kind="horizon", ok=True, facts={"planned": "2026-12-20", "forecast": "2026-12-27"}),
    Check(kind="rooms", ok=True, facts={"count": "14", "lost": ""}),
    Check(kind="room_mailboxes", ok=True, facts={"count": "14", "silent": ""}),
    Check(kind="channel", ok=True, facts={"name": "Schedulers"}),
    Check(kind="people", ok=True, facts={"count": "430", "unbound": "12", "without": "0"}),
    Check(kind="administrators", ok=True, facts={"count": "2", "deciders": "5"}),
)
BAD = (
    Check(kind="wfm", ok=False, facts={"error": "Unavailable"}),
    Check(kind="codes", ok=False, facts={"count": "2", "missing": "coaching"}),
    Check(kind="horizon", ok=False, facts={"planned": "2026-11-24", "forecast": ""}),
    Check(kind="rooms", ok=False, facts={"count": "14", "lost": f"Oak, {HOSTILE}"}),
    Check(kind="room_mailboxes", ok=False, facts={"count": "14", "silent": "Elm"}),
    Check(kind="channel", ok=False, facts={"name": "Schedulers"}),
    Check(kind="people", ok=False, facts={"count": "430", "unbound": "12", "without": "3"}),
    Check(kind="administrators", ok=False, facts={"count": "1", "deciders": "1"}),
)
EDITS = (
    Edit(path=("types", "coaching", "minutes"), before=45, after=60),
    Edit(path=("types", "coaching", "auto_schedule"), before=True, after=False),
    Edit(path=("parameters", "standard", "caps", "team_cap"), before=2, after="10%"),
    Edit(path=("floors", "voice"), before=GONE, after={"deficit": 2.5, "heads": 1}),
    Edit(path=("noise", "awake"), before="07:00-20:00", after="08:00-18:00"),
    Edit(path=("rooms", "oak@rooms.example"), before={"name": "Oak"}, after=GONE),
)
TRIED = Rehearsal(
    asked=240,
    done=240,
    before=Outcome(booked=187, found=230, not_found=12),
    after=Outcome(booked=212, found=233, not_found=9, under_floor=3),
    skipped={"no_schedule": 4, "gone": 1},
    ended=True,
)


def _subjects() -> tuple[Subject, ...]:
    ones = [Subject(area=area) for area in (*ONE, Area.MAPPING, Area.AUTOMATIC, Area.ALLOWANCE)]
    many = [Subject(area=Area.FLOORS, id=f"d{n}", name=name) for n, name in enumerate(NAMES)]
    kinds = [Subject(area=Area.TYPES, id=i, name=kind.name) for i, kind in SETUP.types.items()]
    return (*kinds, Subject(area=Area.TYPES, id=NEW), *ones, *many)


def _overview(**changes: object) -> Overview:
    whole = Overview(
        number=12,
        at=NOW - timedelta(days=1),
        by_name="Owen Davies",
        checks=GOOD,
        subjects=_subjects(),
        waiting=(),
        paused=False,
        administrator=True,
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def _form(area: Area, subject: str = "", setup: Setup = SETUP) -> Form:
    known = getattr(setup, area.value)[subject] if area in SEVERAL and subject != NEW else None
    about = Subject(area=area, id=subject, name=getattr(known, "name", subject.capitalize()))
    return Form(subject=about, asked=asked(setup, area, subject, OFFERS))


def _forms() -> dict[str, View]:
    known = {
        Area.TYPES: "coaching",
        Area.PARAMETERS: "standard",
        Area.LOCATIONS: "leeds",
        Area.ROOMS: "oak@rooms.example",
        Area.FLOORS: "voice",
    }
    areas = [area for area in Area if area is not Area.EVERYTHING]
    forms: dict[str, View] = {
        f"setup-form-{area.value}": SetupFormView(form=_form(area, known.get(area, "")))
        for area in areas
    }
    wrong = _form(Area.TYPES, NEW)
    every = tuple(
        Misfit(path=("types", NEW, "name") if n % 2 else (), kind=kind, facts={"why": HOSTILE})
        for n, kind in enumerate(k for k in MISFITS if k in ("no_text", "unfit", "none_offered"))
    )
    placed = Misfit(
        path=("types", NEW, "minutes"), kind="outside", facts={"least": "5", "most": "480"}
    )
    forms["setup-form-new"] = SetupFormView(form=wrong)
    forms["setup-form-wrong"] = SetupFormView(form=replace(wrong, misfits=(*every, placed)))
    named = replace(SETUP.types["coaching"], name=LONG, subject=HOSTILE)
    hostile = replace(SETUP, types={**SETUP.types, "coaching": named})
    form = _form(Area.TYPES, "coaching", hostile)
    forms["setup-form-hostile"] = SetupFormView(
        form=replace(form, subject=replace(form.subject, name=HOSTILE))
    )
    removable = replace(_form(Area.ROOMS, "oak@rooms.example"), removable=True)
    forms["setup-form-removable"] = SetupFormView(form=removable)
    return forms


def _preview(**changes: object) -> Preview:
    whole = Preview(
        change_id="c1",
        state=ChangeState.PREVIEWED,
        edits=EDITS[:2],
        lowers=(),
        own=True,
        by_name="Owen Davies",
        rehearsal=TRIED,
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def _previews() -> dict[str, Preview]:
    lowers = {"edits": EDITS, "lowers": ("voice",)}
    many = tuple(
        Edit(path=("rooms", f"room-{n}@rooms.example", "capacity"), before=n, after=n + 1)
        for n in range(120)
    )
    half = replace(TRIED, done=60, ended=False)
    return {
        "one": _preview(),
        "no-rehearsal": _preview(rehearsal=None),
        "nothing-to-try": _preview(rehearsal=Rehearsal(asked=0, ended=True)),
        "under-way": _preview(rehearsal=half),
        "lowers": _preview(**lowers),
        "waits": _preview(**lowers, state=ChangeState.WAITING),
        "second": _preview(**lowers, state=ChangeState.WAITING, own=False, by_name=HOSTILE),
        "applied": _preview(state=ChangeState.APPLIED),
        "many": _preview(edits=many),
    }


def _standing(**changes: object) -> Standing:
    person = Person(
        id="p1",
        name="Priya Nair",
        zone="Europe/London",
        roles=frozenset({Role.MANAGER, Role.SCHEDULER}),
        unit_id="service",
        leads=frozenset({"t1"}),
        address="priya@contoso.example",
        object_id="aaaaaaaa-0000-4000-8000-000000000001",
    )
    whole = Standing(
        person=person,
        appointed=False,
        teams={"t1": "Billing A", "t2": "Retention"},
        deputy=None,
        deputies={"p2": "Tom Brewer", "p3": LONG},
        today=date(2026, 11, 23),
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def _people() -> dict[str, View]:
    deputy = Deputy(deputy_id="p2", first=date(2026, 12, 1), last=date(2026, 12, 12))
    unlinked = replace(_standing().person, object_id=None, address=None, name=HOSTILE)
    crowd = {f"p{n}": f"{name} {n}" for n in range(60) for name in NAMES[:10]}
    matches = tuple(Match(id=f"p{n}", name=name, place="Billing A") for n, name in enumerate(NAMES))
    return {
        "people-none": PeopleView(found=Found(typed="zz", matches=(), more=False)),
        "people-many": PeopleView(found=Found(typed="", matches=matches[:15], more=True)),
        "people-hostile": PeopleView(
            found=Found(
                typed=HOSTILE, matches=(Match(id="p1", name=HOSTILE, place=LONG),), more=False
            )
        ),
        "standing": StandingView(standing=_standing()),
        "standing-changed": StandingView(
            standing=_standing(appointed=True, deputy=deputy, newest=4), changed=True
        ),
        "standing-unlinked": StandingView(standing=_standing(person=unlinked, teams={})),
        "standing-wrong": StandingView(
            standing=_standing(
                person=unlinked,
                wrong=("account", "no_account"),
                teams={"t1": "Billing A", "t2": HOSTILE},
            )
        ),
        "standing-refused": StandingView(standing=_standing(), refusal=Refusal.LAST_ADMINISTRATOR),
        "standing-many": StandingView(
            standing=_standing(deputies=crowd, teams={f"t{n}": f"Team {n}" for n in range(300)})
        ),
    }


def setup_views() -> dict[str, View]:
    """Return every card of setting up."""
    waiting = (
        Waiting(change_id="c1", by_name="Sam Okafor", own=False),
        Waiting(change_id="c2", by_name=HOSTILE, own=True),
    )
    versions = tuple(
        VersionLine(
            number=number,
            at=NOW - timedelta(days=12 - number),
            by_name="" if number == 1 else "Owen Davies",
            seconded_by_name="Priya Nair" if number == 9 else None,
            restores=7 if number == 11 else None,
            changed=() if number == 1 else EDITS[: number % 6 + 1],
        )
        for number in range(12, 0, -1)
    )
    previews: dict[str, View] = {
        f"setup-preview-{name}": SetupPreviewView(preview=one) for name, one in _previews().items()
    }
    return {
        "setup-overview": SetupOverviewView(overview=_overview()),
        "setup-overview-to-do": SetupOverviewView(
            overview=_overview(checks=BAD, waiting=waiting, paused=True)
        ),
        "setup-overview-scheduler": SetupOverviewView(
            overview=_overview(administrator=False, subjects=_subjects()[:1], by_name="")
        ),
        "setup-overview-stale": SetupOverviewView(overview=_overview(), refusal=Refusal.STALE),
        **_forms(),
        **previews,
        "setup-preview-refused": SetupPreviewView(
            preview=_previews()["waits"], refusal=Refusal.SECOND_PERSON
        ),
        "setup-applied": SetupAppliedView(applied=Applied(number=13, edits=EDITS)),
        "setup-history": SetupHistoryView(history=History(versions=versions)),
        "setup-history-first": SetupHistoryView(history=History(versions=versions[-1:])),
        **_people(),
    }
