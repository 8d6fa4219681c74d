"""A template's form: from a template to inputs, and from untrusted inputs to a template."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as by_default
from datetime import date, datetime, timedelta

from dialogs import verbs
from dialogs.grammar.sentence import USUAL_MINUTES
from dialogs.orders import Order
from dialogs.taps import day_of, several, whole_number
from dialogs.verbs import TEAM_PREFIX
from dialogs.windows import read_window, write_window
from scheduling.domain.meetings import LEAST_MINUTES, MOST_MINUTES, PlaceKind
from scheduling.domain.refusals import Refusal
from scheduling.domain.templates import (
    EVERY_DAY,
    MOST_EVERY,
    Audience,
    Frequency,
    Recurrence,
    Template,
)
from scheduling.domain.times import DAY, DateRange, WallWindow
from scheduling.workflows.runs_port import Offers

OWN_MANAGER = "-"
"""What the choice of a facilitator says for each agent's own manager."""
ANY = "any"
"""What the choice of which weekday of a month says for any of them."""
YES, NO = "yes", "no"
LONGEST_NAME = 80
MOST_DAYS_BETWEEN = 400
_DAYS = {Frequency.DAILY: 1, Frequency.WEEKLY: 7, Frequency.MONTHLY: 31}
"""Days of a period at most."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """Inputs that cannot be used, or why the template as a whole cannot."""

    inputs: frozenset[str]
    refusal: Refusal | None = None
    facts: Mapping[str, object] = by_default(default_factory=dict)


def shown_inputs(template: Template | None, offers: Offers) -> dict[str, str]:
    """Return every input of the form as it is first shown."""
    if template is None:
        return {
            verbs.NAME: "",
            verbs.TYPE: offers.types[0][0] if offers.types else "",
            verbs.TEAMS: ",".join(team for team, _ in offers.teams[:1]),
            verbs.ATTENDEES: "",
            verbs.FACILITATOR: OWN_MANAGER,
            verbs.FREQUENCY: Frequency.MONTHLY.value,
            verbs.EVERY: "1",
            verbs.WEEKDAYS: "0,1,2,3,4",
            verbs.NTH: ANY,
            verbs.FIRST: offers.today.isoformat(),
            verbs.LAST: "",
            verbs.WINDOW: verbs.ANY_TIME,
            verbs.MINUTES: "",
            verbs.PLACE: PlaceKind.ONLINE.value,
            verbs.LEAST_DAYS: "14",
            verbs.MOST_DAYS: "",
            verbs.BLACKOUT: "",
            verbs.BY_ITSELF: YES,
        }
    rule = template.recurrence
    return {
        verbs.NAME: template.name,
        verbs.TYPE: template.type_id,
        verbs.TEAMS: ",".join(sorted(template.audience.team_ids)),
        verbs.ATTENDEES: ",".join(sorted(template.audience.agent_ids)),
        verbs.FACILITATOR: template.facilitator_id or OWN_MANAGER,
        verbs.FREQUENCY: rule.frequency.value,
        verbs.EVERY: str(rule.every),
        verbs.WEEKDAYS: ",".join(str(day) for day in sorted(rule.weekdays)),
        verbs.NTH: ANY if rule.nth is None else str(rule.nth),
        verbs.FIRST: template.start.isoformat(),
        verbs.LAST: template.end.isoformat() if template.end else "",
        verbs.WINDOW: write_window(template.window),
        verbs.MINUTES: str(template.minutes or ""),
        verbs.PLACE: template.place.value,
        verbs.LEAST_DAYS: str(template.least_days),
        verbs.MOST_DAYS: str(template.most_days or ""),
        verbs.BLACKOUT: ", ".join(day.isoformat() for day in sorted(template.blackout)),
        verbs.BY_ITSELF: YES if template.by_itself else NO,
    }


def inputs_said(order: Order, offers: Offers) -> dict[str, str]:
    """Return every input of the form for a new template as a sentence fills it.

    What was not said is as on an empty form. Dates that cover more than one period end it, others
    only say when it begins; half a period at least lies between two meetings.
    """
    wish, often = order.wish, order.recurrence
    typed = shown_inputs(None, offers)
    if wish.type_id:
        name = dict(offers.types).get(wish.type_id, "")
        typed |= {verbs.NAME: name, verbs.TYPE: wish.type_id if name else ""}
    if wish.attendee_ids or any(each.field == verbs.ATTENDEES for each in order.problems):
        teams, people = _teams_and_people(wish.attendee_ids, offers)
        typed |= {verbs.TEAMS: ",".join(teams), verbs.ATTENDEES: ",".join(people)}
    if wish.facilitator_id in dict(offers.facilitators):
        typed[verbs.FACILITATOR] = wish.facilitator_id or OWN_MANAGER
    if wish.place:
        typed[verbs.PLACE] = wish.place.value
    if wish.window:
        typed[verbs.WINDOW] = write_window(wish.window)
    if wish.minutes or wish.window:
        typed[verbs.MINUTES] = str(wish.minutes or _exact(wish.window) or "")
    return typed | _rule_said(order, often, offers.today) if often else typed


def _exact(window: WallWindow | None) -> int | None:
    """Return the usual length where a window is the room for just that: the start of one."""
    if window is None:
        return None
    length = timedelta(minutes=USUAL_MINUTES)
    day = datetime.combine(date.min, window.start)
    return USUAL_MINUTES if (day + length).time() == window.end else None


def _rule_said(order: Order, often: Recurrence, today: date) -> dict[str, str]:
    dates = order.wish.dates
    days, weekdays = _DAYS[often.frequency] * often.every, often.weekdays
    typed = {
        verbs.FREQUENCY: often.frequency.value,
        verbs.EVERY: str(often.every),
        verbs.NTH: ANY if often.nth is None else str(often.nth),
        verbs.LEAST_DAYS: str(min(days // 2, MOST_DAYS_BETWEEN)),
    }
    if dates is not None:
        typed[verbs.FIRST] = max(dates.start, today).isoformat()
        span = (dates.end - dates.start).days
        if span > days and not order.open_ended:
            typed[verbs.LAST] = dates.last.isoformat()
        if span == 1 and weekdays == EVERY_DAY and often.frequency is Frequency.WEEKLY:
            weekdays = frozenset({dates.start.weekday()})  # "weekly on Monday"
    if weekdays != EVERY_DAY:
        typed[verbs.WEEKDAYS] = ",".join(map(str, sorted(weekdays)))
    return typed


def _teams_and_people(ids: Collection[str], offers: Offers) -> tuple[list[str], list[str]]:
    """Return the offered teams all of whose agents are meant, and whoever else is."""
    of_team = {
        team: {i for i, _, team_id in offers.people if team_id == team} for team, _ in offers.teams
    }
    whole = [team for team, members in of_team.items() if members and members <= set(ids)]
    covered = {i for team in whole for i in of_team[team]}
    return whole, [i for i in ids if i not in covered]


def template_from(
    typed: Mapping[str, str], before: Template | None, version: int
) -> Template | Wrong:
    """Return the template that ``typed`` describes, over ``before``; or which inputs are wrong.

    What the form does not show stays as it was. Nothing in it is authorised.
    """
    reader = Reader(typed)
    name = typed.get(verbs.NAME, "").strip()[:LONGEST_NAME]
    if not name:
        reader.wrong.add(verbs.NAME)
    start = reader.day(verbs.FIRST)
    minutes = reader.number(verbs.MINUTES, LEAST_MINUTES, MOST_MINUTES)
    least = reader.number(verbs.LEAST_DAYS, 0, MOST_DAYS_BETWEEN) or 0
    most = reader.number(verbs.MOST_DAYS, 1, MOST_DAYS_BETWEEN)
    end = reader.day(verbs.LAST)
    window = reader.window()
    recurrence, audience = reader.recurrence(), reader.audience(before)
    blackout, place = reader.blackout(), reader.place()
    if start is None:
        reader.wrong.add(verbs.FIRST)
    if reader.wrong or start is None or recurrence is None or audience is None:
        return Wrong(frozenset(reader.wrong))
    leader = typed.get(verbs.FACILITATOR, OWN_MANAGER)
    try:
        made = Template(
            id=before.id if before else "",
            version=version,
            name=name,
            unit_id="",
            owner_id="",
            type_id=typed.get(verbs.TYPE, ""),
            audience=audience,
            recurrence=recurrence,
            start=start,
            end=end,
            facilitator_id=None if leader == OWN_MANAGER else leader,
            place=place,
            window=window,
            minutes=minutes,
            least_days=least,
            most_days=most,
            blackout=blackout,
            by_itself=typed.get(verbs.BY_ITSELF) == YES,
        )
    except ValueError:  # the only parts that can contradict each other here
        return Wrong(frozenset({verbs.LAST} if end and end < start else {verbs.MOST_DAYS}))
    return replace(made, tier=before.tier, holidays=before.holidays) if before else made


class Reader:
    """Reads inputs one by one, and remembers which of them cannot be used."""

    def __init__(self, typed: Mapping[str, str]) -> None:
        """Read ``typed``; nothing is wrong yet."""
        self.typed = typed
        self.wrong: set[str] = set()

    def number(self, name: str, least: int, most: int) -> int | None:
        """Return a whole number, None where nothing was typed or it cannot be used."""
        text = self.typed.get(name, "").strip()
        if not text:
            return None
        number = whole_number(text)
        if number is None or not least <= number <= most:
            self.wrong.add(name)
            return None
        return number

    def day(self, name: str) -> date | None:
        """Return a date, None where nothing was typed or it cannot be used."""
        text = self.typed.get(name, "").strip()
        if not text:
            return None
        found = day_of(text)
        if found is None:
            self.wrong.add(name)
        return found

    def recurrence(self) -> Recurrence | None:
        """Return how often, None where that cannot be used."""
        try:
            frequency = Frequency(self.typed.get(verbs.FREQUENCY, ""))
        except ValueError:
            self.wrong.add(verbs.FREQUENCY)
            return None
        every = self.number(verbs.EVERY, 1, MOST_EVERY)
        chosen = {each.strip() for each in self.typed.get(verbs.WEEKDAYS, "").split(",")}
        weekdays = frozenset(day for day in EVERY_DAY if str(day) in chosen)
        nth = self.typed.get(verbs.NTH, "")
        counted = whole_number(nth.removeprefix("-")) is not None
        if not weekdays:
            self.wrong.add(verbs.WEEKDAYS)
        if self.wrong & {verbs.EVERY, verbs.WEEKDAYS}:
            return None
        try:
            return Recurrence(
                frequency=frequency,
                every=every or 1,
                weekdays=weekdays,
                nth=int(nth) if counted else None,
            )
        except ValueError:
            self.wrong.add(verbs.NTH)
            return None

    def audience(self, before: Template | None) -> Audience | None:
        """Return who meets: the teams and people chosen, and the sites a template had before.

        A team that was found by typing among the people is a team.
        """
        chosen = self._several(verbs.ATTENDEES)
        found = {each.removeprefix(TEAM_PREFIX) for each in chosen if each.startswith(TEAM_PREFIX)}
        teams = self._several(verbs.TEAMS) | found
        people = frozenset(each for each in chosen if not each.startswith(TEAM_PREFIX))
        asked = before.audience if before else None
        if not (teams or people or (asked and asked.site_ids)):
            self.wrong.add(verbs.TEAMS)
            return None
        if asked:
            return replace(asked, team_ids=teams, agent_ids=people)
        return Audience(team_ids=teams, agent_ids=people)

    def _several(self, name: str) -> frozenset[str]:
        return frozenset(several(self.typed.get(name)))

    def blackout(self) -> frozenset[date]:
        """Return the dates without meetings."""
        words = self.typed.get(verbs.BLACKOUT, "").replace(",", " ").replace(";", " ").split()
        days = [day_of(word) for word in words]
        if None in days:
            self.wrong.add(verbs.BLACKOUT)
        return frozenset(day for day in days if day is not None)

    def window(self) -> WallWindow | None:
        """Return the times of day, None for any."""
        try:
            return read_window(self.typed.get(verbs.WINDOW, verbs.ANY_TIME).strip())
        except ValueError:
            self.wrong.add(verbs.WINDOW)
            return None

    def place(self) -> PlaceKind:
        """Return where, online unless another place is known."""
        text = self.typed.get(verbs.PLACE, "")
        return PlaceKind(text) if text in set(PlaceKind) else PlaceKind.ONLINE


def dates_of(typed: Mapping[str, str]) -> DateRange | None:
    """Return the dates from ``FIRST`` to ``LAST``, None where they cannot be used."""
    first, last = day_of(typed.get(verbs.FIRST)), day_of(typed.get(verbs.LAST))
    return DateRange(first, last + DAY) if first and last and first <= last else None
