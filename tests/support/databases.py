"""SQLite files whose tables are there already: made by every migration once per process, then copied."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from scheduling.storage.migrate import upgrade
from scheduling.workflows.engine_schema import upgrade_engine


def with_tables(file: Path) -> str:
    """Make ``file`` a database with our tables and the engine's, without a row; return its URL."""
    file.write_bytes(_migrated())
    return f"sqlite:///{file}"


@cache
def _migrated() -> bytes:
    with TemporaryDirectory(prefix="aside-tables-") as folder:
        file = Path(folder) / "aside.db"
        upgrade(f"sqlite:///{file}")
        upgrade_engine(f"sqlite:///{file}")
        return file.read_bytes()
