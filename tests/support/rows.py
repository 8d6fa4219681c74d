"""Rows for every table, made from the columns alone, so that no test lists the tables again."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from scheduling.storage.tables import Instant

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

Rows = Mapping[str, Sequence[Mapping[str, object]]]


def tables_of(connection: sa.Connection) -> sa.MetaData:
    """Return the tables that are there now, ours only."""
    found = sa.MetaData()
    found.reflect(connection, only=lambda name, _: name != "alembic_version")
    return found


def fill(connection: sa.Connection, tables: sa.MetaData, count: int = 2) -> None:
    """Put ``count`` rows into each table; a reference names the row of the same number."""
    for table in tables.sorted_tables:
        rows = [{c.name: _value(c, n) for c in table.columns} for n in range(1, count + 1)]
        connection.execute(table.insert(), rows)


def everything(connection: sa.Connection, tables: sa.MetaData) -> Rows:
    """Return each row of each table, in the order of what can be ordered (JSON cannot)."""
    return {
        table.name: [
            dict(row._mapping)
            for row in connection.execute(table.select().order_by(*_ordered(table))).all()
        ]
        for table in tables.sorted_tables
    }


def _ordered(table: sa.Table) -> list[sa.Column[object]]:
    return [column for column in table.columns if not isinstance(column.type, sa.JSON)]


def _value(column: sa.Column[object], number: int) -> object:
    kind = column.type
    if isinstance(kind, sa.Boolean):
        return number % 2 == 0
    if isinstance(kind, sa.Integer):
        return number
    if isinstance(kind, sa.JSON):
        return {"number": number, "words": ["é", None]}
    if isinstance(kind, sa.Date):
        return (NOON + timedelta(days=number)).date()
    if isinstance(kind, Instant | sa.DateTime):
        at = NOON + timedelta(minutes=number)
        return at if isinstance(kind, Instant) or kind.timezone else at.replace(tzinfo=None)
    return f"row-{number}"
