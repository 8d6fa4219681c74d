"""Figures for Prometheus. Labels are names of ours: never a person, a text or a reason."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from scheduling.domain.refusals import Refusal

TURN_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10)


class Metrics:
    """Counters and timings of one process."""

    def __init__(self) -> None:
        """Start all at zero in a registry of their own."""
        self.registry = CollectorRegistry()
        self._turns = Histogram(
            "aside_turn_seconds",
            "Time to answer a turn",
            ["kind"],
            buckets=TURN_BUCKETS,
            registry=self.registry,
        )
        self._refusals = Counter(
            "aside_refusals", "What was refused", ["refusal"], registry=self.registry
        )
        self._sends = Counter(
            "aside_teams_sends",
            "Posts and edits in Teams",
            ["kind", "outcome"],
            registry=self.registry,
        )
        self._states = Counter(
            "aside_request_shown", "Request states shown", ["state"], registry=self.registry
        )
        self._reconciled = Counter(
            "aside_reconciled", "What the reconciler met", ["what"], registry=self.registry
        )
        self._notices = Counter(
            "aside_notices",
            "Notices and what became of them",
            ["kind", "came"],
            registry=self.registry,
        )

    @contextmanager
    def turn(self, kind: str) -> Iterator[None]:
        """Time one turn of ``kind``."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self._turns.labels(kind).observe(time.perf_counter() - started)

    def refused(self, refusal: Refusal | None) -> None:
        """Count a refusal, if it is one."""
        if refusal is not None:
            self._refusals.labels(refusal.value).inc()

    def sent(self, kind: str, outcome: str) -> None:
        """Count a post or an edit and what became of it."""
        self._sends.labels(kind, outcome).inc()

    def showed(self, state: str) -> None:
        """Count a request's state shown to its requester."""
        self._states.labels(state).inc()

    def reconciled(self, what: str) -> None:
        """Count what the reconciler healed, handed over, found overdue, or adrift."""
        self._reconciled.labels(what).inc()

    def noticed(self, kind: str, came: str) -> None:
        """Count a kind of notice and how it went: told, held, left to a digest, dropped, unreached."""
        self._notices.labels(kind, came).inc()

    def text(self) -> bytes:
        """Return everything in Prometheus' text format."""
        return generate_latest(self.registry)
