"""Serving a stand-in tenant over HTTP on this machine."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from aiohttp import web

from graph.sandbox import apps, authority, directory, events, schedules, subscriptions
from graph.sandbox.plumbing import CONTROL, MIDDLEWARES, TENANT, TRAFFIC, Entry, Fault, Traffic
from graph.sandbox.tenant import Sandbox
from graph.settings import GraphSettings


def application(sandbox: Sandbox, traffic: Traffic) -> web.Application:
    """Return the Graph, authority and control endpoints over ``sandbox``."""
    app = web.Application(middlewares=MIDDLEWARES)
    app[TENANT], app[TRAFFIC] = sandbox, traffic
    app.add_routes([*CONTROL, *directory.ROUTES, *schedules.ROUTES, *events.ROUTES])
    app.add_routes([*authority.ROUTES, *apps.ROUTES, *subscriptions.ROUTES])
    return app


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A served sandbox. ``url`` has no trailing slash; close it with ``stop``."""

    sandbox: Sandbox
    url: str
    runner: web.AppRunner = field(repr=False)
    traffic: Traffic = field(repr=False)

    @property
    def journal(self) -> list[Entry]:
        """Every Graph request so far, oldest first."""
        return self.traffic.journal

    def fail(self, fault: Fault) -> None:
        """Order something to go wrong."""
        self.traffic.faults.append(fault)

    def settings(self, reader_mailbox: str) -> GraphSettings:
        """Return the settings of a client for this tenant."""
        own = self.sandbox.settings
        return GraphSettings(
            tenant_id=own.tenant_id,
            client_id=own.client_id,
            secret=own.client_secret,
            reader_mailbox=reader_mailbox,
            base_url=f"{self.url}/v1.0",
            host=urlsplit(self.url).hostname or "",
            authority=self.url,
        )

    async def stop(self) -> None:
        """Stop serving."""
        await self.runner.cleanup()


async def start(sandbox: Sandbox, host: str = "127.0.0.1", port: int = 0) -> Running:
    """Serve ``sandbox``; port 0 takes a free one."""
    traffic = Traffic()
    runner = web.AppRunner(application(sandbox, traffic), shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    taken = runner.addresses[0][1]
    return Running(sandbox=sandbox, url=f"http://{host}:{taken}", runner=runner, traffic=traffic)
