"""How registers look when they reach somebody unasked."""

from dataclasses import replace

from bot.messenger import Messenger
from dialogs.course_views import SmallGroupView
from dialogs.register_views import AbsentView, LateNoticeView, RegisterCardView, WeekAheadView
from dialogs.views import View
from scheduling.domain.notices import NoticeKind
from scheduling.domain.people import Person
from scheduling.domain.times import DAY, zone_of
from scheduling.ports.clock import Clock
from scheduling.workflows.agenda import Agendas
from scheduling.workflows.desk import FrontDesk
from scheduling.workflows.lateness import Lateness
from scheduling.workflows.registers import RegisterKeeper
from scheduling.workflows.services import Services
from scheduling.workflows.small_groups import SmallGroupDesk


class RegisterDrawer:
    """Draws the card that asks who attended, for whom it is to reach; see ``messenger.Drawer``."""

    def __init__(self, keeper: RegisterKeeper) -> None:
        """Read registers from ``keeper``."""
        self._keeper = keeper

    async def draw(self, person: Person, subject: str) -> View | None:
        """Return the register as it is now; None for who may not see it any more."""
        register = await self._keeper.shown_to(person, subject)
        return RegisterCardView(register=register) if register else None


class AbsentDrawer:
    """Draws what the owner of a session is told of who was not there."""

    def __init__(self, keeper: RegisterKeeper) -> None:
        """Read registers from ``keeper``."""
        self._keeper = keeper

    async def draw(self, person: Person, subject: str) -> View | None:
        """Return who was absent as the register says it now; None for who did not ask for it."""
        register = await self._keeper.shown_to_owner(person, subject)
        return AbsentView(register=register) if register else None


class LateDrawer:
    """Draws that a session begins late, for who attends it."""

    def __init__(self, lateness: Lateness) -> None:
        """Read from ``lateness``."""
        self._lateness = lateness

    async def draw(self, person: Person, subject: str) -> View | None:
        """Return how late it begins; None for who does not attend it any more."""
        late = await self._lateness.shown_to(person, subject)
        return LateNoticeView(late=late) if late else None


class WeekAheadDrawer:
    """Draws the week ahead of who leads sessions."""

    def __init__(self, agendas: Agendas, clock: Clock) -> None:
        """Read weeks from ``agendas``."""
        self._agendas = agendas
        self._clock = clock

    async def draw(self, person: Person, subject: str) -> View | None:
        """Return what the person leads in the week after this one; None where that is nothing."""
        del subject
        next_week = self._clock.now().astimezone(zone_of(person.zone)).date() + 7 * DAY
        agenda = await self._agendas.week_of(person, next_week)
        led = tuple(one for one in agenda.items if one.leads)
        return WeekAheadView(agenda=replace(agenda, items=led)) if led else None


class SmallGroupDrawer:
    """Draws a group that has too few people, for who fills courses."""

    def __init__(self, groups: SmallGroupDesk) -> None:
        """Read groups from ``groups``."""
        self._groups = groups

    async def draw(self, person: Person, subject: str) -> View | None:
        """Return the group as it is now; None for who may not decide on it any more."""
        group = await self._groups.shown_to(person, subject)
        return SmallGroupView(group=group) if group else None


def let_draw_attendance(messenger: Messenger, services: Services, desk: FrontDesk) -> None:
    """Let ``messenger`` draw what people are told of who attends."""
    keeper = RegisterKeeper(services)
    messenger.draw_with(NoticeKind.REGISTER_DUE, RegisterDrawer(keeper))
    messenger.draw_with(NoticeKind.ABSENT, AbsentDrawer(keeper))
    messenger.draw_with(NoticeKind.RUNNING_LATE, LateDrawer(Lateness(services)))
    small = SmallGroupDrawer(SmallGroupDesk(services, desk))
    messenger.draw_with(NoticeKind.SMALL_GROUP, small)
    week = WeekAheadDrawer(Agendas(services), services.clock)
    messenger.draw_with(NoticeKind.WEEK_AHEAD, week)
