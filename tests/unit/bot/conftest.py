"""A place without settings: no environment, no file, an empty folder to work in."""

from tests.support.commands import aside, loggers_as_they_were, nowhere

__all__ = ["aside", "loggers_as_they_were", "nowhere"]
