"""The outer world of a search: somebody who looks on, and a guard against running too long."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class Watch:
    """Tells ``progress`` of each stage and asks ``deadline`` between chunks of work.

    ``guarded`` is whether the deadline ever said stop, so that another run may differ.
    """

    deadline: Callable[[], bool] | None = None
    progress: Callable[[str, float], None] | None = None
    guarded: bool = False

    def goes_on(self, stage: str, fraction: float) -> bool:
        """Report that ``fraction`` of ``stage`` is done; return whether there is time for more."""
        if self.progress:
            self.progress(stage, fraction)
        if not self.guarded and self.deadline:
            self.guarded = self.deadline()
        return not self.guarded
