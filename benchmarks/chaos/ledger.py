"""The ledger: WFM, calendar and Teams in one process that is never killed.

    python -m benchmarks.chaos.ledger LOG SEED

It prints its port, appends a JSON line to LOG for every call that could have an effect, and ends
when its input closes.
"""

import asyncio
import itertools
import json
import re
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TextIO

from aiohttp import web

from benchmarks.chaos.books import Book, Entry, as_json
from benchmarks.chaos.faults import READS, WRITES, Dice, Fault, Odds

Effect = Callable[[], tuple[Entry, bool]]
RETRY_AFTER = "1"
ITEM = re.compile(r'"w": "([^"]+)"')
"""The work item that a card's buttons carry."""


class Ledger:
    """The remotes, what goes wrong in them, and the record of it all."""

    def __init__(self, log: TextIO, dice: Dice) -> None:
        """Append to ``log``."""
        self._log = log
        self._dice = dice
        self._books = {"wfm": Book("x"), "calendar": Book("e")}
        self._posts = itertools.count(1)
        self._lines = itertools.count(1)

    def application(self) -> web.Application:
        """Return the remotes over HTTP."""
        app = web.Application(client_max_size=4 * 2**20)
        app.router.add_post("/{book}/create", self.create)
        app.router.add_post("/{book}/remove", self.remove)
        app.router.add_post("/{book}/invite", self.invite)
        app.router.add_post("/{book}/move", self.move)
        app.router.add_post("/{book}/withdraw", self.withdraw)
        app.router.add_post("/{book}/find", self.find)
        app.router.add_post("/{book}/of", self.of)
        app.router.add_post("/{book}/get", self.get)
        place = "/teams/v3/conversations/{conversation}"
        app.router.add_post(place + "/activities", self.post)
        app.router.add_put(place + "/activities/{activity}", self.edit)
        app.router.add_get(place + "/pagedmembers", self.members)
        return app

    async def create(self, request: web.Request) -> web.StreamResponse:
        """Make an entry: ``keyed`` and ``entry`` (see Entry)."""
        told = await request.json()
        book = self._book(request)
        key = told["entry"]["key"]
        if request.match_info["book"] == "calendar" and self._dice.is_doomed(_request(key)):
            self._note(request, "refused", key=key)
            return web.json_response({"error": "the room is out of order for good"}, status=422)
        return await self._write(
            request, told["keyed"], lambda: book.create(told["entry"], keyed=told["keyed"])
        )

    async def remove(self, request: web.Request) -> web.StreamResponse:
        """End the entry ``id``; ending it again is no more than once."""
        told = await request.json()
        return await self._write(
            request, told["keyed"], lambda: self._book(request).remove(told["id"])
        )

    async def invite(self, request: web.Request) -> web.StreamResponse:
        """Add ``address`` to the event ``id``."""
        told = await request.json()
        keyed, address = told["keyed"], told["address"]
        return await self._write(
            request,
            keyed,
            lambda: self._book(request).invite(told["id"], address, keyed=keyed),
            address=address,
        )

    async def move(self, request: web.Request) -> web.StreamResponse:
        """Put the event ``id`` elsewhere."""
        told = await request.json()
        elsewhere = told["elsewhere"]
        return await self._write(
            request, told["keyed"], lambda: self._book(request).move(told["id"], elsewhere)
        )

    async def withdraw(self, request: web.Request) -> web.StreamResponse:
        """Take ``address`` off the event ``id``."""
        told = await request.json()
        address = told["address"]
        return await self._write(
            request,
            told["keyed"],
            lambda: self._book(request).withdraw(told["id"], address),
            address=address,
        )

    async def _write(
        self, request: web.Request, keyed: bool, effect: Effect, **more: object
    ) -> web.StreamResponse:
        fault = await self._begin(WRITES)
        if not fault.applies:
            return _refusal(fault)
        try:
            entry, new = effect()
        except KeyError:
            return web.json_response({"error": "no such entry"}, status=404)
        repeated = not new and entry.acknowledged
        line = self._note(
            request,
            request.path.rpartition("/")[2],
            key=entry.key,
            entry=entry.id,
            keyed=keyed,
            effect=new,
            repeated=repeated,
            start=entry.start,
            fault=fault.name,
            **more,
        )
        return await self._answer(request, fault, line, entry)

    async def _answer(
        self, request: web.Request, fault: Fault, line: int, entry: Entry
    ) -> web.StreamResponse:
        """Answer after the effect, unless the answer is lost on the way."""
        await asyncio.sleep(self._dice.pause())
        if fault is Fault.DROPPED and request.transport is not None:
            request.transport.abort()
        if fault is not Fault.NONE:
            return web.Response(status=500)
        if request.transport is not None and not request.transport.is_closing():
            entry.acknowledged = True
            self._note(request, "acknowledged", of=line, key=entry.key)
        return web.json_response(as_json(entry))

    async def find(self, request: web.Request) -> web.StreamResponse:
        """Return everything made under ``key``."""
        told = await request.json()
        return await self._read(lambda: self._book(request).find(told["key"]))

    async def of(self, request: web.Request) -> web.StreamResponse:
        """Return the live entries of ``names``."""
        told = await request.json()
        return await self._read(lambda: self._book(request).of(told["names"]))

    async def get(self, request: web.Request) -> web.StreamResponse:
        """Return the entry ``id`` as a list, empty where there is none."""
        told = await request.json()
        found = self._book(request).get(told["id"])
        return await self._read(lambda: [found] if found else [])

    async def _read(self, look: Callable[[], list[Entry]]) -> web.StreamResponse:
        fault = await self._begin(READS)
        if not fault.applies:
            return _refusal(fault)
        return web.json_response([as_json(entry) for entry in look()])

    async def post(self, request: web.Request) -> web.StreamResponse:
        """Take a post in Teams; nobody can read it again, and nothing knows it again."""
        return await self._say(request, "post", f"activity-{next(self._posts)}")

    async def edit(self, request: web.Request) -> web.StreamResponse:
        """Take another text for a post; as often as anybody likes."""
        return await self._say(request, "edit", request.match_info["activity"])

    async def _say(self, request: web.Request, verb: str, activity: str) -> web.StreamResponse:
        text = await request.text()
        fault = await self._begin(WRITES)
        if not fault.applies:
            return _refusal(fault)
        item = ITEM.search(text)
        self._note(
            request,
            verb,
            conversation=request.match_info["conversation"],
            activity=activity,
            item=item.group(1) if item else None,
            fault=fault.name,
        )
        await asyncio.sleep(self._dice.pause())
        if fault is Fault.DROPPED and request.transport is not None:
            request.transport.abort()
        if fault is not Fault.NONE:
            return web.Response(status=500)
        return web.json_response({"id": activity})

    async def members(self, request: web.Request) -> web.StreamResponse:
        """Return nobody: cards are not refreshed for their readers here."""
        del request
        return web.json_response({"members": []})

    async def _begin(self, odds: Odds) -> Fault:
        await asyncio.sleep(self._dice.pause())
        return self._dice.draw(odds)

    def _book(self, request: web.Request) -> Book:
        return self._books[request.match_info["book"]]

    def _note(self, request: web.Request, verb: str, **facts: object) -> int:
        number = next(self._lines)
        where = request.path.split("/")[1]
        line: dict[str, Any] = {"n": number, "at": time.time(), "remote": where, "verb": verb}  # noqa: TID251 - the harness's own clock
        self._log.write(json.dumps(line | facts) + "\n")
        self._log.flush()
        return number


def _request(key: str) -> str:
    """Return the request that a key is of."""
    return key.partition(":")[0]


def _refusal(fault: Fault) -> web.Response:
    if fault is Fault.THROTTLED:
        return web.Response(status=429, headers={"Retry-After": RETRY_AFTER})
    return web.Response(status=503)


async def until_input_ends() -> None:
    """Wait until whoever started this process closes our input, or has ended."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    await reader.read()


async def listening(app: web.Application, then: Callable[[int], Awaitable[None]]) -> None:
    """Serve on a free port of loopback while ``then`` (told the port) runs."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        await then(runner.addresses[0][1])
    finally:
        await runner.cleanup()


async def serve(log: Path, seed: int) -> None:
    """Serve until the input closes."""

    async def tell(port: int) -> None:
        print(json.dumps({"port": port}), flush=True)
        await until_input_ends()

    with log.open("a", encoding="utf-8") as file:
        await listening(Ledger(file, Dice(seed)).application(), tell)


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
