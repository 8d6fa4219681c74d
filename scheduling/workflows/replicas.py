"""Replicas take over what a dead one left: whoever can take its lock knows that it is gone."""

import threading
from collections.abc import Callable

import psycopg
import structlog
from dbos import DBOS

from scheduling.storage.opening import NOTICING
from scheduling.workflows.locks import connect, lock_of

log = structlog.get_logger()

SWEEP_SECONDS = 1.0

_OWNERS = """
SELECT DISTINCT executor_id FROM dbos.workflow_status
WHERE status = 'PENDING' AND executor_id <> %s
"""


def recover(executor_id: str) -> int:
    """Put the work of a dead executor back into its queues; return how much there was.

    The engine has no public name for this; a contract test holds what we rely on.
    """
    return len(DBOS._recover_pending_workflows([executor_id]))  # noqa: SLF001 - see above


class Sweep:
    """Looks each second for work whose owner is gone. What fails is done again the next second."""

    def __init__(
        self, url: str, executor_id: str, *, recover: Callable[[str], int] = recover
    ) -> None:
        """Sweep the PostgreSQL database at ``url`` as ``executor_id``, never its own work."""
        self._url = url
        self._own = executor_id
        self._recover = recover
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="replica-sweep", daemon=True)

    def start(self) -> None:
        """Begin, in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """End after the pass that is under way."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                with connect(self._url, **NOTICING, application_name="aside sweep") as connection:
                    while not self._stopped.wait(SWEEP_SECONDS):
                        self._pass(connection)
            except Exception as error:  # noqa: BLE001 - whatever it is, the next pass tries again
                log.warning("sweep_failed", error=type(error).__name__)
                self._stopped.wait(SWEEP_SECONDS)

    def _pass(self, connection: psycopg.Connection) -> None:
        for (owner,) in connection.execute(_OWNERS, (self._own,)).fetchall():
            lock = (lock_of(owner),)
            if connection.execute("SELECT pg_try_advisory_lock(%s)", lock).fetchone() != (True,):
                continue
            try:
                log.info("work_taken_over", executor=owner, workflows=self._recover(owner))
            finally:
                connection.execute("SELECT pg_advisory_unlock(%s)", lock)
