"""A place without settings, where the command is run."""

from tests.support.commands import aside, loggers_as_they_were, nowhere

__all__ = ["aside", "loggers_as_they_were", "nowhere"]
