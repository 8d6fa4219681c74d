"""Every durable promise, registered by importing it; the engine finds workflows by name."""

from scheduling.workflows import book, place, telling
from scheduling.workflows.runtime import Runtime, use

PROMISES = (
    place.place,
    place.resume,
    book.book,
    book.undo,
    book.show,
    book.announce,
    telling.show_queue,
)


def use_runtime(runtime: Runtime) -> None:
    """Let the promises of this process work with ``runtime``."""
    use(runtime)
