"""The HTTP application: Teams' endpoint, and what operators and probes ask."""

from aiohttp import web
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.bootstrap import Aside
from scheduling.ports.wfm import WfmError

MOST_BYTES = 1024 * 1024


def application(aside: Aside) -> web.Application:
    """Return the application over a running Aside."""
    app = web.Application(client_max_size=MOST_BYTES)

    async def healthz(_request: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def readyz(_request: web.Request) -> web.Response:
        checks = {"database": await _database(aside), "wfm": await _wfm(aside)}
        status = 200 if all(checks.values()) else 503
        return web.json_response({"ready": status == 200, "checks": checks}, status=status)

    async def metrics(_request: web.Request) -> web.Response:
        return web.Response(
            body=aside.metrics.text(), headers={"Content-Type": "text/plain; version=0.0.4"}
        )

    app.router.add_post("/api/messages", aside.edge.handle)
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", metrics)
    return app


async def _database(aside: Aside) -> bool:
    try:
        async with aside.services.store.write() as tx:
            await tx.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True


async def _wfm(aside: Aside) -> bool:
    try:
        return bool(await aside.services.wfm.units())
    except WfmError:
        return False


async def serve(aside: Aside) -> web.AppRunner:
    """Listen where the settings say; close with ``cleanup``."""
    runner = web.AppRunner(application(aside), access_log=None, shutdown_timeout=5)
    await runner.setup()
    await web.TCPSite(runner, aside.settings.host, aside.settings.port).start()
    return runner


def url_of(runner: web.AppRunner) -> str:
    """Return where a runner listens, also where the port was left to the system."""
    host, port = runner.addresses[0][:2]
    return f"http://{host}:{port}"
