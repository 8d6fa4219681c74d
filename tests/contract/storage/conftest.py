"""The storage over a real SQLite file, and over PostgreSQL where there is one."""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from scheduling.domain.asks import Ask
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.requests import SessionState, Target, TargetState
from scheduling.domain.times import DateRange, Interval
from scheduling.storage.bookings import SessionRow
from scheduling.storage.opening import file_of, is_sqlite
from scheduling.storage.requests import NewRequest
from scheduling.storage.store import Store
from scheduling.storage.tables import metadata
from tests.support.databases import with_tables
from tests.support.postgres import ALONE, HAS_POSTGRES

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite", ALONE] if HAS_POSTGRES else ["sqlite"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return each kind of database in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'aside.db'}"
    found: str = request.getfixturevalue("postgres")
    return found


@pytest.fixture
def bare(url: str) -> Iterator[str]:
    """Return the URL of a database without a single table, left as bare for the next test."""
    _empty(url)
    yield url
    _empty(url)


def _empty(url: str) -> None:
    """Drop what is in PostgreSQL's database, which tests share; a file is each test's own."""
    if is_sqlite(url):
        return
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        for schema in ("public", "dbos"):
            connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    engine.dispose()


@pytest.fixture
def serving(bare: str) -> Iterator[Callable[..., str]]:
    """Return a maker of the URL of a role that may use PostgreSQL's tables, and change none."""
    engine = sa.create_engine(bare, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)

    def run(*statements: str) -> None:
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    def role(*schemas: str) -> str:
        run(
            *(
                f"GRANT {rights} IN SCHEMA {schema} TO serving"
                for schema in schemas
                for rights in (
                    "SELECT, INSERT, UPDATE, DELETE ON ALL TABLES",
                    "USAGE ON ALL SEQUENCES",
                )
            ),
            *(f"GRANT USAGE ON SCHEMA {schema} TO serving" for schema in schemas),
        )
        return make_url(bare).set(username="serving").render_as_string(hide_password=False)

    run("CREATE ROLE serving LOGIN")
    yield role
    run("DROP OWNED BY serving", "DROP ROLE serving")


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    """Open a database without a single row."""
    opened = Store(url)
    if is_sqlite(url):
        with_tables(file_of(url))
    else:
        await opened.prepare()
        async with opened.write() as tx:
            for table in reversed(metadata.sorted_tables):
                await tx.execute(table.delete())
    yield opened
    await opened.close()


@pytest.fixture
def now() -> datetime:
    """Return Monday at nine."""
    return NOW


@pytest.fixture
def new_request() -> Callable[..., NewRequest]:
    """Return a maker of requests without a ticket."""

    def make(request_id: str, unit_id: str = "north", requester_id: str = "mia") -> NewRequest:
        return NewRequest(
            id=request_id,
            unit_id=unit_id,
            draft_id=f"draft-{request_id}",
            requester_id=requester_id,
            requester_object_id=f"oid-{requester_id}",
            ask=Ask(
                type_id="one_to_one",
                attendee_ids=("asha",),
                facilitator_id=requester_id,
                dates=DateRange(date(2026, 11, 24), date(2026, 11, 25)),
                minutes=30,
                place=PlaceKind.ROOM,
            ),
            chosen={},
            escalate=False,
            unplaced=(),
            created_at=NOW,
        )

    return make


@pytest.fixture
def planned() -> Callable[..., SessionRow]:
    """Return a maker of half-hour sessions that begin ``after`` minutes past nine."""

    def make(
        session_id: str,
        attendee: str = "asha",
        facilitator: str = "mia",
        *,
        room: str | None = None,
        after: int = 0,
        request_id: str = "r",
        unit_id: str = "north",
    ) -> SessionRow:
        start = NOW + timedelta(minutes=after)
        return SessionRow(
            id=session_id,
            request_id=request_id,
            unit_id=unit_id,
            attendee_id=attendee,
            facilitator_id=facilitator,
            zone="Europe/London",
            interval=Interval(start, start + timedelta(minutes=30)),
            place=PlaceKind.ROOM if room else PlaceKind.ONLINE,
            room_id=room,
            room_name=room,
            room_attempt=0,
            state=SessionState.PLANNED,
            targets=dict.fromkeys(Target, TargetState.PENDING),
            event=None,
            join_url=None,
            written_at=None,
        )

    return make


@pytest.fixture
def count(store: Store) -> Callable[..., object]:
    """Return a counter of the rows of a table."""

    async def rows(table: sa.Table) -> int:
        async with store.read() as tx:
            return int(await tx.scalar(sa.select(sa.func.count()).select_from(table)) or 0)

    return rows
