"""Statements compiled once per process: by themselves, each test's engines would compile all anew."""

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql.compiler import Compiled
from sqlalchemy.util import LRUCache

_COMPILED: LRUCache[tuple[object, ...], Compiled] = LRUCache(2000)


class _ByKind(dict[tuple[object, ...], Compiled]):
    """What SQLAlchemy takes for an engine's own cache; its keys begin with the engine's dialect."""

    def __init__(self, dialect: Dialect) -> None:
        self._kind = (type(dialect), dialect.server_version_info)

    def get(self, key: tuple[object, ...], default: object = None) -> Compiled | None:  # type: ignore[override]
        del default
        return _COMPILED.get((self._kind, *key[1:]))

    def __setitem__(self, key: tuple[object, ...], compiled: Compiled) -> None:
        _COMPILED[self._kind, *key[1:]] = compiled


def share_compiled() -> None:
    """Let every engine of a kind of database know what another one of it has compiled."""

    @sa.event.listens_for(sa.Engine, "engine_connect")
    def share(connection: sa.Connection) -> None:
        engine = connection.engine
        if "compiled_cache" not in engine.get_execution_options():
            engine.update_execution_options(compiled_cache=_ByKind(engine.dialect))
