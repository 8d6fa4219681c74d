"""The HTTP application: Teams' endpoint, and what operators and probes ask.

It imports nothing of the product, so that a process answers ``/healthz`` while the rest loads.
"""

from collections.abc import Mapping
from typing import Protocol

from aiohttp import web

MOST_BYTES = 1024 * 1024


class Behind(Protocol):
    """What the door leads to once it has started."""

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one POST from the Bot Framework."""
        ...

    async def checks(self) -> Mapping[str, bool]:
        """Return what must work for a turn to be answered, and whether it does."""
        ...

    def figures(self) -> bytes:
        """Return the metrics in Prometheus' text format."""
        ...


class Door:
    """Listens; alive from the first moment, ready once it leads somewhere that works."""

    def __init__(self) -> None:
        """Lead nowhere yet: Teams is answered 503 and tries again."""
        self._behind: Behind | None = None
        app = web.Application(client_max_size=MOST_BYTES)
        app.router.add_post("/api/messages", self._messages)
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/readyz", self._readyz)
        app.router.add_get("/metrics", self._metrics)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=5)

    async def open(self, host: str, port: int) -> None:
        """Listen; port 0 takes a free one."""
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()

    def lead_to(self, behind: Behind) -> None:
        """Let everything that comes go to ``behind`` from now on."""
        self._behind = behind

    @property
    def url(self) -> str:
        """Where it listens, also where the port was left to the system."""
        host, port = self._runner.addresses[0][:2]
        return f"http://{host}:{port}"

    async def close(self) -> None:
        """Answer what came, and stop listening."""
        await self._runner.cleanup()

    async def _messages(self, request: web.Request) -> web.Response:
        if self._behind is None:
            return web.Response(status=503, headers={"Retry-After": "5"})
        return await self._behind.handle(request)

    async def _healthz(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def _readyz(self, _request: web.Request) -> web.Response:
        checks = await self._behind.checks() if self._behind else {"started": False}
        ready = all(checks.values())
        answer = {"ready": ready, "checks": dict(checks)}
        return web.json_response(answer, status=200 if ready else 503)

    async def _metrics(self, _request: web.Request) -> web.Response:
        body = self._behind.figures() if self._behind else b""
        return web.Response(body=body, headers={"Content-Type": "text/plain; version=0.0.4"})


async def serve(behind: Behind, host: str, port: int) -> Door:
    """Return an open door that leads to ``behind``."""
    door = Door()
    door.lead_to(behind)
    await door.open(host, port)
    return door
