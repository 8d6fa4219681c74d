"""Microsoft's Agents Playground: installed, configured and run beside the bot, on this machine only.

It is a Teams client in a browser, for trying out. One person types; the others only stand in
rosters. It asks for no account and sends nothing away.
"""

import asyncio
import json
import os
import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

PACKAGE = "@microsoft/m365agentsplayground"
VERSION = "0.2.28"
OLDEST_NODE = 18
OTHERS = 5
"""How many people besides the one who types; the Playground takes exactly so many."""

INSTALL_SECONDS = 180.0
START_SECONDS = 30.0
STOP_SECONDS = 5.0

CONFIG = "playground.json"
LOG = "playground.log"
OUTPUT = "playground.out"
PRELOAD = "preload.cjs"
PRELOAD_SOURCE = """\
// Left alone, the Playground listens on every network interface, and outlives whoever started it.
const { Server } = require("net");
const { listen } = Server.prototype;
Server.prototype.listen = function (port, ...rest) {
  return listen.call(this, typeof port === "number" ? { port, host: "127.0.0.1" } : port, ...rest);
};
process.stdin.resume().on("end", () => process.exit(0));
"""


class PlaygroundError(Exception):
    """The Playground could not be installed or started; the message says why and what helps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaygroundUser:
    """Somebody in the Playground: ``id`` is the channel account, ``object_id`` the directory's."""

    id: str
    object_id: str
    name: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaygroundTenant:
    """What the Playground pretends to be part of.

    ``current_user`` is the one who types; ``others`` are exactly ``OTHERS`` people. The channel's
    name is its id too, because the Playground tells the bot the id only. ValueError where the
    Playground would refuse it.
    """

    tenant_id: str
    bot_id: str
    current_user: PlaygroundUser
    others: tuple[PlaygroundUser, ...]
    bot_name: str = "Aside"
    chat_id: str = "chat-personal"
    group_id: str = "chat-group"
    group_name: str = "Team leads"
    team_id: str = "team-contact-centre"
    team_object_id: str = "6a1d6f0e-0000-4000-8000-000000000001"
    team_name: str = "Contact centre"
    channel_name: str = "Schedulers"

    def __post_init__(self) -> None:
        if len(self.others) != OTHERS:
            raise ValueError(f"the Playground takes {OTHERS} other people, not {len(self.others)}")
        if len({user.id for user in (self.current_user, *self.others)}) != OTHERS + 1:
            raise ValueError("two people of the Playground have the same id")


def write_config(folder: Path, tenant: PlaygroundTenant) -> Path:
    """Write what ``running`` will start with, over what was there; return its full path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / CONFIG
    path.write_text(json.dumps(_config(tenant), indent=2), encoding="utf-8")
    return path.resolve()


def find_node() -> Path | None:
    """Return a Node.js that is new enough and has npm beside it, or None."""
    found = shutil.which("node")
    if found is None or shutil.which("npm") is None:
        return None
    asked = subprocess.run(  # noqa: S603 - the user's own Node.js
        [found, "--version"], capture_output=True, text=True, timeout=10, check=False
    )
    version = re.match(r"v(\d+)\.", asked.stdout)
    return Path(found) if version and int(version[1]) >= OLDEST_NODE else None


def installed(folder: Path) -> bool:
    """Whether the pinned version lies in ``folder``."""
    try:
        package = json.loads((_package(folder) / "package.json").read_text(encoding="utf-8"))
    except OSError:
        return False
    return bool(package["version"] == VERSION)


async def install(folder: Path, say: Callable[[str], None]) -> None:
    """Put the pinned Playground into ``folder`` unless it is there; ``say`` hears what happens.

    No script of the package runs, and no lock file is written. PlaygroundError when npm fails.
    """
    if installed(folder):
        return
    folder.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 - one call, before anything runs
    say(f"Installing Microsoft's Agents Playground {VERSION} into {folder} (about 15 MB) ...")
    options = ("--no-audit", "--no-fund", "--no-package-lock", "--no-save", "--ignore-scripts")
    npm = await asyncio.create_subprocess_exec(
        shutil.which("npm") or "npm",
        *("install", *options, "--prefix", ".", f"{PACKAGE}@{VERSION}"),
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        output, _ = await asyncio.wait_for(npm.communicate(), INSTALL_SECONDS)
    except TimeoutError:
        await _end(npm)
        raise PlaygroundError(f"npm was not done after {INSTALL_SECONDS:.0f} s") from None
    if npm.returncode != 0 or not installed(folder):
        raise PlaygroundError(f"npm could not install {PACKAGE}: {_tail(output.decode())}")


@asynccontextmanager
async def running(
    folder: Path, config: Path, *, bot_url: str, port: int = 56150
) -> AsyncIterator[str]:
    """Run the Playground installed in ``folder`` against ``bot_url`` (``.../api/messages``).

    ``config`` is what ``write_config`` returned; the log lies beside it. Yields its own address;
    where ``port`` is taken (or 0) another one is used. It ends with the block, and with this
    process however that ends. PlaygroundError when it does not start.
    """
    process = await _start(_package(folder) / "cli.js", config, bot_url, port)
    try:
        yield await _address_in_time(process, config.parent)
    finally:
        await _end(process)


async def _start(
    program: Path, config: Path, bot_url: str, port: int
) -> asyncio.subprocess.Process:
    folder = config.parent
    (folder / PRELOAD).write_text(PRELOAD_SOURCE, encoding="utf-8")
    (folder / LOG).unlink(missing_ok=True)
    with (folder / OUTPUT).open("wb") as output:
        return await asyncio.create_subprocess_exec(
            str(find_node() or "node"),
            *("--require", str(folder / PRELOAD), str(program), "start"),
            *("--app-endpoint", bot_url, "--channel-id", "msteams", "--port", str(port)),
            "--disable-telemetry",
            env=_environment(config),
            stdin=asyncio.subprocess.PIPE,
            stdout=output,
            stderr=output,
        )


def _config(tenant: PlaygroundTenant) -> Mapping[str, object]:
    """Return the Playground's own file: YAML, of which JSON is a part."""
    return {
        "version": "0.1.1",
        "tenantId": tenant.tenant_id,
        "bot": {"id": tenant.bot_id, "name": tenant.bot_name},
        "currentUser": _user(tenant.current_user),
        "users": [_user(user) for user in tenant.others],
        "personalChat": {"id": tenant.chat_id},
        "groupChat": {"id": tenant.group_id, "name": tenant.group_name},
        "team": {
            "id": tenant.team_id,
            "name": tenant.team_name,
            "aadGroupId": tenant.team_object_id,
            "channels": [{"id": tenant.channel_name, "name": tenant.channel_name}],
        },
    }


def _user(user: PlaygroundUser) -> Mapping[str, str]:
    given, _, surname = user.name.partition(" ")
    return {
        "id": user.id,
        "name": user.name,
        "userPrincipleName": user.address,  # the Playground's own spelling
        "aadObjectId": user.object_id,
        "givenName": given,
        "surname": surname,
        "email": user.address,
    }


def _package(folder: Path) -> Path:
    return (folder / "node_modules" / PACKAGE).resolve()


def _environment(config: Path) -> Mapping[str, str]:
    return {
        **os.environ,
        "TEAMSAPPTESTER_BROWSER": "none",
        "M365_AGENTS_PLAYGROUND_CONFIG_PATH": str(config),
        "M365_AGENTS_PLAYGROUND_LOGFILE": str(config.with_name(LOG)),
        "NO_PROXY": "127.0.0.1,localhost",
    }


async def _address_in_time(process: asyncio.subprocess.Process, folder: Path) -> str:
    try:
        return await asyncio.wait_for(_address(process, folder), START_SECONDS)
    except TimeoutError:
        raise PlaygroundError(f"the Playground did not start: {_reason(folder)}") from None


async def _address(process: asyncio.subprocess.Process, folder: Path) -> str:
    """Return the address once it answers: it says that it listens before it has read its file."""
    async with aiohttp.ClientSession() as session:
        while process.returncode is None:
            said = re.search(r"Listening on (\d+)", _read(folder / OUTPUT))
            if said and await _answers(session, url := f"http://127.0.0.1:{said[1]}"):
                return url
            await asyncio.sleep(0.05)
    raise PlaygroundError(f"the Playground ended at once: {_reason(folder)}")


async def _answers(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as answer:
            return answer.ok
    except aiohttp.ClientError:
        return False


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()


def _reason(folder: Path) -> str:
    """Return why it failed: its log has errors of its own, its output those of Node.js."""
    errors = re.findall(r"^error (Reason: .*)", _read(folder / LOG), re.MULTILINE)
    return " ".join(errors) or _tail(_read(folder / OUTPUT))


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


def _tail(text: str, lines: int = 5) -> str:
    said = [line.strip() for line in text.splitlines() if line.strip()]
    return " / ".join(said[-lines:]) or "it said nothing"
