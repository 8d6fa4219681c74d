"""The control door of a worker: what the driver may ask for over HTTP on loopback."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import Any

from aiohttp import web

from benchmarks.chaos import centre as small
from benchmarks.chaos.accounts import actor, chat_of
from benchmarks.chaos.planner import Planner
from scheduling.domain.changes import ChangeKind
from scheduling.domain.people import Actor
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.requests import Draft, DraftState
from scheduling.storage import cards
from scheduling.storage.cards import CardPlace
from scheduling.workflows.changes import ChangeDesk
from scheduling.workflows.desk import FrontDesk
from scheduling.workflows.services import Services

Answer = dict[str, Any]


class Door:
    """Drafts, tickets, decisions and runs, through the product's own desk."""

    def __init__(
        self,
        desk: FrontDesk,
        changes: ChangeDesk,
        planner: Planner,
        services: Services,
        lag: Callable[[], list[float]],
        units: Sequence[str],
        first: date,
    ) -> None:
        """Ask for sessions in ``units`` on the workdays from ``first``."""
        self._desk = desk
        self._changes = changes
        self._planner = planner
        self._services = services
        self._lag = lag
        self._units = units
        self._first = first

    def application(self) -> web.Application:
        """Return the door over HTTP."""
        app = web.Application()
        for name, answer in (
            ("draft", self.draft),
            ("submit", self.submit),
            ("decide", self.decide),
            ("change", self.change),
            ("keep", self._planner.keep),
            ("begin", self._planner.begin),
            ("confirm", self._planner.confirm),
            ("lag", self.lag),
        ):
            app.router.add_post(f"/{name}", _route(answer))
        return app

    async def draft(self, told: Answer) -> Answer:
        """Open a draft for request ``number``; an interactive one is proposed at once."""
        number = told["number"]
        person = small.requester_of(number, self._units)
        me, chat = actor(person), chat_of(person)
        draft = await self._desk.open_draft(me, chat, {})
        async with self._services.store.write() as tx:
            place = CardPlace(
                subject=f"draft:{draft.id}", conversation_id=chat, activity_id=f"card-{draft.id}"
            )
            await cards.put(tx, place)
        if small.is_interactive(number, self._units):
            draft = await self._desk.save_draft(me, draft, DraftState.PROPOSED, {})
            await self._desk.propose(me, draft, small.ask(number, self._units, self._first))
        return {"draft": draft.id}

    async def submit(self, told: Answer) -> Answer:
        """Take a ticket for a draft, once: asked again it names the same request."""
        number = told["number"]
        person = small.requester_of(number, self._units)
        me = actor(person)
        draft = await self._desk.draft(me, chat_of(person), told["draft"])
        if draft.state is DraftState.SUBMITTED and draft.request_id:
            return {"request": draft.request_id}
        return {"request": await self._ticket(me, draft, number)}

    async def _ticket(self, me: Actor, draft: Draft, number: int) -> str:
        """Book; who is told first that another has asked for the same books another one."""
        ask = small.ask(number, self._units, self._first)
        if not small.is_interactive(number, self._units):
            try:
                return (await self._desk.submit_automatic(me, draft, ask)).id
            except Refused as refused:
                if refused.refusal is not Refusal.ALREADY_ASKED:
                    raise
            draft = await self._desk.save_draft(me, draft, DraftState.PROPOSED, {})
            await self._desk.propose(me, draft, ask)
        return (await self._desk.submit(me, draft, {}, escalate=True)).id

    async def decide(self, told: Answer) -> Answer:
        """Tap once on a work item as ``who``; whether that decided it."""
        me, item, version = actor(told["who"]), told["item"], told["version"]
        match told["verb"]:
            case "approve":
                decided = await self._desk.approve(me, item, version, 0)
            case "confirm":
                decided = await self._desk.confirm_force(me, item, version)
            case "force":
                decided = await self._desk.force(me, item, version, "It was not their fault.")
            case _:
                decided = await self._desk.send_back(me, item, version, "Please ask again.")
        return {"decided": decided.state.value}

    async def change(self, told: Answer) -> Answer:
        """Move a booked session as ``who``, cancel it, or say that they cannot come."""
        me, session = actor(told["who"]), told["session"]
        match ChangeKind(told["kind"]):
            case ChangeKind.MOVE:
                proposed = await self._changes.propose_move(me, session, None, None)
                if proposed.proposal is None or not proposed.proposal.sessions:
                    return {}
                view = await self._changes.move(me, proposed.id, proposed.version, 0)
            case ChangeKind.CANCEL:
                view = await self._changes.cancel(me, session)
            case _:
                view = await self._changes.cannot(me, session)
        return {"change": view.id}

    async def lag(self, _told: Answer) -> Answer:
        """Give away the samples of the event loop's lag, in seconds."""
        return {"late": self._lag()}


def _route(
    answer: Callable[[Answer], Awaitable[Answer]],
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        try:
            return web.json_response(await answer(await request.json()))
        except Refused as refused:
            away = refused.refusal in (Refusal.WFM_AWAY, Refusal.CALENDAR_AWAY, Refusal.SOLVER_AWAY)
            return web.json_response(
                {"refused": refused.refusal.value}, status=503 if away else 409
            )

    return handle
